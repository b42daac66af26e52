package pdf

import (
	"fmt"
	"io"
	"strings"

	"codeberg.org/go-fonts/liberation/liberationsansitalic"
	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/text/unicode/bidi"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/draw"
	"github.com/uprava/uprava/dashboards/terms"
)

// Millimetres of the page.
const (
	left, right = 22.0, 13.0
	top, foot   = 16.0, 18.0
	pageWidth   = 210.0
	pageHeight  = 297.0
	width       = pageWidth - left - right
	bottom      = pageHeight - foot
)

// Sizes of letters, in points.
const (
	usual   = 10.0
	tableAt = 8.5
	note    = 7.8
)

// family is the name of the font inside of the file.
const family = "sans"

// pages stands for the number of pages until it is known.
const pages = "{nb}"

type writer struct {
	f       *fpdf.Fpdf
	dry     bool    // nothing is drawn: it is tried how much room it takes
	pages   int     // begun
	low     float64 // how high pictures are against what is usual
	body    float64 // size of letters of the section at hand
	d       *report.Document
	lang    terms.Lang
	y       float64
	numbers report.Numbering
	pending []string // notes of the section so far
	figures int
	tables  int
}

// Write writes the document as PDF.
func Write(w io.Writer, d *report.Document) error {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(d.AsOf.UTC())
	f.SetModificationDate(d.AsOf.UTC())
	f.SetLang(string(d.Lang))
	f.SetTitle(report.Clean(title(d)), true)
	f.SetAuthor(report.Clean(d.Organisation), true)
	f.SetProducer(report.Clean(d.Program), true)
	f.AddUTF8FontFromBytes(family, "", draw.Regular)
	f.AddUTF8FontFromBytes(family, "B", draw.Bold)
	f.AddUTF8FontFromBytes(family, "I", liberationsansitalic.TTF)
	f.SetMargins(left, top, right)
	f.SetAutoPageBreak(false, 0)
	f.SetCellMargin(0)
	f.AliasNbPages(pages)
	p := &writer{f: f, body: usual, low: 1, d: d, lang: d.Lang}
	f.SetFooterFunc(p.footer)
	p.page()
	p.head()
	for _, s := range d.Sections {
		p.section(s)
	}
	p.fitClosing()
	p.orders()
	p.body = usual
	p.signature()
	if err := f.Output(w); err != nil {
		return fmt.Errorf("writing the PDF: %w", err)
	}
	return nil
}

func title(d *report.Document) string {
	if d.Subject == "" {
		return d.Title
	}
	return d.Title + ". " + d.Subject
}

func (p *writer) page() {
	if !p.dry {
		p.f.AddPage()
	}
	p.pages++
	p.y = top
}

// note is the size of the letters of notes.
func (p *writer) note() float64 { return note * min(1, p.body/usual+0.1) }

// need begins a page where so much does not fit any more, and reports whether it did.
func (p *writer) need(h float64) bool {
	if p.y+h <= bottom || p.y <= top {
		return false
	}
	p.page()
	return true
}

func (p *writer) footer() {
	y := pageHeight - foot + 5
	p.line(left, y-2.5, pageWidth-right, y-2.5, 0.15, draw.Grid)
	said := title(p.d)
	if p.d.Notice != "" {
		said = p.d.Notice
	}
	number := p.lang.T("report.page", p.f.PageNo(), pages)
	lines := draw.Wrap(report.Clean(said), 7, false, width-30)
	for i, l := range lines[:min(2, len(lines))] {
		p.text(left, y+1+3*float64(i), l, 7, "", draw.Muted)
	}
	p.f.SetFont(family, "", 8)
	p.colour(draw.Muted)
	wide := draw.Width(p.lang.T("report.page", p.f.PageNo(), "00"), 8, false)
	p.f.Text(pageWidth-right-wide, y+1, number)
}

func (p *writer) colour(c draw.Colour) {
	r, g, b := c.RGB()
	p.f.SetTextColor(int(r), int(g), int(b))
}

// shown is a line as the font can show it: characters that it lacks become boxes, and
// text from right to left stands as it is read.
func shown(s string) string {
	rtl := false
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u00ad', r == '\u200c', r == '\u200d', r == '\ufe0f':
			return -1
		case r > 0xffff:
			return '□'
		}
		if _, raised := draw.Raised(r); !raised && !draw.Has(r) {
			return '□'
		}
		if c, _ := bidi.LookupRune(r); c.Class() == bidi.R || c.Class() == bidi.AL {
			rtl = true
		}
		return r
	}, s)
	if !rtl {
		return s
	}
	var para bidi.Paragraph
	if _, err := para.SetString(s, bidi.DefaultDirection(bidi.LeftToRight)); err != nil {
		return s
	}
	order, err := para.Order()
	if err != nil {
		return s
	}
	var b strings.Builder
	for i := range order.NumRuns() {
		run := order.Run(i)
		if run.Direction() == bidi.RightToLeft {
			b.WriteString(bidi.ReverseString(run.String()))
		} else {
			b.WriteString(run.String())
		}
	}
	return b.String()
}

// text writes one line at its baseline.
func (p *writer) text(x, y float64, s string, size float64, style string, c draw.Colour) {
	if p.dry {
		return
	}
	p.colour(c)
	run := []rune(shown(s))
	for len(run) > 0 {
		_, raised := draw.Raised(run[0])
		n := 1
		for n < len(run) {
			if _, r := draw.Raised(run[n]); r != raised {
				break
			}
			n++
		}
		part := string(run[:n])
		if raised {
			digits := []rune(part)
			for i := range digits {
				digits[i], _ = draw.Raised(digits[i])
			}
			p.f.SetFont(family, style, size*draw.RaisedSize)
			p.f.Text(x, y-0.33*size*25.4/72, string(digits))
		} else {
			p.f.SetFont(family, style, size)
			p.f.Text(x, y, part)
		}
		x += draw.Width(part, size, style == "B")
		run = run[n:]
	}
}

