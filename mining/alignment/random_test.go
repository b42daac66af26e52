package alignment

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
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
	text := func(m petri.Marking) string {
		var b []byte
		for _, tokens := range m {
			b = binary.AppendUvarint(b, uint64(tokens))
		}
		return string(b)
	}
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

// letters returns a variant of the letters of a text, with a dictionary.
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

// seeds returns how many random nets to try: a fifth in short tests.
func seeds(n uint64) uint64 {
	if testing.Short() {
		return n / 5
	}
	return n
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
	for seed := range seeds(300) {
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
			check(t, n, trace, want, Config{Workers: 1})
		}
	}
	require.Greater(t, folded, 40)
	require.Positive(t, shared)
}

// randomNet returns a net without any structure: arcs with weights, labels that
// repeat, transitions without places before or behind them.
func randomNet(r *rand.Rand) *petri.Net {
	n := &petri.Net{Name: "random"}
	places := 1 + r.IntN(6)
	for p := range places {
		n.Places = append(n.Places, petri.Place{ID: fmt.Sprint("p", p)})
	}
	weight := func() int {
		if r.IntN(6) == 0 {
			return 2
		}
		return 1
	}
	arcs := func(most int) []petri.Arc {
		var out []petri.Arc
		for _, p := range r.Perm(places)[:min(places, r.IntN(most+1))] {
			out = append(out, petri.Arc{Place: p, Weight: weight()})
		}
		return out
	}
	for i := range 1 + r.IntN(8) {
		t := petri.Transition{ID: fmt.Sprint("t", i), Label: string(rune('a' + r.IntN(4))), Silent: r.IntN(3) == 0, In: arcs(2), Out: arcs(2)}
		if len(t.In) == 0 && r.IntN(4) > 0 {
			t.In = []petri.Arc{{Place: r.IntN(places), Weight: 1}}
		}
		n.Transitions = append(n.Transitions, t)
	}
	n.Initial, n.Final = make(petri.Marking, places), make(petri.Marking, places)
	n.Initial[0] = 1 + r.IntN(2)
	n.Final[places-1] = 1
	if r.IntN(4) == 0 {
		n.Final[r.IntN(places)]++
	}
	return n
}

func TestNetsAgreeWithBruteForce(t *testing.T) {
	reached, unreached, unknown, parts := 0, 0, 0, 0
	for seed := range seeds(4000) {
		r := rand.New(rand.NewPCG(seed, 2))
		n := randomNet(r)
		_, ok := brute(n, nil, 2000)
		if !ok {
			unknown++
			continue
		}
		for range 2 {
			trace := randomTrace(r, "abcdz", 6)
			want, ok := brute(n, split(trace), 3000)
			if !ok {
				continue
			}
			if want < 0 {
				unreached++
				d, v := letters(trace)
				_, err := Align(context.Background(), n, d, []eventlog.Variant{v}, Config{Workers: 1})
				require.ErrorContains(t, err, "cannot be reached")
				continue
			}
			reached++
			m, err := compile(n)
			require.NoError(t, err)
			parts += len(m.parts)
			check(t, n, trace, want, Config{Workers: 1})
		}
	}
	t.Logf("%d reached, %d unreached, %d unknown, %d components", reached, unreached, unknown, parts)
	require.Greater(t, reached, 200)
	require.Positive(t, parts)
}

// searched returns the alignments of a search, also where the net has a block
// structure.
func searched(t testing.TB, n *petri.Net, d *eventlog.Dictionary, variants []eventlog.Variant, cfg Config) *Result {
	t.Helper()
	m, err := compile(n)
	require.NoError(t, err)
	m.machines = nil
	j := &job{model: m, cfg: cfg, variants: variants, labels: m.codes(d)}
	r, err := j.run(context.Background())
	require.NoError(t, err)
	return r
}

