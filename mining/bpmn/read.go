package bpmn

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/uprava/uprava/mining/internal/xmldoc"
)

// Unsupported is something in a document that the types of this package do not
// hold. What lies inside it, and its shape in the diagram, went with it.
type Unsupported struct {
	// Element is the local name of a BPMN element, "{namespace}name" of one from
	// elsewhere, followed by "/@name" where it is only an attribute of it.
	Element string
	ID      string // of the element, "" where it has none
	Line    int    // in the document, from 1
}

// String returns such as `line 12: complexGateway "Gateway_1"`.
func (u Unsupported) String() string {
	if u.ID == "" {
		return fmt.Sprintf("line %d: %s", u.Line, u.Element)
	}
	return fmt.Sprintf("line %d: %s %q", u.Line, u.Element, u.ID)
}

// Read reads a BPMN 2.0 document under any namespace prefix. It returns the
// model and, in document order, everything in the document that the model does
// not hold; attributes and elements that only repeat a default or what the flows
// say (incoming, outgoing, gatewayDirection) are not listed. Names and texts are
// kept verbatim. An error names line and column. Read does not judge the model:
// see Validate.
//
// Document type declarations are refused, so no entity is ever expanded; so are
// documents beyond 64 MiB and elements nested deeper than 200.
func Read(r io.Reader) (*Definitions, []Unsupported, error) {
	root, err := xmldoc.Parse("BPMN", r)
	if err != nil {
		return nil, nil, err
	}
	if !root.Is(nsModel, "definitions") {
		return nil, nil, root.Faultf("found root element <%s> of namespace %q, wanted <definitions> of %q", root.Name.Local, root.Name.Space, nsModel)
	}
	var rd reader
	d, err := rd.definitions(root)
	if err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(rd.unsupported, func(a, b Unsupported) int { return a.Line - b.Line })
	return d, rd.unsupported, nil
}

type reader struct{ unsupported []Unsupported }

func (rd *reader) skip(e *xmldoc.Element) {
	rd.unsupported = append(rd.unsupported, Unsupported{elementName(e), e.Attr("id"), e.Line})
}

func elementName(e *xmldoc.Element) string {
	if e.Name.Space == nsModel || e.Name.Space == nsDiagram {
		return e.Name.Local
	}
	return "{" + e.Name.Space + "}" + e.Name.Local
}

// idle are attributes that carry nothing as long as they have one of the values;
// "*" is any value.
var idle = map[string][]string{
	"id": {"*"}, "exporter": {"*"}, "exporterVersion": {"*"}, "expressionLanguage": {"*"}, "typeLanguage": {"*"},
	"processType": {"*"}, "isClosed": {"*"}, "gatewayDirection": {"*"},
	"startQuantity": {"1"}, "completionQuantity": {"1"}, "isForCompensation": {"false"},
	"isInterrupting": {"true"}, "cancelActivity": {"true"}, "triggeredByEvent": {"false"}, "behavior": {"All"},
	"parallelMultiple": {"false"}, "instantiate": {"false"},
	"eventGatewayType": {"Exclusive"}, "implementation": {"##unspecified", "##WebService"},
	"isImmediate": {"*"}, "isMarkerVisible": {"*"}, "isExpanded": {"*"}, "isHorizontal": {"*"},
	"labelStyle": {"*"}, "resolution": {"*"}, "textFormat": {"text/plain"}, "language": {"*"},
}

// attributes lists the attributes of e that are neither held nor idle.
func (rd *reader) attributes(e *xmldoc.Element, held ...string) {
	for _, a := range e.Attrs {
		name := a.Name.Local
		switch {
		case a.Name.Space == "xmlns" || a.Name.Space == "" && name == "xmlns" || a.Name.Space == nsXSI:
			continue
		case a.Name.Space != "":
			name = "{" + a.Name.Space + "}" + name
		case slices.Contains(held, name):
			continue
		default:
			if v := idle[name]; slices.Contains(v, "*") || slices.Contains(v, a.Value) {
				continue
			}
		}
		rd.unsupported = append(rd.unsupported, Unsupported{elementName(e) + "/@" + name, e.Attr("id"), e.Line})
	}
}

