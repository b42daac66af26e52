package performance_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/performance"
)

// by is an instance of one person, in hours after Monday 9:00, with its enablement.
type by struct {
	id, activity, who   string
	enabled, start, end float64
}

func people(t testing.TB, rows ...by) *eventlog.Log {
	t.Helper()
	b := eventlog.NewBuilder("office")
	at := func(h float64) eventlog.Stamp {
		return eventlog.Stamp{Time: logtest.Epoch.Time + eventlog.Time(math.Round(h*3600e6))}
	}
	for _, r := range rows {
		e := eventlog.NewEvent(r.id, r.activity, at(r.end))
		e.Resource, e.Start, e.Enabled = r.who, at(r.start), at(r.enabled)
		require.NoError(t, b.Add(&e))
	}
	return b.Log()
}

func causes(t testing.TB, l *eventlog.Log, cfg performance.Config) *performance.WaitingCauses {
	t.Helper()
	w, err := performance.FindWaitingCauses(t.Context(), l, cfg, performance.BatchConfig{})
	require.NoError(t, err)
	return w
}

// Each cause by hand.
func TestCausesByHand(t *testing.T) {
	// Ann does 1 from 0 to 2; 2 is enabled at 1 and waits for her; 3 is enabled at 1.5,
	// done at once at 2, before 2, which goes on at 3.
	w := causes(t, people(t, by{"1", "a", "Ann", 0, 0, 2}, by{"2", "a", "Ann", 1, 3, 4}, by{"3", "a", "Ann", 1.5, 2, 3}), performance.Config{})
	require.EqualValues(t, 1.5*hour, w.All.Contention)   // 2: 1–2; 3: 1.5–2
	require.EqualValues(t, 1*hour, w.All.Prioritisation) // 2: 2–3
	require.EqualValues(t, 2.5*hour, w.All.Waiting)
	// nobody did anything: extraneous by day, unavailable by night
	k, err := calendar.New(calendar.Config{Week: calendar.Weekdays(9*time.Hour, 18*time.Hour), Location: time.UTC})
	require.NoError(t, err)
	w = causes(t, people(t, by{"1", "a", "Ann", 8, 26, 27}), performance.Config{Calendar: k})
	require.EqualValues(t, 15*hour, w.All.Unavailability)
	require.EqualValues(t, 3*hour, w.All.Extraneous)
	// a batch of three begins when the last is enabled
	w = causes(t, people(t, by{"1", "a", "Ann", 0, 6, 6.5}, by{"2", "a", "Ann", 3, 6.5, 7}, by{"3", "a", "Ann", 5, 7, 7.5}), performance.Config{})
	require.EqualValues(t, (5+2+0)*hour, w.All.Batching)
	require.EqualValues(t, 1.5*hour, w.All.Contention) // 2 for 1: ½ h; 3 for 1 and 2: 1 h
	require.EqualValues(t, (6+3.5+2)*hour, w.All.Waiting)
	require.EqualValues(t, 3*hour, w.All.Extraneous) // from 5 to 6, for each
	// a log without starts tells nothing
	w = causes(t, logtest.Parse("<a,b>^3"), performance.Config{})
	require.True(t, math.IsNaN(float64(w.All.Waiting)))
	require.Equal(t, 6, w.Without)
}

// Whatever the log, the causes sum to the waiting, and none is negative.
func FuzzCauses(f *testing.F) {
	for seed := range uint64(12) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 1))
		var rows []by
		want := 0.0
		for i := range 30 {
			enabled := float64(r.IntN(100)) / 2
			start := enabled + float64(r.IntN(20))/2
			rows = append(rows, by{fmt.Sprint(i), string(rune('a' + r.IntN(3))), []string{"Ann", "Bob"}[r.IntN(2)], enabled, start, start + float64(r.IntN(6))/2})
			want += (start - enabled) * hour
		}
		w := causes(t, people(t, rows...), performance.Config{})
		require.InDelta(t, want, float64(w.All.Waiting), 1e-6)
		for _, c := range w.Activities {
			for _, x := range []float64{float64(c.Batching), float64(c.Contention), float64(c.Prioritisation), float64(c.Unavailability), float64(c.Extraneous)} {
				require.GreaterOrEqual(t, x, 0.0)
			}
		}
		_, err := json.Marshal(w)
		require.NoError(t, err)
	})
}

