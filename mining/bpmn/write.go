package bpmn

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
)

// Write writes the document as canonical BPMN 2.0 XML: the same model gives the
// same bytes, and Read gives the same model back. Nodes and flows stand in the
// order of the model; each node lists its incoming and outgoing flows. Characters
// that XML cannot hold are replaced by U+FFFD. A trigger on a node that is no
// event, and a kind or trigger that this package does not know, are errors.
func Write(w io.Writer, d *Definitions) error {
	x := &writer{w: bufio.NewWriter(w)}
	x.raw(xml.Header)
	x.open("bpmn:definitions", "xmlns:bpmn", nsModel, "xmlns:bpmndi", nsDiagram, "xmlns:dc", nsDC, "xmlns:di", nsDI,
		"xmlns:xsi", nsXSI, "id", d.ID, "targetNamespace", d.TargetNamespace)
	for _, p := range d.Processes {
		x.process(p)
	}
	if d.Diagram != nil {
		x.diagram(d)
	}
	x.close("bpmn:definitions")
	if x.err != nil {
		return fmt.Errorf("writing BPMN: %w", x.err)
	}
	if err := x.w.Flush(); err != nil {
		return fmt.Errorf("writing BPMN: %w", err)
	}
	return nil
}

// writer writes indented XML; the first error stays.
type writer struct {
	w     *bufio.Writer
	depth int
	err   error
}

func (x *writer) raw(s string) {
	if _, err := x.w.WriteString(s); err != nil && x.err == nil {
		x.err = err
	}
}

func (x *writer) escaped(s string) {
	if err := xml.EscapeText(x.w, []byte(s)); err != nil && x.err == nil {
		x.err = err
	}
}

func (x *writer) fault(err error) {
	if x.err == nil {
		x.err = err
	}
}

// tag writes "<name attr="value"…" with indentation; attributes come as pairs,
// and those without a value are left out.
func (x *writer) tag(name string, attrs []string) {
	for range x.depth {
		x.raw("  ")
	}
	x.raw("<" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		if attrs[i+1] == "" {
			continue
		}
		x.raw(" " + attrs[i] + `="`)
		x.escaped(attrs[i+1])
		x.raw(`"`)
	}
}

func (x *writer) open(name string, attrs ...string) {
	x.tag(name, attrs)
	x.raw(">\n")
	x.depth++
}

func (x *writer) close(name string) {
	x.depth--
	for range x.depth {
		x.raw("  ")
	}
	x.raw("</" + name + ">\n")
}

func (x *writer) empty(name string, attrs ...string) {
	x.tag(name, attrs)
	x.raw("/>\n")
}

// text writes an element that holds only text, verbatim.
func (x *writer) text(name, text string, attrs ...string) {
	x.tag(name, attrs)
	x.raw(">")
	x.escaped(text)
	x.raw("</" + name + ">\n")
}

func (x *writer) process(p *Process) {
	x.open("bpmn:process", "id", p.ID, "name", p.Name, "isExecutable", strconv.FormatBool(p.Executable))
	if p.Documentation != "" {
		x.text("bpmn:documentation", p.Documentation)
	}
	in, out := p.Incoming(), p.Outgoing()
	for _, n := range p.Nodes {
		x.node(n, in[n.ID], out[n.ID])
	}
	for _, f := range p.Flows {
		attrs := []string{"id", f.ID, "name", f.Name, "sourceRef", f.Source, "targetRef", f.Target}
		if f.Condition == "" {
			x.empty("bpmn:sequenceFlow", attrs...)
			continue
		}
		x.open("bpmn:sequenceFlow", attrs...)
		x.text("bpmn:conditionExpression", f.Condition, "xsi:type", "bpmn:tFormalExpression")
		x.close("bpmn:sequenceFlow")
	}
	x.close("bpmn:process")
}

