package studio

import (
	"errors"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"strconv"
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

// factorRow is an amount that may vary: of people in persons, else in percent of as-is.
type factorRow struct {
	Number    int
	Line      string
	Name      string
	Low, High string
	Unit      string
}

type varyPage struct {
	Process      string
	Processes    []option
	Post         string
	Rows         []factorRow
	Run          whatif.Run
	Trajectories int
	Most         int
}

// vary offers what may be varied to see what matters most.
func (p *pages) vary(w http.ResponseWriter, r *http.Request, x *place) error {
	if x.bench == nil {
		shell.Redirect(w, x.href(r, nil))
		return nil
	}
	lang := p.site.Language(r)
	page := varyPage{Process: x.bench.Process, Processes: x.processOptions(lang), Post: x.href(r, nil, "sensitivity"), Run: x.bench.Defaults(), Trajectories: whatif.Trajectories, Most: whatif.MostTrajectories}
	page.Run.Replications = min(page.Run.Replications, 4)
	for i, f := range x.bench.Factors() {
		page.Rows = append(page.Rows, rowOf(i, f, x.bench.Model, lang))
	}
	return p.area.Show(w, r, "vary", x.page(r, lang, lang.T("studio.sensitivity.title"), page))
}

// factorScale is what an amount of a factor is multiplied by for people: shares of as-is
// are shown in percent.
func factorScale(l scenario.Lever) float64 {
	if l.Kind == scenario.Pool {
		return 1
	}
	return 100
}

func rowOf(i int, f whatif.Factor, m *twin.Model, lang terms.Lang) factorRow {
	out := factorRow{Number: i, Line: f.Lever, Name: f.Lever}
	l, err := scenario.ParseLine(f.Lever)
	if err != nil {
		return out
	}
	k := factorScale(l)
	out.Low, out.High = strconv.FormatFloat(k*f.Low, 'g', 6, 64), strconv.FormatFloat(k*f.High, 'g', 6, 64)
	switch l.Kind {
	case scenario.Pool:
		out.Name, out.Unit = lang.T("studio.sensitivity.pool", poolName(m, l.Target, lang)), lang.T("studio.sensitivity.people")
	case scenario.Arrivals:
		out.Name, out.Unit = lang.T("studio.sensitivity.arrivals", processName(m, l.Target, lang)), lang.T("studio.sensitivity.percent")
	default:
		out.Name, out.Unit = lang.T("studio.sensitivity.step", nodeName(m, l.Process, l.Target, lang)), lang.T("studio.sensitivity.percent")
	}
	return out
}

// screen asks what matters most.
func (p *pages) screen(w http.ResponseWriter, r *http.Request, x *place) error {
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
	lang := p.site.Language(r)
	ask := p.ask(r, x, whatif.Sensitivity, d.Run.Filled(x.bench.Defaults()))
	ask.Screen = &whatif.Screen{}
	var faults []error
	number := func(what, key string) float64 {
		text := strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get(key), ",", "."))
		v, err := strconv.ParseFloat(text, 64)
		if err != nil || !(v >= 0) || math.IsInf(v, 0) {
			faults = append(faults, fmt.Errorf("%s: found %q, wanted a number from 0", what, text))
		}
		return v
	}
	for _, i := range r.PostForm["factor"] {
		line := r.PostForm.Get("line-" + i)
		l, err := scenario.ParseLine(line)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		name, k := rowOf(0, whatif.Factor{Lever: line}, x.bench.Model, lang).Name, factorScale(l)
		ask.Screen.Factors = append(ask.Screen.Factors, whatif.Factor{Lever: line, Low: number(name, "low-"+i) / k, High: number(name, "high-"+i) / k})
	}
	ask.Screen.Trajectories = int(min(number(lang.T("studio.sensitivity.trajectories"), "trajectories"), whatif.MostTrajectories+1))
	if len(ask.Screen.Factors) == 0 {
		faults = append(faults, errors.New(lang.T("studio.sensitivity.none")))
	}
	if err := errors.Join(faults...); err != nil {
		return desk.InputError{Err: err}
	}
	return p.begin(w, r, ask)
}

type tornadoRow struct {
	Name, Range string
	Effect      number
	Sigma       string
}

type tornadoPage struct {
	Process, Back, Head, Foot string
	Picture                   template.HTML
	Rows                      []tornadoRow
	Withheld                  bool
	Evidence                  evidence
}

func (p *pages) showSensitivity(w http.ResponseWriter, r *http.Request, id string, q *whatif.Ask, x *place) error {
	var s whatif.Sensitive
	if !p.room.Found(id, &s) || s.Sensitivity == nil {
		return shell.ErrNoPage
	}
	lang := p.site.Language(r)
	model, err := p.room.Model(q.Model)
	if err != nil {
		return err
	}
	page := tornadoPage{Process: processName(model, q.Process, lang), Back: p.back(r, q), Withheld: p.room.TrustOf(p.judged(q, x)).WithholdMean()}
	page.Evidence = p.evidence(r, id, q, x, s.Evidence, s.Doubts, lang)
	if page.Withheld {
		return p.area.Show(w, r, "tornado", p.frame(r, q, x, lang, page))
	}
	asIs := level(s.AsIs, lang)
	page.Head = lang.T("studio.sensitivity.head", lang.T("kpi."+s.Figure.Name), asIs.Value, asIs.Range)
	page.Foot = lang.T("studio.sensitivity.foot", lang.Int(int64(q.Screen.Trajectories)), lang.Int(int64(s.Points)), lang.Int(int64(s.Replications)))
	var bars []charts.Bar
	for _, e := range s.Ordered() {
		row := tornadoRow{Name: e.ID, Sigma: lang.Amount(s.Unit, float64(e.Sigma))}
		for _, f := range s.Factors {
			if f.Lever == e.ID {
				named := rowOf(0, f, model, lang)
				row.Name, row.Range = named.Name, lang.T("studio.sensitivity.range", named.Low, named.High, named.Unit)
			}
		}
		d := experiment.Difference{Unit: s.Unit, Difference: e.Mu, Low: measure.Number(math.NaN()), High: measure.Number(math.NaN())}
		if e.Interval != nil {
			d.Low, d.High = measure.Number(e.Interval.Low), measure.Number(e.Interval.High)
		}
		row.Effect = change(d, lang)
		if d.Low <= 0 && d.High >= 0 {
			row.Effect.Value = lang.Changes(s.Unit, float64(e.Mu))(float64(e.Mu)) // the scatter is that over the other factors, not noise
		}
		page.Rows = append(page.Rows, row)
		bars = append(bars, charts.Bar{Label: row.Name, Value: float64(e.Mu), Low: float64(d.Low), High: float64(d.High)})
	}
	page.Picture = charts.Signed(bars, func(v float64) string { return lang.Changes(s.Unit, v)(v) }, lang.T("studio.sensitivity.alt"))
	return p.area.Show(w, r, "tornado", p.frame(r, q, x, lang, page))
}
