package discovery

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/processtree"
)

// sharedVariants returns the variants of a shared log by name.
func sharedVariants(t testing.TB, file string) []processtree.Variant {
	t.Helper()
	return named(logtest.Bare(t, file))
}

// named returns the variants of a log by the names of their activities.
func named(l *eventlog.Log) []processtree.Variant {
	var out []processtree.Variant
	for _, v := range l.Variants() {
		n := processtree.Variant{Count: int64(v.Count)}
		for _, a := range v.Activities {
			n.Activities = append(n.Activities, l.Activities().Name(a))
		}
		out = append(out, n)
	}
	return out
}

// oracleTree returns a reference tree, nil where there is none.
func oracleTree(t testing.TB, name, file string) *processtree.Tree {
	t.Helper()
	path := filepath.Join(filepath.Dir(logtest.Shared(t, "oracle/pm4py.json")), name, file)
	b, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	tree, err := processtree.Parse(string(b))
	require.NoError(t, err)
	return tree
}

// reference returns the numbers that the oracle holds under a key of a log.
func reference(t testing.TB, log, key string) (map[string]int, bool) {
	t.Helper()
	b, err := os.ReadFile(logtest.Shared(t, "oracle/pm4py.json"))
	require.NoError(t, err)
	var all struct {
		Logs map[string]struct {
			PM4Py map[string]json.RawMessage
		}
	}
	require.NoError(t, json.Unmarshal(b, &all))
	raw, ok := all.Logs[log].PM4Py[key]
	if !ok {
		return nil, false
	}
	var out map[string]int
	require.NoError(t, json.Unmarshal(raw, &out))
	return out, true
}
