package charts

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/uprava/uprava/dashboards/terms"
)

// TrendPoint is a value of one period, in one unit; NaN for none.
type TrendPoint struct {
	Label            string
	Value, Low, High float64
	Whole            bool // the period is over
}

// TrendLine is a level across the picture.
type TrendLine struct {
	Label string
	Value float64
	Class string // "limit" or "target"
}

// mostLabels bounds the labels below a trend.
const mostLabels = 12

// Trend draws the values of successive periods with their intervals as an SVG that
// needs no script. A period without a value is a gap; one that is not over is drawn
// hollow. alt describes the picture to those who do not see it.
func Trend(points []TrendPoint, lines []TrendLine, unit, alt string, lang terms.Lang) template.HTML {
	const width, left, right, bottom = 900.0, 64.0, 20.0, 44.0
	top := 34.0 + 16*float64(max(0, len(lines)-1)) // what the lines mean stands above the field, clear of the trend
	height := 266 + top
	high, low := math.Inf(-1), 0.0
	see := func(v float64) {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			high, low = max(high, v), min(low, v)
		}
	}
	for _, p := range points {
		see(p.Value)
		if whisker := p.High - p.Low; whisker < 50*math.Abs(p.Value) { // one wild interval must not flatten the rest
			see(p.High)
		}
	}
	for _, l := range lines {
		see(l.Value)
	}
	if high <= low {
		high = low + 1
	}
	step := niceStep((high - low) / 5)
	high = math.Ceil(high*1.02/step) * step
	x := func(i int) float64 {
		return left + (width-left-right)*(float64(i)+0.5)/float64(max(1, len(points)))
	}
	y := func(v float64) float64 {
		return top + (height-top-bottom)*(high-min(max(v, low), high))/(high-low)
	}
	var b strings.Builder
	esc := template.HTMLEscapeString
	fmt.Fprintf(&b, `<svg class="trend" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s" xmlns="http://www.w3.org/2000/svg">`, width, height, esc(alt))
	for v := 0.0; v <= high+step/2; v += step {
		fmt.Fprintf(&b, `<line class="grid" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><text class="tick" x="%.1f" y="%.1f" text-anchor="end">%s</text>`,
			left, width-right, y(v), y(v), left-8, y(v)+4, esc(lang.Float(v, 2)))
	}
	fmt.Fprintf(&b, `<text class="tick" x="%.1f" y="14">%s</text>`, 4.0, esc(unit))
	for i, l := range lines {
		at := 14 + 16*float64(i)
		label := shorten(l.Label, 60)
		key := width - right - 8 - 7.5*float64(len([]rune(label)))
		fmt.Fprintf(&b, `<line class="%s" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><line class="%s" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><text class="%s-label" x="%.1f" y="%.1f" text-anchor="end">%s</text>`,
			l.Class, left, width-right, y(l.Value), y(l.Value), l.Class, key-28, key, at-4, at-4, l.Class, width-right, at, esc(label))
	}
	path, pen := "", false
	for i, p := range points {
		if math.IsNaN(p.Value) {
			pen = false
			continue
		}
		move := "L"
		if !pen {
			move = "M"
		}
		pen = true
		path += fmt.Sprintf("%s%.1f %.1f", move, x(i), y(p.Value))
	}
	fmt.Fprintf(&b, `<path class="way" d="%s"/>`, path)
	every := (len(points) + mostLabels - 1) / mostLabels
	for i, p := range points {
		if i%max(1, every) == 0 {
			fmt.Fprintf(&b, `<text class="tick" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, x(i), height-bottom+18, esc(shorten(p.Label, 14)))
		}
		if math.IsNaN(p.Value) {
			continue
		}
		if !math.IsNaN(p.Low) && !math.IsNaN(p.High) {
			fmt.Fprintf(&b, `<line class="whisker" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, x(i), x(i), y(p.Low), y(p.High))
		}
		class := "point"
		if !p.Whole {
			class = "point hollow"
		}
		fmt.Fprintf(&b, `<circle class="%s" cx="%.1f" cy="%.1f" r="4.5"/>`, class, x(i), y(p.Value))
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}
