package compose

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/terms"
)

// mostItems bounds the processes named singly in a part of page one.
const mostItems = 4

// front is page one: what changed, what is late and why, the outlook, what to decide.
func front(l terms.Lang, list []*facts, orders []order) report.Section {
	s := report.Section{Heading: l.T("say.front"), Compact: true}
	add := func(heading string, items []report.Paragraph) {
		if len(list) == 1 {
			items = alone(list[0], items)
		}
		s.Blocks = append(s.Blocks, report.Paragraph{Text: l.T(heading), Weight: report.Sub}, report.List{Items: items})
	}
	s.Blocks = append(s.Blocks, report.Paragraph{Text: summary(l, list), Weight: report.Key})
	add("say.changed", changed(l, list))
	add("say.late", late(l, list))
	add("say.outlook", outlook(l, list))
	add("say.decide", decide(l, orders))
	return s
}

// alone leaves the name of the process out of the paragraphs of a report about it alone.
func alone(f *facts, items []report.Paragraph) []report.Paragraph {
	out := slices.Clone(items)
	for i := range out {
		text := strings.TrimPrefix(out[i].Text, f.name+": ")
		text = strings.TrimSuffix(text, ": "+f.lang.T("say.quoted", f.name)+".")
		if text != out[i].Text {
			first, size := utf8.DecodeRuneInString(text)
			text = string(unicode.ToUpper(first)) + text[size:]
			if !strings.HasSuffix(text, ".") {
				text += "."
			}
			out[i].Text = text
		}
	}
	return out
}

func summary(l terms.Lang, list []*facts) string {
	var delivered, began, open, overdue, late, judged, limited int
	for _, f := range list {
		delivered, began, open, overdue = delivered+f.now.N, began+f.began, open+f.risks.Open, overdue+f.risks.Overdue
		if f.risks.Limited {
			limited += f.risks.Open
		}
		late, judged = late+f.now.Share.N-f.now.InTime, judged+f.now.Share.N
	}
	text := l.T("say.summary", l.Int(int64(began)), l.Int(int64(delivered)), l.Int(int64(open)))
	if limited > 0 {
		text += " " + l.T("say.summary.overdue", l.Int(int64(limited)), l.Int(int64(overdue)))
	}
	if len(list) > 1 {
		text = l.T("say.summary.of", l.Count("say.process", int64(len(list)))) + " " + text
	}
	if judged > 0 {
		text += " " + l.T("say.summary.late", l.Int(int64(late)), l.Int(int64(judged)))
	}
	return text
}

// names joins the names of processes, at most mostNames of them.
func names(l terms.Lang, list []*facts) string {
	const mostNames = 4
	var out []string
	for i, f := range list {
		if i == mostNames {
			out = append(out, l.T("say.and-more", l.Int(int64(len(list)-mostNames))))
			break
		}
		out = append(out, l.T("say.quoted", f.name))
	}
	return strings.Join(out, ", ")
}

// only are the facts for which keep holds, in order.
func only(list []*facts, keep func(*facts) bool) []*facts {
	var out []*facts
	for _, f := range list {
		if keep(f) {
			out = append(out, f)
		}
	}
	return out
}

// rest tells of those that are not named singly.
func rest(l terms.Lang, key string, list []*facts) []report.Paragraph {
	if len(list) == 0 {
		return nil
	}
	return []report.Paragraph{{Text: l.T(key, names(l, list))}}
}

// strongest is the greatest change of a process that is more than noise, of its lead
// time relative to what was before or of its share in time; 0 for none.
func (f *facts) strongest() float64 {
	out := 0.0
	for _, c := range f.comparisons() {
		if v := judge(c.now, c.before, c.d); v == better || v == worse {
			out = max(out, math.Abs(c.d.Value/c.before.Mean.Value))
		}
	}
	if v := f.shareVerdict(); v == better || v == worse {
		out = max(out, math.Abs(f.share.Value))
	}
	return out
}

func changed(l terms.Lang, list []*facts) []report.Paragraph {
	told := only(list, func(f *facts) bool { return f.strongest() > 0 || len(list) <= mostItems })
	slices.SortStableFunc(told, func(a, b *facts) int { return cmp.Compare(b.strongest(), a.strongest()) })
	var items []report.Paragraph
	for _, f := range told[:min(mostItems, len(told))] {
		items = append(items, f.change())
	}
	items = append(items, rest(l, "say.changed.more", told[min(mostItems, len(told)):])...)
	if len(list) <= mostItems {
		return items
	}
	quiet := only(list, func(f *facts) bool { return f.strongest() == 0 })
	within := func(f *facts) bool {
		return slices.ContainsFunc(f.comparisons(), func(c comparison) bool { return judge(c.now, c.before, c.d) == noise })
	}
	items = append(items, rest(l, "say.changed.noise", only(quiet, within))...)
	return append(items, rest(l, "say.changed.few", only(quiet, func(f *facts) bool { return !within(f) }))...)
}

