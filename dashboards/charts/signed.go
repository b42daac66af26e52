package charts

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/uprava/uprava/dashboards/terms"
)

// Bar is a part of an effect with its interval.
type Bar struct {
	Label            string
	Value, Low, High float64
}

// Signed draws bars to both sides of zero, with intervals, as an SVG that needs no script.
func Signed(bars []Bar, write func(float64) string, alt string) template.HTML {
	const width, left, right, rowHeight, top = 900.0, 330.0, 90.0, 34.0, 8.0
	low, high := 0.0, 0.0
	for _, b := range bars {
		for _, v := range []float64{b.Value, b.Low, b.High} {
			if !math.IsNaN(v) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if low == high {
		high = 1
	}
	x := func(v float64) float64 { return left + (width-left-right)*(v-low)/(high-low) }
	height := 2*top + rowHeight*float64(len(bars))
	esc := template.HTMLEscapeString
	var s strings.Builder
	fmt.Fprintf(&s, `<svg class="signed" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s" xmlns="http://www.w3.org/2000/svg"><line class="grid" x1="%.1f" x2="%.1f" y1="0" y2="%.1f"/>`, width, height, esc(alt), x(0), x(0), height)
	for i, b := range bars {
		y := top + rowHeight*float64(i)
		fmt.Fprintf(&s, `<g><title>%s</title><text x="%.1f" y="%.1f" text-anchor="end">%s</text>`, esc(b.Label), left-12, y+21, esc(shorten(b.Label, 44)))
		if !math.IsNaN(b.Value) {
			class := "less"
			if b.Value > 0 {
				class = "more"
			}
			fmt.Fprintf(&s, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="18"/><text class="tick" x="%.1f" y="%.1f">%s</text>`, class, x(min(0, b.Value)), y+7, math.Abs(x(b.Value)-x(0)), width-right+8, y+21, esc(write(b.Value)))
		}
		if !math.IsNaN(b.Low) && !math.IsNaN(b.High) {
			fmt.Fprintf(&s, `<line class="whisker" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, x(b.Low), x(b.High), y+16, y+16)
		}
		s.WriteString("</g>")
	}
	s.WriteString("</svg>")
	return template.HTML(s.String())
}

// Point is a choice in a picture of two aims; Href leads to it.
type Point struct {
	X, Y, Low, High float64
	Label, Href     string
	Strong          bool // as it is
}

// Pareto draws choices by two aims as an SVG whose points are links.
func Pareto(points []Point, xName, yName, alt string, lang terms.Lang) template.HTML {
	const width, height, left, right, top, bottom = 900.0, 420.0, 70.0, 30.0, 34.0, 54.0
	lowX, highX, highY := math.Inf(1), math.Inf(-1), 0.0
	for _, p := range points {
		lowX, highX = min(lowX, p.X), max(highX, p.X)
		for _, v := range []float64{p.Y, p.High} {
			if !math.IsNaN(v) {
				highY = max(highY, v)
			}
		}
	}
	if len(points) == 0 || highY == 0 {
		return ""
	}
	if lowX == highX {
		lowX, highX = lowX-1, highX+1
	}
	pad := (highX - lowX) * 0.08
	lowX, highX = lowX-pad, highX+pad
	stepY := niceStep(highY / 5)
	highY = math.Ceil(highY/stepY) * stepY
	x := func(v float64) float64 { return left + (width-left-right)*(v-lowX)/(highX-lowX) }
	y := func(v float64) float64 { return top + (height-top-bottom)*(1-v/highY) }
	esc := template.HTMLEscapeString
	var s strings.Builder
	fmt.Fprintf(&s, `<svg class="pareto" viewBox="0 0 %.0f %.0f" role="group" aria-label="%s" xmlns="http://www.w3.org/2000/svg">`, width, height, esc(alt))
	for v := 0.0; v <= highY+stepY/2; v += stepY {
		fmt.Fprintf(&s, `<line class="grid" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><text class="tick" x="%.1f" y="%.1f" text-anchor="end">%s</text>`, left, width-right, y(v), y(v), left-8, y(v)+4, esc(lang.Float(v, 2)))
	}
	stepX := niceStep((highX - lowX) / 6)
	for v := math.Ceil(lowX/stepX) * stepX; v <= highX; v += stepX {
		fmt.Fprintf(&s, `<text class="tick" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, x(v), height-bottom+18, esc(lang.Float(v, 2)))
	}
	fmt.Fprintf(&s, `<text class="tick" x="%.1f" y="%.1f" text-anchor="end">%s</text><text class="tick" x="%.1f" y="20">%s</text>`, width-right, height-10, esc(xName), 8.0, esc(yName))
	for _, p := range points {
		class := "choice"
		if p.Strong {
			class = "choice strong"
		}
		text := p.Label + ": " + xName + " " + lang.Float(p.X, 2) + ", " + yName + " " + lang.Float(p.Y, 2)
		if p.Href != "" {
			fmt.Fprintf(&s, `<a href="%s" aria-label="%s">`, esc(p.Href), esc(text))
		}
		fmt.Fprintf(&s, `<g class="%s"><title>%s</title>`, class, esc(text))
		if !math.IsNaN(p.Low) && !math.IsNaN(p.High) {
			fmt.Fprintf(&s, `<line class="whisker" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, x(p.X), x(p.X), y(p.Low), y(p.High))
		}
		fmt.Fprintf(&s, `<circle cx="%.1f" cy="%.1f" r="12"/><text class="inside" x="%.1f" y="%.1f" text-anchor="middle">%s</text></g>`, x(p.X), y(p.Y), x(p.X), y(p.Y)+4, esc(shorten(p.Label, 3)))
		if p.Href != "" {
			s.WriteString("</a>")
		}
	}
	s.WriteString("</svg>")
	return template.HTML(s.String())
}
