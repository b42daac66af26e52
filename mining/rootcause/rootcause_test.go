package rootcause_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/mining/rootcause"
)

// made returns cases of which of tells the attributes and the hours that they take.
func made(seed uint64, cases int, of func(r *rand.Rand, i int) ([]eventlog.Attribute, float64)) *eventlog.Log {
	r := rand.New(rand.NewPCG(seed, 13))
	b := eventlog.NewBuilder("made")
	at := time.Date(2018, 1, 1, 9, 0, 0, 0, time.UTC)
	for i := range cases {
		list, hours := of(r, i)
		id := fmt.Sprint(i)
		if _, err := b.Case(id, list); err != nil {
			panic(err)
		}
		at = at.Add(time.Duration(r.ExpFloat64() * float64(2*time.Hour)))
		end := at.Add(time.Duration(hours * float64(time.Hour)))
		for k, name := range []string{"request", "check", "decide"} {
			t := at.Add(end.Sub(at) * time.Duration(k) / 2)
			e := eventlog.NewEvent(id, name, eventlog.At(t))
			e.Resource = []string{"ann", "bob", "eve"}[r.IntN(3)]
			if err := b.Add(&e); err != nil {
				panic(err)
			}
		}
	}
	return b.Log()
}

func text(k, v string) eventlog.Attribute { return eventlog.Attribute{Key: k, Value: eventlog.Text(v)} }

func number(k string, v float64) eventlog.Attribute {
	return eventlog.Attribute{Key: k, Value: eventlog.Float(v)}
}

func pick(r *rand.Rand, of ...string) string { return of[r.IntN(len(of))] }

// noise are attributes that tell nothing.
func noise(r *rand.Rand, i int) []eventlog.Attribute {
	return []eventlog.Attribute{text("region", pick(r, "north", "south", "east", "west", "centre")), number("amount", r.ExpFloat64()*100),
		text("applicant", fmt.Sprint("person ", i)), {Key: "priority", Value: eventlog.Int(int64(r.IntN(3)))}}
}

func late(t testing.TB, l *eventlog.Log, hours float64) rootcause.Outcome {
	t.Helper()
	o, err := rootcause.Late(l, time.Duration(hours*float64(time.Hour)), performance.LeadConfig{})
	require.NoError(t, err)
	return o
}

func explain(t testing.TB, l *eventlog.Log, o rootcause.Outcome, cfg rootcause.Config) *rootcause.Result {
	t.Helper()
	r, err := rootcause.Explain(context.Background(), l, o, cfg)
	require.NoError(t, err)
	_, err = json.Marshal(r)
	require.NoError(t, err)
	return r
}

// planted: post doubles the time, and large amounts add to it.
func planted(seed uint64, cases int) *eventlog.Log {
	return made(seed, cases, func(r *rand.Rand, i int) ([]eventlog.Attribute, float64) {
		list := noise(r, i)
		hours := 10 * r.ExpFloat64()
		channel := pick(r, "web", "web", "web", "post")
		if channel == "post" {
			hours *= 3
		}
		return append(list, text("channel", channel)), hours
	})
}

