package scenario

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/yamlfile"
)

// Apply returns a copy of the model with the levers pulled, in their order; the
// model itself stays as it is. The error names every lever that does not fit,
// and what there is instead of what it names.
func (s *Scenario) Apply(m *twin.Model) (*twin.Model, error) {
	changed := m.Clone()
	var faults []error
	for _, l := range s.Levers {
		if err := l.apply(changed); err != nil {
			faults = append(faults, measure.Faultf("applying the lever %q: %w", "применение меры «%s»: %s", l, err))
		}
	}
	if len(faults) == 0 {
		if err := changed.Validate(); err != nil {
			faults = append(faults, err)
		}
		faults = append(faults, minima(m, changed)...)
	}
	if len(faults) > 0 {
		return nil, measure.Faultf("applying the scenario %q: %w", "применение сценария «%s»: %s", s.ID, errors.Join(faults...))
	}
	return changed, nil
}

// minima returns what law gives a least time and the change takes out.
func minima(m, changed *twin.Model) (faults []error) {
	for i, p := range m.Processes {
		for _, id := range slices.Sorted(maps.Keys(p.Tasks)) {
			if x := p.Tasks[id].AtLeast; x != nil && (i >= len(changed.Processes) || changed.Processes[i].Tasks[id].AtLeast == nil) {
				faults = append(faults, measure.Faultf("process %q: task %q may not be taken out or automated: law gives it a least time (%s)", "процесс «%s»: шаг «%s» нельзя исключить или автоматизировать: наименьшее время для него установлено законом (%s)", p.ID, id, &measure.Doubt{EN: x.Citation.In("en"), RU: x.Citation.In("ru")}))
			}
		}
	}
	return faults
}

func (l Lever) apply(m *twin.Model) error {
	switch l.Kind {
	case Pool, Calendar, Order:
		return l.staff(m)
	case Skill:
		return l.teach(m)
	case Control, Arrivals, Surge, Gate:
		p, err := process(m, l.Target)
		if err != nil {
			return err
		}
		return l.onProcess(p)
	case Branch, Rule:
		return l.branch(m)
	}
	p, id, err := l.node(m)
	if err != nil {
		return err
	}
	switch l.Kind {
	case Remove:
		return remove(p, id)
	case Parallel:
		until := l
		until.Target = l.Until
		q, last, err := until.node(m)
		if err != nil {
			return err
		}
		if p != q {
			return measure.Faultf("%q and %q stand in different processes", "«%s» и «%s» относятся к разным процессам", id, last)
		}
		return parallel(p, id, last)
	}
	t, ok := p.Tasks[id]
	if !ok {
		return measure.Faultf("%q of the process %q is no step with a time, wanted %s", "«%s» процесса «%s» не является шагом с длительностью; %s", id, p.ID, yamlfile.Wanted(id, slices.Sorted(maps.Keys(p.Tasks))))
	}
	switch l.Kind {
	case Step:
		l.time(&t)
	case Delay:
		switch {
		case l.Time != nil:
			t.Delay = *l.Time
		case t.Delay.Law == "":
			return measure.Faultf("the step %q has no delay to scale", "у шага «%s» нет паузы перед работой, менять нечего", id)
		default:
			t.Delay = l.scaled(t.Delay)
		}
	case Automate:
		t.Pools, t.ByPool, t.Calendar, t.Time, t.Delay = nil, nil, "", *l.Time, twin.Distribution{}
	case Batch:
		l.moments(&t)
	case Priority:
		t.Priority += l.Change
	case Release:
		if l.WorkingDays == nil {
			t.NotBefore = nil
			break
		}
		r := twin.Release{WorkingDays: *l.WorkingDays, Provenance: l.Provenance}
		if t.NotBefore != nil {
			r.Calendar = t.NotBefore.Calendar
		} else if p.Limit != nil {
			r.Calendar = p.Limit.Calendar
		}
		t.NotBefore = &r
	default:
		return measure.Faultf("found the kind %q, wanted %s", "указан вид меры «%s»; %s", l.Kind, yamlfile.Wanted(string(l.Kind), kinds))
	}
	p.Tasks[id] = t
	return nil
}

