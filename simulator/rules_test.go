package simulator

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/twin"
)

// played simulates n cases and returns the rows of the log, a case a line:
// "activity(resource) enabled start complete; …", as day of January and hour.
func played(t *testing.T, m *twin.Model, n int) []string {
	t.Helper()
	l, s, err := LogAndStatistics(context.Background(), m, Config{Cases: n, Language: "en"})
	require.NoError(t, err)
	balanced(t, s)
	clock := func(x time.Time) string {
		if x.Minute() == 0 {
			return x.Format("2/15")
		}
		return x.Format("2/15:04")
	}
	var out []string
	for _, c := range l.All() {
		var rows []string
		for i := range c.Len() {
			e := c.Event(i)
			rows = append(rows, fmt.Sprintf("%s(%s) %s %s %s", e.Activity, e.Resource, clock(e.Enabled.Go()), clock(e.Start.Go()), clock(e.Time.Go())))
		}
		out = append(out, strings.Join(rows, "; "))
	}
	return out
}

func TestWorkGoesOnAtTheNextOpening(t *testing.T) {
	s := one(exactly(5*time.Hour), exactly(4*time.Hour), 1, "office")
	s.p.Arrivals.Calendar = "office"
	require.Equal(t, []string{
		"A(R) 1/14 1/14 2/10", // three hours on Monday, one on Tuesday
		"A(R) 2/11 2/11 2/15",
		"A(R) 2/16 2/16 3/12",
	}, played(t, s.m, 3))
}

func TestArrivalAtClosingIsArrivalAtTheNextOpening(t *testing.T) {
	s := one(exactly(8*time.Hour), exactly(8*time.Hour), 1, "office")
	s.p.Arrivals.Calendar = "office"
	require.Equal(t, []string{"A(R) 2/09 2/09 2/17", "A(R) 3/09 3/09 3/17", "A(R) 4/09 4/09 4/17", "A(R) 5/09 5/09 5/17", "A(R) 8/09 8/09 8/17"}, played(t, s.m, 5))
}

// On the wall clock a gap runs on at night; what would arrive then comes at the
// opening.
func TestArrivalsOnTheWallClock(t *testing.T) {
	s := one(exactly(6*time.Hour), exactly(time.Hour), 1, "office")
	s.p.Arrivals.Calendar, s.p.Arrivals.OnWallClock = "office", true
	require.Equal(t, []string{"A(R) 1/09 1/09 1/10", "A(R) 1/15 1/15 1/16", "A(R) 2/09 2/09 2/10"}, played(t, s.m, 3))
}

// Nobody off shift is given work; among those on shift the longest idle takes it.
func TestShifts(t *testing.T) {
	s := one(exactly(3*time.Hour), exactly(time.Hour), 0, "")
	s.m.Pools[0].Members = []twin.Member{{ID: "early", Calendar: "office"}, {ID: "late", Calendar: "late"}}
	require.Equal(t, []string{
		"A(early) 1/03 1/09 1/10",
		"A(early) 1/06 1/10 1/11",
		"A(early) 1/09 1/11 1/12",
		"A(early) 1/12 1/12 1/13",
		"A(late) 1/15 1/15 1/16", // both on shift, late has been idle longer
		"A(late) 1/18 1/18 1/19", // early has gone home
		"A(early) 1/21 2/09 2/10",
	}, played(t, s.m, 7))
}

