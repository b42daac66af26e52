package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const levers = `model: municipality
replications: 4
figure: {name: lead_time, of: redistribution}
scenarios:
  - portal-and-requests
  - {id: faster, with: [templates], levers: ["delay:redistribution/completeness_check*0.5"]}
select: {method: kn, first: 4, indifference: 24 h}
sensitivity:
  points: 2
  factors: [{lever: "step:redistribution/replies*1", from: 0.5, to: 1.5}, {lever: "pool:lawyers=2", from: 1, to: 2}]
`

// An experiment in a file: many scenarios, the best, what matters; asked again it is
// read from the store, and the same bytes come.
func TestExperiment(t *testing.T) {
	s := newShell(t)
	office := landOffice(t)
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("levers.yaml", []byte(strings.ReplaceAll(levers, "municipality", office)), 0o600))
	first := s.ok("experiment", "levers.yaml", "--json")
	code, again, said := s.run("experiment", "levers.yaml", "--json")
	require.Zero(t, code)
	require.Equal(t, first, again)
	require.Contains(t, said, "was computed before")
	var answer struct {
		Comparison struct {
			Scenarios []struct {
				ID          string
				Differences []struct {
					Name, Of   string
					Difference float64
					Distinct   bool
				}
			}
			Selection struct{ Best int }
		}
		Sensitivity struct {
			Points  int
			Effects []struct {
				ID     string
				MuStar float64 `json:"mu_star"`
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(first), &answer))
	require.Len(t, answer.Comparison.Scenarios, 2)
	for _, d := range answer.Comparison.Scenarios[0].Differences {
		if d.Name == "lead_time" && d.Of == "redistribution" {
			require.InDelta(t, -12*86400, d.Difference, 2*86400)
			require.True(t, d.Distinct)
		}
	}
	require.Equal(t, 1, answer.Comparison.Selection.Best)
	require.Equal(t, 6, answer.Sensitivity.Points)
	require.Greater(t, answer.Sensitivity.Effects[0].MuStar, answer.Sensitivity.Effects[1].MuStar)
	for _, lang := range []string{"ru", "en"} {
		text := s.ok("experiment", "levers.yaml", "--lang", lang)
		require.Contains(t, text, "faster")
		require.NotContains(t, text, "%!")
		require.NotContains(t, text, "EXTRA")
	}

	for text, want := range map[string]string{
		"model: municipality\n":                                                  "wanted something to ask",
		"model: municipality\nscenarios: [nothing]\n":                            `"nothing"`,
		"model: municipality\nreplication: 4\nscenarios: [portal]\n":             `line 2, column 1: found the key "replication", wanted perhaps "replications"`,
		"model: municipality\nscenarios: [{id: x, levers: [\"step:T*\"]}]\n":     "found the factor",
		"model: nowhere\nscenarios: [portal]\n":                                  "nowhere",
		"model: municipality\nscenarios: [portal]\nselect: {method: guess}\n":    "guess",
		"model: municipality\nscenarios: [portal]\nprecision: 2\n":               "precision 2",
		"model: municipality\nsensitivity: {factors: [{lever: \"remove:x\"}]}\n": `"from"`,
	} {
		require.NoError(t, os.WriteFile("bad.yaml", []byte(strings.ReplaceAll(text, "municipality", office)), 0o600))
		code, _, stderr := s.run("experiment", "bad.yaml")
		require.NotZero(t, code, text)
		require.Contains(t, stderr, want, text)
	}
}

