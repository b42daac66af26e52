package desk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/organisation"
	"github.com/uprava/uprava/twin"
)

// Between whom handovers are shown.
const (
	ByUnit   = "unit"
	ByRole   = "role"
	ByPeople = "people"
)

// Handed is who hands work over to whom in a view of a log. People bear numbers, not
// names, and stand in no order of merit.
type Handed struct {
	By     string
	Nodes  []HandedNode
	Edges  []organisation.Edge // between positions in Nodes
	Total  int64
	Rows   int64 // that name somebody, of Of
	Of     int64
	Hidden int // nodes with less work that are left out
	Effect *filter.Effect
	Doubts []error
}

// HandedNode is a unit, a role or a person.
type HandedNode struct {
	Name    twin.Text
	Count   int64   // rows
	Pos     float64 // mean position of its rows in the cases
	Members int     // of a role
}

// Handovers returns who hands over to whom: between units where they are recorded, else
// between roles, or as asked for; remembered.
func (d *Desk) Handovers(ctx context.Context, log string, look Look, by string, most int) (*Handed, error) {
	return Remember(ctx, d, log, fmt.Sprintf("handovers\x00%s\x00%d\x00%s", by, most, look), func(ctx context.Context) (*Handed, error) {
		v, err := d.Seen(ctx, log, look)
		if err != nil {
			return nil, err
		}
		h, err := handedOf(ctx, v.Log, by, most)
		if err != nil {
			return nil, input(ctx, err)
		}
		h.Effect = v.left(look)
		return h, nil
	})
}

func handedOf(ctx context.Context, l *eventlog.Log, by string, most int) (*Handed, error) {
	units := slices.ContainsFunc(l.Units().Names(), func(s string) bool { return s != "" })
	if by == "" {
		if by = ByUnit; !units {
			by = ByRole
		}
	}
	kind := organisation.People
	switch by {
	case ByUnit:
		kind = organisation.Units
	case ByRole, ByPeople:
	default:
		return nil, fmt.Errorf("handovers by %q: wanted %s, %s or %s", by, ByUnit, ByRole, ByPeople)
	}
	n, err := organisation.Handovers(ctx, l, kind)
	if err != nil {
		return nil, err
	}
	h := &Handed{By: by, Total: n.Total, Rows: n.Rows, Of: n.Of, Doubts: n.Warnings}
	group := make([]int, len(n.Nodes)) // of each node of the network
	switch by {
	case ByUnit:
		for i, name := range n.Nodes {
			group[i] = i
			h.Nodes = append(h.Nodes, HandedNode{Name: twin.Text{RU: name, EN: name}})
		}
	case ByPeople:
		for i := range n.Nodes {
			group[i] = i
			h.Nodes = append(h.Nodes, HandedNode{})
		}
		for k, i := range shuffled(n.Nodes) {
			h.Nodes[i].Name = twin.Text{RU: fmt.Sprintf("Исполнитель %d", k+1), EN: fmt.Sprintf("Performer %d", k+1)}
		}
	case ByRole:
		if err := h.roles(ctx, l, n, group); err != nil {
			return nil, err
		}
	}
	h.join(n, group)
	h.count(l, n, kind, group)
	h.cut(most)
	return h, ctx.Err()
}

// shuffled are positions in an order that tells nothing of the names.
func shuffled(names []string) []int {
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	key := func(i int) string { s := sha256.Sum256([]byte(names[i])); return string(s[:]) }
	slices.SortFunc(order, func(x, y int) int { return cmp.Compare(key(x), key(y)) })
	return order
}

