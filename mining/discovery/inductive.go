package discovery

import (
	"context"
	"fmt"
	"math"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/processtree"
)

// InductiveConfig is how the Inductive Miner works.
type InductiveConfig struct {
	// Noise is the share below which behaviour counts as infrequent, 0 ≤ Noise ≤ 1.
	// The zero value is the plain Inductive Miner, whose model allows every trace
	// of the log; 0.2 is the usual value of the infrequent one.
	Noise float64
}

// Validate returns what is wrong with the configuration, nil where nothing is.
func (c InductiveConfig) Validate() error {
	if math.IsNaN(c.Noise) || c.Noise < 0 || c.Noise > 1 {
		return fmt.Errorf("noise is %g, wanted 0 to 1", c.Noise)
	}
	return nil
}

// InductiveLog is Inductive on the variants of a log, cases without rows
// included. It takes recorded events or activity instances.
func InductiveLog(ctx context.Context, l *eventlog.Log, cfg InductiveConfig) (*processtree.Tree, error) {
	return InductiveVariants(ctx, l.Variants(), l.Activities(), cfg)
}

// InductiveVariants is Inductive on variants whose activities are codes of a
// dictionary, as a log gives them: the fastest form.
func InductiveVariants(ctx context.Context, variants []eventlog.Variant, activities *eventlog.Dictionary, cfg InductiveConfig) (*processtree.Tree, error) {
	return induce(ctx, cfg, func(w *watch) (*sublog, error) { return coded(variants, activities, w) })
}

// Inductive returns the process tree that the Inductive Miner finds in the
// variants, reduced (processtree.Tree.Reduce). Every activity stands in it once.
// Without noise it allows every variant; with noise, what is frequent. The tree
// of no variants is a silent step. The same variants in any order give the same
// tree; where the papers leave a choice, names decide.
//
// Without noise this is IM (Leemans, Fahland, van der Aalst 2013,
// doi:10.1007/978-3-642-38697-8_17), with noise IMf (2014,
// doi:10.1007/978-3-319-06257-0_6). Where we differ from the papers:
//
//   - A log that no cut fits is not at once a flower: the fall-throughs of Leemans'
//     thesis (Robust Process Mining with Guarantees, 2017,
//     ISBN 978-90-386-4257-4, 6.1) come first, in its order, see fallThrough.
//   - A sequence cut joins neighbours that are only ever skipped together (thesis,
//     strict sequence cut).
//   - IMf filters the edges of the directly-follows graph, not the start and end
//     activities, and does not use the eventually-follows graph for sequences.
//   - IMf keeps a single activity that repeats as a loop; the paper takes it for
//     one step if its mean count per trace is near 1.
//   - IMf leaves out a part of a choice, and a redo part, that no case takes after
//     filtering; a literal reading makes it a silent step. A trace that has as many
//     events in several parts of a choice goes to that of its first event.
//   - IMf splits a trace over a sequence with the fewest deviating events (by
//     dynamic programming); the published programs search greedily.
//
// Cost: for each node of the tree O(events of its part of the log) and O(n²/64)
// for n activities; where only "activity concurrent" helps, n times the latter.
// More than 30,000 activities are an error.
//
// A cancelled context ends it within milliseconds with the context's error.
func Inductive[V processtree.Variants](ctx context.Context, variants []V, cfg InductiveConfig) (*processtree.Tree, error) {
	return induce(ctx, cfg, func(w *watch) (*sublog, error) { return encode(variants, w) })
}

func induce(ctx context.Context, cfg InductiveConfig, read func(*watch) (*sublog, error)) (*processtree.Tree, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("mining a process tree: %w", err)
	}
	w := newWatch(ctx)
	l, err := read(w)
	if err != nil {
		return nil, fmt.Errorf("mining a process tree: %w", err)
	}
	if err := atMost(len(l.names), maxActivities); err != nil {
		return nil, fmt.Errorf("mining a process tree: %w", err)
	}
	t := (&inductive{noise: cfg.Noise}).mine(l)
	if w.err != nil {
		return nil, fmt.Errorf("mining a process tree: %w", w.err)
	}
	return t.Reduce(), nil
}

// inductive is a run of the miner.
type inductive struct {
	noise float64
	// orders holds the order of the children of parallels that a partial order cut
	// made, as pairs of positions; nil where such cuts are not looked for.
	orders map[*processtree.Tree][][2]int
}

// mine is the recursion of the papers: base cases, cuts, filtered cuts,
// fall-throughs.
func (m *inductive) mine(l *sublog) *processtree.Tree {
	if len(l.traces) == 0 || l.watch.err != nil {
		return processtree.Tau()
	}
	if l.empty > 0 {
		frequent := float64(l.empty) > m.noise*float64(l.cases())
		l.empty = 0
		if frequent {
			return processtree.New(processtree.Choice, processtree.Tau(), m.mine(l))
		}
	}
	if len(l.names) == 1 && len(l.traces) == 1 && len(l.traces[0]) == 1 {
		return processtree.Leaf(l.names[0])
	}
	f := l.follows()
	g := f.graph()
	if c := g.cut(); c != nil {
		return m.divide(l, c)
	}
	if m.noise > 0 {
		if c := f.filtered(m.noise).cut(); c != nil {
			return m.divide(l, c)
		}
	}
	if m.orders != nil {
		if c, order := l.orderCut(g); c != nil {
			t := m.divide(l, c)
			m.orders[t] = order
			return t
		}
	}
	return m.fallThrough(l, g)
}

// divide mines the parts of a log along a cut. A part of a choice, or a redo part
// of a loop, that filtering left without a case is left out of the tree.
func (m *inductive) divide(l *sublog, c *cut) *processtree.Tree {
	t := processtree.New(c.operator)
	parts := l.split(c)
	for i, part := range parts {
		parts[i] = nil // let go of what is mined
		optional := c.operator == processtree.Choice || c.operator == processtree.Loop && i > 0
		if !optional || part.cases() > 0 {
			t.Children = append(t.Children, m.mine(part))
		}
	}
	if len(t.Children) == 1 {
		return t.Children[0]
	}
	return t
}
