package backtest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/distance"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/fit"
)

// truth is an office that batches, does several things at once and waits for others,
// of which the fitter is told nothing.
func truth() *twin.Model {
	law := func(mean, sd float64) twin.Distribution {
		return twin.Distribution{Law: "gamma", Mean: mean, SD: sd}
	}
	days := []twin.Interval{{From: 1, To: 5, Begin: 9 * time.Hour, End: 17 * time.Hour}}
	return &twin.Model{ID: "truth", TimeZone: "UTC", Start: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), Days: 366, WarmUpDays: 30,
		Calendars: []twin.Calendar{{ID: "days", Week: days}},
		Pools:     []twin.Pool{{ID: "clerks", Size: 3, Calendar: "days", AtOnce: 2}, {ID: "boss", Size: 1, Calendar: "days"}},
		Processes: []*twin.Process{{ID: "p",
			Diagram: &bpmn.Process{ID: "p",
				Nodes: []*bpmn.Node{{ID: "s", Kind: bpmn.StartEvent}, {ID: "m", Kind: bpmn.ExclusiveGateway}, {ID: "A", Kind: bpmn.Task}, {ID: "B", Kind: bpmn.Task}, {ID: "x", Kind: bpmn.ExclusiveGateway}, {ID: "sign", Kind: bpmn.Task}, {ID: "e", Kind: bpmn.EndEvent}},
				Flows: []*bpmn.Flow{{ID: "f1", Source: "s", Target: "m"}, {ID: "f2", Source: "m", Target: "A"}, {ID: "f3", Source: "A", Target: "B"}, {ID: "f4", Source: "B", Target: "x"}, {ID: "back", Source: "x", Target: "m"}, {ID: "on", Source: "x", Target: "sign"}, {ID: "f5", Source: "sign", Target: "e"}}},
			Arrivals: twin.Arrivals{Between: twin.Distribution{Law: "exponential", Mean: 3600}, Calendar: "days"}, Branches: map[string]float64{"back": 0.15, "on": 0.85},
			Tasks: map[string]twin.Task{
				"A":    {Pools: []string{"clerks"}, Time: law(2700, 1800)},
				"B":    {Pools: []string{"clerks"}, Time: law(1800, 1200), Delay: twin.Distribution{Law: "exponential", Mean: 36 * 3600}},
				"sign": {Pools: []string{"boss"}, Time: law(600, 300), Batch: &twin.Batch{Size: 5}},
			}}}}
}

func year(t *testing.T, m *twin.Model, replication int) *eventlog.Log {
	l, err := simulator.Log(context.Background(), m, simulator.Config{Seed: 77, Replication: replication, Language: "en"})
	require.NoError(t, err)
	return l
}

// A year of an office that batches, does several things at once and waits for others:
// the model that is fitted to it simulates years that are no farther from a fresh year
// than one and a half of what two years of the office itself are.
func TestRoundTrip(t *testing.T) {
	if testing.Short() {
		t.Skip("sixty simulated years")
	}
	m := truth()
	between := func(a, b *eventlog.Log) []float64 {
		d, err := distance.Between(context.Background(), a, b, time.UTC)
		require.NoError(t, err)
		return listed(d)
	}
	bounds := make([][]float64, len(names))
	for i := range 30 {
		for k, x := range between(year(t, m, 2*i+100), year(t, m, 2*i+101)) {
			bounds[k] = append(bounds[k], x)
		}
	}
	fitted, report, err := fit.Fit(context.Background(), year(t, m, 0), fit.Config{Seed: 1, TimeZone: "UTC", Simulate: Simulate(1, 3000)})
	require.NoError(t, err)
	fitted.Start, fitted.Days, fitted.WarmUpDays = m.Start, m.Days, 30
	apart := between(year(t, fitted, 1), year(t, m, 1))
	for k, x := range bounds {
		slices.Sort(x)
		bound := 1.5 * measure.Quantile(x, 0.95)
		t.Logf("%-16s %8.4f, two years of the office: 95 %% are below %.4f, bound %.4f", names[k].name, apart[k], measure.Quantile(x, 0.95), bound)
	}
	for _, s := range report.Assumptions {
		t.Log(s)
	}
	for k := range bounds {
		require.LessOrEqual(t, apart[k], 1.5*measure.Quantile(bounds[k], 0.95), names[k].name)
	}
}
