package reports_test

import (
	"context"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/report/compose"
	"github.com/uprava/uprava/dashboards/report/dispatch"
	"github.com/uprava/uprava/dashboards/web"
	"github.com/uprava/uprava/dashboards/web/reports"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/web/webtest"
	"github.com/uprava/uprava/datasets"
)

// served is the pages over a desk with one process of the town.
type served struct {
	*testing.T
	site   *shell.Site
	office *dispatch.Office
	dir    string
}

func serve(t *testing.T) *served {
	t.Helper()
	dir := enginetest.Dir(t)
	d, err := desk.Open(context.Background(), desk.Config{Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	p, err := datasets.Open("municipality")
	require.NoError(t, err)
	l, _, err := datasets.Generate(context.Background(), p, datasets.Config{Process: "redistribution", Years: 1, Seed: 1})
	require.NoError(t, err)
	require.NoError(t, d.Store().Save(context.Background(), "municipality-redistribution", l))
	c := compose.New(d)
	s := &served{T: t, dir: t.TempDir(), office: dispatch.New(c, dispatch.Config{Dir: filepath.Join(dir, "reports"), Version: "test"})}
	s.site, err = shell.New(shell.Config{Desk: d, Jobs: jobs.New(t.Context(), 1, 5), Version: "test"})
	require.NoError(t, err)
	require.NoError(t, reports.Mount(s.site, s.office, c, func() (int, int) { return 3, 12 }))
	return s
}

func (s *served) ask(method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	s.site.ServeHTTP(w, r)
	return w
}

func (s *served) text(path string) string {
	s.Helper()
	w := s.ask(http.MethodGet, path, nil)
	require.Equal(s, http.StatusOK, w.Code, w.Body.String())
	text := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(html.UnescapeString(w.Body.String()))
	require.NotContains(s, text, "⟨", "an unknown term on %s", path)
	require.NotContains(s, text, "NaN", path)
	return text
}

func TestReportsArePages(t *testing.T) {
	s := serve(t)
	require.Contains(t, s.text("/reports?lang=ru"), "Отчётов ещё не отправляли")
	require.Contains(t, s.text("/reports?lang=en"), "Process: Agreement on redistribution")
	require.Contains(t, s.text("/head?lang=ru&p=2019-Q4"), "head/report?lang=ru&p=2019-Q4")
	require.Contains(t, s.text("/head?lang=ru"), "готово 3 из 12")
	part := s.text("/head/report?lang=ru&p=2019-Q4")
	for _, want := range []string{"Демонстрационные данные условного города", "Главное", "IV квартал 2019", "?p=2019-Q3", "?p=2020-Q1", "<svg"} {
		require.Contains(t, part, want)
	}
	for _, bad := range []string{"/head?p=2019-Q9", "/head?as-of=soon", "/head/report?p=x"} {
		require.Equal(t, http.StatusBadRequest, s.ask(http.MethodGet, bad, nil).Code, bad)
	}

	t.Run("made now", func(t *testing.T) {
		w := s.ask(http.MethodPost, "/reports/make", url.Values{"of": {"process:municipality-redistribution"}, "p": {"2019-Q4"}, "format": {"xlsx"}, "language": {"en"}})
		require.Equal(t, http.StatusSeeOther, w.Code, w.Body.String())
		page := "/reports/" + strings.TrimPrefix(w.Header().Get("Location"), "../reports/")
		id := strings.TrimPrefix(page, "/reports/made/")
		_, err := s.site.Jobs.Job(id).Wait(t.Context())
		require.NoError(t, err)
		require.Contains(t, s.text(page), ".xlsx")
		file := s.ask(http.MethodGet, page+"/file", nil)
		require.Equal(t, "PK", file.Body.String()[:2])
		require.Contains(t, file.Header().Get("Content-Disposition"), "attachment")
		for _, form := range []url.Values{{"of": {"executive"}, "format": {"exe"}}, {"of": {"nobody"}, "format": {"pdf"}}, {"of": {"executive"}, "format": {"pdf"}, "p": {"13"}}} {
			require.Equal(t, http.StatusBadRequest, s.ask(http.MethodPost, "/reports/make", form).Code, form)
		}
		require.Equal(t, http.StatusNotFound, s.ask(http.MethodGet, "/reports/made/none", nil).Code)
	})

	t.Run("sent", func(t *testing.T) {
		p, err := s.office.Send(t.Context(), dispatch.Request{Of: "executive", Lang: "ru"}, []string{"html"}, nil, s.dir)
		require.NoError(t, err)
		page := s.text("/reports?lang=ru")
		require.Contains(t, page, p.Hash)
		require.Contains(t, page, s.dir)
		w := s.ask(http.MethodGet, "/reports/sent/"+p.ID+"/"+p.Files[0].Name, nil)
		require.Equal(t, http.StatusOK, w.Code)
		require.Contains(t, w.Header().Get("Content-Disposition"), "attachment", "a report is never a page of this server")
		require.Equal(t, http.StatusNotFound, s.ask(http.MethodGet, "/reports/sent/"+p.ID+"/none.pdf", nil).Code)
		require.NotEqual(t, http.StatusOK, s.ask(http.MethodGet, "/reports/sent/..%2F..%2Fx/manifest.json", nil).Code)
	})

	t.Run("scheduled", func(t *testing.T) {
		form := url.Values{"id": {"monday"}, "of": {"executive"}, "every": {"week"}, "on": {"1"}, "at": {"08:00"}, "format": {"pdf", "docx"}, "to": {"head@example.org, a@example.org"}, "language": {"ru"}}
		require.Equal(t, http.StatusBadRequest, s.ask(http.MethodPost, "/reports/schedule", url.Values{"id": {"x"}, "of": {"executive"}, "every": {"sometimes"}, "on": {"1"}, "at": {"08:00"}, "folder": {"/tmp"}}).Code)
		w := s.ask(http.MethodPost, "/reports/schedule", form)
		if w.Code != http.StatusSeeOther { // mail wants a server
			require.Contains(t, html.UnescapeString(w.Body.String()), "mail")
			form.Del("to")
			form.Set("folder", s.dir)
			w = s.ask(http.MethodPost, "/reports/schedule", form)
		}
		require.Equal(t, http.StatusSeeOther, w.Code, w.Body.String())
		list, err := s.office.Entries()
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, time.Monday, list[0].On)
		require.Contains(t, s.text("/reports?lang=ru"), "каждую неделю")
		require.Equal(t, http.StatusBadRequest, s.ask(http.MethodPost, "/reports/schedule", form).Code, "the name is taken")
		require.Equal(t, http.StatusSeeOther, s.ask(http.MethodPost, "/reports/schedule/monday/remove", nil).Code)
		require.Equal(t, http.StatusBadRequest, s.ask(http.MethodPost, "/reports/schedule/monday/remove", nil).Code)
		require.NoError(t, os.WriteFile(s.office.ScheduleFile(), []byte("reports: ["), 0o600))
		require.Contains(t, s.text("/reports?lang=ru"), "Расписание не читается")
		require.NoError(t, os.Remove(s.office.ScheduleFile()))
	})

	t.Run("in a browser", func(t *testing.T) {
		assets, err := web.Assets()
		if err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
		s.site.Mount("GET /assets/", assets)
		server := httptest.NewServer(web.Guard(s.site))
		defer server.Close()
		b := webtest.Open(t)
		for _, width := range []int64{1440, 390} {
			b.Size(width, 900)
			for _, lang := range []string{"ru", "en"} {
				for _, page := range []string{"head?p=2019-Q4&", "reports?"} {
					b.Go(server.URL + "/" + page + "lang=" + lang)
					b.Wait("h1")
					if strings.HasPrefix(page, "head") {
						b.Wait("[data-fragment][data-ready=yes]")
					}
					require.LessOrEqual(t, b.Int("document.documentElement.scrollWidth"), int(width), "%s overflows", page)
					b.Axe()
					b.Screenshot(strings.Split(page, "?")[0] + "-" + lang + "-" + map[int64]string{1440: "wide", 390: "narrow"}[width])
				}
			}
		}
		b.Size(1440, 900)
		b.Go(server.URL + "/head?p=2019-Q4&lang=ru")
		b.Wait("[data-fragment][data-ready=yes]")
		sheets := b.Paper("head-ru")
		paper := strings.Join(sheets, "\n")
		require.Less(t, len(sheets), 12)
		for i, sheet := range sheets[:len(sheets)-1] {
			require.Greater(t, strings.Count(sheet, "\n"), 8, "sheet %d is nearly empty", i+1)
		}
		for _, want := range []string{"Главное", "Что решить", "Проект поручений", "Узкие места", "В сравнении"} {
			require.Contains(t, paper, want)
		}
		require.NotContains(t, paper, "Содержание", "contents lead nowhere on paper")
		for _, menu := range []string{"Взять с собой", "Составить", "Найти", "← "} {
			require.NotContains(t, paper, menu, "nor do menus")
		}
		b.Clean(server.URL)
	})
}
