package discovery

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/measure"
)

// SimplifyConfig says how much of a graph is shown; of both 0 stands for 1, all.
type SimplifyConfig struct {
	Activities float64 // share of the activities, the most frequent first
	Paths      float64 // share of the paths between those, begins and ends of cases included
}

// Validate returns all faults of the configuration, joined.
func (c SimplifyConfig) Validate() error {
	var faults []error
	for _, s := range []struct {
		name  string
		share float64
	}{{"share of activities", c.Activities}, {"share of paths", c.Paths}} {
		if math.IsNaN(s.share) || s.share < 0 || s.share > 1 {
			faults = append(faults, fmt.Errorf("%s is %g, wanted 0 to 1", s.name, s.share))
		}
	}
	return errors.Join(faults...)
}

// Simplified is a part of a graph. Counts are those of the whole: what leaves an
// activity need not make its count any more, and the difference is what is hidden.
type Simplified struct {
	Graph    *dfg.Graph
	Hidden   Hidden
	Warnings []error
}

// Hidden is what a simplified graph does not show.
type Hidden struct {
	Activities  []string `json:"activities"`  // ascending
	Occurrences int64    `json:"occurrences"` // of these
	Events      int64    `json:"events"`      // of the whole graph
	Paths       int      `json:"paths"`       // pairs of activities, begins and ends
	Followed    int64    `json:"followed"`    // how often these paths were taken
	Of          int64    `json:"of"`          // how often any path was
	// Needed are activities that are shown although others are more frequent: without
	// them one of those would not be connected with a begin or an end. Ascending.
	Needed []string `json:"needed"`
}

// Simplify returns the most frequent activities of a graph and the most frequent
// paths between them. Every activity that is shown can be reached from a begin and
// reaches an end, as in the whole graph: the widest way there, the one whose
// rarest path is the most frequent, is always shown (as Split Miner has it: Augusto,
// Conforti, Dumas, La Rosa, Polyvyanyy 2019, doi:10.1007/s10115-018-1214-x), with
// activities on it that would be hidden otherwise. At least one activity is shown.
// Ties go by name.
//
// Hiding an activity does not join those around it: that would show paths that
// nobody took (van der Aalst 2019, doi:10.1016/j.procs.2019.12.189). For a map of
// a part of the activities filter the log instead.
//
// Cost: O(n²) in activities and O(e log e) in paths, times the activities that are
// needed.
func Simplify(g *dfg.Graph, cfg SimplifyConfig) (*Simplified, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("simplifying the graph: %w", err)
	}
	d, err := directlyOf(g)
	if err != nil {
		return nil, fmt.Errorf("simplifying the graph: %w", err)
	}
	s := newSimplifier(d, g)
	s.choose(cmp.Or(cfg.Activities, 1))
	s.connect()
	s.paths(cmp.Or(cfg.Paths, 1))
	return s.result(g), nil
}

// simplifier works on the activities by name, the begin n and the end n+1 of cases.
type simplifier struct {
	n       int
	names   []string
	counts  []int64
	ways    []edge // all paths, by from, to
	out, in [][]int
	shown   []bool // activities
	wanted  []bool // by frequency alone
	keep    []bool // paths
}

func newSimplifier(d *directly, g *dfg.Graph) *simplifier {
	n := d.n
	s := &simplifier{n: n, names: d.names, counts: make([]int64, n), shown: make([]bool, n+2), wanted: make([]bool, n+2), out: make([][]int, n+2), in: make([][]int, n+2)}
	for a, name := range g.Activities {
		if i, ok := slices.BinarySearch(d.names, name); ok {
			s.counts[i] = g.Counts[a]
		}
	}
	s.ways = slices.Clone(d.edges)
	for a := range n {
		if d.start[a] > 0 {
			s.ways = append(s.ways, edge{int32(n), int32(a), d.start[a]})
		}
		if d.end[a] > 0 {
			s.ways = append(s.ways, edge{int32(a), int32(n + 1), d.end[a]})
		}
	}
	for i, e := range s.ways {
		s.out[e.from], s.in[e.to] = append(s.out[e.from], i), append(s.in[e.to], i)
	}
	s.keep = make([]bool, len(s.ways))
	return s
}

// choose shows the most frequent activities.
func (s *simplifier) choose(share float64) {
	s.shown[s.n], s.shown[s.n+1] = true, true
	order := indices(s.n)
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.counts[b], s.counts[a]) })
	for _, a := range order[:min(s.n, max(1, int(math.Ceil(share*float64(s.n)-1e-9))))] {
		s.shown[a], s.wanted[a] = true, true
	}
}

// connect keeps the widest ways from the begin and to the end, and shows what lies
// on them.
func (s *simplifier) connect() {
	for _, forth := range []bool{true, false} {
		by := s.widest(forth, s.shown)
		for a := range s.n {
			if !s.shown[a] || by[a] >= 0 {
				continue
			}
			// Only hidden activities lead there.
			whole := s.widest(forth, nil)
			for b := a; whole[b] >= 0; b = s.before(whole[b], forth) {
				s.shown[b] = true
			}
			by = s.widest(forth, s.shown)
		}
		for a := range s.n {
			if s.shown[a] && by[a] >= 0 {
				s.keep[by[a]] = true
			}
		}
	}
}

