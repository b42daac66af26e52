package whatif

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// Draft is a scenario as a person composes it: ready scenarios of the model, then levers,
// and how it is run. It stands whole in an address, and is what a kept document holds.
type Draft struct {
	Name   string   `json:"name"`
	With   []string `json:"with,omitempty"`   // ready scenarios, by identifier
	Levers []string `json:"levers,omitempty"` // each in one line, see scenario.ParseLine
	Run    Run      `json:"run"`
}

// Run is how a question is simulated. Zeros stand for what Defaults gives.
type Run struct {
	Replications int    `json:"replications"`
	Days         int    `json:"days"`
	Before       int    `json:"days_before"` // simulated first and left out
	Seed         uint64 `json:"seed"`
}

// Kept is a scenario that somebody saved.
type Kept struct {
	ID string `json:"-"`
	Of string `json:"of"` // Bench.Of
	By string `json:"by"`
	Draft
	Revision Revision `json:"-"`
}

// The greatest run that a server takes.
const (
	MostReplications = 200
	MostDays         = 3660
	MostLevers       = 200
	MostCases        = 30_000_000 // over all replications, by the rates of arrival
	nameLength       = 120
)

// Check returns all faults of a draft on a bench, each in a sentence; the scenario and
// the changed model where there is none.
func (d *Draft) Check(b *Bench) (*scenario.Scenario, *twin.Model, error) {
	s, err := d.Scenario(b)
	if err != nil {
		return nil, nil, err
	}
	m, err := s.Apply(b.Model)
	if err != nil {
		return s, nil, desk.InputError{Err: err}
	}
	return s, m, nil
}

// Scenario joins the ready scenarios and the levers of a draft.
func (d *Draft) Scenario(b *Bench) (*scenario.Scenario, error) {
	var faults []error
	s := &scenario.Scenario{ID: "what-if", Name: twin.Text{RU: d.Name, EN: d.Name}}
	for _, id := range d.With {
		ready := b.ready(id)
		if ready == nil {
			faults = append(faults, measure.Faultf("there is no ready scenario %q", "готового сценария «%s» нет", id))
			continue
		}
		s.Levers = append(s.Levers, ready.Levers...)
	}
	for _, line := range d.Levers {
		l, err := scenario.ParseLine(line)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		s.Levers = append(s.Levers, l)
	}
	if len(s.Levers) > MostLevers {
		faults = append(faults, measure.Faultf("%d levers: wanted %d at most", "мер %d, нужно не больше %d", len(s.Levers), MostLevers))
	}
	if len(faults) > 0 {
		return nil, desk.InputError{Err: errors.Join(faults...)}
	}
	return s, nil
}

func (b *Bench) ready(id string) *scenario.Scenario {
	if i := slices.IndexFunc(b.Ready, func(s *scenario.Scenario) bool { return s.ID == id }); i >= 0 {
		return b.Ready[i]
	}
	if l, err := scenario.ParseLine(id); err == nil { // suggested once
		return &scenario.Scenario{ID: id, Levers: []scenario.Lever{l}}
	}
	return nil
}

// ReadyScenario returns the ready scenario of that identifier; nil where there is none.
// What was suggested of an earlier model is its lever, without a name.
func (b *Bench) ReadyScenario(id string) *scenario.Scenario { return b.ready(id) }

// Defaults are how a question about a model is run unless told otherwise: few enough
// replications for an answer within seconds on an office machine, a year of a town of
// shared pools being dear.
func (b *Bench) Defaults() Run {
	r := Run{Replications: 20, Days: b.Model.Days, Before: b.Model.WarmUpDays, Seed: 1}
	if len(b.Model.Processes) > 3 {
		r.Replications = 12
	}
	if r.Days == 0 || r.Days > 2*366 {
		r.Days = 365
	}
	if r.Before == 0 { // a fitted model begins with empty offices
		r.Before = min(90, r.Days/4)
	}
	return r
}

// Filled takes from the defaults what is 0.
func (r Run) Filled(usual Run) Run {
	if r.Replications == 0 {
		r.Replications = usual.Replications
	}
	if r.Days == 0 {
		r.Days = usual.Days
	}
	if r.Before == 0 {
		r.Before = usual.Before
	}
	if r.Seed == 0 {
		r.Seed = usual.Seed
	}
	return r
}

// Validate returns all faults of a run of a model.
func (r Run) Validate(m *twin.Model) error {
	var faults []error
	bounds := func(what, ru string, x, low, high int) {
		if x < low || x > high {
			faults = append(faults, measure.Faultf(what+": found %d, wanted %d to %d", ru+": указано %d, нужно от %d до %d", x, low, high))
		}
	}
	bounds("replications", "прогоны", r.Replications, 2, MostReplications)
	bounds("days", "дни", r.Days, 7, MostDays)
	bounds("days before", "дни до начала", r.Before, 0, MostDays)
	if n := r.cases(m); len(faults) == 0 && n > MostCases {
		faults = append(faults, measure.Faultf("about %.0f cases would be simulated: wanted %d at most; take fewer replications or days", "пришлось бы рассчитать около %.0f дел, нужно не больше %d: возьмите меньше прогонов или дней", n, MostCases))
	}
	if err := errors.Join(faults...); err != nil {
		return desk.InputError{Err: err}
	}
	return nil
}

// cases returns about how many cases are simulated, as-is and to-be.
func (r Run) cases(m *twin.Model) float64 {
	n := 0.0
	for _, p := range m.Processes {
		if between := p.Arrivals.Between.Average(); between > 0 {
			n += float64(r.Days+r.Before) * 86400 / between
		}
	}
	return 2 * n * float64(r.Replications)
}

// Save keeps a scenario as id ("" for a new one) where it is still at a revision; see
// kept.Folder.Write.
func (r *Room) Save(k *Kept, base Revision) error {
	k.Name = strings.TrimSpace(k.Name)
	if k.Name == "" || utf8.RuneCountInString(k.Name) > nameLength {
		return desk.InputError{Err: measure.Faultf("the name of the scenario: wanted 1 to %d characters", "название сценария: нужно от 1 до %d знаков", nameLength)}
	}
	if k.ID == "" {
		k.ID = newID()
	}
	rev, err := r.scenarios.Write(k.ID, k, base)
	if err == nil {
		k.Revision = rev
	}
	return err
}

// Scenario reads a kept scenario.
func (r *Room) Scenario(id string) (*Kept, error) {
	k := &Kept{}
	rev, err := r.scenarios.Read(id, k)
	if err != nil {
		return nil, missing(err)
	}
	k.ID, k.Revision = id, rev
	return k, nil
}

// Delete deletes a kept scenario that is still at a revision.
func (r *Room) Delete(id string, base Revision) error { return r.scenarios.Delete(id, base) }

// Scenarios lists those kept of a bench, the latest first; of all where of is "".
func (r *Room) Scenarios(_ context.Context, of string) ([]*Kept, error) {
	list, err := r.scenarios.List()
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, latest)
	var out []*Kept
	for _, e := range list {
		k, err := r.Scenario(e.ID)
		if err != nil {
			continue // deleted meanwhile
		}
		if of == "" || k.Of == of {
			out = append(out, k)
		}
	}
	return out, nil
}
