package simulator

import (
	"math"
	"time"

	"github.com/uprava/uprava/mining/calendar"
)

// due returns the end of a term of the given days that began with an event at t.
func (l *limit) due(t time.Time, days int) time.Time {
	var end time.Time
	if l.working {
		end = l.days.AddWorkingDays(t, calendar.WorkingDays(days))
	} else {
		end = l.days.AddCalendarDays(t, calendar.CalendarDays(days))
	}
	if l.roll {
		end = l.days.RollForward(end)
	}
	return end
}

// term returns the days of the limit that a case has from its arrival, by a
// uniform number.
func (l *limit) term(u float64) int {
	for i, upTo := range l.upTo {
		if u < upTo {
			return l.terms[i]
		}
	}
	return l.terms[0]
}

// from returns the moment from which work is taken up, for a case whose own
// control date ends at the given moment: the beginning of its last k working
// days, and for a fraction of a day that share of the hours of the day before.
func (r *release) from(control time.Time) time.Time {
	whole := math.Floor(r.working)
	at := r.cal.AddWorkingDays(control, -calendar.WorkingDays(whole)-1)
	if part := r.working - whole; part > 0 {
		day := calendar.DateOf(at.In(r.cal.Location())) - 1 // the day that ends at the moment
		hours := time.Duration(part * float64(r.cal.Hours(day)))
		at = r.cal.Add(at, -calendar.WorkingTime(hours.Truncate(time.Microsecond)))
	}
	return at
}

// next returns the first moment at or after t that releases what waits: At on
// the days asked for, a day off giving way to the next working day.
func (b *batch) next(t time.Time) time.Time {
	const years = 3 * 366
	for d, n := calendar.DateOf(t.In(b.loc)), 0; n < years; d, n = d+1, n+1 {
		if !b.on(d) {
			continue
		}
		y, m, day := d.Civil()
		at := time.Date(y, m, day, 0, 0, int(b.at/time.Second), int(b.at%time.Second), b.loc) // by the clock on the wall
		if !at.Before(t) {
			return at.Truncate(time.Microsecond)
		}
	}
	return t // a calendar that does not open for years: nothing to wait for
}

// on reports whether the batch is released on the date: it is one of its days,
// or days off up to it were.
func (b *batch) on(d calendar.Date) bool {
	if b.cal == nil {
		return b.days[d.Weekday()]
	}
	if !b.cal.WorkingDay(d) {
		return false
	}
	for {
		if b.days[d.Weekday()] {
			return true
		}
		if d--; b.cal.WorkingDay(d) {
			return false
		}
	}
}
