package measure

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// ExactUpTo is the size of both samples together up to which MannWhitney and
// HodgesLehmann count arrangements instead of taking the normal approximation.
const ExactUpTo = 50

// RankTest is the result of MannWhitney.
type RankTest struct {
	A, B  int     // sizes
	U     float64 // pairs in which the value of b is greater, half of those that tie
	P     float64 // two-sided
	Exact bool    // all arrangements counted
	Tied  bool    // a value occurs more than once
}

// MannWhitney tests whether values of b tend to be greater or less than those of
// a (H. B. Mann, D. R. Whitney, doi:10.1214/aoms/1177730491). Up to ExactUpTo
// values in all P is exact, also with ties: the share of arrangements whose U is
// as far from its mean as that observed, counted by the shift algorithm
// (B. Streitberg, J. Röhmel, "Exact distributions for permutation and rank
// tests", Statistical Software Newsletter 12, 1986). Beyond that it is the normal
// approximation with midranks, the variance corrected for ties and a correction
// of ½ for continuity. P is 1 where all values are equal. It fails for an empty
// sample and for values that are no finite numbers. O(n log n).
func MannWhitney(a, b []float64) (RankTest, error) {
	r, err := ranked(a, b)
	if err != nil {
		return RankTest{}, fmt.Errorf("comparing by ranks: %w", err)
	}
	return r.test(), nil
}

func (r *ranks) test() RankTest {
	t := RankTest{A: r.a, B: r.b, Exact: r.a+r.b <= ExactUpTo, Tied: r.ties > 0}
	t.U = r.u()
	far := math.Abs(t.U - float64(r.a)*float64(r.b)/2)
	switch sd := r.sd(); {
	case t.Exact:
		t.P = r.exact(far)
	case sd == 0:
		t.P = 1
	default:
		t.P = math.Min(1, 2*distuv.UnitNormal.Survival(max(far-0.5, 0)/sd))
	}
	return t
}

// Ranked is what the ranks of two samples say of b against a.
type Ranked struct {
	Test  RankTest
	Shift Estimate // HodgesLehmann
	Delta Estimate // CliffDelta
	Size  Size     // of Delta
}

// CompareRanks returns MannWhitney, HodgesLehmann and CliffDelta of two samples,
// which it ranks once. It fails as they do.
func CompareRanks(a, b []float64, confidence float64) (Ranked, error) {
	if err := checkConfidence(confidence); err != nil {
		return Ranked{}, fmt.Errorf("comparing by ranks: %w", err)
	}
	r, err := ranked(a, b)
	if err != nil {
		return Ranked{}, fmt.Errorf("comparing by ranks: %w", err)
	}
	c := Ranked{r.test(), r.shift(confidence), r.delta(confidence), Unsized}
	c.Size = SizeOfDelta(float64(c.Delta.Value))
	return c, nil
}

// ranks holds the midranks of b among both samples.
type ranks struct {
	a, b    int
	doubled []int     // of all values: twice the midrank, in ascending order
	sum     float64   // of the midranks of b
	ties    float64   // Σ t³ − t over the groups of equal values
	small   []float64 // a in ascending order
	large   []float64 // b in ascending order
}

func ranked(a, b []float64) (*ranks, error) {
	if len(a) == 0 || len(b) == 0 {
		return nil, fmt.Errorf("%d values and %d: %w in one of the samples", len(a), len(b), ErrEmpty)
	}
	for _, x := range [][]float64{a, b} {
		for i, v := range x {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("value %d of %d is %v: wanted finite numbers", i+1, len(x), v)
			}
		}
	}
	r := &ranks{a: len(a), b: len(b), small: slices.Sorted(slices.Values(a)), large: slices.Sorted(slices.Values(b))}
	keep := len(a)+len(b) <= ExactUpTo
	var total sum
	for i, j := 0, 0; i < len(a) || j < len(b); {
		v := math.Inf(1)
		if i < len(a) {
			v = r.small[i]
		}
		if j < len(b) {
			v = math.Min(v, r.large[j])
		}
		before, fromB := i+j, j
		for i < len(a) && r.small[i] == v {
			i++
		}
		for j < len(b) && r.large[j] == v {
			j++
		}
		t := i + j - before
		double := 2*before + t + 1 // twice the mean of before+1 … before+t
		total.add(float64(j-fromB) * float64(double) / 2)
		r.ties += float64(t) * (float64(t)*float64(t) - 1)
		for range t {
			if keep {
				r.doubled = append(r.doubled, double)
			}
		}
	}
	r.sum = total.value()
	return r, nil
}

