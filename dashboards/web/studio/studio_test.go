package studio_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/connectors/conntest"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/web/webtest"
)

// serving serves the pages over a new store.
func serving(t *testing.T) (*desk.Desk, string) {
	t.Helper()
	enginetest.Need(t)
	if !web.Built() {
		const how = "the browser assets are not built: run `make assets`"
		if os.Getenv("CI") == "true" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	d, err := desk.Open(context.Background(), desk.Config{Dir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	life, end := context.WithCancel(context.Background())
	work := jobs.New(life, 2, 50)
	t.Cleanup(func() { end(); work.Wait() })
	pages, err := web.New(web.Config{Config: shell.Config{Desk: d, Jobs: work, Version: "test"}})
	require.NoError(t, err)
	s := httptest.NewServer(web.Guard(pages))
	t.Cleanup(s.Close)
	return d, s.URL
}

func click(b *webtest.Browser, selector string) {
	b.Do(chromedp.Click(chromedp.CSS(selector)))
}

// looked shows a page in both languages, wide and narrow, and wants it whole.
func looked(t *testing.T, b *webtest.Browser, address, name, ready string, want map[string]string) {
	t.Helper()
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"wide", 1440, 900}, {"narrow", 390, 844}} {
		b.Size(size.width, size.height)
		for _, lang := range []string{"ru", "en"} {
			at := address
			sign := "?"
			if strings.Contains(at, "?") {
				sign = "&"
			}
			b.Go(at + sign + "lang=" + lang)
			b.Wait(ready)
			require.Zero(t, b.Int("document.documentElement.scrollWidth > innerWidth ? 1 : 0"), "%s overflows its window, %s %s: %s", name, size.name, lang,
				b.String("[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, .canvas')).slice(0, 3).map(e => e.outerHTML.slice(0, 120)).join(' | ')"))
			body := b.String("document.body.innerText")
			require.Contains(t, body, want[lang], name)
			for _, never := range []string{"⟨", "NaN", "%!", "undefined"} {
				require.NotContains(t, body, never, name)
			}
			b.Screenshot(fmt.Sprintf("%s-%s-%s", name, lang, size.name))
			if lang == "ru" == (size.width > 1000) { // the languages differ in nothing that axe looks at
				b.Axe()
			}
		}
	}
	b.Size(1440, 900)
}

// A real log: its model is fitted, back-tested and asked what if; the back-test passes
// roughly, so the mean is shown and the tail is withheld, with the reason and what to do.
func TestReceipt(t *testing.T) {
	d, address := serving(t)
	require.NoError(t, d.Store().Save(context.Background(), "receipt", conntest.Shared(t, "receipt.xes.gz")))
	b := webtest.Open(t)
	b.Size(1440, 900)
	b.Go(address + "/logs/receipt/studio?lang=en")
	b.Wait("form[action$='studio/fit'] button")
	looked(t, b, address+"/logs/receipt/studio", "studio-nomodel", "form[action$='studio/fit']", map[string]string{"ru": "Модели по этому журналу ещё нет", "en": "There is no model of this log yet"})
	b.Go(address + "/logs/receipt/studio?lang=en")
	b.Wait("form[action$='studio/fit'] button")
	click(b, "form[action$='studio/fit'] button")
	b.Wait("form[action$='studio/backtest'] button")
	click(b, "form[action$='studio/backtest'] button")
	b.Wait(".trust.rough")
	require.Contains(t, b.String("document.querySelector('.trust details').textContent"), "receipt", "how it was tested")
	looked(t, b, address+"/logs/receipt/studio", "studio-fitted", ".trust.rough", map[string]string{"ru": "по сроку 85 % дел и по доле просроченных модель не годится", "en": "Not fit for decisions on p85 and on the share overdue"})
	b.Go(address + "/logs/receipt/studio?lang=en")
	b.Wait("section[aria-labelledby=ready] form button")
	require.Equal(t, 2, b.Int("document.querySelectorAll('section[aria-labelledby=ready] tbody tr').length"), "what to try on the fitted model, where nobody is busy enough for one more")
	for i := range 2 {
		require.Contains(t, b.String(fmt.Sprintf("document.querySelectorAll('section[aria-labelledby=ready] tbody tr')[%d].querySelector('.range').innerText", i)), "5 replications", "each with its reason")
	}
	click(b, "section[aria-labelledby=ready] form button")
	b.Wait(".answer")
	looked(t, b, b.String("location.href.split('?')[0].split('#')[0]"), "studio-refused", ".answer", map[string]string{"ru": "эти числа не показаны", "en": "these figures are withheld"})
	figure := func(name string) string {
		return b.String("[...document.querySelectorAll('section[aria-labelledby=result] tr')].find((r) => r.querySelector('th').innerText.endsWith('" + name + "')).innerText")
	}
	require.Contains(t, figure("p85"), "withheld")
	require.NotContains(t, figure("arrival to end"), "withheld")
	reply, err := http.Get(b.String("location.href.split('?')[0].split('#')[0]") + "/answer.json?lang=en")
	require.NoError(t, err)
	var file struct {
		AsIs, ToBe, Differences []struct{ Name string }
		Withheld                struct{ Reason string }
	}
	require.NoError(t, json.NewDecoder(reply.Body).Decode(&file))
	require.NoError(t, reply.Body.Close())
	require.NotEmpty(t, file.Differences)
	for _, f := range file.Differences {
		require.NotContains(t, []string{"cycle_time_p85", "lead_time_p85", "overdue_share"}, f.Name, "the page withholds it")
	}
	require.NotEmpty(t, file.Withheld.Reason)
	require.NotContains(t, b.String("document.querySelector('section[aria-labelledby=changes] ul').innerText"), "Task_", "the step by its name")
	b.Go(address + "/?lang=en") // what to try stands behind the team's door
	b.Wait("a[href$='logs/receipt/studio#ready']")
	require.Contains(t, b.String("document.querySelector(\"a[href$='logs/receipt/studio#ready']\").innerText"), "in half the time")
	b.Screenshot("studio-door")
	b.Clean(address)
}

// The town: a ready scenario is run, its effect shared among the levers, saved and opened
// again, changed by two at once, and one of its processes is redrawn.
func TestTown(t *testing.T) {
	_, address := serving(t)
	b := webtest.Open(t)
	looked(t, b, address+"/studio", "studio", "main section", map[string]string{"ru": "Муниципальный цифровой двойник", "en": "Municipal digital twin"})
	looked(t, b, address+"/studio/municipality", "studio-town", "form[action$='/run']", map[string]string{"ru": "Портал и запросы в срок", "en": "Portal and requests in time"})
	looked(t, b, address+"/studio/municipality/compose?with=portal-and-requests&lever=pool:lawyers%2B1&kind=batch&n=4&days=120&before=60", "studio-compose", "form[action$='/run']", map[string]string{"ru": "Нужно людей больше на 1", "en": "More people are needed, by 1"})
	b.Go(address + "/studio/municipality/compose?with=portal-and-requests&n=4&days=120&before=60&lang=en")
	b.Wait("form[action$='/run'] button.primary")
	begun := time.Now()
	click(b, "form[action$='/run'] button.primary")
	b.Wait(".answer")
	t.Logf("answered in %v", time.Since(begun))
	run := b.String("location.href")
	click(b, "[data-attribute]")
	b.Wait("svg.signed")
	looked(t, b, run, "studio-answer", "svg.signed", map[string]string{"ru": "Среднее время протекания сокращается", "en": "The mean lead time falls"})
	require.Equal(t, "true", b.String("String(document.querySelectorAll('.evidence .card div').length > 8)"))

	b.Go(run + "?lang=en")
	b.Wait("aside input[name=name]")
	b.Do(chromedp.SetValue(chromedp.CSS("aside input[name=name]"), "Портал <b>и</b> запросы"))
	click(b, "aside form button.primary")
	b.Wait(".kept a")
	require.Contains(t, b.String("location.href"), strings.TrimSuffix(run, "?lang=en"), "saved beside its answer")
	require.NotEmpty(t, b.String("document.querySelector('.evidence').innerText"))
	click(b, ".kept a")
	b.Wait("form[action$='/delete']")
	saved := b.String("location.href")
	require.Contains(t, b.String("document.querySelector('h1').textContent"), "<b>и</b>")
	require.Contains(t, b.String("document.body.innerText"), "Portal and requests in time")
	// Somebody else changes it meanwhile.
	b.String(`fetch(document.querySelector("form[action$='/save']").action, {method: 'POST', body: new URLSearchParams([...new FormData(document.querySelector("section[aria-labelledby=save] form[action$='/save']")), ['lever', 'pool:lawyers+2']])}) && 'sent'`)
	time.Sleep(time.Second)
	b.Do(chromedp.SetValue(chromedp.CSS("section[aria-labelledby=save] input[name=name]"), "Мой"))
	click(b, "section[aria-labelledby=save] form[action$='/save'] button")
	b.Wait(".conflict")
	require.Contains(t, b.String("document.querySelector('.conflict').innerText"), "+2")
	b.Screenshot("studio-conflict")
	b.Go(saved)
	b.Wait("form[action$='/delete']")
	require.Contains(t, b.String("document.querySelector('.levers').innerText"), "+2", "what was saved first stands")
	b.Clean(address)
}

// The editor: a step is chosen and changed, faults are told all at once, a variant is
// kept; tokens run.
func TestEditor(t *testing.T) {
	_, address := serving(t)
	b := webtest.Open(t)
	looked(t, b, address+"/studio/municipality/edit", "studio-edit", "[data-drawing][data-ready=yes]", map[string]string{"ru": "Выберите шаг", "en": "Choose a step"})
	b.Go(address + "/studio/municipality/edit?lang=en")
	b.Wait("[data-drawing][data-ready=yes]")
	click(b, "[data-element-id=registered] .djs-hit")
	b.Wait("svg.density")
	b.Screenshot("studio-edit-step")
	require.Positive(t, b.Int("document.querySelectorAll('svg.density rect').length"))
	require.Positive(t, b.Int("document.querySelectorAll('.bjs-powered-by').length"), "the watermark stays")
	b.String(`(() => { const x = document.querySelector('.panel input[type=checkbox]:checked'); x.click(); return 'done'; })()`)
	b.String(`(() => { const x = document.querySelector('.panel .amount input'); x.value = '-5'; x.dispatchEvent(new Event('input')); return 'done'; })()`)
	click(b, "[data-part=save] button.primary")
	b.Wait("[data-part=faults] li")
	b.Screenshot("studio-edit-faults")
	b.String(`(() => { const x = document.querySelector('.panel .amount input'); x.value = '5'; x.dispatchEvent(new Event('input')); return 'done'; })()`)
	click(b, "[data-part=save] button.primary")
	b.Wait("form[action$='/run']")
	require.Contains(t, b.String("location.pathname"), "/studio/v-")
	looked(t, b, b.String("location.href"), "studio-variant", "main section", map[string]string{"ru": "Вариант модели", "en": "A variant of a model"})
	require.Contains(t, b.String("document.querySelector('section[aria-labelledby=differs]').innerText"), "it is “5 min”", "what was changed, in words")
	b.Go(address + "/studio/municipality/tokens?lang=ru")
	b.Wait("[data-drawing][data-ready=yes]")
	b.Wait(".bts-palette, .bts-toggle-mode")
	b.Screenshot("studio-tokens")
	b.Clean(address)
}

// set gives an input or a choice a value as a person does.
func set(b *webtest.Browser, selector, value string) {
	b.String(fmt.Sprintf(`(() => { const x = document.querySelector(%q); x.value = %q; x.dispatchEvent(new Event('input', {bubbles: true})); x.dispatchEvent(new Event('change', {bubbles: true})); return 'done'; })()`, selector, value))
}

// A flow that has a share is given a rule: what is wrong is told with a button that leads
// to its field; the variant says in words what it changes, and is run against the model
// that it was made from.
func TestRule(t *testing.T) {
	_, address := serving(t)
	b := webtest.Open(t)
	b.Size(1440, 900)
	b.Go(address + "/studio/expertise/edit?lang=en")
	b.Wait("[data-drawing][data-ready=yes]")
	b.String(`(() => { document.querySelector('[data-element-id=incomplete] .djs-hit').dispatchEvent(new MouseEvent('click', {bubbles: true})); return 'done'; })()`)
	b.Wait("[data-flow=incomplete]")
	require.Equal(t, "number", b.String("document.querySelector('[data-flow=incomplete]').type"))
	row := "[...document.querySelectorAll('.flow')].find((x) => x.querySelector('[data-flow=incomplete]'))"
	b.String(row + `.querySelector('select').value = 'rule'`)
	b.String(`(() => { ` + row + `.querySelector('select').dispatchEvent(new Event('change')); return 'done'; })()`)
	b.Wait("textarea[data-flow=incomplete]")
	require.Contains(t, b.String("document.querySelector('[data-flow=complete]').innerText"), "in all other cases")
	require.Positive(t, b.Int("document.querySelectorAll('.flow select option').length - 4"))
	set(b, "[data-flow=incomplete]", "[[{attribute: service, is: [estimat]}]]")
	b.Screenshot("studio-rule")
	b.Axe()
	click(b, "[data-part=save] button.primary")
	b.Wait("[data-part=faults] li button")
	require.Contains(t, b.String("document.querySelector('[data-part=faults]').innerText"), `"estimat", wanted one of ["estimate"`)
	b.Screenshot("studio-rule-fault")
	click(b, "[data-part=faults] li button")
	require.Equal(t, "incomplete", b.String("document.activeElement.dataset.flow"))
	require.Equal(t, "true", b.String("document.activeElement.getAttribute('aria-invalid')"))
	set(b, "[data-flow=incomplete]", "[[{attribute: service, is: [estimate]}]]")
	click(b, "[data-part=save] button.primary")
	b.Wait("section[aria-labelledby=differs] form")
	require.Contains(t, b.String("document.querySelector('section[aria-labelledby=differs]').innerText"), "estimate")
	looked(t, b, b.String("location.href"), "studio-differs", "section[aria-labelledby=differs] form", map[string]string{"ru": "Чем вариант отличается", "en": "How the variant differs"})
	b.Go(b.String("location.href.split('?')[0]") + "?lang=en")
	b.Wait("section[aria-labelledby=differs] form")
	b.String(`(() => { const f = document.querySelector('section[aria-labelledby=differs] form'); for (const [k, v] of [['n', 3], ['days', 90], ['before', 30]]) { const x = document.createElement('input'); x.type = 'hidden'; x.name = k; x.value = v; f.append(x); } return 'done'; })()`)
	click(b, "section[aria-labelledby=differs] form button")
	b.Wait(".answer")
	require.Contains(t, b.String("document.querySelector('section[aria-labelledby=changes]').innerText"), "estimate")
	b.Screenshot("studio-drawn-answer")
	b.Clean(address)
}

// What matters most: bounds are given, the answer is a picture with intervals and the same
// in a table.
func TestSensitivity(t *testing.T) {
	_, address := serving(t)
	b := webtest.Open(t)
	looked(t, b, address+"/studio/expertise/sensitivity", "studio-vary", "input[name=factor]", map[string]string{"ru": "Поток дел", "en": "Arrivals"})
	b.Go(address + "/studio/expertise/sensitivity?lang=en")
	b.Wait("input[name=factor]")
	b.String(`(() => { [...document.querySelectorAll('input[name=factor]')].forEach((x, i) => { x.checked = i < 3; }); return 'done'; })()`)
	for name, value := range map[string]string{"n": "2", "days": "60", "before": "10", "trajectories": "3"} {
		set(b, "input[name="+name+"]", value)
	}
	reply, err := http.PostForm(address+"/studio/expertise/sensitivity", url.Values{"factor": {"0", "1"}, "line-0": {"arrivals:expertise*1"}, "low-0": {"150"}, "high-0": {"120"}, "line-1": {"step:nowhere*1"}, "low-1": {"50"}, "high-1": {"x"}, "trajectories": {"3"}})
	require.NoError(t, err)
	said, err := io.ReadAll(reply.Body)
	require.NoError(t, err)
	require.NoError(t, reply.Body.Close())
	require.Contains(t, html.UnescapeString(string(said)), `found "x", wanted a number from 0`)
	set(b, "input[name=low-0]", "80")
	click(b, "form button.primary")
	b.Wait("svg.signed")
	looked(t, b, b.String("location.href.split('?')[0]"), "studio-tornado", "svg.signed", map[string]string{"ru": "Метод Морриса: траекторий 3", "en": "Morris's method: trajectories 3"})
	require.Equal(t, 3, b.Int("document.querySelectorAll('section[aria-labelledby=tornado] tbody tr').length"))
	require.Equal(t, 3, b.Int("document.querySelectorAll('section[aria-labelledby=tornado] tbody tr .range').length"), "each with its interval")
	b.Clean(address)
}
