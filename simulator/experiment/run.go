package experiment

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
)

// Run runs the replications of a model and returns its figures with intervals.
// Faults of the model and of cfg are found before anything is simulated.
func Run(ctx context.Context, m *twin.Model, cfg Config) (*Result, error) {
	if err := cfg.Validate(); err != nil {
		return nil, measure.Faultf("checking the configuration of the experiment: %w", "проверка настроек расчёта: %s", err)
	}
	cfg = cfg.filled()
	p, err := prepare(m, cfg)
	if err != nil {
		return nil, err
	}
	var doubts []error
	var found *Warmup
	if cfg.AutoWarmup {
		var w Warmup
		if w, doubts, err = warmup(ctx, p, cfg); err != nil {
			return nil, err
		}
		cfg.Warmup, found = w.Cases, &w
	}
	r, err := run(ctx, m, p, cfg, doubts, cfg.Progress)
	if err != nil {
		return nil, err
	}
	r.Warmup = found
	return r, nil
}

func compile(m *twin.Model, cfg Config) (*simulator.Program, error) {
	language := cfg.Language
	if language == "" {
		language = "ru"
	}
	return simulator.Compile(m, language)
}

func run(ctx context.Context, m *twin.Model, p *simulator.Program, cfg Config, doubts []error, progress func(int, int)) (*Result, error) {
	runs, err := replicate(ctx, p, cfg, 0, cfg.Replications, cfg.Observe, progress)
	if err != nil {
		return nil, err
	}
	if cfg.Precision > 0 {
		var doubt error
		if runs, doubt, err = narrow(ctx, p, cfg, runs, progress); err != nil {
			return nil, err
		}
		if doubt != nil {
			doubts = append(doubts, doubt)
		}
		cfg.Replications = len(runs)
	}
	evidence, err := newEvidence(m, cfg, runs)
	if err != nil {
		return nil, err
	}
	r := &Result{Evidence: evidence, Warnings: append(slices.Clone(m.Warnings), p.Warnings()...)}
	r.Warnings = append(r.Warnings, doubts...)
	r.figures(runs, cfg)
	return r, nil
}

// replicate runs replications from…n−1, some at once, and returns their figures in
// that order. observe gives the observer of a replication; nil for none. The
// first error by number of replication is returned and stops the others.
func replicate(ctx context.Context, p *simulator.Program, cfg Config, from, n int, observe func(int) simulator.Observer, progress func(int, int)) ([]*simulator.Statistics, error) {
	workers := cfg.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	runs, errs := make([]*simulator.Statistics, n-from), make([]error, n-from)
	var (
		wg         sync.WaitGroup
		mu         sync.Mutex
		next, done int
	)
	for range min(workers, n-from) {
		wg.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= n-from {
					return
				}
				c := cfg.of(from + i)
				if observe != nil {
					c.Observer = observe(from + i)
				}
				if runs[i], errs[i] = p.Run(ctx, c); errs[i] != nil {
					stop()
					return
				}
				if !cfg.Samples {
					runs[i].Condense(longest)
				}
				mu.Lock()
				done++
				if progress != nil {
					progress(from+done, n)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	var first error
	for _, err := range errs {
		if err != nil && (first == nil || errors.Is(first, context.Canceled) && !errors.Is(err, context.Canceled)) {
			first = err
		}
	}
	return runs, first
}
