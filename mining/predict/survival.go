package predict

import (
	"cmp"
	"math"
	"slices"
)

// span is a time until something ended, or until which it had not.
type span struct {
	time  float64
	ended bool
}

// curve is a survival curve: the share that lasts longer than each time.
type curve struct {
	time, share []float64 // at the times of ends, ascending
	n, ends     int
	beyond      float64 // the last time that is known, of an end or not
}

// survival returns the product-limit estimate (Kaplan, Meier 1958,
// doi:10.1080/01621459.1958.10501452). At equal times ends go before censored
// spans. It reorders its argument. O(n log n).
func survival(spans []span) curve {
	slices.SortFunc(spans, func(x, y span) int { return cmp.Compare(x.time, y.time) })
	return survivalOfSorted(spans)
}

// survivalOfSorted is survival of spans by ascending time. O(n).
func survivalOfSorted(spans []span) curve {
	c := curve{n: len(spans)}
	s := 1.0
	for i := 0; i < len(spans); {
		j, ends := i, 0
		for j < len(spans) && spans[j].time == spans[i].time {
			if spans[j].ended {
				ends++
			}
			j++
		}
		if ends > 0 {
			s *= 1 - float64(ends)/float64(len(spans)-i)
			c.time, c.share = append(c.time, spans[i].time), append(c.share, s)
			c.ends += ends
		}
		c.beyond = spans[i].time
		i = j
	}
	return c
}

// quantile returns the earliest time by which the share p has ended, NaN where
// the curve does not come down that far.
func (c *curve) quantile(p float64) float64 {
	i, _ := slices.BinarySearchFunc(c.share, 1-p, func(s, want float64) int { // descending
		if s <= want+1e-12 {
			return 1
		}
		return -1
	})
	if i == len(c.share) {
		return math.NaN()
	}
	return c.time[i]
}

// longer returns the share that lasts longer than t; NaN where nothing is known
// beyond t and some last longer.
func (c *curve) longer(t float64) float64 {
	if t < 0 {
		return 1
	}
	i, found := slices.BinarySearch(c.time, t)
	if found {
		i++
	}
	s := 1.0
	if i > 0 {
		s = c.share[i-1]
	}
	if t > c.beyond && s > 0 {
		return math.NaN()
	}
	return s
}