func TestPlanted(t *testing.T) {
	l := planted(1, 2000)
	r := explain(t, l, late(t, l, 20), rootcause.Config{})
	e := r.Effects[0]
	require.Equal(t, "channel", e.Attribute)
	require.Equal(t, "post", e.Value)
	require.True(t, e.Found)
	// exp(−20/30) − exp(−20/10) = 0.513 − 0.135
	require.True(t, e.Shares.Difference.Interval.Contains(0.378), "%v", e.Shares.Difference)
	require.True(t, e.Shares.Ratio.Interval.Contains(0.5134/0.1353), "%v", e.Shares.Ratio)
	require.Equal(t, measure.Large, e.Size)
	require.Greater(t, e.Shares.Difference.Interval.Confidence, 0.95, "intervals of what was selected are wider")
	require.Empty(t, e.Confounders)
	require.Less(t, r.Found, 4)
	require.NotEmpty(t, r.Rules)
	require.Equal(t, "channel = post", r.Rules[0].Conditions[0].String())
	require.Equal(t, 1000, int(math.Round(float64(r.Rules[0].Held.N)/float64(r.Rules[0].Support))))
	require.Greater(t, r.Rules[0].Lift.Interval.Low, 1.5)
	require.NotNil(t, r.Model)
	require.Greater(t, float64(r.Model.AUC), 0.6)
	odds := 0.5134 / 0.4866 / (0.1353 / 0.8647)
	i := slices.IndexFunc(r.Model.Terms, func(t rootcause.Term) bool { return t.Attribute == "channel" })
	require.Equal(t, "post", r.Model.Terms[i].Value)
	require.True(t, r.Model.Terms[i].Odds.Interval.Contains(odds))
	left := map[string]string{}
	for _, a := range r.Left {
		left[a.Attribute] = a.Kind
	}
	require.Equal(t, "names", left["applicant"])
	require.Contains(t, fmt.Sprint(measure.TextsIn("ru", r.Warnings)), "это связи, а не причины")

	require.Regexp(t, `^channel = post: .* против .*, эффект большой$`, r.Headline("ru", 3)[0])

	lead, err := rootcause.LeadTime(l, performance.LeadConfig{})
	require.NoError(t, err)
	q := explain(t, l, lead, rootcause.Config{})
	require.Equal(t, "channel", q.Effects[0].Attribute)
	require.Equal(t, "post", q.Effects[0].Value)
	require.True(t, q.Effects[0].Delta.Interval.Contains(0.5)) // exp(30) against exp(10): 2·30/40 − 1
	require.Positive(t, q.Effects[0].Shift.Interval.Low)
	require.Regexp(t, `^channel = post: .*hours \(n=.*, effect large$`, q.Headline("en", 1)[0])
	require.Equal(t, "есть действие remind", rootcause.Label("ru", "has remind"))
	require.NotEmpty(t, q.Rules)
	require.Equal(t, "channel = post", q.Rules[0].Conditions[0].String())

	long, err := rootcause.Longest(l, 0.85, performance.LeadConfig{})
	require.NoError(t, err)
	require.Equal(t, "post", explain(t, l, long, rootcause.Config{}).Effects[0].Value)
}

// TestPower measures how often what is planted is found, and named first: one of
// four values raises lateness from 20 to 32 of 100, in 1,000 cases.
func TestPower(t *testing.T) {
	if testing.Short() {
		t.Skip("60 logs")
	}
	found, first := 0, 0
	for seed := range uint64(60) {
		l := made(1000+seed, 1000, func(r *rand.Rand, i int) ([]eventlog.Attribute, float64) {
			channel, risk, hours := pick(r, "web", "post", "desk", "phone"), 0.2, 5.0
			if channel == "post" {
				risk = 0.32
			}
			if r.Float64() < risk {
				hours = 20
			}
			return append(noise(r, i), text("channel", channel)), hours + r.Float64()
		})
		r := explain(t, l, late(t, l, 10), rootcause.Config{Seed: seed, AtStart: true})
		for i, e := range r.Effects {
			if e.Found && e.Attribute == "channel" && e.Value == "post" {
				found++
				if i == 0 {
					first++
				}
			}
		}
	}
	t.Logf("found in %d of 60, first in %d", found, first)
	require.GreaterOrEqual(t, found, 42)
	require.GreaterOrEqual(t, first, 40)
}

