package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/eventlog"
)

// ofAll are the pages and fragments about a log, with a case of that log.
var ofAll = []string{"?part=1", "/board/risks", "/board/bottlenecks", "/passport", "/number/mean", "/map", "/map/model", "/variants", "/cases", "/cases/c0", "/time", "/time?x=relative", "/time/bottlenecks", "/time/spectrum",
	"/conformance", "/conformance/check", "/conformance/rules", "/people", "/people?by=people", "/compare", "/studio"}

// tooSlow and tooHeavy are beyond what a reader bears: seconds until a page, bytes of it.
// Alignments come after their page and have a budget of their own, told beside them.
const tooSlow, alignments, tooHeavy = 10 * time.Second, 30 * time.Second, 1 << 20

var tags = regexp.MustCompile(`<[^>]*>|\s+`)

// TestExtremeLogs asks for every page about logs that no table and no picture was made
// for: each answers in time, with a sentence where there is nothing to show, and is not
// so heavy that a tablet gives up.
func TestExtremeLogs(t *testing.T) {
	if _, err := Assets(); err != nil {
		handler(t) // skips or fails, saying why
	}
	d, err := desk.Open(t.Context(), desk.Config{Dir: enginetest.Dir(t)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	begin := time.Date(2019, 3, 4, 9, 0, 0, 0, time.UTC)
	save := func(name string, cases, events int, activity func(i int) string) {
		b := eventlog.NewBuilder(name)
		for c := range cases {
			for k := range events {
				e := eventlog.NewEvent(fmt.Sprint("c", c), activity(c*events+k), eventlog.At(begin.Add(time.Duration(c*events+k)*time.Minute)))
				e.Resource = fmt.Sprint("person ", k%40)
				require.NoError(t, b.Add(&e))
			}
		}
		require.NoError(t, d.Store().Save(t.Context(), name, b.Log()))
	}
	save("long", 1, 100_000, func(i int) string { return fmt.Sprint("step ", i%7) })
	save("names", 1, 5000, func(i int) string { return fmt.Sprint("step ", i) })
	save("wide", 500, 10, func(i int) string { return fmt.Sprint("step ", i) })
	save("alike", 300, 30, func(i int) string { return fmt.Sprint("step ", i*i%5000) })
	save("one", 1, 3, func(i int) string { return fmt.Sprint("step ", i) })
	save("single", 1, 1, func(int) string { return "step" })
	pages, err := New(Config{Config: shell.Config{Desk: d, Jobs: jobs.New(t.Context(), 1, 10), Version: "test"}})
	require.NoError(t, err)
	for _, log := range []string{"long", "names", "wide", "alike", "one", "single"} {
		for _, page := range ofAll {
			t.Run(log+page, func(t *testing.T) {
				for _, lang := range []string{"ru", "en"} {
					u, err := url.Parse("/logs/" + log + page)
					require.NoError(t, err)
					q := u.Query()
					q.Set("lang", lang)
					u.RawQuery = q.Encode()
					w := httptest.NewRecorder()
					asked := time.Now()
					pages.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+u.String(), nil))
					took := time.Since(asked)
					body := w.Body.String()
					t.Logf("%s: %d, %d kB, %v", lang, w.Code, len(body)>>10, took.Round(time.Millisecond))
					require.Equal(t, http.StatusOK, w.Code, body)
					require.Less(t, took, map[bool]time.Duration{true: alignments, false: tooSlow}[page == "/conformance/check"])
					require.Greater(t, len(tags.ReplaceAllString(body, "")), 25, "something is said: %s", body)
					require.Less(t, len(body), tooHeavy)
					for _, never := range []string{"NaN", "%!", "⟨", "01.01.0001"} {
						require.NotContains(t, body, never)
					}
					require.NotContains(t, strings.ToLower(body), "panic")
				}
			})
		}
	}
}
