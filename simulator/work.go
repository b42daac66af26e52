package simulator

import (
	"cmp"
	"slices"
	"time"
)

// poolState is a pool at run time.
type poolState struct {
	hours *hours // of all members, where the pool is uniform
	idle  []int32
	queue queue
	wake  time.Duration // when an opening is scheduled for; Never for none
	dirty bool
	done  time.Duration // working time of completed work
}

type personState struct {
	item int32 // -1 while idle
}

// enable makes an item of a token that came to a task, and lets it go on as far
// as the rules of the task allow: kept until its release, until the next batch,
// in the queue of its pools, or straight into a delay.
func (r *run) enable(i, at int32) {
	k := r.newItem(i, at)
	t, c := &r.items[k], &r.cases[i]
	n := &r.nodes[at]
	t.visit = r.visit(i, n)
	if n.release == nil && n.batch == nil && !n.delayed {
		r.ready(k)
		return
	}
	if from := r.readyAt(n, c, r.des.Now()+r.extraneous(i, at, t.visit)); from > r.des.Now() {
		r.des.Schedule(from, 0, event{releaseEvent, uint32(k), t.generation})
		return
	}
	r.ready(k)
}

// readyAt returns from when the rules of a task let a case through that could be
// offered from the given moment.
func (r *run) readyAt(n *node, c *caseState, from time.Duration) time.Duration {
	control := time.Time{}
	if c.Due != Never && (n.release != nil || n.batch != nil && n.batch.early != nil) {
		control = r.instant(c.Due).AddDate(0, 0, -r.processes[c.Process].limit.control)
	}
	if n.release != nil && !control.IsZero() {
		from = max(from, r.clock(n.release.from(control)))
	}
	if n.batch == nil {
		return from
	}
	moment := r.clock(n.batch.next(r.instant(from)))
	if early := n.batch.early; early != nil && !control.IsZero() {
		moment = min(moment, max(from, r.clock(early.from(control))))
	}
	return moment
}

// ready puts an item where it is taken up: the queues of its pools or, where it
// needs nobody, its delay.
func (r *run) ready(k int32) {
	t := &r.items[k]
	n := &r.nodes[t.node]
	if len(n.pools) > 0 {
		t.queued = true
		r.sequence++
		q := waiting{due: r.cases[t.at].Due, sequence: r.sequence, item: k, generation: t.generation}
		for _, p := range n.pools {
			r.pools[p].queue.push(q)
			r.touch(p)
		}
		return
	}
	u := r.uniform(&r.service[t.node], t.at, t.node, t.visit)
	t.start, t.work = r.des.Now(), n.time.draw(u)
	t.complete = r.nodeHours[t.node].add(t.start, t.work)
	r.des.Schedule(t.complete, 0, event{completeEvent, uint32(k), t.generation})
}

// touch notes that a pool may have work to give out.
func (r *run) touch(p int32) {
	if !r.pools[p].dirty {
		r.pools[p].dirty = true
		r.dirty = append(r.dirty, p)
	}
}

// giveOut lets the pools that changed give out waiting work, in their order.
func (r *run) giveOut() {
	if len(r.dirty) > 1 {
		slices.Sort(r.dirty)
	}
	for k := 0; k < len(r.dirty); k++ {
		r.pools[r.dirty[k]].dirty = false
		r.giveOutOf(r.dirty[k])
	}
	r.dirty = r.dirty[:0]
}

// giveOutOf gives waiting work of a pool to those of its people who are idle and
// on shift. Where work waits and all who are idle are off shift, the next
// opening is scheduled.
func (r *run) giveOutOf(p int32) {
	s := &r.pools[p]
	for {
		w, ok := s.queue.head(r.items)
		if !ok || len(s.idle) == 0 {
			return
		}
		at, m := r.free(w.item)
		if m < 0 {
			if opens := r.opening(p); opens < s.wake {
				s.wake = opens
				r.des.Schedule(opens, 0, event{openEvent, uint32(p), 0})
			}
			return
		}
		s.queue.pop()
		r.take(w.item, at, m)
	}
}

// free returns the first of an item's pools with somebody idle and on shift, and
// who has been idle longest there; -1 where there is none.
func (r *run) free(k int32) (pool int, m int32) {
	now := r.des.Now()
	for at, p := range r.nodes[r.items[k].node].pools {
		s := &r.pools[p]
		if len(s.idle) == 0 {
			continue
		}
		if r.Program.pools[p].uniform {
			if s.hours.open(now) {
				return at, s.idle[0]
			}
			continue
		}
		for _, m := range s.idle {
			if r.memberHours[m].open(now) {
				return at, m
			}
		}
	}
	return 0, -1
}

// opening returns the next moment at which somebody idle of a pool is on shift.
func (r *run) opening(p int32) time.Duration {
	s, now := &r.pools[p], r.des.Now()
	if r.Program.pools[p].uniform {
		return s.hours.next(now)
	}
	least := Never
	for _, m := range s.idle {
		least = min(least, r.memberHours[m].next(now))
	}
	return least
}

// take lets member m, of the item's pool at the given position, begin the item.
func (r *run) take(k int32, pool int, m int32) {
	t := &r.items[k]
	n := &r.nodes[t.node]
	l := &n.time
	if n.poolTime != nil {
		l = &n.poolTime[pool]
	}
	if n.personal != nil {
		if own, ok := n.personal[m]; ok {
			l = &own
		}
	}
	u := r.uniform(&r.service[t.node], t.at, t.node, t.visit)
	t.queued, t.member = false, m
	t.start, t.work = r.des.Now(), l.draw(u)
	t.complete = r.memberHours[m].add(t.start, t.work)
	r.people[m].item = k
	s := &r.pools[r.members[m].pool]
	at := slices.Index(s.idle, m)
	s.idle = slices.Delete(s.idle, at, at+1)
	r.des.Schedule(t.complete, 0, event{completeEvent, uint32(k), t.generation})
}

