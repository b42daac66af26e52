package desk

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/outline"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/architecture"
	"github.com/uprava/uprava/twin/scenario"
)

// Amount is a number with its 95 % interval, NaN where it cannot be told.
type Amount struct{ Value, Low, High float64 }

// amountOf is the mean of the values of replications, with Student's interval.
func amountOf(values []float64) Amount {
	s := measure.Summarize(values, measure.Second)
	a := Amount{s.Mean, math.NaN(), math.NaN()}
	if s.MeanInterval != nil {
		a.Low, a.High = s.MeanInterval.Low, s.MeanInterval.High
	}
	return a
}

// ValueStream is the value stream of one process between its milestones, in one state.
// Times of Stream are wall-clock seconds a case.
type ValueStream struct {
	performance.Stream        // of a log, or the mean over the replications
	Leads              Amount // lead time between the milestones, in Unit
	Unit               measure.Unit
	Efficiencies       Amount // flow efficiency, as that of a board
	Efforts            Amount // labour effort a case, seconds, as that of a board: also outside the milestones
	Yearly             Amount // cases delivered a year
	Log                string // "" for a simulation
	Replications       int    // of a simulation
	Until              time.Time
	Names              map[string]twin.Text // of activities, by the name in Stream
}

// Name returns the name of an activity in both languages.
func (v *ValueStream) Name(activity string) twin.Text {
	if t, ok := v.Names[activity]; ok {
		return t
	}
	return twin.Text{RU: activity, EN: activity}
}

// Simulation is a twin run through its period several times, as it is or under a
// scenario: one run for all processes, who share their people.
type Simulation struct {
	Scenario     *scenario.Scenario // nil for as it is
	Replications int
	Seed         uint64
	Years        float64                 // of a replication
	Streams      map[string]*ValueStream // by process
	Pools        map[string]Amount       // utilisation by pool
	Steps        []architecture.Step     // what is done a year, by process, activity and pool
	Headcount    int
	Warnings     []error
}

// streamReplications is how many times the period is simulated for each state.
const streamReplications = 10

// Simulate runs the twin as it is (""), or under one of its scenarios, so many times.
// Progress is told the replications done; nil for nothing.
func (t *Twin) Simulate(ctx context.Context, id string, replications int, progress func(done, total int)) (*Simulation, error) {
	m := t.Model
	out := &Simulation{Replications: replications, Seed: townSeed, Streams: map[string]*ValueStream{}, Pools: map[string]Amount{}}
	if id != "" {
		if out.Scenario = t.Scenario(id); out.Scenario == nil {
			return nil, notFound("scenario", id, t.scenarioIDs())
		}
		var err error
		if m, err = out.Scenario.Apply(m); err != nil {
			return nil, InputError{fmt.Errorf("applying scenario %q: %w", id, err)}
		}
	}
	if len(m.Processes) == 0 {
		return nil, InputError{fmt.Errorf("the twin %q has no process that can be simulated", t.ID)}
	}
	out.Headcount = m.Headcount()
	program, err := simulator.Compile(m, "ru")
	if err != nil {
		return nil, InputError{err}
	}
	g := &gatherer{twin: t, model: m, program: program, out: out, steps: map[architecture.Step][]float64{}, hours: map[architecture.Step][]float64{}, pools: map[string][]float64{}}
	for r := range out.Replications {
		if err := g.run(ctx, r); err != nil {
			return nil, err
		}
		if progress != nil {
			progress(r+1, out.Replications)
		}
	}
	g.settle()
	return out, nil
}

// Scenario returns a scenario of the twin, nil where there is none of that identifier.
func (t *Twin) Scenario(id string) *scenario.Scenario {
	i := slices.IndexFunc(t.Scenarios, func(s *scenario.Scenario) bool { return s.ID == id })
	if i < 0 {
		return nil
	}
	return t.Scenarios[i]
}

func (t *Twin) scenarioIDs() []string {
	out := make([]string, len(t.Scenarios))
	for i, s := range t.Scenarios {
		out[i] = s.ID
	}
	return out
}

