package simulator

import (
	"slices"

	"github.com/uprava/uprava/mining/bpmn"
)

// slots gives each node that a frame may come to again a counter of visits, each
// join a counter per incoming flow, and, where an inclusive join must know what may
// still come, each node a counter of tokens.
func (c *compiler) slots(p *scope) {
	nodes := c.p.nodes
	d := c.diagramOf(p)
	slot := func() int32 { p.slots++; return p.slots - 1 }
	reach := c.closure(p)
	size := int(p.end - p.first)
	for at := p.first; at < p.end; at++ {
		i := int(at - p.first)
		n := &nodes[at]
		again := reach[i*size+i] || n.op == opListener && n.listen.again
		if again || n.decays || c.mayMeet(p, reach, i, size) {
			n.visit = slot()
		}
	}
	p.kept = p.slots
	bySlot := map[string]int32{} // by flow
	for at := p.first; at < p.end; at++ {
		n := &nodes[at]
		if n.join == opPass {
			continue
		}
		for _, f := range d.in[n.id] {
			s := slot()
			bySlot[f.ID] = s
			n.in = append(n.in, s)
		}
		if n.join == opInclusive {
			p.joins = append(p.joins, at)
		}
	}
	for at := p.first; at < p.end; at++ {
		n := &nodes[at]
		for i, f := range d.out[n.id] {
			if s, ok := bySlot[f.ID]; ok {
				n.out[i].slot = s
			}
		}
	}
	if len(p.joins) == 0 {
		return
	}
	p.counts = p.slots
	p.slots += int32(size)
	for _, at := range p.joins {
		n := &nodes[at]
		without := c.closureWithout(p, at)
		for _, f := range d.in[n.id] {
			from := int(d.position[f.Source] - p.first)
			can := make([]bool, size)
			for i := range can {
				can[i] = i != int(at-p.first) && (i == from || without[i*size+from])
			}
			n.reach = append(n.reach, can)
		}
	}
}

// mayMeet reports whether two tokens of a case may come to node i one after the
// other without a cycle: where parallel branches merge without a join.
func (c *compiler) mayMeet(p *scope, reach []bool, i, size int) bool {
	for at := p.first; at < p.end; at++ {
		n := &c.p.nodes[at]
		if n.op == opExclusive || n.op == opRace || len(n.out)+len(n.listeners) < 2 {
			continue
		}
		ways := 0
		c.next(at, func(to int32) {
			if j := int(to - p.first); j == i || reach[j*size+i] {
				ways++
			}
		})
		if ways > 1 {
			return true
		}
	}
	return false
}

// closure returns, row by row, whether a path of one flow or more leads from
// node to node.
func (c *compiler) closure(p *scope) []bool { return c.closureWithout(p, -1) }

func (c *compiler) closureWithout(p *scope, without int32) []bool {
	size := int(p.end - p.first)
	reach := make([]bool, size*size)
	var stack []int32
	for from := p.first; from < p.end; from++ {
		row := reach[int(from-p.first)*size:][:size]
		stack = append(stack[:0], from)
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if at == without {
				continue
			}
			c.next(at, func(to int32) {
				if i := to - p.first; !row[i] {
					row[i] = true
					stack = append(stack, to)
				}
			})
		}
	}
	return reach
}

// next calls visit with the nodes to which a token of a node goes on: along its
// flows, or by its boundary events.
func (c *compiler) next(at int32, visit func(int32)) {
	n := &c.p.nodes[at]
	for _, e := range n.out {
		visit(e.to)
	}
	for _, b := range n.listeners {
		visit(b)
	}
}

// reachability faults nodes that no case comes to, and those from which none
// gets out.
func (c *compiler) reachability(p *scope) {
	of := placeOf("process %q", "процесс «%s»", c.p.processes[p.process].id)
	forward := make([]bool, p.end-p.first)
	stack := slices.Concat(p.entries, p.reactions)
	for at := p.first; at < p.end; at++ {
		if c.begun[at] {
			stack = append(stack, at)
		}
	}
	if len(p.entries) == 0 && p.node < 0 { // only called: from its start events
		for i, b := range c.diagramOf(p).Nodes {
			if b.Kind == bpmn.StartEvent {
				stack = append(stack, p.first+int32(i))
				if !slices.Contains(p.entries, p.first+int32(i)) {
					p.entries = append(p.entries, p.first+int32(i))
				}
			}
		}
	}
	for _, at := range stack {
		forward[at-p.first] = true
	}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		c.next(at, func(to int32) {
			if !forward[to-p.first] {
				forward[to-p.first] = true
				stack = append(stack, to)
			}
		})
	}
	// Out: nodes from which an end can be reached with a probability above 0.
	out := make([]bool, p.end-p.first)
	for again := true; again; {
		again = false
		for at := p.first; at < p.end; at++ {
			n := &c.p.nodes[at]
			if out[at-p.first] {
				continue
			}
			ends := len(n.out) == 0
			for _, e := range n.out {
				ends = ends || (e.p > 0 || e.ruled) && out[e.to-p.first]
			}
			for _, b := range n.listeners {
				ends = ends || out[b-p.first]
			}
			if ends {
				out[at-p.first], again = true, true
			}
		}
	}
	var unreached, endless names
	for i := range forward {
		id := c.p.nodes[int(p.first)+i].id
		switch {
		case !forward[i]:
			unreached = append(unreached, id)
		case !out[i]:
			endless = append(endless, id)
		}
	}
	if len(unreached) > 0 {
		c.fault("%s: no flow leads from the start to %s", "%s: от начала ни один переход не ведёт к элементам %s", of, unreached)
	}
	if len(endless) > 0 {
		c.fault("%s: no case gets out of the loop of %s", "%s: ни одно дело не выйдет из цикла %s", of, endless)
	}
}

// diagramOf returns the diagram of a scope.
func (c *compiler) diagramOf(p *scope) *diagram {
	return c.diagrams[slices.IndexFunc(c.p.scopes, func(x scope) bool { return x.first == p.first && x.end == p.end })]
}
