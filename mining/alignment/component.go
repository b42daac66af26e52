package alignment

import "math"

// unit is the cost of a move in the bounds below: it can be shared among up to
// ten components without a remainder.
const unit = 2520

// component is a state machine inside the net: places that hold exactly one
// token between them in every marking, so that each transition moves that token
// from one of them to another or leaves it (an S-component; Desel and Esparza
// 1995, doi:10.1017/CBO9780511526558, chapter 5). What a trace costs in it is a
// lower bound of what it costs in the net, and the costs of several may be
// added where each move is paid for once.
type component struct {
	places []int
	index  []int32 // by place of the net, -1 outside
	edges  []edge
	final  int32
	pays   []int32 // by label the cost of a move here, 0 where others pay
}

// edge is a transition of a component.
type edge struct{ from, to, label, transition int32 }

// locate returns which of the component's places has the token.
func (c *component) locate(m []byte) int32 {
	for i, p := range c.places {
		if m[p] > 0 {
			return int32(i)
		}
	}
	return -1
}

// maxWork bounds the search for components.
const maxWork = 2_000_000

// components returns state machines that together cover as many places of the
// net as were found.
func components(m *model) []component {
	places := len(m.net.Places)
	f := newFinder(m)
	covered := make([]bool, places)
	var out []component
	for p := range places {
		if covered[p] || f.work > maxWork {
			continue
		}
		f.prefer = covered
		if !f.from(p) {
			continue
		}
		c := f.component()
		if c == nil {
			continue
		}
		for _, q := range c.places {
			covered[q] = true
		}
		out = append(out, *c)
	}
	share(m, out)
	return out
}

// share divides the cost of each label among the components that hold all of its
// transitions.
func share(m *model, parts []component) {
	all := make([]int, len(m.names))
	for _, l := range m.label {
		if l != unknown {
			all[l]++
		}
	}
	holders := make([]int32, len(m.names))
	for c := range parts {
		parts[c].pays = make([]int32, len(m.names))
		for _, e := range parts[c].edges {
			if e.label != unknown {
				parts[c].pays[e.label]++
			}
		}
		for l, n := range parts[c].pays {
			if parts[c].pays[l] = 0; all[l] > 0 && int(n) == all[l] {
				parts[c].pays[l] = 1
				holders[l]++
			}
		}
	}
	for c := range parts {
		for l := range parts[c].pays {
			if parts[c].pays[l] > 0 {
				parts[c].pays[l] = unit / holders[l]
			}
		}
	}
}

// finder looks for a set of places of which every transition takes as many
// tokens as it puts back, one or none, and which holds one token at the
// beginning and at the end. The step from the final marking back to the initial
// one is one more transition.
type finder struct {
	model         *model
	in, out       [][]int // places of each transition
	feeds, drains [][]int // transitions of each place
	chosen        []bool
	stack         []int // chosen places
	takes, puts   []int // of each transition among the chosen
	touched       []int
	prefer        []bool // places to avoid, others being there
	work, tries   int
}

func newFinder(m *model) *finder {
	n, places := len(m.net.Transitions), len(m.net.Places)
	f := &finder{model: m, in: make([][]int, n+1), out: make([][]int, n+1), feeds: make([][]int, places), drains: make([][]int, places), chosen: make([]bool, places), takes: make([]int, n+1), puts: make([]int, n+1)}
	usable := make([]bool, places)
	for p := range usable {
		usable[p] = m.initial[p] <= 1 && m.final[p] <= 1
	}
	for i := range n {
		for _, a := range m.net.Transitions[i].In {
			usable[a.Place] = usable[a.Place] && a.Weight == 1
		}
		for _, a := range m.net.Transitions[i].Out {
			usable[a.Place] = usable[a.Place] && a.Weight == 1
		}
	}
	take := func(p, t int) {
		if usable[p] {
			f.in[t], f.drains[p] = append(f.in[t], p), append(f.drains[p], t)
		}
	}
	put := func(p, t int) {
		if usable[p] {
			f.out[t], f.feeds[p] = append(f.out[t], p), append(f.feeds[p], t)
		}
	}
	for i := range n {
		for _, a := range m.net.Transitions[i].In {
			take(a.Place, i)
		}
		for _, a := range m.net.Transitions[i].Out {
			put(a.Place, i)
		}
	}
	for p := range places {
		if m.final[p] == 1 {
			take(p, n)
		}
		if m.initial[p] == 1 {
			put(p, n)
		}
	}
	for p := range usable {
		if !usable[p] {
			f.drains[p], f.feeds[p] = []int{n}, []int{n} // never to be chosen: see add
			f.chosen[p] = true
		}
	}
	return f
}

// from looks for a set with a place.
func (f *finder) from(p int) bool {
	for _, q := range f.stack {
		f.chosen[q] = false
		for _, t := range f.drains[q] {
			f.takes[t] = 0
		}
		for _, t := range f.feeds[q] {
			f.puts[t] = 0
		}
	}
	f.stack, f.touched, f.tries = f.stack[:0], f.touched[:0], 0
	return f.add(p)
}

