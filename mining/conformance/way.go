package conformance

import (
	"context"
	"slices"
)

// way finds how a net allows a trace: a breadth-first search over its prefixes and,
// behind each, markings. It is for one goroutine.
type way[T tokens] struct {
	net    *compiled
	reduce stubborn[T]
	layers []search[T] // by events replayed
	next   []T
}

func newWay[T tokens](n *compiled) *way[T] {
	return &way[T]{net: n, reduce: newStubborn[T](n), next: make([]T, n.places)}
}

// find returns the transitions by which a trace leads from the initial to the final
// marking, silent ones included, and whether the net allows it. errLimit says
// that it visited more pairs of a prefix and a marking than limit.
func (w *way[T]) find(ctx context.Context, trace []int32, limit int) (run []int32, allowed bool, err error) {
	n := w.net
	for len(w.layers) <= len(trace) {
		w.layers = append(w.layers, newSearch[T](n.places))
	}
	start, hash, fits := marking[T](n, n.initial)
	if !fits {
		return nil, false, errNarrow
	}
	w.layers[0].begin(start, hash)
	visited := 0
	for k := range trace {
		after := &w.layers[k+1]
		after.clear()
		after.from, after.by = after.from[:0], after.by[:0]
		q := &w.layers[k]
		w.from(q)
		for i := int32(0); int(i) < q.len(); i++ {
			if err := visit(ctx, &visited, limit); err != nil {
				return nil, false, err
			}
			for _, t := range w.reduce.towards(q.at(i), n.labelled[trace[k]], nil) {
				into := q
				if n.label[t] >= 0 {
					into = after
				}
				if !fire(n, t, q.at(i), w.next) {
					return nil, false, w.overflow()
				}
				if _, fresh := into.add(w.next, q.hashes[i]+n.delta[t]); fresh {
					into.from, into.by = append(into.from, i), append(into.by, t)
				}
			}
		}
	}
	q := &w.layers[len(trace)]
	w.from(q)
	for i := int32(0); int(i) < q.len(); i++ {
		if err := visit(ctx, &visited, limit); err != nil {
			return nil, false, err
		}
		if offBy(n, q.at(i)) == 0 {
			return w.back(len(trace), i), true, nil
		}
		for _, t := range w.reduce.homewards(q.at(i), false) {
			if !fire(n, t, q.at(i), w.next) {
				return nil, false, w.overflow()
			}
			if _, fresh := q.add(w.next, q.hashes[i]+n.delta[t]); fresh {
				q.from, q.by = append(q.from, i), append(q.by, t)
			}
		}
	}
	return nil, false, nil
}

// from tells the reduction where a layer begins.
func (w *way[T]) from(q *search[T]) {
	begin := make([][]T, q.len())
	for i := range begin {
		begin[i] = q.at(int32(i))
	}
	w.reduce.from(begin...)
}

func visit(ctx context.Context, visited *int, limit int) error {
	if *visited++; *visited > limit {
		return errLimit
	}
	if *visited&0xff == 0 {
		return ctx.Err()
	}
	return nil
}

func (w *way[T]) overflow() error {
	if narrow[T]() {
		return errNarrow
	}
	return errLimit
}

// back returns the transitions that lead to the i-th marking behind k events. The
// marking before one that a labelled transition reached lies a layer further front.
func (w *way[T]) back(k int, i int32) []int32 {
	var out []int32
	for {
		q := &w.layers[k]
		w.from(q)
		if q.from[i] < 0 {
			break
		}
		t := q.by[i]
		out = append(out, t)
		i = q.from[i]
		if w.net.label[t] >= 0 {
			k--
		}
	}
	slices.Reverse(out)
	return out
}
