package bpmn

import (
	"slices"
	"strconv"
	"strings"

	"github.com/uprava/uprava/mining/internal/xmldoc"
)

// node reads a flow node with what belongs to its kind.
func (rd *reader) node(e *xmldoc.Element, kind Kind) *Node {
	n := &Node{ID: e.Attr("id"), Name: e.Attr("name"), Kind: kind, Default: e.Attr("default")}
	held := []string{"name", "default"}
	switch kind {
	case BoundaryEvent:
		held = append(held, "attachedToRef", "cancelActivity")
		n.Attached, n.NonInterrupting = e.Attr("attachedToRef"), falsehood(e.Attr("cancelActivity"))
	case StartEvent:
		held = append(held, "isInterrupting")
		n.NonInterrupting = falsehood(e.Attr("isInterrupting"))
	case SubProcess:
		held = append(held, "triggeredByEvent")
		n.Sub, n.EventSub = &Process{}, truth(e.Attr("triggeredByEvent"))
	case CallActivity:
		held = append(held, "calledElement")
		n.Called = e.Attr("calledElement")
	case SendTask, ReceiveTask:
		held = append(held, "messageRef")
		n.Reference = e.Attr("messageRef")
	}
	rd.attributes(e, held...)
	for _, c := range e.Children {
		trigger := -1
		if c.Name.Space == nsModel && n.IsEvent() {
			trigger = slices.Index(triggerNames[1:], c.Name.Local) + 1
		}
		switch {
		case trigger > 0 && n.Trigger == NoTrigger:
			n.Trigger = Trigger(trigger)
			rd.trigger(c, n)
		case c.Is(nsModel, "incoming"), c.Is(nsModel, "outgoing"):
		case c.Is(nsModel, "documentation"):
			n.Documentation = rd.documentation(n.Documentation, c)
		case n.IsActivity() && n.Loop == nil && (c.Is(nsModel, "standardLoopCharacteristics") || c.Is(nsModel, "multiInstanceLoopCharacteristics")):
			n.Loop = rd.loop(c)
		case n.Sub != nil && rd.content(c, n.Sub):
		default:
			rd.skip(c)
		}
	}
	return n
}

func falsehood(s string) bool { return s == "false" || s == "0" }

// references are the attributes by which an event definition names its cause.
var references = map[Trigger]string{
	MessageTrigger: "messageRef", ErrorTrigger: "errorRef", SignalTrigger: "signalRef",
	EscalationTrigger: "escalationRef", LinkTrigger: "name",
}

func (rd *reader) trigger(e *xmldoc.Element, n *Node) {
	if ref := references[n.Trigger]; ref != "" {
		rd.attributes(e, ref)
		n.Reference = e.Attr(ref)
	} else {
		rd.attributes(e)
	}
	for _, c := range e.Children {
		timer := n.Trigger == TimerTrigger && n.Timer == (Timer{}) && c.Name.Space == nsModel
		switch c.Name.Local {
		case "timeDate", "timeDuration", "timeCycle":
			if timer {
				rd.attributes(c)
				n.Timer = Timer{c.Name.Local, c.Text()}
				continue
			}
		case "condition":
			if n.Trigger == ConditionalTrigger && n.Condition == "" && c.Name.Space == nsModel {
				rd.attributes(c)
				n.Condition = c.Text()
				continue
			}
		}
		rd.skip(c)
	}
}

func (rd *reader) loop(e *xmldoc.Element) *Loop {
	l := &Loop{}
	condition := "loopCondition"
	if e.Name.Local == "standardLoopCharacteristics" {
		l.TestBefore = truth(e.Attr("testBefore"))
		held := []string{"testBefore"}
		if n, err := strconv.Atoi(strings.TrimSpace(e.Attr("loopMaximum"))); err == nil && n > 0 {
			l.Maximum = n
			held = append(held, "loopMaximum")
		}
		rd.attributes(e, held...)
	} else {
		condition = "completionCondition"
		l.Form = ParallelInstances
		if truth(e.Attr("isSequential")) {
			l.Form = SequentialInstances
		}
		rd.attributes(e, "isSequential")
	}
	for _, c := range e.Children {
		switch {
		case c.Is(nsModel, condition) && l.Condition == "":
			rd.attributes(c)
			l.Condition = c.Text()
		case c.Is(nsModel, "loopCardinality") && l.Form != StandardLoop && l.Cardinality == "":
			rd.attributes(c)
			l.Cardinality = c.Text()
		default:
			rd.skip(c)
		}
	}
	return l
}

func (rd *reader) collaboration(e *xmldoc.Element) *Collaboration {
	rd.attributes(e)
	out := &Collaboration{ID: e.Attr("id")}
	for _, c := range e.Children {
		switch {
		case c.Is(nsModel, "participant"):
			rd.attributes(c, "name", "processRef")
			out.Pools = append(out.Pools, &Pool{c.Attr("id"), c.Attr("name"), c.Attr("processRef")})
			rd.rest(c)
		case c.Is(nsModel, "messageFlow"):
			rd.attributes(c, "name", "sourceRef", "targetRef")
			out.Messages = append(out.Messages, &MessageFlow{c.Attr("id"), c.Attr("name"), c.Attr("sourceRef"), c.Attr("targetRef")})
			rd.rest(c)
		default:
			rd.skip(c)
		}
	}
	return out
}

// rest lists the children of an element whose attributes are all that is held.
func (rd *reader) rest(e *xmldoc.Element) {
	for _, c := range e.Children {
		rd.skip(c)
	}
}

func (rd *reader) cause(e *xmldoc.Element) *Cause {
	c := &Cause{Kind: CauseKind(slices.Index(causeNames[:], e.Name.Local)), ID: e.Attr("id"), Name: e.Attr("name")}
	held := []string{"name"}
	if code := codes[c.Kind]; code != "" {
		held = append(held, code)
		c.Code = e.Attr(code)
	}
	rd.attributes(e, held...)
	rd.rest(e)
	return c
}

var codes = map[CauseKind]string{Error: "errorCode", Escalation: "escalationCode"}

// lanes reads a lane set. Where a process has several, their lanes stand together.
func (rd *reader) lanes(e *xmldoc.Element) []*Lane {
	rd.attributes(e)
	var out []*Lane
	for _, c := range e.Children {
		if !c.Is(nsModel, "lane") {
			rd.skip(c)
			continue
		}
		rd.attributes(c, "name")
		l := &Lane{ID: c.Attr("id"), Name: c.Attr("name")}
		for _, g := range c.Children {
			switch {
			case g.Is(nsModel, "flowNodeRef"):
				l.Nodes = append(l.Nodes, strings.TrimSpace(g.Text()))
			case g.Is(nsModel, "childLaneSet"):
				l.Lanes = append(l.Lanes, rd.lanes(g)...)
			default:
				rd.skip(g)
			}
		}
		out = append(out, l)
	}
	return out
}

func (rd *reader) annotation(e *xmldoc.Element) *Annotation {
	rd.attributes(e)
	a := &Annotation{ID: e.Attr("id")}
	for _, c := range e.Children {
		if c.Is(nsModel, "text") && a.Text == "" {
			rd.attributes(c)
			a.Text = c.Text()
			continue
		}
		rd.skip(c)
	}
	return a
}

func (rd *reader) association(e *xmldoc.Element) *Association {
	rd.attributes(e, "sourceRef", "targetRef", "associationDirection")
	rd.rest(e)
	a := &Association{e.Attr("id"), e.Attr("sourceRef"), e.Attr("targetRef"), e.Attr("associationDirection")}
	if a.Direction == "None" {
		a.Direction = ""
	}
	return a
}
