package fit

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
)

// Samples of each family are told as such with their parameters, and what is of none
// is kept as it is.
func TestFamilies(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	draw := func(n int, q func(float64) float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = q(rng.Float64())
		}
		slices.Sort(x)
		return x
	}
	for _, c := range []struct {
		family   string
		quantile func(float64) float64
		mean, sd float64
	}{
		{"exponential", distuv.Exponential{Rate: 1.0 / 600}.Quantile, 600, 0},
		{"normal", distuv.Normal{Mu: 600, Sigma: 60}.Quantile, 600, 60},
		{"uniform", distuv.Uniform{Min: 100, Max: 900}.Quantile, 500, 0},
		{"lognormal", distuv.LogNormal{Mu: 6, Sigma: 0.8}.Quantile, math.Exp(6.32), math.Exp(6.32) * math.Sqrt(math.Expm1(0.64))},
		{"gamma", distuv.Gamma{Alpha: 3, Beta: 3.0 / 600}.Quantile, 600, 600 / math.Sqrt(3)},
	} {
		right := 0
		for range 20 {
			d, l := parametric(draw(400, c.quantile), 1)
			if l.Family != c.family {
				continue
			}
			right++
			require.GreaterOrEqual(t, l.P, rejected)
			require.InEpsilon(t, c.mean, d.Average(), 0.2, c.family)
			if c.sd > 0 {
				require.InEpsilon(t, c.sd, d.SD, 0.35, c.family)
			}
		}
		require.GreaterOrEqual(t, right, 14, c.family)
	}
	// Two kinds of cases are no family.
	two := draw(400, func(u float64) float64 {
		if u < 0.5 {
			return 60 + u
		}
		return 6000 + 1000*u
	})
	d, l := parametric(two, 1)
	require.Equal(t, "empirical", l.Family)
	require.Equal(t, "empirical", d.Law)
	require.Less(t, l.P, rejected)
	require.NotEmpty(t, l.Best)
	// Few values, equal values, an outlier.
	_, l = parametric(draw(10, distuv.Exponential{Rate: 1}.Quantile), 1)
	require.Equal(t, "empirical", l.Family)
	_, l = parametric([]float64{5, 5, 5}, 1)
	require.Equal(t, "fixed", l.Family)
	x := append(draw(200, distuv.Normal{Mu: 600, Sigma: 60}.Quantile), 1e9)
	_, l = parametric(x, 1)
	require.Equal(t, 1, l.Outliers)
	require.Equal(t, "empirical", l.Family)
}

// A² of the uniform law at the middles of n cells, by hand for n = 1: −1 − 2 ln ½; and
// the critical value of a known law, 2.492 at 5 % (Anderson & Darling).
func TestAndersonDarling(t *testing.T) {
	flat := func(x float64) float64 { return x }
	require.InDelta(t, -1+2*math.Ln2, andersonDarling([]float64{0.5}, flat), 1e-12)
	rng := rand.New(rand.NewPCG(1, 2))
	above := 0
	for range 4000 {
		x := make([]float64, 50)
		for i := range x {
			x[i] = rng.Float64()
		}
		slices.Sort(x)
		if andersonDarling(x, flat) > 2.492 {
			above++
		}
	}
	require.InDelta(t, 0.05, float64(above)/4000, 0.012)
	require.InDelta(t, 0.25, kolmogorov([]float64{0.25, 0.75}, flat), 1e-12)
	require.InDelta(t, math.Pi*math.Pi/6, trigamma(1), 1e-9)
}

// Of a true family the test rejects as often as it says, of few values and of so many
// that only some are tested.
func TestTheTestOfAFamilyKeepsItsLevel(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, n := range []int{100, 20 * tested} {
		low := 0
		const runs = 150
		for i := range runs {
			x := make([]float64, n)
			for k := range x {
				x[k] = rng.ExpFloat64() * 600
			}
			slices.Sort(x)
			if _, l := parametric(x, uint64(i)); l.Best == "exponential" && l.P <= 0.2 {
				low++
			}
		}
		require.InDelta(t, 0.2, float64(low)/runs, 0.1, "%d values", n) // three standard errors
	}
}
