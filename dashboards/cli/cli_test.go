package cli

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	upravav1 "github.com/uprava/uprava/dashboards/api/proto/uprava/v1"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/simulator/experiment"
)

// shell runs command lines over one data folder.
type shell struct {
	t    *testing.T
	data string
}

func newShell(t *testing.T) *shell {
	t.Helper()
	enginetest.Need(t)
	t.Setenv("UPRAVA_CLICKHOUSE_DSN", "")
	t.Setenv("LC_ALL", "C")
	return &shell{t, t.TempDir()}
}

// run returns the exit code, standard output and standard error.
func (s *shell) run(args ...string) (int, string, string) {
	s.t.Helper()
	var out, err bytes.Buffer
	code := Run(context.Background(), append([]string{"--data", s.data}, args...), strings.NewReader(""), &out, &err)
	return code, out.String(), err.String()
}

// ok runs a command that must succeed and returns its standard output.
func (s *shell) ok(args ...string) string {
	s.t.Helper()
	code, out, err := s.run(args...)
	require.Zero(s.t, code, "uprava %s: %s", strings.Join(args, " "), err)
	return out
}

// unspaced makes the non-breaking spaces of numbers plain ones.
func unspaced(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s)
}

func TestReceiptSaysItsNumbers(t *testing.T) {
	s := newShell(t)
	file := logtest.Shared(t, "receipt.xes.gz")
	s.ok("ingest", file)
	out := unspaced(s.ok("mine", "receipt"))
	for _, want := range []string{"1,434 cases", "8,577 events", "27 activities", "116 variants", "99 directly-follows pairs with total 7,143"} {
		require.Contains(t, out, want)
	}
	require.Contains(t, unspaced(s.ok("mine", "receipt", "--lang", "ru")), "1 434 дела")

	var report struct{ Cases, Events, Added, Duplicates, Quarantined int64 }
	require.NoError(t, json.Unmarshal([]byte(s.ok("ingest", file, "--json")), &report))
	require.EqualValues(t, 0, report.Added)
	require.EqualValues(t, 8577, report.Duplicates)
	require.EqualValues(t, 1434, report.Cases)
}

func TestMineFollowsItsSchema(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "running-example.xes"))
	check(t, mining.Schema, s.ok("mine", "running-example", "--json"))
	check(t, mining.Schema, s.ok("mine", "running-example", "--events", "recorded", "--json"))
}

func check(t *testing.T, schema []byte, document string) {
	t.Helper()
	c := jsonschema.NewCompiler()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	require.NoError(t, err)
	require.NoError(t, c.AddResource("schema.json", parsed))
	compiled, err := c.Compile("schema.json")
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	require.NoError(t, err, document)
	require.NoError(t, compiled.Validate(value), document)
}

// The store's engine gives the reference results of every shared log, through
// the command line.
func TestSharedLogsThroughTheStore(t *testing.T) {
	for _, l := range logtest.SharedLogs {
		if testing.Short() && l.Name != "running-example" && l.Name != "receipt" {
			continue
		}
		t.Run(l.Name, func(t *testing.T) {
			file := logtest.Shared(t, l.File)
			want := logtest.Oracle(t, l.Name)
			s := newShell(t)
			s.ok("ingest", file, "--log", l.Name)
			var o mining.Overview
			require.NoError(t, json.Unmarshal([]byte(s.ok("mine", l.Name, "--events", "recorded", "--json")), &o))
			require.EqualValues(t, want.Traces, o.Cases)
			require.EqualValues(t, want.Events, o.Events)
			require.Equal(t, want.Activities, o.Activities)
			require.Equal(t, want.Order.Variants, o.Variants)
			require.Equal(t, want.Order.Pairs, o.DirectlyFollows.Pairs)
			require.Equal(t, want.Order.Total, o.DirectlyFollows.Total)
			var edges []logtest.CountedPair
			for _, e := range o.DirectlyFollows.Edges {
				edges = append(edges, logtest.CountedPair{From: e.From, To: e.To, Count: e.Count})
			}
			require.ElementsMatch(t, want.Edges, edges)
			require.InDelta(t, want.Duration.Mean, float64(o.LeadTime.Mean), 1e-5)
			require.InDelta(t, want.Duration.Median, float64(o.LeadTime.Median), 1e-5)
			require.InDelta(t, want.Duration.Max, float64(o.LeadTime.Max), 1e-5)
		})
	}
}

