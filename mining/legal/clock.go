package legal

import (
	"cmp"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/match"
)

// what a moment of a case does to the clock; of one instant in this order.
type what uint8

const (
	starts what = iota
	resumes
	applies // for an extension
	extends
	restarts
	suspends
	stops
	stopsByPost
)

// moment is an event that the rule names.
type moment struct {
	at     int64 // microseconds since 1970-01-01 UTC
	row    int   // in the case; −1 for an attribute of the case
	what   what
	k      int // which suspension or extension of the edition
	amount int // of an extension, in its unit; −1 where its attribute is missing
}

// plan is what is known of a case before its events are followed.
type plan struct {
	edition  *Edition
	calendar *calendar.Calendar
	term     Term
	citation match.Text     // of the term
	own      *calendar.Date // last day set by a document
	ownEnd   int64          // and the moment at which it ends, where Due.Moment
	now      int64          // of judging; nothing later is seen
}

// interval is a suspension; to is when it ended, or now.
type interval struct {
	k            int
	row, resumed int // rows; resumed −1 while open or where it ended by itself
	from, to     int64
	open         bool
	capped       bool // it ended by itself: the most that the rule allows
}

// added is an extension that was accepted.
type added struct {
	row  int
	at   int64
	term Term
	k    int
}

// run is the course of a clock.
type run struct {
	plan
	start, finish      int64
	startRow, stopRow  int
	started, finished  bool
	byPost             bool
	first              int64 // the first start, before any restart
	restarted          int
	stoppedBefore      bool // a stop event came before the start
	suspensions        []interval
	extensions         []added
	flags              []flag
	applied            map[int]int // of each extension: applications not yet decided on
	day, unrolled      calendar.Date
	deadline           int64
	inclusive          bool // what happens at the deadline itself is in time
	unclosed           bool // the last day does not open, so that it ends at 24:00
	evaluated          int64
	provisional        bool
	gross, net         float64 // in the unit counted
	overdue            bool
	overdueBy, remains float64
}

// follow runs the clock over the moments of a case, which it sorts.
func follow(p plan, moments []moment) *run {
	r := &run{plan: p, startRow: -1, stopRow: -1}
	slices.SortFunc(moments, func(a, b moment) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.what, b.what), cmp.Compare(a.row, b.row), cmp.Compare(a.k, b.k))
	})
	for _, m := range moments {
		if m.what == starts {
			r.started, r.start, r.first, r.startRow = true, m.at, m.at, m.row
			break
		}
	}
	if !r.started {
		return r
	}
	if r.edition.Backward {
		r.backward(moments)
		return r
	}
	for _, m := range moments {
		if m.at < r.first {
			if m.what != applies {
				r.flag(beforeStart, m.row)
			}
			r.stoppedBefore = r.stoppedBefore || m.what >= stops
			continue
		}
		r.step(m)
	}
	r.evaluate()
	return r
}

// step does to the clock what the moment does.
func (r *run) step(m moment) {
	if r.finished && m.what != restarts {
		return
	}
	switch m.what {
	case starts:
		if m.row != r.startRow {
			r.flag(startedTwice, m.row)
		}
	case restarts:
		r.start, r.startRow = m.at, m.row
		r.finished, r.byPost, r.stopRow = false, false, -1
		r.suspensions, r.extensions, r.applied = nil, nil, nil
		if r.term.Unit != "" {
			r.own = nil
		}
		r.restarted++
	case suspends:
		r.suspend(m)
	case resumes:
		for i := range r.suspensions {
			s := &r.suspensions[i]
			if s.k == m.k && s.open {
				s.open, s.to, s.resumed = false, m.at, m.row
				if r.capAt(i); s.capped {
					r.flag(suspendedTooLong, m.row)
				}
				return
			}
		}
		for i := len(r.suspensions) - 1; i >= 0; i-- {
			if s := &r.suspensions[i]; s.k == m.k && s.capped && s.resumed < 0 { // it had ended by itself
				s.resumed = m.row
				r.flag(suspendedTooLong, m.row)
				return
			}
		}
		r.flag(resumedUnsuspended, m.row)
	case applies:
		if r.applied == nil {
			r.applied = map[int]int{}
		}
		r.applied[m.k]++
	case extends:
		r.extend(m)
	case stops, stopsByPost:
		r.finished, r.finish, r.stopRow, r.byPost = true, m.at, m.row, m.what == stopsByPost
	}
}