func (p *writer) line(x1, y1, x2, y2, width float64, c draw.Colour) {
	if p.dry {
		return
	}
	r, g, b := c.RGB()
	p.f.SetDrawColor(int(r), int(g), int(b))
	p.f.SetLineWidth(width)
	p.f.Line(x1, y1, x2, y2)
}

func (p *writer) box(x, y, w, h float64, c draw.Colour) {
	if p.dry {
		return
	}
	r, g, b := c.RGB()
	p.f.SetFillColor(int(r), int(g), int(b))
	p.f.Rect(x, y, w, h, "F")
}

// lead is the height of a line of letters of a size.
func lead(size float64) float64 { return size * 25.4 / 72 * 1.28 }

// paragraph writes text over lines and pages.
func (p *writer) paragraph(x, w float64, s string, size float64, style string, c draw.Colour) {
	for i, l := range draw.Wrap(report.Clean(s), size, style == "B", w) {
		if i == 0 {
			p.need(min(2, 1+float64(len(s))/60) * lead(size))
		} else {
			p.need(lead(size))
		}
		p.y += lead(size)
		p.text(x, p.y-0.28*lead(size), l, size, style, c)
	}
}

// head is what stands before the first section.
func (p *writer) head() {
	d := p.d
	if d.Organisation != "" {
		p.paragraph(left, width, d.Organisation, usual, "", draw.Muted)
		p.y += 2
	}
	p.f.Bookmark(report.Clean(d.Title), 0, p.y)
	p.paragraph(left, width, d.Title, 16, "B", draw.Ink)
	if d.Subject != "" {
		p.y += 0.5
		p.paragraph(left, width, d.Subject, 12, "B", draw.Main)
	}
	p.y += 1
	var facts []string
	if name := d.Period.Name(p.lang); name != "" {
		facts = append(facts, p.lang.T("report.period", name))
	}
	facts = append(facts, p.lang.T("report.as-of", report.Moment(p.lang, d.AsOf)))
	if d.To != "" {
		facts = append(facts, p.lang.T("report.to", d.To))
	}
	p.paragraph(left, width, strings.Join(facts, ". ")+".", 9, "", draw.Muted)
	if d.Notice != "" {
		p.y += 1.5
		lines := draw.Wrap(report.Clean(d.Notice), 8.5, false, width-6)
		h := float64(len(lines))*lead(8.5) + 3
		p.box(left, p.y, width, h, 0xfff3d6)
		p.box(left, p.y, 1, h, draw.Amber)
		p.y += 1.5
		for _, l := range lines {
			p.y += lead(8.5)
			p.text(left+3, p.y-1, l, 8.5, "", draw.Ink)
		}
		p.y += 1.5
	}
	p.y += 2
}

// section writes a section; its heading stays with what follows.
func (p *writer) section(s report.Section) {
	p.fit(s)
	p.parts(s)
	p.body, p.low = usual, 1
}

// parts writes the heading and the blocks of a section.
func (p *writer) parts(s report.Section) {
	p.heading(s.Heading, 12.5, 0, s.Blocks)
	for i, b := range s.Blocks {
		if sub, ok := b.(report.Paragraph); ok && sub.Weight == report.Sub {
			p.heading(sub.Text, 10.5, 1, s.Blocks[i+1:])
			continue
		}
		p.block(b)
	}
	p.flush()
	p.y += 2
}

// heading writes a heading with room for the first of the blocks after it.
func (p *writer) heading(s string, size float64, level int, after []report.Block) {
	if s == "" {
		return
	}
	h := 0.24*size + lead(size)*float64(len(draw.Wrap(report.Clean(s), size, true, width)))
	if len(after) > 0 {
		h += p.least(after[0])
	}
	if !p.need(h) && p.y > top {
		p.y += 0.24 * size
	}
	if !p.dry {
		p.f.Bookmark(report.Clean(s), level, p.y)
	}
	p.paragraph(left, width, s, size, "B", draw.Main)
	p.y += 1
}

// least is the height without which a block does not begin on a page.
func (p *writer) least(b report.Block) float64 {
	switch b := b.(type) {
	case report.Figure:
		pic := draw.Lower(b.Chart, p.lang, width, p.low)
		return pic.H + 12
	case *report.Table:
		return 26
	}
	return 3 * lead(p.body)
}

// flush writes the notes that wait.
func (p *writer) flush() {
	if len(p.pending) == 0 {
		return
	}
	p.y += 1
	p.need(2 * lead(p.note()))
	p.line(left, p.y, left+35, p.y, 0.2, draw.Muted)
	p.y += 0.6
	for _, n := range p.pending {
		p.paragraph(left, width, n, p.note(), "", draw.Muted)
	}
	p.pending = nil
	p.y += 1
}

// notes gives notes their numbers, to be written later.
func (p *writer) notes(list []report.Footnote) string {
	if len(list) == 0 {
		return ""
	}
	numbers := p.numbers.Add(list)
	for i, n := range numbers {
		p.pending = append(p.pending, report.Raised([]int{n})+" "+list[i].In(p.lang))
	}
	return report.Raised(numbers)
}