func TestCSVEqualsXES(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "receipt.xes.gz"), "--log", "a")
	s.ok("ingest", logtest.Shared(t, "receipt.csv"), "--log", "a2")
	var a, b mining.Overview
	require.NoError(t, json.Unmarshal([]byte(s.ok("mine", "a", "--json")), &a))
	require.NoError(t, json.Unmarshal([]byte(s.ok("mine", "a2", "--json")), &b))
	a.Log, b.Log = "", ""
	require.Equal(t, a, b)

	s.ok("ingest", logtest.Shared(t, "Production.csv"))
	var p mining.Overview
	require.NoError(t, json.Unmarshal([]byte(s.ok("mine", "production", "--json")), &p))
	require.EqualValues(t, 225, p.Cases)
	require.EqualValues(t, 4953, p.Events)
	require.Equal(t, 26, p.Activities)
	require.NoError(t, json.Unmarshal([]byte(s.ok("mine", "production", "--events", "recorded", "--json")), &p))
	require.EqualValues(t, 9906, p.Events)
	require.Equal(t, 216, p.DirectlyFollows.Pairs)
	require.EqualValues(t, 9681, p.DirectlyFollows.Total)
}

func TestExportReadsBackEqual(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "receipt.xes.gz"))
	want := s.ok("mine", "receipt", "--json")
	for _, ending := range []string{"xes", "xes.gz", "csv", "parquet"} {
		file := filepath.Join(t.TempDir(), "receipt."+ending)
		s.ok("export", "receipt", "--out", file)
		s.ok("ingest", file, "--log", "copy-"+ending)
		require.Equal(t, want, strings.Replace(s.ok("mine", "copy-"+ending, "--json"), "copy-"+ending, "receipt", 1), ending)
		var report struct{ Added, Duplicates int64 }
		require.NoError(t, json.Unmarshal([]byte(s.ok("ingest", file, "--log", "receipt", "--json")), &report))
		require.Zero(t, report.Added, "%s holds the same events", ending)
	}
}

