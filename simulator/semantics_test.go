package simulator

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/twin"
)

const (
	hour   = time.Hour
	minute = time.Minute
)

// line is start ─▶ nodes ─▶ end; the nodes are drawn before.
func line(s *sketch, nodes ...string) *sketch {
	s.node("s", bpmn.StartEvent).node("e", bpmn.EndEvent)
	return s.flow(append(append([]string{"s"}, nodes...), "e")...)
}

func TestSubProcess(t *testing.T) {
	// Inside, two branches; the step after the sub-process waits for both.
	s := newSketch(exactly(10*hour)).task("B", exactly(hour)).sub("sub", func(s *sketch) {
		s.node("is", bpmn.StartEvent).node("f", bpmn.ParallelGateway).task("X", exactly(hour)).task("Y", exactly(3*hour)).
			node("ie", bpmn.EndEvent).flow("is", "f", "X", "ie").flow("f", "Y", "ie")
	})
	require.Equal(t, []string{"X() 1/10 1/10 1/11; Y() 1/10 1/10 1/13; B() 1/13 1/13 1/14"}, played(t, line(s, "sub", "B").m, 1))

	// Without events inside, it begins at what no flow comes to.
	s = newSketch(exactly(10*hour)).sub("sub", func(s *sketch) { s.task("X", exactly(hour)).task("Y", exactly(2*hour)) })
	require.Equal(t, []string{"X() 1/10 1/10 1/11; Y() 1/10 1/10 1/12"}, played(t, line(s, "sub").m, 1))

	// A terminate end ends the sub-process only.
	s = newSketch(exactly(10*hour)).task("B", exactly(hour)).sub("sub", func(s *sketch) {
		s.node("is", bpmn.StartEvent).node("f", bpmn.ParallelGateway).task("X", exactly(hour)).task("Y", exactly(3*hour)).
			event("t", bpmn.EndEvent, bpmn.TerminateTrigger, "").node("ie", bpmn.EndEvent).flow("is", "f", "X", "t").flow("f", "Y", "ie")
	})
	require.Equal(t, []string{"X() 1/10 1/10 1/11; B() 1/11 1/11 1/12"}, played(t, line(s, "sub", "B").m, 1))
}

func TestCallActivity(t *testing.T) {
	s := newSketch(exactly(10*hour)).node("call", bpmn.CallActivity).task("B", exactly(hour))
	s.p.Diagram.Node("call").Called = "check"
	line(s, "call", "B")
	called := newSketch(twin.Distribution{}).task("C", exactly(2*hour))
	line(called, "C")
	called.p.ID = "check"
	s.m.Processes = append(s.m.Processes, called.p)
	got := played(t, s.m, 1)
	require.Equal(t, []string{"C() 1/10 1/10 1/12; B() 1/12 1/12 1/13"}, got)

	// Calls in a circle, and of what is not there.
	called.p.Diagram.Node("C").Kind = bpmn.CallActivity
	called.p.Diagram.Node("C").Called = "p"
	delete(called.p.Tasks, "C")
	_, err := Compile(s.m, "en")
	require.ErrorContains(t, err, "call activities lead back to where they began: p/call → check/C")
	s.p.Diagram.Node("call").Called = "nothing"
	_, err = Compile(s.m, "en")
	require.ErrorContains(t, err, `it calls "nothing", which is no process of the model`)

	// A call with a time of its own is a task.
	s.m.Processes = s.m.Processes[:1]
	s.after("call", 30*minute)
	require.Equal(t, []string{"call() 1/10 1/10 1/10:30; B() 1/10:30 1/10:30 1/11:30"}, played(t, s.m, 1))
}

func TestBoundaryTimer(t *testing.T) {
	build := func(interrupts bool) *sketch {
		s := newSketch(exactly(10*hour)).pool("R", 1, "").task("A", exactly(5*hour), "R").task("remind", exactly(10*minute)).node("e2", bpmn.EndEvent).
			boundary("late", "A", bpmn.TimerTrigger, "", interrupts).after("late", 2*hour).flow("late", "remind", "e2")
		return line(s, "A")
	}
	require.Equal(t, []string{"remind() 1/12 1/12 1/12:10", "remind() 1/22 1/22 1/22:10"}, played(t, build(true).m, 2))
	require.Equal(t, []string{"remind() 1/12 1/12 1/12:10; A(R) 1/10 1/10 1/15"}, played(t, build(false).m, 1))

	// Who worked at what was interrupted is free, and worked two hours.
	_, st, err := LogAndStatistics(context.Background(), build(true).m, Config{Cases: 3})
	require.NoError(t, err)
	require.InDelta(t, 0.2, st.Pools[0].Utilisation(), 1e-9)

	// Again and again: a reminder every two hours.
	s := build(false)
	s.p.Diagram.Node("late").Timer = bpmn.Timer{Form: "timeCycle", Expression: "R/PT2H"}
	require.Equal(t, []string{"remind() 1/12 1/12 1/12:10; remind() 1/14 1/14 1/14:10; A(R) 1/10 1/10 1/15"}, played(t, s.m, 1))

	// What waits is interrupted too, and never begun by anybody.
	s = build(true)
	s.p.Arrivals.Between = exactly(hour)
	require.Equal(t, []string{"remind() 1/03 1/03 1/03:10", "remind() 1/04 1/04 1/04:10", "remind() 1/05 1/05 1/05:10"}, played(t, s.m, 3))
}

