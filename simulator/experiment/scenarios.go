package experiment

import (
	"context"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
)

// Named is a model under the name of what was changed in it.
type Named struct {
	ID    string
	Model *twin.Model
}

// Table is many scenarios beside the model as it is, all on common random numbers.
type Table struct {
	Figure    Figure
	AsIs      *Result
	Rows      []Row
	Warnings  []error
	Selection *Selection // where the best was asked for
}

// Row is one scenario. The intervals of Differences hold together, for all
// scenarios of the table, with the confidence of the experiment (Bonferroni), and
// Distinct is decided by Holm's procedure over the scenarios (Holm 1979): figure by
// figure the chance of one difference or more being claimed wrongly is at most one
// less the confidence.
type Row struct {
	ID          string       `json:"id"`
	Result      *Result      `json:"result"`
	Differences []Difference `json:"differences"`
	// Best says that no other scenario, nor the model as it is, is better in the
	// figure of the table by more than chance, all pairs together.
	Best bool `json:"may_be_best"`
}

// Scenarios runs the model as it is and every scenario with the same draws, and
// compares each with it and with the others. Progress counts the replications of
// all.
func Scenarios(ctx context.Context, asIs *twin.Model, list []Named, cfg Config) (*Table, error) {
	if err := cfg.Validate(); err != nil {
		return nil, measure.Faultf("checking the configuration of the experiment: %w", "проверка настроек расчёта: %s", err)
	}
	cfg = cfg.filled()
	programs := make([]*simulator.Program, len(list)+1)
	for i := range programs {
		name, m := side("as-is"), asIs
		if i > 0 {
			name, m = &measure.Faultf("scenario %q", "сценарий «%s»", list[i-1].ID).Doubt, list[i-1].Model
		}
		var err error
		if programs[i], err = compile(m, cfg); err != nil {
			return nil, measure.Faultf("%s: %w", "%s: %s", name, err)
		}
	}
	if err := cfg.Figure.check(asIs, programs[0]); err != nil {
		return nil, err
	}
	automatic := cfg.AutoWarmup
	doubts, err := settleWarmup(ctx, &cfg, programs...)
	if err != nil {
		return nil, err
	}
	tell, total := cfg.Progress, len(programs)*cfg.Replications
	step := func(i int) func(int, int) {
		return func(done, _ int) {
			if tell != nil {
				tell(min(i*cfg.Replications+done, total), total)
			}
		}
	}
	t := &Table{Figure: cfg.Figure, Warnings: doubts}
	for i, p := range programs {
		m := asIs
		if i > 0 {
			m = list[i-1].Model
		}
		r, err := run(ctx, m, p, cfg, nil, step(i))
		if err != nil {
			return nil, err
		}
		if automatic {
			r.Evidence.WarmupMethod = mser
		}
		if i == 0 { // the others run as many, to be paired
			t.AsIs, cfg.Replications, cfg.Precision = r, r.Evidence.Replications, 0
			continue
		}
		t.Rows = append(t.Rows, Row{ID: list[i-1].ID, Result: r})
	}
	t.compare(cfg.Confidence)
	t.best(cfg.Confidence)
	return t, nil
}

// compare sets the differences from the model as it is.
func (t *Table) compare(confidence float64) {
	k := float64(max(len(t.Rows), 1))
	for _, a := range t.AsIs.KPIs {
		p := make([]float64, len(t.Rows))
		for i := range t.Rows {
			p[i] = math.NaN()
			b, ok := t.Rows[i].Result.Find(a.Name, a.Of)
			if !ok {
				continue
			}
			a.Confidence = 1 - (1-confidence)/k
			d := difference(a, b)
			d.Confidence = confidence
			p[i] = pairedProbability(a.Values, b.Values)
			t.Rows[i].Differences = append(t.Rows[i].Differences, d)
		}
		for i, adjusted := range measure.Holm(p) {
			if n := len(t.Rows[i].Differences) - 1; n >= 0 && t.Rows[i].Differences[n].Name == a.Name && t.Rows[i].Differences[n].Of == a.Of {
				t.Rows[i].Differences[n].Distinct = adjusted <= 1-confidence
			}
		}
	}
}

// pairedProbability returns the probability of Student's test that the mean of the
// paired differences is 0; NaN of fewer than two pairs.
func pairedProbability(a, b []float64) float64 {
	var n, mean, squares float64
	for i := range a {
		d := b[i] - a[i]
		if math.IsNaN(d) || math.IsInf(d, 0) {
			continue
		}
		n++
		delta := d - mean
		mean += delta / n
		squares += delta * (d - mean)
	}
	switch {
	case n < 2:
		return math.NaN()
	case squares == 0 && mean == 0:
		return 1
	case squares == 0:
		return 0
	}
	statistic := math.Abs(mean) / math.Sqrt(squares/(n-1)/n)
	return 2 * distuv.StudentsT{Sigma: 1, Nu: n - 1}.Survival(statistic)
}

// best marks the scenarios that may be the best in the figure of the table: a
// scenario is not where the interval of its paired difference from some other leaves
// out 0, at Bonferroni's level over all pairs.
func (t *Table) best(confidence float64) {
	results := []*Result{t.AsIs}
	for i := range t.Rows {
		results = append(results, t.Rows[i].Result)
	}
	pairs := float64(len(results)*(len(results)-1)) / 2
	sign := 1.0
	if better(t.Figure.Name) {
		sign = -1
	}
	for i := range t.Rows {
		mine, ok := t.Rows[i].Result.Find(t.Figure.Name, t.Figure.Of)
		t.Rows[i].Best = ok
		for _, r := range results {
			other, there := r.Find(t.Figure.Name, t.Figure.Of)
			if !ok || !there || r == t.Rows[i].Result {
				continue
			}
			other.Confidence = 1 - (1-confidence)/pairs
			if d := difference(other, mine); sign*float64(d.Low) > 0 && sign > 0 || sign*float64(d.High) > 0 && sign < 0 {
				t.Rows[i].Best = false
			}
		}
	}
}

// better reports whether more of a figure is better than less.
func better(name string) bool { return name == InTimeShare || name == CaseCount }
