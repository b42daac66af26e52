package board

import (
	"math"
	"net/http"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/kpi"
)

// kpiText writes a value of an indicator in its unit.
func kpiText(lang terms.Lang, i *kpi.Indicator, x float64) string {
	if i.Statistic == "share" {
		return lang.Percent(x, 1)
	}
	return lang.Amount(i.Unit, x)
}

func figureWords(lang terms.Lang, i *kpi.Indicator, f *twin.Figure) string {
	if f == nil {
		return measure.Unknown
	}
	return kpiText(lang, i, f.Value)
}

// lastPoint is the last period of a series that was over at the moment and has a value;
// the running one where there is no other.
func lastPoint(s kpi.Series, b *desk.Board) (p kpi.Point, whole, ok bool) {
	for k := len(s) - 1; k >= 0; k-- {
		if math.IsNaN(float64(s[k].Value)) {
			continue
		}
		if !s[k].End.After(b.AsOf) {
			return s[k], true, true
		}
		if !ok {
			p, ok = s[k], true
		}
	}
	return p, false, ok
}

// kpiRows shows the indicators of the process as the twin has them; where it has none,
// that none is declared.
func (p *pages) kpiRows(r *http.Request, a *asked, b *desk.Board, page *boardPage) {
	for _, s := range b.Standings {
		page.KPIs = append(page.KPIs, p.kpiRow(r, a, b, s))
	}
	if len(page.KPIs) == 0 {
		page.KPIsNote = a.lang.T("board.kpis.none")
	}
}

func (p *pages) kpiRow(r *http.Request, a *asked, b *desk.Board, s desk.Standing) kpiRow {
	lang := a.lang
	text := func(x float64) string { return kpiText(lang, s.Indicator, x) }
	row := kpiRow{Name: s.Name.In(string(lang)), Statistic: lang.T("board.statistic."+statistic(s)) + ", " + lang.T("board.by."+s.Period),
		AsIs: figureWords(lang, s.Indicator, s.AsIs), Target: figureWords(lang, s.Indicator, s.Target), Ideal: figureWords(lang, s.Indicator, s.Ideal), Gap: measure.Unknown, Forecast: measure.Unknown}
	row.Now = shell.Number{Label: row.Name, Href: shell.NumberHref(r, a.view, a.log, keyKPI+s.Ref.ID)}
	last, whole, ok := lastPoint(s.Series, b)
	if !ok {
		row.Now.Why = lang.T("board.why.no-cases")
	} else {
		unit := s.Unit
		if s.Statistic == "share" {
			unit = measure.Share
		}
		together := lang.Together(unit, float64(last.Value), float64(last.Low), float64(last.High))
		row.Now.Value = together(float64(last.Value))
		row.Now.Range = shell.Interval(lang, float64(last.Low), float64(last.High), together)
		row.Now.N = lang.T("figure.n", lang.Count("case", int64(last.N)))
		row.Now.Why = lang.T("board.of-period", lang.Date(last.Begin), lang.Date(last.End.AddDate(0, 0, -1)))
		if !whole {
			row.Now.Why += ", " + lang.T("board.running")
		}
		if row.Now.Range == "" {
			row.Now.Doubts = append(row.Now.Doubts, lang.T("board.no-interval"))
		}
	}
	row.Gap, row.Forecast = outlookWords(lang, s)
	if n := len(s.Messages); n > 0 && s.Messages[n-1].Raised {
		m := s.Messages[n-1]
		row.Alarm = lang.T("board.worse", text(m.Value), lang.Date(m.At))
	}
	return row
}

