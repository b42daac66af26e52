package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/web"
	"github.com/uprava/uprava/dashboards/web/webtest"
)

// The page of the fictional town, as `uprava demo` leaves it, in a real browser:
// both languages, wide and narrow, nothing said on the console, no policy
// violated, no request to the outside. With -update the pictures of the README
// are made anew.
func TestPageOfTheTown(t *testing.T) {
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
	b.Clean(address)
}

// picture keeps what a reader sees first, for the README.
func picture(t *testing.T, b *webtest.Browser, name string) {
	t.Helper()
	png := b.Picture()
	require.Less(t, len(png), 150_000, "%s is too large for a README", name)
	require.NoError(t, os.WriteFile(filepath.Join("testdata", name), png, 0o644))
}
