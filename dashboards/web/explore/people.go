package explore

import (
	"github.com/uprava/uprava/dashboards/desk"
)

// mostHanded bounds the nodes of the graph of handovers.
const mostHanded = 40

type peoplePage struct {
	Bys      []choice
	By       string
	Map      mapData
	Paths    int
	Said     string
	Rows     []handedRow
	RowsOf   int
	CSV, XLS string
	Warnings []string
}

type handedRow struct {
	From, To string
	Count    int64
	Share    float64
}

func (p *pages) people(c *looked) (string, any, error) {
	h, err := p.desk.Handovers(c.r.Context(), c.log, c.look, c.get("by"), mostHanded)
	if err != nil {
		return "", nil, err
	}
	names, err := p.desk.Names(c.r.Context(), c.log, c.look.Events)
	if err != nil {
		return "", nil, err
	}
	page := &peoplePage{By: h.By, RowsOf: len(h.Edges), Paths: 100, Warnings: c.doubts(h.Doubts)}
	for _, by := range []string{desk.ByUnit, desk.ByRole, desk.ByPeople} {
		if by == desk.ByUnit && len(names.Units) == 0 || by != desk.ByUnit && names.Resources == 0 {
			continue
		}
		page.Bys = append(page.Bys, choice{by, c.lang.T("people.by." + by)})
	}
	page.Said = c.lang.T("people.rows", c.lang.Int(h.Rows), c.lang.Int(h.Of), c.lang.Int(h.Total))
	if h.Hidden > 0 {
		page.Said += " " + c.lang.T("people.hidden", c.lang.Int(int64(h.Hidden)))
	}
	m := mapData{Kind: "people", Nodes: []mapNode{}, Edges: []mapEdge{}, Ways: [][3][]int64{}, View: "count", Words: words(c, "map."), Total: mapTotal{Events: max(1, h.Rows), Activities: len(h.Nodes), Edges: len(h.Edges), Steps: h.Total, Cases: 1}}
	for _, n := range h.Nodes {
		name := c.who(n.Name.In(string(c.lang)))
		if n.Members > 1 {
			name += " (" + c.lang.Count("people.person", int64(n.Members)) + ")"
		}
		m.Nodes = append(m.Nodes, mapNode{Name: name, Count: n.Count, Cases: n.Count, Pos: n.Pos})
	}
	for i, e := range h.Edges {
		m.Edges = append(m.Edges, mapEdge{S: e.From, T: e.To, Count: e.Count, Cases: e.Cases})
		if i < mostRows {
			page.Rows = append(page.Rows, handedRow{m.Nodes[e.From].Name, m.Nodes[e.To].Name, e.Count, float64(e.Share)})
		}
	}
	if n := len(h.Edges); n > 60 {
		page.Paths = max(1, 100*60/n)
	}
	page.Map = m
	page.CSV, page.XLS = c.exported("people", "handovers.csv")
	return "people", page, nil
}

func (p *pages) handoversCSV(c *looked) (*file, error) {
	h, err := p.desk.Handovers(c.r.Context(), c.log, c.look, c.get("by"), 100_000)
	if err != nil {
		return nil, err
	}
	s := sheet{head: []string{c.lang.T("map.from"), c.lang.T("map.to"), c.lang.T("map.count"), c.lang.T("variants.share")}}
	for _, e := range h.Edges {
		s.rows = append(s.rows, []any{h.Nodes[e.From].Name.In(string(c.lang)), h.Nodes[e.To].Name.In(string(c.lang)), e.Count, float64(e.Share)})
	}
	return c.csv("handovers", s)
}