// Target returns the scenario that stands for the target state of a process: the to-be
// of the twin, else that of the process, else the one of most levers; "" where there is
// none.
func (t *Twin) Target(process string) string {
	if t.ToBe != "" {
		return t.ToBe
	}
	if own := t.Own[process]; own != "" {
		return own
	}
	best, most := "", -1
	for _, s := range t.Scenarios {
		if len(s.Levers) > most {
			best, most = s.ID, len(s.Levers)
		}
	}
	return best
}

// gatherer gathers the replications of a simulation.
type gatherer struct {
	twin    *Twin
	model   *twin.Model
	program *simulator.Program
	out     *Simulation
	runs    map[string][]*ValueStream
	steps   map[architecture.Step][]float64 // executions a year, by replication
	hours   map[architecture.Step][]float64
	pools   map[string][]float64
}

// stepCounter counts what is done for counted cases.
type stepCounter struct {
	count map[[2]int32]int
	work  map[[2]int32]time.Duration
}

func (s *stepCounter) Arrived(*simulator.Case) {}
func (s *stepCounter) Ended(*simulator.Case)   {}
func (s *stepCounter) Completed(c *simulator.Case, i *simulator.Instance) {
	if c.Counted {
		at := [2]int32{int32(i.Activity), int32(i.Pool)}
		s.count[at]++
		s.work[at] += i.Work
	}
}

func (g *gatherer) run(ctx context.Context, replication int) error {
	counter := &stepCounter{map[[2]int32]int{}, map[[2]int32]time.Duration{}}
	log, statistics, err := g.program.Log(ctx, simulator.Config{Seed: g.out.Seed, Replication: replication, Observer: counter})
	if err != nil {
		return err
	}
	years := statistics.Window.Hours() / (365 * 24)
	g.out.Years = years
	if replication == 0 {
		g.out.Warnings = statistics.Warnings
		g.runs = map[string][]*ValueStream{}
	}
	activities, pools, processes := g.program.Activities(), g.program.Pools(), g.program.Processes()
	for at, n := range counter.count {
		a := activities[at[0]]
		key := architecture.Step{Process: processes[a.Process], Activity: a.Name}
		if at[1] >= 0 {
			key.Pool = pools[at[1]]
		}
		g.steps[key], g.hours[key] = append(g.steps[key], float64(n)/years), append(g.hours[key], counter.work[at].Hours()/years)
	}
	for _, p := range statistics.Pools {
		g.pools[p.ID] = append(g.pools[p.ID], p.Utilisation())
	}
	for i, p := range g.model.Processes {
		own := log
		if len(g.model.Processes) > 1 {
			own = log.Where(func(c eventlog.Case) bool {
				v, ok := c.Attribute(simulator.ProcessKey)
				return ok && v.Text() == processes[i]
			}).Compact()
		}
		v, err := streamOf(ctx, g.model, p, own, years)
		if err != nil {
			return fmt.Errorf("the value stream of %q: %w", p.ID, err)
		}
		g.runs[p.ID] = append(g.runs[p.ID], v)
	}
	return nil
}

// streamOf returns the value stream of a process in one of its logs.
func streamOf(ctx context.Context, m *twin.Model, p *twin.Process, l *eventlog.Log, years float64) (*ValueStream, error) {
	of := &subject{model: m, process: p}
	count, err := of.reckoning()
	if err != nil {
		return nil, err
	}
	paired, _ := l.Instances()
	lines, err := outline.Of(ctx, paired, outline.Config{Lead: of.milestones(paired), Unit: count.unit, Calendar: count.calendar, Hours: count.hours, Unmanned: of.unmanned(paired)})
	if err != nil {
		return nil, err
	}
	values := slices.DeleteFunc(slices.Clone(lines.Length), math.IsNaN)
	cfg := performance.Config{Unmanned: of.unmanned(paired)}
	if count.hours != nil {
		cfg.Calendar = count.hours
	}
	within := between(paired, lines.Lead)
	s, err := performance.StreamOf(ctx, within, cfg, byDesign(p)...)
	if err != nil {
		return nil, err
	}
	whole := sampleOf(lines, Window{}).measured() // as a board measures it
	v := &ValueStream{Stream: *s, Unit: count.unit, Leads: amountOf(values), Efficiencies: Amount{whole.Flow.Value, math.NaN(), math.NaN()},
		Yearly: Amount{float64(len(values)) / years, math.NaN(), math.NaN()}, Names: of.labels()}
	v.Efforts = Amount{whole.Work.Value * 3600, math.NaN(), math.NaN()}
	return v, nil
}