func (l Lever) time(t *twin.Task) {
	if l.Time != nil {
		t.Time, t.ByPool = *l.Time, nil
		return
	}
	t.Time = l.scaled(t.Time)
	if t.Delay.Law != "" {
		t.Delay = l.scaled(t.Delay)
	}
	for id, d := range t.ByPool {
		t.ByPool[id] = l.scaled(d)
	}
}

func (l Lever) scaled(d twin.Distribution) twin.Distribution {
	if d.Scale == 0 {
		d.Scale = 1
	}
	d.Scale *= l.Scale
	return d
}

func (l Lever) moments(t *twin.Task) {
	if len(l.Days) == 0 {
		t.Batch = nil
		return
	}
	b := twin.Batch{Days: slices.Clone(l.Days), At: l.At, Provenance: l.Provenance}
	if t.Batch != nil {
		b.Calendar, b.OutOfTurn = t.Batch.Calendar, t.Batch.OutOfTurn
		if b.At == 0 {
			b.At = t.Batch.At
		}
	} else {
		b.Calendar = t.Calendar
	}
	t.Batch = &b
}

func (l Lever) onProcess(p *twin.Process) error {
	switch l.Kind {
	case Control:
		if p.Limit == nil {
			return measure.Faultf("the process %q has no limit, so no control date", "у процесса «%s» нет нормативного срока, поэтому нет и контрольного", p.ID)
		}
		p.Limit.ControlDays = l.ControlDays
		return nil
	case Surge:
		p.Arrivals.Surges = append(p.Arrivals.Surges, twin.Surge{Period: l.Period, Factor: l.Scale})
		return nil
	case Gate:
		p.MostAtOnce = l.Size
		return nil
	}
	if p.Arrivals.Between.Scale == 0 {
		p.Arrivals.Between.Scale = 1
	}
	p.Arrivals.Between.Scale /= l.Scale
	return nil
}

// branch sets the share of a flow; the others of its gateway keep their
// proportions, or share evenly what is left when they had nothing.
func (l Lever) branch(m *twin.Model) error {
	for _, p := range m.Processes {
		if flow, ok := strings.CutPrefix(l.Target, p.ID+"/"); ok && l.Process == "" {
			l.Process, l.Target = p.ID, flow
			break
		}
	}
	var found []*twin.Process
	var all []string
	for _, p := range m.Processes {
		if l.Process != "" && p.ID != l.Process {
			continue
		}
		_, shared := p.Branches[l.Target]
		_, ruled := p.Rules[l.Target]
		if shared || ruled {
			found = append(found, p)
		}
		all = append(all, slices.Sorted(maps.Keys(p.Branches))...)
	}
	switch len(found) {
	case 0:
		return measure.Faultf("found the branch %q, wanted %s", "указан переход «%s»; %s", l.Target, yamlfile.Wanted(l.Target, all))
	case 1:
	default:
		return measure.Faultf("the branch %q stands in %d processes, wanted the process said", "переход «%s» есть в нескольких процессах (%d), нужно указать процесс", l.Target, len(found))
	}
	p := found[0]
	if l.Kind == Rule {
		if p.Rules == nil {
			p.Rules = map[string]twin.Rule{}
		}
		p.Rules[l.Target] = l.When
		delete(p.Branches, l.Target)
		return nil
	}
	delete(p.Rules, l.Target)
	scope := scopeOf(p, func(s *bpmn.Process) bool {
		return slices.ContainsFunc(s.Flows, func(f *bpmn.Flow) bool { return f.ID == l.Target })
	})
	source := ""
	for _, f := range scope.Flows {
		if f.ID == l.Target {
			source = f.Source
		}
	}
	var others []string
	rest := 0.0
	for _, f := range scope.Flows {
		if _, ok := p.Branches[f.ID]; ok && f.Source == source && f.ID != l.Target {
			others = append(others, f.ID)
			rest += p.Branches[f.ID]
		}
	}
	p.Branches[l.Target] = l.Share
	for _, id := range others {
		if rest > 0 {
			p.Branches[id] *= (1 - l.Share) / rest
		} else {
			p.Branches[id] = (1 - l.Share) / float64(len(others))
		}
	}
	return nil
}

