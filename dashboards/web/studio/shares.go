package studio

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/uprava/uprava/dashboards/charts"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/dashboards/whatif"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin/scenario"
)

// sharesPart says which lever gave what.
type sharesPart struct {
	Withheld bool
	Head     string
	Rows     []shareRow
	Joint    shareRow
	Picture  template.HTML
	Foot     string
	Others   []otherRow
	None     string
	Warnings []string
}

type shareRow struct {
	Name  string
	Value number
	Alone string
}

type otherRow struct {
	Levers string
	Effect number
	Stages []string
}

// addAttribution adds to a what-if which lever gave what, or how far that is.
func (p *pages) addAttribution(r *http.Request, id string, q *whatif.Ask, page *answerPage, known whatif.Trust, lang terms.Lang) {
	ask, err := p.attribution(r, q)
	if err != nil || len(ask.Scenarios) < 2 {
		page.AttributionPost = ""
		return
	}
	key, err := p.room.ID(ask)
	if err != nil {
		page.AttributionFault = measure.FaultIn(string(lang), err)
		return
	}
	var s whatif.Shares
	if p.room.Found(key, &s) && s.Attribution != nil {
		page.Attribution = sharesOf(&s, known, p.modelWords(ask, lang), lang)
		return
	}
	if j := p.site.Jobs.Find("run", key); j != nil {
		switch st := j.Status(); {
		case !st.Ended():
			page.AttributionJob = shell.JobPartOf(r, j, shell.Href(r, nil, "runs", id))
		case st.Err != nil:
			page.AttributionFault = measure.FaultIn(string(lang), st.Err)
		}
	}
}

// modelWords names parts that are single levers.
func (p *pages) modelWords(q *whatif.Ask, lang terms.Lang) func(string) string {
	m, err := p.room.Model(q.Model)
	return func(id string) string {
		if l, bad := scenario.ParseLine(id); err == nil && bad == nil {
			return sentence(m, l, lang)
		}
		return ""
	}
}

func sharesOf(s *whatif.Shares, known whatif.Trust, words func(string) string, lang terms.Lang) *sharesPart {
	if known.WithholdMean() {
		return &sharesPart{Withheld: true}
	}
	name := func(id string) string {
		if text := words(id); text != "" {
			return text
		}
		if t := s.Names[id].In(string(lang)); t != "" {
			return t
		}
		return id
	}
	row := func(text string, x experiment.Share) shareRow {
		return shareRow{text, change(experiment.Difference{Unit: s.Unit, Difference: x.Effect, Low: x.Low, High: x.High}, lang), lang.Changes(s.Unit, float64(x.Alone))(float64(x.Alone))}
	}
	out := &sharesPart{Head: lang.T("attribute.head", lang.T("kpi."+s.Figure.Name), lang.Amount(s.Unit, float64(s.AsIs))), Joint: row(lang.T("attribute.joint"), s.Joint)}
	out.Foot = lang.T("attribute.exact", lang.Int(int64(s.Runs)), lang.Int(int64(s.Replications)))
	if s.Orders > 0 {
		out.Foot = lang.T("attribute.sampled", lang.Int(int64(s.Runs)), lang.Int(int64(s.Replications)), lang.Int(int64(s.Orders)))
	}
	var bars []charts.Bar
	for _, x := range s.Levers {
		out.Rows = append(out.Rows, row(name(x.ID), x))
		bars = append(bars, charts.Bar{Label: name(x.ID), Value: float64(x.Effect), Low: float64(x.Low), High: float64(x.High)})
	}
	out.Picture = charts.Signed(bars, func(x float64) string { return lang.Changes(s.Unit, x)(x) }, lang.T("studio.attribution.alt"))
	tolerance := lang.Percent(s.Tolerance, 0)
	out.None = lang.T("attribute.no-others", tolerance)
	for _, e := range s.Others {
		var levers []string
		for _, id := range e.Levers {
			levers = append(levers, name(id))
		}
		o := otherRow{Levers: strings.Join(levers, " + "), Effect: change(experiment.Difference{Unit: s.Unit, Difference: e.Effect, Low: e.Low, High: e.High}, lang)}
		for i, st := range e.Stages {
			if i == 3 {
				o.Stages = append(o.Stages, lang.T("attribute.more", lang.Int(int64(len(e.Stages)-i))))
				break
			}
			stage := s.Stages[st.Activity].In(string(lang))
			if stage == "" {
				stage = st.Activity
			}
			o.Stages = append(o.Stages, stage+", "+lang.T("kpi."+st.Figure)+": "+lang.Changes(measure.Second, float64(st.Difference))(float64(st.Difference)))
		}
		out.Others = append(out.Others, o)
	}
	for _, t := range s.Doubts {
		out.Warnings = append(out.Warnings, t.In(string(lang)))
	}
	return out
}

type sharesPage struct {
	Shares   *sharesPart
	Evidence evidence
	Back     string
}

// showShares shows an attribution by itself, at its own address.
func (p *pages) showShares(w http.ResponseWriter, r *http.Request, id string, q *whatif.Ask, x *place) error {
	var s whatif.Shares
	if !p.room.Found(id, &s) || s.Attribution == nil {
		return shell.ErrNoPage
	}
	lang := p.site.Language(r)
	page := sharesPage{Shares: sharesOf(&s, p.room.TrustOf(p.judged(q, x)), p.modelWords(q, lang), lang), Back: p.back(r, q)}
	page.Evidence = p.evidence(r, id, q, x, experiment.Evidence{Replications: s.Replications, Seed: q.Run.Seed, Confidence: s.Confidence, Engine: lang.T("studio.evidence.sets", lang.Int(int64(s.Runs))), InputHash: id}, nil, lang)
	return p.area.Show(w, r, "shares", p.frame(r, q, x, lang, page))
}
