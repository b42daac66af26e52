package pdf

import (
	"slices"

	"codeberg.org/go-pdf/fpdf"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/draw"
)

func points(list []draw.Point, x, y float64) []fpdf.PointType {
	out := make([]fpdf.PointType, len(list))
	for i, q := range list {
		out[i] = fpdf.PointType{X: x + q.X, Y: y + q.Y}
	}
	return out
}

// keepTable is up to what height a table stands on one page.
const keepTable = (bottom - top) / 2

const pad = 1.2 // between a cell's text and its edge

// written is a cell broken into lines; small says which are in small letters.
type written struct {
	lines []string
	small int // the last so many
	right bool
	style string
	ink   draw.Colour
}

// table draws a table over pages; its head stands on each of them.
func (p *writer) table(t *report.Table) {
	if len(t.Columns) == 0 {
		return
	}
	p.flush()
	widths := draw.Columns(t, p.lang, width, p.letters())
	head := make([]written, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = written{lines: draw.Wrap(c.Title(), p.tableSize(), true, widths[i]-2*pad), right: i > 0 && (c.Unit != "" || isDate(t, i)), style: "B", ink: draw.White}
	}
	var rows [][]written
	for _, r := range t.Rows {
		row := make([]written, len(t.Columns))
		for i, c := range t.Columns {
			row[i] = p.cell(c, r[i], widths[i])
		}
		rows = append(rows, row)
	}
	if t.Total != "" {
		row := make([]written, len(t.Columns))
		for i, c := range t.Columns {
			cell := report.T("")
			if i == 0 {
				cell = report.T(t.Total)
			} else if c.Sum {
				cell = report.N(t.Sum(i), "")
			}
			row[i] = p.cell(c, cell, widths[i])
			row[i].style = "B"
		}
		rows = append(rows, row)
	}
	first := p.height(head)
	for _, row := range rows[:min(3, len(rows))] {
		first += min(p.height(row), 40)
	}
	whole := lead(9.5) + 3 + p.height(head)
	for _, row := range rows {
		whole += p.height(row)
	}
	if whole > keepTable {
		whole = lead(9.5) + 2 + first
	}
	p.need(whole)
	p.y++
	if t.Title != "" {
		p.tables++
		p.paragraph(left, width, p.lang.T("report.table", p.tables, t.Title)+p.notes(t.Notes), 9.5, "B", draw.Ink)
		p.y++
	}
	p.row(head, widths, draw.Main, 0, len(head))
	for k, row := range rows {
		fill := draw.White
		if k%2 == 1 {
			fill = 0xf4f6f9
		}
		p.long(row, head, widths, fill)
	}
	p.y++
	p.flush()
	p.y++
}

// letters are the sizes of the letters of tables, which follow those of the section.
func (p *writer) letters() draw.Letters {
	size := p.tableSize()
	return draw.Letters{Size: size, Small: size - 1.5, Pad: pad}
}

func (p *writer) tableSize() float64 { return tableAt * min(1, p.body/usual) }

// isDate reports whether a column holds dates.
func isDate(t *report.Table, column int) bool {
	return slices.ContainsFunc(t.Rows, func(r []report.Cell) bool { return r[column].Kind == report.Date })
}

func (p *writer) cell(c report.Column, cell report.Cell, w float64) written {
	text, interval := c.Cell(p.lang, cell)
	out := written{right: cell.Kind == report.Number || cell.Kind == report.Date || cell.Kind == report.Missing && c.Unit != "", ink: draw.Ink}
	switch cell.Mark {
	case report.Bad:
		out.style, out.ink = "B", draw.Red
	case report.Doubtful:
		out.style, out.ink = "B", draw.Amber
	case report.Good:
		out.style, out.ink = "B", draw.Green
	}
	out.lines = draw.Wrap(text, p.tableSize(), out.style == "B", w-2*pad)
	if interval != "" {
		small := draw.Wrap(interval, p.tableSize()-1.5, false, w-2*pad)
		out.small = len(small)
		out.lines = append(out.lines, small...)
	}
	return out
}

func (p *writer) height(row []written) float64 {
	most := 1
	for _, c := range row {
		most = max(most, len(c.lines))
	}
	return float64(most)*lead(p.tableSize()) + 1.6
}

// long draws a row, in parts where it is higher than a page.
func (p *writer) long(row, head []written, widths []float64, fill draw.Colour) {
	again := func() {
		p.page()
		p.row(head, widths, draw.Main, 0, 1<<30)
	}
	if h := p.height(row); p.y+h > bottom && h < (bottom-top)/2 {
		again()
	}
	most := 0
	for _, c := range row {
		most = max(most, len(c.lines))
	}
	for from := 0; from == 0 || from < most; {
		fit := int((bottom - p.y - 1.6) / lead(p.tableSize()))
		if fit < 1 {
			again()
			continue
		}
		p.row(row, widths, fill, from, from+fit)
		from += fit
	}
}

// row draws the lines from…to of the cells of a row.
func (p *writer) row(row []written, widths []float64, fill draw.Colour, from, to int) {
	most := 1
	for _, c := range row {
		most = max(most, min(to, len(c.lines))-from)
	}
	h := float64(most)*lead(p.tableSize()) + 1.6
	p.box(left, p.y, width, h, fill)
	x := left
	for i, c := range row {
		for k := from; k < min(to, len(c.lines)); k++ {
			size, style, ink := p.tableSize(), c.style, c.ink
			if k >= len(c.lines)-c.small {
				size, style, ink = p.tableSize()-1.5, "", draw.Muted
			}
			at := x + pad
			if c.right {
				at = x + widths[i] - pad - draw.Width(shown(c.lines[k]), size, style == "B")
			}
			p.text(at, p.y+0.8+float64(k-from)*lead(p.tableSize())+0.76*lead(p.tableSize()), c.lines[k], size, style, ink)
		}
		x += widths[i]
	}
	p.y += h
	p.line(left, p.y, left+width, p.y, 0.15, draw.Grid)
}
