package explore

import (
	"fmt"
	"strings"

	"github.com/uprava/uprava/dashboards/desk"
)

const (
	variantsOfPage = 40
	stepsOfVariant = 40 // that are shown of one
)

type variantsPage struct {
	Rows     []variantRow
	Of       int
	Cases    int
	Note     string
	Lead     string
	Pager    pager
	CSV, XLS string
	Warnings []string
}

type variantRow struct {
	desk.VariantRow
	Steps []string
	More  int
	Href  string
	Map   string
}

func (p *pages) variants(c *looked) (string, any, error) {
	list, err := p.desk.VariantsOf(c.r.Context(), c.log, c.look)
	if err != nil {
		return "", nil, err
	}
	page := &variantsPage{Of: len(list.Rows), Cases: list.Cases, Warnings: c.doubts(list.Doubts)}
	page.Lead = c.lang.T("lead.from-to", c.milestone(list.From, "lead.first"), c.milestone(list.To, "lead.last"))
	from, to := page.Pager.of(c, len(list.Rows), variantsOfPage)
	for _, v := range list.Rows[from:to] {
		row := variantRow{VariantRow: v, Href: c.where(fmt.Sprintf("variant = %d", v.Rank)), More: max(0, len(v.Activities)-stepsOfVariant)}
		for _, a := range v.Activities[:min(stepsOfVariant, len(v.Activities))] {
			row.Steps = append(row.Steps, c.label(a))
		}
		page.Rows = append(page.Rows, row)
	}
	if n := len(page.Rows); n > 0 {
		page.Note = c.lang.T("variants.covered", c.lang.Int(int64(to)), c.lang.Int(int64(page.Of)), c.lang.Percent(page.Rows[n-1].Covered, 1))
	}
	page.CSV, page.XLS = c.exported("variants.csv")
	return "variants", page, nil
}

func (p *pages) variantsCSV(c *looked) (*file, error) {
	list, err := p.desk.VariantsOf(c.r.Context(), c.log, c.look)
	if err != nil {
		return nil, err
	}
	s := sheet{head: []string{"№", c.lang.T("logs.cases"), c.lang.T("variants.share"), c.lang.T("variants.coverage"), c.lang.T("csv.mean-s"), c.lang.T("csv.median-s"), "n", c.lang.T("variants.sequence")}}
	for _, v := range list.Rows {
		steps := make([]string, len(v.Activities))
		for i, a := range v.Activities {
			steps[i] = c.label(a)
		}
		s.rows = append(s.rows, []any{v.Rank, v.Cases, v.Share, v.Covered, v.Lead.Mean, v.Lead.Median, v.Lead.N, strings.Join(steps, " → ")})
	}
	return c.csv("variants", s)
}
