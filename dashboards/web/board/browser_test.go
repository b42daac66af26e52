package board_test

import (
	"context"
	"net/http/httptest"
	"os"
	"testing"

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
	"github.com/uprava/uprava/mining/logtest"
)

// TestOwnersWalk is what an owner does on a morning: the board of the process, a
// number's cases and definition, a remark, an alert; then all processes, and what waits
// for a signature.
func TestOwnersWalk(t *testing.T) {
	if !web.Built() {
		if os.Getenv("CI") == "true" {
			t.Fatal("the browser assets are not built: run `make assets`")
		}
		t.Skip("the browser assets are not built: run `make assets`")
	}
	d, err := desk.Open(context.Background(), desk.Config{Dir: enginetest.Dir(t)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	pack, err := datasets.Open("municipality")
	require.NoError(t, err)
	l, _, err := datasets.Generate(t.Context(), pack, datasets.Config{Process: "redistribution", Years: 1, Seed: 1})
	require.NoError(t, err)
	require.NoError(t, d.Store().Save(t.Context(), "municipality-redistribution", l))
	_, err = d.Store().Ingest(t.Context(), "receipt", xes.Open(logtest.Shared(t, "receipt.xes.gz")), connectors.IngestConfig{})
	require.NoError(t, err)
	pages, err := web.New(web.Config{Config: shell.Config{Desk: d, Jobs: jobs.New(t.Context(), 1, 10), Version: "test", Specialists: true}})
	require.NoError(t, err)
	server := httptest.NewServer(web.Guard(pages))
	defer server.Close()

	b := webtest.Open(t)
	fits := func(name string) {
		require.Zero(t, b.Int("document.documentElement.scrollWidth > innerWidth ? 1 : 0"), "%s overflows its window", name)
		// A table is read on a telephone without moving it aside; a chart may be wider.
		require.Zero(t, b.Int("[...document.querySelectorAll('.scroll:has(> table.stack)')].filter((e) => innerWidth <= 600 && e.clientWidth && e.scrollWidth > e.clientWidth + 1).length"), "a table of %s is moved aside", name)
		b.Screenshot(name)
		b.Axe()
	}
	land := server.URL + "/logs/municipality-redistribution"
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"wide", 1440, 900}, {"narrow", 390, 844}} {
		b.Size(size.width, size.height)
		for _, lang := range []string{"ru", "en"} {
			at := "?lang=" + lang
			for name, address := range map[string]string{"receipt": server.URL + "/logs/receipt" + at, "land": land + at + "&p=2019-Q4&vs=previous&as-of=2019-12-15"} {
				b.Go(address)
				b.Wait("#risks + [data-fragment][data-ready=yes]")
				b.Wait("#bottlenecks + [data-fragment][data-ready=yes]")
				b.Wait("[data-chart][data-ready=yes] canvas")
				fits("board-" + name + "-" + lang + "-" + size.name)
			}
			for name, address := range map[string]string{"passport": land + "/passport" + at, "goals": land + "/goals" + at, "number": land + "/number/p85" + at + "&p=2019-Q3", "alerts": land + "/alerts" + at, "specialists": land + "/specialists" + at} {
				b.Go(address)
				b.Wait("h1")
				fits(name + "-" + lang + "-" + size.name)
			}
			for _, name := range []string{"owner", "signatures"} {
				b.Go(server.URL + "/" + name + at)
				b.Wait("h2")
				fits(name + "-" + lang + "-" + size.name)
			}
		}
	}
	b.Size(1440, 900)
	b.Go(server.URL + "/language/ru?back=owner") // kept from here on
	b.Go(land + "?as-of=2019-12-15")
	b.Do(chromedp.Click(chromedp.CSS(".figures a.about")))
	b.Wait("#definition")
	require.Equal(t, "ВПП, среднее", b.String("document.querySelector('h1').textContent"))
	b.Do(chromedp.SendKeys(chromedp.CSS("textarea[name=text]"), "В отчёте другое"), chromedp.Click(chromedp.CSS("#remarks ~ form button")))
	b.Wait("ul.remarks")
	b.Go(server.URL + "/owner")
	b.Wait("ul.remarks")
	require.Contains(t, b.String("document.querySelector('ul.remarks').textContent"), "В отчёте другое")
	b.Do(chromedp.Click(chromedp.CSS("ul.remarks a")))
	b.Wait("#definition")
	b.Go(land + "/alerts")
	b.Do(chromedp.SendKeys(chromedp.CSS("input[name=raise]"), "5"), chromedp.Click(chromedp.CSS("form.rows button")))
	b.Wait("ul.alerts li.raised")
	b.Clean(server.URL)
}
