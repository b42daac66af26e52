package whatif

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/kept"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
)

func room(t *testing.T) *Room {
	t.Helper()
	enginetest.Need(t)
	d, err := desk.Open(context.Background(), desk.Config{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return Open(d)
}

func quiet(int, int, *experiment.Difference) {}

// A question about the town: the same to the byte when repeated, found again, and what
// must add up does.
func TestWhatIf(t *testing.T) {
	ctx := context.Background()
	r := room(t)
	b, err := r.Bench(ctx, "model/municipality")
	require.NoError(t, err)
	d := Draft{With: []string{"portal-and-requests"}, Levers: []string{"pool:lawyers+1"}}
	s, toBe, err := d.Check(b)
	require.NoError(t, err)
	require.Equal(t, b.Model.Headcount()+1, toBe.Headcount())
	q := &Ask{Kind: WhatIf, Model: b.Hash, Process: b.Process, Run: Run{Replications: 2, Days: 60, Before: 30, Seed: 7}, Scenarios: []Lines{LinesOf(s)}}
	id, err := r.Ask(q)
	require.NoError(t, err)
	require.False(t, r.Found(id, &Answer{}))
	require.NoError(t, r.Compute(ctx, id, quiet))
	same, err := r.Repeat(ctx, id, quiet)
	require.NoError(t, err)
	require.True(t, same, "the same question must have the same bytes")
	var a Answer
	require.True(t, r.Found(id, &a))
	require.Equal(t, [2]int{b.Model.Headcount(), b.Model.Headcount() + 1}, a.People)
	require.Len(t, a.Others, len(b.Model.Processes)-1)
	lead, ok := a.Find(b.Process, experiment.LeadTime)
	require.True(t, ok)
	require.Less(t, float64(lead.ToBe), float64(lead.AsIs))
	var stages Spent
	for _, s := range a.Stages {
		stages.Outside += s.A.Outside
		stages.Queue += s.A.Queue
		stages.Service += s.A.Service
	}
	cycle, ok := a.Find(b.Process, experiment.CycleTime)
	require.True(t, ok)
	require.InEpsilon(t, float64(cycle.AsIs)/3600, stages.Total(), 0.2, "what is spent at the stages is about the time of the case, but for what goes on side by side")
	for _, p := range a.Pools {
		k := 0.0
		for _, x := range a.AsIs {
			if x.Name == experiment.Utilisation && x.Of == p.ID {
				k = float64(x.Mean)
			}
		}
		busy, n := 0.0, 0.0
		for _, x := range p.A.Days[:4] { // days of as many hours
			if x == x {
				busy, n = busy+float64(x), n+1
			}
		}
		if n == 4 {
			require.InDelta(t, k, busy/n, 0.06, p.ID)
		}
	}
	sum := 0
	for _, x := range a.Histogram.ToBe {
		sum += x
	}
	require.Equal(t, a.Histogram.N[1], sum)
	other := *q
	other.About = About{By: "somebody else"}
	again, err := r.ID(&other)
	require.NoError(t, err)
	require.Equal(t, id, again, "who asks changes nothing")
	other.Run.Seed++
	again, err = r.ID(&other)
	require.NoError(t, err)
	require.NotEqual(t, id, again)
}

func TestScenariosAreNeverOverwrittenInSilence(t *testing.T) {
	ctx := context.Background()
	r := room(t)
	k := &Kept{Of: "model/municipality", Draft: Draft{Name: "Портал", With: []string{"portal"}}}
	require.NoError(t, r.Save(k, ""))
	mine, err := r.Scenario(k.ID)
	require.NoError(t, err)
	theirs, err := r.Scenario(k.ID)
	require.NoError(t, err)
	theirs.Levers = []string{"pool:lawyers+1"}
	require.NoError(t, r.Save(theirs, theirs.Revision))
	mine.Levers = []string{"pool:lawyers+2"}
	var conflict *kept.ConflictError
	require.ErrorAs(t, r.Save(mine, mine.Revision), &conflict)
	now, err := r.Scenario(k.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"pool:lawyers+1"}, now.Levers)
	list, err := r.Scenarios(ctx, "model/municipality")
	require.NoError(t, err)
	require.Len(t, list, 1)
	_, err = r.Scenario("nothing")
	require.ErrorIs(t, err, desk.ErrNotFound)
	require.ErrorContains(t, r.Save(&Kept{}, ""), "name of the scenario")
}

// An edited diagram, with a fault of each kind told at once.
func TestEdit(t *testing.T) {
	ctx := context.Background()
	r := room(t)
	b, err := r.Bench(ctx, "model/municipality")
	require.NoError(t, err)
	files, err := twin.Files(b.Model)
	require.NoError(t, err)
	p := b.Model.Processes[0]
	for _, x := range b.Model.Processes {
		if x.ID == "redistribution" {
			p = x
		}
	}
	e := &Edit{Name: "Без изменений", Process: p.ID, Diagram: string(files["processes/redistribution/model.bpmn"]), Shares: p.Branches, Steps: map[string]Step{}}
	for id, x := range p.Tasks {
		e.Steps[id] = Step{Time: x.Time, Delay: x.Delay, Pools: x.Pools, Calendar: x.Calendar}
	}
	id, err := r.SaveVariant(b, e, "me")
	require.NoError(t, err)
	v, err := r.Bench(ctx, "model/"+id)
	require.NoError(t, err)
	said, err := Changes(b.Model, v.Model)
	require.NoError(t, err)
	require.Empty(t, said)
	require.Equal(t, b.Hash, v.Hash, "nothing was changed")
	e.Steps["legal_review"] = Step{Time: twin.Distribution{Law: "fixed", Value: 60}, Pools: []string{"lawyers"}}
	e.Base, e.Into = v.Revision, id
	_, err = r.SaveVariant(v, e, "me")
	require.NoError(t, err)
	changed, err := r.Bench(ctx, "model/"+id)
	require.NoError(t, err)
	require.NotEqual(t, b.Hash, changed.Hash)
	_, err = r.SaveVariant(v, e, "other")
	var conflict *kept.ConflictError
	require.ErrorAs(t, err, &conflict)
	e.Steps["legal_review"] = Step{Time: twin.Distribution{Law: "gamma", Mean: 60}, Pools: []string{"nobody"}}
	_, err = r.SaveVariant(b, e, "me")
	var input desk.InputError
	require.ErrorAs(t, err, &input)
	require.ErrorContains(t, err, "sd: found 0")
	require.ErrorContains(t, err, `"nobody"`)
	e.Diagram = "<nothing"
	_, err = r.SaveVariant(b, e, "me")
	require.ErrorContains(t, err, "reading the diagram")
}

func TestLimitsOfTheServer(t *testing.T) {
	r := room(t)
	b, err := r.Bench(context.Background(), "model/municipality")
	require.NoError(t, err)
	require.NoError(t, b.Defaults().Validate(b.Model))
	err = Run{Replications: 1, Days: 4000, Before: -1}.Validate(b.Model)
	for _, want := range []string{"replications: found 1", "days: found 4000", "days before: found -1"} {
		require.ErrorContains(t, err, want)
	}
	require.ErrorContains(t, Run{Replications: 200, Days: 3650}.Validate(b.Model), "cases would be simulated")
	_, err = r.Bench(context.Background(), "model/nothing")
	require.ErrorIs(t, err, desk.ErrNotFound)
	_, err = r.Asked("../../etc/passwd")
	require.ErrorIs(t, err, desk.ErrNotFound)
	_, err = r.model("../../x")
	require.ErrorIs(t, err, desk.ErrNotFound)
	// A case that never ends is found before the run, overload is told with its stage.
	d := Draft{Levers: []string{"arrivals:redistribution*40"}}
	_, m, err := d.Check(b)
	require.NoError(t, err)
	doubts, err := Doubts(m)
	require.NoError(t, err)
	require.NotEmpty(t, doubts)
}

// Parts of all four levers are the four ready ones and what is left.
func TestParts(t *testing.T) {
	r := room(t)
	b, err := r.Bench(context.Background(), "model/municipality")
	require.NoError(t, err)
	d := Draft{With: []string{"all-four"}}
	s, err := d.Scenario(b)
	require.NoError(t, err)
	parts, _ := Parts(b, s)
	var ids []string
	n := 0
	for _, p := range parts {
		ids = append(ids, p.ID)
		n += len(p.Levers)
	}
	require.ElementsMatch(t, []string{"portal", "requests", "templates", "daily-signing", "at-once"}, ids)
	require.Equal(t, len(s.Levers), n)
	d = Draft{With: []string{"to-be"}}
	s, err = d.Scenario(b)
	require.NoError(t, err)
	parts, _ = Parts(b, s)
	require.LessOrEqual(t, len(parts), mostShared)
	d = Draft{With: []string{"portal", "no-such"}, Levers: []string{"stp:x"}}
	_, err = d.Scenario(b)
	require.ErrorContains(t, err, "no-such")
	require.ErrorContains(t, err, "stp")
}

// A run that is stopped leaves nothing behind.
func TestStopped(t *testing.T) {
	r := room(t)
	b, err := r.Bench(context.Background(), "model/municipality")
	require.NoError(t, err)
	d := Draft{With: []string{"portal"}}
	s, err := d.Scenario(b)
	require.NoError(t, err)
	id, err := r.Ask(&Ask{Kind: WhatIf, Model: b.Hash, Process: b.Process, Run: Run{Replications: 50, Days: 365, Seed: 1}, Scenarios: []Lines{LinesOf(s)}})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.Background())
	err = r.Compute(ctx, id, func(done, _ int, _ *experiment.Difference) {
		if done > 0 {
			stop()
		}
	})
	require.True(t, errors.Is(err, context.Canceled), "%v", err)
	_, err = os.Stat(r.File(id))
	require.ErrorIs(t, err, os.ErrNotExist)
}