// byDesign returns the names, in both languages, of the activities of a process that its
// diagram repeats for several instances.
func byDesign(p *twin.Process) []string {
	var out []string
	many := map[*bpmn.Node]bool{}
	if p.Diagram == nil {
		return nil
	}
	p.Diagram.Walk(func(scope *bpmn.Process, in *bpmn.Node) { // outer before inner
		for _, n := range scope.Nodes {
			if many[n] = in != nil && many[in] || n.Loop != nil && n.Loop.Form != bpmn.StandardLoop; many[n] {
				out = append(out, n.Name, p.Labels[n.ID].RU, p.Labels[n.ID].EN)
			}
		}
	})
	return out
}

// between returns the cases that passed two milestones, with what was completed after the
// first up to the second.
func between(l *eventlog.Log, lead performance.LeadConfig) *eventlog.Log {
	code := func(name string) (eventlog.Code, bool) {
		if name == "" {
			return 0, false
		}
		return l.Activities().Code(name)
	}
	from, hasFrom := code(lead.From.Activity)
	to, hasTo := code(lead.To.Activity)
	if !hasFrom && !hasTo {
		return l
	}
	span := func(c eventlog.Case) (int, int) { // rows begin to end, the second not counted
		begin, end := 0, c.Len()
		if hasFrom {
			begin = slices.Index(c.Activities(), from) + 1
			if begin == 0 {
				return 0, 0
			}
		}
		if hasTo {
			for end > 0 && c.Activities()[end-1] != to {
				end--
			}
		}
		return begin, end
	}
	return l.WhereEvents(func(c eventlog.Case, i int) bool {
		begin, end := span(c)
		return i >= begin && i < end
	})
}

// settle makes means and intervals of the replications.
func (g *gatherer) settle() {
	for id, runs := range g.runs {
		g.out.Streams[id] = meanOf(runs)
	}
	for key, counts := range g.steps {
		key.Yearly, key.Hours = meanWith(counts, g.out.Replications), meanWith(g.hours[key], g.out.Replications)
		g.out.Steps = append(g.out.Steps, key)
	}
	slices.SortFunc(g.out.Steps, func(a, b architecture.Step) int {
		return cmp.Or(cmp.Compare(a.Process, b.Process), cmp.Compare(a.Activity, b.Activity), cmp.Compare(a.Pool, b.Pool))
	})
	for id, values := range g.pools {
		g.out.Pools[id] = amountOf(values)
	}
}

// meanWith is the mean over n replications, those without a value counting as 0.
func meanWith(values []float64, n int) float64 {
	sum := 0.0
	for _, x := range values {
		sum += x
	}
	return sum / float64(n)
}

