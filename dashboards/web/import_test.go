package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/web/webtest"
	"github.com/uprava/uprava/mining/logtest"
)

// served serves all pages over a store of their own.
func served(t *testing.T) (*desk.Desk, *httptest.Server) {
	t.Helper()
	if _, err := Assets(); err != nil {
		handler(t) // skips or fails, saying why
	}
	d, err := desk.Open(context.Background(), desk.Config{Dir: enginetest.Dir(t)})
	require.NoError(t, err)
	life, end := context.WithCancel(context.Background())
	work := jobs.New(life, 2, 20)
	pages, err := New(Config{Config: shell.Config{Desk: d, Jobs: work, Version: "test", Changes: d.Store().Changes}})
	require.NoError(t, err)
	server := httptest.NewServer(Guard(pages))
	t.Cleanup(func() {
		end()
		work.Wait()
		server.CloseClientConnections()
		server.Close()
		require.NoError(t, d.Close())
	})
	return d, server
}

// TestImportInABrowser brings the shared log in as a reader does: drop, look, correct,
// import, findings, map; another is stopped on its way.
func TestImportInABrowser(t *testing.T) {
	receipt := logtest.Shared(t, "receipt.csv")
	d, server := served(t)
	b := webtest.Open(t)
	fits := func() {
		t.Helper()
		require.Zero(t, b.Int("document.documentElement.scrollWidth > innerWidth ? 1 : 0"), "%s overflows", b.String("location.href"))
	}
	choose := func(file string) {
		t.Helper()
		b.Wait("[data-drop][data-ready=yes]")
		b.Do(chromedp.SetUploadFiles(chromedp.CSS("input[type=file]"), []string{file}))
		b.Do(chromedp.Click(chromedp.CSS("button.primary")))
	}
	b.Size(1440, 900)
	b.Go(server.URL + "/?lang=ru")
	b.Wait(".begin")
	b.Axe()
	b.Screenshot("empty-ru-wide")
	b.Go(server.URL + "/import?lang=ru")
	fits()
	b.Axe()
	b.Screenshot("import-ru-wide")
	choose(receipt)
	b.Wait("#mapping")
	fits()
	b.Axe()
	b.Screenshot("mapping-ru-wide")
	require.Contains(t, b.String("location.search"), "lang=ru")
	require.Equal(t, "receipt", b.String("document.querySelector('[name=name]').value"))
	// The reader says that one column describes the case, and looks again.
	b.Do(chromedp.Evaluate[chromedp.Void](`(() => { const s = [...document.querySelectorAll('.preview select')].find((s) => s.value === 'attribute'); s.value = 'ignored'; s.form.requestSubmit(); })()`))
	b.Wait(".preview .role-ignored")
	require.Contains(t, b.String("location.search"), "=ignored")
	b.Do(chromedp.Click(chromedp.CSS("#mapping button.primary")))
	b.Wait("[data-fragment][data-ready=yes]")
	fits()
	b.Axe()
	b.Screenshot("imported-ru-wide")
	require.Contains(t, b.String("document.querySelector('h1').textContent"), "загружен")
	list, err := d.Logs(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.EqualValues(t, 1434, list[0].Cases)
	b.Do(chromedp.Click(chromedp.CSS(".actions .button")))
	b.Wait("[data-map][data-ready=yes]")

	// A large one, stopped, on a narrow screen and in English; then one that is doubtful.
	var rows bytes.Buffer
	rows.WriteString("case,activity,time\n")
	for i := range 700_000 {
		fmt.Fprintf(&rows, "%d,step %d,2019-01-%02dT%02d:00:00\n", i/5, i%5, 1+i%5, i%24)
	}
	dir := t.TempDir()
	large, doubtful := filepath.Join(dir, "large.csv"), filepath.Join(dir, "doubtful.csv")
	require.NoError(t, os.WriteFile(large, rows.Bytes(), 0o600))
	require.NoError(t, os.WriteFile(doubtful, []byte("case,activity,time,</th><script>alert(1)</script>\n1,"+hostile[1]+",03/04/2019,x\n1,b,05/06/2019,y\n"), 0o600))
	b.Size(390, 844)
	b.Go(server.URL + "/import?lang=en")
	fits()
	b.Axe()
	b.Screenshot("import-en-narrow")
	choose(large)
	b.Wait("#mapping")
	fits()
	b.Axe()
	b.Screenshot("mapping-en-narrow")
	b.Do(chromedp.Click(chromedp.CSS("#mapping button.primary")))
	b.Wait("[data-job][data-state=running]")
	fits()
	b.Screenshot("importing-en-narrow")
	b.Do(chromedp.Click(chromedp.CSS("[data-job] [data-part=cancel]")))
	b.Wait("p.notice[role=status]")
	require.Contains(t, b.String("document.querySelector('p.notice').textContent"), "neither the file nor a log is left")
	list, err = d.Logs(t.Context())
	require.NoError(t, err)
	require.Len(t, list, 1)
	choose(doubtful)
	b.Wait("section.fault")
	fits()
	b.Axe()
	b.Screenshot("doubtful-en-narrow")
	b.Do(chromedp.Click(chromedp.CSS("[name=l2][value*='MM/dd'], [name=l2][value*='M/d']")))
	b.Do(chromedp.Click(chromedp.CSS("#mapping .actions button")))
	b.Wait("#mapping button.primary")
	require.Zero(t, b.Int("document.querySelectorAll('section.fault').length"))
	b.Do(chromedp.Click(chromedp.CSS("button[form=discard], form[action*=discard] button")))
	b.Wait("p.notice[role=status]")
	left := 0
	require.NoError(t, filepath.Walk(d.Folder("imports"), func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() && !strings.HasSuffix(path, ".lock") {
			left++
		}
		return err
	}))
	require.Zero(t, left, "no file is left")
	b.Clean(server.URL)
}
