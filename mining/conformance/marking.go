package conformance

import "slices"

// tokens counts the tokens of a place. Nets are replayed with bytes, and anew with
// words where a place comes to hold more than 255 tokens.
type tokens interface{ ~uint8 | ~uint32 }

// store numbers markings: an arena of them under an open-addressing table.
type store[T tokens] struct {
	places int
	marks  []T
	hashes []uint64
	table  []int32 // number + 1, 0 where empty; a power of two long
}

func newStore[T tokens](places int) store[T] {
	return store[T]{places: places, table: make([]int32, 64)}
}

func (s *store[T]) len() int { return len(s.hashes) }

// at returns the i-th marking. It is valid until the next add.
func (s *store[T]) at(i int32) []T {
	return s.marks[int(i)*s.places : (int(i)+1)*s.places]
}

// add returns the number of a marking and whether it is new.
func (s *store[T]) add(m []T, hash uint64) (int32, bool) {
	mask := uint64(len(s.table) - 1)
	k := spread(hash) & mask
	for ; s.table[k] != 0; k = (k + 1) & mask {
		i := s.table[k] - 1
		if s.hashes[i] == hash && slices.Equal(s.at(i), m) {
			return i, false
		}
	}
	i := int32(s.len())
	s.table[k] = i + 1
	s.marks = append(s.marks, m...)
	s.hashes = append(s.hashes, hash)
	if 2*s.len() > len(s.table) {
		s.grow()
	}
	return i, true
}

func (s *store[T]) grow() {
	s.table = make([]int32, 2*len(s.table))
	mask := uint64(len(s.table) - 1)
	for i, h := range s.hashes {
		k := spread(h) & mask
		for s.table[k] != 0 {
			k = (k + 1) & mask
		}
		s.table[k] = int32(i) + 1
	}
}

// clear forgets all markings and keeps the memory, in the time that they took.
func (s *store[T]) clear() {
	if 8*s.len() > len(s.table) {
		clear(s.table)
	} else {
		mask := uint64(len(s.table) - 1)
		for _, h := range s.hashes {
			// Every slot up to the next empty one belongs to what is forgotten.
			for k := spread(h) & mask; s.table[k] != 0; k = (k + 1) & mask {
				s.table[k] = 0
			}
		}
	}
	s.marks, s.hashes = s.marks[:0], s.hashes[:0]
}

// spread mixes a hash, whose low bits are those of a sum.
func spread(h uint64) uint64 { return (h ^ h>>32) * 0x9e3779b97f4a7c15 >> 20 }

// enabled reports whether t can fire in m.
func enabled[T tokens](n *compiled, t int32, m []T) bool {
	for _, a := range n.in[t] {
		if uint64(m[a.place]) < uint64(a.weight) {
			return false
		}
	}
	return true
}

// fire writes into dst the marking after t, enabled in src, and reports whether T
// can count its tokens.
func fire[T tokens](n *compiled, t int32, src, dst []T) bool {
	copy(dst, src)
	for _, a := range n.in[t] {
		dst[a.place] -= T(a.weight)
	}
	for _, a := range n.out[t] {
		sum := uint64(dst[a.place]) + uint64(a.weight)
		if sum > uint64(^T(0)) {
			return false
		}
		dst[a.place] = T(sum)
	}
	return true
}

// marking returns counts as tokens of type T, false where T cannot count them, and
// their hash.
func marking[T tokens](n *compiled, counts []uint32) (m []T, hash uint64, fits bool) {
	m = make([]T, len(counts))
	for p, k := range counts {
		if uint64(k) > uint64(^T(0)) {
			return nil, 0, false
		}
		m[p] = T(k)
	}
	return m, hashOf(n, m), true
}

func hashOf[T tokens](n *compiled, m []T) uint64 {
	var h uint64
	for p, k := range m {
		h += uint64(k) * n.salt[p]
	}
	return h
}

// search is a breadth-first search over silent transitions.
type search[T tokens] struct {
	store[T]
	from, by []int32 // of each marking: the one before it and the transition between
	next     []T
}

func newSearch[T tokens](places int) search[T] {
	return search[T]{store: newStore[T](places), next: make([]T, places)}
}

// begin starts anew in m.
func (q *search[T]) begin(m []T, hash uint64) {
	q.clear()
	q.from, q.by = q.from[:0], q.by[:0]
	q.add(m, hash)
	q.from, q.by = append(q.from, -1), append(q.by, -1)
}

// try fires t in the i-th marking if it can. It returns the marking that this
// leads to, -1 where t is not enabled or the marking is known already, and whether
// T can count its tokens.
func (q *search[T]) try(n *compiled, i, t int32) (int32, bool) {
	m := q.at(i)
	if !enabled(n, t, m) {
		return -1, true
	}
	if !fire(n, t, m, q.next) {
		return -1, false
	}
	j, fresh := q.add(q.next, q.hashes[i]+n.delta[t])
	if !fresh {
		return -1, true
	}
	q.from, q.by = append(q.from, i), append(q.by, t)
	return j, true
}

// path appends the transitions that lead to the i-th marking.
func (q *search[T]) path(out []int32, i int32) []int32 {
	first := len(out)
	for ; q.from[i] >= 0; i = q.from[i] {
		out = append(out, q.by[i])
	}
	slices.Reverse(out[first:])
	return out
}
