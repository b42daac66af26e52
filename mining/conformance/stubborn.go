package conformance

import "slices"

// stubborn reduces searches over silent transitions: of the steps from a marking it
// picks a set that every way to the goal must take one of, and that no other step
// disturbs. Of ways that differ only in the order of independent steps one is left,
// so that n concurrent branches cost their sum and not their product, and a shortest
// way stays shortest (Valmari 1991, doi:10.1007/3-540-53863-1_36; strong stubborn
// sets for a goal as in Schmidt 1999, doi:10.1007/3-540-48745-X_4).
//
// Steps are numbered: transitions, then for each place the removal of a token, then
// for each place the addition of one.
type stubborn[T tokens] struct {
	net   *compiled
	stamp []int32
	round int32
	todo  []int32
	open  []int32 // members that can be taken, ascending
	best  []int32

	live  []bool // transitions that from ever reaches, were no token ever used up
	unmet []int32
	full  []bool
}

func newStubborn[T tokens](n *compiled) stubborn[T] {
	return stubborn[T]{
		net: n, stamp: make([]int32, len(n.in)+2*n.places),
		live: make([]bool, len(n.in)), unmet: make([]int32, len(n.in)), full: make([]bool, n.places)}
}

func (c *compiled) removal(place int32) int32  { return int32(len(c.in)) + place }
func (c *compiled) addition(place int32) int32 { return int32(len(c.in)+c.places) + place }

// from notes which silent transitions could ever fire behind the given markings, were
// no token used up: all others are left aside until it is called again. O(arcs).
func (s *stubborn[T]) from(markings ...[]T) {
	n := s.net
	clear(s.live)
	clear(s.full)
	s.todo = s.todo[:0]
	for _, t := range n.silent {
		s.unmet[t] = 0
		for _, a := range n.in[t] {
			met := false
			for _, m := range markings {
				met = met || uint64(m[a.place]) >= uint64(a.weight)
			}
			if !met {
				s.unmet[t]++
			}
		}
		if s.unmet[t] == 0 {
			s.live[t] = true
			s.todo = append(s.todo, t)
		}
	}
	for len(s.todo) > 0 {
		t := s.todo[len(s.todo)-1]
		s.todo = s.todo[:len(s.todo)-1]
		for _, a := range n.out[t] {
			if s.full[a.place] {
				continue
			}
			s.full[a.place] = true
			for _, x := range n.consumers[a.place] {
				if s.live[x] {
					continue
				}
				if s.unmet[x]--; s.unmet[x] <= 0 {
					s.live[x] = true
					s.todo = append(s.todo, x)
				}
			}
		}
	}
}

// reaches reports whether a goal could fire behind m, the only marking given to from,
// were no token used up.
func (s *stubborn[T]) reaches(m []T, goals []int32) bool {
	for _, t := range goals {
		could := true
		for _, a := range s.net.in[t] {
			could = could && (s.full[a.place] || uint64(m[a.place]) >= uint64(a.weight))
		}
		if could {
			return true
		}
	}
	return false
}

func (s *stubborn[T]) begin() {
	s.round++
	s.todo, s.open = s.todo[:0], s.open[:0]
}

func (s *stubborn[T]) add(step int32) {
	if s.stamp[step] != s.round {
		s.stamp[step] = s.round
		s.todo = append(s.todo, step)
	}
}

func (s *stubborn[T]) addAll(transitions []int32, within []bool) {
	for _, t := range transitions {
		if s.live[t] && (within == nil || within[t]) {
			s.add(t)
		}
	}
}

// close adds what the members need, until at most limit of them can be taken: with
// one that can, whatever takes from the same places; with one that cannot, whatever
// fills one place that it waits for. Silent transitions outside within are left
// aside, which is nil for all; removals says whether tokens may be removed. It
// reports whether the limit was kept.
func (s *stubborn[T]) close(m []T, within []bool, removals bool, limit int) bool {
	n := s.net
	for len(s.todo) > 0 {
		t := s.todo[len(s.todo)-1]
		s.todo = s.todo[:len(s.todo)-1]
		switch k := int(t) - len(n.in); {
		case k >= n.places: // an addition takes from nowhere
			s.open = append(s.open, t)
		case k >= 0:
			s.open = append(s.open, t)
			s.addAll(n.consumers[k], within)
		case enabled(n, t, m):
			s.open = append(s.open, t)
			for _, a := range n.in[t] {
				s.addAll(n.consumers[a.place], within)
				if removals {
					s.add(n.removal(a.place))
				}
			}
		default:
			s.addAll(n.producers[s.lacks(m, t, within)], within)
		}
		if len(s.open) > limit {
			return false
		}
	}
	slices.Sort(s.open)
	return true
}

// lacks returns a place without enough tokens for t: one that nothing fills, or else
// the first, so that a search settles one branch before it looks into the next.
func (s *stubborn[T]) lacks(m []T, t int32, within []bool) int32 {
	first := int32(-1)
	for _, a := range s.net.in[t] {
		if uint64(m[a.place]) >= uint64(a.weight) {
			continue
		}
		filled := false
		for _, x := range s.net.producers[a.place] {
			filled = filled || s.live[x] && (within == nil || within[x])
		}
		if !filled {
			return a.place
		}
		if first < 0 {
			first = a.place
		}
	}
	return first
}

// towards returns the steps to try on the way to firing one of the goals. A goal that
// can fire is among them.
func (s *stubborn[T]) towards(m []T, goals []int32, within []bool) []int32 {
	s.begin()
	for _, t := range goals {
		s.add(t)
	}
	s.close(m, within, false, len(s.stamp))
	return s.open
}

// tries is the number of places that homewards considers.
const tries = 12

// homewards returns the steps to try on the way to the final marking, none where no
// way leads there. With changes, tokens may be removed anywhere and added to places
// of the final marking, so that there always is a way. m is not the final marking.
func (s *stubborn[T]) homewards(m []T, changes bool) []int32 {
	n := s.net
	limit, tried := len(s.stamp), 0
	s.best = s.best[:0]
	for p, k := range m {
		want := n.final[p]
		if uint32(k) == want {
			continue
		}
		s.begin()
		if uint32(k) > want {
			s.addAll(n.consumers[p], nil)
			if changes {
				s.add(n.removal(int32(p)))
			}
		} else {
			s.addAll(n.producers[p], nil)
			if changes {
				s.add(n.addition(int32(p)))
			}
		}
		if s.close(m, nil, changes, limit) {
			s.best = append(s.best[:0], s.open...)
			limit = len(s.open) - 1
		}
		if tried++; limit <= 0 || tried == tries {
			break
		}
	}
	return s.best
}
