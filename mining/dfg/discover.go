package dfg

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
)

// maxDense is the number of activities up to which pairs are counted in a
// matrix (64 MB at that size); a log with more takes a hash table.
const maxDense = 1448

// Discover returns the directly-follows graph of a log: O(n) in rows, plus a
// matrix of the activities, or a table of the edges where activities are many.
func Discover(l *eventlog.Log) *Graph {
	n := l.Activities().Len()
	t := &tally{
		n:      uint32(n),
		counts: make([]int64, n), starts: make([]int64, n), ends: make([]int64, n),
	}
	if n <= maxDense {
		t.cells = make([]cell, n*n)
		t.dense(l)
	} else {
		t.table = newTable()
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
		for i := range t.table.cells {
			key := t.table.keys[i]
			add(uint32(key>>32), uint32(key), &t.table.cells[i])
		}
		slices.SortFunc(g.Edges, func(x, y Edge) int { return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To)) })
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

// table is a hash table of cells by pair of codes: open addressing, linear
// probing, at most half full.
type table struct {
	slots []uint32 // position in cells plus one; 0 where free
	shift uint
	keys  []uint64
	cells []cell
}

func newTable() *table { return &table{slots: make([]uint32, 1<<12), shift: 64 - 12} }

func (t *table) slot(key uint64) uint64 { return key * 0x9E3779B97F4A7C15 >> t.shift }

// cell returns the cell of a key, a new one where there was none. It holds
// until the next call.
func (t *table) cell(key uint64) *cell {
	mask := uint64(len(t.slots) - 1)
	i := t.slot(key)
	for ; t.slots[i] != 0; i = (i + 1) & mask {
		if k := t.slots[i] - 1; t.keys[k] == key {
			return &t.cells[k]
		}
	}
	t.keys = append(t.keys, key)
	t.cells = append(t.cells, cell{})
	t.slots[i] = uint32(len(t.keys))
	if len(t.keys)*2 > len(t.slots) {
		t.grow()
	}
	return &t.cells[len(t.cells)-1]
}

func (t *table) grow() {
	t.slots = make([]uint32, 2*len(t.slots))
	t.shift--
	mask := uint64(len(t.slots) - 1)
	for k, key := range t.keys {
		i := t.slot(key)
		for t.slots[i] != 0 {
			i = (i + 1) & mask
		}
		t.slots[i] = uint32(k + 1)
	}
}
