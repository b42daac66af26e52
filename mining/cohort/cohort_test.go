package cohort_test

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
	"github.com/uprava/uprava/mining/cohort"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/measure"
)

// plan is what a made cohort does.
type plan struct {
	cases   int
	hours   float64 // mean of each of the waits before check and decide
	again   float64 // probability of a second check
	extra   float64 // probability of an approval before the decision
	channel float64 // share of post
}

// made returns a cohort: request, check (again), approve sometimes, decide.
func made(name string, seed uint64, p plan) *eventlog.Log {
	r := rand.New(rand.NewPCG(seed, 7))
	b := eventlog.NewBuilder(name)
	at := time.Date(2019, 1, 7, 9, 0, 0, 0, time.UTC)
	for i := range p.cases {
		id := fmt.Sprint(name, i)
		channel := "web"
		if r.Float64() < p.channel {
			channel = "post"
		}
		if _, err := b.Case(id, []eventlog.Attribute{{Key: "channel", Value: eventlog.Text(channel)},
			{Key: "size", Value: eventlog.Float(r.ExpFloat64())}, {Key: "number", Value: eventlog.Text(id)}}); err != nil {
			panic(err)
		}
		t := at.Add(time.Duration(i) * time.Hour)
		add := func(activity string, wait float64) {
			start := t.Add(time.Duration(wait * r.ExpFloat64() * float64(time.Hour)))
			end := start.Add(time.Duration(r.ExpFloat64() * float64(10*time.Minute)))
			e := eventlog.NewEvent(id, activity, eventlog.At(end))
			e.Start = eventlog.At(start)
			if err := b.Add(&e); err != nil {
				panic(err)
			}
			t = end
		}
		add("request", 0)
		add("check", p.hours)
		for r.Float64() < p.again {
			add("check", 1)
		}
		if r.Float64() < p.extra {
			add("approve", 1)
		}
		add("decide", p.hours)
	}
	return b.Log()
}

func compare(t testing.TB, a, b *eventlog.Log, cfg cohort.Config) *cohort.Result {
	t.Helper()
	r, err := cohort.Compare(context.Background(), a, b, cfg)
	require.NoError(t, err)
	return r
}

func TestPlanted(t *testing.T) {
	a := made("before", 1, plan{300, 5, 0.1, 0, 0.2})
	b := made("after", 2, plan{200, 9, 0.4, 0.5, 0.6})
	r := compare(t, a, b, cohort.Config{Ends: []string{"decide"}, Draws: 499,
		Breach: func(c eventlog.Case) (bool, bool) { return c.Last().Sub(c.First()) > 15*time.Hour, true }})
	require.Equal(t, 300, r.A.Cases)
	require.Equal(t, 0, r.A.Open)
	require.LessOrEqual(t, float64(r.LeadTime.Adjusted), 0.01)
	require.Greater(t, float64(r.LeadTime.Shift.Value), 4*3600.) // 8 h more of waiting in the mean
	require.Greater(t, r.LeadTime.Mean.Interval.Low, 0.0)
	require.True(t, r.LeadTime.Median.Interval.Contains(float64(r.LeadTime.Median.Value)))
	require.NotEqual(t, measure.Negligible, r.LeadTime.Size)
	require.Equal(t, "approve", r.Activities[0].Activity)
	require.Zero(t, r.Activities[0].A.K)
	require.Equal(t, measure.Large, r.Activities[0].Size)
	edges := map[[2]string]bool{}
	for _, e := range r.Edges {
		if e.Adjusted <= 0.05 {
			edges[[2]string{e.From, e.To}] = true
		}
	}
	require.True(t, edges[[2]string{"check", "approve"}] && edges[[2]string{"check", "check"}])
	require.False(t, edges[[2]string{"request", "check"}])
	require.LessOrEqual(t, float64(r.Rework.Adjusted), 0.01)
	require.Positive(t, float64(r.Breach.Difference.Value))
	require.LessOrEqual(t, float64(r.Variants.P), 0.01)
	require.Less(t, float64(r.Variants.Expected), float64(r.Variants.Value))
	found := map[string]bool{}
	for _, w := range r.Waiting {
		require.Equal(t, "completed", w.Since)
		found[w.Activity] = w.Adjusted <= 0.05
	}
	require.True(t, found["check"] && found["decide"])
	require.Equal(t, "channel", r.Mix[0].Attribute)
	require.InDelta(t, 0.4, math.Abs(float64(r.Mix[0].ShareB-r.Mix[0].ShareA)), 0.12)
	require.Len(t, r.Mix, 2, "the number of a case describes no mix")
	texts := fmt.Sprint(measure.TextsIn("ru", r.Warnings))
	require.Contains(t, texts, "отличаются channel")
	require.Contains(t, texts, "это связь")
	require.Len(t, r.Headline("en"), 4)
	require.Contains(t, r.Headline("ru")[0], "не случайно")
}

