package board

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/alerts"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/kept"
	"github.com/uprava/uprava/dashboards/remarks"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/measure"
)

// remarkRow is a remark as pages show it.
type remarkRow struct {
	ID, About, Shown, Text, Author, At string
	Answer, By, Settled                string
	Open                               bool
	Href                               string // the view it is about
	Log                                string
}

func (p *pages) remarkRow(r *http.Request, lang terms.Lang, x remarks.Remark) remarkRow {
	row := remarkRow{ID: x.ID, Shown: x.Shown, Text: x.Text, Author: x.Author, At: lang.Moment(x.At.In(moscow)), Answer: x.Answer, By: x.By, Open: x.Open(), Log: x.Log, About: lang.T("board.remark.page")}
	if !x.Settled.IsZero() {
		row.Settled = lang.Moment(x.Settled.In(moscow))
	}
	q, err := url.ParseQuery(x.View)
	if err != nil {
		q = nil
	}
	row.Href = shell.Href(r, q, "logs", x.Log)
	if x.Number != "" {
		row.About = numberName(lang, x.Number)
		row.Href = shell.Href(r, q, "logs", x.Log, "number", x.Number)
	}
	return row
}

// numberName is the name of a number by its key.
func numberName(lang terms.Lang, key string) string {
	if id, ok := strings.CutPrefix(key, keyKPI); ok {
		return lang.T("board.remark.kpi", id)
	}
	for _, k := range boardFigures {
		if k == key {
			return lang.T("board.figure." + key)
		}
	}
	return key
}

type remarksPage struct {
	Log  string
	Rows []remarkRow
	None string
}

func (p *pages) remarksOf(w http.ResponseWriter, r *http.Request) error {
	a, err := p.ask(r)
	if err != nil {
		return err
	}
	list, err := p.remarks.Of(a.log)
	if err != nil {
		return err
	}
	page := remarksPage{Log: a.log}
	for _, x := range list {
		page.Rows = append(page.Rows, p.remarkRow(r, a.lang, x))
	}
	return p.area.Show(w, r, "remarks", a.page(r, "board", a.lang.T("board.remarks.title"), page))
}

// mostForm bounds what a form may send.
const mostForm = 64 << 10

// form reads a posted form.
func form(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	if err := r.ParseForm(); err != nil {
		return desk.InputError{Err: fmt.Errorf("reading the form: %w", err)}
	}
	return nil
}

// dispute keeps a remark on a number, or on the page.
func (p *pages) dispute(w http.ResponseWriter, r *http.Request) error {
	log, lang := r.PathValue("log"), p.site.Language(r)
	if _, err := p.desk.Changed(r.Context(), log); err != nil {
		return err
	}
	if err := form(w, r); err != nil {
		return err
	}
	q, err := url.ParseQuery(r.PostForm.Get("view"))
	if err != nil {
		return desk.InputError{Err: err}
	}
	v, err := shell.ParseView(q)
	if err != nil {
		return err
	}
	x := remarks.Remark{Log: log, Number: r.PostForm.Get("number"), View: v.Query().Encode(), Shown: r.PostForm.Get("shown"), Text: r.PostForm.Get("text"), Author: shell.Reader(r.Context()), At: time.Now().UTC()}
	if len(x.Number) > 200 || len(x.Shown) > 400 {
		return desk.InputError{Err: fmt.Errorf("number %.20q: that is none of this page", x.Number)}
	}
	if _, err := p.remarks.Make(x); err != nil {
		return remarkFault(err, lang)
	}
	if x.Number != "" {
		shell.Redirect(w, shell.Href(r, v.Query(), "logs", log, "number", x.Number))
	} else {
		shell.Redirect(w, shell.Href(r, v.Query(), "logs", log))
	}
	return nil
}

// remarkFault tells the writer's faults in the reader's language.
func remarkFault(err error, lang terms.Lang) error {
	switch {
	case errors.Is(err, remarks.ErrEmpty):
		return desk.InputError{Err: errors.New(lang.T("board.remark.empty"))}
	case errors.Is(err, remarks.ErrTooLong):
		return desk.InputError{Err: errors.New(lang.T("board.remark.long", lang.Int(remarks.Longest)))}
	case errors.Is(err, remarks.ErrAnswered):
		return desk.InputError{Err: errors.New(lang.T("board.remark.answered"))}
	case errors.Is(err, kept.ErrNotFound):
		return shell.ErrNoPage
	}
	return err
}

func (p *pages) answer(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	x, err := p.remarks.Answer(r.PathValue("id"), r.PostForm.Get("text"), shell.Reader(r.Context()), time.Now().UTC())
	if err != nil {
		return remarkFault(err, p.site.Language(r))
	}
	shell.Redirect(w, shell.Href(r, nil, "logs", x.Log, "remarks"))
	return nil
}

type ruleRow struct {
	alertRow
	ID, Revision, Author, To string
	Quiet                    bool
	Told                     []string
}

type alertsPage struct {
	Log        string
	Rows       []ruleRow
	Figures    []option
	Periods    []option
	Unit       string // in which the levels of lengths are written
	MailIsSent bool
}

