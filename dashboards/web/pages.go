package web

import (
	"html/template"
	"math"
	"net/http"
	"net/url"
	"strings"

	"github.com/uprava/uprava/dashboards/charts"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// shownVariants is how many variants the page lists.
const shownVariants = 12

// shownShare is the share of paths, in percent, that the map shows at first.
const shownShare = 35

type logRow struct {
	Log
	Link  string
	Named bool // the title is not the log's own name
}

func link(log string) string { return "/logs/" + url.PathEscape(log) }

func (s *site) logs(w http.ResponseWriter, r *http.Request) {
	list, err := s.Backend.Logs(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	rows := make([]logRow, len(list))
	for i, l := range list {
		rows[i] = logRow{l, link(l.Name), l.Title.RU != l.Name && l.Title.EN != l.Name}
	}
	s.show(w, r, http.StatusOK, "logs", s.language(r).T("logs.title"), rows)
}

// figure is one number with its unit and what it rests on.
type figure struct{ Name, Value, Note string }

type binRow struct {
	Label string
	Count int64
}

type pathRow struct {
	From, To string
	Count    int64
	Mean     float64
}

type variantRow struct {
	Number     int
	Activities []string
	Count      int64
	Share      float64
}

type processPage struct {
	*Process
	Link        string
	EventsAs    string
	Figures     []figure
	Milestones  string
	Chart       template.JS
	ChartAlt    string
	BinRows     []binRow
	Map         mapData
	MapShare    int
	Paths       []pathRow
	VariantRows []variantRow
	VariantNote string
	Warnings    []string
}

func (s *site) process(w http.ResponseWriter, r *http.Request) {
	p, err := s.Backend.Process(r.Context(), r.PathValue("log"))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	lang := s.language(r)
	label := func(name string) string {
		if t, ok := p.Labels[name]; ok {
			return t.In(string(lang))
		}
		return name
	}
	page := processPage{Process: p, Warnings: p.Overview.WarningsIn(string(lang)), Link: link(p.Name), MapShare: shownShare, Map: mapOf(p, lang, label)}
	page.EventsAs = lang.T("figure.events")
	if p.Overview.EventsAs == mining.Recorded.String() {
		page.EventsAs = lang.T("figure.recorded")
	}
	lt := p.Overview.LeadTime
	n := lang.T("figure.n", lang.Count("case", int64(lt.N)))
	for _, f := range []struct {
		key string
		v   float64
	}{{"figure.mean", float64(lt.Mean)}, {"figure.median", float64(lt.Median)}, {"figure.p85", float64(lt.P85)}, {"figure.p95", float64(lt.P95)}} {
		page.Figures = append(page.Figures, figure{lang.T(f.key), lang.Seconds(f.v), n})
	}
	if p.Limit != nil {
		page.Figures = append(page.Figures, figure{lang.T("figure.share-in-time"), lang.Percent(p.Limit.ShareInTime, 1), lang.T("figure.n", lang.Count("case", p.Limit.N))})
	}
	page.Milestones = lang.T("lead.from-to", milestone(lt.From, lang, label), milestone(lt.To, lang, label))
	options, err := charts.LeadTime(p.Bins, lang)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	page.Chart = template.JS(options) // JSON with <, > and & escaped: data, not code
	page.ChartAlt = lang.T("lead.chart.alt", lang.Seconds(float64(lt.Median)), lang.Seconds(float64(lt.P85)))
	for i, l := range p.Bins.Labels(lang) {
		page.BinRows = append(page.BinRows, binRow{l, int64(p.Bins.Counts[i])})
	}
	for _, e := range p.Graph.Edges {
		page.Paths = append(page.Paths, pathRow{label(p.Graph.Activities[e.From]), label(p.Graph.Activities[e.To]), e.Count, e.Mean()})
	}
	page.variants(p, lang, label)
	s.show(w, r, http.StatusOK, "process", p.Title.In(string(lang)), page)
}

func milestone(name string, lang terms.Lang, label func(string) string) string {
	switch name {
	case mining.FirstRecorded:
		return lang.T("lead.first")
	case mining.LastRecorded:
		return lang.T("lead.last")
	}
	return label(name)
}

func (page *processPage) variants(p *Process, lang terms.Lang, label func(string) string) {
	var shown int64
	for i, v := range p.Variants[:min(shownVariants, len(p.Variants))] {
		row := variantRow{Number: i + 1, Count: v.Count, Share: float64(v.Count) / float64(p.Overview.Cases)}
		for _, a := range v.Activities {
			row.Activities = append(row.Activities, label(a))
		}
		shown += v.Count
		page.VariantRows = append(page.VariantRows, row)
	}
	share := math.NaN()
	if p.Overview.Cases > 0 {
		share = float64(shown) / float64(p.Overview.Cases)
	}
	page.VariantNote = lang.T("variants.note", lang.Int(int64(len(page.VariantRows))), lang.Int(int64(len(p.Variants))), lang.Percent(share, 1))
}

// number is an estimate as a table cell shows it.
type number struct{ Value, Range string }

type scenarioRow struct {
	Name, Levers                   string
	Mean, P85, Overdue, Difference number
	People                         string
}

type whatIfPage struct {
	Log, Error             string
	Unit                   string
	HasLimit               bool
	Mined                  string
	MinedP85, MinedOverdue string
	Picture                template.HTML
	Rows                   []scenarioRow
	EvidenceText           string
	Trust                  string // what a back-test said, or that there was none
	Warnings               []string
}

func (s *site) whatIf(w http.ResponseWriter, r *http.Request) {
	name, lang := r.PathValue("log"), s.language(r)
	page := whatIfPage{Log: name}
	status := http.StatusOK
	p, err := s.Backend.Process(r.Context(), name)
	var result *WhatIf
	if err == nil {
		result, err = s.Backend.WhatIf(r.Context(), name)
	}
	switch {
	case err != nil && r.Context().Err() != nil:
		return
	case err != nil:
		s.Log.Error("computing a what-if", "log", name, "error", err)
		page.Error, status = err.Error(), http.StatusInternalServerError
	case result != nil:
		page.fill(p, result, lang)
	}
	s.show(w, r, status, "whatif", "", page)
}

func (page *whatIfPage) fill(p *Process, result *WhatIf, lang terms.Lang) {
	unit, per := "unit.calendar-days", 86400.0
	if lead := float64(p.Overview.LeadTime.Mean); lead < 2*86400 {
		unit, per = "unit.hours", 3600.0
		if lead < 2*3600 {
			unit, per = "unit.minutes", 60
		}
	}
	page.Unit = lang.T(unit)
	estimate := func(e *Estimate, per float64) number {
		if e == nil || math.IsNaN(e.Mean) {
			return number{Value: "—"}
		}
		return number{lang.In(e.Mean, per), lang.T("whatif.interval", lang.In(e.Low, per), lang.In(e.High, per))}
	}
	share := func(e *Estimate) number {
		if e == nil || math.IsNaN(e.Mean) {
			return number{Value: "—"}
		}
		return number{lang.Percent(e.Mean, 1), lang.T("whatif.interval", lang.Percent(e.Low, 1), lang.Percent(e.High, 1))}
	}
	if !math.IsNaN(result.Mined) {
		page.Mined = lang.In(result.Mined, per)
		page.MinedP85 = lang.In(float64(p.Overview.LeadTime.P85), per)
	}
	page.HasLimit = p.Limit != nil
	if page.HasLimit {
		page.MinedOverdue = lang.Percent(1-p.Limit.ShareInTime, 1)
	}
	var whiskers []charts.Whisker
	for i, sc := range result.Scenarios {
		row := scenarioRow{Name: sc.Name.In(string(lang)), Levers: texts(sc.Levers, lang)}
		row.Mean, row.P85, row.Overdue = estimate(&sc.LeadTime, per), estimate(&sc.P85, per), share(sc.Overdue)
		row.Difference = difference(sc.Difference, per, lang)
		if row.People = "—"; sc.Headcount > 0 {
			row.People = lang.Int(int64(sc.Headcount))
		}
		if i > 0 && sc.Headcount > 0 && sc.Headcount == result.Scenarios[0].Headcount {
			row.People += " (" + lang.T("whatif.unchanged") + ")"
		}
		page.Rows = append(page.Rows, row)
		whiskers = append(whiskers, charts.Whisker{Label: row.Name, Mean: sc.LeadTime.Mean / per, Low: sc.LeadTime.Low / per, High: sc.LeadTime.High / per, Strong: i == 0})
	}
	limit := 0.0
	if p.Limit != nil {
		limit = p.Limit.Seconds / per
	}
	page.Picture = charts.Whiskers(whiskers, limit, lang.T("lead.limit.line"), page.Unit, lang.T("whatif.chart.alt"), lang)
	e := result.Evidence
	page.EvidenceText = strings.Join([]string{
		lang.T("whatif.replications") + ": " + lang.Int(int64(e.Replications)),
		lang.T("whatif.warmup") + ": " + lang.Int(int64(e.Warmup)),
		lang.T("whatif.measured") + ": " + lang.Int(int64(e.Cases)),
		lang.T("whatif.seed") + ": " + lang.Int(int64(e.Seed)),
		lang.T("whatif.assumed") + ": " + lang.Int(int64(e.Assumptions)),
		lang.T("whatif.hash") + ": " + e.Hash,
	}, "; ")
	page.Trust = lang.T("whatif.no-backtest")
	if e.BackTest != "" {
		page.Trust = lang.T("backtest.verdict") + ": " + e.BackTest
	}
	page.Warnings = measure.TextsIn(string(lang), result.Warnings)
}

// difference says in words where an interval holds zero: no more is known.
func difference(e *Estimate, per float64, lang terms.Lang) number {
	if e == nil || math.IsNaN(e.Mean) {
		return number{Value: "—"}
	}
	n := number{signed(e.Mean, per, lang), lang.T("whatif.interval", signed(e.Low, per, lang), signed(e.High, per, lang))}
	if e.Low <= 0 && e.High >= 0 {
		n.Value = lang.T("whatif.noise")
	}
	return n
}

func signed(x, per float64, lang terms.Lang) string {
	switch text := lang.In(x, per); {
	case text == "0" || text == "-0" || text == "−0":
		return "0"
	case x < 0:
		return "−" + lang.In(-x, per)
	default:
		return "+" + text
	}
}

func texts(list []twin.Text, lang terms.Lang) string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = t.In(string(lang))
	}
	return strings.Join(out, "; ")
}
