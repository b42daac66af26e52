package alignment

import "slices"

// A machine is a finite automaton for a block, from state start to state final.
// Only its parallels are not: they are edges of their own, with a machine for
// each branch.
type machine struct {
	id     int
	states int32
	block  *block
	silent [][]silentEdge
	sees   [][]labelEdge
	forks  [][]*fork
	all    []*fork // in the order of the machine's edges
	// A machine of one label costs what the number of events says: nothing from
	// low to high times (-1: for ever).
	counting  bool
	low, high int32
	empty     int32  // cost without events
	idle      []Move // the run without events
}

const (
	start int32 = 0
	final int32 = 1
)

type silentEdge struct {
	to    int32
	fires []int32
}

type labelEdge struct {
	to, label int32
	block     *block
}

// fork is a parallel as an edge of a machine.
type fork struct {
	id       int
	to       int32
	block    *block
	branches []*machine
	owner    []int32 // by label the branch that has it, -1 where none has
	empty    int32   // cost without events
}

// machines is all that a block structure compiles to.
type machines struct {
	root   *machine
	all    []*machine
	forks  int
	labels int
	seeing [][]int32 // by label the machines that have it
}

func newMachines(b *block, labels int) *machines {
	ms := &machines{labels: labels, seeing: make([][]int32, labels)}
	ms.root = ms.machine(b)
	return ms
}

func (ms *machines) machine(b *block) *machine {
	m := &machine{id: len(ms.all), block: b}
	ms.all = append(ms.all, m)
	m.state()
	m.state()
	ms.compile(m, b, start, final)
	_, m.low, m.high, m.counting = b.counts()
	idle, cost := b.cheapest()
	m.idle, m.empty = slices.Clip(idle), int32(cost)
	for _, l := range b.labels {
		ms.seeing[l] = append(ms.seeing[l], int32(m.id))
	}
	return m
}

func (m *machine) state() int32 {
	m.silent, m.sees, m.forks = append(m.silent, nil), append(m.sees, nil), append(m.forks, nil)
	m.states++
	return m.states - 1
}

// compile adds b between two states.
func (ms *machines) compile(m *machine, b *block, from, to int32) {
	switch b.operator {
	case quiet:
		m.silent[from] = append(m.silent[from], silentEdge{to, b.before})
	case labelled:
		m.sees[from] = append(m.sees[from], labelEdge{to, b.label, b})
	case sequence:
		for i, c := range b.children {
			next := to
			if i < len(b.children)-1 {
				next = m.state()
			}
			ms.compile(m, c, from, next)
			from = next
		}
	case choice:
		for _, c := range b.children {
			ms.compile(m, c, from, to)
		}
	case loop:
		// The states of a loop are its own: those outside may be shared.
		do, done := m.state(), int32(0)
		if body := b.children[0]; body.operator == quiet && len(body.before) == 0 {
			done = do
		} else {
			done = m.state()
			ms.compile(m, body, do, done)
		}
		m.silent[from] = append(m.silent[from], silentEdge{do, b.before})
		ms.compile(m, b.children[1], done, do)
		m.silent[done] = append(m.silent[done], silentEdge{to, b.after})
	case parallel:
		f := &fork{id: ms.forks, to: to, block: b, owner: make([]int32, ms.labels)}
		ms.forks++
		for l := range f.owner {
			f.owner[l] = -1
		}
		for i, c := range b.children {
			branch := ms.machine(c)
			f.branches = append(f.branches, branch)
			f.empty += branch.empty
			for _, l := range c.labels {
				f.owner[l] = int32(i)
			}
		}
		m.forks[from] = append(m.forks[from], f)
		m.all = append(m.all, f)
	}
}
