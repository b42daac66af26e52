package terms

import (
	"math"

	"golang.org/x/text/language"

	"github.com/uprava/uprava/mining/measure"
)

// Amount writes a figure with its unit; a dash for what is not a number.
func (l Lang) Amount(u measure.Unit, v float64) string { return l.Together(u, v)(v) }

// Together returns what writes figures that are read together, a value and the ends of
// its interval: in one unit, that of the greatest, and with as many digits as tell the
// least from the greatest. A dash for what is not a number.
func (l Lang) Together(u measure.Unit, all ...float64) func(float64) string {
	s, per, name := span(all), 1.0, ""
	switch u {
	case measure.Second:
		name, per = l.unitOf(s.most)
	case measure.Share:
		per = 0.01
	}
	digits := figures(s.most / per)
	switch u {
	case measure.Share:
		digits = 1
	case measure.Rouble:
		digits = 0
	case measure.Second, measure.PersonHour, measure.WorkingHour, measure.WorkingDay:
	case measure.Count, "":
		digits = 2
	default:
		return func(v float64) string { return measure.Format(language.Make(string(l)), v, u) }
	}
	digits = s.apart(per, digits)
	return func(v float64) string {
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			return measure.Unknown
		case u == measure.Share:
			return l.Percent(v, digits)
		}
		n := l.Float(v/per, digits)
		switch u {
		case measure.Second:
			return n + "\u00a0" + l.T(name)
		case measure.Rouble:
			return n + "\u00a0" + l.T("unit.roubles")
		case measure.PersonHour:
			return n + "\u00a0" + l.one(n, "unit.person-hour")
		case measure.WorkingHour:
			return n + "\u00a0" + l.one(n, "unit.working-hour")
		case measure.WorkingDay:
			return n + "\u00a0" + l.one(n, "unit.working-day")
		}
		return n
	}
}

// Changes returns what writes changes of a figure that are read together, each with its
// sign; shares change in percentage points.
func (l Lang) Changes(u measure.Unit, all ...float64) func(float64) string {
	write := l.Together(u, all...)
	if u == measure.Share {
		digits := span(all).apart(0.01, 1)
		write = func(v float64) string {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return measure.Unknown
			}
			return l.Float(100*v, digits) + "\u00a0" + l.T("points")
		}
	}
	return func(v float64) string { return signed(v, write) }
}

// signed writes a change with its sign, by the absolute value.
func signed(v float64, write func(float64) string) string {
	text := write(math.Abs(v))
	switch {
	case math.IsNaN(v) || text == write(0):
		return text
	case v < 0:
		return "−" + text
	}
	return "+" + text
}

// one is the form of a unit that goes with a number as it is written.
func (l Lang) one(written, unit string) string {
	if written == "1" {
		return l.Plural(unit, 1)
	}
	return l.Plural(unit, 2)
}

// spread is the range of figures that are read together.
type spread struct{ least, greatest, most float64 }

func span(all []float64) spread {
	s := spread{least: math.Inf(1), greatest: math.Inf(-1)}
	for _, x := range all {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			continue
		}
		s.least, s.greatest, s.most = min(s.least, x), max(s.greatest, x), max(s.most, math.Abs(x))
	}
	return s
}

// apart is the number of digits with which the least and the greatest are told apart in
// units of per: the given one, or up to two more where these are enough.
func (s spread) apart(per float64, digits int) int {
	if x := s.most / per; x > 0 && x < math.Pow10(-digits)/2 { // what is not nothing is not written as 0
		if small := math.Ceil(-math.Log10(x)); small <= float64(digits+4) {
			digits = int(small)
		}
	}
	if needed := math.Ceil(-math.Log10((s.greatest - s.least) / per)); needed <= float64(digits+2) {
		return max(digits, int(needed))
	}
	return digits
}

// figures is how many digits after the point leave about three figures of x.
func figures(x float64) int {
	switch a := math.Abs(x); {
	case a < 10:
		return 2
	case a < 100:
		return 1
	}
	return 0
}
