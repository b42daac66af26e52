package scenario

import (
	"errors"
	"slices"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// OfMeasure returns what a line of the action plan changes: the levers that it names of
// its scenario, which must be one of those given, or all of them. Its identifier and
// name are those of the measure.
func OfMeasure(w twin.Work, all []*Scenario) (*Scenario, error) {
	i := slices.IndexFunc(all, func(s *Scenario) bool { return s.ID == w.Scenario })
	if i < 0 {
		var known []string
		for _, s := range all {
			known = append(known, s.ID)
		}
		return nil, measure.Faultf("measure %q: found the scenario %q, wanted one of %q", "мероприятие «%s»: указан сценарий «%s», нужен один из %s", w.Measure.ID, w.Scenario, known)
	}
	out := &Scenario{ID: w.Measure.ID, Name: w.Measure.Name, Reason: w.Measure.Text}
	if len(w.Levers) == 0 {
		out.Levers = slices.Clone(all[i].Levers)
		return out, nil
	}
	left := slices.Clone(w.Levers)
	for _, l := range all[i].Levers {
		name := string(l.Kind) + ":" + l.Target
		if slices.Contains(w.Levers, name) {
			out.Levers = append(out.Levers, l)
			left = slices.DeleteFunc(left, func(s string) bool { return s == name })
		}
	}
	var faults []error
	for _, s := range left {
		faults = append(faults, measure.Faultf("measure %q: scenario %q has no lever %q", "мероприятие «%s»: в сценарии «%s» нет меры «%s»", w.Measure.ID, w.Scenario, s))
	}
	return out, errors.Join(faults...)
}

// OfPlan returns what each line of an action plan that names a scenario changes.
func OfPlan(plan []twin.Work, all []*Scenario) ([]*Scenario, error) {
	var out []*Scenario
	var faults []error
	for _, w := range plan {
		if w.Scenario == "" {
			continue
		}
		s, err := OfMeasure(w, all)
		faults = append(faults, err)
		out = append(out, s)
	}
	return out, errors.Join(faults...)
}
