package charts

import (
	"fmt"
	"html/template"
	"strings"
	"time"
)

// Work is one line of a plan over time.
type Work struct {
	Label      string
	Start, End time.Time // days; a zero one is not drawn
	State      string    // class of the bar: planned, running, done, dropped
	Mark       string    // beside the bar: its state in words
	After      []int     // lines that must be done before
}

// Gantt draws a plan over time as an SVG that needs no script, with a line at today
// where it lies within (the zero time for none). alt describes it.
func Gantt(bars []Work, today time.Time, todayLabel, alt string) template.HTML {
	const width, left, right, rowHeight, top = 1100.0, 400.0, 130.0, 26.0, 34.0
	var first, last time.Time
	for _, b := range bars {
		for _, t := range []time.Time{b.Start, b.End} {
			if t.IsZero() {
				continue
			}
			if first.IsZero() || t.Before(first) {
				first = t
			}
			if t.After(last) {
				last = t
			}
		}
	}
	if first.IsZero() {
		return ""
	}
	first = time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC)
	last = time.Date(last.Year(), last.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	x := func(t time.Time) float64 {
		return left + (width-left-right)*t.Sub(first).Hours()/last.Sub(first).Hours()
	}
	y := func(row int) float64 { return top + rowHeight*float64(row) }
	height := y(len(bars)) + 6
	var b strings.Builder
	esc := template.HTMLEscapeString
	fmt.Fprintf(&b, `<svg class="gantt" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s" xmlns="http://www.w3.org/2000/svg">`, width, height, esc(alt))
	months := (last.Year()-first.Year())*12 + int(last.Month()-first.Month())
	step := max(1, (months+11)/12)
	for m := 0; m <= months; m += step {
		t := first.AddDate(0, m, 0)
		fmt.Fprintf(&b, `<line class="grid" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, x(t), x(t), top-6, height)
		if m < months {
			fmt.Fprintf(&b, `<text class="tick" x="%.1f" y="%.1f">%s</text>`, x(t)+3, top-12, t.Format("01.2006"))
		}
	}
	for i, r := range bars {
		fmt.Fprintf(&b, `<g class="bar %s"><title>%s</title><text class="label" x="%.1f" y="%.1f" text-anchor="end">%s</text>`, esc(r.State), esc(r.Label), left-10, y(i)+16, esc(shorten(r.Label, 56)))
		begin, end := r.Start, r.End
		if begin.IsZero() {
			begin = end
		}
		if end.IsZero() {
			end = begin
		}
		if !begin.IsZero() {
			w := max(5, x(end.AddDate(0, 0, 1))-x(begin))
			fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="16" rx="3"/><text class="mark" x="%.1f" y="%.1f">%s</text>`, x(begin), y(i)+4, w, x(begin)+w+5, y(i)+16, esc(r.Mark))
		}
		b.WriteString(`</g>`)
		for _, before := range r.After {
			if before < 0 || before >= len(bars) || bars[before].End.IsZero() || begin.IsZero() {
				continue
			}
			fmt.Fprintf(&b, `<path class="after" d="M%.1f,%.1fV%.1fH%.1f"/>`, x(bars[before].End), y(before)+20, y(i)+12, x(begin)-1)
		}
	}
	if !today.IsZero() && !today.Before(first) && today.Before(last) {
		fmt.Fprintf(&b, `<line class="today" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/><text class="today-label" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, x(today), x(today), top-4, height, x(today), top-24, esc(todayLabel))
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}
