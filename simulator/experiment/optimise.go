package experiment

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// OptimiseConfig says what may be chosen, what is wanted and what must hold.
type OptimiseConfig struct {
	Pools  []PoolRange          // numbers of people
	Levers []*scenario.Scenario // each pulled or not
	// Objectives are made small, those of which more is better great.
	Objectives  []Figure
	Constraints []Constraint
	// Headcount, where not 0, is the greatest number of people in all pools together;
	// Budget, where not 0, the greatest cost of an hour of all of them, in roubles.
	Headcount int
	Budget    float64
	// Population and Generations of the search; 0 means 24 and 12. Choices are run
	// with Screening replications, 0 meaning 5, those of the answer with as many as
	// the experiment asks for, on draws of their own.
	Population, Generations, Screening int
}

// PoolRange is a pool whose size may be chosen.
type PoolRange struct {
	Pool      string
	Low, High int
}

// Constraint is a figure that must not be above AtMost, nor below AtLeast.
type Constraint struct {
	Figure
	AtMost, AtLeast *float64
}

// HourlyCost as an objective or constraint is the cost of an hour of all people, in
// roubles; Headcount their number. They are known without a simulation.
const (
	HourlyCost = "hourly_cost"
	Headcount  = "headcount"
)

// Front is the answer: choices of which none beats another in all objectives.
type Front struct {
	Objectives []Figure `json:"objectives"`
	Choices    []Choice `json:"choices"`
	AsIs       Choice   `json:"as_is"`
	Tried      int      `json:"tried"` // different choices that were run
	Screening  int      `json:"screening_replications"`
	Evidence   Evidence `json:"evidence"` // of the model as it is
	Warnings   []error  `json:"-"`
}

// Choice is one of them. Its figures come from replications that the search has not
// seen, so that they are not too good by having been chosen.
type Choice struct {
	Pools   map[string]int `json:"pools"`
	Levers  []string       `json:"levers"`
	Figures []KPI          `json:"figures"` // the objectives, then the constraints
	// Load is the utilisation of each pool whose number of people may be chosen: who
	// is added to or taken from a pool should know how busy it is.
	Load []KPI `json:"load"`
	// Holds says that no constraint is broken in the mean of the fresh replications.
	Holds bool `json:"holds"`
}

// Optimise looks for the best choices of staff and levers by NSGA-II over runs of the
// model on common random numbers.
func Optimise(ctx context.Context, asIs *twin.Model, o OptimiseConfig, cfg Config) (*Front, error) {
	if err := cfg.Validate(); err != nil {
		return nil, measure.Faultf("checking the configuration of the experiment: %w", "проверка настроек расчёта: %s", err)
	}
	cfg = cfg.filled()
	cfg.Precision = 0
	o.Population, o.Generations, o.Screening = cmp.Or(o.Population, 24), cmp.Or(o.Generations, 12), cmp.Or(o.Screening, 5)
	s := &search{asIs: asIs, o: o, cfg: cfg}
	if err := s.check(); err != nil {
		return nil, err
	}
	p, err := compile(asIs, cfg)
	if err != nil {
		return nil, err
	}
	if err := s.figures(p); err != nil {
		return nil, err
	}
	if _, err := settleWarmup(ctx, &cfg, p); err != nil {
		return nil, err
	}
	screening := cfg
	screening.Replications, screening.Progress = min(o.Screening, cfg.Replications), nil
	total := o.Population * (o.Generations + 2)
	judge := func(genes []genome) ([]verdict, error) {
		out := make([]verdict, len(genes))
		for i, g := range genes {
			c, err := s.run(ctx, g, screening)
			if err != nil {
				return nil, err
			}
			out[i] = s.verdict(c)
			if s.tried++; cfg.Progress != nil {
				cfg.Progress(min(s.tried, total-1), total)
			}
		}
		return out, nil
	}
	nothing := make(genome, len(s.sizes)) // the model as it is, or as near as the ranges allow
	for i := range o.Pools {
		nothing[i] = min(max(s.now[i], 0), s.sizes[i]-1)
	}
	found, err := nsga2(s.sizes, nothing, o.Population, o.Generations, cfg.Seed, judge)
	if err != nil {
		return nil, fmt.Errorf("optimising: %w", err)
	}
	fresh := cfg
	fresh.Seed, fresh.Progress = cfg.Seed+1, nil
	out := &Front{Objectives: o.Objectives, Tried: s.tried, Screening: screening.Replications}
	asItIs := make(genome, len(s.sizes))
	copy(asItIs, s.now)
	first, err := s.run(ctx, asItIs, fresh)
	if err != nil {
		return nil, fmt.Errorf("optimising: as it is: %w", err)
	}
	out.AsIs, out.Evidence = *first, s.evidence
	for _, x := range found {
		if x.broken > 0 {
			continue
		}
		c, err := s.run(ctx, x.genes, fresh)
		if err != nil {
			return nil, fmt.Errorf("optimising: %w", err)
		}
		out.Choices = append(out.Choices, *c)
	}
	// In the fresh figures some may be beaten that the search could not tell apart.
	verdicts := make([]verdict, len(out.Choices))
	for i := range out.Choices {
		verdicts[i] = s.verdict(&out.Choices[i])
	}
	kept := out.Choices[:0]
	for i, c := range out.Choices {
		if !slices.ContainsFunc(verdicts, func(v verdict) bool { return v.dominates(&verdicts[i]) }) {
			kept = append(kept, c)
		}
	}
	out.Choices = kept
	if len(out.Choices) == 0 {
		out.Warnings = append(out.Warnings, &measure.Doubt{EN: fmt.Sprintf("none of the %d choices that were run keeps all constraints", s.tried), RU: fmt.Sprintf("ни один из %d рассчитанных вариантов не соблюдает всех ограничений", s.tried)})
	}
	if cfg.Progress != nil {
		cfg.Progress(total, total)
	}
	return out, nil
}

