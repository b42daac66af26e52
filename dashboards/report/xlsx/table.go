package xlsx

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/mining/measure"
)

// place is where the columns of a table stand on its sheet: those with an interval
// take three.
func place(t *report.Table) (first []int, next int) {
	next = 1
	for _, c := range t.Columns {
		first = append(first, next)
		next++
		if c.Interval {
			next += 2
		}
	}
	return first, next
}

// tableAlone writes a table to a sheet of its own: its head is frozen and repeats in
// print.
func (x *writer) tableAlone(sheet string, t *report.Table, row int) {
	last := x.table(sheet, t, row)
	_, columns := place(t)
	x.page(sheet, columns, last)
	x.check(x.f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: row, TopLeftCell: at(1, row+1), ActivePane: "bottomLeft"}))
	x.check(x.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: sheet, RefersTo: fmt.Sprintf("'%s'!$%d:$%d", sheet, row, row)}))
}

// table writes a table from a row on and returns the row after it.
func (x *writer) table(sheet string, t *report.Table, row int) int {
	first, reasons := place(t)
	x.titles(sheet, t, first, row)
	noted := false
	x.widest = max(x.widest, reasons-1)
	head := row
	for _, r := range t.Rows {
		row++
		lines := 1
		for i := range t.Columns {
			if width, err := x.f.GetColWidth(sheet, column(first[i])); err == nil && r[i].Kind == report.Text {
				lines = max(lines, int(math.Ceil(1.15*float64(utf8.RuneCountInString(report.Clean(r[i].Text)))/width)))
			}
		}
		if lines > 1 {
			x.check(x.f.SetRowHeight(sheet, row, min(400, 13*float64(lines)+2)))
		}
		var why []string
		for i, c := range t.Columns {
			if r[i].Kind == report.Missing && r[i].Text != "" {
				if reason := c.Head + ": " + r[i].Text; len(why) == 0 || !strings.HasSuffix(why[len(why)-1], r[i].Text) {
					why = append(why, report.Clean(reason))
				}
			}
			x.cell(sheet, t, r, i, first, row)
		}
		if len(why) > 0 {
			noted = true
			x.text(sheet, reasons, row, strings.Join(why, "; "), "quiet")
		}
	}
	if noted {
		x.widest = max(x.widest, reasons)
		x.text(sheet, reasons, head, x.lang.T("report.note"), "head")
		x.check(x.f.SetColWidth(sheet, column(reasons), column(reasons), 40))
	}
	if t.Total != "" {
		row++
		for i, c := range t.Columns {
			switch sum := t.Sum(i); {
			case i == 0:
				x.text(sheet, 1, row, t.Total, "cell:total:")
			case c.Sum && !math.IsNaN(sum):
				x.formula(sheet, first[i], row, fmt.Sprintf("SUM(%s:%s)", at(first[i], head+1), at(first[i], row-1)), sum, "cell:total:"+format(c))
			default:
				x.text(sheet, first[i], row, "", "cell:total:")
			}
		}
	}
	row++
	x.footnotes(t.Notes, func(s string) {
		x.check(x.f.SetCellStr(sheet, at(1, row), s))
		x.check(x.f.SetCellStyle(sheet, at(1, row), at(1, row), x.unwrapped()))
		row++
	})
	return row
}

// unwrapped is the style of notes, which run over the cells beside them.
func (x *writer) unwrapped() int {
	if id, ok := x.styles["unwrapped"]; ok {
		return id
	}
	id, err := x.f.NewStyle(&excelize.Style{Font: &excelize.Font{Family: "Liberation Sans", Size: 9, Color: "59636E"}})
	x.check(err)
	x.styles["unwrapped"] = id
	return id
}

// titles writes the head of a table and sets the widths of its columns.
func (x *writer) titles(sheet string, t *report.Table, first []int, row int) {
	for i, c := range t.Columns {
		x.text(sheet, first[i], row, c.Title(), "head")
		width := 13.0
		for _, r := range t.Rows {
			if r[i].Kind == report.Text {
				width = max(width, math.Min(30, 1.05*float64(utf8.RuneCountInString(r[i].Text))+2))
			}
		}
		if c.Unit == "" && utf8.RuneCountInString(c.Head) <= 2 {
			width = 5
		}
		if before, err := x.f.GetColWidth(sheet, column(first[i])); err == nil && row > 3 {
			width = max(width, before)
		}
		x.check(x.f.SetColWidth(sheet, column(first[i]), column(first[i]), width))
		if c.Interval {
			x.text(sheet, first[i]+1, row, x.lang.T("report.low", c.Title()), "head")
			x.text(sheet, first[i]+2, row, x.lang.T("report.high", c.Title()), "head")
			x.check(x.f.SetColWidth(sheet, column(first[i]+1), column(first[i]+2), 12))
		}
	}
	x.check(x.f.SetRowHeight(sheet, row, 42))
}

func column(n int) string {
	name, err := excelize.ColumnNumberToName(n)
	if err != nil {
		panic(err) // columns are counted from 1
	}
	return name
}

// cell writes one cell of a row of the table.
func (x *writer) cell(sheet string, t *report.Table, r []report.Cell, i int, first []int, row int) {
	c, cell := t.Columns[i], r[i]
	style := fmt.Sprintf("cell:%d:%s", cell.Mark, format(c))
	switch cell.Kind {
	case report.Number:
		if v := c.Deviation; v != nil && r[v.Of].Kind == report.Number && r[v.From].Kind == report.Number {
			x.formula(sheet, first[i], row, at(first[v.Of], row)+"-"+at(first[v.From], row), cell.Number, style)
		} else {
			x.number(sheet, first[i], row, cell.Number, style)
		}
	case report.Date:
		y, m, d := cell.Date.Date()
		x.check(x.f.SetCellValue(sheet, at(first[i], row), time.Date(y, m, d, 0, 0, 0, 0, time.UTC)))
		x.check(x.f.SetCellStyle(sheet, at(first[i], row), at(first[i], row), x.style(fmt.Sprintf("cell:%d:dd\\.mm\\.yyyy", cell.Mark))))
	case report.Missing:
		x.text(sheet, first[i], row, x.unknown(), fmt.Sprintf("cell:%d:%s", cell.Mark, missing))
	default:
		x.text(sheet, first[i], row, cell.Text, fmt.Sprintf("cell:%d:", cell.Mark))
	}
	if c.Interval {
		for k, v := range []float64{cell.Low, cell.High} {
			if cell.HasInterval() {
				x.number(sheet, first[i]+1+k, row, v, "cell:0:"+format(report.Column{Unit: c.Unit, Digits: c.Digits, Signed: c.Signed}))
			} else {
				x.text(sheet, first[i]+1+k, row, x.unknown(), "cell:0:"+missing)
			}
		}
	}
}

// unknown is what stands for a number that is not known.
func (x *writer) unknown() string {
	if x.bare {
		return ""
	}
	return measure.Unknown
}

func (x *writer) number(sheet string, column, row int, v float64, style string) {
	x.check(x.f.SetCellFloat(sheet, at(column, row), v, -1, 64))
	x.check(x.f.SetCellStyle(sheet, at(column, row), at(column, row), x.style(style)))
}

// formula writes a formula with the value that it has now, for programs that do not
// reckon.
func (x *writer) formula(sheet string, column, row int, formula string, v float64, style string) {
	x.number(sheet, column, row, v, style)
	x.check(x.f.SetCellFormula(sheet, at(column, row), formula))
}
