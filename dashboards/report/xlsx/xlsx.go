package xlsx

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
)

// missing stands in the name of a style in place of a format.
const missing = "missing"

// longTable is the number of rows from which a table has a sheet of its own also where
// it stands beside pictures; elsewhere every table has one.
const longTable = 15

type writer struct {
	f       *excelize.File
	d       *report.Document
	lang    terms.Lang
	sheets  map[string]bool // by lower-case name
	styles  map[string]int
	numbers report.Numbering
	err     error
	summary int // next row of the summary
	figures int
	tables  int
	bare    bool // cells without a number are left empty, as charts want it
	widest  int  // column of the sheet at hand
}

// Write writes the document as XLSX.
func Write(w io.Writer, d *report.Document) error {
	f := excelize.NewFile()
	defer f.Close()
	x := &writer{f: f, d: d, lang: d.Lang, sheets: map[string]bool{}, styles: map[string]int{}}
	name := x.sheetName(x.lang.T("report.sheet.summary"))
	x.check(f.SetSheetName("Sheet1", name))
	x.check(f.SetDefaultFont("Liberation Sans"))
	title := report.Clean(d.Title)
	if d.Subject != "" {
		title += ". " + report.Clean(d.Subject)
	}
	at := d.AsOf.UTC().Format(time.RFC3339)
	x.check(f.SetDocProps(&excelize.DocProperties{Title: report.Short(title, 250), Creator: report.Short(d.Organisation, 250), Created: at, Modified: at, Language: string(d.Lang), LastModifiedBy: "Uprava"}))
	x.head(name)
	for _, s := range d.Sections {
		x.section(name, s)
	}
	if t := d.OrdersTable(); t != nil {
		s := x.sheet(x.lang.T("report.sheet.orders"))
		x.text(s, 1, 1, t.Title, "title")
		x.tableAlone(s, t, 2)
	}
	x.row(name, "", "")
	for _, l := range append([]string{d.Signatory.Post + " _______________ " + d.Signatory.Name}, d.Closing()...) {
		x.row(name, l, "")
	}
	x.page(name, 1, x.summary)
	if x.err != nil {
		return fmt.Errorf("writing the XLSX: %w", x.err)
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		return fmt.Errorf("writing the XLSX: %w", err)
	}
	if err := pack(w, b.Bytes(), d.AsOf.UTC()); err != nil {
		return fmt.Errorf("writing the XLSX: %w", err)
	}
	return nil
}

// check keeps the first error.
func (x *writer) check(err error) {
	if x.err == nil {
		x.err = err
	}
}

// sheetName returns a name that Excel takes and no sheet has yet.
func (x *writer) sheetName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) || r > 0xffff || r == utf8.RuneError {
			return ' '
		}
		return r
	}, report.Clean(name))
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		name = "—"
	}
	base := strings.TrimSpace(string([]rune(name)[:min(31, utf8.RuneCountInString(name))]))
	for n := 2; x.sheets[strings.ToLower(base)]; n++ {
		tail := fmt.Sprintf(" (%d)", n)
		base = strings.TrimSpace(string([]rune(name)[:min(31-len(tail), utf8.RuneCountInString(name))])) + tail
	}
	x.sheets[strings.ToLower(base)] = true
	return base
}

func (x *writer) sheet(name string) string {
	name = x.sheetName(name)
	_, err := x.f.NewSheet(name)
	x.check(err)
	return name
}

// style returns the style of a name, made when it is first asked for.
func (x *writer) style(name string) int {
	if id, ok := x.styles[name]; ok {
		return id
	}
	s := &excelize.Style{Font: &excelize.Font{Family: "Liberation Sans", Size: 10}, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}
	kind, rest, _ := strings.Cut(name, ":")
	switch kind {
	case "title":
		s.Font.Bold, s.Font.Size, s.Font.Color, s.Alignment.WrapText = true, 14, "1F5A96", false
	case "heading":
		s.Font.Bold, s.Font.Size, s.Font.Color, s.Alignment.WrapText = true, 11, "1F5A96", false
	case "bold":
		s.Font.Bold = true
	case "quiet":
		s.Font.Color = "59636E"
	case "notice":
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFF3D6"}}
	case "head":
		s.Font.Bold, s.Font.Color = true, "FFFFFF"
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F5A96"}}
		s.Alignment.Horizontal, s.Alignment.Vertical = "center", "center"
	case "cell":
		mark, format, _ := strings.Cut(rest, ":")
		if format == missing {
			s.Alignment.Horizontal, format = "right", ""
		}
		for _, side := range []string{"left", "top", "right", "bottom"} {
			s.Border = append(s.Border, excelize.Border{Type: side, Style: 1, Color: "C6CCD3"})
		}
		if format != "" {
			s.CustomNumFmt = &format
		}
		switch mark {
		case "1":
			s.Font.Bold, s.Font.Color = true, "B3261E"
		case "2":
			s.Font.Bold, s.Font.Color = true, "8A5300"
		case "3":
			s.Font.Bold, s.Font.Color = true, "256B29"
		case "total":
			s.Font.Bold = true
		}
	}
	id, err := x.f.NewStyle(s)
	x.check(err)
	x.styles[name] = id
	return id
}

func at(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(err) // columns and rows are counted from 1
	}
	return name
}

// longest is how many characters a cell of a workbook may hold.
const longest = 32000

