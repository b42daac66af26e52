package alignment

import (
	"context"
	"encoding/json"
	"github.com/uprava/uprava/mining/logtest"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

// net returns the net of a tree in the notation of PM4Py.
func net(t testing.TB, tree string) *petri.Net {
	t.Helper()
	parsed, err := processtree.Parse(tree)
	require.NoError(t, err)
	return processtree.Petri(parsed, "net")
}

func TestHandWorked(t *testing.T) {
	for _, x := range []struct {
		tree, trace string
		cost        int
	}{
		{"->('a','b','c')", "abc", 0},
		{"->('a','b','c')", "", 3},
		{"->('a','b','c')", "acb", 2},
		{"->('a','b','c')", "azbc", 1},           // z: no transition
		{"X('a','b')", "ab", 1},                  //
		{"X('a','b')", "z", 2},                   // z, and a step
		{"+('a','b','c')", "cab", 0},             //
		{"+('a',->('b','c'))", "cab", 2},         // c before b
		{"*('a','b')", "abaab", 2},               // a b a [b] a [b]: add one, drop one
		{"*('a',tau)", "", 1},                    //
		{"->(*(+('a','b'),'c'),'d')", "abcd", 1}, // leave c out: once more through the loop costs 2
	} {
		t.Run(x.tree+" "+x.trace, func(t *testing.T) { check(t, net(t, x.tree), x.trace, x.cost, Config{}) })
	}
}

// TestWovenMoves reads a whole alignment: the branches of a parallel interleave
// as the events demand, and events that nobody knows stay in their place.
func TestWovenMoves(t *testing.T) {
	n := net(t, "->('a',+(->('b','c'),->('d','e')),'f')")
	d, v := letters("adzbcf")
	r, err := Align(context.Background(), n, d, []eventlog.Variant{v}, Config{})
	require.NoError(t, err)
	got := ""
	for _, m := range r.Alignments[0].Moves {
		switch m.Kind {
		case Synchronous:
			got += n.Transitions[m.Transition].Label
		case ModelMove:
			got += "+" + n.Transitions[m.Transition].Label
		case LogMove:
			got += "-" + d.Name(v.Activities[m.Event])
		}
	}
	require.Equal(t, "ad-zbc+ef", got)
	require.Equal(t, [][]string{{"a", "d", "b", "c", "e", "f"}}, r.ModelTraces(n))
	require.Equal(t, 6, r.WorstCost)
	f := r.Fitness([]eventlog.Variant{v})
	require.InDelta(t, 1-2.0/12, f.LogLow, 1e-12)
	require.Equal(t, f.LogLow, f.AverageHigh)
	require.Zero(t, f.Fitting)
	b, err := json.Marshal(r.Alignments[0].Moves[0])
	require.NoError(t, err)
	require.JSONEq(t, `{"kind":"synchronous","event":0,"transition":0}`, string(b))
	var back Move
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, r.Alignments[0].Moves[0], back)
}

func TestNoVariants(t *testing.T) {
	d, _ := letters("")
	r, err := Align(context.Background(), net(t, "->('a','b')"), d, nil, Config{})
	require.NoError(t, err)
	require.Empty(t, r.Alignments)
	require.Equal(t, 2, r.WorstCost)
	require.Equal(t, Fitness{LogLow: 1, LogHigh: 1, AverageLow: 1, AverageHigh: 1}, r.Fitness(nil))
}

func TestFaults(t *testing.T) {
	d, v := letters("a")
	one := []eventlog.Variant{v}
	places := func(n int) []petri.Place {
		return []petri.Place{{ID: "p"}, {ID: "q"}}[:n]
	}
	for _, x := range []struct {
		name string
		net  *petri.Net
		cfg  Config
		want string
	}{
		{"configuration", net(t, "'a'"), Config{MaxStates: -1, Budget: -1, Workers: -1}, "aligning: states per variant: -1, wanted 0 to 50000000\nbudget: -1ns, wanted 0 or more\nworkers: -1, wanted 0 or more"},
		{"not valid", &petri.Net{Name: "n", Places: places(1), Initial: petri.Marking{1, 1}}, Config{}, `aligning with net "n": initial marking of 2 places, wanted 1`},
		{"tokens", &petri.Net{Name: "n", Places: places(1), Initial: petri.Marking{300}}, Config{}, `reading the initial marking: place "p": 300 tokens, wanted at most 255`},
		{"not easy sound", &petri.Net{Name: "n", Places: places(2), Initial: petri.Marking{1, 0}, Final: petri.Marking{0, 1}}, Config{}, "the final marking cannot be reached from the initial one"},
		{"endless", &petri.Net{Name: "n", Places: places(2), Initial: petri.Marking{1, 0}, Final: petri.Marking{0, 1}, Transitions: []petri.Transition{
			{ID: "t", Label: "a", In: []petri.Arc{{Place: 0, Weight: 1}}, Out: []petri.Arc{{Place: 0, Weight: 2}}},
		}}, Config{}, "the final marking was not reached within"},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, err := Align(context.Background(), x.net, d, one, x.cfg)
			require.ErrorContains(t, err, x.want)
		})
	}
}

