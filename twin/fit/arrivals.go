package fit

import (
	"slices"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/uprava/uprava/mining/measure"
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
	}
	slices.Sort(at)
	at = f.settled(at)
	for _, t := range at {
		week[f.hourOfWeek(t)]++
	}
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
	weigh := func(a, b int64) float64 { return float64(between(a, b)) }
	if len(at) >= enoughForHours {
		a.Hours = weights(week)
		weigh = f.weighted(&a.Hours, at, between)
		f.report.assume("Arrivals follow the hours of the week: weights from %d arrivals, each hour's own count and that of its day and hour of the day taken together by half.", len(at))
	}
	if month, p := f.season(at); month != nil {
		a.Month = *month
		plain := weigh
		weigh = func(x, y int64) float64 { return plain(x, y) * month[time.UnixMicro(x).In(f.loc).Month()-1] }
		f.report.assume("Arrivals follow the month: its rate is the same over the years (F test of the months against the years, p = %.4f), by which the simulation weighs it.", p)
	}
	var gaps []float64
	for i := 1; i < len(at); i++ {
		gaps = append(gaps, weigh(at[i-1], at[i])/second)
	}
	slices.Sort(gaps)
	a.Between = empirical(gaps)
	if mean(gaps) <= 0 {
		a.Between = twin.Distribution{Law: "fixed", Value: float64(at[len(at)-1]-at[0]) / second / float64(len(gaps))}
		a.Calendar = ""
	}
	f.report.assume("The time between arrivals is drawn from the %d of the log, each independent of the one before: days of rush are not repeated.", len(gaps))
	return a
}

// enoughForHours is the number of arrivals from which the hours of the week are told
// apart.
const enoughForHours = 500

// weights returns those of the hours of the week, relative to their mean: half the
// share of the hour itself, half that of its day times that of its hour of the day,
// which a rare hour is judged by.
func weights(week [7 * 24]int) (out [7 * 24]float64) {
	var days [7]float64
	var hours [24]float64
	total := 0.0
	for h, n := range week {
		days[h/24] += float64(n)
		hours[h%24] += float64(n)
		total += float64(n)
	}
	for h, n := range week {
		out[h] = round((float64(n) + days[h/24]*hours[h%24]/total) / 2 / total * float64(len(week)))
	}
	return out
}

// weighted returns a function that measures a stretch between two arrivals in the time
// of the simulation: open time, each hour at its weight over the mean weight of open
// time.
func (f *fitter) weighted(w *[7 * 24]float64, at []int64, between func(a, b int64) int64) func(a, b int64) float64 {
	sum := func(a, b int64, weight bool) float64 {
		x := 0.0
		for t := a; t < b; {
			now := time.UnixMicro(t).In(f.loc)
			end := min(b, t+hour-int64(now.Minute())*60*second-int64(now.Second())*second-int64(now.Nanosecond()/1000))
			open := float64(between(t, end))
			if weight {
				open *= w[24*int(now.Weekday())+now.Hour()]
			}
			x += open
			t = end
		}
		return x
	}
	first := at[0]
	mean := sum(first, first+52*7*24*hour, true) / sum(first, first+52*7*24*hour, false)
	if !(mean > 0) {
		mean = 1
	}
	return func(a, b int64) float64 { return sum(a, b, true) / mean }
}

// settled leaves out the arrivals near the end of a log that holds only cases that
// ended: of those that began then, the long ones are missing, and it seems as if fewer
// came. They begin where nine of ten cases would have ended; where no fewer come there
// than before, all are kept.
func (f *fitter) settled(at []int64) []int64 {
	var cycle []float64
	for _, row := range f.cases {
		last := row[0].complete
		for _, in := range row {
			last = max(last, in.complete)
		}
		cycle = append(cycle, float64(last-row[0].enabled))
	}
	slices.Sort(cycle)
	end := f.report.To.UnixMicro()
	from := end - int64(measure.Quantile(cycle, 0.9))
	n, _ := slices.BinarySearch(at, from)
	if n < len(at)/2 || n < 50 || n == len(at) {
		return at
	}
	before := float64(n) / float64(from-at[0])
	after := float64(len(at)-n) / float64(end-from)
	if after > 0.8*before {
		return at
	}
	f.report.assume("Of the last %d arrivals the cases that were still open are missing, so that fewer seem to come (%.0f %% of the rate before): the rate is that of the %d before.", len(at)-n, 100*after/before, n)
	return at[:n]
}

// season returns the weights of the months, relative to their mean, where at least two
// whole years show the same months busy: an analysis of variance of the daily rates,
// months against what the years leave over (p below 0.01). nil otherwise.
func (f *fitter) season(at []int64) (*[12]float64, float64) {
	first, last := time.UnixMicro(at[0]).In(f.loc), time.UnixMicro(at[len(at)-1]).In(f.loc)
	from := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, f.loc)
	if from.Before(first.AddDate(0, 0, -3)) { // the log begins inside a month
		from = from.AddDate(0, 1, 0)
	}
	years := 0
	for !from.AddDate(years+1, 0, 0).After(last.AddDate(0, 0, 3)) {
		years++
	}
	if years < 2 || len(at) < enoughForHours {
		return nil, 1
	}
	rate := make([][12]float64, years) // log of cases a day
	var month [12]float64
	for y := range years {
		for k := range 12 {
			begin := from.AddDate(y, k, 0)
			end := begin.AddDate(0, 1, 0)
			lo, _ := slices.BinarySearch(at, begin.UnixMicro())
			hi, _ := slices.BinarySearch(at, end.UnixMicro())
			days := end.Sub(begin).Hours() / 24
			rate[y][begin.Month()-1] = float64(hi-lo) / days
		}
		all := mean(rate[y][:])
		if all == 0 {
			return nil, 1
		}
		for k := range 12 { // a year that is busier as a whole is no season
			rate[y][k] /= all
			month[k] += rate[y][k] / float64(years)
		}
	}
	between, within := 0.0, 0.0
	for k := range 12 {
		between += float64(years) * (month[k] - 1) * (month[k] - 1)
		for y := range years {
			within += (rate[y][k] - month[k]) * (rate[y][k] - month[k])
		}
	}
	df := float64(11 * (years - 1))
	if within == 0 {
		return nil, 1
	}
	p := distuv.F{D1: 11, D2: df}.Survival(between / 11 / (within / df))
	if p >= 0.01 {
		return nil, p
	}
	for k := range month {
		month[k] = round(max(month[k], 0.01))
	}
	return &month, p
}
