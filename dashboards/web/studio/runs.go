package studio

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/whatif"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin/scenario"
)

// begin keeps a question, starts its job where it has no answer yet, and leads to it.
func (p *pages) begin(w http.ResponseWriter, r *http.Request, q *whatif.Ask) error {
	id, err := p.room.Ask(q)
	if err != nil {
		return err
	}
	if !p.answered(id) {
		p.startJob(r, id)
	}
	shell.Redirect(w, shell.Href(r, nil, "runs", id))
	return nil
}

func (p *pages) answered(id string) bool {
	_, err := os.Stat(p.room.File(id))
	return err == nil
}

// startJob starts the computation of an answer, or finds the one under way.
func (p *pages) startJob(r *http.Request, id string) *jobs.Job {
	lang := p.site.Language(r)
	withheld := true
	if q, err := p.room.Asked(id); err == nil {
		withheld = p.room.TrustOf(p.judged(q, p.placeOf(r, q))).WithholdMean()
	}
	return p.again("run", id, r, func(ctx context.Context, tell jobs.Tell) (any, error) {
		return nil, p.room.Compute(ctx, id, told(tell, withheld, lang))
	})
}

// told says how far a run is, and what its first replications say, unless that is withheld.
func told(tell jobs.Tell, withheld bool, lang terms.Lang) whatif.Told {
	stage := lang.T("studio.run.stage")
	return func(done, total int, first *experiment.Difference) {
		if first != nil && !withheld {
			changes := lang.Changes(first.Unit, float64(first.Low), float64(first.High))
			stage = lang.T("studio.run.first", lang.Amount(first.Unit, float64(first.AsIs)), lang.Amount(first.Unit, float64(first.ToBe)), changes(float64(first.Low)), changes(float64(first.High)))
		}
		tell(stage, int64(done), int64(total))
	}
}

type waitPage struct {
	Job                *shell.JobPart
	State, Start, Back string
	Name               string
}

// show shows the answer to a question, or how far it is.
func (p *pages) show(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	q, err := p.room.Asked(id)
	if err != nil {
		return err
	}
	x := p.placeOf(r, q)
	lang := p.site.Language(r)
	if !p.answered(id) {
		page := waitPage{Start: shell.Href(r, nil, "runs", id, "start"), Back: p.back(r, q), Name: name(q, x, lang)}
		if j := p.site.Jobs.Find("run", id); j != nil {
			if s := j.Status(); s.Ended() {
				page.State = shell.JobSentence(s, lang)
			} else {
				page.Job = shell.JobPartOf(r, j, shell.Href(r, nil, "runs", id))
			}
		}
		return p.area.Show(w, r, "wait", p.frame(r, q, x, lang, page))
	}
	switch q.Kind {
	case whatif.Comparison:
		return p.showTable(w, r, id, q, x)
	case whatif.Front:
		return p.showFront(w, r, id, q, x)
	case whatif.Sensitivity:
		return p.showSensitivity(w, r, id, q, x)
	case whatif.Attribution:
		return p.showShares(w, r, id, q, x)
	}
	return p.showAnswer(w, r, id, q, x)
}

// placeOf is the place that a question was asked at, as far as it is still there.
func (p *pages) placeOf(r *http.Request, q *whatif.Ask) *place {
	x := &place{of: q.About.Of, log: q.About.Log}
	if b, err := p.room.Bench(r.Context(), q.About.Of); err == nil {
		one := *b.Bench
		one.Process = q.Process
		b.Bench = &one
		x.bench = b
	}
	return x
}

// back leads to the scenario that was asked about.
func (p *pages) back(r *http.Request, q *whatif.Ask) string {
	switch {
	case q.About.Saved != "":
		return shell.Href(r, nil, pathOf(q.About.Of, "s", q.About.Saved)...)
	case q.About.Draft != nil:
		return shell.Href(r, query(*q.About.Draft, q.Process, nil), pathOf(q.About.Of, "compose")...)
	}
	return shell.Href(r, nil, pathOf(q.About.Of)...)
}

// name is what a run is called: as its scenario, as the ready scenario that it is, or
// where it has a single lever by what that does.
func name(q *whatif.Ask, x *place, lang terms.Lang) string {
	if q.About.Name != "" {
		return q.About.Name
	}
	if d := q.About.Draft; q.Kind == whatif.WhatIf && d != nil && x.bench != nil {
		if len(d.With) == 1 && len(d.Levers) == 0 {
			if s := x.bench.ReadyScenario(d.With[0]); s != nil {
				return readyName(x.bench.Model, s, lang)
			}
		}
		if len(d.With) == 0 && len(d.Levers) == 1 {
			if l, err := scenario.ParseLine(d.Levers[0]); err == nil {
				return sentence(x.bench.Model, l, lang)
			}
		}
	}
	return lang.T("studio.run." + string(q.Kind))
}

