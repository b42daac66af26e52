package compose

import (
	"math"
	"time"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
)

// page is the part about one process.
func (f *facts) page(mostCases int) report.Section {
	l := f.lang
	s := report.Section{Heading: f.name, Brief: f.brief(), Together: true}
	add := func(b ...report.Block) { s.Blocks = append(s.Blocks, b...) }
	add(report.Paragraph{Text: f.lead(), Notes: []report.Footnote{f.rests(true)}})
	add(f.trend(), f.narrowFigure(), f.risk())
	if t := f.caseTable(mostCases); t != nil {
		add(t)
	} else if f.risks.Open > 0 && f.risks.Limited {
		add(report.Paragraph{Text: l.T("say.page.no-due"), Weight: report.Quiet})
	}
	return s
}

// brief tells of the process in some words: its mean and what is overdue.
func (f *facts) brief() string {
	l := f.lang
	text := l.T("say.no-cases")
	if f.now.N > 0 {
		text = f.value(f.now.Mean.Value)
	}
	if f.risks.Limited && f.risks.Open > 0 {
		text += ", " + l.T("say.brief.overdue", l.Int(int64(f.risks.Overdue)), l.Count("say.open-case", int64(f.risks.Open)))
	}
	return text
}

// lead tells of the process in three sentences: the mean against the plan, the share
// in time, who answers.
func (f *facts) lead() string {
	l := f.lang
	text := l.T("say.page.none", f.period.Name(l))
	if f.now.N > 0 {
		text = l.T("say.page.mean", f.value(f.now.Mean.Value), l.Count("case", int64(f.now.N)))
		if p := f.plan; p != nil {
			if due := f.lastDue(); p.verdict() == worse && due.After(f.asOf) {
				text += " " + l.T("say.page.plan-due", f.value(p.value), report.Day(l, due))
			} else {
				text += " " + l.T([...]string{"say.page.plan-few", "say.page.plan-noise", "say.page.plan-better", "say.page.plan-worse"}[p.verdict()], f.goal())
			}
		}
		if f.now.Share.N > 0 {
			text += " " + l.T("say.late.share", f.inTime(f.now))
		}
	}
	if f.owner.In(string(l)) != "" {
		text += " " + l.T("say.page.owner", f.who)
	}
	if f.board.Limit != nil {
		text += " " + l.T("say.page.limit", report.Clean(f.board.Limit.Text.In(string(l))))
	}
	return text
}

// periodsShown is how many periods a trend shows, so that the same period of last year
// is among them.
var periodsShown = map[report.Kind]int{report.Week: 13, report.Month: 13, report.Quarter: 8, report.HalfYear: 6, report.NineMonths: 8, report.Year: 6}

// trend is the picture of the mean lead time by period.
func (f *facts) trend() report.Figure {
	l := f.lang
	c := report.Trend{Unit: f.unit, Words: f.words, Digits: f.digits}
	series := f.series
	end := f.period.End(f.zone)
	for len(series) > 0 && !series[len(series)-1].Begin.Before(end) {
		series = series[:len(series)-1]
	}
	series = series[max(0, len(series)-periodsShown[f.period.Kind]):]
	kind := report.Kind(trendKind(f.period.Kind))
	n := 0
	for _, p := range series {
		c.Points = append(c.Points, report.TrendPoint{Label: report.Holding(kind, p.Begin).Short(l), Value: float64(p.Value) / f.per, Low: float64(p.Low) / f.per, High: float64(p.High) / f.per, N: p.N})
		n += p.N
	}
	if limit := f.board.Limit; limit != nil && limit.Seconds > 0 && f.unit.WallClock() {
		c.Lines = append(c.Lines, report.TrendLine{Name: l.T("say.limit"), Value: limit.Seconds / f.per, Mark: report.Bad})
	}
	if p := f.plan; p != nil && p.statistic != "share" {
		c.Lines = append(c.Lines, report.TrendLine{Name: l.T("say.plan"), Value: p.value / f.per, Mark: report.Good})
	}
	g := report.Figure{Title: l.T("say.figure.trend", l.T("say.by."+string(kind))), Chart: c, Notes: []report.Footnote{{N: n, Low: math.NaN(), High: math.NaN(), Text: l.T("say.figure.trend.note")}}}
	if len(series) > 0 {
		first, last := series[0], series[len(series)-1]
		g.Description = l.T("say.figure.trend.text", report.Day(l, first.Begin), report.Day(l, last.End.AddDate(0, 0, -1)), f.pointText(float64(first.Value)), f.pointText(float64(last.Value)))
	}
	return g
}

func (f *facts) pointText(x float64) string {
	if math.IsNaN(x) {
		return f.lang.T("say.no-cases")
	}
	return f.value(x)
}

// narrowFigure is the picture of where the time goes.
func (f *facts) narrowFigure() report.Figure {
	const most = 5
	l := f.lang
	c := report.Bars{Unit: measure.Share, Words: "%", Digits: 0}
	for i, b := range f.narrow {
		if i == most {
			break
		}
		bar := report.Bar{Label: f.label(b.Activity), Value: float64(b.Share), Low: math.NaN(), High: math.NaN(), N: b.Cases}
		if b.Interval != nil {
			bar.Low, bar.High = max(0, b.Interval.Low), min(1, b.Interval.High)
		}
		c.Items = append(c.Items, bar)
	}
	of := "say.figure.narrow.period"
	if f.narrowAll {
		of = "say.figure.narrow.all"
	}
	g := report.Figure{Title: l.T("say.figure.narrow"), Chart: c, Notes: []report.Footnote{{N: f.narrowN, Text: l.T(of), Low: math.NaN(), High: math.NaN()}}}
	if cause := f.cause(); cause != "" {
		g.Description = l.T("say.figure.narrow.text", cause)
	}
	return g
}

