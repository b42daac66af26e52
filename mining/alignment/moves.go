package alignment

import "slices"

// link is a move in a list, so that the runs of the branches of a parallel are
// woven without copying them at every level.
type link struct {
	move Move
	next int32
}

// chain is a list of links; head is -1 where it is empty.
type chain struct{ head, tail int32 }

// weave is what one interleaving needs for each branch of a fork.
type weave struct {
	runs []chain
	seen []int32 // events in the part of the trace; -1 once its run was made
}

// moves returns the moves of the cheapest way through a row to an end.
func (l *levels) moves(r *row, end int32) []Move {
	l.links = l.links[:0]
	c := l.run(chain{-1, -1}, r, end)
	out := make([]Move, 0, len(l.links))
	for i := c.head; i >= 0; i = l.links[i].next {
		out = append(out, l.links[i].move)
	}
	return out
}

func (l *levels) add(c chain, m Move) chain {
	i := int32(len(l.links))
	l.links = append(l.links, link{m, -1})
	return l.concat(c, chain{i, i})
}

func (l *levels) concat(c, d chain) chain {
	switch {
	case c.head < 0:
		return d
	case d.head < 0:
		return c
	}
	l.links[c.tail].next = d.head
	return chain{c.head, d.tail}
}

func (l *levels) fire(c chain, silent []int32) chain {
	for _, t := range silent {
		c = l.add(c, Move{Silent, -1, int(t)})
	}
	return c
}

// run appends the moves of the cheapest way through a row to an end. Events are
// named by their positions in the trace.
func (l *levels) run(c chain, r *row, end int32) chain {
	m, at := r.machine, r.sight.at
	first := len(l.way)
	for i := l.pages[r.pages[end-r.start]+final] - 1; i >= 0; i = l.came[i].before {
		l.way = append(l.way, i)
	}
	for k := len(l.way) - 2; k >= first; k-- {
		from, to := l.came[l.way[k+1]], l.came[l.way[k]]
		switch to.kind {
		case bySilent:
			c = l.fire(c, m.silent[from.state][to.edge].fires)
		case byLog:
			c = l.add(c, Move{LogMove, int(at[from.pos]), -1})
		case bySync, byModel:
			b := m.sees[from.state][to.edge].block
			move := Move{ModelMove, -1, int(b.transition)}
			if to.kind == bySync {
				move.Kind, move.Event = Synchronous, int(at[from.pos])
			}
			c = l.fire(l.add(l.fire(c, b.before), move), b.after)
		case byFork:
			f := m.forks[from.state][to.edge]
			c = l.fire(c, f.block.before)
			c = l.interleave(c, f, r.sight, from.pos, to.pos)
			c = l.fire(c, f.block.after)
		}
	}
	l.way = l.way[:first]
	return c
}

// interleave appends the moves of a fork between two positions: those of its
// branches, each in order, as the events demand.
func (l *levels) interleave(c chain, f *fork, s *sight, from, to int32) chain {
	w := &l.weaves[f.id]
	if w.runs == nil {
		w.runs, w.seen = make([]chain, len(f.branches)), make([]int32, len(f.branches))
	}
	clear(w.seen)
	for _, label := range s.labels[from:to] {
		if b := f.owner[label]; b >= 0 {
			w.seen[b]++
		}
	}
	for pos := from; pos < to; pos++ {
		b := f.owner[s.labels[pos]]
		if b < 0 {
			c = l.add(c, Move{LogMove, int(s.at[pos]), -1})
			continue
		}
		if w.seen[b] > 0 {
			m := f.branches[b]
			r := l.row(m, find(l.seen[m.id].at, s.at[pos]))
			for r.cost[w.seen[b]] < 0 {
				l.next(r)
			}
			w.runs[b] = l.run(chain{-1, -1}, r, r.start+w.seen[b])
			w.seen[b] = -1
		}
		c, w.runs[b] = l.take(c, w.runs[b], int(s.at[pos]))
	}
	for b, m := range f.branches {
		if w.seen[b] < 0 {
			c = l.concat(c, w.runs[b])
			continue
		}
		l.links = slices.Grow(l.links, len(m.idle))
		for _, x := range m.idle {
			c = l.add(c, x)
		}
	}
	return c
}

// take moves what a run has up to an event, that included, to the end of a chain.
func (l *levels) take(c, run chain, event int) (to, rest chain) {
	i := run.head
	for l.links[i].move.Event != event {
		i = l.links[i].next
	}
	rest = chain{l.links[i].next, run.tail}
	l.links[i].next = -1
	return l.concat(c, chain{run.head, i}), rest
}
