package whatif

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// Factor is an amount that is not known for sure: a lever, and from where to where its
// amount may lie. See experiment.Factor.
type Factor struct {
	Lever string  `json:"lever"` // in a line
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// Screen says what a sensitivity varies and along how many trajectories.
type Screen struct {
	Factors      []Factor `json:"factors"`
	Trajectories int      `json:"trajectories"`
}

// The greatest sensitivity that a server takes, and what is usual.
const (
	MostFactors      = 12
	MostTrajectories = 30
	Trajectories     = 6
)

// Sensitive is the answer to a sensitivity.
type Sensitive struct {
	*experiment.Sensitivity
	Factors  []Factor            `json:"factors"`
	AsIs     experiment.KPI      `json:"as_is"`
	Evidence experiment.Evidence `json:"evidence"`
	Doubts   []twin.Text         `json:"warnings"`
}

// usualSteps is how many steps are offered to be varied: those with the longest times.
const usualSteps = 5

// Factors returns what of the process of a bench may be varied: arrivals by a fifth, the
// times of its longest steps by a quarter, each of its pools by a person.
func (b *Bench) Factors() []Factor {
	var out []Factor
	i := slices.IndexFunc(b.Model.Processes, func(p *twin.Process) bool { return p.ID == b.Process })
	if i < 0 {
		return nil
	}
	p := b.Model.Processes[i]
	add := func(l scenario.Lever, low, high float64) { out = append(out, Factor{l.Line(), low, high}) }
	if p.Arrivals.Between.Law != "" {
		add(scenario.Lever{Kind: scenario.Arrivals, Target: p.ID, Scale: 1}, 0.8, 1.2)
	}
	type step struct {
		id   string
		time float64
	}
	var steps []step
	pools := map[string]bool{}
	for id, t := range p.Tasks {
		if x := t.Time.Average() + t.Delay.Average(); x > 0 {
			steps = append(steps, step{id, x})
		}
		for _, pool := range t.Pools {
			pools[pool] = true
		}
	}
	slices.SortFunc(steps, func(x, y step) int { return cmp.Or(cmp.Compare(y.time, x.time), cmp.Compare(x.id, y.id)) })
	for _, s := range steps[:min(usualSteps, len(steps))] {
		l := scenario.Lever{Kind: scenario.Step, Target: s.id, Scale: 1}
		if len(b.Model.Processes) > 1 {
			l.Process = p.ID
		}
		add(l, 0.75, 1.25)
	}
	for i := range b.Model.Pools {
		one := &b.Model.Pools[i]
		if n := max(one.Size, len(one.Members)); pools[one.ID] && n > 0 {
			add(scenario.Lever{Kind: scenario.Pool, Target: one.ID, Size: n}, float64(max(1, n-1)), float64(n+1))
		}
	}
	return out
}

// factors reads them back, with all faults at once.
func (s *Screen) factors(m *twin.Model) ([]experiment.Factor, error) {
	var out []experiment.Factor
	var faults []error
	if n := len(s.Factors); n < 1 || n > MostFactors {
		faults = append(faults, fmt.Errorf("found %d things to vary, wanted 1 to %d", n, MostFactors))
	}
	if s.Trajectories < 2 || s.Trajectories > MostTrajectories {
		faults = append(faults, fmt.Errorf("trajectories: found %d, wanted 2 to %d", s.Trajectories, MostTrajectories))
	}
	for _, f := range s.Factors {
		l, err := scenario.ParseLine(f.Lever)
		if err == nil && !(f.Low >= 0 && f.Low < f.High) {
			err = fmt.Errorf("%s: found %g to %g, wanted two numbers from 0, the lower first", f.Lever, f.Low, f.High)
		}
		x := experiment.Factor{ID: f.Lever, Lever: l, Low: f.Low, High: f.High}
		if err == nil {
			for _, at := range []float64{0, 1} {
				if err == nil {
					err = x.Check(m, at)
				}
			}
		}
		if err != nil {
			faults = append(faults, err)
		}
		out = append(out, x)
	}
	if len(faults) > 0 {
		return nil, desk.InputError{Err: errors.Join(faults...)}
	}
	return out, nil
}

func sensitive(ctx context.Context, m *twin.Model, q *Ask, tell Told) (*Sensitive, error) {
	factors, err := q.Screen.factors(m)
	if err != nil {
		return nil, err
	}
	cfg := q.config(nil)
	cfg.Figure = figure(m, q.Process)
	asIs, err := experiment.Run(ctx, m, cfg)
	if err != nil {
		return nil, err
	}
	out := &Sensitive{Factors: q.Screen.Factors, Evidence: asIs.Evidence, Doubts: texts(asIs.Warnings)}
	out.Evidence.BackTest = ""
	out.AsIs, _ = asIs.Find(cfg.Figure.Name, cfg.Figure.Of)
	cfg.Progress = func(done, total int) { tell(done, total, nil) }
	out.Sensitivity, err = experiment.Screen(ctx, m, factors, false, q.Screen.Trajectories, cfg)
	return out, err
}
