package studio

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/kept"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/whatif"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin/scenario"
)

// draftOf reads a draft from an address or a form.
func draftOf(q url.Values) (whatif.Draft, error) {
	d := whatif.Draft{Name: strings.TrimSpace(q.Get("name")), With: q["with"]}
	for _, line := range q["lever"] {
		for one := range strings.Lines(line) { // a text field holds several
			if one = strings.TrimSpace(one); one != "" {
				d.Levers = append(d.Levers, one)
			}
		}
	}
	var faults []error
	whole := func(key string) int {
		text := q.Get(key)
		if text == "" {
			return 0
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			faults = append(faults, measure.Faultf("%s: found %q, wanted a whole number", "%s: указано «%s», нужно целое число", inputName(key), text))
		}
		return n
	}
	d.Run = whatif.Run{Replications: whole("n"), Days: whole("days"), Before: whole("before")}
	if text := q.Get("seed"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			faults = append(faults, measure.Faultf("seed: found %q, wanted a number from 1", "номер случайного ряда: указано «%s», нужно число от 1", text))
		}
		d.Run.Seed = seed
	}
	if err := errors.Join(faults...); err != nil {
		return d, desk.InputError{Err: err}
	}
	return d, nil
}

// query writes a draft for an address.
func query(d whatif.Draft, process string, k *whatif.Kept) url.Values {
	q := url.Values{}
	set := func(key, value string) {
		if value != "" && value != "0" {
			q.Set(key, value)
		}
	}
	set("name", d.Name)
	q["with"], q["lever"] = d.With, d.Levers
	set("n", strconv.Itoa(d.Run.Replications))
	set("days", strconv.Itoa(d.Run.Days))
	set("before", strconv.Itoa(d.Run.Before))
	set("seed", strconv.FormatUint(d.Run.Seed, 10))
	set("process", process)
	if k != nil {
		set("saved", k.ID)
		set("rev", string(k.Revision))
	}
	for key, values := range q {
		if len(values) == 0 {
			delete(q, key)
		}
	}
	return q
}

// leverRow is a lever of the scenario under composition.
type leverRow struct {
	Text, Line, Drop string
	Ready            bool
	Inside           []string
}

type hidden struct{ Name, Value string }

type composePage struct {
	Of             string
	Draft          whatif.Draft
	Process        string
	Processes      []option
	Rows           []leverRow
	Faults         []string // each in a sentence
	Doubts         []string
	Changes        []string
	People         string
	Ready          []option
	Kinds          []kindLink
	Kind           string
	Form           []field
	FormFault      string
	Hidden         []hidden
	Saved, Rev, By string
	Conflict       *conflict
	Text           string
	Most           int
	Base           string
	CanRun         bool
}

type kindLink struct {
	Text, Href string
	Current    bool
}

type conflict struct {
	By           string
	Theirs, Mine []string
	TheirName    string
	UseTheirs    string
	Merge        string
	Rev          string
}

// compose shows a scenario under composition: what it does, what would be wrong with it,
// and the forms that add to it.
func (p *pages) compose(w http.ResponseWriter, r *http.Request, x *place) error {
	if x.bench == nil {
		shell.Redirect(w, x.href(r, nil))
		return nil
	}
	q := r.URL.Query()
	d, err := draftOf(q)
	if err != nil {
		return err
	}
	var saved *whatif.Kept
	if id := q.Get("saved"); id != "" {
		saved = &whatif.Kept{ID: id, Revision: whatif.Revision(q.Get("rev"))}
	}
	formFault := ""
	switch {
	case q.Get("add") != "":
		l, err := leverOf(scenario.Kind(q.Get("add")), q)
		if err == nil {
			next := d
			next.Levers = append(slices.Clone(d.Levers), l.Line())
			if _, _, err = next.Check(x.bench); err == nil || len(d.Levers) > 0 && broken(&d, x) {
				shell.Redirect(w, x.href(r, query(next, x.bench.Process, saved), "compose"))
				return nil
			}
		}
		formFault = measure.FaultIn(string(p.site.Language(r)), err)
		q.Set("kind", q.Get("add"))
	case q.Get("drop") != "":
		d = without(d, q.Get("drop"))
		shell.Redirect(w, x.href(r, query(d, x.bench.Process, saved), "compose"))
		return nil
	}
	return p.showDraft(w, r, x, d, saved, q.Get("kind"), formFault, nil)
}

