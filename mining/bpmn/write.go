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
	for _, c := range d.Causes {
		if int(c.Kind) >= len(causeNames) {
			x.Fault(fmt.Errorf("cause %q: unknown kind %d", c.ID, c.Kind))
			continue
		}
		code := codes[c.Kind]
		if code == "" && c.Code != "" {
			x.Fault(fmt.Errorf("%s %q: has no code, found %q", causeNames[c.Kind], c.ID, c.Code))
			continue
		}
		if code == "" {
			code = "code"
		}
		x.Empty("bpmn:"+causeNames[c.Kind], "id", c.ID, "name", c.Name, code, c.Code)
	}
	if c := d.Collaboration; c != nil {
		x.Open("bpmn:collaboration", "id", c.ID)
		for _, p := range c.Pools {
			x.Empty("bpmn:participant", "id", p.ID, "name", p.Name, "processRef", p.Process)
		}
		for _, m := range c.Messages {
			x.Empty("bpmn:messageFlow", "id", m.ID, "name", m.Name, "sourceRef", m.Source, "targetRef", m.Target)
		}
		x.Close("bpmn:collaboration")
	}
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
	x.content(p)
	x.Close("bpmn:process")
}

// content writes what a process or a sub-process contains.
func (x writer) content(p *Process) {
	x.lanes("bpmn:laneSet", p.Lanes)
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
	for _, a := range p.Annotations {
		x.Open("bpmn:textAnnotation", "id", a.ID)
		if a.Text != "" {
			x.Text("bpmn:text", a.Text)
		}
		x.Close("bpmn:textAnnotation")
	}
	for _, a := range p.Associations {
		x.Empty("bpmn:association", "id", a.ID, "sourceRef", a.Source, "targetRef", a.Target, "associationDirection", a.Direction)
	}
}

func (x writer) lanes(set string, lanes []*Lane) {
	if len(lanes) == 0 {
		return
	}
	x.Open(set)
	for _, l := range lanes {
		x.Open("bpmn:lane", "id", l.ID, "name", l.Name)
		for _, id := range l.Nodes {
			x.Text("bpmn:flowNodeRef", id)
		}
		x.lanes("bpmn:childLaneSet", l.Lanes)
		x.Close("bpmn:lane")
	}
	x.Close(set)
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
	if err := n.misplaced(); err != nil {
		x.Fault(fmt.Errorf("node %q: %w", n.ID, err))
		return
	}
	name := "bpmn:" + n.Kind.String()
	attrs := []string{"id", n.ID, "name", n.Name, "default", n.Default, "attachedToRef", n.Attached, "calledElement", n.Called}
	if n.EventSub {
		attrs = append(attrs, "triggeredByEvent", "true")
	}
	if n.NonInterrupting && n.Kind == BoundaryEvent {
		attrs = append(attrs, "cancelActivity", "false")
	} else if n.NonInterrupting {
		attrs = append(attrs, "isInterrupting", "false")
	}
	if n.IsTask() {
		attrs = append(attrs, "messageRef", n.Reference)
	}
	if len(in)+len(out) == 0 && n.Documentation == "" && n.Trigger == NoTrigger && n.Loop == nil && n.Sub == nil {
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
		x.trigger(n)
	}
	if n.Loop != nil {
		x.loop(n)
	}
	if n.Sub != nil {
		x.content(n.Sub)
	}
	x.Close(name)
}

const formal = "bpmn:tFormalExpression"

func (x writer) trigger(n *Node) {
	trigger := "bpmn:" + n.Trigger.String()
	ref := references[n.Trigger]
	switch {
	case ref != "":
		x.Empty(trigger, ref, n.Reference)
	case n.Condition != "":
		x.Open(trigger)
		x.Text("bpmn:condition", n.Condition, "xsi:type", formal)
		x.Close(trigger)
	default:
		switch n.Timer.Form {
		case "":
			x.Empty(trigger)
			if n.Timer.Expression != "" {
				x.Fault(fmt.Errorf("node %q: timer expression %q without a form", n.ID, n.Timer.Expression))
			}
		case "timeDate", "timeDuration", "timeCycle":
			x.Open(trigger)
			x.Text("bpmn:"+n.Timer.Form, n.Timer.Expression, "xsi:type", formal)
			x.Close(trigger)
		default:
			x.Fault(fmt.Errorf("node %q: timer form %q, wanted timeDate, timeDuration or timeCycle", n.ID, n.Timer.Form))
		}
	}
}

