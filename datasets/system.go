package datasets

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/yamlfile"
)

// SystemConfig says what GenerateSystem makes.
type SystemConfig struct {
	Years int // that end with the period of the twin; 0 for as many as the pack says, else its own period
	Seed  uint64
	Lang  string // of activity and resource names: "ru" or "en"; "" means "ru"
	// Outline adds a log of the procedures of the town, in outline.
	Outline bool
}

// System is a generated system: its twin, one log for each process, cut at the end of
// the period, and what is true of them.
type System struct {
	Twin  *twin.Model
	Logs  []*eventlog.Log
	Truth *SystemTruth
}

// SystemTruth is what is true of generated logs by construction.
type SystemTruth struct {
	Pack      string         `json:"pack"`
	Seed      uint64         `json:"seed"`
	Years     int            `json:"years"`
	From      time.Time      `json:"from"`
	To        time.Time      `json:"to"` // where the logs were cut
	Processes []ProcessTruth `json:"processes"`
	Town      *TownTruth     `json:"town,omitempty"`
}

// ProcessTruth is the truth of the log of one process.
type ProcessTruth struct {
	Process   string         `json:"process"`
	Log       string         `json:"log"`
	Unit      measure.Unit   `json:"unit"`
	Cases     int            `json:"cases"`
	Completed int            `json:"completed"` // delivered before the cut
	Open      int            `json:"open"`      // under way at the cut
	Mean      measure.Number `json:"completed_mean"`
	// Later are the moments at which cases that the cut left open were delivered, by
	// case; those that ended without delivery are not among them.
	Later   map[string]time.Time `json:"later_ends"`
	NoStart int                  `json:"events_without_start"`
	Late    int                  `json:"events_entered_late"`
	// Planted are the violations of the pack's rules that the log holds, and no others.
	Planted []Planted `json:"planted_violations,omitempty"`
}

// dirt is how a log departs from what happened.
type dirt struct {
	noStart, late float64 // shares of events
	lateUpTo      time.Duration
}

func readDirt(v yamlfile.Value) dirt {
	g := v.Mapping("no-start", "late", "late-up-to")
	share := func(key string) float64 {
		x, ok := g.Need(key)
		if !ok {
			return 0
		}
		s := x.Number()
		if s < 0 || s > 1 {
			x.Fault("found %v, wanted a share", s)
		}
		return s
	}
	return dirt{share("no-start"), share("late"), time.Duration(seconds(g, "late-up-to") * float64(time.Second))}
}

