package discovery

import (
	"cmp"
	"fmt"
	"slices"
)

// follows is a directly-follows graph with counts.
type follows struct {
	n          int
	edges      []edge  // by from, then to; none without a count
	start, end []int64 // cases that begin, or end, with an activity
}

// edge says that one activity directly follows another so often.
type edge struct {
	from, to int32
	count    int64
}

func newFollows(n int) *follows {
	return &follows{n: n, start: make([]int64, n), end: make([]int64, n)}
}

// maxDense is the number of activities up to which pairs are counted in a matrix.
const maxDense = 1024

// maxActivities is the number of activities up to which cuts are looked for, in
// graphs of 2·n² bits, and maxMatrix that of the miners that need matrices of
// counts.
const (
	maxActivities = 30_000
	maxMatrix     = 5_000
)

// atMost returns an error where a log or a graph has more activities than a miner
// takes.
func atMost(activities, limit int) error {
	if activities > limit {
		return fmt.Errorf("there are %d activities, wanted at most %d", activities, limit)
	}
	return nil
}

func (l *sublog) follows() *follows {
	n := len(l.names)
	f := newFollows(n)
	for i, t := range l.traces {
		f.start[t[0]] += l.counts[i]
		f.end[t[len(t)-1]] += l.counts[i]
	}
	if n <= maxDense {
		f.edges = l.dense()
	} else {
		f.edges = l.sparse()
	}
	return f
}

// dense counts pairs in a matrix.
func (l *sublog) dense() []edge {
	n := len(l.names)
	if len(l.watch.matrix) < n*n {
		l.watch.matrix = make([]int64, n*n)
	}
	count := l.watch.matrix[:n*n] // row = from, col = to
	for i, t := range l.traces {
		if l.watch.stop(len(t)) {
			return nil
		}
		c := l.counts[i]
		from := int(t[0]) * n
		for _, b := range t[1:] {
			count[from+int(b)] += c
			from = int(b) * n
		}
	}
	edges := 0
	for _, c := range count {
		if c > 0 {
			edges++
		}
	}
	out := make([]edge, 0, edges)
	for a := range n {
		for b, c := range count[a*n : (a+1)*n] {
			if c > 0 {
				out = append(out, edge{int32(a), int32(b), c})
			}
		}
	}
	clear(count)
	return out
}

// sparse counts pairs in a table.
func (l *sublog) sparse() []edge {
	count := map[[2]int32]int64{}
	for i, t := range l.traces {
		if l.watch.stop(16 * len(t)) {
			return nil
		}
		for k := 1; k < len(t); k++ {
			count[[2]int32{t[k-1], t[k]}] += l.counts[i]
		}
	}
	out := make([]edge, 0, len(count))
	for pair, c := range count {
		out = append(out, edge{pair[0], pair[1], c})
	}
	slices.SortFunc(out, func(x, y edge) int { return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to)) })
	return out
}

// graph returns which activities follow each other at all.
func (f *follows) graph() *graph {
	return f.above(func(int32) int64 { return 0 })
}

// filtered returns the graph without the edges whose count is at most noise times
// that of the strongest way out of their activity, the end of a case included
// (IMf, 3.1).
func (f *follows) filtered(noise float64) *graph {
	strongest := slices.Clone(f.end)
	for _, e := range f.edges {
		strongest[e.from] = max(strongest[e.from], e.count)
	}
	return f.above(func(a int32) int64 { return int64(noise * float64(strongest[a])) })
}

// above returns the graph of the edges whose count is above a bound by activity.
func (f *follows) above(bound func(from int32) int64) *graph {
	g := newGraph(f.n)
	for a := range f.n {
		if f.start[a] > 0 {
			g.starts.set(a)
		}
		if f.end[a] > 0 {
			g.ends.set(a)
		}
	}
	for _, e := range f.edges {
		if e.count > bound(e.from) {
			g.edge(int(e.from), int(e.to))
		}
	}
	return g
}
