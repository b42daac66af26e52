package backtest

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sort"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
)

// window is what a log can show of the cases that begin in its test period: it ends at
// a moment, and of what goes on then it holds either nothing (a log of ended cases,
// where those that take long are missing the more the later they begin) or the part
// until then. Simulated cases are seen through the same window, or a right model would
// look too slow by all that the log could not show.
type window struct {
	end   eventlog.Time
	ended bool // the log holds only cases that ended
}

// windowOf finds the window of a log. Where a log is cut off, the cases under way then
// have their last event shortly before, within a usual time between two events. So either
// more cases than usual seem to end there, or more of them with an activity that is not
// the last of others: by three standard deviations, as Poisson and Bernoulli have them.
func windowOf(l *eventlog.Log) window {
	type last struct {
		at       float64
		activity string
	}
	var gaps []float64
	var lasts []last
	for _, c := range l.All() {
		for i := 1; i < c.Len(); i++ {
			if gap := c.Times()[i] - c.Times()[i-1]; gap > 0 {
				gaps = append(gaps, float64(gap))
			}
		}
		if c.Len() > 0 {
			lasts = append(lasts, last{float64(c.Last()), c.Event(c.Len() - 1).Activity})
		}
	}
	slices.SortStableFunc(lasts, func(a, b last) int { return cmp.Compare(a.at, b.at) })
	end := lasts[len(lasts)-1].at
	w := window{end: eventlog.Time(end), ended: true}
	if len(gaps) == 0 {
		return w
	}
	slices.Sort(gaps)
	stretch := measure.Quantile(gaps, 0.9)
	after := func(t float64) int { // position of the first case that ends later
		return sort.Search(len(lasts), func(i int) bool { return lasts[i].at > t })
	}
	from, before := after(end-stretch), after(end-(1+stretches)*stretch)
	late := float64(len(lasts) - from)
	usual := float64(from-before) / stretches
	if late > usual+3*math.Sqrt(max(usual, 1)) {
		w.ended = false
		return w
	}
	counts := map[string]int{}
	for _, x := range lasts[:from] {
		counts[x.activity]++
	}
	seldom := func(list []last) float64 { // whose last activity is not that of a twentieth
		n := 0.0
		for _, x := range list {
			if 20*counts[x.activity] < from {
				n++
			}
		}
		return n
	}
	if from > 0 {
		share := seldom(lasts[:from]) / float64(from)
		w.ended = seldom(lasts[from:]) <= late*share+3*math.Sqrt(max(late*share*(1-share), 1))
	}
	if w.ended && followed(l, w.end) {
		w.end = math.MaxInt64 / 2 // later than anything
	}
	return w
}

// followed reports whether the cases of a log were followed to their end: none begins in
// so long before its end as half of them take.
func followed(l *eventlog.Log, end eventlog.Time) bool {
	var latest eventlog.Time
	for _, c := range l.All() {
		if c.Len() > 0 {
			latest = max(latest, begin(c))
		}
	}
	return float64(end-latest)/1e6 > measure.Quantile(cycleTimes(l), 0.5)
}

// stretches before the last one, with which it is compared.
const stretches = 8

// seen returns what the window shows of a simulated log.
func (w window) seen(l *eventlog.Log) *eventlog.Log {
	if w.ended {
		return l.Where(func(c eventlog.Case) bool { return c.Len() > 0 && c.Last() <= w.end })
	}
	return l.WhereEvents(func(c eventlog.Case, i int) bool { return c.Times()[i] <= w.end })
}

// most is how many cases are simulated at most for one that is seen.
const most = 64

// simulate returns the first n cases by their start that the window shows of a run, and
// how many cases had to be simulated up to the last of them. Fewer than n are returned
// where the rest would begin after the end of the log.
func (w window) simulate(ctx context.Context, p *simulator.Program, n int, cfg simulator.Config) (*eventlog.Log, int, error) {
	for cases := n; ; cases *= 2 {
		cfg.Cases = cases
		whole, _, err := p.Log(ctx, cfg)
		if err != nil {
			return nil, 0, err
		}
		var starts []eventlog.Time
		for _, c := range whole.All() {
			if c.Len() > 0 {
				starts = append(starts, begin(c))
			}
		}
		slices.Sort(starts)
		seen := w.seen(whole)
		if seen.Cases() < n && cases < most*n && len(starts) > 0 && starts[len(starts)-1] < w.end {
			continue
		}
		var shown []eventlog.Time
		for _, c := range seen.All() {
			if c.Len() > 0 {
				shown = append(shown, begin(c))
			}
		}
		slices.Sort(shown)
		last := w.end
		if len(shown) >= n {
			last = shown[n-1]
		}
		left := n // ties at the last start: the first of the log
		seen = seen.Where(func(c eventlog.Case) bool {
			if c.Len() == 0 || begin(c) > last || left == 0 {
				return false
			}
			left--
			return true
		})
		upTo, _ := slices.BinarySearch(starts, last+1)
		return seen, upTo, nil
	}
}
