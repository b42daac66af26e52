package discovery

import (
	"encoding/json"

	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/petri"
)

// MarshalJSON writes the model without its diagram, which has a format of its own:
// trees and partial orders in their notation, of a net its size, of a graph its
// activities and edges by name, warnings in English.
func (m *Model) MarshalJSON() ([]byte, error) {
	out := struct {
		Algorithm   string            `json:"algorithm"`
		Tree        string            `json:"tree,omitempty"`
		POWL        string            `json:"powl,omitempty"`
		Net         *netSize          `json:"net,omitempty"`
		Graph       *graphJSON        `json:"graph,omitempty"`
		Hidden      *Hidden           `json:"hidden,omitempty"`
		Causal      *CausalNet        `json:"causal,omitempty"`
		Prefixes    *PrefixTree       `json:"prefixes,omitempty"`
		Transitions *TransitionSystem `json:"transitions,omitempty"`
		Warnings    []string          `json:"warnings"`
	}{Algorithm: m.Algorithm, Hidden: m.Hidden, Causal: m.Causal, Prefixes: m.Prefixes, Transitions: m.Transitions, Warnings: measure.TextsIn("en", m.Warnings)}
	if m.Tree != nil {
		out.Tree = m.Tree.String()
	}
	if m.POWL != nil {
		out.POWL = m.POWL.String()
	}
	if m.Net != nil {
		out.Net = sizeOf(m.Net)
	}
	if m.Graph != nil {
		out.Graph = graphJSONOf(m.Graph)
	}
	return json.Marshal(out)
}

// netSize is the size of a net.
type netSize struct {
	Places      int `json:"places"`
	Transitions int `json:"transitions"`
	Silent      int `json:"silent"`
	Arcs        int `json:"arcs"`
}

func sizeOf(n *petri.Net) *netSize {
	s := &netSize{Places: len(n.Places), Transitions: len(n.Transitions)}
	for _, t := range n.Transitions {
		s.Arcs += len(t.In) + len(t.Out)
		if t.Silent {
			s.Silent++
		}
	}
	return s
}

type graphJSON struct {
	Activities []graphActivity `json:"activities"`
	Edges      []graphEdge     `json:"edges"`
}

type graphActivity struct {
	Name   string `json:"name"`
	Count  int64  `json:"count"`
	Starts int64  `json:"starts"` // cases
	Ends   int64  `json:"ends"`   // cases
}

type graphEdge struct {
	From  string         `json:"from"`
	To    string         `json:"to"`
	Count int64          `json:"count"`
	Mean  measure.Number `json:"mean_s"`
}

func graphJSONOf(g *dfg.Graph) *graphJSON {
	out := &graphJSON{Activities: []graphActivity{}, Edges: []graphEdge{}}
	for i, a := range g.Activities {
		out.Activities = append(out.Activities, graphActivity{a, g.Counts[i], g.Starts[i], g.Ends[i]})
	}
	for _, e := range g.Edges {
		out.Edges = append(out.Edges, graphEdge{g.Activities[e.From], g.Activities[e.To], e.Count, measure.Number(e.Mean())})
	}
	return out
}