// TestNoise: where nothing is to be found, all discoveries are false, so that the
// false discovery rate is the share of logs with any.
func TestNoise(t *testing.T) {
	runs := 200
	if testing.Short() {
		runs = 40
	}
	found, rules, quantity, dices := 0, 0, 0, 0
	for seed := range uint64(runs) {
		l := made(seed, 400, func(r *rand.Rand, i int) ([]eventlog.Attribute, float64) {
			return append(noise(r, i), text("channel", pick(r, "web", "post"))), 10 * r.ExpFloat64()
		})
		// Activities that were reached before the limit do tell of lateness: only what
		// is known at the start is noise here.
		r := explain(t, l, late(t, l, 10), rootcause.Config{Seed: seed, AtStart: true})
		if r.Found > 0 {
			found++
		}
		if len(r.Rules) > 0 {
			rules++
		}
		dice := rand.New(rand.NewPCG(seed, 17))
		random := rootcause.Where(l, "dice", "кости", func(eventlog.Case) (bool, bool) { return dice.IntN(4) == 0, true })
		if explain(t, l, random, rootcause.Config{Seed: seed}).Found > 0 {
			dices++
		}
		lead, err := rootcause.LeadTime(l, performance.LeadConfig{})
		require.NoError(t, err)
		if explain(t, l, lead, rootcause.Config{Seed: seed, AtStart: true}).Found > 0 {
			quantity++
		}
	}
	t.Logf("of %d: effects %d, of dice %d, rules %d, quantities %d", runs, found, dices, rules, quantity)
	most := 0.05 + 3*math.Sqrt(0.05*0.95/float64(runs))
	require.LessOrEqual(t, float64(found)/float64(runs), most)
	require.LessOrEqual(t, float64(dices)/float64(runs), most)
	require.LessOrEqual(t, float64(rules)/float64(runs), most)
	require.LessOrEqual(t, float64(quantity)/float64(runs), most)
}

// TestSimpson: the expert treats the hard cases, which are late whoever treats them;
// within hard and within easy cases the expert's are late less often.
func TestSimpson(t *testing.T) {
	l := made(8, 4000, func(r *rand.Rand, i int) ([]eventlog.Attribute, float64) {
		kind, treated, risk := "easy", "clerk", 0.15
		if r.Float64() < 0.5 {
			kind, risk = "hard", 0.65
		}
		if r.Float64() < map[string]float64{"easy": 0.15, "hard": 0.85}[kind] {
			treated, risk = "expert", risk-0.1
		}
		hours := 5.0
		if r.Float64() < risk {
			hours = 20
		}
		return append(noise(r, i), text("kind", kind), text("treated by", treated)), hours + r.Float64()
	})
	check := func(r *rootcause.Result, value func(*rootcause.Effect) (crude, held float64)) {
		at := slices.IndexFunc(r.Effects, func(e rootcause.Effect) bool { return e.Attribute == "treated by" })
		e := &r.Effects[at]
		require.True(t, e.Found)
		require.Equal(t, "expert", e.Value)
		require.Equal(t, "kind", e.Confounders[0].Attribute)
		crude, held := value(e)
		require.Greater(t, crude, 0.15)
		require.InDelta(t, -0.1, held, 0.05)
		require.True(t, e.Reversed)
		require.Contains(t, fmt.Sprint(r.Warnings), "Simpson's paradox")
		require.Contains(t, fmt.Sprint(measure.TextsIn("ru", r.Warnings)), "парадокс Симпсона")
		other := slices.IndexFunc(r.Effects, func(e rootcause.Effect) bool { return e.Attribute == "kind" })
		for _, c := range r.Effects[other].Confounders {
			require.NotContains(t, []string{"region", "priority", "amount"}, c.Attribute)
		}
	}
	r := explain(t, l, late(t, l, 10), rootcause.Config{})
	check(r, func(e *rootcause.Effect) (float64, float64) {
		require.Equal(t, e.Confounders[0].Crude, e.Shares.Difference.Value)
		require.True(t, e.Held.Shares.Difference.Interval.Contains(-0.1))
		return float64(e.Confounders[0].Crude), float64(e.Held.Shares.Difference.Value)
	})
	i := slices.IndexFunc(r.Model.Terms, func(t rootcause.Term) bool { return t.Attribute == "treated by" })
	odds := float64(r.Model.Terms[i].Odds.Value)
	if r.Model.Terms[i].Value == "clerk" {
		odds = 1 / odds
	}
	require.Less(t, odds, 0.8)
	lead, err := rootcause.LeadTime(l, performance.LeadConfig{})
	require.NoError(t, err)
	check(explain(t, l, lead, rootcause.Config{}), func(e *rootcause.Effect) (float64, float64) {
		return float64(e.Confounders[0].Crude), float64(e.Held.Delta)
	})
}

