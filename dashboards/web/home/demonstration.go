package home

import (
	"context"
	"errors"
	"net/http"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/datasets"
)

// jobKind of demonstration data under way.
const jobKind = "demonstration"

// load begins to generate and store the logs of a pack.
func (p *pages) load(w http.ResponseWriter, r *http.Request) error {
	pack, err := datasets.Open(r.FormValue("pack"))
	if errors.Is(err, datasets.ErrUnknown) {
		return desk.InputError{Err: err}
	}
	if err != nil {
		return err
	}
	lang := p.site.Language(r)
	// The key holds nothing that changes: of one pack one is loaded at a time, and one
	// that was loaded may be loaded again after its logs were deleted.
	if j := p.underWay(pack.ID); j != nil {
		shell.Redirect(w, shell.Href(r, nil, "demonstration", j.ID))
		return nil
	}
	j := p.site.Jobs.Start(jobKind, "", shell.Reader(r.Context()), func(ctx context.Context, tell jobs.Tell) (any, error) {
		system, err := p.desk.LoadPack(ctx, pack, string(lang), func(stage string, done, total int64) { tell(lang.T(stage), done, total) })
		if err != nil {
			return nil, err
		}
		return len(system.Logs), nil
	})
	p.mu.Lock()
	p.loads[pack.ID] = j.ID
	p.mu.Unlock()
	shell.Redirect(w, shell.Href(r, nil, "demonstration", j.ID))
	return nil
}

// underWay is the job that loads a pack now, nil where there is none.
func (p *pages) underWay(pack string) *jobs.Job {
	p.mu.Lock()
	defer p.mu.Unlock()
	if j := p.site.Jobs.Job(p.loads[pack]); j != nil && !j.Status().Ended() {
		return j
	}
	return nil
}

// loading shows how far the demonstration data are.
func (p *pages) loading(w http.ResponseWriter, r *http.Request) error {
	j := p.site.Jobs.Job(r.PathValue("job"))
	if j == nil || j.Kind != jobKind {
		return shell.ErrNoPage
	}
	if j.Status().State == jobs.Done {
		shell.Redirect(w, shell.Href(r, nil))
		return nil
	}
	lang := p.site.Language(r)
	return p.area.Show(w, r, "loading", shell.Page{Title: lang.T("home.loading"), Body: shell.JobPartOf(r, j, shell.Href(r, nil))})
}
