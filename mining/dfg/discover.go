package dfg

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
)

// Pairs are counted in a matrix of cells where activities are few, or where there
// are at least as many rows as cells, up to maxDense activities (84 MB at that
// size); else in a list that a matrix points into, up to maxIndex (64 MB); beyond,
// in a hash table.
const (
	few      = 64
	maxDense = 1448
	maxIndex = 4096
)

// Discover returns the directly-follows graph of a log: O(n) in rows, plus a
// matrix of the activities, or a table of the edges where activities are many.
func Discover(l *eventlog.Log) *Graph {
	n := l.Activities().Len()
	t := &tally{
		n:      uint32(n),
		counts: make([]int64, n), starts: make([]int64, n), ends: make([]int64, n),
	}
	if n <= few || n <= maxDense && n*n <= l.Events() {
		t.cells = make([]cell, n*n)
		t.dense(l)
	} else {
		t.table = newTable(n)
		t.sparse(l)
	}
	g := t.graph(l.Activities().Names())
	g.Cases, g.Empty, g.Events = int64(l.Cases()), t.empty, int64(l.Events())
	return g
}

// tally gathers what a graph is made of, by activity code.
type tally struct {
	n                    uint32
	counts, starts, ends []int64
	empty                int64
	cells                []cell // n×n, row = from, col = to, order = codes
	table                *table
}

// cell is one edge while it is counted. The total has 96 bits; rows are in
// order of time, so that no duration is negative.
type cell struct {
	lo       uint64
	hi       uint32
	count    uint32 // a log has fewer than 2³² rows
	min, max int64  // valid where count > 0
}

func (c *cell) add(d int64) {
	if c.count == 0 {
		c.min = d
	}
	c.count++
	lo, carry := bits.Add64(c.lo, uint64(d), 0)
	c.lo = lo
	c.hi += uint32(carry)
	c.min = min(c.min, d)
	c.max = max(c.max, d)
}

func (t *tally) dense(l *eventlog.Log) {
	cells, n := t.cells, t.n
	for i := range l.Cases() {
		c := l.Case(i)
		acts := c.Activities()
		if len(acts) == 0 {
			t.empty++
			continue
		}
		times := c.Times()[:len(acts)]
		prev, at := acts[0], times[0]
		t.starts[prev]++
		for k := 1; k < len(acts); k++ {
			a, now := acts[k], times[k]
			cells[uint32(prev)*n+uint32(a)].add(int64(now - at))
			prev, at = a, now
		}
		t.ends[prev]++
	}
	for from := range n {
		t.counts[from] = t.ends[from]
		for to := range n {
			t.counts[from] += int64(cells[from*n+to].count)
		}
	}
}

func (t *tally) sparse(l *eventlog.Log) {
	for i := range l.Cases() {
		c := l.Case(i)
		acts := c.Activities()
		if len(acts) == 0 {
			t.empty++
			continue
		}
		times := c.Times()[:len(acts)]
		prev, at := acts[0], times[0]
		t.starts[prev]++
		for k := 1; k < len(acts); k++ {
			a, now := acts[k], times[k]
			t.table.cell(uint64(prev)<<32 | uint64(a)).add(int64(now - at))
			t.counts[prev]++
			prev, at = a, now
		}
		t.ends[prev]++
		t.counts[prev]++
	}
}

// graph puts the activities that occur in order of name and the edges with them.
func (t *tally) graph(names []string) *Graph {
	var codes []uint32
	for a, n := range t.counts {
		if n > 0 {
			codes = append(codes, uint32(a))
		}
	}
	slices.SortFunc(codes, func(x, y uint32) int { return cmp.Compare(names[x], names[y]) })
	at := make([]int, len(names))
	g := &Graph{}
	for i, a := range codes {
		at[a] = i
		g.Activities = append(g.Activities, names[a])
		g.Counts = append(g.Counts, t.counts[a])
		g.Starts = append(g.Starts, t.starts[a])
		g.Ends = append(g.Ends, t.ends[a])
	}
	add := func(from, to uint32, c *cell) {
		if c.count == 0 {
			return
		}
		g.Edges = append(g.Edges, Edge{
			From: at[from], To: at[to], Count: int64(c.count),
			TotalMicros: int64(c.lo & math.MaxInt64), TotalHigh: int64(c.hi)<<1 | int64(c.lo>>63),
			Min: micros(c.min), Max: micros(c.max),
		})
	}
	if t.table != nil {
		order := t.table.order(at, len(codes))
		g.Edges = make([]Edge, 0, len(order))
		for _, o := range order {
			key := t.table.keys[o.cell]
			add(uint32(key>>32), uint32(key), &t.table.cells[o.cell])
		}
		return g
	}
	for _, from := range codes {
		for _, to := range codes {
			add(from, to, &t.cells[from*t.n+to])
		}
	}
	return g
}

// micros returns a duration of d microseconds, the longest duration there is
// where d exceeds 292 years.
func micros(d int64) time.Duration {
	if d > math.MaxInt64/int64(time.Microsecond) {
		return math.MaxInt64
	}
	return time.Duration(d) * time.Microsecond
}

// table holds the cells of the pairs of codes that occur.
type table struct {
	n     uint64
	index []uint32          // n×n, row = from, col = to: position in cells plus 1; nil for many codes
	at    map[uint64]uint32 // position in cells, where there is no index
	keys  []uint64          // from<<32 | to
	cells []cell
}

func newTable(n int) *table {
	if n <= maxIndex {
		return &table{n: uint64(n), index: make([]uint32, n*n)}
	}
	return &table{at: map[uint64]uint32{}}
}

// cell returns the cell of a key, a new one where there was none. It holds
// until the next call.
func (t *table) cell(key uint64) *cell {
	if t.index != nil {
		slot := &t.index[key>>32*t.n+key&math.MaxUint32]
		if *slot == 0 {
			t.keys = append(t.keys, key)
			t.cells = append(t.cells, cell{})
			*slot = uint32(len(t.cells))
		}
		return &t.cells[*slot-1]
	}
	i, ok := t.at[key]
	if !ok {
		i = uint32(len(t.cells))
		t.at[key] = i
		t.keys = append(t.keys, key)
		t.cells = append(t.cells, cell{})
	}
	return &t.cells[i]
}

// place is a cell on its way into order.
type place struct{ to, cell uint32 }

// order returns the cells by the ranks of their pair: from by counting, to by
// sorting within.
func (t *table) order(rank []int, n int) []place {
	end := make([]uint32, n+1)
	for _, key := range t.keys {
		end[rank[key>>32]+1]++
	}
	for i := 1; i < len(end); i++ {
		end[i] += end[i-1]
	}
	out := make([]place, len(t.keys))
	free := slices.Clone(end)
	for k, key := range t.keys {
		from := rank[key>>32]
		out[free[from]] = place{uint32(rank[uint32(key)]), uint32(k)}
		free[from]++
	}
	for i := range n {
		slices.SortFunc(out[end[i]:end[i+1]], func(x, y place) int { return cmp.Compare(x.to, y.to) })
	}
	return out
}
