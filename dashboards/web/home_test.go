package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/web/webtest"
)

func post(h http.Handler, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "http://127.0.0.1:8080"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestTheChosenDoorComesFirst(t *testing.T) {
	h := handler(t)
	order := func(cookie string) []int {
		body := get(h, "/?lang=ru", "Cookie", cookie).Body.String()
		var at []int
		for _, door := range []string{"owner", "team", "head"} {
			at = append(at, strings.Index(body, `id="door-`+door+`"`))
		}
		return at
	}
	usual := order("")
	require.IsIncreasing(t, usual)
	w := post(h, "/reader", url.Values{"reader": {"head"}})
	require.Equal(t, http.StatusSeeOther, w.Code)
	require.Equal(t, "./", w.Header().Get("Location"))
	c := w.Result().Cookies()[0]
	require.Equal(t, "head", c.Value)
	at := order("reader=head")
	require.Less(t, at[2], at[0])
	require.Empty(t, post(h, "/reader", url.Values{"reader": {"head"}}, "Cookie", "reader=head").Result().Cookies()[0].Value, "chosen again, it is forgotten")
	require.Empty(t, post(h, "/reader", url.Values{"reader": {"<script>"}}).Result().Cookies()[0].Value)

	body := get(h, "/doors/owner?lang=ru").Body.String()
	require.Less(t, strings.Index(body, "logs/hostile"), strings.Index(body, "logs/plain"), "the most late cases first")
	require.Contains(t, body, "просрочено: 2, под угрозой: 3 из 9")
	require.Contains(t, get(h, "/doors/head?lang=en").Body.String(), "No report was sent yet")
	require.Equal(t, http.StatusNotFound, get(h, "/doors/cat").Code)
}

// TestADoorDoesNotWaitForForecasts opens the start page where a forecast takes long: what
// is overdue stands there at once, the rest comes by itself and takes its place.
func TestADoorDoesNotWaitForForecasts(t *testing.T) {
	server := httptest.NewServer(handlerOf(t, logs{"slow": log("slow", []string{"a", "b"})}))
	defer server.Close()
	b := webtest.Open(t)
	b.Go(server.URL + "/?lang=en")
	b.Wait("[data-fragment='./doors/owner'] [data-instead]")
	require.Contains(t, b.String("document.querySelector('[data-fragment=\"./doors/owner\"]').innerText"), "overdue: 1 of 4 open cases")
	require.Eventually(t, func() bool {
		return strings.Contains(b.String("document.querySelector('[data-fragment=\"./doors/owner\"]').innerText"), "at risk: 2 of 4")
	}, time.Minute, 50*time.Millisecond)
	require.Zero(t, b.Int("document.querySelectorAll('.doors .wait').length"))
	require.Equal(t, 1, b.Int("document.querySelectorAll('[data-fragment=\"./doors/owner\"] .lines').length"))
	b.Clean(server.URL)
}

func TestSearch(t *testing.T) {
	h := handler(t)
	for q, want := range map[string][]string{
		"разрешений":    {"twins/town/process/permit", "twins/town/kpi/in-term"},
		"земельному":    {"twins/town/unit/land"},
		"permit":        {"twins/town/process/permit", "Выдача разрешения", "Building permit"},
		"plai":          {"logs/plain"},
		"документ":      {"kind=procedure", "Проверка документов 3"},
		"<script>alert": {"&lt;script&gt;alert"},
		"разршеений":    {"twins/town/process/permit", "показано то, где слово похоже"},
		"нетакогослова": {"Ничего не найдено"},
		"":              {"Ищутся процессы"},
	} {
		w := get(h, "/search?lang=ru&q="+url.QueryEscape(q))
		require.Equal(t, http.StatusOK, w.Code)
		for _, s := range want {
			require.Contains(t, w.Body.String(), s, q)
		}
		require.NotContains(t, w.Body.String(), "⟨")
		require.NotContains(t, w.Body.String(), "<script>alert")
	}
	require.Equal(t, 10, strings.Count(get(h, "/search?lang=ru&kind=procedure&q="+url.QueryEscape("документ")).Body.String(), "<li>"))
	require.Equal(t, http.StatusOK, get(h, "/search?q="+strings.Repeat("я", 5000)).Code)
}

func TestDemonstrationIsLoaded(t *testing.T) {
	h := handler(t)
	w := post(h, "/demonstration", url.Values{"pack": {"municipality"}})
	require.Equal(t, http.StatusSeeOther, w.Code)
	at := w.Header().Get("Location")
	require.True(t, strings.HasPrefix(at, "./demonstration/"), at)
	w = get(h, strings.TrimPrefix(at, "."))
	require.Contains(t, []int{http.StatusOK, http.StatusSeeOther}, w.Code)
	require.Equal(t, http.StatusBadRequest, post(h, "/demonstration", url.Values{"pack": {"nothing"}}).Code)
	require.Equal(t, http.StatusNotFound, get(h, "/demonstration/nothing").Code)
}

// TestStartAndSearch walks from the start page by the keyboard to what was looked for.
func TestStartAndSearch(t *testing.T) {
	server := httptest.NewServer(handler(t))
	defer server.Close()
	b := webtest.Open(t)
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"wide", 1440, 900}, {"narrow", 390, 844}} {
		b.Size(size.width, size.height)
		for _, lang := range []string{"ru", "en"} {
			b.Go(server.URL + "/?lang=" + lang)
			b.Wait("[data-fragment='./doors/owner'][data-ready=yes]")
			b.Wait("[data-fragment='./doors/head'][data-ready=yes]")
			b.Wait("[data-fragment='./doors/team'][data-ready=yes]")
			require.Zero(t, b.Int("document.documentElement.scrollWidth > innerWidth ? 1 : 0"), "overflow")
			b.Axe()
			b.Screenshot("start-" + lang + "-" + size.name)
			b.Go(server.URL + "/search?lang=" + lang + "&q=" + url.QueryEscape("документов"))
			b.Wait(".hits a")
			require.Zero(t, b.Int("document.documentElement.scrollWidth > innerWidth ? 1 : 0"), "overflow")
			b.Axe()
			b.Screenshot("search-" + lang + "-" + size.name)
		}
	}
	b.Go(server.URL + "/?lang=ru")
	b.Wait(".bar input[type=search]")
	b.Do(chromedp.KeyEvent("/"))
	require.Equal(t, "q", b.String("document.activeElement.name"), "the key / leads to the search")
	b.Do(chromedp.KeyEvent("разрешений\r"))
	b.Wait(".hits a")
	require.Contains(t, b.String("document.querySelector('.hits a').href"), "/twins/town/kpi/in-term", "the name that has the word as it was written")
	b.Do(chromedp.Click(chromedp.CSS("#keys")))
	b.Go(server.URL + "/?lang=ru")
	b.Wait(".bar input[type=search]")
	b.Do(chromedp.KeyEvent("/"))
	require.NotEqual(t, "q", b.String("document.activeElement.name ?? ''"), "who turned it off keeps the key")
	b.Do(chromedp.Click(chromedp.CSS("button[name=reader][value=team]")))
	b.Wait(".door.chosen #door-team")
	b.Do(chromedp.Click(chromedp.CSS("#theme")))
	b.Axe()
	b.Screenshot("start-ru-dark")
	b.Clean(server.URL)
}
