package discovery

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/measure"
)

// holds reports whether the model has a kind.
func (m *Model) holds(k Kind) bool {
	return map[Kind]bool{
		KindTree: m.Tree != nil, KindNet: m.Net != nil, KindBPMN: m.BPMN != nil, KindGraph: m.Graph != nil, KindCausal: m.Causal != nil,
		KindPOWL: m.POWL != nil, KindPrefixes: m.Prefixes != nil, KindTransitions: m.Transitions != nil,
	}[k]
}

// check checks what the registry promises of a model.
func check(t testing.TB, a Algorithm, m *Model, sound bool) {
	t.Helper()
	for _, k := range a.Yields {
		require.True(t, m.holds(k), "%s yields no %s", a.Name, k)
	}
	if m.Tree != nil {
		require.NoError(t, m.Tree.Validate())
	}
	if m.BPMN != nil {
		require.NoError(t, m.BPMN.Validate())
	}
	if m.Net != nil {
		require.NoError(t, m.Net.Validate())
		if a.Sound && sound {
			require.NoError(t, m.Net.Sound(), a.Name)
		}
	}
	b, err := json.Marshal(m)
	require.NoError(t, err)
	require.Contains(t, string(b), `"algorithm":`)
	for _, w := range m.Warnings {
		d, ok := errors.AsType[*measure.Doubt](w)
		require.True(t, ok, w)
		require.NotEmpty(t, d.RU)
	}
}

// FuzzDiscover: no miner panics, all keep their promises, and the same log gives the
// same model.
func FuzzDiscover(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, uint8(8), uint8(6), 0.0)
		f.Add(seed, uint8(20), uint8(12), 0.3)
	}
	f.Add(uint64(1), uint8(0), uint8(1), 1.0)
	f.Fuzz(func(t *testing.T, seed uint64, cases, activities uint8, noise float64) {
		l := logtest.Random(seed, logtest.Config{Cases: int(cases%32) + 1, Length: 7, Activities: int(activities%12) + 1})
		for _, a := range Algorithms() {
			cfg := Config{Noise: noise}
			m, err := Discover(context.Background(), a.Name, l, cfg)
			if cfg.Validate() != nil {
				require.Error(t, err)
				continue
			}
			require.NoError(t, err)
			check(t, a, m, len(l.Variants()) < 12)
			again, err := Discover(context.Background(), a.Name, l, cfg)
			require.NoError(t, err)
			require.Equal(t, m, again)
			if a.Fits && noise == 0 && m.Net != nil {
				for _, v := range named(l) {
					ok, err := m.Net.Accepts(v.Activities)
					require.NoError(t, err)
					require.True(t, ok, "%s does not allow %v", a.Name, v.Activities)
				}
			}
		}
	})
}

func TestDiscoverOfNothing(t *testing.T) {
	for _, notation := range []string{"", "<>^3"} {
		for _, a := range Algorithms() {
			m, err := Discover(context.Background(), a.Name, logtest.Parse(notation), Config{})
			require.NoError(t, err, a.Name)
			check(t, a, m, false)
			require.NotEmpty(t, m.Warnings)
		}
	}
}

func TestDiscoverSharedLogs(t *testing.T) {
	for _, s := range logtest.SharedLogs {
		if testing.Short() && s.Name != "running-example" && s.Name != "receipt" {
			continue
		}
		for _, a := range Algorithms() {
			m, err := Discover(context.Background(), a.Name, logtest.Bare(t, s.File), Config{})
			require.NoError(t, err)
			check(t, a, m, false)
		}
	}
}

