package board

import (
	"cmp"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/measure"
)

type definitionRow struct{ Name, Text string }

type sourceRow struct {
	At, Fingerprint string
	Added, Aside    int64
}

type numberPage struct {
	Name      string
	Number    shell.Number
	Rows      []definitionRow
	Sources   []sourceRow
	Warnings  []string
	CasesHref string
	CasesNote string
	Remarks   []remarkRow
	Key       string
	View      string
}

// number shows what a number is: its definition, sources, n and warnings, and leads to
// the cases behind it.
func (p *pages) number(w http.ResponseWriter, r *http.Request) error {
	a, err := p.ask(r)
	if err != nil {
		return err
	}
	if a.fault != nil {
		return a.fault
	}
	key, lang := r.PathValue("key"), a.lang
	b, err := p.desk.Board(r.Context(), a.log, a.q)
	if err != nil {
		return err
	}
	page := numberPage{Key: key, View: a.view.Query().Encode()}
	statistic, by := key, ""
	if id, ok := strings.CutPrefix(key, keyKPI); ok {
		found := false
		for _, s := range b.Standings {
			if s.Ref.ID == id {
				found, statistic, by = true, statisticKey(s), s.Period
				row := p.kpiRow(r, a, b, s)
				page.Number, page.Name = row.Now, row.Name
			}
		}
		if !found {
			return shell.ErrNoPage
		}
	} else {
		if !isFigure(key) {
			return shell.ErrNoPage
		}
		page.Number, page.Name = p.numberOf(r, a, b, key), lang.T("board.figure."+key)
	}
	page.Number.Href = "" // the reader is there
	page.define(a, b, statistic, by)
	if err := p.sources(r, a, &page); err != nil {
		return err
	}
	page.Warnings = a.known.Doubts(b.Doubts, string(lang))
	page.CasesHref, page.CasesNote = casesBehind(r, a, b, key)
	list, err := p.remarks.Of(a.log)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.Number == key {
			page.Remarks = append(page.Remarks, p.remarkRow(r, lang, x))
		}
	}
	show := a.page(r, "board", page.Name, page)
	show.AsOf = b.AsOf
	return p.area.Show(w, r, "number", show)
}

func statisticKey(s desk.Standing) string {
	if st := statistic(s); st != "count" {
		return st
	}
	return keyDelivered
}

func isFigure(key string) bool {
	for _, k := range boardFigures {
		if k == key {
			return true
		}
	}
	return false
}

// define says in words how the number comes about.
func (page *numberPage) define(a *asked, b *desk.Board, key, by string) {
	lang := a.lang
	add := func(name, text string) {
		if text != "" {
			page.Rows = append(page.Rows, definitionRow{lang.T(name), text})
		}
	}
	add("board.def.what", lang.T("board.what."+key))
	add("board.def.formula", lang.T("board.formula."+key))
	add("board.def.unit", unitWords(a, b, key))
	if key != keyOpen && key != keyBegan {
		add("board.def.milestones", lang.T("lead.from-to", a.label(b.From), a.label(b.To)))
	}
	if key != keyWork && key != keyFlow { // working hours count here, whatever lengths are counted in
		add("board.def.calendar", calendarWords(a, b))
	}
	switch key {
	case keyShare, keyOverdue:
		limit := lang.T("lead.no-limit")
		if b.Limit != nil {
			limit = lang.T("lead.limit", b.Limit.Text.In(string(lang)))
		}
		add("board.def.limit", limit)
		if b.DueFrom != "" {
			add("board.def.due", lang.T("board.due."+b.DueFrom))
		}
	}
	which := lang.T("board.window.all")
	if a.view.Period != "" {
		which = a.period.Name(lang)
	}
	switch {
	case by != "":
		which = lang.T("board.def.last-period", lang.T("board.by."+by))
	case key == keyOpen || key == keyOverdue:
		which = lang.T("board.def.moment", lang.Moment(b.AsOf.In(a.zone)))
	}
	add("board.def.cases", which)
	if text := a.view.Filter.String(); text != "" {
		add("board.def.filter", text)
	}
	add("board.def.as-of", lang.Moment(b.AsOf.In(a.zone)))
	add("board.def.n", page.Number.N)
	add("board.def.interval", lang.T("board.interval."+key))
	if b.Against != nil {
		add("board.def.against", lang.T("board.vs.note", a.before.Name(lang), lang.Count("case", int64(b.Against.N)))+" "+lang.T("board.interval.difference"))
	}
}

