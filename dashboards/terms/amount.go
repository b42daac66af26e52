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
		return l.Float(v, 2) + "\u00a0" + l.T("unit.person-hours")
	case measure.WorkingHour:
		return l.Float(v, 2) + "\u00a0" + l.T("unit.working-hours")
	case measure.WorkingDay:
		return l.Float(v, 2) + "\u00a0" + l.T("unit.working-days")
	}
	return l.Float(v, 2)
}
