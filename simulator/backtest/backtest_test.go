package backtest

import (
	"context"
	"fmt"
	"github.com/uprava/uprava/mining/measure"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/conntest"
	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
)

// queue is a simulated year of an office that the fitter knows nothing of.
func queue(t *testing.T, seed uint64) *eventlog.Log {
	law := func(mean float64) twin.Distribution { return twin.Distribution{Law: "exponential", Mean: mean} }
	m := &twin.Model{ID: "office", TimeZone: "UTC", Start: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), Days: 200, WarmUpDays: 20,
		Calendars: []twin.Calendar{{ID: "days", Week: []twin.Interval{{From: 1, To: 5, Begin: 9 * time.Hour, End: 17 * time.Hour}}}},
		Pools:     []twin.Pool{{ID: "R", Size: 3, Calendar: "days"}},
		Processes: []*twin.Process{{ID: "p",
			Diagram: &bpmn.Process{ID: "p",
				Nodes: []*bpmn.Node{{ID: "s", Kind: bpmn.StartEvent}, {ID: "A", Kind: bpmn.Task}, {ID: "B", Kind: bpmn.Task}, {ID: "x", Kind: bpmn.ExclusiveGateway}, {ID: "m", Kind: bpmn.ExclusiveGateway}, {ID: "e", Kind: bpmn.EndEvent}},
				Flows: []*bpmn.Flow{{ID: "f1", Source: "s", Target: "m"}, {ID: "f2", Source: "m", Target: "A"}, {ID: "f3", Source: "A", Target: "x"}, {ID: "back", Source: "x", Target: "m"}, {ID: "on", Source: "x", Target: "B"}, {ID: "f4", Source: "B", Target: "e"}}},
			Arrivals: twin.Arrivals{Between: law(3600), Calendar: "days"}, Branches: map[string]float64{"back": 0.2, "on": 0.8},
			Tasks: map[string]twin.Task{"A": {Pools: []string{"R"}, Time: law(3600)}, "B": {Pools: []string{"R"}, Time: law(1800), Delay: law(86400)}}}}}
	l, err := simulator.Log(context.Background(), m, simulator.Config{Seed: seed, Language: "en"})
	require.NoError(t, err)
	return l
}

func TestSplit(t *testing.T) {
	b := eventlog.NewBuilder("five")
	for i, span := range [][2]int{{0, 10}, {1, 2}, {3, 30}, {20, 21}, {25, 40}} {
		for _, at := range span {
			e := eventlog.NewEvent(fmt.Sprint(i), "a", eventlog.At(time.Unix(int64(at), 0).UTC()))
			require.NoError(t, b.Add(&e))
		}
	}
	l := b.Log()
	p, err := Split(l, 0.6) // the fourth of five
	require.NoError(t, err)
	require.Equal(t, 2, p.Training.Cases()) // ended before 20 s, when the fourth begins
	require.Equal(t, 2, p.Test.Cases())
	require.Equal(t, 1, p.Crossing)
	for _, share := range []float64{0, 1, -1, 0.01} {
		_, err := Split(l, share)
		require.Error(t, err, share)
	}
	p, err = SplitAt(l, eventlog.Time(15e6))
	require.NoError(t, err)
	require.Equal(t, []int{2, 2, 1}, []int{p.Training.Cases(), p.Test.Cases(), p.Crossing})
	_, err = SplitAt(l, eventlog.Time(99e6))
	require.ErrorContains(t, err, "wanted some on both sides")
	one, err := logtest.Read("<a>")
	require.NoError(t, err)
	_, err = Split(one, 0.5)
	require.ErrorContains(t, err, "wanted 2 or more")
}

// Of a process that does not change the fitted model foretells the rest of the year:
// no distance is poor, most are as good as the past, and the mean cycle time is held.
func TestStationary(t *testing.T) {
	good, covered := 0, 0
	for seed := range uint64(4) {
		l := queue(t, seed)
		r, err := Run(context.Background(), l, Config{Seed: 1})
		require.NoError(t, err)
		for _, f := range r.Distances {
			require.NotEqual(t, Poor, f.Trust, "seed %d: %s %v of %v", seed, f.Name, f.Mean, f.Training)
			if f.Trust == Good {
				good++
			}
		}
		if r.CycleTime.Covers {
			covered++
		}
		if seed == 0 {
			again, err := Run(context.Background(), l, Config{Seed: 1})
			require.NoError(t, err)
			require.Equal(t, r.Distances, again.Distances)
		}
	}
	require.GreaterOrEqual(t, good, 4*7*6/10)
	require.GreaterOrEqual(t, covered, 3)
}

