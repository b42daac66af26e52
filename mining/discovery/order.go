package discovery

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/powl"
	"github.com/uprava/uprava/mining/processtree"
)

// PartialOrders returns the partially ordered workflow model that the Inductive
// Miner finds in the variants when it looks for partial orders as well (the
// language: Kourani, van Zelst 2023, doi:10.1007/978-3-031-41620-0_6; the maximal
// partial order cut: Kourani, Schuster, van der Aalst, Scalable discovery of
// partially ordered workflow models with formal guarantees, ICPM 2023). Without
// noise it allows every variant; it is always sound. Where no such order is found
// it is the model of Inductive.
//
// A partial order is looked for where none of the four cuts of the Inductive Miner
// fits, before its fall-throughs: there it would lose the concurrency. Groups of
// activities are ordered where every activity of the one is eventually followed by
// every one of the other, never the other way; unordered where all directly follow
// each other both ways; groups with any other relation, or whose order another
// pair contradicts, become one. Where we differ from the paper:
//
//   - a group without predecessors must hold a start activity, one without
//     successors an end activity; otherwise there is no cut, where the paper joins
//     groups further;
//   - with noise the four cuts are those of IMf; the order is always that of the
//     whole log, so that it never loses a trace.
//
// Cost: as Inductive, and for each node without a cut O(n/64) an event, O(n⁴) for n
// groups at worst.
func PartialOrders(ctx context.Context, variants []eventlog.Variant, activities *eventlog.Dictionary, cfg InductiveConfig) (*powl.Model, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("mining partial orders: %w", err)
	}
	w := newWatch(ctx)
	l, err := coded(variants, activities, w)
	if err != nil {
		return nil, fmt.Errorf("mining partial orders: %w", err)
	}
	if err := atMost(len(l.names), maxMatrix); err != nil {
		return nil, fmt.Errorf("mining partial orders: %w", err)
	}
	m := &inductive{noise: cfg.Noise, orders: map[*processtree.Tree][][2]int{}}
	t := m.mine(l)
	if w.err != nil {
		return nil, fmt.Errorf("mining partial orders: %w", w.err)
	}
	return powl.FromTree(t, func(n *processtree.Tree) [][2]int { return m.orders[n] }).Reduce(), nil
}

// relation is what the log says of two activities or groups, in this order.
type relation uint8

const (
	mixed     relation = iota
	unordered          // directly one after the other, both ways
	before
	after
)

// orderCut returns the finest division of the activities into groups that a
// partial order holds between, and that order; nil where there is one group.
func (l *sublog) orderCut(g *graph) (*cut, [][2]int) {
	n := g.n
	if n < 2 {
		return nil, nil
	}
	eventually := l.eventually()
	between := func(a, b int) relation {
		switch forth, back := eventually[a].has(b), eventually[b].has(a); {
		case forth && !back:
			return before
		case back && !forth:
			return after
		case forth && g.out[a].has(b) && g.out[b].has(a):
			return unordered
		}
		return mixed
	}
	groups := make([]set, n)
	relations := make([][]relation, n)
	for a := range n {
		groups[a] = newSet(n)
		groups[a].set(a)
		relations[a] = make([]relation, n)
		for b := range n {
			relations[a][b] = between(a, b)
		}
	}
	for len(groups) > 1 {
		i, j := contradiction(relations, l.watch)
		if i < 0 {
			break
		}
		groups, relations = join(groups, relations, i, j)
	}
	if len(groups) < 2 || l.watch.err != nil {
		return nil, nil
	}
	var order [][2]int
	first, last := full(len(groups)), full(len(groups))
	for i := range groups {
		for j := range groups {
			if i != j && relations[i][j] == before {
				order = append(order, [2]int{i, j})
				first.clear(j)
				last.clear(i)
			}
		}
	}
	for i := range groups {
		if first.has(i) && !groups[i].meets(g.starts) || last.has(i) && !groups[i].meets(g.ends) {
			return nil, nil
		}
	}
	return &cut{processtree.Parallel, groups}, order
}

// contradiction returns two groups that must be one: with a mixed relation, or the
// ends of a chain that is not ordered itself; -1 where there are none, or where the
// watch says to stop.
func contradiction(relations [][]relation, w *watch) (int, int) {
	for i := range relations {
		for j := range i {
			if relations[i][j] == mixed {
				return j, i
			}
		}
	}
	for i := range relations {
		for j, r := range relations[i] {
			if i == j || r != before {
				continue
			}
			if w.stop(len(relations)) {
				return -1, -1
			}
			for k, s := range relations[j] {
				if k != i && k != j && s == before && relations[i][k] != before {
					return min(i, k), max(i, k)
				}
			}
		}
	}
	return -1, -1
}

// join makes groups i < j one.
func join(groups []set, relations [][]relation, i, j int) ([]set, [][]relation) {
	groups[i].or(groups[j])
	for k := range relations {
		if relations[i][k] != relations[j][k] {
			relations[i][k], relations[k][i] = mixed, mixed
		}
	}
	groups = append(groups[:j], groups[j+1:]...)
	relations = append(relations[:j], relations[j+1:]...)
	for k := range relations {
		relations[k] = append(relations[k][:j], relations[k][j+1:]...)
	}
	return groups, relations
}

// eventually returns by activity which others come behind it in a trace, at any
// distance.
func (l *sublog) eventually() []set {
	n := len(l.names)
	out := make([]set, n)
	for a := range out {
		out[a] = newSet(n)
	}
	behind := newSet(n)
	for _, t := range l.traces {
		if l.watch.stop(len(t) * len(behind)) {
			break
		}
		clear(behind)
		for i := len(t) - 1; i >= 0; i-- {
			out[t[i]].or(behind)
			behind.set(int(t[i]))
		}
	}
	return out
}
