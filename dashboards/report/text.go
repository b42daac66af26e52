package report

import (
	"strings"

	"github.com/uprava/uprava/dashboards/terms"
)

// Plain writes the head and the first section of a document as plain text, for the
// body of a mail; pictures are left out.
func (d *Document) Plain() string {
	var b strings.Builder
	line := func(s string) {
		if s = Clean(s); s != "" {
			b.WriteString(s + "\n")
		}
	}
	line(d.Organisation)
	line(d.Title)
	line(d.Subject)
	if name := d.Period.Name(d.Lang); name != "" {
		line(d.Lang.T("report.period", name))
	}
	line(d.Lang.T("report.as-of", Moment(d.Lang, d.AsOf)))
	line(d.Notice)
	if len(d.Sections) == 0 {
		return b.String()
	}
	s := d.Sections[0]
	b.WriteString("\n")
	line(s.Heading)
	for _, block := range s.Blocks {
		switch block := block.(type) {
		case Paragraph:
			b.WriteString("\n")
			line(block.Text)
		case List:
			for _, it := range block.Items {
				line("- " + it.Text)
			}
		case *Table:
			b.WriteString("\n")
			line(block.Title)
			for _, r := range block.Rows {
				line("- " + block.sentence(d.Lang, r))
			}
		}
	}
	return b.String()
}

// sentence writes a row as "head: cell; head: cell".
func (t *Table) sentence(lang terms.Lang, r []Cell) string {
	var parts []string
	for i, c := range t.Columns {
		text, small := c.Cell(lang, r[i])
		if text == "" {
			continue
		}
		if small != "" {
			text += " (" + small + ")"
		}
		if i == 0 {
			parts = append(parts, text)
		} else {
			parts = append(parts, c.Title()+": "+text)
		}
	}
	return strings.Join(parts, "; ")
}
