package explore

import (
	"math"
	"slices"
	"strconv"

	"github.com/uprava/uprava/dashboards/desk"
)

// How much of a log a map is drawn of, and how much of that at first: a picture of
// more can neither be read nor laid out while a reader waits.
const (
	mostActivities  = 150
	firstActivities = 30
	fewActivities   = 12
	firstPaths      = 45
)

// views are what the map can show on its arrows and boxes.
var views = []string{"count", "cases", "mean", "median", "total"}

// mapData is the map on its way to the script that draws it: node 0 is the start,
// node 1 the end of the cases, then the activities of the graph.
type mapData struct {
	Kind  string            `json:"kind"` // "flow"
	Nodes []mapNode         `json:"nodes"`
	Edges []mapEdge         `json:"edges"`
	Ways  [][3][]int64      `json:"ways"` // [cases], nodes, edges
	Total mapTotal          `json:"total"`
	View  string            `json:"view"`
	Cases string            `json:"cases"`  // address of the list of cases
	F     string            `json:"f"`      // the filter that is looked through
	Token string            `json:"tokens"` // address of the cases that are replayed
	Words map[string]string `json:"words"`
}

type mapTotal struct {
	Cases      int64 `json:"cases"`
	Events     int64 `json:"events"`
	Activities int   `json:"activities"`
	Edges      int   `json:"edges"`
	Steps      int64 `json:"steps"`
	Rest       int64 `json:"rest"` // cases that go ways which are not told
}

type mapNode struct {
	Name  string   `json:"name"`
	Log   string   `json:"log,omitempty"` // its name in the log, where that is another
	Kind  string   `json:"kind,omitempty"`
	Count int64    `json:"count"`
	Cases int64    `json:"cases"`
	Work  *float64 `json:"work,omitempty"` // mean time from start to completion, seconds
	WorkN int      `json:"workN,omitempty"`
	Pos   float64  `json:"pos"` // mean position in the cases, by which the layout runs downward
	Diff  *diff    `json:"diff,omitempty"`
}

type mapEdge struct {
	S      int      `json:"s"`
	T      int      `json:"t"`
	Count  int64    `json:"count"`
	Cases  int64    `json:"cases"`
	Mean   *float64 `json:"mean,omitempty"` // seconds; absent at start and end
	Median *float64 `json:"median,omitempty"`
	Diff   *diff    `json:"diff,omitempty"`
}

// diff says how two groups of cases differ in a part of the map.
type diff struct {
	A    float64 `json:"a"` // share of cases
	B    float64 `json:"b"`
	W    float64 `json:"w"`    // of the side that is drawn
	Sure int     `json:"sure"` // −1: fewer in B beyond chance, 1: more, 0: within noise, 2: too few cases to test
	Text string  `json:"text"`
	Say  string  `json:"say"`
}

type flowPage struct {
	Map       mapData
	View      string
	Views     []string
	Shown     int // activities
	Of        int
	Paths     int // percent
	Rows      []pathRow
	RowsOf    int
	Warnings  []string
	ModelHref string
	Capped    bool
}

type pathRow struct {
	From, To     string
	Count, Cases int64
	Mean         float64
	Median       float64
	Total        float64
	Href         string
}

// mostRows bounds the tables beside pictures; the CSV holds all.
const mostRows = 200

func (p *pages) flow(c *looked) (string, any, error) {
	f, err := p.desk.Flow(c.r.Context(), c.log, c.look, mostActivities)
	if err != nil {
		return "", nil, err
	}
	page := &flowPage{Map: mapOf(c, f), Views: views, View: c.get("show"), Of: len(f.Graph.Activities), RowsOf: len(f.Graph.Edges), Capped: f.Activities > len(f.Graph.Activities)}
	if !slices.Contains(views, page.View) {
		page.View = views[0]
	}
	page.Map.View = page.View
	page.Shown, page.Paths = first(f)
	if n, err := strconv.Atoi(c.get("activities")); err == nil && n > 0 {
		page.Shown = min(n, page.Of)
	}
	if n, err := strconv.Atoi(c.get("paths")); err == nil && n >= 0 && n <= 100 {
		page.Paths = n
	}
	page.Rows = pathRows(c, f)
	page.Warnings = c.doubts(f.Doubts)
	page.ModelHref = c.href("map/model", "model", c.get("model"), "lang", string(c.lang))
	return "map", page, nil
}