// Two processes share a clerk; by due date the one with the shorter limit goes
// first, though it came later.
func TestEarliestDueDateOverProcesses(t *testing.T) {
	build := func(q twin.Queue) *twin.Model {
		s := one(exactly(10*time.Hour), exactly(2*time.Hour), 1, "")
		s.m.Pools[0].Queue = q
		s.p.Limit = &twin.Limit{Days: 30, Unit: "calendar-day"}
		s.p.Tasks["A"] = twin.Task{Pools: []string{"R"}, Time: exactly(2 * time.Hour), Batch: &twin.Batch{At: 15 * time.Hour}}
		other := *s.p
		other.ID, other.Limit = "q", &twin.Limit{Days: 5, Unit: "calendar-day"}
		other.Arrivals.Between = exactly(11 * time.Hour)
		s.m.Processes = append(s.m.Processes, &other)
		return s.m
	}
	// Released together at 15:00: p (came 10:00), q (came 11:00).
	require.Equal(t, []string{"A(R) 1/10 1/15 1/17", "A(R) 1/11 1/17 1/19"}, played(t, build(twin.FIFO), 2))
	require.Equal(t, []string{"A(R) 1/10 1/17 1/19", "A(R) 1/11 1/15 1/17"}, played(t, build(twin.EarliestDue), 2))
}

// The signing day is Friday; 5 January 2024 is a holiday, and so are the days
// up to the 8th: what waits is signed on Tuesday the 9th.
func TestBatchMovesOffHolidays(t *testing.T) {
	s := one(exactly(26*time.Hour), exactly(time.Hour), 3, "")
	s.m.Calendars = append(s.m.Calendars, twin.Calendar{ID: "state", Production: true,
		Week: []twin.Interval{{From: time.Monday, To: time.Friday, Begin: 9 * time.Hour, End: 18 * time.Hour}}})
	s.p.Tasks["A"] = twin.Task{Pools: []string{"R"}, Time: exactly(time.Hour),
		Batch: &twin.Batch{Days: []time.Weekday{time.Friday}, At: 16 * time.Hour, Calendar: "state"}}
	got := played(t, s.m, 9)
	require.Equal(t, "A(R 1) 2/02 9/16 9/17", got[0])
	require.Equal(t, "A(R 3) 4/06 9/16 9/17", got[2])
	require.Equal(t, "A(R 3) 10/18 12/16 12/17", got[8]) // the next Friday

	// Out of turn: two working days before the control date the file goes at once.
	s.p.Limit = &twin.Limit{Days: 3, Unit: "working-day", Calendar: "state"}
	s.p.Tasks["A"].Batch.OutOfTurn = &twin.Release{WorkingDays: 2, Calendar: "state"}
	got = played(t, s.m, 9)
	require.Equal(t, "A(R 1) 2/02 9/16 9/17", got[0])    // due on the 11th: early from the 10th, the batch is before
	require.Equal(t, "A(R 3) 10/18 12/00 12/01", got[8]) // due on the 15th: its last two days are the 12th and 15th
}

func TestReleaseBeforeTheControlDate(t *testing.T) {
	s := one(exactly(time.Hour), exactly(time.Hour), 1, "office")
	s.p.Limit = &twin.Limit{Days: 10, Unit: "calendar-day", ControlDays: 0}
	play := func(days float64, control int) string {
		s.p.Limit.ControlDays = control
		s.p.Tasks["A"] = twin.Task{Pools: []string{"R"}, Time: exactly(time.Hour), NotBefore: &twin.Release{WorkingDays: days, Calendar: "office"}}
		return played(t, s.m, 1)[0]
	}
	// Arrives on Monday the 1st; the tenth day after it is Thursday the 11th.
	require.Equal(t, "A(R) 1/01 10/09 10/10", play(2, 0))
	require.Equal(t, "A(R) 1/01 11/13 11/14", play(0.5, 0)) // the last four of eight hours
	require.Equal(t, "A(R) 1/01 8/09 8/10", play(2, 2))     // control date on the 9th
	require.Equal(t, "A(R) 1/01 1/09 1/10", play(30, 0))    // the date has come long ago
}

