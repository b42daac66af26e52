package twins

import (
	"errors"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/kept"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/architecture"
)

// pairRow is a pair of procedures that may be one.
type pairRow struct {
	ID                  string
	A, B                shell.Link
	IDA, IDB            string
	UnitA, UnitB        []shell.Link
	WorkA, WorkB        string
	Score, Reason       string
	Evidence            []evidenceRow
	Saving              string // at most, in a sentence
	saved               float64
	Verdict, Decided    string // "" and the decision in a sentence
	Reasoned            string
	Revision            string
	Conflict, Attempted string // what another decided meanwhile, and the reason not kept
}

// evidenceRow is how far one kind of evidence agrees, and by what.
type evidenceRow struct {
	Kind, Agrees string
	Things       []string
}

type duplicatesPage struct {
	*looked
	Rows                       []pairRow
	Found, Undecided           int
	Merged, Apart              int
	Saving                     string
	Show                       []choice
	Question                   string
	Page, Pages                int
	FirstShown, LastShown, All int
}

// Earlier is the page before this one.
func (b *duplicatesPage) Earlier() string { return page(b.Page-1, b.Pages) }

// Later is the page after this one.
func (b *duplicatesPage) Later() string { return page(b.Page+1, b.Pages) }

// pairsPerPage is how many pairs a page shows.
const pairsPerPage = 15

// duplicates shows pairs of procedures that may be one, each with its reason.
func (p *pages) duplicates(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "duplicates")
	if err != nil {
		return err
	}
	return p.showDuplicates(w, k, nil)
}

// rejected is a decision that was not kept, for another was faster.
type rejected struct {
	id, reason string
}

func (p *pages) showDuplicates(w http.ResponseWriter, k *looked, not *rejected) error {
	pairs, err := p.desk.Duplicates(k.r.Context(), k.Twin)
	if err != nil {
		return err
	}
	decided, err := p.desk.Decisions(k.ID)
	if err != nil {
		return err
	}
	body := &duplicatesPage{looked: k, Found: len(pairs), Question: k.asked("q")}
	show := k.asked("show")
	for _, s := range []string{"", string(desk.Undecided), string(desk.MergeBoth), string(desk.NotDuplicate)} {
		key := "twins.any"
		if s != "" {
			key = "twins.verdict." + s
		}
		body.Show = append(body.Show, choice{s, k.Lang.T(key), s == show})
	}
	most := 0.0
	var rows []pairRow
	for i := range pairs {
		row := k.pairRow(&pairs[i])
		k.decided(&row, decided)
		switch row.Verdict {
		case string(desk.MergeBoth):
			body.Merged++
			most += row.saved
		case string(desk.NotDuplicate):
			body.Apart++
		default:
			body.Undecided++
		}
		if not != nil && not.id == row.ID {
			row.Conflict, row.Attempted = k.Lang.T("twins.duplicates.conflict"), not.reason
			rows = append([]pairRow{row}, rows...)
			continue
		}
		if (show == "" || row.Verdict == show) && found(body.Question, row.A.Text, row.B.Text, row.IDA, row.IDB, first(row.UnitA), first(row.UnitB)) {
			rows = append(rows, row)
		}
	}
	if most > 0 {
		body.Saving = k.Lang.T("twins.duplicates.saving-all", k.Lang.Float(most, 0))
	}
	body.Page, body.Pages, body.FirstShown, body.LastShown = pageOf(k.asked("page"), len(rows), pairsPerPage)
	body.All = len(rows)
	body.Rows = rows[max(0, body.FirstShown-1):body.LastShown]
	return p.show(w, k, "duplicates", k.Lang.T("twins.duplicates.title"), body)
}

// decided notes what was decided on a pair.
func (k *looked) decided(row *pairRow, decisions map[string]desk.Decision) {
	row.Verdict = string(desk.Undecided)
	x, ok := decisions[row.ID]
	if !ok {
		return
	}
	row.Revision, row.Verdict, row.Reasoned = string(x.Revision), string(x.Verdict), x.Reason
	row.Decided = k.Lang.T("twins.duplicates.decided", k.Lang.T("twins.verdict."+string(x.Verdict)), x.By, k.Lang.Moment(x.At))
}

