package twins

import (
	"context"
	"encoding/csv"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/hostile"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/architecture"
	"github.com/uprava/uprava/twin/kpi"
)

// packs is a desk without a store: twins of packs, and one made for a test.
type packs struct{ own *desk.Twin }

var packTwins sync.Map

func packTwin(id string) (*desk.Twin, error) {
	make := sync.OnceValues(func() (*desk.Twin, error) { return desk.PackAsTwin(id) })
	f, _ := packTwins.LoadOrStore(id, make)
	return f.(func() (*desk.Twin, error))()
}

func (p packs) Twins(context.Context) ([]desk.TwinName, error) {
	out := []desk.TwinName{{ID: "municipality", Source: desk.PackTwin}, {ID: "expertise", Source: desk.PackTwin}, {ID: "folder:broken", Source: desk.FolderTwin}}
	if p.own != nil {
		out = append(out, p.own.TwinName)
	}
	return out, nil
}

func (p packs) Twin(_ context.Context, id string) (*desk.Twin, error) {
	switch {
	case p.own != nil && id == p.own.ID:
		return p.own, nil
	case id == "folder:broken":
		return nil, desk.InputError{Err: errBroken}
	case id == "municipality" || id == "expertise":
		return packTwin(id)
	}
	return nil, desk.ErrNotFound
}

func (p packs) ProcessLogs(_ context.Context, t *desk.Twin) (map[string][]string, error) {
	if t.ID == "municipality" {
		return map[string][]string{"redistribution": {"municipality-redistribution"}}, nil
	}
	return nil, nil
}

func (packs) Duplicates(ctx context.Context, t *desk.Twin) ([]architecture.Pair, error) {
	return t.Duplicates(ctx)
}
func (packs) Priorities(ctx context.Context, t *desk.Twin) (*desk.Ranked, error) {
	return t.Priorities(ctx)
}
func (packs) Decisions(string) (map[string]desk.Decision, error) { return nil, nil }
func (packs) Decide(string, desk.Decision) error                 { return nil }
func (packs) TwinState(context.Context, string) (string, error)  { return "", nil }

// simulations are remembered over the tests: each takes seconds.
var simulations sync.Map

func (packs) Simulated(ctx context.Context, t *desk.Twin, scenario string, progress func(int, int)) (*desk.Simulation, error) {
	if s, ok := simulations.Load(t.ID + "/" + scenario); ok {
		return s.(*desk.Simulation), nil
	}
	s, err := t.Simulate(ctx, scenario, 2, progress)
	if err == nil {
		simulations.Store(t.ID+"/"+scenario, s)
	}
	return s, err
}

func (p packs) LogStream(ctx context.Context, t *desk.Twin, process, log string) (*desk.ValueStream, error) {
	s, err := p.Simulated(ctx, t, "", nil)
	if err != nil {
		return nil, err
	}
	v := *s.Streams[process]
	v.Log, v.Until = log, t.Model.Start
	return &v, nil
}

func (packs) MeasuredEffects(_ context.Context, t *desk.Twin, _ map[string][]string) (map[string]desk.Measured, error) {
	out := map[string]desk.Measured{}
	for i, w := range t.Plan {
		out[w.Measure.ID] = desk.Measured{Doubt: &measure.Doubt{EN: "not to be seen", RU: "увидеть нельзя"}}
		if indicator := t.Goals.Indicators[0]; i == 0 {
			out[w.Measure.ID] = desk.Measured{Indicator: indicator, Log: "l", Effect: &kpi.Effect{Difference: -2, Low: -3, High: -1, NBefore: 50, NAfter: 40}}
		}
	}
	return out, nil
}

type plainError string

func (e plainError) Error() string { return string(e) }

const errBroken = plainError(`units/a.yaml:3:1: found "<b>", wanted a unit`)

func site(t *testing.T, d Desk) http.Handler {
	t.Helper()
	s, err := shell.New(shell.Config{Jobs: jobs.New(t.Context(), 1, 10), Version: "test"})
	require.NoError(t, err)
	require.NoError(t, Mount(s, d))
	return s
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w
}

// sound checks what every page must keep.
func sound(t *testing.T, path string, w *httptest.ResponseRecorder) string {
	t.Helper()
	body := w.Body.String()
	require.Equal(t, http.StatusOK, w.Code, "%s: %s", path, body)
	for _, bad := range []string{"⟨", "%!", "NaN", `href="/`, " style=", "<no value>"} {
		require.NotContains(t, body, bad, path)
	}
	return body
}

