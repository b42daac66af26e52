package draw

import (
	"math"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/terms"
)

// Letters are the sizes in which a table is set, in points, and the room between the
// text of a cell and both edges of its column, in millimetres.
type Letters struct{ Size, Small, Pad float64 }

// widest is the longest part of a text that a column makes room for before others get
// what they need: a longer word is broken.
const widest = 34.0 // mm

// steps by which columns are made narrower and wider, in millimetres.
var steps = []float64{1.5, 6, 14, 28}

// Columns shares a width out among the columns of a table by what stands in them, in
// millimetres: no word is broken that need not be, and the table is as low as can be
// found by moving room from one column to another. The same table
// gives the same widths. O(columns² · rows) for each of at most 200 moves; the wrapping
// of each column at each width is done once.
func Columns(t *report.Table, lang terms.Lang, width float64, letters Letters) []float64 {
	if len(t.Columns) == 0 {
		return nil
	}
	x := columnSet{letters: letters}
	for i, c := range t.Columns {
		x.columns = append(x.columns, x.read(t, lang, i, c))
	}
	out := x.begin(width)
	for range 200 {
		if !x.improve(out) {
			break
		}
	}
	return out
}

// cellText is what stands in a cell: the text and below it, in small letters, more.
type cellText struct {
	text, small string
	bold        bool
}

type column struct {
	cells       []cellText
	least, most float64 // room for the longest word, and for every cell on one line
	known       map[int][]float64
}

type columnSet struct {
	letters Letters
	columns []column
}

func (x *columnSet) read(t *report.Table, lang terms.Lang, i int, c report.Column) column {
	out := column{known: map[int][]float64{}}
	out.cells = append(out.cells, cellText{c.Title(), "", true})
	for _, r := range t.Rows {
		text, small := c.Cell(lang, r[i])
		out.cells = append(out.cells, cellText{text, small, r[i].Mark != report.NoMark})
	}
	switch {
	case t.Total != "" && i == 0:
		out.cells = append(out.cells, cellText{t.Total, "", true})
	case t.Total != "" && c.Sum:
		text, _ := c.Cell(lang, report.N(t.Sum(i), ""))
		out.cells = append(out.cells, cellText{text, "", true})
	}
	for _, cell := range out.cells {
		for _, part := range []struct {
			text string
			size float64
			bold bool
		}{{cell.text, x.letters.Size, cell.bold}, {cell.small, x.letters.Small, false}} {
			for _, word := range fields(part.text) {
				out.least = max(out.least, min(widest, Width(word, part.size, part.bold)))
			}
			out.most = max(out.most, Width(part.text, part.size, part.bold))
		}
	}
	out.least += 2*x.letters.Pad + 0.3
	out.most = max(out.least, out.most+2*x.letters.Pad+0.3)
	return out
}

// begin gives every column what its longest word needs, and of the rest in proportion
// to what would set it on one line.
func (x *columnSet) begin(width float64) []float64 {
	least, wanted := 0.0, 0.0
	for _, c := range x.columns {
		least += c.least
		wanted += c.most - c.least
	}
	out := make([]float64, len(x.columns))
	for i, c := range x.columns {
		switch rest := width - least; {
		case rest < 0: // words must be broken
			out[i] = c.least * width / least
		case wanted <= rest:
			out[i] = c.most * width / (least + wanted)
		default:
			out[i] = c.least + rest*(c.most-c.least)/wanted
		}
	}
	return out
}

// improve moves a step of room to where it makes the table lower, and reports whether it
// found such a move.
func (x *columnSet) improve(widths []float64) bool {
	now := x.height(widths)
	best, from, to, by := now-1e-6, -1, -1, 0.0
	for a := range widths {
		for b := range widths {
			for _, step := range steps {
				if a == b || widths[a]-step < x.columns[a].least {
					break
				}
				widths[a], widths[b] = widths[a]-step, widths[b]+step
				if h := x.height(widths); h < best {
					best, from, to, by = h, a, b, step
				}
				widths[a], widths[b] = widths[a]+step, widths[b]-step
			}
		}
	}
	if from < 0 {
		return false
	}
	widths[from], widths[to] = widths[from]-by, widths[to]+by
	return true
}

// height is that of all rows; of two of the same height the one with fewer lines in all
// cells counts as a little lower, so that moves that need each other are found.
func (x *columnSet) height(widths []float64) float64 {
	rows := make([]float64, len(x.columns[0].cells))
	slack := 0.0
	for i := range x.columns {
		for k, h := range x.heights(i, widths[i]) {
			if k >= len(rows) {
				break
			}
			rows[k] = max(rows[k], h)
			slack += h
		}
	}
	total := 0.0
	for _, h := range rows {
		total += h
	}
	return total + slack/float64(100*len(x.columns))
}

// heights are those of the cells of a column at a width, in points.
func (x *columnSet) heights(i int, width float64) []float64 {
	c := &x.columns[i]
	key := int(math.Floor(width * 10))
	if out, ok := c.known[key]; ok {
		return out
	}
	room := float64(key)/10 - 2*x.letters.Pad
	out := make([]float64, len(c.cells))
	for k, cell := range c.cells {
		out[k] = x.letters.Size * float64(len(Wrap(cell.text, x.letters.Size, cell.bold, room)))
		if cell.small != "" {
			out[k] += x.letters.Small * float64(len(Wrap(cell.small, x.letters.Small, false, room)))
		}
	}
	c.known[key] = out
	return out
}
