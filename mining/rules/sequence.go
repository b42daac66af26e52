package rules

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/match"
)

// marked gathers the rows that a and b mean, in the order of their times, rows of
// one time in the order of the log.
func (w *work) marked(c eventlog.Case, a, b *match.Matcher) []mark {
	w.marks = w.marks[:0]
	sorted := true
	for i := range c.Len() {
		at, isA := a.Row(c, i)
		bt, isB := b.Row(c, i)
		if isA && isB && at != bt { // two transitions of one row
			w.marks = append(w.marks, mark{i, at, true, false})
			isA, at = false, bt
			sorted = false
		}
		if !isA && isB {
			at = bt
		}
		if isA || isB {
			if n := len(w.marks); n > 0 && w.marks[n-1].at > at {
				sorted = false
			}
			w.marks = append(w.marks, mark{i, at, isA, isB})
		}
	}
	if !sorted {
		slices.SortStableFunc(w.marks, func(x, y mark) int { return cmp.Compare(x.at, y.at) })
	}
	return w.marks
}

// sequence judges precedence, response and succession.
func (w *work) sequence(c eventlog.Case) verdict {
	marks := w.marked(c, w.first, w.then)
	looked := false
	for i, m := range marks {
		if m.b && w.Kind != Response {
			looked = true
			w.preceded(c, marks, i)
		}
		if m.a && w.Kind != Precedence {
			looked = true
			w.answered(c, marks, i)
		}
	}
	return w.result(looked)
}

// preceded looks for an A before the B at position i.
func (w *work) preceded(c eventlog.Case, marks []mark, i int) {
	b := marks[i]
	untold, tied := false, false
	for j := i - 1; j >= 0; j-- { // the last A before is the one whose term ends last
		if !marks[j].a {
			continue
		}
		switch w.together(c, marks[j].row, b.row) {
		case match.Yes:
			if w.Kind == Precedence { // of a succession, answered judges the time
				w.inTime(c, marks[j], b)
			}
			return
		case match.Unknown:
			untold = true
		}
	}
	for j := i + 1; j < len(marks) && marks[j].at == b.at; j++ {
		tied = tied || marks[j].a
	}
	switch {
	case untold: // together said why
	case tied:
		w.ties()
	case w.breaks():
		w.show(c, fmt.Sprintf("%s on %s without %s before it", w.thenName.EN, w.clock(b.at), w.firstName.EN),
			fmt.Sprintf("%s %s — до этого не было %s", w.thenName.RU, w.clock(b.at), w.firstName.RU), b.row)
	}
}

// answered looks for a B after the A at position i.
func (w *work) answered(c eventlog.Case, marks []mark, i int) {
	a := marks[i]
	untold, tied := false, false
	for j := i + 1; j < len(marks); j++ {
		if !marks[j].b {
			continue
		}
		switch w.together(c, a.row, marks[j].row) {
		case match.Yes:
			w.inTime(c, a, marks[j])
			return
		case match.Unknown:
			untold = true
		}
	}
	for j := i - 1; j >= 0 && marks[j].at == a.at; j-- {
		tied = tied || marks[j].b
	}
	switch {
	case untold:
	case tied:
		w.ties()
	case w.Within != nil && !w.late(a.at, eventlog.Time(w.now)) && (w.open(c) || !w.endsKnown):
		w.because = match.Text{EN: "the time for " + w.thenName.EN + " is not over yet", RU: "срок для " + w.thenName.RU + " ещё не истёк"}
	case w.Within == nil && w.open(c):
		w.because = match.Text{EN: "the case is open, and " + w.thenName.EN + " may yet come", RU: "дело не завершено, " + w.thenName.RU + " ещё может произойти"}
	case w.breaks():
		w.show(c, fmt.Sprintf("%s on %s without %s after it", w.firstName.EN, w.clock(a.at), w.thenName.EN),
			fmt.Sprintf("%s %s — после этого нет %s", w.firstName.RU, w.clock(a.at), w.thenName.RU), a.row)
	}
}

// inTime judges a pair by the term between its parts.
func (w *work) inTime(c eventlog.Case, a, b mark) {
	if w.Within != nil && w.late(a.at, b.at) && w.breaks() {
		term := w.Within.Text()
		w.show(c, fmt.Sprintf("%s on %s, more than %s after %s on %s", w.thenName.EN, w.clock(b.at), term.EN, w.firstName.EN, w.clock(a.at)),
			fmt.Sprintf("%s %s — позже чем через %s после %s %s", w.thenName.RU, w.clock(b.at), term.RU, w.firstName.RU, w.clock(a.at)), a.row, b.row)
	}
}

func (w *work) ties() {
	w.because = match.Text{EN: "two events bear the same time, and their order decides", RU: "у двух событий одно время, а решает их порядок"}
}

// together tells whether two rows agree in the attributes of Same: Unknown where
// one of them lacks a value.
func (w *work) together(c eventlog.Case, i, j int) match.Truth {
	for _, key := range w.Same {
		x, ok := match.EventValue(c, i, key)
		y, ok2 := match.EventValue(c, j, key)
		if !ok || !ok2 {
			w.because = match.Text{EN: fmt.Sprintf("an event lacks %q, which tells what belongs together", key), RU: fmt.Sprintf("у события нет значения «%s», по которому события относятся друг к другу", key)}
			return match.Unknown
		}
		if x.String() != y.String() {
			return match.No
		}
	}
	return match.Yes
}

// late reports whether b is after the end of the term that a began.
func (w *work) late(a, b eventlog.Time) bool {
	end, inclusive := w.Within.End(a.Go(), w.calendar)
	if inclusive {
		return b.Go().After(end)
	}
	return !b.Go().Before(end)
}

