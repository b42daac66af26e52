package twin

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/twin/yamlfile"
)

// Validate returns every fault of the model at once, joined; nil where there is
// none. A fault of a model that was read from files is a *Fault with its place.
// A model without faults can be simulated: every name leads somewhere, diagrams
// are whole, laws have their parameters, shares of a gateway sum to one.
func (m *Model) Validate() error {
	v := &validator{m: m}
	v.identities()
	v.period()
	for _, c := range m.Calendars {
		v.calendar(c)
	}
	for _, u := range m.Units {
		if u.Parent != "" {
			v.known("unit", u.Parent, v.units, pathOf("unit", u.ID, "parent"), "unit %q: parent", u.ID)
		}
	}
	v.unitCycles()
	for _, p := range m.Pools {
		v.pool(p)
	}
	for _, p := range m.Processes {
		v.process(p)
	}
	v.elements()
	return errors.Join(v.faults...)
}

type validator struct {
	m                                   *Model
	calendars, units, pools, performers []string
	faults                              []error
}

func (v *validator) fault(path, format string, args ...any) {
	v.faults = append(v.faults, &Fault{v.m.place(path), fmt.Errorf(format, args...)})
}

// known records a fault unless id is one of the identifiers.
func (v *validator) known(what, id string, ids []string, path, format string, args ...any) {
	if !slices.Contains(ids, id) {
		v.fault(path, "%s: found the %s %q, wanted %s", fmt.Sprintf(format, args...), what, id, yamlfile.Wanted(id, ids))
	}
}

func (v *validator) identities() {
	m := v.m
	if m.ID == "" {
		v.fault("twin", "twin without an identifier")
	}
	once := func(what string, ids *[]string, id string) {
		switch {
		case id == "":
			v.fault(pathOf(what, id), "%s without an identifier", what)
		case slices.Contains(*ids, id):
			v.fault(pathOf(what, id), "%s %q: there are two of this identifier", what, id)
		default:
			*ids = append(*ids, id)
		}
	}
	for _, c := range m.Calendars {
		once("calendar", &v.calendars, c.ID)
	}
	for _, u := range m.Units {
		once("unit", &v.units, u.ID)
	}
	for _, p := range m.Pools {
		once("pool", &v.pools, p.ID)
	}
	var processes []string
	for _, p := range m.Processes {
		once("process", &processes, p.ID)
	}
	if len(m.Processes) == 0 {
		v.fault("twin", "twin without a process")
	}
}

func (v *validator) period() {
	m := v.m
	if _, err := time.LoadLocation(m.TimeZone); err != nil {
		v.fault(pathOf("twin", "time-zone"), "time zone: found %q, wanted a name of the IANA database such as \"Europe/Moscow\"", m.TimeZone)
	}
	if m.Days < 0 {
		v.fault(pathOf("twin", "days"), "days: found %d, wanted a number from 0", m.Days)
	}
	if m.WarmUpDays < 0 {
		v.fault(pathOf("twin", "warm-up-days"), "warm-up days: found %d, wanted a number from 0", m.WarmUpDays)
	}
}

func (v *validator) calendar(c Calendar) {
	for _, iv := range c.Week {
		if iv.Begin < 0 || iv.End > 24*time.Hour || iv.Begin >= iv.End {
			v.fault(pathOf("calendar", c.ID, "week"), "calendar %q: interval %q ends before it begins", c.ID, FormatInterval(iv))
		}
		if iv.From < 0 || iv.From > 6 || iv.To < 0 || iv.To > 6 {
			v.fault(pathOf("calendar", c.ID, "week"), "calendar %q: days %d to %d, wanted 0 (Sunday) to 6", c.ID, iv.From, iv.To)
		}
	}
	v.periods(c.Off, pathOf("calendar", c.ID, "off"), "calendar %q", c.ID)
}

