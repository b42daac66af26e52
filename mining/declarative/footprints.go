package declarative

import (
	"slices"

	"github.com/uprava/uprava/mining/dfg"
)

// Footprints are the relations of pairs of activities in a log: A → B where B
// directly follows A and never A B, A ∥ B where each follows the other; all others
// never follow each other. Pairs are in ascending order; a parallel pair stands
// both ways, an activity that follows itself is parallel to itself.
type Footprints struct {
	Activities []string `json:"activities"`
	Sequence   []Pair   `json:"sequence"`
	Parallel   []Pair   `json:"parallel"`
	Starts     []string `json:"start_activities"`
	Ends       []string `json:"end_activities"`
}

// FootprintsOf returns the footprints of the log of a graph.
//
// Source: W. van der Aalst, T. Weijters, L. Maruster, "Workflow Mining", TKDE 16
// (2004), doi:10.1109/TKDE.2004.47, definition 3.2. O(edges log edges).
func FootprintsOf(g *dfg.Graph) *Footprints {
	f := &Footprints{Activities: slices.Clone(g.Activities), Sequence: []Pair{}, Parallel: []Pair{}}
	follows := make(map[[2]int]bool, len(g.Edges))
	for _, e := range g.Edges {
		follows[[2]int{e.From, e.To}] = true
	}
	for _, e := range g.Edges { // in order of names
		p := Pair{g.Activities[e.From], g.Activities[e.To]}
		if follows[[2]int{e.To, e.From}] {
			f.Parallel = append(f.Parallel, p)
		} else {
			f.Sequence = append(f.Sequence, p)
		}
	}
	for i, a := range g.Activities {
		if g.Starts[i] > 0 {
			f.Starts = append(f.Starts, a)
		}
		if g.Ends[i] > 0 {
			f.Ends = append(f.Ends, a)
		}
	}
	return f
}

// Difference is a pair of activities whose relation differs between two
// footprints: "→", "←", "∥" or "#" for none.
type Difference struct {
	Pair
	One   string `json:"one"`
	Other string `json:"other"`
}

// Differences returns the pairs, A before B in order of name, whose relations
// differ; an activity that one of them lacks has no relation there.
func (f *Footprints) Differences(other *Footprints) []Difference {
	names := append(slices.Clone(f.Activities), other.Activities...)
	slices.Sort(names)
	names = slices.Compact(names)
	one, two := f.relations(), other.relations()
	var out []Difference
	for i, a := range names {
		for _, b := range names[i:] {
			x, y := relation(one, a, b), relation(two, a, b)
			if x != y {
				out = append(out, Difference{Pair{a, b}, x, y})
			}
		}
	}
	return out
}

func (f *Footprints) relations() map[Pair]string {
	m := map[Pair]string{}
	for _, p := range f.Parallel {
		m[p] = "∥"
	}
	for _, p := range f.Sequence {
		m[p], m[Pair{p.B, p.A}] = "→", "←"
	}
	return m
}

func relation(m map[Pair]string, a, b string) string {
	if r, ok := m[Pair{a, b}]; ok {
		return r
	}
	return "#"
}
