package alignment

// maxKnown is how many markings are expanded to learn ways to the end.
const maxKnown = 50_000

// known is a part of the reachability graph, the markings that are reached most
// cheaply, with what the way to the final marking costs from each. Nets that are
// not sound are full of markings without such a way; a beam that keeps to the
// known ones cannot get lost among them.
type known struct {
	graph *markings
	rest  []int32 // by marking; -1 where no way is known
}

// explore returns the known markings of a net: those of a run and the ones that
// are reached most cheaply; nil where the clock stops it. It depends on nothing
// but the net and the run.
func explore(m *model, run []Move, clock *clock) *known {
	g := newMarkings(m)
	var order []int32
	closed := map[int32]bool{}
	level := []int32{g.number(m.initial)}
	for k, x := range run {
		for _, st := range g.from(level[k]) {
			if int(st.transition) == x.Transition {
				level = append(level, st.to)
				break
			}
		}
	}
	for len(level) > 0 && len(order) < maxKnown {
		var next []int32
		for k := 0; k < len(level) && len(order) < maxKnown; k++ {
			i := level[k]
			if closed[i] {
				continue
			}
			if clock.stop(len(order)) {
				return nil
			}
			closed[i] = true
			order = append(order, i)
			for _, st := range g.from(i) {
				if m.label[st.transition] == unknown {
					level = append(level, st.to)
				} else {
					next = append(next, st.to)
				}
			}
		}
		level = next
	}
	final := g.number(m.final)
	g.from(final) // nothing is left to expand for searches that share the graph
	k := &known{graph: g}
	k.measure(order, final)
	return k
}

// measure works out the costs, from the final marking back.
func (k *known) measure(order []int32, final int32) {
	type arc struct{ from, cost int32 }
	back := make([][]arc, k.graph.len())
	label := k.graph.model.label
	for _, i := range order {
		for _, st := range k.graph.from(i) {
			cost := int32(0)
			if label[st.transition] != unknown {
				cost = 1
			}
			back[st.to] = append(back[st.to], arc{i, cost})
		}
	}
	k.rest = make([]int32, len(back))
	for i := range k.rest {
		k.rest[i] = -1
	}
	level := []int32{final}
	for cost := int32(0); len(level) > 0; cost++ {
		var next []int32
		for j := 0; j < len(level); j++ {
			i := level[j]
			if k.rest[i] >= 0 {
				continue
			}
			k.rest[i] = cost
			for _, a := range back[i] {
				if a.cost == 0 {
					level = append(level, a.from)
				} else {
					next = append(next, a.from)
				}
			}
		}
		level = next
	}
}
