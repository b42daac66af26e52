package reports_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/report/dispatch"
)

// The mail server refuses connections: the page says so and when it is tried again, and
// the report waits in the journal.
func TestMailServerDown(t *testing.T) {
	s := serve(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	require.NoError(t, l.Close()) // nobody listens now
	from := time.Now().AddDate(0, 0, -10).Format(time.DateOnly)
	require.NoError(t, os.MkdirAll(filepath.Dir(s.office.ScheduleFile()), 0o700))
	require.NoError(t, os.WriteFile(s.office.ScheduleFile(), fmt.Appendf(nil, `mail: {host: 127.0.0.1, port: %d, security: none, from: uprava@example.org}
reports:
  - {id: weekly, of: "process:municipality-redistribution", every: week, on: mon, at: "08:00", from: %s, formats: [html], to: [head@example.org]}
`, port, from), 0o600))
	runs, err := s.office.RunDue(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, runs)
	page := s.text("/reports?lang=ru")
	require.Contains(t, page, "не доставлен")
	require.Contains(t, page, "новая попытка")
	require.Contains(t, page, "refused")
	require.Contains(t, s.text("/reports?lang=en"), "tried again")
	journal, err := s.office.Journal()
	require.NoError(t, err)
	waiting := slices.IndexFunc(journal, func(r dispatch.Run) bool { return r.State == dispatch.Begun })
	require.GreaterOrEqual(t, waiting, 0, "it waits in the journal: nothing is lost")
	require.Equal(t, 1, journal[waiting].Attempts)
	require.False(t, journal[waiting].Next.IsZero())
}
