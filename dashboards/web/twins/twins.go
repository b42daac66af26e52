package twins

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"slices"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/architecture"
)

//go:embed templates/*.html
var templates embed.FS

// Desk answers what the pages show. Its methods are called from many goroutines at
// once; they return desk.ErrNotFound for a twin that does not exist.
type Desk interface {
	Twins(ctx context.Context) ([]desk.TwinName, error)
	Twin(ctx context.Context, id string) (*desk.Twin, error)
	// ProcessLogs are the logs of the store that follow the processes of a twin.
	ProcessLogs(ctx context.Context, t *desk.Twin) (map[string][]string, error)
	Duplicates(ctx context.Context, t *desk.Twin) ([]architecture.Pair, error)
	Decisions(twin string) (map[string]desk.Decision, error)
	Decide(twin string, x desk.Decision) error
	Priorities(ctx context.Context, t *desk.Twin) (*desk.Ranked, error)
	// Simulated runs a twin as it is ("") or under a scenario, for seconds where the
	// answer is not remembered. TwinState names what it is remembered for.
	Simulated(ctx context.Context, t *desk.Twin, scenario string, progress func(done, total int)) (*desk.Simulation, error)
	TwinState(ctx context.Context, id string) (string, error)
	LogStream(ctx context.Context, t *desk.Twin, process, log string) (*desk.ValueStream, error)
	// MeasuredEffects are what the logs, by process, show of the action plan.
	MeasuredEffects(ctx context.Context, t *desk.Twin, logs map[string][]string) (map[string]desk.Measured, error)
}

type pages struct {
	site *shell.Site
	area *shell.Area
	desk Desk
}

// Mount mounts the pages.
func Mount(s *shell.Site, d Desk) error {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		return err
	}
	p := &pages{site: s, desk: d}
	if p.area, err = s.Area(sub); err != nil {
		return err
	}
	s.Section("twins", "twins")
	s.Handle("GET /twins", p.list)
	s.Handle("GET /twins/{twin}", p.overview)
	s.Handle("GET /twins/{twin}/register", p.register)
	s.Handle("GET /twins/{twin}/register.csv", p.registerCSV)
	s.Handle("GET /twins/{twin}/units", p.units)
	s.Handle("GET /twins/{twin}/goals", p.goals)
	s.Handle("GET /twins/{twin}/graph", p.graph)
	s.Handle("GET /twins/{twin}/export/{format}", p.exported)
	s.Handle("GET /twins/{twin}/merge", p.merge)
	s.Handle("GET /twins/{twin}/duplicates", p.duplicates)
	s.Handle("POST /twins/{twin}/duplicates", p.decide)
	s.Handle("GET /twins/{twin}/priority", p.priority)
	s.Handle("GET /twins/{twin}/signing", p.signing)
	s.Handle("GET /twins/{twin}/streams", p.streams)
	s.Handle("GET /twins/{twin}/streams/{process}", p.stream)
	s.Handle("GET /twins/{twin}/plan", p.plan)
	s.Handle("GET /twins/{twin}/plan.csv", p.planCSV)
	s.Handle("GET /twins/{twin}/{kind}", p.things)
	s.Handle("GET /twins/{twin}/{kind}/{id}", p.thing)
	return nil
}

// parts are the pages of a twin beside its things, in the order of their menu.
var parts = []string{"register", "units", "procedure", "goals", "streams", "plan", "signing", "duplicates", "priority", "graph"}

// looked is one request about a twin.
type looked struct {
	*desk.Twin
	Lang terms.Lang
	Nav  []navEntry
	r    *http.Request
	view shell.View
}

type navEntry struct {
	shell.Link
	Current bool
}

// open opens the twin of a request; part is the page of the menu.
func (p *pages) open(r *http.Request, part string) (*looked, error) {
	view, err := shell.ParseView(r.URL.Query())
	if err != nil {
		return nil, err
	}
	t, err := p.desk.Twin(r.Context(), r.PathValue("twin"))
	if err != nil {
		return nil, err
	}
	k := &looked{Twin: t, Lang: p.site.Language(r), r: r, view: view}
	for _, x := range parts {
		k.Nav = append(k.Nav, navEntry{shell.Link{Text: k.Lang.T("twins.nav." + x), Href: k.href(x)}, x == part})
	}
	return k, nil
}

// show shows a page of the twin; between are the crumbs from the twin to the page.
func (p *pages) show(w http.ResponseWriter, k *looked, name, title string, body any, between ...shell.Link) error {
	crumbs := []shell.Link{{Text: k.Lang.T("twins.title"), Href: shell.Href(k.r, nil, "twins")}}
	if title != k.title() {
		crumbs = append(crumbs, shell.Link{Text: k.title(), Href: k.href()})
	}
	return p.area.Show(w, k.r, name, shell.Page{Title: title, View: k.view, Notice: k.Model.Notice.In(string(k.Lang)), Crumbs: append(crumbs, between...), Body: body})
}

// title is the name of the twin.
func (k *looked) title() string {
	if name := k.Model.Name.In(string(k.Lang)); name != "" {
		return name
	}
	return k.ID
}

// href leads to a page of the twin.
func (k *looked) href(parts ...any) string {
	return shell.Href(k.r, nil, append([]any{"twins", k.ID}, parts...)...)
}

// link leads to the page of a thing, under its name.
func (k *looked) link(r twin.Ref) shell.Link {
	return shell.Link{Text: k.Name(r).In(string(k.Lang)), Href: k.href(string(r.Kind), r.ID)}
}

func (k *looked) links(refs []twin.Ref) []shell.Link {
	out := make([]shell.Link, len(refs))
	for i, r := range refs {
		out[i] = k.link(r)
	}
	return out
}

// asked returns a value of the address.
func (k *looked) asked(key string) string { return k.view.Rest.Get(key) }

// refIn reads the name of a thing of the twin.
func (k *looked) refIn(s string) (twin.Ref, error) {
	ref, err := twin.ParseRef(s)
	if err != nil {
		return ref, desk.InputError{Err: err}
	}
	return ref, k.known(ref)
}

// known is an error where the twin has no such thing.
func (k *looked) known(ref twin.Ref) error {
	if !slices.Contains(twin.Kinds(), ref.Kind) {
		return shell.ErrNoPage
	}
	if !k.Graph.Has(ref) {
		return fmt.Errorf("%s in the twin %q: %w", ref, k.ID, desk.ErrNotFound)
	}
	return nil
}
