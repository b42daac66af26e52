package simulator

import (
	"slices"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/twin"
)

// scope is a diagram, or the inside of a sub-process: what a frame runs.
type scope struct {
	process    int32
	node       int32 // the sub-process that it is the inside of; -1 of a process
	entries    []int32
	reactions  []int32 // event sub-processes
	first, end int32   // its nodes: [first, end)
	slots      int32   // counters of a frame: visits, tokens on flows into joins, tokens at nodes
	kept       int32   // of them, those of visits, which an interruption keeps
	counts     int32   // slot of the first node's counter; -1 where no inclusive join needs them
	joins      []int32 // inclusive ones
}

type op uint8

const (
	opPass      op = iota // start, event without a duration, merge
	opWork                // task, or event that takes time
	opExclusive           // split by rule or probability
	opParallel            // split to all
	opInclusive           // split to some
	opRace                // event-based split: the first event wins
	opEnd
	opTerminate
	opThrow    // error end
	opContain  // sub-process or call activity
	opAwait    // waits for a message of another case
	opListener // boundary event or event sub-process: no token comes to it
)

type node struct {
	op       op
	join     op // opParallel or opInclusive where it also joins, else opPass
	id       string
	process  int32
	activity int32 // -1 where it leaves no row in a log
	out      []edge
	// in are the slots of its incoming flows, of joins.
	in []int32
	// reach tells, for an inclusive join and each of its incoming flows, from
	// which nodes of the scope (less first) a token can still come by it.
	reach [][]bool

	visit     int32 // slot of its counter of visits; -1 where a frame comes here once at most
	seed      uint64
	work            // what doing it takes
	count     int32 // where rules ask how often it was completed: the number among the case's; -1
	term      int   // days of the lawful limit that a case has from here on; -1 for no change
	requested bool
	delivered bool
	suspends  bool

	inside    int32 // scope that an opContain, or event sub-process, runs; -1
	repeat    *repeat
	listeners []int32 // boundary events of an activity
	listen    listen  // of an opListener
	escalates string  // cause that it throws on the way, "" for none
	fails     string  // error that an opThrow throws
	sends     []int32 // nodes that get a message when it is completed
	ruled     bool    // some of its flows have a rule
	decays    bool    // some of its shares fall with each visit
}

// listen is what a boundary event or an event sub-process reacts to.
type listen struct {
	trigger    bpmn.Trigger
	cause      string // of an error or escalation: "" for any
	interrupts bool
	again      bool // a timer that goes off again and again
}

type edge struct {
	to    int32
	slot  int32 // of the flow where to is a join, else -1
	p     float64
	upTo  float64 // cumulative probability
	decay float64 // of p with each visit; 1 for none
	rule  rule
	ruled bool
}

// diagram is a bpmn.Process with its flows by node.
type diagram struct {
	*bpmn.Process
	*source
	in, out map[string][]*bpmn.Flow
}

// scope compiles a diagram at a position of c.p.scopes. Its nodes get consecutive
// positions; scopes within it follow.
func (c *compiler) scope(at, within int32, b *bpmn.Process, s *source) {
	first := int32(len(c.p.nodes))
	c.p.scopes[at] = scope{process: s.at, node: within, first: first, end: first + int32(len(b.Nodes)), counts: -1}
	for int(at) >= len(c.diagrams) {
		c.diagrams = append(c.diagrams, nil)
	}
	d := &diagram{Process: b, source: s, in: b.Incoming(), out: b.Outgoing()}
	c.diagrams[at] = d
	before := len(c.faults)
	for i, n := range b.Nodes {
		if _, twice := s.position[n.ID]; twice {
			c.fault("%s: node %q stands twice", "%s: элемент «%s» встречается дважды", s.of, n.ID)
		}
		s.position[n.ID] = first + int32(i)
	}
	for _, f := range b.Flows {
		for _, end := range [...]string{f.Source, f.Target} {
			if p, ok := s.position[end]; !ok || p < first {
				c.fault("%s: flow %q ends at %q, which is no node of its scope", "%s: переход «%s» упирается в «%s», а такого элемента на его уровне схемы нет", s.of, f.ID, end)
			}
		}
	}
	if len(c.faults) > before {
		c.broken = true
		return
	}
	c.p.nodes = append(c.p.nodes, make([]node, len(b.Nodes))...)
	for i, n := range b.Nodes {
		made := c.node(at, n, d)
		c.p.nodes[int(first)+i] = made
	}
	c.attach(at, d)
	if within >= 0 {
		c.entries(&c.p.scopes[at], d)
	}
}

