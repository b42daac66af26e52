package conformance

import (
	"context"
	"errors"

	"github.com/uprava/uprava/mining/eventlog"
)

// step is what replaying one activity from one marking does. It depends on nothing
// else, so that it is searched once and then looked up.
type step struct {
	next               int32 // marking after it
	transition         int32 // that carried the activity
	silent             span  // of replayer.paths: silent transitions fired before it
	lacking            span  // of replayer.tokens: tokens that were missing
	missing            int64
	consumed, produced int64 // by silent and labelled transitions
	visited            int32 // markings that the search visited
	cut                bool
}

// ending is how the replay of a trace ends in one marking.
type ending struct {
	silent             span
	lacking, left      span
	missing, remaining int64
	consumed, produced int64
	visited            int32
	cut, known         bool
}

type span struct{ from, to int32 }

// place and the tokens that lack or remain there.
type placed struct {
	place  int32
	tokens int64
}

// errNarrow says that a place came to hold more tokens than a byte counts.
var errNarrow = errors.New("a place holds more than 255 tokens")

// replayer replays traces token by token. It is for one goroutine.
type replayer[T tokens] struct {
	net    *compiled
	limit  int // markings that one search visits
	states store[T]
	begin  int32
	search search[T]
	reduce stubborn[T]
	steps  []step
	known  map[uint64]int32 // marking<<32|label → step
	ends   []ending         // by marking
	paths  []int32
	tokens []placed
	used   []int64 // by step: cases
	ended  []int64 // by marking: cases that end there
	buffer []T
}

func newReplayer[T tokens](n *compiled, limit int) (*replayer[T], error) {
	r := &replayer[T]{
		net: n, limit: limit, states: newStore[T](n.places), search: newSearch[T](n.places), reduce: newStubborn[T](n),
		known: map[uint64]int32{}, buffer: make([]T, n.places),
	}
	m, hash, fits := marking[T](n, n.initial)
	if !fits {
		return nil, errNarrow
	}
	r.begin, _ = r.state(m, hash)
	if _, _, fits := marking[T](n, n.final); !fits {
		return nil, errNarrow
	}
	return r, nil
}

// state returns the number of a marking that traces pass through.
func (r *replayer[T]) state(m []T, hash uint64) (int32, bool) {
	i, fresh := r.states.add(m, hash)
	if fresh {
		r.ends, r.ended = append(r.ends, ending{}), append(r.ended, 0)
	}
	return i, fresh
}

// step returns the number of the step that an activity makes from a marking.
func (r *replayer[T]) step(ctx context.Context, at, label int32) (int32, error) {
	key := uint64(at)<<32 | uint64(label)
	if i, known := r.known[key]; known {
		return i, nil
	}
	s, err := r.take(ctx, at, label)
	if err != nil {
		return 0, err
	}
	i := int32(len(r.steps))
	r.steps, r.used = append(r.steps, s), append(r.used, 0)
	r.known[key] = i
	return i, nil
}

// take fires the shortest silent path that enables a transition of the label, of
// several such transitions the first, and then that transition. Where no path
// enables one, the transition that lacks fewest tokens fires at once and what it
// lacks is missing.
func (r *replayer[T]) take(ctx context.Context, at, label int32) (step, error) {
	n, q := r.net, &r.search
	var s step
	q.begin(r.states.at(at), r.states.hashes[at])
	reached, transition, err := r.enable(ctx, label, &s)
	if err != nil {
		return s, err
	}
	s.visited = int32(q.len())
	s.silent.from = int32(len(r.paths))
	if transition < 0 {
		reached, transition = 0, r.nearest(q.at(0), label)
	} else {
		r.paths = q.path(r.paths, reached)
	}
	s.silent.to = int32(len(r.paths))
	for _, t := range r.paths[s.silent.from:s.silent.to] {
		s.consumed, s.produced = s.consumed+n.consumed[t], s.produced+n.produced[t]
	}
	s.transition = transition
	s.consumed, s.produced = s.consumed+n.consumed[transition], s.produced+n.produced[transition]
	return s, r.force(&s, q.at(reached), q.hashes[reached])
}