// periods checks that stretches of dates do not end before they begin.
func (v *validator) periods(list []calendar.Period, path, format string, args ...any) {
	for _, p := range list {
		if p.Last < p.First {
			v.fault(path, "%s: found the period %s, which ends before it begins", fmt.Sprintf(format, args...), p)
		}
	}
}

func (v *validator) unitCycles() {
	parent := map[string]string{}
	for _, u := range v.m.Units {
		parent[u.ID] = u.Parent
	}
	for _, u := range v.m.Units {
		at := parent[u.ID]
		for n := 0; at != "" && n <= len(parent); n++ {
			if at == u.ID {
				v.fault(pathOf("unit", u.ID, "parent"), "unit %q: it lies within itself", u.ID)
				break
			}
			at = parent[at]
		}
	}
}

func (v *validator) pool(p Pool) {
	at := func(key string) string { return pathOf("pool", p.ID, key) }
	if p.Unit != "" {
		v.known("unit", p.Unit, v.units, at("unit"), "pool %q", p.ID)
	}
	if p.Calendar != "" {
		v.known("calendar", p.Calendar, v.calendars, at("calendar"), "pool %q", p.ID)
	}
	if len(p.Members) == 0 && p.Size <= 0 {
		v.fault(at("size"), "pool %q: found %d people, wanted at least one", p.ID, p.Size)
	}
	if !(p.CostPerHour >= 0) || math.IsInf(p.CostPerHour, 0) {
		v.fault(at("cost-per-hour"), "pool %q: cost per hour: found %v, wanted a number from 0", p.ID, p.CostPerHour)
	}
	if p.Queue != "" && !slices.Contains(queues, string(p.Queue)) {
		v.fault(at("queue"), "pool %q: queue: found %q, wanted %s", p.ID, p.Queue, yamlfile.Wanted(string(p.Queue), queues))
	}
	if p.OffShift != "" && !slices.Contains(offShifts, string(p.OffShift)) {
		v.fault(at("off-shift"), "pool %q: off shift: found %q, wanted %s", p.ID, p.OffShift, yamlfile.Wanted(string(p.OffShift), offShifts))
	}
	if p.AtOnce < Unlimited {
		v.fault(at("at-once"), "pool %q: at once: found %d, wanted a number from 1, or %q", p.ID, p.AtOnce, unlimited)
	}
	if p.AtOnce != 0 && p.AtOnce != 1 && (p.Preempt || p.OffShift != "" && p.OffShift != Pause) {
		v.fault(at("at-once"), "pool %q: who works at several things at once neither interrupts work nor hands it over: wanted one at once, or neither preemption nor another end of the shift than %q", p.ID, Pause)
	}
	seen := map[string]bool{}
	for _, member := range p.Members {
		if member.ID == "" || seen[member.ID] {
			v.fault(at("members"), "pool %q: member %q: empty or named twice", p.ID, member.ID)
		}
		seen[member.ID] = true
		v.performers = append(v.performers, member.ID)
		if member.Calendar != "" {
			v.known("calendar", member.Calendar, v.calendars, at("members"), "pool %q: member %q", p.ID, member.ID)
		}
		if !(member.Efficiency >= 0) || math.IsInf(member.Efficiency, 0) {
			v.fault(at("members"), "pool %q: member %q: efficiency: found %v, wanted a number above 0", p.ID, member.ID, member.Efficiency)
		}
		v.periods(member.Absent, at("members"), "pool %q: member %q: absent", p.ID, member.ID)
	}
}