// chain judges chain precedence and chain response by neighbouring rows.
func (w *work) chain(c eventlog.Case) verdict {
	looked, n := false, c.Len()
	times := c.Times()
	for i := range n {
		at, isA := w.first.Row(c, i)
		bt, isB := w.then.Row(c, i)
		if w.Kind == ChainPrecedence && isB {
			looked = true
			if i > 0 {
				if _, ok := w.first.Row(c, i-1); ok {
					continue
				}
			}
			if i > 0 && times[i-1] == times[i] {
				w.ties()
				continue
			}
			if w.breaks() {
				w.show(c, fmt.Sprintf("%s on %s not directly after %s", w.thenName.EN, w.clock(bt), w.firstName.EN),
					fmt.Sprintf("%s %s — не сразу после %s", w.thenName.RU, w.clock(bt), w.firstName.RU), append([]int{i}, before(i)...)...)
			}
		}
		if w.Kind == ChainResponse && isA {
			looked = true
			if i+1 < n {
				if _, ok := w.then.Row(c, i+1); ok {
					continue
				}
				if times[i+1] == times[i] {
					w.ties()
					continue
				}
			} else if w.open(c) {
				w.because = match.Text{EN: "the case is open, and " + w.thenName.EN + " may come next", RU: "дело не завершено, " + w.thenName.RU + " может быть следующим"}
				continue
			}
			rows := []int{i}
			if i+1 < n {
				rows = append(rows, i+1)
			}
			if w.breaks() {
				w.show(c, fmt.Sprintf("%s on %s not directly followed by %s", w.firstName.EN, w.clock(at), w.thenName.EN),
					fmt.Sprintf("%s %s — сразу за ним не следует %s", w.firstName.RU, w.clock(at), w.thenName.RU), rows...)
			}
		}
	}
	return w.result(looked)
}

func before(i int) []int {
	if i == 0 {
		return nil
	}
	return []int{i - 1}
}

// absence judges that an event does not happen: at all, or where a bound is set
// after the first event that sets it and before the last that ends it.
func (w *work) absence(c eventlog.Case) verdict {
	from, to := eventlog.MinTime-1, eventlog.MaxTime+1
	bounded := len(w.After) > 0 || len(w.Before) > 0
	if len(w.After) > 0 {
		if from = w.extreme(c, w.after, false); from == eventlog.NoTime {
			return notApplicable
		}
	}
	if len(w.Before) > 0 {
		if to = w.extreme(c, w.before, true); to == eventlog.NoTime {
			return notApplicable
		}
	}
	for i := range c.Len() {
		at, ok := w.event.Row(c, i)
		if !ok || at < from || at > to {
			continue
		}
		if bounded && (at == from || at == to) {
			w.ties()
			continue
		}
		en, ru := fmt.Sprintf("%s on %s, which must not happen", w.name.EN, w.clock(at)), fmt.Sprintf("%s %s — этого быть не должно", w.name.RU, w.clock(at))
		if len(w.After) > 0 {
			a := named(w.After)
			en += " after " + a.EN + " on " + w.clock(from)
			ru += " после " + a.RU + " " + w.clock(from)
		}
		if len(w.Before) > 0 {
			b := named(w.Before)
			en += " before " + b.EN + " on " + w.clock(to)
			ru += " до " + b.RU + " " + w.clock(to)
		}
		if w.breaks() {
			w.show(c, en, ru, i)
		}
	}
	return w.result(true)
}

// extreme returns the first, or the last, time at which an event happened, NoTime
// where it did not.
func (w *work) extreme(c eventlog.Case, m *match.Matcher, last bool) eventlog.Time {
	out := eventlog.NoTime
	for i := range c.Len() {
		if at, ok := m.Row(c, i); ok && (out == eventlog.NoTime || last == (at > out)) {
			out = at
		}
	}
	return out
}

// count judges how often an event happens.
func (w *work) count(c eventlog.Case) verdict {
	var rows []int
	for i := range c.Len() {
		if _, ok := w.event.Row(c, i); ok {
			rows = append(rows, i)
		}
	}
	n := len(rows)
	switch {
	case w.AtMost >= 0 && n > w.AtMost:
		if w.breaks() {
			w.show(c, fmt.Sprintf("%s happened %d times, at most %d allowed", w.name.EN, n, w.AtMost),
				fmt.Sprintf("%s: %d раз, допустимо не более %d", w.name.RU, n, w.AtMost), rows...)
		}
	case n < w.AtLeast && w.open(c):
		w.because = match.Text{EN: "the case is open, and " + w.name.EN + " may yet come", RU: "дело не завершено, " + w.name.RU + " ещё может произойти"}
	case n < w.AtLeast:
		if w.breaks() {
			w.show(c, fmt.Sprintf("%s happened %d times, at least %d wanted", w.name.EN, n, w.AtLeast),
				fmt.Sprintf("%s: %d раз, требуется не менее %d", w.name.RU, n, w.AtLeast), rows...)
		}
	}
	return w.result(true)
}

// exclusive judges that not both of two things happen.
func (w *work) exclusive(c eventlog.Case) verdict {
	var ones, others []int
	for i := range c.Len() {
		if _, ok := w.one.Row(c, i); ok {
			ones = append(ones, i)
		}
		if _, ok := w.other.Row(c, i); ok {
			others = append(others, i)
		}
	}
	if len(ones) > 0 && len(others) > 0 {
		if w.breaks() {
			w.show(c, fmt.Sprintf("both %s and %s happened", w.oneName.EN, w.otherName.EN),
				fmt.Sprintf("произошло и %s, и %s", w.oneName.RU, w.otherName.RU), append(ones, others...)...)
		}
	}
	return w.result(len(ones)+len(others) > 0)
}
