package drift_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/mining/drift"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/measure"
)

// world is a made process: what it does depends on how far the log has gone.
type world struct {
	cases    int
	hours    func(at float64) float64 // mean wait before each step, by share of the log
	approve  func(at float64) float64 // probability of an approval
	arrivals func(at float64) float64 // per hour
	memory   float64                  // of the waits, as a queue has: AR(1) of their logarithm
}

var epoch = time.Date(2018, 1, 1, 9, 0, 0, 0, time.UTC)

func always(v float64) func(float64) float64 { return func(float64) float64 { return v } }

func step(at, before, after float64) func(float64) float64 {
	return func(x float64) float64 {
		if x < at {
			return before
		}
		return after
	}
}

func made(seed uint64, w world) *eventlog.Log {
	r := rand.New(rand.NewPCG(seed, 11))
	b := eventlog.NewBuilder("made")
	t := epoch
	queue := 0.0
	for i := range w.cases {
		x := float64(i) / float64(w.cases)
		t = t.Add(time.Duration(r.ExpFloat64() / w.arrivals(x) * float64(time.Hour)))
		queue = w.memory*queue + math.Sqrt(1-w.memory*w.memory)*r.NormFloat64()
		at := t
		add := func(activity string, hours float64) {
			at = at.Add(time.Duration(hours * r.ExpFloat64() * float64(time.Hour)))
			e := eventlog.NewEvent(fmt.Sprint(i), activity, eventlog.At(at))
			if err := b.Add(&e); err != nil {
				panic(err)
			}
		}
		slow := 1.0
		if w.memory > 0 {
			slow = math.Exp(queue)
		}
		add("request", 0)
		add("check", w.hours(x)*slow)
		if r.Float64() < w.approve(x) {
			add("approve", w.hours(x)*slow)
		}
		add("decide", w.hours(x)*slow)
	}
	return b.Log()
}

func detect(t testing.TB, l *eventlog.Log, cfg drift.Config) *drift.Result {
	t.Helper()
	r, err := drift.Detect(context.Background(), l, cfg)
	require.NoError(t, err)
	require.Len(t, r.Perspectives, 4)
	return r
}

func when(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return at
}

// startOf returns when the case at a share of the log began.
func startOf(l *eventlog.Log, x float64) time.Time {
	return l.Case(int(x * float64(l.Cases()))).First().Go()
}

// TestStationary counts false alarms: a log in which nothing changes, with waits
// that are independent and with such that remember, must raise one in at most 5 %;
// what is marked as not controlled is counted apart.
func TestStationary(t *testing.T) {
	runs := 100
	if testing.Short() {
		runs = 25
	}
	for _, c := range []struct {
		memory float64
		cases  int
	}{{0, 600}, {0.5, 600}, {0.9, 600}, {0.9, 2400}} {
		memory, cases := c.memory, c.cases
		t.Run(fmt.Sprintf("memory %v, %d cases", memory, cases), func(t *testing.T) {
			alarms, hints, by := 0, 0, map[string]int{}
			for seed := range uint64(runs) {
				l := made(seed, world{cases, always(5), always(0.3), always(1), memory})
				r := detect(t, l, drift.Config{Draws: 199, Seed: seed})
				any := false
				for _, p := range r.Perspectives {
					if len(p.Changes) > 0 && !p.Controlled {
						hints++
					}
					if len(p.Changes) > 0 && p.Controlled {
						any = true
						by[p.Name]++
					}
				}
				if any {
					alarms++
				}
			}
			t.Logf("%d of %d, %v; uncontrolled %d", alarms, runs, by, hints)
			require.LessOrEqual(t, float64(alarms)/float64(runs), 0.05+3*math.Sqrt(0.05*0.95/float64(runs)))
		})
	}
}

