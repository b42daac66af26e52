package twin

import (
	"cmp"
	"slices"
)

// Graph is all things of a twin and how they hang together, also what the fields of
// units, pools and processes say: a unit belongs to its parent and owns its processes,
// a pool belongs to its unit and performs the processes in which it has a task.
type Graph struct {
	nodes map[Ref]Text
	order []Ref
	out   map[Ref][]Edge
	in    map[Ref][]Edge // To is where the edge comes from
}

// Graph returns the graph of the twin. O(things + edges).
func (m *Model) Graph() *Graph {
	g := &Graph{nodes: map[Ref]Text{}, out: map[Ref][]Edge{}, in: map[Ref][]Edge{}}
	for _, u := range m.Units {
		g.add(Ref{UnitKind, u.ID}, u.Name, u.Edges)
		if u.Parent != "" {
			g.edge(Ref{UnitKind, u.ID}, BelongsTo, Ref{UnitKind, u.Parent})
		}
	}
	for _, p := range m.Pools {
		g.add(Ref{PoolKind, p.ID}, p.Name, nil)
		if p.Unit != "" {
			g.edge(Ref{PoolKind, p.ID}, BelongsTo, Ref{UnitKind, p.Unit})
		}
	}
	for _, p := range m.Processes {
		r := Ref{ProcessKind, p.ID}
		g.add(r, p.Name, p.Edges)
		if p.Unit != "" {
			g.edge(Ref{UnitKind, p.Unit}, Owns, r)
		}
		var pools []string
		for _, t := range p.Tasks {
			pools = append(pools, t.Pools...)
		}
		slices.Sort(pools)
		for _, id := range slices.Compact(pools) {
			g.edge(Ref{PoolKind, id}, Performs, r)
		}
	}
	for _, e := range m.Elements {
		g.add(e.Ref(), e.Name, e.Edges)
	}
	slices.SortFunc(g.order, compareRefs)
	for _, edges := range []map[Ref][]Edge{g.out, g.in} {
		for r, list := range edges {
			sortEdges(list)
			edges[r] = slices.Compact(list)
		}
	}
	return g
}

func (g *Graph) add(r Ref, name Text, edges []Edge) {
	if _, known := g.nodes[r]; !known {
		g.order = append(g.order, r)
	}
	g.nodes[r] = name
	for _, e := range edges {
		g.edge(r, e.Relation, e.To)
	}
}

func (g *Graph) edge(from Ref, r Relation, to Ref) {
	g.out[from] = append(g.out[from], Edge{r, to})
	g.in[to] = append(g.in[to], Edge{r, from})
}

// Has reports whether the thing is in the twin.
func (g *Graph) Has(r Ref) bool { _, ok := g.nodes[r]; return ok }

// Name returns the name of a thing.
func (g *Graph) Name(r Ref) Text { return g.nodes[r] }

// Nodes returns all things by kind and identifier.
func (g *Graph) Nodes() []Ref { return g.order }

// Out returns the edges that leave a thing, In those that come to it, each with where
// it comes from in To.
func (g *Graph) Out(r Ref) []Edge { return g.out[r] }

// In returns the edges that come to a thing, each with where it comes from in To.
func (g *Graph) In(r Ref) []Edge { return g.in[r] }

// Owners returns who answers for a thing: posts that own it, by themselves or by a role
// that they perform; roles that nobody performs; units only where there is nobody else.
// By kind and identifier, each once.
func (g *Graph) Owners(r Ref) []Ref {
	var people, units []Ref
	for _, e := range g.in[r] {
		if e.Relation != Owns {
			continue
		}
		switch e.To.Kind {
		case UnitKind:
			units = append(units, e.To)
		case Role:
			posts := 0
			for _, x := range g.in[e.To] {
				if x.Relation == Performs && x.To.Kind == Post {
					people = append(people, x.To)
					posts++
				}
			}
			if posts == 0 {
				people = append(people, e.To)
			}
		default:
			people = append(people, e.To)
		}
	}
	if len(people) == 0 {
		people = units
	}
	slices.SortFunc(people, compareRefs)
	return slices.Compact(people)
}

// cycle returns things that a relation leads round in a circle, nil where it leads
// nowhere back.
func (g *Graph) cycle(rel Relation) []Ref {
	const entered, left = 1, 2
	state := map[Ref]int{}
	var path []Ref
	var visit func(Ref) []Ref
	visit = func(r Ref) []Ref {
		state[r] = entered
		path = append(path, r)
		for _, to := range targets(g.out[r], rel) {
			switch state[to] {
			case entered:
				return append(slices.Clone(path[slices.Index(path, to):]), to)
			case 0:
				if c := visit(to); c != nil {
					return c
				}
			}
		}
		state[r] = left
		path = path[:len(path)-1]
		return nil
	}
	for _, r := range g.order {
		if state[r] == 0 {
			if c := visit(r); c != nil {
				return c
			}
		}
	}
	return nil
}

