package clickhouse

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/clickhouse/embedded"
	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// dsnVariable names the server on which the suite runs instead of the engine.
const dsnVariable = "UPRAVA_CLICKHOUSE_DSN"

// shared is the engine of all tests of a run, each with a database of its own;
// a process runs one engine at a time.
var shared struct {
	engine *embedded.Engine
	dir    string
	serial atomic.Int64
}

func TestMain(m *testing.M) {
	if run, ok := children[os.Getenv(childVariable)]; ok {
		if err := run(context.Background(), os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	if err := closeShared(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// closeShared stops the engine of the other tests, for tests that open a
// directory of their own.
func closeShared() error {
	if shared.engine == nil {
		return nil
	}
	err := shared.engine.Close()
	shared.engine = nil
	if rerr := os.RemoveAll(shared.dir); err == nil {
		err = rerr
	}
	return err
}

// database returns how to reach an engine or server, and a database there that
// no other test has.
func database(t testing.TB) (*clickhouse.Options, string) {
	t.Helper()
	name := fmt.Sprintf("uprava_test_%d_%d", os.Getpid(), shared.serial.Add(1))
	var opts *clickhouse.Options
	if dsn := os.Getenv(dsnVariable); dsn != "" {
		var err error
		opts, err = clickhouse.ParseDSN(dsn)
		require.NoError(t, err)
	} else {
		enginetest.Need(t)
		if shared.engine == nil {
			dir, err := os.MkdirTemp("", "uprava-store-")
			require.NoError(t, err)
			shared.dir = dir
			shared.engine, err = embedded.Open(context.Background(), dir)
			require.NoError(t, err)
		}
		opts = shared.engine.Options()
	}
	t.Cleanup(func() {
		opts.Auth.Database = "default"
		conn, err := clickhouse.Open(opts)
		require.NoError(t, err)
		defer conn.Close()
		require.NoError(t, conn.Exec(context.Background(), "DROP DATABASE IF EXISTS "+quoteName(name)+" SYNC"))
	})
	return opts, name
}

// open returns an empty store.
func open(t testing.TB) *Store {
	t.Helper()
	opts, name := database(t)
	return reopen(t, opts, name)
}

func reopen(t testing.TB, opts *clickhouse.Options, name string) *Store {
	t.Helper()
	again := *opts
	s, err := (&Store{where: "the test's engine"}).connect(context.Background(), &again, name)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// ingest takes a log in and requires that nothing goes wrong.
func ingest1(t testing.TB, s *Store, name string, src connectors.Source) connectors.IngestReport {
	t.Helper()
	r, err := s.Ingest(context.Background(), name, src, connectors.IngestConfig{})
	require.NoError(t, err)
	return r
}

func load(t testing.TB, s *Store, name string) *eventlog.Log {
	t.Helper()
	l, err := s.Load(context.Background(), name)
	require.NoError(t, err)
	return l
}

func equal(t testing.TB, want, got *eventlog.Log) {
	t.Helper()
	if d := eventlog.Diff(want, got); d != "" {
		t.Fatalf("logs differ: %s", d)
	}
	require.Equal(t, want.Meta(), got.Meta())
}

func TestRoundTrip(t *testing.T) {
	s := open(t)
	for seed := range uint64(6) {
		want := logtest.Random(seed, logtest.Config{})
		name := fmt.Sprintf("random %d", seed)
		r := ingest1(t, s, name, connectors.FromLog(want))
		require.Equal(t, connectors.IngestReport{Log: name, Cases: int64(want.Cases()), Events: int64(want.Events()), Added: int64(want.Events())}, r)
		equal(t, want, load(t, s, name))
	}
}
