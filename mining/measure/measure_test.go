package measure_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/measure"
)

func TestQuantile(t *testing.T) {
	x := []float64{1, 2, 4, 8, 16}
	for _, c := range []struct{ p, want float64 }{
		{0, 1}, {0.25, 2}, {0.5, 4}, {0.6, 5.6}, {0.85, 11.2}, {0.9, 12.8}, {0.95, 14.4}, {1, 16},
	} {
		require.InDelta(t, c.want, measure.Quantile(x, c.p), 1e-12, "%v", c.p)
	}
	require.Equal(t, 7.0, measure.Quantile([]float64{7}, 0.85))
	require.Equal(t, 2.5, measure.Quantile([]float64{1, 2, 3, 4}, 0.5))
	for _, p := range []float64{-0.1, 1.1, math.NaN()} {
		require.True(t, math.IsNaN(measure.Quantile(x, p)))
	}
	require.True(t, math.IsNaN(measure.Quantile(nil, 0.5)))
}

func TestSummarize(t *testing.T) {
	x := []float64{8, 1, 16, 2, 4}
	s := measure.Summarize(x, measure.Hour)
	require.Equal(t, []float64{8, 1, 16, 2, 4}, x, "the sample is the caller's")
	require.Equal(t, 5, s.N)
	require.Equal(t, measure.Hour, s.Unit)
	require.InDelta(t, 6.2, s.Mean, 1e-12)
	require.InDelta(t, math.Sqrt(37.2), s.SD, 1e-12) // 148.8/4
	require.Equal(t, 4.0, s.Median)
	require.Equal(t, 1.0, s.Min)
	require.Equal(t, 16.0, s.Max)
	// t(0.975, 4) = 2.776445 (tables): 2.776445·√37.2/√5
	require.InDelta(t, 7.57315, s.MeanInterval.HalfWidth(), 1e-4)
	require.True(t, s.MeanInterval.Contains(6.2))
	require.Equal(t, []string{
		"5 values; the interval of the mean needs 30", "5 values; the p85 needs 7", "5 values; the p95 needs 20",
	}, measure.Texts(s.Warnings))
	var small *measure.SmallSample
	require.ErrorAs(t, s.Warnings[0], &small)

	one := measure.Summarize([]float64{3}, measure.Second)
	require.Nil(t, one.MeanInterval)
	require.True(t, math.IsNaN(one.SD))
	require.Equal(t, 3.0, one.P95)

	none := measure.Summarize([]float64{math.NaN(), math.Inf(1)}, measure.Second)
	require.Zero(t, none.N)
	require.True(t, math.IsNaN(none.Mean) && math.IsNaN(none.Max))
	require.Equal(t, []string{"2 of 2 values are no finite numbers and are left out", "no values"}, measure.Texts(none.Warnings))
	require.True(t, errors.Is(none.Warnings[1], measure.ErrEmpty))

	many := make([]float64, 30)
	require.Empty(t, measure.Summarize(many, measure.Count).Warnings)
}

// TestMeanIsStable: a compensated sum keeps what a plain one loses.
func TestMeanIsStable(t *testing.T) {
	s := measure.Summarize([]float64{1e16, 1, 1, 1, 1, -1e16}, measure.Count)
	require.InDelta(t, 4.0/6, s.Mean, 1e-12)
}

func TestSummaryJSON(t *testing.T) {
	b, err := json.Marshal(measure.Summarize(nil, measure.Second))
	require.NoError(t, err)
	require.JSONEq(t, `{"n":0,"unit":"s","mean":null,"sd":null,"median":null,"p85":null,"p95":null,"min":null,"max":null,"interval":null,"warnings":["no values"]}`, string(b))
	var n measure.Number
	require.NoError(t, json.Unmarshal([]byte("null"), &n))
	require.True(t, math.IsNaN(float64(n)))
	require.NoError(t, json.Unmarshal([]byte("2.5"), &n))
	require.Equal(t, measure.Number(2.5), n)
	require.Error(t, json.Unmarshal([]byte(`"x"`), &n))
}

func TestMeanInterval(t *testing.T) {
	for _, c := range []struct {
		x          []float64
		confidence float64
		half       float64
	}{
		{[]float64{0, 2}, 0.95, 12.7062},                         // t(0.975,1) = 12.7062, s/√n = 1
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.9, 1.7550},  // t(0.95,9) = 1.833113, s = 3.02765
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.99, 3.1115}, // t(0.995,9) = 3.249836
		{[]float64{5, 5, 5}, 0.95, 0},
	} {
		i, err := measure.MeanInterval(c.x, c.confidence)
		require.NoError(t, err)
		require.InDelta(t, c.half, i.HalfWidth(), 1e-3)
		require.Equal(t, c.confidence, i.Confidence)
	}
	for _, c := range []float64{0, 1, -1, math.NaN()} {
		_, err := measure.MeanInterval([]float64{1, 2}, c)
		require.Error(t, err)
	}
	_, err := measure.MeanInterval([]float64{1}, 0.95)
	require.EqualError(t, err, "interval of the mean of 1 values: wanted two or more")
	_, err = measure.MeanInterval([]float64{1, math.Inf(1)}, 0.95)
	require.Error(t, err)
}

