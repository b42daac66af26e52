package shell

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os/user"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/live"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining/measure"
)

//go:embed templates/*.html
var templates embed.FS

// Config says what the pages stand on.
type Config struct {
	Desk    *desk.Desk
	Jobs    *jobs.Registry
	Lang    terms.Lang // for readers who did not choose; "" for what the browser asks
	Version string
	Log     *slog.Logger
	// Specialists: single people may be evaluated; every look is recorded.
	Specialists bool
	Changes     live.Changes // when the logs last changed, for pages that are Live; nil: they are not told
}

// Site is what all pages share. Areas mount their pages on it, in the order in
// which readers see tabs and sections.
type Site struct {
	Config
	mux      *http.ServeMux
	sections []place
	tabs     []place
	own      *Area // errors
	live     *live.Watcher
	doors    map[string][]Waiting
}

// place is an entry of a menu: its word is the term "nav.KEY" or "tab.KEY".
type place struct{ key, path string }

// New returns a site without pages.
func New(cfg Config) (*Site, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s := &Site{Config: cfg, mux: http.NewServeMux(), doors: map[string][]Waiting{}}
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		return nil, err
	}
	if s.own, err = s.Area(sub); err != nil {
		return nil, err
	}
	if cfg.Changes != nil {
		s.live = live.New(cfg.Changes, pollEvery)
		s.Handle("GET /live", s.follow)
	}
	s.Handle("GET /language/{lang}", s.choose)
	s.Handle("GET /filter", s.refilter)
	s.Handle("GET /jobs/{job}/events", s.watch)
	s.Handle("POST /jobs/{job}/cancel", s.cancel)
	s.Handle("/", func(http.ResponseWriter, *http.Request) error { return ErrNoPage })
	return s, nil
}

// Handler answers a request, or returns what Fail shows.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Handle mounts a handler on a pattern of http.ServeMux.
func (s *Site) Handle(pattern string, h Handler) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// Mount mounts an ordinary handler.
func (s *Site) Mount(pattern string, h http.Handler) { s.mux.Handle(pattern, h) }

// Section adds an entry to the menu of every page; its word is the term "nav.KEY".
func (s *Site) Section(key, path string) { s.sections = append(s.sections, place{key, path}) }

// Tab adds an entry to the menu of every process, at /logs/LOG/path; its word is
// the term "tab.KEY".
func (s *Site) Tab(key, path string) { s.tabs = append(s.tabs, place{key, path}) }

func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	ctx := context.WithValue(r.Context(), askedKey{}, now)
	if r.Method == http.MethodGet {
		ctx = desk.Since(ctx, now)
	}
	s.mux.ServeHTTP(w, r.WithContext(ctx))
}

// askedKey is when a request came: what changed later, its page may not show.
type askedKey struct{}

func asked(ctx context.Context) time.Time {
	if t, ok := ctx.Value(askedKey{}).(time.Time); ok {
		return t
	}
	return time.Now()
}

// Area is a group of pages with templates of its own. Each template file NAME.html
// defines "body"; files whose name begins with "_" define parts for all of them.
type Area struct {
	site  *Site
	pages map[terms.Lang]map[string]*template.Template
}

// Area parses the templates in files, beside the layout and the parts of the shell.
func (s *Site) Area(files fs.FS) (*Area, error) {
	names, err := fs.Glob(files, "*.html")
	if err != nil {
		return nil, err
	}
	a := &Area{site: s, pages: map[terms.Lang]map[string]*template.Template{}}
	for _, lang := range []terms.Lang{terms.RU, terms.EN} {
		a.pages[lang] = map[string]*template.Template{}
		base, err := template.New("layout").Funcs(functions(lang)).ParseFS(templates, "templates/_*.html")
		if err != nil {
			return nil, fmt.Errorf("parsing the layout: %w", err)
		}
		if shared, _ := fs.Glob(files, "_*.html"); len(shared) > 0 {
			if base, err = base.ParseFS(files, "_*.html"); err != nil {
				return nil, fmt.Errorf("parsing shared parts: %w", err)
			}
		}
		for _, name := range names {
			if strings.HasPrefix(name, "_") {
				continue
			}
			t, err := base.Clone()
			if err == nil {
				t, err = t.ParseFS(files, name)
			}
			if err != nil {
				return nil, fmt.Errorf("parsing template %q: %w", name, err)
			}
			a.pages[lang][strings.TrimSuffix(name, ".html")] = t
		}
	}
	return a, nil
}

