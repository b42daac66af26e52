package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/alignment"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

// draw returns the net of lines "a: p q > r 2*s", silent where the label begins with
// "tau", with one token in place "i" at first and one in "o" at last.
func draw(lines ...string) *petri.Net {
	n := &petri.Net{Name: "drawn"}
	at := map[string]int{}
	arcs := func(s string) (out []petri.Arc) {
		for _, name := range strings.Fields(s) {
			weight := 1
			if w, rest, heavy := strings.Cut(name, "*"); heavy {
				_, _ = fmt.Sscan(w, &weight)
				name = rest
			}
			p, known := at[name]
			if !known {
				p = len(n.Places)
				at[name] = p
				n.Places = append(n.Places, petri.Place{ID: name})
			}
			out = append(out, petri.Arc{Place: p, Weight: weight})
		}
		return out
	}
	arcs("i o")
	for k, line := range lines {
		label, rest, _ := strings.Cut(line, ":")
		in, out, _ := strings.Cut(rest, ">")
		n.Transitions = append(n.Transitions, petri.Transition{
			ID: fmt.Sprintf("t%d", k), Label: label, Silent: strings.HasPrefix(label, "tau"), In: arcs(in), Out: arcs(out),
		})
	}
	n.Initial, n.Final = make(petri.Marking, len(n.Places)), make(petri.Marking, len(n.Places))
	n.Initial[at["i"]], n.Final[at["o"]] = 1, 1
	return n
}

func replay(t testing.TB, n *petri.Net, notation string) *Replayed {
	t.Helper()
	l := logtest.Parse(notation)
	r, err := Replay(t.Context(), n, l.Activities(), l.Variants(), Config{})
	require.NoError(t, err)
	return r
}

