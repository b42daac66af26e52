package shell

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
)

func TestViewStandsInTheAddress(t *testing.T) {
	for _, address := range []string{"", "f=lead_time+%3E+30d", "p=2019-Q4&vs=previous", "as-of=2019-10-31", "as-of=2019-10-31T12%3A30%3A00&events=recorded", "law=today"} {
		q, err := url.ParseQuery(address)
		require.NoError(t, err)
		v, err := ParseView(q)
		require.NoError(t, err, address)
		again, err := ParseView(v.Query())
		require.NoError(t, err)
		require.Equal(t, v.Query(), again.Query(), address)
		for k := range q {
			require.Equal(t, q.Get(k), v.Query().Get(k))
		}
	}
	v, err := ParseView(url.Values{"as-of": {"2019-10-31"}, "sort": {"lead"}, "lang": {"ru"}})
	require.NoError(t, err)
	require.Equal(t, time.Date(2019, 10, 31, 20, 59, 59, 999999000, time.UTC), v.AsOf.UTC(), "the end of the day in Moscow")
	require.Equal(t, url.Values{"sort": {"lead"}}, v.Rest)
	for _, bad := range []url.Values{{"f": {"lead_time >"}}, {"as-of": {"31.10.2019"}}, {"events": {"some"}}} {
		_, err := ParseView(bad)
		var input desk.InputError
		require.ErrorAs(t, err, &input, bad)
	}
}

func site(t *testing.T) *Site {
	s, err := New(Config{Jobs: jobs.New(t.Context(), 1, 1), Version: "test"})
	require.NoError(t, err)
	a, err := s.Area(fstest.MapFS{"page.html": {Data: []byte(`{{define "body"}}<a href="{{.Href "logs" "a/b"}}">{{.Keep "logs" "a/b" "map"}}</a><a href="{{.With "sort" "x"}}">s</a>{{end}}`)}})
	require.NoError(t, err)
	s.Section("logs", "")
	s.Tab("board", "")
	s.Handle("GET /logs/{log}", func(w http.ResponseWriter, r *http.Request) error {
		v, err := ParseView(r.URL.Query())
		if err != nil {
			return err
		}
		return a.Show(w, r, "page", Page{Title: "T", Log: r.PathValue("log"), Tab: "board", View: v, Crumbs: []Link{{"c", "c"}}, Live: true})
	})
	return s
}

func get(s *Site, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w
}

func TestLinksAreRelative(t *testing.T) {
	s := site(t)
	w := get(s, "/logs/x%2Fy?lang=en&as-of=2019-10-31&page=2")
	require.Equal(t, 200, w.Code, w.Body)
	body := w.Body.String()
	for _, want := range []string{`href="../logs/a%2Fb"`, `../logs/a%2Fb/map?as-of=2019-10-31`, `href="?as-of=2019-10-31&amp;page=2&amp;sort=x"`, `href="../assets/page.css"`,
		`data-root="../"`, `href="../language/ru?back=logs%2fx%252Fy%3flang%3den%26as-of%3d2019-10-31%26page%3d2"`, `href="../logs/x%2Fy?as-of=2019-10-31" aria-current="page"`} {
		require.Contains(t, body, want)
	}
	require.NotContains(t, body, `href="/`)
	require.NotContains(t, body, "⟨")
}

func TestErrorsAreSentences(t *testing.T) {
	s := site(t)
	require.Equal(t, http.StatusNotFound, get(s, "/nowhere").Code)
	w := get(s, "/logs/x?lang=en&f=lead_time")
	require.Equal(t, http.StatusBadRequest, w.Code)
	require.Contains(t, w.Body.String(), "Correct what is named above")
	require.Equal(t, http.StatusNotFound, get(s, "/jobs/none/events").Code)
}

func TestAMomentIsShownAndChanged(t *testing.T) {
	s, err := New(Config{Version: "test"})
	require.NoError(t, err)
	a, err := s.Area(fstest.MapFS{"page.html": {Data: []byte(`{{define "body"}}<h1>x</h1>{{end}}`)}})
	require.NoError(t, err)
	last := time.Date(2019, 12, 31, 15, 0, 0, 0, time.UTC)
	s.Handle("GET /logs/{log}", func(w http.ResponseWriter, r *http.Request) error {
		v, err := ParseView(r.URL.Query())
		if err != nil {
			return err
		}
		at := v.AsOf
		if at.IsZero() {
			at = last
		}
		return a.Show(w, r, "page", Page{Title: "T", Log: "x", View: v, AsOf: at, Live: true})
	})
	body := get(s, "/logs/x?lang=en&sort=lead&f=lead_time+%3E+30d").Body.String()
	require.Contains(t, body, "As of 31 December 2019, 18:00 Moscow time, the last event of the log")
	require.Contains(t, body, `<input type="date" name="as-of" value="2019-12-31" required>`)
	require.Contains(t, body, `<input type="hidden" name="f" value="lead_time &gt; 30d">`)
	require.Contains(t, body, `<input type="hidden" name="sort" value="lead">`)
	require.NotContains(t, body, "data-live", "nothing tells what changed here")
	body = get(s, "/logs/x?lang=en&sort=lead&as-of=2019-10-31").Body.String()
	require.Contains(t, body, "As of 31 October 2019, 23:59 Moscow time: what was known")
	require.Contains(t, body, `href="?lang=en&amp;sort=lead">To the last event`)
}

func TestALivePageIsTold(t *testing.T) {
	changed := time.Now().Add(time.Hour).Truncate(time.Microsecond)
	s, err := New(Config{Version: "test", Changes: func(context.Context) (map[string]time.Time, error) {
		return map[string]time.Time{"x": changed}, nil
	}})
	require.NoError(t, err)
	server := httptest.NewServer(s)
	defer server.Close()
	for log, want := range map[string]string{"x": fmt.Sprint(changed.UnixMicro()), "nothing": "0"} {
		r, err := http.Get(server.URL + "/live?log=" + log)
		require.NoError(t, err)
		require.Equal(t, "text/event-stream; charset=utf-8", r.Header.Get("Content-Type"))
		lines := bufio.NewScanner(r.Body)
		for lines.Scan() && !strings.HasPrefix(lines.Text(), "data:") {
		}
		require.Equal(t, "data: "+want, lines.Text())
		r.Body.Close()
	}
}
