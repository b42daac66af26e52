package petri

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
)

// Sample returns up to count traces that the net allows, of at most length
// activities: random walks from the initial to the final marking in which each
// enabled transition is equally likely. Walks that do not arrive in time are left
// out, so that there may be fewer. The same seed gives the same traces. The net
// must be valid.
func (n *Net) Sample(seed uint64, count, length int) [][]string {
	r := rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
	goal := n.goal()
	var out [][]string
	for tries := 0; len(out) < count && tries < 4*count; tries++ {
		m := n.start()
		trace := []string{}
		for steps := 0; ; steps++ {
			enabled := n.Enabled(m)
			if slices.Equal(m, goal) && (len(enabled) == 0 || r.IntN(2) == 0) {
				out = append(out, trace)
				break
			}
			if len(enabled) == 0 || len(trace) == length && allVisible(n, enabled) || steps > 20*(length+len(n.Transitions)+1) {
				break
			}
			t := enabled[r.IntN(len(enabled))]
			if !n.Transitions[t].Silent {
				if len(trace) == length {
					continue
				}
				trace = append(trace, n.Transitions[t].Label)
			}
			m = n.fire(m, t)
		}
	}
	return out
}

func allVisible(n *Net, transitions []int) bool {
	return !slices.ContainsFunc(transitions, func(t int) bool { return n.Transitions[t].Silent })
}

// searchStates bounds the search for one trace.
const searchStates = 20_000

// Comparison says how far two nets were seen to behave alike.
type Comparison struct {
	Samples [2]int // traces drawn from each net
	Shared  [2]int // of them, those that the other net allows
	Unknown [2]int // of them, those for which this could not be found out
	// Missing is, for each net, the shortest of its traces that the other does not
	// allow; nil where there is none.
	Missing [2][]string
}

// Equal reports whether no difference was found. It is a proof only of difference.
func (c Comparison) Equal() bool { return c.Missing[0] == nil && c.Missing[1] == nil }

// Compare draws up to count traces of at most length activities from each net and
// asks the other whether it allows them, which is given up after searchStates
// markings. The same seed gives the same result. The only error is the context's. The
// nets must be valid.
func Compare(ctx context.Context, a, b *Net, seed uint64, count, length int) (Comparison, error) {
	var c Comparison
	for i, nets := range [2][2]*Net{{a, b}, {b, a}} {
		for _, trace := range nets[0].Sample(seed, count, length) {
			if err := ctx.Err(); err != nil {
				return c, fmt.Errorf("comparing nets %q and %q: %w", a.Name, b.Name, err)
			}
			c.Samples[i]++
			switch ok, known := nets[1].accepts(trace, searchStates); {
			case ok:
				c.Shared[i]++
			case !known:
				c.Unknown[i]++
			case c.Missing[i] == nil || len(trace) < len(c.Missing[i]):
				c.Missing[i] = trace
			}
		}
	}
	return c, nil
}