func TestVerifyFindsFaults(t *testing.T) {
	n := net(t, "->('a','b')")
	d, v := letters("ab")
	good := Alignment{Moves: []Move{{Synchronous, 0, 0}, {Synchronous, 1, 1}}, Proved: true}
	require.NoError(t, Verify(n, d, v, good))
	for want, change := range map[string]func(a *Alignment){
		"kind 9":            func(a *Alignment) { a.Moves[0].Kind = 9 },
		"event 1, wanted 0": func(a *Alignment) { a.Moves[0].Event = 1 },
		"is not enabled":    func(a *Alignment) { a.Moves[0] = Move{LogMove, 0, -1} },
		"labelled \"b\"":    func(a *Alignment) { a.Moves[0].Transition = 1 },
		"silent move of":    func(a *Alignment) { a.Moves[0] = Move{Silent, -1, 0} },
		"transition 7 of 2": func(a *Alignment) { a.Moves[0].Transition = 7 },
		"wanted -1":         func(a *Alignment) { a.Moves[0].Kind = ModelMove },
		"after 1 of 2":      func(a *Alignment) { a.Moves = a.Moves[:1] },
		"final marking":     func(a *Alignment) { a.Moves[1] = Move{LogMove, 1, -1} },
		"cost 1":            func(a *Alignment) { a.Cost, a.High, a.Low = 1, 1, 1 },
		"bounds 0 to 0":     func(a *Alignment) { a.Proved = false },
	} {
		a := good
		a.Moves = slices.Clone(good.Moves)
		change(&a)
		require.ErrorContains(t, Verify(n, d, v, a), want)
	}
}

// hard returns a net without block structure that has no state machines to bound
// it by, and variants that fit it badly.
func hard() (*petri.Net, *eventlog.Dictionary, []eventlog.Variant) {
	n := &petri.Net{Name: "hard"}
	place := func() int {
		n.Places = append(n.Places, petri.Place{ID: "p" + string(rune('A'+len(n.Places)))})
		return len(n.Places) - 1
	}
	source, sink := place(), place()
	split := petri.Transition{ID: "split", Silent: true, In: []petri.Arc{{Place: source, Weight: 1}}}
	join := petri.Transition{ID: "join", Silent: true, Out: []petri.Arc{{Place: sink, Weight: 1}}}
	for i := range 8 {
		p, q := place(), place()
		split.Out = append(split.Out, petri.Arc{Place: p, Weight: 2})
		join.In = append(join.In, petri.Arc{Place: q, Weight: 2})
		n.Transitions = append(n.Transitions, petri.Transition{ID: "t" + string(rune('a'+i)), Label: string(rune('a' + i)), In: []petri.Arc{{Place: p, Weight: 1}}, Out: []petri.Arc{{Place: q, Weight: 1}}})
	}
	n.Transitions = append(n.Transitions, split, join)
	n.Initial, n.Final = make(petri.Marking, len(n.Places)), make(petri.Marking, len(n.Places))
	n.Initial[source], n.Final[sink] = 1, 1
	r := rand.New(rand.NewPCG(1, 4))
	d, _ := letters("")
	var variants []eventlog.Variant
	for i := range 40 {
		_, v := letters(randomTrace(r, "abcdefgh", 25))
		v.Count = i + 1
		variants = append(variants, v)
	}
	return n, d, variants
}

func TestStatesCut(t *testing.T) {
	n, d, variants := hard()
	exact, err := Align(context.Background(), n, d, variants, Config{})
	require.NoError(t, err)
	require.EqualValues(t, 820, exact.Proved)
	var first []byte
	for _, workers := range []int{1, 2, 4} {
		old := runtime.GOMAXPROCS(workers)
		r, err := Align(context.Background(), n, d, variants, Config{MaxStates: 300})
		runtime.GOMAXPROCS(old)
		require.NoError(t, err)
		b, err := json.Marshal(r)
		require.NoError(t, err)
		if first == nil {
			first = b
		}
		require.Equal(t, string(first), string(b))
		require.False(t, r.Cut)
		require.Less(t, r.Proved, exact.Proved)
		require.Len(t, r.Warnings, 1)
		require.NotEmpty(t, measure.TextsIn("ru", r.Warnings))
		require.Less(t, r.TotalLow, r.TotalHigh)
		require.LessOrEqual(t, r.TotalLow, exact.TotalLow)
		require.GreaterOrEqual(t, r.TotalHigh, exact.TotalHigh)
		for i, v := range variants {
			require.NoError(t, Verify(n, d, v, r.Alignments[i]))
			require.LessOrEqual(t, r.Alignments[i].Low, exact.Alignments[i].Cost)
			require.GreaterOrEqual(t, r.Alignments[i].High, exact.Alignments[i].Cost)
		}
	}
}

