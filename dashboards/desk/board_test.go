package desk

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

func openDesk(t testing.TB, dir string) *Desk {
	t.Helper()
	d, err := Open(context.Background(), Config{Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func TestBoardOfALog(t *testing.T) {
	dir := enginetest.Dir(t)
	d := openDesk(t, dir)
	ctx := t.Context()
	require.NoError(t, d.Store().Save(ctx, "x", logtest.Parse("<a@0h,b@2h> <a@0h,b@4h> <a@1000h,b@1010h>")))
	b, err := d.Board(ctx, "x", BoardQuestion{})
	require.NoError(t, err)
	require.Equal(t, 3, b.Now.N)
	require.InDelta(t, 16./3*3600, b.Now.Mean.Value, 1e-6)
	require.Equal(t, 4*3600., b.Now.Median.Value)
	require.True(t, math.IsNaN(b.Now.Share.Value), "no limit is known")
	require.True(t, math.IsNaN(b.Now.Work.Value), "no start is recorded")
	require.False(t, b.Declared)
	require.NotEmpty(t, b.Doubts)
	require.Len(t, b.Series[OfMean], 2)

	january := Window{Begin: b.First.AddDate(0, 0, -1), End: b.First.AddDate(0, 0, 20)}
	in, err := d.Board(ctx, "x", BoardQuestion{Window: january, Against: Window{Begin: january.End}})
	require.NoError(t, err)
	require.Equal(t, 2, in.Now.N)
	require.Equal(t, 1, in.Against.N)
	require.InDelta(t, -7*3600, in.Changes[OfMean].Value, 1e-6)
	require.True(t, in.Changes[OfMean].Noise, "one case has no interval: nothing can be told")

	asOf, err := d.Board(ctx, "x", BoardQuestion{Look: Look{AsOf: b.First.Add(30 * time.Hour)}})
	require.NoError(t, err)
	require.Equal(t, 2, asOf.Now.N, "what came later is not known")

	file := filepath.Join(d.answersDir("x"), outlineFile)
	require.FileExists(t, file)
	r, err := d.Risks(ctx, "x", Look{})
	require.NoError(t, err)
	require.False(t, r.Forecast)
	require.NotEmpty(t, r.Doubts)
	require.NoError(t, d.Delete(ctx, "x"))
	_, err = os.Stat(file)
	require.ErrorIs(t, err, os.ErrNotExist, "nothing of a log outlives it")
}

func TestAnswersOutliveARestart(t *testing.T) {
	dir := enginetest.Dir(t)
	d, err := Open(t.Context(), Config{Dir: dir})
	require.NoError(t, err)
	require.NoError(t, d.Store().Save(t.Context(), "x", logtest.Parse("<a@0h,b@2h>")))
	before, err := d.Board(t.Context(), "x", BoardQuestion{})
	require.NoError(t, err)
	asked := 0
	answer := func(d *Desk) int {
		n, err := Lasting(t.Context(), d, "x", "question", func(context.Context) (int, error) { asked++; return 42, nil })
		require.NoError(t, err)
		return n
	}
	require.Equal(t, 42, answer(d))
	require.NoError(t, d.Close())

	d = openDesk(t, dir)
	require.Equal(t, 42, answer(d))
	require.Equal(t, 1, asked)
	after, err := d.Board(t.Context(), "x", BoardQuestion{})
	require.NoError(t, err)
	require.Equal(t, before.Now.Mean.Value, after.Now.Mean.Value)
	for key := range d.memory.byKey {
		require.NotContains(t, key, "\x00view\x00", "the log was not loaded")
	}
	require.NoError(t, d.Store().Save(t.Context(), "x", logtest.Parse("<a@0h,b@4h>")))
	require.Equal(t, 42, answer(d))
	require.Equal(t, 2, asked, "the log changed")
	changed, err := d.Board(t.Context(), "x", BoardQuestion{})
	require.NoError(t, err)
	require.Equal(t, 4*3600., changed.Now.Mean.Value)
}

func TestDifferencesHaveTheRightInterval(t *testing.T) {
	c := Differ(Figure{10, 9, 11, 40}, Figure{12, 11, 13, 40})
	require.InDelta(t, 2-math.Sqrt2, c.Low, 1e-12)
	require.InDelta(t, 2+math.Sqrt2, c.High, 1e-12)
	require.False(t, c.Noise)
	require.True(t, Differ(Figure{10, 8, 12, 40}, Figure{12, 10, 14, 40}).Noise)
	require.True(t, Differ(unknown, Figure{1, 0, 2, 3}).Noise)
	f := ratio([]float64{1, 2, 3}, []float64{2, 4, 6})
	require.Equal(t, Figure{0.5, 0.5, 0.5, 3}, f)
}

func TestIndicatorsFromTheOutlineAreThoseOfTheLog(t *testing.T) {
	dir := enginetest.Dir(t)
	d := openDesk(t, dir)
	s, err := packNamed("municipality/redistribution")
	require.NoError(t, err)
	b := eventlog.NewBuilder("municipality-redistribution")
	begin := time.Date(2019, 1, 10, 9, 0, 0, 0, time.UTC)
	for i, sent := range []bool{true, true, false} {
		e := eventlog.NewEvent(string(rune('1'+i)), "Заявление поступило", eventlog.At(begin))
		require.NoError(t, b.Add(&e))
		name := "Решение направлено"
		if !sent {
			name = "Комплектность проверена"
		}
		e = eventlog.NewEvent(string(rune('1'+i)), name, eventlog.At(begin.AddDate(0, 0, 20+20*i)))
		require.NoError(t, b.Add(&e))
	}
	require.NoError(t, d.Store().Save(t.Context(), "municipality-redistribution", b.Log()))
	_, list, err := d.KPIs(t.Context(), s.model)
	require.NoError(t, err)
	for _, st := range list {
		if st.Of != "redistribution" {
			require.Empty(t, st.Log)
			continue
		}
		require.Len(t, st.Series, 2)
		require.InDelta(t, 20*86400, float64(st.Series[0].Value), 1e-6)
		require.InDelta(t, 40*86400, float64(st.Series[1].Value), 1e-6)
	}
}
