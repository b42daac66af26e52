package des

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
)

func TestStreamsAreNamed(t *testing.T) {
	draw := func(seed uint64, rep int, name string) (x [8]float64) {
		s := NewStream(seed, rep, name)
		for i := range x {
			x[i] = s.Uniform()
		}
		return x
	}
	a := draw(7, 0, "arrivals")
	require.Equal(t, a, draw(7, 0, "arrivals"))
	for _, b := range [][8]float64{draw(8, 0, "arrivals"), draw(7, 1, "arrivals"), draw(7, 0, "routing")} {
		for i := range a {
			require.NotEqual(t, a[i], b[i])
		}
	}
	var none *Stream
	require.ErrorIs(t, none.Check(), ErrNoSource)
	require.ErrorIs(t, Field{}.Check(), ErrNoSource)
	require.NoError(t, NewField(0, 0, "").Check())
	require.NoError(t, NewStream(0, 0, "").Check())
}

// Both generators fill (0, 1) evenly, and neighbours in a field are unrelated:
// chi-square of 256 cells, and of 16×16 cells of pairs along either index.
func TestUniformity(t *testing.T) {
	const n, cells = 1 << 18, 256
	s, f := NewStream(3, 1, "a"), NewField(3, 1, "a")
	cases := map[string]func(i uint64) int{
		"stream":         func(uint64) int { return int(s.Uniform() * cells) },
		"field by case":  func(i uint64) int { return int(f.Uniform(i, 0) * cells) },
		"field by visit": func(i uint64) int { return int(f.Uniform(0, i) * cells) },
		"pairs of cases": func(i uint64) int { return int(f.Uniform(2*i, 0)*16)*16 + int(f.Uniform(2*i+1, 0)*16) },
		"case and visit": func(i uint64) int { return int(f.Uniform(i, 0)*16)*16 + int(f.Uniform(i, 1)*16) },
		"case and purpose": func(i uint64) int {
			g := NewField(3, 1, "b")
			return int(f.Uniform(i, 0)*16)*16 + int(g.Uniform(i, 0)*16)
		},
	}
	for name, cell := range cases {
		t.Run(name, func(t *testing.T) {
			m := uint64(n)
			if name == "case and purpose" {
				m = 1 << 14
			}
			var count [cells]float64
			for i := range m {
				count[cell(i)]++
			}
			chi, want := 0.0, float64(m)/cells
			for _, c := range count {
				chi += (c - want) * (c - want) / want
			}
			p := distuv.ChiSquared{K: cells - 1}.CDF(chi)
			require.Greater(t, p, 0.001)
			require.Less(t, p, 0.999)
		})
	}
}

// Each quantile function inverts the distribution function of its law.
func TestLaws(t *testing.T) {
	mu, sigma := LognormalOf(800, 1200)
	laws := map[string]struct {
		quantile func(u float64) float64
		cdf      func(x float64) float64
	}{
		"exponential": {func(u float64) float64 { return Exponential(u, 50) }, distuv.Exponential{Rate: 0.02}.CDF},
		"uniform":     {func(u float64) float64 { return Uniform(u, 3, 9) }, distuv.Uniform{Min: 3, Max: 9}.CDF},
		"normal":      {func(u float64) float64 { return Normal(u, 5, 2) }, distuv.Normal{Mu: 5, Sigma: 2}.CDF},
		"lognormal":   {func(u float64) float64 { return Lognormal(u, mu, sigma) }, distuv.LogNormal{Mu: mu, Sigma: sigma}.CDF},
		"gamma":       {func(u float64) float64 { return Gamma(u, 2.5, 4) }, distuv.Gamma{Alpha: 2.5, Beta: 0.25}.CDF},
		"triangular":  {func(u float64) float64 { return Triangular(u, 1, 2, 5) }, distuv.NewTriangle(1, 5, 2, nil).CDF},
	}
	for name, law := range laws {
		t.Run(name, func(t *testing.T) {
			last := math.Inf(-1)
			for _, u := range []float64{1e-9, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999, 1 - 1e-9} {
				x := law.quantile(u)
				require.Greater(t, x, last, "ascending in u")
				require.InDelta(t, u, law.cdf(x), 1e-7)
				last = x
			}
		})
	}
	ln := distuv.LogNormal{Mu: mu, Sigma: sigma}
	require.InDelta(t, 800, ln.Mean(), 1e-9)
	require.InDelta(t, 1200, ln.StdDev(), 1e-9)
	require.Equal(t, 4.0, Triangular(0.3, 4, 4, 4))
}

// Gamma inverts over the shapes that coefficients of variation from 5 to 0.01 have.
func TestGamma(t *testing.T) {
	for _, shape := range []float64{0.04, 0.3, 0.51, 1, 1.5, 4, 44, 1000, 10000} {
		law := distuv.Gamma{Alpha: shape, Beta: 1}
		last := -1.0
		for k := range 400 {
			u := (float64(k) + 0.5) / 400
			if k < 8 {
				u = math.Pow(10, float64(k-12))
			} else if k > 391 {
				u = 1 - math.Pow(10, float64(389-k))
			}
			x := Gamma(u, shape, 1)
			require.GreaterOrEqual(t, x, last, "shape %v, u %v", shape, u)
			last = x
			if p := law.CDF(x); u < 0.5 && x > 0 {
				require.InEpsilon(t, u, p, 1e-7, "shape %v, u %v", shape, u)
			} else if x > 0 {
				require.InEpsilon(t, 1-u, law.Survival(x), 1e-6, "shape %v, u %v", shape, u)
			}
		}
		require.Zero(t, testing.AllocsPerRun(10, func() { Gamma(0.3, shape, 1) }))
	}
}

func TestExponentialIsInverted(t *testing.T) {
	a, b := NewStream(1, 0, "x"), NewStream(1, 0, "x")
	for range 100 {
		require.InDelta(t, float64(a.Exponential(time.Hour)), 3600*float64(b.Exponential(time.Second)), 3600)
	}
}

// Mirrored draws are one less the draws.
func TestMirrored(t *testing.T) {
	a, b := NewStream(1, 2, "x"), NewStream(1, 2, "x").Mirrored(true)
	f := NewField(1, 2, "x")
	g := f.Mirrored(true)
	for i := range uint64(1000) {
		require.Equal(t, 1.0, a.Uniform()+b.Uniform())
		require.Equal(t, 1.0, f.Uniform(i, 3)+g.Uniform(i, 3))
	}
	require.Equal(t, f, g.Mirrored(false))
}