func alertRowOf(a *asked, b *desk.Board, e alerts.Entry) alertRow {
	lang := a.lang
	value := func(x float64) string { return alerts.Value(lang, e.Figure, x, b.Unit) }
	row := alertRow{Raised: e.State.Raised, Failed: e.State.Failed}
	by := ""
	if e.Period != "" {
		by = ", " + lang.T("board.by."+e.Period)
	}
	row.Text = lang.T("board.alert.rule", lang.T("alerts.figure."+e.Figure)+by, value(e.Raise), value(e.Clear))
	switch {
	case !e.State.Known:
		row.State = lang.T("board.alert.unknown")
	case e.State.Raised:
		row.State = lang.T("board.alert.raised", lang.Date(e.State.Since.In(a.zone)), value(e.State.Value))
	default:
		row.State = lang.T("board.alert.well", value(e.State.Value), lang.Date(e.State.About.In(a.zone)))
	}
	return row
}

func (p *pages) alertsOf(w http.ResponseWriter, r *http.Request) error {
	a, err := p.ask(r)
	if err != nil {
		return err
	}
	lang := a.lang
	b, err := p.desk.Board(r.Context(), a.log, desk.BoardQuestion{})
	if err != nil {
		return err
	}
	page := alertsPage{Log: a.log}
	rules, err := p.alerts.Of(a.log)
	if err != nil {
		return err
	}
	for _, e := range rules {
		if e.State, err = alerts.Look(r.Context(), p.desk, p.alerts, e.Rule, time.Now()); err != nil {
			return err
		}
		row := ruleRow{alertRow: alertRowOf(a, b, e), ID: e.ID, Revision: string(e.Revision), Author: e.Author, To: joined(e.To), Quiet: e.Quiet}
		for _, m := range append(append([]alerts.Message{}, e.State.Pending...), e.State.Told...) {
			key := "board.alert.message.ended"
			if m.Raised {
				key = "board.alert.message.raised"
			}
			line := lang.T(key, lang.Date(m.About.In(a.zone)), alerts.Value(lang, e.Figure, m.Value, b.Unit))
			switch {
			case !m.Sent.IsZero():
				line += "; " + lang.T("board.alert.sent", lang.Moment(m.Sent.In(a.zone)))
			case len(e.To) > 0:
				line += "; " + lang.T("board.alert.waits")
			}
			row.Told = append(row.Told, line)
		}
		page.Rows = append(page.Rows, row)
	}
	for _, f := range alerts.Figures {
		page.Figures = append(page.Figures, option{Value: f, Text: lang.T("alerts.figure." + f)})
	}
	for _, f := range alerts.Periods {
		page.Periods = append(page.Periods, option{Value: f, Text: lang.T("board.by." + f), Chosen: f == "month"})
	}
	page.Unit = lang.T(levelUnit(b.Unit))
	return p.area.Show(w, r, "alerts", a.page(r, "board", lang.T("board.alerts.title"), page))
}

// levelUnit is the term of the unit in which people write levels of lengths.
func levelUnit(u measure.Unit) string {
	switch u {
	case measure.WorkingDay:
		return "unit.working-days"
	case measure.WorkingHour:
		return "unit.working-hours"
	}
	return "unit.calendar-days"
}

// level reads a level as a person writes it: days, working time, per cent, a count.
func level(text, figure string, u measure.Unit) (float64, error) {
	x, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%")), ",", "."), 64)
	switch {
	case err != nil:
		return 0, fmt.Errorf("%q: wanted a number", text)
	case figure == alerts.Share:
		return x / 100, nil
	case !alerts.Counts(figure) && u == measure.Second:
		return x * 86400, nil
	}
	return x, nil
}

func (p *pages) addAlert(w http.ResponseWriter, r *http.Request) error {
	log, lang := r.PathValue("log"), p.site.Language(r)
	if err := form(w, r); err != nil {
		return err
	}
	b, err := p.desk.Board(r.Context(), log, desk.BoardQuestion{})
	if err != nil {
		return err
	}
	f := r.PostForm
	x := alerts.Rule{Log: log, Figure: f.Get("figure"), Period: f.Get("period"), Quiet: f.Get("quiet") != "", Author: shell.Reader(r.Context()), At: time.Now().UTC()}
	if alerts.Counts(x.Figure) {
		x.Period = ""
	}
	x.ID = x.At.Format("20060102-150405.000000")
	for to := range strings.FieldsFuncSeq(f.Get("to"), func(c rune) bool { return strings.ContainsRune(",; \t\r\n", c) }) {
		x.To = append(x.To, to)
	}
	if x.Raise, err = level(f.Get("raise"), x.Figure, b.Unit); err != nil {
		return desk.InputError{Err: err}
	}
	if x.Clear, err = level(cmp.Or(f.Get("clear"), f.Get("raise")), x.Figure, b.Unit); err != nil {
		return desk.InputError{Err: err}
	}
	_, err = p.alerts.Put(x, "")
	switch {
	case errors.Is(err, alerts.ErrLevels):
		return desk.InputError{Err: errors.New(lang.T("board.alert.levels"))}
	case errors.Is(err, alerts.ErrAddress), errors.Is(err, alerts.ErrFigure):
		return desk.InputError{Err: err}
	case err != nil:
		return err
	}
	shell.Redirect(w, shell.Href(r, nil, "logs", log, "alerts"))
	return nil
}

func (p *pages) dropAlert(w http.ResponseWriter, r *http.Request) error {
	if err := form(w, r); err != nil {
		return err
	}
	err := p.alerts.Remove(r.PathValue("id"), kept.Revision(r.PostForm.Get("revision")))
	var conflict *kept.ConflictError
	if errors.As(err, &conflict) && conflict.Found != "" {
		return desk.InputError{Err: errors.New(p.site.Language(r).T("board.alert.changed"))}
	}
	if err != nil && !errors.As(err, &conflict) {
		return err
	}
	shell.Redirect(w, shell.Href(r, nil, "logs", r.PathValue("log"), "alerts"))
	return nil
}
