package pdf

import (
	"bytes"
	"crypto/sha256"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/draw"
	"github.com/uprava/uprava/dashboards/report/reporttest"
	"github.com/uprava/uprava/dashboards/terms"
)

func write(t *testing.T, d *report.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Write(&b, d))
	return b.Bytes()
}

func TestSameBytes(t *testing.T) {
	require.Equal(t, sha256.Sum256(write(t, reporttest.Document(terms.RU))), sha256.Sum256(write(t, reporttest.Document(terms.RU))))
}

func TestWhatTheFileSays(t *testing.T) {
	file := string(write(t, reporttest.Document(terms.RU)))
	require.Contains(t, file, "/Lang (ru)")
	require.Contains(t, file, "/CreationDate (D:20191231150000)")
	require.Equal(t, 5+1, strings.Count(file, "/Dest ["), "a bookmark for the title, each section, the heading inside and the orders")
	require.Regexp(t, regexp.MustCompile(`/BaseFont /\w+\+?\w*[sS]ans`), file)
	require.Contains(t, file, "/FontFile2")
}

// keep writes a file where somebody wants to look at it.
func keep(t *testing.T, name string, data []byte) {
	if dir := os.Getenv("UPRAVA_REPORTS"); dir != "" {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
}

func TestPagesHoldTheirText(t *testing.T) {
	for _, lang := range []terms.Lang{terms.RU, terms.EN} {
		keep(t, "sample-"+string(lang)+".pdf", write(t, reporttest.Document(lang)))
	}
	hostile := write(t, reporttest.Hostile())
	keep(t, "hostile.pdf", hostile)
	require.NotContains(t, string(hostile), "/JavaScript")
	require.NotContains(t, string(hostile), "/URI")
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("looking for pdftotext (poppler-utils), to read the text back:", err)
	}
	dir := t.TempDir()
	read := func(data []byte) string {
		name := filepath.Join(dir, "a.pdf")
		require.NoError(t, os.WriteFile(name, data, 0o600))
		out, err := exec.Command(tool, "-layout", name, "-").Output()
		require.NoError(t, err)
		return string(out)
	}
	text := read(write(t, reporttest.Document(terms.RU)))
	require.Contains(t, text, "стр. 1 из")
	require.NotContains(t, text, "{nb}")
	require.Greater(t, strings.Count(text, "Case 1 0")+strings.Count(text, "Case"), 60)
	require.Contains(t, read(hostile), "<script>window.hostile=1</script>")
}

func TestLinesFitTheirWidth(t *testing.T) {
	for _, text := range []string{"", "слово", strings.Repeat("длинное", 60), strings.Repeat("и так далее ", 40), "а\u00a0б " + strings.Repeat("ж", 300)} {
		for _, w := range []float64{8, 30, 120} {
			joined := ""
			for _, l := range draw.Wrap(text, 10, false, w) {
				require.LessOrEqual(t, draw.Width(l, 10, false), w+1e-9)
				joined += l
			}
			require.Equal(t, strings.ReplaceAll(text, " ", ""), strings.ReplaceAll(joined, " ", ""))
		}
	}
}
