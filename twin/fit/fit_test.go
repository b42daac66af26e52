package fit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/discovery"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/processtree"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/fit"
	"github.com/uprava/uprava/twin/scenario"
)

// office is a model whose log is known to the last parameter: three clerks and a
// head in office hours, a choice, and a loop.
func office(t testing.TB) *twin.Model {
	leaf, tree := processtree.Leaf, processtree.New
	d := processtree.Draw(tree(processtree.Sequence, leaf("register"),
		tree(processtree.Choice, leaf("simple"), leaf("complex")),
		tree(processtree.Loop, leaf("review"), leaf("rework")), leaf("sign")), "office")
	exponential := func(minutes float64) twin.Distribution {
		return twin.Distribution{Law: "exponential", Mean: 60 * minutes}
	}
	work := map[string]twin.Task{
		"register": {Pools: []string{"clerks"}, Time: exponential(20)}, "simple": {Pools: []string{"clerks"}, Time: exponential(40)},
		"complex": {Pools: []string{"clerks"}, Time: exponential(150)}, "review": {Pools: []string{"head"}, Time: exponential(25)},
		"rework": {Pools: []string{"clerks"}, Time: exponential(60)}, "sign": {Pools: []string{"head"}, Time: exponential(5)},
	}
	p := &twin.Process{ID: "office", Diagram: d.Definitions.Processes[0], Tasks: map[string]twin.Task{}, Branches: map[string]float64{}}
	for id, leaf := range d.Tasks {
		p.Tasks[id] = work[leaf.Label]
	}
	for flow, n := range d.Branches {
		p.Branches[flow] = map[string]float64{"simple": 0.7, "complex": 0.3, "rework": 0.2, "": 0.8}[n.Label]
	}
	p.Arrivals = twin.Arrivals{Between: exponential(60), Calendar: "hours"}
	return &twin.Model{
		ID: "office", TimeZone: "UTC", Start: time.Date(2019, 1, 7, 0, 0, 0, 0, time.UTC), Days: 365,
		Calendars: []twin.Calendar{{ID: "hours", Week: []twin.Interval{{From: time.Monday, To: time.Friday, Begin: 9 * time.Hour, End: 17 * time.Hour}}}},
		Pools:     []twin.Pool{{ID: "clerks", Calendar: "hours", Size: 3}, {ID: "head", Calendar: "hours", Size: 1}},
		Processes: []*twin.Process{p},
	}
}

func officeLog(t testing.TB) *eventlog.Log {
	l, err := simulate(3000, 11)(context.Background(), office(t))
	require.NoError(t, err)
	return l.Named("office")
}

// completions returns the log with nothing but completions.
func completions(t testing.TB, l *eventlog.Log) *eventlog.Log {
	b := eventlog.NewBuilder("office, completions")
	for _, c := range l.All() {
		for i := range c.Len() {
			e := c.Event(i)
			e.Start, e.Enabled = eventlog.None, eventlog.None
			require.NoError(t, b.Add(&e))
		}
	}
	return b.Log()
}

// TestLoopCloses fits the log of a known model and simulates the fit: the same
// process, nearly the same lead time, and levers that act.
func TestLoopCloses(t *testing.T) {
	timed := officeLog(t)
	for _, c := range []struct {
		name      string
		log       *eventlog.Log
		mean, p85 float64 // shares by which they may differ
		person    float64 // share of the mean that a person more takes away at least
	}{
		// Half of the cases take a night: the median lies on the cliff between, so
		// the 85 % quantile is compared.
		{"with starts", timed, 0.05, 0.05, 0.02},
		{"completions only", completions(t, timed), 0.08, 0.1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, r := fitted(t, c.log, true)
			s := run(t, m)
			was, is := r.LeadTime, leadTime(s)
			truth := leadTime(run(t, office(t))) // another sample of the same model
			t.Logf("another sample of the known model: mean %.0f, p85 %.0f", truth.Mean, truth.P85)
			t.Logf("mean %.0f → %.0f, median %.0f → %.0f, p85 %.0f → %.0f", was.Mean, is.Mean, was.Median, is.Median, was.P85, is.P85)
			require.InEpsilon(t, was.Mean, is.Mean, c.mean)
			require.InEpsilon(t, was.P85, is.P85, c.p85)
			require.Equal(t, r.Tree, tree(t, s).String(), "mined again it is the same process")
			require.Zero(t, r.Deviating)

			var review fit.Stage
			for _, st := range r.Stages {
				if st.Activity == "review" {
					review = st
				}
			}
			lever := func(l scenario.Lever) float64 {
				n, err := (&scenario.Scenario{ID: "x", Levers: []scenario.Lever{l}}).Apply(m)
				require.NoError(t, err)
				return leadTime(run(t, n)).Mean
			}
			halved := lever(scenario.Lever{Kind: scenario.Step, Target: "review", Scale: 0.5})
			removed := lever(scenario.Lever{Kind: scenario.Remove, Target: "review"})
			person := lever(scenario.Lever{Kind: scenario.Pool, Target: review.Pool, Change: 1})
			t.Logf("review halved %.0f, removed %.0f, a person more %.0f", halved, removed, person)
			share := review.Mean * float64(review.N) / float64(r.Cases)
			require.Less(t, halved, is.Mean-share/4)
			require.Less(t, removed, halved-share/4)
			require.Less(t, person, is.Mean*(1-c.person))
		})
	}
}

