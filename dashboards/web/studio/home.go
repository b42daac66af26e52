package studio

import (
	"context"
	"net/http"
	"strings"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/jobs"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/whatif"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/backtest"
)

type entry struct{ Name, Note, Href string }

type indexPage struct{ Models, Logs, Variants, Saved []entry }

// index lists where a what-if may begin, and what was kept.
func (p *pages) index(w http.ResponseWriter, r *http.Request) error {
	lang := p.site.Language(r)
	var page indexPage
	packs, err := p.room.Packs()
	if err != nil {
		return err
	}
	for _, one := range packs {
		page.Models = append(page.Models, entry{one.Name.In(string(lang)), lang.T("studio.from-pack"), shell.Href(r, nil, "studio", one.ID)})
	}
	logs, err := p.desk.Logs(r.Context())
	if err != nil {
		return err
	}
	for _, l := range logs {
		e := entry{l.Title.In(string(lang)), lang.T("studio.log.fit"), shell.Href(r, nil, "logs", l.Name, "studio")}
		known, err := p.desk.Known(r.Context(), l.Name)
		switch {
		case err != nil:
			e.Note = measure.FaultIn(string(lang), err)
		case known.Model != nil && known.Pack != "":
			e.Name, e.Note = known.Title.In(string(lang)), lang.T("studio.log.pack")
		case known.Model != nil:
			e.Note = lang.T("studio.log.fitted")
		}
		page.Logs = append(page.Logs, e)
	}
	variants, err := p.room.Variants("")
	if err != nil {
		return err
	}
	for _, v := range variants {
		page.Variants = append(page.Variants, entry{v.Name, lang.T("studio.made-by", v.By), shell.Href(r, nil, "studio", v.ID)})
	}
	saved, err := p.room.Scenarios(r.Context(), "")
	if err != nil {
		return err
	}
	for _, k := range saved {
		_, name, _ := strings.Cut(k.Of, "/")
		page.Saved = append(page.Saved, entry{k.Name, name + "; " + lang.T("studio.made-by", k.By), shell.Href(r, nil, pathOf(k.Of, "s", k.ID)...)})
	}
	return p.area.Show(w, r, "index", shell.Page{Title: lang.T("studio.title"), Body: page})
}

type readyRow struct {
	ID, Name, Reason, Compose string
	Levers                    int
}

type homePage struct {
	Of                            string
	NoModel                       bool
	Log                           string
	Fit, BackTest                 *shell.JobPart
	Fault                         string // of the last fit or back-test
	Part, AsOf                    string // of the log that the model is fitted to
	FitPost, BackTestPost         string
	Process                       string
	Processes                     []option
	Facts                         []string
	Kind                          string
	Assumed                       []string
	Trust                         *trust
	Fitted                        bool
	Differs                       []string // a variant from what it was made from
	Variant                       bool
	Ready                         []readyRow
	ReadyNote                     string // where suggestions come from, or why there are none
	Saved, Variants               []entry
	Compose, Edit, Tokens, Choose string
	Optimise, Vary, RunPost       string
	Defaults                      string
}

// home is one model: what it is, how far it may be trusted, and what to do with it.
func (p *pages) home(w http.ResponseWriter, r *http.Request, x *place) error {
	lang := p.site.Language(r)
	page := homePage{Of: x.of, Log: x.log, FitPost: x.href(r, nil, "fit"), BackTestPost: x.href(r, nil, "backtest")}
	for kind, to := range map[string]**shell.JobPart{"fit": &page.Fit, "backtest": &page.BackTest} {
		if j := p.site.Jobs.Find(kind, x.log); j != nil && x.log != "" {
			switch s := j.Status(); {
			case !s.Ended():
				*to = shell.JobPartOf(r, j, x.href(r, nil))
			case s.State == jobs.Failed:
				page.Fault = measure.FaultIn(string(lang), s.Err)
			}
		}
	}
	q := r.URL.Query()
	page.Part, page.AsOf = q.Get("f"), q.Get("as-of")
	if x.bench != nil && page.Part == "" && page.AsOf == "" {
		page.Part, page.AsOf = x.bench.Note.Filter, desk.FormatAsOf(x.bench.Note.AsOf)
	}
	if x.bench == nil {
		page.NoModel = true
		return p.area.Show(w, r, "home", x.page(r, lang, "", page))
	}
	page.fill(r, p, x, lang)
	differs, err := p.room.Differs(x.bench)
	if err != nil {
		return err
	}
	page.Variant = x.bench.Variant != nil
	for _, t := range differs {
		page.Differs = append(page.Differs, t.In(string(lang)))
	}
	saved, err := p.room.Scenarios(r.Context(), x.of)
	if err != nil {
		return err
	}
	for _, k := range saved {
		page.Saved = append(page.Saved, entry{k.Name, lang.T("studio.made-by", k.By), x.href(r, processQuery(x), "s", k.ID)})
	}
	variants, err := p.room.Variants(x.of)
	if err != nil {
		return err
	}
	for _, v := range variants {
		page.Variants = append(page.Variants, entry{v.Name, lang.T("studio.made-by", v.By), shell.Href(r, nil, "studio", v.ID)})
	}
	return p.area.Show(w, r, "home", x.page(r, lang, "", page))
}

