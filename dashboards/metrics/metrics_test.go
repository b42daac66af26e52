package metrics

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMetrics(t *testing.T) {
	var down error
	m := New(Config{Version: "test", Alive: func(context.Context) error { return down }, Wrong: func() int64 { return 3 }})
	pages := m.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/live":
			w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
			require.NoError(t, http.NewResponseController(w).Flush())
		case "/gone":
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	for _, path := range []string{"/logs/Иванова", "/gone", "/live", "/api/v1/logs", "/assets/page.js"} {
		pages.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		m.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		return w
	}
	w := get("/metrics")
	require.Equal(t, http.StatusOK, w.Code)
	for _, line := range []string{
		`uprava_http_requests_total{code="200",kind="page"} 1`, `uprava_http_requests_total{code="404",kind="page"} 1`, `uprava_http_requests_total{code="200",kind="stream"} 1`,
		`uprava_http_requests_total{code="200",kind="rest"} 1`, `uprava_http_requests_total{code="200",kind="asset"} 1`, `uprava_http_request_seconds_count{kind="page"} 2`,
		`uprava_wrong_access_codes_total 3`, `uprava_build_info{version="test"} 1`, `uprava_http_requests_running 0`, `go_goroutines`,
	} {
		require.Contains(t, w.Body.String(), line)
	}
	require.NotContains(t, w.Body.String(), "Иванова", "no names in metrics")
	require.NotContains(t, w.Body.String(), `seconds_count{kind="stream"}`)
	require.Equal(t, "ok\n", get("/healthz").Body.String())
	down = errors.New("at /secret/place")
	w = get("/healthz")
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.NotContains(t, w.Body.String(), "secret")
	require.Equal(t, http.StatusNotFound, get("/logs").Code)
}