func unitWords(a *asked, b *desk.Board, key string) string {
	switch key {
	case keyShare, keyFlow:
		return a.lang.T("board.percent")
	case keyWork:
		return a.lang.T("unit.person-hours")
	case keyDelivered, keyBegan, keyOpen, keyOverdue:
		return a.lang.T("board.unit.cases")
	}
	switch b.Unit {
	case measure.WorkingDay:
		return a.lang.T("unit.working-days")
	case measure.WorkingHour:
		return a.lang.T("unit.working-hours")
	}
	return a.lang.T("board.unit.wall")
}

func calendarWords(a *asked, b *desk.Board) string {
	if b.Calendar == "" || a.known.Model == nil {
		return a.lang.T("board.calendar.wall", a.zone.String())
	}
	for _, c := range a.known.Model.Calendars {
		if c.ID == b.Calendar {
			text := c.ID
			if c.Production {
				text += ", " + a.lang.T("board.calendar.production")
			}
			return text + " (" + a.zone.String() + ")"
		}
	}
	return b.Calendar
}

// sources lists what was taken into the log.
func (p *pages) sources(r *http.Request, a *asked, page *numberPage) error {
	taken, err := p.desk.Store().Taken(r.Context(), a.log)
	if err != nil {
		return err
	}
	for _, t := range taken {
		print := t.Fingerprint
		if i := strings.LastIndexByte(print, ':'); i >= 0 {
			print = print[i+1:]
		}
		page.Sources = append(page.Sources, sourceRow{At: a.lang.Moment(t.At.In(moscow)), Fingerprint: cmp.Or(print[:min(16, len(print))], measure.Unknown), Added: int64(t.Added), Aside: int64(t.Quarantined)})
	}
	return nil
}

// casesBehind leads to the list of the cases that a number is of: the filter of the
// view, and what the number adds to it.
func casesBehind(r *http.Request, a *asked, b *desk.Board, key string) (href, note string) {
	var steps []string
	if text := a.view.Filter.String(); text != "" {
		steps = append(steps, text)
	}
	begin, end := a.q.Window.Begin, a.q.Window.End
	if id, ok := strings.CutPrefix(key, keyKPI); ok {
		for _, s := range b.Standings {
			if last, _, ok := lastPoint(s.Series, b); s.Ref.ID == id && ok {
				begin, end = last.Begin, last.End
			}
		}
	}
	from, to := activity(b.From), activity(b.To)
	switch key {
	case keyOpen, keyOverdue:
		if to == "" {
			return "", a.lang.T("board.why.no-end")
		}
		if from != "" {
			steps = append(steps, "has("+quoted(from)+")")
		}
		ends := []string{quoted(to)}
		for _, e := range b.Ends {
			if e != to {
				ends = append(ends, quoted(e))
			}
		}
		steps = append(steps, "open("+strings.Join(ends, ", ")+")")
		if key == keyOverdue && b.DueFrom == "case" {
			steps = append(steps, `case("due") <= `+b.AsOf.In(a.zone).Format("2006-01-02T15:04"))
		}
	case keyBegan:
		steps = append(steps, within("started", begin, end)...)
	default:
		switch {
		case from != "" && to != "":
			steps = append(steps, "between("+quoted(from)+", "+quoted(to)+")")
		case to != "":
			steps = append(steps, "has("+quoted(to)+")")
		}
		ended := "ended"
		if to != "" {
			ended += "(" + quoted(to) + ")"
		}
		steps = append(steps, within(ended, begin, end)...)
		if f, count := figureOf(b, key); !count && f.N > 0 && f.N < b.Now.N {
			switch {
			case key == keyShare && b.DueFrom == "case":
				steps = append(steps, `case("due") exists`)
			default:
				note = a.lang.T("board.behind.more", a.lang.Int(int64(b.Now.N)), a.lang.Int(int64(f.N)))
			}
		}
	}
	q := url.Values{}
	if len(steps) > 0 {
		q.Set("f", strings.Join(steps, "; "))
	}
	if text := shell.FormatAsOf(a.view.AsOf); text != "" {
		q.Set("as-of", text)
	}
	return shell.Href(r, q, "logs", a.log, "cases"), note
}

// activity is the name of a milestone that is an activity, "" for the first and the
// last event.
func activity(name string) string {
	if name == mining.FirstRecorded || name == mining.LastRecorded {
		return ""
	}
	return name
}

func within(test string, begin, end time.Time) []string {
	if begin.IsZero() {
		return nil
	}
	return []string{test + " >= " + begin.Format(time.DateOnly) + " and " + test + " < " + end.Format(time.DateOnly)}
}

// quoted writes a name as filters do.
func quoted(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

// behind leads to one case.
func behind(r *http.Request, log, id string) string {
	return shell.Href(r, nil, "logs", log, "cases", id)
}

func nan(x measure.Number) bool { return math.IsNaN(float64(x)) }