// without takes a part out of a draft: "with:ID" or "lever:NUMBER".
func without(d whatif.Draft, what string) whatif.Draft {
	kind, which, _ := strings.Cut(what, ":")
	switch i, err := strconv.Atoi(which); {
	case kind == "with":
		d.With = slices.DeleteFunc(slices.Clone(d.With), func(id string) bool { return id == which })
	case kind == "lever" && err == nil && i >= 0 && i < len(d.Levers):
		d.Levers = slices.Delete(slices.Clone(d.Levers), i, i+1)
	}
	return d
}

func (p *pages) showDraft(w http.ResponseWriter, r *http.Request, x *place, d whatif.Draft, saved *whatif.Kept, kind, formFault string, c *conflict) error {
	lang := p.site.Language(r)
	d.Run = d.Run.Filled(x.bench.Defaults())
	page := composePage{Of: x.of, Draft: d, Process: x.bench.Process, FormFault: formFault, Conflict: c, Most: whatif.MostReplications, Base: shell.Path(pathOf(x.of)...)}
	if saved != nil {
		page.Saved, page.Rev = saved.ID, string(saved.Revision)
		if saved.By != "" {
			page.By = saved.By
		}
	}
	if len(x.bench.Model.Processes) > 1 {
		for _, q := range x.processes() {
			page.Processes = append(page.Processes, option{q.ID, q.Name.In(string(lang)), q.ID == x.bench.Process})
		}
	}
	base := query(d, x.bench.Process, saved)
	link := func(key, value string) string {
		q := url.Values{}
		for k, v := range base {
			q[k] = v
		}
		q.Set(key, value)
		return x.href(r, q, "compose")
	}
	for _, id := range d.With {
		row := leverRow{Text: id, Line: "with: " + id, Ready: true, Drop: link("drop", "with:"+id)}
		if s := x.bench.ReadyScenario(id); s != nil {
			row.Text = readyName(x.bench.Model, s, lang)
			for _, l := range s.Levers {
				row.Inside = append(row.Inside, sentence(x.bench.Model, l, lang))
			}
		}
		page.Rows = append(page.Rows, row)
	}
	for i, line := range d.Levers {
		row := leverRow{Text: line, Line: line, Drop: link("drop", "lever:"+strconv.Itoa(i))}
		if l, err := scenario.ParseLine(line); err == nil {
			row.Text = sentence(x.bench.Model, l, lang)
		}
		page.Rows = append(page.Rows, row)
	}
	page.Text = strings.Join(d.Levers, "\n")
	if len(page.Rows) > 0 {
		page.judge(x, &d, lang)
	}
	for _, s := range x.bench.Ready {
		if !slices.Contains(d.With, s.ID) {
			page.Ready = append(page.Ready, option{Value: s.ID, Text: readyName(x.bench.Model, s, lang)})
		}
	}
	for _, k := range leverKinds {
		page.Kinds = append(page.Kinds, kindLink{lang.T("lever." + string(k)), link("kind", string(k)) + "#add", string(k) == kind})
		if string(k) == kind {
			page.Kind, page.Form = kind, x.leverForm(k, lang)
		}
	}
	for _, key := range []string{"name", "with", "lever", "n", "days", "before", "seed", "process", "saved", "rev"} {
		for _, v := range base[key] {
			page.Hidden = append(page.Hidden, hidden{key, v})
		}
	}
	title := d.Name
	if title == "" {
		title = lang.T("studio.compose.title")
	}
	return p.area.Show(w, r, "compose", x.page(r, lang, title, page))
}

