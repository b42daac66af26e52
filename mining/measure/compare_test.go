package measure_test

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/measure"
)

// Permeability of the chorioamnion, Hollander & Wolfe, example 4.1.
var (
	early = []float64{1.15, 0.88, 0.90, 0.74, 1.21}
	term  = []float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46}
)

// Student's sleep data (doi:10.1093/biomet/6.1.1).
var (
	drug1 = []float64{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2}
	drug2 = []float64{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4}
)

func TestMannWhitney(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b []float64
		u, p float64
	}{
		// 1, 1 and 2 of the 252 arrangements have U of 0, 1, 2.
		{"tables, U = 2 of 5 and 5", []float64{4, 7, 8, 9, 10}, []float64{1, 2, 3, 5, 6}, 2, 2 * 4. / 252},
		{"Hollander & Wolfe", early, term, 35, 2 * 0.1272},
		// Midranks 1, 2.5, 2.5, 4: sums of two 3.5, 3.5, 5, 5, 6.5, 6.5.
		{"ties by hand", []float64{1, 2}, []float64{2, 3}, 3.5, 4. / 6},
		{"all equal", []float64{1, 1}, []float64{1, 1, 1}, 3, 1},
		{"one and one", []float64{1}, []float64{2}, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := measure.MannWhitney(c.a, c.b)
			require.NoError(t, err)
			require.InDelta(t, c.u, r.U, 1e-12)
			require.InDelta(t, c.p, r.P, 5e-5)
			require.True(t, r.Exact)
			back, err := measure.MannWhitney(c.b, c.a)
			require.NoError(t, err)
			require.InDelta(t, float64(len(c.a)*len(c.b)), r.U+back.U, 1e-12)
			require.InDelta(t, r.P, back.P, 1e-12)
		})
	}
	// Beyond ExactUpTo: 1…30 against 31…60 gives U = 900, σ² = 900·61/12.
	a, b := make([]float64, 30), make([]float64, 30)
	for i := range a {
		a[i], b[i] = float64(i), float64(i)+7
	}
	// Ties: 23 pairs of equal values. U = 900/2 + shift, by counting pairs.
	u := 0.0
	for _, x := range a {
		for _, y := range b {
			if y > x {
				u++
			} else if y == x {
				u += 0.5
			}
		}
	}
	sigma := math.Sqrt(900. / 12 * (61 - 23*6./(60*59)))
	z := (math.Abs(u-450) - 0.5) / sigma
	r, err := measure.MannWhitney(a, b)
	require.NoError(t, err)
	require.False(t, r.Exact)
	require.True(t, r.Tied)
	require.Equal(t, u, r.U)
	require.InDelta(t, math.Erfc(z/math.Sqrt2), r.P, 1e-12)
	_, err = measure.MannWhitney(nil, a)
	require.ErrorIs(t, err, measure.ErrEmpty)
	_, err = measure.MannWhitney(a, []float64{math.NaN()})
	require.ErrorContains(t, err, "comparing by ranks: value 1 of 1 is NaN")
}

func TestHodgesLehmann(t *testing.T) {
	e, err := measure.HodgesLehmann(early, term, 0.95)
	require.NoError(t, err)
	require.InDelta(t, 0.305, float64(e.Value), 1e-12)
	require.InDelta(t, -0.15, e.Interval.Low, 1e-12) // Hollander & Wolfe: 96 %, (−0.15, 0.76)
	require.InDelta(t, 0.76, e.Interval.High, 1e-12)
	require.InDelta(t, 0.96, e.Interval.Confidence, 0.005)

	e, err = measure.HodgesLehmann([]float64{1, 2}, []float64{5, 7, 10}, 0.95) // 3 4 5 6 8 9
	require.NoError(t, err)
	require.Equal(t, measure.Number(5.5), e.Value)
	require.Nil(t, e.Interval, "10 arrangements reach 80 % at most")

	r := rand.New(rand.NewPCG(4, 4))
	for range 60 { // against the list of all differences
		a, b := make([]float64, 1+r.IntN(40)), make([]float64, 1+r.IntN(40))
		for _, x := range [][]float64{a, b} {
			for i := range x {
				x[i] = math.Round(r.NormFloat64()*20) / 4
			}
		}
		var all []float64
		for _, x := range a {
			for _, y := range b {
				all = append(all, y-x)
			}
		}
		slices.Sort(all)
		e, err := measure.HodgesLehmann(a, b, 0.9)
		require.NoError(t, err)
		require.InDelta(t, measure.Quantile(all, 0.5), float64(e.Value), 1e-12)
		if e.Interval != nil {
			require.Contains(t, all, e.Interval.Low)
			require.LessOrEqual(t, e.Interval.Low, float64(e.Value))
			require.GreaterOrEqual(t, e.Interval.High, float64(e.Value))
		}
	}
	_, err = measure.HodgesLehmann(early, term, 1)
	require.Error(t, err)
}

