package dfg

import (
	"math"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
)

// Medians returns, for each edge of the graph of a log, the median time in seconds
// from one row to the next, and how many cases take it. g is Discover(l). O(n log n).
func Medians(l *eventlog.Log, g *Graph) (seconds []float64, cases []int64) {
	at := make([]int32, l.Activities().Len()) // position in g.Activities by code
	for i, name := range g.Activities {
		code, _ := l.Activities().Code(name)
		at[code] = int32(i)
	}
	byPair := make(map[[2]int32]int, len(g.Edges))
	first := make([]int, len(g.Edges)+1)
	for i, e := range g.Edges {
		byPair[[2]int32{int32(e.From), int32(e.To)}] = i
		first[i+1] = first[i] + int(e.Count)
	}
	times := make([]float64, first[len(g.Edges)])
	filled := slices.Clone(first)
	seconds, cases = make([]float64, len(g.Edges)), make([]int64, len(g.Edges))
	seen := make([]int, len(g.Edges)) // the case that was counted last
	for i, c := range l.All() {
		acts, t := c.Activities(), c.Times()
		for k := 1; k < len(acts); k++ {
			e := byPair[[2]int32{at[acts[k-1]], at[acts[k]]}]
			times[filled[e]] = float64(t[k]-t[k-1]) / 1e6
			filled[e]++
			if seen[e] != i+1 {
				seen[e] = i + 1
				cases[e]++
			}
		}
	}
	for e := range g.Edges {
		of := times[first[e]:first[e+1]]
		slices.Sort(of)
		switch n := len(of); {
		case n == 0:
			seconds[e] = math.NaN()
		case n%2 == 1:
			seconds[e] = of[n/2]
		default:
			seconds[e] = (of[n/2-1] + of[n/2]) / 2
		}
	}
	return seconds, cases
}
