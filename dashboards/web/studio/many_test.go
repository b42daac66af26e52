package studio_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/web/webtest"
)

// Many scenarios in one table, the search with its picture, an answer repeated to the same
// bytes, the simulated cases stored as a log, and a run that is cancelled.
func TestMany(t *testing.T) {
	_, address := serving(t)
	b := webtest.Open(t)
	b.Size(1440, 900)
	short := func(generations string) {
		for name, value := range map[string]string{"n": "3", "days": "60", "before": "10"} {
			set(b, "input[name="+name+"]", value)
		}
		if generations != "" {
			set(b, "input[name=generations]", generations)
		}
	}
	b.Go(address + "/studio/expertise/compare?lang=en")
	b.Wait("input[name=ready]")
	short("")
	click(b, "main form button.primary")
	b.Wait("section[aria-labelledby=table] svg.whiskers")
	looked(t, b, b.String("location.href.split('?')[0]"), "studio-table", "svg.whiskers", map[string]string{"ru": "«Как есть»", "en": "As-is"})
	require.Positive(t, b.Int("document.querySelectorAll('section[aria-labelledby=table] tbody .range').length"), "with intervals")

	b.Go(address + "/studio/expertise/optimise?lang=en")
	b.Wait("input[name=pool]")
	short("1")
	click(b, "main form button.primary")
	b.Wait("section[aria-labelledby=front] svg.pareto")
	looked(t, b, b.String("location.href.split('?')[0]"), "studio-front", "svg.pareto", map[string]string{"ru": "не побеждены", "en": "no other beats"})
	require.Positive(t, b.Int("document.querySelectorAll('svg.pareto a').length"), "points lead to scenarios")

	b.Go(address + "/studio/expertise/compose?lever=pool:experts%2B1&n=3&days=60&before=10&lang=en")
	b.Wait("form[action$='/run'] button.primary")
	click(b, "form[action$='/run'] button.primary")
	b.Wait(".answer")
	run := b.String("location.href.split('?')[0].split('#')[0]")
	answer := func() string {
		reply, err := http.Get(run + "/answer.json")
		require.NoError(t, err)
		defer reply.Body.Close()
		body, err := io.ReadAll(reply.Body)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, reply.StatusCode)
		return string(body)
	}
	before := answer()
	click(b, "form[action$='/repeat'] button")
	b.Wait("#evidence p[role=status]")
	require.Contains(t, b.String("document.querySelector('#evidence p[role=status]').innerText"), "same")
	require.Equal(t, before, answer())
	click(b, "#replay button[value=to-be]")
	b.Wait("#replay a.act")
	click(b, "#replay a.act")
	b.Wait("[data-map], svg, main h1")
	require.Contains(t, b.String("location.pathname"), "/logs/run-")

	b.Go(address + "/studio/municipality/compose?with=portal&n=40&days=365&before=60&lang=en")
	b.Wait("form[action$='/run'] button.primary")
	click(b, "form[action$='/run'] button.primary")
	b.Wait("[data-job] button, [data-cancel] button, button[data-cancel]")
	click(b, "[data-job] button, [data-cancel] button, button[data-cancel]")
	time.Sleep(3 * time.Second) // the replications under way come to their end
	b.Go(b.String("location.href.split('?')[0]") + "?lang=en")
	b.Wait("form[action$='/start'] button")
	require.Contains(t, b.String("document.querySelector('main').innerText"), "Stopped")
	b.Screenshot("studio-cancelled")
	b.Clean(address)
}
