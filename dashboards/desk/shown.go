package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/conformance"
	"github.com/uprava/uprava/mining/convert"
	"github.com/uprava/uprava/mining/discovery"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/petri"
)

// TwinModel is the name of the model that belongs to a log's twin, beside those of the
// miners.
const TwinModel = "twin"

// DefaultMiner finds the diagram of a log that no twin belongs to: its diagrams are
// sound, and rare behaviour does not blur them.
const DefaultMiner = "imf"

// ShownModel is a diagram beside the log that it is held against.
type ShownModel struct {
	Source  string // TwinModel or the name of a miner
	Diagram *bpmn.Definitions
	// Names are the activities of the log by identifier of the node that stands for them.
	Names map[string]string
	// Unseen are the names of steps that the log never records; they are passed in
	// silence.
	Unseen []string
	Check  *conformance.Result // nil where the diagram cannot be held against the log
	// Variants are those that the check speaks of, in its order.
	Variants []eventlog.Variant
	Listed   []convert.Approximation
	Effect   *filter.Effect
	Doubts   []error
}

// How long a model is looked for and checked before a page gives up proving.
const (
	shownStates = 200_000
	alignStates = 50_000
	alignBudget = 15 * time.Second
)

// MinersOfDiagrams lists the miners whose models can be drawn as a diagram.
func MinersOfDiagrams() []discovery.Algorithm {
	return slices.DeleteFunc(discovery.Algorithms(), func(a discovery.Algorithm) bool {
		return !slices.Contains(a.Yields, discovery.KindBPMN)
	})
}

// Model returns a diagram for a view of a log, held against it: the twin's where source
// is TwinModel, else what a miner finds; "" for the twin's, where it has one. Remembered.
func (d *Desk) Model(ctx context.Context, log string, look Look, source string, method conformance.Method) (*ShownModel, error) {
	known, err := d.Known(ctx, log)
	if err != nil {
		return nil, err
	}
	drawn := known.Process != nil && known.Process.Diagram != nil && len(known.Process.Diagram.Nodes) > 0
	switch {
	case source == "" && drawn:
		source = TwinModel
	case source == "":
		source = DefaultMiner
	case source == TwinModel && !drawn:
		return nil, InputError{fmt.Errorf("the log %q has no twin with a diagram; choose a miner", log)}
	}
	if source != TwinModel && !slices.ContainsFunc(MinersOfDiagrams(), func(a discovery.Algorithm) bool { return a.Name == source }) {
		var names []string
		for _, a := range MinersOfDiagrams() {
			names = append(names, a.Name)
		}
		return nil, InputError{fmt.Errorf("model %q: wanted %s or one of the miners %s", source, TwinModel, strings.Join(names, ", "))}
	}
	return Remember(ctx, d, log, fmt.Sprintf("model\x00%s\x00%s\x00%s", source, method, look), func(ctx context.Context) (*ShownModel, error) {
		v, err := d.Seen(ctx, log, look)
		if err != nil {
			return nil, err
		}
		m := &ShownModel{Source: source, Effect: v.left(look), Doubts: v.Pairing.Warnings()}
		if source == TwinModel {
			err = m.ofTwin(known, v.Log)
		} else {
			err = m.mined(ctx, v.Log)
		}
		if err != nil {
			return nil, input(ctx, err)
		}
		return m, m.check(ctx, v.Log, method)
	})
}

// mined finds the diagram.
func (m *ShownModel) mined(ctx context.Context, l *eventlog.Log) error {
	found, err := discovery.Discover(ctx, m.Source, l, discovery.Config{})
	if err != nil {
		return err
	}
	m.Doubts = append(m.Doubts, found.Warnings...)
	if m.Diagram = found.BPMN; m.Diagram == nil {
		return fmt.Errorf("the model that %s finds in %q cannot be drawn as a diagram", m.Source, l.Name())
	}
	m.name(l, nil)
	return nil
}

// ofTwin takes the twin's diagram, its nodes bearing the names that the log knows them by.
func (m *ShownModel) ofTwin(known *Known, l *eventlog.Log) error {
	p := known.Process
	c := known.Model.Clone()
	for _, q := range c.Processes {
		if q.ID == p.ID {
			m.Diagram = &bpmn.Definitions{ID: "definitions", TargetNamespace: "https://uprava.invalid/twin", Processes: []*bpmn.Process{q.Diagram}, Collaboration: q.Collaboration, Causes: q.Causes, Diagram: q.Layout}
		}
	}
	m.name(l, func(n *bpmn.Node) []string { return []string{p.Labels[n.ID].RU, p.Labels[n.ID].EN} })
	return nil
}

