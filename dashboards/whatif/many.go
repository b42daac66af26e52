package whatif

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// Table is the answer to a comparison of many scenarios. The intervals of a figure hold
// together over the rows.
type Table struct {
	Figure   experiment.Figure   `json:"figure"`
	AsIs     []experiment.KPI    `json:"as_is"`
	Rows     []Row               `json:"rows"`
	People   int                 `json:"headcount"`
	Evidence experiment.Evidence `json:"evidence"`
	Doubts   []twin.Text         `json:"warnings"`
}

// Row is one scenario.
type Row struct {
	Name   twin.Text               `json:"name"`
	KPIs   []experiment.KPI        `json:"kpis"`
	Pairs  []experiment.Difference `json:"differences"`
	Best   bool                    `json:"may_be_best"`
	People int                     `json:"headcount"`
}

// Find returns a figure of the row, and its difference from as-is.
func (w *Row) Find(of string, names ...string) (experiment.Difference, bool) {
	return find(w.Pairs, of, names...)
}

// most scenarios that are compared at once.
const mostCompared = 20

func compare(ctx context.Context, m *twin.Model, list []*scenario.Scenario, q *Ask, tell Told) (*Table, error) {
	if len(list) == 0 || len(list) > mostCompared {
		return nil, desk.InputError{Err: fmt.Errorf("comparing scenarios: found %d, wanted 1 to %d", len(list), mostCompared)}
	}
	cfg := q.config(func(done, total int) { tell(done, total, nil) })
	cfg.Figure = figure(m, q.Process)
	var named []experiment.Named
	for i, s := range list {
		changed, err := s.Apply(m)
		if err != nil {
			return nil, desk.InputError{Err: err}
		}
		named = append(named, experiment.Named{ID: fmt.Sprint(i), Model: changed})
	}
	t, err := experiment.Scenarios(ctx, m, named, cfg)
	if err != nil {
		return nil, err
	}
	out := &Table{Figure: t.Figure, AsIs: t.AsIs.KPIs, People: m.Headcount(), Evidence: t.AsIs.Evidence}
	warnings := slices.Concat(t.Warnings, t.AsIs.Warnings)
	for i, row := range t.Rows {
		out.Rows = append(out.Rows, Row{list[i].Name, row.Result.KPIs, row.Differences, row.Best, named[i].Model.Headcount()})
		warnings = append(warnings, row.Result.Warnings...)
	}
	out.Doubts = texts(warnings)
	return out, nil
}

// figure is the mean lead time of a process as results name it.
func figure(m *twin.Model, process string) experiment.Figure {
	i := max(0, slices.IndexFunc(m.Processes, func(p *twin.Process) bool { return p.ID == process }))
	f := experiment.Figure{Name: experiment.CycleTime}
	if len(m.Processes) > 1 {
		f.Of = m.Processes[i].ID
	}
	if p := m.Processes[i]; p.DeliveredBy != "" || p.RequestedBy != "" || p.LeadTime != (twin.Span{}) {
		f.Name = experiment.LeadTime
	}
	return f
}

// Figure is the mean lead time of the process of a bench.
func (b *Bench) Figure() experiment.Figure { return figure(b.Model, b.Process) }

// Shares is the answer to an attribution.
type Shares struct {
	*experiment.Attribution
	Names  map[string]twin.Text `json:"names"` // of levers, by identifier
	Stages map[string]twin.Text `json:"stage_names"`
	Doubts []twin.Text          `json:"warnings"`
}

func attribute(ctx context.Context, m *twin.Model, list []*scenario.Scenario, q *Ask, tell Told) (*Shares, error) {
	out := &Shares{Names: map[string]twin.Text{}, Stages: map[string]twin.Text{}}
	var offered []*scenario.Scenario
	for _, l := range q.Offered {
		s, err := l.Scenario()
		if err != nil {
			return nil, desk.InputError{Err: err}
		}
		offered = append(offered, s)
	}
	for _, s := range slices.Concat(list, offered) {
		out.Names[s.ID] = s.Name
	}
	cfg := q.config(func(done, total int) { tell(done, total, nil) })
	cfg.Figure = figure(m, q.Process)
	var err error
	if out.Attribution, err = experiment.Attribute(ctx, m, list, experiment.AttributeConfig{Offered: offered}, cfg); err != nil {
		return nil, err
	}
	labels := desk.Labels(m)
	for _, e := range out.Others {
		for _, s := range e.Stages {
			if t, ok := labels[s.Activity]; ok {
				out.Stages[s.Activity] = t
			}
		}
	}
	out.Doubts = texts(out.Warnings)
	return out, nil
}

// mostShared is the greatest number of parts among which an effect is shared: every set of
// them is run.
const mostShared = 6