// Neighbour is a thing some edges away from another.
type Neighbour struct {
	On       Ref
	Distance int
}

// Near returns a thing and those within so many edges of it, whichever way the edges
// run, the nearest first, then by kind and identifier; those for which pass is true are
// neither counted nor gone through. O(things + edges).
func (g *Graph) Near(of Ref, steps int, pass func(Ref) bool) []Neighbour {
	out := []Neighbour{{On: of}}
	seen := map[Ref]bool{of: true}
	for at := 0; at < len(out) && out[at].Distance < steps; at++ {
		for _, edges := range [][]Edge{g.out[out[at].On], g.in[out[at].On]} {
			for _, e := range edges {
				if !seen[e.To] && !pass(e.To) {
					seen[e.To] = true
					out = append(out, Neighbour{e.To, out[at].Distance + 1})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Neighbour) int { return cmp.Or(cmp.Compare(a.Distance, b.Distance), compareRefs(a.On, b.On)) })
	return out
}

// Effect is what a change does to one thing.
type Effect struct {
	On       Ref
	Distance int    // edges from what is changed
	Path     []Step // from what is changed to On
}

// Step is one edge on the way of an effect: To is reached over Relation, against its
// direction where Back is set.
type Step struct {
	Relation Relation
	Back     bool
	To       Ref
}

// carries says along which edges the loss of a thing is felt: with the edge (what it
// performs, owns, produces, regulates or supports), or against it (what uses it,
// depends on it or belongs to it).
var carries = map[Relation]struct{ with, against bool }{
	BelongsTo: {against: true}, Performs: {with: true}, Owns: {with: true}, Uses: {against: true}, Produces: {with: true},
	Regulates: {with: true}, MeasuredBy: {with: true}, Supports: {with: true}, DependsOn: {against: true},
}

// Impact returns what feels the loss of some things, the nearest first: a system is
// gone, so what uses it, what these produce, what measures them. Each effect comes by
// one of the shortest ways. O(things + edges).
func (g *Graph) Impact(lost ...Ref) []Effect {
	seen := map[Ref]bool{}
	queue := []Effect{}
	for _, r := range lost {
		seen[r] = true
		queue = append(queue, Effect{On: r})
	}
	for at := 0; at < len(queue); at++ {
		from := queue[at]
		feel := func(e Edge, back bool) {
			if !seen[e.To] {
				seen[e.To] = true
				queue = append(queue, Effect{e.To, from.Distance + 1, append(slices.Clone(from.Path), Step{e.Relation, back, e.To})})
			}
		}
		for _, e := range g.out[from.On] {
			if carries[e.Relation].with {
				feel(e, false)
			}
		}
		for _, e := range g.in[from.On] {
			if carries[e.Relation].against {
				feel(e, true)
			}
		}
	}
	return slices.Clone(queue[len(lost):])
}

// Merger is what it means to make one unit of two.
type Merger struct {
	Into, From Ref
	Moves      []Ref // things of From that go to Into
	// Both are things that both units perform, use or own: work that is done twice, or
	// a system that is shared already.
	Both []Ref
	// Twins are posts of the same name in both.
	Twins [][2]Ref
}

// Merge returns what merging a unit into another moves and what it finds in both.
// Units below them count as theirs.
func (g *Graph) Merge(into, from Ref) Merger {
	m := Merger{Into: into, From: from}
	a, b := g.below(into), g.below(from)
	reach := func(unit map[Ref]bool) map[Ref]bool {
		out := map[Ref]bool{}
		for r := range unit {
			for _, e := range g.out[r] {
				if e.Relation == Performs || e.Relation == Owns || e.Relation == Uses {
					out[e.To] = true
				}
			}
		}
		return out
	}
	mine, theirs := reach(a), reach(b)
	posts := map[Text]Ref{}
	for _, r := range g.order {
		if b[r] && r != from {
			m.Moves = append(m.Moves, r)
		}
		if mine[r] && theirs[r] {
			m.Both = append(m.Both, r)
		}
		if r.Kind == Post && a[r] {
			posts[g.nodes[r]] = r
		}
	}
	for _, r := range m.Moves {
		if other, ok := posts[g.nodes[r]]; ok && r.Kind == Post {
			m.Twins = append(m.Twins, [2]Ref{other, r})
		}
	}
	slices.SortFunc(m.Twins, func(x, y [2]Ref) int { return cmp.Or(compareRefs(x[0], y[0]), compareRefs(x[1], y[1])) })
	return m
}

// below returns a thing with all that belongs to it.
func (g *Graph) below(r Ref) map[Ref]bool {
	out := map[Ref]bool{r: true}
	for queue := []Ref{r}; len(queue) > 0; queue = queue[1:] {
		for _, e := range g.in[queue[0]] {
			if e.Relation == BelongsTo && !out[e.To] {
				out[e.To] = true
				queue = append(queue, e.To)
			}
		}
	}
	return out
}