// TestIntervalsCover counts how often 95 % intervals of samples of known
// distributions hold the true value: 2,000 samples, binomial error ±1.5 % at 3 σ.
func TestIntervalsCover(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var mean, p85 int
	const samples, n = 2000, 60
	for range samples {
		x := make([]float64, n)
		y := make([]float64, n)
		for i := range x {
			x[i] = 10 + 3*r.NormFloat64()
			y[i] = r.ExpFloat64()
		}
		i, err := measure.MeanInterval(x, 0.95)
		require.NoError(t, err)
		if i.Contains(10) {
			mean++
		}
		slices.Sort(y)
		q, err := measure.QuantileInterval(y, 0.85, 0.95)
		require.NoError(t, err)
		require.GreaterOrEqual(t, q.Confidence, 0.95)
		if q.Contains(-math.Log(0.15)) {
			p85++
		}
	}
	require.InDelta(t, 0.95, float64(mean)/samples, 0.015)
	require.InDelta(t, 0.96, float64(p85)/samples, 0.02)
}

func TestQuantileInterval(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	// Ranks 2 and 9 of ten hold the median with 1 − 2·11/1024 = 0.978516.
	i, err := measure.QuantileInterval(x, 0.5, 0.95)
	require.NoError(t, err)
	require.Equal(t, 2.0, i.Low)
	require.Equal(t, 9.0, i.High)
	require.InDelta(t, 0.978516, i.Confidence, 1e-6)
	for _, bad := range []struct {
		x    []float64
		p, c float64
	}{{nil, 0.5, 0.95}, {x[:1], 0.5, 0.95}, {x[:5], 0.5, 0.95}, {x, 0.95, 0.95}, {x, 0, 0.95}, {x, 1, 0.95}, {x, 0.5, 1}} {
		_, err := measure.QuantileInterval(bad.x, bad.p, bad.c)
		require.Error(t, err)
	}
	i, err = measure.QuantileInterval(x[:2], 0.5, 0.5) // 1 − 2/4
	require.NoError(t, err)
	require.Equal(t, measure.Interval{Low: 1, High: 2, Confidence: 0.5}, i)
}

func FuzzQuantileInterval(f *testing.F) {
	f.Add(uint16(10), 0.5, 0.95)
	f.Add(uint16(100), 0.99, 0.9)
	f.Fuzz(func(t *testing.T, n uint16, p, confidence float64) {
		x := make([]float64, n%500)
		for i := range x {
			x[i] = float64(i)
		}
		i, err := measure.QuantileInterval(x, p, confidence)
		if err == nil {
			require.Less(t, i.Low, i.High)
			require.GreaterOrEqual(t, i.Confidence, confidence)
		}
	})
}

func TestPaired(t *testing.T) {
	c, err := measure.Paired([]float64{30, 32, 34}, []float64{17, 18, 19}, 0.95)
	require.NoError(t, err)
	require.Equal(t, 3, c.N)
	require.Equal(t, 32.0, c.A)
	require.Equal(t, 18.0, c.B)
	require.Equal(t, -14.0, c.Difference) // −13, −14, −15: s = 1
	require.InDelta(t, -0.4375, c.Relative, 1e-12)
	require.InDelta(t, 4.302653/math.Sqrt(3), c.Interval.HalfWidth(), 1e-5) // t(0.975,2)
	require.True(t, c.Distinct())
	require.Len(t, c.Warnings, 1)

	c, err = measure.Paired([]float64{-1, 1}, []float64{1, -1}, 0.95)
	require.NoError(t, err)
	require.False(t, c.Distinct())
	require.True(t, math.IsNaN(c.Relative))
	_, err = measure.Paired([]float64{1}, []float64{1, 2}, 0.95)
	require.EqualError(t, err, "comparing pairs: 1 values and 2")
	_, err = measure.Paired([]float64{1}, []float64{1}, 0.95)
	require.Error(t, err)
}

func TestConvert(t *testing.T) {
	for _, c := range []struct {
		x        float64
		from, to measure.Unit
		want     float64
	}{
		{2, measure.CalendarDay, measure.Hour, 48}, {90, measure.Second, measure.Minute, 1.5},
		{36, measure.Hour, measure.CalendarDay, 1.5}, {3, measure.WorkingDay, measure.WorkingDay, 3},
	} {
		got, err := measure.Convert(c.x, c.from, c.to)
		require.NoError(t, err)
		require.InDelta(t, c.want, got, 1e-12)
	}
	for _, c := range [][2]measure.Unit{
		{measure.WorkingHour, measure.Hour}, {measure.WorkingDay, measure.CalendarDay}, {measure.WorkingHour, measure.WorkingDay},
		{measure.Second, measure.WorkingDay}, {measure.Share, measure.Count}, {"", measure.Second},
	} {
		_, err := measure.Convert(1, c[0], c[1])
		require.Error(t, err, "%v", c)
	}
	d, err := measure.WorkingDays(32, 8)
	require.NoError(t, err)
	require.Equal(t, 4.0, d, "32 working hours are 4 working days, never 1.33")
	for _, bad := range []float64{0, -1, 25, math.NaN()} {
		_, err = measure.WorkingDays(1, bad)
		require.Error(t, err)
	}
}

func TestSummaryIn(t *testing.T) {
	s := measure.Summarize([]float64{86400, 2 * 86400, 3 * 86400}, measure.Second)
	d, err := s.In(measure.CalendarDay)
	require.NoError(t, err)
	require.Equal(t, 2.0, d.Mean)
	require.Equal(t, 1.0, d.SD)
	require.InDelta(t, s.MeanInterval.High/86400, d.MeanInterval.High, 1e-12)
	require.NotEqual(t, s.MeanInterval.High, d.MeanInterval.High)
	_, err = s.In(measure.WorkingDay)
	require.Error(t, err)
}
