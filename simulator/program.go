package simulator

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// Program is a twin.Model made ready to run: identifiers resolved to positions,
// laws checked, calendars unrolled. It does not change and may be shared by
// any number of runs at once.
type Program struct {
	name       string
	loc        *time.Location
	start      time.Time
	days       int
	warmUpDays int
	processes  []process
	scopes     []scope // those of the processes first, at their positions
	nodes      []node
	pools      []pool
	people     []person
	messages   bool // processes send each other messages
	// activities are the distinct names of work by process, in the order of the
	// diagrams.
	activities []Activity
	warnings   []error
}

// Activity is a name of work in a process; tasks of the same name in one
// process are the same activity, as they are in an event log.
type Activity struct {
	Process int
	Name    string
	Unit    string // organisational unit of the process
}

type process struct {
	id, unit                   string
	start                      int32 // position of the node where its arrivals begin; -1 where messages alone begin it
	requested, delivered, lead bool  // milestones are named
	span                       twin.Span
	spanHours                  *hours // in which the lead time is counted; nil for the wall clock
	arrivals                   arrivals
	common                     float64 // correlation of the times of a case
	limit                      *limit
	attributes                 []attribute
	priorities                 []priority
	values                     int32 // numbers kept of a case: attributes, and counts of nodes that rules ask for
	most                       int   // cases let in at once; 0 for any
}

// Compile checks the model and makes it ready. The error joins all faults; what
// is doubtful but can run is in Warnings of the result. Names are in the given
// language, "ru" or "en".
func Compile(m *twin.Model, language string) (*Program, error) {
	c := &compiler{m: m, language: language, named: map[Activity]int32{}, begun: map[int32]bool{}, p: &Program{name: m.Name.In(language), start: m.Start, days: m.Days, warmUpDays: m.WarmUpDays}}
	if c.p.name == "" {
		c.p.name = m.ID
	}
	loc, err := time.LoadLocation(m.TimeZone)
	if err != nil {
		c.fault("time zone %q: %w", "часовой пояс «%s»: %s", m.TimeZone, err)
		loc = time.UTC
	}
	c.p.loc = loc
	if m.Start.IsZero() {
		c.fault("the first day is missing", "не указан первый день")
	}
	if m.Days < 0 || m.WarmUpDays < 0 {
		c.fault("%d days after %d of warm-up: wanted none below 0", "дней расчёта %d, дней начального периода %d: нужны числа не меньше 0", m.Days, m.WarmUpDays)
	}
	if len(m.Processes) == 0 {
		c.fault("no process to simulate", "нет ни одного процесса")
	}
	c.calendars = compileCalendars(m, loc, c.fault)
	c.units()
	c.staff()
	c.structure()
	if len(c.faults) > 0 {
		return nil, measure.Faultf("checking the model before the simulation: %w", "проверка модели перед расчётом: %s", errors.Join(c.faults...))
	}
	c.p.warnings = append(c.p.warnings, c.loads()...)
	return c.p, nil
}

// structure compiles the processes: first the nodes of all, then what joins them.
func (c *compiler) structure() {
	p := c.p
	p.processes = make([]process, len(c.m.Processes))
	p.scopes = make([]scope, len(c.m.Processes))
	for i, t := range c.m.Processes {
		c.process(i, t)
	}
	c.joinMessages()
	for i, t := range c.m.Processes {
		if t.Diagram != nil {
			c.starts(&p.processes[i], t, int32(i))
		}
	}
	if c.broken {
		return
	}
	c.circles()
	for i := range p.scopes {
		c.slots(&p.scopes[i])
		c.reachability(&p.scopes[i])
	}
}

// Warnings tells what is doubtful about the model: pools that more work comes
// to than they can do, years of a calendar that are computed.
func (p *Program) Warnings() []error { return slices.Clone(p.warnings) }

// Activities returns the names of work, the index being Instance.Activity.
func (p *Program) Activities() []Activity { return slices.Clone(p.activities) }

// Processes returns the identifiers of the processes.
func (p *Program) Processes() []string {
	ids := make([]string, len(p.processes))
	for i := range ids {
		ids[i] = p.processes[i].id
	}
	return ids
}

// Pools returns the identifiers of the pools, the index being Instance.Pool.
func (p *Program) Pools() []string {
	ids := make([]string, len(p.pools))
	for i := range ids {
		ids[i] = p.pools[i].id
	}
	return ids
}

// CaseID returns the identifier of a case in a log: "<process>-000001" for the
// first arrival, numbered within the process.
func (p *Program) CaseID(process, number int) string {
	return fmt.Sprintf("%s-%06d", p.processes[process].id, number+1)
}

// compiler gathers the faults of a model.
type compiler struct {
	m         *twin.Model
	p         *Program
	language  string
	calendars map[string]*hours
	unitNames map[string]string
	poolAt    map[string]int32
	diagrams  []*diagram // by scope
	counts    []counter
	named     map[Activity]int32
	begun     map[int32]bool // start events that messages of other processes set off
	broken    bool           // some diagram is no graph: what needs one is not checked
	faults    []error
}

// calendar returns the hours of a calendar; a name that is none is a fault.
func (c *compiler) calendar(id string, of place) *hours {
	h, ok := c.calendars[id]
	if !ok {
		c.fault("%s: calendar %q is not in the model", "%s: календаря «%s» в модели нет", of, id)
	}
	return h
}