func TestCliffDelta(t *testing.T) {
	e, err := measure.CliffDelta(drug1, drug2, 0.95) // U = 25.5 the other way
	require.NoError(t, err)
	require.InDelta(t, 0.49, float64(e.Value), 1e-12)
	require.Less(t, e.Interval.Low, 0.0)
	require.Greater(t, e.Interval.High, 0.75)
	e, err = measure.CliffDelta([]float64{1, 2, 3}, []float64{4, 5}, 0.95)
	require.NoError(t, err)
	require.Equal(t, measure.Number(1), e.Value)
	z2 := 1.959963984540054 * 1.959963984540054
	require.InDelta(t, (2-z2)/(2+z2), e.Interval.Low, 1e-9)
	e, err = measure.CliffDelta([]float64{4, 5}, []float64{1}, 0.95)
	require.NoError(t, err)
	require.Equal(t, measure.Number(-1), e.Value)
	require.Nil(t, e.Interval)
	require.Equal(t, "large большой", measure.SizeOfDelta(-0.49).In("en")+" "+measure.SizeOfDelta(0.49).In("ru"))
	require.Equal(t, measure.Negligible, measure.SizeOfDelta(0.146))
	require.Equal(t, measure.Small, measure.SizeOfShares(0.5, 0.6))
	require.Equal(t, measure.Medium, measure.SizeOfTable(0.3, 2))
	require.Equal(t, measure.Unsized, measure.SizeOfDelta(math.NaN()))
	require.Equal(t, "неизвестен", measure.Unsized.In("ru"))
}

func TestWelch(t *testing.T) {
	r, err := measure.Welch(drug1, drug2, 0.95)
	require.NoError(t, err)
	require.InDelta(t, 1.8608, r.T, 5e-5)
	require.InDelta(t, 17.776, r.DF, 5e-4)
	require.InDelta(t, 0.07939, r.P, 5e-6)
	require.InDelta(t, -0.2054832, r.Difference.Interval.Low, 5e-6)
	require.InDelta(t, 3.3654832, r.Difference.Interval.High, 5e-6)
	_, err = measure.Welch([]float64{1}, drug1, 0.95)
	require.Error(t, err)
	_, err = measure.Welch([]float64{1, 1}, []float64{2, 2}, 0.95)
	require.ErrorContains(t, err, "standard error is 0")
}

// The examples of Newcombe's second paper, table II, method 10.
func TestCompareShares(t *testing.T) {
	for _, c := range []struct {
		b, a      measure.Rate
		low, high float64
	}{
		{measure.Rate{K: 56, N: 70}, measure.Rate{K: 48, N: 80}, 0.0524, 0.3339},
		{measure.Rate{K: 9, N: 10}, measure.Rate{K: 3, N: 10}, 0.1705, 0.8090},
		{measure.Rate{K: 6, N: 7}, measure.Rate{K: 2, N: 7}, 0.0582, 0.8062},
		{measure.Rate{K: 5, N: 56}, measure.Rate{K: 0, N: 29}, -0.0381, 0.1926},
		{measure.Rate{K: 0, N: 10}, measure.Rate{K: 0, N: 20}, -0.1611, 0.2775},
		{measure.Rate{K: 10, N: 10}, measure.Rate{K: 0, N: 10}, 0.6075, 1},
	} {
		r, err := measure.CompareShares(c.a, c.b, 0.95)
		require.NoError(t, err)
		require.InDelta(t, c.low, r.Difference.Interval.Low, 6e-5)
		require.InDelta(t, c.high, r.Difference.Interval.High, 6e-5)
	}
	r, err := measure.CompareShares(measure.Rate{K: 48, N: 80}, measure.Rate{K: 56, N: 70}, 0.95)
	require.NoError(t, err)
	require.InDelta(t, 4./3, float64(r.Ratio.Value), 1e-12)
	half := 1.959964 * math.Sqrt(0.4/48+0.2/56)
	require.InDelta(t, 4./3*math.Exp(-half), r.Ratio.Interval.Low, 1e-6)
	require.InDelta(t, 56.*32/(14*48), float64(r.Odds.Value), 1e-12)
	// (48·14 − 32·56)²·149 / (80·70·104·46)
	require.InDelta(t, math.Erfc(math.Sqrt(1120*1120*149./(80*70*104*46)/2)), float64(r.P), 1e-12)
	none, err := measure.CompareShares(measure.Rate{N: 4}, measure.Rate{N: 5}, 0.95)
	require.NoError(t, err)
	require.Equal(t, measure.Number(1), none.P)
	b, err := json.Marshal(none)
	require.NoError(t, err)
	require.Contains(t, string(b), `"ratio":{"value":null,"interval":null}`)
	_, err = measure.CompareShares(measure.Rate{}, measure.Rate{N: 5}, 0.95)
	require.Error(t, err)
}

