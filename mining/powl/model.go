package powl

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Operator says what a node of a model is.
type Operator uint8

// The leaves and the operators with their notation.
const (
	Activity     Operator = iota // a labelled step
	Silent                       // tau: a step that nobody sees
	Choice                       // X exactly one child
	Loop                         // * first child, then any number of times another child and the first again
	PartialOrder                 // PO all children, each after those that the order puts before it
)

var operatorNames = [...]string{"activity", "tau", "X", "*", "PO"}

// String returns the operator in the notation of Model.String.
func (o Operator) String() string {
	if int(o) < len(operatorNames) {
		return operatorNames[o]
	}
	return fmt.Sprintf("Operator(%d)", uint8(o))
}

// Model is a model, or a node of one. A node stands in a model once.
type Model struct {
	Operator Operator
	Label    string // of an Activity
	Children []*Model
	// Order holds, of a PartialOrder, pairs of positions in Children: all of the
	// first runs before any of the second. What follows from others may be left
	// out.
	Order [][2]int
}

// Leaf returns the step of the given label.
func Leaf(label string) *Model { return &Model{Operator: Activity, Label: label} }

// Tau returns a silent step.
func Tau() *Model { return &Model{Operator: Silent} }

// New returns a choice or a loop of the given children, or a partial order that
// leaves them unordered.
func New(o Operator, children ...*Model) *Model { return &Model{Operator: o, Children: children} }

// Ordered returns the partial order of the given children.
func Ordered(order [][2]int, children ...*Model) *Model {
	return &Model{Operator: PartialOrder, Children: children, Order: order}
}

// maxDepth bounds the nesting of models.
const maxDepth = 10_000

// Validate returns all faults of the model, joined: unknown operators, leaves with
// children, operators without, loops with fewer than two, an order that names what
// is not there or runs in a circle, a node that stands twice, nesting beyond
// 10,000.
func (m *Model) Validate() error {
	var faults []error
	faultf := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	seen := map[*Model]bool{}
	var visit func(n *Model, depth int)
	visit = func(n *Model, depth int) {
		switch {
		case n == nil:
			faultf("node is missing")
			return
		case seen[n]:
			faultf("node %s %q stands in the model twice", n.Operator, n.Label)
			return
		case depth > maxDepth:
			faultf("model nests deeper than %d", maxDepth)
			return
		}
		seen[n] = true
		switch {
		case n.Operator > PartialOrder:
			faultf("operator %d is not known", uint8(n.Operator))
		case n.Operator <= Silent && len(n.Children) > 0:
			faultf("leaf %s %q has %d children", n.Operator, n.Label, len(n.Children))
		case n.Operator > Silent && len(n.Children) == 0:
			faultf("operator %s has no children", n.Operator)
		case n.Operator == Loop && len(n.Children) < 2:
			faultf("loop has one child, wanted two or more")
		}
		if n.Operator != Activity && n.Label != "" {
			faultf("operator %s has the label %q", n.Operator, n.Label)
		}
		if n.Operator != PartialOrder && len(n.Order) > 0 {
			faultf("operator %s has an order", n.Operator)
		} else if err := n.checkOrder(); err != nil {
			faults = append(faults, err)
		}
		for _, c := range n.Children {
			visit(c, depth+1)
		}
	}
	visit(m, 0)
	return errors.Join(faults...)
}

func (m *Model) checkOrder() error {
	for _, o := range m.Order {
		if min(o[0], o[1]) < 0 || max(o[0], o[1]) >= len(m.Children) {
			return fmt.Errorf("order puts child %d before child %d of %d", o[0], o[1], len(m.Children))
		}
	}
	before := m.closure()
	for i := range before {
		if before[i][i] {
			return fmt.Errorf("order puts child %d before itself", i)
		}
	}
	return nil
}

// closure returns by child which others it comes before, directly or not.
func (m *Model) closure() [][]bool {
	n := len(m.Children)
	before := make([][]bool, n)
	for i := range before {
		before[i] = make([]bool, n)
	}
	for _, o := range m.Order {
		before[o[0]][o[1]] = true
	}
	for k := range n {
		for i := range n {
			if before[i][k] {
				for j := range n {
					before[i][j] = before[i][j] || before[k][j]
				}
			}
		}
	}
	return before
}

// covers returns the pairs of a closure that follow from no others, ascending.
func covers(before [][]bool) [][2]int {
	var out [][2]int
	for i := range before {
		for j := range before {
			if !before[i][j] {
				continue
			}
			direct := true
			for k := range before {
				direct = direct && !(before[i][k] && before[k][j])
			}
			if direct {
				out = append(out, [2]int{i, j})
			}
		}
	}
	return out
}

// String returns the model on one line: 'a' for an activity, tau, X( … ), *( … ),
// and PO( 'a', 'b', 'c' | 1<3, 2<3 ) with the order by position from 1, without
// what follows from other pairs. Quotes and backslashes in names are escaped by a
// backslash.
func (m *Model) String() string {
	var b strings.Builder
	m.write(&b)
	return b.String()
}

var escape = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

func (m *Model) write(b *strings.Builder) {
	switch m.Operator {
	case Activity:
		b.WriteString("'" + escape.Replace(m.Label) + "'")
		return
	case Silent:
		b.WriteString("tau")
		return
	}
	b.WriteString(m.Operator.String() + "( ")
	for i, c := range m.Children {
		if i > 0 {
			b.WriteString(", ")
		}
		c.write(b)
	}
	for i, o := range covers(m.closure()) {
		sep := ", "
		if i == 0 {
			sep = " | "
		}
		fmt.Fprintf(b, "%s%d<%d", sep, o[0]+1, o[1]+1)
	}
	b.WriteString(" )")
}

// Nodes returns all nodes in preorder.
func (m *Model) Nodes() []*Model {
	out := []*Model{m}
	for _, c := range m.Children {
		out = append(out, c.Nodes()...)
	}
	return out
}

// Activities returns the distinct labels in ascending order.
func (m *Model) Activities() []string {
	var out []string
	for _, n := range m.Nodes() {
		if n.Operator == Activity {
			out = append(out, n.Label)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Nullable reports whether the model allows the empty trace.
func (m *Model) Nullable() bool {
	switch m.Operator {
	case Activity:
		return false
	case Silent:
		return true
	case Choice:
		return slices.ContainsFunc(m.Children, (*Model).Nullable)
	case Loop:
		return m.Children[0].Nullable()
	}
	return !slices.ContainsFunc(m.Children, func(c *Model) bool { return !c.Nullable() })
}

// Equal reports whether the models are the same node by node, with the same
// orders.
func (m *Model) Equal(o *Model) bool {
	return m.Operator == o.Operator && m.Label == o.Label &&
		slices.EqualFunc(m.Children, o.Children, (*Model).Equal) &&
		slices.Equal(covers(m.closure()), covers(o.closure()))
}
