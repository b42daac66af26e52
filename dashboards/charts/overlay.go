package charts

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/uprava/uprava/dashboards/terms"
)

// Overlay draws two histograms over the same bins as an SVG that needs no script: the
// first as bars, the other as a stepped line, each as shares of its own total, so that
// samples of different sizes compare. The legal limit of the bins is a dashed line.
func Overlay(b Bins, other []int, name, otherName, alt string, lang terms.Lang) template.HTML {
	const width, height, left, right, top, bottom = 900.0, 300.0, 56.0, 16.0, 34.0, 46.0
	total := func(counts []int) float64 {
		n := 0
		for _, c := range counts {
			n += c
		}
		return max(1, float64(n))
	}
	first, second, high := total(b.Counts), total(other), 0.0
	for i := range b.Counts {
		high = max(high, float64(b.Counts[i])/first, float64(other[i])/second)
	}
	if high == 0 {
		high = 1
	}
	step := niceStep(high / 4)
	x := func(i int) float64 { return left + (width-left-right)*float64(i)/float64(max(1, len(b.Counts))) }
	y := func(share float64) float64 { return top + (height-top-bottom)*(1-share/(high*1.05)) }
	esc := template.HTMLEscapeString
	var s strings.Builder
	fmt.Fprintf(&s, `<svg class="overlay" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s" xmlns="http://www.w3.org/2000/svg">`, width, height, esc(alt))
	for v := 0.0; v <= high*1.05; v += step {
		fmt.Fprintf(&s, `<line class="grid" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><text class="tick" x="%.1f" y="%.1f" text-anchor="end">%s</text>`, left, width-right, y(v), y(v), left-6, y(v)+4, esc(lang.Percent(v, 1)))
	}
	var line strings.Builder
	for i := range b.Counts {
		share := float64(b.Counts[i]) / first
		fmt.Fprintf(&s, `<rect class="was" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, x(i)+0.5, y(share), max(0.5, x(i+1)-x(i)-1), y(0)-y(share))
		fmt.Fprintf(&line, "%.1f,%.1f %.1f,%.1f ", x(i), y(float64(other[i])/second), x(i+1), y(float64(other[i])/second))
	}
	fmt.Fprintf(&s, `<polyline class="is" points="%s"/>`, strings.TrimSpace(line.String()))
	labels := b.EdgeLabels(lang)
	every := max(1, (len(labels)+11)/12)
	for i, text := range labels {
		if i%every == 0 {
			fmt.Fprintf(&s, `<text class="tick" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, x(i), height-bottom+16, esc(text))
		}
		if b.Limit > 0 && b.Edges[i] == b.Limit {
			fmt.Fprintf(&s, `<line class="limit" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><text class="limit-label" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, x(i), x(i), top-4, height-bottom, x(i), top-8, esc(lang.T("lead.limit.line")))
		}
	}
	fmt.Fprintf(&s, `<text class="tick" x="%.1f" y="%.1f" text-anchor="end">%s</text>`, width-right, height-8, esc(lang.T("lead.axis", lang.T(b.unit()))))
	fmt.Fprintf(&s, `<rect class="was" x="%.1f" y="6" width="14" height="12"/><text x="%.1f" y="17">%s</text>`, left, left+20, esc(name))
	fmt.Fprintf(&s, `<polyline class="is" points="%.1f,12 %.1f,12"/><text x="%.1f" y="17">%s</text></svg>`, left+230, left+252, left+258, esc(otherName))
	return template.HTML(s.String())
}

// Line is a series of a small picture.
type Line struct {
	Name   string
	Values []float64
	Strong bool
}

// Lines draws a few series over the same places in a small SVG without axes but for its
// greatest value.
func Lines(lines []Line, alt string, lang terms.Lang) template.HTML {
	const width, height, left, top, bottom = 260.0, 64.0, 34.0, 8.0, 6.0
	high, n := 0.0, 0
	for _, l := range lines {
		n = max(n, len(l.Values))
		for _, v := range l.Values {
			high = max(high, v)
		}
	}
	if n == 0 {
		return ""
	}
	esc := template.HTMLEscapeString
	var s strings.Builder
	fmt.Fprintf(&s, `<svg class="weeks" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s" xmlns="http://www.w3.org/2000/svg"><line class="grid" x1="%.0f" x2="%.0f" y1="%.0f" y2="%.0f"/><text class="tick" x="%.0f" y="%.0f" text-anchor="end">%s</text><text class="tick" x="%.0f" y="%.0f" text-anchor="end">0</text>`,
		width, height, esc(alt), left, width, height-bottom, height-bottom, left-4, top+6, esc(lang.Float(high, 1)), left-4, height-bottom)
	for _, l := range lines {
		class := "was"
		if l.Strong {
			class = "is"
		}
		var points strings.Builder
		for i, v := range l.Values {
			fmt.Fprintf(&points, "%.1f,%.1f ", left+(width-left-2)*float64(i)/float64(max(1, n-1)), height-bottom-(height-top-bottom)*v/max(high, 1e-9))
		}
		fmt.Fprintf(&s, `<polyline class="%s" points="%s"><title>%s</title></polyline>`, class, strings.TrimSpace(points.String()), esc(l.Name))
	}
	s.WriteString("</svg>")
	return template.HTML(s.String())
}