func (r *run) suspend(m moment) {
	for i := range r.suspensions {
		s := &r.suspensions[i]
		if s.k != m.k || !s.open {
			continue
		}
		s.to = m.at
		if r.capAt(i); !s.capped {
			r.flag(suspendedTwice, m.row)
			return
		}
		s.open = false // the earlier one had ended by itself
	}
	if r.settle(m.at); r.past(m.at) || r.term.Unit.Exact() && m.at == r.deadline {
		r.flag(suspendedExpired, m.row)
		return
	}
	r.suspensions = append(r.suspensions, interval{k: m.k, row: m.row, resumed: -1, from: m.at, to: m.at, open: true})
}

func (r *run) extend(m moment) {
	x := r.edition.Extensions[m.k]
	n := 0
	for _, a := range r.extensions {
		if a.k == m.k {
			n++
		}
	}
	r.settle(m.at)
	switch {
	case r.past(m.at):
		r.flag(extendedExpired, m.row)
		return
	case n >= x.Times:
		r.flag(extendedTooOften, m.row)
		return
	case len(x.Application) > 0 && r.applied[m.k] == 0:
		r.flag(extendedUnasked, m.row)
		return
	}
	if r.applied[m.k] > 0 {
		r.applied[m.k]--
	}
	by := x.By
	switch {
	case m.amount > by.N:
		r.flag(extendedTooFar, m.row)
	case m.amount == -1:
		r.flag(extendedUnknown, m.row)
	default:
		by.N = m.amount
	}
	r.extensions = append(r.extensions, added{m.row, m.at, by, m.k})
}

// capAt ends the i-th suspension where it has reached the most that its rule allows
// in total: of days, with the day after the last.
func (r *run) capAt(i int) {
	s := &r.suspensions[i]
	most := r.edition.Suspensions[s.k].Max
	if most == nil || s.capped {
		return
	}
	left := *most
	var used int64
	for j := range i {
		if o := r.suspensions[j]; o.k == s.k {
			if most.Unit.Exact() {
				used += r.passed(o.from, o.to, most.Unit)
			} else if d := r.daysOut(o); d.last >= d.first {
				left.N -= countDays(d.first-1, d.last, most.Unit, r.calendar)
			}
		}
	}
	if most.Unit.Exact() {
		room := int64(left.N)*length[left.Unit] - used
		end := s.from + room
		if left.Unit == WorkingHour {
			end = r.calendar.AddMicros(s.from, max(room, 1))
		}
		if room <= 0 {
			end = s.from
		}
		if s.to > end {
			s.to, s.capped = end, true
		}
		return
	}
	first := r.daysOut(*s).first
	last := first - 1
	if left.N > 0 {
		last = nthDay(first-1, left.N, left.Unit, r.calendar)
	}
	if end := (last + 1).Begin(r.calendar.Location()).UnixMicro(); r.daysOut(*s).last > last {
		s.to, s.capped = max(end, s.from), true
	}
}

// daysOut returns the days that a suspension takes out of the term; the last is
// before the first where there are none.
func (r *run) daysOut(s interval) days {
	kind := r.edition.Suspensions[s.k]
	d := days{r.date(s.from), r.date(s.to)}
	if !kind.FromSameDay {
		d.first++
	}
	if !kind.ThroughResumeDay || s.capped { // one that ended by itself ends with the day before to
		d.last--
	}
	return d
}

func (r *run) date(t int64) calendar.Date {
	return calendar.DateOf(time.UnixMicro(t).In(r.calendar.Location()))
}

// passed returns the time of an exact unit from a to b in microseconds.
func (r *run) passed(a, b int64, u Unit) int64 {
	if u == WorkingHour {
		return r.calendar.BetweenMicros(a, b)
	}
	return b - a
}

// past reports whether t is after the deadline.
func (r *run) past(t int64) bool {
	if r.inclusive {
		return t > r.deadline
	}
	return t >= r.deadline
}
