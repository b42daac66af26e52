package casetable

import (
	"math"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
)

// Waiting returns the seconds that the j-th row waited and since when ("enabled",
// "completed" or, where starts is false, "previous"), NaN where
// that is not known. Completions before the start are those of rows above, which
// are in order of completion.
func Waiting(cs eventlog.Case, j int, starts bool) (float64, string) {
	if !starts {
		if j == 0 {
			return math.NaN(), ""
		}
		return cs.Times()[j].Sub(cs.Times()[j-1]).Seconds(), "previous"
	}
	start := cs.Starts()[j]
	if start == eventlog.NoTime {
		return math.NaN(), ""
	}
	if en := cs.Enabled(); en != nil && en[j] != eventlog.NoTime && en[j] <= start {
		return start.Sub(en[j]).Seconds(), "enabled"
	}
	times := cs.Times()
	before, _ := slices.BinarySearch(times, start+1) // rows completed up to the start
	if before > j {
		before = j
	}
	if before == 0 {
		return math.NaN(), ""
	}
	return start.Sub(times[before-1]).Seconds(), "completed"
}
