package discovery

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/processtree"
)

// InductiveDirectly returns the process tree that the Inductive Miner finds in a
// directly-follows graph alone, reduced: for logs whose traces nobody wants to
// hold or move. This is IMd, with noise IMfD (Leemans, Fahland, van der Aalst
// 2018, doi:10.1007/s10270-016-0545-x). Activities without occurrences are left
// out.
//
// What it guarantees: the tree is sound and, without noise, holds every activity
// once; and it is the tree that made the log, up to its language, if the graph is
// complete and the tree is of the paper's class (no silent steps, no activity
// twice, no activity both at the start and at the end of a loop's do part). What it
// does not: that the tree allows the traces of the log. A graph tells of the
// branches of a parallel neither which of them a case skips, nor what follows what
// within a branch when a step of another stands between.
//
// Where we differ from the paper:
//
//   - A part of a sequence is optional where the graph has a way around it, be it
//     from the start or to the end, as in Inductive; the count of these ways is
//     that of the cases that skip it, and noise is measured against it.
//   - Before the flower, which is the paper's only fall-through, edges from end
//     activities to start activities may be taken for the begin of another round.
//   - A cut is filtered as in Inductive.
//
// Cost: O(n²/64) for n activities and O(edges) for each node of the tree, whatever
// the size of the log. More than 30,000 activities are an error.
func InductiveDirectly(ctx context.Context, g *dfg.Graph, cfg InductiveConfig) (*processtree.Tree, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("mining a process tree from the graph: %w", err)
	}
	w := newWatch(ctx)
	d, err := directlyOf(g)
	if err != nil {
		return nil, fmt.Errorf("mining a process tree from the graph: %w", err)
	}
	m := &directlyMiner{noise: cfg.Noise, watch: w}
	t := m.mine(d)
	if w.err != nil {
		return nil, fmt.Errorf("mining a process tree from the graph: %w", w.err)
	}
	return t.Reduce(), nil
}

// directly is a directly-follows graph over named activities, and how many
// executions of this part of the process were without any.
type directly struct {
	*follows
	names []string
	empty int64
}

// directlyOf returns the graph of the activities that occur, in order of name.
func directlyOf(g *dfg.Graph) (*directly, error) {
	if err := checkGraph(g); err != nil {
		return nil, err
	}
	var used []int
	for a := range g.Activities {
		if g.Counts[a] > 0 {
			used = append(used, a)
		}
	}
	slices.SortStableFunc(used, func(a, b int) int { return cmp.Compare(g.Activities[a], g.Activities[b]) })
	for i := 1; i < len(used); i++ {
		if name := g.Activities[used[i]]; name == g.Activities[used[i-1]] {
			return nil, fmt.Errorf("activity %q stands in the graph twice", name)
		}
	}
	n := len(used)
	at := make([]int, len(g.Activities))
	for i := range at {
		at[i] = -1
	}
	d := &directly{follows: newFollows(n), names: make([]string, n), empty: g.Empty}
	for i, a := range used {
		at[a] = i
		d.names[i], d.start[i], d.end[i] = g.Activities[a], g.Starts[a], g.Ends[a]
	}
	for _, e := range g.Edges {
		if e.Count > 0 {
			d.edges = append(d.edges, edge{int32(at[e.From]), int32(at[e.To]), e.Count})
		}
	}
	slices.SortFunc(d.edges, func(x, y edge) int { return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to)) })
	for i := 1; i < len(d.edges); i++ {
		if x, y := d.edges[i-1], d.edges[i]; x.from == y.from && x.to == y.to {
			return nil, fmt.Errorf("the edge from %q to %q stands in the graph twice", d.names[x.from], d.names[x.to])
		}
	}
	return d, nil
}

// checkGraph says what makes a graph unfit for mining.
func checkGraph(g *dfg.Graph) error {
	n := len(g.Activities)
	if err := atMost(n, maxActivities); err != nil {
		return err
	}
	switch {
	case len(g.Counts) != n || len(g.Starts) != n || len(g.Ends) != n:
		return fmt.Errorf("the graph has %d activities, %d counts, %d starts and %d ends", n, len(g.Counts), len(g.Starts), len(g.Ends))
	case g.Empty < 0:
		return fmt.Errorf("the graph has %d cases without events", g.Empty)
	}
	for a, name := range g.Activities {
		if g.Counts[a] < 0 || g.Starts[a] < 0 || g.Ends[a] < 0 || g.Starts[a] > g.Counts[a] || g.Ends[a] > g.Counts[a] {
			return fmt.Errorf("activity %q: %d occurrences, %d at the start and %d at the end of a case", name, g.Counts[a], g.Starts[a], g.Ends[a])
		}
	}
	for i, e := range g.Edges {
		if min(e.From, e.To) < 0 || max(e.From, e.To) >= n {
			return fmt.Errorf("edge %d leads from activity %d to %d of %d", i, e.From, e.To, n)
		}
		if e.Count < 0 || e.Count > 0 && (g.Counts[e.From] == 0 || g.Counts[e.To] == 0) {
			return fmt.Errorf("edge from %q to %q: count %d", g.Activities[e.From], g.Activities[e.To], e.Count)
		}
	}
	return nil
}

