package whatif

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
)

// variantPrefix begins the names of variants, so that none is taken for a pack.
const variantPrefix = "v-"

// Variant is a model that somebody changed and kept.
type Variant struct {
	Name    string    `json:"name"`
	By      string    `json:"by"`
	Origin  string    `json:"origin"` // Bench.Of of what it was made from
	Log     string    `json:"log,omitempty"`
	Title   twin.Text `json:"title"`
	Process string    `json:"process"`
	Model   string    `json:"model"`        // hash
	From    string    `json:"origin_model"` // hash of what it was made from
	ID      string    `json:"-"`
}

// variant reads a variant as a bench.
func (r *Room) variant(ctx context.Context, of, id string) (*Bench, error) {
	v := &Variant{}
	rev, err := r.variants.Read(id, v)
	if err != nil {
		return nil, missing(err)
	}
	v.ID = id
	m, err := r.model(v.Model)
	if err != nil {
		return nil, err
	}
	b := &Bench{Of: of, Hash: v.Model, Variant: v, Revision: rev, Note: r.desk.NoteOf(v.From)}
	b.Bench = &desk.Bench{Log: v.Log, Process: v.Process, Title: v.Title, Model: m, Labels: desk.Labels(m)}
	if origin, err := r.Bench(ctx, v.Origin); err == nil {
		b.Pack, b.Ready, b.Compared = origin.Pack, origin.Ready, origin.Compared
	}
	return b, nil
}

// Variants lists those that were made from a bench, the latest first; all where of is "".
func (r *Room) Variants(of string) ([]*Variant, error) {
	list, err := r.variants.List()
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, latest)
	var out []*Variant
	for _, e := range list {
		v := &Variant{}
		if _, err := r.variants.Read(e.ID, v); err != nil {
			continue // deleted meanwhile
		}
		if v.ID = e.ID; of == "" || v.Origin == of {
			out = append(out, v)
		}
	}
	return out, nil
}

// Edit is a process as the editor hands it over.
type Edit struct {
	Name    string             `json:"name"` // of the variant
	Process string             `json:"process"`
	Diagram string             `json:"diagram"` // BPMN
	Steps   map[string]Step    `json:"steps"`   // by identifier of the node
	Shares  map[string]float64 `json:"shares"`  // by identifier of the flow
	Rules   map[string]string  `json:"rules"`   // by identifier of the flow, see twin.ParseRule; nil keeps those there are
	Base    Revision           `json:"base"`    // of the variant that is changed; "" for a new one
	Into    string             `json:"into"`    // identifier of that variant
}

// Step is what the editor knows of a node that takes time.
type Step struct {
	Time     twin.Distribution `json:"time"`
	Delay    twin.Distribution `json:"delay"`
	Pools    []string          `json:"pools"`
	Calendar string            `json:"calendar"`
}

// Apply returns the model of a bench with the process as edited. Faults of the diagram,
// of laws and names come all at once.
func (e *Edit) Apply(b *Bench) (*twin.Model, error) {
	m := b.Model.Clone()
	i := slices.IndexFunc(m.Processes, func(p *twin.Process) bool { return p.ID == e.Process })
	if i < 0 {
		return nil, desk.InputError{Err: fmt.Errorf("there is no process %q in the model", e.Process)}
	}
	d, unsupported, err := bpmn.Read(strings.NewReader(e.Diagram))
	if err != nil {
		return nil, desk.InputError{Err: fmt.Errorf("reading the diagram: %w", err)}
	}
	var faults []error
	for _, u := range unsupported {
		faults = append(faults, fmt.Errorf("the diagram: %v is not simulated", u))
	}
	if len(d.Processes) != 1 {
		return nil, desk.InputError{Err: fmt.Errorf("the diagram: found %d processes, wanted one", len(d.Processes))}
	}
	p := m.Processes[i]
	p.Diagram, p.Layout, p.Collaboration, p.Causes = d.Processes[0], d.Diagram, d.Collaboration, d.Causes
	rename(p, b.Model.Processes[i].Diagram)
	e.steps(p)
	rules := e.flows(p)
	faults = append(faults, rules...)
	if err := m.Validate(); err != nil {
		faults = append(faults, err)
	} else if _, err := simulator.Compile(m, "ru"); err != nil {
		faults = append(faults, err)
	}
	if len(faults) > 0 {
		return nil, desk.InputError{Err: errors.Join(faults...)}
	}
	return m, nil
}

// rename gives nodes and flows that were shown in another language the names that they
// have in the file.
func rename(p *twin.Process, was *bpmn.Process) {
	names := map[string]string{}
	was.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
		for _, n := range scope.Nodes {
			names[n.ID] = n.Name
		}
		for _, f := range scope.Flows {
			names[f.ID] = f.Name
		}
	})
	same := func(id, name string) string {
		label, ok := p.Labels[id]
		if old, there := names[id]; ok && there && (name == label.RU || name == label.EN) {
			return old
		}
		return name
	}
	p.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
		for _, n := range scope.Nodes {
			n.Name = same(n.ID, n.Name)
		}
		for _, f := range scope.Flows {
			f.Name = same(f.ID, f.Name)
		}
	})
}

