// Package board is the desk of the process owner: the KPI board of a process, its
// passport, its goals, the definition of every number, remarks, alerts, and all
// processes of an owner or of who signs on one page.
//
// A board is answered from the outline of its log (mining/outline), one line a case
// that is kept over restarts. On a log of 10 million events in 1.3 million cases, two
// quiet cores: asked again 8 ms, after a restart 0.5 s (the engine's own start with it),
// for another period 0.35 s, with bottlenecks and open cases 0.04 s more; the first time
// after the log changed 4.2 s, bottlenecks and open cases 7.6 s more, in which the page
// says that it is being prepared. Beside other work (load 9) twice as long. BenchmarkBoard
// in dashboards/desk repeats it.
package board

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/alerts"
	"github.com/uprava/uprava/dashboards/charts"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/kept"
	"github.com/uprava/uprava/dashboards/remarks"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin/kpi"
)

//go:embed templates/*.html
var templates embed.FS

// Config says what the pages may show and where they keep what people write.
type Config struct {
	Specialists bool // evaluation of single people may be looked at; every look is recorded
}

type pages struct {
	site    *shell.Site
	area    *shell.Area
	desk    *desk.Desk
	cfg     Config
	remarks *remarks.List
	alerts  *alerts.Book
	looks   *kept.Journal
}

// Mount mounts the pages.
func Mount(s *shell.Site, d *desk.Desk, cfg Config) error {
	_, err := mount(s, d, cfg)
	return err
}

func mount(s *shell.Site, d *desk.Desk, cfg Config) (*pages, error) {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		return nil, err
	}
	p := &pages{site: s, desk: d, cfg: cfg,
		remarks: remarks.Open(d.Folder("remarks")), alerts: alerts.OpenBook(d.Folder("alerts")), looks: kept.OpenJournal(d.Folder("journal", "specialists.jsonl"))}
	if p.area, err = s.Area(sub); err != nil {
		return nil, err
	}
	s.Section("owner", "owner")
	s.Section("signatures", "signatures")
	s.Tab("board", "")
	s.Tab("passport", "passport")
	s.Door(shell.Owner, p.waitsForOwner)
	s.Door(shell.Head, p.waitsForHead)
	s.Handle("GET /logs/{log}", p.board)
	s.Handle("GET /logs/{log}/board/bottlenecks", p.bottlenecks)
	s.Handle("GET /logs/{log}/board/risks", p.risks)

	s.Handle("GET /logs/{log}/passport", p.passport)
	s.Handle("GET /logs/{log}/goals", p.goals)
	s.Handle("GET /logs/{log}/number/{key}", p.number)
	s.Handle("POST /logs/{log}/remarks", p.dispute)
	s.Handle("GET /logs/{log}/remarks", p.remarksOf)
	s.Handle("POST /remarks/{id}/answer", p.answer)
	s.Handle("GET /logs/{log}/alerts", p.alertsOf)
	s.Handle("POST /logs/{log}/alerts", p.addAlert)
	s.Handle("POST /logs/{log}/alerts/{id}/delete", p.dropAlert)
	s.Handle("GET /logs/{log}/specialists", p.specialists)
	s.Handle("GET /owner", p.owners)
	s.Handle("GET /signatures", p.signatures)
	return p, nil
}

// asked is what a request asks of a board.
type asked struct {
	log    string
	lang   terms.Lang
	view   shell.View
	known  *desk.Known
	zone   *time.Location
	period report.Period // the zero value for all of the log
	before report.Period
	q      desk.BoardQuestion
	fault  error // of the filter
}

// ask reads a request about a log.
func (p *pages) ask(r *http.Request) (*asked, error) {
	a := &asked{log: r.PathValue("log"), lang: p.site.Language(r)}
	var err error
	if a.view, a.fault, err = shell.ReadView(r); err != nil {
		return nil, err
	}
	delete(a.view.Rest, partKey)
	if a.known, err = p.desk.Known(r.Context(), a.log); err != nil {
		return nil, err
	}
	a.zone = moscow
	if a.known.Model != nil {
		if a.zone, err = time.LoadLocation(a.known.Model.TimeZone); err != nil {
			return nil, desk.InputError{Err: err}
		}
	}
	a.q = desk.BoardQuestion{Look: a.view.Look(), Period: r.URL.Query().Get("by")}
	if a.q.Period != "" && !slices.Contains(alerts.Periods, a.q.Period) {
		return nil, desk.InputError{Err: fmt.Errorf("by=%q: wanted one of %s", a.q.Period, joined(alerts.Periods))}
	}
	if a.view.Period == "" {
		return a, nil
	}
	if a.period, err = report.ParsePeriod(a.view.Period); err != nil {
		return nil, desk.InputError{Err: err}
	}
	a.q.Window = a.window(a.period)
	switch a.view.Against {
	case "":
	case againstPrevious:
		a.before = a.period.Before(1)
	case againstYear:
		a.before = a.period.YearAgo()
	default:
		return nil, desk.InputError{Err: errors.New(a.lang.T("board.vs.unknown", a.view.Against))}
	}
	if a.before != (report.Period{}) {
		a.q.Against = a.window(a.before)
	}
	return a, nil
}