func (p *pages) frame(r *http.Request, q *whatif.Ask, x *place, lang terms.Lang, body any) shell.Page {
	frame := shell.Page{Title: name(q, x, lang), Body: body, Log: q.About.Log, Tab: "studio"}
	if x.bench != nil {
		frame.Notice = x.bench.Model.Notice.In(string(lang))
	}
	if q.About.Log == "" {
		frame.Crumbs = append(frame.Crumbs, shell.Link{Text: lang.T("nav.studio"), Href: shell.Href(r, nil, "studio")})
	}
	title := q.About.Title.In(string(lang))
	if x.bench != nil {
		title = x.title(lang)
	}
	frame.Crumbs = append(frame.Crumbs, shell.Link{Text: title, Href: shell.Href(r, nil, pathOf(q.About.Of)...)})
	return frame
}

// answer is the file of the answer, the same bytes whenever it is computed.
func (p *pages) answer(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	q, err := p.room.Asked(id)
	if err != nil {
		return err
	}
	if err := p.refused(r, q); err != nil {
		return err
	}
	data, err := os.ReadFile(p.room.File(id))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the run %q has no answer yet: %w", id, desk.ErrNotFound)
	}
	if err != nil {
		return err
	}
	if p.room.TrustOf(p.judged(q, p.placeOf(r, q))).WithholdTail() {
		if data, err = withoutTail(data, p.site.Language(r).T("studio.trust.rough.refusal")); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="run-`+id+`.json"`)
	_, _ = w.Write(data)
	return nil
}

// refused is the sentence with which a file or a log of an answer is withheld where the
// back-test failed; nil where it did not.
func (p *pages) refused(r *http.Request, q *whatif.Ask) error {
	if !p.room.TrustOf(p.judged(q, p.placeOf(r, q))).WithholdMean() {
		return nil
	}
	lang := p.site.Language(r)
	return desk.InputError{Err: errors.New(lang.T("studio.trust.poor.refusal") + " " + lang.T("studio.trust.advice"))}
}

// start starts a run that was stopped, or whose answer is gone.
func (p *pages) start(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if _, err := p.room.Asked(id); err != nil {
		return err
	}
	if !p.answered(id) {
		p.startJob(r, id)
	}
	shell.Redirect(w, shell.Href(r, nil, "runs", id))
	return nil
}

// errDiffers says that a repeated run gave other bytes.
var errDiffers = errors.New("the repeated run gave another answer: the data folder was changed by hand, or the program has a fault; keep both answers and report it")

// repeat computes an answer anew and compares the bytes.
func (p *pages) repeat(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if _, err := p.room.Asked(id); err != nil {
		return err
	}
	lang := p.site.Language(r)
	p.again("repeat", id, r, func(ctx context.Context, tell jobs.Tell) (any, error) {
		same, err := p.room.Repeat(ctx, id, told(tell, true, lang))
		if err == nil && !same {
			err = errDiffers
		}
		return same, err
	})
	shell.Redirect(w, shell.Href(r, nil, "runs", id)+"#evidence")
	return nil
}

// attribute asks which lever of a what-if gave what.
func (p *pages) attribute(w http.ResponseWriter, r *http.Request) error {
	q, err := p.room.Asked(r.PathValue("id"))
	if err != nil {
		return err
	}
	ask, err := p.attribution(r, q)
	if err != nil {
		return err
	}
	id, err := p.room.Ask(ask)
	if err != nil {
		return err
	}
	if !p.answered(id) {
		p.startJob(r, id)
	}
	shell.Redirect(w, shell.Href(r, nil, "runs", r.PathValue("id"))+"#attribution")
	return nil
}

// mostAttributed replications of each set of levers are run: there are many sets.
const mostAttributed = 8

// attribution is the question which lever of a what-if gave what.
func (p *pages) attribution(r *http.Request, q *whatif.Ask) (*whatif.Ask, error) {
	b, err := p.room.Bench(r.Context(), q.About.Of)
	if err != nil {
		return nil, err
	}
	s, err := q.Scenarios[0].Scenario()
	if err != nil {
		return nil, err
	}
	one := *b.Bench
	one.Process = q.Process
	b.Bench = &one
	out := *q
	out.Kind = whatif.Attribution
	out.Run.Replications = min(q.Run.Replications, mostAttributed)
	out.Scenarios, out.Offered = whatif.Parts(b, s)
	return &out, nil
}

// keepLog stores the events of a replication as an ordinary log.
func (p *pages) keepLog(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	q, err := p.room.Asked(id)
	if err != nil {
		return err
	}
	if err := p.refused(r, q); err != nil {
		return err
	}
	side := whatif.Side(r.PostFormValue("side"))
	lang := p.site.Language(r)
	p.again("log", id+string(side), r, func(ctx context.Context, tell jobs.Tell) (any, error) {
		tell(lang.T("studio.log.stage"), 0, 0)
		return nil, p.room.KeepLog(ctx, q, side, logName(id, side))
	})
	shell.Redirect(w, shell.Href(r, nil, "runs", id)+"#replay")
	return nil
}

func logName(id string, side whatif.Side) string {
	return strings.Join([]string{"run", id[:8], string(side)}, "-")
}