// change tells the mean of a process and what may be said of its change.
func (f *facts) change() report.Paragraph {
	l := f.lang
	if f.now.N == 0 {
		return report.Paragraph{Text: l.T("say.change.none", f.name), Notes: []report.Footnote{f.rests(false)}}
	}
	parts := []string{l.T("say.change", f.name, f.value(f.now.Mean.Value), l.Count("case", int64(f.now.N)))}
	for i, c := range f.comparisons() {
		if i > 0 || !f.byYears() {
			parts = append(parts, f.clause(c))
		}
	}
	if v := f.shareVerdict(); v == better || v == worse {
		parts = append(parts, l.T("say.change.share", f.points(f.share.Value), f.points(f.share.Low), f.points(f.share.High)))
	}
	return report.Paragraph{Text: strings.Join(parts, "; ") + ".", Notes: []report.Footnote{f.rests(false)}}
}

func late(l terms.Lang, list []*facts) []report.Paragraph {
	told := only(list, func(f *facts) bool { return f.risks.Overdue > 0 })
	slices.SortStableFunc(told, func(a, b *facts) int { return cmp.Compare(b.risks.Overdue, a.risks.Overdue) })
	var items []report.Paragraph
	for _, f := range told[:min(mostItems, len(told))] {
		items = append(items, report.Paragraph{Text: f.late()})
	}
	items = append(items, rest(l, "say.late.more", told[min(mostItems, len(told)):])...)
	items = append(items, rest(l, "say.late.none", only(list, func(f *facts) bool { return f.risks.Limited && f.risks.Overdue == 0 }))...)
	if len(list) > mostItems {
		return append(items, rest(l, "say.late.unlimited", only(list, func(f *facts) bool { return !f.risks.Limited && f.risks.Open > 0 }))...)
	}
	items = append(items, rest(l, "say.late.empty", only(list, func(f *facts) bool { return f.risks.Open == 0 }))...)
	return append(items, rest(l, "say.late.unlimited", only(list, func(f *facts) bool { return !f.risks.Limited && f.risks.Open > 0 }))...)
}

// late tells what of a process is late, and where its time goes.
func (f *facts) late() string {
	l := f.lang
	text := l.T("say.late.process", f.name, l.Int(int64(f.risks.Overdue)), l.Count("say.open-case", int64(f.risks.Open)))
	if len(f.due) > 0 && f.due[0].Overdue {
		text += l.T("say.late.oldest", report.Short(f.due[0].ID, 40), report.Day(l, f.due[0].due))
	}
	text += "."
	if f.now.Share.N > 0 {
		text += " " + l.T("say.late.share", f.inTime(f.now))
	}
	if cause := f.cause(); cause != "" {
		text += " " + l.T("say.late.cause", cause)
	}
	return text
}

// cause tells which activity takes most of the time, with its interval; "" where that
// is not known.
func (f *facts) cause() string {
	top := f.top()
	if top == nil {
		return ""
	}
	l := f.lang
	text := l.T("say.cause", f.label(top.Activity), l.Percent(float64(top.Share), 0))
	if i := top.Interval; i != nil {
		text += l.T("say.cause.interval", l.Percent(max(0, i.Low), 0), l.Percent(min(1, i.High), 0))
	}
	if w := float64(top.Waiting); w >= 0.05*float64(top.Total) {
		text += l.T("say.cause.waiting", l.Percent(w/float64(top.Total), 0))
	}
	return text
}

