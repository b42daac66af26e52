package explore_test

import (
	"bytes"
	"context"
	"encoding/csv"
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

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/web/webtest"
	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/logtest"
)

// served serves the pages over the real log of receipt and the town's redistribution.
func served(t *testing.T) (*desk.Desk, string) {
	t.Helper()
	if !web.Built() {
		if os.Getenv("CI") == "true" {
			t.Fatal("the browser assets are not built: run `make assets`")
		}
		t.Skip("the browser assets are not built: run `make assets`")
	}
	file := logtest.Shared(t, "receipt.xes.gz")
	d, err := desk.Open(context.Background(), desk.Config{Dir: enginetest.Dir(t)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	pack, err := datasets.Open("municipality")
	require.NoError(t, err)
	l, _, err := datasets.Generate(t.Context(), pack, datasets.Config{Process: "redistribution", Years: 1, Seed: 1})
	require.NoError(t, err)
	require.NoError(t, d.Store().Save(t.Context(), "municipality-redistribution", l))
	_, err = d.Store().Ingest(t.Context(), "receipt", xes.Open(file), connectors.IngestConfig{})
	require.NoError(t, err)
	pages, err := web.New(web.Config{Config: shell.Config{Desk: d, Jobs: jobs.New(t.Context(), 1, 10), Version: "test"}})
	require.NoError(t, err)
	server := httptest.NewServer(web.Guard(pages))
	t.Cleanup(server.Close)
	return d, server.URL
}

// allReady waits for a page with all its fragments.
const allReady = "main:not(:has([data-fragment]:not([data-ready=yes]), [data-map]:not([data-ready=yes]), [data-bpmn]:not([data-ready=yes])))"

// TestEveryPageIsWhole looks at each page in both languages, wide and narrow.
func TestEveryPageIsWhole(t *testing.T) {
	_, address := served(t)
	b := webtest.Open(t)
	receipt, land := address+"/logs/receipt/", address+"/logs/municipality-redistribution/"
	pages := []struct{ name, address string }{
		{"map", receipt + "map"}, {"variants", receipt + "variants"}, {"time", receipt + "time"},
		{"conformance", land + "conformance"}, {"people", land + "people"}, {"cases", land + "cases?state=overdue"},
		{"compare", land + "compare?vs=before:2019-07-01"}, {"map-land", land + "map?show=median"},
	}
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"wide", 1440, 900}, {"narrow", 390, 844}} {
		b.Size(size.width, size.height)
		for i, page := range pages {
			for _, lang := range []string{"ru", "en"} {
				join := "?"
				if strings.Contains(page.address, "?") {
					join = "&"
				}
				b.Go(page.address + join + "lang=" + lang)
				b.Wait(allReady)
				name := "explore-" + page.name + "-" + lang + "-" + size.name
				b.Screenshot(name)
				require.Zero(t, b.Int("document.documentElement.scrollWidth > innerWidth ? 1 : 0"), "%s overflows its window", name)
				body := b.String("document.body.innerText")
				for _, never := range []string{"⟨", "NaN", "%!", "undefined"} {
					require.NotContains(t, body, never, name)
				}
				wide := size.width > 1000
				if (lang == "ru") == (i%2 == 0) && wide == (i%4 < 2) { // each page once: it takes seconds
					var but []string
					if b.Int("document.querySelectorAll('[data-bpmn]').length") > 0 {
						but = append(but, "label-content-name-mismatch") // bpmn-js cuts long names of steps into lines; the accessible name is whole
					}
					if !wide && b.Int("document.querySelectorAll('[data-map]').length") > 0 {
						but = append(but, "target-size") // edges beyond the map's box, which are not seen, count as if they lay over the buttons below it
					}
					b.Axe(but...)
				}
			}
		}
	}
	b.Clean(address)
}