// Parts splits the levers of a scenario into parts among which its effect can be shared:
// ready scenarios of the model where all of their levers are among them, the smallest
// first, else single levers, joined by process and at last into one where there are too
// many. The further ready scenarios that touch the same process are offered besides.
func Parts(b *Bench, s *scenario.Scenario) (parts, offered []Lines) {
	left := map[string]bool{}
	var order []string
	for _, l := range s.Levers {
		if line := l.Line(); !left[line] {
			left[line] = true
			order = append(order, line)
		}
	}
	ready := slices.Clone(b.Ready)
	slices.SortStableFunc(ready, func(x, y *scenario.Scenario) int { return len(x.Levers) - len(y.Levers) })
	touched := map[string]bool{}
	var rest []*scenario.Scenario
	for _, one := range ready {
		lines := LinesOf(one)
		if len(lines.Levers) == 0 || slices.ContainsFunc(lines.Levers, func(x string) bool { return !left[x] }) {
			rest = append(rest, one)
			continue
		}
		for _, x := range lines.Levers {
			delete(left, x)
		}
		parts = append(parts, lines)
	}
	for _, line := range order {
		if left[line] {
			parts = append(parts, Lines{ID: line, Name: twin.Text{RU: line, EN: line}, Levers: []string{line}})
		}
	}
	for _, p := range parts {
		touched[about(p)] = true
	}
	if len(parts) > mostShared {
		parts = byProcess(parts, b.Model)
	}
	for _, one := range rest {
		lines := LinesOf(one)
		if len(parts)+len(offered) < mostShared && len(one.Levers) <= 2 && touched[about(lines)] && !slices.ContainsFunc(lines.Levers, func(x string) bool { return slices.Contains(order, x) }) {
			offered = append(offered, lines)
		}
	}
	return parts, offered
}

// about is the process that the first lever of a part names.
func about(p Lines) string {
	if s, err := p.Scenario(); err == nil && len(s.Levers) > 0 {
		return s.Levers[0].Process
	}
	return ""
}

func byProcess(parts []Lines, m *twin.Model) []Lines {
	var out []Lines
	at := map[string]int{}
	for _, p := range parts {
		key := about(p)
		i, ok := at[key]
		if !ok {
			name := twin.Text{RU: "прочее", EN: "the rest"}
			for _, q := range m.Processes {
				if q.ID == key {
					name = q.Name
				}
			}
			i = len(out)
			at[key] = i
			out = append(out, Lines{ID: "of:" + key, Name: name})
		}
		out[i].Levers = append(out[i].Levers, p.Levers...)
	}
	for len(out) > mostShared {
		last := out[len(out)-1]
		out = out[:len(out)-1]
		out[len(out)-1].Levers = append(out[len(out)-1].Levers, last.Levers...)
		out[len(out)-1].Name = twin.Text{RU: "прочие процессы", EN: "other processes"}
	}
	return out
}

// Search says what an optimisation may choose and what must hold.
type Search struct {
	Pools []experiment.PoolRange `json:"pools,omitempty"`
	// Cost is the second objective: experiment.Headcount or experiment.HourlyCost.
	Cost string `json:"cost"`
	// Overdue, where not 0, is the greatest share of late cases; Keep that no more people
	// are wanted than there are; Budget, where not 0, the greatest cost of an hour.
	Overdue     float64 `json:"overdue,omitempty"`
	Keep        bool    `json:"keep_headcount,omitempty"`
	Budget      float64 `json:"budget,omitempty"`
	Population  int     `json:"population"`
	Generations int     `json:"generations"`
}

// Found is the answer to an optimisation.
type Found struct {
	*experiment.Front
	Names  map[string]twin.Text `json:"names"`
	Doubts []twin.Text          `json:"warnings"`
}

func front(ctx context.Context, m *twin.Model, list []*scenario.Scenario, q *Ask, tell Told) (*Found, error) {
	if q.Search == nil {
		return nil, desk.InputError{Err: errors.New("optimising: found nothing to look for")}
	}
	lead := figure(m, q.Process)
	o := experiment.OptimiseConfig{Pools: q.Search.Pools, Levers: list, Objectives: []experiment.Figure{lead, {Name: q.Search.Cost}},
		Budget: q.Search.Budget, Population: q.Search.Population, Generations: q.Search.Generations, Screening: 3}
	if q.Search.Keep {
		o.Headcount = m.Headcount()
	}
	if q.Search.Overdue > 0 {
		o.Constraints = append(o.Constraints, experiment.Constraint{Figure: experiment.Figure{Name: experiment.OverdueShare, Of: lead.Of}, AtMost: &q.Search.Overdue})
	}
	f, err := experiment.Optimise(ctx, m, o, q.config(func(done, total int) { tell(done, total, nil) }))
	if err != nil {
		if ctx.Err() == nil {
			err = desk.InputError{Err: err}
		}
		return nil, err
	}
	out := &Found{Front: f, Names: map[string]twin.Text{}, Doubts: texts(f.Warnings)}
	for _, s := range list {
		out.Names[s.ID] = s.Name
	}
	return out, nil
}
