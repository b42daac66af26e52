package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/twin"
)

// town writes the twin of the town into a folder, after a change.
func town(t *testing.T, f func(*twin.Model)) string {
	p, err := datasets.Open("municipality")
	require.NoError(t, err)
	m, err := p.Model()
	require.NoError(t, err)
	if f != nil {
		f(m)
	}
	dir := filepath.Join(t.TempDir(), "twin")
	require.NoError(t, twin.Write(dir, m))
	return dir
}

// TestMain lets git call this program as the command itself.
func TestMain(m *testing.M) {
	if os.Getenv("UPRAVA_TEST_COMMAND") != "" {
		os.Exit(Main())
	}
	os.Exit(m.Run())
}

func run(args ...string) (out, errs string, code int) {
	var o, e bytes.Buffer
	code = Run(context.Background(), args, strings.NewReader(""), &o, &e)
	return o.String(), e.String(), code
}

// landOffice writes the land office of the town by itself, with its scenarios: small
// enough to be simulated often.
func landOffice(t *testing.T) string {
	dir := town(t, func(m *twin.Model) {
		m.Processes = slices.DeleteFunc(m.Processes, func(p *twin.Process) bool { return p.Unit != "land" })
		m.Elements = nil
		for _, p := range m.Processes {
			p.Edges = nil
		}
	})
	all := filepath.Join("..", "..", "datasets", "municipality", "scenarios")
	entries, err := os.ReadDir(all)
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "scenarios"), 0o755))
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "to-be.yaml") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(all, e.Name()))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "scenarios", e.Name()), data, 0o644))
	}
	return dir
}

func TestTwinDiffMergeImpact(t *testing.T) {
	base := town(t, nil)
	ours := town(t, func(m *twin.Model) { m.Pools[0].Size += 2 })
	theirs := town(t, func(m *twin.Model) { m.Units[0].Name.RU = "Новое название" })
	out, errs, code := run("twin", "diff", base, ours, "--lang", "ru")
	require.Equal(t, exitOK, code, errs)
	require.Contains(t, out, "численность: было")
	require.Equal(t, 1, strings.Count(out, "\n"))
	out, _, code = run("twin", "diff", base, base, "--json")
	require.Equal(t, exitOK, code)
	require.JSONEq(t, `{"changes": []}`, out)

	merged := filepath.Join(t.TempDir(), "merged")
	_, errs, code = run("twin", "merge", base, ours, theirs, "--out", merged)
	require.Equal(t, exitOK, code, errs)
	out, errs, code = run("twin", "validate", merged, "--lang", "en")
	require.Equal(t, exitOK, code, errs)
	require.Contains(t, out, "No faults")
	out, _, _ = run("twin", "diff", base, merged, "--lang", "en")
	require.Equal(t, 2, strings.Count(out, "\n"), out)
	_, errs, code = run("twin", "merge", base, ours, theirs, "--out", merged)
	require.Equal(t, exitBadInput, code)
	require.Contains(t, errs, "not empty")

	out, errs, code = run("twin", "impact", base, "--remove", "pool:lawyers", "--lang", "en")
	require.Equal(t, exitOK, code, errs)
	require.Contains(t, out, "process:redistribution")
	out, errs, code = run("twin", "impact", base, "--merge", "unit:land,unit:geodesy", "--json")
	require.Equal(t, exitOK, code, errs)
	require.True(t, json.Valid([]byte(out)))
	_, errs, code = run("twin", "impact", base, "--remove", "system:moon")
	require.Equal(t, exitNotFound, code)
	require.Contains(t, errs, "system:moon")
	_, _, code = run("twin", "impact", base)
	require.Equal(t, exitUsage, code)

	out, errs, code = run("twin", "show", base, "process:redistribution", "--lang", "ru")
	require.Equal(t, exitOK, code, errs)
	require.Contains(t, out, "unit:land")
	for _, format := range twin.Formats {
		out, errs, code = run("twin", "export", base, "--format", format)
		require.Equal(t, exitOK, code, errs)
		require.Contains(t, out, "process:redistribution")
	}
	out, _, code = run("twin", "schema", "procedure")
	require.Equal(t, exitOK, code)
	require.True(t, json.Valid([]byte(out)))
}

