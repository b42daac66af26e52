package discovery

import "github.com/uprava/uprava/mining/processtree"

// split divides the log along a cut, one log for each group. A log that the cut
// fits loses nothing. Where infrequent behaviour deviates from the cut (IMf, 3.2),
// events that are out of place are removed.
func (l *sublog) split(c *cut) []*sublog {
	s := &splitter{log: l, group: make([]int32, len(l.names)), code: make([]int32, len(l.names))}
	for i, g := range c.groups {
		members := g.members()
		part, codes := l.part(members)
		s.parts = append(s.parts, part)
		for _, a := range members {
			s.group[a], s.code[a] = int32(i), codes[a]
		}
	}
	divide := map[processtree.Operator]func([]int32, int64){
		processtree.Choice: s.choice, processtree.Sequence: s.sequence,
		processtree.Parallel: s.parallel, processtree.Loop: s.loop,
	}[c.operator]
	for i, t := range l.traces {
		if l.watch.stop(len(t) * len(s.parts)) {
			break
		}
		divide(t, l.counts[i])
	}
	return s.parts
}

type splitter struct {
	log   *sublog
	parts []*sublog
	group []int32 // by activity
	code  []int32 // in the log of its group, by activity
	trace []int32 // in the making
	cost  []int32
}

// keep adds to the log of a group what of a trace belongs to it.
func (s *splitter) keep(group int32, trace []int32, n int64) {
	s.trace = s.trace[:0]
	for _, a := range trace {
		if s.group[a] == group {
			s.trace = append(s.trace, s.code[a])
		}
	}
	s.parts[group].add(s.trace, n)
}

// choice gives the trace to the group that has the most of its events.
func (s *splitter) choice(trace []int32, n int64) {
	counts := make([]int, len(s.parts))
	best := s.group[trace[0]]
	for _, a := range trace {
		counts[s.group[a]]++
	}
	for g, c := range counts {
		if c > counts[best] {
			best = int32(g)
		}
	}
	s.keep(best, trace, n)
}

// parallel gives every group its events.
func (s *splitter) parallel(trace []int32, n int64) {
	for g := range s.parts {
		s.keep(int32(g), trace, n)
	}
}

// loop cuts the trace where the group changes. The do part gets an empty trace
// wherever two redo parts meet and where the trace begins or ends with one.
func (s *splitter) loop(trace []int32, n int64) {
	before := int32(1) // group of the segment before; a redo part stands for the outside
	for i := 0; i < len(trace); {
		g, j := s.group[trace[i]], i+1
		for j < len(trace) && s.group[trace[j]] == g {
			j++
		}
		if g > 0 && before > 0 {
			s.parts[0].add(nil, n)
		}
		s.keep(g, trace[i:j], n)
		before, i = g, j
	}
	if before > 0 {
		s.parts[0].add(nil, n)
	}
}

// sequence cuts the trace into one segment for each group, such that the fewest
// events lie outside the segment of their group; of equal cuts the one that comes
// earliest.
func (s *splitter) sequence(trace []int32, n int64) {
	groups, size := len(s.parts), len(trace)
	ordered := true
	for i := 1; i < size && ordered; i++ {
		ordered = s.group[trace[i-1]] <= s.group[trace[i]]
	}
	if ordered {
		i := 0
		for g := range s.parts {
			j := i
			for j < size && s.group[trace[j]] == int32(g) {
				j++
			}
			s.keep(int32(g), trace[i:j], n)
			i = j
		}
		return
	}
	// cost[g*(size+1)+i]: fewest events removed from trace[i:] if it is cut among
	// the groups from g on.
	width := size + 1
	if need := (groups + 1) * width; cap(s.cost) < need {
		s.cost = make([]int32, need)
	}
	cost := s.cost[:(groups+1)*width]
	for i := range width {
		cost[groups*width+i] = int32(size - i)
	}
	for g := groups - 1; g >= 0; g-- {
		row, next := cost[g*width:(g+1)*width], cost[(g+1)*width:]
		row[size] = 0
		for i := size - 1; i >= 0; i-- {
			removed := row[i+1]
			if s.group[trace[i]] != int32(g) {
				removed++
			}
			row[i] = min(removed, next[i])
		}
	}
	i := 0
	for g := range s.parts {
		j := i
		for j < size && cost[g*width+j] < cost[(g+1)*width+j] {
			j++
		}
		s.keep(int32(g), trace[i:j], n)
		i = j
	}
}
