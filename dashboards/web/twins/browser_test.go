package twins_test

import (
	"context"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/web/webtest"
	"github.com/uprava/uprava/datasets"
)

// TestTransformersWalk is what a transformation team does with a twin: the register, the
// things behind it, the graph and what feels a loss, the streams of value of a process
// with a log, the plan, who signs, and a decision on a pair that is done twice.
func TestTransformersWalk(t *testing.T) {
	if !web.Built() {
		if os.Getenv("CI") == "true" {
			t.Fatal("the browser assets are not built: run `make assets`")
		}
		t.Skip("the browser assets are not built: run `make assets`")
	}
	d, err := desk.Open(context.Background(), desk.Config{Dir: enginetest.Dir(t)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	pack, err := datasets.Open("expertise")
	require.NoError(t, err)
	l, _, err := datasets.Generate(t.Context(), pack, datasets.Config{Years: 1, Seed: 1})
	require.NoError(t, err)
	require.NoError(t, d.Store().Save(t.Context(), "expertise-expertise", l))
	pages, err := web.New(web.Config{Config: shell.Config{Desk: d, Jobs: jobs.New(t.Context(), 1, 20), Version: "test"}})
	require.NoError(t, err)
	server := httptest.NewServer(web.Guard(pages))
	defer server.Close()

	b := webtest.Open(t)
	b.Size(1440, 900)
	// The streams come after the progress of the simulation, of their own accord.
	b.Go(server.URL + "/twins/expertise/streams/expertise?lang=ru")
	b.Wait("svg.stream")
	require.Equal(t, 3, b.Int("document.querySelectorAll('svg.stream').length"))

	town := []string{"", "/register", "/units", "/goals", "/procedure?sort=hours", "/procedure/p-0001", "/process/redistribution", "/merge?from=hr&into=press", "/plan", "/duplicates", "/priority"}
	body := []string{"", "/register", "/streams", "/streams/expertise", "/plan", "/signing"}
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"wide", 1440, 900}, {"narrow", 390, 844}} {
		b.Size(size.width, size.height)
		for _, lang := range []string{"ru", "en"} {
			look := func(address, name string) {
				mark := "?"
				if strings.Contains(address, "?") {
					mark = "&"
				}
				b.Go(server.URL + address + mark + "lang=" + lang)
				b.Wait("h1")
				require.Zero(t, b.Int("document.documentElement.scrollWidth > innerWidth ? 1 : 0"), "%s overflows its window of %d", address, size.width)
				b.Screenshot("twins-" + strings.NewReplacer("/", "-", "?", "-", "&", "-", "=", "-").Replace(name) + "-" + lang + "-" + size.name)
				if (lang == "ru") == (size.name == "wide") { // each page in each language and in each width
					b.Axe()
				}
			}
			look("/twins", "list")
			for _, page := range town {
				look("/twins/municipality"+page, "municipality"+page)
			}
			for _, page := range body {
				look("/twins/expertise"+page, "expertise"+page)
			}
			b.Go(server.URL + "/twins/municipality/graph?of=pool:lawyers&show=loss&lang=" + lang)
			b.Wait("[data-twin-graph][data-ready=yes] a.node.felt")
			require.Zero(t, b.Int("document.documentElement.scrollWidth > innerWidth ? 1 : 0"))
			b.Screenshot("twins-graph-" + lang + "-" + size.name)
			b.Axe()
		}
	}

	b.Size(1440, 900)
	b.Go(server.URL + "/language/en?back=twins/municipality/duplicates") // kept from here on
	b.Wait("section.pair")
	b.Do(chromedp.Click(chromedp.CSS("section.pair details:last-of-type summary")))
	b.Do(chromedp.SendKeys(chromedp.CSS("section.pair textarea"), "One register is enough <b>"), chromedp.Click(chromedp.CSS("section.pair button[value=merge]")))
	b.Wait("section.pair .decided")
	require.Equal(t, "One register is enough <b>", b.String("document.querySelector('section.pair blockquote').textContent"))
	decided, err := d.Decisions("municipality")
	require.NoError(t, err)
	require.Len(t, decided, 1)

	// The graph is walked by keys: Enter on a thing opens the graph around it.
	b.Go(server.URL + "/twins/municipality/graph?of=system:edms")
	b.Wait("[data-twin-graph][data-ready=yes] a.node:not(.focus)")
	title := b.String("document.title")
	b.Do(chromedp.Evaluate[chromedp.Void]("document.querySelector('a.node:not(.focus)').focus()"), chromedp.KeyEvent("\r"))
	b.Wait("[data-twin-graph][data-ready=yes] a.node.focus")
	require.NotEqual(t, title, b.String("document.title"))
	b.Clean(server.URL)
}