// Git merges two branches of a twin with the driver: what fits comes together, what
// does not is left to a person.
func TestTwinMergesUnderGit(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not here")
	}
	dir := town(t, nil)
	self, err := os.Executable()
	require.NoError(t, err)
	do := func(args ...string) (string, error) {
		c := exec.Command(git, args...)
		c.Dir = dir
		c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "UPRAVA_TEST_COMMAND=1")
		out, err := c.CombinedOutput()
		return string(out), err
	}
	must := func(args ...string) {
		out, err := do(args...)
		require.NoError(t, err, "%v: %s", args, out)
	}
	size := func(n int) {
		name := filepath.Join(dir, "pools", "lawyers.yaml")
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		lines := strings.Split(string(data), "\n")
		for i, l := range lines {
			if strings.HasPrefix(l, "size:") && n < 9 {
				lines[i] = "size: " + string(rune('0'+n))
			}
			if strings.HasPrefix(l, "queue:") && n == 9 {
				lines[i] = "queue: shortest"
			}
		}
		require.NoError(t, os.WriteFile(name, []byte(strings.Join(lines, "\n")), 0o644))
	}
	must("init", "-q", "-b", "main")
	must("config", "user.name", "t")
	must("config", "user.email", "t@example.org")
	must("config", "merge.uprava.driver", self+" twin merge %O %A %B --name %P")
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".gitattributes"), []byte("*.yaml merge=uprava\n*.bpmn merge=uprava\n"), 0o644))
	must("add", "-A")
	must("commit", "-qm", "as-is")
	must("checkout", "-qb", "cost")
	size(9) // the order of the queue, a line beside the size: git alone would call it a conflict
	must("commit", "-qam", "cost")
	must("checkout", "-q", "main")
	size(3)
	must("commit", "-qam", "three lawyers")
	must("merge", "-q", "-m", "both", "cost")
	data, err := os.ReadFile(filepath.Join(dir, "pools", "lawyers.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(data), "size: 3")
	require.Contains(t, string(data), "queue: shortest")
	must("checkout", "-qb", "four")
	size(4)
	must("commit", "-qam", "four")
	must("checkout", "-q", "main")
	size(5)
	must("commit", "-qam", "five")
	out, err := do("merge", "-q", "-m", "both", "four")
	require.Error(t, err)
	require.Contains(t, out, "CONFLICT")
	data, err = os.ReadFile(filepath.Join(dir, "pools", "lawyers.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(data), "<<<<<<< ours\nsize: 5\n=======\nsize: 4\n>>>>>>> theirs\n")
}

// TestTwinStreamsAndSigning asks what the pages of the twin show, for scripts and people.
func TestTwinStreamsAndSigning(t *testing.T) {
	out, errs, code := run("twin", "streams", "expertise", "--replications", "2", "--lang", "ru")
	require.Zero(t, code, errs)
	for _, want := range []string{"Текущее состояние", "Целевое состояние", "Прогонов: 2"} {
		require.Contains(t, out, want)
	}
	out, errs, code = run("twin", "streams", "expertise", "--replications", "2", "--json")
	require.Zero(t, code, errs)
	again, _, _ := run("twin", "streams", "expertise", "--replications", "2", "--json")
	require.Equal(t, out, again, "the same twice, to the byte")
	var streams struct {
		Replications int
		Processes    []struct {
			Process string
			AsIs    struct {
				Lead struct{ Value, Low, High float64 }
			} `json:"as_is"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(out), &streams))
	require.Equal(t, 2, streams.Replications)
	require.NotEmpty(t, streams.Processes)
	for _, p := range streams.Processes {
		require.Positive(t, p.AsIs.Lead.Value, p.Process)
		require.LessOrEqual(t, p.AsIs.Lead.Low, p.AsIs.Lead.Value)
	}
	out, errs, code = run("twin", "signing", "expertise", "--replications", "2", "--lang", "en")
	require.Zero(t, code, errs)
	require.Contains(t, out, "Signatures a year")
	require.NotContains(t, out, "NaN")
	out, errs, code = run("twin", "signing", "expertise", "--replications", "2", "--top", "1", "--json")
	require.Zero(t, code, errs)
	require.Equal(t, 1, strings.Count(out, `"by"`))
	_, errs, code = run("twin", "streams", "expertise", "--scenario", "none")
	require.NotZero(t, code)
	require.Contains(t, errs, "none")
	_, errs, code = run("twin", "streams", "expertise", "--replications", "1")
	require.NotZero(t, code)
	require.Contains(t, errs, "wanted 2 or more")
}