func TestPagesOfTwins(t *testing.T) {
	h := site(t, packs{})
	for _, id := range []string{"municipality", "expertise"} {
		k, err := packTwin(id)
		require.NoError(t, err)
		paths := []string{"", "/register", "/register?sort=cut&category=main", "/units", "/goals", "/graph", "/merge", "/duplicates", "/priority", "/plan", "/procedure?q=%D1%80%D0%B5%D0%B5%D1%81%D1%82%D1%80&sort=hours&page=2"}
		seen := map[twin.Kind]int{}
		for _, r := range k.Graph.Nodes() {
			if seen[r.Kind]++; seen[r.Kind] <= 3 {
				paths = append(paths, "/"+string(r.Kind), "/"+shell.Path(string(r.Kind), r.ID))
			}
		}
		for _, path := range paths {
			for _, lang := range []string{"ru", "en"} {
				full := "/twins/" + id + path
				mark := "?"
				if strings.Contains(path, "?") {
					mark = "&"
				}
				body := sound(t, full, get(h, full+mark+"lang="+lang))
				require.Contains(t, body, k.Model.Notice.In(lang), "the notice stands on every page: %s", full)
			}
		}
	}
	body := sound(t, "/twins", get(h, "/twins?lang=en"))
	require.Contains(t, body, "units/a.yaml:3:1: found &#34;&lt;b&gt;&#34;")
	require.Equal(t, http.StatusNotFound, get(h, "/twins/nowhere").Code)
	require.Equal(t, http.StatusNotFound, get(h, "/twins/municipality/nonsense").Code)
	require.Equal(t, http.StatusNotFound, get(h, "/twins/municipality/process/nonsense").Code)
	require.Equal(t, http.StatusBadRequest, get(h, "/twins/folder:broken").Code)
}