func TestTables(t *testing.T) {
	p, err := measure.Fisher(3, 1, 1, 3) // the lady tasting tea: 2·(1 + 16)/70
	require.NoError(t, err)
	require.InDelta(t, 34./70, p, 1e-9)
	p, err = measure.Fisher(0, 0, 2, 3)
	require.NoError(t, err)
	require.InDelta(t, 1, p, 1e-9)
	_, err = measure.Fisher(-1, 0, 0, 0)
	require.Error(t, err)

	c, err := measure.ChiSquare([][]int{{10, 20, 0}, {20, 10, 0}})
	require.NoError(t, err)
	require.InDelta(t, 20./3, c.ChiSquare, 1e-12)
	require.Equal(t, 1, c.DF)
	require.InDelta(t, 0.009823, c.P, 1e-6)
	require.InDelta(t, 1./3, c.V, 1e-12)
	require.Equal(t, measure.Medium, c.Size)
	require.Equal(t, 15.0, c.Least)
	c, err = measure.ChiSquare([][]int{{1, 2}})
	require.NoError(t, err)
	require.Equal(t, 1.0, c.P)
	_, err = measure.ChiSquare([][]int{{1, 2}, {1}})
	require.ErrorContains(t, err, "row 2 has 1 columns, wanted 2")
}

// Kidney stones (Charig et al., doi:10.1136/bmj.292.6524.879), the classic of
// Simpson's paradox: worse in all, better within both sizes of stone.
func TestMantelHaenszel(t *testing.T) {
	m, err := measure.MantelHaenszel([]measure.Stratum{
		{A: measure.Rate{K: 234, N: 270}, B: measure.Rate{K: 81, N: 87}},
		{A: measure.Rate{K: 55, N: 80}, B: measure.Rate{K: 192, N: 263}},
		{A: measure.Rate{K: 1, N: 3}},
	}, 0.95)
	require.NoError(t, err)
	require.InDelta(t, 0.053835, float64(m.Difference.Value), 2e-6)
	require.InDelta(t, 1.06900, float64(m.Ratio.Value), 1e-5)
	require.Equal(t, 2, m.Strata)
	require.Equal(t, 700, m.N)
	require.Equal(t, 3, m.Left)
	// Admissions to Berkeley (doi:10.1126/science.187.4175.398): χ² = 1.5246 without correction.
	m, err = measure.MantelHaenszel([]measure.Stratum{
		{A: measure.Rate{K: 89, N: 108}, B: measure.Rate{K: 512, N: 825}}, {A: measure.Rate{K: 17, N: 25}, B: measure.Rate{K: 353, N: 560}},
		{A: measure.Rate{K: 202, N: 593}, B: measure.Rate{K: 120, N: 325}}, {A: measure.Rate{K: 131, N: 375}, B: measure.Rate{K: 138, N: 417}},
		{A: measure.Rate{K: 94, N: 393}, B: measure.Rate{K: 53, N: 191}}, {A: measure.Rate{K: 24, N: 341}, B: measure.Rate{K: 22, N: 373}},
	}, 0.95)
	require.NoError(t, err)
	require.InDelta(t, 0.2169, float64(m.P), 5e-4)
	// One stratum is the plain comparison.
	m, err = measure.MantelHaenszel([]measure.Stratum{{A: measure.Rate{K: 48, N: 80}, B: measure.Rate{K: 56, N: 70}}}, 0.95)
	require.NoError(t, err)
	plain, err := measure.CompareShares(measure.Rate{K: 48, N: 80}, measure.Rate{K: 56, N: 70}, 0.95)
	require.NoError(t, err)
	require.InDelta(t, 0.2, float64(m.Difference.Value), 1e-12)
	require.InDelta(t, float64(plain.P), float64(m.P), 1e-12)
	require.InDelta(t, plain.Ratio.Interval.Low, m.Ratio.Interval.Low, 1e-9)
	m, err = measure.MantelHaenszel(nil, 0.95)
	require.NoError(t, err)
	require.True(t, math.IsNaN(float64(m.Ratio.Value)))
}

