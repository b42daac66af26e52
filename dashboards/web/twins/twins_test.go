package twins

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/desk"
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
	s, err := t.Simulate(ctx, scenario, progress)
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

func (packs) MeasuredEffect(context.Context, *desk.Twin, *twin.Work, *kpi.Indicator, string) (*kpi.Effect, error) {
	return nil, &measure.Doubt{EN: "not to be seen", RU: "увидеть нельзя"}
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
