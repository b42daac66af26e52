package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/web"
	"github.com/uprava/uprava/dashboards/web/webtest"
)

// The walk of the README, as `uprava demo` leaves the fictional town, in a real
// browser: from the start page by the board of a process to a saved what-if with its
// evidence card, in both languages, nothing said on the console, no policy violated,
// no request to the outside. The board also narrow. With -update the pictures of the
// README are made anew.
func TestWalk(t *testing.T) {
	if testing.Short() {
		t.Skip("the demo walks the whole town")
	}
	if !web.Built() {
		const how = "the browser assets are not built: run `make assets`"
		if os.Getenv("CI") == "true" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	s := newShell(t)
	out := unspaced(s.ok("demo", "--replications", "5"))
	require.Contains(t, out, "As-is, simulated")
	address := s.serving()
	b := webtest.Open(t)
	page := address + "/logs/municipality-redistribution"
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"wide", 1280, 800}, {"narrow", 390, 844}} {
		b.Size(size.width, size.height)
		for _, lang := range []string{"ru", "en"} {
			b.Go(page + "?lang=" + lang)
			b.Wait("#risks + [data-fragment][data-ready=yes]")
			b.Wait("[data-chart][data-ready=yes] canvas")
			require.Zero(t, b.Int("document.documentElement.scrollWidth > innerWidth ? 1 : 0"), "the page overflows its window")
			body := b.String("document.body.innerText")
			for _, want := range map[string][]string{
				"ru": {"Демонстрационные данные условного города", "Соглашение о перераспределении земель", "Нормативный срок", "Собрать сценарий", "Решение направлено"},
				"en": {"Demonstration data of a fictional town", "Agreement on redistribution", "Legal limit", "Compose a scenario", "Decision sent"},
			}[lang] {
				require.Contains(t, body, want)
			}
			require.NotContains(t, body, "NaN")
			b.Screenshot("town-" + lang + "-" + size.name)
			if *update && size.name == "wide" {
				picture(t, b, "page-"+lang+".png")
			}
		}
	}
	b.Size(1180, 720)
	for _, lang := range []string{"ru", "en"} {
		b.Go(address + "/language/" + lang)
		b.Go(address + "/")
		b.Wait("[data-fragment][data-ready=yes]")
		if *update {
			picture(t, b, "start-"+lang+".png")
		}
		click(b, "main a[href$='logs/municipality-redistribution']")
		b.Wait("nav.tabs a[href$='/studio']")
		click(b, "nav.tabs a[href$='/studio']")
		b.Wait("input[value=portal-and-requests] ~ button")
		click(b, "input[value=portal-and-requests] ~ button")
		b.Wait(".answer .evidence")
		require.Contains(t, b.String("document.querySelector('.evidence').innerText"), map[string]string{"ru": "прогон", "en": "eplication"}[lang])
		if *update {
			picture(t, b, "what-if-"+lang+".png")
		}
		click(b, "section[aria-labelledby=save] button")
		b.Wait("form[action$='/delete']")
	}
	b.Clean(address)
}

func click(b *webtest.Browser, selector string) {
	b.Do(chromedp.Click(chromedp.CSS(selector)))
}

// picture keeps what a reader sees first, for the README.
func picture(t *testing.T, b *webtest.Browser, name string) {
	t.Helper()
	png := b.Picture()
	require.Less(t, len(png), 150_000, "%s is too large for a README", name)
	require.NoError(t, os.WriteFile(filepath.Join("testdata", name), png, 0o644))
}