// TestNoDifference deals one process to two cohorts again and again: the headline
// family finds something in at most 5 % of them, and the others' false discoveries
// are all false, so that finding any is as rare.
func TestNoDifference(t *testing.T) {
	runs := 200
	if testing.Short() {
		runs = 40
	}
	any := map[string]int{}
	for seed := range uint64(runs) {
		p := plan{60, 5, 0.2, 0.3, 0.4}
		r := compare(t, made("a", 2*seed, p), made("b", 2*seed+1, p), cohort.Config{Draws: 99, Seed: seed})
		for _, f := range r.Families {
			if f.Found > 0 {
				any[f.Name]++
			}
		}
	}
	most := 0.05 + 3*math.Sqrt(0.05*0.95/float64(runs))
	for name, n := range any {
		t.Logf("%s: %d of %d", name, n, runs)
		require.LessOrEqual(t, float64(n)/float64(runs), most, name)
	}
}

func TestDistanceByHand(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"<x>^20", "<y>^20", 1},
		{"<x>^20 <y>^20", "<x>^10 <y>^10", 0},
		{"<x>^20", "<x>^10 <y>^10", math.Sqrt(0.311278)}, // ½·log₂(4/3) + ½·(½·log₂(2/3) + ½·log₂2)
	} {
		r := compare(t, logtest.Parse(c.a), logtest.Parse(c.b), cohort.Config{Draws: 19})
		require.InDelta(t, c.want, float64(r.Variants.Value), 1e-6, c.a)
		require.InDelta(t, c.want, float64(r.Profile.Value), 1e-6, c.a) // start→x→end: two pairs, both as x
		require.Positive(t, float64(r.Variants.P))
	}
}

func TestSmallAndOpen(t *testing.T) {
	r := compare(t, logtest.Parse("<a,b>^3 <>"), logtest.Parse("<a,b>^40"), cohort.Config{})
	require.True(t, math.IsNaN(float64(r.LeadTime.P)))
	for _, f := range r.Families {
		require.Zero(t, f.Tests, f.Name)
	}
	require.Contains(t, r.Warnings[0].Error(), "nothing is tested")
	require.Contains(t, fmt.Sprint(r.Warnings), "1 of 4 cases have no events")
	b, err := json.Marshal(r)
	require.NoError(t, err)
	require.Contains(t, string(b), `"p":null`)
	require.Contains(t, string(b), `"warnings":["3 cases and 40`)

	r = compare(t, logtest.Parse("<a,b>^20 <a>^20"), logtest.Parse("<a,b>^40"), cohort.Config{Ends: []string{"b"}, Draws: 19})
	require.Equal(t, 20, r.A.Open)
	require.Equal(t, 20, r.LeadTime.A.N)
	require.Contains(t, fmt.Sprint(r.Warnings), "20 of 40 cases are open")

	r = compare(t, logtest.Parse(""), logtest.Parse(""), cohort.Config{})
	require.Nil(t, r.LeadTime)
	require.Nil(t, r.Rework)
	_, err = json.Marshal(r)
	require.NoError(t, err)
	_, err = cohort.Compare(context.Background(), nil, nil, cohort.Config{})
	require.Error(t, err)
	_, err = cohort.Compare(context.Background(), logtest.Parse(""), logtest.Parse(""), cohort.Config{Level: 2, Confidence: -1, Draws: -1})
	require.ErrorContains(t, err, "level 2")
	require.ErrorContains(t, err, "confidence -1")
}

