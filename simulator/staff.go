package simulator

import (
	"cmp"
	"slices"
	"time"

	"github.com/uprava/uprava/twin"
)

// poolState is a pool at run time.
type poolState struct {
	hours *hours // of all members, where the pool is plain
	idle  idleList
	queue queue
	wake  time.Duration // when an opening is scheduled for; Never for none
	dirty bool
	done  Total // working time of people who worked for it and are idle again
}

// personState is a person at run time.
type personState struct {
	load  int32 // items at hand
	item  int32 // the only one at hand, of a person who does one at a time; -1
	turn  uint32
	last  int32         // activity done last; -1
	busy  int32         // pool that the present stint counts for
	since time.Duration // when it began
	share *sharing      // of a person who does several items at once; nil
	stamp uint32        // of the scheduled completion of a sharing person
}

// idleList holds who has time, the longest idle first. Who was taken stays in it,
// out of turn, until passed over.
type idleList struct {
	people []reference // generation is personState.turn
	from   int
}

// hire sets up pools and people.
func (r *run) hire() {
	r.peopleHours = make([]*hours, len(r.Program.people))
	r.staff = make([]personState, len(r.Program.people))
	for i := range r.staff {
		p := &r.Program.people[i]
		r.peopleHours[i] = p.hours.at(r.origin)
		r.staff[i] = personState{item: -1, last: -1}
		if p.atOnce != 1 {
			r.staff[i].share = &sharing{}
		}
	}
	r.pools = make([]poolState, len(r.Program.pools))
	for i := range r.pools {
		p, s := &r.Program.pools[i], &r.pools[i]
		s.hours = p.hours.at(r.origin)
		s.wake = Never
		s.queue.sorted = p.queue != twin.FIFO || p.picky || p.offShift == twin.HandOn
		for _, m := range p.members {
			s.idle.people = append(s.idle.people, reference{m, 0})
		}
	}
}

// touch notes that a pool may have work to give out.
func (r *run) touch(p int32) {
	if !r.pools[p].dirty {
		r.pools[p].dirty = true
		r.dirty = append(r.dirty, p)
	}
}

// giveOut lets the pools that changed give out waiting work, in their order, and
// turns away those for whom there is no room.
func (r *run) giveOut() error {
	if len(r.dirty) > 1 {
		slices.Sort(r.dirty)
	}
	for k := 0; k < len(r.dirty); k++ {
		r.pools[r.dirty[k]].dirty = false
		r.giveOutOf(r.dirty[k])
	}
	r.dirty = r.dirty[:0]
	if len(r.crowd) == 0 {
		return nil
	}
	for k := len(r.crowd) - 1; k >= 0; k-- { // the last to come goes first
		m := r.crowd[k]
		if t := &r.items[m.at]; t.generation == m.generation && t.queued && r.waiting[t.node] > r.nodes[t.node].room {
			r.abandon(r.frames[t.frame].at)
		}
	}
	r.crowd = r.crowd[:0]
	return r.settle()
}

// giveOutOf gives waiting work of a pool to those of its people who have time and
// are on shift. Where work waits and all who have time are off shift, the next
// opening is scheduled.
func (r *run) giveOutOf(p int32) {
	s := &r.pools[p]
	for {
		w, ok := s.queue.head(r.items)
		if !ok {
			return
		}
		at, m := r.available(w.item)
		switch {
		case m >= 0:
			s.queue.pop()
			r.take(w.item, at, m)
		case r.Program.pools[p].preempt && r.interrupt(p, w.item):
		case r.Program.pools[p].picky && r.pick(p):
		default:
			if opens := r.opening(p); opens < s.wake {
				s.wake = opens
				r.des.Schedule(opens, 0, event{openEvent, uint32(p), 0})
			}
			return
		}
	}
}

// pick takes the first item behind the head of a queue that somebody can do who has
// time, and reports whether there was one.
func (r *run) pick(p int32) bool {
	s := &r.pools[p]
	var passed []waiting
	found := false
	for !found {
		w, ok := s.queue.head(r.items)
		if !ok {
			break
		}
		s.queue.pop()
		if at, m := r.available(w.item); m >= 0 {
			r.take(w.item, at, m)
			found = true
			continue
		}
		passed = append(passed, w)
	}
	for _, w := range passed {
		s.queue.push(w)
	}
	return found
}

