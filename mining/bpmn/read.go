package bpmn

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
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

// String returns such as `line 12: subProcess "Activity_1"`.
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
	root, err := parse(r)
	if err != nil {
		return nil, nil, err
	}
	if !root.is(nsModel, "definitions") {
		return nil, nil, root.faultf("found root element <%s> of namespace %q, wanted <definitions> of %q", root.name.Local, root.name.Space, nsModel)
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

func (rd *reader) skip(e *element) {
	rd.unsupported = append(rd.unsupported, Unsupported{elementName(e), e.attr("id"), e.line})
}

func elementName(e *element) string {
	if e.name.Space == nsModel || e.name.Space == nsDiagram {
		return e.name.Local
	}
	return "{" + e.name.Space + "}" + e.name.Local
}

// idle are attributes that carry nothing as long as they have one of the values;
// "*" is any value.
var idle = map[string][]string{
	"id": {"*"}, "exporter": {"*"}, "exporterVersion": {"*"}, "expressionLanguage": {"*"}, "typeLanguage": {"*"},
	"processType": {"*"}, "isClosed": {"*"}, "gatewayDirection": {"*"},
	"startQuantity": {"1"}, "completionQuantity": {"1"}, "isForCompensation": {"false"},
	"isInterrupting": {"true"}, "parallelMultiple": {"false"}, "instantiate": {"false"},
	"eventGatewayType": {"Exclusive"}, "implementation": {"##unspecified", "##WebService"},
	"isImmediate": {"*"}, "isMarkerVisible": {"*"}, "isExpanded": {"*"}, "isHorizontal": {"*"},
	"labelStyle": {"*"}, "resolution": {"*"}, "textFormat": {"text/plain"}, "language": {"*"},
}

// attributes lists the attributes of e that are neither held nor idle.
func (rd *reader) attributes(e *element, held ...string) {
	for _, a := range e.attrs {
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
		rd.unsupported = append(rd.unsupported, Unsupported{elementName(e) + "/@" + name, e.attr("id"), e.line})
	}
}

func (rd *reader) definitions(root *element) (*Definitions, error) {
	rd.attributes(root, "id", "targetNamespace")
	d := &Definitions{ID: root.attr("id"), TargetNamespace: root.attr("targetNamespace")}
	var diagrams []*element
	for _, e := range root.children {
		switch {
		case e.is(nsModel, "process"):
			d.Processes = append(d.Processes, rd.process(e))
		case e.is(nsModel, "collaboration"):
			for _, c := range e.children {
				rd.skip(c)
			}
		case e.is(nsDiagram, "BPMNDiagram"):
			diagrams = append(diagrams, e)
		default:
			rd.skip(e)
		}
	}
	held := map[string]bool{}
	for _, p := range d.Processes {
		for _, n := range p.Nodes {
			held[n.ID] = true
		}
		for _, f := range p.Flows {
			held[f.ID] = true
		}
	}
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

func (rd *reader) process(e *element) *Process {
	rd.attributes(e, "name", "isExecutable")
	p := &Process{ID: e.attr("id"), Name: e.attr("name"), Executable: truth(e.attr("isExecutable"))}
	for _, c := range e.children {
		kind := -1
		if c.name.Space == nsModel {
			kind = slices.Index(kindNames[:], c.name.Local)
		}
		switch {
		case kind >= 0:
			p.Nodes = append(p.Nodes, rd.node(c, Kind(kind)))
		case c.is(nsModel, "sequenceFlow"):
			p.Flows = append(p.Flows, rd.flow(c))
		case c.is(nsModel, "documentation"):
			p.Documentation = rd.documentation(p.Documentation, c)
		default:
			rd.skip(c)
		}
	}
	return p
}

func truth(s string) bool { return s == "true" || s == "1" }

// documentation appends the text of e to what earlier elements said.
func (rd *reader) documentation(earlier string, e *element) string {
	rd.attributes(e)
	if earlier == "" {
		return e.text.String()
	}
	return earlier + "\n" + e.text.String()
}

func (rd *reader) node(e *element, kind Kind) *Node {
	rd.attributes(e, "name", "default")
	n := &Node{ID: e.attr("id"), Name: e.attr("name"), Kind: kind, Default: e.attr("default")}
	for _, c := range e.children {
		trigger := -1
		if c.name.Space == nsModel && n.IsEvent() {
			trigger = slices.Index(triggerNames[1:], c.name.Local) + 1
		}
		switch {
		case trigger > 0 && n.Trigger == NoTrigger:
			n.Trigger = Trigger(trigger)
			rd.trigger(c, n)
		case c.is(nsModel, "incoming"), c.is(nsModel, "outgoing"):
		case c.is(nsModel, "documentation"):
			n.Documentation = rd.documentation(n.Documentation, c)
		default:
			rd.skip(c)
		}
	}
	return n
}

func (rd *reader) trigger(e *element, n *Node) {
	rd.attributes(e)
	for _, c := range e.children {
		timer := n.Trigger == TimerTrigger && n.Timer == (Timer{}) && c.name.Space == nsModel
		switch c.name.Local {
		case "timeDate", "timeDuration", "timeCycle":
			if timer {
				rd.attributes(c)
				n.Timer = Timer{c.name.Local, c.text.String()}
				continue
			}
		}
		rd.skip(c)
	}
}

func (rd *reader) flow(e *element) *Flow {
	rd.attributes(e, "name", "sourceRef", "targetRef")
	f := &Flow{ID: e.attr("id"), Name: e.attr("name"), Source: e.attr("sourceRef"), Target: e.attr("targetRef")}
	for _, c := range e.children {
		if c.is(nsModel, "conditionExpression") && f.Condition == "" {
			rd.attributes(c)
			f.Condition = c.text.String()
			continue
		}
		rd.skip(c)
	}
	return f
}

// diagram adds the shapes and lines of what the model holds.
func (rd *reader) diagram(e *element, d *Diagram, held map[string]bool) error {
	for _, plane := range e.children {
		if !plane.is(nsDiagram, "BPMNPlane") {
			if !plane.is(nsDiagram, "BPMNLabelStyle") {
				rd.skip(plane)
			}
			continue
		}
		for _, c := range plane.children {
			id := c.attr("bpmnElement")
			var err error
			switch {
			case c.is(nsDiagram, "BPMNShape"):
				if held[id] {
					err = rd.shape(c, d)
				}
			case c.is(nsDiagram, "BPMNEdge"):
				if held[id] {
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

func (rd *reader) shape(e *element, d *Diagram) error {
	rd.attributes(e, "bpmnElement")
	s := Shape{Element: e.attr("bpmnElement")}
	found := false
	for _, c := range e.children {
		switch {
		case c.is(nsDC, "Bounds"):
			b, err := box(c)
			if err != nil {
				return err
			}
			s.X, s.Y, s.Width, s.Height, found = b.X, b.Y, b.Width, b.Height, true
		case c.is(nsDiagram, "BPMNLabel"):
			var err error
			if s.Label, err = label(c); err != nil {
				return err
			}
		default:
			rd.skip(c)
		}
	}
	if !found {
		return e.faultf("shape of %q has no <Bounds>", s.Element)
	}
	d.Shapes = append(d.Shapes, s)
	return nil
}

func (rd *reader) edge(e *element, d *Diagram) error {
	rd.attributes(e, "bpmnElement", "sourceElement", "targetElement")
	w := Waypoints{Element: e.attr("bpmnElement")}
	for _, c := range e.children {
		var err error
		switch {
		case c.is(nsDI, "waypoint"):
			var p Point
			p.X, err = number(c, "x")
			if err == nil {
				p.Y, err = number(c, "y")
			}
			w.Points = append(w.Points, p)
		case c.is(nsDiagram, "BPMNLabel"):
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
func label(e *element) (*Box, error) {
	for _, c := range e.children {
		if c.is(nsDC, "Bounds") {
			b, err := box(c)
			return &b, err
		}
	}
	return nil, nil
}

func box(e *element) (b Box, err error) {
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

func number(e *element, name string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(e.attr(name)), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, e.faultf("attribute %q of <%s>: found %q, wanted a number", name, e.name.Local, e.attr(name))
	}
	return v, nil
}
