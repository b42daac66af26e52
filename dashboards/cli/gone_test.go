package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse"
	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
)

// A command that goes through a server which stops meanwhile is run once more on the
// store itself; one that has printed already tells what happened.
func TestServerThatStopsMeanwhile(t *testing.T) {
	enginetest.Need(t)
	ctx := context.Background()
	dir := t.TempDir()
	serve := func() *clickhouse.Store {
		s, err := clickhouse.Open(ctx, clickhouse.Config{Dir: dir})
		require.NoError(t, err)
		require.NoError(t, s.Listen())
		return s
	}
	var stdout, stderr bytes.Buffer
	a := &app{stdin: &counted{in: strings.NewReader("")}, stdout: &counted{out: &stdout}, stderr: &stderr, dataDir: dir, language: "en"}

	server, runs := serve(), 0
	require.NoError(t, a.withDesk(ctx, func(d *desk.Desk) error {
		if runs++; runs == 1 {
			require.NoError(t, server.Close())
		}
		_, err := d.Store().Logs(ctx)
		return err
	}))
	require.Equal(t, 2, runs)
	require.Contains(t, stderr.String(), terms.EN.T("cli.server-gone"))

	server, runs = serve(), 0
	err := a.withDesk(ctx, func(d *desk.Desk) error {
		runs++
		a.stdout.Write([]byte("half an answer"))
		require.NoError(t, server.Close())
		_, err := d.Store().Logs(ctx)
		return err
	})
	require.Equal(t, 1, runs)
	require.ErrorContains(t, err, "run the command again")
	require.Equal(t, exitNoStore, exitCode(ctx, err))
}
