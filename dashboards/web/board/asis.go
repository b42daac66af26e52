package board

import (
	"math"
	"net/http"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
	"github.com/uprava/uprava/mining"
)

// shownVariants is how many variants the page lists.
const shownVariants = 12

// shownShare is the share of paths, in percent, that the map shows at first.
const shownShare = 35

type binRow struct {
	Label string
	Count int64
}

type pathRow struct {
	From, To string
	Count    int64
	Mean     float64
}

type variantRow struct {
	Number     int
	Activities []string
	Count      int64
	Share      float64
}

type asIsPage struct {
	*desk.AsIs
	Map         mapData
	MapShare    int
	Paths       []pathRow
	VariantRows []variantRow
	VariantNote string
}

// asIs shows the map and the variants of a log.
func (p *pages) asIs(w http.ResponseWriter, r *http.Request) error {
	a, err := p.ask(r)
	if err != nil {
		return err
	}
	m, err := p.desk.AsIs(r.Context(), a.log)
	if err != nil {
		return err
	}
	page := asIsPage{AsIs: m, MapShare: shownShare, Map: mapOf(m, a.lang, a.label)}
	for _, e := range m.Graph.Edges {
		page.Paths = append(page.Paths, pathRow{a.label(m.Graph.Activities[e.From]), a.label(m.Graph.Activities[e.To]), e.Count, e.Mean()})
	}
	page.variants(m, a.lang, a.label)
	return p.area.Show(w, r, "asis", a.page(r, "board", a.lang.T("map.title"), page))
}

// milestone is the name of a milestone in words.
func milestone(name string, lang terms.Lang) string {
	switch name {
	case mining.FirstRecorded:
		return lang.T("lead.first")
	case mining.LastRecorded:
		return lang.T("lead.last")
	}
	return name
}

func (page *asIsPage) variants(p *desk.AsIs, lang terms.Lang, label func(string) string) {
	var shown int64
	for i, v := range p.Variants[:min(shownVariants, len(p.Variants))] {
		row := variantRow{Number: i + 1, Count: v.Count, Share: float64(v.Count) / float64(p.Overview.Cases)}
		for _, a := range v.Activities {
			row.Activities = append(row.Activities, label(a))
		}
		shown += v.Count
		page.VariantRows = append(page.VariantRows, row)
	}
	share := math.NaN()
	if p.Overview.Cases > 0 {
		share = float64(shown) / float64(p.Overview.Cases)
	}
	page.VariantNote = lang.T("variants.note", lang.Int(int64(len(page.VariantRows))), lang.Int(int64(len(p.Variants))), lang.Percent(share, 1))
}
