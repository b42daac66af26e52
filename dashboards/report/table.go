package report

import (
	"math"
	"time"

	"github.com/uprava/uprava/mining/measure"
)

// Table is a table with a title. Every row has as many cells as there are columns.
type Table struct {
	Title   string
	Columns []Column
	Rows    [][]Cell
	Total   string // name of the line of sums; "" for none
	Notes   []Footnote
}

// Column says what its cells are.
type Column struct {
	Head string
	// Unit of the numbers; "" for text. Words says it for the reader, "" where Head does.
	Unit   measure.Unit
	Words  string
	Digits int // after the point
	// Interval: cells have one.
	Interval bool
	Sum      bool // has a sum in the line of sums
	Signed   bool // numbers are differences: those above zero are written with a plus
	// Deviation: the number of every cell is that of column Of less that of column
	// From; nil for other columns.
	Deviation *Deviation
}

// Deviation is the difference of two columns of the same row: Of − From.
type Deviation struct{ Of, From int }

// CellKind is what a cell holds.
type CellKind uint8

// The kinds of cells.
const (
	Text CellKind = iota
	Number
	Date
	Missing
)

// Cell is one cell: a text, a number in the unit of its column, a date, or
// nothing for a reason.
type Cell struct {
	Kind   CellKind
	Text   string // of Text; the reason of Missing
	Number float64
	Low    float64 // interval of Number; NaN for none
	High   float64
	Date   time.Time
	Mark   Mark
}

// Mark says how a cell or a bar stands out; never by colour alone.
type Mark uint8

// The marks.
const (
	NoMark Mark = iota
	Bad
	Doubtful
	Good
)

// T returns a cell of text.
func T(text string) Cell { return Cell{Kind: Text, Text: text} }

// N returns a cell of a number, one that is missing for the reason where it is none.
func N(x float64, why string) Cell { return NI(x, math.NaN(), math.NaN(), why) }

// NI returns a cell of a number with its interval, one that is missing for the
// reason where it is none.
func NI(x, low, high float64, why string) Cell {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return Cell{Kind: Missing, Text: why}
	}
	return Cell{Kind: Number, Number: x, Low: low, High: high}
}

// D returns a cell of a date, one that is missing for the reason where it is zero.
func D(t time.Time, why string) Cell {
	if t.IsZero() {
		return Cell{Kind: Missing, Text: why}
	}
	return Cell{Kind: Date, Date: t}
}

// Marked returns the cell with a mark.
func (c Cell) Marked(m Mark) Cell {
	c.Mark = m
	return c
}

// HasInterval reports whether the number has both ends of an interval.
func (c Cell) HasInterval() bool {
	return c.Kind == Number && !math.IsNaN(c.Low) && !math.IsNaN(c.High) && !math.IsInf(c.Low, 0) && !math.IsInf(c.High, 0)
}

// Sum returns the sum of the numbers of a column, NaN where it has none.
func (t *Table) Sum(column int) float64 {
	sum, any := 0.0, false
	for _, r := range t.Rows {
		if c := r[column]; c.Kind == Number {
			sum, any = sum+c.Number, true
		}
	}
	if !any {
		return math.NaN()
	}
	return sum
}
