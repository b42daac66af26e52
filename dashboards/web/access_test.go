package web

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/auth"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web/access"
	"github.com/uprava/uprava/dashboards/web/home"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/web/webtest"
)

// TestAReaderEntersByCode walks through the gate in a browser: the link that was
// asked for opens after the code, and nothing is there again after leaving.
func TestAReaderEntersByCode(t *testing.T) {
	assets, err := Assets()
	if err != nil {
		handler(t) // skips or fails, saying why
	}
	dir := t.TempDir()
	code, err := auth.OpenCodes(dir).Add("Иванова", time.Now())
	require.NoError(t, err)
	k, err := auth.OpenKeeper(dir)
	require.NoError(t, err)
	gate := access.NewGate(k, false, slog.New(slog.DiscardHandler))
	s, err := shell.New(shell.Config{Version: "test", Jobs: jobs.New(t.Context(), 1, 10)})
	require.NoError(t, err)
	s.Mount("GET /assets/", assets)
	require.NoError(t, home.Mount(s, backend()))
	require.NoError(t, access.Mount(s, gate))
	server := httptest.NewServer(Guard(gate.Wrap(s)))
	defer server.Close()
	b := webtest.Open(t)
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"wide", 1440, 900}, {"narrow", 390, 844}} {
		b.Size(size.width, size.height)
		for _, lang := range []string{"ru", "en"} {
			b.Go(server.URL + "/access?lang=" + lang)
			b.Wait("input[name=code]")
			require.Zero(t, b.Int("document.documentElement.scrollWidth > innerWidth ? 1 : 0"))
			b.Screenshot("access-" + lang + "-" + size.name)
			b.Axe()
		}
	}
	b.Go(server.URL + "/access?back=search%3Fq%3Da%26lang%3Den")
	b.Do(chromedp.SendKeys(chromedp.CSS("input[name=code]"), code), chromedp.Click(chromedp.CSS("main form button")))
	b.Wait("form[action$='access/leave'] button")
	require.True(t, strings.HasSuffix(b.String("location.href"), "/search?q=a&lang=en"), b.String("location.href"))
	require.Equal(t, "Leave (Иванова)", b.String("document.querySelector(\"form[action$='access/leave'] button\").textContent"))
	require.Empty(t, b.String("document.cookie"), "scripts do not see the session")
	b.Axe()
	b.Do(chromedp.Click(chromedp.CSS("form[action$='access/leave'] button")))
	b.Wait("input[name=code]")
	b.Clean(server.URL)
}
