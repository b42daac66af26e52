package alignment

// moves appends the moves of the cheapest way through a row to an end. Events
// are named by their positions in the trace.
func (l *levels) moves(out []Move, r *row, end int32) []Move {
	m, at := r.machine, r.sight.at
	var way []int32
	for i := l.pages[r.pages[end-r.start]+final] - 1; i >= 0; i = l.came[i].before {
		way = append(way, i)
	}
	for k := len(way) - 2; k >= 0; k-- {
		from, to := l.came[way[k+1]], l.came[way[k]]
		switch to.kind {
		case bySilent:
			out = fired(out, m.silent[from.state][to.edge].fires)
		case byLog:
			out = append(out, Move{LogMove, int(at[from.pos]), -1})
		case bySync, byModel:
			b := m.sees[from.state][to.edge].block
			out = fired(out, b.before)
			if to.kind == bySync {
				out = append(out, Move{Synchronous, int(at[from.pos]), int(b.transition)})
			} else {
				out = append(out, Move{ModelMove, -1, int(b.transition)})
			}
			out = fired(out, b.after)
		case byFork:
			f := m.forks[from.state][to.edge]
			out = fired(out, f.block.before)
			out = l.interleave(out, f, r.sight, from.pos, to.pos)
			out = fired(out, f.block.after)
		}
	}
	return out
}

func fired(out []Move, silent []int32) []Move {
	for _, t := range silent {
		out = append(out, Move{Silent, -1, int(t)})
	}
	return out
}

// interleave appends the moves of a fork between two positions: those of its
// branches, each in order, as the events demand.
func (l *levels) interleave(out []Move, f *fork, s *sight, from, to int32) []Move {
	ways := make([][]Move, len(f.branches))
	seen := make([]int32, len(f.branches))
	for _, label := range s.labels[from:to] {
		if b := f.owner[label]; b >= 0 {
			seen[b]++
		}
	}
	for pos := from; pos < to; pos++ {
		b := f.owner[s.labels[pos]]
		if b < 0 {
			out = append(out, Move{LogMove, int(s.at[pos]), -1})
			continue
		}
		if seen[b] > 0 {
			m := f.branches[b]
			r := l.row(m, find(l.seen[m.id].at, s.at[pos]))
			for r.cost[seen[b]] < 0 {
				l.next(r)
			}
			ways[b] = l.moves(nil, r, r.start+seen[b])
			seen[b] = -1
		}
		for k, x := range ways[b] {
			if x.Event == int(s.at[pos]) {
				out = append(out, ways[b][:k+1]...)
				ways[b] = ways[b][k+1:]
				break
			}
		}
	}
	for b, m := range f.branches {
		if seen[b] == 0 {
			out = append(out, m.idle...)
		} else {
			out = append(out, ways[b]...)
		}
	}
	return out
}
