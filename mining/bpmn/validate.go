package bpmn

import (
	"errors"
	"fmt"
	"math"
	"unicode"
)

// Validate returns all faults of the document, joined; nil where there are none:
// those of every process, identifiers used twice, and diagrams that draw what is
// not there or leave out what is. O(n) in nodes and flows.
func (d *Definitions) Validate() error {
	var faults []error
	if len(d.Processes) == 0 {
		faults = append(faults, errors.New("document without a process"))
	}
	seen := map[string]string{}
	once := func(what, id string) {
		if id == "" {
			return
		}
		if other, dup := seen[id]; dup {
			faults = append(faults, fmt.Errorf("%s %q: identifier is already that of a %s", what, id, other))
			return
		}
		seen[id] = what
	}
	for _, p := range d.Processes {
		once("process", p.ID)
		for _, n := range p.Nodes {
			once(n.Kind.String(), n.ID)
		}
		for _, f := range p.Flows {
			once("sequenceFlow", f.ID)
		}
		faults = append(faults, p.faults()...)
	}
	if d.Diagram != nil {
		faults = append(faults, d.diagramFaults()...)
	}
	return errors.Join(faults...)
}

// Validate returns all faults of the process, joined; nil where there are none.
// A process without faults has a start and an end, every flow joins two nodes of
// the process, every node lies on a way from a start to an end, and identifiers
// are XML names. It may still deadlock: soundness is a question for its Petri net.
func (p *Process) Validate() error {
	faults := p.faults()
	seen := map[string]bool{}
	repeated := func(what, id string) {
		if id != "" && seen[id] {
			faults = append(faults, fmt.Errorf("%s %q: identifier is used twice", what, id))
		}
		seen[id] = true
	}
	for _, n := range p.Nodes {
		repeated(n.Kind.String(), n.ID)
	}
	for _, f := range p.Flows {
		repeated("sequenceFlow", f.ID)
	}
	return errors.Join(faults...)
}

func (p *Process) faults() []error {
	var faults []error
	faultf := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if err := checkID(p.ID); err != nil {
		faultf("process %q: %w", p.ID, err)
	}
	nodes := make(map[string]*Node, len(p.Nodes))
	starts, ends := 0, 0
	for _, n := range p.Nodes {
		nodes[n.ID] = n
		switch n.Kind {
		case StartEvent:
			starts++
		case EndEvent:
			ends++
		}
	}
	if starts == 0 {
		faultf("process %q: no start event", p.ID)
	}
	if ends == 0 {
		faultf("process %q: no end event", p.ID)
	}
	flows := make(map[string]*Flow, len(p.Flows))
	for _, f := range p.Flows {
		flows[f.ID] = f
		if err := checkID(f.ID); err != nil {
			faultf("sequenceFlow %q from %q to %q: %w", f.ID, f.Source, f.Target, err)
		}
		if nodes[f.Source] == nil {
			faultf("sequenceFlow %q: source %q is not a node of the process", f.ID, f.Source)
		}
		if nodes[f.Target] == nil {
			faultf("sequenceFlow %q: target %q is not a node of the process", f.ID, f.Target)
		}
	}
	in, out := p.Incoming(), p.Outgoing()
	fromStart := p.reached(StartEvent, out, func(f *Flow) string { return f.Target })
	toEnd := p.reached(EndEvent, in, func(f *Flow) string { return f.Source })
	for _, n := range p.Nodes {
		for _, err := range n.faults(in[n.ID], out[n.ID], nodes, flows) {
			faultf("%s %q: %w", n.Kind, n.ID, err)
		}
		if starts > 0 && !fromStart[n.ID] {
			faultf("%s %q: no way from a start event leads here", n.Kind, n.ID)
		}
		if ends > 0 && !toEnd[n.ID] {
			faultf("%s %q: no way leads from here to an end event", n.Kind, n.ID)
		}
	}
	return faults
}

// reached returns the nodes that can be reached from those of a kind.
func (p *Process) reached(from Kind, next map[string][]*Flow, end func(*Flow) string) map[string]bool {
	seen := map[string]bool{}
	var todo []string
	visit := func(id string) {
		if !seen[id] {
			seen[id] = true
			todo = append(todo, id)
		}
	}
	for _, n := range p.Nodes {
		if n.Kind == from {
			visit(n.ID)
		}
	}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, f := range next[id] {
			visit(end(f))
		}
	}
	return seen
}

