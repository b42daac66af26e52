package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/uprava/uprava/dashboards/api"
	upravav1 "github.com/uprava/uprava/dashboards/api/proto/uprava/v1"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/simulator/experiment"
)

// backend answers from memory.
type backend struct {
	logs       map[string]*eventlog.Log
	result     *experiment.Result
	comparison *experiment.Comparison
	asked      []api.SimulateConfig
	running    chan struct{} // told when a simulation begins, if not nil
	simulate   chan struct{} // closed when it may end
}

func (b *backend) Logs(context.Context) ([]api.Log, error) {
	at := time.Date(2019, 1, 2, 3, 4, 5, 600_000_000, time.UTC)
	return []api.Log{{Name: "empty"}, {Name: "permits", Cases: 6, Events: 14, Quarantined: 1, First: at, Last: at.AddDate(1, 0, 0)}}, nil
}

func (b *backend) Mine(ctx context.Context, cfg api.MineConfig) (*mining.Overview, error) {
	switch cfg.Log {
	case "broken":
		return nil, errors.New("dialing clickhouse://me:secret@host: refused")
	case "panic":
		panic("secret")
	}
	l, ok := b.logs[cfg.Log]
	if !ok {
		return nil, fmt.Errorf("mining %q: %w", cfg.Log, mining.ErrUnknownLog)
	}
	if cfg.Classifier == "none" {
		return nil, api.Invalid(errors.New(`the log has no classifier "none"`))
	}
	return mining.Mine(ctx, cfg.Log, mining.InMemory(l), cfg.Events)
}

func (b *backend) Analyse(_ context.Context, cfg api.AnalyseConfig) (any, error) {
	if _, ok := b.logs[cfg.Log]; !ok {
		return nil, fmt.Errorf("asking %q: %w", cfg.Log, mining.ErrUnknownLog)
	}
	if cfg.Analysis != "quality" {
		return nil, api.Invalid(fmt.Errorf("there is no analysis %q", cfg.Analysis))
	}
	return map[string]any{"filter": cfg.Filter.String(), "options": cfg.Options, "<&>": nil}, nil
}

func (b *backend) Simulate(ctx context.Context, cfg api.SimulateConfig) (json.Marshaler, error) {
	if cfg.Model == "nosuch" {
		return nil, fmt.Errorf("simulating %q: model %w", cfg.Model, api.ErrNotFound)
	}
	b.asked = append(b.asked, cfg)
	if b.running != nil {
		b.running <- struct{}{}
		select {
		case <-b.simulate:
		case <-ctx.Done():
			return nil, fmt.Errorf("simulating: %w", ctx.Err())
		}
	}
	if cfg.Scenario != "" {
		return b.comparison, nil
	}
	return b.result, nil
}

// served starts everything on one port and returns a client of gRPC and the
// address.
func served(t *testing.T, b *backend) (upravav1.UpravaClient, string, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	s, err := api.New(api.Config{Backend: b, Simulations: 1, Log: slog.New(slog.NewTextHandler(&log, nil))})
	require.NoError(t, err)
	web := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "page %s", r.URL.Path) })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	hs := &http.Server{Handler: s.Handler(web), Protocols: api.Protocols()}
	done := make(chan struct{})
	go func() {
		hs.Serve(l)
		close(done)
	}()
	c, err := grpc.NewClient(l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() {
		c.Close()
		s.Close()
		hs.Close()
		<-done
	})
	return upravav1.NewUpravaClient(c), "http://" + l.Addr().String(), &log
}

func sample(t *testing.T) *backend {
	t.Helper()
	r := &experiment.Result{
		KPIs: []experiment.KPI{
			{Name: experiment.CycleTime, Unit: "s", Mean: 1234.5, Low: 1200, High: 1269, Confidence: 0.95, Replications: 30},
			{Name: experiment.Utilisation, Of: "юрист <&>", Unit: "share", Mean: 0.88, Low: 0.8, High: 0.9, Confidence: 0.95, Replications: 30},
		},
		Warnings: []error{errors.New("11 cases; this interval needs 30")},
	}
	fill(reflect.ValueOf(&r.Evidence).Elem())
	require.NoError(t, json.Unmarshal([]byte("null"), &r.KPIs[0].Low)) // NaN
	c := &experiment.Comparison{AsIs: r, ToBe: r, Differences: []experiment.Difference{{Name: "y"}, {}}}
	fill(reflect.ValueOf(&c.Differences[0]).Elem())
	require.NoError(t, json.Unmarshal([]byte("null"), &c.Differences[1].Low))
	return &backend{comparison: c, logs: map[string]*eventlog.Log{"permits": logtest.Parse("<a,b,c>^3 <a,c>^2"), "a/b c?": logtest.Parse("<a>"), "a%2Fb:c+": logtest.Parse("<a>"), "empty": logtest.Parse("")}, result: r}
}

