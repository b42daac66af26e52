package simulator

import (
	"time"

	"github.com/uprava/uprava/mining/bpmn"
)

// itemKind is what an item does.
type itemKind uint8

const (
	doing      itemKind = iota // work, or a delay
	awaiting                   // a message
	containing                 // frames of a sub-process, or instances of a repeated task
	racing                     // the events behind an event-based gateway
	listening                  // a boundary event, or an event sub-process that has not begun
	batched                    // work at a batch: it belongs to no frame
)

// item is a token at an activity or event, an instance of one, or what waits for
// an event beside it.
type item struct {
	kind       itemKind
	queued     bool
	begun      bool  // it was begun once
	frame      int32 // -1 of batched
	node       int32
	owner      int32 // item that it is an instance of, or that it listens at; -1
	next, prev int32 // of the same frame or owner
	first      int32 // of the items that it owns; -1 for none
	frames     int32 // first of its frames; -1 for none
	person     int32 // -1 while nobody does it
	pool       int32 // position in the node's pools of that by which a person has it
	level      int32 // priority
	visit      uint32
	instance   uint32 // of a repeated activity
	generation uint32
	rounds     int32 // instances begun
	done       int32 // instances completed
	total      int32 // instances wanted; -1 of a loop
	batch      int32 // item that does it in a batch; -1
	members    []reference
	sequence   uint64 // of its first coming to a queue

	enabled, start, complete time.Duration
	offered                  time.Duration // when it first came to a queue; 0 where it did not
	work                     time.Duration // all of it
	left                     time.Duration // at since
	since                    time.Duration // when it was last begun
	finish                   int64         // on the clock of a person who shares their time
}

func (r *run) newItem(frame, node, owner int32, kind itemKind) int32 {
	var k int32
	if n := len(r.freeItems); n > 0 {
		k = r.freeItems[n-1]
		r.freeItems = r.freeItems[:n-1]
	} else {
		k = int32(len(r.items))
		r.items = append(r.items, item{})
	}
	t := &r.items[k]
	*t = item{kind: kind, frame: frame, node: node, owner: owner, next: -1, prev: -1, first: -1, frames: -1, person: -1, batch: -1,
		generation: t.generation, members: t.members[:0], enabled: r.des.Now() + r.since}
	if frame < 0 {
		return k
	}
	head := &r.frames[frame].first
	if owner >= 0 {
		head = &r.items[owner].first
	}
	t.next = *head
	if t.next >= 0 {
		r.items[t.next].prev = k
	}
	*head = k
	if t.holdsToken() {
		f := &r.frames[frame]
		f.busy++
		r.rest(f, node, 1)
	}
	return k
}

// holdsToken reports whether a token of the frame is at the item.
func (t *item) holdsToken() bool { return t.owner < 0 && t.kind != listening && t.kind != batched }

// freeItem gives the place of an item back. Its token, if it holds one, is still
// counted in the frame.
func (r *run) freeItem(k int32) {
	t := &r.items[k]
	if t.frame >= 0 {
		switch {
		case t.prev >= 0:
			r.items[t.prev].next = t.next
		case t.owner >= 0:
			r.items[t.owner].first = t.next
		default:
			r.frames[t.frame].first = t.next
		}
		if t.next >= 0 {
			r.items[t.next].prev = t.prev
		}
		if t.holdsToken() {
			f := &r.frames[t.frame]
			f.busy--
			r.rest(f, t.node, -1)
		}
	}
	t.generation++
	t.queued = false
	r.freeItems = append(r.freeItems, k)
}

// cancelItem ends an item and all that it owns; its token is gone.
func (r *run) cancelItem(k int32) {
	t := &r.items[k]
	r.drop(k)
	r.clearItem(k)
	if t.holdsToken() {
		r.frames[t.frame].tokens--
		r.touchFrame(t.frame)
		if r.nodes[t.node].suspends {
			r.unhold(r.frames[t.frame].at)
		}
	}
	r.freeItem(k)
}

// clearItem ends what an item owns.
func (r *run) clearItem(k int32) {
	for c := r.items[k].first; c >= 0; c = r.items[k].first {
		r.cancelItem(c)
	}
	for f := r.items[k].frames; f >= 0; f = r.items[k].frames {
		r.items[k].frames = r.frames[f].next
		r.cancelFrame(f)
	}
}

// enable makes an item of a token that came to an activity or event.
func (r *run) enable(frame, at int32) {
	n := &r.nodes[at]
	kind := doing
	switch {
	case n.repeat != nil || n.op == opContain:
		kind = containing
	case n.op == opAwait:
		kind = awaiting
	}
	visit := r.visit(&r.frames[frame], n)
	k := r.newItem(frame, at, -1, kind)
	r.items[k].visit = visit
	for _, b := range n.listeners {
		r.listen(frame, k, b)
	}
	if n.suspends {
		r.hold(r.frames[frame].at)
	}
	switch {
	case n.repeat != nil:
		r.repeat(k)
	case kind == containing:
		r.beginInstance(k)
	case kind == awaiting:
		r.await(k)
	default:
		r.offer(k)
	}
}

