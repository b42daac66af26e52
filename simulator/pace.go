package simulator

import (
	"math"
	"time"

	"github.com/uprava/uprava/simulator/des"
)

// uniform returns the number from which a time of an item is drawn, by the field
// of its purpose. Where the process says that the times of a case hang together, a
// normal score that the case draws once is mixed into it: a one-factor Gaussian
// copula, which leaves the law of every time as it is.
func (r *run) uniform(purpose *des.Field, t *item) float64 {
	u := purpose.Uniform(r.key(t), uint64(t.visit))
	c := &r.cases[r.frames[t.frame].at]
	common := r.processes[c.Process].common
	if common == 0 {
		return u
	}
	pace := des.Normal(r.pace[c.Process].Uniform(uint64(c.Number), 0), 0, 1)
	z := math.Sqrt(common)*pace + math.Sqrt(1-common)*des.Normal(u, 0, 1)
	const inside = 1 - 1e-12 // quantile functions want less than 1
	return min(max(standardBelow(z), 1-inside), inside)
}

// extraneous returns when the delay of an item is over that begins at a moment.
func (r *run) extraneous(t *item, from time.Duration) time.Duration {
	n := &r.nodes[t.node]
	if !n.delayed {
		return from
	}
	return r.pauseHours[t.node].add(from, n.delay.draw(r.uniform(&r.delays[t.node], t)))
}
