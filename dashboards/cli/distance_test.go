package cli

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/logtest"
)

func TestDistance(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "Production.csv"))
	s.ok("ingest", logtest.Shared(t, "running-example.xes"))
	var r map[string]float64
	require.NoError(t, json.Unmarshal([]byte(s.ok("distance", "production", "production", "--json")), &r))
	require.Equal(t, map[string]float64{"ngram_2": 0, "ngram_3": 0, "absolute_event": 0, "circadian_event": 0, "relative_event": 0, "cycle_time": 0, "case_arrival": 0}, r)
	require.NoError(t, json.Unmarshal([]byte(s.ok("distance", "production", "running-example", "--json")), &r))
	require.Equal(t, 1.0, r["ngram_2"])
	require.Greater(t, r["absolute_event"], 8000.0) // logs of 2012 and 2011
	require.Contains(t, s.ok("distance", "production", "running-example"), "1: none in common")
	require.Contains(t, unspaced(s.ok("distance", "production", "running-example", "--lang", "ru")), "Поступление дел")
	_, _, found := s.run("distance", "production", "running-example")
	require.Contains(t, found, "computed before")
	code, _, fault := s.run("distance", "production", "nothing")
	require.Equal(t, exitNotFound, code, fault)
	code, _, fault = s.run("distance", "production", "production", "--time-zone", "Mars")
	require.Equal(t, exitUsage, code, fault)
}
