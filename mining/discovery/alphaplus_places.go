package discovery

import "slices"

// candidate is a pair of sets on its way to becoming larger: the vertices that may
// still be added, all behind those it has.
type candidate struct{ has, more set }

// candidates returns the pairs (A, B) for which, in the clean graph, every activity
// of A is followed by every one of B; none of A by one of A alone; none of B alone
// by one of B; and some activity of B alone not by one of A alone. They are the
// cliques of a graph with three vertices for each activity: in A, in B, in both.
// Small ones come first.
func (p *alphaPlus) candidates() []pair {
	n := p.n
	joined := p.joined()
	var level []candidate
	var out []pair
	for a := range n {
		for b := range n {
			if !joined[a].has(n + b) {
				continue
			}
			c := candidate{has: newSet(3 * n), more: and(joined[a], joined[n+b])}
			c.has.set(a)
			c.has.set(n + b)
			for v := range slices.Clone(c.more).all() {
				if v < a || v >= n && v < n+b {
					c.more.clear(v)
				}
			}
			level = append(level, c)
		}
	}
	for looked := 0; len(level) > 0; {
		var next []candidate
		for _, c := range level {
			if looked++; looked > p.cfg.MaxCandidates {
				p.doubts = append(p.doubts, tooMany(p.cfg.MaxCandidates))
				return out
			}
			if p.watch.stop(n) {
				return nil
			}
			if x, ok := p.allowed(c.has); ok {
				out = append(out, x)
			}
			if len(next)+looked > p.cfg.MaxCandidates {
				continue
			}
			rest := slices.Clone(c.more)
			for v := range c.more.all() {
				rest.clear(v)
				d := candidate{has: slices.Clone(c.has), more: and(rest, joined[v])}
				d.has.set(v)
				next = append(next, d)
			}
		}
		level = next
	}
	return out
}

// joined returns by vertex which others may stand around one place with it: a in A
// alone, n+a in B alone, 2n+a in both.
func (p *alphaPlus) joined() []set {
	n := p.n
	out := make([]set, 3*n)
	for v := range out {
		out[v] = newSet(3 * n)
	}
	join := func(v, w int) {
		out[v].set(w)
		out[w].set(v)
	}
	g := p.graph
	apart := func(a, b int) bool { return !g.out[a].has(b) && !g.out[b].has(a) }
	for a := range n {
		loop := g.out[a].has(a)
		for b := range n {
			if !loop && !g.out[b].has(b) {
				if a < b && apart(a, b) {
					join(a, b)
					join(n+a, n+b)
				}
				if a != b && g.out[a].has(b) {
					join(a, n+b)
				}
			}
			if g.out[b].has(b) { // b in both
				switch {
				case a < b && loop && g.out[a].has(b) && g.out[b].has(a):
					join(2*n+a, 2*n+b)
				case loop:
				case g.out[a].has(b) && !g.out[b].has(a):
					join(a, 2*n+b)
				case g.out[b].has(a) && !g.out[a].has(b):
					join(n+a, 2*n+b)
				}
			}
		}
	}
	return out
}

// allowed returns the pair of a clique, and false where all of B leads back to A.
func (p *alphaPlus) allowed(has set) (pair, bool) {
	n := p.n
	x := pair{newSet(n), newSet(n)}
	var from, to []int
	for v := range has.all() {
		a := v % n
		if v < n || v >= 2*n {
			x.from.set(a)
		}
		if v >= n {
			x.to.set(a)
		}
		switch v / n {
		case 0:
			from = append(from, a)
		case 1:
			to = append(to, a)
		}
	}
	for _, b := range to {
		for _, a := range from {
			if !p.graph.out[b].has(a) {
				return x, true
			}
		}
	}
	return x, false
}

// prune keeps the candidates that are balanced and fit the log, of these the
// maximal ones, and of these those that fit it strictly.
func (p *alphaPlus) prune(all []pair) []pair {
	occurs := make([]int64, len(p.names))
	r := &placeReplay{log: p, contains: make([]set, len(p.traces)), with: make([]int64, len(p.names)), fitting: make([]int64, len(p.names))}
	for i, t := range p.traces {
		r.contains[i] = newSet(len(p.names))
		for _, a := range t {
			occurs[a] += p.counts[i]
			r.contains[i].set(int(a))
		}
	}
	fits := slices.DeleteFunc(all, func(x pair) bool {
		before, behind := int64(0), int64(0)
		for a := range x.from.all() {
			before += occurs[a]
		}
		for a := range x.to.all() {
			behind += occurs[a]
		}
		if float64(max(before, behind)-min(before, behind)) > p.cfg.Balance*float64(max(before, behind)) {
			return true
		}
		over, least := r.fitness(x, false)
		return over < p.cfg.Fitness || least < p.cfg.Fitness
	})
	// A larger pair has more elements, so that it stands in front.
	slices.SortStableFunc(fits, func(x, y pair) int {
		return y.from.size() + y.to.size() - x.from.size() - x.to.size()
	})
	var maximal []pair
	for _, x := range fits {
		if p.watch.stop(2 * len(maximal)) {
			return nil
		}
		if !slices.ContainsFunc(maximal, func(y pair) bool { return x.from.within(y.from) && x.to.within(y.to) }) {
			maximal = append(maximal, x)
		}
	}
	maximal = slices.DeleteFunc(maximal, func(x pair) bool {
		over, _ := r.fitness(x, true)
		return over < p.cfg.Replay
	})
	slices.SortFunc(maximal, comparePairs)
	return maximal
}

// placeReplay replays the log on single places.
type placeReplay struct {
	log           *alphaPlus
	contains      []set // by trace
	with, fitting []int64
}

// fitness returns what share of the cases that have an activity of the place it
// replays, over all and the least over those with one activity. Where strict, an
// activity on both sides needs a token.
func (r *placeReplay) fitness(x pair, strict bool) (over, least float64) {
	p := r.log
	both := slices.Clone(x.from)
	both.or(x.to)
	clear(r.with)
	clear(r.fitting)
	relevant, fit := int64(0), int64(0)
	for i, t := range p.traces {
		if p.watch.stop(len(both)) {
			return 0, 0
		}
		if !r.contains[i].meets(both) {
			continue
		}
		p.watch.stop(len(t))
		tokens := 0
		for _, a := range t {
			fills, empties := x.from.has(int(a)), x.to.has(int(a))
			if empties && (!fills || strict) && tokens == 0 {
				tokens = -1
				break
			}
			switch {
			case fills && !empties:
				tokens++
			case empties && !fills:
				tokens--
			}
		}
		n := p.counts[i]
		relevant += n
		if tokens == 0 {
			fit += n
		}
		for a := range and(r.contains[i], both).all() {
			r.with[a] += n
			if tokens == 0 {
				r.fitting[a] += n
			}
		}
	}
	if relevant == 0 {
		return 0, 0
	}
	least = 1
	for a, n := range r.with {
		if n > 0 {
			least = min(least, float64(r.fitting[a])/float64(n))
		}
	}
	return float64(fit) / float64(relevant), least
}
