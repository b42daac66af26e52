package board

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/predict"
)

// How many rows the parts of a board show.
const shownBottlenecks, shownRisks = 8, 15

type bottleneckRow struct {
	Activity, Share, Range, Waiting, Work, Saves string
	N                                            string
	Wide                                         float64 // of the bar, 0 to 100
}

type bottlenecksPage struct {
	Rows     []bottleneckRow
	None     string
	Note     string
	Warnings []string
	Map      string
}

// bottlenecks is a part of the board: where the lead time goes.
func (p *pages) bottlenecks(w http.ResponseWriter, r *http.Request) error {
	a, err := p.ask(r)
	if err != nil {
		return err
	}
	lang := a.lang
	var page bottlenecksPage
	if a.fault != nil {
		page.None = lang.T("board.part.filter")
		return p.area.Part(w, r, "bottlenecks", shell.Page{Body: page})
	}
	n, err := p.desk.Narrow(r.Context(), a.log, a.q.Look)
	if filterFault(err) {
		page.None = lang.T("board.part.filter")
		return p.area.Part(w, r, "bottlenecks", shell.Page{Body: page})
	}
	if err != nil {
		return err
	}
	cases := float64(max(1, n.Cases))
	per := func(x measure.Number) string { return lang.Seconds(float64(x) / cases) }
	for i, x := range n.Activities {
		if i == shownBottlenecks {
			page.Note = lang.T("board.bottlenecks.more", lang.Int(int64(len(n.Activities)-i)))
			break
		}
		row := bottleneckRow{Activity: a.label(x.Activity), Share: lang.Percent(float64(x.Share), 1), Waiting: per(x.Waiting), Work: per(x.Processing), Saves: lang.Seconds(float64(x.MostSaved)), N: lang.Count("case", int64(x.Cases))}
		if nan(x.Waiting) {
			row.Waiting, row.Work = per(x.Undivided), lang.T("board.bottlenecks.undivided")
		}
		if x.Interval != nil {
			row.Range = shell.Interval(lang, x.Interval.Low, x.Interval.High, func(v float64) string { return lang.Percent(v, 1) })
		}
		if !nan(x.Share) {
			row.Wide = min(100, 100*float64(x.Share))
		}
		page.Rows = append(page.Rows, row)
	}
	if len(page.Rows) == 0 {
		page.None = lang.T("board.why.no-cases")
	}
	page.Warnings = a.doubts(n.Doubts)
	return p.area.Part(w, r, "bottlenecks", shell.Page{Log: a.log, View: a.view, Body: page})
}

func (a *asked) doubts(list []measure.Doubt) []string {
	out := make([]string, len(list))
	for i, d := range list {
		out[i] = a.known.Told(d.In(string(a.lang)), string(a.lang))
	}
	return out
}

type riskRow struct {
	ID, Href, Log, LogHref          string
	Stands, Since, Due, Left, Range string
	Risk                            string
	RiskRange                       string
	Why                             string
	Overdue                         bool
	Next                            string
}

type risksPage struct {
	Rows          []riskRow
	None, Summary string
	Judged, Weak  string
	Warnings      []string
	Limited       bool
	AllHref, More string
	Remaining     bool
}

