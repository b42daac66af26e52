package pdf

import (
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/draw"
)

// orders writes the closing table of draft instructions.
func (p *writer) orders() {
	t := p.d.OrdersTable()
	if t == nil {
		return
	}
	if h := 15 + p.tableHeight(t) + signatureHeight; p.y+h > bottom && h <= bottom-top {
		p.page() // so that the signature never stands on a page alone
	}
	p.heading(t.Title, 12.5, 0, []report.Block{t})
	t.Title = ""
	p.table(t)
}

// signatureHeight is the room of what follows the orders.
const signatureHeight = 52

// tableHeight is how high a table is on a page without end.
func (p *writer) tableHeight(t *report.Table) float64 {
	widths := draw.Columns(t, p.lang, width, p.letters())
	total := 12.0
	for _, r := range t.Rows {
		row := make([]written, len(t.Columns))
		for i, c := range t.Columns {
			row[i] = p.cell(c, r[i], widths[i])
		}
		total += p.height(row)
	}
	return total
}

// signature writes who signs and who made the report; what is not known is left to be
// written by hand.
func (p *writer) signature() {
	p.need(34)
	p.y += 12
	post := draw.Wrap(report.Clean(p.d.Signatory.Post), usual, false, 70)
	for i, l := range post {
		p.text(left, p.y-lead(usual)*float64(len(post)-1-i), l, usual, "", draw.Ink)
	}
	x := left + 80
	p.line(x, p.y+0.6, x+40, p.y+0.6, 0.2, draw.Ink)
	caption := p.lang.T("report.signature")
	p.text(x+20-draw.Width(caption, 7, false)/2, p.y+3.6, caption, 7, "", draw.Muted)
	x += 46
	if name := p.d.Signatory.Name; name != "" {
		p.text(x, p.y, draw.Fit(report.Clean(name), usual, false, pageWidth-right-x), usual, "", draw.Ink)
	} else {
		p.line(x, p.y+0.6, pageWidth-right, p.y+0.6, 0.2, draw.Ink)
		caption := p.lang.T("report.initials")
		p.text((x+pageWidth-right)/2-draw.Width(caption, 7, false)/2, p.y+3.6, caption, 7, "", draw.Muted)
	}
	p.y += 9
	p.paragraph(left, width, p.lang.T("report.date-number")+": "+p.lang.T("report.number-place"), 9, "", draw.Ink)
	p.y += 3
	for _, l := range p.d.Closing() {
		p.paragraph(left, width, l, 8, "", draw.Muted)
	}
}
