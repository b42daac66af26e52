package board

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/predict"
	"github.com/uprava/uprava/twin"
)

type ownedRow struct {
	Log, Title, Href      string
	Mean, P85, Share      shell.Number
	Target, Gap           string
	Open, Overdue, AtRisk string
	Alerts, Remarks       int
	preparing             bool
}

type ownerGroup struct {
	Name string
	Rows []ownedRow
}

type ownersPage struct {
	Groups  []ownerGroup
	Remarks []remarkRow
	Notices []string
	None    bool
	Later   string // where the whole page is, when it is there; "" where this is it
}

func (p *pages) owners(w http.ResponseWriter, r *http.Request) error {
	lang := p.site.Language(r)
	page := ownersPage{}
	groups, notices, preparing, err := p.owned(r, lang)
	if err != nil {
		return err
	}
	page.Groups, page.Notices, page.None = groups, notices, len(groups) == 0
	if preparing {
		page.Later = withPart(r)
	}
	list, err := p.remarks.Of("")
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.Open() {
			page.Remarks = append(page.Remarks, p.remarkRow(r, lang, x))
		}
	}
	show := shell.Page{Title: lang.T("board.owners.title"), News: true, Body: page}
	if r.URL.Query().Get(partKey) != "" {
		return p.area.Part(w, r, "owners", show)
	}
	return p.area.Show(w, r, "owners", show)
}

// askedAtOnce is how many processes are asked at once.
const askedAtOnce = 4

