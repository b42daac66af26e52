package convert

import (
	"fmt"
	"strconv"
	"strings"

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

// FromBPMN returns the Petri net of a document: tasks and message, timer and other
// intermediate and boundary events that have a name are transitions with that
// label; gateways, start and end events are silent.
//
// A process all of whose elements are local becomes a net whose places stand for
// sequence flows: R. Dijkman, M. Dumas, C. Ouyang, "Semantics and analysis of
// business process models in BPMN", IST 50 (2008),
// doi:10.1016/j.infsof.2008.02.006, section 4. Sub-processes, boundary events,
// loops, calls, links, terminating and error ends, inclusive joins, and several ends
// beside parallel flows look at the whole process: it is unfolded into a net with
// one place for each of its states, at most 5,000 of them. Parallel instances run one after the
// other there, and an event that does not interrupt occurs at most once: that is
// listed. Of several processes the one wanted is that which no other calls.
func FromBPMN(d *bpmn.Definitions) (*petri.Net, []Approximation, error) {
	p, err := mainProcess(d)
	if err != nil {
		return nil, nil, err
	}
	if err := d.Validate(); err != nil {
		return nil, nil, fmt.Errorf("turning process %q into a net: %w", p.ID, err)
	}
	for _, n := range p.Nodes {
		if in, out := p.Incoming()[n.ID], p.Outgoing()[n.ID]; n.Kind == bpmn.InclusiveGateway && (len(in) > mostInclusive || len(out) > mostInclusive) {
			return nil, nil, fmt.Errorf("turning inclusive gateway %q into a net: %d flows in and %d out are too many, at most %d", n.ID, len(in), len(out), mostInclusive)
		}
	}
	if !local(p) {
		return unfold(d, p)
	}
	c := &converter{net: &petri.Net{Name: p.Name}, flow: map[string]int{}}
	source, sink := c.place("source"), c.place("sink")
	for _, f := range p.Flows {
		c.flow[f.ID] = c.place(f.ID)
	}
	in, out := p.Incoming(), p.Outgoing()
	for _, n := range p.Nodes {
		from, to := c.places(in[n.ID]), c.places(out[n.ID])
		switch {
		case n.Kind == bpmn.StartEvent:
			c.transition(n, "", []int{source}, to)
		case n.Kind == bpmn.EndEvent:
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
			at := c.merged(n, from)
			for bits := 1; bits < 1<<len(to); bits++ {
				c.transition(n, fmt.Sprint("-out", bits), []int{at}, subset(to, bits))
			}
		case n.IsTask(), n.Kind == bpmn.IntermediateCatchEvent, n.Kind == bpmn.IntermediateThrowEvent:
			c.labelled(n, c.merged(n, from), to)
		default:
			return nil, nil, fmt.Errorf("turning process %q into a net: %v %q has no counterpart yet", p.ID, n.Kind, n.ID)
		}
	}
	c.net.Initial, c.net.Final = make(petri.Marking, len(c.net.Places)), make(petri.Marking, len(c.net.Places))
	c.net.Initial[source], c.net.Final[sink] = 1, 1
	return c.net, c.listed, nil
}

// mainProcess returns the process of the document that no other calls.
func mainProcess(d *bpmn.Definitions) (*bpmn.Process, error) {
	called := map[string]bool{}
	for _, p := range d.Processes {
		p.Walk(func(s *bpmn.Process, _ *bpmn.Node) {
			for _, n := range s.Nodes {
				called[n.Called] = true
			}
		})
	}
	var free []*bpmn.Process
	var ids []string
	for _, p := range d.Processes {
		if !called[p.ID] {
			free = append(free, p)
			ids = append(ids, strconv.Quote(p.ID))
		}
	}
	if len(free) != 1 {
		return nil, fmt.Errorf("turning a diagram into a net: found %d processes that no other calls (%s), wanted one; keep the one that the log is about", len(free), strings.Join(ids, ", "))
	}
	return free[0], nil
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

func subset(list []int, bits int) (out []int) {
	for i, x := range list {
		if bits>>i&1 == 1 {
			out = append(out, x)
		}
	}
	return out
}
