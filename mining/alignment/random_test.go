package alignment

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

// brute returns the cost of an optimal alignment, by Dijkstra's algorithm over
// the synchronous product as the definition has it; -1 where the final marking
// is not found, ok false where it was not found within so many states.
func brute(n *petri.Net, trace []string, limit int) (cost int, ok bool) {
	type state struct {
		marking string
		pos     int
	}
	text := func(m petri.Marking) string { return fmt.Sprint([]int(m)) }
	sized := func(m petri.Marking) petri.Marking {
		out := make(petri.Marking, len(n.Places))
		copy(out, m)
		return out
	}
	goal := state{text(sized(n.Final)), len(trace)}
	type item struct {
		m   petri.Marking
		pos int
	}
	dist := map[state]int{}
	level := []item{{sized(n.Initial), 0}}
	for cost := 0; len(level) > 0; cost++ {
		var next []item
		for k := 0; k < len(level); k++ {
			x := level[k]
			s := state{text(x.m), x.pos}
			if _, seen := dist[s]; seen {
				continue
			}
			dist[s] = cost
			if s == goal {
				return cost, true
			}
			if len(dist) > limit {
				return 0, false
			}
			if x.pos < len(trace) {
				next = append(next, item{x.m, x.pos + 1})
			}
			for _, t := range n.Enabled(x.m) {
				to, err := n.Fire(x.m, t)
				if err != nil {
					panic(err)
				}
				switch tr := &n.Transitions[t]; {
				case tr.Silent:
					level = append(level, item{to, x.pos})
				default:
					next = append(next, item{to, x.pos})
					if x.pos < len(trace) && tr.Label == trace[x.pos] {
						level = append(level, item{to, x.pos + 1})
					}
				}
			}
		}
		level = next
	}
	return -1, true
}

// variant returns a variant of the letters of a text, with a dictionary.
func letters(text string) (*eventlog.Dictionary, eventlog.Variant) {
	d := eventlog.NewDictionary("a", "b", "c", "d", "e", "f", "g", "h", "i", "z")
	v := eventlog.Variant{Count: 1}
	for _, r := range text {
		c, _ := d.Code(string(r))
		v.Activities = append(v.Activities, c)
	}
	return d, v
}

func split(text string) []string {
	out := []string{}
	for _, r := range text {
		out = append(out, string(r))
	}
	return out
}

// randomTree returns a tree of unique labels, if they are, out of a to i.
func randomTree(r *rand.Rand, depth int, label func() string) *processtree.Tree {
	if depth == 0 || r.IntN(5) == 0 {
		if r.IntN(4) == 0 {
			return processtree.Tau()
		}
		if l := label(); l != "" {
			return processtree.Leaf(l)
		}
		return processtree.Tau()
	}
	op := []processtree.Operator{processtree.Sequence, processtree.Choice, processtree.Parallel, processtree.Loop}[r.IntN(4)]
	n := 2 + r.IntN(2)
	var children []*processtree.Tree
	for range n {
		children = append(children, randomTree(r, depth-1, label))
	}
	return processtree.New(op, children...)
}

func uniqueLabels() func() string {
	next := 'a'
	return func() string {
		if next > 'i' {
			return ""
		}
		next++
		return string(next - 1)
	}
}

func randomTrace(r *rand.Rand, letters string, length int) string {
	out := make([]byte, r.IntN(length+1))
	for i := range out {
		out[i] = letters[r.IntN(len(letters))]
	}
	return string(out)
}

func check(t *testing.T, n *petri.Net, trace string, want int, cfg Config) {
	t.Helper()
	d, v := letters(trace)
	got, err := Align(context.Background(), n, d, []eventlog.Variant{v}, cfg)
	require.NoError(t, err)
	require.NoError(t, Verify(n, d, v, got.Alignments[0]), trace)
	require.True(t, got.Alignments[0].Proved)
	require.Equal(t, want, got.Alignments[0].Cost, trace)
}

func TestBlocksAgreeWithBruteForce(t *testing.T) {
	folded, shared := 0, 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		label := uniqueLabels()
		if seed%4 == 0 { // labels may repeat
			label = func() string { return string(rune('a' + r.IntN(5))) }
		}
		tree := randomTree(r, 1+r.IntN(4), label)
		n := processtree.Petri(tree, "random")
		m, err := compile(n)
		require.NoError(t, err)
		if seed%4 != 0 {
			require.NotNil(t, m.machines, "%s does not fold", tree)
		}
		if m.machines != nil {
			folded++
		} else {
			shared++
		}
		for range 4 {
			trace := randomTrace(r, "abcdefghiz"[:2+r.IntN(9)], 9)
			want, ok := brute(n, split(trace), 5_000)
			if !ok {
				continue
			}
			t.Run(fmt.Sprintf("%d %s %s", seed, tree, trace), func(t *testing.T) { check(t, n, trace, want, Config{Workers: 1}) })
			if t.Failed() {
				return
			}
		}
	}
	require.Greater(t, folded, 200)
	require.Greater(t, shared, 5)
}
