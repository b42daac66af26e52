package docx

import (
	"fmt"
	"math"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/draw"
)

// head writes what stands before the first section.
func (x *writer) head() {
	d := x.d
	if d.Organisation != "" {
		x.paragraph("", `<w:jc w:val="center"/>`, run("<w:caps/>", d.Organisation))
	}
	x.paragraph("", `<w:spacing w:before="120"/>`, run("", x.lang.T("report.number-place")))
	if d.To != "" {
		x.paragraph("", `<w:ind w:left="5103"/>`, run("", d.To))
	}
	x.paragraph("Title", "", run("", d.Title))
	if d.Subject != "" {
		x.paragraph("Subtitle", "", run("", d.Subject))
	}
	facts := x.lang.T("report.as-of", report.Moment(x.lang, d.AsOf)) + "."
	if name := d.Period.Name(x.lang); name != "" {
		facts = x.lang.T("report.period", name) + ". " + facts
	}
	x.paragraph("Quiet", `<w:jc w:val="center"/>`, run("", facts))
	if d.Notice != "" {
		x.paragraph("Notice", "", run("", d.Notice))
	}
}

func (x *writer) section(s report.Section) error {
	properties := ""
	if s.NewPage {
		properties = "<w:pageBreakBefore/>"
	}
	if s.Heading != "" {
		x.paragraph("Heading1", properties, run("", s.Heading))
	}
	x.small = ""
	if s.Compact {
		x.small = "Compact"
	}
	for _, b := range s.Blocks {
		if err := x.block(b); err != nil {
			return err
		}
	}
	return nil
}

func (x *writer) block(b report.Block) error {
	switch b := b.(type) {
	case report.Paragraph:
		switch b.Weight {
		case report.Sub:
			x.paragraph("Heading2", "", run("", b.Text))
		case report.Key:
			x.paragraph(x.small, "", run("<w:b/>", b.Text)+x.refer(b.Notes))
		case report.Quiet:
			x.paragraph("Quiet", "", run("", b.Text)+x.refer(b.Notes))
		default:
			x.paragraph(x.small, `<w:jc w:val="both"/>`, run("", b.Text)+x.refer(b.Notes))
		}
	case report.List:
		for _, it := range b.Items {
			bold := ""
			if it.Weight == report.Key {
				bold = "<w:b/>"
			}
			x.paragraph(x.small, `<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:spacing w:after="40"/>`, run(bold, it.Text)+x.refer(it.Notes))
		}
	case report.Figure:
		return x.figure(b)
	case *report.Table:
		x.table(b)
	}
	return nil
}

// emu are the units of drawings in a millimetre.
const emu = 36000

// figure writes a picture that carries its description for those who do not see it.
func (x *writer) figure(b report.Figure) error {
	x.figures++
	x.paragraph("Caption", "", run("", x.lang.T("report.figure", x.figures, b.Title))+x.refer(b.Notes))
	pic := draw.Chart(b.Chart, x.lang, textWidth)
	png, err := pic.PNG(150)
	if err != nil {
		return err
	}
	x.images = append(x.images, png)
	n := len(x.images)
	w, h := int(pic.W*emu), int(pic.H*emu)
	said := escape(report.Short(b.Title+". "+b.Description, 1000))
	x.paragraph("", `<w:keepLines/><w:spacing w:after="40" w:line="240" w:lineRule="auto"/>`, fmt.Sprintf(`<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="image%d" descr="%s"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%d" name="image%d.png"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="image%d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`,
		w, h, n, n, said, n, n, n, w, h))
	if b.Description != "" {
		x.paragraph("Quiet", "", run("<w:i/>", b.Description))
	}
	return nil
}