func TestSearchAgreesWithBlocks(t *testing.T) {
	for seed := range seeds(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		tree := randomTree(r, 1+r.IntN(4), uniqueLabels())
		n := processtree.Petri(tree, "random")
		d, _ := letters("")
		var variants []eventlog.Variant
		for range 5 {
			_, v := letters(randomTrace(r, "abcdefghiz", 12))
			variants = append(variants, v)
		}
		want, err := Align(context.Background(), n, d, variants, Config{Workers: 1})
		require.NoError(t, err)
		got := searched(t, n, d, variants, Config{Workers: 1})
		for i := range variants {
			require.NoError(t, Verify(n, d, variants[i], want.Alignments[i]))
			require.NoError(t, Verify(n, d, variants[i], got.Alignments[i]))
			require.Equal(t, want.Alignments[i].Cost, got.Alignments[i].Cost, "%s %v", tree, variants[i].Activities)
		}
	}
}

// disturbed returns the net of a random tree to which some transitions and arcs
// were added: mostly free-choice, with state machines, no block structure.
func disturbed(r *rand.Rand) *petri.Net {
	label := uniqueLabels()
	if r.IntN(2) == 0 {
		label = func() string { return string(rune('a' + r.IntN(5))) }
	}
	n := processtree.Petri(randomTree(r, 1+r.IntN(3), label), "disturbed")
	for i := range 1 + r.IntN(3) {
		n.Transitions = append(n.Transitions, petri.Transition{
			ID: fmt.Sprint("more", i), Label: string(rune('a' + r.IntN(5))), Silent: r.IntN(2) == 0,
			In: []petri.Arc{{Place: r.IntN(len(n.Places)), Weight: 1}}, Out: []petri.Arc{{Place: r.IntN(len(n.Places)), Weight: 1}},
		})
	}
	if t := &n.Transitions[r.IntN(len(n.Transitions))]; r.IntN(4) == 0 {
		if p := r.IntN(len(n.Places)); !slices.ContainsFunc(t.Out, func(a petri.Arc) bool { return a.Place == p }) {
			t.Out = append(slices.Clone(t.Out), petri.Arc{Place: p, Weight: 1})
		}
	}
	return n
}

func TestDisturbedNetsAgreeWithBruteForce(t *testing.T) {
	searches, folds, parts := 0, 0, 0
	for seed := range seeds(1500) {
		r := rand.New(rand.NewPCG(seed, 5))
		n := disturbed(r)
		for range 2 {
			trace := randomTrace(r, "abcdefz", 7)
			want, ok := brute(n, split(trace), 2000)
			if !ok || want < 0 {
				continue
			}
			m, err := compile(n)
			require.NoError(t, err)
			if m.machines == nil {
				searches++
				parts += len(m.parts)
			} else {
				folds++
			}
			check(t, n, trace, want, Config{Workers: 1})
		}
	}
	t.Logf("%d searches with %d components, %d folded", searches, parts, folds)
	require.Greater(t, searches, 100)
	require.Greater(t, parts, 100)
}

func FuzzAlign(f *testing.F) {
	f.Add(uint64(1), "abc")
	f.Add(uint64(2), "")
	f.Add(uint64(3), "zzabab")
	f.Fuzz(func(t *testing.T, seed uint64, text string) {
		r := rand.New(rand.NewPCG(seed, 6))
		var n *petri.Net
		switch seed % 3 {
		case 0:
			n = randomNet(r)
		case 1:
			n = disturbed(r)
		default:
			n = processtree.Petri(randomTree(r, 3, uniqueLabels()), "fuzz")
		}
		trace := make([]byte, min(len(text), 8))
		for i := range trace {
			trace[i] = "abcdefghiz"[text[i]%10]
		}
		d, v := letters(string(trace))
		cfg := Config{MaxStates: 2000, Workers: 1}
		got, err := Align(context.Background(), n, d, []eventlog.Variant{v}, cfg)
		if err != nil {
			if want, ok := brute(n, nil, 500); ok {
				require.Equal(t, -1, want, "%v", err)
			}
			return
		}
		a := got.Alignments[0]
		require.NoError(t, Verify(n, d, v, a))
		require.GreaterOrEqual(t, a.Low, 0)
		fit := got.Fitness([]eventlog.Variant{v})
		require.True(t, 0 <= fit.LogLow && fit.LogLow <= fit.LogHigh && fit.LogHigh <= 1)
		if want, ok := brute(n, split(string(trace)), 2000); ok {
			require.LessOrEqual(t, a.Low, want)
			require.GreaterOrEqual(t, a.High, want)
		}
	})
}
