package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/logtest"
)

func TestCompare(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "receipt.xes.gz"))
	s.ok("ingest", logtest.Shared(t, "running-example.xes"))
	var r struct {
		A        struct{ Cases int }
		B        struct{ Cases int }
		LeadTime struct {
			Median struct{ Value float64 } `json:"median_difference"`
		} `json:"lead_time"`
		Warnings []string
	}
	require.NoError(t, json.Unmarshal([]byte(s.ok("compare", "receipt", "--before", "2011-07-01", "--json")), &r))
	require.Equal(t, 1434, r.A.Cases+r.B.Cases)
	require.Equal(t, 848, r.A.Cases)
	require.Negative(t, r.LeadTime.Median.Value)
	require.NotEmpty(t, r.Warnings)
	var each struct{ Results []any }
	require.NoError(t, json.Unmarshal([]byte(s.ok("compare", "receipt", "--by", "channel", "--json")), &each))
	require.NotEmpty(t, each.Results)
	require.Contains(t, unspaced(s.ok("compare", "receipt", "--by", "channel", "--lang", "ru")), "время протекания, медиана")
	parts := s.ok("compare", "receipt", "--filter", `case("channel") = "Internet"`, "--with-filter", `case("channel") = "Desk"`)
	require.Contains(t, unspaced(parts), "(109 cases) against")
	require.Contains(t, s.ok("compare", "receipt", "--with", "running-example"), "running-example (6\u00a0cases)")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{nil, exitUsage, "one of --by"},
		{[]string{"--by", "channel", "--before", "2011-07-01"}, exitUsage, "one of --by"},
		{[]string{"--by", "nothing"}, exitBadInput, "nothing"},
		{[]string{"--with", "nothing"}, exitNotFound, "nothing"},
		{[]string{"--before", "soon"}, exitUsage, "soon"},
		{[]string{"--before", "2031-07-01"}, exitBadInput, "1434 cases began before and 0 from then on"},
		{[]string{"--with-filter", "has("}, exitUsage, "character"},
	} {
		code, _, err := s.run(append([]string{"compare", "receipt"}, c.args...)...)
		require.Equal(t, c.code, code, "%v: %s", c.args, err)
		require.Contains(t, err, c.says)
	}
}

func TestExplain(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "receipt.xes.gz"))
	var r struct {
		Known, Found int
		Left         []struct{ Attribute, Kind string } `json:"left_out"`
		Filter       *struct{ Cases int }
	}
	require.NoError(t, json.Unmarshal([]byte(s.ok("explain", "receipt", "--outcome", "late", "--limit", "5d", "--json", "--filter", `started < 2012`)), &r))
	require.Equal(t, r.Filter.Cases, r.Known)
	require.Positive(t, r.Found)
	var leaks []string
	for _, x := range r.Left {
		if x.Kind == "leak" {
			leaks = append(leaks, x.Attribute)
		}
	}
	require.Subset(t, leaks, []string{"enddate", "enddate_planned"})
	rules := filepath.Join("..", "..", "mining", "rules", "testdata", "receipt.yaml")
	require.Contains(t, s.ok("explain", "receipt", "--outcome", "determined-by-another", "--rules", rules, "--lang", "ru"), "Показана связь, а не причина")
	require.Contains(t, unspaced(s.ok("explain", "receipt", "--outcome", "long")), "association, not cause")
	require.Contains(t, unspaced(s.ok("explain", "receipt", "--outcome", "lead-time")), "association, not cause")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{nil, exitUsage, "--outcome is needed"},
		{[]string{"--outcome", "late"}, exitBadInput, "no limit is known"},
		{[]string{"--outcome", "late", "--due", "nothing"}, exitBadInput, "nothing"},
		{[]string{"--outcome", "late", "--due", "channel"}, exitBadInput, "no moments in time"},
		{[]string{"--outcome", "guilt"}, exitBadInput, "wanted late, long"},
		{[]string{"--outcome", "guilt", "--rules", rules}, exitBadInput, `no rule "guilt"`},
		{[]string{"--outcome", "long", "--above", "2"}, exitBadInput, "quantile"},
	} {
		code, _, err := s.run(append([]string{"explain", "receipt"}, c.args...)...)
		require.Equal(t, c.code, code, "%v: %s", c.args, err)
		require.Contains(t, err, c.says)
	}
}

// The planted truth of the pack's log: how many cases are overdue, and of so few
// hardly anything is said to go with it.
func TestExplainLateOfThePack(t *testing.T) {
	s := newShell(t)
	dir := t.TempDir()
	s.ok("dataset", "generate", "municipality", "--process", "redistribution", "--out", dir)
	s.ok("ingest", filepath.Join(dir, "municipality-redistribution.xes.gz"))
	b, err := os.ReadFile(filepath.Join(dir, "municipality-redistribution.truth.json"))
	require.NoError(t, err)
	var truth struct{ Delivered, Overdue int }
	require.NoError(t, json.Unmarshal(b, &truth))
	var r struct {
		Known int
		Base  struct{ K int }
		Found int
	}
	require.NoError(t, json.Unmarshal([]byte(s.ok("explain", "municipality-redistribution", "--outcome", "late", "--json")), &r))
	require.Equal(t, truth.Delivered, r.Known)
	require.Equal(t, truth.Overdue, r.Base.K)
	require.LessOrEqual(t, r.Found, 1)
	require.Contains(t, unspaced(s.ok("explain", "municipality-redistribution", "--outcome", "late", "--lang", "ru")), "дело завершено позже срока")
}
