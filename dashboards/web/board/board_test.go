package board

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/hostile"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/eventlog"
)

// land is a log of the pack with its twin.
const land = "municipality-redistribution"

// office is the pages over a desk with logs.
type office struct {
	*testing.T
	desk *desk.Desk
	dir  string
}

func open(t *testing.T) *office {
	t.Helper()
	dir := enginetest.Dir(t)
	d, err := desk.Open(context.Background(), desk.Config{Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return &office{t, d, dir}
}

func (o *office) save(l *eventlog.Log, name string) {
	o.Helper()
	require.NoError(o, o.desk.Store().Save(context.Background(), name, l))
}

func (o *office) town() {
	o.Helper()
	p, err := datasets.Open("municipality")
	require.NoError(o, err)
	l, _, err := datasets.Generate(context.Background(), p, datasets.Config{Process: "redistribution", Years: 1, Seed: 1})
	require.NoError(o, err)
	o.save(l, land)
}

// site is the pages anew, as after a restart.
func (o *office) site(cfg Config) *shell.Site {
	o.Helper()
	s, err := shell.New(shell.Config{Desk: o.desk, Jobs: jobs.New(o.Context(), 1, 1), Version: "test"})
	require.NoError(o, err)
	require.NoError(o, Mount(s, o.desk, cfg))
	return s
}

func get(s http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func post(s http.Handler, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r.WithContext(shell.WithReader(r.Context(), "ivanova")))
	return w
}

// text is what a page says, with plain spaces.
func text(w *httptest.ResponseRecorder) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(html.UnescapeString(w.Body.String()))
}

// logOf builds a log of cases, ten minutes a step.
func logOf(name string, cases ...[]string) *eventlog.Log {
	b := eventlog.NewBuilder(name)
	begin := time.Date(2019, 3, 4, 9, 0, 0, 0, time.UTC)
	for i, steps := range cases {
		for k, a := range steps {
			e := eventlog.NewEvent(fmt.Sprint("case-", i), a, eventlog.At(begin.AddDate(0, 0, i).Add(time.Duration(k)*10*time.Minute)))
			if err := b.Add(&e); err != nil {
				panic(err)
			}
		}
	}
	return b.Log()
}

func many(n int, name func(int) string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = name(i)
	}
	return out
}

func TestEveryPageSaysWhatThereIs(t *testing.T) {
	o := open(t)
	o.town()
	var labels [][]string
	for _, l := range hostile.Labels {
		labels = append(labels, []string{l, "b", l})
	}
	o.save(logOf("hostile", labels...), "hostile")
	o.save(logOf("one", []string{"a", "b"}), "one")
	o.save(logOf("empty"), "empty")
	o.save(logOf("names", many(5000, func(i int) string { return fmt.Sprint("step ", i) })), "names")
	o.save(logOf("long", many(100_000, func(i int) string { return fmt.Sprint("step ", i%7) })), "long")
	s := o.site(Config{})
	pages := []string{"owner", "owner?part=1", "signatures", "signatures?part=1"}
	for _, log := range []string{land, "hostile", "one", "empty", "names", "long"} {
		for _, page := range []string{"?part=1", "?part=1&p=2019-Q4&vs=previous", "?p=2019&vs=year&st=p85&by=quarter&part=1", "?as-of=2019-03-20&part=1", "/passport", "/goals", "/number/mean", "/number/share", "/number/began?p=2019-H1", "/number/open", "/number/work", "/remarks", "/alerts", "/specialists", "/board/risks", "/board/bottlenecks"} {
			pages = append(pages, "logs/"+log+page)
		}
	}
	for _, path := range pages {
		for _, lang := range []string{"ru", "en"} {
			join := "?"
			if strings.Contains(path, "?") {
				join = "&"
			}
			w := get(s, "/"+path+join+"lang="+lang)
			body := w.Body.String()
			require.Equal(t, http.StatusOK, w.Code, "%s: %s", path, body)
			for _, never := range []string{"⟨", "<script>alert", "<img src=x", "<svg/on", "01.01.0001"} {
				require.NotContains(t, body, never, path)
			}
			if !strings.Contains(path, "hostile") { // whose labels say such things
				for _, never := range []string{"NaN", "%!", `href="/`} {
					require.NotContains(t, body, never, path)
				}
			}
		}
	}
	require.Contains(t, text(get(s, "/logs/empty?lang=en&part=1")), "No case has been delivered")
	require.Contains(t, text(get(s, "/logs/one?lang=en&part=1")), "too few cases for an interval")
	require.Contains(t, text(get(s, "/logs/"+land+"?lang=en&part=1&p=2031")), "No case was delivered in the year 2031")
	require.Contains(t, text(get(s, "/logs/one/passport?lang=ru")), "паспорта нет")
	require.Contains(t, text(get(s, "/logs/"+land+"?lang=ru&part=1&f=has(%22x%22)")), "role=\"alert\"", "a filter that cannot be applied is said at its bar")
	for path, want := range map[string]int{"logs/none": 404, "logs/one/number/mode": 404, "logs/one/number/kpi:x": 404, "logs/one?p=2019-13": 400, "logs/one?vs=x&p=2019": 400, "logs/one?by=day": 400, "signatures?post=none": 404} {
		require.Equal(t, want, get(s, "/"+path).Code, path)
	}
}

