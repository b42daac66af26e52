package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// Asked is an experiment file with the models that it names.
type Asked struct {
	Plan      *experiment.Plan
	AsIs      *twin.Model
	Scenarios []experiment.Named
}

// ReadExperiment reads an experiment file. Names of models and scenarios that are
// files stand relative to it.
func ReadExperiment(file string) (*Asked, error) {
	dir := filepath.Dir(file)
	plan, err := experiment.ReadPlan(os.DirFS(dir), filepath.Base(file))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		return nil, InputError{err}
	}
	beside := func(names []string) []string {
		out := make([]string, len(names))
		for i, name := range names {
			out[i] = name
			if at := filepath.Join(dir, name); !filepath.IsAbs(name) && exists(at) {
				out[i] = at
			}
		}
		return out
	}
	m, own, err := ReadModel(beside(plan.Model))
	if err != nil {
		return nil, err
	}
	q := &Asked{Plan: plan, AsIs: m}
	var faults []error
	for _, s := range plan.Scenarios {
		joint := &scenario.Scenario{ID: s.ID}
		change, err := Change(beside(s.With), nil, own)
		if err != nil {
			faults = append(faults, fmt.Errorf("scenario %q: %w", s.ID, err))
			continue
		}
		if change != nil {
			joint.Levers = append(joint.Levers, change.Levers...)
		}
		joint.Levers = append(joint.Levers, s.Levers...)
		changed, err := joint.Apply(m)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		q.Scenarios = append(q.Scenarios, experiment.Named{ID: s.ID, Model: changed})
	}
	if len(faults) > 0 {
		return nil, InputError{errors.Join(faults...)}
	}
	return q, nil
}

// Planned is the answer to an experiment file.
type Planned struct {
	Table       *experiment.Table
	Sensitivity *experiment.Sensitivity
}

// Run carries the experiment out.
func (q *Asked) Run(ctx context.Context, language string, progress func(done, total int)) (*Planned, error) {
	cfg := q.Plan.Config
	cfg.Language, cfg.Progress = language, progress
	out := &Planned{}
	var err error
	if len(q.Scenarios) > 0 {
		if out.Table, err = experiment.Scenarios(ctx, q.AsIs, q.Scenarios, cfg); err != nil {
			return nil, err
		}
		if s := q.Plan.Select; s != nil {
			if out.Table.Selection, err = best(ctx, q.AsIs, q.Scenarios, s, cfg); err != nil {
				return nil, err
			}
		}
	}
	if s := q.Plan.Sensitive; s != nil {
		if out.Sensitivity, err = experiment.Screen(ctx, q.AsIs, s.Factors, s.Method == "sobol", s.Points, cfg); err != nil {
			return nil, InputError{err}
		}
	}
	return out, nil
}

// best looks for the best of the scenarios and the model as it is, which is system 0.
func best(ctx context.Context, asIs *twin.Model, list []experiment.Named, s *experiment.PlannedSelection, cfg experiment.Config) (*experiment.Selection, error) {
	tell := cfg.Progress
	cfg.Progress = nil
	sample, err := experiment.Sampled(ctx, append([]experiment.Named{{Model: asIs}}, list...), cfg)
	if err != nil {
		return nil, err
	}
	if tell != nil {
		sample = counted(sample, max(s.Budget, max(s.First, 10)*(len(list)+1)), tell)
	}
	if s.Method == "ocba" {
		return experiment.OCBA(ctx, len(list)+1, s.First, s.Budget, sample)
	}
	confidence := cfg.Confidence
	if confidence == 0 {
		confidence = 0.95
	}
	return experiment.KN(ctx, len(list)+1, s.First, s.Indifference, confidence, sample)
}

// counted is a sampler that tells how many of so many replications are done; of how many
// KN needs nobody knows, so that the number doubles where it is reached.
func counted(sample experiment.Sampler, total int, tell func(done, total int)) experiment.Sampler {
	var mu sync.Mutex
	done := 0
	return func(ctx context.Context, system, replication int) (float64, error) {
		x, err := sample(ctx, system, replication)
		mu.Lock()
		defer mu.Unlock()
		if done++; done > total {
			total *= 2
		}
		tell(done, total)
		return x, err
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
