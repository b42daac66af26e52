package convert

import (
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/petri"
)

// maxStates bounds the states of a process that is unfolded, and maxTokens the
// tokens on one flow.
const (
	maxStates = 5_000
	maxTokens = 2
)

// local reports whether every element of a process can be said by a few places and
// transitions of its own, whatever the rest of the process does.
func local(p *bpmn.Process) bool {
	ends, parallel := 0, false
	out, in := p.Outgoing(), p.Incoming()
	for _, n := range p.Nodes {
		switch {
		case n.Kind == bpmn.BoundaryEvent, n.Kind == bpmn.SubProcess, n.Kind == bpmn.CallActivity, n.Loop != nil,
			n.Trigger == bpmn.LinkTrigger, n.Kind == bpmn.EndEvent && n.Trigger == bpmn.ErrorTrigger,
			n.Kind == bpmn.InclusiveGateway && len(in[n.ID]) > 1:
			return false
		case n.Kind == bpmn.EndEvent:
			ends++
			if n.Trigger == bpmn.TerminateTrigger {
				ends++ // leaves with all that goes on beside it
			}
		case n.Kind != bpmn.ExclusiveGateway && n.Kind != bpmn.EventBasedGateway:
			parallel = parallel || len(out[n.ID]) > 1
		}
	}
	return ends <= 1 || !parallel
}

// machine is a document whose elements are numbered, so that a state is a string of
// bytes: tokens on each flow of every scope, then for each activity whether and how
// it is under way.
type machine struct {
	scopes     []*scope
	flows      int
	flowIDs    []string
	size       int
	activities []*activity
	listed     []Approximation
	notes      map[string]bool
}

// scope is a process or the contents of a sub-process.
type scope struct {
	process     *bpmn.Process
	in          *activity // the sub-process; nil for the process itself
	flow        map[string]int
	from, until int   // its flows
	inner       []int // all bytes of the state that it and what it contains own
	nodes       []*activity
	byID        map[string]*activity
	subs        []*activity // event sub-processes
	reach       [][]bool    // which of its flows lead to which
}

// activity is a node with what its steps need.
type activity struct {
	*bpmn.Node
	scope    *scope
	at       int // its byte of the state
	in, out  []int
	sub      *scope
	border   []*activity
	catching *activity // of a link that is thrown
}

// How an activity is under way; of a boundary event or event sub-process that does
// not interrupt, that it has occurred.
const (
	idleState = iota
	active    // has begun
	repeated  // has run at least once and may end
	spent
)

// step is a transition of the machine; label "" is silent.
type step struct {
	label string
	to    string
	id    string
}

// unfold returns a process as a net with one place for each of its states: the
// token game of BPMN 2.0 (OMG formal/2013-12-09, chapter 13), exactly, as far as
// Approximations do not say otherwise. More than maxStates states are an error.
func unfold(d *bpmn.Definitions, p *bpmn.Process) (*petri.Net, []Approximation, error) {
	m := &machine{notes: map[string]bool{}}
	called := map[string]*bpmn.Process{}
	for _, q := range d.Processes {
		called[q.ID] = q
	}
	top, err := m.scope(p, nil, called, 0)
	if err != nil {
		return nil, nil, err
	}
	m.size = m.flows + len(m.activities) + 1
	for i, a := range m.activities {
		a.at = m.flows + i
	}
	for _, s := range m.scopes {
		m.own(s)
	}
	net := &petri.Net{Name: p.Name}
	index := map[string]int{}
	var states []string
	place := func(state string) (int, error) {
		i, ok := index[state]
		if ok {
			return i, nil
		}
		if i = len(states); i == maxStates {
			return 0, fmt.Errorf("turning process %q into a net: more than %d states; leave out parallel branches, inclusive gateways or events", p.ID, maxStates)
		}
		index[state] = i
		states = append(states, state)
		net.Places = append(net.Places, petri.Place{ID: fmt.Sprint("state", i), Name: fmt.Sprint("state", i)})
		return i, nil
	}
	fresh := make([]byte, m.size) // the last byte says that the process has begun
	if _, err := place(string(fresh)); err != nil {
		return nil, nil, err
	}
	done := slices.Clone(fresh)
	done[m.size-1] = 1
	used := map[string]int{}
	for i := 0; i < len(states); i++ {
		for _, s := range m.steps(top, states[i]) {
			j, err := place(s.to)
			if err != nil {
				return nil, nil, err
			}
			used[s.id]++
			net.Transitions = append(net.Transitions, petri.Transition{
				ID: fmt.Sprintf("%s-%d", s.id, used[s.id]), Label: s.label, Silent: s.label == "",
				In: arcs([]int{i}), Out: arcs([]int{j}),
			})
		}
	}
	end, ok := index[string(done)]
	if !ok {
		return nil, nil, fmt.Errorf("turning process %q into a net: no way leads to its end", p.ID)
	}
	net.Initial, net.Final = make(petri.Marking, len(net.Places)), make(petri.Marking, len(net.Places))
	net.Initial[0], net.Final[end] = 1, 1
	return net, m.listed, nil
}