func TestSet(t *testing.T) {
	for _, a := range Algorithms() {
		var cfg Config
		for _, p := range a.Parameters {
			require.NotEmpty(t, p.RU)
			require.NoError(t, a.Set(&cfg, p.Name, p.Default), p.Name)
		}
		require.NoError(t, cfg.Validate())
		require.Error(t, a.Set(&cfg, "nonsense", "1"))
	}
	a, err := Find("Heuristics")
	require.NoError(t, err)
	var cfg Config
	require.NoError(t, a.Set(&cfg, "dependency", "0.5"))
	require.NoError(t, a.Set(&cfg, "unconnected", "true"))
	require.Equal(t, Config{Heuristics: HeuristicsConfig{Dependency: 0.5, Unconnected: true}}, cfg)
	require.EqualError(t, a.Set(&cfg, "dependency", "much"), `setting dependency of heuristics: found "much", wanted a number`)
	require.ErrorContains(t, a.Set(&cfg, "horizon", "1"), `setting "horizon" of heuristics: wanted one of dependency, loop-one`)
	_, err = Discover(context.Background(), "magic", logtest.Parse("<a>"), Config{})
	require.ErrorContains(t, err, `looking for the discovery algorithm "magic": wanted one of im, imf, imd`)
	_, err = Discover(context.Background(), "im", logtest.Parse("<a>"), Config{Noise: 2, Alpha: AlphaConfig{MaxPlaces: -1}})
	require.ErrorContains(t, err, "noise is 2")
	require.ErrorContains(t, err, "places is -1")
	b, err := json.Marshal(Algorithms())
	require.NoError(t, err)
	require.Contains(t, string(b), `"name":"alpha+++"`)
}

// TestCancel cancels every miner on the log with the most activities: each returns
// soon, with the context's error, and leaves no goroutine behind.
func TestCancel(t *testing.T) {
	l := logtest.Bare(t, "BPIC15_1.xes.gz")
	before := runtime.NumGoroutine()
	for _, a := range Algorithms() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := Discover(ctx, a.Name, l, Config{})
		require.ErrorIs(t, err, context.Canceled, a.Name)

		ctx, cancel = context.WithTimeout(context.Background(), 20*time.Millisecond)
		began := time.Now()
		_, err = Discover(ctx, a.Name, l, Config{})
		if err != nil {
			require.ErrorIs(t, err, context.DeadlineExceeded, a.Name)
			require.Less(t, time.Since(began), 2*time.Second, a.Name) // 100 ms on an idle machine: see the benchmark
		}
		cancel()
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

func TestModelJSON(t *testing.T) {
	l := logtest.Parse("<a,b>^2 <b,a>")
	for name, want := range map[string]string{
		"im": `{"algorithm":"im","tree":"+( 'a', 'b' )","net":{"places":6,"transitions":4,"silent":2,"arcs":10},"warnings":[]}`,
		"dfg": `{"algorithm":"dfg","graph":{"activities":[{"name":"a","count":3,"starts":2,"ends":1},{"name":"b","count":3,"starts":1,"ends":2}],` +
			`"edges":[{"from":"a","to":"b","count":2,"mean_s":60},{"from":"b","to":"a","count":1,"mean_s":60}]},` +
			`"hidden":{"activities":[],"occurrences":0,"events":6,"paths":0,"followed":0,"of":9,"needed":[]},"warnings":[]}`,
	} {
		m, err := Discover(context.Background(), name, l, Config{})
		require.NoError(t, err)
		b, err := json.Marshal(m)
		require.NoError(t, err)
		require.JSONEq(t, want, string(b))
	}
}

// TestFollows: pairs are the same counted in a matrix and in a table.
func TestFollows(t *testing.T) {
	for seed := range uint64(40) {
		l := logtest.Random(seed, logtest.Config{Activities: 1 + int(seed)})
		s, err := coded(l.Variants(), l.Activities(), newWatch(context.Background()))
		require.NoError(t, err)
		require.Equal(t, s.dense(), s.sparse())
	}
	l := logtest.Random(3, logtest.Config{Cases: 300, Length: 15, Activities: 3000, Plain: true})
	require.Greater(t, l.Activities().Len(), maxDense)
	m, err := Discover(context.Background(), "imd", l, Config{})
	require.NoError(t, err)
	require.NoError(t, m.Tree.Validate())
}