// TestAnalystsWalk is what an analyst does with a log: from the map to cases and back,
// with chips, a replay, a case under its legal clock, what is said where, and files.
func TestAnalystsWalk(t *testing.T) {
	d, address := served(t)
	b := webtest.Open(t)
	b.Size(1440, 900)
	click := func(selector string) { b.Do(chromedp.Click(chromedp.CSS(selector))) }
	said := func(selector string) string {
		return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(b.String("document.querySelector(\"" + selector + "\").textContent"))
	}
	count := func(selector string) int { return b.Int("document.querySelectorAll(\"" + selector + "\").length") }
	until := func(expression string) {
		t.Helper()
		for range 300 {
			if b.String("String(Boolean("+expression+"))") == "true" {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Fatalf("never comes true: %s", expression)
	}
	b.Go(address + "/language/en?back=logs/receipt/map")
	b.Go(address + "/logs/receipt/map?activities=27&paths=100")
	b.Wait(allReady)
	require.Equal(t, 27, count("[data-map] [data-node]:not(.start):not(.end)"), "all activities of the log")
	whole := count("[data-map] [data-edge]")
	slide := func(name, value string) {
		b.String(`(() => { const s = document.querySelector('[data-map] [data-part=` + name + `]'); s.value = '` + value + `'; s.dispatchEvent(new Event('input')); s.dispatchEvent(new Event('change')); return 'done'; })()`)
	}
	slide("activities", "5")
	until(`document.querySelectorAll('[data-map] [data-node]:not(.start):not(.end)').length === 5`)
	require.Contains(t, said("[data-map] [data-part=note]"), "The map hides 22 of 27 activities")
	require.Contains(t, b.String("location.search"), "activities=5")
	slide("paths", "0")
	until(`document.querySelector('[data-map] [data-part=note]').textContent.includes('paths are hidden')`)
	require.Less(t, count("[data-map] [data-edge]"), whole)

	// A replay moves cases that are under way.
	click("[data-map] [data-part=play]")
	until(`Number(document.querySelector('[data-map] .tokens').dataset.live) > 0`)
	click("[data-map] [data-part=play]")
	require.Contains(t, said("[data-map] [data-part=replayed]"), "All 1,434 cases move")

	// The diagram opens large enough to read, and is seen whole when asked.
	require.Equal(t, "true", b.String(`String(document.querySelector('[data-bpmn] .viewport').getCTM().a >= 0.9)`))
	click("[data-bpmn] [data-part=fit]")
	require.Equal(t, "true", b.String(`(() => { const c = document.querySelector('[data-bpmn] .canvas').getBoundingClientRect(); return String([...document.querySelectorAll('[data-bpmn] .djs-shape')].every((e) => { const r = e.getBoundingClientRect(); return r.left >= c.left - 1 && r.right <= c.right + 1 && r.top >= c.top - 1 && r.bottom <= c.bottom + 1; })); })()`))

	// A box leads to its cases.
	click("[data-map] [data-node='2'] rect")
	b.Wait("[data-map] [data-part=links] a")
	require.NotEmpty(t, said("[data-map] [data-part=info]"))
	click("[data-map] [data-part=links] a")
	b.Wait("table.list")
	require.Equal(t, 1, count(".chips li"))
	cases := said("#list")

	// Chips come and go.
	b.Go(address + "/logs/receipt/cases")
	b.Wait("table.list")
	require.Zero(t, count(".chips li"))
	require.NotEqual(t, "", cases)
	click(".filter > details > summary")
	b.Do(chromedp.SendKeys(chromedp.CSS(".filter form:has(input[name=add][value=has]) input[name=a]"), "T10 Determine necessity to stop indication"))
	click(".filter form:has(input[name=add][value=has]) button")
	b.Wait(".chips li")
	require.Contains(t, b.String("decodeURIComponent(location.search.replaceAll('+', ' '))"), `has("T10 Determine necessity to stop indication")`)
	require.Contains(t, said(".chips"), "of 1,434 cases")
	click(".chips a.remove")
	b.Wait(".chips .sub")
	require.Zero(t, count(".chips li"))

	// Variants lead to their cases, as many as they say.
	b.Go(address + "/logs/receipt/variants")
	b.Wait("ol.sequence")
	n := said("tbody td a")
	click("tbody td a")
	b.Wait("table.list")
	require.Contains(t, said("#list"), n)

	// A case of the town under the law of its time and of today.
	b.Go(address + "/logs/municipality-redistribution/cases?sort=-lead&rule=land-39.29")
	b.Wait("table.list")
	click("table.list tbody th a")
	b.Wait("svg.timeline")
	require.Positive(t, count("svg.timeline .running"))
	require.Positive(t, count("section[aria-labelledby=events] tbody tr"))
	b.Screenshot("explore-case")
	b.Wait("section[aria-labelledby=clock] a[href*='law=today']")
	click("section[aria-labelledby=clock] a[href*='law=today']")
	b.Wait("section[aria-labelledby=clock] a:not([href*='law=today'])")
	require.Contains(t, b.String("location.search"), "law=today")
	b.Screenshot("explore-case-today")
	b.Axe()

	// Where time goes: a row of the chart tells its case.
	b.Go(address + "/logs/receipt/time")
	b.Wait(allReady)
	b.Wait("[data-dotted][data-ready=yes] svg")
	click("svg.dotted")
	b.Wait("[data-dotted] [data-part=info] a")
	require.Contains(t, b.String("document.querySelector('[data-dotted] [data-part=info] a').href"), "/cases/")

	// The log follows the twin's diagram, from which it was generated.
	b.Go(address + "/logs/municipality-redistribution/conformance")
	b.Wait(allReady)
	require.Contains(t, said("section[aria-labelledby=rules]"), "no rules")
	require.Positive(t, count("[data-bpmn] .badge, [data-bpmn] .dev0"))

	// People are grouped, not listed by name, unless that is asked for.
	b.Go(address + "/logs/municipality-redistribution/people")
	b.Wait(allReady)
	require.Positive(t, count("[data-map] [data-node]"))
	click("[data-map] [data-node='0'] rect")
	until(`document.querySelector('[data-map] [data-part=info]').textContent.includes('activity instances')`)

	// Two halves of the log beside each other.
	b.Go(address + "/logs/receipt/compare")
	b.Wait(".offers a")
	click(".offers a[href*='before']")
	b.Wait("#found")
	b.Wait(allReady)
	require.Equal(t, 2, count("[data-map][data-ready=yes]"))
	click("[data-map] [data-save=svg]")
	until(`document.querySelector('[data-map]').dataset.saved?.startsWith('svg ')`)
	b.Clean(address)

	// Files say what the pages say.
	fetch := func(path string) []byte {
		reply, err := http.Get(address + path)
		require.NoError(t, err)
		defer reply.Body.Close()
		body, err := io.ReadAll(reply.Body)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, reply.StatusCode, "%s: %s", path, body)
		require.Contains(t, reply.Header.Get("Content-Disposition"), "attachment", path)
		return body
	}
	f := "?f=" + url.QueryEscape(`has("T10 Determine necessity to stop indication")`)
	l, _, err := connectors.Load(t.Context(), "back", xes.New("back.xes", bytes.NewReader(fetch("/logs/receipt/log.xes"+f))))
	require.NoError(t, err)
	list, err := csv.NewReader(bytes.NewReader(fetch("/logs/receipt/cases.csv" + f))).ReadAll()
	require.NoError(t, err)
	require.Len(t, list, l.Cases()+1)
	require.Less(t, l.Cases(), 1434)
	seen, err := d.View(t.Context(), "receipt", desk.Look{})
	require.NoError(t, err)
	events, err := csv.NewReader(bytes.NewReader(fetch("/logs/receipt/time/events.csv"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, events, seen.Log.Events()+1)
	excel := fetch("/logs/receipt/variants.csv?excel=1&lang=ru")
	require.True(t, bytes.HasPrefix(excel, []byte("\ufeff№;")), "%.40s", excel)
	model, _, err := bpmn.Read(bytes.NewReader(fetch("/logs/receipt/map/model.bpmn")))
	require.NoError(t, err)
	require.NotEmpty(t, model.Processes)
}