// outlookWords say how far the target is, and when the trend reaches it.
func outlookWords(lang terms.Lang, s desk.Standing) (gap, forecast string) {
	o := s.Outlook
	text := func(x float64) string { return kpiText(lang, s.Indicator, x) }
	switch {
	case s.Target == nil:
		return measure.Unknown, lang.T("board.forecast.no-target")
	case o == nil || math.IsNaN(float64(o.Gap)):
		return measure.Unknown, lang.T("board.why.no-cases")
	case o.Reached:
		return lang.T("board.reached"), lang.T("board.reached")
	}
	gap = text(float64(o.Gap))
	if s.AsIs != nil && s.AsIs.Value != s.Target.Value {
		words := lang.T("board.gap.farther")
		if left := float64(o.Gap) / math.Abs(s.AsIs.Value-s.Target.Value); left <= 1 {
			words = lang.T("board.gap.share", lang.Percent(left, 0))
		}
		gap += " (" + words + ")"
	}
	switch {
	case !o.Date.IsZero():
		forecast = lang.Date(o.Date)
		early, late := lang.Date(o.Earliest), lang.T("board.forecast.never")
		if !o.Latest.IsZero() {
			late = lang.Date(o.Latest)
		}
		forecast += " (" + lang.T("number.interval", early, late) + ")"
	default:
		forecast = lang.T("board.forecast.not")
		for _, w := range measure.TextsIn(string(lang), o.Warnings) {
			forecast = w
		}
	}
	return gap, forecast
}

// statistic is that of an indicator, the mean where it names none.
func statistic(s desk.Standing) string {
	switch s.Statistic {
	case desk.OfMedian, desk.OfP85, desk.OfShare, "count":
		return s.Statistic
	}
	return desk.OfMean
}

type goalRow struct {
	Name, Level string
	KPIs        []kpiRow
	Links       []shell.Link
	Below       []goalRow
}

type goalsPage struct {
	Goals    []goalRow
	Findings []string
	Twin     string
	None     string
}

func (p *pages) goals(w http.ResponseWriter, r *http.Request) error {
	a, err := p.ask(r)
	if err != nil {
		return err
	}
	lang := a.lang
	page := goalsPage{}
	if a.known.Model == nil {
		page.None = lang.T("board.goals.none")
	} else {
		page.Twin = a.known.Model.Name.In(string(lang))
		tree, list, err := p.desk.KPIs(r.Context(), a.known.Model)
		if err != nil {
			return err
		}
		standing := map[twin.Ref]desk.Standing{}
		for _, s := range list {
			standing[s.Ref] = s
		}
		for _, n := range tree.Top {
			g, err := p.goal(r, a, n, standing, map[twin.Ref]bool{})
			if err != nil {
				return err
			}
			page.Goals = append(page.Goals, g)
		}
		for _, f := range tree.Findings {
			page.Findings = append(page.Findings, a.known.Model.Graph().Name(f.On).In(string(lang))+": "+f.In(string(lang)))
		}
		if len(page.Goals) == 0 {
			page.None = lang.T("board.goals.none")
		}
	}
	show := a.page(r, "board", lang.T("board.goals.title"), page)
	return p.area.Show(w, r, "goals", show)
}

func (p *pages) goal(r *http.Request, a *asked, n *kpi.Node, standing map[twin.Ref]desk.Standing, above map[twin.Ref]bool) (goalRow, error) {
	lang := a.lang
	g := goalRow{Name: n.Name.In(string(lang))}
	if n.Level != "" {
		g.Level = lang.T("board.level." + n.Level)
	}
	if above[n.Ref] {
		return g, nil // a goal that supports itself
	}
	above[n.Ref] = true
	defer delete(above, n.Ref)
	for _, i := range n.Indicators {
		s := standing[i.Ref]
		s.Indicator = i
		of := *a
		row := kpiRow{Name: i.Name.In(string(lang)), AsIs: figureWords(lang, i, i.AsIs), Target: figureWords(lang, i, i.Target), Ideal: figureWords(lang, i, i.Ideal), Now: shell.Number{Why: lang.T("board.kpi.no-log")}, Gap: measure.Unknown, Forecast: measure.Unknown}
		if s.Log != "" {
			of.log, of.view = s.Log, shell.View{}
			b, err := p.desk.Board(r.Context(), s.Log, desk.BoardQuestion{})
			if err != nil {
				return g, err
			}
			row = p.kpiRow(r, &of, b, s)
		}
		g.KPIs = append(g.KPIs, row)
	}
	for _, below := range n.Below {
		x, err := p.goal(r, a, below, standing, above)
		if err != nil {
			return g, err
		}
		g.Below = append(g.Below, x)
	}
	return g, nil
}
