package pdf

import "github.com/uprava/uprava/dashboards/report"

// fitting is a way to set a section: the size of its letters, and how high its pictures
// are against what is usual.
type fitting struct{ body, low float64 }

// ways are tried in this order until a section stands on one page; those below legible
// are for a page that must be one alone.
var ways = []fitting{{usual, 1}, {usual, 0.85}, {usual, 0.7}, {9.4, 0.6}, {9, 0.5}, {8.6, 0.5}, {8.2, 0.5}, {7.8, 0.5}}

// legible is the smallest size of letters of what may as well run on.
const legible = 9

// fit chooses how a section is set, and whether it begins a page. What is Compact is set
// as large as lets it end on the page on which it begins. What is to stand Together stays
// on the page where the rest of it has room, if need be with lower pictures, else gets the
// next page to itself, else runs on.
func (p *writer) fit(s report.Section) {
	if s.NewPage && p.y > top {
		p.page()
	}
	p.body, p.low = usual, 1
	switch {
	case s.Compact:
		for _, w := range ways {
			if p.fits(s, w, p.y) {
				return
			}
		}
		p.body = 8.8
	case s.Together:
		for _, w := range ways[:2] {
			if p.fits(s, w, p.y) {
				return
			}
		}
		for _, w := range ways {
			if w.body >= legible && p.fits(s, w, top) {
				p.page()
				return
			}
		}
	default:
		p.fewest(s)
	}
}

// fewest sets what runs on over pages in the largest letters, down to legible ones, that
// take as few pages as can be: no page begins for a line or two.
func (p *writer) fewest(s report.Section) {
	begin, most := p.y, 1<<30
	for _, w := range ways {
		if w.body < legible {
			break
		}
		if n := p.try(s, w, begin); n < most {
			most, p.body, p.low = n, w.body, w.low
		}
	}
}

// fits tries a way of setting a section from a height of a page on, and keeps it where
// the section ends on that page.
func (p *writer) fits(s report.Section, w fitting, from float64) bool {
	if p.try(s, w, from) > 0 {
		return false
	}
	p.body, p.low = w.body, w.low
	return true
}

// try returns how many pages a section begins that is set from a height of a page on.
func (p *writer) try(s report.Section, w fitting, from float64) int {
	t := *p
	t.dry, t.y, t.pages = true, from, 0
	t.pending = nil // flushed after each section
	t.body, t.low = w.body, w.low
	t.parts(s)
	return t.pages
}

// fitClosing chooses letters for the draft instructions with which the signature ends on
// the page on which they do: it never stands on a page alone.
func (p *writer) fitClosing() {
	for _, w := range ways {
		if w.body < legible {
			break
		}
		t := *p
		t.dry, t.pages, t.body = true, 0, w.body
		t.orders()
		before := t.pages
		t.body = usual
		t.signature()
		if t.pages == before {
			p.body = w.body
			return
		}
	}
	p.body = usual
}