// A log of ended cases lacks those that take long, the more the later they begin; a log
// that was cut off has them in part. A model of the process that made the log, which is
// right, foretells both: of the same cases followed to their end it would say that they
// take too long.
func TestWindow(t *testing.T) {
	whole := queue(t, 5)
	var end eventlog.Time
	for _, c := range whole.All() { // 60 days before the last case begins
		end = max(end, begin(c)-eventlog.Time(60*24*time.Hour/time.Microsecond))
	}
	ended := whole.Where(func(c eventlog.Case) bool { return c.Last() <= end })
	cut := whole.WhereEvents(func(c eventlog.Case, i int) bool { return c.Times()[i] <= end })
	for _, x := range []struct {
		log   *eventlog.Log
		ended bool
	}{{ended, true}, {cut, false}} {
		r, err := Run(context.Background(), x.log, Config{Seed: 1, Split: 0.95})
		require.NoError(t, err)
		require.Equal(t, x.ended, r.EndedOnly)
		require.WithinDuration(t, end.Go(), r.End, 4*24*time.Hour)
		if x.ended {
			require.Positive(t, float64(r.Hidden))
		} else {
			require.Zero(t, float64(r.Hidden))
		}
		require.True(t, r.CycleTime.Covers, "%v: %v in %v … %v", x.ended, r.CycleTime.Actual, r.CycleTime.Low, r.CycleTime.High)
		t.Logf("ended only: %v; cycle %.0f h, foretold %.0f … %.0f; hidden %.2f", x.ended, float64(r.CycleTime.Actual)/3600, float64(r.CycleTime.Low)/3600, float64(r.CycleTime.High)/3600, float64(r.Hidden))
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Run(ctx, queue(t, 1), Config{})
	require.ErrorIs(t, err, context.Canceled)
	_, err = Run(context.Background(), queue(t, 1), Config{Split: 2, Runs: -1})
	require.ErrorContains(t, err, "split 2")
	require.ErrorContains(t, err, "runs -1")
}

// The shared logs, with what was measured (see the package's documentation) and some
// room: a fit that grew clearly worse fails.
func TestShared(t *testing.T) {
	for _, c := range []struct {
		file                   string
		ngram, relative, cycle float64
	}{
		{"Production.csv", 0.45, 25, 40},
		{"PurchasingExample.csv", 0.27, 722, 558},
		{"BPIC12.xes.gz", 0.15, 45, 89},
	} {
		t.Run(c.file, func(t *testing.T) {
			l := conntest.Shared(t, c.file)
			whole, _ := l.Instances()
			switch {
			case strings.HasPrefix(c.file, "BPIC12"): // the work items, as the literature takes them
				l = whole.WhereEvents(func(c eventlog.Case, i int) bool { return strings.HasPrefix(c.Event(i).Activity, "W_") }).Named("bpic12-w")
			case strings.HasPrefix(c.file, "Production"): // without the ends that an export added to every case
				l = whole.WhereEvents(func(c eventlog.Case, i int) bool { a := c.Event(i).Activity; return a != "Start" && a != "End" })
			}
			r, err := Run(context.Background(), l, Config{Seed: 1})
			require.NoError(t, err)
			t.Logf("training %d, test %d, crossing %d; the log ends %s, ended cases only: %v; %.1f cases seen a run, %.3f hidden", r.Training, r.Test, r.Crossing, r.End, r.EndedOnly, float64(r.Seen), float64(r.Hidden))
			for _, f := range r.Distances {
				t.Logf("%-16s %8.3f ± %.3f, the past %8.3f: %s", f.Name, float64(f.Mean), float64(f.SD), float64(f.Training), f.Trust)
			}
			t.Logf("cycle time %.1f h, foretold %.1f (%.1f … %.1f)", float64(r.CycleTime.Actual)/3600, float64(r.CycleTime.Predicted)/3600, float64(r.CycleTime.Low)/3600, float64(r.CycleTime.High)/3600)
			require.Less(t, float64(r.Distances[0].Mean), c.ngram)
			require.Less(t, float64(r.Distances[4].Mean), c.relative)
			require.Less(t, float64(r.Distances[5].Mean), c.cycle)
		})
	}
}

// A mean that is missed by far is not to be trusted, even where the past foretells it as
// wrongly.
func TestMissed(t *testing.T) {
	for _, c := range []struct {
		actual, predicted measure.Number
		covers, want      bool
	}{{100, 100, true, false}, {100, 390, false, false}, {100, 410, false, true}, {410, 100, false, true}, {410, 100, true, false}} {
		require.Equal(t, c.want, Prediction{Actual: c.actual, Predicted: c.predicted, Covers: c.covers}.missed(), "%+v", c)
	}
	require.True(t, FailsTimes("good: ngram_2; poor: case_arrival, cycle_time (10 runs of the cases from 2023-03-30 on)"))
	require.False(t, FailsTimes("good: cycle_time; poor: ngram_2 (10 runs of the cases from 2023-03-30 on)"))
	require.False(t, FailsTimes(""))
}