// fill gives every field of a struct a value that is not zero, so that a field
// which the message lacks shows.
func fill(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.String:
			f.SetString("x")
		case reflect.Int, reflect.Int64:
			f.SetInt(int64(i + 1))
		case reflect.Uint64:
			f.SetUint(1<<63 + 1) // no float64 holds it
		case reflect.Float64:
			f.SetFloat(0.5)
		case reflect.Bool:
			f.SetBool(true)
		case reflect.Struct:
			fill(f)
		}
	}
}

func call(t *testing.T, method, url, body string) (int, []byte) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	require.NoError(t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	reply, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer reply.Body.Close()
	b, err := io.ReadAll(reply.Body)
	require.NoError(t, err)
	if strings.Contains(url, "/api/") {
		require.Equal(t, "application/json", reply.Header.Get("Content-Type"))
	}
	return reply.StatusCode, b
}

// described is the schema of a definition of the OpenAPI description.
func described(t *testing.T, definition string) *jsonschema.Schema {
	t.Helper()
	var doc any
	require.NoError(t, json.Unmarshal(api.OpenAPI, &doc))
	nullable(doc)
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft4)
	require.NoError(t, c.AddResource("openapi.json", doc))
	s, err := c.Compile("openapi.json#/definitions/" + definition)
	require.NoError(t, err)
	return s
}

// nullable says OpenAPI's x-nullable in the words of JSON Schema.
func nullable(v any) {
	switch v := v.(type) {
	case map[string]any:
		if v["x-nullable"] == true {
			v["type"] = []any{v["type"], "null"}
		}
		for _, x := range v {
			nullable(x)
		}
	case []any:
		for _, x := range v {
			nullable(x)
		}
	}
}

func valid(t *testing.T, s *jsonschema.Schema, body []byte) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	require.NoError(t, err)
	require.NoError(t, s.Validate(v), string(body))
}

// same checks that what gRPC answered is, message for message, what REST did.
func same(t *testing.T, rest []byte, answer, empty proto.Message) {
	t.Helper()
	require.NoError(t, protojson.Unmarshal(rest, empty))
	require.True(t, proto.Equal(answer, empty), "REST: %v\ngRPC: %v", empty, answer)
}

func TestListLogs(t *testing.T) {
	client, url, _ := served(t, sample(t))
	code, body := call(t, "GET", url+"/api/v1/logs", "")
	require.Equal(t, 200, code)
	require.Equal(t, `{"logs":[{"log":"empty","cases":0,"events":0,"quarantined":0,"first":null,"last":null},`+
		`{"log":"permits","cases":6,"events":14,"quarantined":1,"first":"2019-01-02T03:04:05.6Z","last":"2020-01-02T03:04:05.6Z"}]}`+"\n", string(body))
	valid(t, described(t, "v1ListLogsResponse"), body)
	answer, err := client.ListLogs(t.Context(), &upravav1.ListLogsRequest{})
	require.NoError(t, err)
	same(t, body, answer, &upravav1.ListLogsResponse{})
}

