package charts

import (
	"slices"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"github.com/uprava/uprava/dashboards/terms"
)

// LeadTime returns the options of a histogram of lead times with the legal
// limit as a line. The x axis runs over bin edges, evenly spaced, so that even
// bins and the ladder of durations draw alike; the edge labels travel under the
// key "edges", the bins' own sentences under "bins".
func LeadTime(b Bins, lang terms.Lang) (Options, error) {
	within := make([]opts.BarData, 0, len(b.Counts))
	beyond := make([]opts.BarData, 0, len(b.Counts))
	for i, c := range b.Counts {
		d := opts.BarData{Value: []any{float64(i) + 0.5, c}}
		if b.InTime(i) {
			within = append(within, d)
		} else {
			beyond = append(beyond, d)
		}
	}
	bar := charts.NewBar()
	bar.SetGlobalOptions(
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true), Trigger: "item"}),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(b.Limit > 0), Top: "0", Right: "0"}),
		charts.WithGridOpts(opts.Grid{Left: "8", Right: "24", Top: "36", Bottom: "28", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Min: 0, Max: len(b.Counts), Name: lang.T("lead.axis", lang.T(b.unit())), NameLocation: "middle", NameGap: 28,
			MinInterval: 1, SplitLine: &opts.SplitLine{Show: opts.Bool(false)}}),
		charts.WithYAxisOpts(opts.YAxis{Name: lang.T("lead.cases-axis"), MinInterval: 1}),
	)
	style := charts.WithBarChartOpts(opts.BarChart{Stack: "cases", BarCategoryGap: "4%"})
	bar.AddSeries(lang.T("lead.within"), within, style, charts.WithItemStyleOpts(opts.ItemStyle{Color: "var:in-time"}))
	if b.Limit > 0 {
		bar.AddSeries(lang.T("lead.beyond"), beyond, style, charts.WithItemStyleOpts(opts.ItemStyle{Color: "var:beyond"}),
			charts.WithMarkLineNameXAxisItemOpts(opts.MarkLineNameXAxisItem{Name: lang.T("lead.limit.line"), XAxis: slices.Index(b.Edges, b.Limit)}))
	}
	return options(bar, func(m map[string]any) {
		m["edges"] = b.EdgeLabels(lang)
		m["bins"] = b.Labels(lang)
	})
}

// unit is the term of the unit in which the edges are written.
func (b Bins) unit() string {
	if len(b.Edges) == 0 {
		return "unit.days"
	}
	switch top := b.Edges[len(b.Edges)-1]; {
	case top >= 3*86400:
		return "unit.days"
	case top >= 3*3600:
		return "unit.hours"
	case top >= 3*60:
		return "unit.minutes"
	}
	return "unit.seconds"
}

func (b Bins) even() bool {
	for i := 2; i < len(b.Edges); i++ {
		if b.Edges[i]-b.Edges[i-1] != b.Edges[1]-b.Edges[0] {
			return false
		}
	}
	return true
}

// EdgeLabels writes the edges for an axis: bare numbers in the axis's unit for
// even bins, durations with their units for others.
func (b Bins) EdgeLabels(lang terms.Lang) []string {
	per := map[string]float64{"unit.days": 86400, "unit.hours": 3600, "unit.minutes": 60, "unit.seconds": 1}[b.unit()]
	even := b.even()
	out := make([]string, len(b.Edges))
	for i, e := range b.Edges {
		switch {
		case b.Open && i == len(b.Edges)-1:
			out[i] = "∞"
		case even:
			out[i] = lang.Float(e/per, 2)
		default:
			out[i] = edge(lang, e)
		}
	}
	return out
}

func edge(lang terms.Lang, s float64) string {
	switch {
	case s == 0:
		return "0"
	case s < 3600:
		return lang.Float(s/60, 1) + "\u00a0" + lang.T("unit.minutes")
	case s < 86400:
		return lang.Float(s/3600, 1) + "\u00a0" + lang.T("unit.hours")
	}
	return lang.Float(s/86400, 1) + "\u00a0" + lang.T("unit.days")
}

// Labels writes each bin as a sentence part: "from – to unit".
func (b Bins) Labels(lang terms.Lang) []string {
	out := make([]string, len(b.Counts))
	for i := range out {
		if b.Open && i == len(out)-1 {
			out[i] = edge(lang, b.Edges[i]) + " " + lang.T("lead.tail")
		} else {
			out[i] = edge(lang, b.Edges[i]) + " – " + edge(lang, b.Edges[i+1])
		}
	}
	return out
}
