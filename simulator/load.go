package simulator

import (
	"fmt"
	"math"
	"strings"

	"github.com/uprava/uprava/mining/measure"
)

// loads warns of pools to which more work comes than they can do. The visits of
// a case to each node solve the traffic equations of the diagram; a join is
// visited as often as the mean of its flows. Pools that share a task are taken
// together.
func (c *compiler) loads() []error {
	work := make([]float64, len(c.p.pools)) // seconds of work a second, by first pool of the group
	group := make([]int, len(c.p.pools))
	for i := range group {
		group[i] = i
	}
	find := func(i int) int {
		for group[i] != i {
			i = group[i]
		}
		return i
	}
	for i := range c.p.nodes {
		for _, p := range c.p.nodes[i].pools {
			group[find(int(p))] = find(int(c.p.nodes[i].pools[0]))
		}
	}
	most, stage := make([]float64, len(c.p.pools)), make([]int32, len(c.p.pools)) // the task with most of it
	shares := map[int32][]float64{}
	c.expected(shares)
	times := c.frames(shares)
	for i := range c.p.scopes {
		s := &c.p.scopes[i]
		visits := c.visits(s, shares)
		for at := s.first; at < s.end; at++ {
			n := &c.p.nodes[at]
			if n.op == opWork && len(n.pools) > 0 {
				each := n.repeat.mean(&c.p.processes[n.process])
				x := times[i] * visits[at-s.first] * each * c.meanTime(n)
				g := find(int(n.pools[0]))
				if work[g] += x; x > most[g] {
					most[g], stage[g] = x, n.activity
				}
			}
		}
	}
	capacity := make([]float64, len(c.p.pools))
	names := make([][]string, len(c.p.pools))
	for i := range c.p.pools {
		g := find(i)
		names[g] = append(names[g], fmt.Sprintf("%q", c.p.pools[i].id))
		for _, m := range c.p.pools[i].members {
			p := &c.p.people[m]
			if find(int(p.pools[0])) == g && int(p.pools[0]) == i || find(int(p.pools[0])) != g { // once, of who is in several
				capacity[g] += p.hours.share(c.p.start) * p.pace
			}
		}
	}
	var warnings []error
	for g := range names {
		if len(names[g]) == 0 || capacity[g] == 0 {
			continue
		}
		if u := work[g] / capacity[g]; u >= 1-1e-9 {
			what, russian := "pool", "группа"
			if len(names[g]) > 1 {
				what, russian = "pools", "группы"
			}
			list, task, share := strings.Join(names[g], ", "), c.p.activities[stage[g]].Name, 100*most[g]/work[g]
			warnings = append(warnings, &measure.Doubt{
				EN: fmt.Sprintf("%s %s: the work that comes is %.2f of what can be done, %.0f %% of it at %q: the queue grows without end, and figures depend on the length of the run", what, list, u, share, task),
				RU: fmt.Sprintf("%s %s: поступающая работа составляет %.2f от посильной, %.0f %% её — на шаге «%s»: очередь растёт без предела, и показатели зависят от длины прогона", russian, list, u, share, task),
			})
		}
	}
	return warnings
}

// meanTime returns the mean time of a task in seconds, over its members alike; of a
// batch that is done as one, the share of a case.
func (c *compiler) meanTime(n *node) float64 {
	factor := 1.0
	if n.batch != nil && n.batch.together {
		factor = n.batch.factor
	}
	if n.poolTime == nil && n.personal == nil {
		return n.time.average * factor
	}
	sum, people := 0.0, 0
	for i, at := range n.pools {
		for _, m := range c.p.pools[at].members {
			sum += n.lawOf(i, m).average
			people++
		}
	}
	return sum / float64(people) * factor
}

// frames returns how often a second each scope is begun: a process as its cases
// come, what is inside of another as often as that comes to it. Boundary events and
// messages count for nothing: how often they happen is not known before.
func (c *compiler) frames(shares map[int32][]float64) []float64 {
	times := make([]float64, len(c.p.scopes))
	var order []int32 // a scope after those that lead to it
	state := make([]bool, len(c.p.scopes))
	var visit func(at int32)
	visit = func(at int32) {
		if state[at] {
			return
		}
		state[at] = true
		s := &c.p.scopes[at]
		for k := s.first; k < s.end; k++ {
			if inside := c.p.nodes[k].inside; inside >= 0 {
				visit(inside)
			}
		}
		order = append(order, at)
	}
	for at := range c.p.scopes {
		visit(int32(at))
	}
	for i := range c.p.processes {
		times[i] = c.p.processes[i].arrivals.perSecond
	}
	for i := len(order) - 1; i >= 0; i-- {
		s := &c.p.scopes[order[i]]
		visits := c.visits(s, shares)
		for k := s.first; k < s.end; k++ {
			if n := &c.p.nodes[k]; n.op == opContain {
				times[n.inside] += times[order[i]] * visits[k-s.first] * n.repeat.mean(&c.p.processes[n.process])
			}
		}
	}
	return times
}

// visits returns how often a frame comes to each node of its scope on average, by
// iteration of the traffic equations.
func (c *compiler) visits(p *scope, shares map[int32][]float64) []float64 {
	size := int(p.end - p.first)
	v, next := make([]float64, size), make([]float64, size)
	for range 100000 {
		clear(next)
		for _, at := range p.entries {
			next[at-p.first] = 1
		}
		for at := p.first; at < p.end; at++ {
			n := &c.p.nodes[at]
			each := v[at-p.first]
			for k, e := range n.out {
				share := each
				switch ruled := shares[at]; {
				case ruled != nil:
					share *= ruled[k]
				case n.op == opExclusive, n.op == opInclusive:
					share *= e.p
				case n.op == opRace:
					share /= float64(len(n.out))
				}
				switch to := &c.p.nodes[e.to]; to.join {
				case opParallel:
					next[e.to-p.first] += share / float64(len(to.in))
				case opInclusive:
					next[e.to-p.first] = max(next[e.to-p.first], share)
				default:
					next[e.to-p.first] += share
				}
			}
		}
		change := 0.0
		for i := range v {
			change = math.Max(change, math.Abs(next[i]-v[i]))
		}
		v, next = next, v
		if change < 1e-9 {
			break
		}
	}
	return v
}
