package board

import (
	"html/template"
	"math"
	"net/http"
	"strings"

	"github.com/uprava/uprava/dashboards/charts"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// estimate is an estimate as a table cell shows it.
type estimate struct{ Value, Range string }

type scenarioRow struct {
	Name, Levers                   string
	Mean, P85, Overdue, Difference estimate
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

// compareScenarios is a part of the board: what the scenarios of the model would change.
func (p *pages) compareScenarios(w http.ResponseWriter, r *http.Request) error {
	name, lang := r.PathValue("log"), p.site.Language(r)
	page := whatIfPage{Log: name}
	status := http.StatusOK
	b, err := p.desk.Board(r.Context(), name, desk.BoardQuestion{})
	var result *desk.WhatIf
	if err == nil {
		result, err = p.whatIf(r.Context(), name)
	}
	switch {
	case err != nil && r.Context().Err() != nil:
		return err
	case err != nil:
		p.site.Log.Error("computing a what-if", "log", name, "error", err)
		page.Error, status = err.Error(), http.StatusInternalServerError
	case result != nil:
		page.fill(b, result, lang)
	}
	return p.area.Part(w, r, "whatif", shell.Page{Status: status, Body: page})
}

func (page *whatIfPage) fill(b *desk.Board, result *desk.WhatIf, lang terms.Lang) {
	unit, per := "unit.calendar-days", 86400.0
	if lead := result.Mined; lead < 2*86400 {
		unit, per = "unit.hours", 3600.0
		if lead < 2*3600 {
			unit, per = "unit.minutes", 60
		}
	}
	page.Unit = lang.T(unit)
	write := func(e *desk.Estimate, per float64) estimate {
		if e == nil || math.IsNaN(e.Mean) {
			return estimate{Value: "—"}
		}
		return estimate{lang.In(e.Mean, per), shell.Interval(lang, e.Low, e.High, func(x float64) string { return lang.In(x, per) })}
	}
	share := func(e *desk.Estimate) estimate {
		if e == nil || math.IsNaN(e.Mean) {
			return estimate{Value: "—"}
		}
		return estimate{lang.Percent(e.Mean, 1), shell.Interval(lang, e.Low, e.High, func(x float64) string { return lang.Percent(x, 1) })}
	}
	if !math.IsNaN(result.Mined) {
		page.Mined = lang.In(result.Mined, per)
		if b.Unit == measure.Second {
			page.MinedP85 = lang.In(b.Now.P85.Value, per)
		}
	}
	page.HasLimit = b.Limit != nil
	if page.HasLimit {
		page.MinedOverdue = lang.Percent(1-b.Now.Share.Value, 1)
	}
	var whiskers []charts.Whisker
	for i, sc := range result.Scenarios {
		row := scenarioRow{Name: sc.Name.In(string(lang)), Levers: texts(sc.Levers, lang)}
		row.Mean, row.P85, row.Overdue = write(&sc.LeadTime, per), write(&sc.P85, per), share(sc.Overdue)
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
	if b.Limit != nil {
		limit = b.Limit.Seconds / per
	}
	page.Picture = charts.Whiskers(whiskers, limit, lang.T("lead.limit.line"), page.Unit, lang.T("whatif.chart.alt"), lang)
	e := result.Evidence
	page.EvidenceText = strings.Join([]string{
		lang.T("whatif.replications") + ": " + lang.Int(int64(e.Replications)),
		lang.T("whatif.warmup") + ": " + lang.Int(int64(e.Warmup)),
		lang.T("whatif.measured") + ": " + lang.Int(int64(e.Cases)),
		lang.T("whatif.seed") + ": " + lang.Int(int64(e.Seed)),
		lang.T("whatif.hash") + ": " + e.Hash,
	}, "; ")
	page.Trust = lang.T("whatif.no-backtest")
	if e.BackTest != "" {
		page.Trust = lang.T("backtest.verdict") + ": " + e.BackTest
	}
	page.Warnings = measure.TextsIn(string(lang), result.Warnings)
}

// difference says in words where an interval holds zero: no more is known.
func difference(e *desk.Estimate, per float64, lang terms.Lang) estimate {
	if e == nil || math.IsNaN(e.Mean) {
		return estimate{Value: "—"}
	}
	signed := func(x float64) string { return shell.Signed(x, func(x float64) string { return lang.In(x, per) }) }
	n := estimate{signed(e.Mean), shell.Interval(lang, e.Low, e.High, signed)}
	if e.Low <= 0 && e.High >= 0 {
		n.Value = lang.T("whatif.noise")
	}
	return n
}

func texts(list []twin.Text, lang terms.Lang) string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = t.In(string(lang))
	}
	return strings.Join(out, "; ")
}
