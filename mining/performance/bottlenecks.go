package performance

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Bottleneck is what an activity contributes to the lead times of a log: the time
// that cases spent on it, and on waiting for it, with nothing else under way that
// they had to wait for longer. Times are wall-clock seconds, summed over the cases
// unless a name says otherwise.
type Bottleneck struct {
	Activity string `json:"activity"`
	Cases    int    `json:"cases"` // in which it lies on the critical path
	Times    int    `json:"times"` // how often, over all cases
	// Total = Waiting + Processing + Idle + Undivided. Undivided is the time of
	// instances without a start, in which waiting and work cannot be told apart; the
	// other three are NaN where no instance has one.
	Total      measure.Number `json:"total_s"`
	Waiting    measure.Number `json:"waiting_s"`
	Processing measure.Number `json:"processing_s"`
	Idle       measure.Number `json:"idle_s"`
	Undivided  measure.Number `json:"undivided_s"`
	// Share is Total over the lead times of all cases, with its 95 % interval
	// between cases (ratio estimator, Student).
	Share    measure.Number    `json:"share"`
	Interval *measure.Interval `json:"interval"`
	// MostSaved bounds from above what the mean lead time would lose if nothing
	// waited for the activity any more: other branches may take over the path.
	MostSaved measure.Number `json:"most_saved_s"`
}

// Bottlenecks is how the lead times of a log are made up. Activities are ordered by
// contribution, the greatest first.
type Bottlenecks struct {
	Cases      int            `json:"cases"`
	Lead       measure.Number `json:"lead_time_s"` // first to last recorded time, summed over the cases
	Activities []Bottleneck   `json:"activities"`
	Warnings   []error        `json:"-"`
}

// FindBottlenecks attributes every moment of the lead time of each case to one
// activity: backwards from the completion that ends the case, an instance takes the
// time from its start to its completion, then its waiting, back to the last
// completion at or before its start, whose instance goes on. What lies before the
// first start of the path is waiting for its first instance. So the contributions
// sum to the lead times exactly.
//
// It follows the critical path of project planning (Kelley, Walker 1959) over the
// completions of the log, which are all that is known of precedence; where an
// instance did not wait for the one that completed last before it, waiting is
// attributed to it all the same. The log is paired first. O(n log n).
func FindBottlenecks(ctx context.Context, l *eventlog.Log, cfg Config) (*Bottlenecks, error) {
	l, pairing := l.Instances()
	type sums struct{ waiting, processing, idle, undivided float64 }
	n := l.Activities().Len()
	totals := make([]sums, n)
	cases, times, whole := make([]int, n), make([]int, n), make([]int, n) // whole: with a start
	var leads []float64
	parts := make([]map[int]float64, n) // by activity, by position in leads
	for i := range parts {
		parts[i] = map[int]float64{}
	}
	empty, undivided := 0, 0
	for i, c := range l.All() {
		if i%512 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if c.Len() == 0 {
			empty++
			continue
		}
		k := len(leads)
		leads = append(leads, seconds(c.Last()-c.First()))
		cfg.path(c, func(row int, waiting, service eventlog.Time, from, to eventlog.Time, divided bool) {
			a := c.Activities()[row]
			s := &totals[a]
			switch {
			case !divided:
				s.undivided += seconds(waiting)
				undivided++
			default:
				whole[a]++
				s.waiting += seconds(waiting)
				work := service
				if cfg.Calendar != nil {
					work = eventlog.Time(cfg.Calendar.BetweenMicros(int64(from), int64(to)))
				}
				s.processing += seconds(work)
				s.idle += seconds(service - work)
			}
			if _, seen := parts[a][k]; !seen {
				cases[a]++
			}
			parts[a][k] += seconds(waiting + service)
			times[a]++
		})
	}
	lead := 0.0
	for _, x := range leads {
		lead += x
	}
	b := &Bottlenecks{Cases: len(leads), Lead: measure.Number(lead), Activities: []Bottleneck{}, Warnings: pairing.Warnings()}
	for a, s := range totals {
		if times[a] == 0 {
			continue
		}
		total := s.waiting + s.processing + s.idle + s.undivided
		x := Bottleneck{Activity: l.Activities().Name(eventlog.Code(a)), Cases: cases[a], Times: times[a], Total: measure.Number(total),
			Waiting: measure.Number(s.waiting), Processing: measure.Number(s.processing), Idle: measure.Number(s.idle), Undivided: measure.Number(s.undivided),
			Share: measure.Number(total / lead), MostSaved: measure.Number((s.waiting + s.undivided) / float64(len(leads)))}
		if whole[a] == 0 { // nothing is known of either
			x.Waiting, x.Processing, x.Idle = measure.Number(nan), measure.Number(nan), measure.Number(nan)
		}
		x.Interval = ratioInterval(parts[a], leads, total, lead)
		b.Activities = append(b.Activities, x)
	}
	slices.SortStableFunc(b.Activities, func(x, y Bottleneck) int {
		return cmp.Or(cmp.Compare(y.Total, x.Total), cmp.Compare(x.Activity, y.Activity))
	})
	b.warn(empty, undivided)
	return b, nil
}