// first is what a map shows before the reader moves a slider: the activities that make
// up nearly all of the log, and so many paths as a picture bears.
func first(f *desk.Flow) (activities, paths int) {
	counts := slices.Sorted(slices.Values(f.Graph.Counts))
	slices.Reverse(counts)
	events := int64(0)
	for activities < len(counts) && activities < firstActivities && (activities < fewActivities || float64(events) < 0.96*float64(f.Events)) {
		events += counts[activities]
		activities++
	}
	paths = 100
	if len(f.Graph.Edges) > firstPaths {
		paths = max(1, 100*firstPaths/len(f.Graph.Edges))
	}
	return max(1, activities), paths
}

// pathRows lists the paths, the most frequent first.
func pathRows(c *looked, f *desk.Flow) []pathRow {
	rows := make([]pathRow, 0, len(f.Graph.Edges))
	for i, e := range f.Graph.Edges {
		a, b := f.Graph.Activities[e.From], f.Graph.Activities[e.To]
		rows = append(rows, pathRow{From: c.label(a), To: c.label(b), Count: e.Count, Cases: f.Cases[i], Mean: e.Mean(), Median: f.Median[i], Total: e.Mean() * float64(e.Count), Href: c.where(call("path", a, b))})
	}
	slices.SortStableFunc(rows, func(x, y pathRow) int { return int(min(1, max(-1, y.Count-x.Count))) })
	return rows[:min(mostRows, len(rows))]
}

func mapOf(c *looked, f *desk.Flow) mapData {
	g := f.Graph
	m := mapData{Kind: "flow", Edges: []mapEdge{}, Ways: [][3][]int64{}, Cases: c.href("cases", "f", ""), F: c.view.Filter.String(), Token: c.href("map/tokens"),
		Total: mapTotal{g.Cases, f.Events, f.Activities, f.Edges, f.Steps, f.Rest}, Words: words(c, "map."), View: views[0]}
	with := g.Cases - g.Empty
	m.Nodes = []mapNode{{Name: c.lang.T("map.start"), Kind: "start", Count: with, Cases: with, Pos: -1}, {Name: c.lang.T("map.end"), Kind: "end", Count: with, Cases: with, Pos: math.MaxInt32}}
	for i, a := range g.Activities {
		n := mapNode{Name: c.label(a), Count: g.Counts[i], Cases: f.In[i], Pos: f.Pos[i]}
		if n.Name != a {
			n.Log = a
		}
		if w := f.Work[i]; w.N > 0 {
			n.Work, n.WorkN = finite(w.Mean), w.N
		}
		m.Nodes = append(m.Nodes, n)
	}
	for i, e := range g.Edges { // first, so that the ways count them by their position
		m.Edges = append(m.Edges, mapEdge{S: e.From + 2, T: e.To + 2, Count: e.Count, Cases: f.Cases[i], Mean: finite(e.Mean()), Median: finite(f.Median[i])})
	}
	for i := range g.Activities {
		if n := g.Starts[i]; n > 0 {
			m.Edges = append(m.Edges, mapEdge{S: 0, T: i + 2, Count: n, Cases: n})
		}
		if n := g.Ends[i]; n > 0 {
			m.Edges = append(m.Edges, mapEdge{S: i + 2, T: 1, Count: n, Cases: n})
		}
	}
	for _, w := range f.Ways {
		way := [3][]int64{{w.Cases}, make([]int64, len(w.Nodes)), make([]int64, len(w.Edges))}
		for k, n := range w.Nodes {
			way[1][k] = int64(n + 2)
		}
		for k, e := range w.Edges {
			way[2][k] = int64(e)
		}
		m.Ways = append(m.Ways, way)
	}
	return m
}

func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}
