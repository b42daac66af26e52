package calendar

import (
	"fmt"
	"math"
	"time"
)

// The units of terms and of work. None converts to another without a calendar:
// 32 working hours are four days of eight hours or more days of fewer.
type (
	// WorkingDays counts days on which a calendar opens.
	WorkingDays int
	// CalendarDays counts days of the Gregorian calendar.
	CalendarDays int
	// FractionalWorkingDays measures work in days, a part of a day being its
	// share of that day's hours.
	FractionalWorkingDays float64
	// WorkingHours measures working time in hours of sixty minutes.
	WorkingHours float64
	// Minutes measures working time in minutes.
	Minutes float64
)

// Hours returns the working time in hours.
func (w WorkingTime) Hours() WorkingHours { return WorkingHours(time.Duration(w).Hours()) }

// Minutes returns the working time in minutes.
func (w WorkingTime) Minutes() Minutes { return Minutes(time.Duration(w).Minutes()) }

// String returns the working time as "7h0m0s of work".
func (w WorkingTime) String() string { return time.Duration(w).String() + " of work" }

// Time returns the hours as working time, rounded to the nanosecond.
func (h WorkingHours) Time() WorkingTime {
	return WorkingTime(math.Round(float64(h) * float64(time.Hour)))
}

// Time returns the minutes as working time, rounded to the nanosecond.
func (m Minutes) Time() WorkingTime {
	return WorkingTime(math.Round(float64(m) * float64(time.Minute)))
}

// String returns the days as "5 working days".
func (n WorkingDays) String() string { return fmt.Sprintf("%d working days", int(n)) }

// String returns the days as "30 calendar days".
func (n CalendarDays) String() string { return fmt.Sprintf("%d calendar days", int(n)) }

// WorkingDay reports whether the calendar opens on the date.
func (c *Calendar) WorkingDay(d Date) bool {
	k := c.dateTable(d)
	i := d - k.first
	return i >= 0 && int(i)+1 < len(k.before) && k.before[i+1] > k.before[i]
}

// Hours returns the working time of a date: never a constant, and 23 or 25 hours
// of round-the-clock work on a day that the zone changes.
func (c *Calendar) Hours(d Date) WorkingTime {
	return c.Between(d.Begin(c.loc), (d + 1).Begin(c.loc))
}

// AddCalendarDays returns the end of a term of n calendar days that began with
// an event at t (Civil Code, articles 191 and 194): the term runs from the day
// after t and ends with its last day, at 24:00, which is the first moment of the
// day after. Whether it then moves off a day of rest is for RollForward, because
// rules differ. n ≤ 0 gives the end of t's own day or of one before it.
func (c *Calendar) AddCalendarDays(t time.Time, n CalendarDays) time.Time {
	return (DateOf(t.In(c.loc)) + Date(n) + 1).Begin(c.loc).In(t.Location())
}

// AddWorkingDays returns the end of a term of n working days that began with an
// event at t: the working days after the day of t are counted, and the term ends
// with the last of them at 24:00, the first moment of the day after. n = 0 gives
// the end of t's own day; n < 0 counts back from the day before t and gives the
// end of that working day.
func (c *Calendar) AddWorkingDays(t time.Time, n WorkingDays) time.Time {
	return (c.nthWorkingDay(DateOf(t.In(c.loc)), int(n)) + 1).Begin(c.loc).In(t.Location())
}

// WorkingDaysBetween returns how many working days of a term that began at a
// have come by b: the working days after the day of a up to the day of b. A
// moment of midnight belongs to the day that it ends, so that
// WorkingDaysBetween(t, AddWorkingDays(t, n)) = n. Negative where b's day is
// before a's.
func (c *Calendar) WorkingDaysBetween(a, b time.Time) WorkingDays {
	return WorkingDays(c.daysUntil(lastDay(b.In(c.loc))+1) - c.daysUntil(DateOf(a.In(c.loc))+1))
}

