package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/logtest"
)

func TestPredict(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "receipt.xes.gz"))
	var f struct {
		desk.Forecast
		Open []struct {
			Case string
			Low  *float64 `json:"breach_low"`
		} `json:"open_cases"`
		Warnings []string `json:"warnings"`
	}
	require.NoError(t, json.Unmarshal([]byte(s.ok("predict", "receipt", "--limit", "5d", "--json")), &f))
	require.NotEmpty(t, f.Open)
	require.NotNil(t, f.Open[0].Low)
	require.EqualValues(t, 5, f.LimitDays)
	require.NotEmpty(t, f.Warnings)
	en, ru := unspaced(s.ok("predict", "receipt", "--limit", "5d", "--top", "3")), unspaced(s.ok("predict", "receipt", "--limit", "5d", "--lang", "ru"))
	require.Contains(t, en, "as of 23 January 2012")
	require.Contains(t, en, "by the base rate")
	require.Contains(t, ru, "открытых дел на 23.01.2012")
	// as of an earlier day, with activities that end cases
	early := unspaced(s.ok("predict", "receipt", "--as-of", "2011-09-30", "--end", "T10 Determine necessity to stop indication"))
	require.Contains(t, early, "as of 30 September 2011")

	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--as-of", "yesterday"}, exitUsage, `--as-of "yesterday": wanted a date`},
		{[]string{"--limit", "soon"}, exitUsage, `--limit "soon"`},
		{[]string{"--confidence", "2"}, exitUsage, "confidence 2"},
		{[]string{"--end", "finish"}, exitBadInput, `no activity "finish"`},
		{[]string{"--due", "nothing"}, exitBadInput, `attribute "nothing"`},
		{[]string{"--filter", `id("case-10011")`}, exitBadInput, "at least 50 are needed"},
	} {
		code, _, err := s.run(append([]string{"predict", "receipt"}, c.args...)...)
		require.Equal(t, c.code, code, "%v: %s", c.args, err)
		require.Contains(t, err, c.says)
	}
}

// Another program gets what the command prints.
func TestAnalyseOverREST(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "running-example.xes"))
	want := map[string]string{
		"quality":  s.ok("quality", "running-example", "--filter", `has("decide")`, "--json"),
		"times":    s.ok("times", "running-example", "--filter", `has("decide")`, "--json"),
		"discover": s.ok("discover", "running-example", "--algorithm", "im", "--filter", `has("decide")`, "--json"),
	}
	address := s.serving()
	for analysis, answer := range want {
		res, err := http.Post(address+"/api/v1/logs/running-example/analyses/"+analysis, "application/json", strings.NewReader(`{"filter": "has(\"decide\")"}`))
		require.NoError(t, err)
		text, err := io.ReadAll(res.Body)
		res.Body.Close()
		require.NoError(t, err)
		require.Equal(t, answer, string(text), analysis)
	}
}