// ErrNoPage says that an address leads nowhere.
var ErrNoPage = errors.New("there is no such page")

// fail shows an error as a sentence that says what to do; what is not the
// reader's to mend is logged.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		return
	}
	lang := s.Language(r)
	page := Page{Title: lang.T("page.error"), Body: failure{Text: measure.FaultIn(string(lang), err), Hint: lang.T("page.error.hint")}, Status: http.StatusInternalServerError}
	var input desk.InputError
	switch {
	case errors.Is(err, ErrNoPage):
		page.Title, page.Body, page.Status = lang.T("page.not-found"), failure{Hint: lang.T("page.not-found.hint")}, http.StatusNotFound
	case errors.Is(err, desk.ErrNotFound):
		page.Title, page.Body, page.Status = lang.T("page.not-found"), failure{Text: measure.FaultIn(string(lang), err), Hint: lang.T("page.not-found.hint")}, http.StatusNotFound
	case errors.As(err, &input):
		page.Title, page.Body, page.Status = lang.T("page.input"), failure{Text: measure.FaultIn(string(lang), err), Hint: lang.T("page.input.hint")}, http.StatusBadRequest
	default:
		s.Log.Error("answering", "path", r.URL.Path, "error", err)
	}
	if err := s.own.Show(w, r, "error", page); err != nil {
		s.Log.Error("showing an error", "path", r.URL.Path, "error", err)
		http.Error(w, page.Title, http.StatusInternalServerError)
	}
}

type failure struct{ Text, Hint string }

// Language is the reader's choice: of this address, of the cookie, of the
// configuration, of the browser.
func (s *Site) Language(r *http.Request) terms.Lang {
	if l, ok := terms.Parse(r.URL.Query().Get("lang")); ok {
		return l
	}
	if c, err := r.Cookie("lang"); err == nil {
		if l, ok := terms.Parse(c.Value); ok {
			return l
		}
	}
	if s.Lang != "" {
		return s.Lang
	}
	l, _ := terms.Parse(r.Header.Get("Accept-Language"))
	return l
}

// choose keeps the language in a cookie and returns to the page it came from.
func (s *Site) choose(w http.ResponseWriter, r *http.Request) error {
	lang, ok := terms.Parse(r.PathValue("lang"))
	if !ok {
		return ErrNoPage
	}
	http.SetCookie(w, &http.Cookie{Name: "lang", Value: string(lang), Path: "/", SameSite: http.SameSiteLaxMode, HttpOnly: true, MaxAge: 365 * 86400})
	back := root(r)
	if u, err := url.Parse(r.URL.Query().Get("back")); err == nil && u.Host == "" && u.Scheme == "" && u.Opaque == "" && !strings.HasPrefix(u.Path, "/") {
		q := u.Query()
		q.Del("lang")
		u.RawQuery = q.Encode()
		back += u.String()
	}
	Redirect(w, back)
	return nil
}

// Redirect sends the reader to a relative address, after a change as well as
// after a question. http.Redirect would make it absolute and lose a prefix.
func Redirect(w http.ResponseWriter, relative string) {
	w.Header().Set("Location", relative)
	w.WriteHeader(http.StatusSeeOther)
}

type readerKey struct{}

// WithReader names the reader of requests below.
func WithReader(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, readerKey{}, name)
}

// Reader is the name of who asks: that of the access code, or on this machine
// that of the user of the operating system.
func Reader(ctx context.Context) string {
	if name := entered(ctx); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "local"
}

func entered(ctx context.Context) string {
	name, _ := ctx.Value(readerKey{}).(string)
	return name
}
