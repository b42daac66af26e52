package simulator

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/calendar"
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
	nodes      []node
	pools      []pool
	members    []member
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
	id                         string
	unit                       string
	start                      int32 // position of the start event in nodes
	first, end                 int32 // its nodes: [first, end)
	slots                      int32 // counters of a case: tokens on flows into joins, visits, tokens at nodes
	counts                     int32 // slot of the first node's counter; -1 where no inclusive join needs them
	joins                      []int32
	requested, delivered, lead bool // milestones are named
	arrivals                   arrivals
	common                     float64 // correlation of the times of a case
	limit                      *limit
}

type arrivals struct {
	between   law
	hours     *hours
	wall      bool // the gap runs on the wall clock; an arrival while closed waits for the opening
	month     [12]float64
	seasonal  bool
	perSecond float64 // long-run mean, for the check of utilisation
}

type op uint8

const (
	opPass      op = iota // start, event without a duration, merge
	opWork                // task or delay
	opExclusive           // split by probability
	opParallel            // split to all
	opInclusive           // split to some
	opRace                // event-based split: the earliest event wins
	opEnd
	opTerminate
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
	// which nodes of the process (less first) a token can still come by it.
	reach [][]bool

	visit     int32 // slot of its counter of visits; -1 where a case comes here once at most
	time      law
	delay     law // before the work is offered
	delayed   bool
	pools     []int32
	poolTime  []law         // by position in pools; nil where all are time
	personal  map[int32]law // by member
	hours     *hours        // of a delay
	batch     *batch
	release   *release
	term      int // days of the lawful limit that a case has from here on; -1 for no change
	requested bool
	delivered bool
}

type edge struct {
	to   int32
	slot int32 // of the flow where to is a join, else -1
	p    float64
	upTo float64 // cumulative probability
}

type pool struct {
	id, label string
	unit      string
	members   []int32
	uniform   bool // all members keep the same hours
	hours     *hours
	dueFirst  bool
	cost      float64
}

type member struct {
	pool  int32
	hours *hours
	label string
}

// limit is a legal limit ready to reckon due dates.
type limit struct {
	days    *calendar.Calendar
	working bool
	roll    bool
	terms   []int
	upTo    []float64 // cumulative shares of terms
	control int       // calendar days by which the body's own control date is earlier
}

type batch struct {
	days  [7]bool
	at    time.Duration
	cal   *calendar.Calendar // nil: no day is a day off
	loc   *time.Location
	early *release // lets a case through before the moment; nil for none
}

type release struct {
	working float64
	cal     *calendar.Calendar
}

// Compile checks the model and makes it ready. The error joins all faults; what
// is doubtful but can run is in Warnings of the result. Names are in the given
// language, "ru" or "en".
func Compile(m *twin.Model, language string) (*Program, error) {
	c := &compiler{m: m, language: language, p: &Program{name: m.Name.In(language), start: m.Start, days: m.Days, warmUpDays: m.WarmUpDays}}
	if c.p.name == "" {
		c.p.name = m.ID
	}
	loc, err := time.LoadLocation(m.TimeZone)
	if err != nil {
		c.fault("time zone %q: %w", m.TimeZone, err)
		loc = time.UTC
	}
	c.p.loc = loc
	if m.Start.IsZero() {
		c.fault("the first day is missing")
	}
	if len(m.Processes) == 0 {
		c.fault("no process to simulate")
	}
	c.calendars = compileCalendars(m, loc, c.fault)
	c.units()
	c.poolsAndMembers()
	for i, p := range m.Processes {
		c.process(i, p)
	}
	if len(c.faults) > 0 {
		return nil, fmt.Errorf("checking the model before the simulation: %w", errors.Join(c.faults...))
	}
	c.p.warnings = append(c.p.warnings, c.loads()...)
	return c.p, nil
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
	faults    []error
}

func (c *compiler) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf(format, args...))
}

// calendar returns the hours of a calendar; a name that is none is a fault.
func (c *compiler) calendar(id, of string) *hours {
	h, ok := c.calendars[id]
	if !ok {
		c.fault("%s: calendar %q is not in the model", of, id)
	}
	return h
}