// A signing every Friday at 15:00, of all that came in during the week, is found
// with its day and hour; work as it comes is no batch.
func TestWeeklySigning(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var rows []by
	for week := range 30 {
		friday := float64(week*168) + 4*24 + 6
		for i := range 6 {
			id := fmt.Sprint(week, "-", i)
			came := float64(week*168) + r.Float64()*90
			rows = append(rows, by{id, "check", fmt.Sprint("clerk ", i), came, came + 0.1, came + 0.2})
			rows = append(rows, by{id, "sign", "head", came + 0.2, friday + 0.05*float64(i), friday + 0.05*float64(i+1)})
		}
	}
	b, err := performance.FindBatches(t.Context(), people(t, rows...), performance.BatchConfig{})
	require.NoError(t, err)
	require.Len(t, b, 1)
	require.Equal(t, "sign", b[0].Activity)
	require.Equal(t, []int{30, 180, 180}, []int{b[0].Batches, b[0].Instances, b[0].Of})
	require.Equal(t, 30, b[0].Sequential)
	require.Equal(t, time.Friday, b[0].Weekday)
	require.Equal(t, 15, b[0].Hour)
	require.EqualValues(t, 1, b[0].WeekdayShare)
	require.InDelta(t, 168*hour, b[0].Every.Median, 1)
	_, err = performance.FindBatches(t.Context(), people(t, rows...), performance.BatchConfig{Least: 1})
	require.ErrorContains(t, err, "wanted 2 or more")
}

// By hand: passages 0–4, 1–2, 3–5 of one segment: the first is overtaken.
func TestSpectrum(t *testing.T) {
	var rows []did
	for i, p := range [][2]float64{{0, 4}, {1, 2}, {3, 5}} {
		rows = append(rows, did{fmt.Sprint(i), "a", "", -1, p[0]}, did{fmt.Sprint(i), "b", "", -1, p[1]})
	}
	s, err := performance.Spectrum(t.Context(), office(t, rows...), performance.SpectrumConfig{Window: time.Hour})
	require.NoError(t, err)
	require.Len(t, s, 1)
	require.Equal(t, 3, s[0].N)
	require.InDelta(t, 1.0/3, float64(s[0].Overtaken), 1e-12)
	require.Equal(t, [3]float64{1.5 * hour, 2 * hour, 3 * hour}, s[0].Quartiles)
	require.Equal(t, []performance.Passage{{Begin: 0, End: 4 * hour, Class: 3}, {Begin: 1 * hour, End: 2 * hour, Class: 0}, {Begin: 3 * hour, End: 5 * hour, Class: 1}}, s[0].Passages)
	require.Len(t, s[0].Windows, 3)
	_, err = performance.Spectrum(t.Context(), office(t, rows...), performance.SpectrumConfig{Pairs: [][2]string{{"b", "a"}}})
	require.ErrorContains(t, err, "never directly followed")
	_, err = performance.Spectrum(t.Context(), office(t, rows...), performance.SpectrumConfig{Window: time.Second})
	require.ErrorContains(t, err, "a minute or more")
}

func BenchmarkWaiting(b *testing.B) {
	l, _ := shared(b, "BPIC12.xes.gz").Instances()
	for name, run := range map[string]func() error{
		"batches": func() error { _, err := performance.FindBatches(b.Context(), l, performance.BatchConfig{}); return err },
		"causes": func() error {
			_, err := performance.FindWaitingCauses(b.Context(), l, performance.Config{}, performance.BatchConfig{})
			return err
		},
		"spectrum": func() error { _, err := performance.Spectrum(b.Context(), l, performance.SpectrumConfig{}); return err },
	} {
		b.Run(name, func(b *testing.B) {
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
