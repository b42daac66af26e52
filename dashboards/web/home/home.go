// Package home is where readers come in: the start page with a door for each of the
// three readers and the list of logs, demonstration data, and the search.
package home

import (
	"cmp"
	"context"
	"embed"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/datasets"
)

//go:embed templates/*.html
var templates embed.FS

// Desk answers what the pages ask. Its methods are called from many goroutines at once.
type Desk interface {
	// Logs lists the logs of the store by name.
	Logs(ctx context.Context) ([]desk.Log, error)
	// Risks are the open cases of a log by their risk of breach.
	Risks(ctx context.Context, log string, look desk.Look) (*desk.Risks, error)
	// Due are the open cases of a log by their due date, without a forecast: at once.
	Due(ctx context.Context, log string, look desk.Look) (*desk.Risks, error)
	// Twins names the twins there are.
	Twins(ctx context.Context) ([]desk.TwinName, error)
	// Things are what readers may look for in all twins.
	Things(ctx context.Context) ([]desk.Thing, error)
	// LoadPack generates the logs of a pack and stores them.
	LoadPack(ctx context.Context, pack *datasets.Pack, lang string, tell func(stage string, done, total int64)) (*datasets.System, error)
}

type pages struct {
	site   *shell.Site
	area   *shell.Area
	desk   Desk
	search finder

	mu    sync.Mutex
	loads map[string]string // ID of the job that loads a pack, or loaded it
}

// Mount mounts the pages.
func Mount(s *shell.Site, d Desk) error {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		return err
	}
	p := &pages{site: s, desk: d, loads: map[string]string{}}
	if p.area, err = s.Area(sub); err != nil {
		return err
	}
	s.Section("logs", "")
	s.Door(shell.Owner, p.late)
	s.Door(shell.Team, p.twins)
	s.Handle("GET /{$}", p.start)
	s.Handle("POST /reader", p.choose)
	s.Handle("GET /doors/{reader}", p.door)
	s.Handle("POST /demonstration", p.load)
	s.Handle("GET /demonstration/{job}", p.loading)
	s.Handle("GET /search", p.find)
	return nil
}

// cookie remembers the door that a reader chose.
const cookie = "reader"

func chosen(r *http.Request) string {
	if c, err := r.Cookie(cookie); err == nil && slices.Contains(shell.Doors, c.Value) {
		return c.Value
	}
	return ""
}

// choose remembers a door, or forgets it when it is chosen again.
func (p *pages) choose(w http.ResponseWriter, r *http.Request) error {
	reader := r.FormValue("reader")
	c := &http.Cookie{Name: cookie, Value: reader, Path: "/", SameSite: http.SameSiteLaxMode, HttpOnly: true, MaxAge: 365 * 86400}
	if !slices.Contains(shell.Doors, reader) || reader == chosen(r) {
		c.Value, c.MaxAge = "", -1
	}
	http.SetCookie(w, c)
	shell.Redirect(w, shell.Href(r, nil))
	return nil
}

// door is one of the three on the start page.
type door struct {
	Key    string
	Chosen bool
	Links  []shell.Link // to sections of this reader that there are
}

// sections that belong to each reader, the first of which is the reader's own.
var sections = map[string][]string{
	shell.Owner: {"owner"},
	shell.Team:  {"studio", "twins"},
	shell.Head:  {"head", "reports", "signatures"},
}

type logRow struct {
	desk.Log
	Named bool // the title is not the log's own name
}

type startPage struct {
	Doors     []door
	Logs      []logRow
	Packs     []*datasets.Pack
	CanImport bool
}

func (p *pages) start(w http.ResponseWriter, r *http.Request) error {
	lang := p.site.Language(r)
	list, err := p.desk.Logs(r.Context())
	if err != nil {
		return err
	}
	body := startPage{}
	for _, l := range list {
		l.First, l.Last, l.Changed = l.First.In(desk.Moscow), l.Last.In(desk.Moscow), l.Changed.In(desk.Moscow)
		body.Logs = append(body.Logs, logRow{l, l.Title.RU != l.Name && l.Title.EN != l.Name})
	}
	if body.Packs, err = datasets.Packs(); err != nil {
		return err
	}
	_, body.CanImport = p.site.SectionPath("import")
	mine := chosen(r)
	for _, key := range shell.Doors {
		d := door{Key: key, Chosen: key == mine}
		for _, s := range sections[key] {
			if path, ok := p.site.SectionPath(s); ok {
				d.Links = append(d.Links, shell.Link{Text: lang.T("nav." + s), Href: path})
			}
		}
		body.Doors = append(body.Doors, d)
	}
	slices.SortStableFunc(body.Doors, func(a, b door) int {
		order := func(d door) int {
			if d.Chosen {
				return 0
			}
			return 1
		}
		return cmp.Compare(order(a), order(b))
	})
	return p.area.Show(w, r, "start", shell.Page{Title: lang.T("home.title"), News: true, Body: body})
}

