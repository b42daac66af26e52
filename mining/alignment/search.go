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
	bound bound
	nodes []node
	table []int32   // open addressing over (marking, position): node + 1
	queue [][]int32 // nodes by priority, the latest on top
	final int32
	last  []int32 // by label its last position in the trace, -1 where it has none
}

// maxMarkings is how much of the reachability graph is kept from one trace to
// the next.
const maxMarkings = 200_000

func newSearch(m *model) *search {
	return &search{model: m, graph: newMarkings(m), table: make([]int32, 1024), last: make([]int32, len(m.names))}
}

// found is what a search came to.
type found struct {
	moves    []Move // events by position in the trace that was searched
	ok       bool   // there are moves
	low      int    // no alignment costs less
	states   int
	finished bool // every state was seen
}

// greedy makes a search look for a good alignment soon, not for the best.
type pace bool

const (
	optimal pace = false
	greedy  pace = true
)

// run aligns a trace of labels, expanding at most limit states.
func (s *search) run(trace []int32, limit int, pace pace, clock *clock) found {
	s.reset()
	n := int32(len(trace))
	s.bound.prepare(s.model, trace)
	for l := range s.last {
		s.last[l] = -1
	}
	for i, l := range trace {
		s.last[l] = int32(i)
	}
	s.final = s.graph.number(s.model.final)
	s.push(s.graph.number(s.model.initial), 0, 0, -1, -1, n, pace)
	out := found{low: math.MaxInt}
	if pace == greedy {
		out.low = 0
	}
	for at := 0; at < len(s.queue); {
		q := s.queue[at]
		if len(q) == 0 {
			at++
			continue
		}
		i := q[len(q)-1]
		x := s.nodes[i]
		if x.closed {
			s.queue[at] = q[:len(q)-1]
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
		s.queue[at] = q[:len(q)-1]
		s.nodes[i].closed = true
		out.states++
		next := at
		steps := s.graph.from(x.marking)
		first := s.first(steps, x.pos)
		for _, st := range steps {
			l := s.model.label[st.transition]
			if first >= 0 && s.graph.apart[st.transition] != first {
				continue
			}
			cost := x.cost
			if l != unknown {
				if x.pos < n && l == trace[x.pos] {
					next = min(next, s.push(st.to, x.pos+1, cost, i, st.transition, n, pace))
				}
				cost++
			}
			next = min(next, s.push(st.to, x.pos, cost, i, st.transition, n, pace))
		}
		if x.pos < n && first < 0 {
			next = min(next, s.push(x.marking, x.pos+1, x.cost+1, i, -1, n, pace))
		}
		if s.graph.overflow[x.marking] {
			out.low = min(out.low, at)
		}
		at = next
	}
	if out.finished = out.low == math.MaxInt; out.finished {
		out.low = 0
	}
	return out
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

// push queues a state that was reached at a cost, unless it was reached as
// cheaply before, and returns its priority.
func (s *search) push(marking, pos, cost, parent, transition, n int32, pace pace) int {
	rest := s.bound.rest(s.graph, marking, pos)
	if rest < 0 {
		return math.MaxInt
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
		return math.MaxInt
	default:
		s.nodes[i] = node{marking, pos, cost, parent, transition, false}
	}
	priority := int(cost + rest)
	if pace == greedy {
		priority = int(cost + 2*rest + n - pos)
	}
	for len(s.queue) <= priority {
		s.queue = append(s.queue, nil)
	}
	s.queue[priority] = append(s.queue[priority], i)
	return priority
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
		s.queue[i] = s.queue[i][:0]
	}
	if s.graph.len() > maxMarkings {
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
