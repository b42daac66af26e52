package mining_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/declarative"
	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/discovery"
	"github.com/uprava/uprava/mining/drift"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/honesty"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/organisation"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/mining/predict"
)

// analysis is what a reader of a log may ask for, with what PM4Py needs for the same
// at its peak, in MiB (shared/data/oracle/TIMINGS.md); none where it has no such
// thing.
type analysis struct {
	name string
	run  func(ctx context.Context, l *eventlog.Log) error
	peer map[string]float64
	// whole says that it looks at its context only between parts that take
	// milliseconds each, or not at all.
	whole bool
}

func discover(algorithm string) func(context.Context, *eventlog.Log) error {
	return func(ctx context.Context, l *eventlog.Log) error {
		_, err := discovery.Discover(ctx, algorithm, l, discovery.Config{})
		return err
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

var analyses = []analysis{
	{name: "directly-follows", whole: true, run: func(_ context.Context, l *eventlog.Log) error { dfg.Discover(l); return nil },
		peer: map[string]float64{"bpic12": 267, "rtfm": 487, "bpic13_incidents": 217, "bpic15_1": 256}},
	{name: "variants", whole: true, run: func(_ context.Context, l *eventlog.Log) error { l.Variants(); return nil },
		peer: map[string]float64{"bpic12": 241, "rtfm": 440, "bpic13_incidents": 200, "bpic15_1": 255}},
	{name: "inductive", run: discover("im"), peer: map[string]float64{"bpic12": 262, "rtfm": 457, "bpic13_incidents": 210}},
	{name: "inductive-graph", run: discover("imd")},
	{name: "split", run: discover("split")},
	{name: "heuristics", run: discover("heuristics"), peer: map[string]float64{"bpic12": 298, "rtfm": 571, "bpic15_1": 254}},
	{name: "alpha", run: discover("alpha"), peer: map[string]float64{"bpic12": 285, "rtfm": 530}},
	{name: "partial-orders", run: discover("powl"), peer: map[string]float64{"bpic12": 548, "rtfm": 1375}},
	{name: "declare", peer: map[string]float64{"bpic12": 2307, "rtfm": 3330}, run: func(ctx context.Context, l *eventlog.Log) error {
		_, err := declarative.DiscoverDeclare(ctx, l.Variants(), l.Activities(), declarative.DeclareConfig{})
		return err
	}},
	{name: "skeleton", peer: map[string]float64{"bpic12": 259, "rtfm": 435}, run: func(ctx context.Context, l *eventlog.Log) error {
		_, err := declarative.DiscoverSkeleton(ctx, l.Variants(), l.Activities(), 0.1)
		return err
	}},
	{name: "temporal-profile", peer: map[string]float64{"bpic12": 1797, "rtfm": 817, "bpic15_1": 613}, run: func(ctx context.Context, l *eventlog.Log) error {
		_, err := declarative.DiscoverProfile(ctx, l)
		return err
	}},
	{name: "filter", run: func(ctx context.Context, l *eventlog.Log) error {
		_, _, err := must(filter.Parse("events >= 3")).Apply(ctx, l, filter.Config{})
		return err
	}},
	{name: "quality", run: func(ctx context.Context, l *eventlog.Log) error {
		_, err := honesty.Examine(ctx, l, honesty.Config{})
		return err
	}},
	{name: "bottlenecks", run: func(ctx context.Context, l *eventlog.Log) error {
		_, err := performance.FindBottlenecks(ctx, l, performance.Config{AssumeEnabled: true})
		return err
	}},
	{name: "waiting-causes", run: func(ctx context.Context, l *eventlog.Log) error {
		_, err := performance.FindWaitingCauses(ctx, l, performance.Config{AssumeEnabled: true}, performance.BatchConfig{})
		return err
	}},
	{name: "parties", run: func(ctx context.Context, l *eventlog.Log) error {
		_, err := performance.FindParties(ctx, l, performance.ByUnit(l))
		return err
	}},
	{name: "rework", run: func(ctx context.Context, l *eventlog.Log) error {
		_, err := performance.FindRework(ctx, l)
		return err
	}},
	{name: "workload", run: func(ctx context.Context, l *eventlog.Log) error {
		_, err := performance.FindWorkload(ctx, l, 24*time.Hour)
		return err
	}},
	{name: "spectrum", run: func(ctx context.Context, l *eventlog.Log) error {
		_, err := performance.Spectrum(ctx, l, performance.SpectrumConfig{})
		return err
	}},
	{name: "handovers", peer: map[string]float64{"bpic12": 277, "rtfm": 447, "bpic13_incidents": 209, "bpic15_1": 254}, run: func(ctx context.Context, l *eventlog.Log) error {
		_, err := organisation.Handovers(ctx, l, organisation.People)
		return err
	}},
	{name: "roles", peer: map[string]float64{"bpic12": 276}, run: func(ctx context.Context, l *eventlog.Log) error {
		_, err := organisation.Roles(ctx, l, organisation.RoleConfig{})
		return err
	}},
	{name: "drift", run: func(ctx context.Context, l *eventlog.Log) error {
		_, err := drift.Detect(ctx, l, drift.Config{})
		return err
	}},
	{name: "predict", run: func(ctx context.Context, l *eventlog.Log) error {
		_, err := predict.Predict(ctx, l, predict.Config{})
		return err
	}},
}

// TestCancel: every analysis returns the error of a context that is done, and leaves
// no goroutine and no memory behind, whenever it is stopped.
func TestCancel(t *testing.T) {
	l := logtest.Random(1, logtest.Config{Cases: 20_000, Length: 20, Activities: 12})
	done, cancel := context.WithCancel(context.Background())
	cancel()
	for _, a := range analyses {
		if a.whole {
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			goroutines, heap := runtime.NumGoroutine(), live()
			require.ErrorIs(t, a.run(done, l), context.Canceled)
			for _, after := range []time.Duration{100 * time.Microsecond, time.Millisecond, 10 * time.Millisecond} {
				ctx, cancel := context.WithTimeout(context.Background(), after)
				if err := a.run(ctx, l); err != nil && ctx.Err() != nil {
					require.ErrorIs(t, err, context.DeadlineExceeded)
				}
				cancel()
			}
			for range 100 { // workers end a moment after their analysis
				if runtime.NumGoroutine() <= goroutines {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			require.LessOrEqual(t, runtime.NumGoroutine(), goroutines)
			require.Less(t, live()-heap, 4.0, "MiB are left behind")
		})
	}
}

// live returns the MiB of the heap that are in use.
func live() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}

// BenchmarkCancel measures how long after its context is done an analysis returns:
// the mean, and the longest, over runs that are stopped ever later.
func BenchmarkCancel(b *testing.B) {
	var l *eventlog.Log
	for _, a := range analyses {
		if a.whole {
			continue
		}
		b.Run(a.name, func(b *testing.B) {
			if l == nil {
				l = load(b, named("rtfm"))
			}
			var total, longest time.Duration
			n := 0
			for i := range b.N {
				ctx, cancel := context.WithCancel(context.Background())
				stopped := make(chan time.Time, 1)
				timer := time.AfterFunc(time.Duration(1+i%50)*3*time.Millisecond, func() { stopped <- time.Now(); cancel() })
				if a.run(ctx, l) != nil && ctx.Err() != nil {
					late := time.Since(<-stopped)
					total, longest = total+late, max(longest, late)
					n++
				}
				timer.Stop()
				cancel()
			}
			b.ReportMetric(float64(total.Microseconds())/1000/float64(max(n, 1)), "ms-to-return")
			b.ReportMetric(float64(longest.Microseconds())/1000, "ms-longest")
		})
	}
}

func named(name string) logtest.SharedLog {
	for _, s := range logtest.SharedLogs {
		if s.Name == name {
			return s
		}
	}
	panic(name)
}

// BenchmarkMemory measures the greatest live heap beyond the log while an analysis
// runs, with the collector running every 10 % of growth, and what share of the peer's
// peak above 130 MiB that is.
func BenchmarkMemory(b *testing.B) {
	for _, name := range []string{"bpic15_1", "bpic12", "bpic13_incidents", "rtfm"} {
		var l *eventlog.Log
		for _, a := range analyses {
			b.Run(name+"/"+a.name, func(b *testing.B) {
				if l == nil {
					l = load(b, named(name))
				}
				peak := 0.0
				for b.Loop() {
					peak = max(peak, peakOf(func() {
						if err := a.run(context.Background(), l); err != nil {
							b.Log(err)
						}
					}))
				}
				b.ReportMetric(peak, "peak-MiB")
				if peer := a.peer[name]; peer > 0 {
					b.ReportMetric(peak/(peer-130), "of-peer")
				}
			})
		}
	}
}

// peakOf returns the greatest live heap, in MiB above what was there, that the
// collector saw while f ran.
func peakOf(f func()) float64 {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	before := live()
	stop, stopped := make(chan bool), make(chan float64)
	go func() {
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		most := 0.0
		for {
			metrics.Read(sample)
			most = max(most, float64(sample[0].Value.Uint64())/(1<<20))
			select {
			case <-stop:
				stopped <- most
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	f()
	close(stop)
	return max(0, <-stopped-before)
}

// BenchmarkGrowth runs analyses on synthetic logs of as many million events as
// UPRAVA_GROWTH lists, such as 1,10,100: about 20 bytes an event.
func BenchmarkGrowth(b *testing.B) {
	sizes := os.Getenv("UPRAVA_GROWTH")
	if sizes == "" {
		b.Skip("UPRAVA_GROWTH lists no sizes, such as 1,10,100 for so many million events")
	}
	for _, size := range strings.Split(sizes, ",") {
		millions, err := strconv.Atoi(size)
		require.NoError(b, err)
		var l *eventlog.Log
		for _, a := range analyses {
			switch a.name {
			case "directly-follows", "variants", "inductive", "inductive-graph", "declare", "temporal-profile", "bottlenecks", "quality", "rework":
			default:
				continue
			}
			b.Run(fmt.Sprintf("%dM/%s", millions, a.name), func(b *testing.B) {
				if l == nil {
					l = synthetic(b, millions*1_000_000)
				}
				b.ReportAllocs()
				for b.Loop() {
					require.NoError(b, a.run(context.Background(), l))
				}
				b.ReportMetric(float64(l.Events())*float64(b.N)/b.Elapsed().Seconds(), "events/s")
			})
		}
	}
}

// synthetic returns a log of cases of ten events, one in seven of them another activity than usual.
func synthetic(b *testing.B, events int) *eventlog.Log {
	c := &eventlog.Columns{Activities: []string{"приём", "проверка", "запрос", "ответ", "подготовка", "согласование", "подпись", "отправка", "доработка", "архив"}}
	cases := events / 10
	c.Activity, c.Time = make([]eventlog.Code, 0, events), make([]eventlog.Time, 0, events)
	c.Cases, c.Ends = make([]string, cases), make([]uint32, cases)
	state := uint64(1)
	for i := range cases {
		c.Cases[i] = strconv.Itoa(i)
		at := eventlog.Time(i) * 60e6
		for k := range 10 {
			a := k
			state = state*6364136223846793005 + 1442695040888963407
			if r := state >> 33; k > 0 && k < 9 && r%7 == 0 {
				a = int(1 + r/7%8)
			}
			at += eventlog.Time(1+state>>40) * 1e6
			c.Activity, c.Time = append(c.Activity, eventlog.Code(a)), append(c.Time, at)
		}
		c.Ends[i] = uint32(len(c.Activity))
	}
	c.Zone = make([]eventlog.Zone, len(c.Time))
	l, err := eventlog.FromColumns("synthetic", nil, c)
	require.NoError(b, err)
	return l
}
