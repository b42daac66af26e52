package compose

import (
	"math"
	"strings"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
)

// number is a column of lead times whose unit another column names.
func number(head string, digits int) report.Column {
	return report.Column{Head: head, Unit: measure.Count, Digits: digits}
}

// planTable holds plan, fact, deviation, cause and measures of all processes.
func planTable(l terms.Lang, list []*facts) *report.Table {
	fact := number(l.T("say.col.fact"), 2)
	fact.Interval = true
	deviation := number(l.T("say.col.deviation"), 2)
	deviation.Deviation = &report.Deviation{Of: 3, From: 2}
	t := &report.Table{Title: l.T("say.table.plan"), Columns: []report.Column{
		{Head: l.T("say.col.process")}, {Head: l.T("say.col.unit")}, number(l.T("say.col.plan"), 2), fact, deviation,
		{Head: l.T("say.col.in-time"), Unit: measure.Share, Words: "%", Digits: 1}, {Head: l.T("say.col.cause")}, {Head: l.T("say.col.measures")},
	}}
	for _, f := range list {
		none := l.T("say.no-cases")
		row := []report.Cell{report.T(f.name), report.T(f.words), report.N(math.NaN(), l.T("say.no-plan")), f.cell(f.now.Mean, none), report.N(math.NaN(), ""), report.N(f.now.Share.Value, l.T("say.no-limit")), report.T(f.reason(len(list) > mostItems)), f.measures(len(list))}
		if p := f.plan; p != nil {
			row[2], row[3] = report.N(p.value/f.per, ""), f.cell(p.fact, none)
			row[4] = report.N((p.fact.Value-p.value)/f.per, none)
			row[4] = row[4].Marked(mark(p.verdict()))
		}
		t.Rows = append(t.Rows, row)
	}
	t.Notes = []report.Footnote{{Text: l.T("say.table.plan.note"), Low: math.NaN(), High: math.NaN()}}
	return t
}

// reason says why a fact is not at its plan, or that it is.
func (f *facts) reason(brief bool) string {
	if p := f.plan; p != nil {
		switch p.verdict() {
		case better:
			return f.lang.T("say.reason.better")
		case noise:
			return f.lang.T("say.reason.noise")
		case few:
			return f.lang.T("say.reason.few", f.lang.Int(int64(p.fact.N)))
		}
	}
	if top := f.top(); top != nil && brief {
		return f.lang.T("say.cause.brief", f.label(top.Activity), f.lang.Percent(float64(top.Share), 0))
	}
	if cause := f.cause(); cause != "" {
		return f.lang.T("say.reason.top", cause)
	}
	return f.lang.T("say.reason.unknown")
}

// measures are the lines of the action plan for the process.
func (f *facts) measures(processes int) report.Cell {
	var out []string
	for _, w := range f.works {
		if w.State == "dropped" {
			continue
		}
		text := report.Label(w.Measure.Name.In(string(f.lang)))
		switch w.State {
		case "done", "running", "planned":
			text += " (" + f.lang.T("say.measure."+w.State)
			if !w.Due.IsZero() && w.State != "done" {
				text += " " + report.Day(f.lang, w.Due)
			}
			text += ")"
		}
		out = append(out, text)
	}
	if len(out) == 0 {
		return report.Cell{Kind: report.Missing, Text: f.lang.T("say.no-measures")}
	}
	most := 3
	if processes > mostItems {
		most = 1
	}
	if len(out) > most {
		out = append(out[:most], f.lang.T("say.and-more", f.lang.Int(int64(len(out)-most))))
	}
	return report.T(strings.Join(out, "; "))
}

// courseTable compares with the period before, with the same of last year, and the
// year to date with the same of last year.
func courseTable(l terms.Lang, list []*facts) *report.Table {
	first := list[0]
	difference := func(key string) report.Column {
		c := number(l.T(key), 2)
		c.Interval, c.Signed = true, true
		return c
	}
	fact := number(l.T("say.col.fact"), 2)
	toDate := number(l.T("say.col.to-date"), 2)
	t := &report.Table{Title: l.T("say.table.course", first.period.Name(l)), Columns: []report.Column{
		{Head: l.T("say.col.process")}, {Head: l.T("say.col.unit")}, fact, difference("say.col.to-previous"), difference("say.col.to-year"), toDate, difference("say.col.to-date-year"), {Head: l.T("say.col.verdict")},
	}}
	n := 0
	for _, f := range list {
		all := append(f.comparisons(), comparison{now: f.toDate, before: f.toDateBefore, d: f.since})
		brief := []string{"say.brief.previous", "say.brief.year", "say.brief.to-date"}
		row := []report.Cell{report.T(f.name), report.T(f.words), report.N(f.now.Mean.Value/f.per, l.T("say.no-cases"))}
		told, said := map[verdict][]string{}, []verdict(nil)
		same := true
		for i, c := range all {
			v := judge(c.now, c.before, c.d)
			cell := report.Cell{Kind: report.Missing, Text: l.T("say.word.few")}
			switch {
			case i == 0 && f.byYears():
				cell.Text = l.T("say.same-as-year")
			case v != few:
				cell = f.cell(c.d.Figure, "").Marked(mark(v))
				n++
			}
			if i == 2 {
				row = append(row, report.N(f.toDate.Mean.Value/f.per, l.T("say.no-cases")))
			}
			row = append(row, cell)
			if i > 0 || !f.byYears() {
				if told[v] == nil {
					said = append(said, v)
				}
				told[v] = append(told[v], l.T(brief[i]))
			}
			same = same && v == judge(all[0].now, all[0].before, all[0].d)
		}
		var words []string
		for _, v := range said {
			words = append(words, f.word(v)+": "+strings.Join(told[v], ", "))
		}
		if same {
			words = []string{l.T("say.verdict.all", f.word(judge(all[0].now, all[0].before, all[0].d)))}
		}
		t.Rows = append(t.Rows, append(row, report.T(strings.Join(words, "; "))))
	}
	t.Notes = []report.Footnote{{Text: l.T("say.table.course.note", first.period.Before(1).Name(l), first.period.YearAgo().Name(l), l.Int(int64(n)), l.Float(0.05*float64(n), 1)), Low: math.NaN(), High: math.NaN()}}
	return t
}