// key returns the index of the draws of an item: that of its frame, or of the
// instance of a repeated activity.
func (r *run) key(t *item) uint64 {
	if t.frame < 0 {
		return uint64(t.node)
	}
	key := r.frames[t.frame].key
	if t.instance > 0 {
		key = mixKey(key, r.nodes[t.node].seed, t.visit, t.instance)
	}
	return key
}

// mixKey returns the key of what is within or repeated.
func mixKey(key, seed uint64, visit, instance uint32) uint64 {
	z := key*0x9e3779b97f4a7c15 + seed + uint64(visit)<<32 + uint64(instance)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	return z ^ z>>27
}

// repeat begins the instances of a repeated activity, or its first round.
func (r *run) repeat(k int32) {
	t := &r.items[k]
	n := &r.nodes[t.node]
	if n.repeat.form == bpmn.StandardLoop {
		t.total = -1
		r.beginInstance(k)
		return
	}
	t.total = r.instances(k, n.repeat)
	if t.total == 0 {
		r.finish(k)
		return
	}
	if n.repeat.form == bpmn.SequentialInstances {
		r.beginInstance(k)
		return
	}
	for range t.total {
		r.beginInstance(k)
	}
}

// instances returns how many instances of an activity a case has.
func (r *run) instances(k int32, p *repeat) int32 {
	t := &r.items[k]
	if p.attribute >= 0 {
		x := r.cases[r.frames[t.frame].at].Values[p.attribute]
		return int32(min(max(x+0.5, 0), mostInstances))
	}
	u := r.extras[t.node].Uniform(r.frames[t.frame].key, uint64(t.visit)<<2)
	for i, upTo := range p.upTo {
		if u < upTo {
			return p.counts[i]
		}
	}
	return p.counts[len(p.counts)-1]
}

// beginInstance begins the next instance of an activity.
func (r *run) beginInstance(k int32) {
	t := &r.items[k]
	n := &r.nodes[t.node]
	frame, node, visit, instance := t.frame, t.node, t.visit, uint32(t.rounds)
	t.rounds++
	if n.inside < 0 {
		c := r.newItem(frame, node, k, doing)
		r.items[c].visit, r.items[c].instance = visit, instance
		if n.op == opAwait {
			r.items[c].kind = awaiting
			r.await(c)
			return
		}
		r.offer(c)
		return
	}
	f := r.newFrame(r.frames[frame].at, n.inside, k, mixKey(r.frames[frame].key, n.seed, visit, instance))
	r.frames[f].next = r.items[k].frames
	r.items[k].frames = f
	for _, at := range r.scopes[n.inside].entries {
		r.put(token{f, at, -1})
	}
}

// instanceDone goes on when an instance of an activity is completed: with the next,
// or with what follows the activity.
func (r *run) instanceDone(k int32) {
	t := &r.items[k]
	n := &r.nodes[t.node]
	t.done++
	p := n.repeat
	enough := p == nil || p.enough > 0 && t.done >= p.enough
	switch {
	case enough:
	case p.form == bpmn.StandardLoop:
		u := r.extras[t.node].Uniform(r.frames[t.frame].key, uint64(t.visit)<<34|uint64(t.done)<<2|1)
		enough = u >= p.again*power(p.decay, uint32(t.done-1)) || p.most > 0 && t.done >= p.most
	default:
		enough = t.done >= t.total
	}
	switch {
	case enough:
		r.finish(k)
	case p.form != bpmn.ParallelInstances:
		r.beginInstance(k)
	}
}

// finish completes an activity: its token goes on.
func (r *run) finish(k int32) {
	t := &r.items[k]
	frame, node := t.frame, t.node
	r.clearItem(k)
	if r.nodes[node].suspends {
		r.unhold(r.frames[frame].at)
	}
	r.freeItem(k)
	r.leave(frame, node)
}

// recorded tells the observer, and the figures, of a completed activity instance.
func (r *run) recorded(k int32, pool, person int32) {
	t := &r.items[k]
	c := &r.cases[r.frames[t.frame].at]
	n := &r.nodes[t.node]
	c.Waiting += t.start - t.enabled
	c.Processing += t.work
	c.Cost += n.cost
	if pool >= 0 {
		c.Labour += t.work
		c.touch(t.start, t.complete, t.work)
		c.Cost += r.Program.pools[pool].cost * t.work.Hours()
	}
	if n.activity < 0 {
		return
	}
	if c.Counted {
		r.collected.instance(n.activity, t)
	}
	if o := r.cfg.Observer; o != nil {
		r.instance = Instance{Activity: int(n.activity), Pool: int(pool), Member: int(person),
			Enabled: t.enabled, Offered: t.start, Start: t.start, Complete: t.complete, Work: t.work}
		if t.sequence != 0 {
			r.instance.Offered = t.offered
		}
		o.Completed(&c.Case, &r.instance)
	}
}

// ended goes on after the completion of an item that was done: an instance, a
// branch of a race, or the activity itself.
func (r *run) ended(k int32) {
	owner := r.items[k].owner
	if owner < 0 {
		r.finish(k)
		return
	}
	if r.items[owner].kind == racing {
		frame, node := r.items[k].frame, r.items[k].node
		r.clearItem(owner) // the other branches, and this one
		r.freeItem(owner)
		r.leave(frame, node)
		return
	}
	r.clearItem(k)
	r.freeItem(k)
	r.instanceDone(owner)
}
