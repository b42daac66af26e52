package experiment

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// Factor is a lever whose amount is not known for sure: somewhere from Low to High.
type Factor struct {
	ID        string
	Lever     scenario.Lever // its Scale, Share, Change or WorkingDays is set, by its kind
	Low, High float64
}

// pull returns the lever at x, 0 for Low to 1 for High.
func (f *Factor) pull(x float64) (scenario.Lever, error) {
	l, amount := f.Lever, f.Low+(f.High-f.Low)*x
	switch l.Kind {
	case scenario.Step, scenario.Delay, scenario.Arrivals, scenario.Surge:
		l.Scale, l.Time = amount, nil
	case scenario.Branch:
		l.Share = amount
	case scenario.Pool, scenario.Gate:
		l.Size, l.Change = int(math.Round(amount)), 0
	case scenario.Priority:
		l.Change = int(math.Round(amount))
	case scenario.Release:
		l.WorkingDays = &amount
	case scenario.Control:
		l.ControlDays = int(math.Round(amount))
	default:
		return l, fmt.Errorf("factor %q: a lever of the kind %q has no amount to vary", f.ID, l.Kind)
	}
	return l, nil
}

// Check reports why a model cannot take the factor at x, 0 for Low to 1 for High.
func (f *Factor) Check(m *twin.Model, x float64) error {
	l, err := f.pull(x)
	if err == nil {
		_, err = (&scenario.Scenario{ID: f.ID, Levers: []scenario.Lever{l}}).Apply(m)
	}
	return err
}

// Effect is how much a factor matters.
type Effect struct {
	ID string `json:"id"`
	// MuStar is the mean size of the elementary effects of a factor over its whole
	// range, Mu their mean, Sigma their standard deviation: great where the factor
	// acts together with others or bends (Morris; Campolongo, Cariboni & Saltelli 2007,
	// doi:10.1016/j.envsoft.2006.10.004).
	MuStar measure.Number `json:"mu_star"`
	Mu     measure.Number `json:"mu"`
	Sigma  measure.Number `json:"sigma"`
	// Interval is Student's of Mu over the trajectories, nil for Sobol's indices. It tells
	// how Mu scatters over the range of the other factors, not the noise of replications,
	// which all points share.
	Interval *measure.Interval `json:"interval,omitempty"`
	// First is the share of the variance that the factor explains by itself, Total
	// that which is lost without it, both with intervals.
	First measure.Estimate `json:"first"`
	Total measure.Estimate `json:"total"`
}

// Response is the figure at a point of the unit cube.
type Response func(ctx context.Context, x []float64) (float64, error)

// Morris screens k factors by elementary effects along trajectories that change one
// factor at a time, by half of its range (Morris 1991,
// doi:10.1080/00401706.1991.10484804, four levels). trajectories·(k+1) evaluations.
func Morris(ctx context.Context, k, trajectories int, confidence float64, seed uint64, f Response) ([]Effect, error) {
	if k < 1 || trajectories < 2 {
		return nil, fmt.Errorf("screening %d factors by %d trajectories: wanted 1 and 2 or more", k, trajectories)
	}
	const levels = 4
	const step = float64(levels) / (2 * (levels - 1))
	rng := rand.New(rand.NewPCG(seed, 0x4d6f))
	effects := make([][]float64, k)
	for range trajectories {
		x := make([]float64, k)
		up := make([]bool, k)
		for i := range x {
			x[i] = float64(rng.IntN(levels/2)) / (levels - 1) // from where a step up leads
			if up[i] = rng.IntN(2) == 0; !up[i] {
				x[i] += step
			}
		}
		before, err := f(ctx, x)
		if err != nil {
			return nil, err
		}
		for _, i := range rng.Perm(k) {
			sign := 1.0
			if !up[i] {
				sign = -1
			}
			x[i] += sign * step
			after, err := f(ctx, x)
			if err != nil {
				return nil, err
			}
			effects[i] = append(effects[i], sign*(after-before)/step)
			before = after
		}
	}
	out := make([]Effect, k)
	for i, e := range effects {
		mean, spread := moments(e)
		star := 0.0
		for _, v := range e {
			star += math.Abs(v) / float64(len(e))
		}
		between, err := measure.MeanInterval(e, confidence)
		if err != nil {
			return nil, err
		}
		out[i] = Effect{MuStar: measure.Number(star), Mu: measure.Number(mean), Sigma: measure.Number(spread), Interval: &between}
	}
	return out, nil
}