// u returns the pairs in which b is greater, ties counted half.
func (r *ranks) u() float64 { return r.sum - float64(r.b)*float64(r.b+1)/2 }

// sd returns the standard deviation of U where both samples are of one population.
func (r *ranks) sd() float64 {
	a, b := float64(r.a), float64(r.b)
	n := a + b
	if n < 2 {
		return 0
	}
	return math.Sqrt(max(0, a*b/12*((n+1)-r.ties/(n*(n-1)))))
}

// arrangements returns, for each doubled sum of ranks, in how many choices of b
// of the a+b ranks it comes out. The counts stay below 2⁵³.
func (r *ranks) arrangements() []float64 {
	top := 0
	for _, d := range r.doubled {
		top += d
	}
	counts := make([][]float64, r.b+1)
	for k := range counts {
		counts[k] = make([]float64, top+1)
	}
	counts[0][0] = 1
	reach := 0
	for i, d := range r.doubled {
		reach += d
		for k := min(i+1, r.b); k > 0; k-- {
			for s := reach; s >= d; s-- {
				counts[k][s] += counts[k-1][s-d]
			}
		}
	}
	return counts[r.b]
}

// exact returns the share of arrangements whose U lies at least far from its mean.
func (r *ranks) exact(far float64) float64 {
	mean := float64(r.b) * float64(r.a+r.b+1) // twice the mean of the sum of ranks
	var in, all float64
	for s, n := range r.arrangements() {
		all += n
		if math.Abs(float64(s)-mean) >= 2*far-1e-9 {
			in += n
		}
	}
	return in / all
}

// HodgesLehmann returns by how much values of b exceed those of a: the median of
// all differences b[j] − a[i], with its distribution-free interval from the order
// statistics of those differences (J. L. Hodges, E. L. Lehmann,
// doi:10.1214/aoms/1177704172; M. Hollander, D. A. Wolfe, E. Chicken,
// Nonparametric Statistical Methods, 3rd ed., doi:10.1002/9781119196037,
// sections 4.2 and 4.3). The interval presumes that one distribution is the other
// shifted. Up to ExactUpTo values without ties the ranks of its ends are exact and
// Confidence is what they reach; otherwise they are those of the normal
// approximation, without the correction for ties, which errs towards width. The
// interval is nil where the samples are too small for the confidence.
//
// It fails as MannWhitney does. O((n + m)·64) after sorting: the differences are
// never listed, their order statistics are found by bisection over the floats.
func HodgesLehmann(a, b []float64, confidence float64) (Estimate, error) {
	if err := checkConfidence(confidence); err != nil {
		return Estimate{}, fmt.Errorf("estimating a shift: %w", err)
	}
	r, err := ranked(a, b)
	if err != nil {
		return Estimate{}, fmt.Errorf("estimating a shift: %w", err)
	}
	return r.shift(confidence), nil
}

func (r *ranks) shift(confidence float64) Estimate {
	pairs := int64(r.a) * int64(r.b)
	mid := r.difference((pairs + 1) / 2)
	if pairs%2 == 0 && r.upTo(mid) <= pairs/2 {
		mid = mid/2 + r.difference(pairs/2+1)/2
	}
	e := Estimate{Value: Number(mid)}
	if k, reached := r.shiftRank(confidence); k >= 1 {
		e.Interval = &Interval{r.difference(k), r.difference(pairs + 1 - k), reached}
	}
	return e
}

// shiftRank returns the rank of the difference at which the interval begins, 0
// where there is none, and the confidence that it reaches.
func (r *ranks) shiftRank(confidence float64) (int64, float64) {
	if r.a+r.b <= ExactUpTo && r.ties == 0 {
		counts := r.arrangements()
		var all, below float64
		for _, n := range counts {
			all += n
		}
		least := r.b * (r.b + 1) // doubled sum of ranks where U is 0
		k, reached := int64(0), 0.0
		for u := 0; u <= r.a*r.b/2; u++ { // P(U ≤ u) at each end is given up
			below += counts[least+2*u]
			if 1-2*below/all < confidence {
				break
			}
			k, reached = int64(u)+1, 1-2*below/all
		}
		return k, reached
	}
	a, b := float64(r.a), float64(r.b)
	z := distuv.UnitNormal.Quantile(0.5 + confidence/2)
	return int64(math.Floor(a*b/2 - z*math.Sqrt(a*b*(a+b+1)/12))), confidence
}