// risks is a part of the board: the open cases by their risk of breach.
func (p *pages) risks(w http.ResponseWriter, r *http.Request) error {
	a, err := p.ask(r)
	if err != nil {
		return err
	}
	lang := a.lang
	var page risksPage
	if a.fault != nil {
		page.None = lang.T("board.part.filter")
		return p.area.Part(w, r, "risks", shell.Page{Body: page})
	}
	list, err := p.desk.Risks(r.Context(), a.log, a.q.Look)
	if filterFault(err) {
		page.None = lang.T("board.part.none", err.Error())
		return p.area.Part(w, r, "risks", shell.Page{Body: page})
	}
	if err != nil {
		return err
	}
	page.Summary = lang.T("board.risks.summary", lang.Count("open-case", int64(list.Open)), lang.Moment(list.AsOf.In(a.zone)), lang.Int(int64(list.Overdue)), lang.Int(int64(list.AtRisk)))
	if !list.Reliable() {
		page.Summary = lang.T("board.risks.summary.unproven", lang.Count("open-case", int64(list.Open)), lang.Moment(list.AsOf.In(a.zone)), lang.Int(int64(list.Overdue)))
	}
	if !list.Limited {
		page.Summary = lang.T("board.risks.summary.unlimited", lang.Count("open-case", int64(list.Open)), lang.Moment(list.AsOf.In(a.zone)))
	}
	page.Limited, page.Remaining = list.Limited, list.Forecast
	for i, c := range list.Cases {
		if i == shownRisks {
			page.More = lang.T("board.risks.more", lang.Int(int64(list.Open-i)))
			break
		}
		page.Rows = append(page.Rows, riskRowOf(r, a.lang, a.zone, a.log, c, a.label))
	}
	if len(page.Rows) == 0 {
		page.None = lang.T("board.risks.none")
	}
	if list.Forecast && list.Limited && list.States > 0 {
		page.Judged = lang.T("board.risks.judged", lang.Float(float64(list.Brier), 3), lang.Float(float64(list.Base), 3), lang.Int(int64(list.States)))
		if !list.Beats {
			page.Weak = lang.T("board.risks.weak")
		}
	}
	if b, err := p.desk.Board(r.Context(), a.log, a.q); err == nil {
		if b.Declared {
			page.AllHref, _ = casesBehind(r, a, b, keyOpen)
		} else {
			page.Summary += " " + lang.T("board.risks.undeclared")
		}
	}
	page.Warnings = a.doubts(list.Doubts)
	return p.area.Part(w, r, "risks", shell.Page{Log: a.log, View: a.view, Body: page})
}

func riskRowOf(r *http.Request, lang terms.Lang, zone *time.Location, log string, c predict.Case, label func(string) string) riskRow {
	row := riskRow{ID: c.ID, Href: behind(r, log, c.ID), Log: log, LogHref: shell.Href(r, nil, "logs", log), Stands: label(c.Activity), Since: isoMoment(lang.Date, zone, c.Since), Due: isoMoment(lang.Due, zone, c.Due), Overdue: c.Overdue, Left: measure.Unknown, Risk: measure.Unknown, Why: strings.ReplaceAll(c.Reason.In(string(lang)), c.Activity, label(c.Activity))}
	if !nan(c.Remaining) {
		row.Left = lang.Seconds(float64(c.Remaining))
		high := lang.T("board.unbounded")
		if !nan(c.High) {
			high = lang.Seconds(float64(c.High))
		}
		row.Range = lang.T("board.interval.90", lang.Seconds(float64(c.Low)), high)
	}
	if c.Breach != nil {
		row.Risk = lang.Percent(float64(*c.Breach), 0)
		if c.BreachLow != nil && c.BreachHigh != nil {
			row.RiskRange = lang.T("board.interval.90", lang.Percent(float64(*c.BreachLow), 0), lang.Percent(float64(*c.BreachHigh), 0))
		}
	}
	if c.Overdue {
		row.Risk, row.RiskRange = lang.T("predict.overdue"), ""
	}
	if len(c.Next) > 0 {
		row.Next = label(c.Next[0].Activity) + " (" + lang.Percent(float64(c.Next[0].Share), 0) + ")"
	}
	return row
}

func isoMoment(write func(time.Time) string, zone *time.Location, s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return measure.Unknown
	}
	return write(t.In(zone))
}

// soon waits until a moment for an answer that may take long; false where it takes
// longer. The question ends with the request; what the desk computes for it goes on.
func soon[T any](ctx context.Context, until time.Time, ask func(context.Context) (T, error)) (answer T, ready bool, err error) {
	type given struct {
		answer T
		err    error
	}
	done := make(chan given, 1)
	go func() {
		x, err := ask(ctx)
		done <- given{x, err}
	}()
	t := time.NewTimer(time.Until(until))
	defer t.Stop()
	select {
	case g := <-done:
		return g.answer, g.err == nil, g.err
	case <-t.C:
		return answer, false, nil
	case <-ctx.Done():
		return answer, false, ctx.Err()
	}
}

// patient is until when a request waits: a little for a page, as long as it takes for
// the part of it that comes later.
func patient(r *http.Request) time.Time {
	if r.URL.Query().Get(partKey) != "" {
		return time.Now().Add(time.Hour)
	}
	return time.Now().Add(patience)
}