// judge says what is wrong, doubtful and changed, before anything is run.
func (page *composePage) judge(x *place, d *whatif.Draft, lang terms.Lang) {
	_, m, err := d.Check(x.bench)
	if err == nil {
		err = d.Run.Validate(m)
	}
	if err != nil {
		page.Faults = strings.Split(measure.FaultIn(string(lang), err), "\n")
		return
	}
	page.CanRun = true
	doubts, err := whatif.Doubts(m)
	if err != nil {
		page.Faults, page.CanRun = strings.Split(measure.FaultIn(string(lang), err), "\n"), false
		return
	}
	page.Doubts = measure.TextsIn(string(lang), doubts)
	changes, err := whatif.Changes(x.bench.Model, m)
	if err != nil {
		page.Faults, page.CanRun = []string{measure.FaultIn(string(lang), err)}, false
		return
	}
	for _, c := range changes {
		page.Changes = append(page.Changes, c.In(string(lang)))
	}
	page.People = headcount(x.bench.Model.Headcount(), m.Headcount(), lang)
}

// headcount says whether as many people are wanted.
func headcount(was, is int, lang terms.Lang) string {
	switch {
	case is == was:
		return lang.T("studio.people.same", lang.Int(int64(was)))
	case is > was:
		return lang.T("studio.people.more", lang.Int(int64(is-was)), lang.Int(int64(was)), lang.Int(int64(is)))
	}
	return lang.T("studio.people.less", lang.Int(int64(was-is)), lang.Int(int64(was)), lang.Int(int64(is)))
}

