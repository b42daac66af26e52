package parquet_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/parquet"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

func roundTrip(t *testing.T, l *eventlog.Log) *eventlog.Log {
	t.Helper()
	var b, again bytes.Buffer
	require.NoError(t, parquet.Write(&b, l))
	require.NoError(t, parquet.Write(&again, l))
	require.True(t, bytes.Equal(b.Bytes(), again.Bytes()), "the same log gives the same bytes")
	path := filepath.Join(t.TempDir(), "log.parquet")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	back, report, err := connectors.Load(context.Background(), l.Name(), parquet.Open(path))
	require.NoError(t, err)
	require.Zero(t, report.Count)
	return back
}

func TestRoundTrip(t *testing.T) {
	for seed := range uint64(20) {
		l := logtest.Random(seed, logtest.Config{})
		require.Empty(t, eventlog.Diff(l, roundTrip(t, l)), "seed %d", seed)
	}
	require.Empty(t, eventlog.Diff(logtest.Parse(""), roundTrip(t, logtest.Parse(""))))
	l := logtest.Parse("<> <a,b> <>")
	require.Empty(t, eventlog.Diff(l, roundTrip(t, l)))
}

func TestRoundTripKeepsMeta(t *testing.T) {
	b := eventlog.NewBuilder("x")
	meta := &eventlog.Meta{
		Extensions:  []eventlog.Extension{{Name: "Time", Prefix: "time", URI: "http://www.xes-standard.org/time.xesext"}},
		Classifiers: []eventlog.Classifier{{Name: "Activity", Scope: "event", Keys: []string{"concept:name", "lifecycle:transition"}}},
		Globals:     eventlog.Globals{Event: []eventlog.Attribute{{Key: "x", Value: eventlog.Float(1.5)}}},
		Attributes:  []eventlog.Attribute{{Key: "город", Value: eventlog.Text("Светлоярск"), Children: []eventlog.Attribute{{Key: "y", Value: eventlog.Bool(true)}}}},
	}
	b.SetMeta(meta)
	e := eventlog.NewEvent("1", "a", eventlog.Stamp{Time: 1, Zone: 180})
	require.NoError(t, b.Add(&e))
	require.Equal(t, meta, roundTrip(t, b.Log()).Meta())
}

func TestSharedLogs(t *testing.T) {
	names := []string{"receipt.xes.gz", "Sepsis.xes.gz"}
	if !testing.Short() {
		names = append(names, "BPIC15_1.xes.gz")
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			l, _, err := connectors.Load(context.Background(), name, xes.Open(logtest.Shared(t, name)))
			require.NoError(t, err)
			require.Empty(t, eventlog.Diff(l, roundTrip(t, l)))
		})
	}
}

// A broken file is an error that names it, never a panic.
func TestBrokenFiles(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, parquet.Write(&b, logtest.Random(1, logtest.Config{})))
	whole := b.Bytes()
	read := func(content []byte) error {
		path := filepath.Join(t.TempDir(), "log.parquet")
		require.NoError(t, os.WriteFile(path, content, 0o600))
		_, _, err := connectors.Load(context.Background(), "x", parquet.Open(path))
		return err
	}
	var format *connectors.FormatError
	for name, content := range map[string][]byte{"empty": nil, "text": []byte("case,activity\n"), "half": whole[:len(whole)/2], "no head": whole[10:]} {
		err := read(content)
		require.Error(t, err, name)
		require.True(t, errors.As(err, &format), "%s: %v", name, err)
		require.Contains(t, err.Error(), "log.parquet", name)
	}
	for i := 4; i < len(whole); i += max(1, len(whole)/200) {
		bad := bytes.Clone(whole)
		bad[i] ^= 0xff
		_ = read(bad) // may read, may fail; must not panic
	}
	_, _, err := connectors.Load(context.Background(), "x", parquet.Open(filepath.Join(t.TempDir(), "none.parquet")))
	require.ErrorIs(t, err, os.ErrNotExist)
}