// volumeTable counts what began and what was delivered, and the share in time, beside
// the same period of last year and from the beginning of the year.
func volumeTable(l terms.Lang, list []*facts) *report.Table {
	count := func(key string) report.Column {
		return report.Column{Head: l.T(key), Unit: measure.Count, Sum: true}
	}
	delivered := count("say.col.delivered")
	share := report.Column{Head: l.T("say.col.in-time-year"), Unit: measure.Share, Words: l.T("points"), Digits: 1, Signed: true, Interval: true}
	t := &report.Table{Title: l.T("say.table.volume"), Columns: []report.Column{
		{Head: l.T("say.col.process")}, count("say.col.began"), count("say.col.last-year"), delivered, count("say.col.last-year"), count("say.col.delivered-year"), count("say.col.last-year"),
		{Head: l.T("say.col.in-time"), Unit: measure.Share, Words: "%", Digits: 1}, share,
	}}
	if len(list) > 1 {
		t.Total = l.T("say.total")
	}
	for _, f := range list {
		row := []report.Cell{report.T(f.name)}
		for _, n := range []int{f.began, f.beganYearAgo, f.now.N, f.yearAgo.N, f.toDate.N, f.toDateBefore.N} {
			row = append(row, report.N(float64(n), ""))
		}
		change := report.Cell{Kind: report.Missing, Text: l.T("say.word.few")}
		if v := f.shareVerdict(); v != few {
			change = report.NI(f.share.Value, f.share.Low, f.share.High, "").Marked(mark(v))
		} else if f.now.Share.N == 0 {
			change.Text = l.T("say.no-limit")
		}
		t.Rows = append(t.Rows, append(row, report.N(f.now.Share.Value, l.T("say.no-limit")), change))
	}
	t.Notes = []report.Footnote{{Text: l.T("say.table.volume.note"), Low: math.NaN(), High: math.NaN()}}
	return t
}

// termsTable counts open cases by what is left of their term.
func termsTable(l terms.Lang, list []*facts) *report.Table {
	count := func(key string) report.Column {
		return report.Column{Head: l.T(key), Unit: measure.Count, Sum: true}
	}
	t := &report.Table{Title: l.T("say.table.terms", report.Moment(l, list[0].asOf)), Columns: []report.Column{
		{Head: l.T("say.col.process")}, count("say.col.open"), count("say.col.overdue"), count("say.col.due-3"), count("say.col.due-5"), count("say.col.due-10"), count("say.col.at-risk"),
	}}
	if len(list) > 1 {
		t.Total = l.T("say.total")
	}
	for _, f := range list {
		row := []report.Cell{report.T(f.name), report.N(float64(f.risks.Open), "")}
		none := report.N(math.NaN(), l.T("say.no-limit"))
		if f.risks.Limited || f.risks.Open == 0 {
			overdue := report.N(float64(f.risks.Overdue), "")
			if f.risks.Overdue > 0 {
				overdue = overdue.Marked(report.Bad)
			}
			row = append(row, overdue)
			for _, days := range []int{3, 5, 10} {
				row = append(row, report.N(float64(f.dueWithin(days)), ""))
			}
		} else {
			row = append(row, none, none, none, none)
		}
		switch {
		case f.foretold():
			row = append(row, report.N(float64(f.risks.AtRisk), ""))
		case f.risks.Open == 0:
			row = append(row, report.N(0, ""))
		case !f.risks.Limited:
			row = append(row, none)
		default:
			row = append(row, report.N(math.NaN(), l.T("say.no-skill")))
		}
		t.Rows = append(t.Rows, row)
	}
	t.Notes = []report.Footnote{{Text: l.T("say.table.terms.note"), Low: math.NaN(), High: math.NaN()}}
	return t
}