func (l Lever) staff(m *twin.Model) error {
	var all []string
	for i := range m.Pools {
		p := &m.Pools[i]
		all = append(all, p.ID)
		if p.ID != l.Target && !strings.EqualFold(p.Name.RU, l.Target) && !strings.EqualFold(p.Name.EN, l.Target) {
			continue
		}
		switch l.Kind {
		case Calendar:
			p.Calendar = l.To
			for k := range p.Members {
				p.Members[k].Calendar = ""
			}
			return nil
		case Order:
			p.Queue = twin.Queue(l.To)
			return nil
		}
		now := p.Size
		if len(p.Members) > 0 {
			now = len(p.Members)
		}
		size := now + l.Change
		if l.Size > 0 {
			size = l.Size
		}
		if size < 1 {
			return measure.Faultf("the pool %q has %d people and would have %d, wanted at least one", "в группе исполнителей «%s» людей %d, а стало бы %d, нужен хотя бы один", p.ID, now, size)
		}
		p.Size = size
		if len(p.Members) > 0 {
			p.Members = slices.Clone(p.Members[:min(size, now)])
			for n := 1; len(p.Members) < size; n++ {
				id := fmt.Sprintf("%s-new-%d", p.ID, n)
				if !slices.ContainsFunc(p.Members, func(x twin.Member) bool { return x.ID == id }) {
					p.Members = append(p.Members, twin.Member{ID: id})
				}
			}
		}
		return nil
	}
	return measure.Faultf("found the pool %q, wanted %s", "указана группа исполнителей «%s»; %s", l.Target, yamlfile.Wanted(l.Target, all))
}

// teach gives a person a skill, in the first pool that says what they can do.
func (l Lever) teach(m *twin.Model) error {
	var found *twin.Member
	var all []string
	for i := range m.Pools {
		for k := range m.Pools[i].Members {
			x := &m.Pools[i].Members[k]
			if x.ID == l.Target && (found == nil || len(found.Skills) == 0) {
				found = x
			}
			all = append(all, x.ID)
		}
	}
	if found == nil {
		return measure.Faultf("found the person %q, wanted %s", "указан человек «%s»; %s", l.Target, yamlfile.Wanted(l.Target, all))
	}
	var asked []string
	for _, p := range m.Processes {
		for _, t := range p.Tasks {
			if t.Skill != "" && !slices.Contains(asked, t.Skill) {
				asked = append(asked, t.Skill)
			}
		}
	}
	if slices.Sort(asked); !slices.Contains(asked, l.To) {
		return measure.Faultf("found the skill %q, which no step asks for, wanted %s", "указан навык «%s», который не нужен ни одному шагу; %s", l.To, yamlfile.Wanted(l.To, asked))
	}
	if found.Skills == nil {
		found.Skills = map[string]int{}
	}
	found.Skills[l.To] = max(found.Skills[l.To], l.Level)
	return nil
}

func process(m *twin.Model, id string) (*twin.Process, error) {
	var all []string
	for _, p := range m.Processes {
		if p.ID == id || strings.EqualFold(p.Name.RU, id) || strings.EqualFold(p.Name.EN, id) {
			return p, nil
		}
		all = append(all, p.ID)
	}
	return nil, measure.Faultf("found the process %q, wanted %s", "указан процесс «%s»; %s", id, yamlfile.Wanted(id, all))
}

