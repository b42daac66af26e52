package cohort

import (
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
)

// Side describes one cohort.
type Side struct {
	Name   string `json:"name"`
	Cases  int    `json:"cases"`
	Events int    `json:"events"`
	Empty  int    `json:"empty"` // cases without events
	// Open counts cases that have not reached one of Config.Ends, −1 without Ends.
	Open int `json:"open"`
	// Going counts cases that may still be going: at the end of the data they have
	// been silent no longer than 95 % of the pauses after which a case went on.
	Going int    `json:"perhaps_going"`
	First string `json:"first"` // time of the first and the last event, UTC
	Last  string `json:"last"`
	// FollowUp is the median time, in seconds, from the start of a case to the end
	// of the data of both cohorts.
	FollowUp measure.Number `json:"follow_up_s"`
}

// sides fills the two sides and marks the open cases.
func (c *comparison) sides() error {
	end := eventlog.NoTime
	var pauses []float64
	for _, l := range c.logs {
		for _, cs := range l.All() {
			if cs.Len() > 0 {
				end = max(end, cs.Last())
			}
			for i, t := range cs.Times() {
				if i > 0 {
					pauses = append(pauses, t.Sub(cs.Times()[i-1]).Seconds())
				}
			}
		}
	}
	slices.Sort(pauses)
	patience := measure.Quantile(pauses, 0.95)
	for k, l := range c.logs {
		s := Side{Name: c.cfg.Names[k], Cases: l.Cases(), Events: l.Events(), Open: -1, FollowUp: measure.Number(math.NaN())}
		if len(c.cfg.Ends) > 0 {
			s.Open = 0
		}
		c.open[k] = make([]bool, l.Cases())
		first, last := eventlog.MaxTime, eventlog.NoTime
		var follow []float64
		for i, cs := range l.All() {
			if cs.Len() == 0 {
				s.Empty++
				continue
			}
			first, last = min(first, cs.First()), max(last, cs.Last())
			follow = append(follow, end.Sub(cs.First()).Seconds())
			acts := cs.Activities()
			if s.Open >= 0 {
				if !slices.Contains(c.cfg.Ends, l.Activities().Name(acts[len(acts)-1])) {
					c.open[k][i] = true
					s.Open++
				}
				if !c.open[k][i] {
					continue
				}
			}
			if end.Sub(cs.Last()).Seconds() <= patience {
				s.Going++
			}
		}
		if len(follow) > 0 {
			slices.Sort(follow)
			s.FollowUp = measure.Number(measure.Quantile(follow, 0.5))
			s.First, s.Last = first.Go().Format(time.RFC3339), last.Go().Format(time.RFC3339)
		}
		if s.Cases-s.Empty < c.cfg.MinCases {
			c.few = true
		}
		*[]*Side{&c.A, &c.B}[k] = s
	}
	return nil
}

// leadTimes compares the lead times of the cases that are not open.
func (c *comparison) leadTimes() error {
	var samples [2][]float64
	for k, l := range c.logs {
		s, err := performance.Between(l, c.cfg.Lead)
		if err != nil {
			return err
		}
		for i, at := range s.Cases {
			if !c.open[k][at] {
				samples[k] = append(samples[k], s.Seconds[i])
			}
		}
	}
	if len(samples[0]) == 0 || len(samples[1]) == 0 {
		return nil
	}
	t, err := c.times(samples[0], samples[1])
	c.LeadTime = t
	return err
}

// medians returns the interval of the difference of two medians from the
// distribution-free intervals of each (G. Y. Zou, A. Donner, doi:10.1002/sim.3095,
// section 2), nil where a sample is too small for its own.
func medians(a, b []float64, confidence float64) *measure.Interval {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	ia, errA := measure.QuantileInterval(a, 0.5, confidence)
	ib, errB := measure.QuantileInterval(b, 0.5, confidence)
	if errA != nil || errB != nil {
		return nil
	}
	ma, mb := measure.Quantile(a, 0.5), measure.Quantile(b, 0.5)
	return &measure.Interval{
		Low:  mb - ma - math.Hypot(mb-ib.Low, ia.High-ma),
		High: mb - ma + math.Hypot(ib.High-mb, ma-ia.Low), Confidence: confidence,
	}
}
