package twin

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
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
			v.fault(pathOf("calendar", c.ID, "week"), "calendar %q: interval %q ends before it begins", c.ID, formatInterval(iv))
		}
		if iv.From < 0 || iv.From > 6 || iv.To < 0 || iv.To > 6 {
			v.fault(pathOf("calendar", c.ID, "week"), "calendar %q: days %d to %d, wanted 0 (Sunday) to 6", c.ID, iv.From, iv.To)
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
	if p.Queue != "" && p.Queue != FIFO && p.Queue != EarliestDue {
		v.fault(at("queue"), "pool %q: queue: found %q, wanted %q or %q", p.ID, p.Queue, FIFO, EarliestDue)
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
	}
}

func (v *validator) process(p *Process) {
	at := func(names ...string) string { return pathOf(append([]string{"process", p.ID}, names...)...) }
	if p.Unit != "" {
		v.known("unit", p.Unit, v.units, at("unit"), "process %q", p.ID)
	}
	if p.Diagram == nil {
		v.fault(at(), "process %q: there is no diagram", p.ID)
		return
	}
	if err := p.Diagram.Validate(); err != nil {
		v.fault(at("diagram"), "process %q: diagram: %w", p.ID, err)
	}
	var nodes, flows []string
	for _, n := range p.Diagram.Nodes {
		nodes = append(nodes, n.ID)
	}
	for _, f := range p.Diagram.Flows {
		flows = append(flows, f.ID)
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
	for _, id := range slices.Sorted(maps.Keys(p.Labels)) {
		v.known("node", id, nodes, at("labels", id), "process %q: label", p.ID)
	}
	for _, n := range p.Diagram.Nodes {
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
	v.branches(p, at)
	v.limit(p, nodes, at)
}

func (v *validator) arrivals(p *Process, at func(...string) string) {
	if err := p.Arrivals.Between.Validate(); err != nil {
		v.fault(at("arrivals"), "process %q: arrivals: %w", p.ID, err)
	} else if p.Arrivals.Between.Average() <= 0 {
		v.fault(at("arrivals"), "process %q: arrivals: found no time between two of them on average", p.ID)
	}
	v.optionalCalendar(p.Arrivals.Calendar, at("arrivals"), "process %q: arrivals", p.ID)
	sum := 0.0
	for i, w := range p.Arrivals.Month {
		if !(w >= 0) || math.IsInf(w, 0) {
			v.fault(at("arrivals"), "process %q: arrivals: month %d: found the weight %v, wanted a number from 0", p.ID, i+1, w)
		}
		sum += w
	}
	if sum == 0 && p.Arrivals.Month != [12]float64{} {
		v.fault(at("arrivals"), "process %q: arrivals: the weights of the months sum to nothing", p.ID)
	}
}

func (v *validator) optionalCalendar(id, path, format string, args ...any) {
	if id != "" {
		v.known("calendar", id, v.calendars, path, format, args...)
	}
}

func (v *validator) task(p *Process, n *bpmn.Node, t Task, at func(...string) string) {
	here := at("tasks", n.ID)
	if !n.IsTask() && !n.IsEvent() {
		v.fault(here, "process %q: task %q: the diagram has a %s there", p.ID, n.ID, n.Kind)
	}
	for _, pool := range t.Pools {
		v.known("pool", pool, v.pools, here, "process %q: task %q", p.ID, n.ID)
	}
	if err := t.Time.Validate(); err != nil {
		v.fault(here, "process %q: task %q: time: %w", p.ID, n.ID, err)
	}
	if t.Delay.Law != "" {
		if err := t.Delay.Validate(); err != nil {
			v.fault(here, "process %q: task %q: delay: %w", p.ID, n.ID, err)
		}
	}
	v.optionalCalendar(t.Calendar, here, "process %q: task %q", p.ID, n.ID)
	for _, id := range slices.Sorted(maps.Keys(t.ByPool)) {
		v.known("pool or member", id, slices.Concat(v.pools, v.performers), here, "process %q: task %q", p.ID, n.ID)
		if err := t.ByPool[id].Validate(); err != nil {
			v.fault(here, "process %q: task %q: time of %q: %w", p.ID, n.ID, id, err)
		}
	}
	if b := t.Batch; b != nil {
		if len(b.Days) == 0 {
			v.fault(here, "process %q: task %q: batch without a day", p.ID, n.ID)
		}
		if b.At < 0 || b.At >= 24*time.Hour {
			v.fault(here, "process %q: task %q: batch at %v, wanted a time of day", p.ID, n.ID, b.At)
		}
		v.optionalCalendar(b.Calendar, here, "process %q: task %q: batch", p.ID, n.ID)
		v.release(b.OutOfTurn, p, n, here)
	}
	v.release(t.NotBefore, p, n, here)
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
func (v *validator) branches(p *Process, at func(...string) string) {
	for _, n := range p.Diagram.Nodes {
		var out []*bpmn.Flow
		for _, f := range p.Diagram.Flows {
			if f.Source == n.ID {
				out = append(out, f)
			}
		}
		chooses := len(out) > 1 && (n.Kind == bpmn.ExclusiveGateway || n.Kind == bpmn.InclusiveGateway || n.Kind == bpmn.EventBasedGateway)
		sum, given := 0.0, 0
		for _, f := range out {
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
