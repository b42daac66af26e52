package web

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"

	"github.com/uprava/uprava/dashboards/terms"
)

//go:embed all:dist
var bundle embed.FS

//go:embed templates/*.html
var templates embed.FS

// Config says what New serves.
type Config struct {
	Backend Backend
	Lang    terms.Lang // for readers who did not choose; "" for what the browser asks
	Version string
	Log     *slog.Logger // nil for none
}

type site struct {
	Config
	pages map[string]*template.Template
}

// Built reports whether the browser assets were built into this binary.
func Built() bool {
	_, err := fs.Stat(bundle, "dist/page.js")
	return err == nil
}

// New returns the handler of all pages. It fails where the bundle of browser
// assets was not built into this binary.
func New(cfg Config) (http.Handler, error) {
	dist, err := fs.Sub(bundle, "dist")
	if err != nil {
		return nil, fmt.Errorf("opening browser assets: %w", err)
	}
	if !Built() {
		return nil, errors.New("browser assets are not built into this binary: run `make assets build`")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s := &site{Config: cfg, pages: map[string]*template.Template{}}
	for _, name := range []string{"logs", "process", "whatif", "error"} {
		t, err := template.New("layout.html").Funcs(s.functions(terms.RU)).ParseFS(templates, "templates/layout.html", "templates/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("parsing template %q: %w", name, err)
		}
		s.pages[name] = t
	}
	mux := http.NewServeMux()
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", cached(http.FileServerFS(dist))))
	mux.HandleFunc("GET /{$}", s.logs)
	mux.HandleFunc("GET /logs/{log}", s.process)
	mux.HandleFunc("GET /logs/{log}/what-if", s.whatIf)
	mux.HandleFunc("GET /language/{lang}", s.choose)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, ErrNotFound) })
	return mux, nil
}

// cached lets the browser keep an asset but ask whether it is still the same.
func cached(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}

// language is the reader's choice: of this address, of the cookie, of the
// configuration, of the browser.
func (s *site) language(r *http.Request) terms.Lang {
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
func (s *site) choose(w http.ResponseWriter, r *http.Request) {
	lang, ok := terms.Parse(r.PathValue("lang"))
	if !ok {
		s.fail(w, r, ErrNotFound)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "lang", Value: string(lang), Path: "/", SameSite: http.SameSiteLaxMode, HttpOnly: true, MaxAge: 365 * 86400})
	back := "/"
	if u, err := url.Parse(r.URL.Query().Get("back")); err == nil && u.Host == "" && u.Scheme == "" && len(u.Path) > 0 && u.Path[0] == '/' && (len(u.Path) < 2 || u.Path[1] != '/' && u.Path[1] != '\\') {
		back = u.EscapedPath()
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

// frame is what the layout of every page needs.
type frame struct {
	Lang     terms.Lang
	Other    terms.Lang
	Title    string
	Path     string
	Version  string
	Fragment bool
	Body     any
}

// show renders into memory first, so that a template's fault never leaves half a page.
func (s *site) show(w http.ResponseWriter, r *http.Request, status int, page, title string, body any) {
	lang := s.language(r)
	other := terms.EN
	if lang == terms.EN {
		other = terms.RU
	}
	t, err := s.pages[page].Clone()
	var buf bytes.Buffer
	if err == nil {
		name := "layout.html"
		if page == "whatif" {
			name = "body"
		}
		err = t.Funcs(s.functions(lang)).ExecuteTemplate(&buf, name, frame{lang, other, title, r.URL.EscapedPath(), s.Version, page == "whatif", body})
	}
	if err != nil {
		s.Log.Error("rendering a page", "page", page, "error", err)
		http.Error(w, lang.T("page.error"), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(buf.Bytes())
}

// fail shows an error as a sentence; what is not the reader's to know is logged.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	lang := s.language(r)
	if errors.Is(err, ErrNotFound) {
		s.show(w, r, http.StatusNotFound, "error", lang.T("page.not-found"), nil)
		return
	}
	if r.Context().Err() != nil {
		return
	}
	s.Log.Error("answering", "path", r.URL.Path, "error", err)
	s.show(w, r, http.StatusInternalServerError, "error", lang.T("page.error"), err.Error())
}

// functions are the words and numbers of templates in one language.
func (s *site) functions(lang terms.Lang) template.FuncMap {
	return template.FuncMap{
		"t":       lang.T,
		"count":   lang.Count,
		"int":     func(n any) string { return lang.Int(reflect.ValueOf(n).Int()) }, // of any integer type
		"percent": func(x float64) string { return lang.Percent(x, 1) },
		"seconds": lang.Seconds,
		"days":    func(x float64) string { return lang.Float(x/86400, 1) },
		"date":    lang.Date,
		"text":    func(t interface{ In(string) string }) string { return t.In(string(lang)) },
		"json": func(v any) (template.JS, error) {
			b, err := json.Marshal(v) // escapes <, > and &, so it cannot end its script element
			return template.JS(b), err
		},
	}
}
