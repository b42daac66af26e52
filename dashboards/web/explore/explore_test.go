package explore

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/hostile"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/eventlog"
)

// logOf builds a log of cases named by their identifier, ten minutes a step.
func logOf(t *testing.T, name string, ids []string, cases ...[]string) *eventlog.Log {
	t.Helper()
	b := eventlog.NewBuilder(name)
	begin := time.Date(2019, 3, 4, 9, 0, 0, 0, time.UTC)
	for i, steps := range cases {
		id := fmt.Sprint("case-", i)
		if ids != nil {
			id = ids[i]
		}
		for k, a := range steps {
			e := eventlog.NewEvent(id, a, eventlog.At(begin.AddDate(0, 0, i).Add(time.Duration(k)*10*time.Minute)))
			e.Resource = a
			require.NoError(t, b.Add(&e))
		}
	}
	return b.Log()
}

// mounted serves the explorer over a desk with the logs.
func mounted(t *testing.T, logs ...*eventlog.Log) (http.Handler, *desk.Desk) {
	t.Helper()
	d, err := desk.Open(context.Background(), desk.Config{Dir: enginetest.Dir(t)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	for _, l := range logs {
		require.NoError(t, d.Store().Save(t.Context(), l.Name(), l))
	}
	s, err := shell.New(shell.Config{Desk: d, Jobs: jobs.New(t.Context(), 1, 1), Version: "test"})
	require.NoError(t, err)
	require.NoError(t, Mount(s, d))
	return s, d
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

// text is what a page says, with plain spaces.
func text(w *httptest.ResponseRecorder) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(html.UnescapeString(w.Body.String()))
}

// places are all pages and fragments about a log; tables its CSV files.
var (
	places = []string{"map", "map?show=mean&activities=1&paths=0", "map/model", "variants", "cases", "cases?sort=-lead&state=open", "cases?rule=59fz-answer", "time", "time?x=relative&order=duration", "time/bottlenecks", "time/spectrum", "conformance", "conformance/check", "conformance/check?method=token-replay", "conformance/rules", "people", "people?by=people", "compare", "map?as-of=2019-03-20", "cases?p=2019"}
	tables = []string{"map/paths.csv", "variants.csv", "cases.csv", "time/events.csv", "time/bottlenecks.csv", "time/spectrum.csv", "conformance/deviations.csv", "people/handovers.csv"}
)

// rows reads a CSV file of either kind.
func rows(t *testing.T, w *httptest.ResponseRecorder, comma rune) [][]string {
	t.Helper()
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.Equal(t, "text/csv; charset=utf-8", w.Header().Get("Content-Type"))
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(w.Body.Bytes(), []byte("\ufeff"))))
	r.Comma = comma
	all, err := r.ReadAll()
	require.NoError(t, err)
	return all
}

// back reads an XES file as the connector does.
func back(t *testing.T, w *httptest.ResponseRecorder) *eventlog.Log {
	t.Helper()
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	l, _, err := connectors.Load(t.Context(), "back", xes.New("back.xes", bytes.NewReader(w.Body.Bytes())))
	require.NoError(t, err)
	return l
}

func TestSmallLogs(t *testing.T) {
	h, _ := mounted(t, logOf(t, "one", nil, []string{"a", "b", "a"}), logOf(t, "single", nil, []string{"a"}), logOf(t, "empty", nil), logOf(t, "two", nil, []string{"a", "b"}, []string{"a", "c"}))
	for _, log := range []string{"one", "single", "empty", "two"} {
		for _, place := range places {
			for _, lang := range []string{"ru", "en"} {
				join := "?"
				if strings.Contains(place, "?") {
					join = "&"
				}
				w := get(h, "/logs/"+log+"/"+place+join+"lang="+lang)
				body := w.Body.String()
				if (log == "empty" || strings.Contains(place, "rule=")) && w.Code == http.StatusBadRequest {
					require.NotEmpty(t, body)
					continue
				}
				require.Equal(t, http.StatusOK, w.Code, "%s/%s: %s", log, place, body)
				for _, never := range []string{"⟨", "%!", "NaN", `href="/`, " style=", "01.01.0001"} {
					require.NotContains(t, body, never, "%s/%s", log, place)
				}
			}
		}
	}
	for _, lang := range []string{"ru", "en"} {
		require.Contains(t, text(get(h, "/logs/one/cases/case-0?lang="+lang)), "case-0")
	}
	require.Len(t, rows(t, get(h, "/logs/one/cases/case-0/events.csv"), ','), 4)
	require.Contains(t, text(get(h, "/logs/single/map?lang=en")), "There are no paths")
	require.Equal(t, 1, back(t, get(h, "/logs/one/log.xes")).Cases())
}

