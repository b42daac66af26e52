package twins

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/uprava/uprava/dashboards/web/shell"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/architecture"
	"github.com/uprava/uprava/twin/kpi"
)

// unitRow is a line of the tree of the organisation; numbers count what belongs to the
// unit itself.
type unitRow struct {
	shell.Link
	Level                                  int // from 0, at most 4
	Heads, Pools                           []shell.Link
	Posts, People, InPools, Processes, All int
}

type unitsPage struct {
	*looked
	Rows  []unitRow
	Total unitRow
}

// units shows the tree of the organisation.
func (p *pages) units(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "units")
	if err != nil {
		return err
	}
	body := unitsPage{looked: k}
	below := map[string][]twin.Unit{}
	known := map[string]bool{}
	for _, u := range k.Model.Units {
		known[u.ID] = true
	}
	for _, u := range k.Model.Units {
		parent := u.Parent
		if !known[parent] {
			parent = ""
		}
		below[parent] = append(below[parent], u)
	}
	var walk func(parent string, level int)
	walk = func(parent string, level int) {
		list := below[parent]
		slices.SortFunc(list, func(a, b twin.Unit) int {
			return cmp.Compare(fold(a.Name.In(string(k.Lang))), fold(b.Name.In(string(k.Lang))))
		})
		for _, u := range list {
			row := k.unitRow(u, level)
			body.Rows = append(body.Rows, row)
			body.Total.Posts += row.Posts
			body.Total.People += row.People
			body.Total.InPools += row.InPools
			body.Total.Processes += row.Processes
			body.Total.All += row.All
			walk(u.ID, min(level+1, 4))
		}
	}
	walk("", 0)
	return p.show(w, k, "units", k.Lang.T("twins.units.title"), body)
}

func (k *looked) unitRow(u twin.Unit, level int) unitRow {
	ref := twin.Ref{Kind: twin.UnitKind, ID: u.ID}
	row := unitRow{Link: k.link(ref), Level: level}
	for _, e := range k.Graph.In(ref) {
		if e.Relation != twin.BelongsTo {
			continue
		}
		switch e.To.Kind {
		case twin.Post:
			row.Posts++
			if architecture.Leads(k.Name(e.To)) {
				row.Heads = append(row.Heads, k.link(e.To))
			}
			for _, x := range k.Graph.In(e.To) {
				if x.Relation == twin.BelongsTo && x.To.Kind == twin.Person {
					row.People++
				}
			}
		case twin.PoolKind:
			row.Pools = append(row.Pools, k.link(e.To))
		case twin.Procedure:
			row.All++
		}
	}
	for _, p := range k.Model.Pools {
		if p.Unit == u.ID {
			row.InPools += size(&p)
		}
	}
	for _, e := range k.Graph.Out(ref) {
		if e.Relation == twin.Owns && e.To.Kind == twin.ProcessKind {
			row.Processes++
		}
	}
	return row
}

// size is the number of people of a pool.
func size(p *twin.Pool) int {
	if len(p.Members) > 0 {
		return len(p.Members)
	}
	return p.Size
}

// goalNode is a goal with what stands below it.
type goalNode struct {
	shell.Link
	Level string
	KPIs  []kpiRow
	Below []goalNode
}

// kpiRow is a KPI with its triple and who answers for it.
type kpiRow struct {
	kpiCell
	Owners, Process []shell.Link
}

type goalsPage struct {
	*looked
	Tree     []goalNode
	Others   []kpiRow // that measure no goal
	Findings []findingRow
}

type findingRow struct {
	shell.Link
	Text string
}

// goals shows the tree of goals and KPIs, and what should be put right.
func (p *pages) goals(w http.ResponseWriter, r *http.Request) error {
	k, err := p.open(r, "goals")
	if err != nil {
		return err
	}
	body := goalsPage{looked: k}
	for _, n := range k.Goals.Top {
		body.Tree = append(body.Tree, k.goalNode(n, 0))
	}
	for _, i := range k.Goals.Indicators {
		if len(i.Goals) == 0 {
			body.Others = append(body.Others, k.kpiRow(i))
		}
	}
	for _, f := range k.Goals.Findings {
		body.Findings = append(body.Findings, findingRow{k.link(f.On), f.In(string(k.Lang))})
	}
	return p.show(w, k, "goals", k.Lang.T("twins.goals.title"), body)
}

// deepest bounds the levels of goals that are shown.
const deepest = 12

func (k *looked) goalNode(n *kpi.Node, level int) goalNode {
	out := goalNode{Link: k.link(n.Ref)}
	if n.Level != "" {
		out.Level = k.Lang.T("twins.level." + n.Level)
	}
	for _, i := range n.Indicators {
		out.KPIs = append(out.KPIs, k.kpiRow(i))
	}
	if level < deepest {
		for _, b := range n.Below {
			out.Below = append(out.Below, k.goalNode(b, level+1))
		}
	}
	return out
}

func (k *looked) kpiRow(i *kpi.Indicator) kpiRow {
	show := func(f *twin.Figure) string {
		if f == nil {
			return "—"
		}
		return amount(k.Lang, f.Value, cmp.Or(f.Unit, string(i.Unit)))
	}
	row := kpiRow{kpiCell: kpiCell{k.link(i.Ref), show(i.AsIs), show(i.Target), show(i.Ideal)}, Owners: k.links(i.Owners)}
	if k.Twin.Process(i.Of) != nil {
		row.Process = []shell.Link{k.link(twin.Ref{Kind: twin.ProcessKind, ID: i.Of})}
	}
	return row
}
