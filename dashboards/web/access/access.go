// Package access is the gate before pages that are open to the network, and the
// page on which a reader enters the access code. Codes and sessions are those of
// package auth. Without a gate, on loopback, nothing of it is there.
//
// A reader without a session is answered with that page at the address asked for
// (401), so that a link shown to a colleague opens after the code is entered.
package access

import (
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/uprava/uprava/dashboards/auth"
	"github.com/uprava/uprava/dashboards/web/shell"
)

//go:embed templates/*.html
var templates embed.FS

type pages struct {
	site *shell.Site
	area *shell.Area
	gate *Gate
}

// Mount mounts the page and gives it to the gate.
func Mount(s *shell.Site, g *Gate) error {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		return err
	}
	p := &pages{site: s, gate: g}
	if p.area, err = s.Area(sub); err != nil {
		return err
	}
	g.pages = p
	s.Handle("GET /access", func(w http.ResponseWriter, r *http.Request) error {
		return p.show(w, r, asked{Back: back(r.URL.Query().Get("back"))}, http.StatusOK)
	})
	s.Handle("POST /access", p.enter)
	s.Handle("POST /access/leave", p.leave)
	return nil
}

// asked is what the page shows.
type asked struct {
	Back    string // where to go then, from the root
	Fault   string // why the code was not taken
	Here    string // the page asked for, where a session may be open that the browser did not tell of
	Entered string // who has entered already
}

func (p *pages) show(w http.ResponseWriter, r *http.Request, a asked, status int) error {
	if name, err := p.gate.who(r); err == nil {
		a.Entered = name
	}
	return p.area.Show(w, r, "access", shell.Page{Title: p.site.Language(r).T("access.title"), Bare: true, Status: status, Body: a})
}

// ask shows the page at the address that was asked for.
func (p *pages) ask(w http.ResponseWriter, r *http.Request, status int) {
	a := asked{}
	if r.Method == http.MethodGet {
		here := url.URL{Path: strings.TrimLeft(r.URL.Path, "/"), RawPath: strings.TrimLeft(r.URL.RawPath, "/"), RawQuery: r.URL.RawQuery}
		a.Back = back(here.String())
		if _, err := r.Cookie(cookie); err != nil { // also what a link from elsewhere leads to, as the cookie is strict
			a.Here = shell.Href(r, nil) + a.Back
		}
	}
	lang := p.site.Language(r)
	switch status {
	case http.StatusTooManyRequests:
		a.Fault = lang.T("access.often", w.Header().Get("Retry-After"))
	case http.StatusServiceUnavailable:
		a.Fault = lang.T("access.broken")
	}
	if err := p.show(w, r, a, status); err != nil {
		p.site.Log.Error("asking for an access code", "error", err)
		http.Error(w, "an access code is wanted", status)
	}
}

// enter opens a session and goes to where the reader wanted to.
func (p *pages) enter(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	_ = r.ParseForm() // what cannot be read holds no code
	a := asked{Back: back(r.PostForm.Get("back"))}
	token, err := p.gate.keeper.Enter(address(r), r.PostForm.Get("code"))
	lang := p.site.Language(r)
	var often *auth.TooOftenError
	switch {
	case err == nil:
		p.gate.hold(w, r, token)
		shell.Redirect(w, shell.Href(r, nil)+a.Back)
		return nil
	case errors.As(err, &often):
		seconds := strconv.Itoa(int(often.After.Seconds()) + 1)
		w.Header().Set("Retry-After", seconds)
		a.Fault = lang.T("access.often", seconds)
		return p.show(w, r, a, http.StatusTooManyRequests)
	case errors.Is(err, auth.ErrWrong):
		a.Fault = lang.T("access.wrong")
		return p.show(w, r, a, http.StatusUnauthorized)
	}
	p.site.Log.Error("opening a session", "error", err)
	a.Fault = lang.T("access.broken")
	return p.show(w, r, a, http.StatusServiceUnavailable)
}

func (p *pages) leave(w http.ResponseWriter, r *http.Request) error {
	if c, err := r.Cookie(cookie); err == nil {
		if err := p.gate.keeper.Leave(c.Value); err != nil {
			return err
		}
	}
	p.gate.hold(w, r, "")
	shell.Redirect(w, shell.Href(r, nil, "access"))
	return nil
}

// back is where to go after the code, from the root; "" for anywhere that is not of
// these pages.
func back(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || strings.HasPrefix(address, "/") || strings.Contains(address, `\`) {
		return ""
	}
	return u.String()
}
