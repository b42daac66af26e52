package legal

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/match"
)

// Unit is in what a term is counted.
type Unit string

// The units. The last four count time from moment to moment; the others count
// whole days.
const (
	CalendarDay Unit = "calendar-day"
	WorkingDay  Unit = "working-day"
	Month       Unit = "month"
	Year        Unit = "year"
	WorkingHour Unit = "working-hour"
	Day24       Unit = "24-hour-day"
	Hour        Unit = "hour"
	Minute      Unit = "minute"
)

var units = []string{string(CalendarDay), string(WorkingDay), string(Month), string(Year),
	string(WorkingHour), string(Day24), string(Hour), string(Minute)}

// length is the wall-clock length of the units that have one, in microseconds.
var length = map[Unit]int64{Day24: 24 * 3600e6, Hour: 3600e6, Minute: 60e6, WorkingHour: 3600e6}

// Exact reports whether the unit counts time from moment to moment.
func (u Unit) Exact() bool { return length[u] > 0 }

// Counted returns the unit in which what has passed of a term is told: months
// and years in calendar days, the others in themselves.
func (u Unit) Counted() Unit {
	if u == Month || u == Year {
		return CalendarDay
	}
	return u
}

// Term is a length of time in law: a number and its unit.
type Term struct {
	N    int
	Unit Unit
}

// maxTerm bounds the number of a term, in any unit.
const maxTerm = 100_000

// ParseTerm reads "30 calendar-days", "1 month", "15 minutes".
func ParseTerm(s string) (Term, error) {
	number, unit, ok := strings.Cut(strings.TrimSpace(s), " ")
	n, err := strconv.Atoi(number)
	unit = strings.TrimSuffix(strings.TrimSpace(unit), "s")
	if ok && err == nil && n >= 0 && n <= maxTerm {
		for _, u := range units {
			if u == unit {
				return Term{n, Unit(u)}, nil
			}
		}
	}
	return Term{}, fmt.Errorf("found %q, wanted a number from 0 to %d and a unit such as \"30 calendar-days\", \"15 working-days\" or \"1 month\"; units: %s",
		s, maxTerm, strings.Join(units, ", "))
}

// String returns the term as ParseTerm reads it.
func (t Term) String() string {
	if t.N == 1 {
		return "1 " + string(t.Unit)
	}
	return strconv.Itoa(t.N) + " " + string(t.Unit) + "s"
}

// words of the units, one, few (2–4) and many, in Russian; one and many in English.
var unitWords = map[Unit][5]string{
	CalendarDay: {"календарный день", "календарных дня", "календарных дней", "calendar day", "calendar days"},
	WorkingDay:  {"рабочий день", "рабочих дня", "рабочих дней", "working day", "working days"},
	Month:       {"месяц", "месяца", "месяцев", "month", "months"},
	Year:        {"год", "года", "лет", "year", "years"},
	WorkingHour: {"рабочий час", "рабочих часа", "рабочих часов", "working hour", "working hours"},
	Day24:       {"сутки", "суток", "суток", "24 hours", "times 24 hours"},
	Hour:        {"час", "часа", "часов", "hour", "hours"},
	Minute:      {"минута", "минуты", "минут", "minute", "minutes"},
}

// Text returns the term as people read it: «21 рабочий день», "21 working days".
func (t Term) Text() match.Text {
	w := unitWords[t.Unit]
	ru, en := w[2], w[4]
	switch d, dd := t.N%10, t.N%100; {
	case d == 1 && dd != 11:
		ru = w[0]
	case d >= 2 && d <= 4 && (dd < 12 || dd > 14):
		ru = w[1]
	}
	if t.N == 1 {
		en = w[3]
	}
	return match.Text{EN: fmt.Sprintf("%d %s", t.N, en), RU: fmt.Sprintf("%d %s", t.N, ru)}
}

// End returns the last moment of a term that an event at t began, without
// roll-over: for units of days 24:00 of the last day, which is the first moment
// after it, the day after t being the first; for the others the moment itself.
// inclusive tells which: whether what happens at that very moment is in time.
func (t Term) End(at time.Time, c *calendar.Calendar) (end time.Time, inclusive bool) {
	if t.Unit.Exact() {
		return time.UnixMicro(t.after(at.UnixMicro(), c)).In(c.Location()), true
	}
	day := calendar.DateOf(at.In(c.Location()))
	return (t.walk(day, day, nil, c) + 1).Begin(c.Location()), false
}

// after returns the moment at which an exact term that runs since t is over.
func (t Term) after(at int64, c *calendar.Calendar) int64 {
	if t.Unit == WorkingHour {
		return c.AddMicros(at, int64(t.N)*length[t.Unit])
	}
	return at + int64(t.N)*length[t.Unit]
}

// days is a run of days, both ends in it.
type days struct{ first, last calendar.Date }

// walk returns the last day of a term of days: counted from the day after base,
// without the days of skip, which are ascending and apart. Months are counted
// from anchor, then as many calendar days as they have.
func (t Term) walk(base, anchor calendar.Date, skip []days, c *calendar.Calendar) calendar.Date {
	n, unit := t.N, t.Unit
	switch unit {
	case Month, Year:
		months := n
		if unit == Year {
			months *= 12
		}
		n, unit = int(anchor.AddMonths(months)-anchor), CalendarDay
	}
	d := base
	for _, s := range skip {
		if s.last <= d || s.last < s.first {
			continue
		}
		open := max(0, countDays(d, s.first-1, unit, c))
		if open >= n {
			break
		}
		n -= open
		d = s.last
	}
	return nthDay(d, n, unit, c)
}

// countDays returns the days of a unit after a, up to b and with it.
func countDays(a, b calendar.Date, u Unit, c *calendar.Calendar) int {
	if u == WorkingDay {
		return c.WorkingDaysAfter(a, b)
	}
	return int(b - a)
}

// nthDay returns the n-th day of a unit after d.
func nthDay(d calendar.Date, n int, u Unit, c *calendar.Calendar) calendar.Date {
	if u == WorkingDay {
		return c.NthWorkingDay(d, n)
	}
	return d + calendar.Date(n)
}

// back returns the day that lies a term of days before d.
func (t Term) back(d calendar.Date, c *calendar.Calendar) calendar.Date {
	switch t.Unit {
	case Month:
		return d.AddMonths(-t.N)
	case Year:
		return d.AddMonths(-12 * t.N)
	}
	return nthDay(d, -t.N, t.Unit, c)
}