func (v *validator) process(p *Process) {
	at := func(names ...string) string { return pathOf(append([]string{"process", p.ID}, names...)...) }
	if p.Unit != "" {
		v.known("unit", p.Unit, v.units, at("unit"), "process %q", p.ID)
	}
	v.category(p, at)
	if p.Diagram == nil {
		v.fault(at(), "process %q: there is no diagram", p.ID)
		return
	}
	if err := p.Diagram.Validate(); err != nil {
		v.fault(at("diagram"), "process %q: diagram: %w", p.ID, err)
	}
	var nodes, flows []string
	var all []*bpmn.Node
	p.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
		all = append(all, scope.Nodes...)
		for _, f := range scope.Flows {
			flows = append(flows, f.ID)
		}
	})
	for _, n := range all {
		nodes = append(nodes, n.ID)
	}
	v.arrivals(p, at)
	if !(p.StageCorrelation >= 0 && p.StageCorrelation < 1) {
		v.fault(at("stage-correlation"), "process %q: found a stage correlation of %v, wanted 0 to below 1", p.ID, p.StageCorrelation)
	}
	if p.RequestedBy != "" {
		v.known("node", p.RequestedBy, nodes, at("requested-by"), "process %q: requested by", p.ID)
	}
	if p.DeliveredBy != "" {
		v.known("node", p.DeliveredBy, nodes, at("delivered-by"), "process %q: delivered by", p.ID)
	}
	if u := p.LeadTime.Unit; u != "" {
		if u != WorkingHour && u != WorkingDay {
			v.fault(at("lead-time"), "process %q: lead time: unit: found %q, wanted %q, %q or nothing", p.ID, u, WorkingHour, WorkingDay)
		}
		if p.LeadTime.Calendar == "" {
			v.fault(at("lead-time"), "process %q: lead time: it needs a calendar to know working time by", p.ID)
		}
	}
	v.optionalCalendar(p.LeadTime.Calendar, at("lead-time"), "process %q: lead time", p.ID)
	for _, id := range slices.Sorted(maps.Keys(p.Labels)) {
		if !slices.Contains(flows, id) {
			v.known("node", id, nodes, at("labels", id), "process %q: label", p.ID)
		}
	}
	for _, n := range all {
		if t, ok := p.Tasks[n.ID]; ok {
			v.task(p, n, t, at)
		} else if n.IsTask() {
			v.fault(at("tasks"), "process %q: the task %q of the diagram has no parameters", p.ID, n.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.Tasks)) {
		v.known("node", id, nodes, at("tasks", id), "process %q: task", p.ID)
	}
	for _, id := range slices.Sorted(maps.Keys(p.Branches)) {
		v.known("flow", id, flows, at("branches", id), "process %q: branch", p.ID)
	}
	for _, id := range slices.Sorted(maps.Keys(p.Rules)) {
		v.known("flow", id, flows, at("branches", id), "process %q: rule", p.ID)
		v.rule(p, fmt.Sprintf("branch %q", id), p.Rules[id], nodes, at("branches", id))
	}
	for _, id := range slices.Sorted(maps.Keys(p.Decay)) {
		if x := p.Decay[id]; !(x >= 0 && x <= 1) {
			v.fault(at("branches", id), "process %q: branch %q: decay: found %v, wanted 0 to 1", p.ID, id, x)
		}
	}
	v.attributes(p, nodes, at)
	p.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) { v.branches(p, scope, at) })
	v.limit(p, nodes, at)
}

func (v *validator) attributes(p *Process, nodes []string, at func(...string) string) {
	here := at("attributes")
	seen := map[string]bool{}
	for _, a := range p.Attributes {
		if a.ID == "" || seen[a.ID] {
			v.fault(here, "process %q: attribute %q: empty or named twice", p.ID, a.ID)
		}
		seen[a.ID] = true
		switch {
		case (len(a.Shares) > 0) == (a.Number.Law != ""):
			v.fault(here, "process %q: attribute %q: wanted either shares of its values or the law of a number", p.ID, a.ID)
		case a.Number.Law != "":
			if err := a.Number.Validate(); err != nil {
				v.fault(here, "process %q: attribute %q: %w", p.ID, a.ID, err)
			}
		default:
			v.shares(slices.Collect(maps.Values(a.Shares)), here, "process %q: attribute %q", p.ID, a.ID)
		}
	}
	for _, x := range p.Priorities {
		v.rule(p, "priority", x.When, nodes, at("priorities"))
	}
	if p.MostAtOnce < 0 {
		v.fault(at("most-at-once"), "process %q: at most %d cases at once, wanted a number from 1", p.ID, p.MostAtOnce)
	}
}