func outlook(l terms.Lang, list []*facts) []report.Paragraph {
	var items []report.Paragraph
	told := only(list, func(f *facts) bool { return f.foretold() && f.risks.Open > f.risks.Overdue })
	expected := func(f *facts) float64 { mean, _, _ := f.breaches(); return mean }
	slices.SortStableFunc(told, func(a, b *facts) int { return cmp.Compare(expected(b), expected(a)) })
	for i, f := range told[:min(mostItems, len(told))] {
		mean, low, high := f.breaches()
		item := report.Paragraph{Text: l.T("say.outlook.breaches", f.name, l.Count("say.open-case", int64(f.risks.Open-f.risks.Overdue)), l.Float(mean, 1), l.Float(low, 0), l.Float(high, 0))}
		if i == 0 {
			item.Notes = []report.Footnote{{Text: l.T("say.outlook.note"), Low: math.NaN(), High: math.NaN()}}
		}
		items = append(items, item)
	}
	items = append(items, rest(l, "say.outlook.no-skill", only(list, func(f *facts) bool { return f.risks.Limited && f.risks.Open > f.risks.Overdue && !f.foretold() }))...)
	state := func(want string) []*facts { return only(list, func(f *facts) bool { return f.targetState() == want }) }
	for _, want := range []string{"reached", "date", "trend", "noise", "never", "few"} {
		if there := state(want); len(list) > mostItems && want != "date" {
			items = append(items, rest(l, "say.target.all-"+want, there)...)
		} else {
			for _, f := range there {
				items = append(items, report.Paragraph{Text: f.foreseen()})
			}
		}
	}
	if len(items) == 0 {
		items = append(items, report.Paragraph{Text: l.T("say.outlook.none")})
	}
	return items
}

// foretold reports whether the forecast of single cases may be told: it did better than
// the simple ways on cases it had not seen.
func (f *facts) foretold() bool { return f.risks.Forecast && f.risks.Limited && f.risks.Beats }

// breaches is the number of open cases, not overdue, that will break their term, with
// the bounds between which it lies in 95 of 100 such sets of cases, were the
// probabilities exact and the cases apart from each other (Poisson binomial, its normal
// approximation).
func (f *facts) breaches() (mean, low, high float64) {
	variance := 0.0
	n := 0
	for _, c := range f.risks.Cases {
		if c.Overdue || c.Breach == nil || math.IsNaN(float64(*c.Breach)) {
			continue
		}
		p := float64(*c.Breach)
		mean, variance = mean+p, variance+p*(1-p)
		n++
	}
	half := 1.96 * math.Sqrt(variance)
	return mean, math.Floor(max(0, mean-half)), math.Ceil(min(float64(n), mean+half))
}

func (f *facts) forecastNote() report.Footnote {
	l := f.lang
	return report.Footnote{Text: l.T("say.forecast.note", l.Float(float64(f.risks.Brier), 3), l.Float(float64(f.risks.Base), 3)), N: f.risks.States, Of: "say.state", Low: math.NaN(), High: math.NaN()}
}

// targetState is how a process stands to its target: "reached" in the period, of the
// latest value alone ("noise"), with a date that the interval of the trend bounds, with
// a trend that may as well not lead there ("trend"), "never", "few" periods, or "" where
// there is no target.
func (f *facts) targetState() string {
	if f.plan == nil || f.plan.standing.Outlook == nil {
		return ""
	}
	o := f.plan.standing.Outlook
	switch {
	case f.plan.verdict() == better:
		return "reached"
	case math.IsNaN(float64(o.Slope)):
		return "few"
	case o.Reached:
		return "noise"
	case o.Date.IsZero():
		return "never"
	case o.Latest.IsZero():
		return "trend"
	}
	return "date"
}

// foreseen tells when the trend is at the target.
func (f *facts) foreseen() string {
	l, o := f.lang, f.plan.standing.Outlook
	goal := f.goal()
	switch f.targetState() {
	case "reached":
		return l.T("say.target.reached", f.name, goal)
	case "few":
		return l.T("say.target.few", f.name, goal, l.Int(int64(o.N)))
	case "date":
		return l.T("say.target.date", f.name, goal, report.Day(l, o.Date), report.Day(l, o.Earliest), report.Day(l, o.Latest))
	case "noise":
		return l.T("say.target.noise", f.name, goal)
	case "trend":
		return l.T("say.target.trend", f.name, goal)
	}
	return l.T("say.target.never", f.name, goal)
}

func decide(l terms.Lang, orders []order) []report.Paragraph {
	const most = 3
	var items []report.Paragraph
	for _, o := range orders[:min(most, len(orders))] {
		items = append(items, report.Paragraph{Text: l.T("say.decide.item", o.What, o.Who, report.Day(l, o.By))})
	}
	switch {
	case len(orders) == 0:
		return []report.Paragraph{{Text: l.T("say.decide.none")}}
	case len(orders) > most:
		items = append(items, report.Paragraph{Text: l.T("say.decide.more", l.Int(int64(len(orders)-most)))})
	}
	return items
}
