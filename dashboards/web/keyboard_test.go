package web

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/dashboards/web/webtest"
	"github.com/uprava/uprava/mining/logtest"
)

// What the keyboard must reach: everything that can be pressed, chosen or typed into and
// is shown, one of the buttons of a radio group.
const reachable = `(() => {
	const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
	const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')]
		.filter((e) => !e.disabled && e.tabIndex >= 0 && shown(e))
		.filter((e) => e.type !== 'radio' || e.checked || !document.querySelector('input[type=radio][name="' + CSS.escape(e.name) + '"]:checked'));
	all.forEach((e, i) => { e.dataset.stop = i; });
	window.stops = all;
	window.reached = new Set();
	window.blind = [];
	document.addEventListener('focusin', (e) => {
		window.reached.add(e.target.dataset.stop);
		const look = getComputedStyle(e.target);
		if (look.outlineStyle === 'none' && look.boxShadow === 'none') window.blind.push(e.target.outerHTML.slice(0, 120));
	});
	return all.length;
})()`

// TestKeyboard goes through each kind of page with the key Tab alone: the first stop is
// the link over the menus, every element that can be used is reached, each shows that it
// has the focus, and nothing holds it.
func TestKeyboard(t *testing.T) {
	d, server := served(t)
	f, err := os.Open(logtest.Shared(t, "running-example.xes"))
	require.NoError(t, err)
	defer f.Close()
	l, _, err := connectors.Load(context.Background(), "run", xes.New("run.xes", f))
	require.NoError(t, err)
	require.NoError(t, d.Store().Save(t.Context(), "run", l))
	b := webtest.Open(t)
	b.Size(1440, 900)
	for _, page := range []string{"", "search?q=run", "import", "owner", "signatures", "logs/run?part=", "logs/run/passport", "logs/run/number/mean", "logs/run/alerts", "logs/run/map", "logs/run/variants", "logs/run/cases", "logs/run/cases/1",
		"logs/run/time", "logs/run/conformance", "logs/run/people", "logs/run/compare", "logs/run/studio", "twins", "twins/expertise"} {
		b.Go(server.URL + "/" + page)
		b.Wait("main h1")
		b.Settle()
		n := b.Int(reachable)
		require.Greater(t, n, 5, page)
		b.Do(chromedp.KeyEvent("\t"))
		require.Equal(t, "skip", b.String("document.activeElement.className"), "%s: the first stop leads over the menus", page)
		for range n + 20 {
			if b.Int("window.stops.filter((e) => e.isConnected && !window.reached.has(e.dataset.stop)).length") == 0 {
				break
			}
			b.Do(chromedp.KeyEvent(strings.Repeat("\t", 10)))
		}
		require.Empty(t, b.String("window.stops.filter((e) => e.isConnected && !window.reached.has(e.dataset.stop)).map((e) => e.outerHTML.slice(0, 160)).join('\\n')"), "%s: what Tab does not reach", page)
		require.Empty(t, b.String("window.blind.join('\\n')"), "%s: what does not show that it has the focus", page)
	}
	// The test itself sees what hides its focus.
	b.Do(chromedp.Evaluate[chromedp.Void](`(() => {
		const x = document.createElement('button');
		x.style.outline = x.style.boxShadow = 'none';
		const skip = document.querySelector('.skip');
		skip.after(x);
		skip.focus();
	})()`), chromedp.KeyEvent("\t"))
	require.Contains(t, b.String("window.blind.join()"), "<button")
	b.Clean(server.URL)
}
