package alignment

import "math"

// node is a state of the synchronous product that was reached: a marking after
// so many events of the trace.
type node struct {
	marking, pos int32
	cost         int32
	parent       int32 // -1 of the first
	transition   int32 // fired on the way from the parent; -1 of a log move
	closed       bool
}

// search looks for the cheapest way through the synchronous product by A*
// (Adriansyah 2014, chapter 4). One search is used for many traces.
type search struct {
	model *model
	graph *markings
	known *known // of a search that keeps to the known markings
	bound bound
	nodes []node
	table []int32   // open addressing over (marking, position): node + 1
	queue [][]int32 // nodes by priority, the latest on top
	head  []int     // by priority how many of the oldest nodes are gone
	final int32
	fresh []reached
	last  []int32 // by label its last position in the trace, -1 where it has none
}

// maxMarkings is how much of the reachability graph is kept from one trace to
// the next.
const maxMarkings = 200_000

func newSearch(m *model) *search {
	return &search{model: m, graph: newMarkings(m), table: make([]int32, 1024), last: make([]int32, len(m.names))}
}

// newKnownSearch returns a search that keeps to the known markings. Several may
// use the same ones at once.
func newKnownSearch(m *model, k *known) *search {
	return &search{model: m, graph: k.graph, known: k, table: make([]int32, 1024), last: make([]int32, len(m.names))}
}

// found is what a search came to.
type found struct {
	moves    []Move // events by position in the trace that was searched
	ok       bool   // there are moves
	low      int    // no alignment costs less
	states   int
	finished bool // every state was seen
}

// reached is a node that was reached more cheaply than before, and the least that
// an alignment through it costs; node is -1 where there is none.
type reached struct {
	node  int32
	least int
}

// run aligns a trace of labels, expanding at most limit states.
func (s *search) run(trace []int32, limit int, clock *clock) found {
	n := int32(len(trace))
	s.begin(trace)
	s.enqueue(s.reach(s.graph.number(s.model.initial), 0, 0, -1, -1))
	out := found{low: math.MaxInt}
	for at := 0; at < len(s.queue); {
		q, head := s.queue[at], s.head[at]
		if len(q) == head {
			at++
			continue
		}
		// The latest state is the deepest; now and then the oldest has its turn, or
		// silent transitions that make tokens for ever would keep it waiting.
		oldest := out.states&7 == 7
		i := q[len(q)-1]
		if oldest {
			i = q[head]
		}
		x := &s.nodes[i]
		if oldest {
			s.head[at]++
		} else {
			s.queue[at] = q[:len(q)-1]
		}
		if x.closed {
			continue
		}
		if x.pos == n && x.marking == s.final {
			out.ok, out.moves = true, s.moves(i)
			out.low = min(out.low, int(x.cost))
			return out
		}
		if out.states >= limit || clock.stop(out.states) {
			out.low = min(out.low, at)
			return out
		}
		out.states++
		marking := x.marking
		for _, y := range s.expand(i, trace) {
			s.enqueue(y) // the bound is consistent: never before at
		}
		if s.graph.overflow[marking] {
			out.low = min(out.low, at)
		}
	}
	if out.finished = out.low == math.MaxInt; out.finished {
		out.low = 0
	}
	return out
}

// begin forgets the trace before.
func (s *search) begin(trace []int32) {
	s.reset()
	if s.known == nil {
		s.bound.prepare(s.model, trace)
	}
	for l := range s.last {
		s.last[l] = -1
	}
	for i, l := range trace {
		s.last[l] = int32(i)
	}
	s.final = s.graph.number(s.model.final)
}

// expand closes a node and returns what is reached from it. The slice stays valid
// until the next call.
func (s *search) expand(i int32, trace []int32) []reached {
	s.nodes[i].closed = true
	x := s.nodes[i]
	more := x.pos < int32(len(trace))
	s.fresh = s.fresh[:0]
	add := func(y reached) {
		if y.node >= 0 {
			s.fresh = append(s.fresh, y)
		}
	}
	steps := s.graph.from(x.marking)
	first := s.first(steps, x.pos)
	for _, st := range steps {
		if first >= 0 && s.graph.apart[st.transition] != first {
			continue
		}
		cost := x.cost
		if l := s.model.label[st.transition]; l != unknown {
			if more && l == trace[x.pos] {
				add(s.reach(st.to, x.pos+1, cost, i, st.transition))
			}
			cost++
		}
		add(s.reach(st.to, x.pos, cost, i, st.transition))
	}
	if more && first < 0 {
		add(s.reach(x.marking, x.pos+1, x.cost+1, i, -1))
	}
	return s.fresh
}

