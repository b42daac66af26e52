package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/honesty"
	"github.com/uprava/uprava/mining/logtest"
)

func TestFilter(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "running-example.xes"))
	mined := func(args ...string) (o mining.Overview) {
		require.NoError(t, json.Unmarshal([]byte(s.ok(append([]string{"mine", "running-example", "--json"}, args...)...)), &o))
		return o
	}
	require.EqualValues(t, 6, mined().Cases)
	require.EqualValues(t, 3, mined("--filter", `has("pay compensation")`).Cases)
	o := mined("--filter", `has("pay compensation")`, "--filter", `events not activity("decide")`)
	require.EqualValues(t, 3, o.Cases)
	for _, e := range o.DirectlyFollows.Edges {
		require.NotContains(t, []string{e.From, e.To}, "decide")
		require.NotContains(t, []string{e.From, e.To}, "reject request")
	}
	require.NotContains(t, s.ok("discover", "running-example", "--filter", `ends("pay compensation")`), "reject request")

	for text, want := range map[string]struct {
		code int
		says string
	}{
		`has(decide)`:        {exitUsage, `character 5: found "decide", wanted a name in quotes`},
		`has("decides")`:     {exitBadInput, `no activity "decides"; of its 8 it has "decide"`},
		`lead_time > 3000d`:  {exitBadInput, "leaves none of 6 cases"},
		`case("x") = "y"`:    {exitBadInput, `no case attribute "x"`},
		`lead_time > 1wd; (`: {exitUsage, "found the end"},
	} {
		code, _, err := s.run("mine", "running-example", "--filter", text)
		require.Equal(t, want.code, code, text)
		require.Contains(t, err, want.says)
	}
	require.Contains(t, s.ok("filters"), "lead_time > 30d")
	require.Contains(t, s.ok("filters", "--lang", "ru"), "рабочие дни")
}

func TestQuality(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "running-example.xes"))
	var r honesty.Report
	require.NoError(t, json.Unmarshal([]byte(s.ok("quality", "running-example", "--json")), &r))
	f, ok := r.Finding(honesty.NoStarts)
	require.True(t, ok)
	require.Equal(t, 42, f.N)
	require.Contains(t, s.ok("quality", "running-example", "--lang", "ru"), "Препятствие: начало действий нигде не записано")
	require.Contains(t, s.ok("quality", "running-example", "--filter", `id("1")`), "the log has 1 case")
}

func TestAsOf(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "running-example.xes"))
	for args, says := range map[string]string{
		"mine running-example --as-of 2011-01-05":                    "",
		"times running-example --as-of 2011-01-05":                   "",
		"quality running-example --as-of 2011-01-05":                 "",
		"leadtime running-example --as-of 2011-01-05T18:00":          "",
		"leadtime running-example --as-of 2011-01-05T18:00:00+01:00": "",
		"discover running-example --as-of 2011-01-05":                "",
	} {
		require.Contains(t, s.ok(strings.Fields(args)...), says, args)
	}
	var whole, then mining.Overview
	require.NoError(t, json.Unmarshal([]byte(s.ok("mine", "running-example", "--json")), &whole))
	require.NoError(t, json.Unmarshal([]byte(s.ok("mine", "running-example", "--json", "--as-of", "2010-12-31")), &then))
	require.Less(t, then.Events, whole.Events)
	require.Positive(t, then.Events)
	code, _, err := s.run("mine", "running-example", "--as-of", "31.12.2010")
	require.Equal(t, exitUsage, code)
	require.Contains(t, err, `--as-of "31.12.2010": wanted a date`)
}
