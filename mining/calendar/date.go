package calendar

import (
	"fmt"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/measure"
)

// Date is a day of the Gregorian calendar without a time zone: the number of
// days since 1970-01-01.
type Date int32

// NewDate returns the date of a year, month and day of the month; days outside
// the month run over, as in time.Date.
func NewDate(year int, month time.Month, day int) Date {
	return Date(floorDiv(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix(), 86400))
}

// DateOf returns the date that the clock of t's location shows at t.
func DateOf(t time.Time) Date {
	_, offset := t.Zone()
	return Date(floorDiv(t.Unix()+int64(offset), 86400))
}

// ParseDate reads "2006-01-02".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("parsing date %q: wanted a day such as 2026-12-31", s)
	}
	return DateOf(t), nil
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Weekday(((int(d)+4)%7 + 7) % 7) }

// Civil returns year, month and day of the month.
func (d Date) Civil() (int, time.Month, int) {
	return time.Unix(int64(d)*86400, 0).UTC().Date()
}

// Year returns the year.
func (d Date) Year() int { y, _, _ := d.Civil(); return y }

// Begin returns the first instant of the date in the location.
func (d Date) Begin(loc *time.Location) time.Time {
	y, m, day := d.Civil()
	t := time.Date(y, m, day, 0, 0, 0, 0, loc)
	if DateOf(t) < d { // midnight was skipped: the date begins with the new offset
		if _, end := t.ZoneBounds(); !end.IsZero() {
			return end
		}
	} else if begin, _ := t.ZoneBounds(); !begin.IsZero() { // the first midnight of two
		_, offset := begin.Add(-1).Zone()
		if u := time.Unix(int64(d)*86400-int64(offset), 0).In(loc); u.Before(begin) && DateOf(u) == d {
			return u
		}
	}
	return t
}

// String returns "2006-01-02".
func (d Date) String() string { return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Period is a stretch of dates, both ends included.
type Period struct{ First, Last Date }

// ParsePeriod reads "2024-07-01..2024-07-14", or one date.
func ParsePeriod(s string) (Period, error) {
	first, last, several := strings.Cut(s, "..")
	if !several {
		last = first
	}
	a, err1 := ParseDate(first)
	b, err2 := ParseDate(last)
	if err1 != nil || err2 != nil || b < a {
		return Period{}, measure.Faultf("found %q, wanted a date or two such as \"2024-07-01..2024-07-14\"", "указано «%s», нужна дата или две, например «2024-07-01..2024-07-14»", s)
	}
	return Period{a, b}, nil
}

// String returns the period as ParsePeriod reads it.
func (p Period) String() string {
	if p.First == p.Last {
		return p.First.String()
	}
	return p.First.String() + ".." + p.Last.String()
}
