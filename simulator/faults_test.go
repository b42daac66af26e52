package simulator

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/twin"
)

var mondays = []twin.Interval{{From: time.Monday, To: time.Monday, Begin: 9 * time.Hour, End: 17 * time.Hour}}

// calls is a process that does nothing but call another.
func calls(id, other string) *twin.Process {
	s := newSketch(exactly(time.Hour))
	s.p.ID = id
	s.node("s", bpmn.StartEvent).node("call", bpmn.CallActivity).node("e", bpmn.EndEvent).flow("s", "call", "e")
	s.p.Diagram.Node("call").Called = other
	return s.p
}

// All faults are told at once, before anything is simulated.
func TestFaultsAreToldTogether(t *testing.T) {
	s := newSketch(twin.Distribution{Law: "poisson"}).pool("R", 0, "nowhere").
		node("s", bpmn.StartEvent).task("A", expo(-1), "ghost").node("B", bpmn.Task).node("x", bpmn.ExclusiveGateway).
		node("e", bpmn.EndEvent).task("lonely", exactly(1), "R").node("loop", bpmn.ExclusiveGateway).node("loop2", bpmn.ExclusiveGateway).
		flow("s", "A", "B", "x", "e").flow("x", "loop", "loop2", "loop")
	s.p.Branches = map[string]float64{"x-e": 0.3, "x-loop": 0.3, "gone": 1}
	s.p.Tasks["gone"] = twin.Task{Time: exactly(1)}
	s.p.RequestedBy = "nothing"
	s.m.TimeZone = "Mars/Base"
	s.m.Calendars = append(s.m.Calendars, twin.Calendar{ID: "shut", Production: true, Week: []twin.Interval{{From: time.Monday, To: time.Monday, Begin: 5, End: 4}}},
		twin.Calendar{ID: "never", Week: mondays, Off: []calendar.Period{{First: 0, Last: 100_000}}})
	s.pool("Q", 1, "never")
	s.m.Processes = append(s.m.Processes, calls("round", "about"), calls("about", "round"))
	_, err := Run(context.Background(), s.m, Config{Cases: 1})
	for _, want := range []string{
		`time zone "Mars/Base"`, `pool "R": calendar "nowhere" is not in the model`, `pool "R": size 0`,
		`task "A": time: exponential law: mean -1`, `task "A": pool "ghost" is not in the model`, `task "B": no parameters`,
		`exclusiveGateway "x": the probabilities of its flows sum to 0.6: wanted 1`, `milestone "nothing"`,
		`parameters of "gone", which is no node`, `probability of "gone", which is no flow`, `calendar "shut"`,
		`time between arrivals: law "poisson": wanted one of`, `no flow leads from the start to "lonely"`,
		`no case gets out of the loop of "loop", "loop2"`, `pool "Q": its calendar "never" never opens`,
		`call activities lead back to where they began: round/call → about/call`,
	} {
		require.ErrorContains(t, err, want)
	}
}