// before returns where a path comes from on the way from the begin, or goes to on
// the way to the end.
func (s *simplifier) before(way int, forth bool) int {
	if forth {
		return int(s.ways[way].from)
	}
	return int(s.ways[way].to)
}

// widest returns, by activity, the last path of the widest way from the begin, or
// the first of that to the end, among the given activities, nil being all; -1 where
// there is no way (Dijkstra's algorithm with the least count in place of the sum).
func (s *simplifier) widest(forth bool, among []bool) []int {
	by := make([]int, s.n+2)
	width := make([]int64, s.n+2)
	done := make([]bool, s.n+2)
	for a := range by {
		by[a] = -1
	}
	at, ways := s.n, s.out
	if !forth {
		at, ways = s.n+1, s.in
	}
	width[at] = math.MaxInt64
	for at >= 0 {
		done[at] = true
		for _, i := range ways[at] {
			e := s.ways[i]
			to := int(e.to)
			if !forth {
				to = int(e.from)
			}
			if w := min(width[at], e.count); to < s.n && !done[to] && (among == nil || among[to]) && w > width[to] {
				width[to], by[to] = w, i
			}
		}
		at = -1
		for a := range s.n {
			if !done[a] && width[a] > 0 && (at < 0 || width[a] > width[at]) {
				at = a
			}
		}
	}
	return by
}

// paths keeps the most frequent paths between what is shown.
func (s *simplifier) paths(share float64) {
	var between []int
	kept := 0
	for i, e := range s.ways {
		if s.shown[e.from] && s.shown[e.to] {
			between = append(between, i)
			if s.keep[i] {
				kept++
			}
		}
	}
	slices.SortStableFunc(between, func(i, j int) int { return cmp.Compare(s.ways[j].count, s.ways[i].count) })
	for _, i := range between {
		if float64(kept) >= share*float64(len(between))-1e-9 {
			return
		}
		if !s.keep[i] {
			s.keep[i] = true
			kept++
		}
	}
}

func (s *simplifier) result(g *dfg.Graph) *Simplified {
	out := &Simplified{Graph: &dfg.Graph{Cases: g.Cases, Empty: g.Empty, Events: g.Events}}
	h := &out.Hidden
	h.Activities, h.Needed, h.Events = []string{}, []string{}, g.Events
	at := make([]int, s.n)
	for a := range s.n {
		if !s.shown[a] {
			h.Activities = append(h.Activities, s.names[a])
			h.Occurrences += s.counts[a]
			continue
		}
		if !s.wanted[a] {
			h.Needed = append(h.Needed, s.names[a])
		}
		at[a] = len(out.Graph.Activities)
		out.Graph.Activities = append(out.Graph.Activities, s.names[a])
		out.Graph.Counts = append(out.Graph.Counts, s.counts[a])
		out.Graph.Starts, out.Graph.Ends = append(out.Graph.Starts, 0), append(out.Graph.Ends, 0)
	}
	original := map[string]int{}
	for i, name := range g.Activities {
		original[name] = i
	}
	for i, e := range s.ways {
		h.Of += e.count
		switch from, to := int(e.from), int(e.to); {
		case !s.keep[i]:
			h.Paths++
			h.Followed += e.count
		case from == s.n:
			out.Graph.Starts[at[to]] = e.count
		case to == s.n+1:
			out.Graph.Ends[at[from]] = e.count
		default:
			whole, _ := g.Edge(original[s.names[from]], original[s.names[to]])
			whole.From, whole.To, whole.Count = at[from], at[to], e.count
			out.Graph.Edges = append(out.Graph.Edges, whole)
		}
	}
	if h.Paths > 0 || len(h.Activities) > 0 {
		out.Warnings = append(out.Warnings, hides(h))
	}
	return out
}

func hides(h *Hidden) error {
	share := func(n, of int64) float64 { return 100 * float64(n) / float64(max(of, 1)) }
	return &measure.Doubt{
		EN: fmt.Sprintf("the map hides %d activities (%d of %d events, %.1f %%) and %d paths (taken %d of %d times, %.1f %%)",
			len(h.Activities), h.Occurrences, h.Events, share(h.Occurrences, h.Events), h.Paths, h.Followed, h.Of, share(h.Followed, h.Of)),
		RU: fmt.Sprintf("карта скрывает действий: %d (событий %d из %d, %.1f %%) и переходов: %d (пройдены %d раз из %d, %.1f %%)",
			len(h.Activities), h.Occurrences, h.Events, share(h.Occurrences, h.Events), h.Paths, h.Followed, h.Of, share(h.Followed, h.Of)),
	}
}