func (m *machine) note(id, en, ru string) {
	if !m.notes[id+en] {
		m.notes[id+en] = true
		m.listed = append(m.listed, Approximation{id, en, ru})
	}
}

// scope numbers the elements of p.
func (m *machine) scope(p *bpmn.Process, in *activity, called map[string]*bpmn.Process, depth int) (*scope, error) {
	if depth > 20 {
		return nil, fmt.Errorf("turning process %q into a net: processes call each other more than 20 deep", p.ID)
	}
	s := &scope{process: p, in: in, flow: map[string]int{}, from: m.flows, byID: map[string]*activity{}}
	m.scopes = append(m.scopes, s)
	for _, f := range p.Flows {
		s.flow[f.ID] = m.flows
		m.flowIDs = append(m.flowIDs, f.ID)
		m.flows++
	}
	s.until = m.flows
	indices := func(flows []*bpmn.Flow) (out []int) {
		for _, f := range flows {
			out = append(out, s.flow[f.ID])
		}
		return out
	}
	incoming, outgoing := p.Incoming(), p.Outgoing()
	for _, n := range p.Nodes {
		a := &activity{Node: n, scope: s, in: indices(incoming[n.ID]), out: indices(outgoing[n.ID])}
		m.activities = append(m.activities, a)
		s.nodes = append(s.nodes, a)
		s.byID[n.ID] = a
		if n.EventSub {
			s.subs = append(s.subs, a)
		}
		inside := n.Sub
		if n.Kind == bpmn.CallActivity && called[n.Called] != nil {
			inside = called[n.Called]
		}
		if inside != nil {
			sub, err := m.scope(inside, a, called, depth+1)
			if err != nil {
				return nil, err
			}
			a.sub = sub
		}
		if n.Loop != nil && n.Loop.Form == bpmn.ParallelInstances {
			m.note(n.ID, "its instances run one after the other", "экземпляры идут один за другим")
		}
	}
	for _, a := range s.nodes {
		if host := s.byID[a.Attached]; a.Kind == bpmn.BoundaryEvent && host != nil {
			host.border = append(host.border, a)
		}
		if a.Trigger != bpmn.LinkTrigger || a.Kind != bpmn.IntermediateThrowEvent {
			continue
		}
		for _, b := range s.nodes {
			if b.Trigger == bpmn.LinkTrigger && b.Kind == bpmn.IntermediateCatchEvent && b.Reference == a.Reference {
				a.catching = b
			}
		}
	}
	s.reaches()
	return s, nil
}

// own lists the bytes of the state that lie in a scope.
func (m *machine) own(s *scope) {
	var visit func(s *scope) []int
	visit = func(s *scope) (out []int) {
		for f := s.from; f < s.until; f++ {
			out = append(out, f)
		}
		for _, a := range s.nodes {
			out = append(out, a.at)
			if a.sub != nil {
				out = append(out, visit(a.sub)...)
			}
		}
		return out
	}
	s.inner = visit(s)
}

// reaches finds, for the rule of inclusive joins, which flows lead to which.
func (s *scope) reaches() {
	n := s.until - s.from
	s.reach = make([][]bool, n)
	for i := range s.reach {
		s.reach[i] = make([]bool, n)
	}
	next := map[int][]int{}
	for _, a := range s.nodes {
		for _, f := range a.in {
			next[f] = append(next[f], a.out...)
			for _, b := range a.border {
				next[f] = append(next[f], b.out...)
			}
			if a.catching != nil {
				next[f] = append(next[f], a.catching.out...)
			}
		}
	}
	for i := range n {
		todo := []int{s.from + i}
		for len(todo) > 0 {
			f := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, g := range next[f] {
				if !s.reach[i][g-s.from] {
					s.reach[i][g-s.from] = true
					todo = append(todo, g)
				}
			}
		}
	}
}

