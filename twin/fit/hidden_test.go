package fit_test

import (
	"context"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/fit"
)

// hidden simulates a model and fits its log, of which the fitter is told nothing.
func hidden(t *testing.T, m *twin.Model, cases int) (*twin.Model, *fit.Report) {
	l, err := simulate(cases, 5)(context.Background(), m)
	require.NoError(t, err)
	fitted, r, err := fit.Fit(context.Background(), l.Named("hidden"), fit.Config{})
	require.NoError(t, err)
	require.NoError(t, fitted.Validate())
	return fitted, r
}

func backFlow(p *twin.Process) string {
	for id := range p.Decay {
		return id
	}
	return ""
}

// A rework that grows rarer with each round comes back with its factor; one that does
// not is given none.
func TestReworkThatGrowsRarer(t *testing.T) {
	for _, factor := range []float64{0.4, 1} {
		m := office(t)
		p := m.Processes[0]
		back := ""
		for id, share := range p.Branches {
			if share == 0.2 {
				back = id
			}
		}
		for id, share := range p.Branches {
			if share == 0.8 {
				p.Branches[id] = 0.5
			}
		}
		p.Branches[back] = 0.5
		if factor < 1 {
			p.Decay = map[string]float64{back: factor}
		}
		f, _ := hidden(t, m, 5000)
		found := f.Processes[0]
		if factor == 1 {
			require.Empty(t, found.Decay)
			continue
		}
		require.Len(t, found.Decay, 1)
		id := backFlow(found)
		require.InDelta(t, 0.5, found.Branches[id], 0.03)
		require.InDelta(t, factor, found.Decay[id], 0.05)
	}
}

// queue is a counter with one clerk who is nearly always busy and whose cases are of
// two kinds.
func queue() *twin.Model {
	work := func(minutes float64) twin.Distribution {
		return twin.Distribution{Law: "exponential", Mean: 60 * minutes}
	}
	return &twin.Model{
		ID: "queue", TimeZone: "UTC", Start: time.Date(2019, 1, 7, 0, 0, 0, 0, time.UTC), Days: 365,
		Pools: []twin.Pool{{ID: "clerk", Size: 1, Queue: twin.MostUrgent}},
		Processes: []*twin.Process{{ID: "queue", Arrivals: twin.Arrivals{Between: work(20)},
			Attributes: []twin.Attribute{{ID: "kind", Shares: map[string]float64{"plain": 0.7, "urgent": 0.3}}},
			Diagram: &bpmn.Process{ID: "queue",
				Nodes: []*bpmn.Node{{ID: "s", Kind: bpmn.StartEvent}, {ID: "a", Name: "a", Kind: bpmn.Task}, {ID: "b", Name: "b", Kind: bpmn.Task}, {ID: "e", Kind: bpmn.EndEvent}},
				Flows: []*bpmn.Flow{{ID: "f1", Source: "s", Target: "a"}, {ID: "f2", Source: "a", Target: "b"}, {ID: "f3", Source: "b", Target: "e"}}},
			Tasks: map[string]twin.Task{"a": {Pools: []string{"clerk"}, Time: work(8)}, "b": {Pools: []string{"clerk"}, Time: work(8)}},
		}},
	}
}

// What goes first is found: by an attribute of the case, by the step, or nothing.
func TestPriorities(t *testing.T) {
	none, _ := hidden(t, queue(), 5000)
	require.Equal(t, twin.FIFO, none.Pools[0].Queue)
	require.Empty(t, none.Processes[0].Priorities)

	m := queue()
	late := m.Processes[0].Tasks["b"]
	late.Delay = twin.Distribution{Law: "exponential", Mean: 24 * 3600} // seems to wait, and does not
	m.Processes[0].Tasks["b"] = late
	none, _ = hidden(t, m, 5000)
	require.Equal(t, twin.FIFO, none.Pools[0].Queue)

	m = queue()
	m.Processes[0].Priorities = []twin.Priority{{When: twin.Rule{{{Attribute: "kind", Is: []string{"urgent"}}}}, Level: 2}}
	f, _ := hidden(t, m, 5000)
	require.Equal(t, twin.MostUrgent, f.Pools[0].Queue)
	p := f.Processes[0]
	require.Equal(t, []twin.Priority{{When: twin.Rule{{{Attribute: "kind", Is: []string{"urgent"}}}}, Level: 1}}, p.Priorities)
	require.InDelta(t, 0.3, p.Attributes[0].Shares["urgent"], 0.03)

	m = queue()
	b := m.Processes[0].Tasks["b"]
	b.Priority = 5
	m.Processes[0].Tasks["b"] = b
	f, r := hidden(t, m, 5000)
	p = f.Processes[0]
	require.Equal(t, twin.MostUrgent, f.Pools[0].Queue)
	require.Empty(t, p.Priorities)
	for _, s := range r.Stages {
		require.Equal(t, s.Activity == "b", p.Tasks[s.Task].Priority > 0, s.Activity)
	}
}

