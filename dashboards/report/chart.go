package report

import "github.com/uprava/uprava/mining/measure"

// Chart is a Trend or Bars.
type Chart interface{ chart() }

// Trend is a figure over periods in order, with its intervals and lines to
// compare it with.
type Trend struct {
	Unit   measure.Unit
	Words  string // of the unit, for the axis
	Digits int
	Points []TrendPoint
	Lines  []TrendLine
}

// TrendPoint is one period; NaN for a value or an interval that is not known.
type TrendPoint struct {
	Label            string
	Value, Low, High float64
	N                int
	Forecast         bool // of what is still to come
}

// TrendLine is a level over the whole picture: a legal limit, a plan.
type TrendLine struct {
	Name  string
	Value float64
	Mark  Mark
}

// Bars are figures beside each other, in order.
type Bars struct {
	Unit   measure.Unit
	Words  string
	Digits int
	Items  []Bar
}

// Bar is one of them; Low and High are NaN where there is no interval.
type Bar struct {
	Label            string
	Value, Low, High float64
	N                int
	Mark             Mark
}

func (Trend) chart() {}
func (Bars) chart()  {}