// node compiles a node, and what is inside of it.
func (c *compiler) node(at int32, b *bpmn.Node, d *diagram) node {
	what := d.of.part("%s %q", "%s «%s»", b.Kind, b.ID)
	n := node{op: opPass, id: b.ID, process: d.at, activity: -1, visit: -1, join: opPass, term: -1, count: -1, inside: -1,
		seed: nameKey(d.ID + "/" + b.ID), requested: b.ID == d.RequestedBy, delivered: b.ID == d.DeliveredBy}
	for _, f := range d.out[b.ID] {
		n.out = append(n.out, edge{to: d.position[f.Target], slot: -1, p: 1, decay: 1})
	}
	split := len(n.out) > 1
	if split {
		n.op = opParallel // implicit split of an activity or event
	}
	if why := unsimulated(b); why.en != "" {
		c.fault("%s: %s not simulated; draw the process without it", "%s: %s; нарисуйте процесс без этого", what, why)
	}
	task, given := d.Tasks[b.ID]
	n.suspends = task.Suspends
	switch {
	case b.Kind == bpmn.EndEvent:
		switch n.op = opEnd; b.Trigger {
		case bpmn.TerminateTrigger:
			n.op = opTerminate
		case bpmn.ErrorTrigger:
			n.op, n.fails = opThrow, causeOf(b, d)
		case bpmn.EscalationTrigger:
			n.escalates = causeOf(b, d)
		}
	case b.Kind == bpmn.BoundaryEvent:
		n.op = opListener
		n.listen = c.listen(b, d, what)
		if b.Trigger == bpmn.TimerTrigger {
			c.wait(&n, b, d, what)
		}
	case b.Kind == bpmn.SubProcess, b.Kind == bpmn.CallActivity && !given, b.Kind == bpmn.CallActivity && task.Time.Law == "":
		c.contained(&n, b, d, what)
	case b.IsTask() && !(b.Kind == bpmn.ReceiveTask && !given), b.Kind == bpmn.CallActivity:
		if !given {
			c.fault("%s: no parameters", "%s: нет параметров", what)
			return n
		}
		c.work(&n, b, &task, d, what)
	case b.Kind == bpmn.IntermediateCatchEvent || b.Kind == bpmn.ReceiveTask:
		switch {
		case given:
			c.work(&n, b, &task, d, what)
		case b.Trigger == bpmn.MessageTrigger || b.Kind == bpmn.ReceiveTask:
			n.op = opAwait // what it waits for is found when all processes are known
			c.name(&n, b, d)
		case b.Trigger == bpmn.LinkTrigger, b.Trigger == bpmn.NoTrigger:
		default:
			c.fault("%s: no parameters: how long is it waited for?", "%s: нет параметров: сколько длится ожидание?", what)
		}
	case b.Kind == bpmn.IntermediateThrowEvent:
		if given {
			c.work(&n, b, &task, d, what)
		}
		switch b.Trigger {
		case bpmn.EscalationTrigger:
			n.escalates = causeOf(b, d)
		case bpmn.LinkTrigger:
			c.link(&n, b, d, what)
		}
	case b.IsGateway():
		c.gateway(&n, b, d, what)
	}
	if b.IsActivity() {
		n.repeat = c.repeat(b, task.Repeat, d, what)
	}
	return n
}

// unsimulated names what of a node this simulator cannot run; empty for nothing.
func unsimulated(b *bpmn.Node) place {
	switch b.Trigger {
	case bpmn.SignalTrigger:
		return place{"a signal is", "сигналы не моделируются"}
	case bpmn.ConditionalTrigger:
		return place{"an event that waits for a condition is", "события, которые ждут условия, не моделируются"}
	}
	return place{}
}