func TestLeaks(t *testing.T) {
	l := made(3, 600, func(r *rand.Rand, i int) ([]eventlog.Attribute, float64) {
		hours := 10 * r.ExpFloat64()
		verdict := "in time"
		if hours > 10 {
			verdict = "too slow"
		}
		return append(noise(r, i), number("effort", hours*2), text("verdict", verdict), text("caseStatus", pick(r, "G", "O")), text("department", pick(r, "a", "b")),
			eventlog.Attribute{Key: "handover", Value: eventlog.TimeValue(eventlog.At(time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)))},
			eventlog.Attribute{Key: "birthday", Value: eventlog.TimeValue(eventlog.At(time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)))}), hours
	})
	kinds := func(r *rootcause.Result) map[string]string {
		out := map[string]string{}
		for _, a := range r.Left {
			out[a.Attribute] = a.Kind
		}
		return out
	}
	r := explain(t, l, late(t, l, 10), rootcause.Config{AtStart: true, Without: []string{"region"}})
	left := kinds(r)
	for _, name := range []string{"effort", "verdict", "caseStatus", "handover"} {
		require.Equal(t, "leak", left[name], name)
	}
	require.Equal(t, "time", left["birthday"])
	require.Equal(t, "asked", left["region"])
	require.NotContains(t, left, "department")
	for _, e := range r.Effects {
		require.NotContains(t, []string{"effort", "verdict", "caseStatus"}, e.Attribute)
	}
	r = explain(t, l, late(t, l, 10), rootcause.Config{KeepLeaks: true})
	require.NotEmpty(t, r.Effects[0].Leak)
	require.Contains(t, fmt.Sprint(r.Warnings), "takes part as asked")
}

// TestLimit: an activity that follows from being late is no cause of it.
func TestLimit(t *testing.T) {
	b := eventlog.NewBuilder("reminders")
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 400 {
		id := fmt.Sprint(i)
		at := time.Date(2018, 1, 1, 9, i, 0, 0, time.UTC)
		add := func(name string, after time.Duration) {
			e := eventlog.NewEvent(id, name, eventlog.At(at.Add(after)))
			require.NoError(t, b.Add(&e))
		}
		add("request", 0)
		slow := r.Float64() < 0.4
		if slow && r.Float64() < 0.9 {
			add("remind", 50*time.Hour) // the limit is 48
		}
		if slow {
			add("decide", 60*time.Hour)
		} else {
			add("decide", time.Duration(r.IntN(40))*time.Hour)
		}
	}
	l := b.Log()
	o := late(t, l, 48)
	for _, e := range explain(t, l, o, rootcause.Config{}).Effects {
		require.NotEqual(t, "has remind", e.Attribute)
	}
	o.Limit = 0
	found := explain(t, l, o, rootcause.Config{})
	require.True(t, slices.ContainsFunc(found.Effects, func(e rootcause.Effect) bool { return e.Attribute == "has remind" && e.Found }))
}