// faults returns what is wrong with one node and its own flows.
func (n *Node) faults(in, out []*Flow, nodes map[string]*Node, flows map[string]*Flow) []error {
	var faults []error
	faultf := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if err := checkID(n.ID); err != nil {
		faults = append(faults, err)
	}
	if n.Kind == StartEvent && len(in) > 0 {
		faultf("start event with incoming flow %q", in[0].ID)
	}
	if n.Kind == EndEvent && len(out) > 0 {
		faultf("end event with outgoing flow %q", out[0].ID)
	}
	if n.IsGateway() && (len(in) == 0 || len(out) == 0) {
		faultf("gateway with %d incoming and %d outgoing flows, wanted at least one of each", len(in), len(out))
	}
	if f := flows[n.Default]; n.Default != "" && (f == nil || f.Source != n.ID) {
		faultf("default flow %q does not leave it", n.Default)
	} else if n.Default != "" && n.Kind != ExclusiveGateway && n.Kind != InclusiveGateway && !n.IsTask() {
		faultf("default flow %q on a node that does not choose", n.Default)
	}
	if n.Kind == EventBasedGateway {
		if len(out) < 2 {
			faultf("event-based gateway with %d outgoing flows, wanted two or more", len(out))
		}
		for _, f := range out {
			if t := nodes[f.Target]; t != nil && t.Kind != IntermediateCatchEvent && t.Kind != ReceiveTask {
				faultf("flow %q of an event-based gateway leads to %s %q, wanted an event that is caught", f.ID, t.Kind, t.ID)
			}
		}
	}
	if !n.triggerAllowed() {
		faultf("%s does not belong here", n.Trigger)
	}
	return faults
}

// triggerAllowed follows the table of event types of ISO/IEC 19510, 10.5.
func (n *Node) triggerAllowed() bool {
	switch n.Trigger {
	case NoTrigger:
		return n.Kind != IntermediateCatchEvent
	case TimerTrigger:
		return n.Kind == StartEvent || n.Kind == IntermediateCatchEvent
	case TerminateTrigger, ErrorTrigger:
		return n.Kind == EndEvent
	case MessageTrigger, SignalTrigger:
		return n.IsEvent()
	}
	return false
}

func (d *Definitions) diagramFaults() []error {
	var faults []error
	faultf := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	drawn := map[string]int{}
	for _, s := range d.Diagram.Shapes {
		drawn[s.Element]++
		if !finite(s.X, s.Y, s.Width, s.Height) || s.Width <= 0 || s.Height <= 0 {
			faultf("diagram: shape of %q is %g×%g at (%g, %g)", s.Element, s.Width, s.Height, s.X, s.Y)
		}
	}
	for _, e := range d.Diagram.Edges {
		drawn[e.Element]++
		if len(e.Points) < 2 {
			faultf("diagram: line of %q has %d points, wanted two or more", e.Element, len(e.Points))
		}
		for _, p := range e.Points {
			if !finite(p.X, p.Y) {
				faultf("diagram: line of %q passes (%g, %g)", e.Element, p.X, p.Y)
			}
		}
	}
	check := func(what, id string) {
		if drawn[id] != 1 {
			faultf("diagram: %s %q is drawn %d times, wanted once", what, id, drawn[id])
		}
		delete(drawn, id)
	}
	for _, p := range d.Processes {
		for _, n := range p.Nodes {
			check(n.Kind.String(), n.ID)
		}
		for _, f := range p.Flows {
			check("sequenceFlow", f.ID)
		}
	}
	extra := func(id string) {
		if drawn[id] > 0 {
			faultf("diagram: draws %q, which is not in the model", id)
			delete(drawn, id)
		}
	}
	for _, s := range d.Diagram.Shapes {
		extra(s.Element)
	}
	for _, e := range d.Diagram.Edges {
		extra(e.Element)
	}
	return faults
}

func finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// checkID reports what makes id unfit for an XML identifier (NCName, which is
// narrower here: letters, digits, and "_", "-", ".").
func checkID(id string) error {
	if id == "" {
		return errors.New("no identifier")
	}
	for i, r := range id {
		if r == '_' || unicode.IsLetter(r) || i > 0 && (r == '-' || r == '.' || unicode.IsDigit(r)) {
			continue
		}
		return fmt.Errorf("identifier %q: %q at byte %d cannot stand in an XML name", id, r, i)
	}
	return nil
}
