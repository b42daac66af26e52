package performance_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/performance"
)

// did is one activity instance, in hours after Monday, 9:00; no start below 0.
type did struct {
	id, activity, unit string
	start, end         float64
}

func office(t testing.TB, rows ...did) *eventlog.Log {
	t.Helper()
	b := eventlog.NewBuilder("office")
	at := func(h float64) eventlog.Stamp {
		return eventlog.Stamp{Time: logtest.Epoch.Time + eventlog.Time(math.Round(h*3600e6))}
	}
	for _, r := range rows {
		e := eventlog.NewEvent(r.id, r.activity, at(r.end))
		e.Unit = r.unit
		if r.start >= 0 {
			e.Start = at(r.start)
		}
		require.NoError(t, b.Add(&e))
	}
	return b.Log()
}

const hour = 3600

// One case, by hand: a 0–1; b 2–5 and c 3–4 beside it; d 6–8. The path is d, b, a:
// c completed before d began, but b later.
func TestBottlenecksByHand(t *testing.T) {
	l := office(t, did{"1", "a", "", 0, 1}, did{"1", "b", "", 2, 5}, did{"1", "c", "", 3, 4}, did{"1", "d", "", 6, 8})
	b, err := performance.FindBottlenecks(t.Context(), l, performance.Config{})
	require.NoError(t, err)
	require.EqualValues(t, 8*hour, b.Lead)
	got := map[string][2]float64{}
	for _, x := range b.Activities {
		got[x.Activity] = [2]float64{float64(x.Waiting) / hour, float64(x.Processing) / hour}
	}
	require.Equal(t, map[string][2]float64{"a": {0, 1}, "b": {1, 3}, "d": {1, 2}}, got)
	require.Equal(t, "b", b.Activities[0].Activity)
	require.InDelta(t, 0.5, float64(b.Activities[0].Share), 1e-12)
	require.Nil(t, b.Activities[0].Interval)
}

// Night is idle: work from 9 to 18, an instance over the night.
func TestBottlenecksInWorkingTime(t *testing.T) {
	k, err := calendar.New(calendar.Config{Week: calendar.Weekdays(9*time.Hour, 18*time.Hour), Location: time.UTC})
	require.NoError(t, err)
	l := office(t, did{"1", "a", "", 0, 1}, did{"1", "b", "", 8, 25})
	b, err := performance.FindBottlenecks(t.Context(), l, performance.Config{Calendar: k})
	require.NoError(t, err)
	x := b.Activities[0]
	require.EqualValues(t, 7*hour, x.Waiting)
	require.EqualValues(t, 2*hour, x.Processing)
	require.EqualValues(t, 15*hour, x.Idle)
}

// Whatever the log, contributions sum to the lead times, and so do the courts.
func FuzzSums(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed, uint16(seed*37))
	}
	f.Fuzz(func(t *testing.T, seed uint64, features uint16) {
		l := logtest.Random(seed, logtest.Config{Cases: 20, Features: logtest.Feature(features) & logtest.All &^ logtest.Extremes})
		b, err := performance.FindBottlenecks(t.Context(), l, performance.Config{})
		require.NoError(t, err)
		sum := 0.0
		for _, x := range b.Activities {
			if math.IsNaN(float64(x.Waiting)) {
				require.Equal(t, x.Total, x.Undivided)
			} else {
				require.InDelta(t, float64(x.Total), float64(x.Waiting+x.Processing+x.Idle+x.Undivided), 1e-3)
				require.GreaterOrEqual(t, float64(x.Waiting), 0.0)
				require.GreaterOrEqual(t, float64(x.Processing), 0.0)
			}
			sum += float64(x.Total)
		}
		require.InDelta(t, float64(b.Lead), sum, 1e-6*(1+float64(b.Lead)))
		paired, _ := l.Instances()
		p, err := performance.FindParties(t.Context(), paired, performance.ByUnit(paired))
		require.NoError(t, err)
		sum = 0
		for _, c := range p.Courts {
			sum += float64(c.Time)
		}
		require.InDelta(t, float64(p.Lead), sum, 1e-6*(1+float64(p.Lead)))
		r, err := performance.FindRework(t.Context(), paired)
		require.NoError(t, err)
		w, err := performance.FindWorkload(t.Context(), l, 24*time.Hour)
		if err == nil {
			_, err = json.Marshal([]any{b, p, r, w})
			require.NoError(t, err)
		}
	})
}

func TestRework(t *testing.T) {
	l := office(t,
		did{"1", "a", "U", -1, 0}, did{"1", "a", "V", -1, 2}, did{"1", "b", "U", -1, 3}, did{"1", "a", "V", -1, 7},
		did{"2", "a", "U", -1, 0}, did{"2", "b", "U", -1, 1}, did{"3", "a", "", -1, 0})
	r, err := performance.FindRework(t.Context(), l)
	require.NoError(t, err)
	require.Equal(t, 1, r.Repeating)
	require.InDelta(t, 2.0/3, float64(r.Right), 1e-12)
	require.Equal(t, []performance.Repeated{{Activity: "a", Cases: 1, Of: 3, Further: 2, SelfLoops: 1, Time: 6 * hour}}, r.Activities)
	require.Equal(t, []performance.Bounce{{A: "U", B: "V", Count: 1, Cases: 1}, {A: "V", B: "U", Count: 1, Cases: 1}}, r.PingPong)
}

