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
	for i := range c.p.processes {
		p := &c.p.processes[i]
		visits := c.visits(p)
		for at := p.first; at < p.end; at++ {
			n := &c.p.nodes[at]
			if n.op == opWork && len(n.pools) > 0 {
				work[find(int(n.pools[0]))] += p.arrivals.perSecond * visits[at-p.first] * c.meanTime(n)
			}
		}
	}
	capacity := make([]float64, len(c.p.pools))
	names := make([][]string, len(c.p.pools))
	for i := range c.p.pools {
		g := find(i)
		names[g] = append(names[g], fmt.Sprintf("%q", c.p.pools[i].id))
		for _, m := range c.p.pools[i].members {
			capacity[g] += c.p.members[m].hours.share(c.p.start)
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
			list := strings.Join(names[g], ", ")
			warnings = append(warnings, &measure.Doubt{
				EN: fmt.Sprintf("%s %s: the work that comes is %.2f of what can be done: the queue grows without end, and figures depend on the length of the run", what, list, u),
				RU: fmt.Sprintf("%s %s: поступающая работа составляет %.2f от посильной: очередь растёт без предела, и показатели зависят от длины прогона", russian, list, u),
			})
		}
	}
	return warnings
}

// meanTime returns the mean time of a task in seconds, over its members alike.
func (c *compiler) meanTime(n *node) float64 {
	if n.poolTime == nil && n.personal == nil {
		return n.time.mean()
	}
	sum, people := 0.0, 0
	for i, at := range n.pools {
		for _, m := range c.p.pools[at].members {
			l := c.lawOf(n, i, m)
			sum += l.mean()
			people++
		}
	}
	return sum / float64(people)
}

func (c *compiler) lawOf(n *node, pool int, m int32) law {
	if l, ok := n.personal[m]; ok {
		return l
	}
	if n.poolTime != nil {
		return n.poolTime[pool]
	}
	return n.time
}

// visits returns how often a case comes to each node of the process on average,
// by iteration of the traffic equations.
func (c *compiler) visits(p *process) []float64 {
	size := int(p.end - p.first)
	v, next := make([]float64, size), make([]float64, size)
	for range 100000 {
		clear(next)
		next[p.start-p.first] = 1
		for at := p.first; at < p.end; at++ {
			n := &c.p.nodes[at]
			each := v[at-p.first]
			for _, e := range n.out {
				share := each
				switch n.op {
				case opExclusive, opInclusive:
					share *= e.p
				case opRace:
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
