package conformance

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/petri"
)

// FuzzInvariants holds random logs against random nets: nothing errs, figures lie
// within 0 and 1, a trace fits just when the net allows it, precision is what a
// search without short cuts counts.
func FuzzInvariants(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 7))
		n := randomNet(r)
		activities, variants := randomVariants(r)
		cfg := Config{MaxStates: 20_000}
		got, err := CheckVariants(t.Context(), n, activities, variants, cfg)
		require.NoError(t, err)
		for _, x := range []float64{float64(got.LogFitness), float64(got.AverageTraceFitness), float64(got.Simplicity), float64(got.Generalisation)} {
			require.True(t, x >= 0 && x <= 1, "%v", x)
		}
		if p := float64(got.Precision); !math.IsNaN(p) {
			require.True(t, p >= 0 && p <= 1, "%v", p)
		} else {
			require.NotEmpty(t, got.Warnings)
		}
		for _, x := range got.Overlay.Activities {
			require.Equal(t, x.Events, x.Synchronous+x.Forced+x.LogOnly, x.Activity)
		}

		// Alignments need a final marking that is reached.
		if got, err := CheckVariants(t.Context(), n, activities, variants, Config{Method: Alignments, MaxStates: 2_000}); err == nil {
			for _, x := range []float64{float64(got.LogFitness), float64(got.AverageTraceFitness)} {
				require.True(t, x >= 0 && x <= 1, "%v", x)
			}
			require.True(t, math.IsNaN(float64(got.Precision)) || got.Precision >= 0 && got.Precision <= 1)
			require.Zero(t, got.Edges.Unreplayed, "a run replays")
			require.LessOrEqual(t, *got.CostLow, *got.TotalCost)
		}

		plain := brute{n, 300}
		if want, complete := plain.edges(activities, variants); complete {
			require.False(t, math.IsNaN(float64(got.Precision)) && want.Allowed > 0)
			want.Markings = got.Edges.Markings
			require.Equal(t, want, got.Edges)
		}
		for i, v := range variants {
			if x := got.Variants[i]; !x.Cut {
				fits, known := plain.allows(n.Initial, without(n, activities, v))
				require.True(t, !known || fits == x.Fits, "variant %d: found %v", i, x.Fits)
			}
		}
		if _, _, complete := plain.silently(n.Initial); complete && bounded(plain) {
			everyTraceOfItsOwnFits(t, n)
		}
	})
}

// without returns the activities that the net has.
func without(n *petri.Net, activities *eventlog.Dictionary, v eventlog.Variant) []string {
	var out []string
	for _, a := range v.Activities {
		for _, x := range n.Transitions {
			if !x.Silent && x.Label == activities.Name(a) {
				out = append(out, x.Label)
				break
			}
		}
	}
	return out
}

// allows reports whether the trace leads to the final marking, and whether that is
// known.
func (b brute) allows(m petri.Marking, trace []string) (fits, known bool) {
	at, _, complete := b.silently(m)
	for _, label := range trace {
		var after []petri.Marking
		for _, m := range at {
			for _, t := range b.net.Enabled(m) {
				if x := b.net.Transitions[t]; !x.Silent && x.Label == label {
					m, _ := b.net.Fire(m, t)
					after = append(after, m)
				}
			}
		}
		var all bool
		at, _, all = b.silently(after...)
		complete = complete && all
	}
	for _, m := range at {
		off := 0
		for p, k := range m {
			off += max(k-b.net.Final[p], b.net.Final[p]-k)
		}
		if off == 0 {
			return true, true
		}
	}
	return false, complete
}

// bounded reports whether the net has few markings.
func bounded(b brute) bool {
	all := &petri.Net{Places: b.net.Places, Initial: b.net.Initial, Final: b.net.Final}
	for _, t := range b.net.Transitions {
		t.Silent = true
		all.Transitions = append(all.Transitions, t)
	}
	_, _, complete := brute{all, b.limit}.silently(b.net.Initial)
	return complete
}

func everyTraceOfItsOwnFits(t *testing.T, n *petri.Net) {
	language, err := n.Language(4)
	require.NoError(t, err)
	activities := eventlog.NewDictionary("a", "b", "c", "d")
	var variants []eventlog.Variant
	for _, trace := range language[:min(len(language), 100)] {
		v := eventlog.Variant{Count: 1}
		for _, x := range trace {
			code, _ := activities.Code(x)
			v.Activities = append(v.Activities, code)
		}
		variants = append(variants, v)
	}
	r, err := Replay(t.Context(), n, activities, variants, Config{})
	require.NoError(t, err)
	require.Equal(t, r.Traces, r.FittingTraces)
	if len(variants) > 0 {
		require.Equal(t, 1.0, r.LogFitness)
		require.Equal(t, 1.0, r.AverageTraceFitness)
	}
}

// FuzzSearches holds the reduced searches of the replay against a search in full.
func FuzzSearches(f *testing.F) {
	for seed := range uint64(500) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 8))
		n := randomNet(r)
		m := make(petri.Marking, len(n.Places))
		counts := make([]uint32, len(m))
		for p := range m {
			m[p] = max(0, r.IntN(5)-2)
			counts[p] = uint32(m[p])
		}
		c, err := compile(n)
		require.NoError(t, err)
		p, err := newReplayer[uint8](c, 5000)
		require.NoError(t, err)
		mark, hash, _ := marking[uint8](c, counts)
		at, _ := p.state(mark, hash)
		plain := brute{n, 500}
		for l, name := range c.labels {
			if want, known := plain.enabling(m, name); known {
				s, err := p.take(t.Context(), at, int32(l))
				require.NoError(t, err)
				require.False(t, s.cut)
				require.Equal(t, want < 0, s.missing > 0, "label %s in %v", name, m)
				require.Equal(t, max(0, want), int(s.silent.to-s.silent.from), "label %s in %v", name, m)
			}
		}
		if off, firings, known := plain.ending(m); known {
			e, err := p.end(t.Context(), at)
			require.NoError(t, err)
			if e.cut {
				return
			}
			require.Equal(t, int64(off), e.missing+e.remaining, "ending in %v", m)
			require.Equal(t, firings, int(e.silent.to-e.silent.from), "ending in %v", m)
		}
	})
}
