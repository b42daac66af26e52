package simulator

import (
	"slices"
	"time"
)

// gathering is the batch that a task collects.
type gathering struct {
	items      []reference
	since      time.Duration // when the first of them came
	generation uint32        // of its scheduled end
}

// gather adds an item to the batch of its task, which is let go when it is full,
// when the first has waited long enough, or at its moment.
func (r *run) gather(k int32) {
	t := &r.items[k]
	node := t.node
	n := &r.nodes[node]
	g := &r.gathered[node]
	now := r.des.Now()
	if early := n.batch.early; early != nil {
		if control := r.control(&r.cases[r.frames[t.frame].at]); !control.IsZero() && r.clock(early.from(control)) <= now {
			g.items = append(g.items, reference{k, t.generation})
			r.letGo(node)
			return
		}
	}
	g.items = slices.DeleteFunc(g.items, func(x reference) bool { return r.items[x.at].generation != x.generation })
	if len(g.items) == 0 {
		g.since = now
		g.generation++
		ends := Never
		if n.batch.wait > 0 {
			ends = now + n.batch.wait
		}
		if n.batch.timed {
			ends = min(ends, r.clock(n.batch.next(r.instant(now))))
		}
		if ends != Never { // who comes at that moment is still let in
			r.des.Schedule(max(ends, now), 1, event{batchEvent, uint32(node), g.generation})
		}
	}
	g.items = append(g.items, reference{k, t.generation})
	if n.batch.size > 0 && len(g.items) >= n.batch.size {
		r.letGo(node)
	}
}

// letGo offers the items of a batch to the pools: each by itself, or all as one
// piece of work.
func (r *run) letGo(node int32) {
	g := &r.gathered[node]
	g.generation++
	items := g.items
	g.items = nil
	items = slices.DeleteFunc(items, func(x reference) bool { return r.items[x.at].generation != x.generation })
	if len(items) == 0 {
		return
	}
	if !r.nodes[node].batch.together {
		for _, x := range items {
			r.items[x.at].batch = x.at
			r.ready(x.at)
		}
		g.items = items[:0]
		return
	}
	k := r.newItem(-1, node, -1, batched)
	for _, x := range items {
		r.items[x.at].batch = k
	}
	r.items[k].members = append(r.items[k].members, items...)
	g.items = items[:0]
	r.ready(k)
}

// workTogether returns the time that a batch takes under a law.
func (r *run) workTogether(t *item, l *law) time.Duration {
	sum := time.Duration(0)
	for _, m := range t.members {
		if x := &r.items[m.at]; x.generation == m.generation {
			sum += l.draw(r.uniform(&r.service[t.node], x))
		}
	}
	return time.Duration(float64(sum)*r.nodes[t.node].batch.factor + 0.5).Truncate(time.Microsecond)
}

// completedBatch completes the items of a batch, each with its share of the work.
func (r *run) completedBatch(k, pool, person int32) {
	t := &r.items[k]
	members := slices.Clone(t.members)
	start, complete, work := t.start, t.complete, t.work
	r.freeItem(k)
	left := 0
	for _, m := range members {
		if r.items[m.at].generation == m.generation {
			left++
		}
	}
	for _, m := range members {
		x := &r.items[m.at]
		if x.generation != m.generation {
			continue
		}
		share := (work / time.Duration(left)).Truncate(time.Microsecond)
		work -= share
		left--
		x.start, x.complete, x.work = start, complete, share
		r.recorded(m.at, pool, person)
		r.ended(m.at)
	}
}