// GenerateSystem simulates all processes of a pack as they are, on their shared people,
// and returns their logs as the offices would have them: cut at the end of the period
// with cases under way, some starts never written down, some completions entered late
// (never one that a lead time runs to or from). The same pack and configuration give
// the same logs.
func GenerateSystem(ctx context.Context, p *Pack, cfg SystemConfig) (*System, error) {
	if cfg.Years < 0 || cfg.Years > 20 {
		return nil, fmt.Errorf("generating pack %q: %d years, wanted 1 to 20, or 0 for what the pack says", p.ID, cfg.Years)
	}
	m, err := p.Model()
	if err != nil {
		return nil, err
	}
	todo, err := p.plan()
	if err != nil {
		return nil, err
	}
	end := m.Start.AddDate(0, 0, m.Days)
	if cfg.Years == 0 {
		cfg.Years = todo.years
	}
	if cfg.Years > 0 {
		m.Start = end.AddDate(-cfg.Years, 0, 0)
	}
	m.Days = int(end.Sub(m.Start) / (24 * time.Hour))
	w := &watcher{ends: map[string]simulator.Case{}}
	program, err := simulator.Compile(m, language(cfg.Lang))
	if err != nil {
		return nil, fmt.Errorf("generating pack %q: %w", p.ID, err)
	}
	w.program = program
	all, statistics, err := program.Log(ctx, simulator.Config{Seed: cfg.Seed, Duration: end.Sub(m.Start), Observer: w})
	if err != nil {
		return nil, fmt.Errorf("generating pack %q: %w", p.ID, err)
	}
	out := &System{Twin: m, Truth: &SystemTruth{Pack: p.ID, Seed: cfg.Seed, Years: cfg.Years, From: m.Start, To: end}}
	if full, town, err := p.Town(cfg.Seed); err == nil {
		full.Start, full.Days = m.Start, m.Days
		out.Twin, out.Truth.Town = full, town
	} else if !errors.Is(err, ErrUnknown) {
		return nil, err
	}
	for i, process := range m.Processes {
		g := &cutter{pack: p, process: process, number: i, end: end, begin: statistics.Begin, watcher: w, dirt: todo.dirt, cfg: cfg,
			rng: rand.New(rand.NewPCG(cfg.Seed, 0x64697274<<8+uint64(i)))}
		if g.hours, err = spanHours(m, process); err != nil {
			return nil, fmt.Errorf("generating pack %q: %w", p.ID, err)
		}
		log, truth, err := g.cut(all)
		if err != nil {
			return nil, fmt.Errorf("generating pack %q: process %q: %w", p.ID, process.ID, err)
		}
		if log, truth.Planted, err = p.plant(ctx, m, process, log, Config{Seed: cfg.Seed, Lang: cfg.Lang}); err != nil {
			return nil, err
		}
		out.Logs = append(out.Logs, log)
		out.Truth.Processes = append(out.Truth.Processes, *truth)
	}
	if cfg.Outline && out.Truth.Town != nil {
		log, err := outline(ctx, p, out.Twin, cfg)
		if err != nil {
			return nil, fmt.Errorf("generating pack %q: procedures in outline: %w", p.ID, err)
		}
		out.Logs = append(out.Logs, log)
	}
	return out, nil
}

// spanHours returns the calendar in which the lead time of a process is counted, nil
// for the wall clock.
func spanHours(m *twin.Model, p *twin.Process) (*calendar.Calendar, error) {
	if p.LeadTime.Unit == "" {
		return nil, nil
	}
	loc, err := time.LoadLocation(m.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("time zone %q: %w", m.TimeZone, err)
	}
	for i := range m.Calendars {
		if m.Calendars[i].ID == p.LeadTime.Calendar {
			return m.Calendars[i].Hours(loc)
		}
	}
	return nil, fmt.Errorf("process %q: calendar %q is not in the twin", p.ID, p.LeadTime.Calendar)
}

// watcher keeps what became of every counted case.
type watcher struct {
	program *simulator.Program
	ends    map[string]simulator.Case
}

// Arrived notes a case.
func (w *watcher) Arrived(c *simulator.Case) { w.keep(c) }

// Completed is told of instances, which the log holds.
func (w *watcher) Completed(*simulator.Case, *simulator.Instance) {}

// Ended notes what a case came to.
func (w *watcher) Ended(c *simulator.Case) { w.keep(c) }

func (w *watcher) keep(c *simulator.Case) {
	if c.Counted {
		w.ends[w.program.CaseID(c.Process, c.Number)] = *c
	}
}

// cutter makes the log of one process.
type cutter struct {
	pack       *Pack
	process    *twin.Process
	number     int
	begin, end time.Time
	hours      *calendar.Calendar
	dirt       dirt
	cfg        SystemConfig
	rng        *rand.Rand
	*watcher
}

// unit returns the unit in which the lead time of the process is counted.
func (g *cutter) unit() measure.Unit {
	switch g.process.LeadTime.Unit {
	case twin.WorkingDay:
		return measure.WorkingDay
	case twin.WorkingHour:
		return measure.WorkingHour
	}
	return measure.Second
}

