package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/charts"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/web/board"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/web/webtest"
	"github.com/uprava/uprava/mining"
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
	for name := range b {
		p, err := b.AsIs(context.Background(), name)
		if err != nil {
			return nil, err
		}
		out = append(out, p.Log)
	}
	slices.SortFunc(out, func(x, y desk.Log) int { return strings.Compare(x.Name, y.Name) })
	return out, nil
}

func (b logs) AsIs(ctx context.Context, name string) (*desk.AsIs, error) {
	if name == "broken" {
		return nil, errors.New("the engine answered <b>nothing</b>")
	}
	l, ok := b[name]
	if !ok {
		return nil, desk.ErrNotFound
	}
	src := mining.InMemory(l)
	o, err := mining.Mine(ctx, name, src, mining.Instances)
	if err != nil {
		return nil, err
	}
	g, err := src.DirectlyFollows(ctx, mining.Instances)
	if err != nil {
		return nil, err
	}
	variants, err := src.Variants(ctx, mining.Instances)
	if err != nil {
		return nil, err
	}
	var times []float64
	first, last := eventlog.MaxTime, eventlog.MinTime
	for _, c := range l.All() {
		if c.Len() > 0 {
			times = append(times, c.Last().Sub(c.First()).Seconds())
			first, last = min(first, c.First()), max(last, c.Last())
		}
	}
	p := &desk.AsIs{
		Log:      desk.Log{Name: name, Title: twin.Text{RU: name, EN: name}, Cases: o.Cases, Events: o.Events, First: first.Go(), Last: last.Go()},
		Overview: o, Graph: g, Variants: variants, Bins: charts.BinsOf(times, 1800),
		Labels: map[string]twin.Text{"a": {RU: "Приём заявления", EN: "Application received"}},
		Notice: twin.Text{RU: "Демонстрационные данные условного города.", EN: "Demonstration data of a fictional town."},
		Limit:  &desk.Limit{Text: twin.Text{RU: "30 минут", EN: "30 minutes"}, Seconds: 1800, ShareInTime: 0.75, N: o.Cases},
	}
	return p, nil
}

func (b logs) WhatIf(_ context.Context, name string) (*desk.WhatIf, error) {
	if name == "plain" {
		return nil, nil
	}
	return &desk.WhatIf{Mined: 1500, Evidence: desk.Evidence{Replications: 30, Warmup: 10, Cases: 100, Seed: 1, Hash: "0f1e2d"},
		Warnings: []error{errors.New(hostile[0])},
		Scenarios: []desk.Scenario{
			{Name: twin.Text{RU: "«Как есть»", EN: "As-is"}, LeadTime: est(1500, 1450, 1550), P85: est(2500, 2400, 2600), Overdue: ref(0.2, 0.18, 0.22), Headcount: 7},
			{Name: twin.Text{RU: hostile[1]}, LeadTime: est(900, 850, 950), P85: est(1500, 1400, 1600), Overdue: ref(0.02, 0.01, 0.03), Difference: ref(-600, -640, -560), Headcount: 7, Levers: []twin.Text{{RU: "шаблоны", EN: "templates"}}},
			{Name: twin.Text{RU: "Второй юрист", EN: "A second lawyer"}, LeadTime: est(1480, 1400, 1560), P85: est(2500, 2400, 2600), Difference: ref(-20, -80, 40), Headcount: 8},
			{Name: twin.Text{RU: "Не посчитано"}, LeadTime: est(math.NaN(), math.NaN(), math.NaN()), P85: est(math.NaN(), math.NaN(), math.NaN())},
		}}, nil
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
	assets, err := Assets()
	if err != nil {
		require.Contains(t, err.Error(), "make assets")
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	s, err := shell.New(shell.Config{Version: "test"})
	require.NoError(t, err)
	s.Mount("GET /assets/", assets)
	require.NoError(t, board.Mount(s, backend()))
	return Guard(s)
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
	for _, path := range []string{"/", "/logs/hostile", "/logs/hostile/what-if", "/logs/plain", "/logs/one", "/logs/empty", "/logs/broken", "/logs/" + strings.ReplaceAll("%D0%B8%D0%BC%D1%8F%20%2F%20%D1%81%20%22%D0%B7%D0%BD%D0%B0%D0%BA%D0%B0%D0%BC%D0%B8%22%20%3F%26%23", " ", "")} {
		for _, lang := range []string{"ru", "en"} {
			w := get(h, path+"?lang="+lang)
			body := w.Body.String()
			want := http.StatusOK
			if strings.Contains(path, "broken") {
				want = http.StatusInternalServerError
			}
			require.Equal(t, want, w.Code, "%s: %s", path, body)
			require.NotContains(t, body, "<script>alert", path)
			require.NotContains(t, body, "<img src=x", path)
			require.NotContains(t, body, "<b>nothing", path)
			require.NotContains(t, body, "⟨", "an unknown term on %s", path)
			require.NotContains(t, body, "NaN", path)
			require.NotContains(t, body, "%!", path)
			if !strings.HasSuffix(path, "what-if") {
				require.Contains(t, body, `<html lang="`+lang+`"`, path)
			}
		}
	}
}

func TestNotFound(t *testing.T) {
	h := handler(t)
	for _, path := range []string{"/logs/nothing", "/nothing", "/language/xx", "/assets/nothing.js"} {
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
	ok := Guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
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
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"wide", 1440, 900}, {"narrow", 390, 844}} {
		b.Size(size.width, size.height)
		for _, lang := range []string{"ru", "en"} {
			for _, name := range []string{"plain", "hostile", "one", "empty"} {
				b.Go(server.URL + "/logs/" + name + "?lang=" + lang)
				b.Wait("[data-map][data-ready=yes]")
				b.Wait("[data-fragment][data-ready=yes]")
				if name != "empty" {
					b.Wait("[data-chart][data-ready=yes] canvas")
				}
				require.Zero(t, b.Int("document.documentElement.scrollWidth > innerWidth ? 1 : 0"), "%s overflows its window", name)
				b.Screenshot(name + "-" + lang + "-" + size.name)
				switch name {
				case "plain", "empty":
					b.Axe()
				case "hostile":
					b.Axe("label-content-name-mismatch") // the map cuts a label of forty words, its name does not
				}
			}
		}
	}
	b.Go(server.URL + "/logs/plain?lang=en")
	b.Wait("[data-map][data-ready=yes]")
	before := b.String("document.querySelector('.canvas svg g').getAttribute('transform')")
	b.Do(chromedp.Click(chromedp.CSS("[data-part=in]")))
	require.NotEqual(t, before, b.String("document.querySelector('.canvas svg g').getAttribute('transform')"), "zooming moves the map")
	b.Do(chromedp.Click(chromedp.CSS(".node[aria-label^='Application received']")))
	require.Equal(t, "Application received: 3 times", strings.ReplaceAll(b.String("document.querySelector('.info').textContent"), "\u00a0", " "))
	b.Do(chromedp.Click(chromedp.CSS("#theme")))
	require.Equal(t, "dark", b.String("document.documentElement.dataset.theme"))
	b.Screenshot("plain-en-dark")
	b.Axe()
	b.Go(server.URL + "/?lang=ru")
	b.Axe()
	b.Clean(server.URL)
}

func est(mean, low, high float64) desk.Estimate {
	return desk.Estimate{Mean: mean, Low: low, High: high}
}

func ref(mean, low, high float64) *desk.Estimate { return new(est(mean, low, high)) }
