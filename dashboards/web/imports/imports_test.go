package imports

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/logtest"
)

// wizard is the pages over a real store.
type wizard struct {
	t      *testing.T
	site   *shell.Site
	desk   *desk.Desk
	folder string
	pages  *pages
}

func open(t *testing.T) *wizard { return openAt(t, enginetest.Dir(t)) }

func openAt(t *testing.T, dir string) *wizard {
	d, err := desk.Open(context.Background(), desk.Config{Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	life, end := context.WithCancel(context.Background())
	work := jobs.New(life, 2, 10)
	t.Cleanup(func() { end(); work.Wait() })
	s, err := shell.New(shell.Config{Desk: d, Jobs: work, Version: "test"})
	require.NoError(t, err)
	w := &wizard{t: t, site: s, desk: d, folder: d.Folder("imports")}
	w.pages, err = mount(s, d, d.Store(), w.folder)
	require.NoError(t, err)
	return w
}

func (w *wizard) do(r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	w.site.ServeHTTP(rec, r)
	return rec
}

func (w *wizard) get(path string) string {
	w.t.Helper()
	rec := w.do(httptest.NewRequest("GET", path, nil))
	require.Equal(w.t, http.StatusOK, rec.Code, rec.Body)
	require.NotContains(w.t, rec.Body.String(), "⟨", "an unknown term")
	require.NotContains(w.t, rec.Body.String(), "%!")
	return rec.Body.String()
}

// send posts a file and returns where it is looked at.
func (w *wizard) send(name string, content io.Reader) string {
	w.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", name)
	require.NoError(w.t, err)
	_, err = io.Copy(part, content)
	require.NoError(w.t, err)
	require.NoError(w.t, form.Close())
	r := httptest.NewRequest("POST", "/import", &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	rec := w.do(r)
	require.Equal(w.t, http.StatusSeeOther, rec.Code, rec.Body)
	return strings.TrimPrefix(rec.Header().Get("Location"), ".")
}

func (w *wizard) post(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.do(r)
}

// run imports and waits until that has ended.
func (w *wizard) run(at string, form url.Values) jobs.Status {
	w.t.Helper()
	rec := w.post(at, form)
	require.Equal(w.t, http.StatusSeeOther, rec.Code, rec.Body)
	j := w.job(at)
	_, _ = j.Wait(w.t.Context())
	return j.Status()
}

// job is the job of an import, which its page names while it runs.
func (w *wizard) job(at string) *jobs.Job {
	w.t.Helper()
	body := w.do(httptest.NewRequest("GET", at, nil)).Body.String()
	m := regexp.MustCompile(`jobs/([A-Z0-9]+)/events`).FindStringSubmatch(body)
	if m == nil { // it has ended already
		return ended(w.t)
	}
	return w.site.Jobs.Job(m[1])
}

// ended is a job that is done.
func ended(t *testing.T) *jobs.Job {
	r := jobs.New(t.Context(), 1, 1)
	return r.Start("none", "", "", func(context.Context, jobs.Tell) (any, error) { return nil, nil })
}

// left are the files of uploads.
func (w *wizard) left() []string {
	var out []string
	require.NoError(w.t, filepath.Walk(w.folder, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() && info.Name() != lockName {
			out = append(out, path)
		}
		return err
	}))
	return out
}

func (w *wizard) logs() map[string]int64 {
	list, err := w.desk.Logs(w.t.Context())
	require.NoError(w.t, err)
	out := map[string]int64{}
	for _, l := range list {
		out[l.Name] = l.Events
	}
	return out
}

const permits = "Номер дела;Действие;Дата;Исполнитель;Район\n" +
	"1;Приём;03.04.2019 10:00;Иванов;Север\n1;Решение;15.04.2019 11:30;Петров;Север\n2;Приём;04.04.2019 09:00;Иванов;Юг\n"

func TestImport(t *testing.T) {
	w := open(t)
	at := w.send(`C:\выгрузка\Разрешения.csv`, strings.NewReader(permits))
	body := w.get(at + "?lang=ru")
	for _, want := range []string{"Как понят файл «Разрешения.csv»", "определено: ;", "определено: utf-8", "3 апреля 2019, 10:00:00", `value="разрешения"`,
		"Во времени не указан часовой пояс; взят Europe/Moscow", `<option value="case" selected>дело</option>`} {
		require.Contains(t, body, want)
	}
	require.NotContains(t, body, w.folder, "no path of the server is shown")
	state := w.run(at, url.Values{"name": {"разрешения"}, "c0": {"case"}, "c1": {"activity"}, "c2": {"time"}, "c3": {"attribute"}, "c4": {"case attribute"}, "zone": {"Europe/Samara"}})
	require.Equal(t, jobs.Done, state.State, state.Err)
	require.Equal(t, map[string]int64{"разрешения": 3}, w.logs())
	require.Empty(t, w.left(), "the file is gone once it is in the store")
	l, err := w.desk.Store().Load(t.Context(), "разрешения")
	require.NoError(t, err)
	require.Equal(t, "2019-04-03T10:00:00+04:00", l.Case(0).Event(0).Time.Go().Format(time.RFC3339), "in the zone that was said")
	require.Empty(t, l.Case(0).Event(0).Resource, "what was said to be an attribute is no resource, whatever its name")
	area, ok := l.Case(0).Attribute("Район")
	require.True(t, ok)
	require.Equal(t, "Север", area.String())
	body = w.get(at + "?lang=en")
	require.Contains(t, body, "The log “разрешения” is imported")
	require.Contains(t, body, `href="../logs/%D1%80%D0%B0%D0%B7%D1%80%D0%B5%D1%88%D0%B5%D0%BD%D0%B8%D1%8F"`)
	require.Contains(t, w.get(at+"/findings?lang=ru"), "Препятствие")

	// A longer export of the same, under the same name.
	longer := permits + "2;Решение;20.04.2019 12:00;Петров;Юг\n"
	at = w.send("Разрешения.csv", strings.NewReader(longer))
	require.Contains(t, w.get(at+"?lang=ru"), "например «разрешения-2»")
	form := url.Values{"name": {"разрешения"}, "c0": {"case"}, "c1": {"activity"}, "c2": {"time"}, "c3": {"attribute"}, "c4": {"case attribute"}, "zone": {"Europe/Samara"}}
	rec := w.post(at, form)
	require.Equal(t, http.StatusConflict, rec.Code, "a name that is taken is asked about")
	require.Equal(t, map[string]int64{"разрешения": 3}, w.logs())
	form.Set("longer", "yes")
	require.Equal(t, jobs.Done, w.run(at, form).State)
	require.Equal(t, map[string]int64{"разрешения": 4}, w.logs())
}

func TestSharedLogsAreUnderstoodAtOnce(t *testing.T) {
	w := open(t)
	for _, name := range []string{"receipt.csv", "PurchasingExample.csv", "Production.csv", "running-example.xes", "Sepsis.xes.gz"} {
		f, err := os.Open(logtest.Shared(t, name))
		require.NoError(t, err)
		at := w.send(name, f)
		f.Close()
		body := w.get(at + "?lang=en")
		require.NotContains(t, body, "Without this the log cannot be read", name)
		begin := time.Now()
		form := url.Values{"name": {name}}
		require.Equal(t, jobs.Done, w.run(at, form).State, name)
		body = w.get(at + "?lang=en")
		require.Contains(t, body, "Open the process map", name)
		require.Less(t, time.Since(begin), time.Minute, name)
	}
	require.Len(t, w.logs(), 5)
	require.Empty(t, w.left())
}

// The preview shows the words of the file: of a log whose rows reuse one buffer too.
func TestThePreviewOfXES(t *testing.T) {
	w := open(t)
	f, err := os.Open(logtest.Shared(t, "receipt.xes.gz"))
	require.NoError(t, err)
	defer f.Close()
	body := w.get(w.send("receipt.xes.gz", f) + "?lang=en")
	for _, want := range []string{">Confirmation of receipt<", ">T02 Check confirmation of receipt<", ">case-10011<"} {
		require.Contains(t, body, want)
	}
}

func TestHostileFiles(t *testing.T) {
	w := open(t)
	zip := func(s string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = io.WriteString(z, s)
		_ = z.Close()
		return b.String()
	}
	for _, tc := range []struct{ name, content, want string }{
		{"empty.csv", "", "Файл пуст"},
		{"empty.csv.gz", zip(""), "Файл пуст"},
		{"book.xlsx", "PK\x03\x04rest", "архив ZIP или документ Office"},
		{"picture.csv", "\x89PNG\r\n\x1a\n\x00\x00\x00\x01", "не текст"},
		{"cut.csv.gz", zip(permits)[:12], "повреждён"},
		{"one.csv", "слово\nдругое\n", "Не указан столбец: дело"},
		{"twice.csv", "case,activity,time,x,x\n1,a,2019-01-01,1,2\n", "Столбец 5 повторяет имя «x»"},
		{"ambiguous.csv", "case,activity,time\n1,a,03/04/2019\n1,b,05/06/2019\n", "неясно, где день, а где месяц"},
		{"odd.csv", "case,activity,time\n1,a,когда-то\n", "не распознана"},
		{"script.csv", "case,activity,time,</th><script>alert(1)</script>\n1,<img src=x onerror=alert(1)>,2019-01-01,\"</td><script>\"\n", "&lt;script&gt;alert(1)"},
		{"ragged.csv", "case,activity,time\n1,a,2019-01-01\n1,b\n1,c,2019-01-02,more,and more\n", "Загрузить"},
		{"broken.xes", "<log><trace></log>", "broken.xes"},
		{"page.html.xes", "<!doctype html><html><body>x</body></html>", "page.html.xes"},
		{"koi.csv", "case;activity;time\n1;\xd0\xd2\xc9\xc5\xcd;2019-01-01\n", "Текст не в UTF-8"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			at := w.send(tc.name, strings.NewReader(tc.content))
			body := w.get(at + "?lang=ru")
			require.Contains(t, body, tc.want)
			require.NotContains(t, body, "<script>alert")
			require.NotContains(t, body, "<img src=x")
			require.NotContains(t, body, w.folder)
			rec := w.post(at+"/discard", nil)
			require.Equal(t, http.StatusSeeOther, rec.Code)
			require.Contains(t, rec.Header().Get("Location"), "said=stopped")
			require.Empty(t, w.left())
		})
	}
	// The two ways of an ambiguous date, each with what it makes of the example.
	at := w.send("ambiguous.csv", strings.NewReader("case,activity,time\n1,a,03/04/2019\n1,b,05/06/2019\n"))
	body := w.get(at + "?lang=ru")
	require.Contains(t, body, "3 апреля 2019")
	require.Contains(t, body, "4 марта 2019")
	require.Equal(t, http.StatusConflict, w.post(at, url.Values{"name": {"x"}}).Code, "it is not taken in before that is settled")
	require.Equal(t, jobs.Done, w.run(at, url.Values{"name": {"x"}, "l2": {"MM/dd/yyyy"}}).State)
	l, err := w.desk.Store().Load(t.Context(), "x")
	require.NoError(t, err)
	require.Equal(t, time.March, l.Case(0).Event(0).Time.Go().Month())
	for _, bad := range []url.Values{{"name": {""}}, {"name": {"a\x00b"}}, {"name": {strings.Repeat("я", 201)}}} {
		at := w.send("p.csv", strings.NewReader(permits))
		require.Equal(t, http.StatusBadRequest, w.post(at, bad).Code)
	}
	require.Contains(t, w.get("/import?said=gone&lang=ru"), "Этой загрузки больше нет")
	require.Equal(t, http.StatusSeeOther, w.do(httptest.NewRequest("GET", "/import/nothing", nil)).Code)
	rec := w.do(httptest.NewRequest("POST", "/import", strings.NewReader("file=x")))
	require.Equal(t, http.StatusBadRequest, rec.Code)
}

func TestCancelLeavesNothing(t *testing.T) {
	w := open(t)
	var rows bytes.Buffer
	rows.WriteString("case,activity,time\n")
	for i := range 600_000 {
		fmt.Fprintf(&rows, "%d,step %d,2019-01-%02dT%02d:00:00\n", i/5, i%5, 1+i%5, i%24)
	}
	at := w.send("large.csv", &rows)
	require.Equal(t, http.StatusSeeOther, w.post(at, url.Values{"name": {"large"}}).Code)
	j := w.job(at)
	for s := range j.Watch(t.Context(), 0) {
		if s.Note != "" {
			break
		}
	}
	rec := w.post("/jobs/"+j.ID+"/cancel", nil)
	require.Equal(t, http.StatusNoContent, rec.Code)
	_, err := j.Wait(t.Context())
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, w.logs())
	require.Empty(t, w.left())
	require.Contains(t, w.do(httptest.NewRequest("GET", at, nil)).Header().Get("Location"), "said=gone")
	// And nothing that could come back: the same file again is read from its beginning.
	at = w.send("small.csv", strings.NewReader("case,activity,time\n1,a,2019-01-01\n"))
	require.Equal(t, jobs.Done, w.run(at, url.Values{"name": {"large"}}).State)
	require.Equal(t, map[string]int64{"large": 1}, w.logs())
}

