package cli

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/logtest"
)

func TestDrift(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "receipt.xes.gz"))
	s.ok("ingest", logtest.Shared(t, "running-example.xes"))
	var r struct {
		Perspectives []struct {
			Name    string
			Changes []struct{ At, Low, High string }
		}
		Filter   *struct{ Cases int }
		Warnings []string
	}
	require.NoError(t, json.Unmarshal([]byte(s.ok("drift", "receipt", "--json", "--filter", "started < 2012")), &r))
	require.Len(t, r.Perspectives, 4)
	require.NotEmpty(t, r.Perspectives[0].Changes)
	for _, p := range r.Perspectives {
		for _, c := range p.Changes {
			require.LessOrEqual(t, c.Low, c.At)
			require.LessOrEqual(t, c.At, c.High)
		}
	}
	require.NotNil(t, r.Filter)
	require.NotEmpty(t, r.Warnings)
	require.Contains(t, unspaced(s.ok("drift", "receipt")), "26 January 2011 (between 20 January 2011 and 2 February 2011)")
	require.Contains(t, unspaced(s.ok("drift", "receipt", "--lang", "ru")), "ход процесса")
	require.Contains(t, s.ok("drift", "running-example"), "No change was found at this level.")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"receipt", "--level", "2"}, exitUsage, "level"},
		{[]string{"nothing"}, exitNotFound, "nothing"},
		{[]string{"receipt", "--filter", `has("nothing")`}, exitBadInput, "nothing"},
	} {
		code, _, err := s.run(append([]string{"drift"}, c.args...)...)
		require.Equal(t, c.code, code, "%v: %s", c.args, err)
		require.Contains(t, err, c.says)
	}
}
