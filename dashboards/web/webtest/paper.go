package webtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// Paper prints the page on A4 as the reader would and returns the text of each sheet
// (pdftotext -layout); UPRAVA_SCREENSHOTS keeps the PDF. Without pdftotext the test is
// skipped, or fails when CI=true.
func (b *Browser) Paper(name string) []string {
	b.t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		const how = "reading a printed page: no pdftotext; install poppler-utils"
		if os.Getenv("CI") == "true" {
			b.t.Fatal(how)
		}
		b.t.Skip(how)
	}
	const inch = 25.4
	own := true
	pdf, err := chromedp.Run(b.ctx, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		r, err := cdp.Call(ctx, t, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 210 / inch, PaperHeight: 297 / inch, PreferCSSPageSize: &own})
		if err != nil {
			return nil, err
		}
		return r.Data, nil
	})
	require.NoError(b.t, err)
	dir := os.Getenv("UPRAVA_SCREENSHOTS")
	if dir == "" {
		dir = b.t.TempDir()
	}
	require.NoError(b.t, os.MkdirAll(dir, 0o755))
	file := filepath.Join(dir, name+".pdf")
	require.NoError(b.t, os.WriteFile(file, pdf, 0o644))
	out, err := exec.Command(tool, "-layout", file, "-").Output()
	require.NoError(b.t, err)
	sheets := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
	require.NotEmpty(b.t, sheets, fmt.Sprintf("%s prints nothing", name))
	return sheets
}
