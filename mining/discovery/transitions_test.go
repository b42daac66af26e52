package discovery

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/logtest"
)

func TestPrefixes(t *testing.T) {
	variants, activities := letters("abc*3 ab*2 ad -*4 b")
	tree, err := Prefixes(context.Background(), variants, activities)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c", "d"}, tree.Activities)
	require.Equal(t, []PrefixNode{
		{Activity: -1, Parent: -1, Cases: 11, Ends: 4},
		{Activity: 0, Parent: 0, Depth: 1, Cases: 6},
		{Activity: 1, Parent: 1, Depth: 2, Cases: 5, Ends: 2},
		{Activity: 2, Parent: 2, Depth: 3, Cases: 3, Ends: 3},
		{Activity: 3, Parent: 1, Depth: 2, Cases: 1, Ends: 1},
		{Activity: 1, Parent: 0, Depth: 1, Cases: 1, Ends: 1},
	}, tree.Nodes)
}

// names returns the states and steps as text.
func steps(s *TransitionSystem) []string {
	var out []string
	for _, t := range s.Transitions {
		out = append(out, fmt.Sprintf("%s %s %s %d", s.States[t.From].Name, s.Activities[t.Activity], s.States[t.To].Name, t.Count))
	}
	return out
}

func TestTransitionsByHand(t *testing.T) {
	variants, activities := letters("abcd*3 acbd*2 aed")
	for name, c := range map[string]struct {
		cfg  TransitionConfig
		want []string
	}{
		"sets of the past": {TransitionConfig{Abstraction: AsSet}, []string{
			"{} a {a} 6", "{a} b {a, b} 3", "{a} c {a, c} 2", "{a} e {a, e} 1", "{a, b} c {a, b, c} 3",
			"{a, b, c} d {a, b, c, d} 5", "{a, c} b {a, b, c} 2", "{a, e} d {a, d, e} 1"}},
		"last activity": {TransitionConfig{Horizon: 1}, []string{
			"⟨⟩ a ⟨a⟩ 6", "⟨a⟩ b ⟨b⟩ 3", "⟨a⟩ c ⟨c⟩ 2", "⟨a⟩ e ⟨e⟩ 1", "⟨b⟩ c ⟨c⟩ 3", "⟨b⟩ d ⟨d⟩ 2", "⟨c⟩ b ⟨b⟩ 2", "⟨c⟩ d ⟨d⟩ 3", "⟨e⟩ d ⟨d⟩ 1"}},
		"multisets of the future": {TransitionConfig{Abstraction: AsMultiset, Future: true}, []string{
			"[a, b, c, d] a [b, c, d] 5", "[b, c, d] b [c, d] 3", "[b, c, d] c [b, d] 2", "[c, d] c [d] 3", "[d] d [] 6", "[b, d] b [d] 2", "[a, d, e] a [d, e] 1", "[d, e] e [d] 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Transitions(context.Background(), variants, activities, c.cfg)
			require.NoError(t, err)
			require.ElementsMatch(t, c.want, steps(s))
			net := s.Petri("states")
			require.NoError(t, net.Validate())
			require.NoError(t, net.Sound())
		})
	}
	variants, activities = letters("aab")
	s, err := Transitions(context.Background(), variants, activities, TransitionConfig{Abstraction: AsMultiset})
	require.NoError(t, err)
	require.Equal(t, []string{"[] a [a] 1", "[a] a [a^2] 1", "[a^2] b [a^2, b] 1"}, steps(s))
	_, err = Transitions(context.Background(), variants, activities, TransitionConfig{Abstraction: 7, Horizon: -1})
	require.ErrorContains(t, err, "abstraction 7 is not known\nhorizon is -1")
}

// TestTransitionsOnRandomLogs: flow is conserved, the net allows the log; the last
// activity alone gives the directly-follows graph, the whole past the prefix tree.
func TestTransitionsOnRandomLogs(t *testing.T) {
	for seed := range uint64(60) {
		l := logtest.Random(seed, logtest.Config{Cases: 10, Length: 6})
		for a := AsSequence; a <= AsSet; a++ {
			for _, h := range []int{0, 1, 2} {
				for _, future := range []bool{false, true} {
					s, err := Transitions(context.Background(), l.Variants(), l.Activities(), TransitionConfig{a, h, future})
					require.NoError(t, err)
					out, in := make([]int64, len(s.States)), make([]int64, len(s.States))
					for i, x := range s.States {
						out[i], in[i] = x.Ends, x.Starts
					}
					for _, e := range s.Transitions {
						out[e.From] += e.Count
						in[e.To] += e.Count
					}
					for i, x := range s.States {
						require.Equal(t, [2]int64{x.Visits, x.Visits}, [2]int64{out[i], in[i]})
					}
					net := s.Petri("states")
					require.NoError(t, net.Validate())
					require.NoError(t, net.Sound())
					for _, v := range named(l) {
						ok, err := net.Accepts(v.Activities)
						require.NoError(t, err)
						require.True(t, ok)
					}
				}
			}
		}
		s, err := Transitions(context.Background(), l.Variants(), l.Activities(), TransitionConfig{Horizon: 1})
		require.NoError(t, err)
		g := dfg.Discover(l)
		starts := 0
		for _, n := range g.Starts {
			if n > 0 {
				starts++
			}
		}
		require.Len(t, s.Transitions, len(g.Edges)+starts)
		s, err = Transitions(context.Background(), l.Variants(), l.Activities(), TransitionConfig{})
		require.NoError(t, err)
		tree, err := Prefixes(context.Background(), l.Variants(), l.Activities())
		require.NoError(t, err)
		require.Len(t, s.States, len(tree.Nodes))
	}
}
