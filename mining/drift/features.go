package drift

import (
	"cmp"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/internal/casetable"
)

// series is what one perspective sees: items in order of time, features of each.
type series struct {
	name, unit string
	features   []feature
	times      []eventlog.Time // of the items
	least      int             // items on each side of a change
	block      int             // bins; set when the series is tested
	longest    int             // items that hang together by what the series is
	long       int             // bins that hang together, where they are too many for blocks
}

// feature is one number for each item.
type feature struct {
	name, unit string
	x          []float32
	of         pair
}

type pair struct{ from, to string }

func (s *series) items() int { return len(s.times) }

// mostFeatures bounds the activities and the pairs that are looked at.
const (
	mostWaits = 8
	mostPairs = 40
)

// time makes the series of lead times and waiting, by their ranks: tails of years
// do not drown the rest, and slower and more scattered are features of their own.
func (d *detection) time() (*series, error) {
	s := &series{name: Time, unit: "case", least: d.cfg.MinCases}
	n := len(d.cases)
	leads := make([]float64, n)
	last, counts := make([]int, d.log.Activities().Len()), map[eventlog.Code]int{}
	starts := d.log.HasStarts()
	for k, at := range d.cases {
		if k%4096 == 0 && d.ctx.Err() != nil {
			return nil, d.ctx.Err()
		}
		c := d.log.Case(at)
		s.times = append(s.times, c.First())
		leads[k] = c.Last().Sub(c.First()).Seconds()
		for j, a := range c.Activities() {
			if w, _ := casetable.Waiting(c, j, starts); !math.IsNaN(w) && last[a] != k+1 {
				last[a] = k + 1
				counts[a]++
			}
		}
	}
	lead := shares(leads)
	spread := make([]float32, n)
	for i, v := range lead {
		spread[i] = float32(math.Abs(float64(v) - 0.5))
	}
	s.features = []feature{{name: "lead time", unit: "rank", x: lead}, {name: "spread of lead times", unit: "rank", x: spread}}
	waits := leads // of one activity, summed over each case
	for _, a := range most(counts, mostWaits, 2*d.cfg.MinCases, d.log.Activities()) {
		for k, at := range d.cases {
			if k%4096 == 0 && d.ctx.Err() != nil {
				return nil, d.ctx.Err()
			}
			c := d.log.Case(at)
			sum, known := 0.0, false
			for j, b := range c.Activities() {
				if b != a {
					continue
				}
				if w, _ := casetable.Waiting(c, j, starts); !math.IsNaN(w) {
					sum, known = sum+w, true
				}
			}
			waits[k] = math.NaN()
			if known {
				waits[k] = sum
			}
		}
		s.features = append(s.features, feature{name: "waiting before " + d.log.Activities().Name(a), unit: "rank", x: shares(waits)})
	}
	return s, nil
}

// most returns the codes that occur most often, at least the given times.
func most(counts map[eventlog.Code]int, n, least int, names *eventlog.Dictionary) []eventlog.Code {
	var out []eventlog.Code
	for c, k := range counts {
		if k >= least {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b eventlog.Code) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(names.Name(a), names.Name(b)))
	})
	return out[:min(n, len(out))]
}

// shares returns for each value its midrank over the number of values, 0…1; NaN
// stands in the middle and moves nothing.
func shares(x []float64) []float32 {
	order := make([]int, 0, len(x))
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = 0.5
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(x[a], x[b]), cmp.Compare(a, b)) })
	n := float64(len(order))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && x[order[j]] == x[order[i]] {
			j++
		}
		for k := i; k < j; k++ {
			out[order[k]] = float32(float64(i+j) / 2 / n)
		}
		i = j
	}
	return out
}

