// Package webtest drives a real Chromium for tests of pages: it records what
// the console said, which policies were violated and which addresses were
// asked for.
package webtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Browser is one browser for the length of a test.
type Browser struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	said     []string // console errors and warnings, policy violations, exceptions
	requests []string
}

// Open starts Debian's Chromium. Where it is missing the test is skipped, or
// fails when CI=true, with the sentence that says how to get it; -short skips it as well.
func Open(t *testing.T) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("-short leaves the browser out")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		const how = "no Chromium on this machine: install Debian's package chromium"
		if os.Getenv("CI") == "true" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	b := &Browser{t: t}
	ctx, cancel := chromedp.NewContext(context.Background(), chromedp.WithListener(b.listen), chromedp.WithAllocatorOptions(
		chromedp.ExecPath(path), chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("no-first-run", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.UserDataDir(t.TempDir()), chromedp.WSURLReadTimeout(time.Minute)))
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, network.Enable, network.EnableParams{})
		return err
	})), "starting Chromium")
	limited, end := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(end)
	b.ctx = limited
	return b
}

func (b *Browser) listen(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := ev.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.said = append(b.said, e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			b.said = append(b.said, fmt.Sprint(e.Args))
		}
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, e.ExceptionDetails.Text)
	}
}

// Do runs actions in the page and fails the test where one fails.
func (b *Browser) Do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b.ctx, actions...))
}

// Size sets the window, in CSS pixels.
func (b *Browser) Size(width, height int64) {
	b.t.Helper()
	b.Do(chromedp.EmulateViewport(width, height))
}

// Go opens an address.
func (b *Browser) Go(address string) { b.t.Helper(); b.Do(chromedp.Navigate(address)) }

// Wait waits until the selector matches a visible element.
func (b *Browser) Wait(selector string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	require.NoError(b.t, chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS(selector))), "waiting for %s", selector)
}

// Settle waits until every part of the page that comes by itself is there.
func (b *Browser) Settle() {
	b.t.Helper()
	require.Eventually(b.t, func() bool {
		return b.Int("document.querySelectorAll('[data-fragment]:not([data-ready]), [data-map]:not([data-ready]), [data-chart]:not([data-ready])').length") == 0
	}, time.Minute, 50*time.Millisecond, "parts of %s do not come", b.String("location.href"))
	require.Zero(b.t, b.Int("document.querySelectorAll('[data-ready=failed]').length"), "a part of %s failed", b.String("location.href"))
}

// String evaluates a JavaScript expression that gives text.
func (b *Browser) String(expression string) string {
	b.t.Helper()
	s, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](expression))
	require.NoError(b.t, err, expression)
	return s
}

// Int evaluates a JavaScript expression that gives a whole number.
func (b *Browser) Int(expression string) int {
	b.t.Helper()
	n, err := chromedp.Run(b.ctx, chromedp.Evaluate[int](expression))
	require.NoError(b.t, err, expression)
	return n
}

// Screenshot writes the whole page as PNG into the folder named by
// UPRAVA_SCREENSHOTS; without it nothing is written.
func (b *Browser) Screenshot(name string) {
	b.t.Helper()
	dir := os.Getenv("UPRAVA_SCREENSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	require.NoError(b.t, err)
	require.NoError(b.t, os.MkdirAll(dir, 0o755))
	require.NoError(b.t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
}

// Picture returns what the window shows, as PNG.
func (b *Browser) Picture() []byte {
	b.t.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	require.NoError(b.t, err)
	return png
}

// Clean fails the test where the console said anything, a policy was violated,
// or an address outside the given one was asked for.
func (b *Browser) Clean(address string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Empty(b.t, b.said, "the console should be silent")
	own, err := url.Parse(address)
	require.NoError(b.t, err)
	for _, r := range b.requests {
		u, err := url.Parse(r)
		require.NoError(b.t, err)
		require.True(b.t, u.Scheme == "data" || u.Scheme == "blob" || u.Host == own.Host, "a request left for %s", r)
	}
	require.NotEmpty(b.t, b.requests)
}