// Terms: of the law, of a share of the cases, and of those that come to a node.
func TestDueDates(t *testing.T) {
	due := func(l *twin.Limit) time.Time {
		s := one(exactly(10*time.Hour), exactly(time.Hour), 1, "")
		s.p.Limit = l
		lg, err := Log(context.Background(), s.m, Config{Cases: 1})
		require.NoError(t, err)
		v, ok := lg.Case(0).Attribute(DueKey)
		require.True(t, ok)
		return v.Stamp().Go()
	}
	day := func(d int) time.Time { return time.Date(2024, 1, d, 0, 0, 0, 0, time.UTC) }
	require.Equal(t, day(7), due(&twin.Limit{Days: 5, Unit: "calendar-day"}))                                        // Saturday 6 January, its end
	require.Equal(t, day(9), due(&twin.Limit{Days: 5, Unit: "calendar-day", Calendar: "office", RollForward: true})) // Monday the 8th
	require.Equal(t, day(9), due(&twin.Limit{Days: 5, Unit: "working-day", Calendar: "office"}))
	require.Equal(t, day(22), due(&twin.Limit{Days: 5, Unit: "calendar-day", Others: []twin.OtherLimit{{Share: 1, Days: 20}}}))
	require.Equal(t, day(12), due(&twin.Limit{Days: 5, Unit: "calendar-day", Others: []twin.OtherLimit{{Node: "A", Days: 10}}}))
	require.Equal(t, day(7), due(&twin.Limit{Days: 5, Unit: "calendar-day", Others: []twin.OtherLimit{{Share: 0, Days: 20}}}))

	s := one(exactly(10*time.Hour), exactly(15*time.Hour), 10, "")
	s.p.Limit = &twin.Limit{Days: 0, Unit: "calendar-day"} // by the end of the day
	st, err := Run(context.Background(), s.m, Config{Cases: 2})
	require.NoError(t, err)
	require.Equal(t, 2, st.All.Limited)
	require.Equal(t, 2, st.All.Overdue) // 10:00 + 15 h, 20:00 + 15 h
	s.p.Tasks["A"] = twin.Task{Pools: []string{"R"}, Time: exactly(14 * time.Hour)}
	st, err = Run(context.Background(), s.m, Config{Cases: 1})
	require.NoError(t, err)
	require.Equal(t, 1, st.All.Overdue) // at midnight sharp the day is over
}

// A terminate end drops what else goes on, and who worked at it is free.
func TestTerminate(t *testing.T) {
	s := newSketch(exactly(2*time.Hour)).pool("RA", 1, "").pool("RB", 1, "").
		node("s", bpmn.StartEvent).node("g", bpmn.ParallelGateway).task("A", exactly(time.Hour), "RA").task("B", exactly(90*time.Minute), "RB").
		task("C", exactly(5*time.Hour), "RB").node("t", bpmn.EndEvent).node("e", bpmn.EndEvent).
		flow("s", "g", "A", "t").flow("g", "B", "C", "e")
	s.p.Diagram.Node("t").Trigger = bpmn.TerminateTrigger
	l, st, err := LogAndStatistics(context.Background(), s.m, Config{Cases: 3})
	require.NoError(t, err)
	balanced(t, st)
	for _, c := range l.All() {
		require.Equal(t, 1, c.Len()) // A; B was dropped after an hour
		require.Equal(t, time.Hour, c.Last().Sub(c.First()))
	}
	require.Equal(t, time.Hour, st.All.Cycle.Max)
	require.InDelta(t, 0.5, st.Pools[1].Utilisation(), 1e-9) // an hour of every two, though nothing was finished
}

// An ordinary end ends its own token: the case goes on to the last.
func TestOrdinaryEndsWait(t *testing.T) {
	s := newSketch(exactly(10*time.Hour)).
		node("s", bpmn.StartEvent).node("g", bpmn.ParallelGateway).task("A", exactly(time.Hour)).task("B", exactly(3*time.Hour)).
		node("e1", bpmn.EndEvent).node("e2", bpmn.EndEvent).flow("s", "g", "A", "e1").flow("g", "B", "e2")
	require.Equal(t, []string{"A() 1/10 1/10 1/11; B() 1/10 1/10 1/13"}, played(t, s.m, 1))
	st, err := Run(context.Background(), s.m, Config{Cases: 1})
	require.NoError(t, err)
	require.Equal(t, 3*time.Hour, st.All.Cycle.Max)
}