// enable searches from where the search began for a marking that enables a
// transition of the label; the transition is -1 where there is none.
func (r *replayer[T]) enable(ctx context.Context, label int32, s *step) (reached, transition int32, err error) {
	n, q := r.net, &r.search
	for i := int32(0); int(i) < q.len(); i++ {
		if i&0xff == 0xff && ctx.Err() != nil {
			return 0, -1, ctx.Err()
		}
		for _, t := range n.labelled[label] {
			if enabled(n, t, q.at(i)) {
				return i, t, nil
			}
		}
		if i == 0 {
			if r.reduce.from(q.at(0)); !r.reduce.reaches(q.at(0), n.labelled[label]) {
				break
			}
		}
		for _, t := range r.reduce.towards(q.at(i), n.labelled[label], n.helpful[label]) {
			if _, counted := q.try(n, i, t); !counted {
				if narrow[T]() {
					return 0, -1, errNarrow
				}
				s.cut = true
			}
		}
		if q.len() > r.limit {
			s.cut = true
			break
		}
	}
	return 0, -1, nil
}

// nearest returns the transition of a label that lacks fewest tokens in m, of
// several the first.
func (r *replayer[T]) nearest(m []T, label int32) int32 {
	best, fewest := int32(-1), int64(0)
	for _, t := range r.net.labelled[label] {
		var lack int64
		for _, a := range r.net.in[t] {
			lack += max(0, int64(a.weight)-int64(m[a.place]))
		}
		if best < 0 || lack < fewest {
			best, fewest = t, lack
		}
	}
	return best
}

// force fires the transition of a step in m, adding the tokens that lack.
func (r *replayer[T]) force(s *step, m []T, hash uint64) error {
	n, t := r.net, s.transition
	copy(r.buffer, m)
	s.lacking.from = int32(len(r.tokens))
	for _, a := range n.in[t] {
		has := uint64(r.buffer[a.place])
		if has < uint64(a.weight) {
			lack := uint64(a.weight) - has
			r.tokens = append(r.tokens, placed{a.place, int64(lack)})
			s.missing += int64(lack)
			hash += lack * n.salt[a.place]
			has = uint64(a.weight)
		}
		r.buffer[a.place] = T(has - uint64(a.weight))
	}
	s.lacking.to = int32(len(r.tokens))
	hash += n.delta[t]
	for _, a := range n.out[t] {
		sum := uint64(r.buffer[a.place]) + uint64(a.weight)
		if sum > uint64(^T(0)) {
			if narrow[T]() {
				return errNarrow
			}
			hash -= (sum - uint64(^T(0))) * n.salt[a.place] // four billion tokens are enough
			sum, s.cut = uint64(^T(0)), true
		}
		r.buffer[a.place] = T(sum)
	}
	s.next, _ = r.state(r.buffer, hash)
	return nil
}

// narrow reports whether there is a wider type to count tokens with.
func narrow[T tokens]() bool { return uint64(^T(0)) == 255 }

// offBy returns missing and remaining tokens, were m the last marking.
func offBy[T tokens](n *compiled, m []T) int64 {
	var sum int64
	for p, k := range m {
		if want := n.final[p]; uint32(k) > want {
			sum += int64(uint32(k) - want)
		} else {
			sum += int64(want - uint32(k))
		}
	}
	return sum
}

// settle consumes the final marking from m.
func (r *replayer[T]) settle(e *ending, m []T) {
	e.lacking.from = int32(len(r.tokens))
	for p, want := range r.net.final {
		e.consumed += int64(want)
		if lack := int64(want) - int64(m[p]); lack > 0 {
			e.missing += lack
			r.tokens = append(r.tokens, placed{int32(p), lack})
		}
	}
	e.lacking.to = int32(len(r.tokens))
	e.left.from = e.lacking.to
	for p, want := range r.net.final {
		if left := int64(m[p]) - int64(want); left > 0 {
			e.remaining += left
			r.tokens = append(r.tokens, placed{int32(p), left})
		}
	}
	e.left.to = int32(len(r.tokens))
}

