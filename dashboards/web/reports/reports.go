// Package reports shows the head of an administration what changed, what is late and
// why, what is foretold and what to decide; and everybody the reports that were sent,
// those that are due, and the making of one now.
//
//	/head ─▶ compose ─▶ the executive report as a page
//	/reports ─▶ archive, schedule, journal; POST reports/make ─▶ job ─▶ a file
package reports

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/report/archive"
	"github.com/uprava/uprava/dashboards/report/compose"
	"github.com/uprava/uprava/dashboards/report/dispatch"
	"github.com/uprava/uprava/dashboards/report/html"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
)

//go:embed templates/*.html
var templates embed.FS

type pages struct {
	site    *shell.Site
	area    *shell.Area
	office  *dispatch.Office
	compose *compose.Composer
	ahead   func() (done, total int)
}

// Mount mounts the pages of the reports that an office makes, keeps and sends. Ahead
// tells how much of what they rest on is prepared in the background; nil where nothing is.
func Mount(s *shell.Site, o *dispatch.Office, c *compose.Composer, ahead func() (done, total int)) error {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		return err
	}
	p := &pages{site: s, office: o, compose: c, ahead: ahead}
	if p.area, err = s.Area(sub); err != nil {
		return err
	}
	s.Section("head", "head")
	s.Section("reports", "reports")
	s.Door(shell.Head, p.lately)
	s.Handle("GET /head", p.head)
	s.Handle("GET /head/report", p.executive)
	s.Handle("GET /reports", p.list)
	s.Handle("GET /reports/sent/{id}/{file}", p.sent)
	s.Handle("POST /reports/make", p.make)
	s.Handle("GET /reports/made/{job}", p.made)
	s.Handle("GET /reports/made/{job}/file", p.file)
	s.Handle("POST /reports/schedule", p.add)
	s.Handle("POST /reports/schedule/{id}/remove", p.remove)
	return nil
}

// request reads which report is asked for; of an address or a form.
func request(q url.Values, of string, lang terms.Lang) (dispatch.Request, error) {
	r := dispatch.Request{Of: of, Lang: lang}
	var err error
	if text := strings.TrimSpace(q.Get("p")); text != "" {
		if r.Period, err = report.ParsePeriod(text); err != nil {
			return r, desk.InputError{Err: err}
		}
	}
	r.AsOf, err = desk.ParseAsOf(q.Get("as-of"))
	return r, err
}

type headPage struct {
	Period, Fragment string
	Ahead            string // how far the preparation is
	Kinds            []shell.Link
	Formats          []string
}

// head is the page of the head of the administration; the report comes by itself.
func (p *pages) head(w http.ResponseWriter, r *http.Request) error {
	lang := p.site.Language(r)
	v, err := shell.ParseView(r.URL.Query())
	if err != nil {
		return err
	}
	if _, err := request(r.URL.Query(), compose.Executive, lang); err != nil {
		return err
	}
	q := v.Query()
	q.Set("lang", string(lang))
	body := headPage{Period: v.Period, Fragment: shell.Href(r, q, "head", "report"), Formats: dispatch.Formats()}
	if p.ahead != nil {
		if done, total := p.ahead(); total > 0 {
			body.Ahead = lang.T("reports.ahead", lang.Int(int64(done)), lang.Int(int64(total)))
		}
	}
	return p.area.Show(w, r, "head", shell.Page{Title: lang.T("reports.head"), View: v, Body: body})
}

type executivePage struct {
	Facts, Notice, Error string
	Body                 template.HTML
	Contents             []html.Entry
	Before, After        shell.Link // the same for the period before and after
}

// executive is the executive report as a part of a page.
func (p *pages) executive(w http.ResponseWriter, r *http.Request) error {
	lang := p.site.Language(r)
	q, err := request(r.URL.Query(), compose.Executive, lang)
	if err != nil {
		return err
	}
	body := executivePage{}
	made, err := p.office.Compose(r.Context(), q)
	switch {
	case r.Context().Err() != nil:
		return err
	case err != nil:
		body.Error = err.Error()
	default:
		d := made.Document
		var text strings.Builder
		if body.Contents, err = html.Body(&text, d); err != nil {
			return err
		}
		body.Body = template.HTML(text.String()) // of html/template
		body.Facts = lang.T("report.period", d.Period.Name(lang)) + ". " + lang.T("report.as-of", report.Moment(lang, d.AsOf)) + "."
		body.Notice = d.Notice
		link := func(x report.Period) shell.Link {
			next := url.Values{"p": {x.String()}}
			if at := r.URL.Query().Get("as-of"); at != "" {
				next.Set("as-of", at)
			}
			return shell.Link{Text: x.Name(lang), Href: "?" + next.Encode()}
		}
		body.Before, body.After = link(d.Period.Before(1)), link(d.Period.Before(-1))
	}
	return p.area.Part(w, r, "executive", shell.Page{Body: body})
}

