package simulator

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/uprava/uprava/simulator/des"
	"github.com/uprava/uprava/twin"
)

// Run simulates the model once and returns its figures. A fault of the model or
// of cfg is found before anything is simulated. See Program.Run.
func Run(ctx context.Context, m *twin.Model, cfg Config) (*Statistics, error) {
	p, err := Compile(m, language(cfg.Language))
	if err != nil {
		return nil, err
	}
	return p.Run(ctx, cfg)
}

func language(l string) string {
	if l == "" {
		return "ru"
	}
	return l
}

// Run simulates once and returns the figures of the counted cases. The same
// program and configuration give the same figures and the same calls of the
// observer, to the bit. It stops with ctx. O(log n) per event in the cases that
// are under way at once.
func (p *Program) Run(ctx context.Context, cfg Config) (*Statistics, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("checking the configuration of the simulation: %w", err)
	}
	r, err := newRun(p, cfg)
	if err != nil {
		return nil, err
	}
	for i := range p.processes {
		r.nextArrival(int32(i))
	}
	if err := r.loop(ctx); err != nil {
		return nil, fmt.Errorf("simulating %q, replication %d: %w", p.name, cfg.Replication, err)
	}
	return r.statistics(), nil
}

// Kinds of events; index and generation say whose.
const (
	arrivalEvent  uint32 = iota // process
	completeEvent               // item: its work or delay is done
	releaseEvent                // item: it may be taken up from now on
	openEvent                   // pool: somebody's hours begin
	windowEvent                 // the window of the figures begins or ends
)

type event struct {
	kind, index, generation uint32
}

// run is the state of one simulation.
type run struct {
	*Program
	cfg    Config
	des    des.Scheduler[event]
	begin  time.Time
	origin int64 // of the clock, microseconds since 1970

	service, routing []des.Field // by node
	terms, pace      []des.Field // by process
	delays           []des.Field // by node, zero where it has no delay
	gaps             []*des.Stream
	arrivalHours     []*hours // by process
	nodeHours        []*hours
	memberHours      []*hours
	arrived          []int // by process
	nextNumber       int   // arrivals over all processes

	cases     []caseState
	freeCases []int32
	slots     []int32 // of case i: [i*perCase, (i+1)*perCase)
	perCase   int
	items     []item
	freeItems []int32
	pools     []poolState
	people    []personState
	dirty     []int32
	tokens    []token // yet to be moved
	sequence  uint64

	counting  counting
	collected collected
	instance  Instance // that the observer is shown
}

// counting tells which cases are in the figures.
type counting struct {
	from, to     int           // by number of arrival, where until is Never
	since, until time.Duration // by time of arrival
	done         bool          // no more counted cases will arrive
	under        int           // counted cases under way
}

// caseState is a case under way.
type caseState struct {
	Case
	tokens int32
	items  int32 // of its tokens, those at work or waiting for it
	first  int32 // of its items; -1 for none
	live   bool
}

// item is a token at a task or delay.
type item struct {
	at         int32 // case
	node       int32
	member     int32 // -1 while nobody does it
	generation uint32
	next, prev int32 // of the same case
	enabled    time.Duration
	start      time.Duration
	complete   time.Duration
	work       time.Duration
	visit      uint32
	queued     bool
}

type token struct {
	at, node, slot int32
}