// TestKnown takes a net that is not sound, full of markings from which no way
// leads to the end: the beam finds good alignments nevertheless.
func TestKnown(t *testing.T) {
	n := storedNet(t, "sepsis", "heuristics.pnml")
	l := logtest.Bare(t, "Sepsis.xes.gz")
	variants := l.Variants()[:400]
	exact, err := Align(context.Background(), n, l.Activities(), variants, Config{})
	require.NoError(t, err)
	for i := range variants {
		require.NoError(t, Verify(n, l.Activities(), variants[i], exact.Alignments[i]))
	}
	r, err := Align(context.Background(), n, l.Activities(), variants, Config{MaxStates: 5000})
	require.NoError(t, err)
	require.Less(t, r.Proved, exact.Proved)
	for i, v := range variants {
		a := r.Alignments[i]
		require.NoError(t, Verify(n, l.Activities(), v, a))
		require.LessOrEqual(t, a.Low, exact.Alignments[i].High)
		require.GreaterOrEqual(t, a.High, exact.Alignments[i].Low)
	}
	require.Less(t, r.TotalHigh, exact.TotalHigh*12/10)
	t.Logf("5000 states: cost %d to %d, %d proved; 2,000,000: %d to %d, %d proved", r.TotalLow, r.TotalHigh, r.Proved, exact.TotalLow, exact.TotalHigh, exact.Proved)
}

func TestBudget(t *testing.T) {
	n, d, variants := hard()
	r, err := Align(context.Background(), n, d, variants, Config{Budget: 20 * time.Millisecond})
	require.NoError(t, err)
	require.True(t, r.Cut)
	require.Len(t, r.Warnings, 2)
	for i, v := range variants {
		require.NoError(t, Verify(n, d, v, r.Alignments[i]))
	}
	f := r.Fitness(variants)
	require.Less(t, f.LogLow, f.LogHigh)
	require.GreaterOrEqual(t, f.AverageLow, 0.0)

	n = net(t, "->('a','b')")
	r, err = Align(context.Background(), n, d, variants, Config{Budget: time.Nanosecond})
	require.NoError(t, err)
	require.True(t, r.Cut)
	for i, v := range variants {
		require.NoError(t, Verify(n, d, v, r.Alignments[i]))
	}
	r, err = Align(context.Background(), n, d, variants, Config{Budget: time.Hour})
	require.NoError(t, err)
	require.False(t, r.Cut)
	require.Empty(t, r.Warnings)
}

func TestCancel(t *testing.T) {
	n, d, variants := hard()
	before := runtime.NumGoroutine()
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := Align(ctx, n, d, variants, Config{Workers: 4})
	require.ErrorIs(t, err, context.Canceled)
	_, err = Align(ctx, net(t, "'a'"), d, variants, Config{})
	require.ErrorIs(t, err, context.Canceled)
	for range 1000 { // a goroutine that is done may take a moment to be gone
		if runtime.NumGoroutine() <= before {
			break
		}
		time.Sleep(time.Millisecond)
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

func TestSameBytes(t *testing.T) {
	t.Run("blocks", func(t *testing.T) { sameBytes(t, storedNet(t, "sepsis", "imf02.pnml"), 60) })
	t.Run("search", func(t *testing.T) { sameBytes(t, storedNet(t, "sepsis", "heuristics.pnml"), 300) })
}

func sameBytes(t *testing.T, n *petri.Net, states int) {
	l := logtest.Bare(t, "Sepsis.xes.gz")
	var first []byte
	for _, workers := range []int{1, 2, 4} {
		old := runtime.GOMAXPROCS(workers)
		r, err := Align(context.Background(), n, l.Activities(), l.Variants(), Config{MaxStates: states})
		runtime.GOMAXPROCS(old)
		require.NoError(t, err)
		require.Less(t, r.Proved, int64(l.Cases()))
		b, err := json.Marshal(r)
		require.NoError(t, err)
		if first == nil {
			first = b
		}
		require.True(t, string(first) == string(b))
	}
}