// REST, gRPC, the OpenAPI description, the schema of `uprava mine --json` and
// its output agree.
func TestMineIsTheContractOfTheCommandLine(t *testing.T) {
	b := sample(t)
	client, url, _ := served(t, b)
	for path, q := range map[string]*upravav1.MineRequest{
		"/api/v1/logs/permits/overview":                 {Log: "permits"},
		"/api/v1/logs/permits/overview?events=recorded": {Log: "permits", Events: "recorded"},
		"/api/v1/logs/a%2Fb%20c%3F/overview":            {Log: "a/b c?"},
		"/api/v1/logs/a/b%20c%3F/overview":              {Log: "a/b c?"},
		"/api/v1/logs/a%252Fb:c+/overview":              {Log: "a%2Fb:c+"},
		"/api/v1/logs/empty/overview?events=instances":  {Log: "empty", Events: "instances"},
	} {
		code, body := call(t, "GET", url+path, "")
		require.Equal(t, 200, code, "%s: %s", path, body)
		events, err := mining.ParseEvents(q.Events)
		require.NoError(t, err)
		o, err := mining.Mine(t.Context(), q.Log, mining.InMemory(b.logs[q.Log]), events)
		require.NoError(t, err)
		var printed, compact bytes.Buffer
		require.NoError(t, o.WriteJSON(&printed))
		require.JSONEq(t, printed.String(), string(body))
		require.NoError(t, json.Compact(&compact, printed.Bytes()))
		require.Equal(t, compact.String()+"\n", string(body), "the same bytes but for the spaces")

		valid(t, described(t, "v1Overview"), body)
		schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(mining.Schema))
		require.NoError(t, err)
		c := jsonschema.NewCompiler()
		require.NoError(t, c.AddResource("overview.json", schema))
		s, err := c.Compile("overview.json")
		require.NoError(t, err)
		valid(t, s, body)

		answer, err := client.Mine(t.Context(), q)
		require.NoError(t, err)
		same(t, body, answer, &upravav1.Overview{})
	}
}

func TestSimulateIsTheContractOfTheCommandLine(t *testing.T) {
	b := sample(t)
	client, url, _ := served(t, b)
	ask := func(body string, printed json.Marshaler, q *upravav1.SimulateRequest) (reply []byte) {
		t.Helper()
		code, reply := call(t, "POST", url+"/api/v1/simulations", body)
		require.Equal(t, 200, code, string(reply))
		cli, err := json.Marshal(printed)
		require.NoError(t, err)
		require.Equal(t, exact(t, cli), exact(t, reply))
		valid(t, described(t, "v1Simulation"), reply)
		answer, err := client.Simulate(t.Context(), q)
		require.NoError(t, err)
		same(t, reply, answer, &upravav1.Simulation{})
		return reply
	}
	reply := ask(`{"model":"municipality","replications":30,"cases":500,"warmup":"100","seed":9223372036854775809,"confidence":0.9}`, b.result,
		&upravav1.SimulateRequest{Model: "municipality", Replications: 30, Cases: 500, Warmup: 100, Seed: 1<<63 + 1, Confidence: 0.9})
	require.Contains(t, string(reply), `"of":"юрист <&>"`)
	require.Contains(t, string(reply), `"low":null`)
	want := api.SimulateConfig{Model: "municipality", Experiment: experiment.Config{Replications: 30, Cases: 500, Warmup: 100, Seed: 1<<63 + 1, Confidence: 0.9}}
	require.Equal(t, []api.SimulateConfig{want, want}, b.asked)

	ask(`{"model":"municipality","scenario":"e-portal","auto_warmup":true}`, b.comparison,
		&upravav1.SimulateRequest{Model: "municipality", Scenario: "e-portal", AutoWarmup: true})
}

// exact reads JSON with numbers to their last digit.
func exact(t *testing.T, b []byte) (v map[string]any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	require.NoError(t, d.Decode(&v))
	return v
}