// shares checks that numbers are shares of a whole.
func (v *validator) shares(list []float64, path, format string, args ...any) {
	slices.Sort(list)
	sum := 0.0
	for _, x := range list {
		sum += x
		if !(x >= 0 && x <= 1) {
			v.fault(path, "%s: found the share %v, wanted 0 to 1", fmt.Sprintf(format, args...), x)
		}
	}
	if math.Abs(sum-1) > 1e-6 {
		v.fault(path, "%s: its shares sum to %.6g, wanted 1", fmt.Sprintf(format, args...), sum)
	}
}

// rule checks that the conditions of the rule of something ask something, of what the
// process has.
func (v *validator) rule(p *Process, of string, r Rule, nodes []string, here string) {
	var names []string
	numeric := map[string]bool{}
	for _, a := range p.Attributes {
		names = append(names, a.ID)
		numeric[a.ID] = a.Number.Law != ""
	}
	for _, line := range r {
		for _, c := range line {
			bounded := c.From != nil || c.Below != nil
			switch {
			case (c.Attribute == "") == (c.Node == ""):
				v.fault(here, "process %q: %s: condition: wanted either an attribute or a node", p.ID, of)
			case c.Node != "":
				v.known("node", c.Node, nodes, here, "process %q: %s: condition", p.ID, of)
				if c.Times < 1 || len(c.Is) > 0 || bounded {
					v.fault(here, "process %q: %s: condition on %q: found %d times, wanted a number from 1 and nothing else", p.ID, of, c.Node, c.Times)
				}
			case !slices.Contains(names, c.Attribute):
				v.known("attribute", c.Attribute, names, here, "process %q: %s: condition", p.ID, of)
			case numeric[c.Attribute] && (!bounded || len(c.Is) > 0), !numeric[c.Attribute] && (bounded || len(c.Is) == 0):
				v.fault(here, "process %q: %s: condition on %q: wanted from or below for a number, is for a text", p.ID, of, c.Attribute)
			}
		}
	}
}

func (v *validator) arrivals(p *Process, at func(...string) string) {
	a := p.Arrivals
	none := a.Between.Law == "" && a.Moments == nil && begunByMessages(p.Diagram)
	if a.Moments != nil {
		v.batch(a.Moments, p, at("arrivals"), "process %q: arrivals", p.ID)
		if len(a.Moments.Days) == 0 || a.Moments.Size > 0 || a.Moments.Wait > 0 {
			v.fault(at("arrivals"), "process %q: arrivals at set moments: wanted days and a time, and nothing else", p.ID)
		}
	} else if none {
	} else if err := a.Between.Validate(); err != nil {
		v.fault(at("arrivals"), "process %q: arrivals: %w", p.ID, err)
	} else if a.Between.Average() <= 0 {
		v.fault(at("arrivals"), "process %q: arrivals: found no time between two of them on average", p.ID)
	}
	v.optionalCalendar(a.Calendar, at("arrivals"), "process %q: arrivals", p.ID)
	weights := func(what string, list []float64) {
		sum := 0.0
		for i, w := range list {
			if !(w >= 0) || math.IsInf(w, 0) {
				v.fault(at("arrivals"), "process %q: arrivals: %s %d: found the weight %v, wanted a number from 0", p.ID, what, i+1, w)
			}
			sum += w
		}
		if sum == 0 && slices.ContainsFunc(list, func(x float64) bool { return x != 0 }) {
			v.fault(at("arrivals"), "process %q: arrivals: the weights of %s sum to nothing", p.ID, what)
		}
	}
	weights("month", a.Month[:])
	weights("hour of the week", a.Hours[:])
	for _, s := range a.Surges {
		v.periods([]calendar.Period{s.Period}, at("arrivals"), "process %q: arrivals: surge", p.ID)
		if !(s.Factor >= 0) || math.IsInf(s.Factor, 0) {
			v.fault(at("arrivals"), "process %q: arrivals: surge: found the factor %v, wanted a number from 0", p.ID, s.Factor)
		}
	}
}