// What a period can be compared with.
const againstPrevious, againstYear = "previous", "year"

var moscow = desk.Moscow

func (a *asked) window(p report.Period) desk.Window {
	return desk.Window{Begin: p.Begin(a.zone), End: p.End(a.zone)}
}

// label is the name of an activity in the reader's language.
func (a *asked) label(name string) string {
	if t, ok := a.known.Labels[name]; ok {
		return t.In(string(a.lang))
	}
	return milestone(name, a.lang)
}

// page is a page about the log of the question.
func (a *asked) page(r *http.Request, tab, title string, body any) shell.Page {
	l := string(a.lang)
	p := shell.Page{Title: title, Log: a.log, Tab: tab, View: a.view, Notice: a.known.Notice.In(l), Body: body}
	if tab != "board" || title != a.known.Title.In(l) {
		p.Crumbs = []shell.Link{{Text: a.known.Title.In(l), Href: shell.Href(r, a.view.Query(), "logs", a.log)}}
	}
	return p
}

// option is a choice of a form, or a link that is chosen.
type option struct {
	Value, Text, Href string
	Chosen            bool
}

type kpiRow struct {
	Name, Statistic     string
	AsIs, Target, Ideal string
	Now                 shell.Number
	Gap, Forecast       string
	Alarm               string
}

// binRow is one bar of the histogram.
type binRow struct {
	Label string
	Count int64
}

type trendRow struct {
	Label                string
	Value, Range, N      string
	Partial              bool
	BeginDate, UntilDate time.Time
}

type alertRow struct {
	Text, State string
	Raised      bool
	Failed      string
}

type boardPage struct {
	Title, Span, Window string
	AsOf                time.Time
	AsOfDay             string
	Bar                 *shell.FilterBar
	Empty               string // why there is nothing to show
	Kinds               []periodChoice
	Against             []option
	AgainstNote         string
	Figures             []shell.Number
	Milestones, Limit   string
	KPIs                []kpiRow
	KPIsNote            string
	Statistics, By      []option
	Trend               template.HTML
	TrendRows           []trendRow
	TrendName           string
	Chart               template.JS
	ChartAlt            string
	BinRows             []binRow
	Alerts              []alertRow
	Remarks             []remarkRow
	RemarksOpen         int
	Warnings            []string
	Rest                string // query of the view, for fragments
	Specialists         bool
}

type periodChoice struct {
	Name  string
	Links []option
}

// offeredPeriods is how many of the last periods of each kind a board offers.
const offeredPeriods = 4

func (p *pages) board(w http.ResponseWriter, r *http.Request) error {
	a, err := p.ask(r)
	if err != nil {
		return err
	}
	lang := a.lang
	var b *desk.Board
	if a.fault == nil {
		var ready bool
		b, ready, err = soon(r.Context(), patient(r), func(ctx context.Context) (*desk.Board, error) { return p.desk.Board(ctx, a.log, a.q) })
		switch {
		case err != nil && filterFault(err):
			a.fault = err
		case err != nil:
			return err
		case !ready:
			return p.area.Show(w, r, "wait", a.page(r, "board", a.known.Title.In(string(lang)), withPart(r)))
		}
	}
	page := boardPage{Title: a.known.Title.In(string(lang)), Rest: a.view.Query().Encode(), Specialists: p.cfg.Specialists}
	if page.Bar, err = p.site.FilterBar(r, p.desk, a.log, a.view, nil, a.fault); err != nil {
		return err
	}
	var asOf time.Time
	if b != nil {
		asOf = b.AsOf
		if err := p.fill(r, a, b, &page); err != nil {
			return err
		}
	}
	show := a.page(r, "board", page.Title, page)
	show.AsOf = asOf
	show.Live = a.view.AsOf.IsZero()
	if r.URL.Query().Get(partKey) != "" {
		return p.area.Part(w, r, "board", show)
	}
	return p.area.Show(w, r, "board", show)
}