// Sobol shares the variance of the figure among k factors: first-order indices by
// the estimator of Saltelli et al. (2010, doi:10.1016/j.cpc.2009.09.018, table 2 b),
// total ones by Jansen's (1999, doi:10.1016/S0010-4655(98)00154-4), with percentile
// intervals from a bootstrap over the base points. points·(k+2) evaluations.
func Sobol(ctx context.Context, k, points int, confidence float64, seed uint64, f Response) ([]Effect, error) {
	if k < 1 || points < 8 {
		return nil, fmt.Errorf("sharing the variance among %d factors by %d points: wanted 1 and 8 or more", k, points)
	}
	rng := rand.New(rand.NewPCG(seed, 0x536f))
	draw := func() []float64 {
		x := make([]float64, k)
		for i := range x {
			x[i] = rng.Float64()
		}
		return x
	}
	a, b := make([]float64, points), make([]float64, points)
	mixed := make([][]float64, k)
	for j := range points {
		xa, xb := draw(), draw()
		var err error
		if a[j], err = f(ctx, xa); err != nil {
			return nil, err
		}
		if b[j], err = f(ctx, xb); err != nil {
			return nil, err
		}
		for i := range k {
			x := slices.Clone(xa)
			x[i] = xb[i]
			y, err := f(ctx, x)
			if err != nil {
				return nil, err
			}
			mixed[i] = append(mixed[i], y)
		}
	}
	indices := func(i int, pick func(int) int) (first, total float64) {
		var mean, squares, s, t float64
		for j := range points {
			p := pick(j)
			mean += (a[p] + b[p]) / float64(2*points)
		}
		for j := range points {
			p := pick(j)
			squares += (a[p]-mean)*(a[p]-mean) + (b[p]-mean)*(b[p]-mean)
			s += (b[p] - mean) * (mixed[i][p] - a[p])
			t += (a[p] - mixed[i][p]) * (a[p] - mixed[i][p]) / 2
		}
		variance := squares / float64(2*points)
		if variance == 0 {
			return math.NaN(), math.NaN()
		}
		return s / float64(points) / variance, t / float64(points) / variance
	}
	const draws = 500
	out := make([]Effect, k)
	for i := range out {
		first, total := indices(i, func(j int) int { return j })
		var fs, ts []float64
		for range draws {
			at := make([]int, points)
			for j := range at {
				at[j] = rng.IntN(points)
			}
			s, t := indices(i, func(j int) int { return at[j] })
			if !math.IsNaN(s) {
				fs, ts = append(fs, s), append(ts, t)
			}
		}
		out[i].First, out[i].Total = interval(first, fs, confidence), interval(total, ts, confidence)
	}
	return out, nil
}

// interval is an estimate with the percentile interval of its bootstrap.
func interval(x float64, draws []float64, confidence float64) measure.Estimate {
	e := measure.Estimate{Value: measure.Number(x)}
	if len(draws) > 0 {
		slices.Sort(draws)
		e.Interval = &measure.Interval{Low: measure.Quantile(draws, (1-confidence)/2), High: measure.Quantile(draws, (1+confidence)/2), Confidence: confidence}
	}
	return e
}

// Sensitivity tells how much each factor matters to the figure of cfg. Every point
// is the mean of the replications of cfg, with the same draws for all points.
type Sensitivity struct {
	Method       string       `json:"method"` // morris or sobol
	Figure       Figure       `json:"figure"`
	Unit         measure.Unit `json:"unit"` // of the figure and of Morris's effects
	Effects      []Effect     `json:"effects"`
	Points       int          `json:"points"` // evaluated
	Replications int          `json:"replications"`
}

// Ordered returns the effects with what matters most first: by Total where that was
// asked for, else by MuStar.
func (s *Sensitivity) Ordered() []Effect {
	out := slices.Clone(s.Effects)
	slices.SortStableFunc(out, func(x, y Effect) int {
		if s.Method == "sobol" {
			return cmp.Compare(float64(y.Total.Value), float64(x.Total.Value))
		}
		return cmp.Compare(float64(y.MuStar), float64(x.MuStar))
	})
	return out
}

// Screen runs Morris's method over factors of a model, Sobol's where sobol is true.
// n is the number of trajectories or base points.
func Screen(ctx context.Context, m *twin.Model, factors []Factor, sobol bool, n int, cfg Config) (*Sensitivity, error) {
	if err := cfg.Validate(); err != nil {
		return nil, measure.Faultf("checking the configuration of the experiment: %w", "проверка настроек расчёта: %s", err)
	}
	cfg = cfg.filled()
	s := &Sensitivity{Method: "morris", Figure: cfg.Figure, Replications: cfg.Replications}
	total := n * (len(factors) + 1)
	if sobol {
		s.Method, total = "sobol", n*(len(factors)+2)
	}
	p, err := prepare(m, cfg)
	if err != nil {
		return nil, err
	}
	if _, err := settleWarmup(ctx, &cfg, p); err != nil { // the same for all points
		return nil, err
	}
	tell := cfg.Progress
	cfg.Progress, cfg.Precision = nil, 0
	respond := func(ctx context.Context, x []float64) (float64, error) {
		var pulled scenario.Scenario
		for i := range factors {
			l, err := factors[i].pull(x[i])
			if err != nil {
				return 0, err
			}
			pulled.Levers = append(pulled.Levers, l)
		}
		changed, err := pulled.Apply(m)
		if err != nil {
			return 0, err
		}
		r, err := Run(ctx, changed, cfg)
		if err != nil {
			return 0, err
		}
		k, ok := r.Find(cfg.Figure.Name, cfg.Figure.Of)
		if !ok || math.IsNaN(float64(k.Mean)) {
			return 0, fmt.Errorf("the result has no %s", cfg.Figure)
		}
		s.Unit = k.Unit
		if s.Points++; tell != nil {
			tell(s.Points, total)
		}
		return float64(k.Mean), nil
	}
	if sobol {
		s.Effects, err = Sobol(ctx, len(factors), n, cfg.Confidence, cfg.Seed, respond)
	} else {
		s.Effects, err = Morris(ctx, len(factors), n, cfg.Confidence, cfg.Seed, respond)
	}
	if err != nil {
		return nil, fmt.Errorf("sensitivity of %s: %w", cfg.Figure, err)
	}
	for i := range factors {
		s.Effects[i].ID = factors[i].ID
	}
	return s, nil
}
