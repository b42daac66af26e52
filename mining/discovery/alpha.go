package discovery

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/petri"
)

// AlphaConfig bounds the alpha miner.
type AlphaConfig struct {
	// MaxPlaces is the number of places beyond which the miner gives up: they may
	// grow exponentially with the activities. 0 stands for 100,000.
	MaxPlaces int
}

// Validate returns what is wrong with the configuration, nil where nothing is.
func (c AlphaConfig) Validate() error {
	if c.MaxPlaces < 0 {
		return fmt.Errorf("the largest number of places is %d, wanted 0 or more", c.MaxPlaces)
	}
	return nil
}

// Alpha returns the Petri net that the alpha algorithm finds in a directly-follows
// graph (van der Aalst, Weijters, Maruster 2004, doi:10.1109/TKDE.2004.47,
// definition 4.3): a transition for each activity, a place for each maximal pair of
// sets of activities such that every one of the first causes every one of the
// second and none follows another of its own set, a source before the activities
// that begin cases and a sink behind those that end them. Cases without events and
// activities without occurrences say nothing here.
//
// The net is that of the process if the log is complete and the process a sound
// structured workflow net without short loops. Else it may deadlock or leave
// tokens behind: check petri.Net.Sound. Activities that follow themselves are in
// no place but the source and the sink, and then may happen at any time.
//
// More places than the configuration allows are an error. Cost: O(n²/64) for n
// activities for each place.
func Alpha(ctx context.Context, g *dfg.Graph, cfg AlphaConfig) (*petri.Net, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("mining by alpha: %w", err)
	}
	d, err := directlyOf(g)
	if err != nil {
		return nil, fmt.Errorf("mining by alpha: %w", err)
	}
	s := &alphaSearch{n: d.n, watch: newWatch(ctx), limit: cfg.MaxPlaces}
	if s.limit == 0 {
		s.limit = 100_000
	}
	pairs, err := s.maximal(d.graph())
	if err != nil {
		return nil, fmt.Errorf("mining by alpha: %w", err)
	}
	b := newNetOf("alpha", d.names)
	source, sink := b.place("source"), b.place("sink")
	for a := range d.n {
		if d.start[a] > 0 {
			b.into(source, a)
		}
		if d.end[a] > 0 {
			b.outOf(a, sink)
		}
	}
	for _, p := range pairs {
		at := b.place(p.name(d.names))
		for a := range p.from.all() {
			b.outOf(a, at)
		}
		for a := range p.to.all() {
			b.into(at, a)
		}
	}
	b.net.Initial[source], b.net.Final[sink] = 1, 1
	return b.net, nil
}

// pair is a place between the activities that fill it and those that empty it.
type pair struct{ from, to set }

func (p pair) name(names []string) string {
	list := func(s set) string {
		var out []string
		for a := range s.all() {
			out = append(out, names[a])
		}
		return "{" + strings.Join(out, ", ") + "}"
	}
	return list(p.from) + " → " + list(p.to)
}

func comparePairs(x, y pair) int {
	if c := slices.Compare(x.from.members(), y.from.members()); c != 0 {
		return c
	}
	return slices.Compare(x.to.members(), y.to.members())
}

// alphaSearch finds the maximal pairs as cliques: of a graph with two vertices for
// each activity, a that fills a place and n+a that empties it, two of them joined
// where they may stand around one place.
type alphaSearch struct {
	n      int
	joined []set // by vertex
	watch  *watch
	limit  int
	found  []pair
}