func (page *homePage) fill(r *http.Request, p *pages, x *place, lang terms.Lang) {
	b := x.bench
	q := processQuery(x)
	page.Compose, page.Edit, page.Tokens = x.href(r, q, "compose"), x.href(r, q, "edit"), x.href(r, q, "tokens")
	page.Vary = x.href(r, q, "sensitivity")
	page.Choose, page.Optimise, page.RunPost = x.href(r, q, "compare"), x.href(r, q, "optimise"), x.href(r, nil, "run")
	page.Process, page.Fitted = b.Process, b.Fitted()
	if len(b.Model.Processes) > 1 {
		for _, one := range x.processes() {
			page.Processes = append(page.Processes, option{one.ID, one.Name.In(string(lang)), one.ID == b.Process})
		}
	}
	m := b.Model
	steps := 0
	for _, one := range m.Processes {
		steps += len(one.Tasks)
	}
	page.Facts = []string{lang.Count("studio.processes", int64(len(m.Processes))), lang.Count("studio.steps", int64(steps)), lang.Count("studio.pools", int64(len(m.Pools))),
		lang.T("studio.people", lang.Int(int64(m.Headcount())))}
	switch {
	case b.Variant != nil:
		page.Kind = lang.T("studio.kind.variant", b.Variant.By)
	case b.Pack != "":
		page.Kind = lang.T("studio.kind.pack")
	default:
		page.Kind = lang.T("studio.kind.fitted", b.Log)
	}
	for _, t := range b.Note.Assumed {
		page.Assumed = append(page.Assumed, t.In(string(lang)))
	}
	page.Trust = trustOf(p.room.TrustOf(hashOf(b)), b.Pack != "", lang)
	run := b.Defaults()
	page.Defaults = lang.T("studio.defaults", lang.Count("studio.replications", int64(run.Replications)), lang.Count("studio.days", int64(run.Days)), lang.Count("studio.days", int64(run.Before)), lang.Int(int64(run.Seed)))
	switch {
	case b.Suggesting:
		page.ReadyNote = lang.T("studio.suggesting")
	case b.NoSuggestion != nil:
		page.ReadyNote = lang.T("studio.suggested.failed", b.NoSuggestion)
	case b.Suggested > 0:
		page.ReadyNote = lang.T("studio.suggested")
	}
	for i, s := range b.Ready {
		if i >= b.Compared && b.Pack != "" && !touches(x, i) {
			continue
		}
		page.Ready = append(page.Ready, readyRow{s.ID, readyName(b.Model, s, lang), s.Reason.In(string(lang)),
			x.href(r, query(whatif.Draft{With: []string{s.ID}}, b.Process, nil), "compose"), len(s.Levers)})
	}
}

// touches reports whether a ready scenario acts on the process that is looked at.
func touches(x *place, i int) bool {
	for _, l := range x.bench.Ready[i].Levers {
		if l.Process == "" || l.Process == x.bench.Process {
			return true
		}
	}
	return false
}

// hashOf is that of the model whose back-test counts: of a variant, what it was made from.
func hashOf(b *whatif.Bench) string {
	if b.Variant != nil {
		return b.Variant.From
	}
	return b.Hash
}

// trust is the verdict of a back-test in words.
type trust struct {
	Tested   bool
	Verdict  string // a sentence
	Refusal  string // what is withheld and why; "" for nothing
	Advice   string // what to do
	Rows     []trustRow
	Evidence string
	Class    string
}

// distanceKeys are the terms of the distances of a back-test.
var distanceKeys = map[string]string{"ngram_2": "ngram2", "ngram_3": "ngram3", "absolute_event": "absolute", "circadian_event": "circadian", "relative_event": "relative", "cycle_time": "cycle", "case_arrival": "arrival"}

