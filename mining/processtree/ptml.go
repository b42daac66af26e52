package processtree

import (
	"fmt"
	"io"
	"slices"

	"github.com/uprava/uprava/mining/internal/xmldoc"
)

// ptmlNames are the elements of PTML by operator.
var ptmlNames = [...]string{"manualTask", "automaticTask", "sequence", "xor", "and", "xorLoop"}

// Write writes the tree as PTML, the process tree format of ProM and PM4Py. A
// loop has three children there: do, redo, and a silent exit; several redo parts
// become one choice, so Read gives the tree back up to that. The same tree gives
// the same bytes. An invalid tree is an error.
func Write(w io.Writer, t *Tree, name string) error {
	if err := t.Validate(); err != nil {
		return fmt.Errorf("writing PTML: %w", err)
	}
	x := &ptmlWriter{Writer: xmldoc.NewWriter(w)}
	x.Open("ptml")
	root := x.number(t)
	x.Open("processTree", "name", name, "root", root, "id", identifier(0))
	for _, n := range x.nodes {
		x.Empty(ptmlNames[n.operator], "name", n.label, "id", n.id)
	}
	for i, e := range x.edges {
		x.Empty("parentsNode", "id", identifier(1<<40+i), "sourceId", e[0], "targetId", e[1])
	}
	x.Close("processTree")
	x.Close("ptml")
	return x.Flush("PTML")
}

type ptmlNode struct {
	operator  Operator
	label, id string
}

type ptmlWriter struct {
	*xmldoc.Writer
	nodes []ptmlNode
	edges [][2]string
}

// identifier returns the k-th identifier of a document, in the form of a UUID as
// ProM wants it.
func identifier(k int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", k) }

// number lists t and what is below it and returns its identifier.
func (x *ptmlWriter) number(t *Tree) string {
	id := identifier(len(x.nodes) + 1)
	x.nodes = append(x.nodes, ptmlNode{t.Operator, t.Label, id})
	children := t.Children
	if t.Operator == Loop {
		redo := children[1]
		if len(children) > 2 {
			redo = New(Choice, children[1:]...)
		}
		children = []*Tree{children[0], redo, Tau()}
	}
	at := len(x.edges)
	x.edges = append(x.edges, make([][2]string, len(children))...)
	for i, c := range children {
		x.edges[at+i] = [2]string{id, x.number(c)}
	}
	return id
}

// Read reads the process tree of a PTML document. Children stand in the order of
// their parentsNode elements. The third child of a loop is its exit: silent, or a
// step after the loop. Operators beyond those of this package (or, interleaving,
// deferred choice) and documents that are not a tree are errors that name line and
// column.
func Read(r io.Reader) (*Tree, error) {
	root, err := xmldoc.Parse("PTML", r)
	if err != nil {
		return nil, err
	}
	if root.Name.Local != "ptml" {
		return nil, root.Faultf("found root element <%s>, wanted <ptml>", root.Name.Local)
	}
	doc := root.Child("processTree")
	if doc == nil {
		return nil, root.Faultf("document without a <processTree>")
	}
	nodes, parent := map[string]*Tree{}, map[string]bool{}
	for _, e := range doc.Children {
		if e.Name.Local == "parentsNode" {
			continue
		}
		operator := slices.Index(ptmlNames[:], e.Name.Local)
		if operator < 0 {
			return nil, e.Faultf("found <%s>, wanted one of %v", e.Name.Local, ptmlNames)
		}
		id := e.Attr("id")
		if nodes[id] != nil {
			return nil, e.Faultf("identifier %q is used twice", id)
		}
		nodes[id] = &Tree{Operator: Operator(operator)}
		if Operator(operator) == Activity {
			nodes[id].Label = e.Attr("name")
		}
	}
	for _, e := range doc.Children {
		if e.Name.Local != "parentsNode" {
			continue
		}
		source, target := e.Attr("sourceId"), e.Attr("targetId")
		switch {
		case nodes[source] == nil:
			return nil, e.Faultf("parent %q is not a node", source)
		case nodes[target] == nil:
			return nil, e.Faultf("child %q is not a node", target)
		case parent[target]:
			return nil, e.Faultf("node %q has a second parent", target)
		}
		parent[target] = true
		nodes[source].Children = append(nodes[source].Children, nodes[target])
	}
	top := nodes[doc.Attr("root")]
	if top == nil {
		return nil, doc.Faultf("root %q is not a node", doc.Attr("root"))
	}
	if parent[doc.Attr("root")] {
		return nil, doc.Faultf("root %q has a parent", doc.Attr("root"))
	}
	// A node has at most one parent and the root none, so what hangs below the
	// root is a tree.
	top = top.withoutExits()
	if err := top.Validate(); err != nil {
		return nil, doc.Faultf("process tree: %w", err)
	}
	return top, nil
}

// withoutExits turns loops of three children, the last of them the exit, into
// loops of two.
func (t *Tree) withoutExits() *Tree {
	for i, c := range t.Children {
		t.Children[i] = c.withoutExits()
	}
	if t.Operator != Loop || len(t.Children) != 3 {
		return t
	}
	exit := t.Children[2]
	t.Children = t.Children[:2:2]
	if exit.Operator == Silent {
		return t
	}
	return New(Sequence, t, exit)
}
