package legal

import (
	"cmp"
	"slices"

	"github.com/uprava/uprava/mining/calendar"
)

// settle works out the deadline from what has happened, open suspensions taken
// as ended at t.
func (r *run) settle(t int64) {
	for i := range r.suspensions {
		if s := &r.suspensions[i]; s.open {
			s.to = t
			if r.capAt(i); s.capped {
				s.open = false
			}
		}
	}
	r.inclusive, r.unclosed = false, false
	if r.term.Unit.Exact() {
		r.deadline, r.inclusive = r.exactDeadline(), true
		r.day = r.date(r.deadline)
		return
	}
	r.day = r.lastDay()
	r.unrolled = r.day
	if r.own == nil || r.day != *r.own { // a day that a document names does not move
		r.day = r.rolled(r.day)
	}
	if r.own != nil && r.edition.Due.Moment && r.day == *r.own {
		r.deadline, r.inclusive = r.ownEnd, true
		return
	}
	r.deadline = r.endOf(r.day)
}

func (r *run) rolled(d calendar.Date) calendar.Date {
	if r.edition.Roll.Direction == RollNone || r.calendar.WorkingDay(d) {
		return d
	}
	if r.edition.Roll.Direction == RollNext {
		return r.calendar.NthWorkingDay(d, 1)
	}
	return r.calendar.NthWorkingDay(d, -1)
}

// endOf returns the moment at which a term ends that has d for its last day.
func (r *run) endOf(d calendar.Date) int64 {
	if r.edition.Closing && !r.byPost {
		if at, ok := r.calendar.Closing(d); ok {
			r.inclusive = true
			return at.UnixMicro()
		}
		r.unclosed = true
	}
	return (d + 1).Begin(r.calendar.Location()).UnixMicro()
}

// lastDay returns the last day of the term before roll-over. The days that are
// counted and not suspended run down; a suspension that begins when they have
// run out, on the last day or while its end has been moved, leaves the term to
// end on the first day that counts after it.
func (r *run) lastDay() calendar.Date {
	skip := r.suspended()
	start := r.date(r.start)
	base := start
	if r.edition.SameDay {
		base--
	}
	stages := r.terms()
	anchor := start
	if r.own != nil {
		stages = append([]Term{{int(*r.own - base), CalendarDay}}, stages...)
	}
	d := base
	for _, t := range stages {
		d = t.walk(d, anchor, skip, r.calendar)
		anchor = d
	}
	for _, s := range skip {
		if s.first > d || s.last >= d {
			next := Term{1, stages[len(stages)-1].Unit.Counted()}
			d = max(d, next.walk(s.last, s.last, nil, r.calendar))
		}
	}
	return d
}

// terms returns the terms of the case in their order, neighbours of one unit
// added up, so that a month and a month after 31 January end on 31 March.
func (r *run) terms() []Term {
	var out []Term
	if r.own == nil {
		out = append(out, r.term)
	}
	for _, x := range r.extensions {
		if k := len(out) - 1; k >= 0 && out[k].Unit == x.term.Unit {
			out[k].N += x.term.N
		} else {
			out = append(out, x.term)
		}
	}
	return out
}

// suspended returns the days out of the term, ascending, those that touch joined.
func (r *run) suspended() []days {
	var out []days
	for _, s := range r.suspensions {
		out = append(out, r.daysOut(s))
	}
	slices.SortFunc(out, func(a, b days) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last)) })
	joined := out[:0]
	for _, s := range out {
		if k := len(joined) - 1; k >= 0 && s.first <= joined[k].last+1 {
			joined[k].last = max(joined[k].last, s.last)
		} else {
			joined = append(joined, s)
		}
	}
	return joined
}

// stretch is a stretch of time in microseconds.
type stretch struct{ from, to int64 }

