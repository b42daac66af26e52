// Package enginetest gives tests an embedded ClickHouse of their own, or says
// how to get one.
package enginetest

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/uprava/uprava/connectors/clickhouse/embedded"
)

// Need skips the test where no engine is installed, and fails it where the
// environment variable CI is "true".
func Need(t testing.TB) {
	t.Helper()
	_, err := embedded.Find()
	switch {
	case err == nil:
	case os.Getenv("CI") == "true" && !errors.Is(err, embedded.ErrUnsupported):
		t.Fatal(err)
	default:
		t.Skip(err)
	}
}

// Dir returns an empty data directory that is removed with the test. It skips
// the test where no engine is installed.
func Dir(t testing.TB) string {
	t.Helper()
	Need(t)
	return t.TempDir()
}

// Open starts an engine over an empty directory of its own and closes it with
// the test. A process runs one engine at a time: such tests are not parallel.
func Open(t testing.TB) *embedded.Engine {
	t.Helper()
	e, err := embedded.Open(context.Background(), Dir(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}
