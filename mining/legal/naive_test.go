package legal

import (
	"encoding/csv"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// naive tells terms by looking at every day, and terms of hours by looking at
// every minute, of 2017–2025 in Moscow, from the table of days itself. It shares
// no code with the clock and none with the calendar: what is a working day it
// reads in the file, and a month it walks day by day.
type naive struct {
	zero   time.Time // local midnight, 2017-01-01
	dates  []string
	work   [2][]bool // by day: decree days ordinary, decree days off
	closes [][]int   // by reading and day: minute of the day at which the office closes, −1
	open   [2][]int32
}

var moscow = time.FixedZone("MSK", 3*3600) // no change of the clock after 2014

func newNaive(t testing.TB) *naive {
	f, err := os.Open("../calendar/russia.csv")
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	kind, short := map[string]string{}, map[string]bool{}
	for _, r := range rows {
		kind[r[0]], short[r[0]] = r[1], r[2] == "1"
	}
	n := &naive{zero: time.Date(2017, 1, 1, 0, 0, 0, 0, moscow), closes: make([][]int, 2)}
	for d := n.zero; d.Year() < 2026; d = d.AddDate(0, 0, 1) {
		name := d.Format("2006-01-02")
		n.dates = append(n.dates, name)
		for reading := range 2 {
			works := d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
			switch kind[name] {
			case "non-working", "vote":
				works = false
			case "short", "working":
				works = true
			case "decree":
				works = works && reading == 0
			}
			n.work[reading] = append(n.work[reading], works)
			shut := -1
			if works {
				shut = 18 * 60
				if short[name] {
					shut = 17 * 60
				}
			}
			n.closes[reading] = append(n.closes[reading], shut)
			for m := range 24 * 60 { // open 9–13 and 14–18
				open := int32(0)
				if works && m >= 9*60 && m < shut && (m < 13*60 || m >= 14*60) {
					open = 1
				}
				n.open[reading] = append(n.open[reading], open)
			}
		}
	}
	return n
}

func (n *naive) minute(t int64) int { return int((t - n.zero.UnixMicro()) / 60e6) }
func (n *naive) day(t int64) int    { return n.minute(t) / 1440 }

// stay is an accepted suspension; to < 0 while open.
type stay struct {
	k, row, from, to int // minutes
	byItself         bool
}

// naiveRun follows a case by the letter of the package's conventions.
type naiveRun struct {
	*naive
	e       *Edition
	term    Term
	reading int
	start   int
	stays   []stay
	more    []Term
	byKind  map[int]int
	asked   map[int]int
	flags   []flag
	finish  int
	post    bool
}

// out reports whether a suspension takes the day out of the term; open ones
// reach to now.
func (r *naiveRun) out(day, now int) bool {
	for _, s := range r.stays {
		kind := r.e.Suspensions[s.k]
		to := s.to
		if to < 0 {
			to = now
		}
		after := day > s.from/1440 || kind.FromSameDay && day == s.from/1440
		before := day < to/1440 || kind.ThroughResumeDay && !s.byItself && day == to/1440
		if after && before {
			return true
		}
	}
	return false
}

func (r *naiveRun) unitDay(day int, u Unit) bool {
	return u != WorkingDay || r.work[r.reading][day]
}

// monthDays walks from a day, n months on, and returns how many days that took.
func (r *naiveRun) monthDays(anchor, n int) int {
	want := r.dates[anchor][8:]
	steps := 0
	for d := anchor; n > 0; {
		d++
		steps++
		today, tomorrow := r.dates[d], r.dates[d+1]
		if today[:7] != r.dates[anchor][:7] && (today[8:] == want || today[8:] < want && tomorrow[:7] != today[:7]) {
			n--
		}
	}
	return steps
}

func (r *naiveRun) stages() []Term {
	all := append([]Term{r.term}, r.more...)
	var out []Term
	for _, t := range all {
		if k := len(out); k > 0 && out[k-1].Unit == t.Unit {
			out[k-1].N += t.N
		} else {
			out = append(out, t)
		}
	}
	return out
}

// last walks the days of the term and returns its last day, before roll-over.
func (r *naiveRun) last(now int) int {
	first := r.start / 1440
	day := first
	if r.e.SameDay {
		day--
	}
	anchor, unit := first, CalendarDay
	for _, t := range r.stages() {
		left := t.N
		unit = t.Unit.Counted()
		switch t.Unit {
		case Month:
			left = r.monthDays(anchor, t.N)
		case Year:
			left = r.monthDays(anchor, 12*t.N)
		}
		for left > 0 {
			day++
			if r.unitDay(day, unit) && !r.out(day, now) {
				left--
			}
		}
		anchor = day
	}
	// The days have run out on day. A suspension that begins on it or later was
	// accepted before the end: the term ends on the first day that counts after it.
	for again := true; again; {
		again = false
		for _, s := range r.stays {
			from, to := s.from/1440, s.to/1440
			if s.to < 0 {
				to = now / 1440
			}
			if r.e.Suspensions[s.k].ThroughResumeDay && !s.byItself {
				to++
			}
			begins := from
			if r.e.Suspensions[s.k].FromSameDay {
				begins--
			}
			if begins >= day && day < to || r.out(day, now) && day < to {
				for day = to; !r.unitDay(day, unit) || r.out(day, now); {
					day++
				}
				again = true
			}
		}
	}
	return day
}

// end returns the last day after roll-over and the minute at which the term ends;
// within: that very minute is in time.
func (r *naiveRun) end(now int) (day, minute int, within bool) {
	if r.term.Unit.Exact() {
		left := 0
		m := r.start
		for _, t := range r.stages() {
			left = t.N * map[Unit]int{WorkingHour: 60, Day24: 1440, Hour: 60, Minute: 1}[t.Unit]
			for left > 0 {
				stands := false
				for _, s := range r.stays {
					to := s.to
					if to < 0 {
						to = now
					}
					stands = stands || m >= s.from && m < to
				}
				if !stands && (t.Unit != WorkingHour || r.open[r.reading][m] == 1) {
					left--
				}
				m++
			}
		}
		return m / 1440, m, true
	}
	day = r.last(now)
	switch r.e.Roll.Direction {
	case RollNext:
		for !r.work[r.reading][day] {
			day++
		}
	case RollPrevious:
		for !r.work[r.reading][day] {
			day--
		}
	}
	if r.e.Closing && !r.post && r.closes[r.reading][day] >= 0 {
		return day, day*1440 + r.closes[r.reading][day], true
	}
	return day, (day + 1) * 1440, false
}

func (r *naiveRun) past(m, now int) bool {
	_, end, within := r.end(now)
	return m > end || m == end && !within
}

// limitStays ends by themselves the suspensions that have lasted the most.
func (r *naiveRun) limitStays(now int) {
	for i := range r.stays {
		s := &r.stays[i]
		most := r.e.Suspensions[s.k].Max
		if most == nil || s.byItself {
			continue
		}
		to := s.to
		if to < 0 {
			to = now
		}
		used := 0
		if most.Unit.Exact() {
			per := map[Unit]int{WorkingHour: 60, Day24: 1440, Hour: 60, Minute: 1}[most.Unit]
			counts := func(m int) bool { return most.Unit != WorkingHour || r.open[r.reading][m] == 1 }
			for _, o := range r.stays[:i] {
				for m := o.from; o.k == s.k && m < o.to; m++ {
					if counts(m) {
						used++
					}
				}
			}
			for m := s.from; m < to; m++ {
				if used == most.N*per {
					s.to, s.byItself = m, true
					break
				}
				if counts(m) {
					used++
				}
			}
			continue
		}
		kind := r.e.Suspensions[s.k]
		daysOf := func(o stay, to int) (first, last int) {
			first, last = o.from/1440+1, to/1440-1
			if kind.FromSameDay {
				first--
			}
			if kind.ThroughResumeDay && !o.byItself {
				last++
			}
			return
		}
		for _, o := range r.stays[:i] {
			if o.k == s.k {
				for a, b := daysOf(o, o.to); a <= b; a++ {
					if r.unitDay(a, most.Unit) {
						used++
					}
				}
			}
		}
		for a, b := daysOf(*s, to); a <= b; a++ {
			if used == most.N {
				s.to, s.byItself = max(a*1440, s.from), true
				break
			}
			if r.unitDay(a, most.Unit) {
				used++
			}
		}
	}
}

func (r *naiveRun) flag(kind string, row int) { r.flags = append(r.flags, flag{kind, row}) }

// follow takes the moments in their order.
func (r *naiveRun) follow(moments []moment, now int) {
	r.byKind, r.asked, r.finish = map[int]int{}, map[int]int{}, -1
	resumedLate := map[int]bool{}
	for _, m := range moments {
		at := r.minute(m.at)
		switch {
		case m.what == starts && r.start < 0:
			r.start = at
		case r.start < 0 || r.finish >= 0:
			continue
		}
		r.limitStays(at)
		open := -1
		for i, s := range r.stays {
			if s.k == m.k && s.to < 0 {
				open = i
			}
		}
		switch m.what {
		case suspends:
			switch {
			case open >= 0:
				r.flag(suspendedTwice, m.row)
			case r.past(at, at) || r.term.Unit.Exact() && at == r.endMinute(at):
				r.flag(suspendedExpired, m.row)
			default:
				r.stays = append(r.stays, stay{m.k, m.row, at, -1, false})
			}
		case resumes:
			if open >= 0 {
				r.stays[open].to = at
				continue
			}
			late := -1
			for i, s := range r.stays {
				if s.k == m.k && s.byItself && !resumedLate[i] {
					late = i
				}
			}
			if late >= 0 {
				resumedLate[late] = true
				r.flag(suspendedTooLong, m.row)
			} else {
				r.flag(resumedUnsuspended, m.row)
			}
		case applies:
			r.asked[m.k]++
		case extends:
			x := r.e.Extensions[m.k]
			switch {
			case r.past(at, at):
				r.flag(extendedExpired, m.row)
			case r.byKind[m.k] == x.Times:
				r.flag(extendedTooOften, m.row)
			case len(x.Application) > 0 && r.asked[m.k] == 0:
				r.flag(extendedUnasked, m.row)
			default:
				r.asked[m.k]--
				r.byKind[m.k]++
				by := x.By
				if m.amount > by.N {
					r.flag(extendedTooFar, m.row)
				} else {
					by.N = m.amount
				}
				r.more = append(r.more, by)
			}
		case stops, stopsByPost:
			r.finish, r.post = at, m.what == stopsByPost
		}
	}
	until := now
	if r.finish >= 0 {
		until = r.finish
	}
	r.limitStays(until)
	for i, s := range r.stays {
		if s.byItself && !resumedLate[i] {
			r.flag(suspendedTooLong, s.row)
		}
	}
}

func (r *naiveRun) endMinute(now int) int { _, m, _ := r.end(now); return m }

// passed counts the units from the start to a minute, all of them and those in
// which the clock ran.
func (r *naiveRun) passed(until int) (gross, net float64) {
	unit := r.term.Unit.Counted()
	if unit.Exact() {
		per := map[Unit]float64{WorkingHour: 60, Day24: 1440, Hour: 60, Minute: 1}[unit]
		g, n := 0, 0
		for m := r.start; m < until; m++ {
			if unit == WorkingHour && r.open[r.reading][m] == 0 {
				continue
			}
			g++
			if !slices.ContainsFunc(r.stays, func(s stay) bool { return m >= s.from && (s.to < 0 || m < s.to) }) {
				n++
			}
		}
		return float64(g) / per, float64(n) / per
	}
	day := r.start / 1440
	if r.e.SameDay {
		day--
	}
	for day++; day <= until/1440; day++ {
		if r.unitDay(day, unit) {
			gross++
			if !r.out(day, until) {
				net++
			}
		}
	}
	return gross, net
}
