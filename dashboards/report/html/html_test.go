package html

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/uprava/uprava/dashboards/hostile"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/reporttest"
	"github.com/uprava/uprava/dashboards/terms"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func render(t *testing.T, f func(io.Writer, *report.Document) error, d *report.Document) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, f(&b, d))
	return b.String()
}

func TestGolden(t *testing.T) {
	for _, lang := range []terms.Lang{terms.RU, terms.EN} {
		for name, f := range map[string]func(io.Writer, *report.Document) error{"sample": Write, "letter": Letter} {
			got := render(t, f, reporttest.Document(lang))
			if dir := os.Getenv("UPRAVA_REPORTS"); dir != "" {
				require.NoError(t, os.WriteFile(filepath.Join(dir, name+"-"+string(lang)+".html"), []byte(got), 0o600))
			}
			got = strings.TrimSpace(strings.Replace(got, style, "", 1)) + "\n"
			file := filepath.Join("testdata", name+"-"+string(lang)+".html")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err, "run the test with -update")
			require.Equal(t, string(want), got)
		}
	}
}

func TestSameBytes(t *testing.T) {
	require.Equal(t, sha256.Sum256([]byte(render(t, Write, reporttest.Document(terms.RU)))), sha256.Sum256([]byte(render(t, Write, reporttest.Document(terms.RU)))))
}

// The elements of a report of hostile labels are those of any report, none has a
// handler, nothing leads out of the file, and every label is there as text.
func TestHostileLabelsAreText(t *testing.T) {
	for _, f := range []func(io.Writer, *report.Document) error{Write, Letter} {
		source := render(t, f, reporttest.Hostile())
		require.NotContains(t, source, template.HTML("ZgotmplZ"))
		var text strings.Builder
		z := html.NewTokenizer(strings.NewReader(source))
		for {
			kind := z.Next()
			if kind == html.ErrorToken {
				require.ErrorIs(t, z.Err(), io.EOF)
				break
			}
			token := z.Token()
			if kind == html.TextToken {
				text.WriteString(token.Data)
			}
			if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
				continue
			}
			require.NotContains(t, []string{"script", "img", "iframe", "a:href", "w:p", "object", "link"}, token.Data)
			for _, a := range token.Attr {
				require.False(t, strings.HasPrefix(a.Key, "on"), "%s %s", token.Data, a.Key)
				if a.Key == "href" {
					require.Regexp(t, `^#(note-\d+|part-\d+|orders)$`, a.Val)
				}
			}
		}
		if strings.Contains(source, "<svg") {
			for _, label := range hostile.Labels {
				require.Contains(t, text.String(), report.Clean(label))
			}
		}
	}
}
