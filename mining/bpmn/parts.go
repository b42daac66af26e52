package bpmn

// Loop says how an activity is repeated.
type Loop struct {
	Form LoopForm
	// Condition is, of a StandardLoop, that under which it goes on; of instances,
	// that under which the remaining ones are cancelled. "" for none.
	Condition   string
	Cardinality string // number of instances, an expression; "" where not said
	Maximum     int    // rounds of a StandardLoop; 0 for no limit
	TestBefore  bool   // of a StandardLoop: the condition is asked before the first round
}

// LoopForm is the kind of a repetition.
type LoopForm uint8

// The kinds of repetition.
const (
	StandardLoop LoopForm = iota
	SequentialInstances
	ParallelInstances
)

// Collaboration is how pools work together.
type Collaboration struct {
	ID       string
	Pools    []*Pool
	Messages []*MessageFlow
}

// Pool is a participant.
type Pool struct {
	ID, Name string
	Process  string // identifier of its process; "" of one whose inside is not shown
}

// MessageFlow joins two pools, or nodes in them.
type MessageFlow struct{ ID, Name, Source, Target string }

// CauseKind is what a Cause is.
type CauseKind uint8

// The kinds of causes.
const (
	Message CauseKind = iota
	Error
	Escalation
	Signal
)

var causeNames = [...]string{"message", "error", "escalation", "signal"}

// Cause is a message, error, escalation or signal that events refer to.
type Cause struct {
	Kind     CauseKind
	ID, Name string
	Code     string // of an Error or Escalation
}

// Lane is a part of a process that one party is responsible for.
type Lane struct {
	ID, Name string
	Nodes    []string // identifiers of the nodes that lie in it
	Lanes    []*Lane  // nested
}

// Annotation is a text beside the model.
type Annotation struct{ ID, Text string }

// Association joins an annotation with what it is about.
type Association struct {
	ID, Source, Target string
	Direction          string // "", "One" or "Both"
}

// Walk calls visit for the process and, depth first in the order of the nodes, for
// the contents of its sub-processes, with the node that contains them: nil for the
// process itself.
func (p *Process) Walk(visit func(scope *Process, in *Node)) { p.walk(nil, visit) }

func (p *Process) walk(in *Node, visit func(*Process, *Node)) {
	visit(p, in)
	for _, n := range p.Nodes {
		if n.Sub != nil {
			n.Sub.walk(n, visit)
		}
	}
}

// eachLane calls visit for all lanes, outer before inner.
func eachLane(lanes []*Lane, visit func(*Lane)) {
	for _, l := range lanes {
		visit(l)
		eachLane(l.Lanes, visit)
	}
}

// elements calls visit with the identifier of everything that can be drawn, in the
// order of the model.
func (d *Definitions) elements(visit func(what, id string)) {
	if c := d.Collaboration; c != nil {
		for _, p := range c.Pools {
			visit("participant", p.ID)
		}
		for _, m := range c.Messages {
			visit("messageFlow", m.ID)
		}
	}
	for _, p := range d.Processes {
		p.Walk(func(s *Process, _ *Node) {
			eachLane(s.Lanes, func(l *Lane) { visit("lane", l.ID) })
			for _, n := range s.Nodes {
				visit(n.Kind.String(), n.ID)
			}
			for _, f := range s.Flows {
				visit("sequenceFlow", f.ID)
			}
			for _, a := range s.Annotations {
				visit("textAnnotation", a.ID)
			}
			for _, a := range s.Associations {
				visit("association", a.ID)
			}
		})
	}
}