func run(t testing.TB, m *twin.Model) *eventlog.Log {
	s, err := simulate(20_000, 3)(context.Background(), m)
	require.NoError(t, err)
	return s
}

func tree(t testing.TB, l *eventlog.Log) *processtree.Tree {
	found, err := discovery.InductiveLog(context.Background(), l, discovery.InductiveConfig{})
	require.NoError(t, err)
	return found
}

// What is fitted to the known model is near its parameters.
func TestParametersComeBack(t *testing.T) {
	m, r := fitted(t, officeLog(t), false)
	byName := map[string]fit.Stage{}
	for _, s := range r.Stages {
		byName[s.Activity] = s
	}
	for name, minutes := range map[string]float64{"register": 20, "simple": 40, "complex": 150, "review": 25, "rework": 60, "sign": 5} {
		require.InEpsilon(t, 60*minutes, byName[name].Processing, 0.1, name)
		require.False(t, byName[name].Estimated)
	}
	require.Equal(t, byName["review"].Pool, byName["sign"].Pool)
	require.Equal(t, byName["register"].Pool, byName["rework"].Pool)
	require.NotEqual(t, byName["review"].Pool, byName["rework"].Pool)
	sizes := map[string]int{}
	for _, p := range m.Pools {
		sizes[p.ID] = p.Size
		require.NotEmpty(t, p.Calendar)
	}
	require.Equal(t, map[string]int{byName["review"].Pool: 1, byName["rework"].Pool: 3}, sizes)
	p := m.Processes[0]
	var shares []float64
	for _, f := range p.Diagram.Flows {
		if s, ok := p.Branches[f.ID]; ok {
			shares = append(shares, s)
			require.Positive(t, p.Provenance[f.ID].N)
		}
	}
	require.Len(t, shares, 4)
	for i, want := range []float64{0.3, 0.7, 0.2, 0.8} {
		require.Condition(t, func() bool { return near(shares, want) }, "branch %d: no share near %v in %v", i, want, shares)
	}
	hours := m.Calendars[0]
	for _, c := range m.Calendars {
		require.Len(t, c.Week, 5, "%s: %v", c.ID, hours.Week)
		for _, w := range c.Week {
			require.GreaterOrEqual(t, w.Begin, 9*time.Hour)
			require.LessOrEqual(t, w.End, 17*time.Hour)
		}
	}
	for _, p := range m.Pools {
		require.Equal(t, "mined", p.Provenance.Kind)
	}
}

func near(list []float64, x float64) bool {
	for _, v := range list {
		if v > x-0.03 && v < x+0.03 {
			return true
		}
	}
	return false
}

func TestFitIsDeterministic(t *testing.T) {
	l := officeLog(t)
	print := func() string {
		m, r := fitted(t, l, true)
		a, err := json.Marshal(r)
		require.NoError(t, err)
		return string(a) + fmt.Sprintf("%+v %+v %+v %+v", m.Pools, m.Calendars, m.Processes[0].Tasks, m.Processes[0].Branches)
	}
	require.Equal(t, print(), print())
}

