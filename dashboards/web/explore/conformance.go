package explore

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/conformance"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/rules"
)

// mostRanks bounds the variants that an address names.
const mostRanks = 150

type conformancePage struct {
	Choices []choice
	Choice  string
	Methods []choice
	Method  string
	Check   string // addresses of the fragments
	Rules   string
}

func (p *pages) conformance(c *looked) (string, any, error) {
	page := &conformancePage{Choices: c.choices(), Choice: c.source(), Method: c.method().String(),
		Check: c.href("conformance/check", "model", c.get("model"), "method", c.get("method"), "lang", string(c.lang)),
		Rules: c.href("conformance/rules", "lang", string(c.lang))}
	for _, m := range []conformance.Method{conformance.Alignments, conformance.TokenReplay} {
		page.Methods = append(page.Methods, choice{m.String(), c.lang.T("conformance.method." + m.String())})
	}
	return "conformance", page, nil
}

// method is how the log is held against the model: by alignments unless the address
// says otherwise.
func (c *looked) method() conformance.Method {
	if c.get("method") == conformance.TokenReplay.String() {
		return conformance.TokenReplay
	}
	return conformance.Alignments
}

type checkPage struct {
	modelPage
	Figures  []measured
	Proof    string
	Rows     []deviationRow
	RowsOf   int
	CSV, XLS string
}

type measured struct{ Name, Value, Note string }

type deviationRow struct {
	What, Activity string
	Times, Cases   int64
	Share          float64
	Href, More     string
}

func (p *pages) checked(c *looked) (any, error) {
	page := &checkPage{}
	m, refused, err := p.modelOf(c, c.method())
	if err != nil {
		return nil, err
	}
	if page.Refused = refused; m == nil {
		return page, nil
	}
	v, err := p.desk.Seen(c.r.Context(), c.log, c.look)
	if err != nil {
		return nil, err
	}
	page.fill(c, m)
	nodes := map[string]diagramNode{}
	if k := m.Check; k != nil {
		page.figures(c, k)
		page.rows(c, m.Deviations(v.Log), k.Traces)
		flows := map[string]conformance.ActivityFlow{}
		for _, a := range k.Overlay.Activities {
			flows[a.Activity] = a
		}
		for id, name := range m.Names {
			nodes[id] = deviating(c, flows[name])
		}
	}
	page.Diagram, err = draw(c, m, nodes)
	page.CSV, page.XLS = c.exported("conformance", "deviations.csv")
	return page, err
}

func (page *checkPage) figures(c *looked, k *conformance.Result) {
	add := func(key string, value float64) {
		page.Figures = append(page.Figures, measured{c.lang.T("check." + key), c.lang.Percent(value, 1), c.lang.T("check." + key + ".is")})
	}
	add("log-fitness", float64(k.LogFitness))
	add("trace-fitness", float64(k.AverageTraceFitness))
	add("precision", float64(k.Precision))
	add("generalisation", float64(k.Generalisation))
	add("simplicity", float64(k.Simplicity))
	if k.FittingTraces != nil {
		page.Figures = append(page.Figures, measured{c.lang.T("check.fitting"), c.lang.Int(*k.FittingTraces), c.lang.T("check.fitting.is", c.lang.Int(k.Traces))})
	}
	if k.ProvedTraces != nil {
		page.Proof = c.lang.T("conformance.proved", c.lang.Int(*k.ProvedTraces), c.lang.Count("of-case", k.Traces))
		if *k.ProvedTraces < k.Traces {
			page.Proof = c.lang.T("conformance.unproved", c.lang.Int(k.Traces-*k.ProvedTraces), c.lang.Count("of-case", k.Traces), c.lang.Int(*k.CostLow), c.lang.Int(*k.CostHigh))
		}
	}
}

func (page *checkPage) rows(c *looked, list []desk.Deviating, traces int64) {
	page.RowsOf = len(list)
	for _, d := range list[:min(60, len(list))] {
		row := deviationRow{What: c.lang.T("conformance.kind." + strings.ReplaceAll(d.Kind.String(), "_", "-")), Activity: c.lang.T("conformance.at-the-end"), Times: d.Times, Cases: d.Cases, Share: float64(d.Cases) / float64(max(1, traces)), Href: c.where(ranks(d.Ranks))}
		if d.Activity != "" {
			row.Activity = c.label(d.Activity)
		}
		if n := len(d.Ranks) - mostRanks; n > 0 {
			row.More = c.lang.T("conformance.more-variants", c.lang.Int(mostRanks), c.lang.Int(int64(len(d.Ranks))))
		}
		page.Rows = append(page.Rows, row)
	}
}