// available returns the first of an item's pools with somebody who has time, is on
// shift and can do it, and who has been idle longest there; -1 where there is none.
func (r *run) available(k int32) (pool int, m int32) {
	t := &r.items[k]
	n := &r.nodes[t.node]
	now := r.des.Now()
	for at, p := range n.pools {
		s := &r.pools[p]
		if r.Program.pools[p].plain {
			if m := r.longestIdle(&s.idle); m >= 0 && s.hours.open(now) {
				return at, m
			}
			continue
		}
		if r.longestIdle(&s.idle) < 0 {
			continue
		}
		best, least := int32(-1), int32(0)
		for _, x := range s.idle.people[s.idle.from:] {
			if x.generation != r.staff[x.at].turn || !r.peopleHours[x.at].open(now) || !r.can(x.at, at, t) {
				continue
			}
			if load := r.staff[x.at].load; best < 0 || load < least {
				best, least = x.at, load
			}
			if least == 0 {
				break
			}
		}
		if best >= 0 {
			return at, best
		}
	}
	return 0, -1
}

// longestIdle returns the first of a list; -1 where nobody is idle.
func (r *run) longestIdle(l *idleList) int32 {
	for l.from < len(l.people) {
		if x := l.people[l.from]; x.generation == r.staff[x.at].turn {
			return x.at
		}
		l.from++
	}
	l.people, l.from = l.people[:0], 0
	return -1
}

// add puts somebody at the end of a list.
func (l *idleList) add(x reference, staff []personState) {
	if len(l.people) == cap(l.people) && len(l.people) > 0 {
		still := l.people[:0]
		if l.from < len(l.people)/2 { // few were passed over: a longer list, so that this stays rare
			still = make([]reference, 0, 2*cap(l.people))
		}
		for _, y := range l.people[l.from:] {
			if y.generation == staff[y.at].turn {
				still = append(still, y)
			}
		}
		l.people, l.from = still, 0
	}
	l.people = append(l.people, x)
}

// can reports whether a person may begin an item now: they have the skill and,
// where work is begun only if it can be finished, the time. Work longer than a
// shift is begun at its beginning.
func (r *run) can(m int32, pool int, t *item) bool {
	n := &r.nodes[t.node]
	if !r.Program.people[m].can(n) {
		return false
	}
	if r.Program.pools[n.pools[pool]].offShift != twin.FitOnly {
		return true
	}
	h, now := r.peopleHours[m], r.des.Now()
	if h == nil {
		return true
	}
	begins := now == 0 || h.between(now-time.Microsecond, now) == 0
	return begins || h.between(now, h.close(now)) >= r.effort(t, n, pool, m)
}

// opening returns the next moment, later than now, at which somebody of a pool who
// has time comes on shift.
func (r *run) opening(p int32) time.Duration {
	s, now := &r.pools[p], r.des.Now()
	if r.Program.pools[p].plain {
		if r.longestIdle(&s.idle) < 0 {
			return Never
		}
		return s.hours.next(now)
	}
	least := Never
	for _, x := range s.idle.people[s.idle.from:] {
		if x.generation != r.staff[x.at].turn {
			continue
		}
		h := r.peopleHours[x.at]
		at := h.next(now)
		if at == now {
			if at = h.close(now); at != Never {
				at = h.next(at)
			}
		}
		least = min(least, at)
	}
	return least
}

// effort returns the working time of an item that a person would begin, set-up
// included.
func (r *run) effort(t *item, n *node, pool int, m int32) time.Duration {
	if t.begun {
		return t.left
	}
	l := n.lawOf(pool, m)
	var work time.Duration
	if t.kind == batched {
		work = r.workTogether(t, l)
	} else {
		work = l.draw(r.uniform(&r.service[t.node], t))
	}
	if n.sets && r.staff[m].last != n.activity {
		work += n.setUp.draw(r.extras[t.node].Uniform(r.key(t), uint64(t.visit)<<2|3))
	}
	if pace := r.Program.people[m].pace; pace != 1 {
		work = (time.Duration(float64(work)/pace) + time.Microsecond/2).Truncate(time.Microsecond)
	}
	return work
}

