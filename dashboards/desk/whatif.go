package desk

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

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