// ranks is the filter step of variants by their ranks, the first of them where they are
// too many for an address.
func ranks(list []int) string {
	if len(list) == 1 {
		return "variant = " + strconv.Itoa(list[0])
	}
	texts := make([]string, min(mostRanks, len(list)))
	for i := range texts {
		texts[i] = strconv.Itoa(list[i])
	}
	return "variant in (" + strings.Join(texts, ", ") + ")"
}

// deviating is what is drawn over a step: how often it happened otherwise.
func deviating(c *looked, f conformance.ActivityFlow) diagramNode {
	wrong, all := f.LogOnly+f.ModelOnly+f.Forced, f.Events+f.ModelOnly
	share := math.NaN()
	if all > 0 {
		share = float64(wrong) / float64(all)
	}
	n := diagramNode{Class: "dev0", Text: c.lang.T("conformance.say", c.label(f.Activity), c.lang.Int(f.Synchronous), c.lang.Int(f.LogOnly+f.Forced), c.lang.Int(f.ModelOnly)), Href: c.where(call("has", f.Activity))}
	if wrong > 0 {
		n.Class = "dev" + strconv.Itoa(max(1, min(4, 1+int(4*math.Sqrt(share)))))
		n.Badge = "±" + c.lang.Int(wrong)
	}
	return n
}

func (p *pages) deviationsCSV(c *looked) (*file, error) {
	m, refused, err := p.modelOf(c, c.method())
	if err != nil {
		return nil, err
	}
	if m == nil {
		return nil, inputf("%s", refused)
	}
	v, err := p.desk.Seen(c.r.Context(), c.log, c.look)
	if err != nil {
		return nil, err
	}
	s := sheet{head: []string{c.lang.T("conformance.what"), c.lang.T("explore.activity"), c.lang.T("map.count"), c.lang.T("logs.cases"), c.lang.T("conformance.variants")}}
	for _, d := range m.Deviations(v.Log) {
		s.rows = append(s.rows, []any{c.lang.T("conformance.kind." + strings.ReplaceAll(d.Kind.String(), "_", "-")), c.label(d.Activity), d.Times, d.Cases, len(d.Ranks)})
	}
	return c.csv("deviations", s)
}

type rulesPage struct {
	None     bool
	Rows     []ruleRow
	Warnings []string
}

type ruleRow struct {
	Title, Citation, Severity              string
	Kept, Broken, Undecided, NotApplicable int
	Share, Range                           string
	Href, More                             string
	Shown                                  int
}

// mostEvidence bounds the violations of a rule whose cases an address can name.
const mostEvidence = 100

func (p *pages) rules(c *looked) (any, error) {
	set, err := p.desk.PackRules(c.r.Context(), c.log)
	if err != nil {
		return nil, err
	}
	page := &rulesPage{None: set == nil || len(set.Rules) == 0}
	if page.None {
		return page, nil
	}
	today := c.view.Edition == "today"
	kept, err := desk.Remember(c.r.Context(), p.desk, c.log, fmt.Sprintf("rules\x00%v\x00%s", today, c.look), func(ctx context.Context) (*desk.Kept, error) {
		return p.desk.CheckRules(ctx, c.log, c.look, set, moscow, rules.Config{Today: today, AsOf: c.view.AsOf})
	})
	if err != nil {
		return nil, err
	}
	for _, o := range kept.Rules {
		row := ruleRow{Title: o.Title.In(string(c.lang)), Citation: o.Citation.In(string(c.lang)), Severity: c.lang.T("conformance.severity." + string(o.Severity)), Kept: o.Satisfied, Broken: o.Violated, Undecided: o.Undecided, NotApplicable: o.NotApplicable, Share: c.lang.Percent(float64(o.Share), 1)}
		if o.Interval != nil {
			row.Range = c.lang.T("whatif.interval", c.lang.Percent(o.Interval.Low, 1), c.lang.Percent(o.Interval.High, 1))
		}
		var ids []string
		for _, e := range o.Evidence {
			if !slices.Contains(ids, e.Case) && len(ids) < mostEvidence {
				ids = append(ids, e.Case)
			}
		}
		if len(ids) > 0 {
			row.Href = c.where(filter.Test{Name: "id", Args: ids}.String())
		}
		if o.Violated > len(ids) {
			row.More = c.lang.T("conformance.first-cases", c.lang.Int(int64(len(ids))))
		}
		page.Rows = append(page.Rows, row)
		page.Warnings = c.doubts(kept.Doubts)
	}
	return page, nil
}