// take lets person m, of the item's pool at the given position, begin the item, or
// go on with it.
func (r *run) take(k int32, pool int, m int32) {
	t := &r.items[k]
	n := &r.nodes[t.node]
	now := r.des.Now()
	if !t.begun {
		t.start, t.work = now, r.effort(t, n, pool, m)
		t.left = t.work
		if t.kind != batched && !n.sets && r.cases[r.frames[t.frame].at].Counted {
			r.collected.controls.working[n.pools[pool]] += t.work.Seconds() - n.lawOf(pool, m).average/r.Program.people[m].pace
		}
	}
	t.queued, t.begun, t.person, t.pool, t.since = false, true, m, int32(pool), now
	r.waiting[t.node]--
	p := &r.staff[m]
	p.last = n.activity
	if p.load++; p.load == 1 {
		p.busy, p.since = n.pools[pool], now
	}
	if most := r.Program.people[m].atOnce; most == twin.Unlimited || p.load < most {
		// they have time for more
	} else {
		p.turn++
	}
	if p.share != nil {
		r.shareIn(m, k)
		return
	}
	p.item = k
	h := r.peopleHours[m]
	switch r.Program.pools[n.pools[pool]].offShift {
	case twin.Finish:
		t.complete = now + t.left
	case twin.HandOn:
		t.complete = h.add(now, t.left)
		if closes := h.close(now); closes < t.complete {
			r.des.Schedule(closes, 0, event{closeEvent, uint32(k), t.generation})
			return
		}
	default:
		t.complete = h.add(now, t.left)
	}
	r.des.Schedule(t.complete, 0, event{completeEvent, uint32(k), t.generation})
}

// completed ends an item's work, sends its token on and frees who did it. An item
// that its token makes for the same pool is in the queue when the pool looks for
// the next.
func (r *run) completed(k int32) {
	t := &r.items[k]
	m, pool := t.person, int32(-1)
	if m >= 0 {
		pool = r.nodes[t.node].pools[t.pool]
		r.letOff(k)
	}
	if t.kind == batched {
		r.completedBatch(k, pool, m)
		return
	}
	r.recorded(k, pool, m)
	r.ended(k)
}

// letOff frees who is at an item.
func (r *run) letOff(k int32) {
	t := &r.items[k]
	m := t.person
	t.person = -1
	p := &r.staff[m]
	if p.share != nil {
		r.shareOut(m, k)
	}
	p.item = -1
	most := r.Program.people[m].atOnce
	again := most != twin.Unlimited && p.load == most
	if p.load--; p.load == 0 {
		r.pools[p.busy].done.add(r.stint(m), 1)
	}
	for _, pool := range r.Program.people[m].pools {
		if again {
			r.pools[pool].idle.add(reference{m, p.turn}, r.staff)
		}
		r.touch(pool)
	}
}

// stint returns how long a person has worked since they were idle.
func (r *run) stint(m int32) time.Duration {
	p := &r.staff[m]
	if r.Program.pools[p.busy].offShift == twin.Finish {
		return r.des.Now() - p.since
	}
	return r.peopleHours[m].between(p.since, r.des.Now())
}

// putBack returns an item to the queues of its pools, to be gone on with.
func (r *run) putBack(k int32) {
	t := &r.items[k]
	t.left -= r.peopleHours[t.person].between(t.since, r.des.Now())
	t.generation++
	r.letOff(k)
	r.enqueue(k)
}

// interrupt frees somebody of a pool from work that is less urgent than an item,
// the least urgent and the latest begun, and reports whether there was any.
func (r *run) interrupt(p, k int32) bool {
	more, now := &r.items[k], r.des.Now()
	level, least := more.level, int32(-1)
	pool := slices.Index(r.nodes[more.node].pools, p)
	for _, m := range r.Program.pools[p].members {
		at := r.staff[m].item
		if at < 0 || !r.peopleHours[m].open(now) || !r.can(m, pool, more) {
			continue
		}
		t := &r.items[at]
		if t.level >= level {
			continue
		}
		if least < 0 || cmp.Or(cmp.Compare(t.level, r.items[least].level), -cmp.Compare(t.since, r.items[least].since), -cmp.Compare(t.sequence, r.items[least].sequence)) < 0 {
			least = at
		}
	}
	if least < 0 {
		return false
	}
	r.putBack(least)
	return true
}

// drop takes an item from whoever is at it, from queues and from batches.
func (r *run) drop(k int32) {
	t := &r.items[k]
	if t.queued {
		t.queued = false
		r.waiting[t.node]--
	}
	if t.person >= 0 {
		r.letOff(k)
	}
}
