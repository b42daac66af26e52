package discovery

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/logtest"
)

// drawn returns the paths of a graph as text.
func drawn(g *dfg.Graph) []string {
	var out []string
	for i, a := range g.Activities {
		if g.Starts[i] > 0 {
			out = append(out, fmt.Sprintf(">%s %d", a, g.Starts[i]))
		}
		if g.Ends[i] > 0 {
			out = append(out, fmt.Sprintf("%s. %d", a, g.Ends[i]))
		}
	}
	for _, e := range g.Edges {
		out = append(out, fmt.Sprintf("%s%s %d", g.Activities[e.From], g.Activities[e.To], e.Count))
	}
	return out
}

func TestSimplifyByHand(t *testing.T) {
	g := graphOf("abcd*50 acbd*30 axd*5 abbcd*2 d*1")
	for name, c := range map[string]struct {
		cfg    SimplifyConfig
		want   []string
		hidden Hidden
	}{
		"all": {SimplifyConfig{}, drawn(g), Hidden{Events: g.Events, Of: g.Pairs() + 2*88}},
		// The widest ways: begin-a-b-c and d by c; bd, ac and the rest come by count.
		"no more paths than needed": {SimplifyConfig{Paths: 1e-9}, []string{">a 87", "d. 88", "ab 52", "ax 5", "bc 52", "cd 52", "xd 5"},
			Hidden{Events: g.Events, Paths: 5, Followed: 30 + 30 + 30 + 2 + 1, Of: g.Pairs() + 2*88}},
		"without x": {SimplifyConfig{Activities: 0.8, Paths: 0.8}, []string{">a 87", "d. 88", "ab 52", "ac 30", "bc 52", "bd 30", "cb 30", "cd 52"},
			Hidden{Activities: []string{"x"}, Occurrences: 5, Events: g.Events, Paths: 4, Followed: 5 + 5 + 2 + 1, Of: g.Pairs() + 2*88}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Simplify(g, c.cfg)
			require.NoError(t, err)
			require.Equal(t, c.want, drawn(s.Graph))
			c.hidden.Needed = []string{}
			if c.hidden.Activities == nil {
				c.hidden.Activities = []string{}
			}
			require.Equal(t, c.hidden, s.Hidden)
			require.Len(t, s.Warnings, min(c.hidden.Paths, 1))
		})
	}
	// b is frequent, but only a and c lead there and away.
	s, err := Simplify(graphOf("abbbbc*9"), SimplifyConfig{Activities: 0.3})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "c"}, s.Hidden.Needed)
	require.Equal(t, []string{">a 9", "c. 9", "ab 9", "bb 27", "bc 9"}, drawn(s.Graph))
	_, err = Simplify(g, SimplifyConfig{Activities: 2, Paths: -1})
	require.ErrorContains(t, err, "share of activities is 2, wanted 0 to 1\nshare of paths is -1")
}

// TestSimplifyOnRandomLogs: everything shown is connected, paths are those of the
// whole, and shown and hidden make the whole.
func TestSimplifyOnRandomLogs(t *testing.T) {
	for seed := range uint64(200) {
		g := dfg.Discover(logtest.Random(seed, logtest.Config{Activities: 9}))
		for _, cfg := range []SimplifyConfig{{}, {0.1, 0.1}, {0.5, 1e-9}, {1e-9, 1e-9}, {1, 0.3}} {
			s, err := Simplify(g, cfg)
			require.NoError(t, err)
			n := len(s.Graph.Activities)
			require.Positive(t, n)
			forth, back := newGraph(n), newGraph(n)
			total := s.Hidden.Followed
			for _, e := range s.Graph.Edges {
				forth.edge(e.From, e.To)
				back.edge(e.To, e.From)
				total += e.Count
			}
			for i := range n {
				if s.Graph.Starts[i] > 0 {
					forth.starts.set(i)
				}
				if s.Graph.Ends[i] > 0 {
					back.starts.set(i)
				}
				total += s.Graph.Starts[i] + s.Graph.Ends[i]
			}
			require.Equal(t, s.Hidden.Of, total)
			for _, x := range []*graph{forth, back} {
				seen := x.starts
				for range n {
					for a := range seen.all() {
						seen.or(x.out[a])
					}
				}
				require.Equal(t, n, seen.size())
			}
			if cfg == (SimplifyConfig{}) {
				require.Equal(t, g, s.Graph)
			}
		}
	}
}