// Bad input is told with file, line and column, and leaves the store as it was.
func TestBadInput(t *testing.T) {
	s := newShell(t)
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		return path
	}
	const head = `<?xml version="1.0"?><log><trace><string key="concept:name" value="1"/><event><string key="concept:name" value="a"/><date key="time:timestamp" value="2019-01-01T00:00:00Z"/></event></trace>`
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	fmt.Fprint(z, head, strings.Repeat(`<trace><string key="concept:name" value="2"/></trace>`, 10000), "</log>")
	require.NoError(t, z.Close())
	good := write("good.xes", []byte(head+"</log>"))
	s.ok("ingest", good)
	before := s.ok("logs", "list", "--json")
	for _, tc := range []struct {
		name, file string
		args       []string
		code       int
		want       []string
	}{
		{"truncated gzip", write("cut.xes.gz", zipped.Bytes()[:zipped.Len()/2]), nil, exitBadInput, []string{"cut.xes.gz", "line"}},
		{"broken XML", write("broken.xes", []byte(head+"\n<trace></event>")), nil, exitBadInput, []string{"broken.xes", "line 2"}},
		{"cut XML", write("half.xes", []byte(head)), nil, exitBadInput, []string{"half.xes", "line 1"}},
		{"no log", write("page.xes", []byte("<html><body/></html>")), nil, exitBadInput, []string{"page.xes", "line 1"}},
		{"no XML", write("text.xes", []byte("just text")), nil, exitBadInput, []string{"text.xes", "line 1"}},
		{"empty XES", write("empty.xes", nil), nil, exitBadInput, []string{"empty.xes", "empty"}},
		{"empty CSV", write("empty.csv", nil), nil, exitBadInput, []string{"empty.csv", "empty"}},
		{"CSV without a case", write("nocase.csv", []byte("activity,time\na,2019-01-01T00:00:00Z\n")), nil, exitBadInput, []string{"nocase.csv", "case"}},
		{"ambiguous dates", write("dates.csv", []byte("case,activity,time\n1,a,03/04/2019\n1,b,05/06/2019\n")), nil, exitBadInput, []string{"dates.csv", "03/04/2019"}},
		{"missing file", filepath.Join(dir, "none.xes"), nil, exitBadInput, []string{"none.xes"}},
		{"unknown ending", write("x.docx", []byte("x")), nil, exitUsage, []string{".xes"}},
		{"folder", dir, nil, exitUsage, []string{"folder"}},
		{"damaged Parquet", write("bad.parquet", []byte("PAR1xxxxPAR1")), nil, exitBadInput, []string{"bad.parquet"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			code, out, stderr := s.run(append([]string{"ingest", tc.file, "--log", "bad"}, tc.args...)...)
			require.Equal(t, tc.code, code, stderr)
			require.Empty(t, out)
			for _, w := range tc.want {
				require.Contains(t, stderr, w)
			}
			require.Equal(t, before, s.ok("logs", "list", "--json"), "the store is unchanged")
		})
	}
}

// A row that cannot be read is kept apart; the others are taken.
func TestQuarantine(t *testing.T) {
	s := newShell(t)
	file := filepath.Join(t.TempDir(), "rows.csv")
	require.NoError(t, os.WriteFile(file, []byte("case,activity,time\n1,a,2019-01-01T00:00:00Z\n1,b,not a time\n1,c,1066-10-14T09:00:00Z\n2,a,2019-01-02T00:00:00Z\n"), 0o600))
	var report struct{ Added, Quarantined int64 }
	require.NoError(t, json.Unmarshal([]byte(s.ok("ingest", file, "--json")), &report))
	require.EqualValues(t, 2, report.Added)
	require.EqualValues(t, 2, report.Quarantined)
	out := s.ok("logs", "show", "rows", "--quarantine")
	require.Contains(t, out, "not a time")
	require.Contains(t, out, "1900")
}