// The fifteen probabilities of Benjamini & Hochberg, section 3.2: four are found
// at a false discovery rate of 5 %, three by Bonferroni's and Holm's procedures.
func TestFamilies(t *testing.T) {
	p := []float64{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1}
	count := func(adjusted []float64) (n int) {
		for _, v := range adjusted {
			if v <= 0.05 {
				n++
			}
		}
		return n
	}
	require.Equal(t, 4, count(measure.BenjaminiHochberg(p)))
	require.Equal(t, 3, count(measure.Holm(p)))
	require.InDeltaSlice(t, []float64{0.04, 0.03, 0.04, 0.04}, measure.BenjaminiHochberg([]float64{0.04, 0.0075, 0.02, 0.03}), 1e-12)
	require.InDeltaSlice(t, []float64{0.06, 0.03, 0.06, 0.06}, measure.Holm([]float64{0.04, 0.0075, 0.02, 0.03}), 1e-12)
	some := measure.Holm([]float64{math.NaN(), 0.03})
	require.True(t, math.IsNaN(some[0]))
	require.Equal(t, 0.03, some[1])
	require.Empty(t, measure.BenjaminiHochberg(nil))
}

func TestPermute(t *testing.T) {
	x := []float64{1, 2, 3, 4}
	mean := func(at []int) (m float64) {
		for _, i := range at {
			m += x[i] / float64(len(at))
		}
		return m
	}
	apart := func(a, b []int) float64 { return math.Abs(mean(a) - mean(b)) }
	r, err := measure.Permute(context.Background(), 2, 2, apart, measure.Resampling{Draws: 9999})
	require.NoError(t, err)
	require.InDelta(t, 1./3, r.P, 0.015) // 2 of 6; binomial ±3σ
	require.InDelta(t, (2*2+2*1+2*0)/6., r.Expected, 0.03)
	require.Equal(t, 2.0, r.Observed)
	for _, n := range [][2]int{{1, 3}, {3, 1}} { // each of 4 is alone as often
		r, err = measure.Permute(context.Background(), n[0], n[1], apart, measure.Resampling{Draws: 9999, Seed: 1})
		require.NoError(t, err)
		require.InDelta(t, 0.5, r.P, 0.02)
	}
	again, err := measure.Permute(context.Background(), 3, 1, apart, measure.Resampling{Draws: 9999, Seed: 1})
	require.NoError(t, err)
	require.Equal(t, r, again)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = measure.Permute(ctx, 2, 2, apart, measure.Resampling{})
	require.ErrorIs(t, err, context.Canceled)
	_, err = measure.Permute(ctx, 0, 2, apart, measure.Resampling{})
	require.Error(t, err)
}

func TestBootstrap(t *testing.T) {
	ctx := context.Background()
	x := []float64{8, 1, 16, 2, 4, 9, 7, 3, 12, 5}
	mean := func(draw [][]int) (m float64) {
		for _, i := range draw[0] {
			m += x[i] / float64(len(draw[0]))
		}
		return m
	}
	e, err := measure.Bootstrap(ctx, []int{10}, mean, 0.95, false, measure.Resampling{})
	require.NoError(t, err)
	require.InDelta(t, 6.7, float64(e.Value), 1e-12)
	p, err := measure.Bootstrap(ctx, []int{10}, mean, 0.95, true, measure.Resampling{})
	require.NoError(t, err)
	require.Greater(t, e.Interval.Low, p.Interval.Low, "a skewed sample moves BCa to the right")
	require.Greater(t, e.Interval.High, p.Interval.High)
	again, err := measure.Bootstrap(ctx, []int{10}, mean, 0.95, false, measure.Resampling{})
	require.NoError(t, err)
	require.Equal(t, e, again)
	constant := func([][]int) float64 { return 3 }
	e, err = measure.Bootstrap(ctx, []int{2, 2}, constant, 0.95, false, measure.Resampling{Draws: 99})
	require.NoError(t, err)
	require.Equal(t, measure.Interval{Low: 3, High: 3, Confidence: 0.95}, *e.Interval)
	rarely := func(draw [][]int) float64 {
		if draw[0][0] == 0 && draw[0][1] == 1 {
			return 1
		}
		return math.NaN()
	}
	e, err = measure.Bootstrap(ctx, []int{2}, rarely, 0.95, false, measure.Resampling{Draws: 99})
	require.NoError(t, err)
	require.Nil(t, e.Interval)
	_, err = measure.Bootstrap(ctx, []int{2, 0}, constant, 0.95, false, measure.Resampling{})
	require.ErrorIs(t, err, measure.ErrEmpty)
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	_, err = measure.Bootstrap(stopped, []int{10}, mean, 0.95, false, measure.Resampling{})
	require.ErrorIs(t, err, context.Canceled)
}

