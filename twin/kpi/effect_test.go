package kpi_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/outline"
	"github.com/uprava/uprava/twin/kpi"
)

// Cases of 10 hours, give or take one, until July and of 4 hours from then on.
func changed(t *testing.T) *eventlog.Log {
	b := eventlog.NewBuilder("office")
	for i := range 200 {
		begin := time.Date(2019, 1, 1, 8, 0, 0, 0, time.UTC).AddDate(0, 0, i)
		hours := 10 + i%3 - 1
		if begin.Month() >= time.July {
			hours -= 6
		}
		id := begin.Format(time.RFC3339) + string(rune('a'+i%2))
		for _, at := range []time.Time{begin, begin.Add(time.Duration(hours) * time.Hour)} {
			e := eventlog.NewEvent(id, "a", eventlog.At(at))
			require.NoError(t, b.Add(&e))
		}
	}
	return b.Log()
}

func TestChange(t *testing.T) {
	l := changed(t)
	spans := func(cfg outline.Config) *outline.Outline {
		o, err := outline.Of(t.Context(), l, cfg)
		require.NoError(t, err)
		return o
	}
	var cfg outline.Config
	may, july := time.Date(2019, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2019, 7, 1, 0, 0, 0, 0, time.UTC)
	e, err := kpi.Change(spans(cfg), &kpi.Indicator{Statistic: "mean"}, may, july)
	require.NoError(t, err)
	require.InDelta(t, -6*3600, float64(e.Difference), 600)
	require.Less(t, float64(e.Low), -6*3600.0+600)
	require.Greater(t, float64(e.High), float64(e.Difference))
	cfg.Due = func(_ eventlog.Case, from eventlog.Time) (eventlog.Time, bool) {
		return from + eventlog.Time(6*time.Hour/time.Microsecond), true
	}
	e, err = kpi.Change(spans(cfg), &kpi.Indicator{Statistic: "share"}, may, july)
	require.NoError(t, err)
	require.EqualValues(t, 1, e.Difference)
	require.EqualValues(t, 0, e.Before)
	var doubt *measure.Doubt
	e, err = kpi.Change(spans(cfg), &kpi.Indicator{Statistic: "mean"}, may.AddDate(2, 0, 0), july.AddDate(2, 0, 0))
	require.ErrorAs(t, err, &doubt)
	require.Contains(t, doubt.RU, "последнее дело завершено")
	require.Equal(t, 200, e.NBefore)
	_, err = kpi.Change(spans(cfg), &kpi.Indicator{Statistic: "p85"}, may, july)
	require.ErrorAs(t, err, &doubt)
}
