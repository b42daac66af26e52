package simulator

import (
	"github.com/uprava/uprava/mining/measure"
)

// token is on its way to a node, by the flow whose slot is given where the node
// joins.
type token struct {
	frame, node, slot int32
}

// put adds a token that is on its way to a node.
func (r *run) put(t token) {
	f := &r.frames[t.frame]
	f.tokens++
	r.tokens = append(r.tokens, t)
	r.touchFrame(t.frame)
}

// touchFrame notes that a frame is to be looked at when all tokens rest.
func (r *run) touchFrame(at int32) {
	if f := &r.frames[at]; !f.moved {
		f.moved = true
		r.moved = append(r.moved, reference{at, f.generation})
	}
}

// mostSteps bounds the moves of tokens at one moment: a loop of gateways alone
// that a case leaves with a tiny probability is stopped here.
const mostSteps = 1_000_000

// settle moves tokens until all rest: at work, in a queue or at a join. It ends
// the frames and cases in which none is left.
func (r *run) settle() error {
	for steps := 0; ; {
		for len(r.tokens) > 0 {
			t := r.tokens[len(r.tokens)-1]
			if steps++; steps > mostSteps {
				return r.stuck(t.frame, place{"its tokens moved a million times at one moment", "его метки перешли миллион раз в один и тот же момент"})
			}
			r.tokens = r.tokens[:len(r.tokens)-1]
			r.enter(t)
		}
		n := len(r.moved) - 1
		if n < 0 {
			return nil
		}
		m := r.moved[n]
		r.moved = r.moved[:n]
		if r.frames[m.at].generation != m.generation {
			continue
		}
		r.frames[m.at].moved = false
		if err := r.rested(m.at); err != nil {
			return err
		}
	}
}

// rested looks at a frame whose tokens all rest.
func (r *run) rested(at int32) error {
	f := &r.frames[at]
	if f.tokens == 0 {
		r.closeFrame(at)
		return nil
	}
	if joins := r.scopes[f.scope].joins; len(joins) > 0 && r.inclusiveJoins(at, joins) {
		return nil
	}
	if f.busy == 0 {
		return r.stuck(at, place{"its tokens wait at joins for others that cannot come", "его метки ждут у слияний других, которые прийти не могут"})
	}
	return nil
}

// closeFrame ends a frame without tokens: the case, or what the frame is an
// instance of.
func (r *run) closeFrame(at int32) {
	f := &r.frames[at]
	i, parent := f.at, f.parent
	if parent < 0 {
		r.freeFrame(at)
		r.endCase(i)
		return
	}
	owner := &r.items[parent]
	if owner.frames == at {
		owner.frames = f.next
	} else {
		for k := owner.frames; k >= 0; k = r.frames[k].next {
			if r.frames[k].next == at {
				r.frames[k].next = f.next
			}
		}
	}
	r.freeFrame(at)
	r.instanceDone(parent)
}

func (r *run) stuck(frame int32, why place) error {
	f := &r.frames[frame]
	c := &r.cases[f.at]
	where := place{}
	for at := r.scopes[f.scope].first; at < r.scopes[f.scope].end; at++ {
		for _, s := range r.nodes[at].in {
			if where.en == "" && r.slots(f)[s] > 0 {
				where = placeOf(", first at %q", ", первое такое слияние: «%s»", r.nodes[at].id)
			}
		}
	}
	return measure.Faultf("case %s cannot go on: %s%s", "дело %s не может идти дальше: %s%s", r.CaseID(c.Process, c.Number), why, where)
}

// enter takes a token into its node.
func (r *run) enter(t token) {
	n := &r.nodes[t.node]
	f := &r.frames[t.frame]
	if n.join != opPass {
		slots := r.slots(f)
		slots[t.slot]++
		r.rest(f, t.node, 1)
		if n.join == opInclusive {
			return // looked at when all else rests
		}
		for _, s := range n.in {
			if slots[s] == 0 {
				return
			}
		}
		for _, s := range n.in {
			slots[s]--
		}
		r.rest(f, t.node, -int32(len(n.in)))
		f.tokens -= int32(len(n.in)) - 1
	}
	if n.term >= 0 {
		if c := &r.cases[f.at]; c.Process == int(n.process) {
			c.term = n.term
			r.begins(c)
		}
	}
	switch n.op {
	case opEnd:
		r.leave(t.frame, t.node)
	case opTerminate:
		r.pass(t.frame, n)
		r.empty(t.frame)
		r.touchFrame(t.frame)
	case opThrow:
		r.pass(t.frame, n)
		r.fail(t.frame, n.fails)
	case opWork, opContain, opAwait:
		r.enable(t.frame, t.node)
	case opRace:
		r.race(t.frame, t.node)
	default:
		r.leave(t.frame, t.node)
	}
}

// rest adds to the number of tokens at a node, where an inclusive join needs it.
func (r *run) rest(f *frame, node, by int32) {
	s := &r.scopes[f.scope]
	if s.counts >= 0 {
		r.slots(f)[s.counts+node-s.first] += by
	}
}

// pass notes what a case completes with a node: milestones, of the request the
// first time, of the delivery the last, as mining does; the count that rules ask
// for; messages to other cases.
func (r *run) pass(frame int32, n *node) {
	if !n.requested && !n.delivered && n.count < 0 && n.sends == nil {
		return
	}
	i := r.frames[frame].at
	c := &r.cases[i]
	if c.Process == int(n.process) {
		if n.requested && c.Requested == Never {
			c.Requested, c.asked = r.des.Now(), c.Touched
			if r.processes[c.Process].limit != nil {
				r.begins(c)
			}
		}
		if n.delivered {
			c.Delivered, c.given = r.des.Now(), c.Touched
		}
		if n.count >= 0 {
			c.Values[n.count]++
		}
	}
	for _, to := range n.sends {
		r.send(i, to)
	}
}

