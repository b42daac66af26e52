package studio

import (
	"errors"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"strings"

	"github.com/uprava/uprava/dashboards/charts"
	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/whatif"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

type choosePage struct {
	Ready, Saved []option
	Process      string
	Processes    []option
	Post         string
	Run          whatif.Run
	Most         int
}

// choose offers the scenarios that may be compared in one table.
func (p *pages) choose(w http.ResponseWriter, r *http.Request, x *place) error {
	if x.bench == nil {
		shell.Redirect(w, x.href(r, nil))
		return nil
	}
	lang := p.site.Language(r)
	page := choosePage{Process: x.bench.Process, Post: x.href(r, nil, "compare"), Run: x.bench.Defaults(), Most: whatif.MostReplications}
	for i, s := range x.bench.Ready {
		page.Ready = append(page.Ready, option{s.ID, readyName(x.bench.Model, s, lang), i < x.bench.Compared})
	}
	saved, err := p.room.Scenarios(r.Context(), x.of)
	if err != nil {
		return err
	}
	for _, k := range saved {
		page.Saved = append(page.Saved, option{k.ID, k.Name, len(x.bench.Ready) == 0})
	}
	page.Processes = x.processOptions(lang)
	return p.area.Show(w, r, "choose", x.page(r, lang, lang.T("studio.compare.title"), page))
}

func (x *place) processOptions(lang terms.Lang) []option {
	var out []option
	if len(x.bench.Model.Processes) > 1 {
		for _, q := range x.processes() {
			out = append(out, option{q.ID, q.Name.In(string(lang)), q.ID == x.bench.Process})
		}
	}
	return out
}

// compare asks for the table.
func (p *pages) compare(w http.ResponseWriter, r *http.Request, x *place) error {
	list, err := p.chosen(r, x)
	if err != nil {
		return err
	}
	d, err := draftOf(r.PostForm)
	if err != nil {
		return err
	}
	ask := p.ask(r, x, whatif.Comparison, d.Run.Filled(x.bench.Defaults()))
	ask.Scenarios = list
	return p.begin(w, r, ask)
}

// chosen are the scenarios that a form names.
func (p *pages) chosen(r *http.Request, x *place) ([]whatif.Lines, error) {
	if err := r.ParseForm(); err != nil {
		return nil, desk.InputError{Err: err}
	}
	if x.bench == nil {
		return nil, desk.InputError{Err: whatif.ErrNoModel}
	}
	var out []whatif.Lines
	for _, id := range r.PostForm["ready"] {
		s := x.bench.ReadyScenario(id)
		if s == nil {
			return nil, desk.InputError{Err: fmt.Errorf("there is no ready scenario %q", id)}
		}
		out = append(out, whatif.LinesOf(s))
	}
	for _, id := range r.PostForm["saved"] {
		k, err := p.room.Scenario(id)
		if err != nil {
			return nil, err
		}
		s, err := k.Draft.Scenario(x.bench)
		if err != nil {
			return nil, err
		}
		s.ID, s.Name = "saved-"+id, twin.Text{RU: k.Name, EN: k.Name}
		out = append(out, whatif.LinesOf(s))
	}
	return out, nil
}

type tableRow struct {
	Name, People               string
	Mean, Diff, Tail, Overdue  number
	Labour                     number
	Best, Withheld, TailHidden bool
	Levers                     []string
}

type tablePage struct {
	Process, Back, Foot string
	AsIs                tableRow
	Rows                []tableRow
	Overdue             bool
	Picture             template.HTML
	Withheld            bool
	Evidence            evidence
}

func (p *pages) showTable(w http.ResponseWriter, r *http.Request, id string, q *whatif.Ask, x *place) error {
	var t whatif.Table
	if !p.room.Found(id, &t) {
		return shell.ErrNoPage
	}
	lang := p.site.Language(r)
	model, err := p.room.Model(q.Model)
	if err != nil {
		return err
	}
	known := p.room.TrustOf(p.judged(q, x))
	page := tablePage{Process: processName(model, q.Process, lang), Back: p.back(r, q), Withheld: known.WithholdMean(), Foot: lang.T("studio.compare.foot", lang.Int(int64(len(t.Rows))))}
	of, lead := t.Figure.Of, t.Figure.Name
	level85 := lead + "_p85"
	row := func(name string, list []experiment.KPI, people int) tableRow {
		out := tableRow{Name: name, People: headcountShort(t.People, people, lang), TailHidden: known.WithholdTail(), Withheld: known.WithholdMean()}
		for _, k := range list {
			switch {
			case k.Of != of:
			case k.Name == lead && !out.Withheld:
				out.Mean = level(k, lang)
			case k.Name == level85 && !out.TailHidden:
				out.Tail = level(k, lang)
			case k.Name == experiment.OverdueShare:
				if page.Overdue = true; !out.TailHidden {
					out.Overdue = level(k, lang)
				}
			case k.Name == experiment.LabourHours:
				out.Labour = level(k, lang)
			}
		}
		if out.Withheld {
			out.Mean.Value, out.Diff.Value = lang.T("studio.withheld"), lang.T("studio.withheld")
		}
		if out.TailHidden {
			out.Tail.Value, out.Overdue.Value = lang.T("studio.withheld"), lang.T("studio.withheld")
		}
		return out
	}
	page.AsIs = row(lang.T("whatif.as-is"), t.AsIs, t.People)
	var whiskers []charts.Whisker
	unit, per := "", 1.0
	whisker := func(name string, list []experiment.KPI, strong bool) {
		for _, k := range list {
			if k.Name == lead && k.Of == of {
				unit, per = unitOf(k, unit, per, lang)
				whiskers = append(whiskers, charts.Whisker{Label: name, Mean: float64(k.Mean) / per, Low: float64(k.Low) / per, High: float64(k.High) / per, Strong: strong})
			}
		}
	}
	whisker(page.AsIs.Name, t.AsIs, true)
	for i, one := range t.Rows {
		out := row(one.Name.In(string(lang)), one.KPIs, one.People)
		if d, ok := one.Find(of, lead); ok && !out.Withheld {
			out.Diff = change(d, lang)
			if !d.Distinct {
				out.Diff.Value = lang.T("whatif.noise")
			}
		}
		out.Best = one.Best && !out.Withheld
		if i < len(q.Scenarios) {
			if s, err := q.Scenarios[i].Scenario(); err == nil {
				for _, l := range s.Levers {
					out.Levers = append(out.Levers, sentence(model, l, lang))
				}
			}
		}
		page.Rows = append(page.Rows, out)
		whisker(out.Name, one.KPIs, false)
	}
	if !page.Withheld {
		page.Picture = charts.Whiskers(whiskers, 0, "", unit, lang.T("whatif.chart.alt"), lang)
	}
	page.Evidence = p.evidence(r, id, q, x, t.Evidence, t.Doubts, lang)
	return p.area.Show(w, r, "table", p.frame(r, q, x, lang, page))
}

func headcountShort(was, is int, lang terms.Lang) string {
	text := lang.Int(int64(is))
	if is == was {
		return text + " (" + lang.T("whatif.unchanged") + ")"
	}
	return text + " (" + signedInt(is-was, lang) + ")"
}

// unitOf is the unit of a picture, by the first figure in it.
func unitOf(k experiment.KPI, unit string, per float64, lang terms.Lang) (string, float64) {
	if unit != "" {
		return unit, per
	}
	switch k.Unit {
	case measure.WorkingDay:
		return lang.T("unit.working-days"), 1
	case measure.WorkingHour:
		return lang.T("unit.working-hours"), 1
	}
	switch x := math.Abs(float64(k.Mean)); {
	case x >= 2*86400:
		return lang.T("unit.calendar-days"), 86400
	case x >= 2*3600:
		return lang.T("unit.hours"), 3600
	}
	return lang.T("unit.minutes"), 60
}

type searchPage struct {
	Process   string
	Processes []option
	Pools     []poolChoice
	Levers    []option
	Post      string
	Run       whatif.Run
	Limit     bool
	Cost      bool // what an hour of people costs is known
}

type poolChoice struct {
	ID, Name  string
	Now       int
	Low, High int
	Chosen    bool
}

// search offers what an optimisation may choose and what must hold.
func (p *pages) search(w http.ResponseWriter, r *http.Request, x *place) error {
	if x.bench == nil {
		shell.Redirect(w, x.href(r, nil))
		return nil
	}
	lang := p.site.Language(r)
	page := searchPage{Process: x.bench.Process, Processes: x.processOptions(lang), Post: x.href(r, nil, "optimise"), Run: x.bench.Defaults()}
	page.Run.Replications = min(page.Run.Replications, 8)
	used := map[string]bool{}
	for _, one := range x.bench.Model.Processes {
		if one.ID == x.bench.Process {
			page.Limit = one.Limit != nil
			for _, t := range one.Tasks {
				for _, id := range t.Pools {
					used[id] = true
				}
			}
		}
	}
	for _, one := range x.bench.Model.Pools {
		n := max(one.Size, len(one.Members))
		page.Cost = page.Cost || one.CostPerHour > 0
		page.Pools = append(page.Pools, poolChoice{one.ID, poolName(x.bench.Model, one.ID, lang), n, max(1, n-1), n + 1, used[one.ID]})
	}
	for i, s := range x.bench.Ready {
		if len(s.Levers) <= 3 && touches(x, i) {
			page.Levers = append(page.Levers, option{s.ID, readyName(x.bench.Model, s, lang), true})
		}
	}
	return p.area.Show(w, r, "search", x.page(r, lang, lang.T("studio.optimise.title"), page))
}

// optimise asks for the front.
func (p *pages) optimise(w http.ResponseWriter, r *http.Request, x *place) error {
	list, err := p.chosen(r, x)
	if err != nil {
		return err
	}
	d, err := draftOf(r.PostForm)
	if err != nil {
		return err
	}
	ask := p.ask(r, x, whatif.Front, d.Run.Filled(x.bench.Defaults()))
	ask.Scenarios = list
	s := &whatif.Search{Cost: experiment.Headcount, Keep: r.PostForm.Get("keep") != "", Population: 12, Generations: 5}
	if r.PostForm.Get("cost") == experiment.HourlyCost {
		s.Cost = experiment.HourlyCost
	}
	var faults []error
	number := func(key string) float64 {
		text := strings.ReplaceAll(r.PostForm.Get(key), ",", ".")
		if text == "" {
			return 0
		}
		var x float64
		if _, err := fmt.Sscanf(text, "%g", &x); err != nil || !(x >= 0) || math.IsInf(x, 0) {
			faults = append(faults, fmt.Errorf("%s: found %q, wanted a number from 0", key, text))
		}
		return x
	}
	s.Overdue, s.Budget = number("overdue")/100, number("budget")
	if x := number("generations"); x > 0 {
		s.Generations = int(min(x, 30))
	}
	for _, id := range r.PostForm["pool"] {
		s.Pools = append(s.Pools, experiment.PoolRange{Pool: id, Low: int(number("low-" + id)), High: int(number("high-" + id))})
	}
	if len(s.Pools)+len(list) == 0 {
		faults = append(faults, errors.New("nothing may be chosen: mark groups of people, or levers"))
	}
	if err := errors.Join(faults...); err != nil {
		return desk.InputError{Err: err}
	}
	ask.Search = s
	return p.begin(w, r, ask)
}

type frontRow struct {
	Number     int
	What       []string
	Lead, Cost number
	Holds      bool
	Compose    string
}

type frontPage struct {
	Process, Back, Foot, LeadName, CostName string
	AsIs                                    frontRow
	Rows                                    []frontRow
	Picture                                 template.HTML
	Withheld                                bool
	Evidence                                evidence
}

func (p *pages) showFront(w http.ResponseWriter, r *http.Request, id string, q *whatif.Ask, x *place) error {
	var f whatif.Found
	if !p.room.Found(id, &f) || f.Front == nil {
		return shell.ErrNoPage
	}
	lang := p.site.Language(r)
	model, err := p.room.Model(q.Model)
	if err != nil {
		return err
	}
	known := p.room.TrustOf(p.judged(q, x))
	page := frontPage{Process: processName(model, q.Process, lang), Back: p.back(r, q), Withheld: known.WithholdMean(), LeadName: lang.T("kpi." + f.Objectives[0].Name), CostName: lang.T("kpi." + f.Objectives[1].Name)}
	page.Foot = lang.T("optimise.evidence", lang.Int(int64(f.Tried)), lang.Int(int64(f.Screening)), lang.Int(int64(f.Evidence.Replications)), lang.Int(int64(f.Evidence.Seed)), f.Evidence.InputHash)
	page.Evidence = p.evidence(r, id, q, x, f.Evidence, f.Doubts, lang)
	if page.Withheld {
		return p.area.Show(w, r, "front", p.frame(r, q, x, lang, page))
	}
	row := func(n int, c *experiment.Choice) frontRow {
		out := frontRow{Number: n, Lead: level(c.Figures[0], lang), Cost: number{Value: lang.Amount(c.Figures[1].Unit, float64(c.Figures[1].Mean))}, Holds: c.Holds}
		d := whatif.Draft{Run: q.Run}
		for _, id := range c.Levers {
			out.What = append(out.What, f.Names[id].In(string(lang)))
			if x.bench != nil && x.bench.ReadyScenario(id) != nil {
				d.With = append(d.With, id)
				continue
			}
			for _, s := range q.Scenarios {
				if s.ID == id {
					d.Levers = append(d.Levers, s.Levers...)
				}
			}
		}
		for _, one := range model.Pools {
			n, ok := c.Pools[one.ID]
			if was := f.AsIs.Pools[one.ID]; ok && n != was {
				l := scenario.Lever{Kind: scenario.Pool, Target: one.ID, Size: n}
				out.What, d.Levers = append(out.What, sentence(model, l, lang)), append(d.Levers, l.Line())
			}
		}
		if len(out.What) == 0 {
			out.What = []string{lang.T("whatif.unchanged")}
		}
		out.Compose = shell.Href(r, query(d, q.Process, nil), pathOf(q.About.Of, "compose")...)
		return out
	}
	var points []charts.Point
	unit, per := unitOf(f.AsIs.Figures[0], "", 1, lang)
	point := func(c *experiment.Choice, label, href string, strong bool) {
		k := c.Figures[0]
		points = append(points, charts.Point{X: float64(c.Figures[1].Mean), Y: float64(k.Mean) / per, Low: float64(k.Low) / per, High: float64(k.High) / per, Label: label, Href: href, Strong: strong})
	}
	page.AsIs = row(0, &f.AsIs)
	point(&f.AsIs, lang.T("whatif.as-is"), "", true)
	for i := range f.Choices {
		page.Rows = append(page.Rows, row(i+1, &f.Choices[i]))
		point(&f.Choices[i], lang.Int(int64(i+1)), page.Rows[i].Compose, false)
	}
	page.Picture = charts.Pareto(points, page.CostName, page.LeadName+", "+unit, lang.T("studio.optimise.alt"), lang)
	return p.area.Show(w, r, "front", p.frame(r, q, x, lang, page))
}