// People of one pool who keep different hours are given shifts of their own.
func TestShifts(t *testing.T) {
	m := queue()
	hours := func(from, to int) []twin.Interval {
		return []twin.Interval{{From: time.Monday, To: time.Friday, Begin: time.Duration(from) * time.Hour, End: time.Duration(to) * time.Hour}}
	}
	m.Calendars = []twin.Calendar{{ID: "early", Week: hours(6, 14)}, {ID: "late", Week: hours(14, 22)}}
	m.Pools = []twin.Pool{{ID: "clerk", Members: []twin.Member{{ID: "ann", Calendar: "early"}, {ID: "bob", Calendar: "early"}, {ID: "eve", Calendar: "late"}}}}
	f, r := hidden(t, m, 3000)
	require.Len(t, f.Pools, 1, r.Assumptions)
	var found []twin.Interval
	for _, member := range f.Pools[0].Members {
		at := slices.IndexFunc(f.Calendars, func(c twin.Calendar) bool { return c.ID == member.Calendar })
		require.GreaterOrEqual(t, at, 0)
		require.Len(t, f.Calendars[at].Week, 5)
		found = append(found, f.Calendars[at].Week[0])
	}
	require.Equal(t, []twin.Interval{
		{From: 1, To: 1, Begin: 6 * time.Hour, End: 14 * time.Hour}, {From: 1, To: 1, Begin: 6 * time.Hour, End: 14 * time.Hour},
		{From: 1, To: 1, Begin: 14 * time.Hour, End: 22 * time.Hour}}, found)
}

// Months that are busy every year come back; a constant rate is given none.
func TestSeason(t *testing.T) {
	for _, seasonal := range []bool{false, true} {
		m := queue()
		m.Processes[0].Arrivals.Between.Mean = 3 * 3600
		if seasonal {
			m.Processes[0].Arrivals.Month = [12]float64{0.5, 0.7, 1, 1, 1, 1, 0.6, 0.6, 1.2, 1.4, 1.5, 1.5}
		}
		f, _ := hidden(t, m, 3*2920)
		month := f.Processes[0].Arrivals.Month
		if !seasonal {
			require.Zero(t, month)
			continue
		}
		require.InDelta(t, 0.5, month[0], 0.12)
		require.InDelta(t, 1.5, month[11], 0.2)
		l, err := simulate(2920, 5)(context.Background(), f)
		require.NoError(t, err)
		first, last := eventlog.Time(math.MaxInt64), eventlog.Time(0)
		for _, c := range l.All() {
			first, last = min(first, c.First()), max(last, c.First())
		}
		days := last.Go().Sub(first.Go()).Hours() / 24
		require.InDelta(t, 365, days, 25, "the rate of a year is kept")
	}
}

// Where only completions are known, the mean processing lies in its interval,
// whatever its law and however busy the people are.
func TestProcessingOfCompletionsLiesInItsInterval(t *testing.T) {
	held, all := 0, 0
	for _, law := range []twin.Distribution{{Law: "fixed", Value: 480}, {Law: "gamma", Mean: 480, SD: 240}, {Law: "exponential", Mean: 480}, {Law: "lognormal", Mean: 480, SD: 700}} {
		for _, between := range []float64{1100, 1500, 4000} {
			m := queue()
			m.Processes[0].Arrivals.Between.Mean = between
			for id, task := range m.Processes[0].Tasks {
				task.Time = law
				m.Processes[0].Tasks[id] = task
			}
			l, err := simulate(1500, 5)(context.Background(), m)
			require.NoError(t, err)
			_, r, err := fit.Fit(context.Background(), completions(t, l), fit.Config{})
			require.NoError(t, err)
			for _, s := range r.Stages {
				if s.High == 0 {
					continue
				}
				all++
				if s.Low <= 480 && 480 <= s.High {
					held++
				} else {
					t.Logf("%v every %v s: %s %.0f (%.0f to %.0f)", law, between, s.Activity, s.Processing, s.Low, s.High)
				}
			}
		}
	}
	require.GreaterOrEqual(t, all, 12)
	require.GreaterOrEqual(t, float64(held), math.Floor(0.95*float64(all)))
}
