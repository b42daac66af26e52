package xlsx

import (
	"fmt"
	"math"

	"github.com/xuri/excelize/v2"

	"github.com/uprava/uprava/dashboards/report"
)

// chartRows is how high a chart is, in rows of the usual height.
const chartRows = 17

// figure writes the figures of a picture as a table with a chart of them below it,
// and returns the row after both.
func (x *writer) figure(sheet string, b report.Figure, row int) int {
	x.figures++
	x.text(sheet, 1, row, x.lang.T("report.figure", x.figures, b.Title), "heading")
	begin := row
	t := x.data(b)
	if len(t.Rows) == 0 {
		x.text(sheet, 1, row+1, x.lang.T("report.chart.empty"), "quiet")
		return row + 3
	}
	t.Notes = b.Notes
	x.bare = true
	row = x.table(sheet, t, row+1)
	x.bare = false
	if b.Description != "" {
		x.check(x.f.SetCellStr(sheet, at(1, row), report.Short(b.Description, longest)))
		x.check(x.f.SetCellStyle(sheet, at(1, row), at(1, row), x.unwrapped()))
		row++
	}
	x.chart(sheet, b, t, begin, row)
	return row + chartRows
}

// data are the figures of a chart as a table.
func (x *writer) data(b report.Figure) *report.Table {
	t := &report.Table{}
	count := report.Column{Head: "n", Unit: "count"}
	number := func(n int) report.Cell {
		if n == 0 {
			return report.N(math.NaN(), "")
		}
		return report.N(float64(n), "")
	}
	switch c := b.Chart.(type) {
	case report.Trend:
		value := report.Column{Head: x.lang.T("report.chart.value"), Unit: c.Unit, Words: c.Words, Digits: c.Digits, Interval: true}
		t.Columns = []report.Column{{Head: x.lang.T("report.chart.period")}, value, count}
		for _, l := range c.Lines {
			t.Columns = append(t.Columns, report.Column{Head: report.Short(l.Name, 60), Unit: c.Unit, Words: c.Words, Digits: c.Digits})
		}
		for _, p := range c.Points {
			label := p.Label
			if p.Forecast {
				label += " (" + x.lang.T("report.chart.forecast") + ")"
			}
			row := []report.Cell{report.T(label), report.NI(p.Value, p.Low, p.High, ""), number(p.N)}
			for _, l := range c.Lines {
				row = append(row, report.N(l.Value, ""))
			}
			t.Rows = append(t.Rows, row)
		}
	case report.Bars:
		value := report.Column{Head: x.lang.T("report.chart.value"), Unit: c.Unit, Words: c.Words, Digits: c.Digits, Interval: true}
		t.Columns = []report.Column{{Head: x.lang.T("report.chart.what")}, value, count}
		for _, it := range c.Items {
			t.Rows = append(t.Rows, []report.Cell{report.T(report.Label(it.Label)), report.NI(it.Value, it.Low, it.High, ""), number(it.N)})
		}
	}
	return t
}

// chart adds the chart of the table that begins a row below begin, itself below the
// table.
func (x *writer) chart(sheet string, b report.Figure, t *report.Table, begin, below int) {
	first, _ := place(t)
	top, bottom := begin+2, begin+1+len(t.Rows)
	area := func(column int) string {
		return fmt.Sprintf("'%s'!%s:%s", sheet, absolute(at(column, top)), absolute(at(column, bottom)))
	}
	series := func(column int) excelize.ChartSeries {
		return excelize.ChartSeries{Name: fmt.Sprintf("'%s'!%s", sheet, absolute(at(column, begin+1))), Categories: area(1), Values: area(column)}
	}
	chart := &excelize.Chart{
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: report.Short(b.Title, 200), Font: &excelize.Font{Size: 11, Bold: true}}}},
		Legend:    excelize.ChartLegend{Position: "bottom"},
		Dimension: excelize.ChartDimension{Width: 760, Height: 320},
		Format:    excelize.GraphicOptions{AltText: report.Short(b.Title+". "+b.Description, 1000)},
	}
	vary := false
	chart.VaryColors = &vary
	switch b.Chart.(type) {
	case report.Trend:
		chart.Type = excelize.Line
		for _, i := range []int{first[1], first[1] + 1, first[1] + 2} {
			chart.Series = append(chart.Series, series(i))
		}
		for _, i := range first[3:] {
			chart.Series = append(chart.Series, series(i))
		}
	case report.Bars:
		chart.Type, chart.Series, chart.Legend.Position = excelize.Bar, []excelize.ChartSeries{series(first[1])}, "none"
		chart.XAxis.ReverseOrder = true
	}
	x.check(x.f.AddChart(sheet, at(1, below), chart))
}