// begunByMessages reports whether messages alone begin a process.
func begunByMessages(d *bpmn.Process) bool {
	starts := 0
	for _, n := range d.Nodes {
		if n.Kind == bpmn.StartEvent {
			if starts++; n.Trigger != bpmn.MessageTrigger {
				return false
			}
		}
	}
	return starts > 0
}

func (v *validator) optionalCalendar(id, path, format string, args ...any) {
	if id != "" {
		v.known("calendar", id, v.calendars, path, format, args...)
	}
}

func (v *validator) task(p *Process, n *bpmn.Node, t Task, at func(...string) string) {
	here := at("tasks", n.ID)
	if !n.IsActivity() && !n.IsEvent() {
		v.fault(here, "process %q: task %q: the diagram has a %s there", p.ID, n.ID, n.Kind)
	}
	for _, pool := range t.Pools {
		v.known("pool", pool, v.pools, here, "process %q: task %q", p.ID, n.ID)
	}
	for _, law := range []struct {
		name string
		d    Distribution
		need bool
	}{{"time", t.Time, n.IsTask() && len(t.ByPool) == 0}, {"delay", t.Delay, false}, {"set-up", t.SetUp, false}, {"patience", t.Patience, false}} {
		if law.d.Law == "" && !law.need {
			continue
		}
		if err := law.d.Validate(); err != nil {
			v.fault(here, "process %q: task %q: %s: %w", p.ID, n.ID, law.name, err)
		}
	}
	if x := t.AtLeast; x != nil {
		least := t.Time.Least() + t.Delay.Least()
		switch {
		case !(x.Seconds > 0) || math.IsInf(x.Seconds, 0):
			v.fault(here, "process %q: task %q: at least %v s, wanted more than 0", p.ID, n.ID, x.Seconds)
		case t.Calendar != "" || t.DelayCalendar != "" || len(t.Pools) > 0 && t.Delay.Law == "":
			v.fault(here, "process %q: task %q: a least time is one of the wall clock: wanted a delay without a calendar", p.ID, n.ID)
		case least < x.Seconds*(1-1e-9):
			v.fault(here, "process %q: task %q: it can take %s, law gives it at least %s (%s)", p.ID, n.ID, yamlfile.FormatSeconds(least), yamlfile.FormatSeconds(x.Seconds), x.Citation.In("en"))
		}
	}
	if !(t.Cost >= 0) || math.IsInf(t.Cost, 0) {
		v.fault(here, "process %q: task %q: cost: found %v, wanted a number from 0", p.ID, n.ID, t.Cost)
	}
	if t.Room != nil && *t.Room < 0 {
		v.fault(here, "process %q: task %q: room for %d, wanted a number from 0", p.ID, n.ID, *t.Room)
	}
	if (t.Skill != "" || t.Room != nil || t.Patience.Law != "" || t.SetUp.Law != "") && len(t.Pools) == 0 {
		v.fault(here, "process %q: task %q: skill, set-up, patience and room are of work that people do, and it has no pool", p.ID, n.ID)
	}
	v.repeat(p, n, t.Repeat, here)
	v.optionalCalendar(t.Calendar, here, "process %q: task %q", p.ID, n.ID)
	v.optionalCalendar(t.DelayCalendar, here, "process %q: task %q: delay", p.ID, n.ID)
	for _, id := range slices.Sorted(maps.Keys(t.ByPool)) {
		v.known("pool or member", id, slices.Concat(v.pools, v.performers), here, "process %q: task %q", p.ID, n.ID)
		if err := t.ByPool[id].Validate(); err != nil {
			v.fault(here, "process %q: task %q: time of %q: %w", p.ID, n.ID, id, err)
		}
	}
	v.batch(t.Batch, p, here, "process %q: task %q: batch", p.ID, n.ID)
	if t.Batch != nil && t.Batch.OutOfTurn != nil {
		v.release(t.Batch.OutOfTurn, p, n, here)
	}
	v.release(t.NotBefore, p, n, here)
}