// shownLines is how many lines a door shows.
const shownLines = 7

type doorPage struct {
	Reader string
	Lines  []shell.Line
	More   int
	Faults []string
	Later  string // where the rest comes from, when that takes longer than readers wait; "" for no rest
}

// patience is how long a door waits for forecasts before it opens without them.
const patience = 1500 * time.Millisecond

// door answers with what waits behind a door; what cannot be told is said beside what
// can.
func (p *pages) door(w http.ResponseWriter, r *http.Request) error {
	reader, lang := r.PathValue("reader"), p.site.Language(r)
	if !slices.Contains(shell.Doors, reader) {
		return shell.ErrNoPage
	}
	body := doorPage{Reader: reader}
	ctx := r.Context()
	if reader == shell.Owner && r.URL.Query().Get("all") == "" {
		patient, done := context.WithTimeout(ctx, patience)
		defer done()
		ctx = patient
	}
	for _, waiting := range p.site.Behind(reader) {
		lines, err := waiting(ctx, lang)
		if ctx.Err() != nil && r.Context().Err() == nil { // the forecasts go on by themselves
			body.Later = shell.Href(r, url.Values{"all": {"yes"}}, "doors", reader)
			lines, err = p.overdue(r.Context(), lang)
		}
		if err != nil {
			if r.Context().Err() != nil {
				return err
			}
			p.site.Log.Error("telling what waits", "reader", reader, "error", err)
			body.Faults = append(body.Faults, err.Error())
		}
		body.Lines = append(body.Lines, lines...)
	}
	slices.SortStableFunc(body.Lines, func(a, b shell.Line) int {
		if a.Urgent == b.Urgent {
			return 0
		}
		if a.Urgent {
			return -1
		}
		return 1
	})
	if n := len(body.Lines); n > shownLines {
		body.Lines, body.More = body.Lines[:shownLines], n-shownLines
	}
	return p.area.Part(w, r, "door", shell.Page{Body: body})
}

// late are the processes with open cases that are late or, where that can be foretold,
// are likely to be, the most first.
func (p *pages) late(ctx context.Context, lang terms.Lang) ([]shell.Line, error) {
	return p.troubled(ctx, lang, p.desk.Risks, func(r *desk.Risks) (string, int) {
		if !r.Reliable() {
			return pastDue(lang, r)
		}
		return lang.T("home.late", lang.Int(int64(r.Overdue)), lang.Int(int64(r.AtRisk)), lang.Int(int64(r.Open)), lang.Date(r.AsOf)), r.Overdue + r.AtRisk
	})
}

// overdue are the processes with open cases past their due date, the most first.
func (p *pages) overdue(ctx context.Context, lang terms.Lang) ([]shell.Line, error) {
	return p.troubled(ctx, lang, p.desk.Due, func(r *desk.Risks) (string, int) { return pastDue(lang, r) })
}

func pastDue(lang terms.Lang, r *desk.Risks) (note string, cases int) {
	return lang.T("home.overdue", lang.Int(int64(r.Overdue)), lang.Int(int64(r.Open)), lang.Date(r.AsOf)), r.Overdue
}

func (p *pages) troubled(ctx context.Context, lang terms.Lang, ask func(context.Context, string, desk.Look) (*desk.Risks, error), say func(*desk.Risks) (note string, cases int)) ([]shell.Line, error) {
	list, err := p.desk.Logs(ctx)
	if err != nil {
		return nil, err
	}
	type found struct {
		shell.Line
		cases int
	}
	var out []found
	for _, l := range list {
		risks, err := ask(ctx, l.Name, desk.Look{})
		if err != nil {
			if ctx.Err() != nil {
				return nil, err
			}
			continue // its own board says why
		}
		if note, n := say(risks); n > 0 {
			out = append(out, found{shell.Line{Text: l.Title.In(string(lang)), Href: shell.Path("logs", l.Name), Urgent: true, Note: note}, n})
		}
	}
	slices.SortStableFunc(out, func(a, b found) int { return cmp.Compare(b.cases, a.cases) })
	lines := make([]shell.Line, len(out))
	for i, f := range out {
		lines[i] = f.Line
	}
	return lines, nil
}

// twins are the models that a team may change.
func (p *pages) twins(ctx context.Context, lang terms.Lang) ([]shell.Line, error) {
	path, ok := p.site.SectionPath("twins")
	if !ok {
		return nil, nil
	}
	names, err := p.desk.Twins(ctx)
	if err != nil {
		return nil, err
	}
	var out []shell.Line
	for _, n := range names {
		if n.Source == desk.PackTwin { // those are in the list of twins
			continue
		}
		text := n.ID
		if n.Log != "" {
			text = n.Log
		}
		out = append(out, shell.Line{Text: lang.T("home.twin", text), Href: path + "/" + shell.Path(n.ID)})
	}
	return out, nil
}