// meanOf is the mean of the value streams of replications; stages by activity.
func meanOf(runs []*ValueStream) *ValueStream {
	pick := func(of func(*ValueStream) float64) []float64 {
		out := make([]float64, len(runs))
		for i, v := range runs {
			out[i] = of(v)
		}
		return out
	}
	mean := func(of func(*ValueStream) float64) float64 { return amountOf(pick(of)).Value }
	v := &ValueStream{Unit: runs[0].Unit, Names: runs[0].Names, Replications: len(runs)}
	v.Leads = amountOf(pick(func(v *ValueStream) float64 { return v.Leads.Value }))
	v.Efficiencies = amountOf(pick(func(v *ValueStream) float64 { return v.Efficiencies.Value }))
	v.Efforts = amountOf(pick(func(v *ValueStream) float64 { return v.Efforts.Value }))
	v.Yearly = amountOf(pick(func(v *ValueStream) float64 { return v.Yearly.Value }))
	v.Lead.Mean = mean(func(v *ValueStream) float64 { return v.Lead.Mean })
	v.Repeats, v.Repeating = mean(func(v *ValueStream) float64 { return v.Repeats }), mean(func(v *ValueStream) float64 { return v.Repeating })
	v.Right = mean(func(v *ValueStream) float64 { return v.Right })
	v.Handovers, v.Handing = mean(func(v *ValueStream) float64 { return v.Handovers }), mean(func(v *ValueStream) float64 { return v.Handing })
	by := map[string][]performance.Stage{}
	for _, run := range runs {
		v.Cases += run.Cases
		v.ByUnit = run.ByUnit
		if v.Warnings == nil { // those of the others say the same with other numbers
			v.Warnings = run.Warnings
		}
		for _, s := range run.Stages {
			by[s.Activity] = append(by[s.Activity], s)
		}
	}
	n := float64(len(runs))
	for _, run := range runs {
		addCauses(&v.Causes, run.Causes, n)
	}
	for name, list := range by {
		x := performance.Stage{Activity: name, ByDesign: list[0].ByDesign}
		var totals []float64
		for _, s := range list {
			x.Position += s.Position / float64(len(list))
			for _, f := range []struct {
				to *float64
				of float64
			}{{&x.Share, s.Share}, {&x.Times, s.Times}, {&x.Further, s.Further}, {&x.Repeated, s.Repeated}, {&x.First, s.First}, {&x.Effort, s.Effort}, {&x.Waiting, s.Waiting}, {&x.Working, s.Working}, {&x.Outside, s.Outside}, {&x.Idle, s.Idle}, {&x.Unclear, s.Unclear}} {
				*f.to += f.of / n
			}
			totals = append(totals, s.Total())
			addCauses(&x.Causes, s.Causes, n)
		}
		for len(totals) < len(runs) {
			totals = append(totals, 0)
		}
		a := amountOf(totals)
		x.Half = (a.High - a.Low) / 2
		v.Stages = append(v.Stages, x)
	}
	slices.SortFunc(v.Stages, func(a, b performance.Stage) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Activity, b.Activity))
	})
	return v
}

// addCauses adds the n-th part of causes.
func addCauses(to *performance.Causes, c performance.Causes, n float64) {
	to.N += c.N
	for _, f := range []struct{ to, of *measure.Number }{{&to.Waiting, &c.Waiting}, {&to.Batching, &c.Batching}, {&to.Contention, &c.Contention}, {&to.Prioritisation, &c.Prioritisation}, {&to.Unavailability, &c.Unavailability}, {&to.Extraneous, &c.Extraneous}} {
		if !math.IsNaN(float64(*f.of)) {
			*f.to += *f.of / measure.Number(n)
		}
	}
}

// LogStream returns the value stream of a process as one of its logs shows it, remembered.
func (d *Desk) LogStream(ctx context.Context, t *Twin, process, log string) (*ValueStream, error) {
	p := t.Process(process)
	if p == nil {
		return nil, notFound("process of twin "+t.ID, process, processIDs(t.Model))
	}
	return Remember(ctx, d, log, "value stream of "+t.ID+"/"+process, func(ctx context.Context) (*ValueStream, error) {
		seen, err := d.Seen(ctx, log, Look{})
		if err != nil {
			return nil, err
		}
		first, last := eventlog.MaxTime, eventlog.MinTime
		for _, c := range seen.Log.All() {
			if c.Len() > 0 {
				first, last = min(first, c.First()), max(last, c.Last())
			}
		}
		years := math.NaN()
		if last > first {
			years = last.Sub(first).Hours() / (365 * 24)
		}
		v, err := streamOf(ctx, t.Model, p, seen.Log, years)
		if err != nil {
			return nil, err
		}
		v.Log = log
		if last > first {
			v.Until = last.Go()
		}
		if l := v.Leads; l.Value == l.Value {
			v.Warnings = append(seen.Pairing.Warnings(), v.Warnings...)
		}
		return v, nil
	})
}

// Simulated returns the answer of Twin.Simulate over ten replications, remembered until the twin changes.
func (d *Desk) Simulated(ctx context.Context, t *Twin, scenario string, progress func(done, total int)) (*Simulation, error) {
	return RememberTwin(ctx, d, t.ID, "simulated\x00"+scenario, func(ctx context.Context) (*Simulation, error) {
		return t.Simulate(ctx, scenario, streamReplications, progress)
	})
}

// TwinState names the state of a twin: another one after its files changed.
func (d *Desk) TwinState(ctx context.Context, id string) (string, error) {
	dir, err := d.folderOf(ctx, id)
	if err != nil {
		return "", err
	}
	return stateOf(dir)
}
