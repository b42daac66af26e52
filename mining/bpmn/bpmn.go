// Package bpmn holds process models in BPMN 2.0 (ISO/IEC 19510:2013): the
// element types that Uprava mines, simulates and draws, reading and writing of
// the XML, and a layout for models that come without a diagram.
//
//	XML ─▶ Read ─▶ Definitions ─▶ Layout ─▶ Write ─▶ XML
//
// What a file holds beyond these types is listed by Read, never dropped in
// silence.
//
// Sub-processes (embedded, collapsed, event sub-processes), boundary events,
// loops and multiple instances, call activities, pools, lanes, message flows and
// text annotations are held with their semantics.
//
// Left out on purpose, and listed by Read: execution (simulator), complex
// gateways, transactions, ad-hoc sub-processes, compensation and cancel events,
// events with several triggers, data objects and stores, choreographies.
package bpmn

import "fmt"

// Definitions is one BPMN document.
type Definitions struct {
	ID              string
	TargetNamespace string
	Processes       []*Process
	// Collaboration holds pools and message flows; nil where there are none.
	Collaboration *Collaboration
	// Causes are the messages, errors, escalations and signals of the document.
	Causes  []*Cause
	Diagram *Diagram // nil where the document has none
}

// Process is one process: nodes joined by sequence flows.
type Process struct {
	ID, Name   string
	Executable bool
	// Documentation is the text of the documentation element.
	Documentation string
	Nodes         []*Node
	Flows         []*Flow
	Lanes         []*Lane
	Annotations   []*Annotation
	Associations  []*Association
}

// Node is a flow node.
type Node struct {
	ID, Name string
	Kind     Kind
	Trigger  Trigger // of events
	Timer    Timer   // of events with a TimerTrigger
	Default  string  // default flow of a gateway or task; "" for none
	// Documentation is the text of the documentation element.
	Documentation string

	// Sub is what a SubProcess contains; its ID, Name, Executable and
	// Documentation are empty, for the node has them.
	Sub *Process
	// EventSub marks a SubProcess that begins when its start event occurs while
	// the scope around it runs (triggeredByEvent); no flow enters or leaves it.
	EventSub bool
	// Attached is the activity on whose border a BoundaryEvent stands.
	Attached string
	// NonInterrupting is of a BoundaryEvent, or of the start event of an event
	// sub-process: what it happens to goes on beside it.
	NonInterrupting bool
	// Loop says that an activity is repeated; nil for once.
	Loop *Loop
	// Called is the process or global task that a CallActivity runs.
	Called string
	// Reference is the Cause of an event or of a message task, by identifier; of
	// a LinkTrigger, the name of the link, which joins throws with the catch of
	// the same name in the same process.
	Reference string
	// Condition is what an event with a ConditionalTrigger waits for.
	Condition string
}

// Flow is a sequence flow.
type Flow struct {
	ID, Name       string
	Source, Target string
	Condition      string // condition expression, "" for none
}

// Kind is the type of a flow node.
type Kind uint8

// The kinds, by their XML element.
const (
	StartEvent Kind = iota
	EndEvent
	IntermediateCatchEvent
	IntermediateThrowEvent
	Task
	UserTask
	ManualTask
	ServiceTask
	ScriptTask
	SendTask
	ReceiveTask
	BusinessRuleTask
	ExclusiveGateway
	ParallelGateway
	InclusiveGateway
	EventBasedGateway
	BoundaryEvent
	SubProcess
	CallActivity
)

// Trigger is what an event waits for or causes.
type Trigger uint8

// The triggers, by their event definition.
const (
	NoTrigger Trigger = iota
	TimerTrigger
	MessageTrigger
	TerminateTrigger
	ErrorTrigger
	SignalTrigger
	EscalationTrigger
	ConditionalTrigger
	LinkTrigger
)

// Timer is when a timer goes off, as its document words it. The zero value is a
// timer without an expression.
type Timer struct {
	Form       string // "timeDate", "timeDuration" or "timeCycle"
	Expression string // ISO 8601 by the standard, verbatim
}

