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
		faults = append(faults, p.faults()...)
	}
	d.elements(once)
	for _, p := range d.Processes {
		p.Walk(func(scope *Process, _ *Node) {
			for _, a := range scope.Associations {
				for _, end := range []string{a.Source, a.Target} {
					if seen[end] == "" {
						faults = append(faults, fmt.Errorf("association %q: %q is not in the document", a.ID, end))
					}
				}
			}
		})
	}
	faults = append(faults, d.collaborationFaults()...)
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
	(&Definitions{Processes: []*Process{p}}).elements(repeated)
	return errors.Join(faults...)
}

func (p *Process) faults() []error {
	var faults []error
	if err := checkID(p.ID); err != nil {
		faults = append(faults, fmt.Errorf("process %q: %w", p.ID, err))
	}
	p.Walk(func(scope *Process, in *Node) {
		what := fmt.Sprintf("process %q", p.ID)
		if in != nil {
			what = fmt.Sprintf("subProcess %q", in.ID)
		}
		faults = append(faults, scope.scopeFaults(what, in)...)
	})
	return faults
}

// scopeFaults returns the faults of a process or of the contents of the node in.
func (p *Process) scopeFaults(what string, in *Node) []error {
	var faults []error
	faultf := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	eventSub := in != nil && in.EventSub
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
	if eventSub && starts != 1 {
		faultf("%s: event sub-process with %d start events, wanted one", what, starts)
	} else if starts == 0 {
		faultf("%s: no start event", what)
	}
	if ends == 0 {
		faultf("%s: no end event", what)
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
	faults = append(faults, p.partFaults(nodes)...)
	incoming, outgoing := p.Incoming(), p.Outgoing()
	fromStart, toEnd := p.reached(true), p.reached(false)
	for _, n := range p.Nodes {
		for _, err := range n.faults(incoming[n.ID], outgoing[n.ID], nodes, flows) {
			faultf("%s %q: %w", n.Kind, n.ID, err)
		}
		if n.Kind == StartEvent {
			switch {
			case eventSub && n.Trigger == NoTrigger:
				faultf("startEvent %q: start of an event sub-process without a trigger", n.ID)
			case !eventSub && (n.NonInterrupting || n.Trigger == ErrorTrigger || n.Trigger == EscalationTrigger):
				faultf("startEvent %q: belongs into an event sub-process", n.ID)
			case in != nil && !eventSub && n.Trigger != NoTrigger:
				faultf("startEvent %q: %s at the start of an embedded sub-process", n.ID, n.Trigger)
			}
		}
		if n.EventSub {
			continue
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

// reached returns the nodes that lie behind a start event or, backwards, before an
// end event. Boundary events lie behind their activity, and a link that is caught
// behind those that throw it.
func (p *Process) reached(forward bool) map[string]bool {
	next := map[string][]string{}
	join := func(from, to string) {
		if !forward {
			from, to = to, from
		}
		next[from] = append(next[from], to)
	}
	caught := map[string]string{}
	for _, n := range p.Nodes {
		if n.Trigger == LinkTrigger && n.Kind == IntermediateCatchEvent {
			caught[n.Reference] = n.ID
		}
	}
	for _, n := range p.Nodes {
		if n.Kind == BoundaryEvent {
			join(n.Attached, n.ID)
		}
		if c, ok := caught[n.Reference]; ok && n.Trigger == LinkTrigger && n.Kind == IntermediateThrowEvent {
			join(n.ID, c)
		}
	}
	for _, f := range p.Flows {
		join(f.Source, f.Target)
	}
	seen := map[string]bool{}
	var todo []string
	visit := func(id string) {
		if !seen[id] {
			seen[id] = true
			todo = append(todo, id)
		}
	}
	for _, n := range p.Nodes {
		if forward && n.Kind == StartEvent || !forward && n.Kind == EndEvent {
			visit(n.ID)
		}
	}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, to := range next[id] {
			visit(to)
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
	if err := n.misplaced(); err != nil {
		faults = append(faults, err)
	}
	if n.Kind == BoundaryEvent {
		if host := nodes[n.Attached]; host == nil || !host.IsActivity() || host.EventSub {
			faultf("stands on %q, which is no activity of its scope", n.Attached)
		}
		if len(in) > 0 {
			faultf("boundary event with incoming flow %q", in[0].ID)
		}
		if n.NonInterrupting && n.Trigger == ErrorTrigger {
			faultf("an error always interrupts")
		}
	}
	if n.EventSub && len(in)+len(out) > 0 {
		faultf("event sub-process with %d incoming and %d outgoing flows", len(in), len(out))
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
	} else if n.Default != "" && n.Kind != ExclusiveGateway && n.Kind != InclusiveGateway && !n.IsActivity() {
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
	catches := n.Kind == StartEvent || n.Kind == IntermediateCatchEvent || n.Kind == BoundaryEvent
	switch n.Trigger {
	case NoTrigger:
		return n.Kind != IntermediateCatchEvent && n.Kind != BoundaryEvent
	case TimerTrigger, ConditionalTrigger:
		return catches
	case TerminateTrigger:
		return n.Kind == EndEvent
	case ErrorTrigger:
		return n.Kind == EndEvent || n.Kind == BoundaryEvent || n.Kind == StartEvent
	case EscalationTrigger:
		return n.IsEvent() && n.Kind != IntermediateCatchEvent
	case LinkTrigger:
		return n.Kind == IntermediateCatchEvent || n.Kind == IntermediateThrowEvent
	case MessageTrigger, SignalTrigger:
		return n.IsEvent()
	}
	return false
}

// partFaults returns what is wrong with lanes, links and associations of a scope.
func (p *Process) partFaults(nodes map[string]*Node) []error {
	var faults []error
	faultf := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	var lanes func(set []*Lane)
	lanes = func(set []*Lane) {
		in := map[string]string{}
		for _, l := range set {
			if err := checkID(l.ID); err != nil {
				faultf("lane %q: %w", l.ID, err)
			}
			for _, id := range l.Nodes {
				if nodes[id] == nil {
					faultf("lane %q: %q is not a node of the process", l.ID, id)
				} else if other, dup := in[id]; dup {
					faultf("lane %q: %q lies in lane %q too", l.ID, id, other)
				}
				in[id] = l.ID
			}
			lanes(l.Lanes)
		}
	}
	lanes(p.Lanes)
	caught, thrown := map[string]string{}, map[string]bool{}
	for _, n := range p.Nodes {
		switch {
		case n.Trigger != LinkTrigger:
		case n.Kind == IntermediateThrowEvent:
			thrown[n.Reference] = true
		case caught[n.Reference] != "":
			faultf("link %q: caught by %q and %q", n.Reference, caught[n.Reference], n.ID)
		default:
			caught[n.Reference] = n.ID
		}
	}
	for _, n := range p.Nodes {
		if n.Trigger == LinkTrigger && (!thrown[n.Reference] || caught[n.Reference] == "") {
			faultf("%s %q: link %q has no other end", n.Kind, n.ID, n.Reference)
		}
	}
	for _, a := range p.Annotations {
		if err := checkID(a.ID); err != nil {
			faultf("textAnnotation %q: %w", a.ID, err)
		}
	}
	for _, a := range p.Associations {
		if err := checkID(a.ID); err != nil {
			faultf("association %q: %w", a.ID, err)
		}
		if a.Direction != "" && a.Direction != "One" && a.Direction != "Both" {
			faultf("association %q: direction %q, wanted One or Both", a.ID, a.Direction)
		}
	}
	return faults
}

// collaborationFaults returns what is wrong with pools, message flows and causes.
func (d *Definitions) collaborationFaults() []error {
	var faults []error
	faultf := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	causes := map[string]CauseKind{}
	for _, c := range d.Causes {
		causes[c.ID] = c.Kind
	}
	kinds := map[Trigger]CauseKind{MessageTrigger: Message, ErrorTrigger: Error, EscalationTrigger: Escalation, SignalTrigger: Signal}
	pool := map[string]string{} // of every node and pool
	processes := map[string]bool{}
	if d.Collaboration != nil {
		for _, p := range d.Collaboration.Pools {
			pool[p.ID] = p.ID
		}
	}
	for _, p := range d.Processes {
		processes[p.ID] = true
		p.Walk(func(s *Process, _ *Node) {
			for _, n := range s.Nodes {
				pool[n.ID] = "process " + p.ID
				kind, wants := kinds[n.Trigger]
				if n.IsTask() {
					kind, wants = Message, true
				}
				if wants && n.Reference != "" {
					if k, ok := causes[n.Reference]; !ok || k != kind {
						faultf("%s %q: refers to %q, which is no %s of the document", n.Kind, n.ID, n.Reference, causeNames[kind])
					}
				}
			}
		})
	}
	if d.Collaboration == nil {
		return faults
	}
	for _, p := range d.Collaboration.Pools {
		if err := checkID(p.ID); err != nil {
			faultf("participant %q: %w", p.ID, err)
		}
		if p.Process != "" && !processes[p.Process] {
			faultf("participant %q: process %q is not in the document", p.ID, p.Process)
		}
		if p.Process != "" {
			pool["process "+p.Process] = p.ID
		}
	}
	of := func(id string) string {
		at := pool[id]
		if in, ok := pool[at]; ok {
			return in
		}
		return at
	}
	for _, m := range d.Collaboration.Messages {
		if err := checkID(m.ID); err != nil {
			faultf("messageFlow %q: %w", m.ID, err)
		}
		a, b := of(m.Source), of(m.Target)
		switch {
		case a == "":
			faultf("messageFlow %q: source %q is neither a node nor a pool", m.ID, m.Source)
		case b == "":
			faultf("messageFlow %q: target %q is neither a node nor a pool", m.ID, m.Target)
		case a == b:
			faultf("messageFlow %q: from %q to %q within one pool", m.ID, m.Source, m.Target)
		}
	}
	return faults
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
	hidden := map[string]bool{}
	for _, s := range d.Diagram.Shapes {
		hidden[s.Element] = s.Collapsed
	}
	inside := map[string]bool{} // what lies in a collapsed sub-process
	for _, p := range d.Processes {
		p.Walk(func(s *Process, in *Node) {
			if in == nil || !hidden[in.ID] && !inside[in.ID] {
				return
			}
			for _, n := range s.Nodes {
				inside[n.ID] = true
			}
			for _, f := range s.Flows {
				inside[f.ID] = true
			}
			for _, a := range s.Annotations {
				inside[a.ID] = true
			}
			for _, a := range s.Associations {
				inside[a.ID] = true
			}
			eachLane(s.Lanes, func(l *Lane) { inside[l.ID] = true })
		})
	}
	d.elements(func(what, id string) {
		if inside[id] && drawn[id] == 0 {
			return
		}
		check(what, id)
	})
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