// owned lists all processes with their figures by owner, those without one last.
// preparing says that some of them are not there yet.
func (p *pages) owned(r *http.Request, lang terms.Lang) (out []ownerGroup, notices []string, preparing bool, err error) {
	logs, err := p.desk.LogNames(r.Context())
	if err != nil {
		return nil, nil, false, err
	}
	type found struct {
		owner, notice string
		row           ownedRow
		err           error
	}
	until, rows := patient(r), make([]found, len(logs))
	var g errgroup.Group
	g.SetLimit(askedAtOnce)
	for i, log := range logs {
		g.Go(func() error {
			f := &rows[i]
			f.owner, f.row, f.notice, f.err = p.ownedRow(r, lang, log, until)
			return nil
		})
	}
	_ = g.Wait() // the faults are in rows
	byOwner := map[string][]ownedRow{}
	for _, f := range rows {
		if errors.Is(f.err, desk.ErrNotFound) {
			continue // deleted meanwhile
		}
		if f.err != nil {
			return nil, nil, false, f.err
		}
		preparing = preparing || f.row.preparing
		byOwner[f.owner] = append(byOwner[f.owner], f.row)
		if f.notice != "" && !slices.Contains(notices, f.notice) {
			notices = append(notices, f.notice)
		}
	}
	for owner, rows := range byOwner {
		out = append(out, ownerGroup{owner, rows})
	}
	slices.SortFunc(out, func(a, b ownerGroup) int {
		if (a.Name == "") != (b.Name == "") {
			return strings.Compare(b.Name, a.Name)
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out, notices, preparing, nil
}

func (p *pages) ownedRow(r *http.Request, lang terms.Lang, log string, until time.Time) (owner string, row ownedRow, notice string, err error) {
	known, err := p.desk.Known(r.Context(), log)
	if err != nil {
		return "", row, "", err
	}
	row = ownedRow{Log: log, Title: known.Title.In(string(lang)), Href: shell.Href(r, nil, "logs", log), Target: "—", Gap: "—", Open: "—", Overdue: "—", AtRisk: "—"}
	owner, notice = ownerOf(known, lang), known.Notice.In(string(lang))
	a := &asked{log: log, lang: lang, known: known, zone: moscow}
	b, ready, err := soon(r.Context(), until, func(ctx context.Context) (*desk.Board, error) {
		return p.desk.Board(ctx, log, desk.BoardQuestion{})
	})
	if err != nil {
		return owner, row, notice, err
	}
	if !ready {
		wait := shell.Number{Why: lang.T("board.preparing")}
		row.Mean, row.P85, row.Share, row.preparing = wait, wait, wait, true
		return owner, row, notice, nil
	}
	row.Mean, row.P85, row.Share = p.numberOf(r, a, b, keyMean), p.numberOf(r, a, b, keyP85), p.numberOf(r, a, b, keyShare)
	for _, s := range b.Standings {
		if s.Target != nil && statistic(s) != "count" {
			row.Target = kpiText(lang, s.Indicator, s.Target.Value)
			row.Gap, _ = outlookWords(lang, s)
			break
		}
	}
	if b.Declared {
		row.Open = lang.Int(int64(b.Open))
		if b.DueFrom != "" {
			row.Overdue = lang.Int(int64(b.Overdue))
		}
	}
	risks, ready, err := soon(r.Context(), until, func(ctx context.Context) (*desk.Risks, error) { return p.desk.Risks(ctx, log, desk.Look{}) })
	switch {
	case err != nil && r.Context().Err() != nil:
		return owner, row, notice, err
	case err != nil:
		row.AtRisk = "—"
	case !ready:
		row.AtRisk, row.preparing = lang.T("board.preparing"), true
	case risks.Reliable():
		row.AtRisk = lang.Int(int64(risks.AtRisk))
	case risks.Forecast && risks.Limited:
		row.AtRisk = lang.T("board.at-risk.unproven")
	}
	rules, err := p.alerts.Of(log)
	if err != nil {
		return owner, row, notice, err
	}
	for _, e := range rules {
		if e.State.Raised {
			row.Alerts++
		}
	}
	for _, s := range b.Standings {
		if n := len(s.Messages); n > 0 && s.Messages[n-1].Raised {
			row.Alerts++
		}
	}
	list, err := p.remarks.Of(log)
	if err != nil {
		return owner, row, notice, err
	}
	for _, x := range list {
		if x.Open() {
			row.Remarks++
		}
	}
	return owner, row, notice, nil
}

// ownerOf names who owns a process: posts, else roles, else the unit in charge; "" where
// the twin says nothing.
func ownerOf(known *desk.Known, lang terms.Lang) string {
	if known.Model == nil || known.Process == nil {
		return ""
	}
	sheet, g := known.Model.Passport(known.Process.ID), known.Model.Graph()
	var names []string
	for _, o := range sheet.Owners {
		names = append(names, g.Name(o).In(string(lang)))
	}
	if len(names) == 0 && sheet.Unit != (twin.Ref{}) {
		names = append(names, g.Name(sheet.Unit).In(string(lang)))
	}
	return joined(names)
}

type loadRow struct {
	Week, Steps, Hours, Capacity, Share string
	Wide                                float64
}

type signaturesPage struct {
	Posts     []option
	Chosen    string
	Unit      string
	Waiting   []riskRow
	WaitingOf int
	More      string   // that not all are shown
	Untold    []string // processes whose open cases cannot be predicted
	None      string
	Load      []loadRow
	Mean      shell.Number
	LoadNote  string
	Groups    []ownerGroup
	Notices   []string
	Processes []string
	Later     string // as of ownersPage
}

// shownWaiting bounds the cases that wait for a signature on the page, shownWeeks the
// weeks of the load.
const shownWaiting, shownWeeks = 25, 13

// signatures is the page of who signs: what waits, the load, and all owners.
func (p *pages) signatures(w http.ResponseWriter, r *http.Request) error {
	lang := p.site.Language(r)
	page := signaturesPage{}
	signers, err := p.desk.Signers(r.Context())
	if err != nil {
		return err
	}
	var chosen *desk.Signer
	want := r.URL.Query().Get("post")
	for _, x := range signers {
		id := x.Twin + "/" + x.ID
		if id == want || want == "" && x.Signs && (chosen == nil || len(x.Steps) > len(chosen.Steps)) {
			chosen = x
		}
	}
	for _, x := range signers {
		id := x.Twin + "/" + x.ID
		if !x.Signs && x != chosen {
			continue
		}
		page.Posts = append(page.Posts, option{Value: id, Text: x.Name.In(string(lang)), Href: shell.Href(r, url.Values{"post": {id}}, "signatures"), Chosen: x == chosen})
	}
	var preparing bool
	if page.Groups, page.Notices, preparing, err = p.owned(r, lang); err != nil {
		return err
	}
	if chosen == nil {
		page.None = lang.T("board.signatures.none")
		if want != "" {
			return shell.ErrNoPage
		}
		return p.area.Show(w, r, "signatures", shell.Page{Title: lang.T("board.signatures.title"), Body: page})
	}
	page.Chosen, page.Unit = chosen.Name.In(string(lang)), chosen.Unit.In(string(lang))
	until := patient(r)
	ready, err := p.waiting(r, lang, chosen, &page, until)
	if err != nil {
		return err
	}
	loaded, err := p.load(r, lang, chosen, &page, until)
	if err != nil {
		return err
	}
	if preparing || !ready || !loaded {
		page.Later = withPart(r)
	}
	show := shell.Page{Title: lang.T("board.signatures.title"), News: true, Body: page}
	if r.URL.Query().Get(partKey) != "" {
		return p.area.Part(w, r, "signatures", show)
	}
	return p.area.Show(w, r, "signatures", show)
}

// waiting lists the open cases whose next step is one of the signer's.
func (p *pages) waiting(r *http.Request, lang terms.Lang, x *desk.Signer, page *signaturesPage, until time.Time) (whole bool, err error) {
	type found struct {
		log   string
		known *desk.Known
		c     predict.Case
	}
	var list []found
	whole = true
	for log, steps := range x.Steps {
		known, err := p.desk.Known(r.Context(), log)
		if err != nil {
			return false, err
		}
		page.Processes = append(page.Processes, known.Title.In(string(lang)))
		risks, ready, err := soon(r.Context(), until, func(ctx context.Context) (*desk.Risks, error) { return p.desk.Risks(ctx, log, desk.Look{}) })
		switch {
		case err != nil && r.Context().Err() != nil:
			return false, err
		case err != nil:
			page.Untold = append(page.Untold, known.Title.In(string(lang)))
			continue
		case !ready:
			whole = false
			continue
		case !risks.Forecast:
			page.Untold = append(page.Untold, known.Title.In(string(lang)))
		}
		for _, c := range risks.Cases {
			if len(c.Next) > 0 && slices.Contains(steps, c.Next[0].Activity) {
				list = append(list, found{log, known, c})
			}
		}
	}
	slices.Sort(page.Processes)
	slices.Sort(page.Untold)
	slices.SortFunc(list, func(a, b found) int {
		due := func(f found) string { return cmp.Or(f.c.Due, "9999") }
		return cmp.Or(strings.Compare(due(a), due(b)), strings.Compare(a.c.Since, b.c.Since), strings.Compare(a.c.ID, b.c.ID))
	})
	page.WaitingOf = len(list)
	if len(list) > shownWaiting {
		page.More = lang.T("board.signatures.more", lang.Int(shownWaiting))
	}
	for _, f := range list[:min(shownWaiting, len(list))] {
		label := func(name string) string {
			if t, ok := f.known.Labels[name]; ok {
				return t.In(string(lang))
			}
			return name
		}
		row := riskRowOf(r, lang, moscow, f.log, f.c, label)
		row.Log = f.known.Title.In(string(lang))
		row.Left = lang.Seconds(float64(f.c.Elapsed))
		page.Waiting = append(page.Waiting, row)
	}
	return whole, nil
}

// worked is the work of a pool by week.
type worked struct {
	weeks     []desk.WeekLoad
	startless int
}

// load shows the work of the signer by week.
func (p *pages) load(r *http.Request, lang terms.Lang, x *desk.Signer, page *signaturesPage, until time.Time) (whole bool, err error) {
	work, ready, err := soon(r.Context(), until, func(ctx context.Context) (worked, error) {
		weeks, startless, err := p.desk.Load(ctx, x)
		return worked{weeks, startless}, err
	})
	if err != nil {
		return false, err
	}
	weeks, startless := work.weeks, work.startless
	if !ready {
		page.LoadNote = lang.T("board.preparing") + "."
		return false, nil
	}
	if len(weeks) == 0 {
		page.LoadNote = lang.T("board.load.none")
		return true, nil
	}
	if startless > 0 {
		page.LoadNote = lang.T("board.load.startless", lang.Int(int64(startless)))
	}
	mean := desk.MeanUtilisation(weeks)
	percent := func(v float64) string { return lang.Percent(v, 1) }
	page.Mean = shell.Number{Label: lang.T("board.load.mean"), Value: percent(mean.Value), Range: shell.Interval(lang, mean.Low, mean.High, percent), N: lang.T("board.load.weeks", lang.Int(int64(mean.N)))}
	for _, week := range weeks[max(0, len(weeks)-shownWeeks):] {
		row := loadRow{Week: lang.Date(week.Begin), Steps: lang.Int(int64(week.Steps)), Hours: lang.Float(week.Hours, 1), Capacity: lang.Float(week.Capacity, 1), Share: "—"}
		if week.Capacity > 0 {
			row.Share, row.Wide = percent(week.Utilisation()), min(100, 100*week.Utilisation())
		}
		page.Load = append(page.Load, row)
	}
	return true, nil
}