func shared(t testing.TB, file string) *eventlog.Log {
	t.Helper()
	l, _, err := connectors.Load(context.Background(), file, xes.Open(logtest.Shared(t, file)))
	require.NoError(t, err)
	return l
}

// The cases in which an activity is repeated equal the reference's.
func TestReworkEqualsTheReference(t *testing.T) {
	for _, s := range logtest.SharedLogs {
		path := "oracle/" + s.Name + "/rework.json"
		if testing.Short() && s.Name != "receipt" || s.Name == "running-example" {
			continue
		}
		text, err := os.ReadFile(logtest.Shared(t, path))
		require.NoError(t, err)
		var want map[string]int
		require.NoError(t, json.Unmarshal(text, &want))
		r, err := performance.FindRework(t.Context(), shared(t, s.File))
		require.NoError(t, err)
		got := map[string]int{}
		for _, a := range r.Activities {
			got[a.Activity] = a.Cases
		}
		require.Equal(t, want, got, s.Name)
	}
}

func TestHandoversAndParties(t *testing.T) {
	l := office(t,
		did{"1", "file", "office", 0, 1}, did{"1", "supply", "applicant", -1, 11}, did{"1", "decide", "office", 12, 14},
		did{"2", "file", "office", 0, 1}, did{"2", "decide", "office", 3, 4}, did{"3", "note", "", -1, 1})
	h, all, err := performance.Handovers(t.Context(), l, performance.ByUnit(l), 1)
	require.NoError(t, err)
	require.Equal(t, 2, all)
	require.Len(t, h, 1)
	require.Equal(t, "office>applicant 1 1 10", fmt.Sprintf("%s>%s %d %d %.0f", h[0].From, h[0].To, h[0].N, h[0].NoStarts, h[0].Gap.Mean/hour))
	p, err := performance.FindParties(t.Context(), l, performance.ByUnit(l))
	require.NoError(t, err)
	require.EqualValues(t, 18*hour, p.Lead)
	require.Equal(t, "applicant", p.Courts[0].Party)
	require.EqualValues(t, 10*hour, p.Courts[0].Time)
	require.EqualValues(t, 8*hour, p.Courts[1].Time)
	require.Len(t, p.Warnings, 1)
}

// By hand: cases 0–4 and 2–6; waiting for b 1–3 and 4–5.
func TestWorkload(t *testing.T) {
	l := office(t, did{"1", "a", "", 0, 1}, did{"1", "b", "", 3, 4}, did{"2", "a", "", 2, 4}, did{"2", "b", "", 5, 6})
	w, err := performance.FindWorkload(t.Context(), l, 3*time.Hour)
	require.NoError(t, err)
	require.InDelta(t, 8.0/6, float64(w.Cases.Mean), 1e-12)
	require.Equal(t, 2, w.Cases.Most)
	require.Equal(t, "b", w.Queues[0].Activity)
	require.InDelta(t, 3.0/6, float64(w.Queues[0].Waiting.Mean), 1e-12)
	require.InDelta(t, 2.0/6, float64(w.Queues[0].Work.Mean), 1e-12)
	require.Equal(t, []int{2, 0, 2}, []int{w.Bins[0].Arrivals, w.Bins[0].Departures, w.Bins[0].End})
	require.InDelta(t, 4.0/3, float64(w.Bins[0].Mean), 1e-12)
	require.InDelta(t, 4.0/3, float64(w.Bins[1].Mean), 1e-12)
	_, err = performance.FindWorkload(t.Context(), l, time.Second)
	require.ErrorContains(t, err, "wanted a minute")
	_, err = performance.FindWorkload(t.Context(), eventlog.NewBuilder("none").Log(), time.Hour)
	require.ErrorIs(t, err, eventlog.ErrEmpty)
}

func TestTimesAreCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l := logtest.Parse("<a,b>")
	_, err := performance.FindBottlenecks(ctx, l, performance.Config{})
	require.ErrorIs(t, err, context.Canceled)
	_, err = performance.FindRework(ctx, l)
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = performance.Handovers(ctx, l, performance.ByUnit(l), 0)
	require.ErrorIs(t, err, context.Canceled)
	_, err = performance.FindWorkload(ctx, l, time.Hour)
	require.ErrorIs(t, err, context.Canceled)
}

func BenchmarkTimes(b *testing.B) {
	for _, file := range []string{"BPIC12.xes.gz", "Road_Traffic_Fine_Management_Process.xes.gz"} {
		l, _ := shared(b, file).Instances()
		for name, run := range map[string]func() error{
			"bottlenecks": func() error { _, err := performance.FindBottlenecks(b.Context(), l, performance.Config{}); return err },
			"rework":      func() error { _, err := performance.FindRework(b.Context(), l); return err },
			"parties":     func() error { _, err := performance.FindParties(b.Context(), l, performance.ByResource(l)); return err },
			"workload":    func() error { _, err := performance.FindWorkload(b.Context(), l, 24*time.Hour); return err },
		} {
			b.Run(file+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := run(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(l.Events()*b.N)/b.Elapsed().Seconds(), "events/s")
			})
		}
	}
}
