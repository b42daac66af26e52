package petri

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/logtest"
)

// example is a or b, then c any number of times: p0 → p1 with c on p1, to p2.
func example() *Net {
	return &Net{
		Name:   "example",
		Places: []Place{{"p0", "source"}, {"p1", ""}, {"p2", "sink"}},
		Transitions: []Transition{
			{ID: "a", Label: "a", In: []Arc{{0, 1}}, Out: []Arc{{1, 1}}},
			{ID: "b", Label: "b \n<&>", In: []Arc{{0, 1}}, Out: []Arc{{1, 1}}},
			{ID: "c", Label: "c", In: []Arc{{1, 1}}, Out: []Arc{{1, 1}}},
			{ID: "skip", Label: "tau", Silent: true, In: []Arc{{1, 1}}, Out: []Arc{{2, 1}}},
		},
		Initial: Marking{1, 0, 0}, Final: Marking{0, 0, 1},
	}
}

func TestTokenGame(t *testing.T) {
	n := example()
	require.NoError(t, n.Validate())
	require.NoError(t, n.Sound())
	require.Equal(t, []int{0, 1}, n.Enabled(n.Initial))
	m, err := n.Fire(n.Initial, 0)
	require.NoError(t, err)
	require.Equal(t, Marking{0, 1, 0}, m)
	require.Equal(t, Marking{1, 0, 0}, n.Initial)
	_, err = n.Fire(m, 0)
	require.EqualError(t, err, `firing transition "a": not enabled`)
	_, err = n.Fire(m, 9)
	require.EqualError(t, err, "firing transition 9: the net has 4")
	_, err = n.Fire(Marking{1}, 0)
	require.ErrorContains(t, err, "marking of 1 places, wanted 3")

	language, err := n.Language(2)
	require.NoError(t, err)
	require.Equal(t, [][]string{{"a"}, {"b \n<&>"}, {"a", "c"}, {"b \n<&>", "c"}}, language)
	for trace, want := range map[string]bool{"a": true, "acc": true, "": false, "ca": false, "ab": false} {
		got, err := n.Accepts(strings.Split(trace, "")[:len(trace)])
		require.NoError(t, err)
		require.Equal(t, want, got, trace)
	}
}

func TestSoundExplains(t *testing.T) {
	n := example()
	n.Transitions[3].Out = nil
	require.ErrorContains(t, n.Sound(), "the final marking is never reached")
	n = example()
	n.Transitions[3].Out[0].Weight = 2
	require.ErrorContains(t, n.Sound(), "exceeds the final one")
	n = example()
	n.Transitions[1].In = append(n.Transitions[1].In, Arc{2, 1})
	require.ErrorContains(t, n.Sound(), `transition "b" never fires`)
	n = example()
	n.Places = append(n.Places, Place{"p3", ""})
	n.Transitions[1].Out[0].Place = 3
	require.ErrorContains(t, n.Sound(), "no way leads from marking [p3:1] to the final one")
}

func TestSoundnessHasAWitness(t *testing.T) {
	check := func(change func(n *Net)) *Soundness {
		n := example()
		change(n)
		s, err := n.Soundness(context.Background(), 0)
		require.NoError(t, err)
		return s
	}
	s := check(func(*Net) {})
	require.True(t, s.Sound())
	s = check(func(n *Net) { n.Transitions[0].Out = append(n.Transitions[0].Out, Arc{0, 1}) })
	require.Equal(t, Unbounded, s.Fault)
	require.Equal(t, []string{"a"}, s.Witness)
	s = check(func(n *Net) {
		n.Places = append(n.Places, Place{"p3", ""})
		n.Transitions[1].Out[0].Place = 3
	})
	require.Equal(t, CannotEnd, s.Fault)
	require.Equal(t, "[p3:1]", s.Marking)
	require.Equal(t, []string{"b"}, s.Witness)
	m := example().start()
	n := example()
	for _, id := range s.Witness { // the witness replays
		i := slices.IndexFunc(n.Transitions, func(t Transition) bool { return t.ID == id })
		var err error
		m, err = n.Fire(m, i)
		require.NoError(t, err)
	}
	s = check(func(n *Net) { n.Initial, n.Final = Marking{2, 0, 0}, Marking{0, 0, 2} })
	require.Equal(t, NotWorkflow, s.Fault, "%+v", s)
	require.Contains(t, s.Reason, "it is no workflow net: ")

	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := example().Soundness(stopped, 0)
	require.ErrorIs(t, err, context.Canceled)
}

