package simulator

import (
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/twin"
)

// monday is the first day of test models: Monday 1 January 2024, 00:00 UTC.
var monday = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// sketch builds test models of one process, flow by flow.
type sketch struct {
	m *twin.Model
	p *twin.Process
}

func newSketch(between twin.Distribution) *sketch {
	p := &twin.Process{ID: "p", Diagram: &bpmn.Process{ID: "p"}, Tasks: map[string]twin.Task{}, Branches: map[string]float64{},
		Arrivals: twin.Arrivals{Between: between}}
	return &sketch{p: p, m: &twin.Model{ID: "test", TimeZone: "UTC", Start: monday, Processes: []*twin.Process{p},
		Calendars: []twin.Calendar{
			{ID: "office", Week: []twin.Interval{{From: time.Monday, To: time.Friday, Begin: 9 * time.Hour, End: 17 * time.Hour}}},
			{ID: "late", Week: []twin.Interval{{From: time.Monday, To: time.Friday, Begin: 13 * time.Hour, End: 21 * time.Hour}}},
		}}}
}

func (s *sketch) node(id string, k bpmn.Kind) *sketch {
	s.p.Diagram.Nodes = append(s.p.Diagram.Nodes, &bpmn.Node{ID: id, Name: id, Kind: k})
	return s
}

// flow joins nodes in a row; the flow from a to b is "a-b".
func (s *sketch) flow(ids ...string) *sketch {
	for i := 1; i < len(ids); i++ {
		s.p.Diagram.Flows = append(s.p.Diagram.Flows, &bpmn.Flow{ID: ids[i-1] + "-" + ids[i], Source: ids[i-1], Target: ids[i]})
	}
	return s
}

func (s *sketch) task(id string, time twin.Distribution, pools ...string) *sketch {
	s.p.Tasks[id] = twin.Task{Pools: pools, Time: time}
	return s.node(id, bpmn.Task)
}

func (s *sketch) pool(id string, size int, calendar string) *sketch {
	s.m.Pools = append(s.m.Pools, twin.Pool{ID: id, Size: size, Calendar: calendar})
	return s
}

func expo(mean float64) twin.Distribution { return twin.Distribution{Law: "exponential", Mean: mean} }
func exactly(d time.Duration) twin.Distribution {
	return twin.Distribution{Law: "fixed", Value: d.Seconds()}
}

// one is start ─▶ A ─▶ end with one pool "R".
func one(between, service twin.Distribution, size int, calendar string) *sketch {
	return newSketch(between).pool("R", size, calendar).
		node("s", bpmn.StartEvent).task("A", service, "R").node("e", bpmn.EndEvent).flow("s", "A", "e")
}

// sub adds a sub-process, whose inside build draws.
func (s *sketch) sub(id string, build func(*sketch)) *sketch {
	outer := s.p.Diagram
	s.p.Diagram = &bpmn.Process{}
	build(s)
	inner := s.p.Diagram
	s.p.Diagram = outer
	outer.Nodes = append(outer.Nodes, &bpmn.Node{ID: id, Name: id, Kind: bpmn.SubProcess, Sub: inner})
	return s
}

// event adds an event with a trigger and the name of its cause.
func (s *sketch) event(id string, k bpmn.Kind, trigger bpmn.Trigger, cause string) *sketch {
	s.node(id, k)
	n := s.p.Diagram.Node(id)
	n.Trigger, n.Reference = trigger, cause
	return s
}

// boundary adds a boundary event to an activity.
func (s *sketch) boundary(id, attached string, trigger bpmn.Trigger, cause string, interrupts bool) *sketch {
	s.event(id, bpmn.BoundaryEvent, trigger, cause)
	n := s.p.Diagram.Node(id)
	n.Attached, n.NonInterrupting = attached, !interrupts
	return s
}

// after gives an event its time.
func (s *sketch) after(id string, d time.Duration) *sketch {
	s.p.Tasks[id] = twin.Task{Time: exactly(d)}
	return s
}

// change alters the parameters of a task.
func (s *sketch) change(id string, f func(*twin.Task)) *sketch {
	t := s.p.Tasks[id]
	f(&t)
	s.p.Tasks[id] = t
	return s
}

// loop makes the diagram repeat an activity.
func (s *sketch) loop(id string, form bpmn.LoopForm, r twin.Repeat) *sketch {
	s.p.Diagram.Node(id).Loop = &bpmn.Loop{Form: form}
	return s.change(id, func(t *twin.Task) { t.Repeat = &r })
}