// lead returns the lead time of a case, NaN where it was not delivered, and the moment
// at which it was.
func (g *cutter) lead(c *simulator.Case) (float64, time.Time) {
	from, to := c.Requested, c.Delivered
	if g.process.RequestedBy == "" {
		from = c.Arrival
	}
	if g.process.DeliveredBy == "" {
		to = c.End
	}
	if from == simulator.Never || to == simulator.Never || to < from {
		return math.NaN(), time.Time{}
	}
	a, b := g.begin.Add(from).UnixMicro(), g.begin.Add(to).UnixMicro()
	at := time.UnixMicro(b)
	switch g.unit() {
	case measure.WorkingDay:
		return float64(g.hours.WorkedDays(time.UnixMicro(a), at)), at
	case measure.WorkingHour:
		return float64(g.hours.BetweenMicros(a, b)) / 3600e6, at
	}
	return float64(b-a) / 1e6, at
}

// cut returns the log of the process and its truth.
func (g *cutter) cut(all *eventlog.Log) (*eventlog.Log, *ProcessTruth, error) {
	name := g.pack.ID + "-" + g.process.ID
	t := &ProcessTruth{Process: g.process.ID, Log: name, Unit: g.unit(), Later: map[string]time.Time{}}
	b := eventlog.NewBuilder(name)
	milestones := g.milestones()
	end := eventlog.Time(g.end.UnixMicro())
	var done []float64
	for _, c := range all.All() {
		fate, ok := g.ends[c.ID()]
		if !ok || fate.Process != g.number {
			continue
		}
		n := 0
		for n < c.Len() && c.Times()[n] <= end {
			n++
		}
		if n == 0 {
			continue // nothing of it had been written down
		}
		attributes := slices.DeleteFunc(c.Attributes(), func(a eventlog.Attribute) bool {
			return a.Key == simulator.AbandonedKey || a.Key == simulator.ProcessKey
		})
		if _, err := b.Case(c.ID(), attributes); err != nil {
			return nil, nil, err
		}
		for i := range n {
			e := c.Event(i)
			next := end
			if i+1 < c.Len() {
				next = min(next, c.Times()[i+1], c.Starts()[i+1])
			}
			g.spoil(&e, next, milestones[e.Activity], t)
			if err := b.Add(&e); err != nil {
				return nil, nil, err
			}
		}
		t.Cases++
		if x, at := g.lead(&fate); !math.IsNaN(x) {
			if !at.After(g.end) {
				done = append(done, x)
			} else {
				t.Later[c.ID()] = at.In(g.begin.Location())
			}
		}
		if fate.End == simulator.Never || g.begin.Add(fate.End).After(g.end) {
			t.Open++
		}
	}
	t.Completed = len(done)
	t.Mean = measure.Number(performance.ExactMean(done))
	return b.Log().Described(describe(g.pack, g.process, Config{Seed: g.cfg.Seed})), t, nil
}

// milestones are the names of the activities between which the lead time runs.
func (g *cutter) milestones() map[string]bool {
	out := map[string]bool{}
	for _, id := range []string{g.process.RequestedBy, g.process.DeliveredBy} {
		if id == "" {
			continue
		}
		name := g.process.Labels[id].In(language(g.cfg.Lang))
		if name == "" {
			g.process.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
				if n := scope.Node(id); n != nil {
					name = n.Name
				}
			})
		}
		out[name] = true
	}
	return out
}

// spoil makes an event as an office would have written it down. Its time moves no
// further than the next thing that happened in its case.
func (g *cutter) spoil(e *eventlog.Event, next eventlog.Time, milestone bool, t *ProcessTruth) {
	u, v, w := g.rng.Float64(), g.rng.Float64(), g.rng.Float64()
	if u < g.dirt.noStart && !milestone {
		e.Start = eventlog.None
		t.NoStart++
	}
	if v < g.dirt.late && !milestone && next > e.Time.Time {
		e.Time.Time += min(eventlog.Time(w*float64(g.dirt.lateUpTo.Microseconds())), next-e.Time.Time)
		t.Late++
	}
}

