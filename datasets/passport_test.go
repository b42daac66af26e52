package datasets_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// A passport says all that a process owner looks for on it.
func TestPassportsAreFilled(t *testing.T) {
	for _, id := range []string{"municipality", "expertise"} {
		p, err := datasets.Find(id)
		require.NoError(t, err)
		m, err := p.Model()
		require.NoError(t, err)
		for _, x := range m.Passports() {
			about := x.Process.About
			for what, words := range map[string]twin.Text{"purpose": about.Purpose, "client": about.Client, "starts-with": about.Starts, "ends-with": about.Ends} {
				require.NotEmpty(t, words.RU, "%s: %s", x.Process.ID, what)
				require.NotEmpty(t, words.EN, "%s: %s", x.Process.ID, what)
			}
			require.Contains(t, twin.Categories, about.Category, x.Process.ID)
			for what, list := range map[string][]twin.Ref{"inputs": x.Inputs, "outputs": x.Outputs, "systems": x.Systems, "basis": x.Basis, "powers": x.Powers, "job descriptions": x.JobDescriptions} {
				require.NotEmpty(t, list, "%s: %s", x.Process.ID, what)
			}
			require.NotEmpty(t, x.Owners, x.Process.ID)
			for _, owner := range x.Owners {
				require.Equal(t, twin.Post, owner.Kind, x.Process.ID)
			}
			if id == "expertise" || slices.ContainsFunc(p.Processes, func(q datasets.Published) bool { return q.Process == x.Process.ID }) {
				require.NotEmpty(t, x.Indicators, x.Process.ID)
				require.NotEmpty(t, x.Risks, x.Process.ID)
				require.NotEmpty(t, x.Measures, x.Process.ID)
			}
		}
	}
}

// The measures of a process share out its lever set, each lever to one of them, and
// their planned effects make the step from as-is to the target of its indicator.
func TestPlanSharesOutTheLevers(t *testing.T) {
	p, err := datasets.Find("municipality")
	require.NoError(t, err)
	m, err := p.Model()
	require.NoError(t, err)
	elements := map[twin.Ref]*twin.Element{}
	for _, e := range m.Elements {
		elements[e.Ref()] = e
	}
	for _, x := range p.Processes {
		plan, sum := m.Plan(x.Process), 0.0
		require.NotEmpty(t, plan, x.Process)
		indicator := elements[plan[0].Indicators[0]]
		taken := map[string]string{}
		for _, w := range plan {
			require.NotEmpty(t, w.Owners, w.Measure.ID)
			require.Equal(t, []twin.Ref{indicator.Ref()}, w.Indicators, w.Measure.ID)
			effect, err := measure.Convert(w.Effect.Value, measure.Unit(w.Effect.Unit), measure.Unit(indicator.Properties["unit"]))
			require.NoError(t, err, w.Measure.ID)
			require.Negative(t, w.Effect.Value, w.Measure.ID)
			require.False(t, w.Due.IsZero() || w.Start.IsZero(), w.Measure.ID)
			sum += effect
			for _, lever := range leversOf(t, p, w) {
				require.Empty(t, taken[lever], "%s has it already, %s takes it again: %s", taken[lever], w.Measure.ID, lever)
				taken[lever] = w.Measure.ID
			}
		}
		for _, lever := range all(t, p, x.Levers) {
			require.NotEmpty(t, taken[lever], "%s: no measure has the lever %s", x.Process, lever)
		}
		require.InDelta(t, indicator.Figures["target"].Value-indicator.Figures["as-is"].Value, sum, 1e-9, x.Process)
	}
}

// all returns the levers of a scenario of the pack, as a plan names them.
func all(t *testing.T, p *datasets.Pack, id string) []string {
	t.Helper()
	list, err := p.Scenarios()
	require.NoError(t, err)
	for _, s := range list {
		if s.ID != id {
			continue
		}
		var out []string
		for _, l := range s.Levers {
			out = append(out, fmt.Sprintf("%s:%s", l.Kind, l.Target))
		}
		return out
	}
	require.Fail(t, "no such scenario", id)
	return nil
}

func leversOf(t *testing.T, p *datasets.Pack, w twin.Work) []string {
	t.Helper()
	there := all(t, p, w.Scenario)
	if len(w.Levers) == 0 {
		return there
	}
	for _, l := range w.Levers {
		require.Contains(t, there, l, w.Measure.ID)
	}
	return w.Levers
}

// The twins of the packs are as the writer writes them, so that a change shows alone.
func TestTwinsAreCanonical(t *testing.T) {
	packs, err := datasets.Packs()
	require.NoError(t, err)
	for _, p := range packs {
		m, err := p.Model()
		require.NoError(t, err)
		files, err := twin.Files(m)
		require.NoError(t, err)
		for name, want := range files {
			got, err := os.ReadFile(p.ID + "/twin/" + name)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got), "%s: %s", p.ID, name)
		}
	}
}

// Every number of a pack says where it comes from.
func TestNumbersHaveASource(t *testing.T) {
	packs, err := datasets.Packs()
	require.NoError(t, err)
	for _, p := range packs {
		m, err := p.Model()
		require.NoError(t, err)
		require.Empty(t, m.Unsourced(), p.ID)
		all, err := p.Scenarios()
		require.NoError(t, err)
		for _, s := range all {
			for _, l := range s.Levers {
				require.NotEmpty(t, l.Provenance.Kind, "%s: %s: %s", p.ID, s.ID, l)
			}
		}
		if m, _, err = p.Town(1); err == nil {
			require.Empty(t, m.Unsourced(), p.ID)
		}
	}
}