func TestParallelJoinWaitsForAll(t *testing.T) {
	s := newSketch(exactly(10*time.Hour)).
		node("s", bpmn.StartEvent).node("g", bpmn.ParallelGateway).task("A", exactly(time.Hour)).task("B", exactly(3*time.Hour)).
		node("j", bpmn.ParallelGateway).task("C", exactly(time.Hour)).node("e", bpmn.EndEvent).
		flow("s", "g", "A", "j", "C", "e").flow("g", "B", "j")
	require.Equal(t, []string{"A() 1/10 1/10 1/11; B() 1/10 1/10 1/13; C() 1/13 1/13 1/14"}, played(t, s.m, 1))
}

// An inclusive join waits for those flows by which a token can still come.
func TestInclusiveJoin(t *testing.T) {
	play := func(a, b float64) string {
		s := newSketch(exactly(10*time.Hour)).
			node("s", bpmn.StartEvent).node("g", bpmn.InclusiveGateway).task("A", exactly(time.Hour)).task("B", exactly(3*time.Hour)).
			node("j", bpmn.InclusiveGateway).task("C", exactly(time.Hour)).node("e", bpmn.EndEvent).
			flow("s", "g", "A", "j", "C", "e").flow("g", "B", "j")
		s.p.Branches = map[string]float64{"g-A": a, "g-B": b}
		return played(t, s.m, 1)[0]
	}
	require.Equal(t, "A() 1/10 1/10 1/11; B() 1/10 1/10 1/13; C() 1/13 1/13 1/14", play(1, 1))
	require.Equal(t, "A() 1/10 1/10 1/11; C() 1/11 1/11 1/12", play(1, 0))
	require.Equal(t, "B() 1/10 1/10 1/13; C() 1/13 1/13 1/14", play(0, 1))
}

// Of the events behind an event-based gateway the first to happen is taken.
func TestRace(t *testing.T) {
	s := newSketch(exactly(10*time.Hour)).
		node("s", bpmn.StartEvent).node("g", bpmn.EventBasedGateway).node("answer", bpmn.IntermediateCatchEvent).
		node("deadline", bpmn.IntermediateCatchEvent).node("e", bpmn.EndEvent).
		flow("s", "g", "answer", "e").flow("g", "deadline", "e")
	s.p.Tasks["answer"] = twin.Task{Time: exactly(5 * time.Hour)}
	s.p.Tasks["deadline"] = twin.Task{Time: exactly(2 * time.Hour), Calendar: "office"}
	require.Equal(t, []string{
		"deadline() 1/10 1/10 1/12",
		"answer() 1/20 1/20 2/01", // the deadline runs in office hours
	}, played(t, s.m, 2))
}

// The first pool of the list that has somebody free takes the work, with its own
// time for it.
func TestSeveralPools(t *testing.T) {
	s := one(exactly(time.Hour), exactly(150*time.Minute), 1, "")
	s.pool("Q", 1, "")
	s.p.Tasks["A"] = twin.Task{Pools: []string{"Q", "R"}, Time: exactly(150 * time.Minute), ByPool: map[string]twin.Distribution{"R": exactly(4 * time.Hour)}}
	require.Equal(t, []string{
		"A(Q) 1/01 1/01 1/03:30",
		"A(R) 1/02 1/02 1/06",
		"A(Q) 1/03 1/03:30 1/06",
		"A(Q) 1/04 1/06 1/08:30", // both are free at six: the first of the list
		"A(R) 1/05 1/06 1/10",
	}, played(t, s.m, 5))
}