func TestWhatCannotBeHadIsASentence(t *testing.T) {
	h, _ := mounted(t, logOf(t, "x", nil, []string{"a", "b"}, []string{"a", "c"}))
	for _, tc := range []struct {
		path, want string
		code       int
	}{
		{`cases?f=has("b"); has("c")`, "Nothing meets the filter", 400},
		{`map?f=has("b"); has("c")`, "Nothing meets the filter", 400},
		{`time/spectrum?f=has("b"); has("c")`, "Nothing meets the filter", 400},
		{`variants?f=has("nowhere")`, `“nowhere”`, 400},
		{`variants?f=has(`, "filter", 400},
		{`cases?p=2031`, "Nothing meets the filter", 400},
		{`cases?p=2019-13`, "2019-13", 400},
		{`compare?vs=rest`, "everything is selected", 400},
		{`compare?vs=before:yesterday`, "before:2019-07-01", 400},
		{`compare/tests`, "nothing is chosen", 400},
		{`map?model=none`, "", 200},
		{`map/model?model=none`, "none", 400},
		{`cases/nobody`, "nobody", 404},
		{`log.xes?f=has("b"); has("c")`, "leaves none of 2 cases", 400},
	} {
		path, query, _ := strings.Cut(tc.path, "?")
		q := url.Values{"lang": {"en"}}
		if k, v, ok := strings.Cut(query, "="); ok {
			q.Set(k, v)
		}
		w := get(h, "/logs/x/"+path+"?"+q.Encode())
		require.Equal(t, tc.code, w.Code, "%s: %s", tc.path, w.Body)
		require.Contains(t, text(w), tc.want, tc.path)
	}
	page := text(get(h, "/logs/x/cases?lang=ru&f="+url.QueryEscape(`has("b"); has("c")`)))
	require.Contains(t, page, "Уберите одно из условий")
	require.Contains(t, page, `class="remove"`, "the filter can be mended where it failed")
	require.Equal(t, http.StatusNotFound, get(h, "/logs/none/map").Code)
}

// rowLink leads to one case.
var rowLink = regexp.MustCompile(`<th scope="row"><a href="([^"]*)"`)

func TestHostileLabelsAreText(t *testing.T) {
	var cases [][]string
	for i, l := range hostile.Labels {
		cases = append(cases, []string{l, "b", l, hostile.Labels[(i+1)%len(hostile.Labels)]})
	}
	h, _ := mounted(t, logOf(t, "hostile", hostile.Labels, cases...))
	clean := func(path string) string {
		w := get(h, path)
		body := w.Body.String()
		require.Equal(t, http.StatusOK, w.Code, "%s: %s", path, body)
		for _, bad := range []string{"<script>window", "</script><script>", "<img src", "<svg/on", "<iframe", "<style>", `href="javascript:`, `" onmouseover="`, "⟨"} {
			require.NotContains(t, body, bad, path)
		}
		return body
	}
	for _, place := range places {
		if !strings.Contains(place, "rule=") {
			clean("/logs/hostile/" + place)
		}
	}
	clean("/logs/hostile/compare/tests?vs=before:2019-03-20")
	links := rowLink.FindAllStringSubmatch(clean("/logs/hostile/cases"), -1)
	require.Len(t, links, len(hostile.Labels))
	for _, link := range links { // each case opens, and so does its table
		u := strings.ReplaceAll(html.UnescapeString(link[1]), "../../", "/")
		body := clean(u)
		table := regexp.MustCompile(`href="([^"]*events\.csv[^"]*)"`).FindStringSubmatch(body)
		require.NotNil(t, table, u)
		from, err := url.Parse(u)
		require.NoError(t, err)
		at, err := from.Parse(html.UnescapeString(table[1]))
		require.NoError(t, err)
		require.Len(t, rows(t, get(h, at.String()), ','), 5, at)
	}
	for _, name := range tables {
		for _, excel := range []bool{false, true} {
			comma, query := ',', ""
			if excel {
				comma, query = ';', "?excel=1"
			}
			for _, row := range rows(t, get(h, "/logs/hostile/"+name+query), comma) {
				for _, cell := range row {
					require.NotRegexp(t, `^[\s\x{feff}]*[=+@|]|^-[^0-9]`, cell, name)
				}
			}
		}
	}
	w := get(h, "/logs/hostile/log.xes")
	require.Equal(t, http.StatusBadRequest, w.Code)
	require.Contains(t, text(w), "XML cannot hold the character", "what a file cannot hold is said, not left out")
	keep := url.Values{"f": {`id("` + strings.ReplaceAll(hostile.Labels[0], `"`, `\"`) + `")`}}
	require.Equal(t, 1, back(t, get(h, "/logs/hostile/log.xes?"+keep.Encode())).Cases())
	w = get(h, "/logs/hostile/map/model.bpmn")
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	_, _, err := bpmn.Read(bytes.NewReader(w.Body.Bytes()))
	require.NoError(t, err)
}
