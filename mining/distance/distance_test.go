package distance

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

type row struct {
	id, activity string
	start, end   float64 // hours after Monday, 4 March 2019, 09:00 UTC
}

func build(rows ...row) *eventlog.Log {
	b := eventlog.NewBuilder("x")
	day := time.Date(2019, 3, 4, 9, 0, 0, 0, time.UTC)
	at := func(h float64) eventlog.Stamp { return eventlog.At(day.Add(time.Duration(h * float64(time.Hour)))) }
	for _, r := range rows {
		e := eventlog.NewEvent(r.id, r.activity, at(r.end))
		e.Start = at(r.start)
		if err := b.Add(&e); err != nil {
			panic(err)
		}
	}
	return b.Log()
}

func TestByHand(t *testing.T) {
	a := build(row{"1", "a", 0, 1}, row{"1", "b", 1, 2})
	b := build(row{"1", "a", 3, 4}, row{"1", "c", 4, 6.5})
	d, err := Between(context.Background(), a, b, time.UTC)
	require.NoError(t, err)
	// 2-grams: -a ab b- and -a ac c-: four of six differ. 3-grams: --a -ab ab- b-- and
	// --a -ac ac- c--: six of eight.
	require.InDelta(t, 4.0/6, float64(d.Ngram2), 1e-12)
	require.InDelta(t, 6.0/8, float64(d.Ngram3), 1e-12)
	// Events at hours 0 1 1 2 and 3 4 4 6 (of 6.5): (3+3+3+4)/4.
	require.InDelta(t, 13.0/4, float64(d.Absolute), 1e-12)
	// The same on Monday alone, a seventh of it.
	require.InDelta(t, 13.0/4/7, float64(d.Circadian), 1e-12)
	// From the first start: 0 1 1 2 and 0 1 1 3.
	require.InDelta(t, 0.25, float64(d.Relative), 1e-12)
	require.InDelta(t, 3.0, float64(d.Arrival), 1e-12)
	// 2 h and 3.5 h: bins 0 and 1.
	require.InDelta(t, 1.0, float64(d.Cycle), 1e-12)
	require.Empty(t, d.Warnings)

	// On other weekdays: 23 each way for Monday and Tuesday.
	c := build(row{"1", "a", 24, 25}, row{"1", "b", 25, 26})
	d, err = Between(context.Background(), a, c, time.UTC)
	require.NoError(t, err)
	require.InDelta(t, 46.0/7, float64(d.Circadian), 1e-12)
	require.Zero(t, d.Ngram2)
	require.InDelta(t, 24, float64(d.Absolute), 1e-12)
	require.Zero(t, d.Relative)
	require.Zero(t, d.Cycle)

	// Instances that run side by side are ordered by start, then end.
	x := build(row{"1", "a", 0, 5}, row{"1", "b", 1, 2})
	d, err = Between(context.Background(), a, x, nil)
	require.NoError(t, err)
	require.Zero(t, d.Ngram3)
}

func TestRefusesAndStops(t *testing.T) {
	l, none := build(row{"1", "a", 0, 1}), logtest.Parse("")
	_, err := Between(context.Background(), l, none, nil)
	require.ErrorContains(t, err, "has no events")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = Between(ctx, l, l, nil)
	require.ErrorIs(t, err, context.Canceled)
}

// FuzzBetween: distances are symmetric, 0 to oneself, never negative, and n-grams
// differ by 1 at most.
func FuzzBetween(f *testing.F) {
	f.Add(uint64(1), uint64(2))
	f.Add(uint64(3), uint64(3))
	f.Fuzz(func(t *testing.T, s, u uint64) {
		a, b := logtest.Random(s, logtest.Config{Cases: 8}), logtest.Random(u, logtest.Config{Cases: 9})
		if a.Events() == 0 || b.Events() == 0 {
			return
		}
		ab, err := Between(context.Background(), a, b, nil)
		require.NoError(t, err)
		ba, err := Between(context.Background(), b, a, nil)
		require.NoError(t, err)
		aa, err := Between(context.Background(), a, a, nil)
		require.NoError(t, err)
		for i, x := range []float64{float64(ab.Ngram2), float64(ab.Ngram3), float64(ab.Absolute), float64(ab.Circadian), float64(ab.Relative), float64(ab.Cycle), float64(ab.Arrival)} {
			y := []float64{float64(ba.Ngram2), float64(ba.Ngram3), float64(ba.Absolute), float64(ba.Circadian), float64(ba.Relative), float64(ba.Cycle), float64(ba.Arrival)}[i]
			require.InEpsilon(t, x+1, y+1, 1e-9)
			require.GreaterOrEqual(t, x, 0.0)
		}
		require.LessOrEqual(t, float64(ab.Ngram2), 1.0)
		require.Equal(t, [7]float64{}, [7]float64{float64(aa.Ngram2), float64(aa.Ngram3), float64(aa.Absolute), float64(aa.Circadian), float64(aa.Relative), float64(aa.Cycle), float64(aa.Arrival)})
	})
}

func BenchmarkBetween(b *testing.B) {
	l := logtest.Random(1, logtest.Config{Cases: 20_000, Length: 20})
	b.ReportAllocs()
	for b.Loop() {
		_, err := Between(context.Background(), l, l, nil)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(2*l.Events())*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