func TestModelsThatCannotRun(t *testing.T) {
	ok := func() *sketch { return one(expo(10), exactly(time.Second), 1, "") }
	for _, c := range []struct {
		name   string
		change func(*sketch)
		want   string
	}{
		{"no start", func(s *sketch) { s.p.Diagram.Node("s").Kind = bpmn.IntermediateThrowEvent }, "no start event"},
		{"two starts", func(s *sketch) { s.node("s2", bpmn.StartEvent).flow("s2", "A") }, `startEvent "s2": a second start event`},
		{"flow to nowhere", func(s *sketch) { s.flow("A", "z") }, `ends at "z"`},
		{"node twice", func(s *sketch) { s.node("A", bpmn.Task) }, `node "A" stands twice`},
		{"pool twice", func(s *sketch) { s.pool("R", 1, "") }, `pool "R" stands twice`},
		{"loop", func(s *sketch) { s.p.Diagram.Node("A").Loop = &bpmn.Loop{} }, `task "A": the diagram repeats it, and nothing says how often`},
		{"boundary event", func(s *sketch) { s.node("b", bpmn.BoundaryEvent).flow("b", "A") }, `boundaryEvent "b": attached to "", which is no activity`},
		{"no first day", func(s *sketch) { s.m.Start = time.Time{} }, "the first day is missing"},
		{"queue", func(s *sketch) { s.m.Pools[0].Queue = "lifo" }, `queue "lifo"`},
		{"timer without a time", func(s *sketch) {
			s.p.Diagram.Node("s").Kind = bpmn.StartEvent
			s.node("w", bpmn.IntermediateCatchEvent).flow("A", "w")
			s.p.Diagram.Node("w").Trigger = bpmn.TimerTrigger
		}, "how long is it waited for?"},
		{"time of a stranger", func(s *sketch) {
			s.p.Tasks["A"] = twin.Task{Pools: []string{"R"}, Time: exactly(1), ByPool: map[string]twin.Distribution{"Q": exactly(1)}}
		}, `time of "Q", which is neither`},
		{"time of some", func(s *sketch) {
			s.m.Pools[0].Members = []twin.Member{{ID: "a"}, {ID: "b"}}
			s.p.Tasks["A"] = twin.Task{Pools: []string{"R"}, ByPool: map[string]twin.Distribution{"a": exactly(1)}}
		}, `no time for "b" of pool "R"`},
		{"no limit to wait for", func(s *sketch) {
			s.p.Tasks["A"] = twin.Task{Pools: []string{"R"}, Time: exactly(1), NotBefore: &twin.Release{}}
		}, "the process has no limit"},
		{"shares", func(s *sketch) {
			s.p.Limit = &twin.Limit{Unit: "calendar-day", Others: []twin.OtherLimit{{Share: 0.7}, {Share: 0.6}}}
		}, "sum to 1.3"},
		{"unit", func(s *sketch) { s.p.Limit = &twin.Limit{Unit: "week"} }, `unit "week"`},
		{"working days of what", func(s *sketch) { s.p.Limit = &twin.Limit{Unit: "working-day"} }, "no calendar to tell working days"},
		{"no time between arrivals", func(s *sketch) { s.p.Arrivals.Between = exactly(0) }, "time between arrivals: its mean is 0 s"},
		{"process twice", func(s *sketch) { s.m.Processes = append(s.m.Processes, s.p) }, `process "p" stands twice`},
		{"days below 0", func(s *sketch) { s.m.Days = -5 }, "-5 days after 0 of warm-up: wanted none below 0"},
		{"people without number", func(s *sketch) { s.m.Pools[0].Size = 2_000_000_000 }, "size 2000000000: wanted one person or more, 100000 at most"},
		{"cost below 0", func(s *sketch) { s.m.Pools[0].CostPerHour = -1 }, "cost per hour -1"},
		{"entry below 0", func(s *sketch) { s.p.MostAtOnce = -1 }, "-1 cases let in at once"},
		{"absent for good", func(s *sketch) {
			s.m.Pools[0].Members = []twin.Member{{ID: "a", Absent: []calendar.Period{{First: 0, Last: 100_000}}}}
		}, `pool "R": none of its people is on shift in five years`},
		{"no process", func(s *sketch) { s.m.Processes = nil }, "no process to simulate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := ok()
			_, err := Compile(s.m, "en")
			require.NoError(t, err)
			c.change(s)
			_, err = Compile(s.m, "en")
			require.ErrorContains(t, err, c.want)
		})
	}
	_, err := Run(context.Background(), ok().m, Config{})
	require.ErrorContains(t, err, "neither a number of cases nor a duration")
	_, err = Run(context.Background(), ok().m, Config{Cases: -1, Duration: -1, Warmup: -1, Before: -1, Replication: -1, Language: "tt"})
	for _, want := range []string{"cases -1", "warm-up -1", "duration -1ns", "time before the start -1ns", "replication -1", `language "tt"`} {
		require.ErrorContains(t, err, want)
	}
}

// A run that cannot end says so at once, and does not wait for its user.
func TestRunsThatCannotEnd(t *testing.T) {
	s := one(expo(10), exactly(time.Second), 1, "")
	s.p.Arrivals.Surges = []twin.Surge{{Period: calendar.Period{First: 0, Last: 3_000_000}}} // for the next eight thousand years
	_, err := Run(context.Background(), s.m, Config{Cases: 1})
	require.ErrorContains(t, err, "190 years of simulated time have passed and only 0 cases have come")
	s = one(expo(3e9), exactly(time.Second), 1, "")
	_, err = Run(context.Background(), s.m, Config{Cases: 100})
	require.ErrorContains(t, err, "190 years of simulated time have passed and only")
}

// A diagram whose tokens can block each other is told by the case that does.
func TestBlockedCase(t *testing.T) {
	s := newSketch(exactly(time.Hour)).node("s", bpmn.StartEvent).node("x", bpmn.ExclusiveGateway).task("A", exactly(1)).task("B", exactly(1)).
		node("j", bpmn.ParallelGateway).node("e", bpmn.EndEvent).flow("s", "x", "A", "j", "e").flow("x", "B", "j")
	s.p.Branches = map[string]float64{"x-A": 0.5, "x-B": 0.5}
	_, err := Run(context.Background(), s.m, Config{Cases: 1})
	require.ErrorContains(t, err, `case p-000001 cannot go on: its tokens wait at joins for others that cannot come, first at "j"`)

	s = newSketch(exactly(time.Hour)).node("s", bpmn.StartEvent).node("x", bpmn.ExclusiveGateway).node("e", bpmn.EndEvent).flow("s", "x", "e").flow("x", "x")
	s.p.Branches = map[string]float64{"x-e": 1e-9, "x-x": 1 - 1e-9}
	_, err = Run(context.Background(), s.m, Config{Cases: 1})
	require.ErrorContains(t, err, "moved a million times")
}