func TestRefusals(t *testing.T) {
	client, url, log := served(t, sample(t))
	failed := described(t, "rpcStatus")
	long := strings.Repeat("x", 2000)
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		code                     codes.Code
		says                     string
	}{
		{"unknown log", "GET", "/api/v1/logs/nosuch/overview", "", 404, codes.NotFound, `mining "nosuch": no log of that name`},
		{"unknown model", "POST", "/api/v1/simulations", `{"model":"nosuch"}`, 404, codes.NotFound, `simulating "nosuch": model not found`},
		{"no model", "POST", "/api/v1/simulations", `{}`, 400, codes.InvalidArgument, "model is missing"},
		{"no body", "POST", "/api/v1/simulations", ` `, 400, codes.InvalidArgument, "model is missing"},
		{"events", "GET", "/api/v1/logs/permits/overview?events=all", "", 400, codes.InvalidArgument, `"all": wanted "instances" or "recorded"`},
		{"classifier", "GET", "/api/v1/logs/permits/overview?classifier=none", "", 400, codes.InvalidArgument, `no classifier "none"`},
		{"misspelt parameter", "GET", "/api/v1/logs/permits/overview?event=recorded", "", 400, codes.InvalidArgument, `parameter "event" is not known`},
		{"parameter of another call", "GET", "/api/v1/logs?events=recorded", "", 400, codes.InvalidArgument, `parameter "events" is not known`},
		{"broken query", "GET", "/api/v1/logs?%zz", "", 400, codes.InvalidArgument, "reading the query"},
		{"misspelt field", "POST", "/api/v1/simulations", `{"model":"m","replication":3}`, 400, codes.InvalidArgument, "replication"},
		{"broken JSON", "POST", "/api/v1/simulations", `{"model":`, 400, codes.InvalidArgument, ""},
		{"too many", "POST", "/api/v1/simulations", `{"model":"m","replications":1001,"cases":-1}`, 400, codes.InvalidArgument, "replications 1001: wanted 0 to 1000\ncases -1: wanted 0 to 1000000"},
		{"too many together", "POST", "/api/v1/simulations", `{"model":"m","replications":1000,"cases":1000000}`, 400, codes.InvalidArgument, "wanted at most 100000000"},
		{"confidence", "POST", "/api/v1/simulations", `{"model":"m","confidence":1.5}`, 400, codes.InvalidArgument, "confidence 1.5"},
		{"two warm-ups", "POST", "/api/v1/simulations", `{"model":"m","warmup":1,"auto_warmup":true}`, 400, codes.InvalidArgument, "automatic"},
		{"long name", "GET", "/api/v1/logs/" + long + "/overview", "", 400, codes.InvalidArgument, "log has 2000 bytes"},
		{"large body", "POST", "/api/v1/simulations", `{"model":"` + strings.Repeat("x", 100_000) + `"}`, 400, codes.InvalidArgument, "too large"},
		{"unknown address", "GET", "/api/v1/nosuch", "", 404, codes.NotFound, "there is no /api/v1/nosuch"},
		{"wrong method", "DELETE", "/api/v1/logs", "", 405, codes.Unimplemented, "does not take DELETE"},
		{"cause not told", "GET", "/api/v1/logs/broken/overview", "", 500, codes.Internal, "the call failed; the server's log tells why"},
		{"panic", "GET", "/api/v1/logs/panic/overview", "", 500, codes.Internal, "the call failed; the server's log tells why"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body := call(t, c.method, url+c.path, c.body)
			require.Equal(t, c.status, status, string(body))
			valid(t, failed, body)
			var s struct {
				Code    codes.Code
				Message string
			}
			require.NoError(t, json.Unmarshal(body, &s))
			require.Equal(t, c.code, s.Code)
			require.Contains(t, s.Message, c.says)
			require.NotContains(t, string(body), "secret")
		})
	}
	require.Contains(t, log.String(), "refused")

	_, err := client.Mine(t.Context(), &upravav1.MineRequest{Log: "nosuch"})
	require.Equal(t, codes.NotFound, status.Code(err))
	_, err = client.Mine(t.Context(), &upravav1.MineRequest{})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	_, err = client.Mine(t.Context(), &upravav1.MineRequest{Log: "panic"})
	require.Equal(t, codes.Internal, status.Code(err))
	_, err = client.Mine(t.Context(), &upravav1.MineRequest{Log: strings.Repeat("x", 100_000)})
	require.Equal(t, codes.ResourceExhausted, status.Code(err))

	// A page of another site may send a plain form without asking first.
	reply, err := http.Post(url+"/api/v1/simulations", "text/plain", strings.NewReader(`{"model":"m"}`))
	require.NoError(t, err)
	reply.Body.Close()
	require.Equal(t, 400, reply.StatusCode)
}

func TestSimulationsAtOnce(t *testing.T) {
	b := sample(t)
	b.running, b.simulate = make(chan struct{}), make(chan struct{})
	client, url, _ := served(t, b)
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() {
		_, err := client.Simulate(ctx, &upravav1.SimulateRequest{Model: "m"})
		first <- err
	}()
	<-b.running
	code, body := call(t, "POST", url+"/api/v1/simulations", `{"model":"m"}`)
	require.Equal(t, 429, code)
	require.Contains(t, string(body), "1 simulations run already")
	cancel() // ends the first, whose place is free again
	require.Equal(t, codes.Canceled, status.Code(<-first))
	close(b.simulate)
	go func() { <-b.running }()
	require.Eventually(t, func() bool {
		code, _ := call(t, "POST", url+"/api/v1/simulations", `{"model":"m"}`)
		return code == 200
	}, 5*time.Second, 10*time.Millisecond)
}