func TestReplayByHand(t *testing.T) {
	for _, c := range []struct {
		name                                   string
		net                                    []string
		log                                    string
		missing, consumed, remaining, produced int64
		deviations                             []Deviation
		warning                                string
	}{
		{
			// Net N2 and trace σ3 of van der Aalst, Process Mining (2016), section 8.2.
			name: "textbook",
			net: []string{
				"a: i > p1", "c: p1 > p2", "d: p2 > p3", "e: p3 > p4", "f: p4 > p1", "g: p4 > o", "h: p4 > o",
			},
			log: "<a,d,c,e,h>", missing: 1, consumed: 6, remaining: 1, produced: 6,
			deviations: []Deviation{
				{Kind: MissingTokens, Event: 1, Transition: 2, Place: 3, Tokens: 1},
				{Kind: RemainingTokens, Event: 5, Transition: -1, Place: 3, Tokens: 1},
			},
		},
		{
			name: "unknown activities are skipped",
			net:  []string{"a: i > o"},
			log:  "<x,a,x>", consumed: 2, produced: 2,
			deviations: []Deviation{{Kind: LogOnly, Transition: -1, Place: -1}, {Kind: LogOnly, Event: 2, Transition: -1, Place: -1}},
			warning:    "2 of 3 events are of 1 activities that the model does not have; replay skips them",
		},
		{
			name: "the shortest silent path",
			net:  []string{"tau1: i > p", "tau2: p > q", "tau3: i > q", "a: q > o"},
			log:  "<a>", consumed: 3, produced: 3,
		},
		{
			name: "the shortest silent path is wrong, the net allows the trace",
			net:  []string{"tau1: i > p", "a: p > end", "tau2: i > q", "tau3: q > r", "a: r > o"},
			log:  "<a>", consumed: 4, produced: 4,
		},
		{
			// c never came; tau2 could still fire, and would leave more.
			name: "an end that is not reached",
			net:  []string{"a: i > p q", "b: p > p2", "c: q > q2", "tau1: p2 q2 > o", "tau2: p2 > x y"},
			log:  "<a,b>", missing: 1, consumed: 3, remaining: 2, produced: 4,
			deviations: []Deviation{
				{Kind: MissingTokens, Event: 2, Transition: -1, Place: 1, Tokens: 1},
				{Kind: RemainingTokens, Event: 2, Transition: -1, Place: 3, Tokens: 1},
				{Kind: RemainingTokens, Event: 2, Transition: -1, Place: 4, Tokens: 1},
			},
		},
		{
			name: "silent transitions that leave fewest tokens",
			net:  []string{"a: i > p q r", "tau1: p q > s", "b: r > r2", "tau2: s r2 > o"},
			log:  "<a>", missing: 1, consumed: 4, remaining: 2, produced: 5,
			deviations: []Deviation{
				{Kind: MissingTokens, Event: 1, Transition: -1, Place: 1, Tokens: 1},
				{Kind: RemainingTokens, Event: 1, Transition: -1, Place: 4, Tokens: 1},
				{Kind: RemainingTokens, Event: 1, Transition: -1, Place: 5, Tokens: 1},
			},
		},
		{
			// The example of DESIGN.md: the skip of c changes nothing and does not fire.
			name: "silent transitions that change nothing",
			net:  []string{"a: i > p", "tau1: p > b1 d1 c1", "b: b1 > b2", "d: d1 > d2", "c: c1 > c2", "tau2: c1 > c2", "tau3: b2 d2 c2 > o"},
			log:  "<a,d>", missing: 1, consumed: 4, remaining: 3, produced: 6,
			deviations: []Deviation{
				{Kind: MissingTokens, Event: 2, Transition: -1, Place: 1, Tokens: 1},
				{Kind: RemainingTokens, Event: 2, Transition: -1, Place: 3, Tokens: 1},
				{Kind: RemainingTokens, Event: 2, Transition: -1, Place: 5, Tokens: 1},
				{Kind: RemainingTokens, Event: 2, Transition: -1, Place: 7, Tokens: 1},
			},
		},
		{
			name: "of two transitions the one that lacks less",
			net:  []string{"a: p q > o", "a: r > o", "b: i > r2"},
			log:  "<a>", missing: 1, consumed: 2, remaining: 1, produced: 2,
			deviations: []Deviation{
				{Kind: MissingTokens, Event: 0, Transition: 1, Place: 4, Tokens: 1},
				{Kind: RemainingTokens, Event: 1, Transition: -1, Place: 0, Tokens: 1},
			},
		},
		{
			name: "weights",
			net:  []string{"a: i > 3*p", "b: 2*p > q", "c: p q > o"},
			log:  "<a,b,c>", consumed: 6, produced: 6,
		},
		{
			name: "the empty trace",
			net:  []string{"a: i > o"},
			log:  "<>", missing: 1, consumed: 1, remaining: 1, produced: 1,
			deviations: []Deviation{
				{Kind: MissingTokens, Transition: -1, Place: 1, Tokens: 1},
				{Kind: RemainingTokens, Transition: -1, Place: 0, Tokens: 1},
			},
		},
		{
			name: "more tokens than a byte counts",
			net:  []string{"a: i > 300*p", "b: 299*p > q", "c: p q > o"},
			log:  "<a,b,c>", consumed: 303, produced: 303,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := replay(t, draw(c.net...), c.log)
			v := r.Variants[0]
			require.Equal(t, []int64{c.missing, c.consumed, c.remaining, c.produced}, []int64{v.Missing, v.Consumed, v.Remaining, v.Produced})
			require.Equal(t, c.deviations, v.Deviations)
			require.Equal(t, c.missing+c.remaining == 0, v.Fits)
			require.InDelta(t, (1-float64(c.missing)/float64(c.consumed))/2+(1-float64(c.remaining)/float64(c.produced))/2, r.LogFitness, 1e-15)
			if c.warning == "" {
				require.Empty(t, r.Warnings)
			} else {
				require.Equal(t, []string{c.warning}, measure.Texts(r.Warnings))
			}
		})
	}
}

func TestManyTokensRemain(t *testing.T) {
	n := draw("a: i > i p", "b: i > o")
	activities := eventlog.NewDictionary("a", "b")
	v := eventlog.Variant{Activities: append(make([]eventlog.Code, 1000), 1), Count: 1}
	r, err := Replay(t.Context(), n, activities, []eventlog.Variant{v}, Config{})
	require.NoError(t, err)
	require.Equal(t, int64(1000), r.Variants[0].Remaining)
}

