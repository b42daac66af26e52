package cli

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/logtest"
)

func TestTimes(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "Production.csv"))
	var r struct {
		Bottlenecks struct {
			Lead       float64 `json:"lead_time_s"`
			Activities []struct {
				Total float64 `json:"total_s"`
			}
		}
		Warnings []string
	}
	require.NoError(t, json.Unmarshal([]byte(s.ok("times", "production", "--json")), &r))
	sum := 0.0
	for _, a := range r.Bottlenecks.Activities {
		sum += a.Total
	}
	require.InEpsilon(t, r.Bottlenecks.Lead, sum, 1e-9)
	require.NotEmpty(t, r.Warnings)
	require.Contains(t, unspaced(s.ok("times", "production", "--lang", "ru")), "Из чего складывается время протекания (225 дел")
	var named struct {
		Parties struct {
			Courts []struct{ Party string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(s.ok("times", "production", "--party", "Packers=Packing", "--json")), &named))
	found := false
	for _, c := range named.Parties.Courts {
		found = found || c.Party == "Packers"
	}
	require.True(t, found, named)
	code, _, fault := s.run("times", "production", "--party", "Packers=Dreaming")
	require.Equal(t, exitBadInput, code)
	require.Contains(t, fault, `has no activities ["Dreaming"]`)
	require.Contains(t, s.ok("times", "production", "--filter", "lead_time > p85"), "What the lead times are made of (34\u00a0cases")
}