func TestSplit(t *testing.T) {
	l := made("m", 3, plan{100, 5, 0.1, 0, 0.3})
	g, err := cohort.Split(l, "channel")
	require.NoError(t, err)
	require.Equal(t, "web", g.Groups[0].Name)
	require.Equal(t, 100, g.Groups[0].Log.Cases()+g.Groups[1].Log.Cases())
	require.Equal(t, g.Groups[0].Log.Cases(), g.Groups[1].Rest.Cases())
	_, err = cohort.Split(l, "colour")
	require.ErrorContains(t, err, `splitting by "colour"`)
	each, err := cohort.CompareEach(context.Background(), l, "channel", cohort.Config{Draws: 19})
	require.NoError(t, err)
	require.Len(t, each.Results, 1)
	require.Equal(t, "post", each.Results[0].B.Name)
	for _, d := range each.Results[0].Mix {
		require.NotEqual(t, "channel", d.Attribute)
	}
	_, err = json.Marshal(each)
	require.NoError(t, err)
	ids, err := cohort.Split(l, "number")
	require.NoError(t, err)
	require.Equal(t, 100-cohort.MostGroups, ids.Further)
	before, after := cohort.Before(l, eventlog.At(time.Date(2019, 1, 9, 9, 0, 0, 0, time.UTC)).Time)
	require.Equal(t, 48, before.Cases())
	require.Equal(t, 52, after.Cases())
}

func TestDeterministicAndCancelled(t *testing.T) {
	a, b := made("a", 1, plan{200, 5, 0.1, 0.1, 0.2}), made("b", 2, plan{150, 6, 0.1, 0.2, 0.3})
	var first []byte
	for _, procs := range []int{1, 4} {
		old := runtime.GOMAXPROCS(procs)
		out, err := json.Marshal(compare(t, a, b, cohort.Config{Draws: 99}))
		runtime.GOMAXPROCS(old)
		require.NoError(t, err)
		if first == nil {
			first = out
		}
		require.Equal(t, string(first), string(out))
	}
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := cohort.Compare(ctx, a, b, cohort.Config{Draws: 50_000_000})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(began), 5*time.Second)
	for i := 0; runtime.NumGoroutine() > before && i < 100; i++ {
		time.Sleep(time.Millisecond)
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

func FuzzCompare(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Add(uint64(9), uint64(9))
	f.Fuzz(func(t *testing.T, x, y uint64) {
		a, b := logtest.Random(x, logtest.Config{Cases: 25}), logtest.Random(y, logtest.Config{Cases: 30})
		r := compare(t, a, b, cohort.Config{Draws: 9})
		_, err := json.Marshal(r)
		require.NoError(t, err)
		if v := float64(r.Variants.Value); !math.IsNaN(v) {
			require.True(t, v >= 0 && v <= 1)
		}
		for _, e := range r.Edges {
			require.LessOrEqual(t, e.A.K, e.A.N)
			require.True(t, math.IsNaN(float64(e.P)) || e.P <= e.Adjusted)
		}
		same := compare(t, a, a, cohort.Config{Draws: 9})
		require.InDelta(t, 0, float64(same.Variants.Value), 1e-6)
		for _, fam := range same.Families {
			require.Zero(t, fam.Found, fam.Name)
		}
	})
}

func benchmark(b *testing.B, file string) {
	l, _, err := connectors.Load(context.Background(), file, xes.Open(logtest.Shared(b, file)))
	require.NoError(b, err)
	l, _ = l.Instances()
	firsts := make([]eventlog.Time, 0, l.Cases())
	for _, c := range l.All() {
		firsts = append(firsts, c.First())
	}
	x, y := cohort.Before(l, firsts[len(firsts)/2])
	b.ReportAllocs()
	for b.Loop() {
		compare(b, x, y, cohort.Config{})
	}
	b.ReportMetric(float64(l.Events())*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkRoadFines(b *testing.B) { benchmark(b, "Road_Traffic_Fine_Management_Process.xes.gz") }
func BenchmarkBPIC15(b *testing.B)    { benchmark(b, "BPIC15_1.xes.gz") }

// BenchmarkCancel measures how long after cancelling Compare returns.
func BenchmarkCancel(b *testing.B) {
	x, y := made("x", 1, plan{40_000, 5, 0.1, 0.3, 0.2}), made("y", 2, plan{40_000, 6, 0.1, 0.3, 0.2})
	var total time.Duration
	n := 0
	for i := range b.N {
		ctx, cancel := context.WithCancel(context.Background())
		stop := make(chan time.Time, 1)
		timer := time.AfterFunc(time.Duration(1+i%40)*10*time.Millisecond, func() { stop <- time.Now(); cancel() })
		if _, err := cohort.Compare(ctx, x, y, cohort.Config{}); err != nil {
			total += time.Since(<-stop)
			n++
		}
		timer.Stop()
		cancel()
	}
	b.ReportMetric(float64(total.Microseconds())/1000/float64(max(n, 1)), "ms-to-return")
}