func (x *writer) node(n *Node, in, out []*Flow) {
	switch {
	case int(n.Kind) >= len(kindNames):
		x.fault(fmt.Errorf("node %q: unknown kind %d", n.ID, n.Kind))
		return
	case int(n.Trigger) >= len(triggerNames):
		x.fault(fmt.Errorf("node %q: unknown trigger %d", n.ID, n.Trigger))
		return
	case n.Trigger != NoTrigger && !n.IsEvent():
		x.fault(fmt.Errorf("node %q: a %s cannot have a trigger", n.ID, n.Kind))
		return
	case n.Timer != (Timer{}) && n.Trigger != TimerTrigger:
		x.fault(fmt.Errorf("node %q: a timer expression without a timer", n.ID))
		return
	}
	name := "bpmn:" + n.Kind.String()
	attrs := []string{"id", n.ID, "name", n.Name, "default", n.Default}
	if len(in)+len(out) == 0 && n.Documentation == "" && n.Trigger == NoTrigger {
		x.empty(name, attrs...)
		return
	}
	x.open(name, attrs...)
	if n.Documentation != "" {
		x.text("bpmn:documentation", n.Documentation)
	}
	for _, f := range in {
		x.text("bpmn:incoming", f.ID)
	}
	for _, f := range out {
		x.text("bpmn:outgoing", f.ID)
	}
	if n.Trigger != NoTrigger {
		trigger := "bpmn:" + n.Trigger.String()
		switch n.Timer.Form {
		case "":
			x.empty(trigger)
			if n.Timer.Expression != "" {
				x.fault(fmt.Errorf("node %q: timer expression %q without a form", n.ID, n.Timer.Expression))
			}
		case "timeDate", "timeDuration", "timeCycle":
			x.open(trigger)
			x.text("bpmn:"+n.Timer.Form, n.Timer.Expression, "xsi:type", "bpmn:tFormalExpression")
			x.close(trigger)
		default:
			x.fault(fmt.Errorf("node %q: timer form %q, wanted timeDate, timeDuration or timeCycle", n.ID, n.Timer.Form))
		}
	}
	x.close(name)
}

func (x *writer) diagram(d *Definitions) {
	gateway := map[string]bool{}
	plane := ""
	for i, p := range d.Processes {
		if i == 0 {
			plane = p.ID
		}
		for _, n := range p.Nodes {
			gateway[n.ID] = n.Kind == ExclusiveGateway
		}
	}
	x.open("bpmndi:BPMNDiagram", "id", "BPMNDiagram_1")
	x.open("bpmndi:BPMNPlane", "id", "BPMNPlane_1", "bpmnElement", plane)
	for _, s := range d.Diagram.Shapes {
		marker := ""
		if gateway[s.Element] {
			marker = "true"
		}
		x.open("bpmndi:BPMNShape", "id", s.Element+"_di", "bpmnElement", s.Element, "isMarkerVisible", marker)
		x.bounds(Box{s.X, s.Y, s.Width, s.Height})
		x.label(s.Label)
		x.close("bpmndi:BPMNShape")
	}
	for _, e := range d.Diagram.Edges {
		x.open("bpmndi:BPMNEdge", "id", e.Element+"_di", "bpmnElement", e.Element)
		for _, p := range e.Points {
			x.empty("di:waypoint", "x", decimal(p.X), "y", decimal(p.Y))
		}
		x.label(e.Label)
		x.close("bpmndi:BPMNEdge")
	}
	x.close("bpmndi:BPMNPlane")
	x.close("bpmndi:BPMNDiagram")
}

func (x *writer) label(b *Box) {
	if b == nil {
		return
	}
	x.open("bpmndi:BPMNLabel")
	x.bounds(*b)
	x.close("bpmndi:BPMNLabel")
}

func (x *writer) bounds(b Box) {
	x.empty("dc:Bounds", "x", decimal(b.X), "y", decimal(b.Y), "width", decimal(b.Width), "height", decimal(b.Height))
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
