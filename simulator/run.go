package simulator

import (
	"context"
	"hash/fnv"
	"math"
	"time"

	"github.com/uprava/uprava/mining/measure"
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
		return nil, measure.Faultf("checking the configuration of the simulation: %w", "проверка настроек расчёта: %s", err)
	}
	r, err := newRun(p, cfg)
	if err != nil {
		return nil, err
	}
	if err := r.resume(); err != nil {
		return nil, measure.Faultf("starting from the open cases: %w", "начало с дел в работе: %s", err)
	}
	for i := range p.processes {
		if p.processes[i].start >= 0 {
			r.nextArrival(int32(i))
		}
	}
	if err := r.loop(ctx); err != nil {
		return nil, measure.Faultf("simulating %q, replication %d: %w", "расчёт «%s», прогон %d: %s", p.name, cfg.Replication, err)
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
	timerEvent                  // item: what it listens or waits for happens
	patienceEvent               // item: its case has waited long enough
	closeEvent                  // item: the hours of who does it end
	shareEvent                  // person: one of several items is done
	batchEvent                  // node: what was gathered is let go
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

	draws
	arrivalHours []*hours // by process
	nodeHours    []*hours
	pauseHours   []*hours // by node: of its delay
	peopleHours  []*hours
	arrived      []int // by process
	under        []int // by process: cases let in and not ended
	nextNumber   int   // arrivals over all processes

	cases     []caseState
	freeCases []int32
	values    []float64 // of case i: [i*perCase, (i+1)*perCase)
	perCase   int
	gates     []ring[int32] // by process: cases that wait at the entry
	frames    []frame
	free      []int32 // frames
	slabs     []slab  // by scope
	items     []item
	freeItems []int32
	talks     []talk
	freeTalks []int32

	pools    []poolState
	staff    []personState
	waiting  []int32     // by node: items in queues
	gathered []gathering // by node
	dirty    []int32     // pools
	crowd    []reference // items that came to a queue with limited room
	tokens   []token     // yet to be moved
	moved    []reference // frames that tokens moved in
	sequence uint64
	since    time.Duration // less than now: when a token that is put back where it was came there

	counting  counting
	collected collected
	instance  Instance // that the observer is shown
}

// reference is to an item or frame, or to nothing when its generation has passed.
type reference struct {
	at         int32
	generation uint32
}

// draws are the random numbers of every purpose.
type draws struct {
	service, routing []des.Field // by node
	delays           []des.Field // by node, zero where it has no delay
	extras           []des.Field // by node: set-up, patience, number of instances
	terms, pace      []des.Field // by process
	traits           [][]des.Field
	gaps             []*des.Stream
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
	root    int32 // frame; -1 while it waits at the entry
	live    bool
	entered time.Duration // when it came to be under way in this run
	stopped int32         // how many of its items hold the legal clock
	since   time.Duration // when the first of them began
	term    int           // days of its limit
	talk    int32         // with cases of other processes; -1 for none
	touched []span        // when somebody worked at it, apart and in order
	// asked and given are what Touched was at the request and at the delivery.
	asked, given time.Duration
}

func newRun(p *Program, cfg Config) (*run, error) {
	r := &run{Program: p, cfg: cfg}
	before := p.before(cfg)
	c := &r.counting
	switch {
	case cfg.Cases > 0:
		c.from, c.to, c.until, c.since = cfg.Warmup, cfg.Warmup+cfg.Cases, Never, before
	default:
		length := cfg.Duration
		if length == 0 {
			length = p.start.AddDate(0, 0, p.days).Sub(p.start)
		}
		if length <= 0 {
			return nil, measure.Faultf("neither a number of cases nor a duration is given, and the model says no days", "не указано ни число дел, ни длительность, и в модели дни не заданы")
		}
		c.from, c.to = cfg.Warmup, math.MaxInt
		c.since, c.until = before, before+length
		r.des.Schedule(c.since, 0, event{kind: windowEvent})
		r.des.Schedule(c.until, 0, event{kind: windowEvent})
	}
	r.begin = p.start.Add(-before)
	r.origin = r.begin.UnixMicro()
	r.prepare()
	r.slabs = make([]slab, len(p.scopes))
	for i := range p.processes {
		r.perCase = max(r.perCase, int(p.processes[i].values))
	}
	r.gates = make([]ring[int32], len(p.processes))
	r.under = make([]int, len(p.processes))
	r.waiting = make([]int32, len(p.nodes))
	r.gathered = make([]gathering, len(p.nodes))
	r.hire()
	r.collected.init(p, cfg.Samples)
	return r, nil
}

// before returns how long ahead of the model's start the clock begins.
func (p *Program) before(cfg Config) time.Duration {
	if cfg.Before == 0 && cfg.Cases == 0 && len(cfg.Open) == 0 {
		return time.Duration(p.warmUpDays) * 24 * time.Hour
	}
	return cfg.Before
}