func TestPlanted(t *testing.T) {
	for _, c := range []struct {
		name  string
		w     world
		where string
		shows string
	}{
		{"slower", world{1000, step(0.6, 5, 9), always(0.3), always(1), 0}, drift.Time, "lead_time"},
		{"approval", world{1000, always(5), step(0.6, 0.2, 0.5), always(1), 0}, drift.ControlFlow, "activity"},
		{"arrivals", world{3000, always(5), always(0.3), step(0.6, 1, 1.6), 0}, drift.Workload, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := made(5, c.w)
			r := detect(t, l, drift.Config{Draws: 199})
			for _, p := range r.Perspectives {
				if p.Name != c.where {
					continue
				}
				require.Len(t, p.Changes, 1)
				ch := p.Changes[0]
				truth := startOf(l, 0.6)
				delay := when(t, ch.At).Sub(truth)
				t.Logf("%s: %v off, %s … %s, %s, %s %.3g → %.3g", p.Name, delay, ch.Low, ch.High, ch.Course, ch.Feature, ch.Before, ch.After)
				require.Less(t, delay.Abs(), 8*24*time.Hour)
				require.False(t, when(t, ch.Low).After(truth.AddDate(0, 0, 1)))
				require.False(t, when(t, ch.High).Before(truth.AddDate(0, 0, -1)))
				require.NotEqual(t, "gradual", ch.Course)
				require.LessOrEqual(t, float64(ch.Adjusted), 0.05)
				require.Contains(t, fmt.Sprint(r.Headline("ru")), drift.Label("ru", c.where)+": "+ch.At[:10])
				require.Contains(t, fmt.Sprint(r.Headline("en")), drift.Label("en", c.where)+": "+ch.At[:10])
				if c.shows != "" {
					kinds := map[string]bool{}
					for _, m := range ch.What {
						kinds[m.Kind] = true
					}
					require.True(t, kinds[c.shows])
					require.NotNil(t, ch.Comparison())
				}
			}
			_, err := json.Marshal(r)
			require.NoError(t, err)
		})
	}
}

// TestCourse: a ramp over half the log is no sudden change.
func TestCourse(t *testing.T) {
	ramp := func(x float64) float64 { return 4 + 16*min(1, max(0, (x-0.2)/0.6)) }
	r := detect(t, made(3, world{2000, ramp, always(0.3), always(1), 0}), drift.Config{Draws: 199})
	require.NotEmpty(t, r.Perspectives[0].Changes)
	courses := map[string]int{}
	for _, ch := range r.Perspectives[0].Changes {
		courses[ch.Course]++
		t.Log(ch.At, ch.Course, ch.Ramp)
	}
	require.Zero(t, courses["sudden"])
	r = detect(t, made(3, world{2000, step(0.5, 4, 20), always(0.3), always(1), 0}), drift.Config{Draws: 199})
	require.Equal(t, "sudden", r.Perspectives[0].Changes[0].Course)
	// There and back again is two changes.
	r = detect(t, made(4, world{2000, func(x float64) float64 {
		if x > 0.3 && x < 0.5 {
			return 12
		}
		return 5
	}, always(0.3), always(1), 0}), drift.Config{Draws: 199})
	require.Len(t, r.Perspectives[0].Changes, 2)
}

// TestDelay measures how far from the truth changes are found, and how often.
func TestDelay(t *testing.T) {
	if testing.Short() {
		t.Skip("40 logs")
	}
	found, off := 0, []float64{}
	for seed := range uint64(40) {
		l := made(100+seed, world{800, step(0.5, 5, 8), always(0.3), always(1), 0})
		p := detect(t, l, drift.Config{Draws: 199, Seed: seed}).Perspectives[0]
		if len(p.Changes) == 0 {
			continue
		}
		found++
		best := math.Inf(1)
		for _, ch := range p.Changes {
			best = min(best, when(t, ch.At).Sub(startOf(l, 0.5)).Abs().Hours()) // one case an hour
		}
		off = append(off, best)
	}
	s := measure.Summarize(off, measure.Hour)
	t.Logf("found in %d of 40, off by a median of %.0f cases, p95 %.0f", found, s.Median, s.P95)
	require.GreaterOrEqual(t, found, 38)
	require.Less(t, s.Median, 25.0)
}