// saved shows a kept scenario.
func (p *pages) saved(w http.ResponseWriter, r *http.Request, x *place) error {
	if x.bench == nil {
		shell.Redirect(w, x.href(r, nil))
		return nil
	}
	k, err := p.room.Scenario(r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.showDraft(w, r, x, k.Draft, k, r.URL.Query().Get("kind"), "", nil)
}

// save keeps a scenario, or shows both where somebody else was faster.
func (p *pages) save(w http.ResponseWriter, r *http.Request, x *place) error {
	if err := r.ParseForm(); err != nil {
		return desk.InputError{Err: err}
	}
	if x.bench == nil {
		return desk.InputError{Err: whatif.ErrNoModel}
	}
	d, err := draftOf(r.PostForm)
	if err != nil {
		return err
	}
	if _, err := d.Scenario(x.bench); err != nil {
		return err
	}
	d.Run = d.Run.Filled(x.bench.Defaults())
	k := &whatif.Kept{ID: r.PostForm.Get("saved"), Of: x.of, By: shell.Reader(r.Context()), Draft: d}
	if r.PostForm.Get("as") == "new" {
		k.ID = ""
	}
	base := whatif.Revision("")
	if k.ID != "" {
		base = whatif.Revision(r.PostForm.Get("rev"))
	}
	err = p.room.Save(k, base)
	var conflictError *kept.ConflictError
	if errors.As(err, &conflictError) {
		return p.conflict(w, r, x, k)
	}
	if err != nil {
		return err
	}
	if run := r.PostForm.Get("run"); run != "" && p.answered(run) { // saved beside its answer, which stays in sight
		shell.Redirect(w, shell.Href(r, url.Values{"saved": {k.ID}}, "runs", run))
		return nil
	}
	shell.Redirect(w, x.href(r, processQuery(x), "s", k.ID))
	return nil
}

func processQuery(x *place) url.Values {
	if x.bench == nil || len(x.bench.Model.Processes) < 2 {
		return nil
	}
	return url.Values{"process": {x.bench.Process}}
}

// conflict shows what was kept meanwhile beside what was to be kept.
func (p *pages) conflict(w http.ResponseWriter, r *http.Request, x *place, mine *whatif.Kept) error {
	theirs, err := p.room.Scenario(mine.ID)
	if errors.Is(err, desk.ErrNotFound) { // deleted meanwhile: mine may be kept anew
		theirs, err = &whatif.Kept{ID: mine.ID, Of: x.of}, nil
	}
	if err != nil {
		return err
	}
	lang := p.site.Language(r)
	words := func(d whatif.Draft) []string {
		out := []string{lang.T("studio.conflict.run", lang.Int(int64(d.Run.Replications)), lang.Int(int64(d.Run.Days)), lang.Int(int64(d.Run.Seed)))}
		if s, err := d.Scenario(x.bench); err == nil {
			for _, l := range s.Levers {
				out = append(out, sentence(x.bench.Model, l, lang))
			}
		}
		return out
	}
	both := mine.Draft
	for _, id := range theirs.With {
		if !slices.Contains(both.With, id) {
			both.With = append(slices.Clone(both.With), id)
		}
	}
	for _, line := range theirs.Levers {
		if !slices.Contains(both.Levers, line) {
			both.Levers = append(slices.Clone(both.Levers), line)
		}
	}
	c := &conflict{By: theirs.By, TheirName: theirs.Name, Theirs: words(theirs.Draft), Mine: words(mine.Draft), Rev: string(theirs.Revision),
		UseTheirs: x.href(r, processQuery(x), "s", mine.ID), Merge: x.href(r, query(both, x.bench.Process, theirs), "compose")}
	mine.Revision = theirs.Revision
	return p.showDraft(w, r, x, mine.Draft, mine, "", "", c)
}

// delete deletes a kept scenario that is still as the reader saw it.
func (p *pages) delete(w http.ResponseWriter, r *http.Request, x *place) error {
	if err := p.room.Delete(r.PostFormValue("saved"), whatif.Revision(r.PostFormValue("rev"))); err != nil {
		return desk.InputError{Err: err}
	}
	shell.Redirect(w, x.href(r, nil))
	return nil
}

// run asks what the draft would bring.
func (p *pages) run(w http.ResponseWriter, r *http.Request, x *place) error {
	if err := r.ParseForm(); err != nil {
		return desk.InputError{Err: err}
	}
	if x.bench == nil {
		return desk.InputError{Err: whatif.ErrNoModel}
	}
	d, err := draftOf(r.PostForm)
	if err != nil {
		return err
	}
	d.Run = d.Run.Filled(x.bench.Defaults())
	s, _, err := d.Check(x.bench)
	if err != nil {
		return err
	}
	against := r.PostForm.Get("against") != "" && x.bench.Variant != nil
	if len(s.Levers) == 0 && !against {
		return desk.InputError{Err: measure.Faultf("the scenario has no lever: choose a ready one, or add one", "в сценарии нет ни одной меры: выберите готовый сценарий или добавьте меру")}
	}
	ask := p.ask(r, x, whatif.WhatIf, d.Run)
	ask.Scenarios = []whatif.Lines{whatif.LinesOf(s)}
	ask.Scenarios[0].Name.RU, ask.Scenarios[0].Name.EN = "", "" // a name changes no figure
	ask.About.Name, ask.About.Draft, ask.About.Saved = d.Name, &d, r.PostForm.Get("saved")
	if against {
		ask.Model, ask.ToBe = x.bench.Variant.From, x.bench.Hash
		if ask.About.Name == "" {
			ask.About.Name = x.bench.Variant.Name
		}
		if len(s.Levers) == 0 {
			ask.About.Draft = nil
		}
	}
	return p.begin(w, r, ask)
}

// ask is a question about the place.
func (p *pages) ask(r *http.Request, x *place, kind whatif.Kind, run whatif.Run) *whatif.Ask {
	return &whatif.Ask{Kind: kind, Model: x.bench.Hash, Process: x.bench.Process, Run: run,
		About: whatif.About{Of: x.of, Log: x.log, Title: x.bench.Title, By: shell.Reader(r.Context())}}
}

// broken reports whether a draft was wrong already, so that what is added is not to blame.
func broken(d *whatif.Draft, x *place) bool {
	_, _, err := d.Check(x.bench)
	return err != nil
}