// empty reports whether nothing is under way in the scope.
func (s *scope) empty(state string) bool {
	for _, i := range s.inner {
		if state[i] != idleState && state[i] != spent {
			return false
		}
	}
	return true
}

// clear takes all tokens and marks of a scope away.
func (s *scope) clear(state []byte) {
	for _, i := range s.inner {
		state[i] = 0
	}
}

// steps returns all that can happen next.
func (m *machine) steps(top *scope, state string) []step {
	x := &stepper{machine: m, top: top, state: state}
	if state[m.size-1] == 0 {
		for _, a := range top.nodes {
			if a.Kind == bpmn.StartEvent {
				x.do(a, "", func(s []byte) { s[m.size-1] = 1; x.emit(s, a.out) })
			}
		}
		return x.out
	}
	x.scope(top)
	if top.empty(state) {
		cleared := make([]byte, m.size)
		cleared[m.size-1] = 1
		if string(cleared) != state {
			x.out = append(x.out, step{to: string(cleared), id: "done"})
		}
	}
	return x.out
}

type stepper struct {
	*machine
	top   *scope
	state string
	out   []step
	full  string // flow on which the step would put one token too many
}

// do adds the step that change makes.
func (x *stepper) do(a *activity, label string, change func(s []byte)) {
	s := []byte(x.state)
	x.full = ""
	change(s)
	if x.full != "" {
		x.note(x.full, fmt.Sprintf("more than %d tokens could gather on this flow: the net allows no more", maxTokens), fmt.Sprintf("на этом потоке может скопиться больше %d фишек: сеть больше не допускает", maxTokens))
		return
	}
	x.out = append(x.out, step{label, string(s), a.ID})
}

func (x *stepper) emit(s []byte, flows []int) {
	for _, f := range flows {
		if s[f]++; s[f] > maxTokens {
			x.full = x.flowIDs[f]
		}
	}
}

// started returns the ways in which what a sub-process contains can begin.
func (x *stepper) started(sub *scope) [][]int {
	var out [][]int
	for _, a := range sub.nodes {
		if a.Kind == bpmn.StartEvent {
			out = append(out, a.out)
		}
	}
	return out
}

func (x *stepper) scope(s *scope) {
	for _, a := range s.nodes {
		x.node(a)
	}
	for _, sub := range s.subs {
		x.eventSub(sub)
	}
}

func (x *stepper) node(a *activity) {
	if a.IsActivity() && !a.EventSub {
		x.activity(a)
		return
	}
	label := a.Name
	switch a.Kind {
	case bpmn.StartEvent, bpmn.BoundaryEvent, bpmn.SubProcess:
		return
	case bpmn.ParallelGateway:
		if slices.ContainsFunc(a.in, func(f int) bool { return x.state[f] == 0 }) {
			return
		}
		x.do(a, "", func(s []byte) {
			for _, f := range a.in {
				s[f]--
			}
			x.emit(s, a.out)
		})
		return
	case bpmn.InclusiveGateway:
		x.inclusive(a)
		return
	}
	for _, f := range a.in {
		if x.state[f] == 0 {
			continue
		}
		switch {
		case a.Kind == bpmn.ExclusiveGateway || a.Kind == bpmn.EventBasedGateway:
			for _, g := range a.out {
				x.do(a, "", func(s []byte) { s[f]--; x.emit(s, []int{g}) })
			}
		case a.Kind == bpmn.EndEvent:
			x.end(a, f)
		case a.catching != nil:
			x.do(a, label, func(s []byte) { s[f]--; x.emit(s, a.catching.out) })
		case a.Trigger == bpmn.EscalationTrigger && x.catcher(a) != nil:
			x.thrown(a, f, a.out)
		default:
			if label == "" {
				x.note(a.ID, "has no name and is a silent step", "без названия: невидимый шаг")
			}
			x.do(a, label, func(s []byte) { s[f]--; x.emit(s, a.out) })
		}
	}
}

