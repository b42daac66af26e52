package discovery

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/processtree"
)

// graphOf returns the directly-follows graph of a log written as letters.
func graphOf(s string) *dfg.Graph {
	var b strings.Builder
	for _, v := range traces(s) {
		b.WriteString("<" + strings.Join(v.Activities, ",") + ">^" + itoa(v.Count) + " ")
	}
	return dfg.Discover(logtest.Parse(b.String()))
}

func TestInductiveDirectlyByHand(t *testing.T) {
	for name, c := range map[string]struct {
		log   string
		noise float64
		want  string
	}{
		"nothing":           {"", 0, `tau`},
		"empty traces":      {"-*2 a*5", 0, `X( tau, 'a' )`},
		"few empty traces":  {"-*1 a*9", 0.2, `'a'`},
		"one activity":      {"a*5", 0, `'a'`},
		"repeated":          {"a aa", 0, `*( 'a', tau )`},
		"choice":            {"a b", 0, `X( 'a', 'b' )`},
		"skipped together":  {"abcd ad", 0, `->( 'a', X( tau, ->( 'b', 'c' ) ), 'd' )`},
		"skipped at either": {"abc bc ab", 0, `->( X( tau, 'a' ), 'b', X( tau, 'c' ) )`},
		"L1":                {"abcd*3 acbd*2 aed", 0, `->( 'a', X( +( 'b', 'c' ), 'e' ), 'd' )`},
		"loop":              {"ab abcab", 0, `*( ->( 'a', 'b' ), 'c' )`},
		"another round":     {"ab abab", 0, `*( ->( 'a', 'b' ), tau )`},
		"noise":             {"abc*99 cab*1", 0.2, `->( 'a', 'b', 'c' )`},
		// c is skipped in a branch of the parallel: a graph cannot tell.
		"lost skip": {"ac ca a", 0, `+( 'a', 'c' )`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := InductiveDirectly(context.Background(), graphOf(c.log), InductiveConfig{Noise: c.noise})
			require.NoError(t, err)
			require.Equal(t, c.want, got.String())
		})
	}
}

// randomTree returns a tree of the class that the paper finds again: distinct
// activities, no silent steps, loops whose do part begins and ends differently.
func randomTree(r *rand.Rand, labels []string) *processtree.Tree {
	if len(labels) == 1 {
		return processtree.Leaf(labels[0])
	}
	o := []processtree.Operator{processtree.Sequence, processtree.Choice, processtree.Parallel, processtree.Loop}[r.IntN(4)]
	if o == processtree.Loop && len(labels) < 3 {
		o = processtree.Sequence
	}
	at := 1 + r.IntN(len(labels)-1)
	if o == processtree.Loop {
		at = 2 + r.IntN(len(labels)-2)
		do := processtree.New(processtree.Sequence, randomTree(r, labels[:1]), randomTree(r, labels[1:at]))
		return processtree.New(o, do, randomTree(r, labels[at:]))
	}
	return processtree.New(o, randomTree(r, labels[:at]), randomTree(r, labels[at:]))
}

// TestInductiveFindsTreesAgain: both miners return the tree that made a log of all
// its traces up to a length.
func TestInductiveFindsTreesAgain(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 150 {
		tree := randomTree(r, strings.Split("abcde"[:2+r.IntN(4)], ""))
		words, err := processtree.Petri(tree, "").Language(9)
		require.NoError(t, err)
		var log []string
		for _, w := range words {
			log = append(log, strings.Join(w, ""))
		}
		want := tree.Reduce().Sorted().String()
		if len(words) > 2000 || strings.Count(want, "*") > 1 {
			continue // the traces of nested loops are longer
		}
		s := strings.Join(log, " ")
		got, err := InductiveDirectly(context.Background(), graphOf(s), InductiveConfig{})
		require.NoError(t, err)
		require.Equal(t, want, got.Sorted().String(), "IMd, from %s", s)
		got, err = Inductive(context.Background(), traces(s), InductiveConfig{})
		require.NoError(t, err)
		require.Equal(t, want, got.Sorted().String(), "IM, from %s", s)
	}
}

func TestInductiveDirectlyIsSoundOnRandomLogs(t *testing.T) {
	for seed := range uint64(300) {
		g := dfg.Discover(logtest.Random(seed, logtest.Config{Cases: 5, Length: 7}))
		for _, noise := range []float64{0, 0.2, 1} {
			tree, err := InductiveDirectly(context.Background(), g, InductiveConfig{Noise: noise})
			require.NoError(t, err)
			require.NoError(t, tree.Validate())
			require.NoError(t, processtree.Petri(tree, "mined").Sound(), tree)
			if noise == 0 {
				require.Equal(t, g.Activities, tree.Activities())
			}
		}
	}
}

func TestInductiveDirectlyRefuses(t *testing.T) {
	for want, g := range map[string]*dfg.Graph{
		"1 activities, 0 counts":              {Activities: []string{"a"}},
		"edge 0 leads from activity 0 to 1":   {Activities: []string{"a"}, Counts: []int64{1}, Starts: []int64{1}, Ends: []int64{1}, Edges: []dfg.Edge{{To: 1}}},
		`activity "a" stands in the graph tw`: {Activities: []string{"a", "a"}, Counts: []int64{1, 1}, Starts: []int64{1, 1}, Ends: []int64{1, 1}},
		`activity "a": 1 occurrences, 2 at`:   {Activities: []string{"a"}, Counts: []int64{1}, Starts: []int64{2}, Ends: []int64{1}},
	} {
		_, err := InductiveDirectly(context.Background(), g, InductiveConfig{})
		require.ErrorContains(t, err, want)
	}
}