func (v *validator) batch(b *Batch, p *Process, here, format string, args ...any) {
	if b == nil {
		return
	}
	of := fmt.Sprintf(format, args...)
	if len(b.Days) == 0 && b.Size == 0 && b.Wait == 0 {
		v.fault(here, "%s: wanted days, a size or a longest wait", of)
	}
	if b.At < 0 || b.At >= 24*time.Hour {
		v.fault(here, "%s: at %v, wanted a time of day", of, b.At)
	}
	if b.Size < 0 || !(b.Wait >= 0) || math.IsInf(b.Wait, 0) || !(b.Factor >= 0) || math.IsInf(b.Factor, 0) {
		v.fault(here, "%s: found size %d, wait %v s, factor %v, wanted numbers from 0", of, b.Size, b.Wait, b.Factor)
	}
	v.optionalCalendar(b.Calendar, here, "%s", of)
}

func (v *validator) repeat(p *Process, n *bpmn.Node, r *Repeat, here string) {
	of := fmt.Sprintf("process %q: task %q: repeat", p.ID, n.ID)
	switch {
	case r == nil && n.Loop == nil:
		return
	case n.Loop == nil:
		v.fault(here, "%s: the diagram does not repeat it", of)
		return
	case r == nil:
		v.fault(here, "%s: the diagram repeats it, and nothing says how often", of)
		return
	}
	if n.Loop.Form == bpmn.StandardLoop {
		if !(r.Again >= 0 && r.Again <= 1 && r.Decay >= 0 && r.Decay <= 1) || r.Most < 0 {
			v.fault(here, "%s: found again %v, decay %v, most %d, wanted probabilities and a number from 0", of, r.Again, r.Decay, r.Most)
		}
		if r.Again == 1 && (r.Decay == 0 || r.Decay == 1) && r.Most == 0 {
			v.fault(here, "%s: it never ends: wanted a probability below 1, a decay or a greatest number", of)
		}
		return
	}
	numeric := slices.ContainsFunc(p.Attributes, func(a Attribute) bool { return a.ID == r.Attribute && a.Number.Law != "" })
	switch {
	case (len(r.Instances) == 0) == (r.Attribute == ""):
		v.fault(here, "%s: wanted either shares by number of instances or the attribute that holds it", of)
	case r.Attribute != "" && !numeric:
		v.fault(here, "%s: found %q, wanted an attribute that is a number", of, r.Attribute)
	case r.Attribute == "":
		v.shares(slices.Collect(maps.Values(r.Instances)), here, "%s", of)
	}
	for k := range r.Instances {
		if k < 0 || k > 10000 {
			v.fault(here, "%s: found %d instances, wanted 0 to 10000", of, k)
		}
	}
	if r.Enough < 0 {
		v.fault(here, "%s: enough are %d, wanted a number from 0", of, r.Enough)
	}
}

func (v *validator) release(r *Release, p *Process, n *bpmn.Node, here string) {
	if r == nil {
		return
	}
	if !(r.WorkingDays >= 0) || math.IsInf(r.WorkingDays, 0) {
		v.fault(here, "process %q: task %q: working days before the control date: found %v, wanted a number from 0", p.ID, n.ID, r.WorkingDays)
	}
	v.optionalCalendar(r.Calendar, here, "process %q: task %q: release", p.ID, n.ID)
	if p.Limit == nil {
		v.fault(here, "process %q: task %q: it waits for a control date, but the process has no limit", p.ID, n.ID)
	}
}