// add chooses a place and what has to be chosen with it; false, and nothing
// changed, where that cannot be.
func (f *finder) add(p int) bool {
	if f.chosen[p] || f.tries > 5000 || f.work > maxWork {
		return false
	}
	f.tries++
	f.work += len(f.drains[p]) + len(f.feeds[p])
	depth := len(f.touched)
	f.chosen[p] = true
	f.stack = append(f.stack, p)
	fits := true
	for _, t := range f.drains[p] {
		f.takes[t]++
		f.touched = append(f.touched, t)
		fits = fits && f.takes[t] < 2
	}
	for _, t := range f.feeds[p] {
		f.puts[t]++
		f.touched = append(f.touched, t)
		fits = fits && f.puts[t] < 2
	}
	if fits && f.balance() {
		return true
	}
	f.touched = f.touched[:depth]
	f.stack = f.stack[:len(f.stack)-1]
	f.chosen[p] = false
	for _, t := range f.drains[p] {
		f.takes[t]--
	}
	for _, t := range f.feeds[p] {
		f.puts[t]--
	}
	return false
}

// balance chooses what the first transition lacks that takes without putting
// back or the other way round.
func (f *finder) balance() bool {
	for _, t := range f.touched {
		f.work++
		if f.takes[t] == f.puts[t] {
			continue
		}
		among := f.out[t]
		if f.takes[t] == 0 {
			among = f.in[t]
		}
		for _, seen := range []bool{false, true} {
			for _, q := range among {
				if f.prefer[q] == seen && f.add(q) {
					return true
				}
			}
		}
		return false
	}
	return true
}

// component returns the set that was found, nil where it holds no token.
func (f *finder) component() *component {
	n := len(f.model.net.Transitions)
	if f.takes[n] != 1 {
		return nil
	}
	c := &component{index: make([]int32, len(f.model.net.Places))}
	for p := range c.index {
		c.index[p] = -1
	}
	for _, p := range f.stack {
		c.index[p] = int32(len(c.places))
		c.places = append(c.places, p)
	}
	for _, p := range f.in[n] {
		if c.index[p] >= 0 {
			c.final = c.index[p]
		}
	}
	for t := range n {
		e := edge{-1, -1, f.model.label[t], int32(t)}
		for _, p := range f.in[t] {
			e.from = max(e.from, c.index[p])
		}
		for _, p := range f.out[t] {
			e.to = max(e.to, c.index[p])
		}
		if e.from >= 0 {
			c.edges = append(c.edges, e)
		}
	}
	return c
}

// maxBounded is the length of the longest trace whose cost fits the table.
const maxBounded = 500_000

// never is a cost that nothing has.
const never = math.MaxInt32

// bound tells, for one trace, the least that is left of an alignment: of each
// component the cost of the rest of the trace in it.
type bound struct {
	parts []component
	cost  [][]int32 // by component: for each layer and place the cost of the rest
	layer [][]int32 // by component and position of the trace
}

// prepare works out the costs for a trace, from its end. A component sees only
// the labels it pays for.
func (b *bound) prepare(m *model, trace []int32) {
	if b.parts = m.parts; len(trace) > maxBounded {
		b.parts = nil
	}
	if b.cost == nil {
		b.cost, b.layer = make([][]int32, len(m.parts)), make([][]int32, len(m.parts))
	}
	for k := range b.parts {
		c := &b.parts[k]
		places := len(c.places)
		layer := zeros(b.layer[k], len(trace)+1)
		layers := int32(1)
		for i := len(trace) - 1; i >= 0; i-- {
			if c.pays[trace[i]] > 0 {
				layers++
			}
			layer[i] = layers - 1
		}
		cost := zeros(b.cost[k], int(layers)*places)
		rest := cost[:places]
		for p := range rest {
			rest[p] = never
		}
		rest[c.final] = 0
		c.relax(rest)
		for i := len(trace) - 1; i >= 0; i-- {
			label := trace[i]
			pay := c.pays[label]
			if pay == 0 {
				continue
			}
			at := int(layer[i]) * places
			now := cost[at : at+places]
			for p := range now {
				now[p] = plus(rest[p], pay)
			}
			for _, e := range c.edges {
				if e.label == label {
					now[e.from] = min(now[e.from], rest[e.to])
				}
			}
			c.relax(now)
			rest = now
		}
		b.cost[k], b.layer[k] = cost, layer
	}
}

// relax lets model moves lower the costs.
func (c *component) relax(cost []int32) {
	for changed := true; changed; {
		changed = false
		for i := len(c.edges) - 1; i >= 0; i-- {
			e := &c.edges[i]
			pay := int32(0)
			if e.label != unknown {
				pay = c.pays[e.label]
			}
			if x := plus(cost[e.to], pay); x < cost[e.from] {
				cost[e.from], changed = x, true
			}
		}
	}
}

func plus(cost, pay int32) int32 {
	if cost == never {
		return never
	}
	return cost + pay
}

// rest returns a lower bound of the cost from a state on, -1 where no way leads
// to the end. The sum is a lower bound, so the next whole number is one as well.
func (b *bound) rest(g *markings, marking, pos int32) int32 {
	sum := int64(0)
	at := g.at[int(marking)*len(g.model.parts):]
	for k := range b.parts {
		if at[k] < 0 {
			continue
		}
		c := b.cost[k][int(b.layer[k][pos])*len(b.parts[k].places)+int(at[k])]
		if c == never {
			return -1
		}
		sum += int64(c)
	}
	return int32((sum + unit - 1) / unit)
}
