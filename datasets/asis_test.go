package datasets_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
)

// answer answers a question from a log alone.
func answer(t testing.TB, l *eventlog.Log, q datasets.Question) *performance.LongRun {
	cfg := performance.LongRunConfig{Unit: q.Unit, Cluster: q.Cluster, AsOf: eventlog.Time(q.AsOf.UnixMicro())}
	cfg.Lead.From.Activity, cfg.Lead.To.Activity = q.From, q.To
	if q.Unit != measure.Second {
		loc, err := time.LoadLocation(q.TimeZone)
		require.NoError(t, err)
		c := twin.Calendar{Production: q.Production}
		for _, s := range q.Week {
			iv, err := twin.ParseInterval(s)
			require.NoError(t, err)
			c.Week = append(c.Week, iv)
		}
		cfg.Calendar, err = c.Hours(loc)
		require.NoError(t, err)
	}
	r, err := performance.LongRunMean(l, cfg)
	require.NoError(t, err)
	return r
}

// Over seeds 1 to 20, which nobody chose: what is mined is the truth of the log exactly,
// the long run of the model is within 5 % of what was published, and the mined interval
// covers it in at least 17 of 20.
func TestAsIsOverSeeds(t *testing.T) {
	if testing.Short() {
		t.Skip("forty simulated years, and four hundred for the long run")
	}
	p, err := datasets.Open("municipality")
	require.NoError(t, err)
	m, err := p.Model()
	require.NoError(t, err)
	_, first := system(t, "municipality", 1)
	m.Start, m.Days = first.Twin.Start, first.Twin.Days // the years of the logs: holidays fall otherwise in each
	long, err := experiment.Run(context.Background(), m, experiment.Config{Replications: 200, Seed: 1000, Language: "en"})
	require.NoError(t, err)
	covered, of := map[string]int{}, map[string]experiment.KPI{}
	for _, v := range p.Processes {
		k, ok := long.Find(experiment.LeadTime, v.Process)
		require.True(t, ok, v.Process)
		require.Equal(t, v.Unit, k.Unit, v.Process)
		require.InEpsilon(t, v.AsIs, float64(k.Mean), 0.05, "%s: the long run is %v", v.Process, k.Mean)
		of[v.Process] = k
	}
	for seed := uint64(1); seed <= 20; seed++ {
		s, err := datasets.GenerateSystem(context.Background(), p, datasets.SystemConfig{Seed: seed, Lang: "en"})
		require.NoError(t, err)
		for _, v := range p.Processes {
			q, err := datasets.LeadQuestion(p, s, v.Process, "en")
			require.NoError(t, err)
			for i, l := range s.Logs {
				if l.Name() != q.Log {
					continue
				}
				r, truth := answer(t, l, q), s.Truth.Processes[i]
				require.Equal(t, truth.Completed, r.Completed, "%s, seed %d", v.Process, seed)
				require.Equal(t, float64(truth.Mean), float64(r.CompletedMean), "%s, seed %d", v.Process, seed)
				mean := float64(of[v.Process].Mean)
				if float64(r.Low) <= mean && mean <= float64(r.High) {
					covered[v.Process]++
				}
			}
		}
	}
	for _, v := range p.Processes {
		k := of[v.Process]
		t.Logf("%-20s published %s, long run %s ± %s, intervals that cover it: %d of 20", v.Process, show(v.AsIs, v.Unit), show(float64(k.Mean), v.Unit), show(float64(k.High-k.Low)/2, v.Unit), covered[v.Process])
	}
	for _, v := range p.Processes {
		require.GreaterOrEqual(t, covered[v.Process], 17, v.Process)
	}
}

func show(x float64, u measure.Unit) string {
	if u == measure.Second {
		return fmt.Sprintf("%.2f d", math.Round(x/864)/100)
	}
	return fmt.Sprintf("%.2f %s", x, u)
}
