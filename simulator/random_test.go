package simulator

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/twin"
)

// garden grows random models out of blocks that can be run: sequences, choices,
// parallel and inclusive blocks, loops, sub-processes with boundary events, batches,
// priorities, impatience and every way to end a shift.
type garden struct {
	*sketch
	rng *rand.Rand
	n   int
}

func (g *garden) id(prefix string) string {
	g.n++
	return fmt.Sprintf("%s%d", prefix, g.n)
}

func (g *garden) chance(p float64) bool { return g.rng.Float64() < p }

// task grows a task with a random share of what a task may have.
func (g *garden) taskOf() (first, last string) {
	id := g.id("t")
	pools := []string{}
	for _, p := range g.m.Pools {
		if g.chance(0.5) {
			pools = append(pools, p.ID)
		}
	}
	g.sketch.task(id, expo(float64(60+g.rng.IntN(3600))), pools...)
	g.change(id, func(t *twin.Task) {
		t.Suspends, t.Cost, t.Priority = g.chance(0.1), 1, g.rng.IntN(3)
		if g.chance(0.1) {
			t.Delay = expo(1800)
		}
		if g.chance(0.1) {
			t.Batch = &twin.Batch{Size: 1 + g.rng.IntN(3), Wait: 7200, Together: g.chance(0.5), Factor: 0.5}
		}
		if len(pools) == 0 {
			return
		}
		if g.chance(0.1) {
			t.Patience = expo(100000)
		}
		if g.chance(0.1) {
			room := 5
			t.Room = &room
		}
		if g.chance(0.2) {
			t.SetUp = exactly(time.Minute)
		}
	})
	if g.chance(0.1) {
		g.loop(id, bpmn.ParallelInstances, twin.Repeat{Instances: map[int]float64{0: 0.2, 1: 0.3, 3: 0.5}, Enough: g.rng.IntN(3)})
	} else if g.chance(0.1) {
		g.loop(id, bpmn.StandardLoop, twin.Repeat{Again: 0.4, Decay: 0.5})
	}
	return id, g.boundaries(id)
}

// boundaries hang events on an activity, and return where it goes on: an event that
// interrupts it meets there what it interrupted.
func (g *garden) boundaries(id string) (last string) {
	last = id
	if g.chance(0.15) {
		last = g.interrupt(last, id, bpmn.TimerTrigger)
	}
	if g.chance(0.1) {
		b, e := g.id("b"), g.id("e")
		g.boundary(b, id, bpmn.TimerTrigger, "", false).after(b, time.Duration(1+g.rng.IntN(300))*time.Minute).node(e, bpmn.EndEvent).flow(b, e)
		if g.chance(0.3) {
			g.p.Diagram.Node(b).Timer.Form = "timeCycle"
		}
	}
	return last
}

func (g *garden) interrupt(last, id string, trigger bpmn.Trigger) string {
	b, m := g.id("b"), g.id("m")
	g.boundary(b, id, trigger, "", true).node(m, bpmn.ExclusiveGateway).flow(last, m).flow(b, m)
	if trigger == bpmn.TimerTrigger {
		g.after(b, time.Duration(1+g.rng.IntN(300))*time.Minute)
	}
	return m
}

// block grows a block and returns its first and last node.
func (g *garden) block(depth int) (first, last string) {
	if depth == 0 {
		return g.taskOf()
	}
	switch g.rng.IntN(6) {
	case 0, 1:
		a, b := g.block(depth - 1)
		c, d := g.block(depth - 1)
		g.flow(b, c)
		return a, d
	case 2, 3:
		kind := []bpmn.Kind{bpmn.ExclusiveGateway, bpmn.ParallelGateway, bpmn.InclusiveGateway}[g.rng.IntN(3)]
		split, join := g.id("g"), g.id("g")
		g.node(split, kind).node(join, kind)
		for range 2 {
			a, b := g.block(depth - 1)
			g.flow(split, a).flow(b, join)
			if kind != bpmn.ParallelGateway {
				g.p.Branches[split+"-"+a] = 0.5
			}
		}
		return split, join
	case 4:
		m, x := g.id("m"), g.id("x")
		g.node(m, bpmn.ExclusiveGateway).node(x, bpmn.ExclusiveGateway)
		a, b := g.block(depth - 1)
		out := g.id("n")
		g.node(out, bpmn.ExclusiveGateway).flow(m, a).flow(b, x).flow(x, m).flow(x, out)
		g.p.Branches[x+"-"+m], g.p.Branches[x+"-"+out] = 0.3, 0.7
		g.p.Decay = map[string]float64{x + "-" + m: 0.5}
		return m, out
	default:
		id := g.id("sub")
		failing := g.chance(0.3)
		g.sub(id, func(s *sketch) {
			s.node(id+"s", bpmn.StartEvent).node(id+"e", bpmn.EndEvent)
			a, b := g.block(depth - 1)
			s.flow(id+"s", a)
			if !failing {
				s.flow(b, id+"e")
				return
			}
			s.node(id+"x", bpmn.ExclusiveGateway).event(id+"bad", bpmn.EndEvent, bpmn.ErrorTrigger, "bad").flow(b, id+"x", id+"e").flow(id+"x", id+"bad")
			s.p.Branches[id+"x-"+id+"e"], s.p.Branches[id+"x-"+id+"bad"] = 0.8, 0.2
		})
		if g.chance(0.3) {
			g.loop(id, bpmn.SequentialInstances, twin.Repeat{Instances: map[int]float64{1: 0.5, 2: 0.5}})
		}
		last := g.boundaries(id)
		if failing && g.chance(0.7) {
			last = g.interrupt(last, id, bpmn.ErrorTrigger)
		}
		return id, last
	}
}

