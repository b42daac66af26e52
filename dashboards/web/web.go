package web

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/uprava/uprava/dashboards/report/compose"
	"github.com/uprava/uprava/dashboards/report/dispatch"
	"github.com/uprava/uprava/dashboards/web/access"
	"github.com/uprava/uprava/dashboards/web/board"
	"github.com/uprava/uprava/dashboards/web/explore"
	"github.com/uprava/uprava/dashboards/web/home"
	"github.com/uprava/uprava/dashboards/web/imports"
	"github.com/uprava/uprava/dashboards/web/reports"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/web/studio"
	"github.com/uprava/uprava/dashboards/web/twins"
)

//go:embed all:dist
var bundle embed.FS

// Built reports whether the browser assets were built into this binary.
func Built() bool {
	_, err := fs.Stat(bundle, "dist/page.js")
	return err == nil
}

// Assets serves the bundle below /assets/. It fails where the bundle was not built
// into this binary.
func Assets() (http.Handler, error) {
	dist, err := fs.Sub(bundle, "dist")
	if err != nil {
		return nil, fmt.Errorf("opening browser assets: %w", err)
	}
	if !Built() {
		return nil, errors.New("browser assets are not built into this binary: run `make assets build`")
	}
	h, err := files(dist)
	if err != nil {
		return nil, err
	}
	return http.StripPrefix("/assets/", h), nil
}

// Config says what the pages stand on.
type Config struct {
	shell.Config
	Office   *dispatch.Office // makes and sends reports; nil: there are no pages of them
	Composer *compose.Composer
	Progress func() (done, total int) // of what is prepared in the background; nil: nothing is
	Gate     *access.Gate             // gets its page; nil: there is no gate. The caller wraps with it
}

// New returns the handler of all pages.
func New(cfg Config) (http.Handler, error) {
	assets, err := Assets()
	if err != nil {
		return nil, err
	}
	s, err := shell.New(cfg.Config)
	if err != nil {
		return nil, err
	}
	s.Mount("GET /assets/", assets)
	// In the order in which readers see sections and tabs.
	for _, mount := range []func() error{
		func() error { return home.Mount(s, cfg.Desk) },
		func() error { return board.Mount(s, cfg.Desk, board.Config{Specialists: cfg.Specialists}) },
		func() error { return explore.Mount(s, cfg.Desk) },
		func() error { return studio.Mount(s, cfg.Desk) },
		func() error { return twins.Mount(s, cfg.Desk) },
		func() error {
			if cfg.Office == nil {
				return nil
			}
			return reports.Mount(s, cfg.Office, cfg.Composer, cfg.Progress)
		},
		func() error {
			if cfg.Gate == nil {
				return nil
			}
			return access.Mount(s, cfg.Gate)
		},
		func() error { return imports.Mount(s, cfg.Desk, cfg.Desk.Store(), cfg.Desk.Folder("imports")) },
	} {
		if err := mount(); err != nil {
			return nil, err
		}
	}
	return compressed(s)
}
