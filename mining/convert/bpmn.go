package convert

import (
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/petri"
)

// Approximation is something of a model that a net says otherwise, or not at all.
type Approximation struct {
	ID string `json:"id"` // of the element
	EN string `json:"en"`
	RU string `json:"ru"`
}

// String returns the approximation in English.
func (a Approximation) String() string { return fmt.Sprintf("%q: %s", a.ID, a.EN) }

// mostInclusive bounds the flows of an inclusive gateway, whose subsets become
// transitions.
const mostInclusive = 10

// FromBPMN returns the Petri net of the only process of a document: tasks and
// message, timer and other intermediate events that have a name are transitions
// with that label; gateways, start and end events are silent. Places stand for
// sequence flows.
//
// Source: R. Dijkman, M. Dumas, C. Ouyang, "Semantics and analysis of business
// process models in BPMN", IST 50 (2008), doi:10.1016/j.infsof.2008.02.006,
// section 4. Deviations: an inclusive split takes any subset of its flows; an
// inclusive join takes any subset too, so that it may fire early: it is listed.
// All end events lead to one place: a process in which several are reached ends
// with as many tokens there, which the final marking of one token does not accept;
// that is listed where it may be. Elements that are no task, event or gateway of a
// flat process are an error.
func FromBPMN(d *bpmn.Definitions) (*petri.Net, []Approximation, error) {
	if len(d.Processes) != 1 {
		return nil, nil, fmt.Errorf("turning a diagram into a net: found %d processes, wanted one", len(d.Processes))
	}
	p := d.Processes[0]
	if err := d.Validate(); err != nil {
		return nil, nil, fmt.Errorf("turning process %q into a net: %w", p.ID, err)
	}
	c := &converter{net: &petri.Net{Name: p.Name}, flow: map[string]int{}}
	source, sink := c.place("source"), c.place("sink")
	for _, f := range p.Flows {
		c.flow[f.ID] = c.place(f.ID)
	}
	in, out := p.Incoming(), p.Outgoing()
	parallel := slices.ContainsFunc(p.Nodes, func(n *bpmn.Node) bool {
		return (n.Kind == bpmn.ParallelGateway || n.Kind == bpmn.InclusiveGateway || n.IsTask() && len(out[n.ID]) > 1) && len(out[n.ID]) > 1
	})
	ends := 0
	for _, n := range p.Nodes {
		from, to := c.places(in[n.ID]), c.places(out[n.ID])
		switch {
		case n.Kind == bpmn.StartEvent:
			c.transition(n, "", []int{source}, to)
		case n.Kind == bpmn.EndEvent:
			ends++
			for i, f := range from {
				c.transition(n, fmt.Sprint("-", i), []int{f}, []int{sink})
			}
		case n.Kind == bpmn.ParallelGateway:
			c.transition(n, "", from, to)
		case n.Kind == bpmn.ExclusiveGateway, n.Kind == bpmn.EventBasedGateway:
			at := c.merged(n, from)
			for i, t := range to {
				c.transition(n, fmt.Sprint("-out", i), []int{at}, []int{t})
			}
		case n.Kind == bpmn.InclusiveGateway:
			if err := c.inclusive(n, from, to); err != nil {
				return nil, nil, err
			}
		case n.IsTask(), n.Kind == bpmn.IntermediateCatchEvent, n.Kind == bpmn.IntermediateThrowEvent:
			c.labelled(n, c.merged(n, from), to)
		default:
			return nil, nil, fmt.Errorf("turning process %q into a net: %v %q has no counterpart yet", p.ID, n.Kind, n.ID)
		}
	}
	if ends > 1 && parallel {
		c.listed = append(c.listed, Approximation{p.ID, "several end events beside parallel flows: a case that reaches two of them does not end in the net", "несколько конечных событий при параллельных ветвях: дело, дошедшее до двух из них, в сети не завершается"})
	}
	c.net.Initial, c.net.Final = make(petri.Marking, len(c.net.Places)), make(petri.Marking, len(c.net.Places))
	c.net.Initial[source], c.net.Final[sink] = 1, 1
	return c.net, c.listed, nil
}

type converter struct {
	net    *petri.Net
	flow   map[string]int // place by flow
	listed []Approximation
}

func (c *converter) place(id string) int {
	c.net.Places = append(c.net.Places, petri.Place{ID: "place-" + id, Name: id})
	return len(c.net.Places) - 1
}

func (c *converter) places(flows []*bpmn.Flow) []int {
	out := make([]int, len(flows))
	for i, f := range flows {
		out[i] = c.flow[f.ID]
	}
	return out
}

func arcs(places []int) []petri.Arc {
	out := make([]petri.Arc, len(places))
	for i, p := range places {
		out[i] = petri.Arc{Place: p, Weight: 1}
	}
	return out
}

// transition adds a silent transition.
func (c *converter) transition(n *bpmn.Node, suffix string, from, to []int) {
	c.net.Transitions = append(c.net.Transitions, petri.Transition{ID: n.ID + suffix, Silent: true, In: arcs(from), Out: arcs(to)})
}

// labelled adds the transition of a task or event; without a name it is silent.
func (c *converter) labelled(n *bpmn.Node, from int, to []int) {
	t := petri.Transition{ID: n.ID, Label: n.Name, Silent: n.Name == "", In: arcs([]int{from}), Out: arcs(to)}
	c.net.Transitions = append(c.net.Transitions, t)
	if t.Silent {
		c.listed = append(c.listed, Approximation{n.ID, "has no name and is a silent step", "без названия: невидимый шаг"})
	}
}

// merged returns the place behind a node's incoming flows, any of which leads on.
func (c *converter) merged(n *bpmn.Node, from []int) int {
	if len(from) == 1 {
		return from[0]
	}
	at := c.place(n.ID + "-in")
	for i, f := range from {
		c.transition(n, fmt.Sprint("-in", i), []int{f}, []int{at})
	}
	return at
}

func (c *converter) inclusive(n *bpmn.Node, from, to []int) error {
	if len(from) > mostInclusive || len(to) > mostInclusive {
		return fmt.Errorf("turning inclusive gateway %q into a net: %d flows in and %d out are too many, at most %d", n.ID, len(from), len(to), mostInclusive)
	}
	at := from
	if len(from) > 1 {
		c.listed = append(c.listed, Approximation{n.ID, "an inclusive join may go on before all that will come have come", "неисключающее слияние может сработать раньше, чем придут все ветви"})
		at = []int{c.place(n.ID + "-in")}
		for s := 1; s < 1<<len(from); s++ {
			c.transition(n, fmt.Sprint("-in", s), subset(from, s), at)
		}
	}
	for s := 1; s < 1<<len(to); s++ {
		c.transition(n, fmt.Sprint("-out", s), at, subset(to, s))
	}
	return nil
}

func subset(list []int, bits int) (out []int) {
	for i, x := range list {
		if bits>>i&1 == 1 {
			out = append(out, x)
		}
	}
	return out
}