// leave sends a token out of a node.
func (r *run) leave(frame, at int32) {
	n := &r.nodes[at]
	r.pass(frame, n)
	if n.escalates != "" && r.escalate(frame, n.escalates) {
		return // what it escalated to interrupted the frame
	}
	f := &r.frames[frame]
	f.tokens--
	if len(n.out) == 0 {
		r.touchFrame(frame)
		return
	}
	switch n.op {
	case opExclusive:
		r.choose(frame, at, n)
	case opInclusive:
		r.some(frame, at, n)
	default:
		for k := len(n.out) - 1; k >= 0; k-- { // the first flow moves first
			r.put(token{frame, n.out[k].to, n.out[k].slot})
		}
	}
}

// visit returns how often a frame came to a node before, and counts this time.
func (r *run) visit(f *frame, n *node) uint32 {
	if n.visit < 0 {
		return 0
	}
	s := &r.slots(f)[n.visit]
	*s++
	return uint32(*s - 1)
}

// choose sends a token along the first flow whose rule holds, else along one that
// is drawn.
func (r *run) choose(frame, at int32, n *node) {
	f := &r.frames[frame]
	visit := r.visit(f, n)
	if n.ruled {
		values := r.cases[f.at].Values
		for k := range n.out {
			if n.out[k].ruled && n.out[k].rule.holds(values) {
				r.put(token{frame, n.out[k].to, n.out[k].slot})
				return
			}
		}
	}
	u := r.routing[at].Uniform(f.key, uint64(visit))
	k := 0
	if n.decays && visit > 0 {
		k = n.faded(u, visit)
	} else {
		for k < len(n.out)-1 && u >= n.out[k].upTo {
			k++
		}
	}
	for n.out[k].ruled || n.out[k].p == 0 && k > 0 { // rounding in the cumulative sum
		if k--; k < 0 {
			k = len(n.out) - 1
		}
	}
	r.put(token{frame, n.out[k].to, n.out[k].slot})
}

// some sends tokens along each flow of an inclusive split whose rule holds, or with
// its own probability; along one by the weight of its probability where none was.
func (r *run) some(frame, at int32, n *node) {
	f := &r.frames[frame]
	key, visit := f.key, uint64(r.visit(f, n))
	values := r.cases[f.at].Values
	taken := false
	for k := len(n.out) - 1; k >= 0; k-- {
		e := &n.out[k]
		goes := e.ruled && e.rule.holds(values)
		if !e.ruled {
			goes = r.routing[at].Uniform(key, visit<<16|uint64(k+1)) < e.p*power(e.decay, uint32(visit))
		}
		if goes {
			r.put(token{frame, e.to, e.slot})
			taken = true
		}
	}
	if taken {
		return
	}
	u := r.routing[at].Uniform(key, visit<<16)
	k := 0
	for k < len(n.out)-1 && (u >= n.out[k].upTo || n.out[k].p == 0) {
		k++
	}
	r.put(token{frame, n.out[k].to, n.out[k].slot})
}

// faded draws a flow where shares fall with each visit.
func (n *node) faded(u float64, visit uint32) int {
	upTo := 0.0
	shares := n.shares(visit)
	for k, p := range shares {
		if upTo += p; u < upTo {
			return k
		}
	}
	for k := len(shares) - 1; k > 0; k-- { // all of them fall: the last that does not lead back
		if n.out[k].p > 0 {
			return k
		}
	}
	return 0
}

// shares returns those of the flows at a visit, counted from 0: what a falling share
// loses goes to the others in their proportions.
func (n *node) shares(visit uint32) []float64 {
	total, still, lost := 0.0, 0.0, 0.0
	for k := range n.out {
		e := &n.out[k]
		total += e.p
		if e.decay == 1 {
			still += e.p
		}
		lost += e.p * (1 - power(e.decay, visit))
	}
	out := make([]float64, len(n.out))
	for k := range n.out {
		e := &n.out[k]
		out[k] = e.p * power(e.decay, visit) / total
		if e.decay == 1 && still > 0 {
			out[k] = e.p * (1 + lost/still) / total
		}
	}
	return out
}

func power(x float64, n uint32) float64 {
	if x == 1 {
		return 1
	}
	p := 1.0
	for ; n > 0; n-- {
		p *= x
	}
	return p
}

// inclusiveJoins fires the first inclusive join of the frame that no further token
// can come to by a flow that is still empty, tokens apart that can also come by one
// that is not (BPMN 2.0.2, section 13.4.3), and reports whether there was one.
func (r *run) inclusiveJoins(frame int32, joins []int32) bool {
	f := &r.frames[frame]
	slots := r.slots(f)
	s := &r.scopes[f.scope]
	counts := slots[s.counts:][:s.end-s.first]
	for _, at := range joins {
		n := &r.nodes[at]
		here, expected := int32(0), false
		for _, s := range n.in {
			if slots[s] > 0 {
				here++
			}
		}
		for node := 0; here > 0 && node < len(counts) && !expected; node++ {
			if counts[node] == 0 {
				continue
			}
			filled := false
			for k, s := range n.in {
				expected = expected || slots[s] == 0 && n.reach[k][node]
				filled = filled || slots[s] > 0 && n.reach[k][node]
			}
			expected = expected && !filled
		}
		if here == 0 || expected {
			continue
		}
		for _, s := range n.in {
			if slots[s] > 0 {
				slots[s]--
			}
		}
		r.rest(f, at, -here)
		f.tokens -= here - 1
		r.leave(frame, at)
		return true
	}
	return false
}
