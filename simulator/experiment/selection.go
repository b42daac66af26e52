package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
)

// Sampler returns the figure of a system in a replication. The same arguments give
// the same value.
type Sampler func(ctx context.Context, system, replication int) (float64, error)

// Selection is the answer of a procedure that looks for the best of some systems.
type Selection struct {
	Method       string `json:"method"`
	Best         int    `json:"best"`         // position
	Replications []int  `json:"replications"` // by system
	// Confidence with which Best is the best, where it is better than the others by
	// Indifference or more; 0 where the procedure promises none.
	Confidence   float64   `json:"confidence,omitempty"`
	Indifference float64   `json:"indifference,omitempty"`
	Means        []float64 `json:"means"`
}

// KN looks for the system with the least mean by the fully sequential procedure of
// Kim & Nelson (2001, doi:10.1145/502109.502111, section 3, c = 1): after first
// replications of all it adds one of each that is still in question and drops those
// that another one beats, until one is left. Where the least mean is less than all
// others by indifference or more, it is found with the given confidence; values
// should be near normal, and may share draws, which saves replications. Systems that
// are alike are left when no further replication could tell them apart: then the least
// mean is taken.
func KN(ctx context.Context, systems, first int, indifference, confidence float64, sample Sampler) (*Selection, error) {
	if err := checkSelection(systems, first); err != nil {
		return nil, err
	}
	if !(indifference > 0) || !(confidence > 0 && confidence < 1) {
		return nil, fmt.Errorf("selecting the best: indifference %v, confidence %v: wanted more than 0, and between 0 and 1", indifference, confidence)
	}
	n := float64(first)
	eta := (math.Pow(2*(1-confidence)/float64(max(systems-1, 1)), -2/(n-1)) - 1) / 2
	h2 := 2 * eta * (n - 1)
	x, err := firstValues(ctx, systems, first, sample)
	if err != nil {
		return nil, err
	}
	sums := make([]float64, systems)
	in := make([]bool, systems)
	variance := make([][]float64, systems) // of differences
	for i := range x {
		in[i] = true
		for _, v := range x[i] {
			sums[i] += v
		}
		variance[i] = make([]float64, systems)
	}
	for i := range x {
		for l := range i {
			mean := (sums[i] - sums[l]) / n
			for r := range first {
				d := x[i][r] - x[l][r] - mean
				variance[i][l] += d * d / (n - 1)
			}
			variance[l][i] = variance[i][l]
		}
	}
	last := 0.0 // when no slack is left
	for i := range variance {
		for _, v := range variance[i] {
			last = math.Max(last, h2*v/(indifference*indifference))
		}
	}
	s := &Selection{Method: "kn", Confidence: confidence, Indifference: indifference, Replications: make([]int, systems), Means: make([]float64, systems)}
	for r := first; ; r++ {
		left := 0
		drop := make([]bool, systems)
		for i := range in {
			for l := range in {
				if !in[i] || !in[l] || i == l {
					continue
				}
				slack := max(0, indifference/2*(h2*variance[i][l]/(indifference*indifference)-float64(r)))
				drop[i] = drop[i] || sums[i] > sums[l]+slack
			}
		}
		for i := range in {
			if in[i] {
				s.Replications[i], s.Means[i] = r, sums[i]/float64(r)
			}
			in[i] = in[i] && !drop[i]
			if in[i] {
				left++
				s.Best = i
			}
		}
		if left > 1 && float64(r) > last {
			for i := range in {
				if in[i] && s.Means[i] < s.Means[s.Best] {
					s.Best = i
				}
			}
			left = 1
		}
		if left <= 1 {
			return s, nil
		}
		for i := range in {
			if !in[i] {
				continue
			}
			v, err := sample(ctx, i, r)
			if err != nil {
				return nil, err
			}
			sums[i] += v
		}
	}
}