// risk is the picture of the open cases by their risk of breach, or a sentence where
// there is nothing to compare.
func (f *facts) risk() report.Block {
	l := f.lang
	if f.risks.Open > 0 && !f.foretold() && f.risks.Overdue == 0 {
		why := l.T("say.no-skill")
		if !f.risks.Limited {
			why = l.T("say.no-limit")
		}
		return report.Paragraph{Text: l.T("say.risk.one", l.Int(int64(f.risks.Open)), why), Weight: report.Quiet}
	}
	if f.risks.Open == 0 {
		return report.Paragraph{Text: l.T("say.figure.risk.none"), Weight: report.Quiet}
	}
	classes := []struct {
		key  string
		mark report.Mark
		n    int
	}{{"say.risk.overdue", report.Bad, 0}, {"say.risk.high", report.Bad, 0}, {"say.risk.middle", report.Doubtful, 0}, {"say.risk.low", report.Good, 0}, {"say.risk.unknown", report.NoMark, 0}}
	for _, o := range f.risks.Cases {
		k := 4
		switch {
		case o.Overdue:
			k = 0
		case o.Breach == nil || math.IsNaN(float64(*o.Breach)) || !f.foretold():
		case *o.Breach >= 0.5:
			k = 1
		case *o.Breach >= 0.2:
			k = 2
		default:
			k = 3
		}
		classes[k].n++
	}
	c := report.Bars{Unit: measure.Count}
	for k, class := range classes {
		if class.n > 0 || k < 4 && f.foretold() {
			c.Items = append(c.Items, report.Bar{Label: l.T(class.key), Value: float64(class.n), Low: math.NaN(), High: math.NaN(), Mark: class.mark})
		}
	}
	note := report.Footnote{N: f.risks.Open, Of: "say.open-case", Low: math.NaN(), High: math.NaN()}
	g := report.Figure{Title: l.T("say.figure.risk", report.Moment(l, f.asOf)), Chart: c}
	switch {
	case !f.risks.Limited:
		note.Warnings = append(note.Warnings, l.T("say.no-limit"))
	case f.foretold():
		g.Description = l.T("say.figure.risk.text", l.Count("say.open-case", int64(f.risks.Open)), l.Int(int64(f.risks.Overdue)), l.Int(int64(f.risks.AtRisk)))
		note.Warnings = append(note.Warnings, f.forecastNote().In(l))
	default:
		note.Warnings = append(note.Warnings, l.T("say.no-skill"))
	}
	g.Notes = []report.Footnote{note}
	return g
}

// caseTable lists the open cases that are overdue or due within ten working days; nil
// for none.
func (f *facts) caseTable(most int) *report.Table {
	l := f.lang
	t := &report.Table{Title: l.T("say.table.cases"), Columns: []report.Column{
		{Head: l.T("say.col.case")}, {Head: l.T("say.col.at")}, {Head: l.T("say.col.due")}, {Head: l.T("say.col.left"), Unit: measure.Count, Words: l.T("unit.working-days")},
		{Head: l.T("say.col.breach"), Unit: measure.Share, Words: "%", Interval: true}, {Head: l.T("say.col.why")},
	}}
	all := 0
	for _, o := range f.due {
		if !o.Overdue && o.left > 10 {
			continue
		}
		if all++; all > most {
			continue
		}
		breach := report.N(math.NaN(), l.T("say.no-skill"))
		switch {
		case o.Overdue:
			breach = report.Cell{Kind: report.Missing, Text: l.T("say.overdue")}
		case f.foretold() && o.Breach != nil:
			low, high := math.NaN(), math.NaN()
			if o.BreachLow != nil && o.BreachHigh != nil {
				low, high = float64(*o.BreachLow), float64(*o.BreachHigh)
			}
			breach = report.NI(float64(*o.Breach), low, high, l.T("say.no-skill"))
		}
		due := report.D(time.Date(o.due.Year(), o.due.Month(), o.due.Day(), 0, 0, 0, 0, f.zone), "")
		if o.Overdue {
			due = due.Marked(report.Bad)
		}
		t.Rows = append(t.Rows, []report.Cell{report.T(report.Short(o.ID, 40)), report.T(f.label(o.Activity)), due, report.N(float64(o.left), ""), breach, report.T(report.Short(o.Reason.In(string(l)), 160))})
	}
	if all == 0 {
		return nil
	}
	note := report.Footnote{Text: l.T("say.table.cases.note"), Low: math.NaN(), High: math.NaN()}
	if all > most {
		note.Text = l.T("say.table.cases.more", l.Int(int64(most)), l.Int(int64(all)))
	}
	t.Notes = []report.Footnote{note}
	return t
}

// none is a section that says that there is nothing to report.
func none(l terms.Lang) report.Section {
	return report.Section{Heading: l.T("say.front"), Blocks: []report.Block{report.Paragraph{Text: l.T("say.nothing")}}}
}
