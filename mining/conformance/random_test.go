package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

// randomNet returns a small net with labels a to d and silent transitions: of a
// random process tree, or, more often than not unsound, of random arcs.
func randomNet(r *rand.Rand) *petri.Net {
	if r.IntN(3) == 0 {
		return processtree.Petri(randomTree(r, 3), "tree")
	}
	n := &petri.Net{Name: "random"}
	for p := range 3 + r.IntN(4) {
		n.Places = append(n.Places, petri.Place{ID: fmt.Sprint("p", p)})
	}
	arcs := func(least int) []petri.Arc {
		var out []petri.Arc
		for range least + r.IntN(2) {
			p := r.IntN(len(n.Places))
			if !slices.ContainsFunc(out, func(a petri.Arc) bool { return a.Place == p }) {
				out = append(out, petri.Arc{Place: p, Weight: 1 + r.IntN(8)/7})
			}
		}
		return out
	}
	for t := range 2 + r.IntN(6) {
		x := petri.Transition{ID: fmt.Sprint("t", t), Silent: r.IntN(2) == 0, In: arcs(1), Out: arcs(r.IntN(2))}
		if !x.Silent {
			x.Label = string(rune('a' + r.IntN(4)))
		}
		n.Transitions = append(n.Transitions, x)
	}
	n.Initial, n.Final = make(petri.Marking, len(n.Places)), make(petri.Marking, len(n.Places))
	n.Initial[0] = 1 + r.IntN(2)
	n.Final[len(n.Places)-1] = r.IntN(3)
	return n
}

func randomTree(r *rand.Rand, depth int) *processtree.Tree {
	if depth == 0 || r.IntN(4) == 0 {
		if r.IntN(4) == 0 {
			return processtree.Tau()
		}
		return processtree.Leaf(string(rune('a' + r.IntN(4))))
	}
	o := []processtree.Operator{processtree.Sequence, processtree.Choice, processtree.Parallel, processtree.Loop}[r.IntN(4)]
	return processtree.New(o, randomTree(r, depth-1), randomTree(r, depth-1))
}

// randomVariants returns variants over a to e; no net has e.
func randomVariants(r *rand.Rand) (*eventlog.Dictionary, []eventlog.Variant) {
	l := logtest.Random(r.Uint64(), logtest.Config{Cases: 1 + r.IntN(8), Length: 1 + r.IntN(6), Activities: 5, Plain: true})
	return eventlog.NewDictionary(slices.Collect(func(yield func(string) bool) {
		for _, name := range l.Activities().Names() {
			yield(string(rune('a' + name[0] - '0')))
		}
	})...), l.Variants()
}

// brute is the plain search that the package must agree with: over maps of markings,
// with nothing reduced.
type brute struct {
	net   *petri.Net
	limit int
}

// silently returns the markings that silent transitions lead to, with the number of
// firings; false where there are more than the limit.
func (b brute) silently(from ...petri.Marking) (markings []petri.Marking, firings []int, complete bool) {
	seen := map[string]bool{}
	add := func(m petri.Marking, k int) {
		if key := fmt.Sprint(m); !seen[key] {
			seen[key] = true
			markings, firings = append(markings, m), append(firings, k)
		}
	}
	for _, m := range from {
		add(m, 0)
	}
	for i := 0; i < len(markings); i++ {
		if len(markings) > b.limit {
			return markings, firings, false
		}
		for _, t := range b.net.Enabled(markings[i]) {
			if b.net.Transitions[t].Silent {
				m, _ := b.net.Fire(markings[i], t)
				add(m, firings[i]+1)
			}
		}
	}
	return markings, firings, true
}

// enabling returns the fewest silent firings that enable a label, -1 for none.
func (b brute) enabling(m petri.Marking, label string) (int, bool) {
	markings, firings, complete := b.silently(m)
	for i, m := range markings {
		for _, t := range b.net.Enabled(m) {
			if x := b.net.Transitions[t]; !x.Silent && x.Label == label {
				return firings[i], true
			}
		}
	}
	return -1, complete
}

// ending returns the fewest missing and remaining tokens behind silent firings, and
// the fewest such firings.
func (b brute) ending(m petri.Marking) (off, fewest int, complete bool) {
	markings, firings, complete := b.silently(m)
	off = -1
	for i, m := range markings {
		sum := 0
		for p, k := range m {
			sum += max(k-b.net.Final[p], b.net.Final[p]-k)
		}
		if off < 0 || sum < off {
			off, fewest = sum, firings[i]
		}
	}
	return off, fewest, complete
}

// edges is escaping in full: every prefix by itself.
func (b brute) edges(activities *eventlog.Dictionary, variants []eventlog.Variant) (Edges, bool) {
	var sum Edges
	type prefix struct {
		through int64
		at      []petri.Marking
		next    map[string]bool
	}
	in := map[string]bool{}
	for _, t := range b.net.Transitions {
		if !t.Silent {
			in[t.Label] = true
		}
	}
	prefixes := map[string]*prefix{}
	for _, v := range variants {
		at := []petri.Marking{slices.Clone(b.net.Initial)}
		key := ""
		for _, a := range v.Activities {
			name := activities.Name(a)
			var complete bool
			if at, _, complete = b.silently(at...); !complete {
				return sum, false
			}
			x := prefixes[key]
			if x == nil {
				x = &prefix{at: at, next: map[string]bool{}}
				prefixes[key] = x
			}
			x.through += int64(v.Count)
			x.next[name] = true
			key += name
			if !in[name] {
				sum.Skipped += int64(v.Count)
				continue
			}
			var after []petri.Marking
			for _, m := range at {
				for _, t := range b.net.Enabled(m) {
					if x := b.net.Transitions[t]; !x.Silent && x.Label == name {
						m, _ := b.net.Fire(m, t)
						after = append(after, m)
					}
				}
			}
			at = after
		}
	}
	for _, x := range prefixes {
		if len(x.at) == 0 {
			sum.Unreplayed += x.through
			continue
		}
		allowed := map[string]bool{}
		for _, m := range x.at {
			for _, t := range b.net.Enabled(m) {
				if t := b.net.Transitions[t]; !t.Silent {
					allowed[t.Label] = true
				}
			}
		}
		sum.Prefixes += x.through
		for label := range allowed {
			sum.Allowed += x.through
			if !x.next[label] {
				sum.Escaping += x.through
			}
		}
	}
	return sum, true
}