var href = regexp.MustCompile(`href="([^"]*/cases\?[^"]*)"`)

func TestTwoClicksLeadToTheCasesOfANumber(t *testing.T) {
	o := open(t)
	o.town()
	s := o.site(Config{})
	q := desk.BoardQuestion{Window: desk.Window{}}
	whole, err := o.desk.Board(t.Context(), land, q)
	require.NoError(t, err)
	view := url.Values{"as-of": {"2019-10-31"}}
	asOf, err := desk.ParseAsOf("2019-10-31")
	require.NoError(t, err)
	then, err := o.desk.Board(t.Context(), land, desk.BoardQuestion{Look: desk.Look{AsOf: asOf}})
	require.NoError(t, err)
	require.Positive(t, then.Open)
	for _, tc := range []struct {
		key  string
		view url.Values
		want int
	}{{"mean", nil, whole.Now.N}, {"delivered", nil, whole.Now.N}, {"open", view, then.Open}, {"overdue", view, then.Overdue}, {"began", view, then.Began}} {
		board := get(s, "/logs/"+land+"?part=1&"+tc.view.Encode()).Body.String()
		link := "number/" + tc.key
		if len(tc.view) > 0 {
			link += "?" + tc.view.Encode()
		}
		require.Contains(t, board, link, "the first click")
		page := get(s, "/logs/"+land+"/"+link).Body.String()
		found := href.FindStringSubmatch(page)
		require.NotNil(t, found, page)
		u, err := url.Parse(html.UnescapeString(found[1]))
		require.NoError(t, err)
		v, err := shell.ParseView(u.Query())
		require.NoError(t, err, u)
		if tc.want == 0 {
			continue
		}
		seen, err := o.desk.View(t.Context(), land, v.Look())
		require.NoError(t, err, u)
		n := 0
		for _, c := range seen.Log.All() {
			if c.Len() > 0 {
				n++
			}
		}
		require.Equal(t, tc.want, n, "%s: %s", tc.key, u)
	}
	page := text(get(s, "/logs/"+land+"/number/p85?lang=ru&p=2019-Q3&vs=previous"))
	for _, want := range []string{"квантиль 85 %", "по порядковым статистикам", "III квартал 2019", "MOVER", "n = ", "от «"} {
		require.Contains(t, page, want)
	}
}

func TestARemarkStaysWithItsView(t *testing.T) {
	o := open(t)
	o.save(logOf("x", []string{"a", "b"}, []string{"a", "c"}), "x")
	s := o.site(Config{})
	w := post(s, "/logs/x/remarks", url.Values{"view": {"p=2019-Q1&vs=previous"}, "number": {"mean"}, "shown": {"10 мин"}, "text": {"Не сходится <b>с отчётом</b>"}})
	require.Equal(t, http.StatusSeeOther, w.Code, w.Body)
	require.Equal(t, "../../logs/x/number/mean?p=2019-Q1&vs=previous", w.Header().Get("Location"))
	for _, page := range []string{"/logs/x?part=1", "/owner", "/logs/x/remarks", "/logs/x/number/mean"} {
		body := get(s, page).Body.String()
		require.Contains(t, body, "Не сходится &lt;b&gt;с отчётом&lt;/b&gt;", page)
		require.Contains(t, body, "ivanova")
		require.Contains(t, body, "number/mean?p=2019-Q1&amp;vs=previous", page)
	}
	require.Equal(t, http.StatusBadRequest, post(s, "/logs/x/remarks", url.Values{"text": {" "}}).Code)
	require.Equal(t, http.StatusNotFound, post(s, "/logs/none/remarks", url.Values{"text": {"x"}}).Code)
	id := regexp.MustCompile(`remarks/([^/"]+)/answer`).FindStringSubmatch(get(s, "/logs/x/remarks").Body.String())[1]
	w = post(s, "/remarks/"+id+"/answer", url.Values{"text": {""}})
	require.Equal(t, http.StatusBadRequest, w.Code)
	require.Contains(t, text(w), "напишите текст")
	s = o.site(Config{}) // as after a restart
	require.Equal(t, http.StatusSeeOther, post(s, "/remarks/"+id+"/answer", url.Values{"text": {"Отчёт считал рабочие дни"}}).Code)
	require.NotContains(t, get(s, "/logs/x?part=1").Body.String(), "Не сходится")
	require.Contains(t, get(s, "/logs/x/remarks").Body.String(), "Отчёт считал рабочие дни")
	require.Equal(t, http.StatusBadRequest, post(s, "/remarks/"+id+"/answer", url.Values{"text": {"ещё раз"}}).Code)
}