func TestBoundaryOfASubProcess(t *testing.T) {
	// The deadline ends all that goes on inside.
	s := newSketch(exactly(24*hour)).pool("R", 1, "").sub("sub", func(s *sketch) {
		s.node("is", bpmn.StartEvent).task("X", exactly(2*hour), "R").task("Y", exactly(10*hour), "R").node("ie", bpmn.EndEvent).flow("is", "X", "Y", "ie")
	}).boundary("late", "sub", bpmn.TimerTrigger, "", true).after("late", 5*hour).task("Z", exactly(hour), "R").node("e2", bpmn.EndEvent).flow("late", "Z", "e2")
	require.Equal(t, []string{"X(R) 2/00 2/00 2/02; Z(R) 2/05 2/05 2/06"}, played(t, line(s, "sub").m, 1))
}

// An error ends the scope that it is thrown in, up to the boundary that catches it
// by its cause, or any.
func TestErrors(t *testing.T) {
	build := func(thrown, caught string) *sketch {
		s := newSketch(exactly(10*hour)).sub("sub", func(s *sketch) {
			s.sub("inner", func(s *sketch) {
				s.node("is", bpmn.StartEvent).node("f", bpmn.ParallelGateway).task("X", exactly(hour)).task("Y", exactly(9*hour)).
					event("bad", bpmn.EndEvent, bpmn.ErrorTrigger, thrown).node("ie", bpmn.EndEvent).flow("is", "f", "X", "bad").flow("f", "Y", "ie")
			})
		}).boundary("catch", "sub", bpmn.ErrorTrigger, caught, true).task("repair", exactly(hour)).node("e2", bpmn.EndEvent).flow("catch", "repair", "e2")
		return line(s, "sub")
	}
	want := []string{"X() 1/10 1/10 1/11; repair() 1/11 1/11 1/12"}
	require.Equal(t, want, played(t, build("no plot", "no plot").m, 1))
	require.Equal(t, want, played(t, build("no plot", "").m, 1))
	s := build("no plot", "no money")
	require.Equal(t, []string{"X() 1/10 1/10 1/11"}, played(t, s.m, 1))
	st, err := Run(context.Background(), s.m, Config{Cases: 3})
	require.NoError(t, err)
	require.Equal(t, 3, st.All.Abandoned) // nothing caught it: the case fails
	require.Zero(t, st.All.Cycle.N)
}

func TestEscalation(t *testing.T) {
	build := func(interrupts bool) *sketch {
		s := newSketch(exactly(10*hour)).sub("sub", func(s *sketch) {
			s.node("is", bpmn.StartEvent).task("X", exactly(hour)).event("up", bpmn.IntermediateThrowEvent, bpmn.EscalationTrigger, "head").
				task("Y", exactly(2*hour)).node("ie", bpmn.EndEvent).flow("is", "X", "up", "Y", "ie")
		}).boundary("catch", "sub", bpmn.EscalationTrigger, "head", interrupts).task("decide", exactly(30*minute)).node("e2", bpmn.EndEvent).flow("catch", "decide", "e2")
		return line(s, "sub")
	}
	require.Equal(t, []string{"X() 1/10 1/10 1/11; decide() 1/11 1/11 1/11:30; Y() 1/11 1/11 1/13"}, played(t, build(false).m, 1))
	require.Equal(t, []string{"X() 1/10 1/10 1/11; decide() 1/11 1/11 1/11:30"}, played(t, build(true).m, 1))
}

func TestEventSubProcess(t *testing.T) {
	build := func(interrupts bool, trigger bpmn.Trigger) *sketch {
		s := newSketch(exactly(10*hour)).task("A", exactly(5*hour)).event("bad", bpmn.EndEvent, bpmn.ErrorTrigger, "x").node("g", bpmn.ExclusiveGateway).
			sub("react", func(s *sketch) {
				s.event("rs", bpmn.StartEvent, trigger, "x").task("R", exactly(hour)).node("re", bpmn.EndEvent).flow("rs", "R", "re")
				s.p.Diagram.Node("rs").NonInterrupting = !interrupts
			}).flow("g", "bad")
		s.p.Diagram.Node("react").EventSub = true
		s.p.Branches = map[string]float64{"g-bad": 0, "g-e": 1}
		if trigger == bpmn.TimerTrigger {
			s.after("rs", 2*hour)
		} else {
			s.p.Branches = map[string]float64{"g-bad": 1, "g-e": 0}
		}
		return line(s, "A", "g")
	}
	require.Equal(t, []string{"R() 1/12 1/12 1/13; A() 1/10 1/10 1/15"}, played(t, build(false, bpmn.TimerTrigger).m, 1))
	require.Equal(t, []string{"R() 1/12 1/12 1/13"}, played(t, build(true, bpmn.TimerTrigger).m, 1))
	require.Equal(t, []string{"A() 1/10 1/10 1/15; R() 1/15 1/15 1/16"}, played(t, build(true, bpmn.ErrorTrigger).m, 1))
}

