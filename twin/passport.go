package twin

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/twin/yamlfile"
)

// Passport is what is said of a process on one sheet (паспорт процесса): its words are
// in Process.About, the rest is what the graph of the twin knows of it. Lists are by
// kind and identifier; an empty one says that the twin holds nothing of the sort.
type Passport struct {
	Process *Process
	Unit    Ref   // in charge; the zero Ref where the process names none
	Owners  []Ref // posts that own the process, by themselves or by a role; roles without a post
	Inputs  []Ref // documents that it uses
	Outputs []Ref // documents and services that it produces
	Systems []Ref // information systems and interfaces that it uses
	// Basis are the acts that regulate the process, Powers the powers that it exercises,
	// JobDescriptions the documents that charge posts with it.
	Basis, Powers, JobDescriptions []Ref
	Performers                     []Ref // pools, posts, roles and parties that perform it
	Indicators, Risks              []Ref
	Goals                          []Ref // that it supports, or that its indicators measure
	Measures                       []Ref // of the action plan
}

// Passport returns the passport of a process, nil where the twin has no such process.
// O(things + edges).
func (m *Model) Passport(process string) *Passport {
	return m.passport(m.Graph(), process)
}

// Passports returns the passports of all processes, in their order in the twin.
func (m *Model) Passports() []*Passport {
	g := m.Graph()
	out := make([]*Passport, len(m.Processes))
	for i, p := range m.Processes {
		out[i] = m.passport(g, p.ID)
	}
	return out
}

func (m *Model) passport(g *Graph, process string) *Passport {
	i := slices.IndexFunc(m.Processes, func(p *Process) bool { return p.ID == process })
	if i < 0 {
		return nil
	}
	p := &Passport{Process: m.Processes[i]}
	if p.Process.Unit != "" {
		p.Unit = Ref{UnitKind, p.Process.Unit}
	}
	self := Ref{ProcessKind, process}
	for _, r := range g.Owners(self) {
		if r.Kind != UnitKind {
			p.Owners = append(p.Owners, r)
		}
	}
	for _, e := range g.Out(self) {
		p.leads(e)
	}
	for _, e := range g.In(self) {
		p.comes(e)
	}
	for _, r := range p.Indicators {
		for _, e := range g.In(r) {
			if e.Relation == MeasuredBy && e.To.Kind == Goal {
				p.Goals = append(p.Goals, e.To)
			}
		}
	}
	for _, list := range []*[]Ref{&p.Inputs, &p.Outputs, &p.Systems, &p.Basis, &p.Powers, &p.JobDescriptions, &p.Performers, &p.Indicators, &p.Goals, &p.Risks, &p.Measures} {
		slices.SortFunc(*list, compareRefs)
		*list = slices.Compact(*list)
	}
	return p
}

// leads files an edge that leaves the process.
func (p *Passport) leads(e Edge) {
	switch {
	case e.Relation == Uses && e.To.Kind == Document:
		p.Inputs = append(p.Inputs, e.To)
	case e.Relation == Uses:
		p.Systems = append(p.Systems, e.To)
	case e.Relation == Produces:
		p.Outputs = append(p.Outputs, e.To)
	case e.Relation == MeasuredBy:
		p.Indicators = append(p.Indicators, e.To)
	case e.Relation == Supports && e.To.Kind == Goal:
		p.Goals = append(p.Goals, e.To)
	case e.Relation == DependsOn && e.To.Kind == Power:
		p.Powers = append(p.Powers, e.To)
	}
}

// comes files an edge that comes to the process; To is where from.
func (p *Passport) comes(e Edge) {
	switch by := e.To; {
	case e.Relation == Performs:
		p.Performers = append(p.Performers, by)
	case e.Relation == Regulates && by.Kind == Document:
		p.JobDescriptions = append(p.JobDescriptions, by)
	case e.Relation == Regulates:
		p.Basis = append(p.Basis, by)
	case by.Kind == Risk:
		p.Risks = append(p.Risks, by)
	case e.Relation == Supports && by.Kind == System:
		p.Systems = append(p.Systems, by)
	case e.Relation == Supports && by.Kind == Measure:
		p.Measures = append(p.Measures, by)
	}
}