// causeOf returns the name by which the throw and the catch of an error, an
// escalation or a message know each other; "" where none is said.
func causeOf(b *bpmn.Node, d *diagram) string {
	for _, c := range d.Causes {
		if c.ID == b.Reference {
			switch {
			case c.Code != "":
				return c.Code
			case c.Name != "":
				return c.Name
			}
		}
	}
	return b.Reference
}

// listen reads what a boundary event, or the start of an event sub-process, waits
// for.
func (c *compiler) listen(b *bpmn.Node, d *diagram, what place) listen {
	l := listen{trigger: b.Trigger, interrupts: !b.NonInterrupting, again: b.Timer.Form == "timeCycle" && b.NonInterrupting}
	switch b.Trigger {
	case bpmn.ErrorTrigger, bpmn.EscalationTrigger:
		l.cause = causeOf(b, d)
	case bpmn.TimerTrigger, bpmn.MessageTrigger:
	default:
		c.fault("%s: an event of this kind reacts to nothing: wanted a timer, message, error or escalation", "%s: событие такого вида ни на что не отвечает: нужен таймер, сообщение, ошибка или эскалация", what)
	}
	return l
}

// wait compiles the time after which a timer goes off.
func (c *compiler) wait(n *node, b *bpmn.Node, d *diagram, what place) {
	task, given := d.Tasks[b.ID]
	if !given {
		c.fault("%s: no parameters: how long is it waited for?", "%s: нет параметров: сколько длится ожидание?", what)
		return
	}
	switch {
	case len(task.Pools) > 0:
		c.fault("%s: it has pools, and a timer needs nobody", "%s: указаны группы исполнителей, а таймеру никто не нужен", what)
		return
	case task.Batch != nil:
		c.fault("%s: it is batched, and a timer waits for no batch", "%s: указан сбор в пакеты, а таймер пакетов не ждёт", what)
		return
	}
	activity := n.activity
	c.work(n, b, &task, d, what)
	n.op, n.activity = opListener, activity
	if n.listen.again && n.time.mean() < 1e-6 && !n.delayed {
		c.fault("%s: a timer that goes off again and again, without a time between", "%s: таймер срабатывает снова и снова, а время между срабатываниями не указано", what)
	}
}

// contained compiles a sub-process or call activity.
func (c *compiler) contained(n *node, b *bpmn.Node, d *diagram, what place) {
	task := d.Tasks[b.ID]
	if len(task.Pools) > 0 || task.Time.Law != "" {
		c.fault("%s: it has a time or pools of its own; give them to the tasks within it", "%s: указано собственное время или группы исполнителей; задайте их шагам внутри", what)
	}
	n.op = opContain
	if b.Kind == bpmn.CallActivity {
		at := slices.IndexFunc(c.m.Processes, func(t *twin.Process) bool {
			return t.ID == b.Called || t.Diagram != nil && t.Diagram.ID == b.Called && b.Called != ""
		})
		if at < 0 {
			c.fault("%s: it calls %q, which is no process of the model, and has no time of its own", "%s: вызывает «%s», а такого процесса в модели нет, и собственного времени тоже нет", what, b.Called)
			return
		}
		n.inside = int32(at)
		return
	}
	if b.Sub == nil || len(b.Sub.Nodes) == 0 {
		c.fault("%s: nothing is inside", "%s: внутри ничего нет", what)
		return
	}
	n.inside = int32(len(c.p.scopes))
	c.p.scopes = append(c.p.scopes, scope{})
	c.scope(n.inside, d.position[b.ID], b.Sub, d.source)
	if !b.EventSub {
		return
	}
	n.op = opListener
	for _, start := range b.Sub.Nodes {
		if start.Kind == bpmn.StartEvent {
			n.listen = c.listen(start, d, what)
			if start.Trigger == bpmn.TimerTrigger {
				c.wait(n, start, d, what)
			}
			return
		}
	}
	c.fault("%s: an event sub-process without a start event", "%s: событийный подпроцесс без начального события", what)
}

