package simulator

import (
	"fmt"
	"time"
)

// put adds a token that is on its way to a node.
func (r *run) put(t token) {
	r.cases[t.at].tokens++
	r.tokens = append(r.tokens, t)
}

// mostSteps bounds the moves of tokens of one case at one moment: a loop of
// gateways alone that a case leaves with a tiny probability is stopped here.
const mostSteps = 1_000_000

// move lets the tokens of case i run until all rest: at work, in a queue or at a
// join. It ends the case when none is left.
func (r *run) move(i int32) error {
	steps := 0
	for {
		for len(r.tokens) > 0 {
			if steps++; steps > mostSteps {
				return r.stuck(i, "its tokens moved a million times at one moment")
			}
			t := r.tokens[len(r.tokens)-1]
			r.tokens = r.tokens[:len(r.tokens)-1]
			if r.enter(t) {
				r.cancel(i)
				r.endCase(i)
				return nil
			}
		}
		c := &r.cases[i]
		if c.tokens == 0 {
			r.endCase(i)
			return nil
		}
		if joins := r.processes[c.Process].joins; len(joins) > 0 && r.inclusiveJoins(i, joins) {
			continue
		}
		if c.items == 0 {
			return r.stuck(i, "its tokens wait at joins for others that cannot come")
		}
		return nil
	}
}

func (r *run) stuck(i int32, why string) error {
	c := &r.cases[i]
	where := ""
	for at := r.processes[c.Process].first; at < r.processes[c.Process].end; at++ {
		for _, s := range r.nodes[at].in {
			if where == "" && r.slots[int(i)*r.perCase+int(s)] > 0 {
				where = fmt.Sprintf(", first at %q", r.nodes[at].id)
			}
		}
	}
	return fmt.Errorf("case %s cannot go on: %s%s", r.CaseID(c.Process, c.Number), why, where)
}

// enter takes a token into its node. It reports whether the node ends the case
// whatever else goes on.
func (r *run) enter(t token) (terminate bool) {
	n := &r.nodes[t.node]
	c := &r.cases[t.at]
	if n.join != opPass {
		slots := r.slots[int(t.at)*r.perCase:][:r.perCase]
		slots[t.slot]++
		r.rest(t.at, t.node, 1)
		if n.join == opInclusive {
			return false // looked at when all else rests
		}
		for _, s := range n.in {
			if slots[s] == 0 {
				return false
			}
		}
		for _, s := range n.in {
			slots[s]--
		}
		r.rest(t.at, t.node, -int32(len(n.in)))
		c.tokens -= int32(len(n.in)) - 1
	}
	if n.term >= 0 {
		l := r.processes[c.Process].limit
		c.Due = r.clock(l.due(r.instant(c.Arrival), n.term))
	}
	switch n.op {
	case opEnd:
		r.pass(t.at, n)
		c.tokens--
	case opTerminate:
		r.pass(t.at, n)
		return true
	case opWork:
		r.enable(t.at, t.node)
	default:
		r.leave(t.at, t.node)
	}
	return false
}

// rest adds to the number of tokens at a node, where an inclusive join needs it.
func (r *run) rest(i, node, by int32) {
	p := &r.processes[r.nodes[node].process]
	if p.counts >= 0 {
		r.slots[int(i)*r.perCase+int(p.counts+node-p.first)] += by
	}
}

// pass notes the milestones that a case completes with a node: of the request
// the first time, of the delivery the last, as mining does.
func (r *run) pass(i int32, n *node) {
	if n.requested && r.cases[i].Requested == Never {
		r.cases[i].Requested = r.des.Now()
	}
	if n.delivered {
		r.cases[i].Delivered = r.des.Now()
	}
}

// leave sends a token out of a node.
func (r *run) leave(i, at int32) {
	n := &r.nodes[at]
	c := &r.cases[i]
	r.pass(i, n)
	c.tokens--
	if len(n.out) == 0 {
		return
	}
	switch n.op {
	case opExclusive:
		u := r.routing[at].Uniform(uint64(c.Number), uint64(r.visit(i, n)))
		k := 0
		for k < len(n.out)-1 && u >= n.out[k].upTo {
			k++
		}
		for n.out[k].p == 0 && k > 0 { // rounding in the cumulative sum
			k--
		}
		r.put(token{i, n.out[k].to, n.out[k].slot})
	case opInclusive:
		r.some(i, at, n)
	case opRace:
		r.race(i, n)
	default:
		for k := len(n.out) - 1; k >= 0; k-- { // the first flow moves first
			r.put(token{i, n.out[k].to, n.out[k].slot})
		}
	}
}

// visit returns how often the case came to a node before, and counts this time.
func (r *run) visit(i int32, n *node) uint32 {
	if n.visit < 0 {
		return 0
	}
	s := &r.slots[int(i)*r.perCase+int(n.visit)]
	*s++
	return uint32(*s - 1)
}

// some sends tokens along each flow of an inclusive split with its own
// probability; along one by the weight of its probability where none was drawn.
func (r *run) some(i, at int32, n *node) {
	number, visit := uint64(r.cases[i].Number), uint64(r.visit(i, n))
	taken := false
	for k := len(n.out) - 1; k >= 0; k-- {
		if r.routing[at].Uniform(number, visit<<16|uint64(k+1)) < n.out[k].p {
			r.put(token{i, n.out[k].to, n.out[k].slot})
			taken = true
		}
	}
	if taken {
		return
	}
	u := r.routing[at].Uniform(number, visit<<16)
	k := 0
	for k < len(n.out)-1 && (u >= n.out[k].upTo || n.out[k].p == 0) {
		k++
	}
	r.put(token{i, n.out[k].to, n.out[k].slot})
}

// race sends a token to the event behind an event-based split that happens
// first; among equals to the first flow.
func (r *run) race(i int32, n *node) {
	first, least := 0, Never
	for k := range n.out {
		to := n.out[k].to
		e := &r.nodes[to]
		d := time.Duration(0)
		if e.op == opWork {
			d = e.time.draw(r.uniform(&r.service[to], i, to, uint32(r.visits(i, e))))
		}
		if at := r.nodeHours[to].add(r.des.Now(), d); at < least {
			first, least = k, at
		}
	}
	r.put(token{i, n.out[first].to, n.out[first].slot})
}

// visits returns how often the case came to a node so far.
func (r *run) visits(i int32, n *node) uint32 {
	if n.visit < 0 {
		return 0
	}
	return uint32(r.slots[int(i)*r.perCase+int(n.visit)])
}

// inclusiveJoins fires the first inclusive join of the case that no further
// token can come to by a flow that is still empty (BPMN 2.0.2, section 13.4.3),
// and reports whether there was one.
func (r *run) inclusiveJoins(i int32, joins []int32) bool {
	slots := r.slots[int(i)*r.perCase:][:r.perCase]
	p := &r.processes[r.cases[i].Process]
	counts := slots[p.counts:][:p.end-p.first]
	for _, at := range joins {
		n := &r.nodes[at]
		here, expected := int32(0), false
		for k, s := range n.in {
			if slots[s] > 0 {
				here++
				continue
			}
			for node, tokens := range counts {
				expected = expected || tokens > 0 && n.reach[k][node]
			}
		}
		if here == 0 || expected {
			continue
		}
		for _, s := range n.in {
			if slots[s] > 0 {
				slots[s]--
			}
		}
		r.rest(i, at, -here)
		r.cases[i].tokens -= here - 1
		r.leave(i, at)
		return true
	}
	return false
}