// completed ends an item's work, sends its token on and frees who did it. The
// token goes first: an item that it makes for the same pool is in the queue when
// the pool looks for the next.
func (r *run) completed(k int32) error {
	t := r.items[k]
	c := &r.cases[t.at]
	n := &r.nodes[t.node]
	pool := int32(-1)
	if t.member >= 0 {
		pool = r.members[t.member].pool
		r.pools[pool].done += t.work
		c.Labour += t.work
		r.idle(t.member)
	}
	c.Waiting += t.start - t.enabled
	c.Processing += t.work
	if n.activity >= 0 {
		if c.Counted {
			r.collected.instance(n.activity, &t)
		}
		if o := r.cfg.Observer; o != nil {
			r.instance = Instance{Activity: int(n.activity), Pool: int(pool), Member: int(t.member),
				Enabled: t.enabled, Start: t.start, Complete: t.complete, Work: t.work}
			o.Completed(&c.Case, &r.instance)
		}
	}
	r.freeItem(k)
	r.leave(t.at, t.node)
	return r.move(t.at)
}

func (r *run) idle(m int32) {
	p := r.members[m].pool
	r.people[m].item = -1
	r.pools[p].idle = append(r.pools[p].idle, m)
	r.touch(p)
}

// cancel ends all items of a case; who is at one becomes free, and what he did
// for it counts as work.
func (r *run) cancel(i int32) {
	r.tokens = r.tokens[:0]
	for k := r.cases[i].first; k >= 0; {
		t := &r.items[k]
		next := t.next
		if t.member >= 0 {
			r.pools[r.members[t.member].pool].done += r.memberHours[t.member].between(t.start, r.des.Now())
			r.idle(t.member)
		}
		r.freeItem(k)
		k = next
	}
}

func (r *run) newItem(i, node int32) int32 {
	var k int32
	if n := len(r.freeItems); n > 0 {
		k = r.freeItems[n-1]
		r.freeItems = r.freeItems[:n-1]
	} else {
		k = int32(len(r.items))
		r.items = append(r.items, item{})
	}
	c := &r.cases[i]
	r.items[k] = item{at: i, node: node, member: -1, generation: r.items[k].generation, next: c.first, prev: -1, enabled: r.des.Now()}
	if c.first >= 0 {
		r.items[c.first].prev = k
	}
	c.first = k
	c.items++
	r.rest(i, node, 1)
	return k
}

func (r *run) freeItem(k int32) {
	t := &r.items[k]
	c := &r.cases[t.at]
	if t.prev >= 0 {
		r.items[t.prev].next = t.next
	} else {
		c.first = t.next
	}
	if t.next >= 0 {
		r.items[t.next].prev = t.prev
	}
	c.items--
	r.rest(t.at, t.node, -1)
	t.generation++
	t.queued = false
	r.freeItems = append(r.freeItems, k)
}

// waiting is an item in a queue. An item with several pools waits in the queue
// of each; where another took it, or its case ended, it is passed over.
type waiting struct {
	due        time.Duration
	sequence   uint64
	item       int32
	generation uint32
}

// queue holds waiting items, first come first served (a ring) or by due date (a
// heap), ties in the order in which they came.
type queue struct {
	dueFirst bool
	ring     []waiting // length a power of two, or the heap
	from, n  int
}

func (q *queue) push(w waiting) {
	if q.dueFirst {
		q.ring = append(q.ring, w)
		q.n++
		for i := q.n - 1; i > 0; {
			p := (i - 1) / 2
			if !before(&q.ring[i], &q.ring[p]) {
				break
			}
			q.ring[i], q.ring[p] = q.ring[p], q.ring[i]
			i = p
		}
		return
	}
	if q.n == len(q.ring) {
		grown := make([]waiting, max(16, 2*q.n))
		k := copy(grown, q.ring[q.from:])
		copy(grown[k:], q.ring[:q.from])
		q.ring, q.from = grown, 0
	}
	q.ring[(q.from+q.n)&(len(q.ring)-1)] = w
	q.n++
}

func before(a, b *waiting) bool {
	return cmp.Or(cmp.Compare(a.due, b.due), cmp.Compare(a.sequence, b.sequence)) < 0
}

// head returns the item that is next, dropping those that no longer wait.
func (q *queue) head(items []item) (waiting, bool) {
	for q.n > 0 {
		w := q.ring[0]
		if !q.dueFirst {
			w = q.ring[q.from]
		}
		if t := &items[w.item]; t.generation == w.generation && t.queued {
			return w, true
		}
		q.pop()
	}
	return waiting{}, false
}

// pop removes the head.
func (q *queue) pop() {
	q.n--
	if !q.dueFirst {
		q.from = (q.from + 1) & (len(q.ring) - 1)
		return
	}
	q.ring[0] = q.ring[q.n]
	q.ring = q.ring[:q.n]
	for i := 0; ; {
		c := 2*i + 1
		if c >= q.n {
			return
		}
		if c+1 < q.n && before(&q.ring[c+1], &q.ring[c]) {
			c++
		}
		if !before(&q.ring[c], &q.ring[i]) {
			return
		}
		q.ring[i], q.ring[c] = q.ring[c], q.ring[i]
		i = c
	}
}