// union joins stretches that touch, ascending; empty ones vanish.
func union(list []stretch) []stretch {
	slices.SortFunc(list, func(a, b stretch) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	out := list[:0]
	for _, s := range list {
		switch k := len(out) - 1; {
		case s.to <= s.from:
		case k >= 0 && s.from <= out[k].to:
			out[k].to = max(out[k].to, s.to)
		default:
			out = append(out, s)
		}
	}
	return out
}

// still returns the stretches in which the clock stood still.
func (r *run) still() []stretch {
	var out []stretch
	for _, s := range r.suspensions {
		out = append(out, stretch{s.from, s.to})
	}
	return union(out)
}

// exactDeadline returns the moment at which a term is over that counts time from
// moment to moment.
func (r *run) exactDeadline() int64 {
	at, still := r.start, r.still()
	for _, t := range r.terms() {
		left := int64(t.N) * length[t.Unit]
		for len(still) > 0 {
			if s := still[0]; s.from >= at {
				open := r.passed(at, s.from, t.Unit)
				if open >= left {
					break
				}
				left -= open
			}
			at = max(at, still[0].to)
			still = still[1:]
		}
		if t.Unit == WorkingHour {
			if left > 0 {
				at = r.calendar.AddMicros(at, left)
			}
		} else {
			at += left
		}
	}
	return at
}

// evaluate tells what has passed and whether the term was kept, at the finish or
// now.
func (r *run) evaluate() {
	r.evaluated = r.now
	if r.finished {
		r.evaluated = r.finish
	}
	r.settle(r.evaluated)
	for _, s := range r.suspensions {
		r.provisional = r.provisional || s.open && !r.finished
		if s.capped && s.resumed < 0 {
			r.flag(suspendedTooLong, s.row)
		}
	}
	r.overdue = r.past(r.evaluated)
	unit := r.counted()
	if unit.Exact() {
		u := float64(length[unit])
		gross := r.passed(r.start, r.evaluated, unit)
		net := gross
		for _, s := range r.still() {
			net -= r.passed(s.from, s.to, unit)
		}
		r.gross, r.net = float64(gross)/u, float64(net)/u
		if r.overdue {
			r.overdueBy = float64(r.passed(r.deadline, r.evaluated, unit)) / u
		} else {
			r.remains = float64(r.passed(r.evaluated, r.deadline, unit)) / u
		}
		return
	}
	base, today := r.date(r.start), r.date(r.evaluated)
	if r.edition.SameDay {
		base--
	}
	gross := countDays(base, today, unit, r.calendar)
	net := gross
	for _, s := range r.suspended() {
		if a, b := max(s.first, base+1), min(s.last, today); a <= b {
			net -= countDays(a-1, b, unit, r.calendar)
		}
	}
	r.gross, r.net = float64(gross), float64(net)
	if r.overdue {
		r.overdueBy = float64(max(0, countDays(r.day, today, unit, r.calendar)))
	} else {
		r.remains = float64(max(0, countDays(today, r.day, unit, r.calendar)))
	}
}

// counted returns the unit of what has passed.
func (r *run) counted() Unit {
	if r.own != nil {
		return CalendarDay
	}
	return r.term.Unit.Counted()
}

// backward judges a term that lies before its event: the act must come by the
// end of the day that lies the term before it.
func (r *run) backward(moments []moment) {
	for _, m := range moments {
		if m.what == stops || m.what == stopsByPost {
			r.finished, r.finish, r.stopRow, r.byPost = true, m.at, m.row, m.what == stopsByPost
			break
		}
	}
	anchor := r.date(r.start)
	r.unrolled = r.term.back(anchor, r.calendar)
	r.day = r.rolled(r.unrolled)
	r.deadline = r.endOf(r.day)
	r.evaluated = r.now
	if r.finished {
		r.evaluated = r.finish
	}
	r.overdue = r.past(r.evaluated)
	today, unit := r.date(r.evaluated), r.counted()
	r.gross = float64(countDays(today, anchor, unit, r.calendar))
	r.net = r.gross
	if r.overdue {
		r.overdueBy = float64(max(0, countDays(r.day, today, unit, r.calendar)))
	} else {
		r.remains = float64(max(0, countDays(today, r.day, unit, r.calendar)))
	}
}