func grow(seed uint64) *twin.Model {
	g := &garden{sketch: newSketch(expo(40000)), rng: rand.New(rand.NewPCG(seed, 9))}
	for i, o := range []twin.OffShift{twin.Pause, twin.Finish, twin.HandOn, twin.FitOnly} {
		g.m.Pools = append(g.m.Pools, twin.Pool{ID: fmt.Sprint("R", i), OffShift: o, Queue: []twin.Queue{twin.FIFO, twin.EarliestDue, twin.Shortest, twin.MostUrgent}[g.rng.IntN(4)],
			Members: []twin.Member{{ID: fmt.Sprint("a", i), Calendar: "office"}, {ID: fmt.Sprint("b", i), Calendar: "late", Efficiency: 1.5}, {ID: "all", Calendar: "office",
				Absent: []calendar.Period{{First: calendar.NewDate(2024, 2, 1), Last: calendar.NewDate(2024, 2, 9)}}}}})
		g.m.Pools[i].Preempt = g.m.Pools[i].Queue == twin.MostUrgent
	}
	g.m.Pools = append(g.m.Pools, twin.Pool{ID: "many", Size: 2, AtOnce: 3, Calendar: "office"})
	a, b := g.block(3)
	g.node("s", bpmn.StartEvent).node("e", bpmn.EndEvent).flow("s", a).flow(b, "e")
	g.p.Limit = &twin.Limit{Days: 20, Unit: "calendar-day", Calendar: "office", RollForward: true}
	g.p.StageCorrelation = []float64{0, 0.4}[g.rng.IntN(2)]
	if g.chance(0.2) {
		g.p.MostAtOnce = 5
	}
	g.m.Days = 200
	return g.m
}

// On random models nothing is lost: cases are conserved, Little's law is exact, no
// two runs differ, and all places of cases, frames and items are given back.
func TestRandomModels(t *testing.T) {
	seeds := 400
	if testing.Short() || raceDetector {
		seeds = 60
	}
	finished, abandoned := 0, 0
	for seed := range uint64(seeds) {
		m := grow(seed)
		require.NoError(t, m.Validate(), "seed %d", seed)
		p, err := Compile(m, "en")
		require.NoError(t, err, "seed %d", seed)
		if len(p.Warnings()) > 0 {
			continue // more work than can be done: the run would go on for years
		}
		cfg := Config{Seed: seed}
		s, err := p.Run(context.Background(), cfg)
		require.NoError(t, err, "seed %d", seed)
		balanced(t, s)
		finished, abandoned = finished+s.Finished, abandoned+s.Abandoned
		again, err := p.Run(context.Background(), cfg)
		require.NoError(t, err)
		require.Equal(t, s, again, "seed %d", seed)

		// Until the last case has gone: nothing is left behind.
		m.Processes[0].Arrivals.Surges = []twin.Surge{{Period: calendar.Period{First: calendar.NewDate(2024, 3, 1), Last: calendar.NewDate(2200, 1, 1)}, Factor: 1e-9}}
		p, err = Compile(m, "en")
		require.NoError(t, err)
		r, err := newRun(p, Config{Seed: seed, Duration: 60 * 24 * time.Hour})
		require.NoError(t, err)
		r.nextArrival(0)
		require.NoError(t, r.loop(context.Background()), "seed %d", seed)
		if r.collected.cases == 0 {
			require.Len(t, r.freeCases, len(r.cases), "seed %d", seed)
			require.Len(t, r.free, len(r.frames), "seed %d: frames", seed)
			require.Empty(t, r.tokens)
			held := len(r.items) - len(r.freeItems)
			for _, x := range r.items {
				if x.kind == batched && x.queued {
					held-- // a batch whose cases have all gone
				}
			}
			require.LessOrEqual(t, held, 20, "seed %d: items", seed)
		}
	}
	require.Greater(t, finished, 10*abandoned)
	require.Positive(t, abandoned)
}

func FuzzModels(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		p, err := Compile(grow(seed), "en")
		require.NoError(t, err)
		if len(p.Warnings()) > 0 {
			return
		}
		s, err := p.Run(context.Background(), Config{Seed: seed})
		require.NoError(t, err)
		balanced(t, s)
	})
}
