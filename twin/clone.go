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
		c.Calendars[i].Week = slices.Clone(c.Calendars[i].Week)
	}
	c.Units = slices.Clone(m.Units)
	c.Pools = slices.Clone(m.Pools)
	for i := range c.Pools {
		c.Pools[i].Members = slices.Clone(c.Pools[i].Members)
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
	c.Labels, c.Branches, c.Provenance = maps.Clone(p.Labels), maps.Clone(p.Branches), maps.Clone(p.Provenance)
	c.Arrivals.Between = p.Arrivals.Between.clone()
	c.Tasks = make(map[string]Task, len(p.Tasks))
	for id, t := range p.Tasks {
		c.Tasks[id] = t.clone()
	}
	if p.Limit != nil {
		l := *p.Limit
		l.Others = slices.Clone(l.Others)
		c.Limit = &l
	}
	if p.Diagram != nil {
		d := *p.Diagram
		d.Nodes = clonePointers(d.Nodes)
		d.Flows = clonePointers(d.Flows)
		c.Diagram = &d
	}
	if p.Layout != nil {
		l := bpmn.Diagram{Shapes: slices.Clone(p.Layout.Shapes), Edges: slices.Clone(p.Layout.Edges)}
		for i := range l.Edges {
			l.Edges[i].Points = slices.Clone(l.Edges[i].Points)
		}
		c.Layout = &l
	}
	return &c
}

func clonePointers[T any](list []*T) []*T {
	copies := make([]*T, len(list))
	for i, x := range list {
		y := *x
		copies[i] = &y
	}
	return copies
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
	if t.Batch != nil {
		b := *t.Batch
		b.Days = slices.Clone(b.Days)
		b.OutOfTurn = b.OutOfTurn.clone()
		t.Batch = &b
	}
	t.NotBefore = t.NotBefore.clone()
	return t
}

func (r *Release) clone() *Release {
	if r == nil {
		return nil
	}
	c := *r
	return &c
}

func (d Distribution) clone() Distribution {
	d.Sample = slices.Clone(d.Sample)
	return d
}
