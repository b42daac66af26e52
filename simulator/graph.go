package simulator

import (
	"fmt"
	"strings"
)

// slots gives each join a counter per incoming flow, each node on a cycle a
// counter of visits, and, where an inclusive join must know what may still
// come, each node a counter of tokens.
func (c *compiler) slots(p *process, d *diagram) {
	nodes := c.p.nodes
	slot := func() int32 { p.slots++; return p.slots - 1 }
	bySlot := map[string]int32{} // by flow
	inclusive := false
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
			inclusive = true
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
	reach := c.closure(p)
	size := int(p.end - p.first)
	for at := p.first; at < p.end; at++ {
		i := int(at - p.first)
		again := reach[i*size+i]
		many := false // more than one token may come here even without a cycle
		if !again {
			many = c.mayMeet(p, reach, i, size)
		}
		if again || many {
			nodes[at].visit = slot()
		}
	}
	if !inclusive {
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
func (c *compiler) mayMeet(p *process, reach []bool, i, size int) bool {
	for at := p.first; at < p.end; at++ {
		n := &c.p.nodes[at]
		if n.op == opExclusive || n.op == opRace || len(n.out) < 2 {
			continue
		}
		ways := 0
		for _, e := range n.out {
			if j := int(e.to - p.first); j == i || reach[j*size+i] {
				ways++
			}
		}
		if ways > 1 {
			return true
		}
	}
	return false
}

// closure returns, row by row, whether a path of one flow or more leads from
// node to node.
func (c *compiler) closure(p *process) []bool { return c.closureWithout(p, -1) }

func (c *compiler) closureWithout(p *process, without int32) []bool {
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
			for _, e := range c.p.nodes[at].out {
				if i := e.to - p.first; !row[i] {
					row[i] = true
					stack = append(stack, e.to)
				}
			}
		}
	}
	return reach
}

// reachability faults nodes that no case comes to, and those from which none
// gets out.
func (c *compiler) reachability(p *process, of string) {
	forward := make([]bool, p.end-p.first)
	stack := []int32{p.start}
	forward[p.start-p.first] = true
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, e := range c.p.nodes[at].out {
			if !forward[e.to-p.first] {
				forward[e.to-p.first] = true
				stack = append(stack, e.to)
			}
		}
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
				ends = ends || e.p > 0 && out[e.to-p.first]
			}
			if ends {
				out[at-p.first], again = true, true
			}
		}
	}
	var unreached, endless []string
	for i := range forward {
		id := fmt.Sprintf("%q", c.p.nodes[int(p.first)+i].id)
		switch {
		case !forward[i]:
			unreached = append(unreached, id)
		case !out[i]:
			endless = append(endless, id)
		}
	}
	if len(unreached) > 0 {
		c.fault("%s: no flow leads from the start to %s", of, strings.Join(unreached, ", "))
	}
	if len(endless) > 0 {
		c.fault("%s: no case gets out of the loop of %s", of, strings.Join(endless, ", "))
	}
}