func (x writer) loop(n *Node) {
	l := n.Loop
	name, condition := "bpmn:multiInstanceLoopCharacteristics", "bpmn:completionCondition"
	var attrs []string
	switch l.Form {
	case StandardLoop:
		name, condition = "bpmn:standardLoopCharacteristics", "bpmn:loopCondition"
		if l.TestBefore {
			attrs = append(attrs, "testBefore", "true")
		}
		if l.Maximum > 0 {
			attrs = append(attrs, "loopMaximum", strconv.Itoa(l.Maximum))
		}
	case SequentialInstances:
		attrs = append(attrs, "isSequential", "true")
	}
	x.Open(name, attrs...)
	if l.Cardinality != "" {
		x.Text("bpmn:loopCardinality", l.Cardinality, "xsi:type", formal)
	}
	if l.Condition != "" {
		x.Text(condition, l.Condition, "xsi:type", formal)
	}
	x.Close(name)
}

// misplaced reports a field that means nothing on a node of this kind, and so
// could not be written.
func (n *Node) misplaced() error {
	switch {
	case (n.Sub != nil) != (n.Kind == SubProcess):
		return fmt.Errorf("a %s, contents: %t; wanted contents of a subProcess alone", n.Kind, n.Sub != nil)
	case n.Sub != nil && (n.Sub.ID != "" || n.Sub.Name != "" || n.Sub.Documentation != "" || n.Sub.Executable):
		return fmt.Errorf("the contents of a subProcess have an identifier, a name or a documentation of their own: %q", n.Sub.ID)
	case n.EventSub && n.Kind != SubProcess:
		return fmt.Errorf("a %s is no event sub-process", n.Kind)
	case n.Attached != "" && n.Kind != BoundaryEvent:
		return fmt.Errorf("a %s cannot stand on the border of %q", n.Kind, n.Attached)
	case n.NonInterrupting && n.Kind != BoundaryEvent && n.Kind != StartEvent:
		return fmt.Errorf("a %s interrupts nothing", n.Kind)
	case n.Called != "" && n.Kind != CallActivity:
		return fmt.Errorf("a %s cannot call %q", n.Kind, n.Called)
	case n.Reference != "" && references[n.Trigger] == "" && n.Kind != SendTask && n.Kind != ReceiveTask:
		return fmt.Errorf("a %s without a cause refers to %q", n.Kind, n.Reference)
	case n.Condition != "" && n.Trigger != ConditionalTrigger:
		return fmt.Errorf("a condition without a %s", ConditionalTrigger)
	case n.Loop == nil:
		return nil
	case !n.IsActivity():
		return fmt.Errorf("a %s cannot be repeated", n.Kind)
	case n.Loop.Form > ParallelInstances:
		return fmt.Errorf("unknown form of repetition %d", n.Loop.Form)
	case n.Loop.Form == StandardLoop && n.Loop.Cardinality != "":
		return fmt.Errorf("a standard loop with the cardinality %q", n.Loop.Cardinality)
	case n.Loop.Form != StandardLoop && (n.Loop.TestBefore || n.Loop.Maximum != 0), n.Loop.Maximum < 0:
		return fmt.Errorf("instances with a maximum of %d rounds or a test before", n.Loop.Maximum)
	}
	return nil
}

func (x writer) diagram(d *Definitions) {
	kinds := map[string]string{}
	d.elements(func(what, id string) { kinds[id] = what })
	plane := ""
	if len(d.Processes) > 0 {
		plane = d.Processes[0].ID
	}
	if d.Collaboration != nil {
		plane = d.Collaboration.ID
	}
	if kinds[plane] == "subProcess" {
		plane = "" // an identifier used twice: see Validate
	}
	x.Open("bpmndi:BPMNDiagram", "id", "BPMNDiagram_1")
	x.Open("bpmndi:BPMNPlane", "id", "BPMNPlane_1", "bpmnElement", plane)
	for _, s := range d.Diagram.Shapes {
		attrs := []string{"id", s.Element + "_di", "bpmnElement", s.Element}
		switch kinds[s.Element] {
		case "exclusiveGateway":
			attrs = append(attrs, "isMarkerVisible", "true")
		case "subProcess":
			attrs = append(attrs, "isExpanded", strconv.FormatBool(!s.Collapsed))
		case "participant", "lane":
			attrs = append(attrs, "isHorizontal", "true")
		}
		if s.Collapsed && kinds[s.Element] != "subProcess" {
			x.Fault(fmt.Errorf("shape of %q: only a subProcess can be collapsed", s.Element))
		}
		x.Open("bpmndi:BPMNShape", attrs...)
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