// dates returns the calendar that tells working days, and nil for "".
func (c *compiler) dates(id, of string) *calendar.Calendar {
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

func (c *compiler) unit(id, of string) string {
	name, ok := c.unitNames[id]
	if !ok {
		c.fault("%s: unit %q is not in the model", of, id)
	}
	return name
}

func (c *compiler) poolsAndMembers() {
	c.poolAt = map[string]int32{}
	for i := range c.m.Pools {
		t := &c.m.Pools[i]
		of := fmt.Sprintf("pool %q", t.ID)
		if _, twice := c.poolAt[t.ID]; twice {
			c.fault("%s stands twice", of)
			continue
		}
		at := int32(len(c.p.pools))
		c.poolAt[t.ID] = at
		p := pool{id: t.ID, label: t.Name.In(c.language), unit: c.unit(t.Unit, of), cost: t.CostPerHour,
			hours: c.calendar(t.Calendar, of), uniform: true, dueFirst: t.Queue == twin.EarliestDue}
		if p.label == "" {
			p.label = t.ID
		}
		if t.Queue != "" && t.Queue != twin.FIFO && t.Queue != twin.EarliestDue {
			c.fault("%s: queue %q: wanted %q or %q", of, t.Queue, twin.FIFO, twin.EarliestDue)
		}
		if len(t.Members) == 0 && t.Size < 1 {
			c.fault("%s: size %d: wanted one person or more", of, t.Size)
		}
		add := func(label string, h *hours) {
			p.members = append(p.members, int32(len(c.p.members)))
			p.uniform = p.uniform && h == p.hours
			c.p.members = append(c.p.members, member{pool: at, hours: h, label: label})
		}
		for _, m := range t.Members {
			h := p.hours
			if m.Calendar != "" {
				h = c.calendar(m.Calendar, of+", member "+m.ID)
			}
			add(m.ID, h)
		}
		for i := range t.Size {
			switch {
			case len(t.Members) > 0:
			case t.Size == 1:
				add(p.label, p.hours)
			default:
				add(fmt.Sprintf("%s %d", p.label, i+1), p.hours)
			}
		}
		if len(t.Members) > 0 && !p.uniform { // members may still share hours of their own
			first := c.p.members[p.members[0]].hours
			p.uniform = !slices.ContainsFunc(p.members, func(m int32) bool { return c.p.members[m].hours != first })
			if p.uniform {
				p.hours = first
			}
		}
		c.p.pools = append(c.p.pools, p)
	}
}

// process compiles one process. Flow nodes get consecutive positions.
func (c *compiler) process(at int, t *twin.Process) {
	of := fmt.Sprintf("process %q", t.ID)
	if t.Diagram == nil {
		c.fault("%s: no diagram", of)
		return
	}
	for _, other := range c.p.processes {
		if other.id == t.ID {
			c.fault("%s stands twice", of)
		}
	}
	first := int32(len(c.p.nodes))
	p := process{id: t.ID, unit: c.unit(t.Unit, of), start: -1, first: first, end: first + int32(len(t.Diagram.Nodes)), counts: -1,
		requested: t.RequestedBy != "", delivered: t.DeliveredBy != "", lead: t.RequestedBy != "" || t.DeliveredBy != ""}
	before := len(c.faults)
	d := &diagram{Process: t.Diagram, position: map[string]int32{}, in: t.Diagram.Incoming(), out: t.Diagram.Outgoing()}
	for i, n := range t.Diagram.Nodes {
		if _, twice := d.position[n.ID]; twice {
			c.fault("%s: node %q stands twice", of, n.ID)
		}
		d.position[n.ID] = first + int32(i)
	}
	for _, f := range t.Diagram.Flows {
		for _, end := range [...]string{f.Source, f.Target} {
			if _, ok := d.position[end]; !ok {
				c.fault("%s: flow %q ends at %q, which is no node of the process", of, f.ID, end)
			}
		}
	}
	if len(c.faults) > before {
		return
	}
	for _, n := range t.Diagram.Nodes {
		c.p.nodes = append(c.p.nodes, c.node(at, t, n, d, &p, of))
	}
	if p.start < 0 {
		c.fault("%s: no start event", of)
	}
	c.milestones(t, d, of)
	c.strays(t, d, of)
	if len(c.faults) > before {
		c.p.processes = append(c.p.processes, p)
		return
	}
	c.slots(&p, d)
	p.arrivals = c.arrivals(t, of)
	if p.common = t.StageCorrelation; !(p.common >= 0 && p.common < 1) {
		c.fault("%s: stage correlation %v: wanted 0 to below 1", of, p.common)
	}
	p.limit = c.limit(t.Limit, d, of)
	c.reachability(&p, of)
	c.p.processes = append(c.p.processes, p)
}

// diagram is a bpmn.Process with its flows by node.
type diagram struct {
	*bpmn.Process
	position map[string]int32
	in, out  map[string][]*bpmn.Flow
}

func (c *compiler) node(process int, t *twin.Process, b *bpmn.Node, d *diagram, p *process, of string) node {
	what := fmt.Sprintf("%s: %s %q", of, b.Kind, b.ID)
	n := node{id: b.ID, process: int32(process), activity: -1, visit: -1, join: opPass, term: -1,
		requested: b.ID == t.RequestedBy, delivered: b.ID == t.DeliveredBy}
	for _, f := range d.out[b.ID] {
		n.out = append(n.out, edge{to: d.position[f.Target], slot: -1, p: 1})
	}
	split := len(n.out) > 1
	n.op = opPass
	if split {
		n.op = opParallel // implicit split of a task or event
	}
	if why := unsimulated(b); why != "" {
		c.fault("%s: %s not simulated yet; draw the process without it", what, why)
	}
	task, given := t.Tasks[b.ID]
	switch {
	case b.Kind == bpmn.StartEvent:
		if p.start >= 0 {
			c.fault("%s: a second start event, wanted one", what)
		}
		p.start = d.position[b.ID]
	case b.Kind == bpmn.EndEvent:
		n.op = opEnd
		if b.Trigger == bpmn.TerminateTrigger {
			n.op = opTerminate
		}
	case b.IsTask():
		if !given {
			c.fault("%s: no parameters", what)
			return n
		}
		c.work(&n, t, b, &task, what)
	case b.Kind == bpmn.IntermediateCatchEvent || b.Kind == bpmn.IntermediateThrowEvent:
		if given {
			c.work(&n, t, b, &task, what)
		} else if b.Kind == bpmn.IntermediateCatchEvent && b.Trigger != bpmn.NoTrigger {
			c.fault("%s: no parameters: how long is it waited for?", what)
		}
	case b.Kind == bpmn.ParallelGateway:
		if len(d.in[b.ID]) > 1 {
			n.join = opParallel
		}
	case b.Kind == bpmn.InclusiveGateway:
		if len(d.in[b.ID]) > 1 {
			n.join = opInclusive
		}
		if split {
			n.op = opInclusive
			c.probabilities(&n, t, b, d, false, what)
		}
	case b.Kind == bpmn.ExclusiveGateway && split:
		n.op = opExclusive
		c.probabilities(&n, t, b, d, true, what)
	case b.Kind == bpmn.EventBasedGateway && split:
		n.op = opRace
		if slices.ContainsFunc(d.out[b.ID], func(f *bpmn.Flow) bool { _, ok := t.Branches[f.ID]; return ok }) {
			n.op = opExclusive
			c.probabilities(&n, t, b, d, true, what)
			break
		}
		for _, f := range d.out[b.ID] {
			if _, ok := t.Tasks[f.Target]; !ok {
				c.fault("%s: neither probabilities of its flows nor parameters of event %q", what, f.Target)
			}
		}
	}
	return n
}

// unsimulated names what of a node this simulator cannot run; "" for nothing.
func unsimulated(b *bpmn.Node) string {
	switch {
	case b.Kind == bpmn.SubProcess, b.Kind == bpmn.CallActivity, b.Kind == bpmn.BoundaryEvent:
		return "this kind of element is"
	case b.Loop != nil:
		return "repetition of an activity is"
	case b.Trigger == bpmn.LinkTrigger:
		return "a link is"
	case b.Kind == bpmn.EndEvent && b.Trigger == bpmn.ErrorTrigger:
		return "an error is"
	}
	return ""
}

// work compiles the parameters of a task or of an event that takes time.
func (c *compiler) work(n *node, t *twin.Process, b *bpmn.Node, task *twin.Task, what string) {
	name := t.Labels[b.ID].In(c.language)
	if name == "" {
		name = b.Name
	}
	if name == "" {
		name = b.ID
	}
	a := Activity{Process: int(n.process), Name: name, Unit: c.unitNames[t.Unit]}
	n.activity = int32(slices.Index(c.p.activities, a))
	if n.activity < 0 {
		n.activity = int32(len(c.p.activities))
		c.p.activities = append(c.p.activities, a)
	}
	n.op = opWork // flows out of it are all taken when it completes
	var err error
	needed := task.Time.Law != "" || len(task.ByPool) == 0 || len(task.Pools) == 0
	if needed {
		if n.time, err = compileLaw(task.Time); err != nil {
			c.fault("%s: time: %w", what, err)
		}
	}
	if task.Delay.Law != "" {
		n.delayed = true
		if n.delay, err = compileLaw(task.Delay); err != nil {
			c.fault("%s: delay: %w", what, err)
		}
	}
	n.hours = c.calendar(task.Calendar, what)
	for _, id := range task.Pools {
		at, ok := c.poolAt[id]
		if !ok {
			c.fault("%s: pool %q is not in the model", what, id)
			continue
		}
		if slices.Contains(n.pools, at) {
			c.fault("%s: pool %q stands twice", what, id)
			continue
		}
		n.pools = append(n.pools, at)
	}
	c.byPool(n, task, needed, what)
	if task.Batch != nil {
		n.batch = &batch{at: task.Batch.At, cal: c.dates(task.Batch.Calendar, what), loc: c.p.loc,
			early: c.release(task.Batch.OutOfTurn, t, what+": out of turn")}
		for _, d := range task.Batch.Days {
			n.batch.days[(int(d)%7+7)%7] = true
		}
		if len(task.Batch.Days) == 0 {
			n.batch.days = [7]bool{true, true, true, true, true, true, true}
		}
		if task.Batch.At < 0 || task.Batch.At >= 24*time.Hour {
			c.fault("%s: batch at %v: wanted a time of day", what, task.Batch.At)
		}
	}
	n.release = c.release(task.NotBefore, t, what)
}

func (c *compiler) release(r *twin.Release, t *twin.Process, what string) *release {
	if r == nil {
		return nil
	}
	out := &release{working: r.WorkingDays, cal: c.dates(r.Calendar, what)}
	if out.cal == nil {
		out.cal = calendar.Always(c.p.loc)
	}
	if !(r.WorkingDays >= 0 && r.WorkingDays <= 10000) {
		c.fault("%s: %v working days before the control date: wanted 0 or more", what, r.WorkingDays)
	}
	if t.Limit == nil {
		c.fault("%s: waits for the control date, but the process has no limit", what)
	}
	return out
}

func (c *compiler) byPool(n *node, task *twin.Task, general bool, what string) {
	covered := make([]bool, len(n.pools))
	names := make([]string, 0, len(task.ByPool))
	for name := range task.ByPool {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		l, err := compileLaw(task.ByPool[name])
		if err != nil {
			c.fault("%s: time of %q: %w", what, name, err)
			continue
		}
		if at, ok := c.poolAt[name]; ok && slices.Contains(n.pools, at) {
			if n.poolTime == nil {
				n.poolTime = slices.Repeat([]law{n.time}, len(n.pools))
			}
			n.poolTime[slices.Index(n.pools, at)] = l
			covered[slices.Index(n.pools, at)] = true
			continue
		}
		found := false
		for _, at := range n.pools {
			for _, m := range c.p.pools[at].members {
				if c.p.members[m].label == name {
					if n.personal == nil {
						n.personal = map[int32]law{}
					}
					n.personal[m], found = l, true
				}
			}
		}
		if !found {
			c.fault("%s: time of %q, which is neither one of its pools nor a member of one", what, name)
		}
	}
	if general {
		return
	}
	for i, at := range n.pools {
		for _, m := range c.p.pools[at].members {
			if _, ok := n.personal[m]; !ok && !covered[i] {
				c.fault("%s: no time for %q of pool %q", what, c.p.members[m].label, c.p.pools[at].id)
			}
		}
	}
}

// probabilities sets those of a split. Where sum is asked they sum to 1, or a
// default flow without one takes the rest.
func (c *compiler) probabilities(n *node, t *twin.Process, b *bpmn.Node, d *diagram, sum bool, what string) {
	total, rest := 0.0, -1
	for i, f := range d.out[b.ID] {
		p, ok := t.Branches[f.ID]
		switch {
		case ok && !(p >= 0 && p <= 1):
			c.fault("%s: flow %q has probability %v: wanted 0 to 1", what, f.ID, p)
		case !ok && f.ID == b.Default && sum:
			rest = i
		case !ok:
			c.fault("%s: flow %q has no probability", what, f.ID)
		}
		n.out[i].p = p
		total += p
	}
	if rest >= 0 {
		n.out[rest].p = max(0, 1-total)
		total += n.out[rest].p
	}
	if sum && math.Abs(total-1) > 1e-6 {
		c.fault("%s: the probabilities of its flows sum to %.6g: wanted 1", what, total)
	}
	if !sum && total <= 0 {
		c.fault("%s: no flow has a probability above 0", what)
	}
	upTo := 0.0
	for i := range n.out {
		upTo += n.out[i].p / total
		n.out[i].upTo = upTo
	}
}

func (c *compiler) milestones(t *twin.Process, d *diagram, of string) {
	for _, id := range [...]string{t.RequestedBy, t.DeliveredBy} {
		if _, ok := d.position[id]; id != "" && !ok {
			c.fault("%s: milestone %q is no node of the process", of, id)
		}
	}
}

// strays names parameters of nodes and flows that the diagram does not have.
func (c *compiler) strays(t *twin.Process, d *diagram, of string) {
	var strays []string
	for id := range t.Tasks {
		if _, ok := d.position[id]; !ok {
			strays = append(strays, fmt.Sprintf("%s: parameters of %q, which is no node of the diagram", of, id))
		}
	}
	flows := map[string]bool{}
	for _, f := range d.Flows {
		flows[f.ID] = true
	}
	for id := range t.Branches {
		if !flows[id] {
			strays = append(strays, fmt.Sprintf("%s: probability of %q, which is no flow of the diagram", of, id))
		}
	}
	slices.Sort(strays)
	for _, s := range strays {
		c.fault("%s", s)
	}
}

func (c *compiler) arrivals(t *twin.Process, of string) arrivals {
	a := arrivals{hours: c.calendar(t.Arrivals.Calendar, of+": arrivals"), wall: t.Arrivals.OnWallClock}
	var err error
	if a.between, err = compileLaw(t.Arrivals.Between); err != nil {
		c.fault("%s: time between arrivals: %w", of, err)
		return a
	}
	mean := a.between.mean()
	if mean < 1e-6 {
		c.fault("%s: time between arrivals: its mean is %v s: wanted a microsecond or more", of, mean)
		return a
	}
	sum := 0.0
	for i, w := range t.Arrivals.Month {
		if !(w >= 0) || math.IsInf(w, 0) {
			c.fault("%s: arrivals: weight %v of month %d: wanted 0 or more", of, w, i+1)
		}
		sum += w
	}
	if sum > 0 {
		for i, w := range t.Arrivals.Month {
			a.month[i] = w * 12 / sum
			a.seasonal = a.seasonal || a.month[i] != 1
		}
		if a.seasonal && a.wall {
			c.fault("%s: arrivals by month cannot run on the wall clock", of)
		}
	}
	a.perSecond = a.hours.share(c.p.start) / mean
	return a
}

func (c *compiler) limit(t *twin.Limit, d *diagram, of string) *limit {
	if t == nil {
		return nil
	}
	of += ": limit"
	l := &limit{days: c.dates(t.Calendar, of), roll: t.RollForward, working: t.Unit == "working-day", control: t.ControlDays}
	if t.Unit != "working-day" && t.Unit != "calendar-day" {
		c.fault("%s: unit %q: wanted \"calendar-day\" or \"working-day\"", of, t.Unit)
	}
	if l.days == nil {
		if l.working || l.roll {
			c.fault("%s: no calendar to tell working days", of)
		}
		l.days = calendar.Always(c.p.loc)
	}
	if t.ControlDays < 0 || t.ControlDays > 36600 {
		c.fault("%s: control date %d days before: wanted 0 or more", of, t.ControlDays)
	}
	rest := 1.0
	for _, o := range t.Others {
		if o.Node != "" {
			continue
		}
		if !(o.Share >= 0 && o.Share <= 1) {
			c.fault("%s: share %v: wanted 0 to 1", of, o.Share)
		}
		rest -= o.Share
	}
	if rest < -1e-9 {
		c.fault("%s: the shares of other limits sum to %.6g: wanted 1 at most", of, 1-rest)
	}
	check := func(days int) {
		if days < 0 || days > 36600 {
			c.fault("%s: %d days: wanted 0 to 36600", of, days)
		}
	}
	check(t.Days)
	upTo := max(rest, 0)
	l.terms, l.upTo = []int{t.Days}, []float64{upTo}
	for _, o := range t.Others {
		check(o.Days)
		if o.Node == "" {
			upTo += o.Share
			l.terms, l.upTo = append(l.terms, o.Days), append(l.upTo, upTo)
			continue
		}
		at, ok := d.position[o.Node]
		if !ok {
			c.fault("%s: node %q is no node of the process", of, o.Node)
			continue
		}
		c.p.nodes[at].term = o.Days
	}
	return l
}