// kindNames are the XML elements of the kinds, kindWords their Russian names, triggerNames those of the triggers.
var (
	kindNames = [...]string{
		"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent",
		"task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask",
		"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
		"boundaryEvent", "subProcess", "callActivity",
	}
	kindWords = [len(kindNames)]string{
		"начальное событие", "конечное событие", "событие с ожиданием", "событие с отправкой",
		"шаг", "шаг исполнителя", "ручной шаг", "автоматический шаг", "шаг-сценарий", "шаг с отправкой", "шаг с получением", "шаг по бизнес-правилу",
		"исключающая развилка", "параллельная развилка", "включающая развилка", "развилка по событиям",
		"граничное событие", "подпроцесс", "вызов процесса",
	}
	triggerNames = [...]string{
		"", "timerEventDefinition", "messageEventDefinition", "terminateEventDefinition",
		"errorEventDefinition", "signalEventDefinition",
		"escalationEventDefinition", "conditionalEventDefinition", "linkEventDefinition",
	}
)

// String returns the name of the XML element, such as "userTask".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", k)
}

// In returns the name of the kind in the language "ru" or "en"; in English it is that
// of the XML element.
func (k Kind) In(lang string) string {
	if lang == "ru" && int(k) < len(kindWords) {
		return kindWords[k]
	}
	return k.String()
}

// String returns the name of the XML element, such as "timerEventDefinition";
// "" for NoTrigger.
func (t Trigger) String() string {
	if int(t) < len(triggerNames) {
		return triggerNames[t]
	}
	return fmt.Sprintf("Trigger(%d)", t)
}

// IsEvent reports whether the node is an event of any kind.
func (n *Node) IsEvent() bool { return n.Kind <= IntermediateThrowEvent || n.Kind == BoundaryEvent }

// IsTask reports whether the node is a task of any kind.
func (n *Node) IsTask() bool { return n.Kind >= Task && n.Kind <= BusinessRuleTask }

// IsGateway reports whether the node is a gateway of any kind.
func (n *Node) IsGateway() bool { return n.Kind >= ExclusiveGateway && n.Kind <= EventBasedGateway }

// IsActivity reports whether the node is a task, a sub-process or a call activity.
func (n *Node) IsActivity() bool {
	return n.IsTask() || n.Kind == SubProcess || n.Kind == CallActivity
}

// Node returns the node of this scope with the given identifier, nil where there is none.
func (p *Process) Node(id string) *Node {
	for _, n := range p.Nodes {
		if n.ID == id {
			return n
		}
	}
	return nil
}

// Incoming and Outgoing return the flows by the identifier of the node that they
// enter or leave, in the order of the process. O(n) in flows: take them once.
func (p *Process) Incoming() map[string][]*Flow {
	in := make(map[string][]*Flow, len(p.Nodes))
	for _, f := range p.Flows {
		in[f.Target] = append(in[f.Target], f)
	}
	return in
}

// Outgoing returns the flows by the identifier of the node that they leave.
func (p *Process) Outgoing() map[string][]*Flow {
	out := make(map[string][]*Flow, len(p.Nodes))
	for _, f := range p.Flows {
		out[f.Source] = append(out[f.Source], f)
	}
	return out
}

// Diagram is the layout of a document, in pixels, y downward.
type Diagram struct {
	Shapes []Shape
	Edges  []Waypoints
}

// Shape is the box of a node, pool, lane or annotation.
type Shape struct {
	Element             string // identifier of the node
	X, Y, Width, Height float64
	Label               *Box // where the name stands outside the shape; nil for the tool's choice
	Collapsed           bool // of a sub-process whose contents are not drawn
}

// Box is a rectangle on the canvas.
type Box struct{ X, Y, Width, Height float64 }

// Waypoints is the line of a flow.
type Waypoints struct {
	Element string // identifier of the flow
	Points  []Point
	Label   *Box // where the name stands; nil for the tool's choice
}

// Point is a place on the canvas.
type Point struct{ X, Y float64 }
