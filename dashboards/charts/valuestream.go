package charts

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// StreamStage is one box of a value-stream map; all its texts are in the reader's
// language.
type StreamStage struct {
	Name, Waiting, Work string
	Lines               []string // below the name: repeats, effort
	Loss                bool     // it is marked as a place of loss
}

// stageRow is how many stages stand in one row, so that a map fits a sheet of A4 lying on
// its side.
const stageRow = 6

// ValueStream draws the stages of a process in their order as an SVG that needs no
// script: the waiting before each as a triangle, the stage as a box, and below them the
// ladder of waiting (up) and work (down). alt describes it to those who do not see it.
func ValueStream(stages []StreamStage, alt string) template.HTML {
	const cell, wait, rowHeight, top, margin = 190.0, 52.0, 196.0, 8.0, 8.0
	rows := (len(stages) + stageRow - 1) / stageRow
	width, height := 2*margin+cell*stageRow, 2*top+rowHeight*float64(max(1, rows))
	var b strings.Builder
	esc := template.HTMLEscapeString
	fmt.Fprintf(&b, `<svg class="stream" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s" xmlns="http://www.w3.org/2000/svg">`, width, height, esc(alt))
	for i, s := range stages {
		x, y := margin+cell*float64(i%stageRow), top+rowHeight*float64(i/stageRow)
		class := "stage"
		if s.Loss {
			class = "stage loss"
		}
		fmt.Fprintf(&b, `<g class="%s"><title>%s</title>`, class, esc(s.Name))
		if i%stageRow > 0 {
			fmt.Fprintf(&b, `<path class="flow" d="M%.1f,%.1fH%.1f"/>`, x-8, y+48, x+6)
		}
		fmt.Fprintf(&b, `<path class="inventory" d="M%.1f,%.1fl14,25h-28z"/><text class="sign" x="%.1f" y="%.1f" text-anchor="middle">!</text>`, x+22, y+32, x+22, y+53)
		fmt.Fprintf(&b, `<path class="flow" d="M%.1f,%.1fH%.1f"/>`, x+36, y+48, x+wait)
		fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="110" rx="4"/>`, x+wait, y+4, cell-wait-8)
		at := y + 20
		for _, line := range breakLines(s.Name, 17, 3) {
			fmt.Fprintf(&b, `<text class="name" x="%.1f" y="%.1f">%s</text>`, x+wait+7, at, esc(line))
			at += 15
		}
		at = max(at+4, y+70)
		for _, line := range s.Lines {
			fmt.Fprintf(&b, `<text class="line" x="%.1f" y="%.1f">%s</text>`, x+wait+7, at, esc(shorten(line, 21)))
			at += 14
		}
		low, high := y+168, y+142
		if i%stageRow > 0 {
			fmt.Fprintf(&b, `<path class="ladder" d="M%.1f,%.1fV%.1f"/>`, x, low, high)
		}
		fmt.Fprintf(&b, `<path class="ladder" d="M%.1f,%.1fH%.1fV%.1fH%.1f"/>`, x, high, x+cell/2, low, x+cell)
		fmt.Fprintf(&b, `<text class="waiting" x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, x+cell/4, high-5, esc(s.Waiting))
		fmt.Fprintf(&b, `<text class="work" x="%.1f" y="%.1f" text-anchor="middle">%s</text></g>`, x+3*cell/4, low+15, esc(s.Work))
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

// breakLines breaks a text at spaces into at most lines of about so many letters; what is
// left over ends in an ellipsis.
func breakLines(s string, letters, lines int) []string {
	var out []string
	line := ""
	for _, word := range strings.Fields(s) {
		switch longer := strings.TrimSpace(line + " " + word); {
		case line == "" || len([]rune(longer)) <= letters:
			line = longer
		default:
			out = append(out, line)
			line = word
		}
	}
	out = append(out, line)
	if len(out) > lines {
		out[lines-1] += " …"
		out = out[:lines]
	}
	for i := range out {
		out[i] = shorten(out[i], letters+1)
	}
	return out
}

// StackedBar is one row of a picture of parts, all in one unit.
type StackedBar struct {
	Label, Total string
	Parts        []float64
}

// Stacked draws rows of parts on one scale as an SVG that needs no script; parts are
// told apart by their class part0, part1, … and, where there is room, by their number in
// the legend, which stands above. alt describes it to those who do not see it.
func Stacked(rows []StackedBar, legend []string, alt string) template.HTML {
	const width, left, right, rowHeight = 1100.0, 190.0, 110.0, 44.0
	top := 26.0
	most := 0.0
	for _, r := range rows {
		sum := 0.0
		for _, x := range r.Parts {
			if x > 0 {
				sum += x
			}
		}
		most = math.Max(most, sum)
	}
	if most == 0 {
		most = 1
	}
	var b strings.Builder
	esc := template.HTMLEscapeString
	fmt.Fprintf(&b, `<svg class="stacked" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s" xmlns="http://www.w3.org/2000/svg">`, width, top+rowHeight*float64(len(rows))+4, esc(alt))
	at := 10.0
	for i, name := range legend {
		text := fmt.Sprintf("%d %s", i+1, name)
		fmt.Fprintf(&b, `<rect class="part%d" x="%.1f" y="4" width="14" height="14"/><text class="key" x="%.1f" y="16">%s</text>`, i, at, at+19, esc(text))
		at += 36 + 6.6*float64(len([]rune(text)))
	}
	for k, r := range rows {
		y := top + rowHeight*float64(k)
		fmt.Fprintf(&b, `<text class="label" x="%.1f" y="%.1f" text-anchor="end">%s</text>`, left-10, y+24, esc(shorten(r.Label, 28)))
		x := left
		for i, part := range r.Parts {
			w := (width - left - right) * part / most
			if !(w > 0) {
				continue
			}
			fmt.Fprintf(&b, `<rect class="part%d" x="%.1f" y="%.1f" width="%.1f" height="26"/>`, i, x, y+6, math.Max(w, 1))
			if w > 16 {
				fmt.Fprintf(&b, `<text class="on%d" x="%.1f" y="%.1f" text-anchor="middle">%d</text>`, i, x+w/2, y+24, i+1)
			}
			x += w
		}
		fmt.Fprintf(&b, `<text class="total" x="%.1f" y="%.1f">%s</text>`, x+8, y+24, esc(r.Total))
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}