func TestSmallAndFaults(t *testing.T) {
	l := logtest.Parse("<a,b>^12 <a>")
	r := explain(t, l, late(t, l, 1), rootcause.Config{})
	require.Empty(t, r.Effects)
	require.Contains(t, fmt.Sprint(r.Warnings), "testing needs 60")
	r = explain(t, logtest.Parse(""), rootcause.Outcome{}, rootcause.Config{})
	require.Zero(t, r.Known)
	for _, n := range []string{"<a,b>^200", "<a@0s,b@5h>^100 <a,b>^100 <>^3"} {
		l = logtest.Parse(n)
		explain(t, l, late(t, l, 1), rootcause.Config{})
		lead, err := rootcause.LeadTime(l, performance.LeadConfig{})
		require.NoError(t, err)
		explain(t, l, lead, rootcause.Config{})
	}
	_, err := rootcause.Explain(context.Background(), nil, rootcause.Outcome{}, rootcause.Config{})
	require.Error(t, err)
	_, err = rootcause.Explain(context.Background(), l, rootcause.Outcome{}, rootcause.Config{Level: 7, Depth: 9})
	require.ErrorContains(t, err, "level 7")
	require.ErrorContains(t, err, "outcome of 0 cases: the log has 203")
	_, err = rootcause.Late(l, 0, performance.LeadConfig{})
	require.Error(t, err)
	_, err = rootcause.Longest(l, 1, performance.LeadConfig{})
	require.Error(t, err)
	_, err = rootcause.Longest(logtest.Parse("<>"), 0.5, performance.LeadConfig{})
	require.ErrorIs(t, err, measure.ErrEmpty)
	bad := rootcause.Outcome{Values: make([]float64, 203)}
	bad.Values[3] = 2
	_, err = rootcause.Explain(context.Background(), l, bad, rootcause.Config{})
	require.ErrorContains(t, err, "case 4 is 2")
}

func TestDeterministicAndCancelled(t *testing.T) {
	l := planted(2, 800)
	var first []byte
	for range 3 {
		out, err := json.Marshal(explain(t, l, late(t, l, 20), rootcause.Config{}))
		require.NoError(t, err)
		if first == nil {
			first = out
		}
		require.Equal(t, string(first), string(out))
	}
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := rootcause.Explain(ctx, l, late(t, l, 20), rootcause.Config{})
	require.ErrorIs(t, err, context.Canceled)
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

func FuzzExplain(f *testing.F) {
	f.Add(uint64(1), uint8(100), false)
	f.Add(uint64(2), uint8(200), true)
	f.Fuzz(func(t *testing.T, seed uint64, cases uint8, numeric bool) {
		l := logtest.Random(seed, logtest.Config{Cases: int(cases)})
		o := late(t, l, 24*200)
		if numeric {
			var err error
			o, err = rootcause.LeadTime(l, performance.LeadConfig{})
			require.NoError(t, err)
		}
		r := explain(t, l, o, rootcause.Config{MinCases: 5, KeepLeaks: seed%2 == 0})
		require.LessOrEqual(t, r.Found, r.Tests)
		for _, e := range r.Effects {
			require.LessOrEqual(t, float64(e.P), float64(e.Adjusted))
			require.LessOrEqual(t, e.N+e.Rest, r.Known)
		}
		for _, rule := range r.Rules {
			require.LessOrEqual(t, rule.Held.K, rule.Held.N)
		}
	})
}

func benchmark(b *testing.B, file string) {
	l, _, err := connectors.Load(context.Background(), file, xes.Open(logtest.Shared(b, file)))
	require.NoError(b, err)
	l, _ = l.Instances()
	o, err := rootcause.Longest(l, 0.85, performance.LeadConfig{})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		explain(b, l, o, rootcause.Config{})
	}
	b.ReportMetric(float64(l.Events())*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkRoadFines(b *testing.B) { benchmark(b, "Road_Traffic_Fine_Management_Process.xes.gz") }
func BenchmarkBPIC15(b *testing.B)    { benchmark(b, "BPIC15_1.xes.gz") }

// BenchmarkCancel measures how long after cancelling Explain returns.
func BenchmarkCancel(b *testing.B) {
	l := planted(1, 60_000)
	o := late(b, l, 20)
	var total time.Duration
	n := 0
	for i := range b.N {
		ctx, cancel := context.WithCancel(context.Background())
		stop := make(chan time.Time, 1)
		timer := time.AfterFunc(time.Duration(1+i%60)*5*time.Millisecond, func() { stop <- time.Now(); cancel() })
		if _, err := rootcause.Explain(ctx, l, o, rootcause.Config{}); err != nil {
			total += time.Since(<-stop)
			n++
		}
		timer.Stop()
		cancel()
	}
	b.ReportMetric(float64(total.Microseconds())/1000/float64(max(n, 1)), "ms-to-return")
}
