package predict

import (
	"cmp"
	"math"
	"slices"
)

// conformal widens an interval so that it holds as often as it says: the scores
// of held-out answers, on the scale of log(1 + minutes), where errors of short and
// of long cases weigh alike.
//
// Source: Y. Romano, E. Patterson, E. Candès, "Conformalized Quantile Regression",
// NeurIPS 2019, arXiv:1905.03222, algorithm 1.
type conformal struct {
	widen float64
	n     int
}

func logMinutes(micros float64) float64 { return math.Log1p(max(0, micros) / 60e6) } // +Inf stays so
func expMinutes(x float64) float64      { return max(0, math.Expm1(x)) * 60e6 }

// score is how far y lies outside of the interval, negative inside.
func score(low, high, y float64) float64 {
	return max(logMinutes(low)-logMinutes(y), logMinutes(y)-logMinutes(high))
}

// calibrated returns the widening at which the share confidence of the scores,
// with the correction for their number, lies within; infinite where there are too
// few of them.
func calibrated(scores []float64, confidence float64) conformal {
	n := len(scores)
	rank := int(math.Ceil(confidence * float64(n+1)))
	if rank > n {
		return conformal{math.Inf(1), n}
	}
	sorted := slices.Clone(scores)
	slices.Sort(sorted)
	return conformal{sorted[rank-1], n}
}

// interval returns the widened interval.
func (c conformal) interval(low, high float64) (float64, float64) {
	l, h := max(0, logMinutes(low)-c.widen), logMinutes(high)+c.widen
	if l > h { // a strongly negative widening
		l = (l + h) / 2
		h = l
	}
	return expMinutes(l), expMinutes(h)
}

// vennAbers turns a raw probability into a calibrated one with an interval: the
// isotonic fit of held-out outcomes with the question added once as "no" and once
// as "yes".
//
// Source: V. Vovk, I. Petej, "Venn–Abers Predictors", UAI 2014, arXiv:1211.0025,
// section 2 (inductive). O(n) a question; n is thinned to a few thousand.
type vennAbers struct {
	raw []float64 // ascending
	yes []float64 // 0 or 1, summed over equal raw values
	n   []float64
}

func newVennAbers(raw []float64, yes []bool) *vennAbers {
	order := make([]int, len(raw))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(raw[x], raw[y]) })
	v := &vennAbers{}
	for _, i := range order {
		y := 0.0
		if yes[i] {
			y = 1
		}
		if k := len(v.raw); k > 0 && v.raw[k-1] == raw[i] {
			v.yes[k-1] += y
			v.n[k-1]++
			continue
		}
		v.raw, v.yes, v.n = append(v.raw, raw[i]), append(v.yes, y), append(v.n, 1)
	}
	return v
}

// ask returns the probability with its lower and upper bound; all NaN where there
// is nothing to calibrate by.
func (v *vennAbers) ask(raw float64) (p, low, high float64) {
	if len(v.raw) == 0 || math.IsNaN(raw) {
		return math.NaN(), math.NaN(), math.NaN()
	}
	low, high = v.isotonic(raw, 0), v.isotonic(raw, 1)
	return high / (1 - low + high), low, high // Vovk and Petej, minimax for log loss
}

// isotonic returns the value at raw of the isotonic regression with (raw, y) added
// (pool adjacent violators).
func (v *vennAbers) isotonic(raw, y float64) float64 {
	type block struct{ sum, n, last float64 } // last: greatest raw value in it
	var blocks []block
	push := func(b block) {
		for len(blocks) > 0 && blocks[len(blocks)-1].sum*b.n >= b.sum*blocks[len(blocks)-1].n {
			top := blocks[len(blocks)-1]
			blocks = blocks[:len(blocks)-1]
			b.sum, b.n = b.sum+top.sum, b.n+top.n
		}
		blocks = append(blocks, b)
	}
	added := false
	for i, r := range v.raw {
		b := block{v.yes[i], v.n[i], r}
		switch {
		case !added && r == raw:
			b.sum, b.n, added = b.sum+y, b.n+1, true
		case !added && r > raw:
			push(block{y, 1, raw})
			added = true
		}
		push(b)
	}
	if !added {
		push(block{y, 1, raw})
	}
	for _, b := range blocks {
		if b.last >= raw {
			return b.sum / b.n
		}
	}
	return math.NaN()
}