// outline simulates the procedures of the town, each as one step that the people of
// its department do, and returns what a register would have of them: one event each.
func outline(ctx context.Context, p *Pack, m *twin.Model, cfg SystemConfig) (*eventlog.Log, error) {
	w, err := p.town()
	if err != nil {
		return nil, err
	}
	office := ""
	for _, c := range m.Calendars {
		if c.Production && office == "" {
			office = c.ID
		}
	}
	town := &twin.Model{ID: p.ID + "-procedures", TimeZone: m.TimeZone, Start: m.Start, Days: m.Days, Calendars: m.Calendars, Units: m.Units, WarmUpDays: 14}
	people := map[string]int{}
	for _, e := range m.Elements {
		if e.Kind == twin.Person {
			for _, post := range e.To(twin.BelongsTo) {
				people[post.ID]++
			}
		}
	}
	staff := map[string]int{}
	for _, e := range m.Elements {
		if e.Kind == twin.Post {
			for _, unit := range e.To(twin.BelongsTo) {
				staff[unit.ID] += people[e.ID]
			}
		}
	}
	for _, u := range m.Units {
		if staff[u.ID] > 0 {
			town.Pools = append(town.Pools, twin.Pool{ID: u.ID, Name: u.Name, Unit: u.ID, Calendar: office, Size: staff[u.ID]})
		}
	}
	hours := 1740.0 // of a working year, by which executions a year become a rate
	for _, e := range m.Elements {
		if e.Kind != twin.Procedure {
			continue
		}
		unit := ""
		for _, r := range e.To(twin.BelongsTo) {
			if staff[r.ID] > 0 {
				unit = r.ID
			}
		}
		if unit == "" {
			continue
		}
		effort := e.Figures["effort"].Value * 3600
		town.Processes = append(town.Processes, &twin.Process{ID: e.ID, Name: e.Name, Unit: unit,
			Labels: map[string]twin.Text{"do": e.Name},
			Diagram: &bpmn.Process{ID: e.ID, Nodes: []*bpmn.Node{{ID: "s", Kind: bpmn.StartEvent}, {ID: "do", Kind: bpmn.Task}, {ID: "e", Kind: bpmn.EndEvent}},
				Flows: []*bpmn.Flow{{ID: "f1", Source: "s", Target: "do"}, {ID: "f2", Source: "do", Target: "e"}}},
			Arrivals: twin.Arrivals{Between: twin.Distribution{Law: "exponential", Mean: hours * 3600 / e.Figures["executions-a-year"].Value}, Calendar: office, Month: w.months},
			Tasks:    map[string]twin.Task{"do": {Pools: []string{unit}, Time: twin.Distribution{Law: "lognormal", Mean: effort, SD: effort * 0.6}}}})
	}
	log, err := simulator.Log(ctx, town, simulator.Config{Seed: cfg.Seed, Duration: time.Duration(m.Days) * 24 * time.Hour, Language: language(cfg.Lang)})
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(cfg.Seed, 0x6f75746c))
	b := eventlog.NewBuilder(p.ID + "-procedures")
	end := eventlog.Time(m.Start.AddDate(0, 0, m.Days).UnixMicro())
	for _, c := range log.All() {
		for i := range c.Len() {
			e := c.Event(i)
			if e.Time.Time > end {
				continue
			}
			u, v := rng.Float64(), rng.Float64()
			e.Enabled = eventlog.None
			if u < w.noStart {
				e.Start = eventlog.None
			}
			if v < w.late {
				e.Time.Time = min(end, e.Time.Time+eventlog.Time(rng.Float64()*w.lateDays*24*3600e6))
			}
			if err := b.Add(&e); err != nil {
				return nil, err
			}
		}
	}
	return b.Log().Described(describe(p, &twin.Process{ID: "procedures"}, Config{Seed: cfg.Seed})), nil
}