func newRun(p *Program, cfg Config) (*run, error) {
	r := &run{Program: p, cfg: cfg}
	before := p.before(cfg)
	c := &r.counting
	switch {
	case cfg.Cases > 0:
		c.from, c.to, c.until = cfg.Warmup, cfg.Warmup+cfg.Cases, Never
	default:
		length := cfg.Duration
		if length == 0 {
			length = p.start.AddDate(0, 0, p.days).Sub(p.start)
		}
		if length <= 0 {
			return nil, errors.New("neither a number of cases nor a duration is given, and the model says no days")
		}
		c.from, c.to = cfg.Warmup, math.MaxInt
		c.since, c.until = before, before+length
		r.des.Schedule(c.since, 0, event{kind: windowEvent})
		r.des.Schedule(c.until, 0, event{kind: windowEvent})
	}
	r.begin = p.start.Add(-before)
	r.origin = r.begin.UnixMicro()
	r.fields()
	for i := range p.processes {
		r.perCase = max(r.perCase, int(p.processes[i].slots))
	}
	r.memberHours = make([]*hours, len(p.members))
	r.people = make([]personState, len(p.members))
	for i := range p.members {
		r.memberHours[i] = p.members[i].hours.at(r.origin)
		r.people[i] = personState{item: -1}
	}
	r.pools = make([]poolState, len(p.pools))
	for i := range p.pools {
		s := &r.pools[i]
		s.hours = p.pools[i].hours.at(r.origin)
		s.wake = Never
		s.queue.dueFirst = p.pools[i].dueFirst
		s.idle = append(make([]int32, 0, len(p.pools[i].members)), p.pools[i].members...)
	}
	r.collected.init(p, cfg.Samples)
	return r, nil
}

// before returns how long ahead of the model's start the clock begins.
func (p *Program) before(cfg Config) time.Duration {
	if cfg.Before == 0 && cfg.Cases == 0 {
		return time.Duration(p.warmUpDays) * 24 * time.Hour
	}
	return cfg.Before
}

// fields makes the random numbers of every purpose. Names hold identifiers, not
// positions, so that a model with a step more shares all other draws.
func (r *run) fields() {
	field := func(name string) des.Field { return des.NewField(r.cfg.Seed, r.cfg.Replication, name) }
	r.service, r.routing = make([]des.Field, len(r.nodes)), make([]des.Field, len(r.nodes))
	r.delays = make([]des.Field, len(r.nodes))
	r.nodeHours = make([]*hours, len(r.nodes))
	for i := range r.nodes {
		n := &r.nodes[i]
		name := r.processes[n.process].id + "/" + n.id
		r.nodeHours[i] = n.hours.at(r.origin)
		switch n.op {
		case opWork:
			r.service[i] = field("time " + name)
			if n.delayed {
				r.delays[i] = field("delay " + name)
			}
		case opExclusive, opInclusive:
			r.routing[i] = field("routing " + name)
		}
	}
	for i := range r.processes {
		p := &r.processes[i]
		r.gaps = append(r.gaps, des.NewStream(r.cfg.Seed, r.cfg.Replication, "arrivals "+p.id))
		r.terms = append(r.terms, field("limit "+p.id))
		r.pace = append(r.pace, field("pace "+p.id))
		r.arrivalHours = append(r.arrivalHours, p.arrivals.hours.at(r.origin))
	}
	r.arrived = make([]int, len(r.processes))
}

// loop handles events until the counted cases are done. When the next event is
// later than now, waiting work is given out first: all that happened at one
// moment is known by then, so that the most urgent file of a batch goes first.
func (r *run) loop(ctx context.Context) error {
	for n := 0; ; n++ {
		if n&4095 == 0 {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("after %d events: %w", n, err)
			}
		}
		if len(r.dirty) > 0 {
			if at, ok := r.des.Peek(); !ok || at > r.des.Now() {
				r.giveOut()
				continue
			}
		}
		if r.counting.done && r.counting.under == 0 {
			return r.des.Err()
		}
		e, ok := r.des.Next()
		if !ok {
			if err := r.des.Err(); err != nil {
				return err
			}
			return fmt.Errorf("%d cases are under way and nothing is going to happen", r.counting.under)
		}
		var err error
		switch e.kind {
		case arrivalEvent:
			err = r.arrive(int32(e.index))
		case completeEvent:
			if r.items[e.index].generation == e.generation {
				err = r.completed(int32(e.index))
			}
		case releaseEvent:
			if r.items[e.index].generation == e.generation {
				r.ready(int32(e.index))
			}
		case openEvent:
			r.pools[e.index].wake = Never
			r.touch(int32(e.index))
		case windowEvent:
			r.window()
		}
		if err != nil {
			return err
		}
	}
}