// name gives nodes the names of the log, and tells which stand for nothing in it.
func (m *ShownModel) name(l *eventlog.Log, others func(*bpmn.Node) []string) {
	m.Names = map[string]string{}
	for _, p := range m.Diagram.Processes {
		p.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
			for _, n := range scope.Nodes {
				names := []string{n.Name}
				if others != nil {
					names = append(names, others(n)...)
				}
				for _, name := range names {
					if _, ok := l.Activities().Code(name); ok && name != "" {
						n.Name, m.Names[n.ID] = name, name
						break
					}
				}
				if m.Names[n.ID] == "" && n.IsActivity() && n.Sub == nil {
					m.Unseen = append(m.Unseen, names[len(names)-1])
				}
			}
		})
	}
}

// check lays the diagram out where it has no layout, and holds it against the log.
func (m *ShownModel) check(ctx context.Context, l *eventlog.Log, method conformance.Method) error {
	if m.Diagram.Diagram == nil {
		if err := bpmn.Layout(m.Diagram); err != nil {
			return InputError{err}
		}
	}
	net, listed, err := convert.FromBPMN(m.Diagram)
	if err != nil {
		m.Doubts = append(m.Doubts, &measure.Doubt{EN: "the diagram could not be held against the log: " + err.Error(), RU: "сверить модель с журналом не удалось: " + err.Error()})
		return nil
	}
	m.Listed = listed
	m.silence(net, l)
	m.Variants = l.Variants()
	cfg := conformance.Config{Method: method, MaxStates: shownStates}
	if method == conformance.Alignments {
		cfg.MaxStates, cfg.Budget = alignStates, alignBudget
	}
	m.Check, err = conformance.CheckVariants(ctx, net, l.Activities(), m.Variants, cfg)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		m.Doubts = append(m.Doubts, &measure.Doubt{EN: "the diagram could not be held against the log: " + err.Error(), RU: "сверить модель с журналом не удалось: " + err.Error()})
	default:
		m.Doubts = append(m.Doubts, m.Check.Warnings...)
	}
	return nil
}

// silence makes steps silent that the log never records: their absence says nothing of
// a case.
func (m *ShownModel) silence(n *petri.Net, l *eventlog.Log) {
	for i, t := range n.Transitions {
		if _, ok := l.Activities().Code(t.Label); !ok && !t.Silent {
			n.Transitions[i].Silent = true
		}
	}
}

// Deviating is one way in which cases leave a model, and the variants that do.
type Deviating struct {
	Kind     conformance.DeviationKind
	Activity string // of the log; "" of the end of a case
	Times    int64  // over all cases
	Cases    int64
	Ranks    []int // of the variants, from 1
}

// Deviations lists the ways in which the cases leave the model, those of the most cases
// first.
func (m *ShownModel) Deviations(l *eventlog.Log) []Deviating {
	if m.Check == nil {
		return nil
	}
	type key struct {
		kind     conformance.DeviationKind
		activity string
	}
	at := map[key]int{}
	var out []Deviating
	for i, t := range m.Check.Variants {
		v := m.Variants[i]
		seen := map[key]bool{}
		for _, dev := range t.Deviations {
			k := key{kind: dev.Kind}
			switch {
			case dev.Kind == conformance.ModelOnly && dev.Transition >= 0:
				k.activity = m.Check.Overlay.Transitions[dev.Transition].Label
			case dev.Event < len(v.Activities):
				k.activity = l.Activities().Name(v.Activities[dev.Event])
			}
			j, ok := at[k]
			if !ok {
				j = len(out)
				at[k] = j
				out = append(out, Deviating{Kind: k.kind, Activity: k.activity})
			}
			out[j].Times += int64(v.Count)
			if !seen[k] {
				seen[k] = true
				out[j].Cases += int64(v.Count)
				out[j].Ranks = append(out[j].Ranks, i+1)
			}
		}
	}
	slices.SortStableFunc(out, func(x, y Deviating) int {
		switch {
		case x.Cases != y.Cases:
			return int(y.Cases - x.Cases)
		case x.Kind != y.Kind:
			return int(x.Kind) - int(y.Kind)
		}
		return strings.Compare(x.Activity, y.Activity)
	})
	return out
}
