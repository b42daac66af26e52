package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/uprava/uprava/dashboards/api"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin/scenario"
)

// Programs returns what other programs may ask.
func (d *Desk) Programs() api.Backend { return programs{d} }

type programs struct{ desk *Desk }

func (p programs) Logs(ctx context.Context) ([]api.Log, error) {
	list, err := p.desk.store.Logs(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]api.Log, len(list))
	for i, l := range list {
		out[i] = api.Log{Name: l.Name, Cases: l.Cases, Events: l.Events, Quarantined: l.Quarantined, First: l.First, Last: l.Last}
	}
	return out, nil
}

func (p programs) Mine(ctx context.Context, cfg api.MineConfig) (*mining.Overview, error) {
	o, err := p.desk.Mine(ctx, cfg.Log, Look{Events: cfg.Events, Classifier: cfg.Classifier})
	return o, asked(err)
}

// Simulate answers as `uprava simulate` does: a scenario is compared with the
// model as it is.
func (p programs) Simulate(ctx context.Context, cfg api.SimulateConfig) (json.Marshaler, error) {
	s, err := p.desk.subjectNamed(ctx, cfg.Model)
	if err != nil {
		return nil, asked(err)
	}
	if cfg.Scenario == "" {
		r, err := experiment.Run(ctx, s.model, cfg.Experiment)
		return r, asked(err)
	}
	change, err := s.scenario(cfg.Scenario)
	if err != nil {
		return nil, asked(err)
	}
	changed, err := change.Apply(s.model)
	if err != nil {
		return nil, asked(InputError{err})
	}
	c, err := experiment.Compare(ctx, s.model, changed, cfg.Experiment)
	return c, asked(err)
}

// scenario returns one of the subject's scenarios.
func (s *subject) scenario(id string) (*scenario.Scenario, error) {
	var known []string
	for _, sc := range s.scenarios {
		if sc.ID == id {
			return sc, nil
		}
		known = append(known, sc.ID)
	}
	return nil, notFound("scenario", id, known)
}

// asked tells the API which errors are the asker's.
func asked(err error) error {
	var input InputError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &input):
		return fmt.Errorf("%w: %w", api.ErrInvalid, err)
	}
	return err
}
