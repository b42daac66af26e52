// Package conntest reads the shared logs for tests that want them whole.
package conntest

import (
	"context"
	"encoding/csv"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// Shared reads a log of the shared folder beside the repository, .xes, .xes.gz or .csv
// with starts; without the folder the test is skipped.
func Shared(t testing.TB, file string) *eventlog.Log {
	path := logtest.Shared(t, file)
	if !strings.HasSuffix(file, ".csv") {
		l, _, err := connectors.Load(context.Background(), strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(file, ".gz"), ".xes")), xes.Open(path))
		require.NoError(t, err)
		return l
	}
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	at := map[string]int{}
	for i, h := range rows[0] {
		at[strings.TrimPrefix(h, "\ufeff")] = i
	}
	stamp := func(s string) eventlog.Stamp {
		m, err := time.Parse("2006-01-02 15:04:05.999999999-07:00", s)
		require.NoError(t, err)
		return eventlog.At(m)
	}
	b := eventlog.NewBuilder(strings.ToLower(strings.TrimSuffix(file, ".csv")))
	for _, r := range rows[1:] {
		e := eventlog.NewEvent(r[at["case:concept:name"]], r[at["concept:name"]], stamp(r[at["time:timestamp"]]))
		e.Resource, e.Start = r[at["org:resource"]], stamp(r[at["start_timestamp"]])
		require.NoError(t, b.Add(&e))
	}
	return b.Log()
}
