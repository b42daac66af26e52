package discovery

import (
	"cmp"
	"slices"

	"github.com/uprava/uprava/mining/processtree"
)

// cut divides the activities of a log among the children of an operator. The
// first group of a loop is its do part; groups of a sequence stand in its order.
type cut struct {
	operator processtree.Operator
	groups   []set
}

// cut returns the first cut that fits the graph, in the order of IM: exclusive
// choice, sequence, parallel, loop; nil where none does.
func (g *graph) cut() *cut {
	if g.n < 2 {
		return nil
	}
	for _, try := range [...]struct {
		operator processtree.Operator
		find     func() []set
	}{
		{processtree.Choice, g.choiceCut},
		{processtree.Sequence, g.sequenceCut},
		{processtree.Parallel, g.parallelCut},
		{processtree.Loop, g.loopCut},
	} {
		if groups := try.find(); len(groups) > 1 {
			return &cut{try.operator, groups}
		}
	}
	return nil
}

// choiceCut returns the connected components of the graph (IM, definition 3.1).
func (g *graph) choiceCut() []set {
	return components(full(g.n), func(a int, s set) {
		for i := range s {
			s[i] &= g.out[a][i] | g.in[a][i]
		}
	})
}

// sequenceCut joins activities that reach each other and those of which neither
// reaches the other; what remains is a chain (IM, definition 3.2). Then it joins
// what can only be skipped together (strict).
func (g *graph) sequenceCut() []set {
	parts, of := g.strong()
	n := len(parts)
	if n == 1 {
		return nil
	}
	// after[p] are the parts that p reaches, before[p] those that reach it. Parts
	// come in reverse topological order.
	after, before := make([]set, n), make([]set, n)
	for p := range parts {
		after[p], before[p] = newSet(n), newSet(n)
		for a := range parts[p].all() {
			for b := range g.out[a].all() {
				if q := of[b]; q != p && !after[p].has(q) {
					after[p].set(q)
					after[p].or(after[q])
				}
			}
		}
	}
	for p := n - 1; p >= 0; p-- {
		for a := range parts[p].all() {
			for b := range g.in[a].all() {
				if q := of[b]; q != p && !before[p].has(q) {
					before[p].set(q)
					before[p].or(before[q])
				}
			}
		}
	}
	chain := components(full(n), func(p int, s set) {
		for i := range s {
			s[i] &^= after[p][i] | before[p][i]
		}
	})
	if len(chain) == 1 {
		return nil
	}
	// Any two parts of different groups are ordered, so one of each tells.
	slices.SortFunc(chain, func(x, y set) int { return cmp.Compare(y.first(), x.first()) })
	groups := make([]set, len(chain))
	for i, c := range chain {
		groups[i] = newSet(g.n)
		for p := range c.all() {
			groups[i].or(parts[p])
		}
	}
	return g.strict(groups)
}

// strict joins the neighbours of a group that can be skipped if they, too, are
// entered and left only around it (thesis of Leemans, page 233): in
// <a,b,c,d> <a,d> b and c are skipped together, never alone.
func (g *graph) strict(groups []set) []set {
	n := len(groups)
	of := make([]int, g.n)
	for i, group := range groups {
		for a := range group.all() {
			of[a] = i
		}
	}
	// first[i] is the foremost group with an edge into group i, last[i] the
	// hindmost with an edge from it; the outside stands before and behind all.
	first, last := make([]int, n), make([]int, n)
	for i := range first {
		first[i], last[i] = n, -1
		if groups[i].meets(g.starts) {
			first[i] = -1
		}
		if groups[i].meets(g.ends) {
			last[i] = n
		}
	}
	for a := range g.n {
		for b := range g.out[a].all() {
			first[of[b]] = min(first[of[b]], of[a])
			last[of[a]] = max(last[of[a]], of[b])
		}
	}
	skippable := func(p int) bool {
		for i := range n {
			if i < p && last[i] > p || i > p && first[i] < p {
				return true
			}
		}
		return false
	}
	pivot := make([]int, n) // of the group with which each is joined
	for i := range pivot {
		pivot[i] = i
	}
	for p := range n {
		if pivot[p] != p || !skippable(p) {
			continue
		}
		join := func(q int) {
			for i, r := range pivot {
				if r == q {
					pivot[i] = p
				}
			}
		}
		for q := p - 1; q >= 0 && last[q] <= p; q-- {
			join(q)
		}
		for q := p + 1; q < n && first[q] >= p; q++ {
			join(q)
		}
	}
	var out []set
	for i, group := range groups {
		if i > 0 && pivot[i-1] == pivot[i] {
			out[len(out)-1].or(group)
		} else {
			out = append(out, slices.Clone(group))
		}
	}
	return out
}

// parallelCut joins activities that do not follow each other both ways, then
// joins groups that lack a start or an end activity to another (IM, definition
// 3.3).
func (g *graph) parallelCut() []set {
	groups := components(full(g.n), func(a int, s set) {
		for i := range s {
			s[i] &^= g.out[a][i] & g.in[a][i]
		}
	})
	slices.SortStableFunc(groups, func(x, y set) int { return cmp.Compare(x.size(), y.size()) })
	for i := 0; i < len(groups) && len(groups) > 1; {
		if groups[i].meets(g.starts) && groups[i].meets(g.ends) {
			i++
			continue
		}
		lacking := groups[i]
		groups = slices.Delete(groups, i, i+1)
		groups[max(i-1, 0)].or(lacking)
	}
	slices.SortFunc(groups, func(x, y set) int { return cmp.Compare(x.first(), y.first()) })
	return groups
}

// loopCut takes the start and end activities for the do part and each component
// of the rest for a redo part, unless it is entered from elsewhere than all the
// end activities, or left to elsewhere than all the start activities (IM,
// definition 3.4): then it belongs to the do part.
func (g *graph) loopCut() []set {
	do := slices.Clone(g.starts)
	do.or(g.ends)
	rest := full(g.n)
	for i := range rest {
		rest[i] &^= do[i]
	}
	parts := components(rest, func(a int, s set) {
		for i := range s {
			s[i] &= g.out[a][i] | g.in[a][i]
		}
	})
	border := slices.Clone(do)
	groups := []set{do}
	for _, part := range parts {
		if g.redo(part, border) {
			groups = append(groups, part)
		} else {
			do.or(part)
		}
	}
	return groups
}

// redo reports whether a part fits as a redo part around the start and end
// activities.
func (g *graph) redo(part, border set) bool {
	for a := range part.all() {
		for i, w := range border {
			if g.in[a][i]&w&^g.ends[i] != 0 || g.out[a][i]&w&^g.starts[i] != 0 {
				return false
			}
		}
		if g.in[a].meets(g.ends) && !g.ends.within(g.in[a]) || g.out[a].meets(g.starts) && !g.starts.within(g.out[a]) {
			return false
		}
	}
	return true
}
