// Package dfg holds the directly-follows graph of a log: which activity is
// directly followed by which within a case, how often, and after how long.
//
//	eventlog.Log ─▶ Discover ─▶ Graph ─▶ discovery, charts, mining.Overview
//
// Sequence is the order of the log: by time, ties as the source gave them. The
// duration of an edge runs from the time of one row to that of the next: from
// completion to completion where rows are activity instances.
//
// Left out on purpose: filtering of edges (discovery does that by its own
// notion of noise) and layout (dashboards).
package dfg

import (
	"math"
	"math/big"
	"time"
)

// Graph is the directly-follows graph of a log. Activities are those that
// occur, in ascending order of name (bytes); Counts, Starts and Ends go with
// them. Edges are in order of From, then To. Of every activity the counts of
// its outgoing edges and its Ends make its Counts, and likewise of the
// incoming ones and its Starts.
type Graph struct {
	Activities []string
	Counts     []int64 // occurrences
	Starts     []int64 // cases that begin with the activity
	Ends       []int64 // cases that end with it
	Edges      []Edge
	Cases      int64 // all, also the empty ones
	Empty      int64 // cases without rows
	Events     int64
}

// Edge says that To directly follows From Count times. The total duration is
// TotalHigh·2⁶³ + TotalMicros microseconds, exact; TotalHigh is 0 below 292,000
// years in all.
type Edge struct {
	From, To    int // positions in Activities
	Count       int64
	TotalMicros int64
	TotalHigh   int64
	Min, Max    time.Duration
}

// Mean returns the mean duration in seconds; NaN for an edge without
// occurrences.
func (e Edge) Mean() float64 {
	if e.Count == 0 {
		return math.NaN()
	}
	total := float64(e.TotalMicros)
	if e.TotalHigh != 0 {
		total += math.Ldexp(float64(e.TotalHigh), 63)
	}
	return total / float64(e.Count) / 1e6
}

// Total returns the exact total duration in microseconds.
func (e Edge) Total() *big.Int {
	t := new(big.Int).Lsh(big.NewInt(e.TotalHigh), 63)
	return t.Add(t, big.NewInt(e.TotalMicros))
}

// SetTotal sets the total duration, given in microseconds and not negative.
func (e *Edge) SetTotal(micros *big.Int) {
	high := new(big.Int).Rsh(micros, 63)
	e.TotalHigh = high.Int64()
	e.TotalMicros = new(big.Int).Sub(micros, high.Lsh(high, 63)).Int64()
}

// Pairs returns the total number of directly-follows pairs: the sum of the
// edges' counts.
func (g *Graph) Pairs() int64 {
	var n int64
	for i := range g.Edges {
		n += g.Edges[i].Count
	}
	return n
}

// Edge returns the edge from one activity to another, by position, and false
// where there is none. O(log n) in edges.
func (g *Graph) Edge(from, to int) (Edge, bool) {
	lo, hi := 0, len(g.Edges)
	for lo < hi {
		m := (lo + hi) / 2
		if e := &g.Edges[m]; e.From < from || e.From == from && e.To < to {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo < len(g.Edges) && g.Edges[lo].From == from && g.Edges[lo].To == to {
		return g.Edges[lo], true
	}
	return Edge{}, false
}
