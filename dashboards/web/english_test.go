package web

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/datasets"
)

var (
	cyrillic = regexp.MustCompile(`[А-Яа-яЁё][А-Яа-яЁё0-9 .,«»–—-]*`)
	linked   = regexp.MustCompile(`(?:href|data-fragment|data-src|hx-get)="([^"#]+)`)
	markup   = regexp.MustCompile(`(?s)<script.*?</script>|<[^>]*>`)
	drawn    = regexp.MustCompile(` name=\\"([^"\\]*)`) // in a diagram
	named    = regexp.MustCompile(`(?:title|aria-label|placeholder|alt)="([^"]*)"`)
)

// inRussianOnly are the words that an English page may hold in Russian.
var inRussianOnly = []string{
	"Русский", "РУС", // the language switch, which is read by those who read Russian
	"ФЗ", "ПП РФ 145", // citations of law
}

// inRussianOnlyAt are pages with steps of the 1,200 generated procedures, named in Russian alone.
var inRussianOnlyAt = regexp.MustCompile(`^/twins/municipality/(duplicates|procedure/)`)

// mostPages bounds the walk: pages of one shape are looked at once.
const mostPages = 400

// The pages of two packs, walked by their links, hold no Russian when English is asked for,
// though the names in their logs are Russian: one process of the town, and the expertise.
func TestEnglishPagesHoldNoRussian(t *testing.T) {
	if testing.Short() {
		t.Skip("it generates logs of two packs")
	}
	if !Built() {
		const how = "the browser assets are not built: run `make assets`"
		if os.Getenv("CI") == "true" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	d, err := desk.Open(t.Context(), desk.Config{Dir: enginetest.Dir(t)})
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	for _, of := range []struct{ pack, process string }{{"municipality", "redistribution"}, {"expertise", ""}} {
		pack, err := datasets.Open(of.pack)
		require.NoError(t, err)
		system, err := datasets.GenerateSystem(t.Context(), pack, datasets.SystemConfig{Seed: 1, Lang: "ru"})
		require.NoError(t, err)
		for _, l := range system.Logs {
			if of.process == "" || strings.HasSuffix(l.Name(), of.process) {
				require.NoError(t, d.Store().Save(t.Context(), l.Name(), l))
			}
		}
	}
	pages, err := New(Config{Config: shell.Config{Desk: d, Jobs: jobs.New(t.Context(), 1, 10), Version: "test"}})
	require.NoError(t, err)
	h := Guard(pages)
	shapes := map[string]bool{}
	queue := []string{"/"}
	found := map[string][]string{} // pages by what they hold
	walked := 0
	for len(queue) > 0 {
		require.Less(t, walked, mostPages, "pages of one shape have many addresses")
		at := queue[0]
		queue = queue[1:]
		w := get(h, at+"?lang=en")
		require.Less(t, w.Code, http.StatusBadRequest, "%s: %s", at, markup.ReplaceAllString(w.Body.String(), " "))
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			continue
		}
		walked++
		body := w.Body.String()
		text := markup.ReplaceAllString(body, "\n")
		for _, m := range append(named.FindAllStringSubmatch(body, -1), drawn.FindAllStringSubmatch(body, -1)...) {
			text += "\n" + m[1]
		}
		for _, m := range cyrillic.FindAllString(text, -1) {
			if m = strings.Trim(m, " .,–—-«»"); !slices.Contains(inRussianOnly, m) && !inRussianOnlyAt.MatchString(at) && !slices.Contains(found[m], at) {
				found[m] = append(found[m], at)
			}
		}
		for _, m := range linked.FindAllStringSubmatch(body, -1) {
			to, err := url.Parse(strings.ReplaceAll(m[1], "&amp;", "&"))
			if err != nil || to.Host != "" || strings.Contains(path.Base(to.Path), ".") {
				continue
			}
			base, _ := url.Parse("http://x" + at)
			next := base.ResolveReference(to).Path
			shape := shapeOf(next)
			if !shapes[shape] {
				shapes[shape] = true
				queue = append(queue, next)
			}
		}
	}
	require.Greater(t, walked, 150)
	var all []string
	for word, at := range found {
		all = append(all, fmt.Sprintf("%q on %d pages, as %s", word, len(at), at[0]))
	}
	slices.Sort(all)
	require.Empty(t, all, "of %d pages", walked)
}

// shapeOf is an address without the identifiers in it.
func shapeOf(p string) string {
	parts := strings.Split(strings.Trim(p, "/"), "/")
	for i := range parts {
		if i >= 3 || i == 1 && parts[0] != "logs" && parts[0] != "twins" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}
