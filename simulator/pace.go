package simulator

import (
	"math"
	"time"

	"github.com/uprava/uprava/simulator/des"
)

// uniform returns the number from which a time of a case at a node is drawn, by
// the field of its purpose. Where the process says that the times of a case hang
// together, a normal score that the case draws once is mixed into it: a
// one-factor Gaussian copula, which leaves the law of every time as it is.
func (r *run) uniform(purpose *des.Field, i, node int32, visit uint32) float64 {
	number := uint64(r.cases[i].Number)
	u := purpose.Uniform(number, uint64(visit))
	process := r.nodes[node].process
	common := r.processes[process].common
	if common == 0 {
		return u
	}
	pace := des.Normal(r.pace[process].Uniform(number, 0), 0, 1)
	z := math.Sqrt(common)*pace + math.Sqrt(1-common)*des.Normal(u, 0, 1)
	const inside = 1 - 1e-12 // quantile functions want less than 1
	return min(max(standardBelow(z), 1-inside), inside)
}

// extraneous returns the delay of a case before the work of a node is offered.
func (r *run) extraneous(i, node int32, visit uint32) time.Duration {
	n := &r.nodes[node]
	if !n.delayed {
		return 0
	}
	return n.delay.draw(r.uniform(&r.delays[node], i, node, visit))
}