// patience is how long a reader waits for a page before it comes with the words that
// it is being prepared.
const patience = 900 * time.Millisecond

// partKey asks in an address for the part of a page that comes later.
const partKey = "part"

// filterFault reports whether an error is the filter's, which the bar shows.
func filterFault(err error) bool {
	var empty *desk.EmptyError
	var input desk.InputError
	return errors.As(err, &empty) || errors.As(err, &input)
}

// withPart is this page's address as a fragment.
func withPart(r *http.Request) string {
	q := r.URL.Query()
	q.Set(partKey, "1")
	return "?" + q.Encode()
}

func (p *pages) fill(r *http.Request, a *asked, b *desk.Board, page *boardPage) error {
	lang := a.lang
	page.AsOf, page.AsOfDay = b.AsOf.In(a.zone), b.AsOf.In(a.zone).Format(time.DateOnly)
	page.Span = lang.T("page.period", lang.Date(b.First.In(a.zone)), lang.Date(b.Last.In(a.zone)))
	page.Window = lang.T("board.window.all")
	if a.view.Period != "" {
		page.Window = a.period.Name(lang)
	}
	page.Milestones = lang.T("lead.from-to", a.label(b.From), a.label(b.To))
	page.Limit = lang.T("lead.no-limit")
	if b.Limit != nil {
		page.Limit = lang.T("lead.limit", b.Limit.Text.In(string(lang)))
	}
	if b.Now.N == 0 {
		page.Empty = lang.T("board.none")
		if a.view.Period != "" {
			page.Empty = lang.T("board.none.period", page.Window)
		}
	}
	for _, key := range boardFigures {
		n := p.numberOf(r, a, b, key)
		if n.Known() || key == keyShare || key == keyMean {
			page.Figures = append(page.Figures, n)
		}
	}
	p.periods(a, b, page)
	p.kpiRows(r, a, b, page)
	p.trend(r, a, b, page)
	if err := page.histogram(b, lang); err != nil {
		return err
	}
	page.Warnings = a.known.Doubts(b.Doubts, string(lang))
	return p.told(r, a, b, page)
}

// periods offers the last periods of each kind and what they are compared with.
func (p *pages) periods(a *asked, b *desk.Board, page *boardPage) {
	for _, kind := range report.Kinds {
		c := periodChoice{Name: a.lang.T("board.kind." + string(kind))}
		last := report.Holding(kind, b.AsOf.In(a.zone))
		for n := range offeredPeriods {
			one := last.Before(n)
			if !one.End(a.zone).After(b.First) {
				break
			}
			c.Links = append(c.Links, option{Value: one.String(), Text: one.Short(a.lang), Chosen: one == a.period})
		}
		if len(c.Links) > 0 {
			page.Kinds = append(page.Kinds, c)
		}
	}
	for _, v := range []string{"", againstPrevious, againstYear} {
		page.Against = append(page.Against, option{Value: v, Text: a.lang.T("board.vs." + cmp.Or(v, "none")), Chosen: v == a.view.Against})
	}
	if a.view.Against != "" {
		page.AgainstNote = a.lang.T("board.vs.period")
		if b.Against != nil {
			page.AgainstNote = a.lang.T("board.vs.note", a.before.Name(a.lang), a.lang.Count("case", int64(b.Against.N)))
			if a.period.End(a.zone).After(b.AsOf) {
				page.AgainstNote += " " + a.lang.T("board.vs.partial")
			}
		}
	}
}

// histogram shows the lead times of the window.
func (page *boardPage) histogram(b *desk.Board, lang terms.Lang) error {
	if len(b.Bins.Counts) == 0 {
		return nil
	}
	options, err := charts.LeadTime(b.Bins, lang)
	if err != nil {
		return err
	}
	page.Chart = template.JS(options) // JSON with <, > and & escaped: data, not code
	page.ChartAlt = lang.T("lead.chart.alt", lang.Amount(b.Unit, b.Now.Median.Value), lang.Amount(b.Unit, b.Now.P85.Value))
	for i, l := range b.Bins.Labels(lang) {
		page.BinRows = append(page.BinRows, binRow{l, int64(b.Bins.Counts[i])})
	}
	return nil
}