// roles groups people by what they do; those whom no role takes stand in a group of
// their own.
func (h *Handed) roles(ctx context.Context, l *eventlog.Log, n *organisation.Network, group []int) error {
	r, err := organisation.Roles(ctx, l, organisation.RoleConfig{By: organisation.People})
	if errors.Is(err, organisation.ErrTooMany) {
		h.Doubts = append(h.Doubts, &measure.Doubt{EN: err.Error() + "; all stand in one group", RU: "людей слишком много, чтобы разделить их по ролям; все показаны одной группой"})
		r = &organisation.RoleReport{}
	} else if err != nil {
		return err
	}
	of := map[string]int{}
	for i, role := range r.Roles {
		node := HandedNode{Members: len(role.Members), Name: twin.Text{RU: fmt.Sprintf("Роль %d", i+1), EN: fmt.Sprintf("Role %d", i+1)}}
		if len(role.Activities) > 0 {
			a := role.Activities[0].Activity
			node.Name.RU += ": " + a
			node.Name.EN += ": " + a
		}
		h.Nodes = append(h.Nodes, node)
		for _, member := range role.Members {
			of[member] = i
		}
	}
	others := -1
	for i, name := range n.Nodes {
		g, ok := of[name]
		if !ok {
			if others < 0 {
				others = len(h.Nodes)
				h.Nodes = append(h.Nodes, HandedNode{Name: twin.Text{RU: "Прочие", EN: "Others"}})
			}
			h.Nodes[others].Members++
			g = others
		}
		group[i] = g
	}
	return nil
}

// join adds the edges of a network up between groups.
func (h *Handed) join(n *organisation.Network, group []int) {
	sum := map[[2]int]*organisation.Edge{}
	for _, e := range n.Edges {
		k := [2]int{group[e.From], group[e.To]}
		if sum[k] == nil {
			sum[k] = &organisation.Edge{From: k[0], To: k[1]}
		}
		sum[k].Count += e.Count // the cases are counted later: several people of one group share some
	}
	for _, e := range sum {
		if h.Total > 0 {
			e.Share = measure.Number(float64(e.Count) / float64(h.Total))
		}
		h.Edges = append(h.Edges, *e)
	}
	h.sort()
}

func (h *Handed) sort() {
	slices.SortFunc(h.Edges, func(a, b organisation.Edge) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
}

// count tells how much each node does, and where in the cases, and in how many cases
// each edge was seen.
func (h *Handed) count(l *eventlog.Log, n *organisation.Network, kind organisation.By, group []int) {
	d := l.Resources()
	if kind == organisation.Units {
		d = l.Units()
	}
	at := make([]int, d.Len())
	for i := range at {
		at[i] = -1
	}
	for i, name := range n.Nodes {
		if code, ok := d.Code(name); ok {
			at[code] = group[i]
		}
	}
	edge, seen := map[[2]int]int{}, make([]int, len(h.Edges)) // seen: the case that was counted last
	for i, e := range h.Edges {
		edge[[2]int{e.From, e.To}] = i
	}
	sum := make([]float64, len(h.Nodes))
	for i, c := range l.All() {
		codes := c.Resources()
		if kind == organisation.Units {
			codes = c.Units()
		}
		before := -1
		for k, code := range codes {
			if code == eventlog.NoCode || at[code] < 0 {
				continue
			}
			g := at[code]
			h.Nodes[g].Count++
			sum[g] += float64(k)
			if e, ok := edge[[2]int{before, g}]; ok && seen[e] != i+1 {
				seen[e] = i + 1
				h.Edges[e].Cases++
			}
			before = g
		}
	}
	for i := range h.Nodes {
		h.Nodes[i].Pos = sum[i] / math.Max(1, float64(h.Nodes[i].Count))
	}
}

// cut leaves out the nodes with the least work, where there are more than a picture holds.
func (h *Handed) cut(most int) {
	if len(h.Nodes) <= most {
		return
	}
	order := make([]int, len(h.Nodes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(h.Nodes[y].Count, h.Nodes[x].Count) })
	kept := order[:most]
	slices.Sort(kept)
	to := map[int]int{}
	var nodes []HandedNode
	for i, k := range kept {
		to[k] = i
		nodes = append(nodes, h.Nodes[k])
	}
	var edges []organisation.Edge
	for _, e := range h.Edges {
		from, ok1 := to[e.From]
		into, ok2 := to[e.To]
		if ok1 && ok2 {
			e.From, e.To = from, into
			edges = append(edges, e)
		}
	}
	h.Hidden = len(h.Nodes) - most
	h.Nodes, h.Edges = nodes, edges
}