// node returns the node that the lever means, by identifier or else by name.
func (l Lever) node(m *twin.Model) (*twin.Process, string, error) {
	processes, target := m.Processes, l.Target
	if l.Process != "" {
		p, err := process(m, l.Process)
		if err != nil {
			return nil, "", err
		}
		processes = []*twin.Process{p}
	} else if of, rest, ok := strings.Cut(target, "/"); ok {
		if p, err := process(m, of); err == nil {
			processes, target = []*twin.Process{p}, rest
		}
	}
	type place struct {
		p  *twin.Process
		id string
	}
	var byID, byName []place
	var all []string
	for _, p := range processes {
		for _, n := range nodesOf(p) {
			if n.ID == target {
				byID = append(byID, place{p, n.ID})
			}
			label := p.Labels[n.ID]
			for _, name := range []string{n.Name, label.RU, label.EN} {
				if name != "" && strings.EqualFold(name, target) {
					byName = append(byName, place{p, n.ID})
					break
				}
			}
			if _, ok := p.Tasks[n.ID]; ok && (n.IsTask() || n.Kind == bpmn.IntermediateCatchEvent) {
				all = append(all, n.ID)
				if name := label.In("ru"); name != "" && name != n.ID {
					all = append(all, name)
				}
			}
		}
	}
	for _, places := range [][]place{byID, byName} {
		switch len(places) {
		case 0:
		case 1:
			return places[0].p, places[0].id, nil
		default:
			var where []string
			for _, x := range places {
				where = append(where, x.p.ID+"/"+x.id)
			}
			return nil, "", measure.Faultf("%q means several steps, wanted one of %q", "«%s» подходит к нескольким шагам, нужен один из %s", target, where)
		}
	}
	return nil, "", measure.Faultf("found the step %q, wanted %s", "указан шаг «%s»; %s", target, yamlfile.Wanted(target, all))
}

// remove takes a step out of the diagram. Where one flow came and one went, they
// become one; otherwise a gateway stays in its place, which takes no time: the
// diagram stays connected.
func remove(p *twin.Process, id string) error {
	scope := scopeOf(p, func(s *bpmn.Process) bool { return s.Node(id) != nil })
	n := scope.Node(id)
	if !n.IsTask() && n.Kind != bpmn.IntermediateCatchEvent && n.Kind != bpmn.IntermediateThrowEvent {
		return measure.Faultf("%q is a %s, wanted a task or an event within the process", "«%s» – это %s, нужен шаг или событие внутри процесса", id, n.Kind)
	}
	switch {
	case p.DeliveredBy == id:
		return measure.Faultf("the completion of %q ends the lead time: without it there would be none", "на завершении «%s» кончается время протекания процесса: без него этого времени не будет", id)
	case p.RequestedBy == id:
		return measure.Faultf("the completion of %q begins the lead time: without it there would be none", "с завершения «%s» начинается время протекания процесса: без него этого времени не будет", id)
	}
	if p.Limit != nil && slices.ContainsFunc(p.Limit.Others, func(o twin.OtherLimit) bool { return o.Node == id }) {
		return measure.Faultf("the step %q carries a legal limit of its own: the law, not a lever, removes it", "у шага «%s» есть собственный нормативный срок: его отменяет закон, а не мера", id)
	}
	var in, out []*bpmn.Flow
	for _, f := range scope.Flows {
		if f.Target == id {
			in = append(in, f)
		}
		if f.Source == id {
			out = append(out, f)
		}
	}
	for _, f := range in {
		if source := scope.Node(f.Source); source != nil && source.Kind == bpmn.EventBasedGateway {
			return measure.Faultf("%q is what the gateway %q waits for", "«%s» – то, чего ждёт развилка «%s»", id, source.ID)
		}
	}
	delete(p.Tasks, id)
	delete(p.Labels, id)
	if len(in) != 1 || len(out) != 1 {
		n.Kind, n.Name, n.Trigger, n.Default = bpmn.ExclusiveGateway, "", bpmn.NoTrigger, ""
		if len(out) > 1 {
			n.Kind = bpmn.ParallelGateway
		}
		return nil
	}
	in[0].Target = out[0].Target
	scope.Nodes = slices.DeleteFunc(scope.Nodes, func(x *bpmn.Node) bool { return x.ID == id })
	scope.Flows = slices.DeleteFunc(scope.Flows, func(x *bpmn.Flow) bool { return x == out[0] })
	if p.Layout != nil {
		join(p.Layout, id, in[0].ID, out[0].ID)
	}
	return nil
}

