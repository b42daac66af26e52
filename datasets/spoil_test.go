package datasets_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/performance"
)

// edit is a change of one file of a pack: what stands there, and what instead.
type edit struct{ file, was, is string }

// copyOf returns the pack in a folder of its own, with one check only, after edits.
func copyOf(t *testing.T, id, check string, edits ...edit) *datasets.Pack {
	t.Helper()
	dir := filepath.Join(t.TempDir(), id)
	require.NoError(t, os.CopyFS(dir, os.DirFS(id)))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "check.yaml"), []byte("checks:\n  - {"+check+"}\n"), 0o644))
	for _, e := range edits {
		name := filepath.Join(dir, filepath.FromSlash(e.file))
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Contains(t, string(data), e.was, e.file)
		require.NoError(t, os.WriteFile(name, []byte(strings.ReplaceAll(string(data), e.was, e.is)), 0o644))
	}
	p, err := datasets.Find(dir)
	require.NoError(t, err)
	return p
}

// failed returns the checks that did not pass.
func failed(t *testing.T, p *datasets.Pack, s *datasets.System) []string {
	t.Helper()
	cfg := datasets.CheckConfig{Replications: 4, Seed: 1, Lang: "en", Ask: func(_ context.Context, q datasets.Question) (*performance.LongRun, error) {
		i := slices.IndexFunc(s.Logs, func(l *eventlog.Log) bool { return l.Name() == q.Log })
		require.GreaterOrEqual(t, i, 0, q.Log)
		return answer(t, s.Logs[i], q), nil
	}}
	card, err := datasets.Check(context.Background(), p, s, cfg)
	require.NoError(t, err)
	require.NotEmpty(t, card.Rows)
	out := []string{}
	for _, r := range card.Failed() {
		out = append(out, r.Check+" "+r.Of)
	}
	return out
}

// Each truth that is planted in the town is spoiled in turn, and the scorecard, clean
// before, tells which. (What the transformation project holds, and the violations of the
// expertise, are spoiled in TestScorecardSeesWhatIsSpoiled.)
func TestScorecardSeesEachPlantedTruthSpoiled(t *testing.T) {
	if testing.Short() {
		t.Skip("two systems generated and some thirty simulated years")
	}
	_, town := system(t, "municipality", 1)
	_, body := system(t, "expertise", 1)
	asIs := "kind: as-is, within: 0.05, covered: 0.8"
	toBe := "kind: to-be, scenario: to-be, within: 0.1, half-width: 0.05"
	coupling := "kind: effect, scenario: instructions-to-be, figure: lead_time, of: plot-under-building, direction: less"
	lawyers := "kind: load, pool: lawyers, least: 0.80, most: 0.95" // wide enough for four replications
	duplicates := "kind: duplicates, precision: 0.85, recall: 0.8, baseline: 0.5"
	units := "kind: things, of: unit, n: 45"
	for name, x := range map[string]struct {
		pack, check string
		edits       []edit
		spoil       func(*datasets.System)
		want        string // "" where the pack is as it must be
	}{
		"as-is":          {"municipality", asIs, nil, nil, ""},
		"to-be":          {"municipality", toBe, nil, nil, ""},
		"coupling":       {"municipality", coupling, nil, nil, ""},
		"load":           {"municipality", lawyers, nil, nil, ""},
		"duplicates":     {"municipality", duplicates, nil, nil, ""},
		"departments":    {"municipality", units, nil, nil, ""},
		"a lost unit":    {"municipality", units, nil, func(s *datasets.System) { s.Twin.Units = s.Twin.Units[1:] }, "things unit"},
		"a lost case":    {"municipality", asIs, nil, func(s *datasets.System) { s.Logs[0] = without(s.Logs[0], 0) }, "as-is-mined " + town.Truth.Processes[0].Process},
		"slower roads":   {"municipality", asIs, []edit{{"pack.yaml", "id: roads, levers: roads-to-be, as-is: 3 wd", "id: roads, levers: roads-to-be, as-is: 4 wd"}}, nil, "as-is-planted roads"},
		"no lever":       {"municipality", toBe, []edit{{"scenarios/to-be.yaml", "roads-to-be.yaml, ", ""}}, nil, "to-be roads"},
		"a person more":  {"municipality", toBe, []edit{{"scenarios/to-be.yaml", "with: [", "with: [second-lawyer.yaml, "}}, nil, "headcount to-be"},
		"no coupling":    {"municipality", coupling, []edit{{"twin/processes/plot-under-building/process.yaml", "pools: [deputy-heads]", "pools: [surveyors]"}}, nil, "effect instructions-to-be: lead_time plot-under-building"},
		"two lawyers":    {"municipality", lawyers, []edit{{"twin/pools/lawyers.yaml", "size: 1", "size: 2"}}, nil, "load lawyers"},
		"other pairs":    {"municipality", duplicates, nil, func(s *datasets.System) { swap(s.Truth.Town.Duplicates) }, "duplicates 60 + 60"},
		"rounds":         {"expertise", "kind: times, process: expertise, of: remarks_issued, figure: paid, n: 1.1, scenario: pre-check", nil, nil, ""},
		"no pre-check":   {"expertise", "kind: times, process: expertise, of: remarks_issued, figure: paid, n: 1.1, scenario: pre-check", []edit{{"scenarios/pre-check.yaml", "share: 0.713", "share: 0.9"}}, nil, "times Remarks issued pre-check"},
		"in term":        {"expertise", "kind: effect, scenario: pre-check, figure: in_time_share, direction: more", nil, nil, ""},
		"no effect":      {"expertise", "kind: effect, scenario: pre-check, figure: in_time_share, direction: more", []edit{{"scenarios/pre-check.yaml", "share: 0.713", "share: 0.92"}}, nil, "effect pre-check: in_time_share"},
		"scarce":         {"expertise", "kind: last, process: expertise, prefix: review_, of: [review_fire, review_geology]", nil, nil, ""},
		"another scarce": {"expertise", "kind: last, process: expertise, prefix: review_, of: [review_power, review_geology]", nil, nil, "last expertise"},
		"another load":   {"expertise", "kind: load, pool: experts, least: 0.7, most: 0.9", nil, nil, "load experts"},
	} {
		t.Run(name, func(t *testing.T) {
			clean := town
			if x.pack == "expertise" {
				clean = body
			}
			s := *clean
			truth := *clean.Truth
			s.Twin, s.Logs, s.Truth = clean.Twin.Clone(), slices.Clone(clean.Logs), &truth
			if truth.Town != nil {
				planted := *truth.Town
				planted.Duplicates = slices.Clone(planted.Duplicates)
				truth.Town = &planted
			}
			if x.spoil != nil {
				x.spoil(&s)
			}
			found := failed(t, copyOf(t, x.pack, x.check, x.edits...), &s)
			if x.want == "" {
				require.Empty(t, found)
				return
			}
			require.Contains(t, fmt.Sprint(found), x.want)
		})
	}
}

// without returns a log without one of its cases.
func without(l *eventlog.Log, i int) *eventlog.Log {
	gone := l.Case(i).ID()
	return l.Where(func(c eventlog.Case) bool { return c.ID() != gone })
}

// swap gives each planted pair the partner of the next one.
func swap(pairs [][2]string) {
	first := pairs[0][1]
	for i := range pairs[:len(pairs)-1] {
		pairs[i][1] = pairs[i+1][1]
	}
	pairs[len(pairs)-1][1] = first
}
