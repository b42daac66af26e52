package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web/home"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/web/webtest"
	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/twin"
)

// Labels that try to break out of where they are shown.
var hostile = []string{
	`</script><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'; alert(1); '`, "{{.Lang}}", "a\nb\tc", "\u2067abc\u2066", strings.Repeat("длинное ", 40), "=cmd|' /C calc'!A0", "\\N", "</textarea>", "&lt;b&gt;",
}

// logs is a backend over logs in memory, mined for real.
type logs map[string]*eventlog.Log

func (b logs) Logs(context.Context) ([]desk.Log, error) {
	var out []desk.Log
	for name, l := range b {
		p := desk.Log{Name: name, Title: twin.Text{RU: name, EN: name}, Cases: int64(l.Cases()), Events: int64(l.Events())}
		first, last := eventlog.MaxTime, eventlog.MinTime
		for _, c := range l.All() {
			if c.Len() > 0 {
				first, last = min(first, c.First()), max(last, c.Last())
			}
		}
		p.First, p.Last = first.Go(), last.Go()
		out = append(out, p)
	}
	slices.SortFunc(out, func(x, y desk.Log) int { return strings.Compare(x.Name, y.Name) })
	return out, nil
}

func (b logs) Risks(ctx context.Context, log string, _ desk.Look) (*desk.Risks, error) {
	switch log {
	case "slow":
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(3 * time.Second):
			return &desk.Risks{Open: 4, Overdue: 1, AtRisk: 2, Forecast: true, Limited: true, Beats: true, AsOf: time.Date(2019, 3, 6, 0, 0, 0, 0, time.UTC)}, nil
		}
	case "hostile":
		return &desk.Risks{Open: 9, Overdue: 2, AtRisk: 3, Forecast: true, Beats: true, Limited: true, AsOf: time.Date(2019, 3, 6, 0, 0, 0, 0, time.UTC)}, nil
	case "plain":
		return &desk.Risks{Open: 5, AtRisk: 1, Forecast: true, Beats: true, Limited: true, AsOf: time.Date(2019, 3, 6, 0, 0, 0, 0, time.UTC)}, nil
	case "empty":
		return nil, errors.New("nothing to judge")
	}
	return &desk.Risks{}, nil
}

// Due is what is known at once; of the log "slow" the forecast takes longer than readers wait.
func (b logs) Due(_ context.Context, log string, _ desk.Look) (*desk.Risks, error) {
	return &desk.Risks{Open: 4, Overdue: 1, AsOf: time.Date(2019, 3, 6, 0, 0, 0, 0, time.UTC)}, nil
}

func (b logs) Twins(context.Context) ([]desk.TwinName, error) {
	return []desk.TwinName{{ID: "log:" + hostile[0], Source: desk.FittedTwin, Log: hostile[0]}}, nil
}

func (b logs) Things(context.Context) ([]desk.Thing, error) {
	thing := func(kind twin.Kind, id, ru, en string) desk.Thing {
		return desk.Thing{Twin: "town", Of: twin.Text{RU: "Город", EN: "Town"}, Ref: twin.Ref{Kind: kind, ID: id}, Name: twin.Text{RU: ru, EN: en}, Path: []string{"twins", "town", string(kind), id}}
	}
	out := []desk.Thing{
		thing(twin.ProcessKind, "permit", "Выдача разрешения на строительство", "Building permit"), thing(twin.UnitKind, "land", "Управление земельных отношений", "Land office"),
		thing(twin.Indicator, "in-term", "Доля разрешений в срок", "Share of permits in time"), thing(twin.Procedure, "hostile", hostile[1], hostile[0]),
	}
	for i := range 10 {
		out = append(out, thing(twin.Procedure, fmt.Sprint("p", i), fmt.Sprintf("Проверка документов %d", i), fmt.Sprintf("Checking papers %d", i)))
	}
	return out, nil
}

// LoadPack stands for the generation of a pack: it adds one log.
func (b logs) LoadPack(_ context.Context, pack *datasets.Pack, _ string, tell func(string, int64, int64)) (*datasets.System, error) {
	tell(desk.StageStoring, 1, 1)
	return &datasets.System{}, nil
}

// log builds a log of cases that follow the given sequences, ten minutes a step.
func log(name string, sequences ...[]string) *eventlog.Log {
	b := eventlog.NewBuilder(name)
	begin := time.Date(2019, 3, 4, 9, 0, 0, 0, time.UTC)
	for i, s := range sequences {
		for j, a := range s {
			e := eventlog.NewEvent("case-"+string(rune('A'+i)), a, eventlog.At(begin.AddDate(0, 0, i).Add(time.Duration(j*(5+i))*time.Minute)))
			if err := b.Add(&e); err != nil {
				panic(err)
			}
		}
	}
	return b.Log()
}

func backend() logs {
	return logs{
		"plain":                 log("plain", []string{"a", "b", "c"}, []string{"a", "c", "b", "c"}, []string{"a", "b", "b", "c"}),
		"hostile":               log("hostile", hostile, append([]string{"a"}, hostile[:3]...), []string{"a", hostile[6], "a"}),
		"one":                   log("one", []string{"a"}),
		"empty":                 log("empty"),
		`имя / с "знаками" ?&#`: log("x", []string{"a", "b"}),
	}
}

func handler(t *testing.T) http.Handler {
	t.Helper()
	return handlerOf(t, backend())
}

