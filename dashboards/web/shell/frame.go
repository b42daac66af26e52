package shell

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/terms"
)

// Page is one page as an area hands it over.
type Page struct {
	Title  string
	Crumbs []Link    // from the start page to here, without both
	Log    string    // whose tabs are shown; "" for none
	Tab    string    // which of them is this page
	View   View      // what the tabs keep
	Notice string    // that data are of a demonstration
	AsOf   time.Time // shown with a form that changes it; zero for pages that know none

	// Live pages of a Log bring themselves up to date when the log changes: the
	// page is fetched again from its own address, and those children of main whose
	// HTML differs from what the server sent before are replaced, keeping open
	// details, what was typed, sliders, focus and scrolling. Children with a
	// data-fragment fetch that again. A section with data-keep is never replaced.
	Live bool

	// News pages of a Log, or of all logs where Log is empty, stay as they are when
	// events come: the reader is told and offered to read the page again.
	News   bool
	Bare   bool // without menus and search, for readers who may see nothing yet
	Status int  // 0 for 200
	Body   any
}

// Link is a word that leads somewhere.
type Link struct{ Text, Href string }

// frame is what the layout sees; its methods make links from where the page is.
type frame struct {
	Page
	Lang, Other terms.Lang
	Version     string
	Here        string // this page from the root, for the way back
	Root        string
	Sections    []entry
	Tabs        []entry
	Reader      string
	Entered     string // who entered with an access code; "" where none is wanted
	Asked       int64  // when the request came, in microseconds
	Moment      string // AsOf in words
	Day         string // AsOf as a date field holds it
	Others      []pair // what else stands in the address
	Latest      string // this page as of the last event
}

// pair is a key and a value of an address.
type pair struct{ Key, Value string }

type entry struct {
	Link
	Current bool
}

// root leads from the page of a request to the start page: "./", "../", …
func root(r *http.Request) string {
	if n := strings.Count(r.URL.EscapedPath(), "/"); n > 1 {
		return strings.Repeat("../", n-1)
	}
	return "./"
}

// Path joins the parts of an address below the root, each escaped, so that a
// name may hold slashes.
func Path(parts ...any) string {
	out := make([]string, 0, len(parts))
	for _, p := range parts {
		if s := fmt.Sprint(p); s != "" {
			out = append(out, url.PathEscape(s))
		}
	}
	return strings.Join(out, "/")
}

// Href is a link from the page of a request to another, given by the parts of its
// path and what to say in the address.
func Href(r *http.Request, q url.Values, parts ...any) string {
	link := root(r) + Path(parts...)
	if len(q) > 0 {
		link += "?" + q.Encode()
	}
	return link
}

// Href leads to another page, without what is looked at here.
func (f *frame) Href(parts ...any) string { return f.Root + Path(parts...) }

// Keep leads to another page with what is looked at here.
func (f *frame) Keep(parts ...any) string { return withQuery(f.Root+Path(parts...), f.View.Query()) }

// With leads to this page with one thing looked at otherwise; the value "" takes
// it away.
func (f *frame) With(key, value string) string {
	q := f.View.Query()
	for k, v := range f.View.Rest {
		q[k] = v
	}
	q.Del(key)
	if value != "" {
		q.Set(key, value)
	}
	return withQuery("?", q)
}

// To leads to a link that is given from the root.
func (f *frame) To(fromRoot string) string { return f.Root + strings.TrimPrefix(fromRoot, "/") }

func withQuery(link string, q url.Values) string {
	if len(q) == 0 {
		return link
	}
	return strings.TrimSuffix(link, "?") + "?" + q.Encode()
}

// Show renders a page into memory first, so that a template's fault never leaves
// half a page.
func (a *Area) Show(w http.ResponseWriter, r *http.Request, name string, p Page) error {
	return a.render(w, r, name, "layout", p)
}

// Part renders the body of a template alone, for a page that fetches it.
func (a *Area) Part(w http.ResponseWriter, r *http.Request, name string, p Page) error {
	return a.render(w, r, name, "body", p)
}

func (a *Area) render(w http.ResponseWriter, r *http.Request, name, what string, p Page) error {
	s, lang := a.site, a.site.Language(r)
	f := &frame{Page: p, Lang: lang, Other: terms.EN, Version: s.Version, Root: root(r), Reader: Reader(r.Context()), Entered: entered(r.Context())}
	if lang == terms.EN {
		f.Other = terms.RU
	}
	here := url.URL{Path: strings.TrimPrefix(r.URL.Path, "/"), RawPath: strings.TrimPrefix(r.URL.EscapedPath(), "/"), RawQuery: r.URL.RawQuery}
	f.Here = here.String()
	f.Asked = asked(r.Context()).UnixMicro()
	f.Page.Live, f.Page.News = p.Live && s.live != nil, p.News && s.live != nil
	f.asOf(r.URL.Query())
	for _, e := range s.sections {
		f.Sections = append(f.Sections, entry{Link{lang.T("nav." + e.key), f.Href(e.path)}, here.Path == e.path || e.path != "" && strings.HasPrefix(here.Path, e.path+"/")})
	}
	if p.Log != "" {
		for _, e := range s.tabs {
			f.Tabs = append(f.Tabs, entry{Link{lang.T("tab." + e.key), f.Keep("logs", p.Log, e.path)}, e.key == p.Tab})
		}
	}
	t := a.pages[lang][name]
	if t == nil {
		return fmt.Errorf("there is no template %q", name)
	}
	var buf bytes.Buffer
	if err := t.ExecuteTemplate(&buf, what, f); err != nil {
		return fmt.Errorf("rendering the page %q: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if p.Status != 0 {
		w.WriteHeader(p.Status)
	}
	_, _ = w.Write(buf.Bytes()) // the reader may have left
	return nil
}

// asOf prepares the line that shows the moment and the form that changes it.
func (f *frame) asOf(q url.Values) {
	if f.AsOf.IsZero() {
		return
	}
	at := f.AsOf.In(moscow)
	f.Moment, f.Day = f.Lang.T("as-of.moment", f.Lang.Moment(at)), at.Format(time.DateOnly)
	q.Del(keyAsOf)
	for _, k := range slices.Sorted(maps.Keys(q)) {
		for _, v := range q[k] {
			f.Others = append(f.Others, pair{k, v})
		}
	}
	f.Latest = "?" + q.Encode()
}

// functions are the words and numbers of templates in one language.
func functions(lang terms.Lang) template.FuncMap {
	return template.FuncMap{
		"t":       lang.T,
		"count":   lang.Count,
		"int":     func(n any) string { return lang.Int(reflect.ValueOf(n).Int()) }, // of any integer type
		"float":   lang.Float,
		"percent": func(x float64) string { return lang.Percent(x, 1) },
		"seconds": lang.Seconds,
		"date":    lang.Date,
		"moment":  lang.Moment,
		"text":    func(t interface{ In(string) string }) string { return t.In(string(lang)) },
		"json": func(v any) (template.JS, error) {
			b, err := json.Marshal(v) // escapes <, > and &, so it cannot end its script element
			return template.JS(b), err
		},
	}
}
