package pdf

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
)

// pagesOf counts the pages of a document of some sections.
func pagesOf(t *testing.T, sections ...report.Section) int {
	t.Helper()
	file := write(t, &report.Document{Lang: terms.EN, Title: "Report", AsOf: time.Date(2019, 12, 31, 0, 0, 0, 0, time.UTC), Sections: sections})
	return strings.Count(string(file), "/Type /Page\n")
}

func items(n int) report.List {
	var l report.List
	for i := range n {
		l.Items = append(l.Items, report.Paragraph{Text: fmt.Sprintf("Item %d: mean 27.2 days (done: 18 cases), against the period before within noise (from −5.8 to −1.1), against last year slower.", i)})
	}
	return l
}

func process(rows int) report.Section {
	trend := report.Trend{Unit: measure.CalendarDay, Words: "days"}
	bars := report.Bars{Unit: measure.Share, Words: "%"}
	for i := range 5 {
		trend.Points = append(trend.Points, report.TrendPoint{Label: fmt.Sprint(i), Value: float64(i + 1), Low: float64(i), High: float64(i + 2), N: 40})
		bars.Items = append(bars.Items, report.Bar{Label: "Activity", Value: 0.2})
	}
	table := &report.Table{Title: "Cases", Columns: []report.Column{{Head: "Case"}, {Head: "Why"}}}
	for range rows {
		table.Rows = append(table.Rows, []report.Cell{report.T("case-000123"), report.T("after «Sent to the person» longer than 85 % of the cases that went the same way before")})
	}
	return report.Section{Heading: "Process", Together: true, Blocks: []report.Block{
		report.Paragraph{Text: "Mean lead time 6 days."}, report.Figure{Title: "Trend", Chart: trend}, report.Figure{Title: "Where the time goes", Chart: bars}, table,
	}}
}

func TestPageOneIsOnePage(t *testing.T) {
	front := report.Section{Heading: "Main", Compact: true, Blocks: []report.Block{items(28)}}
	require.Equal(t, 1, pagesOf(t, front))
	front.Compact = false
	require.Equal(t, 2, pagesOf(t, front), "the text is too long for a page of usual letters, else this shows nothing")
}

func TestSectionsStandTogether(t *testing.T) {
	p := &writer{dry: true, low: 1, body: usual, y: top, lang: terms.EN, d: &report.Document{}}
	rows := 5
	for p.try(process(rows), fitting{usual, 1}, top) == 0 { // a little too high for a page
		rows++
	}
	p.fit(process(rows))
	require.Less(t, p.low, 1.0, "lower pictures let it stay")
	require.Equal(t, 0, p.try(process(rows), fitting{p.body, p.low}, top))
	p.y, p.pages = top+60, 1
	p.fit(process(rows - 1))
	require.Equal(t, 2, p.pages, "it gets a page of its own")
	require.Equal(t, 1, pagesOf(t, process(0), report.Section{Heading: "Little", Together: true, Blocks: []report.Block{items(2)}}), "a short one stays below")
}

func TestWhatRunsOnTakesAsFewPagesAsItCan(t *testing.T) {
	p := &writer{dry: true, body: usual, low: 1, y: top, lang: terms.EN, d: &report.Document{}}
	long := report.Section{Heading: "Figures", Blocks: []report.Block{items(24)}}
	n := 24
	for p.try(long, fitting{usual, 1}, top) == 0 { // just over a page
		n++
		long.Blocks[0] = items(n)
	}
	p.fit(long)
	require.Less(t, p.body, float64(usual))
	require.GreaterOrEqual(t, p.body, float64(legible))
	require.Equal(t, 0, p.try(long, fitting{p.body, p.low}, top), "no page begins for a line")
}

func TestTheSignatureStandsWithTheOrders(t *testing.T) {
	alone := 0
	for n := 30; n < 40; n++ {
		d := &report.Document{Lang: terms.EN, Title: "Report", Signatory: report.Signatory{Post: "Head"}, Orders: &report.Orders{Title: "Draft instructions"}}
		for i := range n {
			d.Orders.Rows = append(d.Orders.Rows, report.Order{What: fmt.Sprintf("Process %d: propose how to shorten the step «Answer agreed», with the effect expected and the date from which on", i), Who: "Owner of the process", Why: "Fact 6.00 (from 5.83 to 6.16) against a plan of 1.00; most of it waits"})
		}
		end := func(fitted bool) bool {
			p := &writer{dry: true, body: usual, low: 1, y: top + 20, lang: terms.EN, d: d}
			if fitted {
				p.fitClosing()
			}
			p.orders()
			pages := p.pages
			p.body = usual
			p.signature()
			return p.pages > pages
		}
		if end(false) {
			alone++
		}
		require.False(t, end(true), "%d orders", n)
	}
	require.Positive(t, alone, "in usual letters it would for some")
}
