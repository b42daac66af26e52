package fit

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/discovery"
	"github.com/uprava/uprava/mining/processtree"
)

// structure mines a process tree, replays the log on it and puts what it runs in
// parallel into an order.
func (f *fitter) structure(ctx context.Context) error {
	variants := f.variants()
	noises := []float64{0, 0.1, 0.2, 0.3, 0.5}
	if f.cfg.Noise != nil {
		noises = []float64{*f.cfg.Noise}
	}
	var mined *processtree.Tree
	for i, noise := range noises {
		t, err := discovery.Inductive(ctx, variants, discovery.InductiveConfig{Noise: noise})
		if err != nil {
			return err
		}
		if i == 0 || !flower(t, len(f.names)) {
			mined, f.report.Noise = t, noise
		}
		if !flower(t, len(f.names)) {
			break
		}
	}
	counts, err := processtree.Replay(mined, variants)
	if err != nil {
		return err
	}
	r := f.report
	r.Tree = mined.String()
	r.Deviating = int(counts.Cases - counts.Fitting)
	f.executed = map[*processtree.Tree]int64{}
	if err := ctx.Err(); err != nil {
		return err
	}
	again, err := f.rounds(mined, variants)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	blocks := 0
	f.redone = map[*processtree.Tree]*visits{}
	f.tree = f.sequential(mined, counts, again, &blocks)
	f.visits = map[string]*visits{}
	if f.choose(); f.chain == nil {
		drawn := processtree.Draw(f.tree, r.Log)
		f.diagram, f.taken, f.leaves = drawn.Definitions, map[string]int64{}, map[string]bool{}
		for id, part := range drawn.Branches {
			f.taken[id] = f.executed[part]
			f.leaves[id] = part.Operator == processtree.Loop
			if v := f.redone[part]; v != nil {
				f.visits[id] = v
			}
		}
		f.taskOf = make([]string, len(f.names))
		for id, leaf := range drawn.Tasks {
			if a, ok := slices.BinarySearch(f.names, leaf.Label); ok {
				f.taskOf[a] = id
			}
		}
		f.fades(f.diagram.Processes[0])
		f.treeDoubts(mined, blocks)
	} else {
		f.visits = f.visited(f.drawChain())
		f.fades(f.diagram.Processes[0])
	}
	if err := bpmn.Layout(f.diagram); err != nil {
		return fmt.Errorf("laying out the diagram: %w", err)
	}
	return nil
}

// treeDoubts lists what simulating the mined tree assumes.
func (f *fitter) treeDoubts(mined *processtree.Tree, blocks int) {
	r := f.report
	if flower(mined, len(f.names)) {
		r.assume("The steps follow each other in nearly any order: the model allows most of them at any time, and says little about the order.")
	}
	if r.Deviating > 0 {
		r.assume("%d of %d cases do not follow the model (noise %g): their branches are not counted, their times are.", r.Deviating, r.Cases, r.Noise)
	}
	if missing := f.missing(mined); len(missing) > 0 {
		r.assume("The model leaves out the steps %s as too rare.", strings.Join(missing, ", "))
	}
	if len(f.fading) == 0 && slices.ContainsFunc(mined.Nodes(), func(n *processtree.Tree) bool { return n.Operator == processtree.Loop }) {
		r.assume("Whether a step is done once more is drawn anew each time, with the share of the log: how often a case comes back does not depend on how often it did.")
	}
	if blocks > 0 {
		r.assume("The miner finds steps that go on side by side (blocks: %d), but the times of the log are measured from one completion to the next: there each step is simulated after the other, in the order most often seen, so that the lead time is the sum of its stages.", blocks)
	}
}

// variants returns the sequences of the cases with their counts, by name.
func (f *fitter) variants() []processtree.Variant {
	at := map[string]int{}
	var out []processtree.Variant
	var key []byte
	for _, row := range f.cases {
		key = key[:0]
		for _, in := range row {
			key = binary.LittleEndian.AppendUint32(key, uint32(in.activity))
		}
		k, ok := at[string(key)]
		if !ok {
			k = len(out)
			at[string(key)] = k
			v := processtree.Variant{}
			for _, in := range row {
				v.Activities = append(v.Activities, f.names[in.activity])
			}
			out = append(out, v)
		}
		out[k].Count++
	}
	return out
}

// flower reports whether a loop over a choice, which allows anything, holds more
// than half of the activities.
func flower(t *processtree.Tree, activities int) bool {
	for _, n := range t.Nodes() {
		if n.Operator != processtree.Loop {
			continue
		}
		free := 0
		for _, c := range n.Children {
			leaves := c.Children
			if c.Operator != processtree.Choice {
				leaves = []*processtree.Tree{c}
			}
			for _, leaf := range leaves {
				if leaf.Operator == processtree.Activity {
					free++
				}
			}
		}
		if free > 3 && 2*free > activities {
			return true
		}
	}
	return false
}

func (f *fitter) missing(t *processtree.Tree) []string {
	in := t.Activities()
	var out []string
	for _, name := range f.names {
		if _, ok := slices.BinarySearch(in, name); !ok {
			out = append(out, fmt.Sprintf("%q", name))
		}
	}
	return out
}

// sequential returns a copy of the tree in which the children of each parallel
// follow each other, with the executions of its nodes.
func (f *fitter) sequential(t *processtree.Tree, counts *processtree.Counts, again map[*processtree.Tree]*visits, blocks *int) *processtree.Tree {
	n := &processtree.Tree{Operator: t.Operator, Label: t.Label}
	f.executed[n] = counts.Executed(t)
	children := t.Children
	if t.Operator == processtree.Parallel {
		n.Operator = processtree.Sequence
		*blocks++
		children = f.order(t.Children)
	}
	total := int64(0)
	if t.Operator == processtree.Loop {
		for _, c := range children[1:] {
			total += counts.Executed(c)
		}
	}
	for i, c := range children {
		n.Children = append(n.Children, f.sequential(c, counts, again, blocks))
		if t.Operator == processtree.Loop && i > 0 && total > 0 {
			f.redone[n.Children[i]] = again[t].part(float64(counts.Executed(c)) / float64(total))
		}
	}
	return n
}

// order sorts trees by how many others begin after them, over all cases (Borda);
// ties as they stood.
func (f *fitter) order(trees []*processtree.Tree) []*processtree.Tree {
	owner := make([]int, len(f.names))
	for i := range owner {
		owner[i] = -1
	}
	for k, t := range trees {
		for _, name := range t.Activities() {
			if a, ok := slices.BinarySearch(f.names, name); ok {
				owner[a] = k
			}
		}
	}
	before := make([][]int, len(trees))
	for i := range before {
		before[i] = make([]int, len(trees))
	}
	var seen []int
	for _, row := range f.cases {
		seen = seen[:0]
		for _, in := range row {
			if k := owner[in.activity]; k >= 0 && !slices.Contains(seen, k) {
				for _, earlier := range seen {
					before[earlier][k]++
				}
				seen = append(seen, k)
			}
		}
	}
	score := make([]float64, len(trees))
	rank := make([]int, len(trees))
	for i := range trees {
		rank[i] = i
		for k := range trees {
			if n := before[i][k] + before[k][i]; n > 0 {
				score[i] += float64(before[i][k])/float64(n) - 0.5
			}
		}
	}
	slices.SortStableFunc(rank, func(a, b int) int {
		switch {
		case score[a] > score[b]:
			return -1
		case score[a] < score[b]:
			return 1
		}
		return 0
	})
	out := make([]*processtree.Tree, len(trees))
	for i, k := range rank {
		out[i] = trees[k]
	}
	return out
}