func (k *looked) pairRow(p *architecture.Pair) pairRow {
	l, lang := k.Lang, string(k.Lang)
	a, b := twin.Ref{Kind: twin.Procedure, ID: p.A}, twin.Ref{Kind: twin.Procedure, ID: p.B}
	row := pairRow{ID: desk.PairID(p.A, p.B), A: k.link(a), B: k.link(b), IDA: p.A, IDB: p.B, Score: l.Fixed(p.Score, 2)}
	for _, x := range []struct {
		of   twin.Ref
		unit *[]shell.Link
		work *string
	}{{a, &row.UnitA, &row.WorkA}, {b, &row.UnitB, &row.WorkB}} {
		if u := k.Unit(x.of); u != (twin.Ref{}) {
			*x.unit = []shell.Link{k.link(u)}
		}
		if hours, volume, ok := k.work(x.of); ok {
			*x.work = l.T("twins.duplicates.work", l.Float(volume, 0), l.Float(hours, 0))
		}
	}
	named := *p // with names in place of identifiers
	name := func(kind twin.Kind, ids []string) []string {
		out := make([]string, len(ids))
		for i, id := range ids {
			out[i] = k.Name(twin.Ref{Kind: kind, ID: id}).In(lang)
		}
		return out
	}
	named.Shared.Documents, named.Shared.Systems, named.Shared.Roles = name(twin.Document, p.Shared.Documents), name(twin.System, p.Shared.Systems), name(twin.Role, p.Shared.Roles)
	row.Reason = named.Reason(lang)
	for _, e := range []struct {
		key    string
		agrees float64
		things []string
	}{{"documents", float64(p.Documents), named.Shared.Documents}, {"systems", float64(p.Systems), named.Shared.Systems}, {"steps", float64(p.Steps), p.Shared.Steps},
		{"regulations", float64(p.Regulations), nil}, {"words", float64(p.Text), p.Shared.Words}, {"roles", float64(p.Roles), named.Shared.Roles}} {
		x := evidenceRow{Kind: l.T("twins.evidence." + e.key), Agrees: l.T("twins.evidence.unknown"), Things: e.things}
		if !math.IsNaN(e.agrees) {
			x.Agrees = l.Percent(e.agrees, 0)
		}
		row.Evidence = append(row.Evidence, x)
	}
	hoursA, _, okA := k.work(a)
	hoursB, _, okB := k.work(b)
	row.Saving = l.T("twins.duplicates.no-volume")
	if okA && okB {
		row.saved = min(hoursA, hoursB)
		row.Saving = l.T("twins.duplicates.saving", l.Float(row.saved, 0))
	}
	return row
}

// work is the hours and executions of a procedure a year, where the twin knows them.
func (k *looked) work(r twin.Ref) (hours, volume float64, ok bool) {
	e := k.Element(r)
	if e == nil {
		return 0, 0, false
	}
	v, okV := e.Figures["executions-a-year"]
	f, okF := e.Figures["effort"]
	return v.Value * f.Value, v.Value, okV && okF
}

// decide keeps a decision on a pair.
func (p *pages) decide(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "duplicates")
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return desk.InputError{Err: err}
	}
	a, b := r.PostForm.Get("a"), r.PostForm.Get("b")
	for _, id := range []string{a, b} {
		if err := k.known(twin.Ref{Kind: twin.Procedure, ID: id}); err != nil {
			return err
		}
	}
	x := desk.Decision{A: a, B: b, Verdict: desk.Verdict(r.PostForm.Get("verdict")), Reason: r.PostForm.Get("reason"), By: shell.Reader(r.Context()), At: time.Now().UTC(), Revision: kept.Revision(r.PostForm.Get("revision"))}
	err = p.desk.Decide(k.ID, x)
	var conflict *kept.ConflictError
	if errors.As(err, &conflict) {
		return p.showDuplicates(w, k, &rejected{desk.PairID(a, b), strings.TrimSpace(x.Reason)})
	}
	if err != nil {
		return err
	}
	shell.Redirect(w, shell.Href(r, k.view.Rest, "twins", k.ID, "duplicates")+"#"+desk.PairID(a, b))
	return nil
}
