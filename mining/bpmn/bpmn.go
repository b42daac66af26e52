// Package bpmn holds process models in BPMN 2.0 (ISO/IEC 19510:2013): the
// element types that Uprava mines, simulates and draws, reading and writing of
// the XML, and a layout for models that come without a diagram.
//
//	XML ─▶ Read ─▶ Definitions ─▶ Layout ─▶ Write ─▶ XML
//
// What a file holds beyond these types is listed by Read, never dropped in
// silence.
package bpmn

// Definitions is one BPMN document.
type Definitions struct {
	ID              string
	TargetNamespace string
	Processes       []*Process
	Diagram         *Diagram // nil where the document has none
}

// Process is one process: nodes joined by sequence flows.
type Process struct {
	ID, Name   string
	Executable bool
	Nodes      []*Node
	Flows      []*Flow
}

// Node is a flow node.
type Node struct {
	ID, Name string
	Kind     Kind
	Trigger  Trigger // of events
	Default  string  // default flow of a gateway or task; "" for none
	// Documentation is the text of the documentation element.
	Documentation string
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
)

// IsTask reports whether the node is a task of any kind.
func (n *Node) IsTask() bool { return n.Kind >= Task && n.Kind <= BusinessRuleTask }

// IsGateway reports whether the node is a gateway of any kind.
func (n *Node) IsGateway() bool { return n.Kind >= ExclusiveGateway }

// Node returns the node with the given identifier, nil where there is none.
func (p *Process) Node(id string) *Node {
	for _, n := range p.Nodes {
		if n.ID == id {
			return n
		}
	}
	return nil
}

// Diagram is the layout of a document, in pixels, y downward.
type Diagram struct {
	Shapes []Shape
	Edges  []Waypoints
}

// Shape is the box of a node.
type Shape struct {
	Element             string // identifier of the node
	X, Y, Width, Height float64
}

// Waypoints is the line of a flow.
type Waypoints struct {
	Element string // identifier of the flow
	Points  []Point
}

// Point is a place on the canvas.
type Point struct{ X, Y float64 }