func (rd *reader) definitions(root *xmldoc.Element) (*Definitions, error) {
	rd.attributes(root, "id", "targetNamespace")
	d := &Definitions{ID: root.Attr("id"), TargetNamespace: root.Attr("targetNamespace")}
	var diagrams []*xmldoc.Element
	for _, e := range root.Children {
		switch {
		case e.Is(nsModel, "process"):
			d.Processes = append(d.Processes, rd.process(e))
		case e.Is(nsModel, "collaboration") && d.Collaboration == nil:
			d.Collaboration = rd.collaboration(e)
		case e.Name.Space == nsModel && slices.Contains(causeNames[:], e.Name.Local):
			d.Causes = append(d.Causes, rd.cause(e))
		case e.Is(nsDiagram, "BPMNDiagram"):
			diagrams = append(diagrams, e)
		default:
			rd.skip(e)
		}
	}
	held := map[string]string{}
	d.elements(func(what, id string) { held[id] = what })
	for _, e := range diagrams {
		if d.Diagram == nil {
			d.Diagram = &Diagram{}
		}
		if err := rd.diagram(e, d.Diagram, held); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (rd *reader) process(e *xmldoc.Element) *Process {
	rd.attributes(e, "name", "isExecutable")
	p := &Process{ID: e.Attr("id"), Name: e.Attr("name"), Executable: truth(e.Attr("isExecutable"))}
	for _, c := range e.Children {
		if c.Is(nsModel, "documentation") {
			p.Documentation = rd.documentation(p.Documentation, c)
		} else if !rd.content(c, p) {
			rd.skip(c)
		}
	}
	return p
}

// content reads what may stand in a process or a sub-process, and reports whether
// e is that.
func (rd *reader) content(e *xmldoc.Element, p *Process) bool {
	if e.Name.Space != nsModel {
		return false
	}
	switch e.Name.Local {
	case "sequenceFlow":
		p.Flows = append(p.Flows, rd.flow(e))
	case "laneSet":
		p.Lanes = append(p.Lanes, rd.lanes(e)...)
	case "textAnnotation":
		p.Annotations = append(p.Annotations, rd.annotation(e))
	case "association":
		p.Associations = append(p.Associations, rd.association(e))
	default:
		kind := slices.Index(kindNames[:], e.Name.Local)
		if kind < 0 {
			return false
		}
		p.Nodes = append(p.Nodes, rd.node(e, Kind(kind)))
	}
	return true
}

func truth(s string) bool { return s == "true" || s == "1" }

// documentation appends the text of e to what earlier elements said.
func (rd *reader) documentation(earlier string, e *xmldoc.Element) string {
	rd.attributes(e)
	if earlier == "" {
		return e.Text()
	}
	return earlier + "\n" + e.Text()
}

func (rd *reader) flow(e *xmldoc.Element) *Flow {
	rd.attributes(e, "name", "sourceRef", "targetRef")
	f := &Flow{ID: e.Attr("id"), Name: e.Attr("name"), Source: e.Attr("sourceRef"), Target: e.Attr("targetRef")}
	for _, c := range e.Children {
		if c.Is(nsModel, "conditionExpression") && f.Condition == "" {
			rd.attributes(c)
			f.Condition = c.Text()
			continue
		}
		rd.skip(c)
	}
	return f
}

// diagram adds the shapes and lines of what the model holds.
func (rd *reader) diagram(e *xmldoc.Element, d *Diagram, held map[string]string) error {
	for _, plane := range e.Children {
		if !plane.Is(nsDiagram, "BPMNPlane") {
			if !plane.Is(nsDiagram, "BPMNLabelStyle") {
				rd.skip(plane)
			}
			continue
		}
		if held[plane.Attr("bpmnElement")] == "subProcess" {
			rd.skip(plane) // the inside of a collapsed sub-process, drawn elsewhere
			continue
		}
		for _, c := range plane.Children {
			id := c.Attr("bpmnElement")
			var err error
			switch {
			case c.Is(nsDiagram, "BPMNShape"):
				if held[id] != "" {
					err = rd.shape(c, d, held[id])
				}
			case c.Is(nsDiagram, "BPMNEdge"):
				if held[id] != "" {
					err = rd.edge(c, d)
				}
			default:
				rd.skip(c)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (rd *reader) shape(e *xmldoc.Element, d *Diagram, what string) error {
	rd.attributes(e, "bpmnElement")
	s := Shape{Element: e.Attr("bpmnElement")}
	if v := e.Attr("isExpanded"); what == "subProcess" && (v == "false" || v == "0") {
		s.Collapsed = true
	}
	found := false
	for _, c := range e.Children {
		switch {
		case c.Is(nsDC, "Bounds"):
			b, err := box(c)
			if err != nil {
				return err
			}
			s.X, s.Y, s.Width, s.Height, found = b.X, b.Y, b.Width, b.Height, true
		case c.Is(nsDiagram, "BPMNLabel"):
			var err error
			if s.Label, err = label(c); err != nil {
				return err
			}
		default:
			rd.skip(c)
		}
	}
	if !found {
		return e.Faultf("shape of %q has no <Bounds>", s.Element)
	}
	d.Shapes = append(d.Shapes, s)
	return nil
}

func (rd *reader) edge(e *xmldoc.Element, d *Diagram) error {
	rd.attributes(e, "bpmnElement", "sourceElement", "targetElement")
	w := Waypoints{Element: e.Attr("bpmnElement")}
	for _, c := range e.Children {
		var err error
		switch {
		case c.Is(nsDI, "waypoint"):
			var p Point
			p.X, err = number(c, "x")
			if err == nil {
				p.Y, err = number(c, "y")
			}
			w.Points = append(w.Points, p)
		case c.Is(nsDiagram, "BPMNLabel"):
			w.Label, err = label(c)
		default:
			rd.skip(c)
		}
		if err != nil {
			return err
		}
	}
	d.Edges = append(d.Edges, w)
	return nil
}

// label returns the bounds of a label, nil where it has none.
func label(e *xmldoc.Element) (*Box, error) {
	for _, c := range e.Children {
		if c.Is(nsDC, "Bounds") {
			b, err := box(c)
			return &b, err
		}
	}
	return nil, nil
}

func box(e *xmldoc.Element) (b Box, err error) {
	for _, f := range []struct {
		name string
		to   *float64
	}{{"x", &b.X}, {"y", &b.Y}, {"width", &b.Width}, {"height", &b.Height}} {
		if *f.to, err = number(e, f.name); err != nil {
			return b, err
		}
	}
	return b, nil
}

func number(e *xmldoc.Element, name string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(e.Attr(name)), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, e.Faultf("attribute %q of <%s>: found %q, wanted a number", name, e.Name.Local, e.Attr(name))
	}
	return v, nil
}
