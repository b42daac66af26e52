package alignment

// levels aligns traces with a block structure whose parallels have branches
// without a label in common. It computes for each part of the trace that matters
// what aligning it with a machine costs, by cost: all that can be had for
// nothing first, then what costs one, and so on, as far as it is asked. The cost
// of a parallel is the sum over its branches of the cost of what each sees of
// the trace, plus the events that none sees.
type levels struct {
	*machines
	seen          []sight    // by machine
	shown         []int32    // machines that see some event of the trace
	forked        [][]int32  // by fork: for each position its span, + 1
	branch        [][]cursor // by fork: where each branch stands in a scan
	marks         []int32    // by fork: number of the latest scan
	rows          []*row
	spans         []*span
	nrows, nspans int
	pages         []int32 // of each position reached in a row: by state the arrival, + 1
	came          []arrival
	links         []link // see moves
	way           []int32
	weaves        []weave // by fork
	states, ticks int
	look          int // the ticks at which to look at the clock
	limit         int
	clock         *clock
	halted        bool
	free          bool // neither limit nor clock count any more
}

// sight is what a machine sees of the trace.
type sight struct {
	labels []int32
	at     []int32 // positions in the trace
	rows   []int32 // by first position the row, + 1
}

// arrival is a state of a machine at a position of what it sees, and how it was
// reached most cheaply.
type arrival struct {
	state, pos int32
	before     int32 // the arrival before, -1 of the first
	kind       arrivalKind
	edge       int32 // among those of its kind that leave the state before
}

type arrivalKind uint8

const (
	bySilent arrivalKind = iota
	bySync
	byModel
	byLog
	byFork
)

// row is what aligning with a machine costs from a position on.
type row struct {
	machine  *machine
	sight    *sight
	start    int32
	level    int32   // all that costs so much or less is known
	reach    int32   // the furthest position reached
	cost     []int32 // by end − start; -1 while not known
	pages    []int32 // by position − start: offset in levels.pages, -1 where not reached
	old, now []int32 // arrivals of the level before and of this one
	open     []opening
}

// opening is a fork that a row has come to.
type opening struct {
	span, arrival, edge, to int32
	level                   int32
}

// span is what a fork costs from a position on: ends holds the ends by cost,
// until[c] how many cost c or less.
type span struct {
	fork  *fork
	sight *sight
	start int32
	ends  []int32
	until []int32
}

// cursor is where a branch stands while a fork is scanned.
type cursor struct {
	mark int32
	row  *row  // nil of a counting machine
	n    int32 // events seen
	cost int32
}

func newLevels(ms *machines) *levels {
	l := &levels{machines: ms, seen: make([]sight, len(ms.all)), forked: make([][]int32, ms.forks), branch: make([][]cursor, ms.forks), marks: make([]int32, ms.forks), weaves: make([]weave, ms.forks)}
	for _, m := range ms.all {
		for _, f := range m.all {
			l.branch[f.id] = make([]cursor, len(f.branches))
		}
	}
	return l
}

// align aligns a trace, arriving at most at limit states.
func (l *levels) align(trace []int32, limit int, clock *clock) found {
	l.reset(trace)
	l.limit, l.clock = limit, clock
	n := int32(len(trace))
	r := l.row(l.root, 0)
	for r.cost[n] < 0 && !l.halted {
		l.advance(r, r.level+1)
	}
	out := found{states: l.states, low: int(r.level) + 1}
	if l.halted {
		return out
	}
	out.ok, out.low = true, int(r.cost[n])
	l.free = true
	out.moves = l.moves(r, n)
	l.free = false
	return out
}

func (l *levels) reset(trace []int32) {
	for _, id := range l.shown {
		s := &l.seen[id]
		s.labels, s.at = s.labels[:0], s.at[:0]
	}
	l.shown = l.shown[:0]
	for i, label := range trace {
		for _, id := range l.seeing[label] {
			s := &l.seen[id]
			if len(s.at) == 0 {
				l.shown = append(l.shown, id)
			}
			s.labels, s.at = append(s.labels, label), append(s.at, int32(i))
		}
	}
	if len(trace) == 0 || len(l.seen[0].at) == 0 {
		l.prepare(0)
	}
	for _, id := range l.shown {
		l.prepare(id)
	}
	l.nrows, l.nspans = 0, 0
	l.pages, l.came = l.pages[:0], l.came[:0]
	l.states, l.ticks, l.look, l.halted = 0, 0, 0, false
}