// link makes a throw of a link lead on to the catch of its name.
func (c *compiler) link(n *node, b *bpmn.Node, d *diagram, what place) {
	for _, other := range d.Nodes {
		if other.Kind == bpmn.IntermediateCatchEvent && other.Trigger == bpmn.LinkTrigger && other.Reference == b.Reference {
			n.out = []edge{{to: d.position[other.ID], slot: -1, p: 1, decay: 1}}
			return
		}
	}
	c.fault("%s: no link %q is caught in its scope", "%s: ссылку «%s» на его уровне схемы никто не принимает", what, b.Reference)
}

// gateway compiles what a gateway joins and how it splits.
func (c *compiler) gateway(n *node, b *bpmn.Node, d *diagram, what place) {
	joins, split := len(d.in[b.ID]) > 1, len(n.out) > 1
	switch b.Kind {
	case bpmn.ParallelGateway:
		if joins {
			n.join = opParallel
		}
	case bpmn.InclusiveGateway:
		if joins {
			n.join = opInclusive
		}
		if split {
			n.op = opInclusive
			c.probabilities(n, b, d, false, what)
		}
	case bpmn.ExclusiveGateway:
		if split {
			n.op = opExclusive
			c.probabilities(n, b, d, true, what)
		}
	case bpmn.EventBasedGateway:
		if !split {
			return
		}
		n.op = opRace
		if slices.ContainsFunc(d.out[b.ID], func(f *bpmn.Flow) bool { _, ok := d.Branches[f.ID]; return ok }) {
			n.op = opExclusive
			c.probabilities(n, b, d, true, what)
			return
		}
		for _, f := range d.out[b.ID] {
			target := d.Node(f.Target)
			_, timed := d.Tasks[f.Target]
			if !timed && target.Trigger != bpmn.MessageTrigger && target.Kind != bpmn.ReceiveTask {
				c.fault("%s: neither probabilities of its flows nor parameters of event %q", "%s: нет ни вероятностей переходов, ни параметров события «%s»", what, f.Target)
			}
			if len(d.Tasks[f.Target].Pools) > 0 {
				c.fault("%s: %q behind it needs people, and only events can be waited for", "%s: шагу «%s» за ней нужны люди, а ждать можно только событий", what, f.Target)
			}
		}
	}
}

// attach gives activities their boundary events and the scope its event
// sub-processes.
func (c *compiler) attach(at int32, d *diagram) {
	s := &c.p.scopes[at]
	for i, b := range d.Nodes {
		k := s.first + int32(i)
		switch {
		case b.Kind == bpmn.SubProcess && b.EventSub:
			s.reactions = append(s.reactions, k)
		case b.Kind == bpmn.BoundaryEvent:
			to, ok := d.position[b.Attached]
			if !ok || to < s.first || to >= s.end || !d.Nodes[to-s.first].IsActivity() {
				c.fault("%s: boundaryEvent %q: attached to %q, which is no activity of its scope", "%s: граничное событие «%s» прикреплено к «%s», а такого действия на его уровне схемы нет", d.of, b.ID, b.Attached)
				continue
			}
			c.p.nodes[to].listeners = append(c.p.nodes[to].listeners, k)
		}
	}
}

// entries finds where a sub-process begins: its start event, or the nodes that no
// flow comes to.
func (c *compiler) entries(s *scope, d *diagram) {
	for i, b := range d.Nodes {
		if b.Kind == bpmn.StartEvent {
			s.entries = append(s.entries, s.first+int32(i))
		}
	}
	if len(s.entries) > 1 {
		c.fault("%s: the sub-process %q has %d start events, wanted one", "%s: в подпроцессе «%s» начальных событий %d, нужно одно", d.of, c.p.nodes[s.node].id, len(s.entries))
	}
	if len(s.entries) > 0 {
		return
	}
	for i, b := range d.Nodes {
		if len(d.in[b.ID]) == 0 && b.Kind != bpmn.BoundaryEvent && !b.EventSub && !(b.Kind == bpmn.IntermediateCatchEvent && b.Trigger == bpmn.LinkTrigger) {
			s.entries = append(s.entries, s.first+int32(i))
		}
	}
}

func seconds(x float64) time.Duration { return time.Duration(x*1e6+0.5) * time.Microsecond }
