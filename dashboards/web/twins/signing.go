package twins

import (
	"cmp"
	"math"
	"net/http"
	"slices"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/architecture"
)

// signerRow is who signs.
type signerRow struct {
	shell.Link
	Kind, People, Yearly, PerDay, Hours, Load, LoadInterval string
	Units                                                   []shell.Link
	Processes, Procedures, Unknown                          int
	Signs, MoreSigns                                        []signRow
	Alone                                                   bool
	Share                                                   float64 // of the busiest, for the bar
}

// signRow is something that is signed.
type signRow struct {
	shell.Link
	Step, Yearly string
}

// singleRow is who is alone.
type singleRow struct {
	shell.Link
	Units      []shell.Link
	What       []shell.Link
	More       []shell.Link
	N          int
	Executions string
}

type signingPage struct {
	*looked
	Job                   *shell.JobPart
	Rows                  []signerRow
	Question              string
	Units                 []choice
	Found                 int
	Page, Pages           int
	FirstShown, LastShown int
	Pools                 []singleRow // pools of one person upon whom processes depend
	Posts                 []singleRow
	MostPosts             int
	Evidence              string
	Sum                   string
}

// Earlier is the page before this one.
func (b *signingPage) Earlier() string { return page(b.Page-1, b.Pages) }

// Later is the page after this one.
func (b *signingPage) Later() string { return page(b.Page+1, b.Pages) }

// signersPerPage and shownSingles bound the tables.
const signersPerPage, shownSingles = 25, 25

// signing shows who signs how much, and who is alone.
func (p *pages) signing(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "signing")
	if err != nil {
		return err
	}
	body := &signingPage{looked: k, Question: k.asked("q")}
	title := k.Lang.T("twins.signing.title")
	var asIs *desk.Simulation
	if len(k.Model.Processes) > 0 {
		done, job, err := p.simulated(k, "")
		if err != nil {
			return err
		}
		if body.Job = job; job != nil {
			return p.show(w, k, "signing", title, body)
		}
		asIs = done[0]
	}
	body.fill(asIs)
	return p.show(w, k, "signing", title, body)
}

func (b *signingPage) fill(asIs *desk.Simulation) {
	l := b.Lang
	var steps []architecture.Step
	loads := map[string]desk.Amount{}
	if asIs != nil {
		steps, loads = asIs.Steps, asIs.Pools
		b.Evidence = l.T("twins.signing.evidence", l.Int(int64(asIs.Replications)), l.Float(asIs.Years, 2), l.Int(int64(asIs.Seed)))
	}
	unit := b.asked("unit")
	units := map[twin.Ref]bool{}
	signers := architecture.Signers(b.Model, steps)
	most, sum, procedures := 1.0, 0.0, map[twin.Ref]bool{}
	var rows []*architecture.Signer
	for i := range signers {
		x := &signers[i]
		most = math.Max(most, float64(x.Yearly))
		sum += float64(x.Yearly)
		for _, s := range x.Signs {
			procedures[s.In] = true
		}
		in := b.unitOf(x.By)
		units[in] = true
		if unit != "" && in.ID != unit || !found(b.Question, b.Name(x.By).RU, b.Name(x.By).EN) {
			continue
		}
		rows = append(rows, x)
	}
	b.Units = b.unitChoices(units, unit)
	b.Found = len(rows)
	b.Sum = l.T("twins.signing.sum", l.Float(sum, 0), l.Int(int64(len(procedures))), l.Int(int64(len(signers))))
	b.Page, b.Pages, b.FirstShown, b.LastShown = pageOf(b.asked("page"), len(rows), signersPerPage)
	for _, x := range rows[max(0, b.FirstShown-1):b.LastShown] {
		b.Rows = append(b.Rows, b.signer(x, loads, most))
	}
	b.singles()
}

func (k *looked) unitOf(r twin.Ref) twin.Ref {
	if r.Kind == twin.UnitKind {
		return r
	}
	return k.Unit(r)
}

func (k *looked) signer(x *architecture.Signer, loads map[string]desk.Amount, most float64) signerRow {
	l := k.Lang
	row := signerRow{Link: k.link(x.By), Kind: x.By.Kind.Name().In(string(l)), People: "—", Yearly: l.Float(float64(x.Yearly), 0), Hours: "—", Load: "—", Processes: x.Processes, Procedures: x.Procedures, Unknown: x.Unknown, Share: float64(x.Yearly) / most}
	if x.People > 0 {
		row.People = l.Int(int64(x.People))
		row.PerDay = l.T("twins.signing.per-day", l.Float(float64(x.Yearly)/desk.WorkingDays/float64(x.People), 1))
	}
	row.Alone = x.People == 1 && x.By.Kind == twin.PoolKind
	if x.Hours > 0 {
		row.Hours = l.Float(float64(x.Hours), 0)
	}
	if u := k.unitOf(x.By); u != (twin.Ref{}) && u != x.By {
		row.Units = []shell.Link{k.link(u)}
	}
	if a, ok := loads[x.By.ID]; ok && x.By.Kind == twin.PoolKind {
		row.Load = l.Percent(a.Value, 0)
		if !math.IsNaN(a.Low) {
			row.LoadInterval = l.T("twins.interval", l.Percent(a.Low, 1), l.Percent(a.High, 1))
		}
	}
	for i, s := range x.Signs {
		sign := signRow{Link: k.link(s.In), Step: k.step(s), Yearly: l.Float(float64(s.Yearly), 0)}
		if i < 3 {
			row.Signs = append(row.Signs, sign)
		} else {
			row.MoreSigns = append(row.MoreSigns, sign)
		}
	}
	return row
}

// step is what is signed in the reader's language: activities have names in both.
func (k *looked) step(s architecture.Signature) string {
	if p := k.Process(s.In.ID); s.In.Kind == twin.ProcessKind && p != nil {
		for _, t := range p.Labels {
			if t.RU == s.Step || t.EN == s.Step {
				return t.In(string(k.Lang))
			}
		}
	}
	return s.Step
}

// singles tells who is alone.
func (b *signingPage) singles() {
	for _, x := range architecture.Performers(b.Model, nil) {
		if !x.Alone {
			continue
		}
		row := singleRow{Link: b.link(x.Pool), N: len(x.Processes)}
		for _, id := range x.Processes {
			row.What = append(row.What, b.link(twin.Ref{Kind: twin.ProcessKind, ID: id}))
		}
		if u := b.Unit(x.Pool); u != (twin.Ref{}) {
			row.Units = []shell.Link{b.link(u)}
		}
		b.Pools = append(b.Pools, row)
	}
	posts := architecture.Singles(b.Model)
	b.MostPosts = len(posts)
	slices.SortStableFunc(posts, func(x, y architecture.Single) int {
		return cmp.Or(cmp.Compare(len(y.Procedures), len(x.Procedures)), cmp.Compare(y.Executions, x.Executions))
	})
	for _, x := range posts[:min(shownSingles, len(posts))] {
		links := b.links(x.Procedures)
		row := singleRow{Link: b.link(x.Post), N: len(links), What: links, Executions: b.Lang.Float(float64(x.Executions), 0)}
		if len(links) > 3 {
			row.What, row.More = links[:3], links[3:]
		}
		if u := b.Unit(x.Post); u != (twin.Ref{}) {
			row.Units = []shell.Link{b.link(u)}
		}
		b.Posts = append(b.Posts, row)
	}
}

// texts are warnings in the reader's language.
func (k *looked) texts(list []error) []string { return measure.TextsIn(string(k.Lang), list) }
