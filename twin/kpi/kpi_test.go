package kpi

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/outline"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/twin"
)

func element(kind twin.Kind, id string, properties map[string]string, edges ...twin.Edge) *twin.Element {
	return &twin.Element{Kind: kind, ID: id, Name: twin.Text{RU: id, EN: id}, Properties: properties, Edges: edges}
}

func edge(r twin.Relation, k twin.Kind, id string) twin.Edge {
	return twin.Edge{Relation: r, To: twin.Ref{Kind: k, ID: id}}
}

func TestRead(t *testing.T) {
	m := &twin.Model{Processes: []*twin.Process{{ID: "land"}}, Elements: []*twin.Element{
		element(twin.Goal, "mission", map[string]string{"level": "mission"}),
		element(twin.Goal, "quick", map[string]string{"level": "goal"}, edge(twin.Supports, twin.Goal, "mission"), edge(twin.MeasuredBy, twin.Indicator, "days")),
		element(twin.Goal, "idle", map[string]string{"level": "goal"}, edge(twin.Supports, twin.Goal, "mission")),
		element(twin.Indicator, "days", map[string]string{"figure": "lead_time", "of": "land", "statistic": "mean", "unit": "s"}),
		element(twin.Indicator, "alone", map[string]string{"figure": "lead_time", "of": "land"}),
		element(twin.Post, "head", nil, edge(twin.Owns, twin.Indicator, "days")),
	}}
	m.Elements[3].Figures = map[string]twin.Figure{"target": {Value: 17 * 86400}}
	m.Elements[4].Figures = map[string]twin.Figure{"target": {Value: 1}}
	tree := Read(m)
	require.Len(t, tree.Top, 1)
	require.Len(t, tree.Top[0].Below, 2)
	require.Equal(t, "days", tree.Top[0].Below[1].Indicators[0].Ref.ID)
	var said []string
	for _, f := range tree.Findings {
		said = append(said, f.Error())
	}
	require.Equal(t, []string{"kpi:alone: measures no goal and no process", "kpi:alone: belongs to nobody", "goal:idle: no indicator measures it"}, said)
	m.Elements[3].Properties["of"] = "sea"
	require.Equal(t, `has no data: the process "sea" is not in the twin`, Read(m).Findings[0].EN)
}

func TestMeasure(t *testing.T) {
	l := logtest.Parse("<a@0h,b@2h> <a@0h,b@4h> <a@1000h,b@1010h>")
	i := &Indicator{Statistic: "mean", Period: "month"}
	o, err := outline.Of(t.Context(), l, outline.Config{Lead: performance.LeadConfig{To: performance.Milestone{Activity: "b"}},
		Due: func(_ eventlog.Case, from eventlog.Time) (eventlog.Time, bool) { return from + 4*3600e6, true }})
	require.NoError(t, err)
	s, err := Measure(o, i, time.UTC)
	require.NoError(t, err)
	require.InDelta(t, 3*3600, float64(s[0].Value), 1e-6)
	require.Equal(t, 2, s[0].N)
	require.InDelta(t, 10*3600, float64(s[len(s)-1].Value), 1e-6)
	require.True(t, math.IsNaN(float64(s[len(s)-1].Low)), "one case has no interval")
	i.Statistic = "share"
	s, err = Measure(o, i, time.UTC)
	require.NoError(t, err)
	require.Equal(t, measure.Number(0.5), s[0].Value, "the moment itself is late")
	require.Equal(t, 2, s[0].N)
	i.Statistic, i.Period = "median", "week"
	s, err = Measure(o, i, time.UTC)
	require.NoError(t, err)
	require.Equal(t, time.Monday, s[0].Begin.Weekday())
	require.Equal(t, measure.Number(3*3600), s[0].Value)
	i.Period = "quarter"
	s, err = Measure(o, i, time.UTC)
	require.NoError(t, err)
	require.Equal(t, time.January, s[0].Begin.Month())
	require.Len(t, s, 1)
	i.Period = "fortnight"
	_, err = Measure(o, i, time.UTC)
	require.ErrorContains(t, err, "fortnight")
}

func line(values ...float64) Series {
	var s Series
	begin := time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)
	for k, v := range values {
		s = append(s, Point{Begin: begin.AddDate(0, k, 0), End: begin.AddDate(0, k+1, 0), Value: measure.Number(v), N: 10})
	}
	return s
}

func TestForecast(t *testing.T) {
	o := Forecast(line(30, 29, 28, 27, 26), 20, true)
	require.InDelta(t, 6, float64(o.Gap), 1e-9)
	require.InDelta(t, -1, float64(o.Slope), 1e-9)
	require.WithinDuration(t, time.Date(2019, 12, 1, 0, 0, 0, 0, time.UTC), o.Date, 3*24*time.Hour, "six months after the end of May")
	require.WithinDuration(t, o.Earliest, o.Latest, 48*time.Hour, "a straight line has no doubt")
	require.True(t, Forecast(line(30, 20, 19), 20, true).Reached)
	require.NotEmpty(t, Forecast(line(30, 29, 28), 20, true).Warnings, "three periods")
	never := Forecast(line(30, 31, 30, 32, 33), 20, true)
	require.True(t, never.Date.IsZero())
	require.NotEmpty(t, never.Warnings)
	require.NotEmpty(t, Forecast(nil, 1, true).Warnings)
	higher := Forecast(line(0.5, 0.6, 0.7, 0.8), 0.95, false)
	require.False(t, higher.Date.IsZero())
}

// The dates hold the true one as often as they say.
func TestForecastCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	held := 0
	const runs = 400
	truth := time.Date(2019, 2, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(15 * 30.4 * 24 * float64(time.Hour)))
	for range runs {
		var y []float64
		for k := range 12 {
			y = append(y, 35-float64(k)+rng.NormFloat64())
		}
		o := Forecast(line(y...), 20, true)
		if !o.Earliest.After(truth.AddDate(0, 0, 3)) && (o.Latest.IsZero() || !o.Latest.Before(truth.AddDate(0, 0, -3))) {
			held++
		}
	}
	require.InDelta(t, 0.95, float64(held)/runs, 0.04)
}

func TestWatch(t *testing.T) {
	office, err := calendar.New(calendar.Config{Week: calendar.Weekdays(9*time.Hour, 18*time.Hour)})
	require.NoError(t, err)
	got, err := Watch(line(10, 31, 29, 31, 26, 24, 31), Alarm{Raise: 30, Clear: 25, Lower: true, Quiet: office})
	require.NoError(t, err)
	require.Len(t, got, 3)
	require.True(t, got[0].Raised)
	require.Equal(t, 31.0, got[0].Value)
	require.Equal(t, time.Date(2019, 3, 1, 9, 0, 0, 0, time.UTC), got[0].Told, "in the morning")
	require.False(t, got[1].Raised)
	require.Equal(t, 24.0, got[1].Value)
	require.True(t, got[2].Raised)
	_, err = Watch(nil, Alarm{Raise: 30, Clear: 35, Lower: true})
	require.Error(t, err)
}
