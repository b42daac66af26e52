package calendar

import "time"

// AddMonths returns the date n months later, before d where n < 0: the same day
// of that month, or its last day where it has no such day (Civil Code, article
// 192, part 3). A month after 31 January is 28 or 29 February, a year (12
// months) after 29 February is 28 February.
func (d Date) AddMonths(n int) Date {
	y, m, day := d.Civil()
	first := NewDate(y, m+time.Month(n), 1)
	_, _, days := (NewDate(y, m+time.Month(n)+1, 1) - 1).Civil()
	return first + Date(min(day, days)-1)
}

// NthWorkingDay returns the n-th working day after d, the −n-th before it where
// n < 0, and d itself where n = 0. Held at the ends of the years of calendars.
func (c *Calendar) NthWorkingDay(d Date, n int) Date { return c.nthWorkingDay(d, n) }

// WorkingDaysAfter returns the number of working days after a, up to b and with
// it; negative where b is before a.
func (c *Calendar) WorkingDaysAfter(a, b Date) int { return c.daysUntil(b+1) - c.daysUntil(a+1) }

// Closing returns the moment at which the last opening of a date ends, false
// where the date does not open. An opening that goes on over midnight ends with
// the date.
func (c *Calendar) Closing(d Date) (time.Time, bool) {
	begin, end := d.Begin(c.loc), (d + 1).Begin(c.loc)
	last := c.AddMicros(end.UnixMicro(), -1) // the last open microsecond before the end
	if last < begin.UnixMicro() {
		return time.Time{}, false
	}
	return time.UnixMicro(last + 1).In(c.loc), true
}