// TestComparisonsCover counts how often 95 % intervals hold the truth and how
// often tests of no difference find one; binomial errors at 3 σ of 1,000 samples.
func TestComparisonsCover(t *testing.T) {
	if testing.Short() {
		t.Skip("1,000 samples")
	}
	r := rand.New(rand.NewPCG(3, 5))
	var shift, delta, shares, boot, found, foundShares int
	const samples = 1000
	for k := range samples {
		a, b, c := make([]float64, 40), make([]float64, 30), make([]float64, 30)
		x, y := measure.Rate{N: 40}, measure.Rate{N: 30}
		for i := range a {
			a[i] = r.ExpFloat64()
			if r.Float64() < 0.3 {
				x.K++
			}
		}
		for i := range b {
			c[i] = r.ExpFloat64()
			b[i] = r.ExpFloat64() + 0.5
			if r.Float64() < 0.3 {
				y.K++
			}
		}
		e, err := measure.HodgesLehmann(a, b, 0.95)
		require.NoError(t, err)
		if e.Interval.Contains(0.5) {
			shift++
		}
		both, err := measure.CompareRanks(a, b, 0.95)
		require.NoError(t, err)
		require.Equal(t, e, both.Shift)
		e = both.Delta
		if e.Interval.Contains(1 - math.Exp(-0.5)) { // P(b>a) = 1 − e^−0.5/2
			delta++
		}
		s, err := measure.CompareShares(x, y, 0.95)
		require.NoError(t, err)
		if s.Difference.Interval.Contains(0) {
			shares++
		}
		if s.P <= 0.05 {
			foundShares++
		}
		m, err := measure.MannWhitney(a, c)
		require.NoError(t, err)
		if m.P <= 0.05 {
			found++
		}
		if k < 300 {
			e, err = measure.Bootstrap(context.Background(), []int{40, 30}, func(draw [][]int) float64 {
				var ma, mc float64
				for _, i := range draw[0] {
					ma += a[i] / 40
				}
				for _, i := range draw[1] {
					mc += c[i] / 30
				}
				return mc - ma
			}, 0.95, false, measure.Resampling{Draws: 399, Seed: uint64(k)})
			require.NoError(t, err)
			if e.Interval.Contains(0) {
				boot++
			}
		}
	}
	require.InDelta(t, 0.95, float64(shift)/samples, 0.021)
	require.InDelta(t, 0.95, float64(delta)/samples, 0.025)
	require.InDelta(t, 0.95, float64(shares)/samples, 0.021)
	require.InDelta(t, 0.94, float64(boot)/300, 0.04)
	require.LessOrEqual(t, float64(found)/samples, 0.071)
	require.LessOrEqual(t, float64(foundShares)/samples, 0.071)
}

func FuzzComparisons(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6}, uint8(2))
	f.Add([]byte{7, 7, 7}, uint8(1))
	f.Fuzz(func(t *testing.T, raw []byte, cut uint8) {
		x := make([]float64, min(len(raw), 120))
		for i := range x {
			x[i] = float64(int8(raw[i]))
		}
		k := min(int(cut), len(x))
		a, b := x[:k], x[k:]
		m, err := measure.MannWhitney(a, b)
		require.Equal(t, err != nil, len(a) == 0 || len(b) == 0)
		if err != nil {
			return
		}
		require.True(t, m.P >= 0 && m.P <= 1)
		require.True(t, m.U >= 0 && m.U <= float64(len(a)*len(b)))
		d, err := measure.CliffDelta(a, b, 0.95)
		require.NoError(t, err)
		require.InDelta(t, 2*m.U/float64(len(a)*len(b))-1, float64(d.Value), 1e-12)
		if d.Interval != nil {
			require.True(t, -1 <= d.Interval.Low && d.Interval.Low <= d.Interval.High && d.Interval.High <= 1)
		}
		e, err := measure.HodgesLehmann(a, b, 0.95)
		require.NoError(t, err)
		if e.Interval != nil {
			require.LessOrEqual(t, e.Interval.Low, e.Interval.High)
		}
	})
}

func BenchmarkHodgesLehmann(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	x, y := make([]float64, 75_000), make([]float64, 75_000)
	for i := range x {
		x[i], y[i] = r.ExpFloat64()*1e6, r.ExpFloat64()*1.1e6
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := measure.HodgesLehmann(x, y, 0.95); err != nil {
			b.Fatal(err)
		}
	}
}
