package predict_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/predict"
)

// tandem is an office of two desks, one clerk each, which cases pass one after the
// other; a tenth of them then waits for an expertise of a week. How long a case
// still takes follows from where it stands and how many stand there. Cases open at
// the end have no end.
func tandem(seed uint64, cases int) *eventlog.Log {
	r := rand.New(rand.NewPCG(seed, 5))
	b := eventlog.NewBuilder("tandem")
	hour := float64(time.Hour / time.Microsecond)
	at, free1, free2 := float64(logtest.Epoch.Time), 0.0, 0.0
	type event struct {
		id, activity string
		at           float64
	}
	var events []event
	var last float64
	for i := range cases {
		at += r.ExpFloat64() * hour
		last = at
		id := fmt.Sprint(i)
		free1 = max(free1, at) + r.ExpFloat64()*0.9*hour
		free2 = max(free2, free1) + r.ExpFloat64()*0.8*hour
		end := free2
		events = append(events, event{id, "register", at}, event{id, "check", free1})
		if r.Float64() < 0.1 {
			events = append(events, event{id, "ask expert", free2})
			end += 168 * hour * (0.8 + 0.4*r.Float64())
		}
		events = append(events, event{id, "decide", end})
	}
	for _, e := range events {
		if e.at <= last {
			x := eventlog.NewEvent(e.id, e.activity, eventlog.Stamp{Time: eventlog.Time(e.at)})
			if err := b.Add(&x); err != nil {
				panic(err)
			}
		}
	}
	return b.Log()
}

var decided = predict.Config{Ends: []string{"decide"}, Limit: 48 * time.Hour}

// Where the state tells much, the baselines are beaten, and intervals hold as
// often as they say.
func TestPlanted(t *testing.T) {
	covered, n := 0.0, 0
	for seed := range uint64(6) {
		cfg := decided
		cfg.Seed = seed
		r, err := predict.Predict(t.Context(), tandem(seed, 3000), cfg)
		require.NoError(t, err)
		q := r.Quality
		require.True(t, q.Remaining.Beats, "%+v", q.Remaining)
		require.True(t, q.Breach.Beats, "%+v", q.Breach)
		require.True(t, q.Next.N > 100)
		covered, n = covered+float64(q.Remaining.Coverage), n+1
		require.NotEmpty(t, r.Open)
		for _, c := range r.Open {
			require.NotEqual(t, "decide", c.Activity)
			if !math.IsNaN(float64(c.Low)) && !math.IsNaN(float64(c.High)) {
				require.LessOrEqual(t, float64(c.Low), float64(c.High))
			}
			if c.Breach != nil && !math.IsNaN(float64(*c.Breach)) {
				require.LessOrEqual(t, float64(*c.BreachLow), float64(*c.Breach))
				require.LessOrEqual(t, float64(*c.Breach), float64(*c.BreachHigh))
			}
		}
		for i := 1; i < len(r.Open); i++ { // the most urgent first
			if r.Open[i].Overdue {
				require.True(t, r.Open[i-1].Overdue)
			}
		}
	}
	require.InDelta(t, 0.9, covered/float64(n), 0.06)
}

// On noise nothing beats the baselines, and the result says so.
func TestNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	b := eventlog.NewBuilder("noise")
	at := float64(logtest.Epoch.Time)
	for i := range 2000 {
		at += r.ExpFloat64() * 3600e6
		x := at
		for _, a := range []string{"a", "b"} {
			e := eventlog.NewEvent(fmt.Sprint(i), a, eventlog.Stamp{Time: eventlog.Time(x)})
			require.NoError(t, b.Add(&e))
			x += r.ExpFloat64() * 20 * 3600e6 // memoryless
		}
	}
	res, err := predict.Predict(t.Context(), b.Log(), predict.Config{Ends: []string{"b"}})
	require.NoError(t, err)
	require.False(t, res.Quality.Remaining.Beats)
	require.Contains(t, fmt.Sprint(res.Warnings), "do not rely on them")
}

// What comes after the moment changes nothing.
func TestNothingLaterIsSeen(t *testing.T) {
	l := tandem(1, 2000)
	cfg := decided
	cfg.AsOf = l.Case(1500).First()
	whole, err := predict.Predict(t.Context(), l, cfg)
	require.NoError(t, err)
	known, err := predict.Predict(t.Context(), l.WhereEvents(func(c eventlog.Case, i int) bool { return c.Times()[i] <= cfg.AsOf }).Compact(), cfg)
	require.NoError(t, err)
	a, err := json.Marshal(whole)
	require.NoError(t, err)
	b, err := json.Marshal(known)
	require.NoError(t, err)
	require.JSONEq(t, string(a), string(b))
}

