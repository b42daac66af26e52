package explore_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/hostile"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/web/webtest"
	"github.com/uprava/uprava/mining/eventlog"
)

// TestPicturesOfUnusualLogs draws maps of hostile labels and of five thousand
// activities, moves the sliders, and saves what is drawn as SVG and PNG.
func TestPicturesOfUnusualLogs(t *testing.T) {
	if !web.Built() {
		if os.Getenv("CI") == "true" {
			t.Fatal("the browser assets are not built: run `make assets`")
		}
		t.Skip("the browser assets are not built: run `make assets`")
	}
	d, err := desk.Open(context.Background(), desk.Config{Dir: enginetest.Dir(t)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	save := func(name string, cases, steps int, activity func(i, k int) string) {
		b := eventlog.NewBuilder(name)
		for i := range cases {
			for k := range steps {
				e := eventlog.NewEvent(fmt.Sprint(i), activity(i, k), eventlog.At(time.Date(2019, 3, 4, 9, 10*k, i, 0, time.UTC)))
				require.NoError(t, b.Add(&e))
			}
		}
		require.NoError(t, d.Store().Save(t.Context(), name, b.Log()))
	}
	save("hostile", 40, 6, func(i, k int) string { return hostile.Labels[(i+k*(1+i%3))%len(hostile.Labels)] })
	save("many", 1000, 10, func(i, k int) string { return fmt.Sprint("activity ", (i*10+k)%5000) })
	pages, err := web.New(web.Config{Config: shell.Config{Desk: d, Jobs: jobs.New(t.Context(), 1, 10), Version: "test"}})
	require.NoError(t, err)
	server := httptest.NewServer(web.Guard(pages))
	t.Cleanup(server.Close)
	b := webtest.Open(t)
	b.Size(1440, 900)

	b.Go(server.URL + "/logs/hostile/map?lang=en&activities=40&paths=60")
	b.Wait("[data-map][data-ready=yes]")
	b.Wait("[data-bpmn][data-ready=yes]")
	b.Screenshot("explore-hostile")
	for _, of := range []struct{ host, button, kind string }{
		{"[data-map]", "[data-map] [data-save=svg]", "svg"}, {"[data-map]", "[data-map] [data-save=png]", "png"},
		{"section:has([data-bpmn])", "section:has([data-bpmn]) [data-save=svg]", "svg"}, {"section:has([data-bpmn])", "section:has([data-bpmn]) [data-save=png]", "png"},
	} {
		b.Do(chromedp.Click(chromedp.CSS(of.button)))
		// A PNG is made by reading the SVG back: one that is no well-formed XML fails.
		b.Wait(of.host + fmt.Sprintf("[data-saved^=%s]", of.kind))
	}
	require.Equal(t, "undefined", b.String("typeof window.hostile"))
	// A slider hides at once what the next drawing will lack, before that is laid out.
	took := b.Int(`(() => {
		const slider = document.querySelector('[data-map] [data-part=activities]'), before = document.querySelectorAll('[data-map] .gone').length;
		const begin = performance.now();
		slider.value = 3;
		slider.dispatchEvent(new Event('input'));
		const gone = document.querySelectorAll('[data-map] .gone').length;
		return gone > before ? Math.ceil(performance.now() - begin) : 1e6;
	})()`)
	require.Less(t, took, 100, "milliseconds until a slider is felt")

	b.Go(server.URL + "/logs/many/map?lang=en")
	b.Wait("[data-map][data-ready=yes]")
	require.Contains(t, b.String("document.querySelector('[data-part=note]').textContent"), "5,000 activities")
	b.Wait("[data-fragment][data-ready=yes]")
	require.Contains(t, b.String("document.querySelector('[data-fragment]').textContent"), "Narrow the filter")
	b.Clean(server.URL)
}
