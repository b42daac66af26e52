// Package imports brings logs in by hand: a file is sent, what was understood of it is
// shown and corrected on a preview, then it is taken in with progress, and what is
// doubtful about the log is said.
//
//	POST import ─▶ uploads ─▶ import/ID: preview, mapping ─▶ job: store ─▶ findings, first map
//
// Whatever is stopped leaves neither file nor log nor part of one.
package imports

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"syscall"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/honesty"
)

//go:embed templates/*.html
var templates embed.FS

// mostBytes is the largest file that is taken by a page.
const mostBytes = 16 << 30

// Desk answers what the pages ask. Its methods are called from many goroutines at once.
type Desk interface {
	// Logs lists the logs of the store by name.
	Logs(ctx context.Context) ([]desk.Log, error)
	// Quality examines a log, as it was recorded.
	Quality(ctx context.Context, log string, f filter.Filter) (*honesty.Report, error)
}

// Store takes logs in; see clickhouse.Store.
type Store interface {
	Ingest(ctx context.Context, log string, src connectors.Source, cfg connectors.IngestConfig) (connectors.IngestReport, error)
	Quarantine(ctx context.Context, log string, limit int) ([]connectors.Rejected, error)
	Delete(ctx context.Context, log string) error
}

type pages struct {
	site    *shell.Site
	area    *shell.Area
	desk    Desk
	store   Store
	uploads *uploads
	most    int64
}

// Mount mounts the pages; what readers send lies below folder until it is taken in.
func Mount(s *shell.Site, d Desk, store Store, folder string) error {
	_, err := mount(s, d, store, folder)
	return err
}

func mount(s *shell.Site, d Desk, store Store, folder string) (*pages, error) {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		return nil, err
	}
	p := &pages{site: s, desk: d, store: store, most: mostBytes}
	if p.uploads, err = openUploads(folder); err != nil {
		return nil, fmt.Errorf("opening the folder of uploads: %w", err)
	}
	if p.area, err = s.Area(sub); err != nil {
		return nil, err
	}
	s.Section("import", "import")
	s.Handle("GET /import", p.begin)
	s.Handle("POST /import", p.take)
	s.Handle("GET /import/{id}", p.look)
	s.Handle("POST /import/{id}", p.run)
	s.Handle("POST /import/{id}/discard", p.discard)
	s.Handle("GET /import/{id}/findings", p.findings)
	return p, nil
}

type waiting struct {
	Name, Href string
	Size       string
}

type beginPage struct {
	Most, Room string
	Said       string // what became of the last one
	Waiting    []waiting
}

// begin shows where to drop a file.
func (p *pages) begin(w http.ResponseWriter, r *http.Request) error {
	lang := p.site.Language(r)
	body := beginPage{Most: sized(lang, p.most)}
	if room := p.uploads.room(); room >= 0 {
		body.Room = sized(lang, room)
	}
	switch said := r.URL.Query().Get("said"); said {
	case "stopped", "gone":
		body.Said = lang.T("import.said." + said)
	}
	for _, up := range p.uploads.of(shell.Reader(r.Context())) {
		body.Waiting = append(body.Waiting, waiting{up.Name, shell.Href(r, nil, "import", up.ID), sized(lang, up.Size)})
	}
	return p.area.Show(w, r, "begin", shell.Page{Title: lang.T("import.title"), Body: body})
}

// sized writes a size.
func sized(lang terms.Lang, n int64) string {
	x := float64(n)
	for _, unit := range []string{"import.bytes", "import.kb", "import.mb"} {
		if x < 1000 {
			return lang.Float(x, 1) + "\u00a0" + lang.T(unit)
		}
		x /= 1000
	}
	return lang.Float(x, 1) + "\u00a0" + lang.T("import.gb")
}

// refused is a file that cannot be taken, in the reader's words.
func refused(lang terms.Lang, key string, args ...any) error {
	return desk.InputError{Err: errors.New(lang.T(key, args...))}
}

// take writes the file of a form as it comes.
func (p *pages) take(w http.ResponseWriter, r *http.Request) error {
	lang := p.site.Language(r)
	if r.ContentLength > p.most {
		return refused(lang, "import.too-large", sized(lang, p.most))
	}
	if room := p.uploads.room(); room >= 0 && r.ContentLength > room {
		return refused(lang, "import.no-room", sized(lang, r.ContentLength), sized(lang, room))
	}
	r.Body = http.MaxBytesReader(w, r.Body, p.most)
	form, err := r.MultipartReader()
	if err != nil {
		return refused(lang, "import.no-file")
	}
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return refused(lang, "import.no-file")
		}
		if err != nil {
			return p.cut(lang, err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		up, err := p.uploads.take(shell.Reader(r.Context()), part.FileName(), part)
		if err != nil {
			return p.cut(lang, err)
		}
		shell.Redirect(w, shell.Href(r, r.URL.Query(), "import", up.ID))
		return nil
	}
}

// cut says why a file did not come whole.
func (p *pages) cut(lang terms.Lang, err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return refused(lang, "import.too-large", sized(lang, large.Limit))
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return refused(lang, "import.disk-full")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return refused(lang, "import.broken-off")
	}
	return err
}

// upload returns the upload of a request; where there is none the reader is sent to the
// beginning and told, and the result is nil.
func (p *pages) upload(w http.ResponseWriter, r *http.Request) *upload {
	up := p.uploads.get(r.PathValue("id"), shell.Reader(r.Context()))
	if up == nil {
		q := r.URL.Query()
		q.Set("said", "gone")
		shell.Redirect(w, shell.Href(r, keep(q), "import"))
	}
	return up
}

// discard stops what is under way and leaves nothing.
func (p *pages) discard(w http.ResponseWriter, r *http.Request) error {
	up := p.upload(w, r)
	if up == nil {
		return nil
	}
	if j, _, _ := p.uploads.state(up); j != nil && !j.Status().Ended() {
		j.Cancel()
		_, _ = j.Wait(r.Context()) // how it ended is not what is asked
	}
	if err := p.uploads.drop(up, true); err != nil {
		return err
	}
	q := r.URL.Query()
	q.Set("said", "stopped")
	shell.Redirect(w, shell.Href(r, keep(q), "import"))
	return nil
}