// Work is one line of the action plan (план мероприятий, дорожная карта).
type Work struct {
	Measure    *Element
	State      string    // planned, running, done or dropped; "" where nobody has said
	Start, Due time.Time // days; zero where not given
	Owners     []Ref     // posts, roles and units in charge
	Processes  []Ref     // that it is to better
	After      []Ref     // measures that must come before
	Indicators []Ref     // that shall show the effect
	// Effect is the planned change of the indicator, in its unit; less than nothing
	// where it falls. Nil where the plan names none.
	Effect *Figure
	// Scenario is the lever set that tells the measure to a simulation, Levers those
	// of it that are meant ("delay:routed"), all where empty.
	Scenario string
	Levers   []string
}

// PlannedEffect is the figure of a measure that says what it shall bring.
const PlannedEffect = "planned-effect"

// Plan returns the action plan of the twin by due date, then identifier: all measures, or
// those of the named processes. Dates that cannot be read, which Validate tells, are
// zero. O(things + edges).
func (m *Model) Plan(processes ...string) []Work {
	g := m.Graph()
	var out []Work
	for _, e := range m.Elements {
		if e.Kind != Measure {
			continue
		}
		w := Work{Measure: e, State: e.Properties["state"], Scenario: e.Properties["scenario"], Levers: levers(e), After: only(e.To(DependsOn), Measure), Processes: only(e.To(Supports), ProcessKind), Indicators: e.To(MeasuredBy)}
		if len(processes) > 0 && !slices.ContainsFunc(w.Processes, func(r Ref) bool { return slices.Contains(processes, r.ID) }) {
			continue
		}
		w.Start, _ = day(e.Properties["start"])
		w.Due, _ = day(e.Properties["due"])
		if f, ok := e.Figures[PlannedEffect]; ok {
			w.Effect = &f
		}
		w.Owners = g.Owners(e.Ref())
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b Work) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Measure.ID, b.Measure.ID)) })
	return out
}

func only(list []Ref, kind Kind) []Ref {
	var out []Ref
	for _, r := range list {
		if r.Kind == kind {
			out = append(out, r)
		}
	}
	return out
}

// levers returns the levers that a measure names, separated by commas.
func levers(e *Element) []string {
	var out []string
	for s := range strings.SplitSeq(e.Properties["levers"], ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// day reads a date of a property; "" is no date.
func day(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, s)
}

// measure checks the dates and the effect of a line of the action plan.
func (v *validator) measure(e *Element, at func(...string) string) {
	var when [2]time.Time
	for i, key := range []string{"start", "due"} {
		var err error
		if when[i], err = day(e.Properties[key]); err != nil {
			v.fault(at("properties"), "%s %q: property %q: found %q, wanted a date such as 2019-09-30", e.Kind, e.ID, key, e.Properties[key])
		}
	}
	if !when[0].IsZero() && !when[1].IsZero() && when[1].Before(when[0]) {
		v.fault(at("properties"), "%s %q: it is due on %s, before it starts on %s", e.Kind, e.ID, e.Properties["due"], e.Properties["start"])
	}
	if len(levers(e)) > 0 && e.Properties["scenario"] == "" {
		v.fault(at("properties"), "%s %q: it names levers and not the scenario that has them", e.Kind, e.ID)
	}
	if f, ok := e.Figures[PlannedEffect]; ok && f.Unit == "" {
		v.fault(at("figures", PlannedEffect), "%s %q: figure %q has no unit", e.Kind, e.ID, PlannedEffect)
	}
	if _, ok := e.Figures[PlannedEffect]; ok && len(e.To(MeasuredBy)) == 0 {
		v.fault(at(string(MeasuredBy)), "%s %q: it plans an effect and names no indicator that shall show it", e.Kind, e.ID)
	}
}

// category checks the place of a process in the register.
func (v *validator) category(p *Process, at func(...string) string) {
	if c := p.About.Category; c != "" && !slices.Contains(Categories, c) {
		v.fault(at("category"), "process %q: found the category %q, wanted %s", p.ID, c, yamlfile.Wanted(string(c), texts(Categories)))
	}
}
