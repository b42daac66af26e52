package discovery

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// bindings returns bindings as text, such as "bc^20 d^13".
func bindings(c *CausalNet, list []Binding) string {
	var out []string
	for _, b := range list {
		s := ""
		for _, a := range b.Activities {
			if a == Outside {
				s += "."
			} else {
				s += c.Activities[a]
			}
		}
		out = append(out, fmt.Sprintf("%s^%d", s, b.Count))
	}
	return strings.Join(out, " ")
}

// dependencies returns those between activities, such as "ab 0.92".
func dependencies(c *CausalNet) []string {
	var out []string
	for _, d := range c.Dependencies {
		if d.From >= 0 && d.To >= 0 {
			out = append(out, fmt.Sprintf("%s%s %.2f", c.Activities[d.From], c.Activities[d.To], d.Measure))
		}
	}
	return out
}

// TestHeuristicsByHand: the log of van der Aalst, Process Mining (2016,
// doi:10.1007/978-3-662-49851-4), section 7.2, with the measures of its table and
// the graphs and bindings that it draws.
func TestHeuristicsByHand(t *testing.T) {
	log := "ae*5 abce*10 acbe*10 abe ace ade*10 adde*2 addde"
	variants, activities := letters(log)
	c, err := Heuristics(context.Background(), variants, activities, HeuristicsConfig{Dependency: 0.7, LoopOne: 0.7, Binding: 0.02})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c", "d", "e"}, c.Activities)
	require.Equal(t, []int64{40, 21, 21, 17, 40}, c.Counts)
	require.Equal(t, []string{"ab 0.92", "ac 0.92", "ad 0.93", "ae 0.83", "be 0.92", "ce 0.92", "dd 0.80", "de 0.93"}, dependencies(c))
	require.Equal(t, "bc^20 d^13 e^5 b^1 c^1", bindings(c, c.Outputs[0]))
	require.Equal(t, "bc^20 d^13 a^5 b^1 c^1", bindings(c, c.Inputs[4]))
	require.Equal(t, "a^13 d^4", bindings(c, c.Inputs[3]))
	require.Equal(t, "e^13 d^4", bindings(c, c.Outputs[3]))
	require.Equal(t, "a^40", bindings(c, c.Starts))
	require.Equal(t, c.Occurrences, c.Kept)
	net := c.Petri("L")
	require.NoError(t, net.Validate())
	for _, v := range traces(log) {
		ok, err := net.Accepts(v.Activities)
		require.NoError(t, err)
		require.True(t, ok, v.Activities)
	}

	// With the threshold of the paper a to e and the repetition of d are left out.
	c, err = Heuristics(context.Background(), variants, activities, HeuristicsConfig{})
	require.NoError(t, err)
	require.Equal(t, []string{"ab 0.92", "ac 0.92", "ad 0.93", "be 0.92", "ce 0.92", "de 0.93"}, dependencies(c))
	require.Less(t, c.Kept, c.Occurrences)
	require.NoError(t, c.Petri("L").Validate())
}

func TestHeuristicsLoops(t *testing.T) {
	for log, want := range map[string][]string{
		"ac*10 abac*10 ababac*10": {"ab 0.98", "ac 0.97", "ba 0.98"}, // aba 30, bab 10: 40/41
		"a*5 aa*20 aaa*20":        {"aa 0.98"},
	} {
		variants, activities := letters(log)
		c, err := Heuristics(context.Background(), variants, activities, HeuristicsConfig{})
		require.NoError(t, err)
		net := c.Petri("loop")
		require.NoError(t, net.Validate())
		for _, v := range traces(log) {
			ok, err := net.Accepts(v.Activities)
			require.NoError(t, err)
			require.True(t, ok, v.Activities)
		}
		require.Equal(t, want, dependencies(c))
	}
}

