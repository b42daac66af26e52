// Package reporttest is a document with every kind of block, and one of hostile
// labels, for the tests of the packages that draw reports.
package reporttest

import (
	"math"
	"time"

	"github.com/uprava/uprava/dashboards/hostile"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
)

var msk = time.FixedZone("MSK", 3*3600)

// AsOf is the as-of moment of the documents.
var AsOf = time.Date(2019, 12, 31, 18, 0, 0, 0, msk)

// Document returns a document with every kind of block and a table of 60 rows.
func Document(lang terms.Lang) *report.Document {
	nan := math.NaN()
	trend := report.Trend{Unit: measure.CalendarDay, Words: report.UnitWords(lang, measure.CalendarDay), Digits: 1,
		Lines: []report.TrendLine{{Name: "Limit", Value: 30, Mark: report.Bad}, {Name: "Plan", Value: 17, Mark: report.Good}}}
	for i, v := range []float64{31, 29.5, 30.2, nan, 27, 26.1, 24.9} {
		trend.Points = append(trend.Points, report.TrendPoint{Label: report.Period{Kind: report.Month, Year: 2019, N: 5 + i}.Short(lang), Value: v, Low: v - 2, High: v + 2.5, N: 31 + i})
	}
	trend.Points = append(trend.Points, report.TrendPoint{Label: "01.20", Value: 24, Low: 20, High: 28, Forecast: true})
	long := &report.Table{Title: "Long table", Total: "Total", Columns: []report.Column{
		{Head: "Case"}, {Head: "Plan", Unit: measure.CalendarDay, Words: "days", Digits: 1, Sum: true}, {Head: "Fact", Unit: measure.CalendarDay, Words: "days", Digits: 1, Interval: true, Sum: true},
		{Head: "Deviation", Unit: measure.CalendarDay, Words: "days", Digits: 1, Deviation: &report.Deviation{Of: 2, From: 1}}, {Head: "In time", Unit: measure.Share, Words: "%", Digits: 1}, {Head: "Due"}},
		Notes: []report.Footnote{{N: 60, Low: nan, High: nan}}}
	for i := range 60 {
		fact := 17 + float64(i%7)
		row := []report.Cell{report.T("Case " + lang.Int(int64(i+1000))), report.N(17, ""), report.NI(fact, fact-1, fact+1.5, ""), report.N(fact-17, ""), report.N(0.9-float64(i)/100, ""), report.D(AsOf.AddDate(0, 0, i), "")}
		if i%9 == 0 {
			row[2], row[3] = report.N(nan, "no cases"), report.N(nan, "no cases")
		}
		if i%5 == 0 {
			row[5] = row[5].Marked(report.Bad)
		}
		long.Rows = append(long.Rows, row)
	}
	return &report.Document{
		Lang: lang, Organisation: "Администрация города", Title: "Доклад", Subject: "Процесс", To: "Главе администрации",
		Period: report.Period{Kind: report.Quarter, Year: 2019, N: 4}, AsOf: AsOf, Notice: "Демонстрационные данные",
		Sections: []report.Section{
			{Heading: "Главное", Blocks: []report.Block{
				report.Paragraph{Text: "Среднее время протекания процесса — 24,9 дня.", Weight: report.Key, Notes: []report.Footnote{{N: 381, Unit: measure.CalendarDay, Low: 22.8, High: 26.4, Warnings: []string{"31 дело не окончено"}}}},
				report.List{Items: []report.Paragraph{{Text: "Первое"}, {Text: "Второе", Notes: []report.Footnote{{Text: "пояснение", Low: nan, High: nan}}}}},
			}},
			{Heading: "Картины", NewPage: true, Blocks: []report.Block{
				report.Figure{Title: "Ход по месяцам", Description: "Среднее по месяцам с интервалом.", Chart: trend, Notes: []report.Footnote{{N: 200, Low: nan, High: nan}}},
				report.Paragraph{Text: "Подраздел", Weight: report.Sub},
				report.Figure{Title: "Узкие места", Description: "Доля времени.", Chart: report.Bars{Unit: measure.Share, Words: "%", Digits: 0, Items: []report.Bar{
					{Label: "Межведомственные запросы направлены", Value: 0.47, Low: 0.42, High: 0.52, Mark: report.Bad}, {Label: "Подпись", Value: 0.2, Low: nan, High: nan}, {Label: "Приём", Value: 0.03, Low: nan, High: nan}}}},
				report.Figure{Title: "Пусто", Description: "", Chart: report.Trend{}},
			}},
			{Heading: "Таблица", Blocks: []report.Block{report.Paragraph{Text: "Пояснение мелким шрифтом.", Weight: report.Quiet}, long}},
		},
		Orders:    &report.Orders{Title: lang.T("report.orders"), Rows: []report.Order{{What: "Закрыть просроченные дела", Who: "Отдел земельных отношений", By: AsOf.AddDate(0, 0, 10), Why: "Просрочено 3 дела"}, {What: "Доложить", Who: "Юрист"}}},
		Signatory: report.Signatory{Post: "Глава администрации"},
		Performer: report.Performer{Name: "Иванов И. И.", Phone: "+7 000 000-00-00"},
		Program:   "Управа", Inputs: "0123456789abcdef",
	}
}

// Hostile returns a document in which every text is a hostile label.
func Hostile() *report.Document {
	nan := math.NaN()
	d := &report.Document{Lang: terms.RU, AsOf: AsOf, Period: report.Period{Kind: report.Year, Year: 2019, N: 1}}
	at := 0
	next := func() string {
		at++
		return hostile.Labels[at%len(hostile.Labels)]
	}
	d.Organisation, d.Title, d.Subject, d.To, d.Notice, d.Program, d.Inputs = next(), next(), next(), next(), next(), next(), next()
	d.Signatory, d.Performer = report.Signatory{Post: next(), Name: next()}, report.Performer{Name: next(), Phone: next()}
	for _, label := range hostile.Labels {
		d.Sections = append(d.Sections, report.Section{Heading: label, Blocks: []report.Block{
			report.Paragraph{Text: label, Notes: []report.Footnote{{Text: label, Low: nan, High: nan, Warnings: []string{next()}}}},
			report.Figure{Title: label, Description: next(), Chart: report.Bars{Words: next(), Items: []report.Bar{{Label: label, Value: 1, Low: nan, High: nan}}}},
			report.Figure{Title: next(), Chart: report.Trend{Words: next(), Points: []report.TrendPoint{{Label: label, Value: 1, Low: nan, High: nan}}, Lines: []report.TrendLine{{Name: label, Value: 2}}}},
			&report.Table{Title: label, Total: next(), Columns: []report.Column{{Head: label}, {Head: next(), Unit: measure.Count, Words: next(), Sum: true}},
				Rows: [][]report.Cell{{report.T(label), report.N(1, "")}, {report.T(next()), report.N(nan, label)}}},
		}})
	}
	d.Orders = &report.Orders{Title: next()}
	for _, label := range hostile.Labels {
		d.Orders.Rows = append(d.Orders.Rows, report.Order{What: label, Who: next(), Why: next()})
	}
	return d
}
