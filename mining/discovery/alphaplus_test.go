package discovery

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/logtest"
)

func TestAlphaPlusByHand(t *testing.T) {
	for name, c := range map[string]struct {
		log    string
		cfg    AlphaPlusConfig
		places []string
	}{
		"L1": {"abcd*3 acbd*2 aed", AlphaPlusConfig{Fitness: 0.9}, []string{
			"{a} → {b, e}", "{a} → {c, e}", "{b, e} → {d}", "{c, e} → {d}", "{d} → {end}", "{begin} → {a}"}},
		// b repeats: it stands on both sides of a place, which alpha cannot.
		"L7, a loop of one": {"ac*2 abc*3 abbc*2 abbbbc", AlphaPlusConfig{Skips: 1e9, Loops: 1e9}, []string{
			"{a, b} → {b, c}", "{c} → {end}", "{begin} → {a}"}},
		// The silent step stands for b where it is left out.
		"a skip": {"abc*50 ac*50", AlphaPlusConfig{Skips: 0.5, Loops: 0.5, Fitness: 0.9}, []string{
			"{a} → {b, skip behind a}", "{b, skip behind a} → {c}", "{c} → {end}", "{begin} → {a}"}},
		"a loop": {"abc*50 ababc*50", AlphaPlusConfig{Skips: 1e9, Loops: 0.5, Fitness: 0.9}, []string{
			"{a} → {b}", "{b} → {c, back from b to a}", "{c} → {end}", "{begin, back from b to a} → {a}"}},
	} {
		t.Run(name, func(t *testing.T) {
			variants, activities := letters(c.log)
			net, doubts, err := AlphaPlus(context.Background(), variants, activities, c.cfg)
			require.NoError(t, err)
			require.Empty(t, doubts)
			require.NoError(t, net.Validate())
			require.Equal(t, c.places, placesOf(net))
			for _, v := range traces(c.log) {
				ok, err := net.Accepts(v.Activities)
				require.NoError(t, err)
				require.True(t, ok, v.Activities)
			}
		})
	}
}

func TestAlphaPlusOnRandomLogs(t *testing.T) {
	for seed := range uint64(150) {
		l := logtest.Random(seed, logtest.Config{Cases: 8, Length: 7})
		for _, cfg := range []AlphaPlusConfig{{}, {Skips: 0.1, Loops: 0.1, Balance: 1, Fitness: 1e-9, Replay: 1e-9}} {
			net, _, err := AlphaPlus(context.Background(), l.Variants(), l.Activities(), cfg)
			require.NoError(t, err)
			require.NoError(t, net.Validate())
		}
	}
}

func TestAlphaPlusOnSharedLogs(t *testing.T) {
	for _, s := range logtest.SharedLogs {
		t.Run(s.Name, func(t *testing.T) {
			if testing.Short() && s.Name != "running-example" && s.Name != "receipt" {
				t.Skip("replays thousands of candidates")
			}
			l := logtest.Bare(t, s.File)
			net, doubts, err := AlphaPlus(context.Background(), l.Variants(), l.Activities(), AlphaPlusConfig{})
			require.NoError(t, err)
			require.NoError(t, net.Validate())
			t.Logf("%d places, %d transitions, %d arcs, %v", len(net.Places), len(net.Transitions), arcsOf(net), doubts)
		})
	}
}

func TestAlphaPlusRefuses(t *testing.T) {
	variants, activities := letters("a")
	_, _, err := AlphaPlus(context.Background(), variants, activities, AlphaPlusConfig{Skips: -1, Balance: 2, Fitness: math.NaN(), MaxCandidates: -1})
	for _, want := range []string{"multiple for skips is -1", "balance is 2", "fitness is NaN", "candidates is -1"} {
		require.ErrorContains(t, err, want)
	}
	variants, activities = letters("abcd acbd aed")
	_, doubts, err := AlphaPlus(context.Background(), variants, activities, AlphaPlusConfig{MaxCandidates: 3})
	require.NoError(t, err)
	require.Len(t, doubts, 1)
}