func TestSameBytes(t *testing.T) {
	l := tandem(2, 1500)
	var first []byte
	for range 3 {
		r, err := predict.Predict(t.Context(), l, decided)
		require.NoError(t, err)
		b, err := json.Marshal(r)
		require.NoError(t, err)
		if first == nil {
			first = b
		}
		require.Equal(t, string(first), string(b))
	}
}

// Work is done on working days only: the calendar is chosen when it is given.
func TestCalendar(t *testing.T) {
	k, err := calendar.New(calendar.Config{Week: calendar.Weekdays(9*time.Hour, 18*time.Hour), Location: time.UTC})
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(1, 1))
	b := eventlog.NewBuilder("office hours")
	at := int64(logtest.Epoch.Time)
	for i := range 1500 {
		at = k.AddMicros(at, int64(r.ExpFloat64()*3600e6))
		x := at
		for _, a := range []string{"a", "b"} {
			e := eventlog.NewEvent(fmt.Sprint(i), a, eventlog.Stamp{Time: eventlog.Time(x)})
			require.NoError(t, b.Add(&e))
			x = k.AddMicros(x, int64((5+r.Float64())*3600e6))
		}
	}
	res, err := predict.Predict(t.Context(), b.Log(), predict.Config{Ends: []string{"b"}, Calendar: k})
	require.NoError(t, err)
	require.True(t, res.Choice.Calendar)
	require.True(t, res.Quality.Remaining.Beats, "%+v", res.Quality.Remaining)
}

func TestBadInput(t *testing.T) {
	_, err := predict.Predict(t.Context(), tandem(1, 30), decided)
	require.ErrorIs(t, err, predict.ErrTooLittle)
	_, err = predict.Predict(t.Context(), tandem(1, 300), predict.Config{Ends: []string{"finish"}})
	require.ErrorContains(t, err, `no activity "finish"`)
	_, err = predict.Predict(t.Context(), tandem(1, 300), predict.Config{Confidence: 2, Limit: -1})
	require.ErrorContains(t, err, "confidence 2")
	require.ErrorContains(t, err, "limit -1ns")
	_, err = predict.Predict(t.Context(), tandem(1, 300), predict.Config{Due: "deadline"})
	require.ErrorContains(t, err, `attribute "deadline"`)
	_, err = predict.Predict(t.Context(), logtest.Parse("<a>^100"), predict.Config{})
	require.Error(t, err)
	for seed := range uint64(40) {
		r, err := predict.Predict(t.Context(), logtest.Random(seed, logtest.Config{Cases: 200}), predict.Config{Limit: time.Hour})
		if err == nil {
			_, err = json.Marshal(r)
			require.NoError(t, err)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := predict.Predict(ctx, tandem(1, 1000), decided)
	require.ErrorIs(t, err, context.Canceled)
}

func shared(t testing.TB, name string) *eventlog.Log {
	t.Helper()
	l, _, err := connectors.Load(context.Background(), name, xes.Open(logtest.Shared(t, name)))
	require.NoError(t, err)
	l, _ = l.Instances()
	return l
}

// Intervals hold on real logs too, by a split of time.
func TestCoverageOnSharedLogs(t *testing.T) {
	for _, c := range []struct {
		file  string
		limit time.Duration
	}{{"receipt.xes.gz", 120 * time.Hour}, {"Sepsis.xes.gz", 240 * time.Hour}, {"BPIC15_1.xes.gz", 1440 * time.Hour}} {
		r, err := predict.Predict(t.Context(), shared(t, c.file), predict.Config{Limit: c.limit})
		require.NoError(t, err)
		require.GreaterOrEqual(t, float64(r.Quality.Remaining.Coverage), 0.85, c.file)
		t.Logf("%s: remaining %+v breach gain %v %v", c.file, r.Quality.Remaining, r.Quality.Breach.Gain, r.Quality.Breach.GainBounds)
	}
}

func BenchmarkPredict(b *testing.B) {
	for _, file := range []string{"BPIC12.xes.gz", "Road_Traffic_Fine_Management_Process.xes.gz"} {
		b.Run(file, func(b *testing.B) {
			l := shared(b, file)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := predict.Predict(b.Context(), l, predict.Config{Limit: 1000 * time.Hour}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(l.Events()*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
