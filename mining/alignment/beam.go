package alignment

// beam looks for a good alignment of a trace in bounded time: from event to event
// it expands only the states that look best, the first of those that look the
// same, and behind the last event as many as are left of the limit. What it finds
// is an upper bound; the lower one is that of the component table.
func (s *search) beam(trace []int32, limit int, clock *clock) found {
	n := int32(len(trace))
	s.begin(trace)
	var out found
	width := max(limit/2/(len(trace)+1), 16)
	var ahead []reached // behind the next event
	for pos := int32(0); pos <= n; pos++ {
		for i := range s.queue {
			s.queue[i] = s.queue[i][:0]
		}
		if pos > 0 {
			for _, x := range ahead {
				s.enqueue(x)
			}
			ahead = ahead[:0]
		} else {
			first := s.reach(s.graph.number(s.model.initial), 0, 0, -1, -1)
			if s.known == nil {
				out.low = max(first.least, 0)
			}
			s.enqueue(first)
		}
		last := out.states + width
		if pos == n {
			last = max(last, limit)
		}
		for at := 0; at < len(s.queue); at++ {
			// The bound of a successor is no lower: it stays at or behind this place.
			for k := 0; k < len(s.queue[at]) && out.states < last; k++ {
				i := s.queue[at][k]
				x := &s.nodes[i]
				if x.closed {
					continue
				}
				if pos == n && x.marking == s.final {
					out.ok, out.moves = true, s.moves(i)
					return out
				}
				if clock.stop(out.states) {
					return out
				}
				out.states++
				for _, y := range s.expand(i, trace) {
					if s.nodes[y.node].pos == pos {
						s.enqueue(y)
					} else {
						ahead = append(ahead, y)
					}
				}
			}
		}
	}
	return out
}
