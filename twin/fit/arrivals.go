package fit

import (
	"slices"

	"github.com/uprava/uprava/twin"
)

// arrivals fits the time between the beginnings of cases: as they were, in the
// hours of the week in which cases begin where the log clearly shows such.
func (f *fitter) arrivals(from twin.Provenance) twin.Arrivals {
	var at []int64
	var week [7 * 24]int
	for _, row := range f.cases {
		first := row[0].enabled
		for _, in := range row {
			first = min(first, in.enabled)
		}
		at = append(at, first)
		week[f.hourOfWeek(first)]++
	}
	slices.Sort(at)
	a := twin.Arrivals{Provenance: from}
	a.Provenance.N = len(at) - 1
	if len(at) < 2 || at[0] == at[len(at)-1] {
		a.Between = twin.Distribution{Law: "fixed", Value: 24 * 3600}
		a.Provenance = twin.Provenance{Kind: "assumption", Source: "uprava fit"}
		f.report.assume("All %d cases of the log begin at one moment, so nothing is known of the time between arrivals: one a day is assumed.", len(at))
		return a
	}
	between := func(a, b int64) int64 { return b - a }
	if intervals, share := weekly(week, len(at)); intervals != nil {
		c := twin.Calendar{ID: "arrivals", Name: twin.Text{EN: "Hours of arrival", RU: "Часы поступления"}, Week: intervals}
		if h := f.compile(c); h != nil {
			f.calendars = append(f.calendars, c)
			a.Calendar = c.ID
			between = h.BetweenMicros
			f.report.assume("Cases arrive in the hours of the week that hold %.1f %% of %d arrivals; the time between two is counted in these hours.", 100*share, len(at))
		}
	}
	var gaps []float64
	for i := 1; i < len(at); i++ {
		gaps = append(gaps, float64(between(at[i-1], at[i]))/second)
	}
	slices.Sort(gaps)
	a.Between = empirical(gaps)
	if mean(gaps) <= 0 {
		a.Between = twin.Distribution{Law: "fixed", Value: float64(at[len(at)-1]-at[0]) / second / float64(len(gaps))}
		a.Calendar = ""
	}
	f.report.assume("The time between arrivals is drawn from the %d of the log, each independent of the one before: seasons and days of rush are not repeated.", len(gaps))
	return a
}