func TestInstances(t *testing.T) {
	s := line(newSketch(exactly(20*hour)).pool("R", 2, "").task("A", exactly(hour), "R"), "A")
	s.loop("A", bpmn.ParallelInstances, twin.Repeat{Instances: map[int]float64{3: 1}})
	require.Equal(t, []string{"A(R 1) 1/20 1/20 1/21; A(R 2) 1/20 1/20 1/21; A(R 1) 1/20 1/21 1/22"}, played(t, s.m, 1))
	s.loop("A", bpmn.SequentialInstances, twin.Repeat{Instances: map[int]float64{3: 1}})
	require.Equal(t, []string{"A(R 1) 1/20 1/20 1/21; A(R 2) 1/21 1/21 1/22; A(R 1) 1/22 1/22 1/23"}, played(t, s.m, 1))
	// Two of three are enough: the third is cancelled.
	s.loop("A", bpmn.ParallelInstances, twin.Repeat{Instances: map[int]float64{3: 1}, Enough: 2})
	require.Equal(t, []string{"A(R 1) 1/20 1/20 1/21; A(R 2) 1/20 1/20 1/21"}, played(t, s.m, 1))
	s.loop("A", bpmn.ParallelInstances, twin.Repeat{Instances: map[int]float64{0: 1}})
	st, err := Run(context.Background(), s.m, Config{Cases: 2})
	require.NoError(t, err)
	require.Zero(t, st.All.Cycle.Max)

	// As many as the case has plots.
	s.p.Attributes = []twin.Attribute{{ID: "plots", Number: twin.Distribution{Law: "fixed", Value: 2}}}
	s.loop("A", bpmn.SequentialInstances, twin.Repeat{Attribute: "plots"})
	require.Len(t, strings.Split(played(t, s.m, 1)[0], ";"), 2)

	// A repeated sub-process has its own counters in each instance.
	s = newSketch(exactly(20*hour)).sub("sub", func(s *sketch) {
		s.node("is", bpmn.StartEvent).node("f", bpmn.ParallelGateway).task("X", exactly(hour)).task("Y", exactly(2*hour)).
			node("j", bpmn.ParallelGateway).node("ie", bpmn.EndEvent).flow("is", "f", "X", "j", "ie").flow("f", "Y", "j")
	})
	line(s, "sub").loop("sub", bpmn.ParallelInstances, twin.Repeat{Instances: map[int]float64{2: 1}})
	st, err = Run(context.Background(), s.m, Config{Cases: 5})
	require.NoError(t, err)
	balanced(t, st)
	require.Equal(t, 2*hour, st.All.Cycle.Max)
	require.Equal(t, 10, st.Activities[0].Waiting.N)
}

// A loop is gone round again with a falling probability: 1/2, 1/4, 1/8 …, so that
// the mean number of rounds is 1 + 1/2 + 1/2·1/4 + 1/2·1/4·1/8 + …
func TestLoop(t *testing.T) {
	s := line(newSketch(exactly(hour)).task("A", exactly(minute)), "A")
	s.loop("A", bpmn.StandardLoop, twin.Repeat{Again: 0.5, Decay: 0.5})
	st, err := Run(context.Background(), s.m, Config{Cases: 40000})
	require.NoError(t, err)
	want := 1 + 1.0/2 + 1.0/8 + 1.0/64 + 1.0/1024 + 1.0/32768
	require.InDelta(t, want, float64(st.Activities[0].Waiting.N)/40000, 0.01)
	s.loop("A", bpmn.StandardLoop, twin.Repeat{Again: 1, Most: 4})
	st, err = Run(context.Background(), s.m, Config{Cases: 10})
	require.NoError(t, err)
	require.Equal(t, 40, st.Activities[0].Waiting.N)
	s.loop("A", bpmn.StandardLoop, twin.Repeat{Again: 1})
	_, err = Compile(s.m, "en")
	require.ErrorContains(t, err, "the loop never ends")
}

// The share of a rework that falls by half with every return.
func TestDecay(t *testing.T) {
	s := newSketch(exactly(hour)).node("m", bpmn.ExclusiveGateway).task("A", exactly(minute)).node("x", bpmn.ExclusiveGateway).flow("x", "m")
	line(s, "m", "A", "x")
	s.p.Branches = map[string]float64{"x-m": 0.5, "x-e": 0.5}
	s.p.Decay = map[string]float64{"x-m": 0.5}
	st, err := Run(context.Background(), s.m, Config{Cases: 40000})
	require.NoError(t, err)
	want := 1 + 1.0/2 + 1.0/8 + 1.0/64 + 1.0/1024 + 1.0/32768
	require.InDelta(t, want, float64(st.Activities[0].Waiting.N)/40000, 0.01)
}

