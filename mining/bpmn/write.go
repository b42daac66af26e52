package bpmn

import (
	"fmt"
	"io"
	"strconv"

	"github.com/uprava/uprava/mining/internal/xmldoc"
)

// The namespaces of BPMN 2.0.
const (
	nsModel   = "http://www.omg.org/spec/BPMN/20100524/MODEL"
	nsDiagram = "http://www.omg.org/spec/BPMN/20100524/DI"
	nsDC      = "http://www.omg.org/spec/DD/20100524/DC"
	nsDI      = "http://www.omg.org/spec/DD/20100524/DI"
	nsXSI     = "http://www.w3.org/2001/XMLSchema-instance"
)

// Write writes the document as canonical BPMN 2.0 XML: the same model gives the
// same bytes, and Read gives the same model back. Nodes and flows stand in the
// order of the model; each node lists its incoming and outgoing flows. Characters
// that XML cannot hold are replaced by U+FFFD. A trigger on a node that is no
// event, and a kind or trigger that this package does not know, are errors.
func Write(w io.Writer, d *Definitions) error {
	x := writer{xmldoc.NewWriter(w)}
	x.Open("bpmn:definitions", "xmlns:bpmn", nsModel, "xmlns:bpmndi", nsDiagram, "xmlns:dc", nsDC, "xmlns:di", nsDI,
		"xmlns:xsi", nsXSI, "id", d.ID, "targetNamespace", d.TargetNamespace)
	for _, p := range d.Processes {
		x.process(p)
	}
	if d.Diagram != nil {
		x.diagram(d)
	}
	x.Close("bpmn:definitions")
	return x.Flush("BPMN")
}

// writer writes a model.
type writer struct{ *xmldoc.Writer }

func (x writer) process(p *Process) {
	x.Open("bpmn:process", "id", p.ID, "name", p.Name, "isExecutable", strconv.FormatBool(p.Executable))
	if p.Documentation != "" {
		x.Text("bpmn:documentation", p.Documentation)
	}
	in, out := p.Incoming(), p.Outgoing()
	for _, n := range p.Nodes {
		x.node(n, in[n.ID], out[n.ID])
	}
	for _, f := range p.Flows {
		attrs := []string{"id", f.ID, "name", f.Name, "sourceRef", f.Source, "targetRef", f.Target}
		if f.Condition == "" {
			x.Empty("bpmn:sequenceFlow", attrs...)
			continue
		}
		x.Open("bpmn:sequenceFlow", attrs...)
		x.Text("bpmn:conditionExpression", f.Condition, "xsi:type", "bpmn:tFormalExpression")
		x.Close("bpmn:sequenceFlow")
	}
	x.Close("bpmn:process")
}

func (x writer) node(n *Node, in, out []*Flow) {
	switch {
	case int(n.Kind) >= len(kindNames):
		x.Fault(fmt.Errorf("node %q: unknown kind %d", n.ID, n.Kind))
		return
	case int(n.Trigger) >= len(triggerNames):
		x.Fault(fmt.Errorf("node %q: unknown trigger %d", n.ID, n.Trigger))
		return
	case n.Trigger != NoTrigger && !n.IsEvent():
		x.Fault(fmt.Errorf("node %q: a %s cannot have a trigger", n.ID, n.Kind))
		return
	case n.Timer != (Timer{}) && n.Trigger != TimerTrigger:
		x.Fault(fmt.Errorf("node %q: a timer expression without a timer", n.ID))
		return
	}
	name := "bpmn:" + n.Kind.String()
	attrs := []string{"id", n.ID, "name", n.Name, "default", n.Default}
	if len(in)+len(out) == 0 && n.Documentation == "" && n.Trigger == NoTrigger {
		x.Empty(name, attrs...)
		return
	}
	x.Open(name, attrs...)
	if n.Documentation != "" {
		x.Text("bpmn:documentation", n.Documentation)
	}
	for _, f := range in {
		x.Text("bpmn:incoming", f.ID)
	}
	for _, f := range out {
		x.Text("bpmn:outgoing", f.ID)
	}
	if n.Trigger != NoTrigger {
		trigger := "bpmn:" + n.Trigger.String()
		switch n.Timer.Form {
		case "":
			x.Empty(trigger)
			if n.Timer.Expression != "" {
				x.Fault(fmt.Errorf("node %q: timer expression %q without a form", n.ID, n.Timer.Expression))
			}
		case "timeDate", "timeDuration", "timeCycle":
			x.Open(trigger)
			x.Text("bpmn:"+n.Timer.Form, n.Timer.Expression, "xsi:type", "bpmn:tFormalExpression")
			x.Close(trigger)
		default:
			x.Fault(fmt.Errorf("node %q: timer form %q, wanted timeDate, timeDuration or timeCycle", n.ID, n.Timer.Form))
		}
	}
	x.Close(name)
}

func (x writer) diagram(d *Definitions) {
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
	x.Open("bpmndi:BPMNDiagram", "id", "BPMNDiagram_1")
	x.Open("bpmndi:BPMNPlane", "id", "BPMNPlane_1", "bpmnElement", plane)
	for _, s := range d.Diagram.Shapes {
		marker := ""
		if gateway[s.Element] {
			marker = "true"
		}
		x.Open("bpmndi:BPMNShape", "id", s.Element+"_di", "bpmnElement", s.Element, "isMarkerVisible", marker)
		x.bounds(Box{s.X, s.Y, s.Width, s.Height})
		x.label(s.Label)
		x.Close("bpmndi:BPMNShape")
	}
	for _, e := range d.Diagram.Edges {
		x.Open("bpmndi:BPMNEdge", "id", e.Element+"_di", "bpmnElement", e.Element)
		for _, p := range e.Points {
			x.Empty("di:waypoint", "x", decimal(p.X), "y", decimal(p.Y))
		}
		x.label(e.Label)
		x.Close("bpmndi:BPMNEdge")
	}
	x.Close("bpmndi:BPMNPlane")
	x.Close("bpmndi:BPMNDiagram")
}

func (x writer) label(b *Box) {
	if b == nil {
		return
	}
	x.Open("bpmndi:BPMNLabel")
	x.bounds(*b)
	x.Close("bpmndi:BPMNLabel")
}

func (x writer) bounds(b Box) {
	x.Empty("dc:Bounds", "x", decimal(b.X), "y", decimal(b.Y), "width", decimal(b.Width), "height", decimal(b.Height))
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