// table writes a table whose head repeats on every page.
func (x *writer) table(t *report.Table) {
	if len(t.Columns) == 0 {
		return
	}
	if t.Title != "" {
		x.tables++
		x.paragraph("Caption", "", run("", x.lang.T("report.table", x.tables, t.Title))+x.refer(t.Notes))
	}
	wide := draw.Columns(t, x.lang, textWidth, letters)
	widths := make([]int, len(t.Columns))
	x.body.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(&x.body, `<w:%s w:val="single" w:sz="4" w:space="0" w:color="8A939C"/>`, side)
	}
	x.body.WriteString(`</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`)
	for i := range t.Columns {
		widths[i] = int(math.Round(wide[i] * mm))
		fmt.Fprintf(&x.body, `<w:gridCol w:w="%d"/>`, widths[i])
	}
	x.body.WriteString(`</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	for i, c := range t.Columns {
		x.cell(widths[i], `<w:shd w:val="clear" w:color="auto" w:fill="E4EBF3"/>`, `<w:jc w:val="center"/>`, run("<w:b/>", c.Title()))
	}
	x.body.WriteString(`</w:tr>`)
	for _, r := range t.Rows {
		x.row(t, widths, r, "")
	}
	if t.Total != "" {
		cells := make([]report.Cell, len(t.Columns))
		for i, c := range t.Columns {
			if i == 0 {
				cells[i] = report.T(t.Total)
			} else if c.Sum {
				cells[i] = report.N(t.Sum(i), "")
			}
		}
		x.row(t, widths, cells, "<w:b/>")
	}
	x.body.WriteString(`</w:tbl>`)
	x.paragraph("", `<w:spacing w:after="60" w:line="120" w:lineRule="exact"/>`, "")
}

// letters are the sizes of the style Cell and of intervals, and the margins of cells.
var letters = draw.Letters{Size: 9, Small: 7, Pad: 1.15}

func (x *writer) row(t *report.Table, widths []int, cells []report.Cell, style string) {
	x.body.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
	for i, c := range t.Columns {
		cell := cells[i]
		text, interval := c.Cell(x.lang, cell)
		side := "left"
		if cell.Kind == report.Number || cell.Kind == report.Date || cell.Kind == report.Missing && c.Unit != "" {
			side = "right"
		}
		letters := style
		switch cell.Mark {
		case report.Bad:
			letters = `<w:b/><w:color w:val="B3261E"/>`
		case report.Doubtful:
			letters = `<w:b/><w:color w:val="8A5300"/>`
		case report.Good:
			letters = `<w:b/><w:color w:val="256B29"/>`
		}
		runs := run(letters, text)
		if interval != "" {
			runs += `<w:r><w:br/></w:r>` + run(`<w:color w:val="59636E"/><w:sz w:val="14"/><w:szCs w:val="14"/>`, interval)
		}
		x.cell(widths[i], "", `<w:jc w:val="`+side+`"/>`, runs)
	}
	x.body.WriteString(`</w:tr>`)
}

func (x *writer) cell(width int, properties, paragraph, runs string) {
	fmt.Fprintf(&x.body, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s</w:tcPr><w:p><w:pPr><w:pStyle w:val="Cell"/>%s</w:pPr>%s</w:p></w:tc>`, width, properties, paragraph, runs)
}

// orders writes the closing table of draft instructions.
func (x *writer) orders() {
	t := x.d.OrdersTable()
	if t == nil {
		return
	}
	x.paragraph("Heading1", "", run("", t.Title))
	t.Title = ""
	x.table(t)
}

// signature writes the signature block and the performer, who stands at the end on
// the left, after GOST R 7.0.97-2016, 5.22 and 5.25.
func (x *writer) signature() {
	d := x.d
	name := d.Signatory.Name
	if name == "" {
		name = "________________"
	}
	x.body.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="4252"/><w:gridCol w:w="2551"/><w:gridCol w:w="2835"/></w:tblGrid>`)
	line := func(a, b, c, letters string) {
		x.body.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for i, text := range []string{a, b, c} {
			x.cell([]int{4252, 2551, 2835}[i], `<w:vAlign w:val="bottom"/>`, []string{`<w:keepNext/><w:jc w:val="left"/>`, `<w:keepNext/><w:jc w:val="center"/>`, `<w:keepNext/><w:jc w:val="right"/>`}[i], run(letters, text))
		}
		x.body.WriteString(`</w:tr>`)
	}
	line("", "", "", "")
	line(d.Signatory.Post, "_______________", name, `<w:sz w:val="26"/><w:szCs w:val="26"/>`)
	line("", x.lang.T("report.signature"), x.lang.T("report.initials"), `<w:color w:val="59636E"/><w:sz w:val="16"/><w:szCs w:val="16"/>`)
	x.body.WriteString(`</w:tbl>`)
	x.paragraph("", `<w:spacing w:before="200" w:after="0"/>`, "")
	for _, l := range d.Closing() {
		x.paragraph("", `<w:spacing w:after="0"/>`, run(`<w:sz w:val="20"/><w:szCs w:val="20"/>`, l))
	}
}