func (l *levels) prepare(id int32) {
	s := &l.seen[id]
	s.rows = zeros(s.rows, len(s.at)+1)
	for _, f := range l.machines.all[id].all {
		l.forked[f.id] = zeros(l.forked[f.id], len(s.at)+1)
	}
}

// zeros returns a slice of n zeros in the memory of s, if that is enough.
func zeros(s []int32, n int) []int32 {
	if cap(s) < n {
		return make([]int32, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// row returns the row of a machine from a position of what it sees.
func (l *levels) row(m *machine, start int32) *row {
	s := &l.seen[m.id]
	if i := s.rows[start]; i > 0 {
		return l.rows[i-1]
	}
	if l.nrows == len(l.rows) {
		l.rows = append(l.rows, new(row))
	}
	r := l.rows[l.nrows]
	l.nrows++
	s.rows[start] = int32(l.nrows)
	n := len(s.at) - int(start) + 1
	r.machine, r.sight, r.start, r.level, r.reach = m, s, start, -1, start
	r.cost, r.pages = zeros(r.cost, n), zeros(r.pages, n)
	for i := range r.cost {
		r.cost[i], r.pages[i] = -1, -1
	}
	r.old, r.now, r.open = r.old[:0], r.now[:0], r.open[:0]
	return r
}

// advance computes all that costs level or less.
func (l *levels) advance(r *row, level int32) {
	for r.level < level && !l.halted {
		l.next(r)
	}
}

func (l *levels) next(r *row) {
	level := r.level + 1
	r.old, r.now = r.now, r.old[:0]
	end := int32(len(r.sight.at))
	m := r.machine
	if level == 0 {
		l.arrive(r, level, arrival{start, r.start, -1, bySilent, 0})
	}
	for _, i := range r.old {
		a := l.came[i]
		for e := range m.sees[a.state] {
			l.arrive(r, level, arrival{m.sees[a.state][e].to, a.pos, i, byModel, int32(e)})
		}
		if a.pos < end {
			l.arrive(r, level, arrival{a.state, a.pos + 1, i, byLog, 0})
		}
	}
	for k := range r.open {
		o := r.open[k]
		l.leave(r, level, o, level-o.level)
	}
	for k := 0; k < len(r.now) && !l.halted; k++ {
		i := r.now[k]
		a := l.came[i]
		for e := range m.silent[a.state] {
			l.arrive(r, level, arrival{m.silent[a.state][e].to, a.pos, i, bySilent, int32(e)})
		}
		if a.pos < end {
			label := r.sight.labels[a.pos]
			for e := range m.sees[a.state] {
				if x := &m.sees[a.state][e]; x.label == label {
					l.arrive(r, level, arrival{x.to, a.pos + 1, i, bySync, int32(e)})
				}
			}
		}
		for e, f := range m.forks[a.state] {
			o := opening{l.span(r, f, a.pos), i, int32(e), f.to, level}
			r.open = append(r.open, o)
			l.leave(r, level, o, 0)
		}
	}
	if !l.halted {
		r.level = level
	}
}

// arrive notes a state that was reached, unless it was before.
func (l *levels) arrive(r *row, level int32, a arrival) {
	k := a.pos - r.start
	page := r.pages[k]
	if page < 0 {
		page = int32(len(l.pages))
		r.pages[k] = page
		for range r.machine.states {
			l.pages = append(l.pages, 0)
		}
		l.tick(int(r.machine.states) / 32)
	}
	if l.pages[page+a.state] != 0 {
		return
	}
	l.tick(1)
	l.came = append(l.came, a)
	l.pages[page+a.state] = int32(len(l.came))
	r.now = append(r.now, int32(len(l.came)-1))
	if a.state == final {
		r.cost[k] = level
	}
	r.reach = max(r.reach, a.pos)
}

// tick counts states against the limit and looks at the clock.
func (l *levels) tick(states int) {
	l.states += states
	l.ticks += states + 1
	if l.free {
		return
	}
	if l.states > l.limit {
		l.halted = true
	} else if l.ticks >= l.look {
		l.look = l.ticks + 512
		l.halted = l.clock.over()
	}
}

// leave arrives behind a fork wherever the fork costs so much.
func (l *levels) leave(r *row, level int32, o opening, cost int32) {
	s := l.spans[o.span]
	for int32(len(s.until)) <= cost && !l.halted {
		l.scan(s)
	}
	if l.halted {
		return
	}
	first := int32(0)
	if cost > 0 {
		first = s.until[cost-1]
	}
	for _, end := range s.ends[first:s.until[cost]] {
		l.arrive(r, level, arrival{o.to, end, o.arrival, byFork, o.edge})
	}
}

func (l *levels) span(r *row, f *fork, start int32) int32 {
	if i := l.forked[f.id][start]; i > 0 {
		return i - 1
	}
	if l.nspans == len(l.spans) {
		l.spans = append(l.spans, new(span))
	}
	s := l.spans[l.nspans]
	l.nspans++
	l.forked[f.id][start] = int32(l.nspans)
	s.fork, s.sight, s.start = f, r.sight, start
	s.ends, s.until = s.ends[:0], s.until[:0]
	return int32(l.nspans - 1)
}

// scan finds the ends for which the fork costs one more than known so far. An
// end behind an event that no branch sees is left out, and so is, where the
// first event is such a one, every end but the start: the machine of the fork
// may leave out such events itself, at the same cost.
func (l *levels) scan(s *span) {
	f := s.fork
	level := int32(len(s.until))
	if s.start == int32(len(s.sight.at)) || f.owner[s.sight.labels[s.start]] < 0 {
		if level == f.empty {
			s.ends = append(s.ends, s.start)
		}
		s.until = append(s.until, int32(len(s.ends)))
		return
	}
	if l.tick(1); l.halted {
		return
	}
	l.marks[f.id]++
	mark := l.marks[f.id]
	branches := l.branch[f.id]
	// dear is the number of branches that cost more than is known, sum what the
	// others cost, strange the number of events that no branch sees.
	sum, dear, strange, scanned := f.empty, 0, int32(0), 0
	if sum == level {
		s.ends = append(s.ends, s.start)
	}
	for end := s.start; end < int32(len(s.sight.at)) && strange <= level; end++ {
		scanned++
		b := f.owner[s.sight.labels[end]]
		if b < 0 {
			strange++
			continue
		}
		c, m := &branches[b], f.branches[b]
		if c.mark != mark {
			*c = cursor{mark: mark, cost: m.empty}
			if !m.counting {
				c.row = l.row(m, find(l.seen[m.id].at, s.sight.at[end]))
				if l.advance(c.row, level); l.halted {
					return
				}
			}
		}
		if c.cost < 0 {
			dear--
		} else {
			sum -= c.cost
		}
		c.n++
		if c.row != nil {
			if c.row.start+c.n > c.row.reach {
				break // no end from here on is that cheap
			}
			c.cost = c.row.cost[c.n]
		} else if c.cost = m.repeated(c.n); c.cost > level && c.n > m.low {
			break
		}
		if c.cost < 0 {
			dear++
		} else if sum += c.cost; sum+strange == level && dear == 0 {
			s.ends = append(s.ends, end+1)
		}
	}
	l.tick(scanned / 64)
	s.until = append(s.until, int32(len(s.ends)))
}

// repeated returns what n events cost a counting machine.
func (m *machine) repeated(n int32) int32 {
	switch {
	case n < m.low:
		return m.low - n
	case m.high >= 0 && n > m.high:
		return n - m.high
	}
	return 0
}

// find returns the position of x in an ascending list that holds it.
func find(list []int32, x int32) int32 {
	low, high := 0, len(list)
	for low < high {
		if mid := (low + high) / 2; list[mid] < x {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return int32(low)
}
