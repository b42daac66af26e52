package simulator

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTouchCountsWhatGoesOnSideBySideOnce(t *testing.T) {
	type stretch struct{ from, to, work time.Duration }
	for name, x := range map[string]struct {
		all  []stretch
		want time.Duration
	}{
		"one after the other":     {[]stretch{{0, 10, 10}, {20, 30, 10}}, 20},
		"one upon the other":      {[]stretch{{0, 10, 10}, {5, 15, 10}}, 15},
		"one within another":      {[]stretch{{2, 3, 1}, {5, 6, 1}, {0, 10, 10}}, 10},
		"half of a stretch works": {[]stretch{{0, 10, 10}, {0, 20, 10}}, 15},
		"between two":             {[]stretch{{0, 10, 10}, {20, 30, 10}, {5, 25, 20}}, 30},
		"no stretch":              {[]stretch{{5, 5, 0}}, 0},
	} {
		var c caseState
		for _, s := range x.all {
			c.touch(s.from, s.to, s.work)
		}
		require.Equal(t, x.want, c.Touched, name)
	}
}

// Where all of a stretch is work, the time touched is the length of the union.
func TestTouchIsTheUnion(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var c caseState
		var seen [100]bool
		for range 1 + rng.IntN(12) {
			from := rng.IntN(90)
			to := from + 1 + rng.IntN(10)
			for i := from; i < to; i++ {
				seen[i] = true
			}
			c.touch(time.Duration(from)*time.Hour, time.Duration(to)*time.Hour, time.Duration(to-from)*time.Hour)
		}
		hours := 0
		for _, s := range seen {
			if s {
				hours++
			}
		}
		require.InDelta(t, float64(hours), c.Touched.Hours(), 1e-6)
		for i := 1; i < len(c.touched); i++ {
			require.Less(t, c.touched[i-1].to, c.touched[i].from)
		}
	}
}
