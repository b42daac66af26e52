package xes

// hashSet is a set of hashes, by open addressing with linear probing. It takes
// 16 to 32 bytes an element, about half of what a map does.
// The zero value is empty. Two names in one set of n share a hash with
// probability n²/2⁶⁵, and all that hangs on it is a warning.
type hashSet struct {
	slots []uint64 // 0 is free
	n     int
}

// add puts h into the set and reports whether it was new.
func (s *hashSet) add(h uint64) bool {
	if h == 0 {
		h = 1
	}
	if 2*s.n >= len(s.slots) {
		old := s.slots
		s.slots = make([]uint64, max(64, 2*len(old)))
		for _, o := range old {
			if o != 0 {
				s.slots[s.find(o)] = o
			}
		}
	}
	i := s.find(h)
	if s.slots[i] == h {
		return false
	}
	s.slots[i] = h
	s.n++
	return true
}

// find returns the slot of h, or the free one where it belongs.
func (s *hashSet) find(h uint64) int {
	mask := len(s.slots) - 1
	i := int(h>>1) & mask
	for s.slots[i] != 0 && s.slots[i] != h {
		i = (i + 1) & mask
	}
	return i
}
