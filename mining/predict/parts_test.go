package predict

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Worked by hand: of five spans, ends at 1, 3 and 3, one censored at 2 and one at 4.
func TestSurvival(t *testing.T) {
	c := survival([]span{{3, true}, {1, true}, {4, false}, {2, false}, {3, true}})
	require.Equal(t, []float64{1, 3}, c.time)
	require.InDelta(t, 0.8, c.share[0], 1e-12)
	require.InDelta(t, 0.8*(1-2.0/3), c.share[1], 1e-12)
	require.EqualValues(t, 1, c.quantile(0.2))
	require.EqualValues(t, 3, c.quantile(0.21))
	require.EqualValues(t, 3, c.quantile(0.7))
	require.True(t, math.IsNaN(c.quantile(0.75)))
	require.EqualValues(t, 1, c.longer(0.5))
	require.InDelta(t, 0.8, c.longer(1), 1e-12)
	require.InDelta(t, 0.8*(1-2.0/3), c.longer(4), 1e-12)
	require.True(t, math.IsNaN(c.longer(5)))
	empty := survival(nil)
	require.True(t, math.IsNaN(empty.quantile(0.5)))
}

// Worked by hand: outcomes 0 at 0.1, 1 at 0.4, 0 at 0.6, 1 at 0.9.
func TestVennAbers(t *testing.T) {
	v := newVennAbers([]float64{0.9, 0.1, 0.6, 0.4}, []bool{true, false, false, true})
	// with 0 at 0.5: 0 | 1 0 0 | 1 pools to 1/3; with 1 at 0.5: 0 | 1 1 0 | 1 to 2/3
	p, low, high := v.ask(0.5)
	require.InDelta(t, 1.0/3, low, 1e-12)
	require.InDelta(t, 2.0/3, high, 1e-12)
	require.InDelta(t, 0.5, p, 1e-12)
	_, low, high = v.ask(0.95)
	require.InDelta(t, 0.5, low, 1e-12) // 1 0 pools with nothing: 0 | ½ | 1 0 → ½
	require.InDelta(t, 1, high, 1e-12)
	_, low, high = v.ask(0.1) // at the value of an outcome
	require.InDelta(t, 0, low, 1e-12)
	require.InDelta(t, 0.5, high, 1e-12)
	p, _, _ = newVennAbers(nil, nil).ask(0.5)
	require.True(t, math.IsNaN(p))
}

func TestConformal(t *testing.T) {
	c := calibrated([]float64{0.1, -0.2, 0.3, 0, 0.2, 0.5, 0.4, -0.1, 0.6}, 0.8) // the 8th of 9
	require.InDelta(t, 0.5, c.widen, 1e-12)
	require.True(t, math.IsInf(calibrated([]float64{1}, 0.9).widen, 1))
	low, high := conformal{widen: math.Log(2)}.interval(60e6, math.Inf(1))
	require.InDelta(t, 0, low, 1e-3)
	require.True(t, math.IsInf(high, 1))
	low, high = conformal{widen: -10}.interval(60e6, 120e6)
	require.Equal(t, low, high)
}

func TestNearestAreThoseThatSortingFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		list := make([]near, 2+r.IntN(60))
		for i := range list {
			list[i] = near{float64(r.IntN(8)), &past{c: i}}
		}
		want := slices.Clone(list)
		slices.SortFunc(want, func(x, y near) int { return cmp.Or(cmp.Compare(x.distance, y.distance), cmp.Compare(x.c, y.c)) })
		k := 1 + r.IntN(len(list)-1)
		nearest(list, k)
		require.ElementsMatch(t, want[:k], list[:k])
	}
}