// join draws the two flows as one and takes the shape between them away.
func join(l *bpmn.Diagram, node, in, out string) {
	l.Shapes = slices.DeleteFunc(l.Shapes, func(s bpmn.Shape) bool { return s.Element == node })
	var tail []bpmn.Point
	l.Edges = slices.DeleteFunc(l.Edges, func(e bpmn.Waypoints) bool {
		if e.Element == out {
			tail = e.Points
		}
		return e.Element == out
	})
	for i := range l.Edges {
		if l.Edges[i].Element == in {
			l.Edges[i].Points = append(slices.Clone(l.Edges[i].Points), tail...)
		}
	}
}

// scopeOf returns the diagram of the process, or the inside of one of its
// sub-processes, that has what is looked for.
func scopeOf(p *twin.Process, has func(*bpmn.Process) bool) *bpmn.Process {
	found := p.Diagram
	p.Diagram.Walk(func(s *bpmn.Process, _ *bpmn.Node) {
		if has(s) {
			found = s
		}
	})
	return found
}

// nodesOf returns the nodes of a process and of its sub-processes.
func nodesOf(p *twin.Process) []*bpmn.Node {
	var all []*bpmn.Node
	p.Diagram.Walk(func(s *bpmn.Process, _ *bpmn.Node) { all = append(all, s.Nodes...) })
	return all
}

// parallel puts the steps from first to last, which follow each other, side by side
// between two new gateways. The layout of the process is dropped: it would show the
// steps in a row.
func parallel(p *twin.Process, first, last string) error {
	scope := scopeOf(p, func(s *bpmn.Process) bool { return s.Node(first) != nil })
	in, out := scope.Incoming(), scope.Outgoing()
	steps := []string{first}
	for at := first; at != last; {
		if len(out[at]) != 1 || len(in[out[at][0].Target]) != 1 || len(steps) > len(scope.Nodes) {
			return measure.Faultf("the steps from %q to %q do not follow each other in a row", "шаги от «%s» до «%s» не идут один за другим", first, last)
		}
		at = out[at][0].Target
		steps = append(steps, at)
	}
	for _, id := range steps {
		if n := scope.Node(id); !n.IsActivity() && n.Kind != bpmn.IntermediateCatchEvent {
			return measure.Faultf("%q between %q and %q is a %s, wanted tasks and events that are waited for", "«%s» между «%s» и «%s» – это %s, нужны шаги и события, которых ждут", id, first, last, n.Kind)
		}
	}
	if len(steps) < 2 {
		return measure.Faultf("%q alone cannot go on beside itself: wanted two steps or more", "«%s» один не может идти параллельно сам с собой: нужны два шага или больше", first)
	}
	if len(in[first]) == 0 || len(out[last]) != 1 {
		return measure.Faultf("the steps from %q to %q have no one flow before and after them", "перед шагами от «%s» до «%s» и после них нет одного перехода", first, last)
	}
	split, join := first+"-split", last+"-join"
	for _, f := range in[first] {
		f.Target = split
	}
	out[last][0].Source = join
	scope.Flows = slices.DeleteFunc(scope.Flows, func(f *bpmn.Flow) bool {
		return f.Source != join && slices.Contains(steps, f.Source)
	})
	scope.Nodes = append(scope.Nodes, &bpmn.Node{ID: split, Kind: bpmn.ParallelGateway}, &bpmn.Node{ID: join, Kind: bpmn.ParallelGateway})
	for _, id := range steps {
		scope.Flows = append(scope.Flows, &bpmn.Flow{ID: split + "-" + id, Source: split, Target: id}, &bpmn.Flow{ID: id + "-" + join, Source: id, Target: join})
	}
	p.Layout = nil
	return nil
}