func TestCompareFindsADifference(t *testing.T) {
	n, other := example(), example()
	c, err := Compare(context.Background(), n, other, 1, 50, 10)
	require.NoError(t, err)
	require.True(t, c.Equal())
	require.Equal(t, n.Sample(1, 50, 10), other.Sample(1, 50, 10))
	other.Transitions[1].Label = "B"
	c, err = Compare(context.Background(), n, other, 1, 50, 10)
	require.NoError(t, err)
	require.False(t, c.Equal())
	require.NotEmpty(t, c.Missing[0])
	for _, trace := range n.Sample(2, 50, 10) {
		ok, err := n.Accepts(trace)
		require.NoError(t, err)
		require.True(t, ok)
	}
}

func TestSearchesAreBounded(t *testing.T) {
	n := &Net{Name: "well", Places: []Place{{"p", ""}}, Transitions: []Transition{{ID: "t", Silent: true, Out: []Arc{{0, 1}}}}}
	_, err := n.Accepts([]string{"x"})
	require.EqualError(t, err, `replaying a trace on net "well": more than 1000000 markings`)
	_, err = n.Language(1)
	require.ErrorContains(t, err, "more than 1000000 markings")
}

func TestValidate(t *testing.T) {
	n := example()
	n.Places[1].ID = "p0"
	n.Transitions[0].In = []Arc{{7, 1}, {0, 0}, {2, 1}, {2, 1}}
	n.Final = Marking{-1}
	err := n.Validate()
	for _, want := range []string{
		`place "p0": identifier is used twice`, `transition "a": arc with place 7 of 3`, `arc with weight 0`,
		`transition "a": two arcs with place "p2"`, "final marking of 1 places, wanted 3", "has -1 tokens",
	} {
		require.ErrorContains(t, err, want)
	}
}

func roundTrip(t *testing.T, n *Net) {
	t.Helper()
	var once, twice bytes.Buffer
	require.NoError(t, Write(&once, n))
	back, err := Read(bytes.NewReader(once.Bytes()))
	require.NoError(t, err)
	require.Equal(t, n, back)
	require.NoError(t, Write(&twice, back))
	require.Equal(t, once.String(), twice.String())
}

func TestPNMLRoundTrip(t *testing.T) {
	n := example()
	n.Transitions[2].In[0].Weight = 3
	roundTrip(t, n)
	n.Initial, n.Final = nil, nil
	roundTrip(t, n)
}

func TestReadReferenceNets(t *testing.T) {
	folder := filepath.Dir(logtest.Shared(t, "oracle/pm4py.json"))
	files, err := filepath.Glob(filepath.Join(folder, "*", "*.pnml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name := filepath.Base(filepath.Dir(file)) + "/" + filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			f, err := os.Open(file)
			require.NoError(t, err)
			defer f.Close()
			n, err := Read(f)
			require.NoError(t, err)
			roundTrip(t, n)
			if name == "running-example/im.pnml" {
				require.Len(t, n.Places, 9)
				require.Len(t, n.Transitions, 10)
				require.NoError(t, n.Sound())
				for _, v := range logtest.Oracle(t, "running-example").Variants {
					ok, err := n.Accepts(v.Activities)
					require.NoError(t, err)
					require.True(t, ok, v.Activities)
				}
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	page := func(s string) string { return "<pnml><net id='n'><page>" + s + "</page></net></pnml>" }
	for in, want := range map[string]string{
		"":               "reading PNML: line 1, column 1: no XML element",
		"<ptml/>":        "found root element <ptml>, wanted <pnml>",
		"<pnml/>":        "document without a <net>",
		page("<place/>"): "reading PNML: place without an identifier",
		page("<place id='p'/><arc id='x' source='p' target='q'/>"):                                     `line 1, column 40: arc "x": target "q" is not a transition`,
		page("<place id='p'/><arc source='q' target='p'/>"):                                            `source "q" is not a transition`,
		page("<transition id='p'/><arc source='p' target='p'/>"):                                       `neither source "p" nor target "p" is a place`,
		page("<place id='p'><initialMarking><text>many</text></initialMarking></place>"):               `<initialMarking>: found "many", wanted a number from 0`,
		"<pnml><net><finalmarkings><marking/><marking/></finalmarkings></net></pnml>":                  "second final marking",
		"<pnml><net><finalmarkings><marking><place idref='z'/></marking></finalmarkings></net></pnml>": `final marking of "z", which is not a place`,
	} {
		_, err := Read(strings.NewReader(in))
		require.ErrorContains(t, err, want)
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	require.NoError(f, Write(&b, example()))
	f.Add(b.Bytes())
	f.Add([]byte("<pnml><net><page><place id='p'/></page></net></pnml>"))
	f.Fuzz(func(t *testing.T, in []byte) {
		n, err := Read(bytes.NewReader(in))
		if err != nil {
			return
		}
		roundTrip(t, n)
	})
}