// Branches by attributes and by what happened in the case.
func TestRules(t *testing.T) {
	s := newSketch(exactly(hour)).task("portal", exactly(minute)).task("desk", exactly(minute)).node("x", bpmn.ExclusiveGateway).node("e2", bpmn.EndEvent).
		flow("x", "desk", "e2")
	line(s, "x", "portal")
	s.p.Attributes = []twin.Attribute{{ID: "channel", Shares: map[string]float64{"portal": 0.3, "desk": 0.7}}, {ID: "area", Number: twin.Distribution{Law: "uniform", Max: 10}}}
	limit := 5.0
	s.p.Rules = map[string]twin.Rule{"x-portal": {{{Attribute: "channel", Is: []string{"portal"}}, {Attribute: "area", Below: &limit}}}}
	l, st, err := LogAndStatistics(context.Background(), s.m, Config{Cases: 20000})
	require.NoError(t, err)
	require.InDelta(t, 0.15, float64(st.Activities[0].Waiting.N)/20000, 0.01)
	for i := range 200 {
		c := l.Case(i)
		channel, _ := c.Attribute("channel")
		area, _ := c.Attribute("area")
		want := "desk"
		if channel.String() == "portal" && area.Float() < 5 {
			want = "portal"
		}
		require.Equal(t, want, c.Event(0).Activity)
	}
	s.p.Rules["x-desk"] = twin.Rule{{{Attribute: "channel", Is: []string{"counter"}}}}
	_, err = Compile(s.m, "en")
	require.ErrorContains(t, err, `found the value "counter", wanted one of ["desk" "portal"]`)
	require.ErrorContains(t, err, "every flow has a rule")

	// Three times round, then on.
	s = newSketch(exactly(hour)).node("m", bpmn.ExclusiveGateway).task("A", exactly(minute)).node("x", bpmn.ExclusiveGateway).flow("x", "m")
	line(s, "m", "A", "x")
	s.p.Rules = map[string]twin.Rule{"x-m": {{{Node: "A", Times: 3, Not: true}}}}
	st, err = Run(context.Background(), s.m, Config{Cases: 10})
	require.NoError(t, err)
	require.Equal(t, 30, st.Activities[0].Waiting.N)
}

// Two bodies: the one asks, the other answers, the first goes on with the answer.
func TestMessages(t *testing.T) {
	ours := newSketch(exactly(10*hour)).task("prepare", exactly(hour)).event("ask", bpmn.IntermediateThrowEvent, bpmn.MessageTrigger, "request").
		event("answer", bpmn.IntermediateCatchEvent, bpmn.MessageTrigger, "reply")
	line(ours, "prepare", "ask", "answer")
	theirs := newSketch(twin.Distribution{}).event("s", bpmn.StartEvent, bpmn.MessageTrigger, "request").task("look", exactly(2*hour)).
		event("e", bpmn.EndEvent, bpmn.MessageTrigger, "reply").flow("s", "look", "e")
	theirs.p.ID = "theirs"
	ours.m.Processes = append(ours.m.Processes, theirs.p)
	require.Equal(t, []string{
		"prepare() 1/10 1/10 1/11; answer() 1/11 1/11 1/13", "look() 1/11 1/11 1/13",
		"prepare() 1/20 1/20 1/21; answer() 1/21 1/21 1/23", "look() 1/21 1/21 1/23"}, played(t, ours.m, 2))

	// The answer of the other races a deadline.
	race := newSketch(exactly(10*hour)).event("ask", bpmn.IntermediateThrowEvent, bpmn.MessageTrigger, "request").node("g", bpmn.EventBasedGateway).
		event("answer", bpmn.IntermediateCatchEvent, bpmn.MessageTrigger, "reply").event("deadline", bpmn.IntermediateCatchEvent, bpmn.TimerTrigger, "").
		after("deadline", 90*minute).node("e2", bpmn.EndEvent).flow("g", "deadline", "e2")
	line(race, "ask", "g", "answer")
	race.m.Processes = append(race.m.Processes, theirs.p)
	require.Equal(t, []string{"deadline() 1/10 1/10 1/11:30", "look() 1/10 1/10 1/12"}, played(t, race.m, 1))
	race.after("deadline", 3*hour)
	require.Equal(t, []string{"answer() 1/10 1/10 1/12", "look() 1/10 1/10 1/12"}, played(t, race.m, 1))

	// Nobody sends what is waited for.
	theirs.p.Diagram.Node("e").Trigger = bpmn.NoTrigger
	_, err := Compile(ours.m, "en")
	require.ErrorContains(t, err, `"answer": no process of the model sends the message that it waits for`)

	// One that is sent only sometimes: the case that waits for it in vain is told.
	theirs.p.Diagram.Node("look").Kind = bpmn.UserTask
	theirs.node("x", bpmn.ExclusiveGateway).event("no", bpmn.EndEvent, bpmn.NoTrigger, "")
	theirs.p.Diagram.Flows = nil
	theirs.flow("s", "look", "x", "e").flow("x", "no")
	theirs.p.Diagram.Node("e").Trigger = bpmn.MessageTrigger
	theirs.p.Branches = map[string]float64{"x-e": 0.5, "x-no": 0.5}
	_, err = Run(context.Background(), ours.m, Config{Cases: 20})
	require.ErrorContains(t, err, `waits at "answer" for a message that no case it talks with will send`)
}

