package simulator

import (
	"time"

	"github.com/uprava/uprava/twin"
)

// offer lets an item go on as far as the rules of its task allow: kept until its
// release, until the next batch, in the queue of its pools, or straight into a
// delay.
func (r *run) offer(k int32) {
	t := &r.items[k]
	n := &r.nodes[t.node]
	if n.release == nil && n.batch == nil && !n.delayed {
		r.ready(k)
		return
	}
	c := &r.cases[r.frames[t.frame].at]
	from := max(r.des.Now(), r.extraneous(t, t.enabled))
	if n.batch != nil && n.batch.gathers() {
		if from = r.releasedAt(n, c, from); from <= r.des.Now() {
			r.gather(k)
			return
		}
	} else {
		from = r.readyAt(n, c, from)
	}
	if from > r.des.Now() {
		r.des.Schedule(from, 0, event{releaseEvent, uint32(k), t.generation})
		return
	}
	r.ready(k)
}

// control returns the date by which the body itself wants a case done; the zero
// time where it has no limit.
func (r *run) control(c *caseState) time.Time {
	l := r.processes[c.Process].limit
	if c.Due == Never || l == nil {
		return time.Time{}
	}
	return r.instant(c.Due).AddDate(0, 0, -l.control)
}

// releasedAt returns from when the release rule of a task lets a case through.
func (r *run) releasedAt(n *node, c *caseState, from time.Duration) time.Duration {
	if n.release == nil {
		return from
	}
	if control := r.control(c); !control.IsZero() {
		from = max(from, r.clock(n.release.from(control)))
	}
	return from
}

// readyAt returns from when the rules of a task let a case through that could be
// offered from the given moment.
func (r *run) readyAt(n *node, c *caseState, from time.Duration) time.Duration {
	from = r.releasedAt(n, c, from)
	if n.batch == nil {
		return from
	}
	moment := r.clock(n.batch.next(r.instant(from)))
	if early := n.batch.early; early != nil {
		if control := r.control(c); !control.IsZero() {
			moment = min(moment, max(from, r.clock(early.from(control))))
		}
	}
	return moment
}

// ready puts an item where it is taken up: the batch that it waits for, the queues
// of its pools or, where it needs nobody, its delay.
func (r *run) ready(k int32) {
	t := &r.items[k]
	n := &r.nodes[t.node]
	if t.kind == doing && t.batch < 0 && n.batch != nil && n.batch.gathers() && !t.begun {
		r.gather(k)
		return
	}
	if len(n.pools) > 0 {
		r.enqueue(k)
		return
	}
	t.start = r.des.Now()
	switch {
	case t.kind == batched:
		t.work = r.workTogether(t, &n.time)
	case n.time.scale == 0:
	case r.since < 0: // under way since then
		u := r.uniform(&r.service[t.node], t)
		t.start = t.enabled
		t.work = max(n.time.draw(n.time.given(u, r.nodeHours[t.node].between(t.start, r.des.Now()).Seconds())), r.nodeHours[t.node].between(t.start, r.des.Now()))
	default:
		t.work = n.time.draw(r.uniform(&r.service[t.node], t))
	}
	t.complete = max(r.nodeHours[t.node].add(t.start, t.work), r.des.Now())
	r.des.Schedule(t.complete, 0, event{completeEvent, uint32(k), t.generation})
}

// enqueue puts an item into the queues of its pools.
func (r *run) enqueue(k int32) {
	t := &r.items[k]
	n := &r.nodes[t.node]
	t.queued = true
	r.waiting[t.node]++
	if t.sequence == 0 {
		r.sequence++
		t.sequence, t.offered = r.sequence, r.des.Now()
		t.level = r.priority(t)
		if n.impatient && t.kind == doing {
			wait := n.patience.draw(r.extras[t.node].Uniform(r.key(t), uint64(t.visit)<<2|2))
			r.des.Schedule(r.des.Now()+wait, 0, event{patienceEvent, uint32(k), t.generation})
		}
		if n.room >= 0 && t.kind == doing {
			r.crowd = append(r.crowd, reference{k, t.generation})
		}
	}
	for i, p := range n.pools {
		w := waiting{sequence: t.sequence, item: k, generation: t.generation}
		switch r.Program.pools[p].queue {
		case twin.EarliestDue:
			w.key = int64(r.due(t))
		case twin.Shortest:
			w.key = int64(r.expected(t, n, i))
		case twin.MostUrgent:
			w.key = -int64(t.level)
		}
		r.pools[p].queue.push(w)
		r.touch(p)
	}
}

// due returns the due date of an item: of a batch, the earliest.
func (r *run) due(t *item) time.Duration {
	if t.kind != batched {
		return r.cases[r.frames[t.frame].at].Due
	}
	least := Never
	for _, m := range t.members {
		if x := &r.items[m.at]; x.generation == m.generation {
			least = min(least, r.due(x))
		}
	}
	return least
}

// priority returns that of an item: of its task, and of its case by the first rule
// that holds; of a batch, the greatest.
func (r *run) priority(t *item) int32 {
	level := r.nodes[t.node].priority
	if t.kind == batched {
		for i, m := range t.members {
			if x := r.priority(&r.items[m.at]); i == 0 || x > level {
				level = x
			}
		}
		return level
	}
	c := &r.cases[r.frames[t.frame].at]
	for _, p := range r.processes[c.Process].priorities {
		if p.when.holds(c.Values) {
			return level + p.level
		}
	}
	return level
}

// expected returns the time that an item will take in a pool, or what is left.
func (r *run) expected(t *item, n *node, pool int) time.Duration {
	switch {
	case t.begun:
		return t.left
	case t.kind == batched:
		return r.workTogether(t, n.lawOf(pool, -1))
	}
	return n.lawOf(pool, -1).draw(r.uniform(&r.service[t.node], t))
}