// TestHeuristicsAndTheReference compares with PM4Py's dependency graph at its
// settings: pairs after cleaning, and dependencies kept. On the logs where a loop of
// two joins activities that repeat themselves PM4Py keeps it, while step 3 of the
// paper's algorithm takes only activities without a loop of one: more there.
func TestHeuristicsAndTheReference(t *testing.T) {
	more := map[string]int{"sepsis": 20, "bpic12": 22}
	cfg := HeuristicsConfig{Dependency: 0.5, LoopOne: 0.5, LoopTwo: 0.5, Noise: 0.05, Unconnected: true}
	for _, s := range logtest.SharedLogs {
		t.Run(s.Name, func(t *testing.T) {
			want, ok := reference(t, s.Name, "heu_net")
			if !ok {
				t.Skip("no reference for this log")
			}
			l := logtest.Bare(t, s.File)
			sub, err := coded(l.Variants(), l.Activities(), newWatch(context.Background()))
			require.NoError(t, err)
			h := newHeuristics(sub, cfg.filled())
			h.accept()
			pairs, kept, between := 0, 0, 0
			for a := range h.n {
				for b := range h.n {
					if h.count[a*h.size+b] > 0 {
						pairs++
					}
					if h.accepted[a*h.size+b] {
						kept++
					} else if a != b && h.measureTwo(a, b) >= 0.5 {
						between++
					}
				}
			}
			require.Equal(t, want["dep_pairs"], pairs)
			require.Equal(t, want["kept_edges"], kept+more[s.Name])
			require.LessOrEqual(t, more[s.Name], between)
		})
	}
}

func checkCausal(t *testing.T, l *eventlog.Log, cfg HeuristicsConfig) *CausalNet {
	t.Helper()
	c, err := Heuristics(context.Background(), l.Variants(), l.Activities(), cfg)
	require.NoError(t, err)
	net := c.Petri("mined")
	require.NoError(t, net.Validate())
	var labels []string
	for _, x := range net.Transitions {
		if !x.Silent {
			labels = append(labels, x.Label)
		}
	}
	require.Equal(t, c.Activities, slices.Clip(labels))
	require.LessOrEqual(t, c.Kept, c.Occurrences)
	has := map[[2]int]bool{}
	for _, d := range c.Dependencies {
		require.False(t, math.IsNaN(d.Measure))
		has[[2]int{d.From, d.To}] = true
	}
	for a, list := range c.Outputs {
		for _, b := range list {
			for _, x := range b.Activities {
				require.True(t, has[[2]int{a, x}])
			}
		}
	}
	for a, list := range c.Inputs {
		for _, b := range list {
			for _, x := range b.Activities {
				require.True(t, has[[2]int{x, a}])
			}
		}
	}
	return c
}

// TestHeuristicsOnRandomLogs: the net is valid; where every binding is kept and
// every occurrence has one, it allows every variant.
func TestHeuristicsOnRandomLogs(t *testing.T) {
	complete := 0
	for seed := range uint64(200) {
		l := logtest.Random(seed, logtest.Config{Plain: true, Cases: 5, Length: 5, Activities: 4})
		checkCausal(t, l, HeuristicsConfig{})
		c := checkCausal(t, l, HeuristicsConfig{Dependency: -1, LoopOne: 1e-9, LoopTwo: 1e-9, Binding: 1e-9})
		if c.Kept < c.Occurrences {
			continue
		}
		complete++
		net := c.Petri("mined")
		for _, v := range named(l) {
			if len(v.Activities) == 0 {
				continue
			}
			ok, err := net.Accepts(v.Activities)
			require.NoError(t, err)
			require.True(t, ok, v.Activities)
		}
	}
	require.Greater(t, complete, 50)
}

func TestHeuristicsOnSharedLogs(t *testing.T) {
	for _, s := range logtest.SharedLogs {
		t.Run(s.Name, func(t *testing.T) {
			c := checkCausal(t, logtest.Bare(t, s.File), HeuristicsConfig{})
			net := c.Petri("mined")
			t.Logf("%d dependencies, %d of %d occurrences kept, %d places, %d transitions", len(c.Dependencies), c.Kept, c.Occurrences, len(net.Places), len(net.Transitions))
		})
	}
}

func TestHeuristicsRefuses(t *testing.T) {
	variants, activities := letters("a")
	_, err := Heuristics(context.Background(), variants, activities, HeuristicsConfig{Dependency: 2, Noise: math.NaN(), Observations: -1})
	require.ErrorContains(t, err, "dependency threshold is 2, wanted -1 to 1")
	require.ErrorContains(t, err, "noise is NaN")
	require.ErrorContains(t, err, "least number of observations is -1")
}