// The clock of the law stands still while the applicant is asked for papers.
func TestSuspension(t *testing.T) {
	s := newSketch(exactly(10*hour)).task("ask", exactly(72*hour)).task("A", exactly(hour))
	line(s, "ask", "A").change("ask", func(t *twin.Task) { t.Suspends = true })
	s.p.Limit = &twin.Limit{Days: 5, Unit: "calendar-day", Calendar: "office"}
	due := func() time.Time {
		l, st, err := LogAndStatistics(context.Background(), s.m, Config{Cases: 1})
		require.NoError(t, err)
		require.Equal(t, 72*hour, st.All.Suspended.Max)
		v, _ := l.Case(0).Attribute(DueKey)
		return v.Stamp().Go()
	}
	day := func(d int) time.Time { return time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC) }
	require.Equal(t, day(10), due()) // from the 1st to the 4th: three days more than the 7th
	s.p.Limit.Unit = "working-day"   // due on the 9th: the working days after the 1st up to the 4th are three
	require.Equal(t, day(12), due())
}

func TestBatches(t *testing.T) {
	build := func(b twin.Batch) *sketch {
		s := line(newSketch(exactly(hour)).pool("R", 1, "").task("A", exactly(hour), "R"), "A")
		return s.change("A", func(t *twin.Task) { t.Batch = &b })
	}
	// Three at a time, one after the other.
	require.Equal(t, []string{"A(R) 1/01 1/03 1/04", "A(R) 1/02 1/04 1/05", "A(R) 1/03 1/05 1/06", "A(R) 1/04 1/06 1/07"}, played(t, build(twin.Batch{Size: 3}).m, 4))
	// As one piece of work at half the effort: an hour and a half, half an hour each.
	require.Equal(t, []string{"A(R) 1/01 1/03 1/04:30", "A(R) 1/02 1/03 1/04:30", "A(R) 1/03 1/03 1/04:30"}, played(t, build(twin.Batch{Size: 3, Together: true, Factor: 0.5}).m, 3))
	_, st, err := LogAndStatistics(context.Background(), build(twin.Batch{Size: 3, Together: true, Factor: 0.5}).m, Config{Cases: 3})
	require.NoError(t, err)
	require.Equal(t, 90*minute, st.All.Labour.Max*3)
	// No longer than ninety minutes for the first.
	require.Equal(t, []string{"A(R) 1/01 1/02:30 1/03:30", "A(R) 1/02 1/03:30 1/04:30", "A(R) 1/03 1/04:30 1/05:30"}, played(t, build(twin.Batch{Size: 9, Wait: 5400}).m, 3))
	// At five, as one.
	require.Equal(t, []string{"A(R) 1/01 1/05 1/10", "A(R) 1/02 1/05 1/10"}, played(t, build(twin.Batch{Days: []time.Weekday{1, 2, 3, 4, 5}, At: 5 * hour, Together: true}).m, 2))
	// A case that goes away leaves the batch.
	s := build(twin.Batch{Size: 3, Together: true})
	s.boundary("late", "A", bpmn.TimerTrigger, "", true).after("late", 150*minute).node("e2", bpmn.EndEvent).flow("late", "e2")
	s.p.Arrivals.Between = exactly(2 * hour)
	st, err = Run(context.Background(), s.m, Config{Cases: 10})
	require.NoError(t, err)
	require.Zero(t, st.Activities[0].Waiting.N) // two hours apart, three never meet
	balanced(t, st)
}

