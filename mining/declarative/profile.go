package declarative

import (
	"context"
	"fmt"
	"math"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Profile is a temporal profile: how long usually passes from an activity to
// another that comes later in the case, not only directly. Wall-clock time from
// completion to completion. Pairs are in ascending order of A, then B.
type Profile struct {
	Times    []Usual `json:"times"`
	Cases    int     `json:"cases"`
	Warnings []error `json:"-"`
}

// Usual is the time from A to B: mean and standard deviation (divided by n−1; 0
// for a single value), in seconds.
type Usual struct {
	Pair
	N    int64          `json:"n"`
	Mean measure.Number `json:"mean_s"`
	SD   measure.Number `json:"sd_s"`
}

// moments gathers mean and deviation of durations (Welford 1962,
// doi:10.1080/00401706.1962.10490022).
type moments struct {
	n          int64
	mean, sum2 float64
}

func (m *moments) add(x float64) {
	m.n++
	d := x - m.mean
	m.mean += d / float64(m.n)
	m.sum2 += d * (x - m.mean)
}

func (m *moments) sd() float64 {
	if m.n < 2 {
		return 0
	}
	return math.Sqrt(m.sum2 / float64(m.n-1))
}

// DiscoverProfile returns the temporal profile of a log.
//
// Source: F. Stertz, J. Mangler, S. Rinderle-Ma, "Temporal Conformance Checking at
// Runtime based on Time-infused Process Models", arXiv:2008.07262 (2020), section
// 3. PM4Py relabels each wall clock as UTC, so that its times are off by an hour
// across a change of the clocks; these are exact. O(events²) for each case.
func DiscoverProfile(ctx context.Context, l *eventlog.Log) (*Profile, error) {
	n := l.Activities().Len()
	if n > maxActivities {
		return nil, fmt.Errorf("discovering a temporal profile: %d activities are too many, at most %d: filter the log", n, maxActivities)
	}
	cells := make([]moments, n*n)
	for i, c := range l.All() {
		if i%64 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		seq, times := c.Activities(), c.Times()
		for j := range seq {
			row := cells[int(seq[j])*n:][:n]
			if j%1024 == 1023 && ctx.Err() != nil { // a very long case
				return nil, ctx.Err()
			}
			for k := j + 1; k < len(seq); k++ {
				row[seq[k]].add(float64(times[k]-times[j]) / 1e6)
			}
		}
	}
	p := &Profile{Times: []Usual{}, Cases: l.Cases()}
	order, names := byName(l.Activities())
	single := 0
	for _, a := range order {
		for _, b := range order {
			if m := &cells[a*n+b]; m.n > 0 {
				p.Times = append(p.Times, Usual{Pair{names[a], names[b]}, m.n, measure.Number(m.mean), measure.Number(m.sd())})
				if m.n < 30 {
					single++
				}
			}
		}
	}
	if single > 0 {
		p.Warnings = append(p.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("%d of %d pairs rest on fewer than 30 times; deviations from them mean little", single, len(p.Times)),
			RU: fmt.Sprintf("пар, о которых менее 30 наблюдений: %d из %d; отклонения по ним мало значат", single, len(p.Times)),
		})
	}
	return p, nil
}

// Deviation is a time of a case that lies further from the mean than allowed.
type Deviation struct {
	Pair
	Case      string         `json:"case"`
	Time      measure.Number `json:"time_s"`
	Mean      measure.Number `json:"mean_s"`
	SD        measure.Number `json:"sd_s"`
	Distances measure.Number `json:"standard_deviations"` // NaN where SD is 0
}

// Deviating are the deviations of a log from a profile: how many in how many
// cases, and the first of them, at most most.
type Deviating struct {
	Cases      int         `json:"cases"` // with a deviation
	Of         int         `json:"of_cases"`
	Count      int         `json:"count"`
	Deviations []Deviation `json:"deviations"`
}

// Check returns the times of the log that lie more than zeta standard deviations
// from the profile's mean. Pairs that the profile lacks are passed over. O(events²)
// for each case.
func (p *Profile) Check(ctx context.Context, l *eventlog.Log, zeta float64, most int) (*Deviating, error) {
	if !(zeta >= 0) {
		return nil, fmt.Errorf("checking a temporal profile: %v standard deviations: wanted 0 or more", zeta)
	}
	n := l.Activities().Len()
	if n > maxActivities {
		return nil, fmt.Errorf("checking a temporal profile: %d activities are too many, at most %d: filter the log", n, maxActivities)
	}
	usual := make([]*Usual, n*n)
	for i, u := range p.Times {
		a, ok1 := l.Activities().Code(u.A)
		b, ok2 := l.Activities().Code(u.B)
		if ok1 && ok2 {
			usual[int(a)*n+int(b)] = &p.Times[i]
		}
	}
	d := &Deviating{Of: l.Cases(), Deviations: []Deviation{}}
	for i, c := range l.All() {
		if i%64 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		seq, times := c.Activities(), c.Times()
		before := d.Count
		for j := range seq {
			for k := j + 1; k < len(seq); k++ {
				u := usual[int(seq[j])*n+int(seq[k])]
				if u == nil {
					continue
				}
				x, mean, sd := float64(times[k]-times[j])/1e6, float64(u.Mean), float64(u.SD)
				if mean-zeta*sd <= x && x <= mean+zeta*sd {
					continue
				}
				d.Count++
				if len(d.Deviations) < most {
					far := math.NaN()
					if sd > 0 {
						far = math.Abs(x-mean) / sd
					}
					d.Deviations = append(d.Deviations, Deviation{u.Pair, c.ID(), measure.Number(x), u.Mean, u.SD, measure.Number(far)})
				}
			}
		}
		if d.Count > before {
			d.Cases++
		}
	}
	return d, nil
}
