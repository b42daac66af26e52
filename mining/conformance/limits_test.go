package conformance

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/discovery"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/processtree"
)

// A net of 808 transitions, nested more than twenty deep: everything ends, and says
// what it did not search.
func TestDeeplyNestedNetEnds(t *testing.T) {
	cfg := Config{} // the default takes half a minute
	if testing.Short() {
		cfg.MaxStates = 5_000
	}
	l := logtest.Bare(t, "BPIC15_1.xes.gz")
	tree, err := discovery.InductiveLog(t.Context(), l, discovery.InductiveConfig{Noise: 0.2})
	require.NoError(t, err)
	n := processtree.Petri(tree, "bpic15_1")
	begin := time.Now()
	r, err := Check(t.Context(), n, l, cfg)
	require.NoError(t, err)
	t.Logf("%v: fitness %.4f, mean of traces %.4f, %d of %d fit", time.Since(begin), float64(r.LogFitness), float64(r.AverageTraceFitness), *r.FittingTraces, r.Traces)
	t.Log(measure.Texts(r.Warnings))
	require.True(t, math.IsNaN(float64(r.Precision)))
	require.Len(t, r.Warnings, 4)
	require.True(t, r.LogFitness > 0.5 && r.LogFitness <= 1)
}