// dates returns the calendar that tells working days, and nil for "".
func (c *compiler) dates(id string, of place) *calendar.Calendar {
	if h := c.calendar(id, of); h != nil {
		return h.days
	}
	return nil
}

func (c *compiler) units() {
	c.unitNames = map[string]string{"": ""}
	for _, u := range c.m.Units {
		c.unitNames[u.ID] = u.ID
		if name := u.Name.In(c.language); name != "" {
			c.unitNames[u.ID] = name
		}
	}
}

func (c *compiler) unit(id string, of place) string {
	name, ok := c.unitNames[id]
	if !ok {
		c.fault("%s: unit %q is not in the model", "%s: подразделения «%s» в модели нет", of, id)
	}
	return name
}

// process compiles what stands beside the diagram, and the diagram with all that
// it contains.
func (c *compiler) process(at int, t *twin.Process) {
	of := placeOf("process %q", "процесс «%s»", t.ID)
	p := &c.p.processes[at]
	*p = process{id: t.ID, unit: c.unit(t.Unit, of), start: -1, most: t.MostAtOnce,
		requested: t.RequestedBy != "", delivered: t.DeliveredBy != "", lead: t.RequestedBy != "" || t.DeliveredBy != "" || t.LeadTime.Unit != "", span: t.LeadTime}
	switch t.LeadTime.Unit {
	case "":
	case twin.WorkingHour, twin.WorkingDay:
		p.spanHours = c.calendar(t.LeadTime.Calendar, of.part("lead time", "время протекания процесса"))
	default:
		c.fault("%s: lead time in %q: wanted %q or %q", "%s: время протекания процесса в единицах «%s», нужны «%s» или «%s»", of, t.LeadTime.Unit, twin.WorkingHour, twin.WorkingDay)
	}
	if t.Diagram == nil {
		c.fault("%s: no diagram", "%s: нет схемы", of)
		c.broken = true
		return
	}
	if slices.ContainsFunc(c.p.processes[:at], func(other process) bool { return other.id == t.ID }) {
		c.fault("%s stands twice", "%s: встречается дважды", of)
	}
	if t.MostAtOnce < 0 {
		c.fault("%s: %d cases let in at once: wanted one or more, or 0 for any number", "%s: одновременно принимается дел: %d, нужно одно или больше; 0 означает любое число", of, t.MostAtOnce)
	}
	if p.common = t.StageCorrelation; !(p.common >= 0 && p.common < 1) {
		c.fault("%s: stage correlation %v: wanted 0 to below 1", "%s: связь длительностей этапов %v, нужна от 0 и меньше 1", of, p.common)
	}
	c.attributes(p, t, of)
	s := &source{Process: t, at: int32(at), of: of, position: map[string]int32{}}
	c.scope(int32(at), -1, t.Diagram, s)
	c.milestones(s)
	c.strays(s)
	for _, x := range t.Priorities {
		p.priorities = append(p.priorities, priority{c.rule(x.When, s, of.part("priority", "срочность")), int32(x.Level)})
	}
	p.arrivals = c.arrivals(t, of)
	p.limit = c.limit(t.Limit, s)
	for _, x := range c.counts {
		if k, ok := s.position[x.node]; ok && x.process == s.at && int(k) < len(c.p.nodes) {
			c.p.nodes[k].count = x.value
		}
	}
}

// source is a process of the model with the positions of all its nodes.
type source struct {
	*twin.Process
	at       int32
	of       place // for faults
	position map[string]int32
}

func (c *compiler) milestones(s *source) {
	for _, id := range [...]string{s.RequestedBy, s.DeliveredBy} {
		if _, ok := s.position[id]; id != "" && !ok {
			c.fault("%s: milestone %q is no node of the process", "%s: веха «%s», а такого элемента в процессе нет", s.of, id)
		}
	}
}

// strays names parameters of nodes and flows that the diagram does not have.
func (c *compiler) strays(s *source) {
	var strays []place
	for id := range s.Tasks {
		if _, ok := s.position[id]; !ok {
			strays = append(strays, s.of.part("parameters of %q, which is no node of the diagram", "параметры «%s», а такого элемента на схеме нет", id))
		}
	}
	flows := map[string]bool{}
	s.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
		for _, f := range scope.Flows {
			flows[f.ID] = true
		}
	})
	for id := range s.Branches {
		if !flows[id] {
			strays = append(strays, s.of.part("probability of %q, which is no flow of the diagram", "вероятность «%s», а такого перехода на схеме нет", id))
		}
	}
	for id := range s.Rules {
		if !flows[id] {
			strays = append(strays, s.of.part("rule of %q, which is no flow of the diagram", "правило «%s», а такого перехода на схеме нет", id))
		}
	}
	slices.SortFunc(strays, place.compare)
	for _, x := range strays {
		c.fault("%s", "%s", x)
	}
}

// Capacity returns the working time of all members of a pool, by its position, between
// two moments.
func (p *Program) Capacity(pool int, from, to time.Time) time.Duration {
	sum := time.Duration(0)
	for _, m := range p.pools[pool].members {
		if h := p.people[m].hours; h != nil {
			sum += time.Duration(h.table.BetweenMicros(from.UnixMicro(), to.UnixMicro())) * time.Microsecond
		} else {
			sum += to.Sub(from)
		}
	}
	return sum
}
