package docx

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/hostile"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/reporttest"
	"github.com/uprava/uprava/dashboards/terms"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func write(t *testing.T, d *report.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Write(&b, d))
	return b.Bytes()
}

// opened are the parts of a file by name.
func opened(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NotContains(t, out, f.Name, "a part stands twice")
		out[f.Name] = string(text)
	}
	return out
}

// text returns the words of a part, a line for every paragraph, and fails where it is
// not well-formed.
func text(t *testing.T, part string) string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(part))
	var b strings.Builder
	style, inText := "", false
	for {
		token, err := d.Token()
		if err == io.EOF {
			return b.String()
		}
		require.NoError(t, err)
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "p":
				style = ""
			case "pStyle":
				style = e.Attr[0].Value
				if strings.HasPrefix(style, "Heading") || style == "Title" {
					b.WriteString("# ")
				}
			case "t":
				inText = true
			case "br":
				b.WriteString(" | ")
			case "footnoteReference":
				b.WriteString("[^" + e.Attr[0].Value + "]")
			case "drawing":
				b.WriteString("(picture)")
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "p":
				b.WriteString("\n")
			case "t":
				inText = false
			}
		case xml.CharData:
			if inText {
				b.Write(e)
			}
		}
	}
}

// Every part is well-formed, has a content type, and every relation leads to a part.
func TestPackageHangsTogether(t *testing.T) {
	for name, d := range map[string]*report.Document{"sample": reporttest.Document(terms.RU), "hostile": reporttest.Hostile(), "empty": {Lang: terms.EN}} {
		t.Run(name, func(t *testing.T) {
			parts := opened(t, write(t, d))
			var types struct {
				Default []struct {
					Extension string `xml:",attr"`
				}
				Override []struct {
					PartName    string `xml:",attr"`
					ContentType string `xml:",attr"`
				}
			}
			require.NoError(t, xml.Unmarshal([]byte(parts["[Content_Types].xml"]), &types))
			typed := map[string]bool{}
			for _, o := range types.Override {
				require.Contains(t, parts, strings.TrimPrefix(o.PartName, "/"))
				typed[strings.TrimPrefix(o.PartName, "/")] = true
			}
			for name, part := range parts {
				if strings.HasSuffix(name, ".png") {
					require.True(t, strings.HasPrefix(part, "\x89PNG"))
					continue
				}
				text(t, part)
				if strings.HasPrefix(name, "word/") && !strings.Contains(name, "_rels") {
					require.True(t, typed[name], "%s has no content type", name)
				}
			}
			for rels, base := range map[string]string{"_rels/.rels": "", "word/_rels/document.xml.rels": "word"} {
				var parsed struct {
					Relationship []struct {
						Target     string `xml:"Target,attr"`
						TargetMode string `xml:"TargetMode,attr"`
					}
				}
				require.NoError(t, xml.Unmarshal([]byte(parts[rels]), &parsed))
				require.NotEmpty(t, parsed.Relationship)
				for _, r := range parsed.Relationship {
					require.Empty(t, r.TargetMode, "%s leads outside of the file", r.Target)
					require.Contains(t, parts, path.Join(base, r.Target))
				}
			}
		})
	}
}

func TestLayoutOfTheStandard(t *testing.T) {
	parts := opened(t, write(t, reporttest.Document(terms.RU)))
	doc := parts["word/document.xml"]
	require.Contains(t, doc, `w:top="1134" w:right="567" w:bottom="1134" w:left="1701"`, "20, 10, 20, 30 mm")
	require.Contains(t, doc, `<w:tblHeader/>`)
	require.Contains(t, doc, "_______________ № _______________")
	require.Contains(t, doc, "тел. +7 000 000-00-00")
	require.Contains(t, doc, `descr="Ход по месяцам. Среднее по месяцам с интервалом."`)
	require.Contains(t, parts["word/styles.xml"], `<w:name w:val="heading 1"/>`)
	require.Contains(t, parts["docProps/core.xml"], "<dc:language>ru</dc:language>")
}

func TestSameBytes(t *testing.T) {
	require.Equal(t, sha256.Sum256(write(t, reporttest.Document(terms.EN))), sha256.Sum256(write(t, reporttest.Document(terms.EN))))
}

func TestText(t *testing.T) {
	for _, lang := range []terms.Lang{terms.RU, terms.EN} {
		data := write(t, reporttest.Document(lang))
		if dir := os.Getenv("UPRAVA_REPORTS"); dir != "" {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "sample-"+string(lang)+".docx"), data, 0o600))
		}
		parts := opened(t, data)
		got := text(t, parts["word/document.xml"]) + "----\n" + text(t, parts["word/footnotes.xml"])
		name := filepath.Join("testdata", "sample-"+string(lang)+".txt")
		if *update {
			require.NoError(t, os.MkdirAll("testdata", 0o755))
			require.NoError(t, os.WriteFile(name, []byte(got), 0o644))
		}
		want, err := os.ReadFile(name)
		require.NoError(t, err, "run the test with -update")
		require.Equal(t, string(want), got)
	}
}

func TestHostileLabelsAreText(t *testing.T) {
	data := write(t, reporttest.Hostile())
	if dir := os.Getenv("UPRAVA_REPORTS"); dir != "" {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "hostile.docx"), data, 0o600))
	}
	got := text(t, opened(t, data)["word/document.xml"])
	for _, label := range hostile.Labels {
		require.Contains(t, got, report.Clean(label))
	}
}
