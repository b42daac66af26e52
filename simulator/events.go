package simulator

import (
	"slices"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/measure"
)

// listen begins to wait for a boundary event of an item, or for the event of an
// event sub-process of a frame where owner is -1.
func (r *run) listen(frame, owner, at int32) {
	k := r.newItem(frame, at, owner, listening)
	n := &r.nodes[at]
	r.items[k].visit = r.visit(&r.frames[frame], n)
	switch n.listen.trigger {
	case bpmn.TimerTrigger:
		r.des.Schedule(r.goesOff(k), 0, event{timerEvent, uint32(k), r.items[k].generation})
	case bpmn.MessageTrigger:
		r.hear(k)
	}
}

// goesOff returns when a timer goes off that begins now.
func (r *run) goesOff(k int32) time.Duration {
	t := &r.items[k]
	n := &r.nodes[t.node]
	now := r.des.Now()
	at := now
	if n.time.scale != 0 {
		at = r.nodeHours[t.node].add(now, n.time.draw(r.uniform(&r.service[t.node], t)))
	}
	return max(now, r.readyAt(n, &r.cases[r.frames[t.frame].at], r.extraneous(t, at)))
}

// fire lets happen what a boundary event or an event sub-process listens for.
func (r *run) fire(k int32) {
	t := &r.items[k]
	n := &r.nodes[t.node]
	frame, node, owner := t.frame, t.node, t.owner
	if owner >= 0 { // a boundary event: its flows are taken
		switch {
		case n.listen.interrupts:
			r.cancelItem(owner)
		case n.listen.again:
			t.visit = r.visit(&r.frames[frame], n)
			r.des.Schedule(r.goesOff(k), 0, event{timerEvent, uint32(k), t.generation})
		default:
			r.cancelItem(k)
		}
		r.frames[frame].tokens++
		r.leave(frame, node)
		return
	}
	if n.listen.interrupts {
		r.empty(frame)
	} else if !n.listen.again {
		r.cancelItem(k)
	} else {
		t.visit = r.visit(&r.frames[frame], n)
		r.des.Schedule(r.goesOff(k), 0, event{timerEvent, uint32(k), t.generation})
	}
	r.frames[frame].tokens++
	c := r.newItem(frame, node, -1, containing)
	r.items[c].visit = r.visit(&r.frames[frame], n)
	r.beginInstance(c)
}

// catcher returns the item among those of a list that listens for an error or
// escalation; -1 for none. One that names the cause goes before one for any.
func (r *run) catcher(first int32, trigger bpmn.Trigger, cause string) int32 {
	found := int32(-1)
	for k := first; k >= 0; k = r.items[k].next {
		if l := &r.nodes[r.items[k].node].listen; r.items[k].kind == listening && l.trigger == trigger {
			if l.cause == cause {
				return k
			}
			if l.cause == "" {
				found = k
			}
		}
	}
	return found
}

// fail throws an error in a frame: the nearest scope that catches it goes on there.
// Without one the case fails.
func (r *run) fail(frame int32, cause string) {
	for {
		f := &r.frames[frame]
		if k := r.catcher(f.first, bpmn.ErrorTrigger, cause); k >= 0 {
			r.fire(k)
			return
		}
		if f.parent < 0 {
			r.abandon(f.at)
			return
		}
		owner := f.parent
		if k := r.catcher(r.items[owner].first, bpmn.ErrorTrigger, cause); k >= 0 {
			r.fire(k)
			return
		}
		frame = r.items[owner].frame
	}
}

// escalate throws an escalation: the nearest scope that catches it reacts. It
// reports whether that interrupted the frame that threw it.
func (r *run) escalate(frame int32, cause string) (interrupted bool) {
	generation := r.frames[frame].generation
	for at := frame; ; {
		f := &r.frames[at]
		k := r.catcher(f.first, bpmn.EscalationTrigger, cause)
		owner := f.parent
		if k < 0 && owner >= 0 {
			k = r.catcher(r.items[owner].first, bpmn.EscalationTrigger, cause)
		}
		if k >= 0 {
			stops := r.nodes[r.items[k].node].listen.interrupts
			r.fire(k)
			return stops && (at == frame && r.items[k].owner < 0 || r.frames[frame].generation != generation)
		}
		if owner < 0 {
			return false
		}
		at = r.items[owner].frame
	}
}

// race waits for the events behind an event-based gateway.
func (r *run) race(frame, at int32) {
	k := r.newItem(frame, at, -1, racing)
	r.items[k].visit = r.visit(&r.frames[frame], &r.nodes[at])
	for i := range r.nodes[at].out {
		to := r.nodes[at].out[i].to
		visit := r.visit(&r.frames[frame], &r.nodes[to])
		c := r.newItem(frame, to, k, doing)
		r.items[c].visit = visit
		if r.nodes[to].op == opAwait {
			r.items[c].kind = awaiting
			r.await(c)
		} else {
			r.offer(c)
		}
	}
}

// talk is what cases of several processes have with each other.
type talk struct {
	cases []int32     // under way
	mail  []letter    // that nobody has taken yet
	waits []reference // items that wait for a message
}