func TestSmall(t *testing.T) {
	for _, n := range []string{"", "<>", "<a>", "<a,b>^40"} {
		r := detect(t, logtest.Parse(n), drift.Config{})
		for _, p := range r.Perspectives {
			require.Empty(t, p.Changes)
		}
		b, err := json.Marshal(r)
		require.NoError(t, err)
		require.Contains(t, string(b), `"p":null`)
		require.Contains(t, fmt.Sprint(measure.TextsIn("ru", r.Warnings)), "не проверено")
	}
	_, err := drift.Detect(context.Background(), nil, drift.Config{})
	require.Error(t, err)
	_, err = drift.Detect(context.Background(), logtest.Parse(""), drift.Config{Level: 3, Draws: -1})
	require.ErrorContains(t, err, "level 3")
	require.ErrorContains(t, err, "-1 draws")
}

func TestDeterministicAndCancelled(t *testing.T) {
	l := made(5, world{600, step(0.6, 5, 9), always(0.3), always(1), 0})
	var first []byte
	for _, procs := range []int{1, 4} {
		old := runtime.GOMAXPROCS(procs)
		out, err := json.Marshal(detect(t, l, drift.Config{Draws: 99}))
		runtime.GOMAXPROCS(old)
		require.NoError(t, err)
		if first == nil {
			first = out
		}
		require.Equal(t, string(first), string(out))
	}
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := drift.Detect(ctx, l, drift.Config{Draws: 10_000_000})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(began), 5*time.Second)
	for i := 0; runtime.NumGoroutine() > before && i < 100; i++ {
		time.Sleep(time.Millisecond)
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

func FuzzDetect(f *testing.F) {
	f.Add(uint64(1), uint8(60))
	f.Add(uint64(2), uint8(255))
	f.Fuzz(func(t *testing.T, seed uint64, cases uint8) {
		r := detect(t, logtest.Random(seed, logtest.Config{Cases: int(cases)}), drift.Config{Draws: 9, MinCases: 5})
		_, err := json.Marshal(r)
		require.NoError(t, err)
		for _, p := range r.Perspectives {
			for _, c := range p.Changes {
				require.LessOrEqual(t, c.Low, c.At)
				require.LessOrEqual(t, c.At, c.High)
			}
		}
	})
}

func benchmark(b *testing.B, file string) {
	l, _, err := connectors.Load(context.Background(), file, xes.Open(logtest.Shared(b, file)))
	require.NoError(b, err)
	l, _ = l.Instances()
	b.ReportAllocs()
	for b.Loop() {
		detect(b, l, drift.Config{})
	}
	b.ReportMetric(float64(l.Events())*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkRoadFines(b *testing.B) { benchmark(b, "Road_Traffic_Fine_Management_Process.xes.gz") }
func BenchmarkBPIC15(b *testing.B)    { benchmark(b, "BPIC15_1.xes.gz") }

// BenchmarkCancel measures how long after cancelling Detect returns.
func BenchmarkCancel(b *testing.B) {
	l := made(5, world{20_000, step(0.6, 5, 9), always(0.3), always(1), 0})
	var total time.Duration
	for i := range b.N {
		ctx, cancel := context.WithCancel(context.Background())
		var at time.Time
		timer := time.AfterFunc(time.Duration(5+i%150)*time.Millisecond, func() { at = time.Now(); cancel() })
		if _, err := drift.Detect(ctx, l, drift.Config{Draws: 1_000_000}); err == nil {
			b.Fatal("not cancelled")
		}
		total += time.Since(at)
		timer.Stop()
		cancel()
	}
	b.ReportMetric(float64(total.Microseconds())/1000/float64(b.N), "ms-to-return")
}
