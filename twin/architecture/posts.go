package architecture

import (
	"math"
	"slices"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
)

// Performer is a group of people upon whom several processes depend.
type Performer struct {
	Pool      twin.Ref  `json:"pool"`
	Name      twin.Text `json:"name"`
	People    int       `json:"people"`
	Processes []string  `json:"processes"`
	// Load is the share of their hours that they work, with its interval; NaN where it
	// was not simulated.
	Load measure.Number `json:"load"`
	Low  measure.Number `json:"low"`
	High measure.Number `json:"high"`
	// Alone: there is one person, and all these processes stop without them.
	Alone bool `json:"alone"`
}

// Performers returns the pools of a twin, those upon whom most processes depend first,
// with their load in a simulation. A result that is nil gives none.
func Performers(m *twin.Model, r *experiment.Result) []Performer {
	g := m.Graph()
	var out []Performer
	for _, p := range m.Pools {
		x := Performer{Pool: twin.Ref{Kind: twin.PoolKind, ID: p.ID}, Name: p.Name, People: p.Size, Processes: []string{}}
		if len(p.Members) > 0 {
			x.People = len(p.Members)
		}
		for _, e := range g.Out(x.Pool) {
			if e.Relation == twin.Performs && e.To.Kind == twin.ProcessKind {
				x.Processes = append(x.Processes, e.To.ID)
			}
		}
		none := measure.Number(math.NaN())
		x.Load, x.Low, x.High = none, none, none
		if r != nil {
			if k, ok := r.Find(experiment.Utilisation, p.ID); ok {
				x.Load, x.Low, x.High = k.Mean, k.Low, k.High
			}
		}
		x.Alone = x.People == 1 && len(x.Processes) > 0
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b Performer) int { return len(b.Processes) - len(a.Processes) })
	return out
}

// Single is a procedure that one post alone performs.
type Single struct {
	Post       twin.Ref   `json:"post"`
	Name       twin.Text  `json:"name"`
	Procedures []twin.Ref `json:"procedures"`
	// Executions a year that stop without the post, as far as the twin knows them.
	Executions measure.Number `json:"executions_a_year"`
}

// Singles returns the posts without which procedures stop, those of most executions
// first.
func Singles(m *twin.Model) []Single {
	g := m.Graph()
	at := map[twin.Ref]*Single{}
	var out []*Single
	for _, e := range m.Elements {
		if e.Kind != twin.Procedure {
			continue
		}
		var by []twin.Ref
		for _, x := range g.In(e.Ref()) {
			if x.Relation == twin.Performs {
				by = append(by, x.To)
			}
		}
		if len(by) != 1 || by[0].Kind != twin.Post {
			continue
		}
		s := at[by[0]]
		if s == nil {
			s = &Single{Post: by[0], Name: g.Name(by[0])}
			at[by[0]] = s
			out = append(out, s)
		}
		s.Procedures = append(s.Procedures, e.Ref())
		s.Executions += measure.Number(e.Figures["executions-a-year"].Value)
	}
	slices.SortStableFunc(out, func(a, b *Single) int {
		switch {
		case a.Executions > b.Executions:
			return -1
		case a.Executions < b.Executions:
			return 1
		}
		return 0
	})
	list := make([]Single, len(out))
	for i, s := range out {
		list[i] = *s
	}
	return list
}
