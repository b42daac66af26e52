package processtree

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func letters(s string) []string { return strings.Split(s, "")[:len(s)] }

func TestReplayCountsEachPart(t *testing.T) {
	for name, c := range map[string]struct {
		tree     string
		variants map[string]int64
		want     map[string]int64 // by notation of the node
		deviate  int
	}{
		"choice": {`->( 'a', X( tau, 'b' ) )`, map[string]int64{"a": 3, "ab": 2, "b": 1},
			map[string]int64{`'a'`: 5, `'b'`: 2, `tau`: 3, `X( tau, 'b' )`: 5}, 1},
		"loop": {`*( 'a', X( tau, 'b' ) )`, map[string]int64{"a": 1, "aba": 10, "aaba": 100},
			map[string]int64{`*( 'a', X( tau, 'b' ) )`: 111, `'a'`: 1 + 20 + 300, `'b'`: 110, `tau`: 100}, 0},
		"parallel in a loop": {`*( +( 'a', X( 'b', 'c' ) ), tau )`, map[string]int64{"ab": 1, "caba": 1, "abac": 1, "aab": 1},
			map[string]int64{`*( +( 'a', X( 'b', 'c' ) ), tau )`: 3, `+( 'a', X( 'b', 'c' ) )`: 5, `'a'`: 5, `'b'`: 3, `'c'`: 2, `tau`: 2}, 1},
		"fewest repetitions": {`*( ->( X( tau, 'a' ), X( tau, 'b' ) ), tau )`, map[string]int64{"ab": 1, "": 1, "ba": 1},
			map[string]int64{`->( X( tau, 'a' ), X( tau, 'b' ) )`: 4, `'a'`: 2, `'b'`: 2}, 0},
		"silent do": {`*( tau, 'a', 'b' )`, map[string]int64{"": 1, "aab": 1},
			map[string]int64{`tau`: 1 + 4, `'a'`: 2, `'b'`: 1}, 0},
		"nested loops": {`*( *( 'a', 'b' ), 'c' )`, map[string]int64{"abaca": 1},
			map[string]int64{`*( *( 'a', 'b' ), 'c' )`: 1, `*( 'a', 'b' )`: 2, `'a'`: 3, `'b'`: 1, `'c'`: 1}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			tree := parse(t, c.tree)
			var variants []Variant
			var cases int64
			for v, n := range c.variants {
				variants = append(variants, Variant{letters(v), n})
				cases += n
			}
			got, err := Replay(tree, variants)
			require.NoError(t, err)
			require.Equal(t, cases, got.Cases)
			require.Len(t, got.Deviating, c.deviate)
			require.Equal(t, got.Fitting, got.Executed(tree))
			for _, n := range tree.Nodes() {
				if want, ok := c.want[n.String()]; ok {
					require.Equal(t, want, got.Executed(n), n.String())
				}
			}
		})
	}
}

func TestReplayFlowsBalanceAtEveryGateway(t *testing.T) {
	tree := parse(t, `->( 'a', *( +( 'b', X( tau, 'c', 'd' ) ), X( 'e', tau ) ), X( 'f', 'g' ) )`)
	variants := []struct {
		Activities []string
		Count      int64
	}{{letters("abcf"), 7}, {letters("abebdg"), 5}, {letters("abbebg"), 3}}
	counts, err := Replay(tree, variants)
	require.NoError(t, err)
	require.Empty(t, counts.Deviating)
	d := Draw(tree, "p")
	require.NoError(t, d.Definitions.Validate())
	flows := counts.Flows(d)
	p := d.Definitions.Processes[0]
	byGateway := map[string]int64{}
	for _, f := range p.Flows {
		if n, ok := flows[f.ID]; ok {
			byGateway[f.Source] += n
		}
	}
	// Split_1 is the loop's, Split_2 the parallel, Split_3 the choice of c and d.
	require.Equal(t, map[string]int64{"Split_1": 7 + 2*5 + 3*3, "Split_3": 7 + 2*5 + 3*3, "Split_4": 15}, byGateway)
	require.Len(t, d.Tasks, 7)
}

func TestReplayRefuses(t *testing.T) {
	_, err := Replay(parse(t, `->( 'a', 'a' )`), []Variant{})
	require.EqualError(t, err, `replaying variants: label "a" stands at two leaves`)
	_, err = New(Loop).Accepts(nil)
	require.ErrorContains(t, err, "replaying a trace: operator * has no children")
}

func TestDrawIsBlockStructured(t *testing.T) {
	d := BPMN(parse(t, `->( 'a', X( tau, *( 'b', X( 'c', tau ) ) ) )`), "example")
	require.NoError(t, d.Validate())
	var edges []string
	for _, f := range d.Processes[0].Flows {
		edges = append(edges, f.Source+" "+f.Target)
	}
	require.ElementsMatch(t, []string{
		"Start Task_1", "Task_1 Split_1", "Split_1 Join_1", "Split_1 Join_2", "Join_2 Task_2", "Task_2 Split_2",
		"Split_2 Task_3", "Task_3 Join_2", "Split_2 Join_2", "Split_2 Join_1", "Join_1 End",
	}, edges)
	empty := BPMN(Tau(), "nothing")
	require.NoError(t, empty.Validate())
	require.Len(t, empty.Processes[0].Flows, 1)
}
