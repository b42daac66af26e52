package backtest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// predict judges the mean, and the quantiles at 5, 10 … 95 %, of the test's cycle
// times by those of the runs.
func predict(runs [][]float64, test []float64) Prediction {
	nan := measure.Number(math.NaN())
	p := Prediction{Actual: measure.Number(mean(test)), Predicted: nan, Low: nan, High: nan, Quantiles: nan}
	var means []float64
	for _, x := range runs {
		means = append(means, mean(x))
	}
	centre := mean(means)
	p.Predicted = measure.Number(centre)
	if n := float64(len(means)); n >= 2 {
		t := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975)
		half := t * deviation(means) * math.Sqrt(1+1/n)
		p.Low, p.High = measure.Number(centre-half), measure.Number(centre+half)
		p.Covers = float64(p.Actual) >= centre-half && float64(p.Actual) <= centre+half
	}
	if len(runs) < 2 {
		return p
	}
	held := 0
	for i := 1; i < 20; i++ {
		q := float64(i) / 20
		low, high := math.Inf(1), math.Inf(-1)
		for _, x := range runs {
			v := measure.Quantile(x, q)
			low, high = min(low, v), max(high, v)
		}
		if v := measure.Quantile(test, q); v >= low && v <= high {
			held++
		}
	}
	p.Quantiles = measure.Number(float64(held) / 19)
	return p
}

func mean(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// recent returns the last n cases of a log by their start, moved by whole weeks so that
// the first of them begins where the test does, as near as whole weeks allow: what is
// compared then are two periods of as many cases, not two dates.
func recent(l *eventlog.Log, n int, to eventlog.Time) *eventlog.Log {
	var starts []eventlog.Time
	for _, c := range l.All() {
		starts = append(starts, begin(c))
	}
	slices.Sort(starts)
	first := starts[max(len(starts)-n, 0)]
	l = l.Where(func(c eventlog.Case) bool { return begin(c) >= first })
	const week = eventlog.Time(7 * 24 * time.Hour / time.Microsecond)
	by := (to - first + week/2) / week * week
	return l.Shifted(by)
}

// Words returns the verdict in a line: the distances by grade.
func (r *Result) Words() string {
	var parts []string
	for _, t := range []Trust{Good, Rough, Poor, Unjudged} {
		var list []string
		for _, f := range r.Distances {
			if f.Trust == t {
				list = append(list, f.Name)
			}
		}
		if len(list) > 0 {
			parts = append(parts, string(t)+": "+strings.Join(list, ", "))
		}
	}
	return fmt.Sprintf("%s (%d runs of the cases from %s on)", strings.Join(parts, "; "), r.Runs, r.Cut.Format(time.DateOnly))
}

// FailsTimes reports whether a verdict in the form of Words says that the model foretold
// the times of the cases wrongly, so that what it says of them means nothing.
func FailsTimes(words string) bool {
	list, _, _ := strings.Cut(words, " (")
	for part := range strings.SplitSeq(list, "; ") {
		if names, ok := strings.CutPrefix(part, string(Poor)+": "); ok && slices.Contains(strings.Split(names, ", "), "cycle_time") {
			return true
		}
	}
	return false
}
