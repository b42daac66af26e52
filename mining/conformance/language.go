package conformance

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
)

// errLimit says that a search visited as many markings as it may.
var errLimit = errors.New("too many markings")

// edge is a transition that fires in a marking, and the marking after it.
type edge struct{ transition, to int32 }

// language is the automaton of a net's traces, found as far as it is asked for: a
// state is the set of all markings that a prefix can lead to, silent transitions
// included. It is for one goroutine.
type language[T tokens] struct {
	net    *compiled
	limit  int // markings, and members of all states together
	graph  store[T]
	edges  []edge
	span   []span // by marking: its edges, {-1, 0} where not found yet
	final  int32  // number of the final marking, -1 where it is not met yet
	goal   []T
	goals  uint64 // hash of goal
	buffer []T

	states  []state
	number  map[string]int32 // markings of a state as bytes → state
	members int
	stamp   []int32 // by marking: the closure that met it last
	round   int32
}

// state is a state of the automaton.
type state struct {
	markings []int32 // ascending
	enabled  []int32 // labels, ascending
	next     []int32 // state after each label, -1 where not found yet
	accepts  bool
}

const (
	nowhere = -1 // state of a prefix that the net does not allow
	pending = -2 // state that is not looked for yet
)

func newLanguage[T tokens](n *compiled, limit int) (*language[T], error) {
	a := &language[T]{net: n, limit: limit, graph: newStore[T](n.places), final: -1, buffer: make([]T, n.places), number: map[string]int32{}}
	var fits bool
	if a.goal, a.goals, fits = marking[T](n, n.final); !fits {
		return nil, errNarrow
	}
	m, hash, fits := marking[T](n, n.initial)
	if !fits {
		return nil, errNarrow
	}
	a.add(m, hash)
	return a, nil
}

// begin returns the state of the empty prefix.
func (a *language[T]) begin(ctx context.Context) (int32, error) {
	if len(a.states) > 0 {
		return 0, nil
	}
	return a.state(ctx, []int32{0})
}

func (a *language[T]) add(m []T, hash uint64) int32 {
	i, fresh := a.graph.add(m, hash)
	if fresh {
		a.span, a.stamp = append(a.span, span{-1, 0}), append(a.stamp, 0)
		if hash == a.goals && slices.Equal(m, a.goal) {
			a.final = i
		}
	}
	return i
}

// leaving returns the edges of a marking.
func (a *language[T]) leaving(i int32) ([]edge, error) {
	if s := a.span[i]; s.from >= 0 {
		return a.edges[s.from:s.to], nil
	}
	if a.graph.len() > a.limit {
		return nil, errLimit
	}
	from := int32(len(a.edges))
	for t := range a.net.in {
		m := a.graph.at(i)
		if !enabled(a.net, int32(t), m) {
			continue
		}
		if !fire(a.net, int32(t), m, a.buffer) {
			if narrow[T]() {
				return nil, errNarrow
			}
			return nil, errLimit
		}
		a.edges = append(a.edges, edge{int32(t), a.add(a.buffer, a.graph.hashes[i]+a.net.delta[t])})
	}
	a.span[i] = span{from, int32(len(a.edges))}
	return a.edges[from:], nil
}

// state returns the state of the given markings, which it may change, and all that
// silent transitions lead to from them.
func (a *language[T]) state(ctx context.Context, markings []int32) (int32, error) {
	a.round++
	kept := markings[:0]
	for _, i := range markings {
		if a.stamp[i] != a.round {
			a.stamp[i] = a.round
			kept = append(kept, i)
		}
	}
	markings = kept
	labels := make([]bool, len(a.net.labels))
	for k := 0; k < len(markings); k++ {
		if k&0x3ff == 0x3ff && ctx.Err() != nil {
			return 0, ctx.Err()
		}
		out, err := a.leaving(markings[k])
		if err != nil {
			return 0, err
		}
		for _, e := range out {
			if l := a.net.label[e.transition]; l >= 0 {
				labels[l] = true
			} else if a.stamp[e.to] != a.round {
				a.stamp[e.to] = a.round
				markings = append(markings, e.to)
			}
		}
	}
	slices.Sort(markings)
	key := make([]byte, 0, 4*len(markings))
	for _, i := range markings {
		key = binary.LittleEndian.AppendUint32(key, uint32(i))
	}
	if k, known := a.number[string(key)]; known {
		return k, nil
	}
	if a.members += len(markings); a.members > 16*a.limit {
		return 0, errLimit
	}
	s := state{markings: slices.Clone(markings)}
	for l, on := range labels {
		if on {
			s.enabled = append(s.enabled, int32(l))
			s.next = append(s.next, pending)
		}
	}
	_, s.accepts = slices.BinarySearch(markings, a.final)
	k := int32(len(a.states))
	a.states = append(a.states, s)
	a.number[string(key)] = k
	return k, nil
}

// allows reports whether a label leads on from a state.
func (a *language[T]) allows(at, label int32) bool {
	_, allowed := slices.BinarySearch(a.states[at].enabled, label)
	return allowed
}

// step returns the state after a label, nowhere where the net does not allow it.
func (a *language[T]) step(ctx context.Context, at, label int32) (int32, error) {
	s := &a.states[at]
	k, allowed := slices.BinarySearch(s.enabled, label)
	if !allowed {
		return nowhere, nil
	}
	if s.next[k] >= 0 {
		return s.next[k], nil
	}
	var after []int32
	for _, i := range s.markings {
		for _, e := range a.edges[a.span[i].from:a.span[i].to] {
			if a.net.label[e.transition] == label {
				after = append(after, e.to)
			}
		}
	}
	next, err := a.state(ctx, after)
	if err != nil {
		return 0, err
	}
	a.states[at].next[k] = next
	return next, nil
}

// accepts reports whether the net allows the trace from its initial to its final
// marking.
func (a *language[T]) accepts(ctx context.Context, trace []int32) (bool, error) {
	at, err := a.begin(ctx)
	for _, label := range trace {
		if err != nil || at == nowhere {
			return false, err
		}
		at, err = a.step(ctx, at, label)
	}
	return err == nil && at != nowhere && a.states[at].accepts, err
}