// letter is a message to a node of a case.
type letter struct{ at, node int32 }

// send gives a message to a node of another process: to the case of it that talks
// with this one, or to a new one where the node begins it.
func (r *run) send(from, node int32) {
	process := r.nodes[node].process
	if r.cases[from].talk < 0 {
		r.join(from, r.newTalk())
	}
	at := r.cases[from].talk
	if s := &r.scopes[process]; s.node < 0 && r.startsBy(process, node) {
		i := r.newCase(process, r.cases[from].Counted, r.des.Now())
		r.join(i, at)
		c := &r.cases[i]
		r.under[process]++
		c.root = r.newFrame(i, process, -1, uint64(c.Number))
		r.put(token{c.root, node, -1})
		return
	}
	w := &r.talks[at]
	for i := len(w.cases) - 1; i >= 0; i-- { // the latest
		to := w.cases[i]
		if r.cases[to].Process != int(process) {
			continue
		}
		for _, x := range w.waits {
			if t := &r.items[x.at]; t.generation == x.generation && t.node == node && r.frames[t.frame].at == to {
				r.heard(x.at)
				return
			}
		}
		w.mail = append(w.mail, letter{to, node})
		return
	}
	r.collected.undelivered++
}

// startsBy reports whether a message to the node begins a case.
func (r *run) startsBy(process, node int32) bool {
	n := &r.nodes[node]
	return n.op != opListener && n.op != opAwait && node >= r.scopes[process].first && node < r.scopes[process].end
}

func (r *run) newTalk() int32 {
	if n := len(r.freeTalks); n > 0 {
		at := r.freeTalks[n-1]
		r.freeTalks = r.freeTalks[:n-1]
		t := &r.talks[at]
		t.cases, t.mail, t.waits = t.cases[:0], t.mail[:0], t.waits[:0]
		return at
	}
	r.talks = append(r.talks, talk{})
	return int32(len(r.talks) - 1)
}

func (r *run) join(i, at int32) {
	r.cases[i].talk = at
	r.talks[at].cases = append(r.talks[at].cases, i)
}

func (r *run) leaveTalk(i int32) {
	at := r.cases[i].talk
	w := &r.talks[at]
	w.cases = slices.DeleteFunc(w.cases, func(x int32) bool { return x == i })
	w.mail = slices.DeleteFunc(w.mail, func(x letter) bool { return x.at == i })
	if len(w.cases) == 0 {
		r.freeTalks = append(r.freeTalks, at)
	}
}

// await lets an item wait for its message, or takes it where it has come.
func (r *run) await(k int32) {
	t := &r.items[k]
	t.start = r.des.Now()
	r.hear(k)
}

// hear registers an item that waits for a message.
func (r *run) hear(k int32) {
	t := &r.items[k]
	i := r.frames[t.frame].at
	if r.cases[i].talk < 0 {
		r.join(i, r.newTalk())
	}
	w := &r.talks[r.cases[i].talk]
	if m := slices.Index(w.mail, letter{i, t.node}); m >= 0 {
		w.mail = slices.Delete(w.mail, m, m+1)
		r.des.Schedule(r.des.Now(), 0, event{timerEvent, uint32(k), t.generation})
		return
	}
	w.waits = slices.DeleteFunc(w.waits, func(x reference) bool { return r.items[x.at].generation != x.generation })
	w.waits = append(w.waits, reference{k, t.generation})
}

// heard lets an item go on whose message has come, or whose timer went off.
func (r *run) heard(k int32) {
	t := &r.items[k]
	if t.kind == listening {
		r.fire(k)
		return
	}
	t.complete = r.des.Now()
	t.work = t.complete - t.start
	r.recorded(k, -1, -1)
	r.ended(k)
}

// silent returns an error where a case waits for a message and none of the cases
// that it talks with does anything but wait.
func (r *run) silent() error {
	for i := range r.cases {
		c := &r.cases[i]
		if !c.live || !c.Counted || c.talk < 0 {
			continue
		}
		w := &r.talks[c.talk]
		if !slices.ContainsFunc(w.cases, func(other int32) bool { return r.cases[other].root < 0 || r.active(r.cases[other].root) }) {
			for _, x := range w.waits {
				if t := &r.items[x.at]; t.generation == x.generation && r.frames[t.frame].at == int32(i) {
					return measure.Faultf("case %s waits at %q for a message that no case it talks with will send", "дело %s ждёт у «%s» сообщения, которого ни одно связанное с ним дело не отправит", r.CaseID(c.Process, c.Number), r.nodes[t.node].id)
				}
			}
		}
	}
	return nil
}

// active reports whether anything but waiting for messages goes on in a frame.
func (r *run) active(f int32) bool { return r.activeItems(r.frames[f].first) }

func (r *run) activeItems(first int32) bool {
	for k := first; k >= 0; k = r.items[k].next {
		t := &r.items[k]
		timer := t.kind == listening && r.nodes[t.node].listen.trigger == bpmn.TimerTrigger
		if t.kind == doing || timer || r.activeItems(t.first) {
			return true
		}
		for f := t.frames; f >= 0; f = r.frames[f].next {
			if r.active(f) {
				return true
			}
		}
	}
	return false
}
