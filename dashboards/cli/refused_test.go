package cli

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A model whose back-test failed answers neither the command nor the API: 400 requests
// decided within hours, until the office breaks down and the last quarter takes weeks.
func TestFailedBackTestRefuses(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var csv strings.Builder
	csv.WriteString("case,activity,time,resource\n")
	begin := time.Date(2023, 1, 9, 9, 0, 0, 0, time.UTC)
	for i := range 400 {
		at := begin.Add(time.Duration(i)*6*time.Hour + time.Duration(rng.IntN(60))*time.Minute)
		wait := time.Duration(60+rng.IntN(120)) * time.Minute
		if i >= 300 {
			wait = time.Duration(20+rng.IntN(10)) * 24 * time.Hour
		}
		for k, activity := range []string{"register", "check", "decide"} {
			fmt.Fprintf(&csv, "c%03d,%s,%s,%s\n", i, activity, at.Add(time.Duration(k)*wait).Format(time.RFC3339), []string{"anna", "boris", "vera"}[k])
		}
	}
	file := filepath.Join(t.TempDir(), "changed.csv")
	require.NoError(t, os.WriteFile(file, []byte(csv.String()), 0o600))
	s := newShell(t)
	s.ok("ingest", file, "--log", "changed")
	s.ok("fit", "changed")
	s.ok("backtest", "changed", "--runs", "3")
	const refusal = "Not fit for decisions on lead times"
	code, out, stderr := s.run("simulate", filepath.Join(s.data, "models", "changed"), "--replications", "2", "--lang", "en", "--json")
	require.Equal(t, exitBadInput, code, stderr)
	require.Empty(t, out)
	require.Contains(t, stderr, refusal)
	require.Contains(t, stderr, "What to do")

	reply, err := http.Post(s.serving()+"/api/v1/simulations", "application/json", strings.NewReader(`{"model":"changed","replications":2,"seed":1}`))
	require.NoError(t, err)
	defer reply.Body.Close()
	said, err := io.ReadAll(reply.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusBadRequest, reply.StatusCode, string(said))
	require.Contains(t, string(said), refusal)
	require.NotContains(t, string(said), "kpis")
}
