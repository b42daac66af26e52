package cli

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/web"
	"github.com/uprava/uprava/dashboards/web/webtest"
	"github.com/uprava/uprava/mining/logtest"
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
	if *update { // the pictures show forecasts, which nobody needs to wait for otherwise
		r, err := http.Get(address + "/doors/owner?all=yes")
		require.NoError(t, err)
		require.NoError(t, r.Body.Close())
	}
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
				b.Size(1180, 1590)
				picture(t, b, "page-"+lang+".png")
				b.Size(size.width, size.height)
			}
		}
	}
	b.Size(1180, 720)
	for _, lang := range []string{"ru", "en"} {
		b.Go(address + "/language/" + lang)
		b.Go(address + "/")
		b.Wait(".door .lines .urgent")
		if *update {
			picture(t, b, "start-"+lang+".png")
		}
		click(b, "main a[href$='logs/municipality-redistribution']")
		b.Wait("nav.tabs a[href$='/map']")
		click(b, "nav.tabs a[href$='/map']")
		b.Wait("[data-map][data-ready=yes]")
		if *update {
			b.Do(chromedp.Evaluate[chromedp.Void]("document.querySelector('section:has([data-map])').scrollIntoView()"))
			picture(t, b, "map-"+lang+".png")
		}
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
		b.Wait(".kept a")
		require.NotEmpty(t, b.String("document.querySelector('.evidence').innerText"), "saved beside its answer")
		click(b, ".kept a")
		b.Wait("form[action$='/delete']")
	}
	b.Clean(address)
}

func click(b *webtest.Browser, selector string) {
	b.Do(chromedp.Click(chromedp.CSS(selector)))
}

// picture keeps what a reader sees, once all its parts have come, for the README.
func picture(t *testing.T, b *webtest.Browser, name string) {
	t.Helper()
	b.Settle()
	small, err := fewColours(b.Picture())
	require.NoError(t, err)
	require.Less(t, len(small), 150_000, "%s is too large for a README", name)
	require.NoError(t, os.WriteFile(filepath.Join("testdata", name), small, 0o644))
}

// fewColours writes a picture with its 256 most frequent colours, which are nearly all
// that a page has: a third of the bytes.
func fewColours(b []byte) ([]byte, error) {
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	n := map[color.Color]int{}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			n[color.RGBAModel.Convert(img.At(x, y))]++
		}
	}
	key := func(c color.Color) uint32 { r, g, b, _ := c.RGBA(); return r>>8<<16 | g>>8<<8 | b>>8 }
	all := slices.SortedFunc(maps.Keys(n), func(x, y color.Color) int { return cmp.Or(cmp.Compare(n[y], n[x]), cmp.Compare(key(x), key(y))) })
	few := image.NewPaletted(img.Bounds(), all[:min(256, len(all))])
	draw.Draw(few, few.Bounds(), img, image.Point{}, draw.Src)
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few)
	return out.Bytes(), err
}

// The three readers do their main job on a pack besides the town and on a real log:
// the owner goes from a number to its cases, the team runs a what-if, the head reads
// what changed and takes a report along; both languages, wide and narrow.
func TestThreeReaders(t *testing.T) {
	if testing.Short() {
		t.Skip("it walks through many pages")
	}
	if !web.Built() {
		const how = "the browser assets are not built: run `make assets`"
		if os.Getenv("CI") == "true" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	real := logtest.Shared(t, "receipt.xes.gz")
	s := newShell(t)
	out := filepath.Join(t.TempDir(), "expertise")
	s.ok("dataset", "generate", "expertise", "--years", "1", "--seed", "3", "--out", out)
	logs, err := filepath.Glob(filepath.Join(out, "logs", "*"))
	require.NoError(t, err)
	require.NotEmpty(t, logs)
	s.ok("ingest", logs[0])
	s.ok("ingest", real)
	pack := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(logs[0]), ".gz"), ".xes")
	address := s.serving()
	b := webtest.Open(t)
	fits := func(width int64, name string) {
		t.Helper()
		require.LessOrEqual(t, b.Int("document.documentElement.scrollWidth"), int(width), "%s overflows", name)
		require.NotContains(t, b.String("document.body.innerText"), "NaN", name)
	}
	for _, width := range []int64{1440, 390} {
		b.Size(width, 900)
		for _, lang := range []string{"ru", "en"} {
			b.Go(address + "/language/" + lang)
			for _, log := range []string{pack, "receipt"} {
				b.Go(address + "/logs/" + log)
				b.Wait("a.about")
				b.Wait("#risks + [data-fragment][data-ready=yes]")
				fits(width, "the board of "+log)
				click(b, "a.about")
				b.Wait("main a[href*='/cases']")
				click(b, "main a[href*='/cases']")
				b.Wait("main table")
				fits(width, "the cases of "+log)
			}
			b.Go(address + "/logs/" + pack + "/studio/compose?with=pre-check&n=3&days=120&before=60")
			b.Wait("form[action$='/run'] button.primary")
			click(b, "form[action$='/run'] button.primary")
			b.Wait(".answer .evidence")
			fits(width, "a what-if")
			b.Go(address + "/head")
			b.Wait("[data-fragment][data-ready=yes] .report")
			fits(width, "the page of the head")
			click(b, "form[action$='reports/make'] button")
			b.Wait("a[download]")
			fits(width, "a report that was made")
		}
	}
	b.Clean(address)
}
