package twin

import (
	"maps"
	"slices"

	"github.com/uprava/uprava/mining/bpmn"
)

// Clone returns a copy that shares nothing changeable with the model: changing
// one leaves the other as it is.
func (m *Model) Clone() *Model {
	c := *m
	c.Calendars = slices.Clone(m.Calendars)
	for i := range c.Calendars {
		c.Calendars[i].Week, c.Calendars[i].Off = slices.Clone(c.Calendars[i].Week), slices.Clone(c.Calendars[i].Off)
	}
	c.Units = slices.Clone(m.Units)
	for i := range c.Units {
		c.Units[i].Edges = slices.Clone(c.Units[i].Edges)
	}
	if m.Elements != nil {
		c.Elements = make([]*Element, len(m.Elements))
		for i, e := range m.Elements {
			c.Elements[i] = e.clone()
		}
	}
	c.Pools = slices.Clone(m.Pools)
	for i := range c.Pools {
		c.Pools[i].Members = slices.Clone(c.Pools[i].Members)
		for k := range c.Pools[i].Members {
			x := &c.Pools[i].Members[k]
			x.Absent, x.Skills = slices.Clone(x.Absent), maps.Clone(x.Skills)
		}
	}
	c.Processes = make([]*Process, len(m.Processes))
	for i, p := range m.Processes {
		c.Processes[i] = p.clone()
	}
	c.Warnings = slices.Clone(m.Warnings)
	c.places = maps.Clone(m.places)
	return &c
}

func (p *Process) clone() *Process {
	c := *p
	c.Edges = slices.Clone(p.Edges)
	c.Labels, c.Branches, c.Provenance = maps.Clone(p.Labels), maps.Clone(p.Branches), maps.Clone(p.Provenance)
	c.Decay, c.Rules = maps.Clone(p.Decay), maps.Clone(p.Rules)
	for id, r := range c.Rules {
		c.Rules[id] = r.clone()
	}
	c.Attributes, c.Priorities = slices.Clone(p.Attributes), slices.Clone(p.Priorities)
	for i := range c.Attributes {
		c.Attributes[i].Shares, c.Attributes[i].Number = maps.Clone(c.Attributes[i].Shares), c.Attributes[i].Number.clone()
	}
	for i := range c.Priorities {
		c.Priorities[i].When = c.Priorities[i].When.clone()
	}
	c.Arrivals.Between, c.Arrivals.Surges, c.Arrivals.Moments = p.Arrivals.Between.clone(), slices.Clone(p.Arrivals.Surges), p.Arrivals.Moments.clone()
	c.Tasks = make(map[string]Task, len(p.Tasks))
	for id, t := range p.Tasks {
		c.Tasks[id] = t.clone()
	}
	if p.Limit != nil {
		l := *p.Limit
		l.Others, l.Words = slices.Clone(l.Others), maps.Clone(l.Words)
		c.Limit = &l
	}
	c.Diagram = cloneDiagram(p.Diagram)
	if p.Layout != nil {
		l := bpmn.Diagram{Shapes: slices.Clone(p.Layout.Shapes), Edges: slices.Clone(p.Layout.Edges)}
		for i := range l.Edges {
			l.Edges[i].Points = slices.Clone(l.Edges[i].Points)
		}
		c.Layout = &l
	}
	return &c
}

// cloneDiagram copies a scope with all that it contains.
func cloneDiagram(p *bpmn.Process) *bpmn.Process {
	if p == nil {
		return nil
	}
	d := *p
	d.Nodes, d.Flows = clonePointers(d.Nodes), clonePointers(d.Flows)
	for _, n := range d.Nodes {
		n.Sub = cloneDiagram(n.Sub)
		n.Loop = clonePointer(n.Loop)
	}
	return &d
}

func clonePointers[T any](list []*T) []*T {
	copies := make([]*T, len(list))
	for i, x := range list {
		copies[i] = clonePointer(x)
	}
	return copies
}

func clonePointer[T any](x *T) *T {
	if x == nil {
		return nil
	}
	y := *x
	return &y
}

func (t Task) clone() Task {
	t.Pools = slices.Clone(t.Pools)
	t.Time, t.Delay = t.Time.clone(), t.Delay.clone()
	if t.ByPool != nil {
		byPool := make(map[string]Distribution, len(t.ByPool))
		for id, d := range t.ByPool {
			byPool[id] = d.clone()
		}
		t.ByPool = byPool
	}
	t.Batch = t.Batch.clone()
	t.SetUp, t.Patience = t.SetUp.clone(), t.Patience.clone()
	t.Room, t.AtLeast = clonePointer(t.Room), clonePointer(t.AtLeast)
	if t.Repeat != nil {
		r := *t.Repeat
		r.Instances = maps.Clone(r.Instances)
		t.Repeat = &r
	}
	t.NotBefore = clonePointer(t.NotBefore)
	return t
}

func (b *Batch) clone() *Batch {
	if b == nil {
		return nil
	}
	c := *b
	c.Days, c.OutOfTurn = slices.Clone(b.Days), clonePointer(b.OutOfTurn)
	return &c
}

func (r Rule) clone() Rule {
	c := slices.Clone(r)
	for i := range c {
		c[i] = slices.Clone(c[i])
		for k := range c[i] {
			x := &c[i][k]
			x.Is, x.From, x.Below = slices.Clone(x.Is), clonePointer(x.From), clonePointer(x.Below)
		}
	}
	return c
}

func (d Distribution) clone() Distribution {
	d.Sample = slices.Clone(d.Sample)
	return d
}
