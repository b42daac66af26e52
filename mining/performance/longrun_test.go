package performance_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
)

// By hand: of five cases one is open at the cut, one ended otherwise.
func TestLongRunMeanByHand(t *testing.T) {
	l := logtest.Parse("<a@0h,b@2h> <a@1h,b@5h> <a@2h,x@3h> <a@3h,b@9h> <a@10h>")
	r, err := performance.LongRunMean(l, performance.LongRunConfig{
		Lead: performance.LeadConfig{From: performance.Milestone{Activity: "a"}, To: performance.Milestone{Activity: "b"}},
		Unit: measure.Second, AsOf: l.Case(4).First() + 3*3600e6})
	require.NoError(t, err)
	require.Equal(t, 3, r.Completed)
	require.Equal(t, 1, r.Otherwise)
	require.Equal(t, 1, r.Open)
	require.InDelta(t, 4*3600, float64(r.CompletedMean), 1e-9)
	// Lasting 2, 3 (open), 4, 6 hours: 2 + ¾·(4−2) + ⅜·(6−4) hours.
	require.InDelta(t, 3600*(2+0.75*2+0.375*2), float64(r.Mean), 1e-6)
}

// cutOff is a log of cases that come in clusters which share a part of their time.
func cutOff(rng *rand.Rand, clusters, size int, shared, own float64) *eventlog.Log {
	start := time.Date(2018, 1, 1, 9, 0, 0, 0, time.UTC)
	end := start.AddDate(1, 0, 0)
	b := eventlog.NewBuilder("x")
	for k := range clusters {
		at := start.Add(time.Duration(float64(end.Sub(start)) * (float64(k) + rng.Float64()) / float64(clusters)))
		common := rng.ExpFloat64() * shared
		for i := range size {
			id := fmt.Sprintf("%d-%d", k, i)
			if _, err := b.Case(id, []eventlog.Attribute{{Key: "protocol", Value: eventlog.Text(fmt.Sprint(k))}}); err != nil {
				panic(err)
			}
			e := eventlog.NewEvent(id, "begin", eventlog.At(at))
			if err := b.Add(&e); err != nil {
				panic(err)
			}
			if done := at.Add(time.Duration((common + rng.ExpFloat64()*own) * 24 * float64(time.Hour))); done.Before(end) {
				e := eventlog.NewEvent(id, "done", eventlog.At(done))
				if err := b.Add(&e); err != nil {
					panic(err)
				}
			}
		}
	}
	return b.Log()
}

// The interval covers the true mean as often as it says, though the log is cut and cases
// of a cluster hang together; that of independent cases would not.
func TestLongRunIntervalCovers(t *testing.T) {
	end := eventlog.Time(time.Date(2019, 1, 1, 9, 0, 0, 0, time.UTC).UnixMicro())
	for _, c := range []struct {
		by          string
		shared, own float64
	}{{"protocol", 20, 20}, {"", 20, 20}, {"", 0, 40}} {
		covered, naive, biased, mean := 0, 0, 0.0, 0.0
		const runs = 200
		rng := rand.New(rand.NewPCG(3, 3))
		for range runs {
			r, err := performance.LongRunMean(cutOff(rng, 80, 8, c.shared, c.own), performance.LongRunConfig{
				Lead: performance.LeadConfig{To: performance.Milestone{Activity: "done"}}, Unit: measure.Second, Cluster: c.by, AsOf: end})
			require.NoError(t, err)
			truth := 40 * 86400.0
			if float64(r.Low) <= truth && truth <= float64(r.High) {
				covered++
			}
			half := 1.96 * float64(r.High-r.Low) / 2 / 1.99 * math.Sqrt(float64(r.EffectiveN)/float64(r.Completed))
			if math.Abs(float64(r.Mean)-truth) <= half {
				naive++
			}
			mean += float64(r.Mean) / truth / runs
			biased += float64(r.CompletedMean) / truth / runs
		}
		t.Logf("%+v: covered %d of %d, as if independent %d, mean %.3f, completed cases alone %.3f of the truth", c, covered, runs, naive, mean, biased)
		require.GreaterOrEqual(t, covered, int(0.89*runs))
		require.Less(t, biased, 0.95)
		if c.shared > 0 {
			require.Less(t, naive, int(0.8*runs))
		}
	}
}

func TestLongRunInWorkingDays(t *testing.T) {
	office, err := calendar.New(calendar.Config{Week: []calendar.Interval{{From: time.Monday, To: time.Friday, Begin: 9 * time.Hour, End: 17 * time.Hour}}})
	require.NoError(t, err)
	b := eventlog.NewBuilder("x")
	for i, hours := range []int{72, 96} { // from Friday noon
		for k, name := range []string{"a", "b"} {
			e := eventlog.NewEvent(fmt.Sprint(i), name, eventlog.At(time.Date(2024, 3, 1, 13, 0, 0, 0, time.UTC).Add(time.Duration(k*hours)*time.Hour)))
			require.NoError(t, b.Add(&e))
		}
	}
	l := b.Log()
	cfg := performance.LongRunConfig{Lead: performance.LeadConfig{To: performance.Milestone{Activity: "b"}}, Unit: measure.WorkingDay, Calendar: office, AsOf: 1 << 60}
	r, err := performance.LongRunMean(l, cfg)
	require.NoError(t, err)
	require.InDelta(t, 1.5, float64(r.CompletedMean), 1e-9)
	cfg.Unit = measure.WorkingHour
	r, err = performance.LongRunMean(l, cfg)
	require.NoError(t, err)
	require.InDelta(t, 12, float64(r.Mean), 1e-9)
	require.True(t, math.IsNaN(float64(r.Low)), "one cluster")
	require.NotEmpty(t, r.Warnings)
	cfg.Calendar = nil
	_, err = performance.LongRunMean(l, cfg)
	require.ErrorContains(t, err, "without a calendar")
	_, err = performance.LongRunMean(logtest.Parse("<a>"), performance.LongRunConfig{Lead: performance.LeadConfig{To: performance.Milestone{Activity: "z"}}, Unit: measure.Second})
	require.ErrorContains(t, err, `no activity "z"`)
}