func TestWhatAKilledServerLeftIsClearedAway(t *testing.T) {
	root := t.TempDir()
	dead := filepath.Join(root, "uploads-1", "abc")
	require.NoError(t, os.MkdirAll(dead, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dead, "file"), []byte("x"), 0o600))
	first, err := openUploads(root)
	require.NoError(t, err)
	require.NoDirExists(t, dead)
	up, err := first.take("me", "../../etc/passwd\x00\n", strings.NewReader("case,activity,time\n"))
	require.NoError(t, err)
	require.Equal(t, "passwd", up.Name)
	info, err := os.Stat(up.Path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	second, err := openUploads(root)
	require.NoError(t, err)
	require.FileExists(t, up.Path, "a process that lives keeps its files")
	require.Nil(t, second.get(up.ID, "me"))
	require.Nil(t, first.get(up.ID, "you"), "an upload is its reader's own")
	require.NotNil(t, first.get(up.ID, "me"))
	first.expire(time.Now().Add(time.Minute))
	require.NoFileExists(t, up.Path)
	_, err = first.take("me", "x.csv", io.MultiReader(strings.NewReader("half"), broken{}))
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	list, err := os.ReadDir(first.dir)
	require.NoError(t, err)
	require.Len(t, list, 1, "only the lock: half a file is none")
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
