package convert

import (
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

// ToBPMN returns the diagram of a free-choice workflow net, with a layout and with
// the same language: transitions with a label become tasks, those with several
// places before or behind them parallel gateways, places with several transitions
// exclusive ones, and what is left with one way in and one out vanishes. Places that
// share all the transitions behind them are joined first.
//
// Source: A. A. Kalenkova, W. M. P. van der Aalst, I. A. Lomazova, V. A. Rubin,
// "Process mining using BPMN", SoSyM 16 (2017), doi:10.1007/s10270-015-0502-0,
// section 4. Where places share some but not all of the transitions behind them, the
// diagram is that of the process tree, see ToTree; a net that has none either, or is
// no workflow net, is an error. O(n) in the size of the net, and the layout.
func ToBPMN(n *petri.Net) (*bpmn.Definitions, error) {
	if err := n.WorkflowNet(); err != nil {
		return nil, fmt.Errorf("turning net %q into a diagram: it is no workflow net: %w", n.Name, err)
	}
	p := &bpmn.Process{ID: "Process_1", Name: n.Name}
	g := &graph{process: p, numbers: map[string]int{}}
	filled, emptied := make([][]int, len(n.Places)), make([][]int, len(n.Places)) // transitions before and behind each place
	for t, x := range n.Transitions {
		for _, a := range x.In {
			emptied[a.Place] = append(emptied[a.Place], t)
		}
		for _, a := range x.Out {
			filled[a.Place] = append(filled[a.Place], t)
		}
	}
	entry, exit := make([]string, len(n.Transitions)), make([]string, len(n.Transitions))
	for t, x := range n.Transitions {
		if x.Silent {
			id := g.node("Step", bpmn.ExclusiveGateway, "")
			entry[t], exit[t] = id, id
		} else {
			id := g.node("Task", bpmn.Task, x.Label)
			entry[t], exit[t] = id, id
		}
		if len(x.Out) > 1 {
			exit[t] = g.after(exit[t], g.node("Fork", bpmn.ParallelGateway, ""))
		}
	}
	// Every place has a gateway where tokens come together; what follows is a choice.
	hub := make([]string, len(n.Places))
	for i := range n.Places {
		hub[i] = g.node("Merge", bpmn.ExclusiveGateway, "")
		for _, t := range filled[i] {
			g.flow(exit[t], hub[i])
		}
		if n.Initial[i] > 0 {
			g.flow(g.node("Start", bpmn.StartEvent, ""), hub[i])
		}
		if n.Final[i] > 0 {
			g.flow(hub[i], g.node("End", bpmn.EndEvent, ""))
		}
	}
	for i := range n.Places {
		if len(emptied[i]) == 0 {
			continue
		}
		first := n.Transitions[emptied[i][0]].In
		for _, t := range emptied[i] {
			if in := n.Transitions[t].In; !sameArcs(in, first) {
				if tree, err := ToTree(n); err == nil {
					return laidOut(n, processtree.BPMN(tree, n.Name))
				}
				return nil, fmt.Errorf("turning net %q into a diagram: the choice at place %q is not free: %q needs other places than %q", n.Name, n.Places[i].ID, n.Transitions[t].ID, n.Transitions[emptied[i][0]].ID)
			}
		}
		if slices.MinFunc(first, func(a, b petri.Arc) int { return a.Place - b.Place }).Place != i {
			continue // the first of the places that share these transitions does it for all
		}
		at := hub[i]
		if len(first) > 1 {
			at = g.node("Join", bpmn.ParallelGateway, "")
			for _, a := range first {
				g.flow(hub[a.Place], at)
			}
		}
		if len(emptied[i]) > 1 {
			at = g.after(at, g.node("Choice", bpmn.ExclusiveGateway, ""))
		}
		for _, t := range emptied[i] {
			g.flow(at, entry[t])
		}
	}
	g.tidy()
	return laidOut(n, &bpmn.Definitions{ID: "Definitions_1", TargetNamespace: "http://bpmn.io/schema/bpmn", Processes: []*bpmn.Process{p}})
}

func laidOut(n *petri.Net, d *bpmn.Definitions) (*bpmn.Definitions, error) {
	if err := bpmn.Layout(d); err != nil {
		return nil, fmt.Errorf("turning net %q into a diagram: %w", n.Name, err)
	}
	return d, nil
}

func sameArcs(a, b []petri.Arc) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x petri.Arc) bool { return !slices.Contains(b, x) })
}

type graph struct {
	process *bpmn.Process
	numbers map[string]int
}

func (g *graph) node(what string, kind bpmn.Kind, name string) string {
	g.numbers[what]++
	id := fmt.Sprintf("%s_%d", what, g.numbers[what])
	g.process.Nodes = append(g.process.Nodes, &bpmn.Node{ID: id, Name: name, Kind: kind})
	return id
}

func (g *graph) flow(from, to string) {
	g.numbers["Flow"]++
	g.process.Flows = append(g.process.Flows, &bpmn.Flow{ID: fmt.Sprintf("Flow_%d", g.numbers["Flow"]), Source: from, Target: to})
}

func (g *graph) after(from, to string) string {
	g.flow(from, to)
	return to
}

// tidy removes gateways with one way in and one way out.
func (g *graph) tidy() {
	in, out := g.process.Incoming(), g.process.Outgoing()
	gone := map[string]bool{}
	lost := map[*bpmn.Flow]bool{}
	for _, n := range g.process.Nodes {
		if !n.IsGateway() || len(in[n.ID]) != 1 || len(out[n.ID]) != 1 {
			continue
		}
		a, b := in[n.ID][0], out[n.ID][0]
		if a == b || a.Source == n.ID {
			continue
		}
		gone[n.ID], lost[b] = true, true
		a.Target = b.Target
		next := in[b.Target]
		next[slices.Index(next, b)] = a
	}
	g.process.Nodes = slices.DeleteFunc(g.process.Nodes, func(n *bpmn.Node) bool { return gone[n.ID] })
	g.process.Flows = slices.DeleteFunc(g.process.Flows, func(f *bpmn.Flow) bool { return lost[f] })
}
