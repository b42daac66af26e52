package calendar

import (
	"slices"
	"time"
)

// holidays of article 112 of the Labour Code, in the edition in force since 2013.
var holidays = []struct {
	month time.Month
	day   int
	name  string
}{
	{1, 1, "new-year"}, {1, 2, "new-year"}, {1, 3, "new-year"}, {1, 4, "new-year"},
	{1, 5, "new-year"}, {1, 6, "new-year"}, {1, 7, "christmas"}, {1, 8, "new-year"},
	{2, 23, "defender"}, {3, 8, "women"}, {5, 1, "labour"}, {5, 9, "victory"},
	{6, 12, "russia"}, {11, 4, "unity"},
}

// article112 returns the days of a year as the Labour Code alone sets them,
// ascending, all Provisional:
//   - the public holidays (part 1);
//   - a day off that coincides with a holiday moves to the next working day after
//     the holiday (part 2), except in January, where an act of the Government
//     moves two of them elsewhere and the others stay: unknown here, not moved;
//   - the working day directly before a holiday is an hour shorter (article 95).
//
// It is used also for years before 2013, whose editions of the Code differed.
func article112(year int) []Day {
	holiday := map[Date]bool{NewDate(year+1, 1, 1): true}
	for _, h := range holidays {
		holiday[NewDate(year, h.month, h.day)] = true
	}
	off := func(d Date) bool { return holiday[d] || d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }
	var days []Day
	moved := map[Date]bool{}
	for _, h := range holidays {
		d := NewDate(year, h.month, h.day)
		days = append(days, Day{Date: d, Kind: NonWorking, Holiday: h.name, Provisional: true})
		if weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday; h.month == time.January || !weekend {
			continue
		}
		to := d + 1
		for off(to) || moved[to] {
			to++
		}
		moved[to] = true
		days = append(days, Day{Date: to, Kind: NonWorking, MovedFrom: d, Moved: true, Provisional: true})
	}
	for d := range holiday {
		if eve := d - 1; !off(eve) && !moved[eve] && eve.Year() == year {
			days = append(days, Day{Date: eve, Kind: Short, Short: true, Provisional: true})
		}
	}
	slices.SortFunc(days, func(a, b Day) int { return int(a.Date) - int(b.Date) })
	return days
}
