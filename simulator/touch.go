package simulator

import (
	"slices"
	"time"
)

// span is a stretch of simulated time.
type span struct{ from, to time.Duration }

// touch adds the work that a person did at a case from one moment to another to the time
// in which it was worked at, as far as nobody else has worked at it then. Work is spread
// evenly over its stretch, which may hold nights and interruptions: the part of the
// stretch that is new counts with its part of the work.
func (c *caseState) touch(from, to, work time.Duration) {
	if to <= from {
		return
	}
	fresh := to - from
	// The stretches seen so far are apart from each other and in order; the new one
	// takes in those that it meets.
	first := len(c.touched)
	for first > 0 && c.touched[first-1].to >= from {
		first--
	}
	last := first
	joint := span{from, to}
	for ; last < len(c.touched) && c.touched[last].from <= to; last++ {
		s := c.touched[last]
		fresh -= max(0, min(s.to, to)-max(s.from, from))
		joint = span{min(joint.from, s.from), max(joint.to, s.to)}
	}
	if first == last {
		c.touched = slices.Insert(c.touched, first, joint)
	} else {
		c.touched[first] = joint
		c.touched = slices.Delete(c.touched, first+1, last)
	}
	c.Touched += time.Duration(float64(work) * (float64(fresh) / float64(to-from)))
}