// instant returns the simulation's time as an instant.
func (r *run) instant(t time.Duration) time.Time { return r.begin.Add(t).In(r.loc) }

func (r *run) clock(t time.Time) time.Duration {
	return t.Sub(r.begin).Truncate(time.Microsecond)
}

// nextArrival schedules the next case of a process.
func (r *run) nextArrival(p int32) {
	a := &r.processes[p].arrivals
	gap := a.between.draw(r.gaps[p].Uniform())
	h, now := r.arrivalHours[p], r.des.Now()
	var at time.Duration
	switch {
	case a.wall:
		at = h.next(now + gap)
	case a.seasonal:
		at = r.seasonal(a, h, now, gap)
	default:
		at = h.add(now, gap)
		if h != nil && gap > 0 {
			at = h.next(at) // arrival at closing is arrival at the next opening
		}
	}
	r.des.Schedule(at, 0, event{kind: arrivalEvent, index: uint32(p)})
}

// seasonal returns when a gap is over that passes in open time at the speed of
// the month's weight.
func (r *run) seasonal(a *arrivals, h *hours, t time.Duration, gap time.Duration) time.Duration {
	left := float64(gap)
	for {
		now := r.instant(t)
		y, m, _ := now.Date()
		end := r.clock(time.Date(y, m+1, 1, 0, 0, 0, 0, r.loc))
		weight := a.month[m-1]
		if open := float64(h.between(t, end)) * weight; open <= left {
			left -= open
			t = end
			continue
		}
		at := h.add(t, time.Duration(left/weight).Round(time.Microsecond))
		return h.next(min(at, end))
	}
}

// arrive lets a case of process p in and schedules the one after it.
func (r *run) arrive(p int32) error {
	now := r.des.Now()
	i := r.newCase()
	c := &r.cases[i]
	c.Case = Case{Process: int(p), Number: r.arrived[p], Arrival: now, Due: Never, Requested: Never, Delivered: Never, End: Never}
	r.arrived[p]++
	number := r.nextNumber
	r.nextNumber++
	k := &r.counting
	if k.until == Never {
		c.Counted = number >= k.from && number < k.to
		if number == k.from || number == k.to-1 {
			r.window()
		}
		k.done = number >= k.to-1
	} else if now >= k.since && now < k.until {
		// Of the window's cases the first Warmup are left out.
		c.Counted = r.collected.inWindow >= k.from
		r.collected.inWindow++
	}
	if l := r.processes[p].limit; l != nil {
		c.Due = r.clock(l.due(r.instant(now), l.term(r.terms[p].Uniform(uint64(c.Number), 0))))
	}
	if c.Counted {
		k.under++
	}
	r.collected.enter(now)
	if o := r.cfg.Observer; o != nil {
		o.Arrived(&c.Case)
	}
	r.nextArrival(p)
	r.put(token{i, r.processes[p].start, -1})
	return r.move(i)
}

func (r *run) newCase() int32 {
	var i int32
	if n := len(r.freeCases); n > 0 {
		i = r.freeCases[n-1]
		r.freeCases = r.freeCases[:n-1]
		clear(r.slots[int(i)*r.perCase : (int(i)+1)*r.perCase])
	} else {
		i = int32(len(r.cases))
		r.cases = append(r.cases, caseState{})
		r.slots = append(r.slots, make([]int32, r.perCase)...)
	}
	r.cases[i] = caseState{first: -1, live: true}
	return i
}

// endCase records the end of a case and frees its place.
func (r *run) endCase(i int32) {
	c := &r.cases[i]
	c.End = r.des.Now()
	r.collected.leave(c.End, c)
	if c.Counted {
		r.counting.under--
		r.collected.count(r.Program, &c.Case)
	}
	if o := r.cfg.Observer; o != nil {
		o.Ended(&c.Case)
	}
	c.live = false
	r.freeCases = append(r.freeCases, i)
}