// text writes a string, never a formula.
func (x *writer) text(sheet string, column, row int, s, style string) {
	if s != "" {
		x.check(x.f.SetCellStr(sheet, at(column, row), report.Short(s, longest)))
	}
	x.check(x.f.SetCellStyle(sheet, at(column, row), at(column, row), x.style(style)))
}

// row adds a line to the summary.
func (x *writer) row(sheet, s, style string) {
	x.summary++
	if s == "" {
		return
	}
	if style == "" {
		style = "plain"
	}
	x.text(sheet, 1, x.summary, s, style)
	lines := 1
	for _, size := range []int{utf8.RuneCountInString(s)} {
		lines = max(lines, (size+82)/83)
	}
	if style != "title" && style != "heading" {
		x.check(x.f.SetRowHeight(sheet, x.summary, min(400, 13.5*float64(lines))))
	}
}

// head writes what stands before the first section.
func (x *writer) head(sheet string) {
	d := x.d
	x.check(x.f.SetColWidth(sheet, "A", "A", 84))
	x.row(sheet, d.Organisation, "quiet")
	x.row(sheet, d.Title, "title")
	x.row(sheet, d.Subject, "heading")
	if name := d.Period.Name(x.lang); name != "" {
		x.row(sheet, x.lang.T("report.period", name), "")
	}
	x.row(sheet, x.lang.T("report.as-of", report.Moment(x.lang, d.AsOf)), "")
	if d.To != "" {
		x.row(sheet, x.lang.T("report.to", d.To), "")
	}
	if d.Notice != "" {
		x.row(sheet, d.Notice, "notice")
	}
}

// section writes the words of a section to the summary and its tables and figures to
// a sheet of its own.
func (x *writer) section(summary string, s report.Section) {
	if s.Heading != "" {
		x.row(summary, "", "")
		x.row(summary, s.Heading, "heading")
	}
	own, next := "", 3
	open := func() {
		if own == "" {
			own, x.widest = x.sheet(s.Heading), 0
			x.text(own, 1, 1, s.Heading, "title")
		}
	}
	drawn := slices.ContainsFunc(s.Blocks, func(b report.Block) bool { _, ok := b.(report.Figure); return ok })
	for _, b := range s.Blocks {
		switch b := b.(type) {
		case report.Paragraph:
			x.said(summary, "", b)
		case report.List:
			for _, it := range b.Items {
				x.said(summary, "– ", it)
			}
		case *report.Table:
			if len(b.Columns) == 0 {
				continue
			}
			x.tables++
			title := x.lang.T("report.table", x.tables, b.Title)
			if len(b.Rows) > longTable || !drawn {
				sheet := x.sheet(b.Title)
				x.text(sheet, 1, 1, title, "title")
				x.tableAlone(sheet, b, 2)
				continue
			}
			open()
			x.text(own, 1, next, title, "heading")
			next = x.table(own, b, next+1) + 1
		case report.Figure:
			open()
			next = x.figure(own, b, next) + 1
		}
	}
	if own != "" {
		x.page(own, max(8, x.widest), next)
	}
}

// said writes a paragraph to the summary, and its notes below it.
func (x *writer) said(sheet, before string, p report.Paragraph) {
	style := map[report.Weight]string{report.Key: "bold", report.Quiet: "quiet", report.Sub: "heading"}[p.Weight]
	x.row(sheet, before+p.Text, style)
	x.footnotes(p.Notes, func(s string) { x.row(sheet, s, "quiet") })
}

func (x *writer) footnotes(list []report.Footnote, write func(string)) {
	for i, n := range x.numbers.Add(list) {
		write(fmt.Sprintf("[%d] %s", n, list[i].In(x.lang)))
	}
}

// page sets a sheet up for print: A4, as wide as the paper, with a print area.
func (x *writer) page(sheet string, columns, rows int) {
	orientation := "landscape"
	if columns == 1 {
		orientation = "portrait"
	}
	a4, wide, tall, yes := 9, 1, 0, true
	x.check(x.f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &yes}))
	x.check(x.f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &tall}))
	left, right, top, bottom := 0.5, 0.4, 0.5, 0.6 // inches
	x.check(x.f.SetPageMargins(sheet, &excelize.PageLayoutMarginsOptions{Left: &left, Right: &right, Top: &top, Bottom: &bottom}))
	x.check(x.f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L" + strings.ReplaceAll(report.Short(x.d.Notice, 180), "&", "&&") + "&R&P / &N"}))
	last := at(columns, max(1, rows))
	x.check(x.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", Scope: sheet, RefersTo: fmt.Sprintf("'%s'!$A$1:%s", sheet, absolute(last))}))
}

// absolute writes a cell such as C7 as $C$7.
func absolute(cell string) string {
	i := strings.IndexAny(cell, "0123456789")
	return "$" + cell[:i] + "$" + cell[i:]
}

// format is the number format of a column.
func format(c report.Column) string {
	digits := ""
	if c.Digits > 0 {
		digits = "." + strings.Repeat("0", c.Digits)
	}
	if c.Unit == measure.Share {
		return "0" + digits + "%"
	}
	if c.Signed || c.Deviation != nil {
		return "+#,##0" + digits + ";-#,##0" + digits + ";0" + digits
	}
	return "#,##0" + digits
}