// branches checks that each exclusive gateway that splits has shares that sum
// to one. Shares of flows that leave another node belong to nothing.
func (v *validator) branches(p *Process, scope *bpmn.Process, at func(...string) string) {
	for _, n := range scope.Nodes {
		var out []*bpmn.Flow
		for _, f := range scope.Flows {
			if f.Source == n.ID {
				out = append(out, f)
			}
		}
		chooses := len(out) > 1 && (n.Kind == bpmn.ExclusiveGateway || n.Kind == bpmn.InclusiveGateway || n.Kind == bpmn.EventBasedGateway)
		sum, given, ruled := 0.0, 0, 0
		for _, f := range out {
			if _, ok := p.Rules[f.ID]; ok {
				ruled++
			}
			share, ok := p.Branches[f.ID]
			if !ok {
				continue
			}
			given++
			sum += share
			if !(share >= 0 && share <= 1) {
				v.fault(at("branches", f.ID), "process %q: branch %q: found the share %v, wanted 0 to 1", p.ID, f.ID, share)
			}
			if !chooses {
				v.fault(at("branches", f.ID), "process %q: branch %q: it leaves %s %q, where nothing is chosen", p.ID, f.ID, n.Kind, n.ID)
			}
		}
		switch {
		case !chooses || n.Kind == bpmn.EventBasedGateway:
		case ruled > 0:
			if others := len(out) - ruled; given == 0 && others > 1 {
				v.fault(at("branches"), "process %q: gateway %q: %d of its branches have neither a rule nor a share, wanted one at most", p.ID, n.ID, others)
			}
		case given < len(out):
			v.fault(at("branches"), "process %q: gateway %q: %d of its %d branches have a share", p.ID, n.ID, given, len(out))
		case n.Kind == bpmn.ExclusiveGateway && math.Abs(sum-1) > 1e-6:
			v.fault(at("branches", out[0].ID), "process %q: gateway %q: its shares sum to %.6g, wanted 1", p.ID, n.ID, sum)
		}
	}
}

func (v *validator) limit(p *Process, nodes []string, at func(...string) string) {
	l := p.Limit
	if l == nil {
		return
	}
	if l.Days <= 0 {
		v.fault(at("limit"), "process %q: limit: found %d days, wanted at least one", p.ID, l.Days)
	}
	if l.Unit != CalendarDay && l.Unit != WorkingDay {
		v.fault(at("limit"), "process %q: limit: unit: found %q, wanted %q or %q", p.ID, l.Unit, CalendarDay, WorkingDay)
	}
	v.optionalCalendar(l.Calendar, at("limit"), "process %q: limit", p.ID)
	if l.Calendar == "" && (l.Unit == WorkingDay || l.RollForward) {
		v.fault(at("limit"), "process %q: limit: it needs a calendar to know working days by", p.ID)
	}
	if l.ControlDays < 0 || l.ControlDays >= max(l.Days, 1) {
		v.fault(at("limit"), "process %q: limit: control date %d days before the due date, wanted 0 to %d", p.ID, l.ControlDays, l.Days-1)
	}
	if l.Rule == "" && len(l.Words) > 0 {
		v.fault(at("limit"), "process %q: limit: it binds words and names no rule that they are of", p.ID)
	}
	for _, word := range slices.Sorted(maps.Keys(l.Words)) {
		v.known("node", l.Words[word], nodes, at("limit"), "process %q: limit: word %q", p.ID, word)
	}
	sum := 0.0
	for _, o := range l.Others {
		if o.Days <= 0 {
			v.fault(at("limit"), "process %q: limit: another limit of %d days, wanted at least one", p.ID, o.Days)
		}
		if o.Node != "" {
			v.known("node", o.Node, nodes, at("limit"), "process %q: another limit", p.ID)
			continue
		}
		sum += o.Share
		if !(o.Share >= 0) {
			v.fault(at("limit"), "process %q: limit: another limit for the share %v, wanted 0 to 1", p.ID, o.Share)
		}
	}
	if sum > 1 {
		v.fault(at("limit"), "process %q: limit: the shares of other limits sum to %.6g, more than 1", p.ID, sum)
	}
}
