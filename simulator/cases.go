package simulator

import (
	"time"
)

// arrive lets a case of process p in and schedules the one after it.
func (r *run) arrive(p int32) error {
	now := r.des.Now()
	k := &r.counting
	counted := false
	if k.until == Never && now >= k.since {
		number := r.nextNumber
		r.nextNumber++
		counted = number >= k.from && number < k.to
		if number == k.from || number == k.to-1 {
			r.window()
		}
		k.done = number >= k.to-1
	} else if now >= k.since && now < k.until {
		// Of the window's cases the first Warmup are left out.
		counted = r.collected.inWindow >= k.from
		r.collected.inWindow++
	}
	i := r.newCase(p, counted, now)
	r.nextArrival(p)
	return r.admit(i, r.processes[p].start)
}

// newCase makes a case of process p that arrived at a moment, with its attributes
// and its legal term.
func (r *run) newCase(p int32, counted bool, arrival time.Duration) int32 {
	now := r.des.Now()
	var i int32
	if n := len(r.freeCases); n > 0 {
		i = r.freeCases[n-1]
		r.freeCases = r.freeCases[:n-1]
	} else {
		i = int32(len(r.cases))
		r.cases = append(r.cases, caseState{})
		r.values = append(r.values, make([]float64, r.perCase)...)
	}
	c := &r.cases[i]
	*c = caseState{root: -1, live: true, entered: now, talk: -1, touched: c.touched[:0],
		Case: Case{Process: int(p), Number: r.arrived[p], Counted: counted, Arrival: arrival, Due: Never, Requested: Never, Delivered: Never, End: Never}}
	r.arrived[p]++
	process := &r.processes[p]
	if n := int(process.values); n > 0 {
		c.Values = r.values[int(i)*r.perCase:][:n]
		clear(c.Values)
		for k := range process.attributes {
			c.Values[k] = process.attributes[k].draw(r.traits[p][k].Uniform(uint64(c.Number), 0))
		}
	}
	if l := process.limit; l != nil {
		c.term = l.term(r.terms[p].Uniform(uint64(c.Number), 0))
		r.begins(c)
	}
	if counted {
		r.counting.under++
	}
	r.collected.enter(now)
	if o := r.cfg.Observer; o != nil {
		o.Arrived(&c.Case)
	}
	return i
}

// admit lets a case begin at a node, or keeps it at the entry while as many as may
// be are under way.
func (r *run) admit(i, start int32) error {
	c := &r.cases[i]
	p := int32(c.Process)
	if most := r.processes[p].most; most > 0 && r.under[p] >= most {
		r.gates[p].push(i)
		return nil
	}
	r.under[p]++
	c.root = r.newFrame(i, p, -1, uint64(c.Number))
	r.put(token{c.root, start, -1})
	return r.settle()
}

// endCase records the end of a case and frees its place. The case that has waited
// longest at the entry is let in.
func (r *run) endCase(i int32) {
	c := &r.cases[i]
	c.End = r.des.Now()
	r.collected.leave(c)
	if c.Counted {
		r.counting.under--
		r.collected.count(r.Program, c, r.lead(&c.Case), r.flow(c))
	}
	if o := r.cfg.Observer; o != nil {
		o.Ended(&c.Case)
	}
	c.live = false
	r.freeCases = append(r.freeCases, i)
	p := int32(c.Process)
	if r.processes[p].most > 0 {
		if r.under[p]--; r.gates[p].n > 0 {
			r.under[p]++
			next := r.gates[p].pop()
			r.cases[next].root = r.newFrame(next, p, -1, uint64(r.cases[next].Number))
			r.put(token{r.cases[next].root, r.processes[p].start, -1})
		}
	}
	if c.talk >= 0 {
		r.leaveTalk(i)
	}
}

// abandon ends a case that gave up, was turned away or failed.
func (r *run) abandon(i int32) {
	r.cases[i].Abandoned = true
	r.cancelFrame(r.cases[i].root)
	r.endCase(i)
}

// begins sets the due date of a case by its term, which runs from the request where
// the process names one and from the arrival otherwise.
func (r *run) begins(c *caseState) {
	p := &r.processes[c.Process]
	from := c.Arrival
	if p.requested {
		if from = c.Requested; from == Never {
			return
		}
	}
	c.Due = r.clock(p.limit.due(r.instant(from), c.term))
}