// directlyMiner is a run of the miner on graphs.
type directlyMiner struct {
	noise float64
	watch *watch
}

func (m *directlyMiner) mine(d *directly) *processtree.Tree {
	if d.n == 0 || m.watch.stop(d.n*d.n/8+len(d.edges)) {
		return processtree.Tau()
	}
	if d.empty > 0 {
		frequent := float64(d.empty) > m.noise*float64(d.empty+d.executions())
		d.empty = 0
		if frequent {
			return processtree.New(processtree.Choice, processtree.Tau(), m.mine(d))
		}
	}
	if d.n == 1 {
		if len(d.edges) > 0 {
			return processtree.New(processtree.Loop, processtree.Leaf(d.names[0]), processtree.Tau())
		}
		return processtree.Leaf(d.names[0])
	}
	g := d.graph()
	if c := g.cut(); c != nil {
		return m.branches(c.operator, d.divide(c))
	}
	if m.noise > 0 {
		if c := d.filtered(m.noise).cut(); c != nil {
			parts := d.divide(c)
			if c.operator == processtree.Choice { // what only filtered edges lead to
				parts = slices.DeleteFunc(parts, func(p *directly) bool { return p.executions() == 0 && d.executions() > 0 })
			}
			return m.branches(c.operator, parts)
		}
	}
	if once := d.round(); once != nil {
		return processtree.New(processtree.Loop, m.mine(once), processtree.Tau())
	}
	any := processtree.New(processtree.Choice)
	for _, name := range d.names {
		any.Children = append(any.Children, processtree.Leaf(name))
	}
	return processtree.New(processtree.Loop, any, processtree.Tau())
}

func (m *directlyMiner) branches(o processtree.Operator, parts []*directly) *processtree.Tree {
	t := processtree.New(o)
	for _, part := range parts {
		t.Children = append(t.Children, m.mine(part))
	}
	return t
}

// executions returns how often this part of the process was begun.
func (d *directly) executions() int64 {
	n := int64(0)
	for _, c := range d.start {
		n += c
	}
	return n
}

// divide returns the graph of each group of a cut. What enters a part of a sequence
// or of a loop from another begins it, what leaves it ends it.
func (d *directly) divide(c *cut) []*directly {
	of, at := make([]int, d.n), make([]int, d.n)
	parts := make([]*directly, len(c.groups))
	for i, group := range c.groups {
		members := group.members()
		p := &directly{follows: newFollows(len(members)), names: make([]string, len(members))}
		for k, a := range members {
			of[a], at[a] = i, k
			p.names[k] = d.names[a]
			p.start[k], p.end[k] = d.start[a], d.end[a]
		}
		parts[i] = p
	}
	passing := c.operator == processtree.Sequence || c.operator == processtree.Loop
	skipped := make([]int64, len(parts)+1) // of a sequence, by difference
	skip := func(from, to int, n int64) {  // parts from … to-1
		if from < to {
			skipped[from] += n
			skipped[to] -= n
		}
	}
	for a := range d.n {
		skip(0, of[a], d.start[a])
		skip(of[a]+1, len(parts), d.end[a])
	}
	for _, e := range d.edges {
		p, q := parts[of[e.from]], parts[of[e.to]]
		switch {
		case p == q: // members ascend, so that edges stay in order
			p.edges = append(p.edges, edge{int32(at[e.from]), int32(at[e.to]), e.count})
		case passing:
			p.end[at[e.from]] += e.count
			q.start[at[e.to]] += e.count
			skip(of[e.from]+1, of[e.to], e.count)
		}
	}
	if c.operator == processtree.Sequence {
		around := int64(0)
		for i, p := range parts {
			around += skipped[i]
			p.empty = around
		}
	}
	if c.operator == processtree.Loop {
		// Two redo parts never follow each other directly in a graph that the cut
		// fits; where filtering made it fit, the do part was skipped between them.
		for _, e := range d.edges {
			if p, q := of[e.from], of[e.to]; p > 0 && q > 0 && p != q {
				parts[0].empty += e.count
			}
		}
	}
	return parts
}

// round returns the graph without the edges from end activities to start
// activities, nil where there are none.
func (d *directly) round() *directly {
	once := &directly{follows: newFollows(d.n), names: d.names}
	copy(once.start, d.start)
	copy(once.end, d.end)
	for _, e := range d.edges {
		if d.end[e.from] > 0 && d.start[e.to] > 0 {
			once.end[e.from] += e.count
			once.start[e.to] += e.count
		} else {
			once.edges = append(once.edges, e)
		}
	}
	if len(once.edges) == len(d.edges) {
		return nil
	}
	return once
}
