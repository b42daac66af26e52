package imports

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/clickhouse"
	"github.com/uprava/uprava/connectors/csvlog"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/honesty"
)

// jobKind of imports.
const jobKind = "import"

// run begins to take an upload in.
func (p *pages) run(w http.ResponseWriter, r *http.Request) error {
	up := p.upload(w, r)
	if up == nil {
		return nil
	}
	if err := r.ParseForm(); err != nil {
		return desk.InputError{Err: err}
	}
	lang, q := p.site.Language(r), r.PostForm
	last, _, _ := p.uploads.state(up)
	if last != nil && !last.Status().Ended() {
		shell.Redirect(w, shell.Href(r, keep(r.URL.Query()), "import", up.ID))
		return nil
	}
	log := q.Get("name")
	if err := clickhouse.CheckName(log); err != nil {
		return desk.InputError{Err: err}
	}
	taken, _, err := p.taken(r, log)
	if err != nil {
		return err
	}
	if taken && q.Get("longer") != "yes" || up.SniffErr != nil {
		return p.mapping(w, r, up, nil, q, http.StatusConflict)
	}
	var cfg csvlog.Config
	if up.Kind == csvKind {
		var s *csvlog.Sample
		if cfg, s, err = up.mapped(q); err != nil || s.Fault != nil {
			return p.mapping(w, r, up, nil, q, http.StatusConflict)
		}
	}
	p.uploads.change(func() {
		up.Log, up.Form = log, q
		up.Job = p.site.Jobs.Start(jobKind, "", shell.Reader(r.Context()), func(ctx context.Context, tell jobs.Tell) (any, error) {
			return nil, p.ingest(ctx, up, log, !taken, cfg, lang, tell)
		})
	})
	shell.Redirect(w, shell.Href(r, keep(r.URL.Query()), "import", up.ID))
	return nil
}

// ingest takes the file in and removes it; where the reader stops it, nothing is left. A
// file that could not be read stays, so that its mapping can be corrected. The ingest has
// no fingerprint: one that is cut short is not to be gone on with.
func (p *pages) ingest(ctx context.Context, up *upload, log string, isNew bool, cfg csvlog.Config, lang terms.Lang, tell jobs.Tell) error {
	report, err := p.store.Ingest(ctx, log, up.open(cfg), connectors.IngestConfig{Progress: func(s connectors.Progress) {
		stage := lang.T("import.reading")
		if s.Stage == connectors.Publishing {
			tell(lang.T("import.publishing"), 0, 0)
			return
		}
		tell(stage, s.Done, s.Total)
		speed := float64(s.Done) / 1e6 / max(time.Since(s.Started).Seconds(), 1e-3)
		jobs.Note(ctx, lang.T("import.speed", lang.Count("event", s.Events), lang.Float(speed, 1)))
	}})
	if err == nil && ctx.Err() != nil && isNew { // stopped in the last moment
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		err = errors.Join(ctx.Err(), p.store.Delete(clean, log))
	}
	if errors.Is(err, context.Canceled) {
		return errors.Join(err, p.uploads.drop(up, true))
	}
	if err != nil {
		return err
	}
	p.uploads.change(func() { up.Report = &report })
	return p.uploads.drop(up, false)
}

type progressPage struct {
	*shell.JobPart
	Name, Log string
	Stopped   string // where to go when it was stopped
}

func (p *pages) progress(w http.ResponseWriter, r *http.Request, up *upload, j *jobs.Job) error {
	lang := p.site.Language(r)
	stopped := keep(r.URL.Query())
	stopped.Set("said", "stopped")
	return p.area.Show(w, r, "progress", shell.Page{Title: lang.T("import.running", up.Log),
		Crumbs: []shell.Link{{Text: lang.T("nav.import"), Href: shell.Href(r, keep(r.URL.Query()), "import")}},
		Body:   progressPage{shell.JobPartOf(r, j, shell.Href(r, keep(r.URL.Query()), "import", up.ID)), up.Name, up.Log, shell.Href(r, stopped, "import")}})
}

// shownRejected is how many rejected rows the result shows.
const shownRejected = 10

type resultPage struct {
	Log, Map, Studio   string
	Report             *connectors.IngestReport
	Warnings           []string
	Rejected           []connectors.Rejected
	Findings, Doubtful string
}

// result tells what was taken in and leads on.
func (p *pages) result(w http.ResponseWriter, r *http.Request, up *upload, log string, report *connectors.IngestReport) error {
	lang := p.site.Language(r)
	body := resultPage{Log: log, Report: report, Map: shell.Path("logs", log), Findings: shell.Href(r, nil, "import", up.ID, "findings")}
	if path, ok := p.site.TabPath("map"); ok {
		body.Map = shell.Path("logs", log, path)
	}
	if path, ok := p.site.TabPath("studio"); ok {
		body.Studio = shell.Path("logs", log, path)
	}
	for _, w := range report.Warnings {
		body.Warnings = append(body.Warnings, p.words(lang, up, w))
	}
	if report.Quarantined > 0 {
		var err error
		if body.Rejected, err = p.store.Quarantine(r.Context(), log, shownRejected); err != nil && !errors.Is(err, desk.ErrNotFound) {
			return err
		}
		for i := range body.Rejected {
			body.Rejected[i].Raw = short(body.Rejected[i].Raw)
		}
	}
	return p.area.Show(w, r, "result", shell.Page{Title: lang.T("import.done", log),
		Crumbs: []shell.Link{{Text: lang.T("nav.import"), Href: shell.Href(r, keep(r.URL.Query()), "import")}}, Body: body})
}

type finding struct {
	Severity, Found, Means string
	Cases                  []string
}

type findingsPage struct {
	Findings []finding
	Cannot   []string
	Log      string
}

// findings are what is doubtful about a log that was taken in.
func (p *pages) findings(w http.ResponseWriter, r *http.Request) error {
	up := p.uploads.get(r.PathValue("id"), shell.Reader(r.Context()))
	if up == nil {
		return shell.ErrNoPage
	}
	_, log, _ := p.uploads.state(up)
	lang := string(p.site.Language(r))
	report, err := p.desk.Quality(r.Context(), log, filter.Filter{})
	if err != nil {
		return err
	}
	body := findingsPage{Log: log}
	for _, f := range report.Findings {
		body.Findings = append(body.Findings, finding{string(f.Severity), f.Found.In(lang), f.Means.In(lang), slices.Clone(f.Cases)})
	}
	body.Cannot = cannot(report, lang)
	return p.area.Part(w, r, "findings", shell.Page{Body: body})
}

func cannot(report *honesty.Report, lang string) []string {
	var out []string
	for _, w := range report.Cannot {
		out = append(out, w.In(lang))
	}
	return out
}