// steps takes over the parameters of the nodes, and forgets those of nodes that are gone.
func (e *Edit) steps(p *twin.Process) {
	there, names := map[string]*bpmn.Node{}, map[string]string{}
	p.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
		for _, n := range scope.Nodes {
			there[n.ID], names[n.ID] = n, n.Name
		}
		for _, f := range scope.Flows {
			names[f.ID] = f.Name
		}
	})
	for id := range p.Tasks {
		if there[id] == nil {
			delete(p.Tasks, id)
		}
	}
	for id, label := range p.Labels {
		switch name, drawn := names[id]; {
		case !drawn:
			delete(p.Labels, id)
		case name != "" && label.RU != name && label.EN != name:
			p.Labels[id] = twin.Text{RU: name, EN: name} // renamed
		}
	}
	for id, s := range e.Steps {
		if there[id] == nil {
			continue
		}
		t := p.Tasks[id]
		if !same(t.Time, s.Time) {
			t.Time, t.ByPool = s.Time, nil
		}
		if !same(t.Delay, s.Delay) {
			t.Delay = s.Delay
		}
		if !slices.Equal(t.Pools, s.Pools) {
			t.Pools = s.Pools
			for pool := range t.ByPool {
				if !slices.Contains(s.Pools, pool) {
					t.ByPool = nil
					break
				}
			}
		}
		if len(s.Pools) == 0 {
			t.Calendar = s.Calendar
		}
		p.Tasks[id] = t
	}
}

// same compares laws; the sample of an empirical one does not travel to the editor.
func same(a, b twin.Distribution) bool {
	if a.Law == "empirical" && b.Law == "empirical" && len(b.Sample) == 0 {
		return scale(a) == scale(b)
	}
	return a.Law == b.Law && a.Value == b.Value && a.Mean == b.Mean && a.SD == b.SD && a.Mode == b.Mode && a.Min == b.Min && a.Max == b.Max && scale(a) == scale(b)
}

func scale(d twin.Distribution) float64 {
	if d.Scale == 0 {
		return 1
	}
	return d.Scale
}

// flows takes over the shares and rules, and forgets those of flows that are gone. A
// rule that cannot be read is a fault.
func (e *Edit) flows(p *twin.Process) (faults []error) {
	there := map[string]bool{}
	p.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
		for _, f := range scope.Flows {
			there[f.ID] = true
		}
	})
	for id := range p.Branches {
		if !there[id] {
			delete(p.Branches, id)
		}
	}
	for id := range p.Rules {
		if !there[id] {
			delete(p.Rules, id)
		}
	}
	for id := range p.Decay {
		if !there[id] {
			delete(p.Decay, id)
		}
	}
	if e.Rules != nil {
		for id := range p.Rules {
			if e.Rules[id] == "" {
				delete(p.Rules, id)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(e.Rules)) {
		if !there[id] || e.Rules[id] == twin.RuleText(p.Rules[id]) {
			continue
		}
		r, err := twin.ParseRule(e.Rules[id])
		if err == nil {
			err = values(p, r)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("the rule of the flow %q: %w", id, err))
			r = twin.Rule{{{Node: p.Diagram.Nodes[0].ID, Times: 1}}} // that there is none is no fault besides
		}
		if p.Rules == nil {
			p.Rules = map[string]twin.Rule{}
		}
		p.Rules[id] = r
		delete(p.Branches, id)
	}
	for id, share := range e.Shares {
		if there[id] {
			p.Branches[id] = share
		}
	}
	for id := range p.Branches {
		if _, given := e.Shares[id]; !given && p.Rules[id] == nil {
			delete(p.Branches, id)
		}
	}
	return faults
}

// values checks that a rule asks for values that the attributes of the cases can have: one
// that asks for others would never hold.
func values(p *twin.Process, r twin.Rule) error {
	var faults []error
	for _, line := range r {
		for _, c := range line {
			i := slices.IndexFunc(p.Attributes, func(a twin.Attribute) bool { return a.ID == c.Attribute })
			if i < 0 || len(p.Attributes[i].Shares) == 0 {
				continue
			}
			for _, value := range c.Is {
				if _, ok := p.Attributes[i].Shares[value]; !ok {
					faults = append(faults, fmt.Errorf("attribute %q: found the value %q, wanted one of %q", c.Attribute, value, slices.Sorted(maps.Keys(p.Attributes[i].Shares))))
				}
			}
		}
	}
	return errors.Join(faults...)
}

// Differs says in words what a variant changes in the model that it was made from; nothing
// of another bench.
func (r *Room) Differs(b *Bench) ([]twin.Text, error) {
	if b.Variant == nil {
		return nil, nil
	}
	was, err := r.model(b.Variant.From)
	if err != nil {
		return nil, err
	}
	return changes(was, b.Model)
}

// SaveVariant keeps an edited model as a variant; see kept.Folder.Write.
func (r *Room) SaveVariant(b *Bench, e *Edit, by string) (string, error) {
	m, err := e.Apply(b)
	if err != nil {
		return "", err
	}
	name := strings.TrimSpace(e.Name)
	if name == "" || utf8.RuneCountInString(name) > nameLength {
		return "", desk.InputError{Err: fmt.Errorf("the name of the variant: wanted 1 to %d characters", nameLength)}
	}
	hash, err := r.keepModel(m)
	if err != nil {
		return "", err
	}
	v := &Variant{Name: name, By: by, Origin: b.Of, Log: b.Log, Title: b.Title, Process: b.Process, Model: hash, From: b.Hash}
	if b.Variant != nil {
		v.Origin, v.From = b.Variant.Origin, b.Variant.From
	}
	id := e.Into
	if id == "" {
		id = variantPrefix + newID()
	}
	_, err = r.variants.Write(id, v, e.Base)
	return id, err
}