type trustRow struct{ Name, Model, Past, Grade string }

func trustOf(t whatif.Trust, pack bool, lang terms.Lang) *trust {
	out := &trust{Tested: t.Tested, Class: "unjudged"}
	switch {
	case !t.Tested && pack:
		out.Verdict = lang.T("studio.trust.pack")
		return out
	case !t.Tested:
		out.Verdict, out.Advice = lang.T("studio.trust.none"), lang.T("studio.trust.none.advice")
		return out
	case t.WithholdMean():
		out.Verdict, out.Refusal, out.Advice = lang.T("studio.trust.poor"), lang.T("studio.trust.poor.refusal"), lang.T("studio.trust.advice")
	case t.WithholdTail():
		out.Verdict, out.Refusal, out.Advice = lang.T("studio.trust.rough"), lang.T("studio.trust.rough.refusal"), lang.T("studio.trust.advice")
	default:
		out.Verdict = lang.T("studio.trust.good")
	}
	out.Class = string(t.Mean)
	b := t.Result
	for _, f := range b.Distances {
		out.Rows = append(out.Rows, trustRow{lang.T("distance." + distanceKeys[f.Name]), lang.Amount(f.Unit, float64(f.Mean)), lang.Amount(f.Unit, float64(f.Training)), lang.T("backtest." + string(f.Trust))})
	}
	out.Evidence = lang.T("backtest.head", b.Log, lang.Date(b.Cut), lang.Count("case", int64(b.Training)), lang.Count("case", int64(b.Test)), lang.Count("case", int64(b.Crossing))) + " " +
		lang.T("backtest.cycle", lang.Seconds(float64(b.CycleTime.Actual)), lang.Seconds(float64(b.CycleTime.Predicted)), lang.Seconds(float64(b.CycleTime.Low)), lang.Seconds(float64(b.CycleTime.High)), lang.Percent(float64(b.CycleTime.Quantiles), 0))
	return out
}

// fit begins the fit of a model to the log.
func (p *pages) fit(w http.ResponseWriter, r *http.Request, x *place) error {
	if x.log == "" {
		return shell.ErrNoPage
	}
	look, err := lookOf(r.PostFormValue("part"), r.PostFormValue("as-of"))
	if err != nil {
		return err
	}
	lang := p.site.Language(r)
	stage, suggesting := lang.T("studio.fit.stage"), lang.T("studio.suggesting.stage")
	p.again("fit", x.log, r, func(ctx context.Context, tell jobs.Tell) (any, error) {
		_, _, err := p.desk.Fit(ctx, x.log, p.desk.ModelDir(x.log), desk.FitConfig{Look: look, Progress: func(done, total int) { tell(stage, int64(done), int64(total)) }})
		if err != nil {
			return nil, err
		}
		tell(suggesting, 0, 0)
		_, _ = p.desk.Suggested(ctx, x.log) // that there is none is said where they would stand
		return nil, nil
	})
	shell.Redirect(w, x.href(r, nil))
	return nil
}

// lookOf is which part of the log a model is fitted to.
func lookOf(part, asOf string) (desk.Look, error) {
	var look desk.Look
	var err error
	if strings.TrimSpace(part) != "" {
		if look.Filter, err = filter.Parse(part); err != nil {
			return look, desk.InputError{Err: err}
		}
	}
	look.AsOf, err = desk.ParseAsOf(asOf)
	return look, err
}

// backTest begins a back-test of the log.
func (p *pages) backTest(w http.ResponseWriter, r *http.Request, x *place) error {
	if x.log == "" || x.bench == nil {
		return shell.ErrNoPage
	}
	look, err := lookOf(x.bench.Note.Filter, desk.FormatAsOf(x.bench.Note.AsOf))
	if err != nil {
		return err
	}
	stage := p.site.Language(r).T("studio.backtest.stage")
	p.again("backtest", x.log, r, func(ctx context.Context, tell jobs.Tell) (any, error) {
		_, err := p.desk.Backtest(ctx, x.log, look, backtest.Config{Seed: 1, Progress: func(done, total int) { tell(stage, int64(done), int64(total)) }})
		return nil, err
	})
	shell.Redirect(w, x.href(r, nil))
	return nil
}

// again begins a job where none of that kind and key is under way.
func (p *pages) again(kind, key string, r *http.Request, work func(context.Context, jobs.Tell) (any, error)) *jobs.Job {
	return p.site.Jobs.Again(kind, key, shell.Reader(r.Context()), work)
}
