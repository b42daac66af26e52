package measure

import "fmt"

// Unit says in what a number is counted. Units of the wall clock (Second to
// CalendarDay) convert into each other; those of working time do so among
// themselves only where the length of a working day is given (WorkingDays),
// and never into those of the wall clock: that takes a calendar and two
// instants (mining/calendar).
type Unit string

// The units. CalendarDay is 24 hours of the wall clock.
const (
	Second      Unit = "s"
	Minute      Unit = "min"
	Hour        Unit = "h"
	CalendarDay Unit = "cd"
	WorkingHour Unit = "wh"
	WorkingDay  Unit = "wd"
	PersonHour  Unit = "ph"    // labour
	Share       Unit = "share" // 0…1
	Count       Unit = "count"
	Rouble      Unit = "rub"
)

// seconds holds the length of the units of the wall clock.
var seconds = map[Unit]float64{Second: 1, Minute: 60, Hour: 3600, CalendarDay: 86400}

// WallClock reports whether u measures time by the wall clock.
func (u Unit) WallClock() bool { return seconds[u] > 0 }

// Convert returns x, given in unit from, in unit to. It fails unless both are
// units of the wall clock or the same unit: a working hour has no length in
// calendar days.
func Convert(x float64, from, to Unit) (float64, error) {
	if from == to {
		return x, nil
	}
	f, t := seconds[from], seconds[to]
	if f == 0 || t == 0 {
		return 0, fmt.Errorf("converting %q to %q: only units of the wall clock convert without a calendar", from, to)
	}
	return x * f / t, nil
}

// WorkingDays returns working hours as working days of the given length in
// hours, which the calendar of the unit tells: 32 hours are 4 days of 8.
func WorkingDays(hours, hoursPerDay float64) (float64, error) {
	if !(hoursPerDay > 0 && hoursPerDay <= 24) {
		return 0, fmt.Errorf("converting working hours to days of %v hours: wanted more than 0 and at most 24", hoursPerDay)
	}
	return hours / hoursPerDay, nil
}
