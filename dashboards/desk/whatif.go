package desk

import (
	"context"
	"fmt"
	"math"

	"github.com/uprava/uprava/dashboards/web"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// whatIfReplications is the number of replications behind each line of a
// comparison.
const whatIfReplications = 40

// Compared is a model with the scenarios it is compared under.
type Compared struct {
	Model     *twin.Model
	Process   string // whose lead time is compared; "" where the model has one process
	Scenarios []*scenario.Scenario
	Config    experiment.Config
}

// Outcome is one line of a comparison: the first is the model as it is.
type Outcome struct {
	Scenario   *scenario.Scenario // nil for as-is
	Model      *twin.Model
	Result     *experiment.Result
	LeadTime   experiment.KPI
	P85        experiment.KPI
	Overdue    *experiment.KPI     // nil where there is no limit
	Difference *measure.Comparison // of lead time against as-is, paired by replication; nil for as-is
}

// Compare runs the model as it is and under each scenario on common random
// numbers. Progress counts the replications of all of them.
func Compare(ctx context.Context, c Compared) ([]Outcome, error) {
	tell := c.Config.Progress
	total := (1 + len(c.Scenarios)) * c.Config.Replications
	var out []Outcome
	for i := range len(c.Scenarios) + 1 {
		o := Outcome{Model: c.Model}
		if i > 0 {
			o.Scenario = c.Scenarios[i-1]
			changed, err := o.Scenario.Apply(c.Model)
			if err != nil {
				return nil, InputError{fmt.Errorf("applying scenario %q: %w", o.Scenario.ID, err)}
			}
			o.Model = changed
		}
		cfg := c.Config
		if tell != nil {
			cfg.Progress = func(done, _ int) { tell(i*c.Config.Replications+done, total) }
		}
		var err error
		if o.Result, err = experiment.Run(ctx, o.Model, cfg); err != nil {
			return nil, err
		}
		if err := o.read(c.Process); err != nil {
			return nil, err
		}
		if i > 0 {
			p, err := measure.Paired(out[0].LeadTime.Values, o.LeadTime.Values, o.LeadTime.Confidence)
			if err != nil {
				return nil, fmt.Errorf("comparing scenario %q with as-is: %w", o.Scenario.ID, err)
			}
			o.Difference = &p
		}
		out = append(out, o)
	}
	return out, nil
}

// read takes the figures of the process out of the result. A process without
// milestones, or whose lead time is counted in working time, is measured from arrival to
// end by the wall clock.
func (o *Outcome) read(process string) error {
	find := func(of string, names ...string) (experiment.KPI, bool) {
		for _, name := range names {
			if k, ok := o.Result.Find(name, of); ok && (k.Unit == measure.Second || k.Unit == measure.Share) {
				return k, true
			}
		}
		return experiment.KPI{}, false
	}
	if len(o.Model.Processes) < 2 {
		process = ""
	}
	var ok bool
	if o.LeadTime, ok = find(process, experiment.LeadTime, experiment.CycleTime); !ok {
		return fmt.Errorf("the simulation gave no lead time of %q", process)
	}
	o.P85, _ = find(process, experiment.LeadTimeP85, experiment.CycleTimeP85)
	if k, ok := find(process, experiment.OverdueShare); ok {
		o.Overdue = &k
	}
	return nil
}

func estimate(k experiment.KPI) web.Estimate {
	return web.Estimate{Mean: float64(k.Mean), Low: float64(k.Low), High: float64(k.High)}
}

// whatIf turns a comparison into what a page shows.
func whatIf(out []Outcome, mined float64) *web.WhatIf {
	w := &web.WhatIf{Mined: mined}
	if math.IsInf(mined, 0) {
		w.Mined = math.NaN()
	}
	seen := map[string]bool{}
	for i, o := range out {
		s := web.Scenario{LeadTime: estimate(o.LeadTime), P85: estimate(o.P85), Headcount: o.Model.Headcount()}
		if i == 0 {
			s.Name = twin.Text{RU: "«Как есть»", EN: "As-is"}
		} else {
			s.Name = o.Scenario.Name
		}
		if o.Overdue != nil {
			e := estimate(*o.Overdue)
			s.Overdue = &e
		}
		if o.Difference != nil {
			s.Difference = &web.Estimate{Mean: o.Difference.Difference, Low: o.Difference.Interval.Low, High: o.Difference.Interval.High}
		}
		w.Scenarios = append(w.Scenarios, s)
		for _, warning := range o.Result.Warnings {
			if !seen[warning.Error()] {
				seen[warning.Error()] = true
				w.Warnings = append(w.Warnings, warning)
			}
		}
	}
	e := out[0].Result.Evidence
	w.Evidence = web.Evidence{Replications: e.Replications, Warmup: e.Warmup, Cases: e.Cases / max(1, e.Replications), Seed: e.Seed, Hash: e.InputHash, BackTest: e.BackTest, Assumptions: len(e.Assumptions)}
	return w
}
