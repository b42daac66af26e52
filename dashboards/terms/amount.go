package terms

import (
	"math"

	"github.com/uprava/uprava/mining/measure"
)

// Amount writes a figure of a simulation with its unit; a dash for what is not a number.
func (l Lang) Amount(u measure.Unit, v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return measure.Unknown
	}
	switch u {
	case measure.Rouble:
		return l.Float(v, 0) + "\u00a0" + l.T("unit.roubles")
	case measure.Second:
		return l.Seconds(v)
	case measure.Share:
		return l.Percent(v, 1)
	case measure.PersonHour:
		return l.counted(v, "unit.person-hour")
	case measure.WorkingHour:
		return l.counted(v, "unit.working-hour")
	case measure.WorkingDay:
		return l.counted(v, "unit.working-day")
	}
	return l.Float(v, 2)
}

// counted writes a number with two digits and its unit, in the singular for one.
func (l Lang) counted(v float64, unit string) string {
	n, form := l.Float(v, 2), int64(2)
	if n == "1" {
		form = 1
	}
	return n + "\u00a0" + l.Plural(unit, form)
}