// CalendarDaysBetween returns how many calendar days of a term that began at a
// have come by b, as WorkingDaysBetween does.
func (c *Calendar) CalendarDaysBetween(a, b time.Time) CalendarDays {
	return CalendarDays(lastDay(b.In(c.loc)) - DateOf(a.In(c.loc)))
}

// WorkedDays returns the work that fits between a and b in days: whole days and,
// for the day of a and of b, the share of that day's working hours. It measures
// flow, where WorkingDaysBetween counts for the law. Negative where b is before a.
func (c *Calendar) WorkedDays(a, b time.Time) FractionalWorkingDays {
	return c.dayScale(b) - c.dayScale(a)
}

// dayScale returns the working days since 1970-01-01 with the share of t's day.
func (c *Calendar) dayScale(t time.Time) FractionalWorkingDays {
	d := DateOf(t.In(c.loc))
	days := FractionalWorkingDays(c.daysUntil(d))
	if !c.WorkingDay(d) {
		return days
	}
	begin, hours := d.Begin(c.loc), c.Hours(d)
	if hours == 0 { // all its hours were skipped by the zone
		return days
	}
	return days + FractionalWorkingDays(c.Between(begin, t))/FractionalWorkingDays(hours)
}

// RollForward moves the end of a term off a day of rest: when the last day of the
// term is one, to the end of the next working day (Civil Code, article 193); else
// the end stays as it is. An end at midnight belongs to the day before it.
func (c *Calendar) RollForward(end time.Time) time.Time {
	d := lastDay(end.In(c.loc))
	if c.WorkingDay(d) {
		return end
	}
	return (c.nthWorkingDay(d, 1) + 1).Begin(c.loc).In(end.Location())
}

// RollBackward moves the end of a term that falls on a day of rest to the end of
// the working day before it, as the rules of some bodies do.
func (c *Calendar) RollBackward(end time.Time) time.Time {
	d := lastDay(end.In(c.loc))
	if c.WorkingDay(d) {
		return end
	}
	return (c.nthWorkingDay(d, -1) + 1).Begin(c.loc).In(end.Location())
}

// lastDay returns the date that the end of a term belongs to: the day before
// where it is the first moment of a day.
func lastDay(end time.Time) Date { return DateOf(end.Add(-1)) }

// nthWorkingDay returns the n-th working day after d, before it for n < 0, d for
// n = 0. Held at the ends of the years of calendars.
func (c *Calendar) nthWorkingDay(d Date, n int) Date {
	for {
		k := c.dateTable(d)
		i := int(d - k.first)
		if i < 0 || i+1 >= len(k.before) {
			return d
		}
		at := int(k.before[i+1]) + n - 1 // the n-th after d
		if n <= 0 {
			at = int(k.before[i]) + n // the −n-th before d
		}
		first, last := k.first, k.first+Date(len(k.before)-2)
		switch {
		case n == 0:
			return d
		case at >= 0 && at < len(k.working):
			return k.working[at]
		case n > 0 && last.Year() >= maxYear:
			return last
		case n < 0 && first.Year() <= minYear:
			return first
		case n > 0:
			c.dateTable(last + 1)
		default:
			c.dateTable(first - 1)
		}
	}
}

// daysUntil returns the working days from 1970-01-01 to the date, without it.
func (c *Calendar) daysUntil(d Date) int {
	c.dateTable(0)
	k := c.dateTable(d)
	i := min(max(d-k.first, 0), Date(len(k.before)-1))
	zero := min(max(-k.first, 0), Date(len(k.before)-1))
	return int(k.before[i] - k.before[zero])
}

// dateTable returns a table that covers the date where calendars reach.
func (c *Calendar) dateTable(d Date) *Compiled {
	d = min(max(d, NewDate(minYear, 1, 1)), NewDate(maxYear, 12, 31))
	if k := c.table.Load(); k != nil && d >= k.first && d-k.first < Date(len(k.before)-1) {
		return k
	}
	k, _ := c.around(d.Begin(c.loc).UnixMicro())
	return k
}
