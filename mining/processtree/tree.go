// Package processtree holds process trees: block-structured process models that
// are sound by construction (van der Aalst, Buijs, van Dongen 2011,
// doi:10.1007/978-3-642-34044-4_3; operators as in Leemans, Fahland, van der
// Aalst 2013, doi:10.1007/978-3-642-38697-8_17).
//
//	discovery ─▶ Tree ─▶ Petri   workflow net
//	PTML, text ─▶  │  ─▶ BPMN    diagram with paired gateways
//	               ├──▶ Replay   how often each part was taken by a log
//	               └──▶ Language, Accepts
//
// Left out on purpose: the or-operator and interleaving, which no miner here
// finds and no simulator here runs.
package processtree

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Operator says what a node of a tree is.
type Operator uint8

// The leaves, and the operators with their notation.
const (
	Activity Operator = iota // a labelled step
	Silent                   // tau: a step that nobody sees
	Sequence                 // -> the children one after another
	Choice                   // X exactly one child
	Parallel                 // + all children, interleaved in any way
	Loop                     // * first child, then any number of times another child and the first again
)

var operatorNames = [...]string{"activity", "tau", "->", "X", "+", "*"}

// String returns the operator in the notation of Tree.String.
func (o Operator) String() string {
	if int(o) < len(operatorNames) {
		return operatorNames[o]
	}
	return fmt.Sprintf("Operator(%d)", uint8(o))
}

// Tree is a process tree, or a node of one. A node belongs to one tree and
// stands in it once. Trees are not changed by this package.
type Tree struct {
	Operator Operator
	Label    string  // of an Activity
	Children []*Tree // none of a leaf; a Loop has two or more: do, redo…
}

// Leaf returns the step of the given label.
func Leaf(label string) *Tree { return &Tree{Operator: Activity, Label: label} }

// Tau returns a silent step.
func Tau() *Tree { return &Tree{Operator: Silent} }

// New returns a node with the given children.
func New(o Operator, children ...*Tree) *Tree { return &Tree{Operator: o, Children: children} }

// maxDepth bounds the nesting of trees that are read or checked.
const maxDepth = 10_000

// Validate returns all faults of the tree, joined: unknown operators, leaves with
// children, labels on anything but activities, operators without children, loops
// with fewer than two, a node that stands twice, nesting beyond 10,000.
func (t *Tree) Validate() error {
	var faults []error
	seen := map[*Tree]bool{}
	var visit func(n *Tree, depth int)
	visit = func(n *Tree, depth int) {
		switch {
		case n == nil:
			faults = append(faults, errors.New("node is missing"))
			return
		case seen[n]:
			faults = append(faults, fmt.Errorf("node %s %q stands in the tree twice", n.Operator, n.Label))
			return
		case depth > maxDepth:
			faults = append(faults, fmt.Errorf("tree nests deeper than %d", maxDepth))
			return
		}
		seen[n] = true
		switch {
		case n.Operator > Loop:
			faults = append(faults, fmt.Errorf("operator %d is not known", uint8(n.Operator)))
		case n.Operator <= Silent && len(n.Children) > 0:
			faults = append(faults, fmt.Errorf("leaf %s %q has %d children", n.Operator, n.Label, len(n.Children)))
		case n.Operator > Silent && len(n.Children) == 0:
			faults = append(faults, fmt.Errorf("operator %s has no children", n.Operator))
		case n.Operator == Loop && len(n.Children) < 2:
			faults = append(faults, errors.New("loop has one child, wanted two or more"))
		}
		if n.Operator != Activity && n.Label != "" {
			faults = append(faults, fmt.Errorf("operator %s has the label %q", n.Operator, n.Label))
		}
		for _, c := range n.Children {
			visit(c, depth+1)
		}
	}
	visit(t, 0)
	return errors.Join(faults...)
}

// Clone returns a copy that shares nothing with t.
func (t *Tree) Clone() *Tree {
	c := &Tree{Operator: t.Operator, Label: t.Label}
	for _, child := range t.Children {
		c.Children = append(c.Children, child.Clone())
	}
	return c
}

// Equal reports whether the trees are the same node by node, order included.
func (t *Tree) Equal(u *Tree) bool {
	return t.Operator == u.Operator && t.Label == u.Label && slices.EqualFunc(t.Children, u.Children, (*Tree).Equal)
}

// Nodes returns all nodes in preorder: t first, then its children's.
func (t *Tree) Nodes() []*Tree {
	out := []*Tree{t}
	for _, c := range t.Children {
		out = append(out, c.Nodes()...)
	}
	return out
}

// Activities returns the distinct labels in ascending order.
func (t *Tree) Activities() []string {
	var out []string
	for _, n := range t.Nodes() {
		if n.Operator == Activity {
			out = append(out, n.Label)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Nullable reports whether the tree allows the empty trace.
func (t *Tree) Nullable() bool {
	switch t.Operator {
	case Activity:
		return false
	case Silent:
		return true
	case Choice:
		return slices.ContainsFunc(t.Children, (*Tree).Nullable)
	case Loop:
		return t.Children[0].Nullable()
	}
	return !slices.ContainsFunc(t.Children, func(c *Tree) bool { return !c.Nullable() })
}

// Sorted returns a copy in which the children of choices and parallels, and the
// redo parts of loops, stand in the order of their notation: two trees that
// differ only in such order have the same Sorted form.
func (t *Tree) Sorted() *Tree {
	c := &Tree{Operator: t.Operator, Label: t.Label}
	keys := map[*Tree]string{}
	for _, child := range t.Children {
		s := child.Sorted()
		keys[s] = s.String()
		c.Children = append(c.Children, s)
	}
	free := c.Children
	switch t.Operator {
	case Choice, Parallel:
	case Loop:
		free = c.Children[1:]
	default:
		return c
	}
	slices.SortStableFunc(free, func(a, b *Tree) int { return strings.Compare(keys[a], keys[b]) })
	return c
}