// prepare makes the random numbers of every purpose. Names hold identifiers, not
// positions, so that a model with a step more shares all other draws.
func (r *run) prepare() {
	field := func(name string) des.Field {
		return des.NewField(r.cfg.Seed, r.cfg.Replication, name).Mirrored(r.cfg.Antithetic)
	}
	n := len(r.nodes)
	r.service, r.routing, r.delays, r.extras = make([]des.Field, n), make([]des.Field, n), make([]des.Field, n), make([]des.Field, n)
	r.nodeHours, r.pauseHours = make([]*hours, n), make([]*hours, n)
	for i := range r.nodes {
		n := &r.nodes[i]
		name := r.processes[n.process].id + "/" + n.id
		r.nodeHours[i], r.pauseHours[i] = n.hours.at(r.origin), n.pause.at(r.origin)
		if n.time.scale != 0 || n.poolTime != nil || n.personal != nil {
			r.service[i] = field("time " + name)
		}
		if n.delayed {
			r.delays[i] = field("delay " + name)
		}
		if n.op == opExclusive || n.op == opInclusive {
			r.routing[i] = field("routing " + name)
		}
		if n.sets || n.impatient || n.repeat != nil {
			r.extras[i] = field("extra " + name)
		}
	}
	for i := range r.processes {
		p := &r.processes[i]
		r.gaps = append(r.gaps, des.NewStream(r.cfg.Seed, r.cfg.Replication, "arrivals "+p.id).Mirrored(r.cfg.Antithetic))
		r.terms = append(r.terms, field("limit "+p.id))
		r.pace = append(r.pace, field("pace "+p.id))
		var traits []des.Field
		for k := range p.attributes {
			traits = append(traits, field("attribute "+p.id+"/"+p.attributes[k].id))
		}
		r.traits = append(r.traits, traits)
		r.arrivalHours = append(r.arrivalHours, p.arrivals.hours.at(r.origin))
	}
	r.arrived = make([]int, len(r.processes))
}

// nameKey returns a number for a name, by which the draws of what is repeated
// within a case are told apart.
func nameKey(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// loop handles events until the counted cases are done. When the next event is
// later than now, waiting work is given out first: all that happened at one
// moment is known by then, so that the most urgent file of a batch goes first.
func (r *run) loop(ctx context.Context) error {
	for n := 0; ; n++ {
		if n&4095 == 0 {
			if err := ctx.Err(); err != nil {
				return measure.Faultf("after %d events: %w", "после %d событий: %s", n, err)
			}
			if r.messages && r.counting.done && n&0xffff == 0 {
				if err := r.silent(); err != nil {
					return err
				}
			}
		}
		if len(r.dirty) > 0 {
			if at, ok := r.des.Peek(); !ok || at > r.des.Now() {
				if err := r.giveOut(); err != nil {
					return err
				}
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
			if r.counting.under == 0 { // no more cases arrive
				return nil
			}
			if err := r.silent(); err != nil {
				return err
			}
			return measure.Faultf("%d cases are under way and nothing is going to happen", "дел в работе %d, и больше ничего не произойдёт", r.counting.under)
		}
		if r.des.Now() > longestRun {
			return r.endless()
		}
		if err := r.handle(e); err != nil {
			return err
		}
	}
}

// longestRun bounds a run that would not end. With the longest time that a law may draw
// after it the clock does not overflow.
const longestRun = 190 * 365 * 24 * time.Hour

// endless says why a run does not end.
func (r *run) endless() error {
	years := longestRun / (365 * 24 * time.Hour)
	if !r.counting.done {
		come := 0
		for _, n := range r.arrived {
			come += n
		}
		return measure.Faultf("%d years of simulated time have passed and only %d cases have come: ask for fewer, or let more come", "прошло %d лет модельного времени, а дел поступило только %d: запросите меньше дел или увеличьте поступление", years, come)
	}
	return measure.Faultf("%d years of simulated time have passed and %d counted cases are still under way: more work comes than can be done, or urgent work leaves no time for other", "прошло %d лет модельного времени, а учитываемых дел ещё в работе %d: работы поступает больше, чем можно сделать, или срочная работа не оставляет времени для остальной", years, r.counting.under)
}

func (r *run) handle(e event) error {
	switch e.kind {
	case arrivalEvent:
		return r.arrive(int32(e.index))
	case completeEvent:
		if r.items[e.index].generation == e.generation {
			r.completed(int32(e.index))
			return r.settle()
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
	case timerEvent:
		if r.items[e.index].generation == e.generation {
			r.heard(int32(e.index))
			return r.settle()
		}
	case patienceEvent:
		if t := &r.items[e.index]; t.generation == e.generation && t.queued {
			r.abandon(r.frames[t.frame].at)
			return r.settle()
		}
	case closeEvent:
		if r.items[e.index].generation == e.generation {
			r.putBack(int32(e.index))
		}
	case shareEvent:
		if r.staff[e.index].stamp == e.generation {
			r.shared(int32(e.index))
			return r.settle()
		}
	case batchEvent:
		if r.gathered[e.index].generation == e.generation {
			r.letGo(int32(e.index))
		}
	}
	return nil
}

// instant returns the simulation's time as an instant.
func (r *run) instant(t time.Duration) time.Time { return r.begin.Add(t).In(r.loc) }

func (r *run) clock(t time.Time) time.Duration {
	return t.Sub(r.begin).Truncate(time.Microsecond)
}