func (s *alphaSearch) maximal(g *graph) ([]pair, error) {
	n := s.n
	s.joined = make([]set, 2*n)
	for v := range s.joined {
		s.joined[v] = newSet(2 * n)
	}
	join := func(v, w int) {
		s.joined[v].set(w)
		s.joined[w].set(v)
	}
	apart := func(a, b int) bool { return !g.out[a].has(b) && !g.out[b].has(a) }
	for a := range n {
		if !apart(a, a) {
			continue
		}
		for b := range n {
			if !apart(b, b) {
				continue
			}
			if a < b && apart(a, b) {
				join(a, b)
				join(n+a, n+b)
			}
			if g.out[a].has(b) && !g.out[b].has(a) {
				join(a, n+b)
			}
		}
	}
	// Each pair of sets is looked for from its first filling and first emptying
	// activity, so that sets without the other side are never enumerated.
	for a := range n {
		for b := range n {
			if !s.joined[a].has(n + b) {
				continue
			}
			common := and(s.joined[a], s.joined[n+b])
			candidates, excluded := slices.Clone(common), newSet(2*n)
			for v := range common.all() {
				if v < a || v >= n && v < n+b {
					candidates.clear(v)
					excluded.set(v)
				}
			}
			clique := newSet(2 * n)
			clique.set(a)
			clique.set(n + b)
			s.grow(clique, candidates, excluded)
			if s.watch.err != nil {
				return nil, s.watch.err
			}
			if len(s.found) > s.limit {
				return nil, fmt.Errorf("more than %d places", s.limit)
			}
		}
	}
	slices.SortFunc(s.found, comparePairs)
	return s.found, nil
}

// grow enumerates the maximal cliques that hold clique, more of candidates and none
// of excluded (Bron, Kerbosch 1973, doi:10.1145/362342.362367, with a pivot).
func (s *alphaSearch) grow(clique, candidates, excluded set) {
	if s.watch.stop(4*s.n) || len(s.found) > s.limit {
		return
	}
	pivot, most := -1, -1
	for _, side := range []set{candidates, excluded} {
		for v := range side.all() {
			if k := and(s.joined[v], candidates).size(); k > most {
				pivot, most = v, k
			}
		}
	}
	if pivot < 0 {
		p := pair{newSet(s.n), newSet(s.n)}
		for v := range clique.all() {
			if v < s.n {
				p.from.set(v)
			} else {
				p.to.set(v - s.n)
			}
		}
		s.found = append(s.found, p)
		return
	}
	candidates, excluded = slices.Clone(candidates), slices.Clone(excluded)
	for v := range slices.Clone(candidates).all() {
		if s.joined[pivot].has(v) {
			continue
		}
		clique.set(v)
		s.grow(clique, and(candidates, s.joined[v]), and(excluded, s.joined[v]))
		clique.clear(v)
		candidates.clear(v)
		excluded.set(v)
	}
}

// and returns the intersection.
func and(s, t set) set {
	out := make(set, len(s))
	for i := range out {
		out[i] = s[i] & t[i]
	}
	return out
}

// netOf is a Petri net in the making, with a transition for each activity.
type netOf struct{ net *petri.Net }

func newNetOf(name string, activities []string) *netOf {
	b := &netOf{&petri.Net{Name: name}}
	for i, a := range activities {
		b.net.Transitions = append(b.net.Transitions, petri.Transition{ID: fmt.Sprintf("t%d", i+1), Label: a})
	}
	return b
}

// place adds a place with the given name.
func (b *netOf) place(name string) int {
	b.net.Places = append(b.net.Places, petri.Place{ID: fmt.Sprintf("p%d", len(b.net.Places)+1), Name: name})
	b.net.Initial, b.net.Final = append(b.net.Initial, 0), append(b.net.Final, 0)
	return len(b.net.Places) - 1
}

// silent adds a silent transition, which has its identifier for a name.
func (b *netOf) silent(id string) int {
	b.net.Transitions = append(b.net.Transitions, petri.Transition{ID: id, Label: id, Silent: true})
	return len(b.net.Transitions) - 1
}

func (b *netOf) into(place, transition int) {
	t := &b.net.Transitions[transition]
	t.In = append(t.In, petri.Arc{Place: place, Weight: 1})
}

func (b *netOf) outOf(transition, place int) {
	t := &b.net.Transitions[transition]
	t.Out = append(t.Out, petri.Arc{Place: place, Weight: 1})
}