// first returns an enabled cluster none of whose labels occurs in the trace any
// more, -1 where there is none: see clusters.
func (s *search) first(steps []step, pos int32) int32 {
	best := int32(-1)
	for k := 0; k < len(steps); k++ {
		c := s.graph.apart[steps[k].transition]
		if c < 0 || best >= 0 && c >= best {
			continue
		}
		free := true
		for _, st := range steps {
			if l := s.model.label[st.transition]; s.graph.apart[st.transition] == c && l != unknown && s.last[l] >= pos {
				free = false
				break
			}
		}
		if free {
			best = c
		}
	}
	return best
}

// reach notes that a state was reached at a cost, unless it was reached as cheaply
// before or no way leads from it to the end.
func (s *search) reach(marking, pos, cost, parent, transition int32) reached {
	rest := int32(0)
	if s.known != nil {
		rest = s.known.rest[marking]
	} else {
		rest = s.bound.rest(s.graph, marking, pos)
	}
	if rest < 0 {
		return reached{node: -1}
	}
	slot := s.slot(marking, pos)
	i := s.table[slot] - 1
	switch {
	case i < 0:
		i = int32(len(s.nodes))
		s.table[slot] = i + 1
		s.nodes = append(s.nodes, node{marking, pos, cost, parent, transition, false})
		if 2*len(s.nodes) > len(s.table) {
			s.grow()
		}
	case s.nodes[i].closed || s.nodes[i].cost <= cost:
		return reached{node: -1}
	default:
		s.nodes[i] = node{marking, pos, cost, parent, transition, false}
	}
	return reached{i, int(cost + rest)}
}

func (s *search) enqueue(x reached) {
	if x.node < 0 {
		return
	}
	for len(s.queue) <= x.least {
		s.queue, s.head = append(s.queue, nil), append(s.head, 0)
	}
	s.queue[x.least] = append(s.queue[x.least], x.node)
}

func (s *search) slot(marking, pos int32) uint64 {
	mask := uint64(len(s.table) - 1)
	h := (uint64(uint32(marking))<<32 | uint64(uint32(pos))) * 0x9e3779b97f4a7c15
	slot := (h >> 32) & mask
	for ; s.table[slot] != 0; slot = (slot + 1) & mask {
		if x := &s.nodes[s.table[slot]-1]; x.marking == marking && x.pos == pos {
			break
		}
	}
	return slot
}

func (s *search) grow() {
	s.table = make([]int32, 2*len(s.table))
	for i := range s.nodes {
		s.table[s.slot(s.nodes[i].marking, s.nodes[i].pos)] = int32(i) + 1
	}
}

func (s *search) reset() {
	if len(s.table) > 1024 && len(s.table) > 16*len(s.nodes) {
		s.table = make([]int32, len(s.table)/2)
	} else {
		clear(s.table)
	}
	s.nodes = s.nodes[:0]
	for i := range s.queue {
		s.queue[i], s.head[i] = s.queue[i][:0], 0
	}
	if s.known == nil && s.graph.len() > maxMarkings {
		s.graph.reset()
	}
}

// moves returns the way to a node.
func (s *search) moves(i int32) []Move {
	length := 0
	for j := i; s.nodes[j].parent >= 0; j = s.nodes[j].parent {
		length++
	}
	out := make([]Move, length)
	for ; s.nodes[i].parent >= 0; i = s.nodes[i].parent {
		x, before := &s.nodes[i], &s.nodes[s.nodes[i].parent]
		length--
		m := Move{Kind: Silent, Event: -1, Transition: int(x.transition)}
		switch {
		case x.transition < 0:
			m.Kind, m.Event = LogMove, int(before.pos)
		case x.pos > before.pos:
			m.Kind, m.Event = Synchronous, int(before.pos)
		case s.model.label[x.transition] != unknown:
			m.Kind = ModelMove
		}
		out[length] = m
	}
	return out
}
