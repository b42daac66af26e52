package charts

import (
	"math"
	"slices"

	"github.com/uprava/uprava/mining/measure"
)

// Bins count durations between edges that a person would choose. Bin i holds
// what lies in [Edges[i], Edges[i+1]); the last bin has no upper edge when Open.
// A bin edge falls on the limit where one is given, so that no bin is partly in
// time.
type Bins struct {
	Edges  []float64 // seconds, ascending, one more than Counts
	Counts []int
	Open   bool
	Limit  float64 // seconds; 0 for none
}

// ladder holds the durations that stand for themselves, in seconds.
var ladder = []float64{0, 60, 300, 900, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 86400, 2 * 86400, 4 * 86400, 7 * 86400,
	14 * 86400, 30 * 86400, 60 * 86400, 120 * 86400, 365 * 86400, 730 * 86400, 1825 * 86400, 3650 * 86400}

// steps are the bin widths that linear bins may have, in seconds.
var steps = []float64{1, 5, 15, 30, 60, 300, 900, 1800, 3600, 2 * 3600, 6 * 3600, 12 * 3600, 86400, 2 * 86400, 5 * 86400,
	7 * 86400, 10 * 86400, 30 * 86400, 60 * 86400, 182.5 * 86400, 365 * 86400, 3650 * 86400}

// BinsOf bins durations in seconds. Even bins end at the 95th percentile, or at
// the limit where that is later, and an open bin takes the rest; where the
// median is under a twentieth of the 95th percentile the bins follow a ladder
// of durations instead (minute, hour, day, week, …).
func BinsOf(seconds []float64, limit float64) Bins {
	x := slices.Clone(seconds)
	slices.Sort(x)
	b := Bins{Limit: limit}
	if len(x) == 0 {
		return b
	}
	p95, median, longest := measure.Quantile(x, 0.95), measure.Quantile(x, 0.5), x[len(x)-1]
	if p95 > 20*median {
		for _, e := range ladder {
			b.Edges = append(b.Edges, e)
			if e > longest {
				break
			}
		}
		b.Open = longest >= b.Edges[len(b.Edges)-1]
	} else {
		top := math.Max(p95, limit)
		width := steps[len(steps)-1]
		for _, s := range steps {
			if top/s <= 45 && (limit == 0 || math.Mod(limit, s) == 0) {
				width = s
				break
			}
		}
		n := max(1, int(math.Floor(top/width))+1)
		if limit > 0 && p95 <= limit {
			n++
		}
		for i := range n + 1 {
			b.Edges = append(b.Edges, float64(i)*width)
		}
		if longest >= b.Edges[n] {
			b.Edges, b.Open = append(b.Edges, float64(n+1)*width), true
		}
	}
	if limit > 0 && !slices.Contains(b.Edges, limit) && limit < b.Edges[len(b.Edges)-1] {
		b.Edges = append(b.Edges, limit)
		slices.Sort(b.Edges)
	}
	b.Counts = b.Count(x)
	return b
}

// InTime reports whether bin i lies within the limit.
func (b Bins) InTime(i int) bool { return b.Limit == 0 || b.Edges[i] < b.Limit }

// N is the number of durations counted.
func (b Bins) N() int {
	n := 0
	for _, c := range b.Counts {
		n += c
	}
	return n
}

// Count counts durations between the edges of the bins.
func (b Bins) Count(seconds []float64) []int {
	counts := make([]int, max(0, len(b.Edges)-1))
	if len(counts) == 0 {
		return counts
	}
	for _, v := range seconds {
		i, exact := slices.BinarySearch(b.Edges, v)
		if !exact {
			i--
		}
		counts[min(max(i, 0), len(counts)-1)]++
	}
	return counts
}