// trend shows a statistic by period.
func (p *pages) trend(r *http.Request, a *asked, b *desk.Board, page *boardPage) {
	lang := a.lang
	chosen := cmp.Or(r.URL.Query().Get("st"), desk.OfMean)
	series, ok := b.Series[chosen]
	if !ok {
		chosen = desk.OfMean
		series = b.Series[chosen]
	}
	for _, st := range []string{desk.OfMean, desk.OfMedian, desk.OfP85, desk.OfShare} {
		page.Statistics = append(page.Statistics, option{Value: st, Text: lang.T("board.statistic." + st), Chosen: st == chosen})
	}
	by := cmp.Or(r.URL.Query().Get("by"), "month")
	for _, kind := range []report.Kind{report.Week, report.Month, report.Quarter, report.HalfYear, report.Year} {
		page.By = append(page.By, option{Value: string(kind), Text: lang.T("board.kind." + string(kind)), Chosen: string(kind) == by})
	}
	per, words := scale(b, series, chosen)
	page.TrendName = lang.T("board.statistic." + chosen)
	var points []charts.TrendPoint
	for _, x := range series {
		whole := !x.End.After(b.AsOf)
		label := report.Holding(report.Kind(by), x.Begin.In(a.zone).Add(time.Hour)).Short(lang)
		points = append(points, charts.TrendPoint{Label: label, Value: float64(x.Value) / per, Low: float64(x.Low) / per, High: float64(x.High) / per, Whole: whole})
		text := lang.Together(unitOf(chosen, b.Unit), float64(x.Value), float64(x.Low), float64(x.High))
		row := trendRow{Label: report.Holding(report.Kind(by), x.Begin.In(a.zone).Add(time.Hour)).Name(lang), Value: text(float64(x.Value)), N: lang.Count("case", int64(x.N)), Partial: !whole}
		row.Range = shell.Interval(lang, float64(x.Low), float64(x.High), text)
		page.TrendRows = append(page.TrendRows, row)
	}
	if len(points) == 0 {
		return
	}
	var lines []charts.TrendLine
	if b.Limit != nil && b.Limit.Seconds > 0 && b.Unit == measure.Second && chosen != desk.OfShare {
		lines = append(lines, charts.TrendLine{Label: lang.T("lead.limit.line"), Value: b.Limit.Seconds / per, Class: "limit"})
	}
	for _, s := range b.Standings {
		if s.Target != nil && s.Statistic == chosen {
			lines = append(lines, charts.TrendLine{Label: lang.T("board.target"), Value: s.Target.Value / per, Class: "target"})
			break
		}
	}
	page.Trend = charts.Trend(points, lines, lang.T(words), lang.T("board.trend.alt", page.TrendName, lang.Int(int64(len(points)))), lang)
}

// scale is the unit of a picture of a series: by how much values are divided, and the
// term of its name.
func scale(b *desk.Board, s kpi.Series, statistic string) (per float64, words string) {
	switch {
	case statistic == desk.OfShare:
		return 0.01, "board.percent"
	case b.Unit == measure.WorkingDay:
		return 1, "unit.working-days"
	case b.Unit == measure.WorkingHour:
		return 1, "unit.working-hours"
	}
	most := 0.0
	for _, p := range s {
		most = max(most, float64(p.Value))
	}
	switch {
	case most >= 2*86400:
		return 86400, "unit.calendar-days"
	case most >= 2*3600:
		return 3600, "unit.hours"
	}
	return 60, "unit.minutes"
}

// told adds the alerts and the remarks of the process.
func (p *pages) told(r *http.Request, a *asked, b *desk.Board, page *boardPage) error {
	rules, err := p.alerts.Of(a.log)
	if err != nil {
		return err
	}
	for _, e := range rules {
		if _, err := alerts.Look(r.Context(), p.desk, p.alerts, e.Rule, time.Now()); err != nil && r.Context().Err() != nil {
			return err
		}
	}
	if rules, err = p.alerts.Of(a.log); err != nil {
		return err
	}
	for _, e := range rules {
		page.Alerts = append(page.Alerts, alertRowOf(a, b, e))
	}
	list, err := p.remarks.Of(a.log)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.Open() {
			page.RemarksOpen++
			page.Remarks = append(page.Remarks, p.remarkRow(r, a.lang, x))
		}
	}
	return nil
}

func joined(list []string) string { return strings.Join(list, ", ") }
