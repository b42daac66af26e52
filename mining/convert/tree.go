package convert

import (
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

// ToTree returns the process tree of a workflow net, with the same language: S. J.
// van Zelst, S. J. J. Leemans, "Translating workflow nets to process trees: an
// algorithmic approach", Algorithms 13 (2020) 279, doi:10.3390/a13110279. Patterns
// of choice, sequence, parallel and loop are replaced by one transition each until
// one is left, in O(n²) for n transitions. A net that is no workflow net, or has no
// block structure, is an error that says what was left.
func ToTree(n *petri.Net) (*processtree.Tree, error) {
	if err := n.WorkflowNet(); err != nil {
		return nil, fmt.Errorf("turning net %q into a tree: it is no workflow net: %w", n.Name, err)
	}
	f := &folder{fixed: map[int]bool{}, places: len(n.Places)}
	for i := range n.Places {
		f.fixed[i] = n.Initial[i]+n.Final[i] > 0
	}
	for _, t := range n.Transitions {
		x := &block{tree: processtree.Tau()}
		if !t.Silent {
			x.tree = processtree.Leaf(t.Label)
		}
		for _, a := range t.In {
			x.in = append(x.in, a.Place)
		}
		for _, a := range t.Out {
			x.out = append(x.out, a.Place)
		}
		slices.Sort(x.in)
		slices.Sort(x.out)
		f.blocks = append(f.blocks, x)
	}
	for f.choices() || f.self() || f.sequences() || f.parallels() || f.loops() {
	}
	if len(f.blocks) != 1 || !f.fixed[f.blocks[0].in[0]] || !f.fixed[f.blocks[0].out[0]] {
		names := []string{}
		for _, b := range f.blocks[:min(3, len(f.blocks))] {
			names = append(names, b.tree.Reduce().String())
		}
		return nil, fmt.Errorf("turning net %q into a tree: it has no block structure: %d parts are left, such as %q", n.Name, len(f.blocks), names)
	}
	return f.blocks[0].tree.Reduce(), nil
}

// block is a part of the net that is one transition by now.
type block struct {
	in, out []int
	tree    *processtree.Tree
}

type folder struct {
	blocks []*block
	fixed  map[int]bool // places with a token at the start or the end
	places int
}

// around returns the blocks before and behind each place.
func (f *folder) around() (before, behind map[int][]*block) {
	before, behind = map[int][]*block{}, map[int][]*block{}
	for _, b := range f.blocks {
		for _, p := range b.in {
			behind[p] = append(behind[p], b)
		}
		for _, p := range b.out {
			before[p] = append(before[p], b)
		}
	}
	return before, behind
}

func (f *folder) drop(gone map[*block]bool) bool {
	f.blocks = slices.DeleteFunc(f.blocks, func(b *block) bool { return gone[b] })
	return len(gone) > 0
}

// choices joins blocks between the same places.
func (f *folder) choices() bool {
	first, gone := map[string]*block{}, map[*block]bool{}
	for _, b := range f.blocks {
		key := fmt.Sprint(b.in, b.out)
		if a := first[key]; a != nil {
			a.tree = processtree.New(processtree.Choice, a.tree, b.tree)
			gone[b] = true
		} else {
			first[key] = b
		}
	}
	return f.drop(gone)
}

// self turns a block that returns to its place into a loop before what follows.
func (f *folder) self() bool {
	for _, b := range f.blocks {
		if len(b.in) != 1 || !slices.Equal(b.in, b.out) {
			continue
		}
		p, fresh := b.in[0], f.places
		f.places++
		for _, c := range f.blocks {
			if i := slices.Index(c.in, p); c != b && i >= 0 {
				c.in[i] = fresh
				slices.Sort(c.in)
			}
		}
		b.out = []int{fresh}
		b.tree = processtree.New(processtree.Loop, processtree.Tau(), b.tree)
		return true
	}
	return false
}

// sequences joins blocks around a place of their own.
func (f *folder) sequences() bool {
	before, behind := f.around()
	gone := map[*block]bool{}
	touched := map[*block]bool{}
	for _, a := range f.blocks {
		if len(a.out) != 1 || touched[a] {
			continue
		}
		p := a.out[0]
		if f.fixed[p] || len(before[p]) != 1 || len(behind[p]) != 1 {
			continue
		}
		b := behind[p][0]
		if b == a || touched[b] || len(b.in) != 1 {
			continue
		}
		a.out, a.tree = b.out, processtree.New(processtree.Sequence, a.tree, b.tree)
		touched[a], touched[b], gone[b] = true, true, true
	}
	return f.drop(gone)
}

// parallels joins blocks with a place of their own before and behind each, if the
// same blocks fill and empty these.
func (f *folder) parallels() bool {
	before, behind := f.around()
	first, gone := map[string]*block{}, map[*block]bool{}
	lost := map[int]bool{}
	for _, b := range f.blocks {
		if len(b.in) != 1 || len(b.out) != 1 {
			continue
		}
		p, q := b.in[0], b.out[0]
		if f.fixed[p] || f.fixed[q] || len(behind[p]) != 1 || len(before[q]) != 1 || len(before[p]) == 0 || len(behind[q]) == 0 {
			continue
		}
		key := ""
		for _, c := range before[p] {
			key += fmt.Sprintf("%p ", c)
		}
		key += "|"
		for _, c := range behind[q] {
			key += fmt.Sprintf("%p ", c)
		}
		if a := first[key]; a != nil {
			a.tree = processtree.New(processtree.Parallel, a.tree, b.tree)
			gone[b], lost[p], lost[q] = true, true, true
		} else {
			first[key] = b
		}
	}
	for _, b := range f.blocks {
		isLost := func(p int) bool { return lost[p] }
		if !gone[b] {
			b.in, b.out = slices.DeleteFunc(b.in, isLost), slices.DeleteFunc(b.out, isLost)
		}
	}
	return f.drop(gone)
}

// loops joins a block with the one that leads back, if nothing else leaves its
// first place or fills its second.
func (f *folder) loops() bool {
	before, behind := f.around()
	gone := map[*block]bool{}
	for _, a := range f.blocks {
		if len(a.in) != 1 || len(a.out) != 1 || gone[a] {
			continue
		}
		p, q := a.in[0], a.out[0]
		if f.fixed[p] || f.fixed[q] || len(behind[p]) != 1 || len(before[q]) != 1 {
			continue
		}
		for _, b := range behind[q] {
			if !gone[b] && b != a && slices.Equal(b.in, a.out) && slices.Equal(b.out, a.in) {
				a.tree = processtree.New(processtree.Loop, a.tree, b.tree)
				gone[b] = true
				return f.drop(gone)
			}
		}
	}
	return false
}