func TestPriorities(t *testing.T) {
	build := func(preempt bool) *sketch {
		s := line(newSketch(exactly(hour)).pool("R", 1, "").task("A", exactly(3*hour), "R"), "A")
		s.m.Pools[0].Queue, s.m.Pools[0].Preempt = twin.MostUrgent, preempt
		s.p.Attributes = []twin.Attribute{{ID: "order", Number: twin.Distribution{Law: "fixed", Value: 1}}}
		other := *s.p
		other.ID, other.Priorities = "q", []twin.Priority{{Level: 1}}
		other.Arrivals.Between = exactly(150 * minute)
		other.Tasks = map[string]twin.Task{"A": {Pools: []string{"R"}, Time: exactly(hour)}}
		s.m.Processes = append(s.m.Processes, &other)
		return s
	}
	require.Equal(t, []string{"A(R) 1/01 1/01 1/04", "A(R) 1/02 1/06 1/09", "A(R) 1/02:30 1/04 1/05"}, played(t, build(false).m, 3))
	// The urgent file interrupts the other, which then goes on where it stopped.
	require.Equal(t, []string{"A(R) 1/01 1/01 1/05", "A(R) 1/02 1/06 1/10", "A(R) 1/02:30 1/02:30 1/03:30"}, played(t, build(true).m, 3))
	st, err := Run(context.Background(), build(true).m, Config{Cases: 3})
	require.NoError(t, err)
	require.Equal(t, 3*hour, st.Processes[0].Figures.Labour.Max)

	// Urgent work that fills all time starves the rest: the run says so.
	s := build(true)
	s.p.Arrivals.Between = exactly(1000 * hour)
	s.m.Processes[1].Tasks["A"] = twin.Task{Pools: []string{"R"}, Time: exactly(151 * minute)}
	_, err = Run(context.Background(), s.m, Config{Cases: 900})
	require.ErrorContains(t, err, "years of simulated time have passed")
}

func TestShortestFirst(t *testing.T) {
	s := line(newSketch(exactly(hour)).pool("R", 1, "").task("A", twin.Distribution{Law: "uniform", Min: 3600, Max: 4 * 3600}, "R"), "A")
	mean := func(q twin.Queue) float64 {
		s.m.Pools[0].Queue = q
		s.p.Arrivals.Between = expo(2.8 * 3600)
		st, err := Run(context.Background(), s.m, Config{Cases: 20000, Warmup: 1000})
		require.NoError(t, err)
		balanced(t, st)
		return st.All.Waiting.Mean()
	}
	require.Less(t, mean(twin.Shortest), 0.9*mean(twin.FIFO))
}

func TestOffShift(t *testing.T) {
	build := func(o twin.OffShift) *twin.Model {
		s := line(newSketch(exactly(15*hour)).task("A", exactly(4*hour), "R"), "A")
		s.m.Pools = []twin.Pool{{ID: "R", OffShift: o, Members: []twin.Member{{ID: "early", Calendar: "office"}, {ID: "late", Calendar: "late"}}}}
		return s.m
	}
	require.Equal(t, "A(early) 1/15 1/15 2/11", played(t, build(twin.Pause), 1)[0])
	require.Equal(t, "A(early) 1/15 1/15 1/19", played(t, build(twin.Finish), 1)[0])
	require.Equal(t, "A(late) 1/15 1/15 1/19", played(t, build(twin.HandOn), 1)[0])
	require.Equal(t, "A(late) 1/15 1/15 1/19", played(t, build(twin.FitOnly), 1)[0])
	st, err := Run(context.Background(), build(twin.HandOn), Config{Cases: 1})
	require.NoError(t, err)
	require.Equal(t, 4*hour, st.All.Labour.Max)
	// Longer than any shift: begun at the beginning of one.
	m := build(twin.FitOnly)
	m.Processes[0].Tasks["A"] = twin.Task{Pools: []string{"R"}, Time: exactly(9 * hour)}
	require.Equal(t, "A(early) 1/15 2/09 3/10", played(t, m, 1)[0])
}

func TestSkillsPaceAndAbsence(t *testing.T) {
	s := newSketch(exactly(hour)).task("A", exactly(2*hour), "R").task("B", exactly(2*hour), "R").node("x", bpmn.ExclusiveGateway).node("e2", bpmn.EndEvent).flow("x", "B", "e2")
	line(s, "x", "A")
	s.m.Pools = []twin.Pool{{ID: "R", Members: []twin.Member{{ID: "junior", Skills: map[string]int{"law": 1}}, {ID: "senior", Skills: map[string]int{"law": 3}, Efficiency: 2}}}}
	s.p.Rules = map[string]twin.Rule{"x-B": {{{Node: "x", Times: 9}}}} // never
	s.change("A", func(t *twin.Task) { t.Skill, t.Level = "law", 2 })
	require.Equal(t, []string{"A(senior) 1/01 1/01 1/02", "A(senior) 1/02 1/02 1/03"}, played(t, s.m, 2))
	// The head of the queue waits for the senior; what the junior can do passes it.
	s.p.Attributes = []twin.Attribute{{ID: "k", Shares: map[string]float64{"a": 1}}}
	s.change("A", func(t *twin.Task) { t.Time = exactly(6 * hour) })
	other := *s.p
	other.ID, other.Rules = "q", map[string]twin.Rule{"x-B": {{{Attribute: "k", Is: []string{"a"}}}}}
	other.Arrivals.Between = exactly(150 * minute)
	s.m.Processes = append(s.m.Processes, &other)
	got := played(t, s.m, 3)
	require.Equal(t, []string{"A(senior) 1/01 1/01 1/04", "A(senior) 1/02 1/04 1/07", "B(junior) 1/02:30 1/02:30 1/04:30"}, got)
	s.change("A", func(t *twin.Task) { t.Level = 9 })
	_, err := Compile(s.m, "en")
	require.ErrorContains(t, err, `nobody in its pools has the skill "law" at level 9`)

	// On leave for two days.
	s = line(newSketch(exactly(10*hour)).task("A", exactly(hour), "R"), "A")
	off := calendar.Period{First: calendar.NewDate(2024, 1, 1), Last: calendar.NewDate(2024, 1, 2)}
	s.m.Pools = []twin.Pool{{ID: "R", Members: []twin.Member{{ID: "Anna", Calendar: "office", Absent: []calendar.Period{off}}}}}
	require.Equal(t, []string{"A(Anna) 1/10 3/09 3/10"}, played(t, s.m, 1))
}

