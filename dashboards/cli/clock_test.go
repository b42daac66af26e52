package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The clock finds the cases that the generator planted as overdue.
func TestClock(t *testing.T) {
	s := newShell(t)
	dir := t.TempDir()
	s.ok("dataset", "generate", "municipality", "--process", "redistribution", "--seed", "1", "--out", dir)
	s.ok("ingest", filepath.Join(dir, "municipality-redistribution.xes.gz"), "--log", "land")
	bound := []string{"clock", "land", "--rule", "land-39.29", "--bind", "registered=Application registered", "--bind", "decided=Decision sent",
		"--bind", "returned=Application returned", "--bind", "scheme-coordinated=Scheme coordinated"}
	var r struct {
		Summary struct {
			Cases, Late int
			OpenOverdue int `json:"open_overdue"`
		}
		Cases []struct {
			Case    string
			Overdue bool
		}
	}
	require.NoError(t, json.Unmarshal([]byte(s.ok(append(bound, "--json")...)), &r))
	b, err := os.ReadFile(filepath.Join(dir, "municipality-redistribution.truth.json"))
	require.NoError(t, err)
	var truth struct{ Cases, Overdue int }
	require.NoError(t, json.Unmarshal(b, &truth))
	require.Equal(t, truth.Cases, r.Summary.Cases)
	require.Equal(t, truth.Overdue, r.Summary.Late+r.Summary.OpenOverdue)
	require.Positive(t, truth.Overdue)
	// The twin of the log names the term and binds its words.
	require.Equal(t, s.ok(append(bound, "--lang", "en", "--bind", "request-sent=Interagency requests sent", "--bind", "reply-received=Replies received")...), s.ok("clock", "land", "--lang", "en"))
	now := s.ok("clock", "land", "--today", "--as-of", "2026-01-01T00:00:00Z", "--lang", "en")
	require.Contains(t, now, "20 days")
	require.NotContains(t, s.ok("clock", "land", "--lang", "en"), "20 days")
	late := ""
	for _, c := range r.Cases {
		if c.Overdue {
			late = c.Case
		}
	}
	require.Contains(t, unspaced(s.ok(append(bound, "--lang", "ru")...)), "Доля в срок")
	require.Contains(t, s.ok(append(bound, "--case", late)...), "overdue")
	require.Contains(t, s.ok("clock", "--list", "--lang", "ru"), "сверить с текстом")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"clock"}, exitUsage, "clock --list"},
		{[]string{"clock", "land", "--rule", "nothing"}, exitUsage, `no term "nothing"`},
		{[]string{"clock", "land", "--rule", "land-39.29", "--bind", "registered"}, exitUsage, "WORD=ACTIVITY"},
		{[]string{"clock", "land", "--rule", "land-39.29", "--bind", "registered=Nothing"}, exitBadInput, `no activity "Nothing"`},
		{[]string{"clock", "land", "--rule", "land-39.29", "--bind", "nonsense=Decision sent"}, exitBadInput, "does not speak of"},
		{append(bound, "--case", "nobody"), exitBadInput, `no case "nobody"`},
	} {
		code, _, err := s.run(c.args...)
		require.Equal(t, c.code, code, "%v: %s", c.args, err)
		require.Contains(t, err, c.says)
	}
}
