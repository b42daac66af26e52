package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

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
	said := words(t, write(t, reporttest.Document(terms.RU)))
	require.Contains(t, said, "стр. 1 из 5")
	require.NotContains(t, said, pages)
	require.Equal(t, 60, strings.Count(strings.ReplaceAll(said, "\u00a0", " "), "Case 1 0"))
	require.Equal(t, 3, strings.Count(said, "Deviation, days"), "the head stands on each page of the table")
	said = words(t, hostile)
	require.Contains(t, said, "<script>window.hostile=1</script>")
	require.Contains(t, said, "(PDF) \\( \\) \\\\ endstream endobj %%EOF")
}

// words are the texts that the pages of a file show, a line each.
func words(t *testing.T, file []byte) string {
	t.Helper()
	var out strings.Builder
	for rest := file; ; {
		_, after, ok := bytes.Cut(rest, []byte("stream\n"))
		if !ok {
			return out.String()
		}
		r, err := zlib.NewReader(bytes.NewReader(after))
		if err != nil { // no packed stream
			rest = after
			continue
		}
		page, err := io.ReadAll(r)
		require.NoError(t, err)
		for page := page; ; {
			i := bytes.Index(page, []byte("Td ("))
			if i < 0 {
				break
			}
			page = page[i+4:]
			var text []byte
			for len(page) > 0 && page[0] != ')' {
				if page[0] == '\\' {
					page = page[1:]
					if page[0] == 'r' {
						page[0] = '\r'
					}
				}
				text, page = append(text, page[0]), page[1:]
			}
			var units []uint16
			for k := 0; k+1 < len(text); k += 2 {
				units = append(units, uint16(text[k])<<8|uint16(text[k+1]))
			}
			out.WriteString(string(utf16.Decode(units)) + "\n")
		}
		rest = after[1:]
	}
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