// difference returns the k-th smallest of all differences b[j] − a[i], k from 1.
func (r *ranks) difference(k int64) float64 {
	lo, hi := ordered(r.large[0]-r.small[r.a-1]), ordered(r.large[r.b-1]-r.small[0])
	for lo < hi { // the least float with at least k differences up to it
		mid := lo + int64(uint64(hi-lo)/2)
		if r.upTo(unordered(mid)) >= k {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return unordered(lo)
}

// upTo returns how many differences b[j] − a[i] are at most d, walking both
// samples once: with a greater a[i] no fewer values of b fit.
func (r *ranks) upTo(d float64) int64 {
	var n int64
	j := 0
	for _, x := range r.small {
		for j < r.b && r.large[j]-x <= d {
			j++
		}
		n += int64(j)
	}
	return n
}

// ordered maps finite floats to integers in the same order; unordered maps back.
func ordered(x float64) int64 {
	b := int64(math.Float64bits(x + 0)) // −0 is 0
	if b < 0 {
		return math.MinInt64 - b
	}
	return b
}

func unordered(i int64) float64 {
	if i < 0 {
		i = math.MinInt64 - i
	}
	return math.Float64frombits(uint64(i))
}

// CliffDelta returns P(b > a) − P(b < a) over all pairs, −1…1, with the
// asymmetric interval from its unbiased variance (N. Cliff,
// doi:10.1037/0033-2909.114.3.494; D. Feng, N. Cliff,
// doi:10.22237/jmasm/1099267560). The interval is nil where a sample has one
// value alone. It fails as MannWhitney does. O(n log n).
func CliffDelta(a, b []float64, confidence float64) (Estimate, error) {
	if err := checkConfidence(confidence); err != nil {
		return Estimate{}, fmt.Errorf("estimating Cliff's delta: %w", err)
	}
	r, err := ranked(a, b)
	if err != nil {
		return Estimate{}, fmt.Errorf("estimating Cliff's delta: %w", err)
	}
	return r.delta(confidence), nil
}

func (r *ranks) delta(confidence float64) Estimate {
	m, n := float64(r.a), float64(r.b)
	d := 2*r.u()/(m*n) - 1
	e := Estimate{Value: Number(d)}
	if r.a < 2 || r.b < 2 {
		return e
	}
	z := distuv.UnitNormal.Quantile(0.5 + confidence/2)
	if math.Abs(d) == 1 {
		least := min(m, n)
		i := Interval{(least - z*z) / (least + z*z), 1, confidence}
		if d < 0 {
			i.Low, i.High = -1, -i.Low
		}
		e.Interval = &i
		return e
	}
	rowsB, _ := dominance(r.large, r.small, d)
	rowsA, ties := dominance(r.small, r.large, -d)
	cells := (m*n - ties) - m*n*d*d
	s2 := (m*m*rowsB + n*n*rowsA - cells) / (m * n * (m - 1) * (n - 1))
	s2 = max(s2, (1-d*d)/(m*n-1))
	half := z * math.Sqrt(s2) * math.Sqrt((1-d*d)*(1-d*d)+z*z*s2)
	under := 1 - d*d + z*z*s2
	e.Interval = &Interval{max(-1, (d-d*d*d-half)/under), min(1, (d-d*d*d+half)/under), confidence}
	return e
}

// dominance returns Σ (dᵢ − d)² over the values of x, dᵢ being the share of y
// below x[i] less that above it, and the pairs that tie. Both are sorted.
func dominance(x, y []float64, d float64) (squares, ties float64) {
	var s sum
	below, upTo := 0, 0
	for _, v := range x {
		for below < len(y) && y[below] < v {
			below++
		}
		for upTo < len(y) && y[upTo] <= v {
			upTo++
		}
		di := float64(below-(len(y)-upTo)) / float64(len(y))
		s.add((di - d) * (di - d))
		ties += float64(upTo - below)
	}
	return s.value(), ties
}
