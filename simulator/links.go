package simulator

import (
	"fmt"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/twin"
)

// starts finds the node where the arrivals of a process begin: the start event that
// no message of another process sets off.
func (c *compiler) starts(p *process, t *twin.Process, at int32) {
	s := &c.p.scopes[at]
	before := len(c.faults)
	begun, called := false, false
	for i, b := range t.Diagram.Nodes {
		if b.Kind != bpmn.StartEvent || int(s.first)+i >= len(c.p.nodes) {
			continue
		}
		k := s.first + int32(i)
		switch {
		case c.begun[k]:
			begun = true
		case p.start >= 0:
			c.fault("process %q: startEvent %q: a second start event, wanted one", "процесс «%s»: начальное событие «%s»: второе начальное событие, нужно одно", t.ID, b.ID)
		default:
			p.start = k
		}
	}
	for i := range c.p.nodes {
		called = called || c.p.nodes[i].op == opContain && c.p.nodes[i].inside == at && c.p.nodes[i].process != at
	}
	if p.start >= 0 {
		s.entries = []int32{p.start}
	}
	none := t.Arrivals.Between.Law == "" && t.Arrivals.Moments == nil
	switch {
	case none && p.start >= 0 && called:
		p.start = -1 // it is only called
	case none && p.start >= 0:
		c.fault("process %q: time between arrivals: law \"\": wanted one of %q", "процесс «%s»: время между поступлениями: закон распределения не указан, нужен один из %s", t.ID, lawNames)
	case p.start < 0 && !begun && len(c.faults) == before:
		c.fault("process %q: no start event", "процесс «%s»: нет начального события", t.ID)
	case !none && p.start < 0:
		c.fault("process %q: cases arrive, but all its start events wait for messages of other processes", "процесс «%s»: дела поступают, но все его начальные события ждут сообщений других процессов", t.ID)
	}
}

// joinMessages finds, for every node that sends a message, those that wait for it:
// in other processes, by the name of the message, or at the other end of a message
// flow.
func (c *compiler) joinMessages() {
	type end struct {
		node    int32
		process int32
		name    string
	}
	var senders, receivers []end
	byID := map[string][]int32{}
	for i, d := range c.diagrams {
		if d == nil || len(c.p.nodes) < int(c.p.scopes[i].end) {
			continue
		}
		for k, b := range d.Nodes {
			at := c.p.scopes[i].first + int32(k)
			byID[b.ID] = append(byID[b.ID], at)
			message := b.Trigger == bpmn.MessageTrigger
			e := end{at, d.at, causeOf(b, d)}
			switch {
			case b.Kind == bpmn.SendTask, message && (b.Kind == bpmn.IntermediateThrowEvent || b.Kind == bpmn.EndEvent):
				senders = append(senders, e)
			case b.Kind == bpmn.StartEvent && message && c.p.scopes[i].node >= 0: // of an event sub-process
				e.node = c.p.scopes[i].node
				receivers = append(receivers, e)
			case b.Kind == bpmn.StartEvent && message, b.Kind == bpmn.BoundaryEvent && message, c.p.nodes[at].op == opAwait:
				receivers = append(receivers, e)
			}
		}
	}
	send := func(from, to int32) {
		if n := &c.p.nodes[from]; n.process != c.p.nodes[to].process && !slices.Contains(n.sends, to) {
			n.sends = append(n.sends, to)
			c.p.messages = true
			if k := &c.p.nodes[to]; k.op != opAwait && k.op != opListener {
				c.begun[to] = true
			}
		}
	}
	for _, s := range senders {
		for _, r := range receivers {
			if s.name != "" && s.name == r.name {
				send(s.node, r.node)
			}
		}
	}
	for _, t := range c.m.Processes {
		if t.Collaboration == nil {
			continue
		}
		for _, f := range t.Collaboration.Messages {
			for _, s := range senders {
				for _, r := range receivers {
					if slices.Contains(byID[f.Source], s.node) && slices.Contains(byID[f.Target], r.node) {
						send(s.node, r.node)
					}
				}
			}
		}
	}
	var deaf []place
	for _, r := range receivers {
		n := &c.p.nodes[r.node]
		heard := slices.ContainsFunc(senders, func(s end) bool { return slices.Contains(c.p.nodes[s.node].sends, r.node) })
		if !heard && (n.op == opAwait || n.op == opListener && n.listen.trigger == bpmn.MessageTrigger) {
			deaf = append(deaf, placeOf("process %q: %q: no process of the model sends the message that it waits for: how long is it waited for?", "процесс «%s»: «%s»: ни один процесс модели не отправляет сообщения, которого он ждёт: сколько длится ожидание?", c.p.processes[n.process].id, n.id))
		}
	}
	slices.SortFunc(deaf, place.compare)
	for _, s := range deaf {
		c.fault("%s", "%s", s)
	}
}

// circles faults call activities that lead back to their own process.
func (c *compiler) circles() {
	state := make([]uint8, len(c.p.scopes)) // 1 on the way, 2 done
	var path []string
	var visit func(at int32) bool
	visit = func(at int32) bool {
		switch state[at] {
		case 1:
			return true
		case 2:
			return false
		}
		state[at] = 1
		s := &c.p.scopes[at]
		for k := s.first; k < s.end; k++ {
			if inside := c.p.nodes[k].inside; inside >= 0 && visit(inside) {
				path = append(path, fmt.Sprintf("%s/%s", c.p.processes[s.process].id, c.p.nodes[k].id))
				return true
			}
		}
		state[at] = 2
		return false
	}
	for at := range c.p.scopes {
		if visit(int32(at)) {
			slices.Reverse(path)
			c.fault("call activities lead back to where they began: %s", "вызовы процессов возвращаются туда, откуда начались: %s", strings.Join(path, " → "))
			return
		}
	}
}
