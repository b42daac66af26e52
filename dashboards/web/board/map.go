package board

import (
	"math"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/dashboards/terms"
)

// mapData is the process map on its way to the script that draws it: node 0 is
// the start, node 1 the end of the cases.
type mapData struct {
	Nodes []mapNode         `json:"nodes"`
	Edges []mapEdge         `json:"edges"`
	Words map[string]string `json:"words"`
}

type mapNode struct {
	Name  string  `json:"name"`
	Kind  string  `json:"kind,omitempty"`
	Count int64   `json:"count"`
	Times string  `json:"times,omitempty"`
	Cases string  `json:"cases,omitempty"`
	Pos   float64 `json:"pos"` // mean position in the cases, by which the layout runs downward
}

type mapEdge struct {
	S        int      `json:"s"`
	T        int      `json:"t"`
	Count    int64    `json:"count"`
	Times    string   `json:"times"`
	Mean     *float64 `json:"mean,omitempty"` // seconds; absent at start and end
	MeanText string   `json:"meanText,omitempty"`
}

func mapOf(p *desk.AsIs, lang terms.Lang, label func(string) string) mapData {
	g := p.Graph
	times := func(n int64) string { return lang.Count("times", n) }
	cases := lang.Count("case", g.Cases-g.Empty)
	position := meanPositions(p)
	m := mapData{
		Nodes: []mapNode{{Name: lang.T("map.start"), Kind: "start", Count: g.Cases, Cases: cases, Pos: -1}, {Name: lang.T("map.end"), Kind: "end", Count: g.Cases, Cases: cases, Pos: math.MaxInt32}},
		Edges: []mapEdge{},
		Words: map[string]string{"mean": lang.T("map.mean"), "hides": lang.T("map.hides"), "hidesNothing": lang.T("map.hides-nothing"), "failed": lang.T("map.failed")},
	}
	for i, a := range g.Activities {
		m.Nodes = append(m.Nodes, mapNode{Name: label(a), Count: g.Counts[i], Times: times(g.Counts[i]), Pos: position[a]})
	}
	for i := range g.Activities {
		if n := g.Starts[i]; n > 0 {
			m.Edges = append(m.Edges, mapEdge{S: 0, T: i + 2, Count: n, Times: times(n)})
		}
		if n := g.Ends[i]; n > 0 {
			m.Edges = append(m.Edges, mapEdge{S: i + 2, T: 1, Count: n, Times: times(n)})
		}
	}
	for _, e := range g.Edges {
		mean := e.Mean()
		m.Edges = append(m.Edges, mapEdge{S: e.From + 2, T: e.To + 2, Count: e.Count, Times: times(e.Count), Mean: &mean, MeanText: lang.Seconds(mean)})
	}
	return m
}

// meanPositions returns the mean position of each activity over all its
// occurrences.
func meanPositions(p *desk.AsIs) map[string]float64 {
	sum, n := map[string]float64{}, map[string]float64{}
	for _, v := range p.Variants {
		for i, a := range v.Activities {
			sum[a] += float64(i) * float64(v.Count)
			n[a] += float64(v.Count)
		}
	}
	for a := range sum {
		sum[a] /= n[a]
	}
	return sum
}
