package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
)

// Flow is the directly-follows map of a view of a log with what a reader may ask of it.
// Of a log with more activities than were asked for it holds the most frequent ones,
// and the edges between them.
type Flow struct {
	Graph  *dfg.Graph        // of these activities
	Median []float64         // of each edge, seconds
	Cases  []int64           // that take each edge
	In     []int64           // cases in which each activity occurs
	Pos    []float64         // mean position of each activity in the cases
	Work   []measure.Summary // of each activity, from start to completion, seconds; N is 0 where no start is recorded
	// Ways are the distinct ways of cases as sets: positions of the edges taken, and
	// of activities of cases with one event alone; the most frequent first.
	Ways []Way
	// Rest is how many cases go other ways than those told.
	Rest       int64
	Activities int // of the view
	Edges      int
	Events     int64
	Steps      int64 // from one row to the next, of the view
	Effect     *filter.Effect
	Doubts     []error
}

// Way is what a way of cases needs of a map to be seen whole.
type Way struct {
	Nodes []int // activities
	Edges []int
	Cases int64
}

// mostWay bounds the numbers that ways are told by.
const mostWay = 40_000

// Flow returns the map of a view of a log, of at most so many activities; remembered.
func (d *Desk) Flow(ctx context.Context, log string, look Look, most int) (*Flow, error) {
	return Remember(ctx, d, log, fmt.Sprintf("flow\x00%d\x00%s", most, look), func(ctx context.Context) (*Flow, error) {
		v, err := d.Seen(ctx, log, look)
		if err != nil {
			return nil, err
		}
		f := flowOf(v.Log, most)
		f.Effect, f.Doubts = v.left(look), v.Pairing.Warnings()
		return f, ctx.Err()
	})
}

func flowOf(l *eventlog.Log, most int) *Flow {
	g := dfg.Discover(l)
	median, cases := dfg.Medians(l, g)
	f := &Flow{Graph: g, Median: median, Cases: cases, Activities: len(g.Activities), Edges: len(g.Edges), Events: g.Events, Steps: g.Pairs()}
	f.In, f.Pos = occurrences(l, g)
	f.Work = make([]measure.Summary, len(g.Activities))
	for _, t := range performance.Activities(l, performance.Config{}) {
		if i, ok := slices.BinarySearch(g.Activities, t.Activity); ok {
			f.Work[i] = t.Service
		}
	}
	if len(g.Activities) > most {
		f.keep(most)
	}
	f.ways(l)
	return f
}

// occurrences returns in how many cases each activity occurs and its mean position.
func occurrences(l *eventlog.Log, g *dfg.Graph) (in []int64, pos []float64) {
	at := positions(l, g)
	in, pos = make([]int64, len(g.Activities)), make([]float64, len(g.Activities))
	seen := make([]int, len(g.Activities))
	for i, c := range l.All() {
		for k, a := range c.Activities() {
			n := at[a]
			pos[n] += float64(k)
			if seen[n] != i+1 {
				seen[n] = i + 1
				in[n]++
			}
		}
	}
	for i := range pos {
		pos[i] /= float64(g.Counts[i])
	}
	return in, pos
}

// positions returns the position in the graph by code; −1 of what the graph leaves out.
func positions(l *eventlog.Log, g *dfg.Graph) []int {
	at := make([]int, l.Activities().Len())
	for i := range at {
		at[i] = -1
	}
	for i, name := range g.Activities {
		code, _ := l.Activities().Code(name)
		at[code] = i
	}
	return at
}

// keep leaves the most frequent activities.
func (f *Flow) keep(most int) {
	g := f.Graph
	order := make([]int, len(g.Activities))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(g.Counts[y], g.Counts[x]) })
	kept := slices.Clone(order[:most])
	slices.Sort(kept) // by name again
	to := make([]int, len(order))
	for i := range to {
		to[i] = -1
	}
	h := &dfg.Graph{Cases: g.Cases, Empty: g.Empty, Events: g.Events}
	in, pos := f.In, f.Pos
	f.In, f.Pos = nil, nil
	work := f.Work
	f.Work = nil
	for _, i := range kept {
		to[i] = len(h.Activities)
		h.Activities = append(h.Activities, g.Activities[i])
		h.Counts = append(h.Counts, g.Counts[i])
		h.Starts = append(h.Starts, g.Starts[i])
		h.Ends = append(h.Ends, g.Ends[i])
		f.In, f.Pos = append(f.In, in[i]), append(f.Pos, pos[i])
		f.Work = append(f.Work, work[i])
	}
	var median []float64
	var cases []int64
	for i, e := range g.Edges {
		if to[e.From] >= 0 && to[e.To] >= 0 {
			e.From, e.To = to[e.From], to[e.To]
			h.Edges = append(h.Edges, e)
			median, cases = append(median, f.Median[i]), append(cases, f.Cases[i])
		}
	}
	f.Graph, f.Median, f.Cases = h, median, cases
	f.Doubts = append(f.Doubts, &measure.Doubt{
		EN: fmt.Sprintf("the map holds the %d most frequent of %d activities; filter to see the others", most, len(order)),
		RU: fmt.Sprintf("на карте %d самых частых видов действий из %d; остальные видны после отбора", most, len(order)),
	})
}

// ways tells the ways of the cases, as far as they fit. Cases that do something the map
// does not hold go other ways.
func (f *Flow) ways(l *eventlog.Log) {
	at := positions(l, f.Graph)
	edge := make(map[[2]int]int, len(f.Graph.Edges))
	for i, e := range f.Graph.Edges {
		edge[[2]int{e.From, e.To}] = i
	}
	numbers := 0
	for _, v := range l.Variants() {
		if len(v.Activities) == 0 {
			continue
		}
		w := Way{Cases: int64(v.Count)}
		for k, a := range v.Activities {
			n := at[a]
			if n < 0 || numbers > mostWay {
				w.Nodes = nil
				break
			}
			w.Nodes = append(w.Nodes, n)
			if k > 0 {
				w.Edges = append(w.Edges, edge[[2]int{at[v.Activities[k-1]], n}])
			}
		}
		if w.Nodes == nil {
			f.Rest += int64(v.Count)
			continue
		}
		w.Nodes, w.Edges = distinct(w.Nodes), distinct(w.Edges)
		numbers += len(w.Nodes) + len(w.Edges)
		f.Ways = append(f.Ways, w)
	}
}

func distinct(list []int) []int {
	slices.Sort(list)
	return slices.Compact(list)
}