func TestOverlayOfAReplay(t *testing.T) {
	r := replay(t, draw("a: i > p", "b: p > q", "tau: q > o"), "<a,b>^3 <b,x> <a,b,b>")
	require.Equal(t, []TransitionFlow{
		{ID: "t0", Label: "a", Executed: 4, Synchronous: 4},
		{ID: "t1", Label: "b", Executed: 6, Synchronous: 4, Forced: 2, MissingTokens: 2},
		{ID: "t2", Label: "tau", Silent: true, Executed: 5},
	}, r.Overlay.Transitions)
	require.Equal(t, []ActivityFlow{
		{Activity: "a", InModel: true, Events: 4, Synchronous: 4},
		{Activity: "b", InModel: true, Events: 6, Synchronous: 4, Forced: 2},
		{Activity: "x", Events: 1, LogOnly: 1},
	}, r.Overlay.Activities)
}

// After ⟨a⟩ the net allows b, c and d; d is never taken.
func TestPrecisionByHand(t *testing.T) {
	n := draw("a: i > p", "b: p > o", "c: p > o", "d: p > o")
	l := logtest.Parse("<a,b>^3 <a,c>")
	p, err := EscapingEdges(t.Context(), n, l.Activities(), l.Variants(), Config{})
	require.NoError(t, err)
	require.Equal(t, 1-4.0/16, p.Value)

	// ⟨b⟩ does not replay, x stays a part of its prefix: ⟨⟩ 2·1, ⟨a⟩ and ⟨a,x⟩ 1·3 each.
	l = logtest.Parse("<a,x,b> <b,a>")
	p, err = EscapingEdges(t.Context(), n, l.Activities(), l.Variants(), Config{})
	require.NoError(t, err)
	require.Equal(t, Edges{Allowed: 8, Escaping: 5, Prefixes: 4, Unreplayed: 1, Skipped: 1, Markings: 3}, p.Edges)
	require.Equal(t, []string{"precision leaves out 1 of 5 prefixes of traces, which the model does not allow"}, measure.Texts(p.Warnings))

	l = logtest.Parse("<b,a>")
	p, err = EscapingEdges(t.Context(), draw("a: p > o"), l.Activities(), l.Variants(), Config{})
	require.NoError(t, err)
	require.True(t, math.IsNaN(p.Value))
	require.Len(t, p.Warnings, 1)
}

// The worked example of the package documentation.
func TestPeerMissesAnActivity(t *testing.T) {
	tree, err := processtree.Parse("->( +( *( 'Accepted', tau ), ->( *( 'Queued', tau ), X( tau, 'Unmatched' ) ) ), *( 'Completed', tau ) )")
	require.NoError(t, err)
	for _, n := range []*petri.Net{processtree.Petri(tree, "tree"), sharedNet(t, "bpic13_incidents", "imf02.pnml")} {
		plain := brute{n, 1000}
		at, _, _ := plain.silently(n.Initial)
		for _, label := range []string{"Accepted", "Queued"} {
			var after []petri.Marking
			for _, m := range at {
				for _, x := range n.Enabled(m) {
					if n.Transitions[x].Label == label {
						m, err := n.Fire(m, x)
						require.NoError(t, err)
						after = append(after, m)
					}
				}
			}
			at, _, _ = plain.silently(after...)
		}
		allowed := map[string]bool{}
		for _, m := range at {
			for _, x := range n.Enabled(m) {
				if !n.Transitions[x].Silent {
					allowed[n.Transitions[x].Label] = true
				}
			}
		}
		require.Equal(t, map[string]bool{"Accepted": true, "Queued": true, "Unmatched": true, "Completed": true}, allowed)

		l := logtest.Parse("<Accepted,Queued,Completed>")
		p, err := EscapingEdges(t.Context(), n, l.Activities(), l.Variants(), Config{})
		require.NoError(t, err)
		require.Equal(t, int64(2+2+4), p.Edges.Allowed)
		require.Equal(t, int64(1+1+3), p.Edges.Escaping)
	}
}