// One person in two pools is one person.
func TestPersonOfTwoPools(t *testing.T) {
	s := newSketch(exactly(10*hour)).node("f", bpmn.ParallelGateway).task("A", exactly(hour), "P").task("B", exactly(hour), "Q").node("e2", bpmn.EndEvent).flow("f", "B", "e2")
	line(s, "f", "A")
	s.m.Pools = []twin.Pool{{ID: "P", Members: []twin.Member{{ID: "Anna"}}}, {ID: "Q", Members: []twin.Member{{ID: "Anna"}}}}
	require.Equal(t, []string{"A(Anna) 1/10 1/10 1/11; B(Anna) 1/10 1/11 1/12"}, played(t, s.m, 1))
	s.m.Pools[1].Calendar = "office"
	_, err := Compile(s.m, "en")
	require.ErrorContains(t, err, "keep different hours")
}

// Three at once: each goes at a third of the pace while three are at hand.
func TestSharing(t *testing.T) {
	s := line(newSketch(exactly(hour)).pool("R", 1, "").task("A", exactly(2*hour), "R"), "A")
	s.m.Pools[0].AtOnce = 2
	// 1:00 first alone; 2:00 two share, the first has an hour left: done at 4:00; the
	// second has then an hour left, and the third, which waited, begins.
	require.Equal(t, []string{"A(R) 1/01 1/01 1/04", "A(R) 1/02 1/02 1/06", "A(R) 1/03 1/04 1/08"}, played(t, s.m, 3))
	st, err := Run(context.Background(), s.m, Config{Cases: 3})
	require.NoError(t, err)
	require.Equal(t, 6*3600.0, st.All.Labour.Sum.Seconds())
	s.m.Pools[0].AtOnce = twin.Unlimited
	require.Equal(t, "A(R) 1/03 1/03 ", played(t, s.m, 3)[2][:15])
}

func TestSetUp(t *testing.T) {
	s := newSketch(exactly(24*hour)).pool("R", 1, "").task("A", exactly(hour), "R").task("B", exactly(hour), "R").task("C", exactly(hour), "R")
	line(s, "A", "B", "C")
	s.p.Diagram.Node("C").Name = "B" // the same activity
	for _, id := range []string{"A", "B", "C"} {
		s.change(id, func(t *twin.Task) { t.SetUp = exactly(30 * minute) })
	}
	require.Equal(t, []string{"A(R) 2/00 2/00 2/01:30; B(R) 2/01:30 2/01:30 2/03; B(R) 2/03 2/03 2/04"}, played(t, s.m, 1))
}

func TestAbandonment(t *testing.T) {
	s := line(newSketch(exactly(hour)).pool("R", 1, "").task("A", exactly(150*minute), "R"), "A")
	s.change("A", func(t *twin.Task) { t.Patience = exactly(2 * hour) })
	// 1:00 served to 3:30; 2:00 begins at 3:30 to 6:00; 3:00 gives up at 5:00; 4:00 gives
	// up at 6:00, when the clerk is free: whose patience ends then goes.
	l, st, err := LogAndStatistics(context.Background(), s.m, Config{Cases: 4})
	require.NoError(t, err)
	require.Equal(t, 2, st.All.Abandoned)
	require.Equal(t, 2, st.All.Cycle.N)
	require.Equal(t, 4, l.Cases())
	balanced(t, st)
	// Room for one: whoever finds one waiting is turned away at once.
	room := 1
	s.change("A", func(t *twin.Task) { t.Patience, t.Room = twin.Distribution{}, &room })
	st, err = Run(context.Background(), s.m, Config{Cases: 5})
	require.NoError(t, err)
	require.Equal(t, 2, st.All.Abandoned) // of 1 … 5 o'clock: 3 and 5
	// The entry lets two in at once.
	s.change("A", func(t *twin.Task) { t.Room, t.Pools = nil, nil })
	s.p.MostAtOnce = 2
	require.Equal(t, []string{"A() 1/01 1/01 1/03:30", "A() 1/02 1/02 1/04:30", "A() 1/03:30 1/03:30 1/06"}, played(t, s.m, 3))
}

