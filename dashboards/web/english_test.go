package web

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining"
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

// inRussianOnlyAt are pages of names that exist in Russian alone: the steps of the
// procedures of the town, and what is written at the flows of the expertise.
var inRussianOnlyAt = regexp.MustCompile(`^/twins/[^/]+/duplicates|^/studio/expertise/edit`)

// The pages of the packs, walked by their links, hold no Russian when English is asked
// for. Of pages of one shape (cases, procedures) the first are looked at.
func TestEnglishPagesHoldNoRussian(t *testing.T) {
	if testing.Short() {
		t.Skip("it generates two packs")
	}
	if !Built() {
		t.Skip("the browser assets are not built: run `make assets`")
	}
	d, err := desk.Open(t.Context(), desk.Config{Dir: enginetest.Dir(t)})
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	for _, id := range []string{"municipality", "expertise"} {
		pack, err := datasets.Open(id)
		require.NoError(t, err)
		_, err = d.LoadPack(t.Context(), pack, "ru", nil)
		require.NoError(t, err)
	}
	pages, err := New(Config{Config: shell.Config{Desk: d, Jobs: jobs.New(t.Context(), 1, 10), Version: "test"}})
	require.NoError(t, err)
	h := Guard(pages)
	quoted := slices.Clone(inRussianOnly) // and the log's own names, which filters and doubts quote
	logs, err := d.Logs(t.Context())
	require.NoError(t, err)
	for _, l := range logs {
		names, err := d.Names(t.Context(), l.Name, mining.Instances)
		require.NoError(t, err)
		quoted = append(append(quoted, names.Activities...), names.Units...)
	}

	seen, shapes := map[string]bool{}, map[string]int{}
	queue := []string{"/"}
	found := map[string][]string{} // pages by what they hold
	walked := 0
	for begun := time.Now(); len(queue) > 0 && time.Since(begun) < 4*time.Minute; {
		at := queue[0]
		queue = queue[1:]
		w := get(h, at+"?lang=en")
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
			if m = strings.Trim(m, " .,–—-«»"); !slices.Contains(quoted, m) && !inRussianOnlyAt.MatchString(at) && !slices.Contains(found[m], at) {
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
			if !seen[next] && shapes[shape] < 1 {
				seen[next] = true
				shapes[shape]++
				queue = append(queue, next)
			}
		}
	}
	require.Greater(t, walked, 50)
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
