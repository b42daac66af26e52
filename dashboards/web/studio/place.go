package studio

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/whatif"
	"github.com/uprava/uprava/twin"
)

// place is the model that a page is about; bench is nil where a log has no model yet.
type place struct {
	of    string // whatif.Bench.Of
	log   string
	bench *whatif.Bench
}

func (p *pages) place(r *http.Request) (*place, error) {
	x := &place{log: r.PathValue("log")}
	if x.of = "log/" + x.log; x.log == "" {
		x.of = "model/" + r.PathValue("model")
	}
	var err error
	if x.bench, err = p.room.Bench(r.Context(), x.of); errors.Is(err, whatif.ErrNoModel) {
		x.bench, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	if x.bench != nil {
		one := *x.bench.Bench // the process is the page's own choice
		if id := r.FormValue("process"); id != "" && slices.ContainsFunc(one.Model.Processes, func(q *twin.Process) bool { return q.ID == id }) {
			one.Process = id
		}
		x.bench.Bench = &one
	}
	return x, nil
}

// path leads to a page of the place, from the root.
func pathOf(of string, parts ...any) []any {
	kind, name, _ := strings.Cut(of, "/")
	out := []any{"studio", name}
	if kind == "log" {
		out = []any{"logs", name, "studio"}
	}
	return append(out, parts...)
}

func (x *place) href(r *http.Request, q url.Values, parts ...any) string {
	return shell.Href(r, q, pathOf(x.of, parts...)...)
}

// title is the name of the model in the reader's language.
func (x *place) title(lang terms.Lang) string {
	switch {
	case x.bench == nil:
		return x.log
	case x.bench.Variant != nil:
		return x.bench.Variant.Name
	case x.bench.Log == "":
		return x.bench.Model.Name.In(string(lang))
	}
	return x.bench.Title.In(string(lang))
}

// page is the frame of a page of the place; "" as the title is that of its home.
func (x *place) page(r *http.Request, lang terms.Lang, title string, body any) shell.Page {
	q := shell.Page{Title: title, Body: body, Log: x.log, Tab: "studio"}
	if x.bench != nil {
		q.Notice = x.bench.Model.Notice.In(string(lang))
	}
	if x.log == "" {
		q.Crumbs = append(q.Crumbs, shell.Link{Text: lang.T("nav.studio"), Href: shell.Href(r, nil, "studio")})
	}
	if title != "" {
		q.Crumbs = append(q.Crumbs, shell.Link{Text: x.title(lang), Href: x.href(r, nil)})
	} else {
		q.Title = lang.T("studio.title") + ": " + x.title(lang)
	}
	return q
}

// processes are those of the model, the one looked at first.
func (x *place) processes() []*twin.Process {
	list := slices.Clone(x.bench.Model.Processes)
	slices.SortStableFunc(list, func(a, b *twin.Process) int {
		switch {
		case a.ID == x.bench.Process && b.ID != x.bench.Process:
			return -1
		case b.ID == x.bench.Process && a.ID != x.bench.Process:
			return 1
		}
		return 0
	})
	return list
}