func TestExitCodes(t *testing.T) {
	s := newShell(t)
	for _, tc := range []struct {
		args []string
		code int
	}{
		{[]string{"no-such-command"}, exitUsage},
		{[]string{"logs", "no-such-command"}, exitUsage},
		{[]string{"mine"}, exitUsage},
		{[]string{"mine", "x", "--no-such-flag"}, exitUsage},
		{[]string{"mine", "x", "--events", "all"}, exitUsage},
		{[]string{"mine", "x"}, exitNotFound},
		{[]string{"logs", "delete", "x"}, exitNotFound},
		{[]string{"export", "x", "--out", "x.doc"}, exitUsage},
		{[]string{"serve", "--listen", "0.0.0.0:0"}, exitUsage},
		{[]string{"serve", "--listen", "example.com:80"}, exitUsage},
		{[]string{"serve", "--listen", "127.0.0.1:0", "--host", "uprava.example"}, exitUsage},
		{[]string{"serve", "--listen", "127.0.0.1:0", "--tls-cert", "x"}, exitUsage},
		{[]string{"serve", "--listen", "127.0.0.1:0", "--tls-cert", "x", "--tls-key", "y"}, exitUsage},
		{[]string{"access", "remove", "nobody"}, exitNotFound},
		{[]string{"simulate", "no-such-model"}, exitNotFound},
		{[]string{"simulate", "x", "--warmup", "some"}, exitUsage},
		{[]string{"dataset", "generate", "no-such-pack"}, exitNotFound},
		{[]string{"version"}, exitOK},
		{[]string{"exit-codes"}, exitOK},
	} {
		code, _, stderr := s.run(tc.args...)
		require.Equal(t, tc.code, code, "%v: %s", tc.args, stderr)
		if code != exitOK {
			require.NotEmpty(t, stderr, tc.args)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.Equal(t, exitInterrupted, Run(ctx, []string{"--data", s.data, "mine", "x"}, nil, io.Discard, io.Discard))
}

// Every command has a help text with an example.
func TestHelp(t *testing.T) {
	a := &app{stdout: io.Discard, stderr: io.Discard}
	for _, c := range a.root().Commands() {
		if c.Name() == "exit-codes" || c.Name() == "help" || c.Name() == "completion" {
			continue
		}
		require.NotEmpty(t, c.Short, c.Name())
		require.NotEmpty(t, c.Example, c.Name())
		for _, sub := range c.Commands() {
			require.NotEmpty(t, sub.Example, c.Name()+" "+sub.Name())
		}
	}
}

// serving runs `uprava serve` on a free port, on loopback unless told otherwise, for
// the length of a test and returns its address.
func (s *shell) serving(args ...string) string {
	s.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	done := make(chan int, 1)
	var stderr bytes.Buffer
	go func() {
		done <- Run(ctx, append([]string{"--data", s.data, "serve", "--listen", "127.0.0.1:0"}, args...), nil, in, &stderr)
		in.Close()
	}()
	s.t.Cleanup(func() {
		stop()
		select {
		case code := <-done:
			require.Zero(s.t, code, stderr.String())
		case <-time.After(30 * time.Second):
			s.t.Error("the server did not stop")
		}
	})
	line := make([]byte, 4096)
	n, err := out.Read(line)
	require.NoError(s.t, err, stderr.String())
	go io.Copy(io.Discard, out)
	found := regexp.MustCompile(`https?://[^/]+`).FindString(string(line[:n]))
	require.NotEmpty(s.t, found, string(line[:n]))
	return found
}

// While a server runs, commands on the same folder go through it.
func TestIngestBesideAServer(t *testing.T) {
	s := newShell(t)
	address := s.serving()
	s.ok("ingest", logtest.Shared(t, "running-example.xes"))
	reply, err := http.Get(address + "/api/v1/logs/running-example/overview")
	require.NoError(t, err)
	defer reply.Body.Close()
	require.Equal(t, http.StatusOK, reply.StatusCode)
	body, err := io.ReadAll(reply.Body)
	require.NoError(t, err)
	require.JSONEq(t, s.ok("mine", "running-example", "--json"), string(body), "REST and the command line answer alike")

	conn, err := grpc.NewClient(strings.TrimPrefix(address, "http://"), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer conn.Close()
	list, err := upravav1.NewUpravaClient(conn).ListLogs(context.Background(), &upravav1.ListLogsRequest{})
	require.NoError(t, err)
	require.Len(t, list.Logs, 1)
	require.EqualValues(t, 42, list.Logs[0].Events)

	reply, err = http.Post(address+"/api/v1/simulations", "application/json", strings.NewReader(`{"model":"municipality","scenario":"second-lawyer","replications":2,"seed":1}`))
	require.NoError(t, err)
	defer reply.Body.Close()
	answer, err := io.ReadAll(reply.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, reply.StatusCode, string(answer))
	require.JSONEq(t, s.ok("simulate", "municipality", "--scenario", "second-lawyer", "--replications", "2", "--lang", "ru", "--json"), string(answer))
}

// The last line of a command that could not do its work is in the language asked for.
func TestFaultInBothLanguages(t *testing.T) {
	s := newShell(t)
	for lang, want := range map[string]string{
		"ru": "uprava: как должно быть: проверка модели перед расчётом: процесс «redistribution»: ни одно дело не выйдет из цикла «",
		"en": `uprava: to-be: checking the model before the simulation: process "redistribution": no case gets out of the loop of "`,
	} {
		code, _, stderr := s.run("simulate", "municipality", "--lever", "branch:answered=0", "--lang", lang)
		require.Equal(t, exitBadInput, code)
		require.Contains(t, stderr, want)
	}
}

func TestFitThenSimulate(t *testing.T) {
	s := newShell(t)
	s.ok("ingest", logtest.Shared(t, "receipt.xes.gz"))
	dir := filepath.Join(t.TempDir(), "twin")
	out := s.ok("fit", "receipt", "--out", dir)
	require.Contains(t, out, "assumed")
	require.NoError(t, os.RemoveAll(dir))
	code, again, stderr := s.run("fit", "receipt", "--out", dir)
	require.Equal(t, exitOK, code)
	require.Equal(t, out, again)
	require.Contains(t, stderr, "computed before")
	code, _, stderr = s.run("fit", "receipt", "--filter", "events >= 5")
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "--out")
	part := filepath.Join(t.TempDir(), "part")
	require.NotEqual(t, out, s.ok("fit", "receipt", "--filter", "events >= 5", "--out", part))
	asIs := s.ok("simulate", dir, "--replications", "5", "--json")
	check(t, []byte(experiment.ResultSchema), asIs)
	require.Equal(t, asIs, s.ok("simulate", dir, "--replications", "5", "--json"), "the same seed gives the same bytes")
	require.Contains(t, asIs, `"assumptions"`)
	require.Contains(t, s.ok("simulate", dir, "--replications", "2", "--lang", "ru"), "Принято без доказательства")
	mean := func(document string) float64 {
		var r struct {
			KPIs []struct {
				Name, Of string
				Mean     float64
			}
		}
		require.NoError(t, json.Unmarshal([]byte(document), &r))
		for _, k := range r.KPIs {
			if k.Name == "cycle_time" && k.Of == "" {
				return k.Mean
			}
		}
		require.Fail(t, "no cycle_time", document)
		return 0
	}
	const step = "T06 Determine necessity of stop advice"
	half := mean(s.ok("simulate", dir, "--replications", "5", "--lever", "step:"+step+"*0.5", "--json"))
	without := mean(s.ok("simulate", dir, "--replications", "5", "--lever", "remove:"+step, "--json"))
	require.Less(t, half, 0.95*mean(asIs))
	require.Less(t, without, half)
	code, _, stderr = s.run("simulate", dir, "--lever", "step:nothing*0.5")
	require.Equal(t, exitBadInput, code)
	require.Contains(t, stderr, "nothing")

	s.ok("simulate", dir, "--replications", "2", "--log", "simulated")
	require.Contains(t, s.ok("logs", "list"), "simulated")
}

// The closed form of M/M/1 lies in the interval that the command prints.
func TestSimulateProsimos(t *testing.T) {
	s := newShell(t)
	out := s.ok("simulate", logtest.Shared(t, "queueing/mm1.bpmn"), logtest.Shared(t, "queueing/mm1.json"),
		"--cases", "20000", "--warmup", "2000", "--confidence", "0.999", "--json")
	check(t, []byte(experiment.ResultSchema), out)
	var r experimentJSON
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	for _, k := range r.KPIs {
		if k.Name == "cycle_time" && k.Of == "" {
			require.Less(t, k.Low, 4000.0)
			require.Greater(t, k.High, 4000.0)
			return
		}
	}
	require.Fail(t, "no cycle_time")
}

type experimentJSON struct {
	KPIs []struct {
		Name, Of  string
		Low, High float64
	}
}

func TestDemoOfALogOfOnesOwn(t *testing.T) {
	s := newShell(t)
	out := unspaced(s.ok("demo", "--log", logtest.Shared(t, "receipt.xes.gz"), "--replications", "5"))
	for _, want := range []string{"1,434 cases", "mined from the log", "mined from the simulated log", "difference", "in half the time"} {
		require.Contains(t, out, want)
	}
	require.NotContains(t, out, "A person more", "nobody of this log is busy enough")
}
