package conformance

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/petri"
)

// sharedNet returns a stored net of the oracle; the test is skipped where it is
// missing.
func sharedNet(t testing.TB, log, file string) *petri.Net {
	t.Helper()
	f, err := os.Open(logtest.Shared(t, "oracle/"+log+"/"+file))
	require.NoError(t, err)
	defer f.Close()
	n, err := petri.Read(f)
	require.NoError(t, err)
	return n
}

// peer returns what PM4Py answers of a log.
func peer(t testing.TB, log string) map[string]map[string]float64 {
	t.Helper()
	b, err := os.ReadFile(logtest.Shared(t, "oracle/pm4py.json"))
	require.NoError(t, err)
	var all struct {
		Logs map[string]struct {
			PM4Py map[string]json.RawMessage `json:"pm4py"`
		}
	}
	require.NoError(t, json.Unmarshal(b, &all))
	out := map[string]map[string]float64{}
	for name, raw := range all.Logs[log].PM4Py {
		var m map[string]float64
		if json.Unmarshal(raw, &m) == nil {
			out[name] = m
		}
	}
	return out
}