// trace replays a variant and counts what it fires.
func (r *replayer[T]) trace(ctx context.Context, labels []int32, v *eventlog.Variant, t *Trace) error {
	for _, k := range r.net.initial {
		t.Produced += int64(k)
	}
	at := r.begin
	for k, x := range v.Activities {
		label := labelOf(labels, x)
		if label < 0 {
			t.Skipped++
			t.Deviations = append(t.Deviations, Deviation{Kind: LogOnly, Event: k, Transition: -1, Place: -1})
			continue
		}
		i, err := r.step(ctx, at, label)
		if err != nil {
			return err
		}
		s := &r.steps[i]
		r.used[i] += int64(v.Count)
		t.Missing += s.missing
		t.Consumed, t.Produced = t.Consumed+s.consumed, t.Produced+s.produced
		t.Cut = t.Cut || s.cut
		for _, p := range r.tokens[s.lacking.from:s.lacking.to] {
			t.Deviations = append(t.Deviations, Deviation{MissingTokens, k, int(s.transition), int(p.place), p.tokens})
		}
		at = s.next
	}
	e, err := r.end(ctx, at)
	if err != nil {
		return err
	}
	r.ended[at] += int64(v.Count)
	t.Missing, t.Remaining = t.Missing+e.missing, e.remaining
	t.Consumed, t.Produced = t.Consumed+e.consumed, t.Produced+e.produced
	t.Cut = t.Cut || e.cut
	for _, p := range r.tokens[e.lacking.from:e.lacking.to] {
		t.Deviations = append(t.Deviations, Deviation{MissingTokens, len(v.Activities), -1, int(p.place), p.tokens})
	}
	for _, p := range r.tokens[e.left.from:e.left.to] {
		t.Deviations = append(t.Deviations, Deviation{RemainingTokens, len(v.Activities), -1, int(p.place), p.tokens})
	}
	t.Fits = t.Missing == 0 && t.Remaining == 0
	return nil
}

// count counts a variant that was replayed before, once more or less.
func (r *replayer[T]) count(ctx context.Context, labels []int32, v *eventlog.Variant, cases int64) error {
	at := r.begin
	for _, x := range v.Activities {
		if label := labelOf(labels, x); label >= 0 {
			i, err := r.step(ctx, at, label)
			if err != nil {
				return err
			}
			r.used[i] += cases
			at = r.steps[i].next
		}
	}
	r.ended[at] += cases
	return nil
}

// searched returns the markings that the largest search visited.
func (r *replayer[T]) searched() int {
	most := int32(0)
	for i := range r.steps {
		most = max(most, r.steps[i].visited)
	}
	for i := range r.ends {
		most = max(most, r.ends[i].visited)
	}
	return int(most)
}

// addTo adds to a tally what the replayer fired.
func (r *replayer[T]) addTo(sum *tally) {
	for i := range r.steps {
		s, n := &r.steps[i], r.used[i]
		sum.fire(r.paths[s.silent.from:s.silent.to], n)
		sum.carry(s.transition, n, s.missing > 0)
		for _, p := range r.tokens[s.lacking.from:s.lacking.to] {
			sum.transitions[s.transition].MissingTokens += n * p.tokens
			sum.places[p.place].Missing += n * p.tokens
		}
	}
	for i := range r.ends {
		e, n := &r.ends[i], r.ended[i]
		sum.fire(r.paths[e.silent.from:e.silent.to], n)
		for _, p := range r.tokens[e.lacking.from:e.lacking.to] {
			sum.places[p.place].Missing += n * p.tokens
		}
		for _, p := range r.tokens[e.left.from:e.left.to] {
			sum.places[p.place].Remaining += n * p.tokens
		}
	}
}
