package experiment

import (
	"errors"
	"maps"
	"slices"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/yamlfile"
)

// Check makes models ready, the first of them as it is, and simulates nothing. It
// returns what is doubtful of them, such as a pool to which more work comes than it can
// do, each once; the error joins the faults of cfg, of all models, and of a figure that
// the first cannot have.
func Check(cfg Config, models ...Named) ([]error, error) {
	faults := []error{cfg.Validate()}
	var said []string
	var all []error
	for i, m := range models {
		p, err := compile(m.Model, cfg)
		if err == nil && i == 0 && cfg.Figure.Name != "" {
			err = cfg.Figure.check(m.Model, p)
		}
		if err != nil {
			if m.ID != "" {
				err = measure.Faultf("%s: %w", "%s: %s", side(m.ID), err)
			}
			faults = append(faults, err)
			continue
		}
		for _, w := range p.Warnings() {
			if !slices.Contains(said, w.Error()) {
				said, all = append(said, w.Error()), append(all, w)
			}
		}
	}
	return all, errors.Join(faults...)
}

// side names a model of a comparison in both languages.
func side(id string) *measure.Doubt {
	return &measure.Doubt{EN: id, RU: map[string]string{"as-is": "как есть", "to-be": "как должно быть"}[id]}
}

// prepare compiles the model as it is and checks that it can have the figure of cfg.
func prepare(m *twin.Model, cfg Config) (*simulator.Program, error) {
	p, err := compile(m, cfg)
	if err != nil {
		return nil, err
	}
	return p, cfg.Figure.check(m, p)
}

// check reports a figure that no result of the model can have, with those that it can.
func (f Figure) check(m *twin.Model, p *simulator.Program) error {
	known := figuresOf(m, p)
	of, ok := known[f.Name]
	switch {
	case !ok:
		return measure.Faultf("there is no figure %q: wanted %s", "показателя «%s» нет; %s", f.Name, yamlfile.Wanted(f.Name, slices.Sorted(maps.Keys(known))))
	case len(of) == 0:
		return measure.Faultf("there is no %s: the model says nothing that it could be told from (milestones for a lead time, a limit for what is overdue)", "показателя %s нет: в модели не указано, из чего его получить (вехи для времени протекания процесса, срок для просрочки)", f.Name)
	case slices.Contains(of, f.Of):
		return nil
	case f.Of == "":
		return measure.Faultf("there is no %s of all cases together: say of what, %s", "показателя %s по всем делам вместе нет: укажите, чей он; %s", f.Name, yamlfile.Wanted("", of))
	}
	if rest := slices.DeleteFunc(slices.Clone(of), func(s string) bool { return s == "" }); len(rest) > 0 {
		return measure.Faultf("there is no %s of %q: wanted %s", "показателя %s для «%s» нет; %s", f.Name, f.Of, yamlfile.Wanted(f.Of, rest))
	}
	return measure.Faultf("there is no %s of %q: it is of all cases together", "показателя %s для «%s» нет: он считается по всем делам вместе", f.Name, f.Of)
}

// figuresOf returns the names of the figures that a result of the model may have, each
// with what it may be of, "" for all cases.
func figuresOf(m *twin.Model, p *simulator.Program) map[string][]string {
	known := map[string][]string{}
	cases := func(of string, names ...string) {
		for _, name := range names {
			known[name] = append(known[name], of)
		}
	}
	always := []string{CycleTime, CycleTimeP85, WaitingTime, ProcessingTime, FlowEfficiency, LabourHours, CaseCount, AbandonedShare, SuspendedTime, CostPerCase}
	lead, due := []string{LeadTime, LeadTimeP85}, []string{OverdueShare, InTimeShare}
	for _, name := range slices.Concat(lead, due) {
		known[name] = nil
	}
	cases("", always...)
	units, limited := map[string]bool{}, false
	for _, t := range m.Processes {
		if t.RequestedBy != "" || t.DeliveredBy != "" || t.LeadTime.Unit != "" {
			units[t.LeadTime.Unit] = true
		}
		limited = limited || t.Limit != nil
	}
	if len(units) == 1 {
		cases("", lead...)
	}
	if limited {
		cases("", due...)
	}
	for _, t := range m.Processes {
		if len(m.Processes) == 1 {
			break
		}
		cases(t.ID, always...)
		if t.RequestedBy != "" || t.DeliveredBy != "" || t.LeadTime.Unit != "" {
			cases(t.ID, lead...)
		}
		if t.Limit != nil {
			cases(t.ID, due...)
		}
	}
	cases("", InProgress)
	activities := p.Activities()
	for _, a := range activities {
		of := a.Name
		if slices.ContainsFunc(activities, func(b simulator.Activity) bool { return b.Name == a.Name && b.Process != a.Process }) {
			of = p.Processes()[a.Process] + "/" + a.Name
		}
		cases(of, WaitingTime, ProcessingTime)
	}
	for _, id := range p.Pools() {
		cases(id, Utilisation, WorkedHours)
	}
	return known
}