// controlFlow makes the series of directly-follows pairs, with start and end of a
// case: 1 where a case has the pair. Pairs that nearly all or nearly no cases have
// are left out, as they cannot change much; of the rest the most varying are taken.
func (d *detection) controlFlow() (*series, error) {
	s := &series{name: ControlFlow, unit: "case", least: d.cfg.MinCases}
	pairs := map[uint64]int{}
	each := func(c eventlog.Case, visit func(uint64)) {
		from := uint32(eventlog.NoCode)
		acts := c.Activities()
		for j := 0; j <= len(acts); j++ {
			to := uint32(eventlog.NoCode)
			if j < len(acts) {
				to = uint32(acts[j])
			}
			visit(uint64(from)<<32 | uint64(to))
			from = to
		}
	}
	last := map[uint64]int{}
	for k, at := range d.cases {
		if k%4096 == 0 && d.ctx.Err() != nil {
			return nil, d.ctx.Err()
		}
		c := d.log.Case(at)
		s.times = append(s.times, c.First())
		each(c, func(p uint64) {
			if last[p] != k+1 {
				last[p] = k + 1
				pairs[p]++
			}
		})
	}
	n := len(d.cases)
	var list []uint64
	for p, k := range pairs {
		if rare := min(k, n-k); rare >= d.cfg.MinCases/2 && float64(rare) >= 0.01*float64(n) {
			list = append(list, p)
		}
	}
	names := d.log.Activities()
	name := func(p uint64) pair {
		return pair{names.Name(eventlog.Code(p >> 32)), names.Name(eventlog.Code(uint32(p)))}
	}
	slices.SortFunc(list, func(a, b uint64) int {
		x, y := name(a), name(b)
		return cmp.Or(cmp.Compare(min(pairs[b], n-pairs[b]), min(pairs[a], n-pairs[a])), cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to))
	})
	list = list[:min(mostPairs, len(list))]
	position := map[uint64]int{}
	for i, p := range list {
		position[p] = i
		of := name(p)
		text := of.from + " → " + of.to
		switch {
		case of.from == "":
			text = "starts with " + of.to
		case of.to == "":
			text = "ends with " + of.from
		}
		s.features = append(s.features, feature{name: text, unit: "share", x: make([]float32, n), of: of})
	}
	for k, at := range d.cases {
		each(d.log.Case(at), func(p uint64) {
			if i, ok := position[p]; ok {
				s.features[i].x[k] = 1
			}
		})
	}
	return s, nil
}

const day = eventlog.Time(86400_000000)

// calendar returns an empty series of whole days, or weeks from 200 days on,
// between two times.
func (d *detection) calendar(name string, from, to eventlog.Time) (*series, eventlog.Time) {
	s := &series{name: name, unit: "day", least: 5}
	step := day
	first := (from/day + 1) * day // whole days of UTC
	if to-first >= 200*day {
		s.unit, step, s.least = "week", 7*day, 4
		first = ((from-4*day)/step+1)*step + 4*day // from Mondays
	}
	for t := first; t+step <= to; t += step {
		s.times = append(s.times, t)
	}
	return s, step
}

// quiet returns the time up to which workload can be told: the last start of a case,
// after which nothing arrives because the log ends, and the p95 of the cycle time
// before the end, after which cases may be missing that had not ended.
func (d *detection) quiet() eventlog.Time {
	last := d.begin()
	for _, c := range d.log.All() {
		if c.Len() > 0 {
			last = max(last, c.First())
		}
	}
	return max(d.begin(), min(last, d.end-eventlog.Time(d.lead*1e6)))
}

// workload makes the series of arrivals and completions, as roots of the counts,
// which scatter alike whatever the count (F. J. Anscombe, doi:10.1093/biomet/35.3-4.246).
func (d *detection) workload() (*series, error) {
	s, step := d.calendar(Workload, d.begin(), d.quiet())
	arrivals, done := make([]float64, s.items()), make([]float64, s.items())
	for _, c := range d.log.All() {
		if c.Len() == 0 || s.items() == 0 {
			continue
		}
		for k, t := range []eventlog.Time{c.First(), c.Last()} {
			if i := (t - s.times[0]) / step; t >= s.times[0] && int(i) < s.items() {
				[][]float64{arrivals, done}[k][i]++
			}
		}
	}
	// What was completed first are the quick cases alone: the mean until it is as
	// old as most cases stands in for it.
	old := 0
	for old < s.items() && s.times[old].Sub(d.begin()).Seconds() < d.lead {
		old++
	}
	s.features = []feature{{name: "arrivals", unit: "per " + s.unit, x: roots(arrivals)}}
	if s.items()-old >= 2*s.least {
		x := roots(done)
		m := float32(mean(x[old:]))
		for i := range old {
			x[i] = m
		}
		s.features = append(s.features, feature{name: "completions", unit: "per " + s.unit, x: x})
	}
	return s, nil
}

func roots(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(math.Sqrt(v + 0.375))
	}
	return out
}

// inProgress makes the series of open cases at the beginning of each day or week,
// from when the log is as old as most of its cases last.
func (d *detection) inProgress() (*series, error) {
	warm := eventlog.Time(d.lead * 1e6)
	s, step := d.calendar(InProgress, d.begin()+warm, d.quiet())
	// A case is counted as often as it lasts.
	s.longest = 2 * int(math.Ceil(d.lead*1e6/float64(step)))
	open := make([]float64, s.items())
	if s.items() > 0 {
		from, to := make([]eventlog.Time, 0, len(d.cases)), make([]eventlog.Time, 0, len(d.cases))
		for _, c := range d.log.All() {
			if c.Len() > 0 {
				from, to = append(from, c.First()), append(to, c.Last())
			}
		}
		slices.Sort(from)
		slices.Sort(to)
		for i, t := range s.times {
			begun, _ := slices.BinarySearch(from, t)
			ended, _ := slices.BinarySearch(to, t)
			open[i] = float64(begun - ended)
		}
	}
	s.features = []feature{{name: "cases in progress", unit: "cases", x: roots(open)}}
	return s, nil
}