// settled asks for a page until the simulation behind it is done.
func settled(t *testing.T, h http.Handler, path string) string {
	t.Helper()
	for range 600 {
		body := sound(t, path, get(h, path))
		if !strings.Contains(body, "data-job=") {
			return body
		}
		require.Contains(t, body, `data-done="?`)
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the simulation never ends")
	return ""
}

func TestValueStreams(t *testing.T) {
	h := site(t, packs{})
	body := settled(t, h, "/twins/expertise/streams?lang=en")
	require.Contains(t, body, "All four levers")
	for _, lang := range []string{"ru", "en"} {
		body = settled(t, h, "/twins/expertise/streams/expertise?lang="+lang)
		require.Equal(t, 3, strings.Count(body, `<svg class="stream"`), "current, target and ideal")
		require.Contains(t, body, `<svg class="stacked"`)
		settled(t, h, "/twins/expertise/signing?lang="+lang)
	}
	require.Equal(t, http.StatusNotFound, get(h, "/twins/expertise/streams/nonsense").Code)
	require.Equal(t, http.StatusNotFound, settledCode(t, h, "/twins/expertise/streams?scenario=nonsense"))
	require.Equal(t, http.StatusBadRequest, get(h, "/twins/municipality/graph?of=nonsense").Code)
	require.Equal(t, http.StatusBadRequest, get(h, "/twins/municipality/merge?from=hr&into=hr").Code)
}

// settledCode asks until the answer is no page of progress.
func settledCode(t *testing.T, h http.Handler, path string) int {
	t.Helper()
	for range 600 {
		if w := get(h, path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "data-job=") {
			return w.Code
		}
		time.Sleep(100 * time.Millisecond)
	}
	return 0
}

func TestGraphAndMerging(t *testing.T) {
	h := site(t, packs{})
	body := sound(t, "", get(h, "/twins/municipality/graph?of=unit:administration&steps=3&lang=en"))
	if strings.Contains(body, "not-found") {
		t.Fatal(body)
	}
	require.Contains(t, body, "The picture holds the 60 nearest of")
	body = sound(t, "", get(h, "/twins/municipality/graph?of=pool:lawyers&show=loss&lang=en"))
	require.Contains(t, body, "things feel the loss")
	require.NotContains(t, body, `"kind":"Unit"`, "the unit of the pool does not feel it")
	body = sound(t, "", get(h, "/twins/municipality/merge?from=hr&into=press&lang=en"))
	require.Contains(t, body, "One head remains of two.")
	for format, want := range map[string]string{"json": `"edges"`, "graphml": "<graphml", "dot": "digraph"} {
		w := get(h, "/twins/municipality/export/"+format)
		require.Equal(t, http.StatusOK, w.Code)
		require.Contains(t, w.Body.String(), want)
	}
	require.Equal(t, http.StatusNotFound, get(h, "/twins/municipality/export/exe").Code)
}

// ofHostile is a twin all of whose words try to break out of where they are shown.
func ofHostile() *desk.Twin {
	m := &twin.Model{ID: "h", Name: twin.Text{RU: hostile.Labels[0], EN: hostile.Labels[0]}, Notice: twin.Text{RU: hostile.Labels[1], EN: hostile.Labels[1]}, TimeZone: "Europe/Moscow"}
	for i, label := range hostile.Labels {
		name, from := twin.Text{RU: label, EN: label}, twin.Provenance{Kind: "assumption", Source: label, Reason: twin.Text{RU: label, EN: label}}
		unit := twin.Ref{Kind: twin.UnitKind, ID: label}
		m.Units = append(m.Units, twin.Unit{ID: label, Name: name})
		e := func(kind twin.Kind, edges ...twin.Edge) *twin.Element {
			x := &twin.Element{Kind: kind, ID: label, Name: name, Text: name, Edges: append(edges, twin.Edge{Relation: twin.BelongsTo, To: unit}), Figures: map[string]twin.Figure{label: {Value: float64(i), Unit: label, Provenance: from}}, Properties: map[string]string{"steps": label + "; подписано", "start": "2019-01-01", "due": "2019-02-01", "state": label, "levers": label}}
			m.Elements = append(m.Elements, x)
			return x
		}
		e(twin.Document)
		e(twin.Procedure, twin.Edge{Relation: twin.Uses, To: twin.Ref{Kind: twin.Document, ID: label}})
		e(twin.Goal, twin.Edge{Relation: twin.MeasuredBy, To: twin.Ref{Kind: twin.Indicator, ID: label}})
		e(twin.Indicator)
		e(twin.Measure, twin.Edge{Relation: twin.MeasuredBy, To: twin.Ref{Kind: twin.Indicator, ID: label}}).Figures[twin.PlannedEffect] = twin.Figure{Value: -1, Unit: label, Provenance: from}
	}
	return desk.NewTwin(desk.TwinName{ID: hostile.Labels[0], Source: desk.FolderTwin}, m, nil)
}

func TestHostileNamesAreText(t *testing.T) {
	own := ofHostile()
	h := site(t, packs{own: own})
	paths := []string{"/twins", "/twins/" + shell.Path(own.ID)}
	for _, part := range parts {
		paths = append(paths, "/twins/"+shell.Path(own.ID, part))
	}
	for _, r := range own.Graph.Nodes() {
		paths = append(paths, "/twins/"+shell.Path(own.ID, string(r.Kind), r.ID))
	}
	paths = append(paths, "/twins/"+shell.Path(own.ID, "graph")+"?of="+url.QueryEscape("unit:"+hostile.Labels[2])+"&steps=2")
	for _, path := range paths {
		w := get(h, path)
		body := w.Body.String()
		require.Equal(t, http.StatusOK, w.Code, path)
		for _, bad := range []string{"<script>window", "<img src", "<svg/onload", "<iframe", "<style>", `href="javascript:`, `" onmouseover="`, "⟨nav"} {
			require.False(t, strings.Contains(body, bad), "%s holds %s", path, bad)
		}
	}
	for _, table := range []string{"plan.csv", "register.csv"} {
		w := get(h, "/twins/"+shell.Path(own.ID, table))
		require.Equal(t, http.StatusOK, w.Code)
		c := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff")))
		c.Comma, c.FieldsPerRecord = ';', -1
		rows, err := c.ReadAll()
		require.NoError(t, err)
		for _, cell := range slices.Concat(rows...) {
			require.NotRegexp(t, `^[=+@-]`, cell)
		}
	}
}

func TestRegisterAsTable(t *testing.T) {
	h := site(t, packs{})
	w := get(h, "/twins/municipality/register.csv?lang=en&sort=cut")
	require.Equal(t, http.StatusOK, w.Code)
	lines := strings.Split(strings.TrimSpace(w.Body.String()), "\n")
	k, err := packTwin("municipality")
	require.NoError(t, err)
	require.Len(t, lines, len(k.Model.Processes)+2, "a head, the processes, the notice")
	require.Contains(t, lines[1], "appeals;main;", "6 → 1 working days is the greatest cut")
	require.Contains(t, lines[1], "83.3%")
	for _, tc := range [][2]string{{"=1+1", "'=1+1"}, {"  +7", "'  +7"}, {"@x", "'@x"}, {"a\nb", "a b"}, {"− 3", "− 3"}, {"", ""}} {
		require.Equal(t, tc[1], plainCell(tc[0]))
	}
}
