package discovery

import "github.com/uprava/uprava/mining/processtree"

// fallThrough returns a tree for a log that no cut fits: the first of these that
// applies (thesis of Leemans, 6.1.3; empty traces were taken out before).
//
//  1. Activity once per trace: an activity that every trace has exactly once runs
//     beside the rest.
//  2. Activity concurrent: an activity without which a cut fits runs beside the rest.
//  3. Strict tau loop: the log repeats where a start activity directly follows an
//     end activity.
//  4. Tau loop: the log repeats at every start activity.
//  5. Flower: any activities in any order, at least one.
//
// Of several activities the first by name is taken.
func (m *inductive) fallThrough(l *sublog, g *graph) *processtree.Tree {
	if a := l.oncePerTrace(); a >= 0 {
		return m.beside(l, a)
	}
	if a := l.concurrent(g); a >= 0 {
		return m.beside(l, a)
	}
	strict := func(before, at int32) bool { return g.ends.has(int(before)) && g.starts.has(int(at)) }
	if again := l.cutWhere(strict); again != nil {
		return processtree.New(processtree.Loop, m.mine(again), processtree.Tau())
	}
	if again := l.cutWhere(func(_, at int32) bool { return g.starts.has(int(at)) }); again != nil {
		return processtree.New(processtree.Loop, m.mine(again), processtree.Tau())
	}
	any := processtree.New(processtree.Choice)
	for _, name := range l.names {
		any.Children = append(any.Children, processtree.Leaf(name))
	}
	return processtree.New(processtree.Loop, any, processtree.Tau())
}

// beside mines activity a and the rest of the log as two parallel parts.
func (m *inductive) beside(l *sublog, a int) *processtree.Tree {
	var rest []int
	for b := range l.names {
		if b != a {
			rest = append(rest, b)
		}
	}
	return processtree.New(processtree.Parallel, m.mine(l.project([]int{a})), m.mine(l.project(rest)))
}

// oncePerTrace returns the first activity that every trace has exactly once, -1
// where there is none or it is the only one.
func (l *sublog) oncePerTrace() int {
	if len(l.names) < 2 {
		return -1
	}
	once := full(len(l.names))
	seen := make([]int32, len(l.names))
	for _, t := range l.traces {
		if l.watch.stop(len(t) + len(seen)) {
			break
		}
		clear(seen)
		for _, a := range t {
			seen[a]++
		}
		for a, n := range seen {
			if n != 1 {
				once.clear(a)
			}
		}
	}
	if m := once.members(); len(m) > 0 {
		return m[0]
	}
	return -1
}

// concurrent returns the first activity without which the log has a cut, -1 where
// there is none. The graph without an activity is that of the log less the
// activity, plus an edge over every place where it stood.
func (l *sublog) concurrent(g *graph) int {
	if g.n < 3 {
		return -1
	}
	type edge struct{ from, to int32 } // -1 for the outside
	over := make([][]edge, g.n)
	for _, t := range l.traces {
		if l.watch.stop(len(t)) {
			break
		}
		before := int32(-1)
		for i := 0; i < len(t); {
			a, j := t[i], i+1
			for j < len(t) && t[j] == a {
				j++
			}
			e := edge{before, -1}
			if j < len(t) {
				e.to = t[j]
			}
			if k := over[a]; len(k) == 0 || k[len(k)-1] != e {
				over[a] = append(k, e)
			}
			before, i = a, j
		}
	}
	without := newGraph(g.n - 1)
	for a := range g.n {
		if l.watch.stop(g.n * g.n) {
			break
		}
		without.without(g, a)
		code := func(b int32) int {
			if int(b) > a {
				b--
			}
			return int(b)
		}
		for _, e := range over[a] {
			switch {
			case e.from < 0 && e.to < 0:
			case e.from < 0:
				without.starts.set(code(e.to))
			case e.to < 0:
				without.ends.set(code(e.from))
			default:
				without.edge(code(e.from), code(e.to))
			}
		}
		if without.cut() != nil {
			return a
		}
	}
	return -1
}

// cutWhere returns the log of the pieces of its traces, cut between neighbours as
// told; nil where no trace was cut.
func (l *sublog) cutWhere(between func(before, at int32) bool) *sublog {
	pieces := newSublog(l.names, l.watch)
	found := false
	for i, t := range l.traces {
		if l.watch.stop(len(t)) {
			break
		}
		from := 0
		for k := 1; k < len(t); k++ {
			if between(t[k-1], t[k]) {
				pieces.add(t[from:k], l.counts[i])
				from, found = k, true
			}
		}
		pieces.add(t[from:], l.counts[i])
	}
	if !found {
		return nil
	}
	return pieces
}
