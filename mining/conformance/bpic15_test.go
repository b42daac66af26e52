package conformance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/discovery"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/processtree"
)

func TestManyConcurrentBranchesEnd(t *testing.T) {
	l := sharedLog(t, "BPIC15_1.xes.gz")
	tree, err := discovery.InductiveLog(t.Context(), l, discovery.InductiveConfig{Noise: 0.2})
	require.NoError(t, err)
	n := processtree.Petri(tree, "bpic15_1")
	t.Log(len(n.Places), len(n.Transitions), l.Cases(), len(l.Variants()))
	for _, k := range []int{1000, 10000, 200000} {
		t0 := time.Now()
		r, err := Replay(t.Context(), n, l.Activities(), l.Variants(), Config{MaxStates: k, Budget: 100 * time.Second})
		require.NoError(t, err)
		t.Log(k, time.Since(t0), r.LogFitness, r.AverageTraceFitness, r.FittingTraces, r.Searched, measure.Texts(r.Warnings))
		t0 = time.Now()
		p, err := EscapingEdges(t.Context(), n, l.Activities(), l.Variants(), Config{MaxStates: k})
		require.NoError(t, err)
		t.Log(k, time.Since(t0), p.Value, p.Edges, measure.Texts(p.Warnings))
	}
}