// activity adds the steps of a task, sub-process or call activity.
func (x *stepper) activity(a *activity) {
	simple := a.sub == nil && a.Loop == nil && len(a.border) == 0
	label := a.Name
	if a.sub != nil {
		label = ""
	} else if label == "" {
		x.note(a.ID, "has no name and is a silent step", "без названия: невидимый шаг")
	}
	if simple {
		for _, f := range a.in {
			if x.state[f] > 0 {
				x.do(a, label, func(s []byte) { s[f]--; x.emit(s, a.out) })
			}
		}
		return
	}
	leave := func(s []byte) {
		s[a.at] = idleState
		for _, b := range a.border {
			s[b.at] = idleState
		}
		x.emit(s, a.out)
	}
	begin := func(s []byte, mode byte) {
		s[a.at] = mode
		if a.sub == nil {
			return
		}
		a.sub.clear(s)
	}
	run := x.state[a.at]
	again := a.Loop != nil && (a.Loop.Form != bpmn.StandardLoop || a.Loop.Condition != "" || a.Loop.Maximum != 1)
	starts := [][]int{nil}
	if a.sub != nil {
		starts = x.started(a.sub)
	}
	if run == idleState {
		for _, f := range a.in {
			if x.state[f] == 0 {
				continue
			}
			for _, start := range starts {
				x.do(a, "", func(s []byte) { s[f]--; begin(s, active); x.emit(s, start) })
			}
			if a.Loop != nil && a.Loop.TestBefore {
				x.do(a, "", func(s []byte) { s[f]--; x.emit(s, a.out) })
			}
		}
		return
	}
	for _, b := range a.border {
		x.boundary(a, b)
	}
	switch {
	case a.sub == nil && !again:
		x.do(a, label, leave)
		return
	case a.sub == nil:
		x.do(a, label, func(s []byte) { s[a.at] = repeated })
		if run == repeated {
			x.do(a, "", leave)
		}
		return
	}
	x.scope(a.sub)
	if a.sub.empty(x.state) {
		x.do(a, "", func(s []byte) { a.sub.clear(s); leave(s) })
		if again {
			for _, start := range starts {
				x.do(a, "", func(s []byte) { begin(s, repeated); x.emit(s, start) })
			}
		}
	}
}

// boundary adds the step of an event on the border of an activity under way.
// Errors and escalations come from inside: see end and thrown.
func (x *stepper) boundary(a, b *activity) {
	inside := a.sub != nil
	if inside && (b.Trigger == bpmn.ErrorTrigger || b.Trigger == bpmn.EscalationTrigger) {
		return
	}
	if b.NonInterrupting {
		x.note(b.ID, "occurs at most once while its activity is under way", "наступает не более одного раза за время действия")
		if x.state[b.at] == idleState {
			x.do(b, b.Name, func(s []byte) { s[b.at] = spent; x.emit(s, b.out) })
		}
		return
	}
	x.do(b, b.Name, func(s []byte) { x.cancel(s, a); x.emit(s, b.out) })
}

// cancel ends an activity and all that goes on in it.
func (x *stepper) cancel(s []byte, a *activity) {
	s[a.at] = idleState
	for _, b := range a.border {
		s[b.at] = idleState
	}
	if a.sub != nil {
		a.sub.clear(s)
	}
}

// end adds the step of an end event.
func (x *stepper) end(a *activity, f int) {
	switch {
	case a.Trigger == bpmn.TerminateTrigger:
		x.do(a, "", func(s []byte) { a.scope.clear(s) })
	case a.Trigger == bpmn.ErrorTrigger, a.Trigger == bpmn.EscalationTrigger:
		x.thrown(a, f, nil)
	default:
		x.do(a, "", func(s []byte) { s[f]-- })
	}
}

// catcher returns the boundary event or event sub-process that catches an error or
// escalation: the innermost that names the same cause, or none.
func (x *stepper) catcher(a *activity) *activity {
	fits := func(b *bpmn.Node) bool {
		return b.Trigger == a.Trigger && (b.Reference == "" || b.Reference == a.Reference)
	}
	for s := a.scope; s != nil; {
		for _, e := range s.subs {
			for _, n := range e.sub.nodes {
				if n.Kind == bpmn.StartEvent && fits(n.Node) && e.sub != a.scope {
					return e
				}
			}
		}
		if s.in == nil {
			return nil
		}
		for _, b := range s.in.border {
			if fits(b.Node) {
				return b
			}
		}
		s = s.in.scope
	}
	return nil
}

