package compose

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/predict"
	"github.com/uprava/uprava/twin/kpi"
)

func delivered(x ...float64) desk.Delivered {
	m := measure.Summarize(x, measure.Second)
	f := desk.Figure{Value: m.Mean, Low: math.NaN(), High: math.NaN(), N: m.N}
	if m.MeanInterval != nil {
		f.Low, f.High = m.MeanInterval.Low, m.MeanInterval.High
	}
	return desk.Delivered{N: m.N, Mean: f}
}

func many(n int, x, spread float64) desk.Delivered {
	var out []float64
	for i := range n {
		out = append(out, x+spread*float64(i%5-2))
	}
	return delivered(out...)
}

func TestJudge(t *testing.T) {
	for name, c := range map[string]struct {
		now, before desk.Delivered
		want        verdict
	}{
		"nothing before":           {many(50, 10, 1), delivered(), few},
		"nine cases are few":       {many(9, 1, 0.1), many(50, 10, 1), few},
		"ten are enough":           {many(10, 1, 0.1), many(50, 10, 1), better},
		"slower":                   {many(50, 10, 1), many(50, 5, 1), worse},
		"within noise":             {many(50, 10, 8), many(50, 10.5, 8), noise},
		"no spread, no difference": {many(50, 10, 0), many(50, 10, 0), noise},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, judge(c.now, c.before, desk.Differ(c.before.Mean, c.now.Mean)))
		})
	}
}

// Where nothing changed, a change is claimed about as rarely as the confidence says,
// also of skewed times and of few cases.
func TestChanceIsSeldomCalledAChange(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{12, 40, 200} {
		claims := 0
		const trials = 2000
		for range trials {
			draw := func() desk.Delivered {
				x := make([]float64, n)
				for i := range x {
					x[i] = math.Exp(0.6 * r.NormFloat64())
				}
				return delivered(x...)
			}
			now, before := draw(), draw()
			if v := judge(now, before, desk.Differ(before.Mean, now.Mean)); v == better || v == worse {
				claims++
			}
		}
		share, err := measure.ShareInterval(claims, trials, 0.99)
		require.NoError(t, err)
		require.LessOrEqual(t, share.Low, 0.05, "n = %d: claimed in %d of %d", n, claims, trials)
		require.Greater(t, claims, trials/100)
	}
}

func TestPlan(t *testing.T) {
	fact := func(v, low, high float64, n int) *plan {
		return &plan{value: 10, fact: desk.Figure{Value: v, Low: low, High: high, N: n}, standing: desk.Standing{Indicator: &kpi.Indicator{Lower: true}}}
	}
	require.Equal(t, better, fact(8, 7, 9, 50).verdict())
	require.Equal(t, worse, fact(12, 11, 13, 50).verdict())
	require.Equal(t, noise, fact(9, 7, 11, 50).verdict(), "the interval holds the plan: it may not be called met")
	require.Equal(t, few, fact(8, 7, 9, 3).verdict())
	higher := fact(12, 11, 13, 50)
	higher.standing.Lower = false
	require.Equal(t, better, higher.verdict())
}

// Ten cases that break their term with 1/2: 5 are expected, variance 2.5.
func TestBreaches(t *testing.T) {
	half, sure := measure.Number(0.5), measure.Number(1)
	f := &facts{risks: &desk.Risks{}}
	for range 10 {
		f.risks.Cases = append(f.risks.Cases, predict.Case{Breach: &half})
	}
	f.risks.Cases = append(f.risks.Cases, predict.Case{Breach: &sure, Overdue: true}, predict.Case{})
	mean, low, high := f.breaches()
	require.Equal(t, []float64{5, 1, 9}, []float64{mean, low, high}, "5 ± 1.96·√2.5 = 1.9…8.1, outwards")
}

func TestAlone(t *testing.T) {
	f := &facts{name: "Процесс", lang: terms.RU}
	got := alone(f, []report.Paragraph{{Text: "Процесс: просрочено 3 из 5."}, {Text: "Открытых дел нет: «Процесс»."}, {Text: "Другое."}})
	require.Equal(t, []report.Paragraph{{Text: "Просрочено 3 из 5."}, {Text: "Открытых дел нет."}, {Text: "Другое."}}, got)
}
