package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/api"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/cohort"
	"github.com/uprava/uprava/mining/drift"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/predict"
	"github.com/uprava/uprava/mining/rootcause"
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
	o, err := p.desk.Mine(ctx, cfg.Log, lookOf(cfg))
	return o, asked(err)
}

// Simulate answers as `uprava simulate` does: a scenario is compared with the
// model as it is.
func (p programs) Simulate(ctx context.Context, cfg api.SimulateConfig) (json.Marshaler, error) {
	s, err := p.desk.subjectNamed(ctx, cfg.Model)
	if err != nil {
		return nil, asked(err)
	}
	if err := Refuse(s.model); err != nil {
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

func lookOf(cfg api.MineConfig) Look {
	return Look{Events: cfg.Events, Classifier: cfg.Classifier, Filter: cfg.Filter}
}

// analyses are the questions that programs may ask besides, by name. Each takes the
// options of its command out of o and leaves those it does not know.
var analyses = map[string]func(ctx context.Context, d *Desk, log string, k Look, o options) (any, error){
	"quality": func(ctx context.Context, d *Desk, log string, k Look, _ options) (any, error) {
		return d.Quality(ctx, log, k.Filter)
	},
	"times": func(ctx context.Context, d *Desk, log string, k Look, _ options) (any, error) {
		return d.Times(ctx, log, k, nil)
	},
	"discover": func(ctx context.Context, d *Desk, log string, k Look, o options) (any, error) {
		algorithm := o.text("algorithm", "im")
		parameters := map[string]string(o)
		f, err := d.FindModel(ctx, log, k, algorithm, parameters)
		clear(o)
		return f, err
	},
	"predict": func(ctx context.Context, d *Desk, log string, k Look, o options) (any, error) {
		cfg := predict.Config{Due: o.text("due", "")}
		if end := o.text("end", ""); end != "" {
			cfg.Ends = []string{end}
		}
		var err error
		if cfg.Limit, err = o.duration("limit"); err != nil {
			return nil, err
		}
		if err := o.known("predict"); err != nil {
			return nil, err
		}
		return d.Predict(ctx, log, k, cfg)
	},
	"drift": func(ctx context.Context, d *Desk, log string, k Look, o options) (any, error) {
		if err := o.known("drift"); err != nil {
			return nil, err
		}
		r, _, err := d.Drift(ctx, log, k, drift.Config{})
		return r, err
	},
	"compare": func(ctx context.Context, d *Desk, log string, k Look, o options) (any, error) {
		by, with, second := o.text("by", ""), o.text("with", log), o.text("with-filter", "")
		if err := o.known("compare"); err != nil {
			return nil, err
		}
		if by != "" {
			e, _, err := d.CompareBy(ctx, log, k, by, cohort.Config{Without: []string{by}})
			return e, err
		}
		other := k
		var err error
		if second != "" {
			if other.Filter, err = filter.Parse(second); err != nil {
				return nil, InputError{err}
			}
		}
		r, _, err := d.CompareWith(ctx, log, k, with, other, cohort.Config{})
		return r, err
	},
	"explain": func(ctx context.Context, d *Desk, log string, k Look, o options) (any, error) {
		what := OutcomeConfig{Outcome: o.text("outcome", "long"), Due: o.text("due", ""), Above: 0.85}
		var err error
		if what.Limit, err = o.duration("limit"); err != nil {
			return nil, err
		}
		if err := o.known("explain"); err != nil {
			return nil, err
		}
		r, _, err := d.Explain(ctx, log, k, what, rootcause.Config{})
		return r, err
	},
}

// Analyse answers as the command of that name does.
func (p programs) Analyse(ctx context.Context, cfg api.AnalyseConfig) (any, error) {
	run, ok := analyses[cfg.Analysis]
	if !ok {
		return nil, api.Invalid(fmt.Errorf("there is no analysis %q; there are %q", cfg.Analysis, slices.Sorted(maps.Keys(analyses))))
	}
	o := options(maps.Clone(cfg.Options))
	if o == nil {
		o = options{}
	}
	v, err := run(ctx, p.desk, cfg.Log, lookOf(cfg.MineConfig), o)
	if err == nil {
		err = o.known(cfg.Analysis)
	}
	return v, asked(err)
}

// options are what a command takes by the names of its flags.
type options map[string]string

// text takes an option out.
func (o options) text(name, usual string) string {
	v, ok := o[name]
	delete(o, name)
	if !ok {
		return usual
	}
	return v
}

// duration takes out a duration such as 30d or 12h; 0 where there is none.
func (o options) duration(name string) (time.Duration, error) {
	s := o.text(name, "")
	if s == "" {
		return 0, nil
	}
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.ParseFloat(days, 64); err == nil && n > 0 && n < 100*366 {
			return time.Duration(n * 24 * float64(time.Hour)), nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, InputError{fmt.Errorf("%s %q: wanted such as 30d or 12h", name, s)}
	}
	return d, nil
}

// known is an error where options are left that nothing took.
func (o options) known(analysis string) error {
	if len(o) == 0 {
		return nil
	}
	return InputError{fmt.Errorf("%s takes no %q over this interface", analysis, slices.Sorted(maps.Keys(o)))}
}