// Before the window, in it and after it: with a duration the cases that arrive
// within it are counted and followed to their end.
func TestDurationAndWarmUp(t *testing.T) {
	s := one(exactly(time.Hour), exactly(30*time.Hour), 100, "")
	s.m.Days, s.m.WarmUpDays = 1, 2
	w := &arrivals24{}
	st, err := Run(context.Background(), s.m, Config{Observer: w})
	require.NoError(t, err)
	require.Equal(t, monday.AddDate(0, 0, -2), st.Begin)
	require.Equal(t, 24, st.Counted)
	require.Equal(t, 30*time.Hour, st.All.Cycle.Min)
	require.Equal(t, 48*time.Hour, w.first)
	require.Equal(t, 71*time.Hour, w.last)
	require.Equal(t, 24*100*3600.0, st.Pools[0].Available.Seconds())
	require.InDelta(t, 0.30, st.Pools[0].Utilisation(), 1e-9) // thirty at work at any time
	st, err = Run(context.Background(), s.m, Config{Duration: 10 * time.Hour, Before: time.Hour, Warmup: 4})
	require.NoError(t, err)
	require.Equal(t, 6, st.Counted)
}

type arrivals24 struct{ first, last time.Duration }

func (a *arrivals24) Arrived(c *Case) {
	if c.Counted {
		if a.last == 0 {
			a.first = c.Arrival
		}
		a.last = c.Arrival
	}
}
func (a *arrivals24) Completed(*Case, *Instance) {}
func (a *arrivals24) Ended(*Case)                {}

// Weights by month are relative to their mean: three in February, none in other
// months but one each in the ten that are left would be the mean of 13/12.
func TestArrivalsByMonth(t *testing.T) {
	s := one(exactly(24*time.Hour), exactly(time.Hour), 1, "")
	s.p.Arrivals.Month = [12]float64{0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0}
	s.m.Days = 366
	l, err := Log(context.Background(), s.m, Config{})
	require.NoError(t, err)
	var by [13]int
	for _, c := range l.All() {
		by[c.First().Go().Month()]++
	}
	require.Zero(t, by[1])
	require.Zero(t, by[12])
	require.InDelta(t, 29*3, by[2], 1) // mean weight 1: three a day in February
	require.InDelta(t, 31, by[3], 1)
}

func TestDelayBeforeTheWork(t *testing.T) {
	s := one(exactly(10*time.Hour), exactly(time.Hour), 1, "office")
	s.p.Tasks["A"] = twin.Task{Pools: []string{"R"}, Time: exactly(time.Hour), Delay: exactly(3 * time.Hour)}
	require.Equal(t, []string{"A(R) 1/10 1/13 1/14"}, played(t, s.m, 1))
	s.p.Tasks["A"] = twin.Task{Time: exactly(10 * time.Hour), Calendar: "office"} // a delay in office hours
	require.Equal(t, []string{"A() 1/10 1/10 2/12"}, played(t, s.m, 1))
}

// Ten thousand people have more than the 292 years of a time.Duration in a year, and the
// cases of a big city more than 64 bits of microseconds.
func TestGreatSums(t *testing.T) {
	s := one(expo(3600), exactly(time.Hour), 10_000, "")
	st, err := Run(context.Background(), s.m, Config{Duration: 300 * 24 * time.Hour, Before: 24 * time.Hour})
	require.NoError(t, err)
	require.Equal(t, 10_000*300*86400.0, st.Pools[0].Available.Seconds())
	require.InDelta(t, 1e-4, st.Pools[0].Utilisation(), 1e-5)
	var sum, part Total
	for range 1000 {
		sum.add(100*365*24*time.Hour, 10_000_000)
	}
	part.add(100*365*24*time.Hour, 10_000_000)
	require.InEpsilon(t, 1000*1e7*100*365*86400, sum.Seconds(), 1e-12)
	require.InEpsilon(t, 999*1e7*100*365*86400, sum.less(part).Seconds(), 1e-12)
}
