package cli

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// checked tells what is doubtful of models before anything is simulated, such as a pool
// to which more work comes than it can do, and returns all their faults at once. The
// first is the model as it is; where its back-test failed, nothing is simulated.
func (a *app) checked(cfg experiment.Config, models ...experiment.Named) error {
	if len(models) > 0 {
		if err := desk.Refuse(models[0].Model); err != nil {
			return err
		}
	}
	doubts, err := experiment.Check(cfg, models...)
	if err != nil {
		return desk.InputError{Err: err}
	}
	a.warn(measure.TextsIn(string(a.lang()), doubts))
	return nil
}

// aboveZero reports numbers that were given and are not above 0, where leaving them out
// means another number.
func aboveZero(c *cobra.Command, flags ...string) error {
	var faults []error
	for _, name := range flags {
		f := c.Flags().Lookup(name)
		if f == nil || !f.Changed {
			continue
		}
		if x, err := strconv.ParseFloat(f.Value.String(), 64); err == nil && !(x > 0) {
			faults = append(faults, fmt.Errorf("--%s %s: wanted a number above 0", name, f.Value))
		}
	}
	if len(faults) > 0 {
		return usageError{errors.Join(faults...)}
	}
	return nil
}

// pulled is a model as it is, and with all of some levers where they can be pulled
// together.
func pulled(m *twin.Model, levers []*scenario.Scenario) []experiment.Named {
	models := []experiment.Named{{Model: m}}
	if changed, err := scenario.Join(levers...).Apply(m); err == nil {
		models = append(models, experiment.Named{ID: "to-be", Model: changed})
	}
	return models
}