// A fitted twin survives its files.
func TestFittedTwinRoundTrips(t *testing.T) {
	m, _ := fitted(t, completions(t, officeLog(t)), false)
	dir := t.TempDir()
	require.NoError(t, twin.Write(dir, m))
	again, err := twin.Read(os.DirFS(dir))
	require.NoError(t, err)
	require.Equal(t, m.Processes[0].Tasks, again.Processes[0].Tasks)
	require.Equal(t, m.Processes[0].StageCorrelation, again.Processes[0].StageCorrelation)
	require.InDelta(t, leadTime(run(t, m)).Mean, leadTime(run(t, again)).Mean, 1e-6)
}

func TestSmallLogs(t *testing.T) {
	for _, c := range []struct {
		notation string
		says     string
	}{
		{"<a>", "All 1 cases of the log begin at one moment"},
		{"<a,b,c>^3 <a,c>^2", "13 of 13"},
		{"<a/ann@0s..1h,b/bob@30m..2h>^4", "4 of 4 activity instances start before the one before them"},
		{"<a/ann,b/ann,a/ann,b/ann>^3 <>", "1 of 4 cases have no completed activity instance"},
		{"<a@2h..1h,b@3h>", "1 activity instances start after their completion"},
		{"<a+start,a+complete,b+start@1m>", "1 started"},
		{"<a,b>^20 <b,a>^20", "which step follows which (6 pairs)"},
		{"<a,b>^30 <b,a>^1", "side by side"},
	} {
		l, err := logtest.Read(c.notation)
		require.NoError(t, err, c.notation)
		m, r, err := fit.Fit(context.Background(), l, fit.Config{Simulate: simulate(200, 1)})
		require.NoError(t, err, c.notation)
		require.NoError(t, m.Validate(), c.notation)
		found := false
		for _, a := range r.Assumptions {
			found = found || contains(a, c.says)
		}
		require.True(t, found, "%s: %q is not in %q", c.notation, c.says, r.Assumptions)
		require.Len(t, m.Warnings, len(r.Assumptions))
		is := leadTime(run(t, m)).Mean
		require.InDelta(t, r.LeadTime.Mean, is, 0.12*r.LeadTime.Mean+1, c.notation)
	}
}

func contains(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if s[i:i+len(part)] == part {
			return true
		}
	}
	return false
}

func TestFitRefuses(t *testing.T) {
	_, _, err := fit.Fit(context.Background(), eventlog.NewBuilder("nothing").Log(), fit.Config{})
	require.ErrorIs(t, err, eventlog.ErrEmpty)
	require.ErrorContains(t, err, `fitting "nothing"`)
	noise := 2.0
	_, _, err = fit.Fit(context.Background(), logtest.Parse("<a>"), fit.Config{Noise: &noise, TimeZone: "Mars/Base"})
	require.ErrorContains(t, err, "noise is 2, wanted 0 to 1")
	require.ErrorContains(t, err, `time zone "Mars/Base"`)
	_, _, err = fit.Fit(context.Background(), logtest.Parse("<a+start>"), fit.Config{})
	require.ErrorIs(t, err, eventlog.ErrEmpty)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err = fit.Fit(ctx, logtest.Parse("<a>"), fit.Config{})
	require.ErrorIs(t, err, context.Canceled)
}

func Example() {
	l := logtest.Parse("<register/ann@0s,check/bob@2h,decide/eve@3h>^8 <register/ann@0s,decide/eve@1h>^2")
	m, report, err := fit.Fit(context.Background(), l, fit.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Tree)
	fmt.Printf("%d pools, mean lead time %.0f s\n", len(m.Pools), report.LeadTime.Mean)
	for _, s := range report.Stages {
		fmt.Printf("%s: %d times, %.0f s on average, of these %.0f s work (estimated: %v)\n", s.Activity, s.N, s.Mean, s.Processing, s.Estimated)
	}
	// Output:
	// ->( 'register', X( tau, 'check' ), 'decide' )
	// 2 pools, mean lead time 9360 s
	// check: 8 times, 7200 s on average, of these 3600 s work (estimated: true)
	// decide: 10 times, 3600 s on average, of these 3600 s work (estimated: true)
	// register: 10 times, 0 s on average, of these 0 s work (estimated: false)
}
