// Package draw lays out the charts of reports as lines, areas and words on a plane,
// and writes such a picture as SVG or PNG. The PDF draws the same items itself, as
// vectors.
//
//	report.Chart ─▶ Chart ─▶ Picture ─┬▶ SVG   (HTML)
//	                                  ├▶ PNG   (DOCX)
//	                                  └▶ pdf   lines and text of the page
//
// Lengths are millimetres, the origin is the upper left corner; sizes of letters are
// points. Nothing is told by colour alone: values stand beside bars, lines to compare
// with are dashed and named.
package draw

import (
	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Colour is a colour as 0xRRGGBB.
type Colour uint32

// The colours, each with a contrast of 4.5 and more against white but for Band and
// Grid.
const (
	Ink   Colour = 0x1b1f24
	Muted Colour = 0x59636e
	Main  Colour = 0x1f5a96
	Band  Colour = 0xc9dcf0
	Grid  Colour = 0xd9dee5
	Red   Colour = 0xb3261e
	Amber Colour = 0x8a5300
	Green Colour = 0x256b29
	White Colour = 0xffffff
)

// RGB returns the three parts.
func (c Colour) RGB() (r, g, b uint8) { return uint8(c >> 16), uint8(c >> 8), uint8(c) }

// Point is a place on the picture.
type Point struct{ X, Y float64 }

// Anchor is which part of a text stands at its place.
type Anchor uint8

// The anchors.
const (
	Start Anchor = iota
	Middle
	End
)

// Item is one thing drawn: a Line, an Area, a Dot or a Text.
type Item interface{ item() }

// Line joins points.
type Line struct {
	Points []Point
	Width  float64
	Colour Colour
	Dashed bool
}

// Area is a filled polygon.
type Area struct {
	Points []Point
	Colour Colour
}

// Dot is a disc; a hollow one is white inside.
type Dot struct {
	At     Point
	Radius float64
	Colour Colour
	Hollow bool
}

// Text is a line of words, At its baseline.
type Text struct {
	At     Point
	Size   float64
	Bold   bool
	Anchor Anchor
	Colour Colour
	Text   string
}

func (Line) item() {}
func (Area) item() {}
func (Dot) item()  {}
func (Text) item() {}

// Picture is what was drawn.
type Picture struct {
	W, H  float64
	Items []Item
}

func (p *Picture) add(items ...Item) { p.Items = append(p.Items, items...) }

func rect(x, y, w, h float64) []Point {
	return []Point{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}}
}

// Regular and Bold are the fonts of pictures and of the PDF.
var (
	Regular = liberationsansregular.TTF
	Bold    = liberationsansbold.TTF
)

var faces = func() [2]*sfnt.Font {
	var out [2]*sfnt.Font
	for i, ttf := range [][]byte{Regular, Bold} {
		f, err := sfnt.Parse(ttf)
		if err != nil {
			panic(err) // part of a library, and covered by a test
		}
		out[i] = f
	}
	return out
}()

func face(bold bool) *sfnt.Font {
	if bold {
		return faces[1]
	}
	return faces[0]
}

// Has reports whether the fonts have a character.
func Has(r rune) bool {
	var b sfnt.Buffer
	i, err := faces[0].GlyphIndex(&b, r)
	return err == nil && i != 0
}

const perEm = 2048 // units of Liberation

// RaisedSize is the size of raised figures against that of the line.
const RaisedSize = 0.62

// Raised returns the figure or comma that a raised one stands for, which the fonts lack
// in part: it is drawn small and above the line.
func Raised(r rune) (rune, bool) {
	for i, raised := range []rune("⁰¹²³⁴⁵⁶⁷⁸⁹˒") {
		if r == raised {
			return []rune("0123456789,")[i], true
		}
	}
	return r, false
}

// Width returns how wide a text of a size is, in millimetres.
func Width(text string, size float64, bold bool) float64 {
	var b sfnt.Buffer
	f := face(bold)
	total := 0.0
	for _, r := range text {
		scale := 1.0
		if digit, raised := Raised(r); raised {
			r, scale = digit, RaisedSize
		}
		i, err := f.GlyphIndex(&b, r)
		if err != nil {
			continue
		}
		a, err := f.GlyphAdvance(&b, i, fixed.I(perEm), font.HintingNone)
		if err == nil {
			total += scale * float64(a.Round())
		}
	}
	return total / perEm * size * 25.4 / 72
}

// Wrap breaks a text into lines that are not wider than the width; a word that is,
// is broken. Lines of no text are one empty line.
func Wrap(text string, size float64, bold bool, width float64) []string {
	var lines []string
	line := ""
	flush := func() {
		lines = append(lines, line)
		line = ""
	}
	for _, word := range fields(text) {
		joined := word
		if line != "" {
			joined = line + " " + word
		}
		if Width(joined, size, bold) <= width {
			line = joined
			continue
		}
		if line != "" {
			flush()
		}
		for Width(word, size, bold) > width {
			runes := []rune(word)
			n := len(runes)
			for lo, hi := 1, n; lo <= hi; { // the longest part that fits
				mid := (lo + hi) / 2
				if Width(string(runes[:mid]), size, bold) <= width {
					n, lo = mid, mid+1
				} else {
					hi = mid - 1
					n = min(n, max(1, hi))
				}
			}
			lines = append(lines, string(runes[:n]))
			word = string(runes[n:])
			if n == len(runes) {
				break
			}
		}
		line = word
	}
	if line != "" || len(lines) == 0 {
		flush()
	}
	return lines
}

// fields parts at plain spaces only: a no-break space holds its words together.
func fields(s string) []string {
	var out []string
	from := -1
	for i := 0; i <= len(s); i++ {
		if i == len(s) || s[i] == ' ' || s[i] == '\n' || s[i] == '\t' {
			if from >= 0 {
				out = append(out, s[from:i])
			}
			from = -1
		} else if from < 0 {
			from = i
		}
	}
	return out
}

// Fit cuts a text to a width with an ellipsis.
func Fit(text string, size float64, bold bool, width float64) string {
	if Width(text, size, bold) <= width {
		return text
	}
	runes := []rune(text)
	lo, hi := 0, len(runes)
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if Width(string(runes[:mid])+"…", size, bold) <= width {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return string(runes[:lo]) + "…"
}
