package shell

import (
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/terms"
)

func TestNumberShowsWhatItRestsOn(t *testing.T) {
	s, err := New(Config{Jobs: jobs.New(t.Context(), 1, 1), Version: "test"})
	require.NoError(t, err)
	a, err := s.Area(fstest.MapFS{"page.html": {Data: []byte(`{{define "body"}}{{template "number" .Body}}{{end}}`)}})
	require.NoError(t, err)
	show := func(n Number) string {
		w := httptest.NewRecorder()
		require.NoError(t, a.Part(w, httptest.NewRequest(http.MethodGet, "/logs/x?lang=en", nil), "page", Page{Body: n}))
		return w.Body.String()
	}
	view := View{AsOf: time.Date(2019, 12, 31, 20, 59, 59, 999999000, time.UTC)}
	href := NumberHref(httptest.NewRequest(http.MethodGet, "/logs/x/map", nil), view, "a/b", "mean")
	require.Equal(t, "../../logs/a%2Fb/number/mean?as-of=2019-12-31", href)
	body := show(Number{Label: "Mean <b>", Value: "5.4 days", Range: "5 to 6", N: "n = 3", Doubts: []string{"few"}, Href: href})
	for _, want := range []string{"5.4 days", "5 to 6", "n = 3", "few", `href="../../logs/a%2Fb/number/mean?as-of=2019-12-31"`, "What this number is and what it rests on: Mean &lt;b&gt;"} {
		require.Contains(t, body, want)
	}
	body = show(Number{Why: "no case is closed"})
	require.Contains(t, body, "—")
	require.Contains(t, body, "no case is closed")
	require.NotContains(t, body, "href")
}

func TestIntervals(t *testing.T) {
	write := func(x float64) string { return terms.EN.Float(x, 1) }
	require.Equal(t, "1 to 2 (95%)", Interval(terms.EN, 1, 2, write))
	require.Empty(t, Interval(terms.EN, math.NaN(), 2, write))
}