// hold stops the legal clock of a case, once more.
func (r *run) hold(i int32) {
	c := &r.cases[i]
	if c.stopped++; c.stopped == 1 {
		c.since = r.des.Now()
	}
}

// unhold lets it go on when nothing holds it any more: the due date is put off.
func (r *run) unhold(i int32) {
	c := &r.cases[i]
	if c.stopped--; c.stopped > 0 || c.Due == Never {
		return
	}
	if p := &r.processes[c.Process]; p.limit != nil {
		since := c.since
		if p.requested {
			since = max(since, c.Requested)
		}
		c.Due = r.clock(p.limit.extend(r.instant(c.Due), r.instant(since), r.instant(r.des.Now())))
		c.Suspended += r.des.Now() - since
	}
}

// frame is a scope that a case is in: its process, or the inside of a sub-process.
type frame struct {
	at         int32 // case
	scope      int32
	parent     int32 // item that it is an instance of; -1 of a process
	next       int32 // of the same parent
	tokens     int32
	busy       int32 // of its tokens, those at an activity or event
	first      int32 // of its items; -1 for none
	base       int32 // of its counters in the slab of the scope
	generation uint32
	key        uint64 // of its draws
	moved      bool   // it is among run.moved
}

// slab holds the counters of the frames of a scope.
type slab struct {
	counters []int32
	free     []int32
}

func (r *run) newFrame(i, scope, parent int32, key uint64) int32 {
	var f int32
	if n := len(r.free); n > 0 {
		f = r.free[n-1]
		r.free = r.free[:n-1]
	} else {
		f = int32(len(r.frames))
		r.frames = append(r.frames, frame{})
	}
	r.frames[f] = frame{at: i, scope: scope, parent: parent, next: -1, first: -1, generation: r.frames[f].generation, key: key}
	if size := r.scopes[scope].slots; size > 0 {
		s := &r.slabs[scope]
		if n := len(s.free); n > 0 {
			r.frames[f].base = s.free[n-1]
			s.free = s.free[:n-1]
			clear(s.counters[r.frames[f].base:][:size])
		} else {
			r.frames[f].base = int32(len(s.counters))
			s.counters = append(s.counters, make([]int32, size)...)
		}
	}
	for _, at := range r.scopes[scope].reactions {
		r.listen(f, -1, at)
	}
	return f
}

// slots returns the counters of a frame.
func (r *run) slots(f *frame) []int32 {
	return r.slabs[f.scope].counters[f.base:][:r.scopes[f.scope].slots]
}

// freeFrame gives the place of an empty frame back.
func (r *run) freeFrame(f int32) {
	x := &r.frames[f]
	for k := x.first; k >= 0; k = x.first {
		r.cancelItem(k) // event sub-processes that did not begin
	}
	if r.scopes[x.scope].slots > 0 {
		s := &r.slabs[x.scope]
		s.free = append(s.free, x.base)
	}
	x.generation++
	r.free = append(r.free, f)
}

// cancelFrame ends all that goes on in a frame.
func (r *run) cancelFrame(f int32) {
	r.empty(f)
	r.freeFrame(f)
}

// empty takes all tokens out of a frame.
func (r *run) empty(f int32) {
	x := &r.frames[f]
	for k := x.first; k >= 0; k = x.first {
		r.cancelItem(k)
	}
	n := 0
	for _, t := range r.tokens {
		if t.frame != f {
			r.tokens[n] = t
			n++
		}
	}
	r.tokens = r.tokens[:n]
	x.tokens = 0
	clear(r.slots(x)[r.scopes[x.scope].kept:])
}

// ring is a queue of which the first in is the first out.
type ring[T any] struct {
	items   []T // length a power of two
	from, n int
}

func (q *ring[T]) push(x T) {
	if q.n == len(q.items) {
		grown := make([]T, max(16, 2*q.n))
		k := copy(grown, q.items[q.from:])
		copy(grown[k:], q.items[:q.from])
		q.items, q.from = grown, 0
	}
	q.items[(q.from+q.n)&(len(q.items)-1)] = x
	q.n++
}

func (q *ring[T]) pop() T {
	x := q.items[q.from]
	q.from = (q.from + 1) & (len(q.items) - 1)
	q.n--
	return x
}
