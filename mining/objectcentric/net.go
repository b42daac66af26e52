package objectcentric

import (
	"context"
	"errors"
	"fmt"

	"github.com/uprava/uprava/mining/discovery"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

// Net is an object-centric Petri net: a Petri net each of whose places holds
// objects of one type. Variable arcs take, or give, any number of objects of
// their place's type in one firing.
type Net struct {
	*petri.Net
	Types    []string // of objects
	TypeOf   []int    // of each place: position in Types
	Variable []bool   // of each transition and type: at transition·len(Types) + type
}

// NetConfig says how a net is discovered.
type NetConfig struct {
	Noise float64 // of the inductive miner, 0 to 1
	// Single is the share of an activity's events that concern exactly one object
	// of a type from which its arcs are no variable ones; 0 for 1.
	Single float64
}

// Validate reports all faults of the configuration.
func (cfg NetConfig) Validate() error {
	var faults []error
	if !(cfg.Noise >= 0 && cfg.Noise <= 1) {
		faults = append(faults, fmt.Errorf("noise %v: wanted 0 to 1", cfg.Noise))
	}
	if !(cfg.Single >= 0 && cfg.Single <= 1) {
		faults = append(faults, fmt.Errorf("share of single objects %v: wanted 0 to 1", cfg.Single))
	}
	return errors.Join(faults...)
}

// IsVariable reports whether the arcs between a transition and the places of a
// type are variable.
func (n *Net) IsVariable(transition, objectType int) bool {
	return n.Variable[transition*len(n.Types)+objectType]
}

// DiscoverNet returns an object-centric Petri net: the log is flattened by each
// type, the inductive miner finds a net for each, and the transitions of one
// activity become one.
//
// Source: W. van der Aalst, A. Berti, "Discovering Object-Centric Petri Nets",
// Fundamenta Informaticae 175 (2020), doi:10.3233/FI-2020-1946, definitions 8 to
// 10. Arcs are variable where the share of events with exactly one object is
// below NetConfig.Single, as in section 5.3. Objects without events are passed
// over, or they would make each type skippable.
func DiscoverNet(ctx context.Context, l *Log, cfg NetConfig) (*Net, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("discovering an object-centric net: %w", err)
	}
	if cfg.Single == 0 {
		cfg.Single = 1
	}
	out := &Net{Net: &petri.Net{Name: l.name}, Types: l.types}
	at := map[string]int{} // transition by activity
	for t, name := range l.types {
		flat, _, err := Flatten(ctx, l, name)
		if err != nil {
			return nil, err
		}
		var variants []processtree.Variant
		for _, v := range flat.Variants() {
			if len(v.Activities) == 0 {
				continue
			}
			n := processtree.Variant{Count: int64(v.Count)}
			for _, a := range v.Activities {
				n.Activities = append(n.Activities, flat.Activities().Name(a))
			}
			variants = append(variants, n)
		}
		if len(variants) == 0 {
			continue
		}
		tree, err := discovery.Inductive(ctx, variants, discovery.InductiveConfig{Noise: cfg.Noise})
		if err != nil {
			return nil, fmt.Errorf("discovering the net of %q: %w", name, err)
		}
		out.join(t, processtree.Petri(tree, name), at)
	}
	out.Variable = make([]bool, len(out.Transitions)*len(l.types))
	for _, a := range l.activities() {
		i, ok := at[a.Activity]
		if !ok {
			continue
		}
		for _, k := range a.Objects {
			t, _ := l.typeNamed(k.Type)
			out.Variable[i*len(l.types)+t] = float64(k.One) < cfg.Single*float64(a.Events)
		}
	}
	out.Initial, out.Final = grown(out.Initial, len(out.Places)), grown(out.Final, len(out.Places))
	return out, nil
}

func grown(m petri.Marking, n int) petri.Marking {
	for len(m) < n {
		m = append(m, 0)
	}
	return m
}

// join adds the net of one type.
func (n *Net) join(t int, of *petri.Net, at map[string]int) {
	base := len(n.Places)
	for i, p := range of.Places {
		n.Places = append(n.Places, petri.Place{ID: fmt.Sprintf("%d-%s", t, p.ID), Name: p.Name})
		n.TypeOf = append(n.TypeOf, t)
		n.Initial, n.Final = append(n.Initial, marked(of.Initial, i)), append(n.Final, marked(of.Final, i))
	}
	for _, tr := range of.Transitions {
		i, known := at[tr.Label]
		if tr.Silent || !known {
			i = len(n.Transitions)
			n.Transitions = append(n.Transitions, petri.Transition{ID: fmt.Sprintf("%d-%s", t, tr.ID), Label: tr.Label, Silent: tr.Silent})
			if !tr.Silent {
				at[tr.Label] = i
			}
		}
		for _, a := range tr.In {
			n.Transitions[i].In = append(n.Transitions[i].In, petri.Arc{Place: base + a.Place, Weight: a.Weight})
		}
		for _, a := range tr.Out {
			n.Transitions[i].Out = append(n.Transitions[i].Out, petri.Arc{Place: base + a.Place, Weight: a.Weight})
		}
	}
}

func marked(m petri.Marking, i int) int {
	if i < len(m) {
		return m[i]
	}
	return 0
}