type search struct {
	asIs     *twin.Model
	o        OptimiseConfig
	cfg      Config
	sizes    []int // values of each variable: pools, then levers
	now      []int // of the pools, the present one
	tried    int
	evidence Evidence
}

func (s *search) check() error {
	if len(s.o.Pools)+len(s.o.Levers) == 0 {
		return fmt.Errorf("optimising: nothing may be chosen: wanted pools or levers")
	}
	if len(s.o.Objectives) == 0 {
		return fmt.Errorf("optimising: nothing is wanted: wanted a figure to make small")
	}
	for _, r := range s.o.Pools {
		i := slices.IndexFunc(s.asIs.Pools, func(p twin.Pool) bool { return p.ID == r.Pool })
		if i < 0 {
			return fmt.Errorf("optimising: found the pool %q, which the model has not", r.Pool)
		}
		if r.Low < 1 || r.High < r.Low || r.High-r.Low > 1000 {
			return fmt.Errorf("optimising: pool %q from %d to %d people: wanted 1 or more, ascending, and 1000 apart at most", r.Pool, r.Low, r.High)
		}
		s.sizes = append(s.sizes, r.High-r.Low+1)
		s.now = append(s.now, staff(&s.asIs.Pools[i])-r.Low)
	}
	for range s.o.Levers {
		s.sizes = append(s.sizes, 2)
	}
	return nil
}

// figures checks that the model can have those that are wanted or bounded.
func (s *search) figures(p *simulator.Program) error {
	all := slices.Clone(s.o.Objectives)
	for _, k := range s.o.Constraints {
		all = append(all, k.Figure)
	}
	var faults []error
	for _, f := range all {
		if f.Name != Headcount && f.Name != HourlyCost {
			faults = append(faults, f.check(s.asIs, p))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("optimising: %w", err)
	}
	return nil
}

// staff returns the number of people of a pool.
func staff(p *twin.Pool) int {
	if len(p.Members) > 0 {
		return len(p.Members)
	}
	return p.Size
}

// run returns the figures of a choice.
func (s *search) run(ctx context.Context, g genome, cfg Config) (*Choice, error) {
	c := &Choice{Pools: map[string]int{}, Levers: []string{}, Load: []KPI{}, Holds: true}
	var pulled []*scenario.Scenario
	for i, l := range s.o.Levers {
		if g[len(s.o.Pools)+i] == 1 {
			pulled = append(pulled, l)
			c.Levers = append(c.Levers, l.ID)
		}
	}
	joint := scenario.Join(pulled...)
	for i, r := range s.o.Pools {
		c.Pools[r.Pool] = r.Low + g[i]
		if g[i] != s.now[i] {
			joint.Levers = append(joint.Levers, scenario.Lever{Kind: scenario.Pool, Target: r.Pool, Size: r.Low + g[i]})
		}
	}
	m, err := joint.Apply(s.asIs)
	if err != nil {
		return nil, err
	}
	r, err := Run(ctx, m, cfg)
	if err != nil {
		return nil, err
	}
	s.evidence = r.Evidence
	people, cost := 0, 0.0
	for i := range m.Pools {
		people += staff(&m.Pools[i])
		cost += float64(staff(&m.Pools[i])) * m.Pools[i].CostPerHour
	}
	known := map[string]KPI{
		Headcount:  {Name: Headcount, Unit: measure.Count, Mean: measure.Number(people), Low: measure.Number(people), High: measure.Number(people)},
		HourlyCost: {Name: HourlyCost, Unit: measure.Rouble, Mean: measure.Number(cost), Low: measure.Number(cost), High: measure.Number(cost)},
	}
	find := func(f Figure) error {
		k, ok := known[f.Name]
		if !ok {
			if k, ok = r.Find(f.Name, f.Of); !ok {
				return fmt.Errorf("the result has no %s", f)
			}
		}
		c.Figures = append(c.Figures, k)
		return nil
	}
	for _, f := range s.o.Objectives {
		if err := find(f); err != nil {
			return nil, err
		}
	}
	for _, k := range s.o.Constraints {
		if err := find(k.Figure); err != nil {
			return nil, err
		}
	}
	c.Figures = append(c.Figures, known[Headcount], known[HourlyCost])
	for _, p := range s.o.Pools {
		if k, ok := r.Find(Utilisation, p.Pool); ok {
			c.Load = append(c.Load, k)
		}
	}
	c.Holds = s.verdict(c).broken == 0
	return c, nil
}

// verdict judges the figures of a choice.
func (s *search) verdict(c *Choice) verdict {
	v := verdict{}
	for i, f := range s.o.Objectives {
		x := float64(c.Figures[i].Mean)
		if better(f.Name) {
			x = -x
		}
		if math.IsNaN(x) {
			x, v.broken = math.MaxFloat64, v.broken+1
		}
		v.objectives = append(v.objectives, x)
	}
	over := func(x, limit float64) {
		if x > limit+1e-9*math.Abs(limit) {
			v.broken += (x - limit) / math.Max(math.Abs(limit), 1e-9)
		}
	}
	for i, k := range s.o.Constraints {
		x := float64(c.Figures[len(s.o.Objectives)+i].Mean)
		if k.AtMost != nil {
			over(x, *k.AtMost)
		}
		if k.AtLeast != nil {
			over(-x, -*k.AtLeast)
		}
	}
	n := len(c.Figures)
	if s.o.Headcount > 0 {
		over(float64(c.Figures[n-2].Mean), float64(s.o.Headcount))
	}
	if s.o.Budget > 0 {
		over(float64(c.Figures[n-1].Mean), s.o.Budget)
	}
	return v
}
