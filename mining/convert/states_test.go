package convert_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/convert"
)

// with changes the nodes of a diagram.
func with(d *bpmn.Definitions, change map[string]func(n *bpmn.Node)) *bpmn.Definitions {
	for _, n := range d.Processes[0].Nodes {
		if f := change[n.ID]; f != nil {
			f(n)
		}
	}
	return d
}

func contents(nodes string, flows ...string) *bpmn.Process {
	p := diagram(nodes, flows...).Processes[0]
	for _, f := range p.Flows {
		f.ID = "in-" + f.ID
	}
	p.ID, p.Name = "", ""
	return p
}

func TestTokenGame(t *testing.T) {
	sub := func(p *bpmn.Process) func(*bpmn.Node) {
		return func(n *bpmn.Node) { n.Kind, n.Name, n.Sub = bpmn.SubProcess, "", p }
	}
	border := func(at string, trigger bpmn.Trigger, beside bool) func(*bpmn.Node) {
		return func(n *bpmn.Node) {
			n.Kind, n.Attached, n.Trigger, n.NonInterrupting = bpmn.BoundaryEvent, at, trigger, beside
		}
	}
	for name, c := range map[string]struct {
		model *bpmn.Definitions
		want  []string
	}{
		"a sub-process is what it contains": {
			with(diagram("S q b E", "S>q", "q>b", "b>E"), map[string]func(*bpmn.Node){"q": sub(contents("S2 P1 c d P2 E2", "S2>P1", "P1>c", "P1>d", "c>P2", "d>P2", "P2>E2"))}),
			[]string{"cdb", "dcb"},
		},
		"a timer interrupts all that goes on": {
			with(diagram("S q b E t e E9", "S>q", "q>b", "b>E", "t>e", "e>E9"), map[string]func(*bpmn.Node){
				"q": sub(contents("S2 P1 c d P2 E2", "S2>P1", "P1>c", "P1>d", "c>P2", "d>P2", "P2>E2")), "t": border("q", bpmn.TimerTrigger, false),
			}),
			[]string{"te", "cte", "dte", "cdb", "cdte", "dcb", "dcte"},
		},
		"a task that a timer interrupts has not happened": {
			with(diagram("S a E t e E9", "S>a", "a>E", "t>e", "e>E9"), map[string]func(*bpmn.Node){"t": border("a", bpmn.TimerTrigger, false)}),
			[]string{"a", "te"},
		},
		"an event beside": {
			with(diagram("S a E t E9", "S>a", "a>E", "t>E9"), map[string]func(*bpmn.Node){"t": border("a", bpmn.TimerTrigger, true)}),
			[]string{"a", "ta"},
		},
		"an error from inside": {
			with(diagram("S q b E t e E9", "S>q", "q>b", "b>E", "t>e", "e>E9"), map[string]func(*bpmn.Node){
				"q": sub(with(&bpmn.Definitions{Processes: []*bpmn.Process{contents("S2 X1 c d E2 E3", "S2>X1", "X1>c", "X1>d", "c>E2", "d>E3")}},
					map[string]func(*bpmn.Node){"E3": func(n *bpmn.Node) { n.Trigger = bpmn.ErrorTrigger }}).Processes[0]),
				"t": border("q", bpmn.ErrorTrigger, false),
			}),
			[]string{"cb", "dte"},
		},
		"terminate ends what goes on beside": {
			with(diagram("S P a b E E9", "S>P", "P>a", "P>b", "a>E", "b>E9"), map[string]func(*bpmn.Node){"E9": func(n *bpmn.Node) { n.Trigger = bpmn.TerminateTrigger }}),
			[]string{"b", "ab", "ba"},
		},
		"a loop": {
			with(diagram("S a E", "S>a", "a>E"), map[string]func(*bpmn.Node){"a": func(n *bpmn.Node) { n.Loop = &bpmn.Loop{Condition: "x", TestBefore: true} }}),
			[]string{"", "a", "aa", "aaa", "aaaa"},
		},
		"instances": {
			with(diagram("S a E", "S>a", "a>E"), map[string]func(*bpmn.Node){"a": func(n *bpmn.Node) { n.Loop = &bpmn.Loop{Form: bpmn.ParallelInstances} }}),
			[]string{"a", "aa", "aaa", "aaaa"},
		},
		"an inclusive join waits for what will come": {
			diagram("S O1 a b c O2 d E", "S>O1", "O1>a", "O1>b", "a>O2", "b>c", "c>O2", "O2>d", "d>E"),
			[]string{"ad", "bcd", "abcd", "bacd", "bcad"},
		},
		"an event sub-process interrupts": {
			with(diagram("S a b E w", "S>a", "a>b", "b>E"), map[string]func(*bpmn.Node){"w": func(n *bpmn.Node) {
				p := contents("S2 c E2", "S2>c", "c>E2")
				p.Nodes[0].Trigger, p.Nodes[0].Name = bpmn.MessageTrigger, "m"
				n.Kind, n.Name, n.EventSub, n.Sub = bpmn.SubProcess, "", true, p
			}}),
			[]string{"ab", "mc", "amc", "abmc"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			net, _, err := convert.FromBPMN(c.model)
			require.NoError(t, err)
			got, err := net.Language(4)
			require.NoError(t, err)
			require.ElementsMatch(t, c.want, words(got))
		})
	}
}

func TestAModelWithEverythingUnfolds(t *testing.T) {
	f, err := os.Open("../bpmn/testdata/parts.bpmn")
	require.NoError(t, err)
	defer f.Close()
	d, _, err := bpmn.Read(f)
	require.NoError(t, err)
	net, listed, err := convert.FromBPMN(d)
	require.NoError(t, err)
	require.NotEmpty(t, listed)
	for _, trace := range [][]string{
		{"Visit the plot", "Budget is open", "Sign"},
		{"Ask the registers", "10 working days are over", "Missing", "Tell the head", "Ask for documents", "30 days", "To refusal", "Write the refusal"},
		{"Ask the registers", "Application withdrawn", "Close the file"},
	} {
		ok, err := net.Accepts(trace)
		require.NoError(t, err)
		require.True(t, ok, "%q", trace)
	}
	ok, err := net.Accepts([]string{"Budget is open", "Budget is open", "Sign"})
	require.NoError(t, err)
	require.False(t, ok, "one decision a case")
}