// OCBA spends a budget of replications on finding the system with the least mean:
// after first replications of all it gives each round to where they promise most,
// by the ratios of Chen, Lin, Yücesan & Chick (2000, doi:10.1023/A:1008349927281,
// theorem 1). It promises no confidence.
func OCBA(ctx context.Context, systems, first, budget int, sample Sampler) (*Selection, error) {
	if err := checkSelection(systems, first); err != nil {
		return nil, err
	}
	x, err := firstValues(ctx, systems, first, sample)
	if err != nil {
		return nil, err
	}
	for {
		s := &Selection{Method: "ocba", Replications: make([]int, systems), Means: make([]float64, systems)}
		spread := make([]float64, systems)
		done := 0
		for i := range x {
			s.Means[i], spread[i] = moments(x[i])
			s.Replications[i] = len(x[i])
			done += len(x[i])
			if s.Means[i] < s.Means[s.Best] {
				s.Best = i
			}
		}
		if done >= budget {
			return s, nil
		}
		wanted := allocation(s.Means, spread, s.Best, min(done+max(systems, budget/20), budget))
		for range min(max(systems, budget/20), budget-done) {
			most := 0 // what lacks most
			for i := range x {
				if wanted[i]-len(x[i]) > wanted[most]-len(x[most]) {
					most = i
				}
			}
			v, err := sample(ctx, most, len(x[most]))
			if err != nil {
				return nil, err
			}
			x[most] = append(x[most], v)
		}
	}
}

// allocation returns the replications of each system out of a total: of systems
// other than the best b as (sᵢ/δᵢ)², δᵢ the distance of its mean from the best's, of
// the best s_b·√Σ(Nᵢ/sᵢ)².
func allocation(means, spread []float64, best, total int) []int {
	ratio := make([]float64, len(means))
	squares := 0.0
	for i := range means {
		if i == best {
			continue
		}
		s := math.Max(spread[i], 1e-300)
		d := math.Max(means[i]-means[best], 1e-6*math.Max(math.Abs(means[best]), 1e-300))
		ratio[i] = s * s / (d * d)
		squares += ratio[i] * ratio[i] / (s * s)
	}
	ratio[best] = math.Max(spread[best], 1e-300) * math.Sqrt(squares)
	all := 0.0
	for _, r := range ratio {
		all += r
	}
	out := make([]int, len(ratio))
	for i, r := range ratio {
		out[i] = int(math.Round(r / all * float64(total)))
	}
	return out
}

func moments(x []float64) (mean, spread float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		spread += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, math.Sqrt(spread)
}

func checkSelection(systems, first int) error {
	if systems < 1 || first < 2 {
		return fmt.Errorf("selecting the best of %d systems after %d replications each: wanted one system and two replications or more", systems, first)
	}
	return nil
}

func firstValues(ctx context.Context, systems, first int, sample Sampler) ([][]float64, error) {
	x := make([][]float64, systems)
	for i := range x {
		for r := range first {
			v, err := sample(ctx, i, r)
			if err != nil {
				return nil, err
			}
			if math.IsNaN(v) {
				return nil, errors.New("selecting the best: a replication has no value")
			}
			x[i] = append(x[i], v)
		}
	}
	return x, nil
}

// Sampled returns the figure of cfg of the models, one replication at a time, with
// common random numbers. An automatic warm-up is the longest of the models'.
func Sampled(ctx context.Context, models []Named, cfg Config) (Sampler, error) {
	if err := cfg.Validate(); err != nil {
		return nil, measure.Faultf("checking the configuration of the experiment: %w", "проверка настроек расчёта: %s", err)
	}
	cfg = cfg.filled()
	cfg.ControlVariates, cfg.Antithetic = false, false
	programs := make([]*simulator.Program, len(models))
	for i, m := range models {
		var err error
		if programs[i], err = compile(m.Model, cfg); err != nil {
			return nil, fmt.Errorf("%q: %w", m.ID, err)
		}
	}
	if len(models) > 0 {
		if err := cfg.Figure.check(models[0].Model, programs[0]); err != nil {
			return nil, err
		}
	}
	if _, err := settleWarmup(ctx, &cfg, programs...); err != nil {
		return nil, err
	}
	return func(ctx context.Context, system, replication int) (float64, error) {
		s, err := programs[system].Run(ctx, cfg.of(replication))
		if err != nil {
			return 0, err
		}
		r := &Result{}
		r.figures([]*simulator.Statistics{s}, cfg)
		k, ok := r.Find(cfg.Figure.Name, cfg.Figure.Of)
		if !ok {
			return 0, fmt.Errorf("the result has no %s", cfg.Figure)
		}
		if better(cfg.Figure.Name) {
			return -float64(k.Mean), nil
		}
		return float64(k.Mean), nil
	}, nil
}
