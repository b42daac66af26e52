package datasets

import (
	"bytes"
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

const day = 86400.0

func TestPacks(t *testing.T) {
	packs, err := Packs()
	require.NoError(t, err)
	require.NotEmpty(t, packs)
	for _, p := range packs {
		m, err := p.Model()
		require.NoError(t, err, p.ID)
		require.NoError(t, m.Validate(), p.ID)
		require.NotEmpty(t, p.Notice.RU)
		require.NotEmpty(t, p.Notice.EN)
		require.Equal(t, p.Notice, m.Notice, "the twin carries the notice of its pack")
		for _, q := range m.Processes {
			require.NotNil(t, q.Layout, "%s has no diagram", q.ID)
			for node, text := range q.Labels {
				require.NotEmpty(t, text.RU, node)
				require.NotEmpty(t, text.EN, node)
			}
		}
		all, err := p.Scenarios()
		require.NoError(t, err)
		for _, s := range all {
			changed, err := s.Apply(m)
			require.NoError(t, err, s.ID)
			require.NoError(t, changed.Validate(), s.ID)
		}
		var b bytes.Buffer
		require.NoError(t, p.Describe(&b, "ru"))
		if len(p.Processes) > 0 {
			require.Contains(t, b.String(), " → ")
		} else {
			require.NotEmpty(t, p.Figures)
			require.Contains(t, b.String(), p.Figures[0].Value.RU)
		}
	}
	_, err = Open("nowhere")
	require.ErrorIs(t, err, ErrUnknown)
}

// The bounds that the land redistribution pack is made to keep.
func TestLandRedistributionKeepsItsBounds(t *testing.T) {
	p, err := Open("municipality")
	require.NoError(t, err)
	m, err := p.Model()
	require.NoError(t, err)
	run := func(m *twin.Model) *experiment.Result {
		r, err := experiment.Run(context.Background(), m, experiment.Config{Replications: 40, Seed: 7})
		require.NoError(t, err)
		return r
	}
	figure := func(r *experiment.Result, name, of string) experiment.KPI {
		k, ok := r.Find(name, of)
		require.True(t, ok, name)
		return k
	}
	asIs := run(m)
	lead := figure(asIs, experiment.LeadTime, p.Main)
	require.GreaterOrEqual(t, float64(lead.Mean)/day, 28.5)
	require.LessOrEqual(t, float64(lead.Mean)/day, 30.5)
	overdue := figure(asIs, experiment.OverdueShare, p.Main)
	require.GreaterOrEqual(t, float64(overdue.High), 0.03) // 3 to 6 %, as far as forty years tell
	require.LessOrEqual(t, float64(overdue.Low), 0.06)
	lawyers := figure(asIs, experiment.Utilisation, "lawyers")
	require.InDelta(t, 0.88, float64(lawyers.Mean), 0.02)

	all, err := p.Compared()
	require.NoError(t, err)
	_, m = open(t)
	lead = figure(run(m), experiment.LeadTime, p.Main)
	reached := 0
	for _, s := range all {
		changed, err := s.Apply(m)
		require.NoError(t, err)
		k := figure(run(changed), experiment.LeadTime, p.Main)
		paired, err := measure.Paired(lead.Values, k.Values, 0.95)
		require.NoError(t, err)
		if s.ID == "second-lawyer" {
			require.Less(t, -paired.Difference/day, 2.0, "a second lawyer is worth little")
			continue
		}
		same := true
		for i := range m.Pools {
			same = same && m.Pools[i].Size == changed.Pools[i].Size
		}
		if same && float64(k.Low)/day <= 17.7 && float64(k.High)/day >= 16.3 {
			reached++
		}
	}
	require.GreaterOrEqual(t, reached, 2, "17 days are reached by at least two lever sets at unchanged headcount")
}

// The miner reads the lead time of a generated log back as its truth has it.
func TestGeneratedLogGivesItsTruth(t *testing.T) {
	p, err := Open("municipality")
	require.NoError(t, err)
	for _, lang := range []string{"ru", "en"} {
		l, truth, err := Generate(context.Background(), p, Config{Seed: 3, Lang: lang})
		require.NoError(t, err)
		pack, process, ok := Origin(l.Meta())
		require.True(t, ok)
		require.Equal(t, []string{"municipality", p.Main}, []string{pack, process})
		sent := map[string]string{"ru": "Решение направлено", "en": "Decision sent"}[lang]
		for _, form := range []*eventlog.Log{l, l.Recorded()} {
			s, err := performance.Between(form, performance.LeadConfig{To: performance.Milestone{Activity: sent}})
			require.NoError(t, err)
			sum := s.Summary()
			require.Equal(t, truth.Delivered, sum.N)
			require.InDelta(t, truth.Mean, sum.Mean, 1e-6)
			require.InDelta(t, truth.Median, sum.Median, 1e-6)
			require.InDelta(t, truth.P85, sum.P85, 1e-6)
		}
		var a, b bytes.Buffer
		require.NoError(t, xes.Write(&a, l))
		again, _, err := Generate(context.Background(), p, Config{Seed: 3, Lang: lang})
		require.NoError(t, err)
		require.NoError(t, xes.Write(&b, again))
		require.True(t, bytes.Equal(a.Bytes(), b.Bytes()), "the same seed gives the same bytes")
	}
	_, _, err = Generate(context.Background(), p, Config{Process: "nothing"})
	require.ErrorIs(t, err, ErrUnknown)
	_, _, err = Generate(context.Background(), p, Config{Years: -1})
	require.Error(t, err)
}

// The intervals do what they say: of 2,000 replications in 50 blocks of 40, at least
// 43 intervals of 95 % hold the mean of the other blocks.
func TestBlocksCoverEachOther(t *testing.T) {
	if testing.Short() {
		t.Skip("2,000 years of land cases")
	}
	p, m := open(t)
	r, err := experiment.Run(context.Background(), m, experiment.Config{Replications: 2000, Seed: 7})
	require.NoError(t, err)
	k, ok := r.Find(experiment.LeadTime, p.Main)
	require.True(t, ok)
	total := 0.0
	for _, v := range k.Values {
		total += v
	}
	held := 0
	for block := range 50 {
		x := k.Values[40*block:][:40]
		rest := total
		for _, v := range x {
			rest -= v
		}
		iv, err := measure.MeanInterval(x, 0.95)
		require.NoError(t, err)
		if iv.Contains(rest / 1960) {
			held++
		}
	}
	t.Logf("%d of 50 intervals hold the mean of the others", held)
	require.GreaterOrEqual(t, held, 43)
}

// open returns the pack and its land office by itself: the processes of land, with
// nobody else to share the signature.
func open(t *testing.T) (*Pack, *twin.Model) {
	p, err := Open("municipality")
	require.NoError(t, err)
	m, err := p.Model()
	require.NoError(t, err)
	m.Processes = slices.DeleteFunc(m.Processes, func(q *twin.Process) bool { return q.Unit != "land" })
	require.Len(t, m.Processes, 3)
	m.Elements = nil
	for _, q := range m.Processes {
		q.Edges = nil
	}
	return p, m
}

// The planted effects of the levers, each of which the pack states, come out of the
// attribution: values sum to the joint effect, the lever that changes nothing for the
// process has none, and other sets that reach the same are named with the stage that
// tells them apart. The load of the lawyers, whom a second could be added to, comes with
// an interval.
func TestAttributionOfTheLandLevers(t *testing.T) {
	p, m := open(t)
	all, err := p.Scenarios()
	require.NoError(t, err)
	find := func(ids ...string) (out []*scenario.Scenario) {
		for _, id := range ids {
			i := slices.IndexFunc(all, func(s *scenario.Scenario) bool { return s.ID == id })
			require.GreaterOrEqual(t, i, 0, id)
			out = append(out, all[i])
		}
		return out
	}
	levers := find("portal", "requests", "at-once")
	gate, err := scenario.ParseLever("gate:plot-under-building=1000000")
	require.NoError(t, err)
	levers = append(levers, &scenario.Scenario{ID: "null", Levers: []scenario.Lever{gate}})
	a, err := experiment.Attribute(context.Background(), m, levers, experiment.AttributeConfig{Offered: find("templates", "daily-signing"), Tolerance: 0.2},
		experiment.Config{Replications: 20, Seed: 7, Figure: experiment.Figure{Name: experiment.LeadTime, Of: p.Main}})
	require.NoError(t, err)
	sum := 0.0
	for _, l := range a.Levers {
		sum += float64(l.Effect)
	}
	require.InDelta(t, float64(a.Joint.Effect), sum, 1e-3)
	require.InDelta(t, 0, float64(a.Levers[3].Effect), 1e-6)
	require.InDelta(t, -12*day, float64(a.Joint.Effect), 1.2*day)
	named := map[string]bool{}
	for _, e := range a.Others {
		if !slices.Contains(e.Levers, "null") && len(e.Levers) > 0 && e.String() != "portal + requests + at-once" {
			require.NotEmpty(t, e.Stages, e)
			named[e.String()] = true
		}
	}
	t.Log(named)
	require.GreaterOrEqual(t, len(named), 2)

	r, err := experiment.Run(context.Background(), m, experiment.Config{Replications: 40, Seed: 7})
	require.NoError(t, err)
	k, ok := r.Find(experiment.Utilisation, "lawyers")
	require.True(t, ok)
	require.Less(t, float64(k.High-k.Low), 0.03)
	require.InDelta(t, 0.88, float64(k.Mean), 0.02)
}
