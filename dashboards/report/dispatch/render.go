package dispatch

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/docx"
	"github.com/uprava/uprava/dashboards/report/html"
	"github.com/uprava/uprava/dashboards/report/pdf"
	"github.com/uprava/uprava/dashboards/report/schedule"
	"github.com/uprava/uprava/dashboards/report/xlsx"
)

type format struct {
	media string
	write func(io.Writer, *report.Document) error
}

var formats = map[string]format{
	"pdf":  {"application/pdf", pdf.Write},
	"docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx.Write},
	"xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx.Write},
	"html": {"text/html; charset=utf-8", html.Write},
}

// MediaType is the type of the files of a format, "" for an unknown one.
func MediaType(name string) string { return formats[name].media }

// Render draws a document in a format.
func Render(name string, d *report.Document) ([]byte, error) {
	f, ok := formats[name]
	if !ok {
		return nil, fmt.Errorf("format %q: wanted one of %s", name, strings.Join(schedule.Formats, ", "))
	}
	var b bytes.Buffer
	if err := f.write(&b, d); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Formats are the formats that a report can have.
func Formats() []string { return slices.Clone(schedule.Formats) }

// FileName is the name of the file of a report, "uprava-executive-2019-Q4.pdf".
func FileName(of string, p report.Period, format string) string {
	var b strings.Builder
	for _, r := range of {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else if s := b.String(); s != "" && !strings.HasSuffix(s, "-") {
			b.WriteByte('-')
		}
	}
	name := strings.Trim(report.Short(b.String(), 40), "-…")
	if name == "" {
		name = "report"
	}
	return strings.Trim("uprava-"+name+"-"+p.String(), "-") + "." + format
}
