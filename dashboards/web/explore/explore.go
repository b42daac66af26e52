package explore

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/report"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/filter"
)

//go:embed templates/*.html
var templates embed.FS

type pages struct {
	site *shell.Site
	area *shell.Area
	desk *desk.Desk
}

// Mount mounts the pages.
func Mount(s *shell.Site, d *desk.Desk) error {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		return err
	}
	p := &pages{site: s, desk: d}
	if p.area, err = s.Area(sub); err != nil {
		return err
	}
	for _, page := range []struct {
		path string
		show func(*looked) (string, any, error)
	}{
		{"map", p.flow},
		{"variants", p.variants},
		{"cases", p.cases},
		{"time", p.time},
		{"conformance", p.conformance},
		{"people", p.people},
		{"compare", p.compare},
	} {
		s.Tab(page.path, page.path)
		s.Handle("GET /logs/{log}/"+page.path, p.page(page.path, page.show))
	}
	s.Handle("GET /logs/{log}/cases/{case}", p.page("cases", p.one))
	for path, show := range map[string]func(*looked) (any, error){
		"map/model":         p.model,
		"time/bottlenecks":  p.bottlenecks,
		"time/spectrum":     p.spectrum,
		"conformance/check": p.checked,
		"conformance/rules": p.rules,
		"compare/tests":     p.tested,
	} {
		_, name, _ := strings.Cut(path, "/")
		s.Handle("GET /logs/{log}/"+path, p.fragment(name, show))
	}
	for path, write := range map[string]func(*looked) (*file, error){
		"log.xes":                    p.xes,
		"map/tokens":                 p.tokens,
		"map/paths.csv":              p.pathsCSV,
		"map/model.bpmn":             p.modelBPMN,
		"variants.csv":               p.variantsCSV,
		"cases.csv":                  p.casesCSV,
		"cases/{case}/events.csv":    p.eventsCSV,
		"time/events.csv":            p.allEventsCSV,
		"time/bottlenecks.csv":       p.bottlenecksCSV,
		"time/spectrum.csv":          p.spectrumCSV,
		"conformance/deviations.csv": p.deviationsCSV,
		"people/handovers.csv":       p.handoversCSV,
		"compare/differences.csv":    p.differencesCSV,
	} {
		s.Handle("GET /logs/{log}/"+path, p.export(write))
	}
	return nil
}

// looked is what a reader looks at: a log through the view of the address.
type looked struct {
	r     *http.Request
	log   string
	lang  terms.Lang
	view  shell.View
	look  desk.Look // with the period
	known *desk.Known
	root  string
	last  time.Time // the log's last event, or the moment of the view
}

// open reads the view of a request. fault is a filter that cannot be read.
func (p *pages) open(r *http.Request) (c *looked, fault, err error) {
	c = &looked{r: r, log: r.PathValue("log"), lang: p.site.Language(r), root: shell.Href(r, nil)}
	if c.known, err = p.desk.Known(r.Context(), c.log); err != nil {
		return nil, nil, err
	}
	if c.view, fault, err = shell.ReadView(r); err != nil {
		return nil, nil, err
	}
	c.look = c.view.Look()
	if c.view.Period != "" {
		within, err := p.inPeriod(c, c.view.Period)
		if err != nil {
			return nil, nil, err
		}
		c.look.Filter = within.Then(c.look.Filter)
	}
	if c.last = c.view.AsOf; c.last.IsZero() {
		info, err := p.desk.Store().Log(r.Context(), c.log)
		if err != nil {
			return nil, nil, err
		}
		c.last = info.Last
	}
	c.last = c.last.In(moscow)
	return c, fault, nil
}

// moscow is the clock that a moment without a zone is read by in an address.
var moscow = desk.Moscow

// inPeriod is the filter of a reporting period, as boards and reports mean it: the cases
// delivered in it, or where the log declares no delivery those whose last event lies in it.
func (p *pages) inPeriod(c *looked, text string) (filter.Filter, error) {
	period, err := report.ParsePeriod(text)
	if err != nil {
		return filter.Filter{}, desk.InputError{Err: err}
	}
	ended, err := p.desk.DeliveredBy(c.r.Context(), c.log)
	if err != nil {
		return filter.Filter{}, err
	}
	test := filter.Test{Name: "ended"}
	if ended != "" {
		test.Args = []string{ended}
	}
	const day = "2006-01-02"
	return filter.Parse(test.String() + " in " + period.Begin(time.UTC).Format(day) + ".." + period.End(time.UTC).AddDate(0, 0, -1).Format(day))
}

