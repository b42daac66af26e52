package fit_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/conntest"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/fit"
)

// simulate returns a function that simulates a model for n cases.
func simulate(n int, seed uint64) func(context.Context, *twin.Model) (*eventlog.Log, error) {
	return func(ctx context.Context, m *twin.Model) (*eventlog.Log, error) {
		return simulator.Log(ctx, m, simulator.Config{Seed: seed, Cases: n, Warmup: n / 10, Language: "en"})
	}
}

func leadTime(l *eventlog.Log) measure.Summary {
	var x []float64
	for _, c := range l.All() {
		if c.Len() > 0 {
			x = append(x, float64(c.Last()-c.First())/1e6)
		}
	}
	return measure.Summarize(x, measure.Second)
}

func fitted(t testing.TB, l *eventlog.Log, calibrated bool) (*twin.Model, *fit.Report) {
	cfg := fit.Config{}
	if calibrated {
		cfg.Simulate = simulate(3000, 7)
	}
	m, r, err := fit.Fit(context.Background(), l, cfg)
	require.NoError(t, err)
	require.NoError(t, m.Validate())
	return m, r
}

// TestSharedLogs closes the loop over real logs: the simulated lead time is near
// that of the log. Seeds are fixed; the tails are so heavy that the mean of 20,000
// cases still scatters by two or three per cent.
func TestSharedLogs(t *testing.T) {
	for _, c := range []struct {
		file         string
		mean, median float64 // shares by which they may differ
	}{
		{"running-example.xes", 0.05, 0.1},
		{"receipt.xes.gz", 0.08, 0.4},
		{"Production.csv", 0.08, 0.1},
		{"PurchasingExample.csv", 0.08, 0.15},
		{"Sepsis.xes.gz", 0.08, 0.3},
	} {
		t.Run(c.file, func(t *testing.T) {
			l := conntest.Shared(t, c.file)
			m, r := fitted(t, l, true)
			s, err := simulate(20_000, 1)(context.Background(), m)
			require.NoError(t, err)
			was, is := r.LeadTime, leadTime(s)
			change := func(a, b float64) float64 { return 100 * (b/a - 1) }
			t.Logf("correlation %.2f; mean %.0f → %.0f s (%+.1f %%), median %.0f → %.0f s (%+.1f %%), p85 %.0f → %.0f s (%+.1f %%)", r.StageCorrelation,
				was.Mean, is.Mean, change(was.Mean, is.Mean), was.Median, is.Median, change(was.Median, is.Median), was.P85, is.P85, change(was.P85, is.P85))
			require.InEpsilon(t, was.Mean, is.Mean, c.mean)
			require.InEpsilon(t, was.Median, is.Median, c.median)
		})
	}
}