type fileLink struct{ Format, Href, Size string }

type sentRow struct {
	archive.Record
	When, AsOf, To string
	Files          []fileLink
}

type dueRow struct {
	ID, Of, Every, Next, Period, To, Last, Fault string
}

type listPage struct {
	Sent     []sentRow
	Due      []dueRow
	Fault    string // why the schedule cannot be read
	File     string // of the schedule
	Subjects []choice
	Formats  []string
	Every    []choice
	Days     []choice
}

type choice struct{ Value, Text string }

func (p *pages) list(w http.ResponseWriter, r *http.Request) error {
	lang := p.site.Language(r)
	list, err := p.office.Sent()
	if err != nil {
		return err
	}
	body := listPage{File: p.office.ScheduleFile(), Formats: dispatch.Formats()}
	for _, x := range list {
		row := sentRow{Record: x, When: lang.Moment(x.Made.Local()), AsOf: lang.Moment(x.AsOf)}
		var to []string
		for _, d := range x.Deliveries {
			_, name, _ := strings.Cut(d.To, ":")
			to = append(to, name)
		}
		row.To = strings.Join(to, ", ")
		for _, f := range x.Files {
			row.Files = append(row.Files, fileLink{strings.ToUpper(f.Format), shell.Href(r, nil, "reports", "sent", x.ID, f.Name), lang.Int(int64(f.Bytes+1023)/1024) + "\u00a0" + lang.T("reports.kb")})
		}
		body.Sent = append(body.Sent, row)
	}
	if body.Subjects, err = p.subjects(r.Context(), lang); err != nil {
		return err
	}
	names := map[string]string{}
	for _, c := range body.Subjects {
		names[c.Value] = c.Text
	}
	if body.Due, err = p.due(lang, names); err != nil {
		body.Fault = err.Error()
	}
	for _, e := range every {
		body.Every = append(body.Every, choice{e, lang.T("reports.every." + e)})
	}
	for d := range time.Saturday + 1 {
		day := (d + 1) % 7
		body.Days = append(body.Days, choice{fmt.Sprint(int(day)), lang.T(fmt.Sprintf("reports.day.%d", day))})
	}
	return p.area.Show(w, r, "list", shell.Page{Title: lang.T("nav.reports"), Body: body})
}

