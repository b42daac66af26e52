package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/logtest"
)

// checked is the contract of `uprava check --model --json`.
type checked struct {
	LogFitness     *float64 `json:"log_fitness"`
	TraceFitness   *float64 `json:"average_trace_fitness"`
	FittingTraces  *int64   `json:"fitting_traces"`
	Traces         int64    `json:"traces"`
	Precision      *float64 `json:"precision"`
	Generalisation *float64 `json:"generalisation"`
	Simplicity     *float64 `json:"simplicity"`
	TotalCost      *int64   `json:"total_cost"`
	ProvedTraces   *int64   `json:"proved_traces"`
	CostLow        *int64   `json:"cost_low"`
	CostHigh       *int64   `json:"cost_high"`
	Method         string   `json:"method"`
	Warnings       []string `json:"warnings"`
	Filter         *struct {
		Cases int `json:"cases"`
	} `json:"filter"`
}

// The stored nets give the reference results through the command line.
func TestCheckEqualsTheReference(t *testing.T) {
	for _, want := range []struct {
		name, file            string
		fitting, cost, proved int64
		fitness, precision    float64
	}{
		{"receipt", "receipt.xes.gz", 713, 2465, 1434, 0.944716, 0.252082},
		{"sepsis", "Sepsis.xes.gz", 704, 573, 1050, 0.966980, 0.368220},
		{"bpic13_incidents", "BPIC13_incidents.xes.gz", 4103, 3763, 7554, 0.965708, 0.705294},
	} {
		if testing.Short() && want.name != "receipt" {
			continue
		}
		s := newShell(t)
		s.ok("ingest", logtest.Shared(t, want.file), "--log", want.name)
		net := logtest.Shared(t, "oracle/"+want.name+"/imf02.pnml")
		var replay, alignment checked
		require.NoError(t, json.Unmarshal([]byte(s.ok("check", want.name, "--model", net, "--events", "recorded", "--json")), &replay))
		require.Equal(t, want.fitting, *replay.FittingTraces)
		require.InDelta(t, want.fitness, *replay.LogFitness, 0.002)
		require.InDelta(t, want.precision, *replay.Precision, 5e-7)
		require.Nil(t, replay.TotalCost)
		require.NoError(t, json.Unmarshal([]byte(s.ok("check", want.name, "--model", net, "--method", "alignment", "--events", "recorded", "--json")), &alignment))
		require.Equal(t, want.cost, *alignment.TotalCost)
		require.Equal(t, []int64{want.cost, want.cost, want.proved}, []int64{*alignment.CostLow, *alignment.CostHigh, *alignment.ProvedTraces})
		require.Equal(t, "alignment", alignment.Method)
	}
}

