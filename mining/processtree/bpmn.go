package processtree

import (
	"fmt"

	"github.com/uprava/uprava/mining/bpmn"
)

// Diagram is the BPMN model of a tree, and what its parts mean in the tree.
type Diagram struct {
	Definitions *bpmn.Definitions
	// Tasks are the activities of the tree by identifier of their task.
	Tasks map[string]*Tree
	// Branches say, by identifier of each flow out of an exclusive split, which
	// node of the tree is executed once whenever the flow is taken: a child of a
	// choice, a redo part of a loop, or, for the flow that leaves a loop, the loop
	// itself. See Counts.Flows.
	Branches map[string]*Tree
}

// BPMN returns the tree as a BPMN model of one process of the given name,
// without a layout: see bpmn.Layout.
func BPMN(t *Tree, name string) *bpmn.Definitions { return Draw(t, name).Definitions }

// Draw returns the tree as a BPMN model of one process of the given name, without
// a layout, and the mapping between the two.
//
// The model is block-structured: a choice becomes an exclusive split and join, a
// parallel a parallel split and join, a loop an exclusive join before its do part
// and an exclusive split after it, from which each redo part leads back (a redo
// part that is a choice starts at that split itself). Silent steps vanish.
// Identifiers are numbered in the order of the tree: Task_1, Split_1 with Join_1,
// Flow_1. The tree must be valid.
func Draw(t *Tree, name string) *Diagram {
	p := &bpmn.Process{ID: "Process_1", Name: name}
	d := &drawer{process: p, diagram: &Diagram{
		Definitions: &bpmn.Definitions{ID: "Definitions_1", TargetNamespace: "http://bpmn.io/schema/bpmn", Processes: []*bpmn.Process{p}},
		Tasks:       map[string]*Tree{}, Branches: map[string]*Tree{},
	}}
	start := d.node("Start", "", bpmn.StartEvent)
	last := d.tree(t, opening{source: start})
	d.connect(last, d.node("End", "", bpmn.EndEvent))
	return d.diagram
}

// opening is a flow whose end is not known yet.
type opening struct {
	source string
	branch *Tree // of a flow out of an exclusive split
}

type drawer struct {
	process       *bpmn.Process
	diagram       *Diagram
	tasks, blocks int
}

func (d *drawer) node(id, name string, kind bpmn.Kind) string {
	d.process.Nodes = append(d.process.Nodes, &bpmn.Node{ID: id, Name: name, Kind: kind})
	return id
}

func (d *drawer) connect(o opening, target string) {
	id := fmt.Sprintf("Flow_%d", len(d.process.Flows)+1)
	d.process.Flows = append(d.process.Flows, &bpmn.Flow{ID: id, Source: o.source, Target: target})
	if o.branch != nil {
		d.diagram.Branches[id] = o.branch
	}
}

// tree draws t after the flow in, and returns the flow that leads on.
func (d *drawer) tree(t *Tree, in opening) opening {
	switch t.Operator {
	case Activity:
		d.tasks++
		id := d.node(fmt.Sprintf("Task_%d", d.tasks), t.Label, bpmn.Task)
		d.diagram.Tasks[id] = t
		d.connect(in, id)
		return opening{source: id}
	case Sequence:
		for _, c := range t.Children {
			in = d.tree(c, in)
		}
	case Choice, Parallel:
		if len(t.Children) == 1 {
			return d.tree(t.Children[0], in)
		}
		kind := bpmn.ExclusiveGateway
		if t.Operator == Parallel {
			kind = bpmn.ParallelGateway
		}
		d.blocks++
		n := d.blocks
		split := d.node(fmt.Sprintf("Split_%d", n), "", kind)
		d.connect(in, split)
		ends := make([]opening, len(t.Children))
		for i, c := range t.Children {
			o := opening{source: split}
			if t.Operator == Choice {
				o.branch = c
			}
			ends[i] = d.tree(c, o)
		}
		join := d.node(fmt.Sprintf("Join_%d", n), "", kind)
		for _, end := range ends {
			d.connect(end, join)
		}
		return opening{source: join}
	case Loop:
		d.blocks++
		n := d.blocks
		join := d.node(fmt.Sprintf("Join_%d", n), "", bpmn.ExclusiveGateway)
		d.connect(in, join)
		do := d.tree(t.Children[0], opening{source: join})
		split := d.node(fmt.Sprintf("Split_%d", n), "", bpmn.ExclusiveGateway)
		d.connect(do, split)
		redos := t.Children[1:]
		if len(redos) == 1 && redos[0].Operator == Choice {
			redos = redos[0].Children
		}
		for _, r := range redos {
			d.connect(d.tree(r, opening{source: split, branch: r}), join)
		}
		return opening{source: split, branch: t}
	}
	return in
}
