// Package studio is the area of the transformation team: models to begin from, scenarios
// composed of levers, variants drawn in the editor, and runs with their evidence.
//
//	/studio                     models, scenarios and variants that were kept
//	/studio/MODEL, /logs/LOG/studio   one model (a pack, a variant; that of a log):
//	    compose  s/ID  edit  tokens  compare  optimise  sensitivity
//	/runs/ID                    the answer to one question, by its input hash
//
// A scenario stands whole in the address while it is composed, so that a link shows a
// colleague the same; it is kept when it is given a name.
package studio

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/whatif"
)

//go:embed templates/*.html
var templates embed.FS

type pages struct {
	site *shell.Site
	area *shell.Area
	desk *desk.Desk
	room *whatif.Room
}

// Mount mounts the pages.
func Mount(s *shell.Site, d *desk.Desk) error {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		return err
	}
	p := &pages{site: s, desk: d, room: whatif.Open(d)}
	if p.area, err = s.Area(sub); err != nil {
		return err
	}
	s.Section("studio", "studio")
	s.Tab("studio", "studio")
	s.Door(shell.Team, p.suggestions)
	s.Handle("GET /studio", p.index)
	for _, at := range []string{"/studio/{model}", "/logs/{log}/studio"} {
		for pattern, h := range map[string]func(http.ResponseWriter, *http.Request, *place) error{
			"GET ": p.home, "POST /fit": p.fit, "POST /backtest": p.backTest,
			"GET /compose": p.compose, "GET /s/{id}": p.saved, "POST /save": p.save, "POST /delete": p.delete, "POST /run": p.run,
			"GET /edit": p.edit, "POST /edit": p.saveEdit, "GET /tokens": p.tokens,
			"GET /compare": p.choose, "POST /compare": p.compare,
			"GET /sensitivity": p.vary, "POST /sensitivity": p.screen,
			"GET /optimise": p.search, "POST /optimise": p.optimise,
		} {
			method, rest := pattern, ""
			for i := range pattern {
				if pattern[i] == ' ' {
					method, rest = pattern[:i+1], pattern[i+1:]
				}
			}
			s.Handle(method+at+rest, func(w http.ResponseWriter, r *http.Request) error {
				x, err := p.place(r)
				if err != nil {
					return err
				}
				return h(w, r, x)
			})
		}
	}
	s.Handle("GET /runs/{id}", p.show)
	s.Handle("GET /runs/{id}/answer.json", p.answer)
	s.Handle("POST /runs/{id}/start", p.start)
	s.Handle("POST /runs/{id}/repeat", p.repeat)
	s.Handle("POST /runs/{id}/attribution", p.attribute)
	s.Handle("POST /runs/{id}/log", p.keepLog)
	return nil
}