func TestAttribute(t *testing.T) {
	s, office := newShell(t), landOffice(t)
	args := []string{"attribute", office, "--scenario", "portal", "--scenario", "requests", "--scenario", "at-once", "--offer", "templates", "--offer", "daily-signing",
		"--tolerance", "0.2", "--figure", "lead_time", "--of", "redistribution", "--replications", "10"}
	var answer struct {
		Joint  struct{ Effect float64 }
		Levers []struct {
			ID     string
			Effect float64
		}
		Equivalent []struct {
			Levers []string
			Stages []struct{ Activity string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(s.ok(append(args, "--json")...)), &answer))
	sum := 0.0
	for _, l := range answer.Levers {
		sum += l.Effect
	}
	require.InDelta(t, answer.Joint.Effect, sum, 1)
	require.GreaterOrEqual(t, len(answer.Equivalent), 2)
	for _, e := range answer.Equivalent {
		require.NotEmpty(t, e.Stages)
	}
	for _, lang := range []string{"ru", "en"} {
		text := s.ok(append(args, "--lang", lang)...)
		require.Contains(t, text, "portal")
		require.NotContains(t, text, "%!")
	}
	code, _, _ := s.run("attribute", office)
	require.Equal(t, exitUsage, code)
	code, _, stderr := s.run("attribute", office, "--scenario", "portal", "--figure", "beauty", "--replications", "2")
	require.NotZero(t, code)
	require.Contains(t, stderr, "there is no figure")
}

func TestOptimise(t *testing.T) {
	s, office := newShell(t), landOffice(t)
	args := []string{"optimise", office, "--pool", "lawyers=1..2", "--scenario", "at-once", "--minimise", "lead_time/redistribution", "--minimise", "headcount",
		"--keep-headcount", "--replications", "4", "--population", "6", "--generations", "3"}
	var answer struct {
		Choices []struct {
			Pools  map[string]int
			Levers []string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(s.ok(append(args, "--json")...)), &answer))
	require.Len(t, answer.Choices, 1)
	require.Equal(t, []string{"at-once"}, answer.Choices[0].Levers)
	require.Equal(t, 1, answer.Choices[0].Pools["lawyers"]) // a second would be a person more
	text := s.ok(append(args, "--lang", "ru")...)
	require.NotContains(t, text, "%!")
	require.Contains(t, text, "Загрузка сейчас: lawyers")
	for _, bad := range [][]string{{"--pool", "lawyers"}, {"--subject-to", "x"}, {"--subject-to", "x<=y"}} {
		code, _, _ := s.run(append([]string{"optimise", office}, bad...)...)
		require.Equal(t, exitUsage, code)
	}
	code, _, stderr := s.run("optimise", office, "--pool", "nobody=1..2")
	require.NotZero(t, code)
	require.Contains(t, stderr, `found the pool "nobody"`)
}

func TestBacktest(t *testing.T) {
	s := newShell(t)
	dir := t.TempDir()
	s.ok("dataset", "generate", "municipality", "--process", "redistribution", "--out", dir)
	s.ok("ingest", filepath.Join(dir, "municipality-redistribution.xes.gz"), "--log", "land")
	var answer struct {
		Training  int `json:"training_cases"`
		Test      int `json:"test_cases"`
		Distances []struct {
			Name, Trust    string
			Mean, SD, Past float64
		}
	}
	require.NoError(t, json.Unmarshal([]byte(s.ok("backtest", "land", "--runs", "3", "--json")), &answer))
	require.Greater(t, answer.Training, answer.Test)
	require.Len(t, answer.Distances, 7)
	for _, lang := range []string{"ru", "en"} {
		text := s.ok("backtest", "land", "--runs", "2", "--split", "0.7", "--lang", lang)
		require.NotContains(t, text, "%!")
		require.NotContains(t, text, "EXTRA")
	}
	// The weeks ahead, from the cases that were open in the middle of the year.
	var outlook struct {
		Open  int `json:"open_cases"`
		Weeks []struct {
			Arrived, Open struct{ Mean, Low, High float64 }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(s.ok("forecast", "land", "--as-of", "2019-06-03", "--weeks", "3", "--replications", "20", "--limit", "30d", "--json")), &outlook))
	require.Greater(t, outlook.Open, 10)
	require.Len(t, outlook.Weeks, 3)
	require.Greater(t, outlook.Weeks[0].Arrived.Mean, 1.0)
	require.Less(t, outlook.Weeks[0].Open.Low, outlook.Weeks[0].Open.High)
	require.NotContains(t, s.ok("forecast", "land", "--as-of", "2019-06-03", "--weeks", "2", "--replications", "5", "--lang", "ru"), "%!")
	code, _, _ := s.run("backtest", "land", "--split", "1.5")
	require.Equal(t, exitUsage, code)
	code, _, stderr := s.run("backtest", "land", "--split", "0.001")
	require.NotZero(t, code)
	require.Contains(t, stderr, "wanted some on both sides")
}

// A model goes to another tool's form and comes back, and what is lost is said.
func TestConvert(t *testing.T) {
	s := newShell(t)
	t.Chdir(t.TempDir())
	for _, to := range []string{"prosimos", "bpsim"} {
		out := s.ok("convert", "municipality", "--process", "redistribution", "--to", to, "--out", to, "--lang", "en")
		require.Contains(t, out, "What this form cannot hold")
	}
	require.Contains(t, s.ok("simulate", "prosimos.bpmn", "prosimos.json", "--replications", "2", "--cases", "50", "--json"), `"cycle_time"`)
	require.Contains(t, s.ok("simulate", "bpsim.bpmn", "--replications", "2", "--cases", "50", "--json"), `"cycle_time"`)
	code, _, stderr := s.run("convert", "municipality", "--to", "bpsim", "--out", "x")
	require.NotZero(t, code)
	require.Contains(t, stderr, "say which")
	code, _, _ = s.run("convert", "municipality", "--to", "excel", "--out", "x")
	require.Equal(t, exitUsage, code)
}