func TestAlignedPrecisionByHand(t *testing.T) {
	n := draw("a: i > p", "b: p > q", "c: p > q", "d: q > o")
	l := logtest.Parse("<a,d>^2 <a,x,c,d>")
	r, err := Check(t.Context(), n, l, Config{Method: Alignments})
	require.NoError(t, err)
	require.Equal(t, int64(3), *r.TotalCost)
	require.Equal(t, int64(3), *r.ProvedTraces)
	require.Equal(t, int64(0), *r.FittingTraces)
	// The shortest run is of 3 activities: 1/5 is lost twice, 1/7 once.
	require.InDelta(t, 1-3.0/17, float64(r.LogFitness), 1e-15)
	require.InDelta(t, (2*(1-1.0/5)+(1-1.0/7))/3, float64(r.AverageTraceFitness), 1e-15)
	// Runs ⟨a,b or c,d⟩: behind ⟨⟩ 1, ⟨a⟩ 2, ⟨a,·⟩ 1 activities, for 3 traces.
	escaping := int64(0)
	if r.Alignments.Alignments[0].Moves[1].Transition == 2 {
		escaping = 3 // c stands in for the missing step too, so that b is never taken
	}
	require.Equal(t, Edges{Allowed: 12, Escaping: escaping, Prefixes: 9, Markings: r.Edges.Markings}, r.Edges)
	require.Equal(t, ActivityFlow{Activity: "x", Events: 1, LogOnly: 1}, r.Overlay.Activities[4])
	require.Equal(t, []Deviation{{Kind: ModelOnly, Event: 1, Transition: r.Alignments.Alignments[0].Moves[1].Transition, Place: -1}}, r.Variants[0].Deviations)

	p, err := AlignedPrecision(t.Context(), n, l.Activities(), l.Variants(), r.Alignments, Config{})
	require.NoError(t, err)
	require.Equal(t, float64(r.Precision), p.Value)
	_, err = AlignedPrecision(t.Context(), n, l.Activities(), l.Variants(), &alignment.Result{}, Config{})
	require.ErrorContains(t, err, "wanted one alignment for each variant")
}

func TestQuality(t *testing.T) {
	require.InDelta(t, 1-(1+1+0.5)/3, Generalisation([]int64{0, 1, 4}), 1e-15)
	require.True(t, math.IsNaN(Generalisation(nil)))
	require.Equal(t, 1.0, Simplicity(draw("a: i > o")))
	require.InDelta(t, 1/(1+8.0/3-2), Simplicity(draw("a: i > o p", "b: p > o i", "c: i > o")), 1e-15)
	require.True(t, math.IsNaN(Simplicity(&petri.Net{})))
}

func TestJSON(t *testing.T) {
	l := logtest.Parse("<a,b> <a,x>")
	r, err := Check(t.Context(), draw("a: i > p", "b: p > o"), l, Config{})
	require.NoError(t, err)
	b, err := json.Marshal(r)
	require.NoError(t, err)
	require.Equal(t, `{"log_fitness":0.8,"average_trace_fitness":0.75,"fitting_traces":1,"traces":2,"precision":1,`+
		`"generalisation":0.14644660940672627,"simplicity":1,"total_cost":null,"proved_traces":null,"cost_low":null,"cost_high":null,"method":"replay",`+
		`"warnings":["1 of 4 events are of 1 activities that the model does not have; replay skips them"]}`, string(b))

	r, err = Check(t.Context(), draw("a: i > o"), eventlog.NewBuilder("empty").Log(), Config{})
	require.NoError(t, err)
	b, err = json.Marshal(r)
	require.NoError(t, err)
	require.Equal(t, `{"log_fitness":null,"average_trace_fitness":null,"fitting_traces":null,"traces":0,"precision":null,`+
		`"generalisation":null,"simplicity":1,"total_cost":null,"proved_traces":null,"cost_low":null,"cost_high":null,"method":"replay",`+
		`"warnings":["the log has no trace, so fitness and precision cannot be told"]}`, string(b))
	require.Equal(t, []string{"в журнале нет ни одной трассы, поэтому соответствие и точность определить нельзя"}, measure.TextsIn("ru", r.Warnings))
	for _, m := range []Method{TokenReplay, Alignments} {
		back, err := ParseMethod(m.String())
		require.NoError(t, err)
		require.Equal(t, m, back)
	}
	_, err = ParseMethod("guess")
	require.EqualError(t, err, `method "guess", wanted replay or alignment`)
}