func handlerOf(t *testing.T, list logs) http.Handler {
	t.Helper()
	assets, err := Assets()
	if err != nil {
		require.Contains(t, err.Error(), "make assets")
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	s, err := shell.New(shell.Config{Version: "test", Jobs: jobs.New(t.Context(), 1, 10)})
	require.NoError(t, err)
	s.Mount("GET /assets/", assets)
	s.Section("twins", "twins") // stands for the area that shows what is found
	require.NoError(t, home.Mount(s, list))
	pages, err := compressed(s)
	require.NoError(t, err)
	return Guard(pages)
}

func get(h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "http://127.0.0.1:8080"+path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestPagesEscape(t *testing.T) {
	h := handler(t)
	for _, path := range []string{"/", "/search", "/doors/owner", "/doors/team", "/doors/head"} {
		for _, lang := range []string{"ru", "en"} {
			w := get(h, path+"?lang="+lang)
			body := w.Body.String()
			require.Equal(t, http.StatusOK, w.Code, "%s: %s", path, body)
			require.NotContains(t, body, "<script>alert", path)
			require.NotContains(t, body, "<img src=x", path)
			require.NotContains(t, body, "⟨", "an unknown term on %s", path)
			require.NotContains(t, body, "NaN", path)
			require.NotContains(t, body, "%!", path)
			if !strings.HasPrefix(path, "/doors") {
				require.Contains(t, body, `<html lang="`+lang+`"`, path)
			}
		}
	}
}

func TestNotFound(t *testing.T) {
	h := handler(t)
	for _, path := range []string{"/nothing", "/language/xx", "/assets/nothing.js"} {
		require.Equal(t, http.StatusNotFound, get(h, path).Code, path)
	}
}

func TestLanguage(t *testing.T) {
	h := handler(t)
	require.Contains(t, get(h, "/", "Accept-Language", "en").Body.String(), `<html lang="en"`)
	require.Contains(t, get(h, "/", "Accept-Language", "en", "Cookie", "lang=ru").Body.String(), `<html lang="ru"`)
	w := get(h, "/language/en?back=logs/plain%3Flang%3Dru%26p%3D2019")
	require.Equal(t, http.StatusSeeOther, w.Code)
	require.Equal(t, "../logs/plain?p=2019", w.Header().Get("Location"), "relative, and without the language that was left")
	for _, evil := range []string{"//evil.example", "https://evil.example/", `/\evil.example`, "javascript:alert(1)", "%2F%2Fevil.example"} {
		require.Equal(t, "../", get(h, "/language/en?back="+evil).Header().Get("Location"), evil)
	}
}

func TestGuard(t *testing.T) {
	ok := Guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }), "uprava.town.example")
	for _, tc := range []struct {
		name, method, host string
		header             []string
		want               int
	}{
		{"loopback", "GET", "127.0.0.1:8080", nil, 204},
		{"loopback without port", "GET", "127.0.0.1", nil, 204},
		{"name", "GET", "localhost:8080", nil, 204},
		{"IPv6", "GET", "[::1]:8080", nil, 204},
		{"rebound name", "GET", "evil.example:8080", nil, 421},
		{"name that begins like loopback", "GET", "127.0.0.1.evil.example", nil, 421},
		{"other address", "GET", "192.0.2.1:8080", nil, 421},
		{"own name", "GET", "Uprava.town.example:8080", nil, 204},
		{"own name from its page", "POST", "uprava.town.example", []string{"Origin", "https://uprava.town.example"}, 204},
		{"own name from another page", "POST", "uprava.town.example", []string{"Origin", "https://town.example"}, 403},
		{"name that ends like the own", "GET", "evil-uprava.town.example", nil, 421},
		{"address of the connection", "GET", "198.51.100.7:8080", nil, 204},
		{"no host", "GET", "", nil, 421},
		{"foreign origin reads", "GET", "127.0.0.1:8080", []string{"Origin", "http://evil.example"}, 403},
		{"foreign origin posts", "POST", "127.0.0.1:8080", []string{"Origin", "http://evil.example"}, 403},
		{"null origin posts", "POST", "127.0.0.1:8080", []string{"Origin", "null"}, 403},
		{"other port posts", "POST", "127.0.0.1:8080", []string{"Origin", "http://127.0.0.1:9"}, 403},
		{"cross-site posts", "POST", "127.0.0.1:8080", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"own page posts", "POST", "127.0.0.1:8080", []string{"Origin", "http://127.0.0.1:8080", "Sec-Fetch-Site", "same-origin"}, 204},
		{"program posts", "POST", "127.0.0.1:8080", nil, 204},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := httptest.NewRequest(tc.method, "/", nil)
			r.Host = tc.host
			r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, &net.TCPAddr{IP: net.IPv4(198, 51, 100, 7), Port: 8080}))
			for i := 0; i < len(tc.header); i += 2 {
				r.Header.Set(tc.header[i], tc.header[i+1])
			}
			w := httptest.NewRecorder()
			ok.ServeHTTP(w, r)
			require.Equal(t, tc.want, w.Code)
			csp := w.Header().Get("Content-Security-Policy")
			require.Contains(t, csp, "default-src 'none'")
			require.NotContains(t, csp, "unsafe-inline")
			require.NotContains(t, strings.ReplaceAll(csp, "'wasm-unsafe-eval'", ""), "unsafe-eval")
		})
	}
}

func TestBrowser(t *testing.T) {
	h := handler(t)
	server := httptest.NewServer(h)
	defer server.Close()
	b := webtest.Open(t)
	b.Go(server.URL + "/?lang=en")
	b.Do(chromedp.Click(chromedp.CSS("#theme")))
	require.Equal(t, "dark", b.String("document.documentElement.dataset.theme"))
	b.Axe()
	b.Go(server.URL + "/?lang=ru")
	b.Axe()
	b.Clean(server.URL)
}