func TestDiscoverThenCheck(t *testing.T) {
	s := newShell(t)
	dir := t.TempDir()
	s.ok("ingest", logtest.Shared(t, "running-example.xes"))
	for _, ending := range []string{".bpmn", ".pnml", ".ptml"} {
		file := filepath.Join(dir, "model"+ending)
		s.ok("discover", "running-example", "--out", file)
		var c checked
		require.NoError(t, json.Unmarshal([]byte(s.ok("check", "running-example", "--model", file, "--json")), &c))
		require.EqualValues(t, 6, *c.FittingTraces, ending)
		require.EqualValues(t, 1, *c.LogFitness)
	}
	for _, name := range []string{"im", "imf", "imd", "powl", "split", "heuristics", "alpha", "alpha+++", "dfg", "prefixes", "transitions", "declare", "skeleton", "temporal", "footprints"} {
		require.True(t, json.Valid([]byte(s.ok("discover", "running-example", "--algorithm", name, "--json"))), name)
	}
	ru := s.ok("check", "running-example", "--model", filepath.Join(dir, "model.bpmn"), "--lang", "ru")
	require.Contains(t, ru, "Соответствие журнала")
	require.Contains(t, s.ok("discover", "--algorithm", "list", "--lang", "ru"), "Индуктивный метод")
	var filtered checked
	require.NoError(t, json.Unmarshal([]byte(s.ok("check", "running-example", "--model", filepath.Join(dir, "model.pnml"), "--filter", `has("pay compensation")`, "--json")), &filtered))
	require.Equal(t, 3, filtered.Filter.Cases)

	loose := filepath.Join(dir, "loose.pnml")
	require.NoError(t, os.WriteFile(loose, []byte(`<pnml><net id="n"><page id="g"><place id="i"><initialMarking><text>1</text></initialMarking></place><place id="p"/><place id="o"/>
		<transition id="a"><name><text>register request</text></name></transition><transition id="b"><name><text>decide</text></name></transition>
		<arc id="1" source="i" target="a"/><arc id="2" source="a" target="p"/><arc id="3" source="a" target="o"/><arc id="4" source="p" target="b"/><arc id="5" source="b" target="o"/></page>
		<finalmarkings><marking><place idref="o"><text>1</text></place></marking></finalmarkings></net></pnml>`), 0o600))
	_, _, said := s.run("check", "running-example", "--model", loose)
	require.Contains(t, said, "the model is not sound: tokens are left over at the end, after register request")

	bad := filepath.Join(dir, "bad.pnml")
	require.NoError(t, os.WriteFile(bad, []byte("<pnml><net"), 0o600))
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"check", "running-example"}, exitUsage, "one of --model and --rules"},
		{[]string{"check", "running-example", "--model", bad}, exitBadInput, "bad.pnml"},
		{[]string{"check", "running-example", "--model", filepath.Join(dir, "none.pnml")}, exitBadInput, "no such file"},
		{[]string{"check", "running-example", "--model", filepath.Join(dir, "model.pnml"), "--method", "guess"}, exitUsage, "guess"},
		{[]string{"check", "nothing", "--model", filepath.Join(dir, "model.pnml")}, exitNotFound, "nothing"},
		{[]string{"discover", "running-example", "--algorithm", "magic"}, exitUsage, `no algorithm "magic"`},
		{[]string{"discover", "running-example", "--algorithm", "dfg", "--out", filepath.Join(dir, "x.ptml")}, exitUsage, "cannot be written"},
		{[]string{"discover", "running-example", "--set", "noise"}, exitUsage, "NAME=VALUE"},
		{[]string{"discover", "running-example", "--algorithm", "imf", "--noise", "7"}, exitBadInput, "noise"},
		{[]string{"discover"}, exitUsage, "name of a log is missing"},
	} {
		code, _, err := s.run(c.args...)
		require.Equal(t, c.code, code, "%v: %s", c.args, err)
		require.Contains(t, err, c.says, "%v", c.args)
	}
}

func TestCheckRules(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "receipt.xes.gz"))
	file := filepath.Join("..", "..", "mining", "rules", "testdata", "receipt.yaml")
	var r struct {
		Rules []struct {
			ID                  string
			Violated, Satisfied int
		}
	}
	require.NoError(t, json.Unmarshal([]byte(s.ok("check", "receipt", "--rules", file, "--json")), &r))
	require.Equal(t, 8, len(r.Rules))
	require.Equal(t, 185, r.Rules[1].Violated)
	require.Equal(t, 1042, r.Rules[2].Violated)
	en, ru := s.ok("check", "receipt", "--rules", file), unspaced(s.ok("check", "receipt", "--rules", file, "--lang", "ru"))
	require.Contains(t, en, "are by the same \"Resource03\"")
	require.Contains(t, ru, "Утверждает не тот, кто проверял")
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	require.NoError(t, os.WriteFile(bad, []byte("rules:\n  - id: x\n    kind: nonsense\n"), 0o600))
	code, _, err := s.run("check", "receipt", "--rules", bad)
	require.Equal(t, exitBadInput, code, err)
	require.Contains(t, err, "nonsense")
}
