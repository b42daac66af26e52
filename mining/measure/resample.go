package measure

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Resampling says how often and from which seed to draw. Zero Draws are 1,999.
type Resampling struct {
	Draws int
	Seed  uint64
}

func (r Resampling) draws() int {
	if r.Draws == 0 {
		return 1999
	}
	return r.Draws
}

// source returns the stream of one draw: it depends on seed and draw alone, so
// that draws can be made in any order.
func (r Resampling) source(draw int) *rand.Rand {
	return rand.New(rand.NewPCG(r.Seed, 0x647261770000+uint64(draw)))
}

// PermutationTest is the result of Permute.
type PermutationTest struct {
	Observed float64
	Expected float64 // mean over the rearrangements
	P        float64 // (1 + rearrangements at least as large) / (1 + all)
	Draws    int
}

// Permute tests a statistic of two groups of na and nb things, large where they
// differ, against its values when the things are dealt to the groups at random. It calls
// statistic with the positions, 0 … na+nb−1, of the first group and of the
// second, which it must not keep. P counts the observed arrangement among the
// draws and is therefore never 0 (B. Phipson, G. K. Smyth,
// doi:10.2202/1544-6115.1585). It fails for an empty group, fewer than one draw
// and a statistic of the observed groups that is NaN; one of a rearrangement
// counts as large. O(Draws·(na + nb)) beside the statistic.
func Permute(ctx context.Context, na, nb int, statistic func(a, b []int) float64, cfg Resampling) (PermutationTest, error) {
	if na < 1 || nb < 1 || cfg.draws() < 1 {
		return PermutationTest{}, fmt.Errorf("permuting %d things and %d in %d draws: wanted one or more of each", na, nb, cfg.draws())
	}
	all := make([]int, na+nb)
	for i := range all {
		all[i] = i
	}
	t := PermutationTest{Observed: statistic(all[:na], all[na:]), Draws: cfg.draws()}
	if math.IsNaN(t.Observed) {
		return PermutationTest{}, fmt.Errorf("permuting %d things and %d: the statistic of the groups as they are is NaN", na, nb)
	}
	var mean sum
	large := 0
	for draw := range t.Draws {
		if err := ctx.Err(); err != nil {
			return PermutationTest{}, err
		}
		r := cfg.source(draw)
		for i := range all {
			all[i] = i
		}
		for i := range min(na, nb) { // the smaller group is dealt, the rest is the other
			at := i
			if nb < na {
				at = len(all) - 1 - i
				j := r.IntN(at + 1)
				all[at], all[j] = all[j], all[at]
				continue
			}
			j := at + r.IntN(len(all)-at)
			all[at], all[j] = all[j], all[at]
		}
		s := statistic(all[:na], all[na:])
		if !(s < t.Observed-1e-12*math.Abs(t.Observed)) {
			large++
		}
		mean.add(s)
	}
	t.Expected = mean.value() / float64(t.Draws)
	t.P = float64(1+large) / float64(1+t.Draws)
	return t, nil
}

// Bootstrap returns the interval of any statistic of one or more samples of the
// given sizes, each drawn anew from itself with replacement. It calls statistic
// with the positions drawn from each sample, which it must not keep; the first
// call has every position once, and its value is the estimate. The interval is
// BCa, corrected for bias and acceleration, the latter by leaving one thing out at
// a time (B. Efron, doi:10.1080/01621459.1987.10478410; for several
// samples the influences of each are scaled by its size, T. J. DiCiccio,
// B. Efron, doi:10.1214/ss/1032280214). Where the acceleration cannot be told, or
// percentile is asked for, it is the percentile interval. It is nil where the
// statistic is NaN in more than a twentieth of the draws or all draws are equal
// but not to the estimate. It fails for an empty sample or a statistic that is NaN
// of the samples as they are. O((Draws + things)·statistic).
func Bootstrap(ctx context.Context, sizes []int, statistic func(draw [][]int) float64, confidence float64, percentile bool, cfg Resampling) (Estimate, error) {
	if err := checkConfidence(confidence); err != nil {
		return Estimate{}, fmt.Errorf("bootstrapping: %w", err)
	}
	whole := make([][]int, len(sizes))
	draw := make([][]int, len(sizes))
	for i, n := range sizes {
		if n < 1 {
			return Estimate{}, fmt.Errorf("bootstrapping sample %d: %w", i+1, ErrEmpty)
		}
		draw[i] = make([]int, n)
		for j := range n {
			whole[i] = append(whole[i], j)
		}
	}
	at := statistic(whole)
	if math.IsNaN(at) || math.IsInf(at, 0) {
		return Estimate{}, fmt.Errorf("bootstrapping: the statistic of the samples as they are is %v", at)
	}
	e := Estimate{Value: Number(at)}
	values := make([]float64, 0, cfg.draws())
	for k := range cfg.draws() {
		if err := ctx.Err(); err != nil {
			return Estimate{}, err
		}
		r := cfg.source(k)
		for i, d := range draw {
			for j := range d {
				d[j] = r.IntN(sizes[i])
			}
		}
		if v := statistic(draw); !math.IsNaN(v) && !math.IsInf(v, 0) {
			values = append(values, v)
		}
	}
	if len(values)*20 < cfg.draws()*19 || len(values) == 0 {
		return e, nil
	}
	slices.Sort(values)
	lo, hi := 0.5-confidence/2, 0.5+confidence/2
	if !percentile {
		a, err := acceleration(ctx, whole, statistic)
		if err != nil {
			return Estimate{}, err
		}
		if bl, bh, ok := corrected(values, at, a, lo, hi); ok {
			lo, hi = bl, bh
		}
	}
	e.Interval = &Interval{Quantile(values, lo), Quantile(values, hi), confidence}
	return e, nil
}

// corrected returns the levels at which BCa reads the sorted draws.
func corrected(values []float64, at, a, lo, hi float64) (float64, float64, bool) {
	below, _ := slices.BinarySearch(values, at)
	upTo := below
	for upTo < len(values) && values[upTo] == at {
		upTo++
	}
	share := (float64(below) + float64(upTo-below)/2) / float64(len(values))
	if share <= 0 || share >= 1 || math.IsNaN(a) {
		return 0, 0, false
	}
	norm := distuv.UnitNormal
	z0 := norm.Quantile(share)
	level := func(p float64) float64 {
		z := z0 + norm.Quantile(p)
		return norm.CDF(z0 + z/(1-a*z))
	}
	return level(lo), level(hi), true
}

// acceleration returns BCa's a, NaN where leaving a thing out gives no number.
func acceleration(ctx context.Context, whole [][]int, statistic func([][]int) float64) (float64, error) {
	var cubes, squares sum
	for i, all := range whole {
		n := len(all)
		if n < 2 {
			continue
		}
		left := make([]float64, n)
		part := slices.Clone(whole)
		rest := slices.Clone(all[1:])
		for j := range n {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			part[i] = rest
			left[j] = statistic(part)
			if j < n-1 {
				rest[j] = j // leave out j+1 next
			}
		}
		mean, _ := moments(left)
		for _, v := range left {
			u := (mean - v) * float64(n-1) / float64(n) // influence over n
			cubes.add(u * u * u)
			squares.add(u * u)
		}
	}
	s := squares.value()
	if !(s > 0) {
		return math.NaN(), nil
	}
	return cubes.value() / (6 * math.Pow(s, 1.5)), nil
}
