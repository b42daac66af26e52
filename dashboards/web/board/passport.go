package board

import (
	"cmp"
	"net/http"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
)

// line is a row of the passport: a text, or things of the twin.
type line struct {
	Name  string
	Text  string
	Items []shell.Link // without an address where the twin has no page
}

type measureRow struct {
	Name, Text, State, Dates, Owners string
	Planned                          string
	Measured                         shell.Number
	MeasuredOf                       string
}

type passportPage struct {
	Title    string
	Lines    []line
	Measures []measureRow
	None     string
}

func (p *pages) passport(w http.ResponseWriter, r *http.Request) error {
	a, err := p.ask(r)
	if err != nil {
		return err
	}
	lang := string(a.lang)
	page := passportPage{Title: a.known.Title.In(lang)}
	if a.known.Model == nil || a.known.Process == nil {
		page.None = a.lang.T("board.passport.none")
		return p.area.Show(w, r, "passport", a.page(r, "passport", a.lang.T("passport.title"), page))
	}
	page.Lines = passportLines(r, a.known, a.lang)
	g := a.known.Model.Graph()
	for _, x := range a.known.Model.Plan(a.known.Process.ID) {
		row, err := p.measure(r, a, g, x)
		if err != nil {
			return err
		}
		page.Measures = append(page.Measures, row)
	}
	return p.area.Show(w, r, "passport", a.page(r, "passport", a.lang.T("passport.title"), page))
}

func passportLines(r *http.Request, of *desk.Known, lang terms.Lang) []line {
	g, sheet := of.Model.Graph(), of.Model.Passport(of.Process.ID)
	names := func(refs []twin.Ref) []shell.Link {
		var out []shell.Link
		for _, ref := range refs {
			link := shell.Link{Text: cmp.Or(g.Name(ref).In(string(lang)), ref.ID)}
			if of.Pack != "" {
				link.Href = shell.Href(r, nil, "twins", of.Pack, string(ref.Kind), ref.ID)
			}
			out = append(out, link)
		}
		return out
	}
	about := sheet.Process.About
	category := ""
	if about.Category != "" {
		category = lang.T("passport.category." + string(about.Category))
	}
	var unit []shell.Link
	if sheet.Unit != (twin.Ref{}) {
		unit = names([]twin.Ref{sheet.Unit})
	}
	limit := ""
	if l := sheet.Process.Limit; l != nil {
		limit = lang.T("passport.limit."+l.Unit, lang.Int(int64(l.Days)))
		if c := l.Citation.In(string(lang)); c != "" {
			limit += " (" + c + ")"
		}
	}
	return []line{
		{lang.T("passport.purpose"), about.Purpose.In(string(lang)), nil},
		{lang.T("passport.category"), category, nil},
		{lang.T("passport.client"), about.Client.In(string(lang)), nil},
		{lang.T("passport.starts"), about.Starts.In(string(lang)), nil},
		{lang.T("passport.ends"), about.Ends.In(string(lang)), nil},
		{lang.T("passport.limit"), limit, nil},
		{lang.T("passport.owner"), "", names(sheet.Owners)},
		{lang.T("passport.unit"), "", unit},
		{lang.T("passport.inputs"), "", names(sheet.Inputs)},
		{lang.T("passport.outputs"), "", names(sheet.Outputs)},
		{lang.T("passport.basis"), "", names(sheet.Basis)},
		{lang.T("passport.powers"), "", names(sheet.Powers)},
		{lang.T("passport.jobs"), "", names(sheet.JobDescriptions)},
		{lang.T("passport.systems"), "", names(sheet.Systems)},
		{lang.T("passport.performers"), "", names(sheet.Performers)},
		{lang.T("passport.kpis"), "", names(sheet.Indicators)},
		{lang.T("passport.goals"), "", names(sheet.Goals)},
		{lang.T("passport.risks"), "", names(sheet.Risks)},
	}
}

// measuredFor is how long before and after a measure its effect is looked for.
const measuredFor = 6 // months

// measure is a line of the action plan, with what the log shows of its effect: the
// cases delivered in the months after it is due against those before it began.
func (p *pages) measure(r *http.Request, a *asked, g *twin.Graph, x twin.Work) (measureRow, error) {
	lang := a.lang
	row := measureRow{Name: x.Measure.Name.In(string(lang)), Text: x.Measure.Text.In(string(lang)), State: measure.Unknown, Planned: measure.Unknown}
	if x.State != "" {
		row.State = lang.T("plan.state." + x.State)
	}
	if !x.Start.IsZero() || !x.Due.IsZero() {
		row.Dates = lang.Date(x.Start) + " — " + lang.Date(x.Due)
	}
	var owners []string
	for _, o := range x.Owners {
		owners = append(owners, g.Name(o).In(string(lang)))
	}
	row.Owners = joined(owners)
	if x.Effect != nil {
		row.Planned = lang.Changes(measure.Unit(x.Effect.Unit), x.Effect.Value)(x.Effect.Value)
	}
	row.Measured = shell.Number{Label: row.Name}
	b, err := p.desk.Board(r.Context(), a.log, desk.BoardQuestion{Look: desk.Look{AsOf: a.view.AsOf}})
	if err != nil {
		return row, err
	}
	from, until := x.Start, x.Due
	if from.IsZero() {
		from = until
	}
	switch {
	case x.State == "dropped":
		row.Measured.Why = lang.T("board.effect.dropped")
		return row, nil
	case until.IsZero():
		row.Measured.Why = lang.T("board.effect.undated")
		return row, nil
	case !until.Before(b.AsOf):
		row.Measured.Why = lang.T("board.effect.later", lang.Date(until), lang.Date(b.AsOf.In(a.zone)))
		return row, nil
	}
	at := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, a.zone) }
	key := desk.OfMean
	for _, s := range b.Standings {
		for _, i := range x.Indicators {
			if s.Ref == i && statistic(s) != "count" {
				key = statistic(s)
			}
		}
	}
	q := desk.BoardQuestion{Look: desk.Look{AsOf: a.view.AsOf},
		Window:  desk.Window{Begin: at(until).AddDate(0, 0, 1), End: at(until).AddDate(0, measuredFor, 1)},
		Against: desk.Window{Begin: at(from).AddDate(0, -measuredFor, 0), End: at(from)}}
	if b, err = p.desk.Board(r.Context(), a.log, q); err != nil {
		return row, err
	}
	c := b.Changes[key]
	text := lang.Changes(unitOf(key, b.Unit), c.Value, c.Low, c.High)
	row.MeasuredOf = lang.T("board.statistic."+key) + ": " + lang.T("board.effect.sides", lang.Count("case", int64(b.Against.N)), lang.Count("case", int64(b.Now.N)))
	if b.Against.N == 0 || b.Now.N == 0 {
		row.Measured.Why = lang.T("board.effect.no-data")
		return row, nil
	}
	row.Measured.Value = text(c.Value)
	row.Measured.Range = shell.Interval(lang, c.Low, c.High, text)
	if row.Measured.Range == "" {
		row.Measured.Why = lang.T("board.no-interval")
	} else if c.Noise {
		row.Measured.Why = lang.T("whatif.noise")
	}
	return row, nil
}
