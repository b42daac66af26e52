package charts

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"github.com/uprava/uprava/dashboards/terms"
)

// Whisker is one row of an interval picture, in one unit.
type Whisker struct {
	Label           string
	Mean, Low, High float64
	Strong          bool // drawn as the row that others are compared with
}

// Whiskers draws means with their intervals as an SVG that needs no script, with
// an optional vertical line at the limit (0 for none). alt describes it to those
// who do not see it.
func Whiskers(rows []Whisker, limit float64, limitLabel, unit, alt string, lang terms.Lang) template.HTML {
	const width, left, right, rowHeight, top, bottom = 900.0, 330.0, 24.0, 32.0, 26.0, 34.0
	high := limit
	for _, r := range rows {
		for _, v := range []float64{r.Mean, r.High} {
			if v > high { // never true of a NaN
				high = v
			}
		}
	}
	if high <= 0 || math.IsInf(high, 0) {
		high = 1
	}
	step := niceStep(high / 6)
	high = math.Ceil(high*1.02/step) * step
	height := top + bottom + rowHeight*float64(len(rows))
	x := func(v float64) float64 { return left + (width-left-right)*v/high }
	var b strings.Builder
	esc := template.HTMLEscapeString
	fmt.Fprintf(&b, `<svg class="whiskers" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s" xmlns="http://www.w3.org/2000/svg">`, width, height, esc(alt))
	for v := 0.0; v <= high+step/2; v += step {
		fmt.Fprintf(&b, `<line class="grid" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><text class="tick" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`,
			x(v), x(v), top, height-bottom, x(v), height-bottom+16, esc(lang.Float(v, 2)))
	}
	fmt.Fprintf(&b, `<text class="tick" x="%.1f" y="%.1f" text-anchor="end">%s</text>`, width-right, height-4, esc(unit))
	if limit > 0 {
		fmt.Fprintf(&b, `<line class="limit" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><text class="limit-label" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`,
			x(limit), x(limit), top-6, height-bottom, x(limit), top-10, esc(limitLabel))
	}
	for i, r := range rows {
		y := top + rowHeight*(float64(i)+0.5)
		class := "row"
		if r.Strong {
			class = "row strong"
		}
		fmt.Fprintf(&b, `<g class="%s"><title>%s</title><text class="label" x="%.1f" y="%.1f" text-anchor="end">%s</text>`,
			class, esc(r.Label), left-12, y+4, esc(shorten(r.Label, 44)))
		if !math.IsNaN(r.Low) && !math.IsNaN(r.High) {
			fmt.Fprintf(&b, `<line class="whisker" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, x(r.Low), x(r.High), y, y)
			for _, e := range []float64{r.Low, r.High} {
				fmt.Fprintf(&b, `<line class="whisker" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, x(e), x(e), y-6, y+6)
			}
		}
		if !math.IsNaN(r.Mean) {
			fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="5"/>`, x(r.Mean), y)
		}
		b.WriteString(`</g>`)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

func niceStep(x float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if m*p >= x {
			return m * p
		}
	}
	return 10 * p
}

func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