func seconds(t eventlog.Time) float64 { return float64(t) / 1e6 }

// path visits the critical path of a case, from its end backwards: the row, its
// waiting and its service from start to completion. Of a row without a start both
// are undivided and given as waiting.
func (cfg Config) path(c eventlog.Case, visit func(row int, waiting, service, from, to eventlog.Time, divided bool)) {
	times, starts := c.Times(), c.Starts()
	first, at := c.First(), c.Last()
	row := c.Len() - 1
	if at > times[row] { // something was recorded behind the last completion: it belongs to that row
		visit(row, at-times[row], 0, 0, 0, false)
		at = times[row]
	}
	for row >= 0 {
		start, divided := at, false
		if starts != nil && starts[row] != eventlog.NoTime && starts[row] <= at {
			start, divided = max(starts[row], first), true
		}
		before := row - 1 // the last completion at or before the start
		for before >= 0 && times[before] > start {
			before--
		}
		ready := first
		if before >= 0 {
			ready = times[before]
		}
		visit(row, start-ready, at-start, start, at, divided)
		row, at = before, ready
	}
}

// ratioInterval returns the 95 % interval of Σx/Σy between cases (W. Cochran,
// Sampling Techniques, 1977, section 6.3); nil where there are fewer than two.
func ratioInterval(x map[int]float64, y []float64, sumX, sumY float64) *measure.Interval {
	n := float64(len(y))
	if n < 2 || sumY <= 0 {
		return nil
	}
	ratio, square := sumX/sumY, 0.0
	for i, v := range y {
		d := x[i] - ratio*v
		square += d * d
	}
	se := math.Sqrt(square*n/(n-1)) / sumY
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(0.975)
	return &measure.Interval{Low: max(0, ratio-t*se), High: min(1, ratio+t*se), Confidence: 0.95}
}

func (b *Bottlenecks) warn(empty, undivided int) {
	add := func(n int, en, ru string) {
		if n > 0 {
			b.Warnings = append(b.Warnings, &measure.Doubt{EN: fmt.Sprintf(en, n), RU: fmt.Sprintf(ru, n)})
		}
	}
	add(empty, "%d cases have no events and are left out", "не учтено дел без событий: %d")
	add(undivided, "of %d activity instances on the path waiting and work cannot be told apart: no start is recorded", "у %d действий на пути ожидание не отделить от работы: начало не записано")
	if b.Cases < measure.EnoughForMean {
		b.Warnings = append(b.Warnings, &measure.Doubt{EN: fmt.Sprintf("the shares rest on %d cases", b.Cases), RU: fmt.Sprintf("доли рассчитаны всего по %d делам", b.Cases)})
	}
}