func TestOnePort(t *testing.T) {
	_, url, _ := served(t, sample(t))
	code, body := call(t, "GET", url+"/logs/permits", "")
	require.Equal(t, 200, code)
	require.Equal(t, "page /logs/permits", string(body))
	code, body = call(t, "GET", url+"/openapi.json", "")
	require.Equal(t, 200, code)
	require.Equal(t, api.OpenAPI, body)
	s, err := api.New(api.Config{Backend: sample(t)})
	require.NoError(t, err)
	defer s.Close()
	require.NotNil(t, s.Handler(nil))
	_, err = api.New(api.Config{Simulations: -1})
	require.ErrorContains(t, err, "no backend is given")
	require.ErrorContains(t, err, "simulations at once -1")
}

// Every path of the description answers, and no other call does.
func TestDescriptionNamesEveryCall(t *testing.T) {
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		}
	}
	require.NoError(t, json.Unmarshal(api.OpenAPI, &doc))
	described := map[string]bool{}
	for _, operations := range doc.Paths {
		for _, o := range operations {
			described[o.OperationID] = true
		}
	}
	methods := upravav1.File_uprava_v1_uprava_proto.Services().Get(0).Methods()
	require.Equal(t, methods.Len(), len(described))
	for i := range methods.Len() {
		require.True(t, described[string(methods.Get(i).Name())], methods.Get(i).Name())
	}
	require.NotContains(t, string(api.OpenAPI), `"format": "int64",
          "type": "string"`)
}

// Generated files are those of their source.
func TestGenerated(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the generator and its plugins")
	}
	out := t.TempDir()
	c := exec.Command("go", "run", "./protogen", "-out", out)
	said, err := c.CombinedOutput()
	require.NoError(t, err, string(said))
	files := 0
	require.NoError(t, filepath.WalkDir(out, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(out, path)
		require.NoError(t, err)
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		got, err := os.ReadFile(rel)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, got), "%s is not that of its source: run `go generate ./dashboards/api`", rel)
		files++
		return nil
	}))
	require.Equal(t, 4, files)
}

func TestAnalyse(t *testing.T) {
	client, address, _ := served(t, &backend{logs: map[string]*eventlog.Log{"permits": logtest.Parse("<a,b>")}})
	const want = "{\n  \"<&>\": null,\n  \"filter\": \"has(\\\"a\\\")\",\n  \"options\": {\n    \"limit\": \"30d\"\n  }\n}\n"
	out, err := client.Analyse(t.Context(), &upravav1.AnalyseRequest{Log: "permits", Analysis: "quality", Filter: `has("a")`, Options: map[string]string{"limit": "30d"}})
	require.NoError(t, err)
	require.Equal(t, want, string(out.Data))
	post := func(path, body string) (int, string, string) {
		res, err := http.Post(address+path, "application/json", strings.NewReader(body))
		require.NoError(t, err)
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, res.Header.Get("Content-Type"), string(text)
	}
	code, kind, body := post("/api/v1/logs/permits/analyses/quality", `{"filter": "has(\"a\")", "options": {"limit": "30d"}}`)
	require.Equal(t, 200, code, body)
	require.Equal(t, "application/json", kind)
	require.Equal(t, want, body)
	for _, c := range []struct {
		path, body string
		code       int
		says       string
	}{
		{"/api/v1/logs/permits/analyses/quality", `{"filter": "has("}`, 400, "reading filter"},
		{"/api/v1/logs/permits/analyses/magic", `{}`, 400, "no analysis"},
		{"/api/v1/logs/nosuch/analyses/quality", `{}`, 404, "nosuch"},
		{"/api/v1/logs/permits/analyses/quality", `{"events": "some"}`, 400, "events"},
		{"/api/v1/logs/permits/analyses/quality", `{"nonsense": 1}`, 400, "nonsense"},
	} {
		code, _, body := post(c.path, c.body)
		require.Equal(t, c.code, code, body)
		require.Contains(t, body, c.says)
	}
}