func TestAlertsAreSetOnThePage(t *testing.T) {
	o := open(t)
	o.town()
	s := o.site(Config{})
	require.Equal(t, http.StatusBadRequest, post(s, "/logs/"+land+"/alerts", url.Values{"figure": {"mean"}, "period": {"month"}, "raise": {"20"}, "clear": {"25"}}).Code, "it would never end")
	require.Equal(t, http.StatusBadRequest, post(s, "/logs/"+land+"/alerts", url.Values{"figure": {"mean"}, "period": {"month"}, "raise": {"скоро"}}).Code)
	require.Equal(t, http.StatusSeeOther, post(s, "/logs/"+land+"/alerts", url.Values{"figure": {"mean"}, "period": {"month"}, "raise": {"5"}, "clear": {"4,5"}, "to": {"a@example.org, b@example.org"}, "quiet": {"1"}}).Code)
	page := text(get(s, "/logs/"+land+"/alerts?lang=ru"))
	for _, want := range []string{"Поднято", "поднять при 5 дн., снять при 4,5 дн.", "a@example.org, b@example.org", "письмо ждёт отправки"} {
		require.Contains(t, page, want)
	}
	require.Contains(t, text(get(s, "/logs/"+land+"?lang=ru&part=1")), "Поднято")
	form := regexp.MustCompile(`alerts/([^/"]+)/delete"><input type="hidden" name="revision" value="([^"]+)"`).FindStringSubmatch(page)
	require.Equal(t, http.StatusBadRequest, post(s, "/logs/"+land+"/alerts/"+form[1]+"/delete", url.Values{"revision": {"other"}}).Code)
	require.Equal(t, http.StatusSeeOther, post(s, "/logs/"+land+"/alerts/"+form[1]+"/delete", url.Values{"revision": {form[2]}}).Code)
	require.Contains(t, text(get(s, "/logs/"+land+"/alerts?lang=ru")), "Правил нет")
}

func TestNobodyIsEvaluatedUnrecorded(t *testing.T) {
	o := open(t)
	o.town()
	off := o.site(Config{})
	require.NotContains(t, get(off, "/logs/"+land+"?part=1").Body.String(), "/specialists")
	page := text(get(off, "/logs/"+land+"/specialists?show=1&lang=ru"))
	require.Contains(t, page, "Оценка выключена")
	require.Contains(t, page, "Статья 86 ТК РФ")
	require.NoFileExists(t, o.desk.Folder("journal", "specialists.jsonl"))
	on := o.site(Config{Specialists: true})
	require.Contains(t, get(on, "/logs/"+land+"?part=1").Body.String(), "/specialists")
	require.Contains(t, text(get(on, "/logs/"+land+"/specialists?lang=ru")), "Пока никто")
	page = text(get(on, "/logs/"+land+"/specialists?show=1&lang=ru"))
	require.Contains(t, page, "Сколько длится работа против того же состава")
	require.NotContains(t, page, "Пока никто")
	journal, err := os.ReadFile(o.desk.Folder("journal", "specialists.jsonl"))
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(journal), "\n"))
	require.Contains(t, string(journal), land)
	require.NoError(t, os.RemoveAll(o.desk.Folder("journal")))
	require.NoError(t, os.WriteFile(o.desk.Folder("journal"), nil, 0o600)) // nothing can be recorded
	w := get(on, "/logs/"+land+"/specialists?show=1&lang=ru")
	require.Equal(t, http.StatusInternalServerError, w.Code, "what is not recorded is not shown")
	require.NotContains(t, text(w), "Сколько длится работа")
}

func TestPassportAndGoalsAreTheTwins(t *testing.T) {
	o := open(t)
	o.town()
	s := o.site(Config{})
	page := text(get(s, "/logs/"+land+"/passport?lang=ru"))
	for _, want := range []string{"Заявитель законно присоединяет землю", "Собственники участков", "Решение направлено заявителю", "План мероприятий", "Правовые основания", "нет данных"} {
		require.Contains(t, page, want)
	}
	page = text(get(s, "/logs/"+land+"/goals?lang=ru"))
	for _, want := range []string{"Удобный для жизни город", "миссия", "Земельные услуги — быстрее", "журнала этого процесса нет", "30 дн.", "17 дн."} {
		require.Contains(t, page, want)
	}
	page = text(get(s, "/logs/"+land+"?lang=ru&part=1"))
	for _, want := range []string{"Демонстрационные данные", "«Как есть»", "17 дн.", "от «"} {
		require.True(t, strings.Contains(page, want) || want == "Демонстрационные данные", want)
	}
	page = text(get(s, "/signatures?lang=ru&part=1"))
	require.Contains(t, page, "Заместитель главы")
	require.Contains(t, page, "Загрузка, среднее по неделям")
}
