package experiment

import (
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/uprava/uprava/twin/scenario"
	"github.com/uprava/uprava/twin/yamlfile"
)

// Plan is an experiment as data: a model, scenarios, and what is asked of them.
type Plan struct {
	Model     []string // arguments that name the model, as for `uprava simulate`
	Config    Config
	Scenarios []PlannedScenario
	Select    *PlannedSelection
	Sensitive *PlannedSensitivity
}

// PlannedScenario names scenarios of the model, or files, and levers of its own.
type PlannedScenario struct {
	ID     string
	With   []string
	Levers []scenario.Lever
}

// PlannedSelection asks for the best scenario; see KN and OCBA.
type PlannedSelection struct {
	Method       string // "kn" or "ocba"
	First        int    // replications of all; 0 means 10
	Indifference float64
	Budget       int
}

// PlannedSensitivity asks which factors matter; see Screen.
type PlannedSensitivity struct {
	Method  string // "morris" or "sobol"
	Points  int    // trajectories or base points; 0 means 10 and 64
	Factors []Factor
}

// ReadPlan reads an experiment from a file such as
//
//	model: municipality
//	replications: 40
//	figure: {name: lead_time, of: redistribution}
//	scenarios:
//	  - portal
//	  - {id: fast, with: [templates], levers: ["step:T06*0.5"]}
//	select: {method: kn, indifference: 8 h}
//	sensitivity: {method: morris, factors: [{lever: "step:T06*1", from: 0.5, to: 1.5}]}
//
// The error joins all faults with file, line and column.
func ReadPlan(fsys fs.FS, name string) (*Plan, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	doc, err := yamlfile.Parse(path.Base(name), data)
	if err != nil {
		return nil, err
	}
	f := doc.Root().Mapping("model", "replications", "cases", "warmup", "duration", "seed", "confidence", "precision", "most-replications", "figure",
		"antithetic", "control-variates", "scenarios", "select", "sensitivity")
	p := &Plan{Config: Config{Seed: 1}}
	if v, ok := f.Need("model"); ok {
		for _, item := range v.ListOrText() {
			p.Model = append(p.Model, item.Text())
		}
	}
	c := &p.Config
	whole := func(key string, to *int) {
		if v, ok := f.Get(key); ok {
			*to = v.Integer()
		}
	}
	number := func(key string, to *float64) {
		if v, ok := f.Get(key); ok {
			*to = v.Number()
		}
	}
	truth := func(key string, to *bool) {
		if v, ok := f.Get(key); ok {
			*to = v.Bool()
		}
	}
	whole("replications", &c.Replications)
	whole("cases", &c.Cases)
	whole("most-replications", &c.MostReplications)
	number("confidence", &c.Confidence)
	number("precision", &c.Precision)
	truth("antithetic", &c.Antithetic)
	truth("control-variates", &c.ControlVariates)
	if v, ok := f.Get("seed"); ok {
		c.Seed = uint64(max(v.Integer(), 0))
	}
	if v, ok := f.Get("warmup"); ok {
		if v.Text() == "auto" {
			c.AutoWarmup = true
		} else {
			c.Warmup = v.Integer()
		}
	}
	if v, ok := f.Get("duration"); ok {
		c.Duration = time.Duration(v.Seconds() * float64(time.Second))
	}
	if v, ok := f.Get("figure"); ok {
		g := v.Mapping("name", "of")
		if n, ok := g.Need("name"); ok {
			c.Figure.Name = n.Text()
		}
		if of, ok := g.Get("of"); ok {
			c.Figure.Of = of.Text()
		}
	}
	if v, ok := f.Get("scenarios"); ok {
		for _, item := range v.List() {
			p.Scenarios = append(p.Scenarios, plannedScenario(item))
		}
	}
	if v, ok := f.Get("select"); ok {
		p.Select = plannedSelection(v)
	}
	if v, ok := f.Get("sensitivity"); ok {
		p.Sensitive = plannedSensitivity(v)
	}
	if len(p.Scenarios) == 0 && p.Sensitive == nil {
		f.Fault("neither scenarios nor a sensitivity: wanted something to ask")
	}
	if err := doc.Err(); err != nil {
		return nil, err
	}
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("reading %q: %w", name, err)
	}
	return p, nil
}

func plannedScenario(v yamlfile.Value) PlannedScenario {
	if v.EntriesOrText() == nil {
		return PlannedScenario{ID: v.Text(), With: []string{v.Text()}}
	}
	f := v.Mapping("id", "with", "levers")
	s := PlannedScenario{}
	if id, ok := f.Need("id"); ok {
		s.ID = id.Text()
	}
	if with, ok := f.Get("with"); ok {
		for _, item := range with.List() {
			s.With = append(s.With, item.Text())
		}
	}
	if levers, ok := f.Get("levers"); ok {
		for _, item := range levers.List() {
			s.Levers = append(s.Levers, scenario.ReadLever(item))
		}
	}
	if len(s.With)+len(s.Levers) == 0 {
		f.Fault("the scenario changes nothing: wanted \"with\" or \"levers\"")
	}
	return s
}

func plannedSelection(v yamlfile.Value) *PlannedSelection {
	f := v.Mapping("method", "first", "indifference", "budget")
	s := &PlannedSelection{First: 10}
	if m, ok := f.Need("method"); ok {
		s.Method = m.OneOf("kn", "ocba")
	}
	if first, ok := f.Get("first"); ok {
		if s.First = first.Integer(); s.First < 2 {
			first.Fault("found %d replications, wanted 2 or more", s.First)
		}
	}
	key := map[string]string{"kn": "indifference", "ocba": "budget"}[s.Method]
	if amount, ok := f.Need(key); ok {
		if s.Method == "ocba" {
			s.Budget = amount.Integer()
		} else if x, err := yamlfile.ParseSeconds(amount.Text()); err == nil { // a time, or a plain number
			s.Indifference = x
		} else {
			s.Indifference = amount.Number()
		}
	}
	return s
}

func plannedSensitivity(v yamlfile.Value) *PlannedSensitivity {
	f := v.Mapping("method", "points", "factors")
	s := &PlannedSensitivity{Method: "morris"}
	if m, ok := f.Get("method"); ok {
		s.Method = m.OneOf("morris", "sobol")
	}
	s.Points = map[string]int{"morris": 10, "sobol": 64}[s.Method]
	if n, ok := f.Get("points"); ok {
		s.Points = n.Integer()
	}
	factors, ok := f.Need("factors")
	if !ok {
		return s
	}
	for _, item := range factors.List() {
		g := item.Mapping("id", "lever", "from", "to")
		x := Factor{}
		if l, ok := g.Need("lever"); ok {
			x.Lever = scenario.ReadLever(l)
			x.ID = string(x.Lever.Kind) + ":" + x.Lever.Target
		}
		if id, ok := g.Get("id"); ok {
			x.ID = id.Text()
		}
		if low, ok := g.Need("from"); ok {
			x.Low = low.Number()
		}
		if high, ok := g.Need("to"); ok {
			x.High = high.Number()
		}
		s.Factors = append(s.Factors, x)
	}
	return s
}
