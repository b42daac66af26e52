package performance

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Load is a number of things over time: how many on the average, at most, and in
// how many of the hundredths of the time at least so many (P85).
type Load struct {
	Mean measure.Number `json:"mean"` // over time
	P85  measure.Number `json:"p85"`
	Most int            `json:"most"`
}

// Bin is a stretch of the log: what came, what ended, and how much was there.
type Bin struct {
	From       string         `json:"from"` // ISO 8601, UTC
	Arrivals   int            `json:"arrivals"`
	Departures int            `json:"departures"`
	Mean       measure.Number `json:"mean"` // there, over the time of the bin
	End        int            `json:"end"`  // there at its end
}

// Queue is what waited for an activity, and what was in work on it. Waiting runs
// from the enablement, where it is recorded, else from the completion before the
// start in the case; work from start to completion. Without starts the two cannot be
// told apart: Waiting then holds both, and Work is NaN.
type Queue struct {
	Activity string `json:"activity"`
	N        int    `json:"n"`
	Waiting  Load   `json:"waiting"`
	Work     Load   `json:"work"`
}

// Workload is how much there was to do in the time of a log.
type Workload struct {
	From     string  `json:"from"` // first and last recorded time, UTC
	To       string  `json:"to"`
	Cases    Load    `json:"cases_in_progress"` // from first to last recorded time of each
	Bins     []Bin   `json:"bins"`
	Further  int     `json:"bins_left_out"` // beyond MostLoadBins, at the end
	Queues   []Queue `json:"queues"`        // the longest first
	Warnings []error `json:"-"`
}

// MostLoadBins bounds the bins of a Workload.
const MostLoadBins = 2000

// step is a change of a number of things.
type step struct {
	at eventlog.Time
	by int
}

// loadOf returns the load of steps between two instants.
func loadOf(steps []step, from, to eventlog.Time) Load {
	slices.SortFunc(steps, func(x, y step) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.by, y.by)) })
	var l Load
	level := 0
	at := from
	spent := map[int]float64{}
	total := float64(to - from)
	for _, s := range steps {
		spent[level] += float64(s.at - at)
		at = s.at
		level += s.by
		l.Most = max(l.Most, level)
	}
	spent[level] += float64(to - at)
	if total <= 0 {
		l.Mean, l.P85 = measure.Number(nan), measure.Number(nan)
		return l
	}
	sum, below := 0.0, 0.0
	found := false
	for k := 0; k <= l.Most; k++ {
		sum += float64(k) * spent[k]
		below += spent[k]
		if !found && below >= 0.85*total {
			l.P85, found = measure.Number(k), true
		}
	}
	l.Mean = measure.Number(sum / total)
	return l
}

// FindWorkload returns the cases in progress over time, in bins of a length such as
// a day or a week, and the queues of the activities. The log is paired first. Cases
// open at the ends of the log count as long as they are seen, so that its first and
// last stretch look emptier than they were. O(n log n).
func FindWorkload(ctx context.Context, l *eventlog.Log, bin time.Duration) (*Workload, error) {
	if bin < time.Minute {
		return nil, fmt.Errorf("finding the workload of %q: bins of %v: wanted a minute or more", l.Name(), bin)
	}
	l, pairing := l.Instances()
	w := &Workload{Bins: []Bin{}, Queues: []Queue{}, Warnings: pairing.Warnings()}
	n := l.Activities().Len()
	waiting, work, counts := make([][]step, n), make([][]step, n), make([]int, n)
	var cases []step
	from, to := eventlog.MaxTime, eventlog.MinTime
	startless := 0
	for i, c := range l.All() {
		if i%512 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if c.Len() == 0 {
			continue
		}
		first, last := c.First(), c.Last()
		from, to = min(from, first), max(to, last)
		cases = append(cases, step{first, 1}, step{last, -1})
		times, starts, enabled := c.Times(), c.Starts(), c.Enabled()
		for row, a := range c.Activities() {
			counts[a]++
			start := times[row]
			if starts != nil && starts[row] != eventlog.NoTime && starts[row] <= times[row] {
				start = starts[row]
				work[a] = append(work[a], step{start, 1}, step{times[row], -1})
			} else {
				startless++
			}
			since := first
			for before := row - 1; before >= 0; before-- {
				if times[before] <= start {
					since = times[before]
					break
				}
			}
			if enabled != nil && enabled[row] != eventlog.NoTime && enabled[row] <= start {
				since = enabled[row]
			}
			if since < start {
				waiting[a] = append(waiting[a], step{since, 1}, step{start, -1})
			}
		}
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("finding the workload of %q: %w", l.Name(), eventlog.ErrEmpty)
	}
	w.From, w.To = from.Go().Format(time.RFC3339), to.Go().Format(time.RFC3339)
	w.Cases = loadOf(cases, from, to)
	w.bin(cases, from, to, eventlog.Time(bin.Microseconds()))
	for a := range counts {
		if counts[a] == 0 {
			continue
		}
		q := Queue{Activity: l.Activities().Name(eventlog.Code(a)), N: counts[a], Waiting: loadOf(waiting[a], from, to), Work: loadOf(work[a], from, to)}
		if len(work[a]) == 0 {
			q.Work = Load{Mean: measure.Number(nan), P85: measure.Number(nan)}
		}
		w.Queues = append(w.Queues, q)
	}
	slices.SortFunc(w.Queues, func(x, y Queue) int {
		return cmp.Or(cmp.Compare(y.Waiting.Mean, x.Waiting.Mean), cmp.Compare(x.Activity, y.Activity))
	})
	if startless > 0 {
		w.Warnings = append(w.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("%d activity instances have no start: their work counts as waiting", startless),
			RU: fmt.Sprintf("у %d действий не записано начало: работа по ним считается ожиданием", startless),
		})
	}
	return w, nil
}

// bin cuts the steps of cases, in order, into bins.
func (w *Workload) bin(steps []step, from, to, length eventlog.Time) {
	level, k := 0, 0
	for at := from; at <= to; at += length {
		if len(w.Bins) == MostLoadBins {
			w.Further = int((to-at)/length) + 1
			return
		}
		end := at + length
		b := Bin{From: at.Go().Format(time.RFC3339)}
		sum, last := 0.0, at
		for ; k < len(steps) && steps[k].at < end; k++ {
			sum += float64(level) * float64(steps[k].at-last)
			last = steps[k].at
			level += steps[k].by
			if steps[k].by > 0 {
				b.Arrivals++
			} else {
				b.Departures++
			}
		}
		sum += float64(level) * float64(end-last)
		b.Mean, b.End = measure.Number(sum/float64(length)), level
		w.Bins = append(w.Bins, b)
	}
}