// thrown adds the step of an error or escalation that f leads to; after an
// escalation, then goes on.
func (x *stepper) thrown(a *activity, f int, then []int) {
	b := x.catcher(a)
	switch {
	case b == nil && a.Trigger == bpmn.ErrorTrigger:
		x.do(a, "", func(s []byte) { x.top.clear(s) })
	case b == nil:
		x.do(a, "", func(s []byte) { s[f]--; x.emit(s, then) })
	case b.EventSub:
		x.enter(b, func(s []byte) { s[f]--; x.emit(s, then) }, "")
	case b.NonInterrupting:
		x.do(a, b.Name, func(s []byte) { s[f]--; x.emit(s, then); x.emit(s, b.out) })
	default:
		host := b.scope.byID[b.Attached]
		x.do(a, b.Name, func(s []byte) { x.cancel(s, host); x.emit(s, b.out) })
	}
}

// eventSub adds the steps of an event sub-process of a scope that is under way.
func (x *stepper) eventSub(e *activity) {
	if x.state[e.at] == active {
		x.scope(e.sub)
		if e.sub.empty(x.state) {
			x.do(e, "", func(s []byte) { e.sub.clear(s); s[e.at] = spent })
		}
		return
	}
	start := e.sub.startEvent()
	if start == nil || start.Trigger == bpmn.ErrorTrigger || start.Trigger == bpmn.EscalationTrigger || e.scope.empty(x.state) {
		return
	}
	if x.state[e.at] == idleState {
		x.enter(e, func([]byte) {}, start.Name)
	}
}

func (s *scope) startEvent() *activity {
	for _, n := range s.nodes {
		if n.Kind == bpmn.StartEvent {
			return n
		}
	}
	return nil
}

// enter begins an event sub-process.
func (x *stepper) enter(e *activity, before func(s []byte), label string) {
	start := e.sub.startEvent()
	if start.NonInterrupting {
		x.note(e.ID, "occurs at most once in a case", "наступает не более одного раза за дело")
		if x.state[e.at] != idleState {
			return
		}
	}
	x.do(e, label, func(s []byte) {
		before(s)
		if !start.NonInterrupting {
			e.scope.clear(s)
		}
		s[e.at] = active
		x.emit(s, start.out)
	})
}

// inclusive adds the steps of an inclusive gateway: one token on at least one of
// its flows, and none elsewhere in the scope that could still reach one of the
// others without passing the gateway (BPMN 2.0, 13.4.3); then any of the flows out.
func (x *stepper) inclusive(a *activity) {
	s := a.scope
	have, miss := []int{}, []int{}
	for _, f := range a.in {
		if x.state[f] > 0 {
			have = append(have, f)
		} else {
			miss = append(miss, f)
		}
	}
	if len(have) == 0 {
		return
	}
	comes := func(f int) bool { // a token on f can reach a missing flow and none that has one
		to := s.reach[f-s.from]
		for _, g := range have {
			if f == g || to[g-s.from] {
				return false
			}
		}
		return slices.ContainsFunc(miss, func(g int) bool { return f == g || to[g-s.from] })
	}
	for f := s.from; f < s.until; f++ {
		if x.state[f] > 0 && !slices.Contains(a.in, f) && comes(f) {
			return
		}
	}
	for _, b := range s.nodes { // activities under way
		if b.IsActivity() && x.state[b.at] != idleState && x.state[b.at] != spent {
			after := slices.Clone(b.out)
			for _, e := range b.border {
				after = append(after, e.out...)
			}
			if slices.ContainsFunc(after, comes) {
				return
			}
		}
	}
	outs := [][]int{a.out}
	if len(a.out) > 1 {
		outs = nil
		for bits := 1; bits < 1<<len(a.out); bits++ {
			outs = append(outs, subset(a.out, bits))
		}
	}
	for _, out := range outs {
		x.do(a, "", func(t []byte) {
			for _, f := range have {
				t[f]--
			}
			x.emit(t, out)
		})
	}
}