// page answers a page of a tab. What the reader's filter or choices cannot have is
// told beside the bar, with which it can be mended.
func (p *pages) page(tab string, show func(*looked) (name string, body any, err error)) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, fault, err := p.open(r)
		if err != nil {
			return err
		}
		name, body := "fault", any(nil)
		if fault == nil {
			name, body, fault = show(c)
		}
		page := shell.Page{Title: c.lang.T("tab." + tab), Log: c.log, Tab: tab, View: c.view, AsOf: c.last, Notice: c.known.Notice.In(string(c.lang)), News: c.view.AsOf.IsZero()}
		page.Crumbs = []shell.Link{{Text: c.known.Title.In(string(c.lang)), Href: shell.Href(r, nil, "logs", c.log)}}
		if titled, ok := body.(interface{ title() string }); ok && fault == nil {
			page.Title = titled.title()
			page.Crumbs = append(page.Crumbs, shell.Link{Text: c.lang.T("tab." + tab), Href: shell.Href(r, c.view.Query(), "logs", c.log, tab)})
		}
		effect, input := (*filter.Effect)(nil), desk.InputError{}
		switch {
		case fault != nil && !errors.As(fault, &input):
			return fault
		case fault != nil:
			name, page.Status = "fault", http.StatusBadRequest
		default:
			if effect, err = p.effect(r.Context(), c); err != nil {
				return err
			}
		}
		bar, err := p.site.FilterBar(r, p.desk, c.log, c.view, effect, fault)
		if err != nil {
			return err
		}
		page.Body = struct {
			Bar   *shell.FilterBar
			Title string
			Of    any
		}{bar, c.known.Title.In(string(c.lang)), body}
		return p.area.Show(w, r, name, page)
	}
}

// effect is what the filter leaves.
func (p *pages) effect(ctx context.Context, c *looked) (*filter.Effect, error) {
	if c.look.Filter.Empty() {
		return nil, nil
	}
	v, err := p.desk.Seen(ctx, c.log, c.look)
	if err != nil {
		return nil, err
	}
	return &v.Effect, nil
}

// fragment answers a part of a page that takes long: an error is a sentence in its place.
func (p *pages) fragment(name string, show func(*looked) (any, error)) shell.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, fault, err := p.open(r)
		if err != nil {
			return err
		}
		var body any
		if fault == nil {
			body, fault = show(c)
		}
		page, name := shell.Page{View: c.view, Log: c.log, Body: body}, name
		if fault != nil {
			if r.Context().Err() != nil {
				return fault
			}
			page.Status = http.StatusInternalServerError
			if input := (desk.InputError{}); errors.As(fault, &input) {
				page.Status = http.StatusBadRequest
			} else {
				p.site.Log.Error("answering", "path", r.URL.Path, "error", fault)
			}
			name, page.Body = "sentence", shell.FilterFault(fault, c.lang)
		}
		return p.area.Part(w, r, name, page)
	}
}

// label is what an activity of the log is called in the reader's language.
func (c *looked) label(name string) string {
	if t, ok := c.known.Labels[name]; ok {
		return t.In(string(c.lang))
	}
	return name
}

// who is a unit or a person of the log in the reader's language.
func (c *looked) who(name string) string { return c.known.Who(name, string(c.lang)) }

// href leads to another page about the log with what is looked at here; extra pairs of
// key and value are added.
func (c *looked) href(path string, pairs ...string) string {
	q := c.view.Query()
	for i := 0; i+1 < len(pairs); i += 2 {
		if q.Del(pairs[i]); pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	parts := []any{"logs", c.log}
	for _, s := range strings.Split(path, "/") {
		parts = append(parts, s)
	}
	return shell.Href(c.r, q, parts...)
}

// where leads to the cases that are looked at and meet one more step.
func (c *looked) where(step string) string {
	f := step
	if !c.view.Filter.Empty() {
		f = c.view.Filter.String() + "; " + step
	}
	return c.href("cases", "f", f)
}

// inputf is a fault of what the reader asked for.
func inputf(format string, args ...any) error {
	return desk.InputError{Err: fmt.Errorf(format, args...)}
}

// call writes a test of a filter.
func call(name string, args ...string) string { return filter.Test{Name: name, Args: args}.String() }

// get is a parameter of the page itself.
func (c *looked) get(key string) string { return c.view.Rest.Get(key) }

func (c *looked) doubts(list ...[]error) []string {
	seen := map[string]bool{}
	var out []string
	for _, errs := range list {
		for _, text := range c.known.Doubts(errs, string(c.lang)) {
			if !seen[text] {
				seen[text] = true
				out = append(out, text)
			}
		}
	}
	return out
}
