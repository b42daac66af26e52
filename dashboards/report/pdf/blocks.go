package pdf

import (
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/draw"
)

func (p *writer) block(b report.Block) {
	switch b := b.(type) {
	case report.Paragraph:
		p.plain(left, width, b)
	case report.List:
		for _, it := range b.Items {
			p.need(2 * lead(p.body))
			p.text(left+1, p.y+0.72*lead(p.body), "•", p.body, "", draw.Main)
			p.plain(left+5, width-5, it)
		}
	case report.Figure:
		p.figure(b)
	case *report.Table:
		p.table(b)
	}
}

func (p *writer) plain(x, w float64, b report.Paragraph) {
	size, style, colour := p.body, "", draw.Ink
	switch b.Weight {
	case report.Key:
		style = "B"
	case report.Quiet:
		size, colour = min(9, p.body), draw.Muted
	}
	p.paragraph(x, w, b.Text+p.notes(b.Notes), size, style, colour)
	p.y += 0.11 * p.body * p.body / usual
}

// figure draws a picture with its title above and its description below it.
func (p *writer) figure(b report.Figure) {
	p.flush()
	pic := draw.Lower(b.Chart, p.lang, width, p.low)
	said := draw.Wrap(report.Clean(b.Description), p.note()+0.4, false, width)
	p.need(lead(9.5) + pic.H + 2 + float64(len(said))*lead(p.note()+0.4))
	p.y++
	p.figures++
	p.paragraph(left, width, p.lang.T("report.figure", p.figures, b.Title)+p.notes(b.Notes), 9.5, "B", draw.Ink)
	p.y++
	p.picture(pic, left, p.y)
	p.y += pic.H + 1
	if b.Description != "" {
		p.paragraph(left, width, b.Description, p.note()+0.4, "I", draw.Muted)
	}
	p.flush()
	p.y++
}

// picture draws the items of a picture as vectors.
func (p *writer) picture(pic draw.Picture, x, y float64) {
	if p.dry {
		return
	}
	for _, it := range pic.Items {
		switch it := it.(type) {
		case draw.Line:
			r, g, b := it.Colour.RGB()
			p.f.SetDrawColor(int(r), int(g), int(b))
			p.f.SetLineWidth(it.Width)
			if it.Dashed {
				p.f.SetDashPattern([]float64{1.6, 1.2}, 0)
			}
			for i := 1; i < len(it.Points); i++ {
				p.f.Line(x+it.Points[i-1].X, y+it.Points[i-1].Y, x+it.Points[i].X, y+it.Points[i].Y)
			}
			if it.Dashed {
				p.f.SetDashPattern(nil, 0)
			}
		case draw.Area:
			r, g, b := it.Colour.RGB()
			p.f.SetFillColor(int(r), int(g), int(b))
			p.f.Polygon(points(it.Points, x, y), "F")
		case draw.Dot:
			r, g, b := it.Colour.RGB()
			p.f.SetDrawColor(int(r), int(g), int(b))
			p.f.SetFillColor(int(r), int(g), int(b))
			if it.Hollow {
				p.f.SetFillColor(255, 255, 255)
			}
			p.f.SetLineWidth(0.4)
			p.f.Circle(x+it.At.X, y+it.At.Y, it.Radius, "FD")
		case draw.Text:
			style := ""
			if it.Bold {
				style = "B"
			}
			at := x + it.At.X
			switch w := draw.Width(shown(it.Text), it.Size, it.Bold); it.Anchor {
			case draw.Middle:
				at -= w / 2
			case draw.End:
				at -= w
			}
			p.text(at, y+it.At.Y, it.Text, it.Size, style, it.Colour)
		}
	}
}