func TestOverloadIsAWarning(t *testing.T) {
	s := one(expo(1000), expo(1000), 1, "")
	p, err := Compile(s.m, "en")
	require.NoError(t, err)
	require.Len(t, p.Warnings(), 1)
	require.ErrorContains(t, p.Warnings()[0], `pool "R": the work that comes is 1.00 of what can be done, 100 % of it at "A"`)

	// A loop multiplies the work, hours divide the capacity, pools share it.
	s = one(expo(3600), exactly(10*time.Minute), 1, "office")
	p, err = Compile(s.m, "en")
	require.NoError(t, err)
	require.Empty(t, p.Warnings()) // 28 hours a week of 40
	s = one(expo(3600), exactly(16*time.Minute), 1, "office")
	p, err = Compile(s.m, "en")
	require.NoError(t, err)
	require.Contains(t, p.Warnings()[0].Error(), "is 1.12 of") // 44.8 of 40
	s.pool("Q", 1, "office")
	s.p.Tasks["A"] = twin.Task{Pools: []string{"Q", "R"}, Time: exactly(16 * time.Minute)}
	p, err = Compile(s.m, "en")
	require.NoError(t, err)
	require.Empty(t, p.Warnings())
}

// Every law draws what it says: mean by simulation of the quantile function and
// in closed form, bounds kept, ascending in the uniform number.
func TestLaws(t *testing.T) {
	for _, c := range []struct {
		d    twin.Distribution
		mean float64
	}{
		{twin.Distribution{Law: "fixed", Value: 5}, 5},
		{twin.Distribution{Law: "exponential", Mean: 800}, 800},
		{twin.Distribution{Law: "exponential", Mean: 800, Min: 300}, 800},
		{twin.Distribution{Law: "exponential", Mean: 1, Max: 1}, 1 - 1/(math.E-1)}, // given that it is below its mean
		{twin.Distribution{Law: "uniform", Min: 400, Max: 1200}, 800},
		{twin.Distribution{Law: "normal", Mean: 50, SD: 5}, 50},
		{twin.Distribution{Law: "normal", Mean: 0.0001, SD: 1}, math.Sqrt(2 / math.Pi)}, // half normal: no time is below 0
		{twin.Distribution{Law: "lognormal", Mean: 800, SD: 400}, 800},
		{twin.Distribution{Law: "gamma", Mean: 800, SD: 400}, 800},
		{twin.Distribution{Law: "gamma", Mean: 800}, 800},
		{twin.Distribution{Law: "triangular", Min: 1, Mode: 2, Max: 6}, 3},
		{twin.Distribution{Law: "empirical", Sample: []float64{1, 2, 2, 7}}, 3},
		{twin.Distribution{Law: "uniform", Min: 1, Max: 3, Scale: 0.5}, 1},
	} {
		l, err := compileLaw(c.d)
		require.NoError(t, err)
		require.InDelta(t, c.mean, l.mean(), 0.002*c.mean, c.d.Law)
		const n = 20000
		sum, last := 0.0, -1.0
		for i := range n {
			x := l.quantile((float64(i) + 0.5) / n)
			require.GreaterOrEqual(t, x, last)
			require.GreaterOrEqual(t, x, c.d.Min*l.scale)
			if c.d.Max != 0 {
				require.LessOrEqual(t, x, c.d.Max*l.scale*(1+1e-9))
			}
			sum, last = sum+x, x
		}
		require.InDelta(t, c.mean, sum/n, 0.003*c.mean, c.d.Law)
	}
	for _, d := range []twin.Distribution{
		{}, {Law: "fixed", Value: -1}, {Law: "fixed", Value: math.NaN()}, {Law: "exponential"}, {Law: "exponential", Mean: 1, Min: 2},
		{Law: "uniform", Min: 2, Max: 1}, {Law: "normal", Mean: 10, SD: 0.001, Min: 50, Max: 60}, {Law: "triangular", Min: 1, Mode: 9, Max: 3},
		{Law: "empirical"}, {Law: "empirical", Sample: []float64{2, 1}}, {Law: "gamma", Mean: math.Inf(1), SD: 1}, {Law: "fixed", Value: 1e12},
	} {
		_, err := compileLaw(d)
		require.Error(t, err, "%+v", d)
	}
}
