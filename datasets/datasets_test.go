package datasets

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
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
		require.Contains(t, b.String(), "30 d → 17 d")
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
	require.GreaterOrEqual(t, float64(overdue.Mean), 0.03)
	require.LessOrEqual(t, float64(overdue.Mean), 0.06)
	lawyers := figure(asIs, experiment.Utilisation, "lawyers")
	require.InDelta(t, 0.88, float64(lawyers.Mean), 0.02)

	all, err := p.Scenarios()
	require.NoError(t, err)
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