func TestRefused(t *testing.T) {
	l := logtest.Parse("<a>")
	check := func(n *petri.Net, cfg Config) string {
		_, err := Check(t.Context(), n, l, cfg)
		require.Error(t, err)
		return err.Error()
	}
	n := draw("a: i > o")
	n.Final = nil
	require.Equal(t, `checking: net "drawn" has no final marking, wanted one to end in`, check(n, Config{}))
	n = draw("a: i > o")
	n.Initial = nil
	require.Equal(t, `checking: net "drawn" has no initial marking, wanted one to start from`, check(n, Config{}))
	n = draw("a: i > o")
	n.Transitions[0].In[0].Place = 9
	require.Contains(t, check(n, Config{}), "arc with place 9 of 2")
	require.Equal(t, "checking: net is missing", check(nil, Config{}))
	require.Contains(t, check(draw("a: i > 70000*o"), Config{}), "weight 70000, wanted at most 65536")
	require.Equal(t, "checking: states at most -1, wanted 0 to 134217728\nbudget -1ns, wanted 0 or more\n-1 workers, wanted 0 or more",
		check(draw("a: i > o"), Config{MaxStates: -1, Budget: -1, Workers: -1}))
}

// tangled is a net whose silent transitions have far too many markings, and no
// independent parts: tokens move around a ring.
func tangled() *petri.Net {
	const size = 40
	lines := []string{"a: i >"}
	for k := range size {
		if k%2 == 0 {
			lines[0] += fmt.Sprintf(" p%d", k)
		}
		lines = append(lines, fmt.Sprintf("tau: p%d > p%d", k, (k+1)%size), fmt.Sprintf("tau: p%d p%d > p%d p%d", k, (k+7)%size, (k+3)%size, (k+5)%size))
	}
	lines = append(lines, "b: 25*p1 > o")
	return draw(lines...)
}

func TestBoundIsTold(t *testing.T) {
	l := logtest.Parse("<a,b>")
	r, err := Check(t.Context(), tangled(), l, Config{MaxStates: 5000})
	require.NoError(t, err)
	texts := measure.Texts(r.Warnings)
	require.Len(t, texts, 3)
	require.Equal(t, "for 1 of 1 traces a search for silent transitions stopped after 50 markings; their fitness may be too low", texts[0])
	require.Equal(t, "whether 1 of 1 traces fit was left to the shortest silent paths: an exact search needs more than 50 markings", texts[1])
	require.Contains(t, texts[2], "precision cannot be told: more than 50")
	require.True(t, math.IsNaN(float64(r.Precision)))
	require.Equal(t, int64(0), *r.FittingTraces)
	again, err := Check(t.Context(), tangled(), l, Config{MaxStates: 5000, Workers: 2})
	require.NoError(t, err)
	require.Equal(t, texts, measure.Texts(again.Warnings))
}

func TestBudgetIsTold(t *testing.T) {
	l := logtest.Parse("<a,b>")
	r, err := Check(t.Context(), tangled(), l, Config{MaxStates: 1 << 27, Budget: 20 * time.Millisecond})
	require.NoError(t, err)
	require.Equal(t, []string{"fitness cannot be told: the budget of 20ms was spent before", "precision cannot be told: the budget of 20ms was spent before"}, measure.Texts(r.Warnings))
	require.Nil(t, r.FittingTraces)
	require.Equal(t, int64(1), r.Traces)

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = Check(ctx, tangled(), l, Config{MaxStates: 1 << 27, Budget: time.Hour})
	require.ErrorIs(t, err, context.DeadlineExceeded, "the caller's own deadline")
}

func TestCancel(t *testing.T) {
	l := logtest.Parse("<a,b>")
	before := runtime.NumGoroutine()
	for name, check := range map[string]func(ctx context.Context) error{
		"replay": func(ctx context.Context) error {
			_, err := Replay(ctx, tangled(), l.Activities(), l.Variants(), Config{MaxStates: 1 << 27})
			return err
		},
		"precision": func(ctx context.Context) error {
			_, err := EscapingEdges(ctx, tangled(), l.Activities(), l.Variants(), Config{MaxStates: 1 << 27})
			return err
		},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		err := check(ctx)
		cancel()
		require.True(t, errors.Is(err, context.DeadlineExceeded), "%s: %v", name, err)
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}