// What is done costs: the hours of people, and the tasks.
func TestCost(t *testing.T) {
	s := line(newSketch(exactly(10*hour)).pool("R", 1, "").task("A", exactly(2*hour), "R"), "A")
	s.m.Pools[0].CostPerHour = 500
	s.change("A", func(t *twin.Task) { t.Cost = 30 })
	st, err := Run(context.Background(), s.m, Config{Cases: 3})
	require.NoError(t, err)
	require.Equal(t, 3, st.All.Cost.N)
	require.InDelta(t, 1030, st.All.Cost.Mean(), 1e-9)
}

// The rate of arrivals follows the hour of the week and surges; a report comes
// every Monday.
func TestArrivalWeights(t *testing.T) {
	s := line(newSketch(expo(1800)).task("A", exactly(minute)), "A")
	for h := 9; h < 17; h++ {
		for d := 1; d <= 5; d++ {
			s.p.Arrivals.Hours[24*d+h] = 1
		}
	}
	s.p.Arrivals.Hours[24*2+10] = 3
	s.p.Arrivals.Surges = []twin.Surge{{Period: calendar.Period{First: calendar.NewDate(2024, 3, 4), Last: calendar.NewDate(2024, 3, 8)}, Factor: 4}}
	s.m.Days = 364
	l, err := Log(context.Background(), s.m, Config{})
	require.NoError(t, err)
	var hours [168]float64
	surge, all := 0.0, 0.0
	for _, c := range l.All() {
		at := c.First().Go()
		if calendar.DateOf(at) >= calendar.NewDate(2024, 3, 4) && calendar.DateOf(at) <= calendar.NewDate(2024, 3, 8) {
			surge++
			continue
		}
		all++
		hours[hourOfWeek(at)]++
	}
	for h, n := range hours {
		if s.p.Arrivals.Hours[h] == 0 {
			require.Zero(t, n)
		}
	}
	require.InDelta(t, 51*336, all, 4*math.Sqrt(51*336)) // 336 a week, whatever their hours
	require.InDelta(t, 4*336, surge, 5*math.Sqrt(4*336))
	require.InDelta(t, 3, hours[24*2+10]/(all-hours[24*2+10])*39, 0.3)

	s.p.Arrivals = twin.Arrivals{Moments: &twin.Batch{Days: []time.Weekday{time.Monday}, At: 9 * hour}}
	require.Equal(t, []string{"A() 1/09 1/09 1/09:01", "A() 8/09 8/09 8/09:01"}, played(t, s.m, 2))
}

// Cases under way when the run begins go on from where they are.
func TestOpenCases(t *testing.T) {
	s := newSketch(exactly(1000*hour)).pool("R", 1, "").task("A", exactly(2*hour), "R").task("wait", exactly(10*hour)).sub("sub", func(s *sketch) {
		s.node("is", bpmn.StartEvent).task("X", exactly(hour), "R").node("ie", bpmn.EndEvent).flow("is", "X", "ie")
	})
	line(s, "A", "wait", "sub")
	s.p.Limit = &twin.Limit{Days: 3, Unit: "calendar-day"}
	at := func(d, h int) time.Time { return time.Date(2023, 12, d, h, 0, 0, 0, time.UTC) }
	open := []OpenCase{
		{Process: "p", Arrival: at(30, 10), At: []Position{{Node: "A", Since: at(30, 10)}}},
		{Process: "p", Arrival: at(28, 10), At: []Position{{Node: "wait", Since: at(31, 20)}}},
		{Process: "p", Arrival: at(29, 10), At: []Position{{Node: "X"}}},
		{Process: "p", Arrival: at(31, 10), At: []Position{{Node: "A", Done: true}}},
	}
	l, st, err := LogAndStatistics(context.Background(), s.m, Config{Duration: hour, Open: open, Language: "en"})
	require.NoError(t, err)
	balanced(t, st)
	require.Equal(t, 4, l.Cases())
	require.Equal(t, 1, st.All.Overdue) // of the 28th, due by the end of the 31st
	row := func(i, k int) string {
		e := l.Case(i).Event(k)
		return e.Activity + " " + e.Enabled.Go().Format("02/15") + " " + e.Start.Go().Format("02/15") + " " + e.Time.Go().Format("02/15")
	}
	require.Equal(t, "A 30/10 01/00 01/02", row(0, 0))
	require.Equal(t, "wait 31/20 31/20 01/06", row(1, 0)) // four of its ten hours were over
	require.Equal(t, "X 01/00 01/02 01/03", row(2, 0))
	require.Equal(t, "wait 01/00 01/00 01/10", row(3, 0))

	open[0].At[0].Node, open[1].Process, open[2].Arrival, open[3].At = "Z", "q", at(31, 10).AddDate(1, 0, 0), nil
	_, err = Run(context.Background(), s.m, Config{Duration: hour, Open: open})
	for _, want := range []string{`open case "1": found the node "Z"`, `open case "2": found the process "q"`, `open case "3": it arrived`, `open case "4": it is nowhere`} {
		require.ErrorContains(t, err, want)
	}
}