// subjects are what a report can be made of, in words.
func (p *pages) subjects(ctx context.Context, lang terms.Lang) ([]choice, error) {
	all, err := p.compose.Subjects(ctx)
	if err != nil {
		return nil, err
	}
	var out []choice
	for _, of := range all {
		name, err := p.compose.Name(ctx, of)
		if errors.Is(err, desk.ErrNotFound) {
			continue // an empty store, or deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		kind, _, _ := strings.Cut(of, ":")
		text := report.Clean(name.In(string(lang)))
		if kind != compose.Executive {
			text = lang.T("reports.of."+kind, text)
		}
		out = append(out, choice{of, text})
	}
	return out, nil
}

// due is the schedule with what became of each entry last.
func (p *pages) due(lang terms.Lang, names map[string]string) ([]dueRow, error) {
	list, err := p.office.Entries()
	if err != nil {
		return nil, err
	}
	runs, err := p.office.Journal()
	if err != nil {
		return nil, err
	}
	var out []dueRow
	for _, e := range list {
		row := dueRow{ID: e.ID, Of: e.Of, Every: lang.T("reports.every." + e.Every), Next: lang.T("report.cli.on-alert"), Period: "—"}
		if name := names[e.Of]; name != "" {
			row.Of = name
		}
		if !e.Next.Moment.IsZero() {
			row.Next, row.Period = lang.Moment(e.Next.Moment), e.Next.Period.Name(lang)
		}
		to := slices.Clone(e.To)
		if e.Folder != "" {
			to = append(to, e.Folder)
		}
		row.To = strings.Join(to, ", ")
		row.Last = lang.T("reports.never")
		if i := slices.IndexFunc(runs, func(x dispatch.Run) bool { return x.Entry == e.ID }); i >= 0 {
			x := runs[i]
			row.Last, row.Fault = lang.T("reports.state."+string(x.State), lang.Moment(x.Due)), x.Error
			if x.State == dispatch.Begun && !x.Next.IsZero() {
				row.Last += "; " + lang.T("reports.again", lang.Moment(x.Next.Local()))
			}
		}
		out = append(out, row)
	}
	return out, nil
}

// sent hands out a file of the archive.
func (p *pages) sent(w http.ResponseWriter, r *http.Request) error {
	data, err := p.office.File(r.PathValue("id"), r.PathValue("file"))
	if errors.Is(err, archive.ErrNotFound) {
		return fmt.Errorf("%w: %w", err, desk.ErrNotFound)
	}
	if err != nil {
		return err
	}
	name := r.PathValue("file")
	return give(w, data, name, name[strings.LastIndex(name, ".")+1:])
}

// give hands out a file to be kept, never to be shown as a page of this server.
func give(w http.ResponseWriter, data []byte, name, format string) error {
	media := dispatch.MediaType(format)
	if media == "" {
		media = "application/octet-stream"
	}
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	_, _ = w.Write(data) // the reader may have left
	return nil
}

// product is a report that was made now.
type product struct {
	name, format string
	data         []byte
}

// make begins the making of a report.
func (p *pages) make(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return desk.InputError{Err: err}
	}
	lang := p.site.Language(r)
	if l, ok := terms.Parse(r.PostForm.Get("language")); ok {
		lang = l
	}
	q, err := request(r.PostForm, r.PostForm.Get("of"), lang)
	if err != nil {
		return err
	}
	format := r.PostForm.Get("format")
	if dispatch.MediaType(format) == "" {
		return desk.InputError{Err: fmt.Errorf("format %q: wanted one of %s", format, strings.Join(dispatch.Formats(), ", "))}
	}
	if _, err := p.compose.Name(r.Context(), q.Of); err != nil {
		return err
	}
	stage := p.site.Language(r).T("reports.making")
	j := p.site.Jobs.Start("report", "", shell.Reader(r.Context()), func(ctx context.Context, tell jobs.Tell) (any, error) {
		tell(stage, 0, 0)
		data, name, err := p.office.Make(ctx, q, format)
		return product{name, format, data}, err
	})
	shell.Redirect(w, shell.Href(r, nil, "reports", "made", j.ID))
	return nil
}

type madePage struct {
	Job       *shell.JobPart
	Ready     bool
	Name      string
	Href, Err string
}

// made shows how far the making of a report is, then its file.
func (p *pages) made(w http.ResponseWriter, r *http.Request) error {
	lang := p.site.Language(r)
	j := p.site.Jobs.Job(r.PathValue("job"))
	if j == nil {
		return shell.ErrNoPage
	}
	body := madePage{Job: shell.JobPartOf(r, j, shell.Href(r, nil, "reports", "made", j.ID))}
	status := j.Status()
	if x, ok := j.Result().(product); ok {
		body.Ready, body.Name, body.Href = true, x.name, shell.Href(r, nil, "reports", "made", j.ID, "file")
	} else if status.Ended() {
		body.Err = shell.JobSentence(status, lang)
	}
	return p.area.Show(w, r, "made", shell.Page{Title: lang.T("reports.make"), Crumbs: []shell.Link{{Text: lang.T("nav.reports"), Href: shell.Href(r, nil, "reports")}}, Body: body})
}

func (p *pages) file(w http.ResponseWriter, r *http.Request) error {
	j := p.site.Jobs.Job(r.PathValue("job"))
	if j == nil {
		return shell.ErrNoPage
	}
	x, ok := j.Result().(product)
	if !ok {
		return shell.ErrNoPage
	}
	return give(w, x.data, x.name, x.format)
}

// lately are the reports that were sent last, for the door of the head.
func (p *pages) lately(_ context.Context, lang terms.Lang) ([]shell.Line, error) {
	list, err := p.office.Sent()
	if err != nil {
		return nil, err
	}
	var out []shell.Line
	for _, r := range list[:min(3, len(list))] {
		out = append(out, shell.Line{Text: r.Title, Href: "reports", Note: lang.Moment(r.Made.Local())})
	}
	return out, nil
}
