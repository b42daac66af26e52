package convert_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/convert"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

// A tree as a net as a tree, and as a diagram as a net, allows what the tree does.
func TestNetsBackToTreesAndDiagrams(t *testing.T) {
	for seed := range uint64(300) {
		n := 0
		tree := random(rand.New(rand.NewPCG(seed, 2)), 3, &n)
		net := processtree.Petri(tree, "x")
		want, err := net.Language(4)
		require.NoError(t, err)
		back, err := convert.ToTree(net)
		require.NoError(t, err, "%v", tree)
		require.NoError(t, back.Validate())
		got, err := processtree.Petri(back, "x").Language(4)
		require.NoError(t, err)
		require.Equal(t, want, got, "%v became %v", tree, back)

		d, err := convert.ToBPMN(net)
		require.NoError(t, err, "%v", tree)
		require.NoError(t, d.Validate(), "%v", tree)
		drawn, listed, err := convert.FromBPMN(d)
		require.NoError(t, err)
		require.Empty(t, listed)
		got, err = drawn.Language(4)
		require.NoError(t, err)
		require.Equal(t, want, got, "%v", tree)
		c, err := petri.Compare(context.Background(), net, drawn, seed, 20, 12)
		require.NoError(t, err)
		require.True(t, c.Equal(), "%v: %q", tree, c.Missing)
	}
}

func TestStoredNetsBecomeTreesAndDiagrams(t *testing.T) {
	for _, s := range logtest.SharedLogs {
		path := filepath.Join(filepath.Dir(logtest.Shared(t, "oracle/pm4py.json")), s.Name, "imf02.pnml")
		if _, err := os.Stat(path); err != nil {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			net, _, err := convert.ReadNetFile(path)
			require.NoError(t, err)
			tree, err := convert.ToTree(net)
			require.NoError(t, err)
			d, err := convert.ToBPMN(net)
			require.NoError(t, err)
			drawn, _, err := convert.FromBPMN(d)
			require.NoError(t, err)
			for _, other := range []*petri.Net{processtree.Petri(tree, "tree"), drawn} {
				c, err := petri.Compare(context.Background(), net, other, 1, 30, 40)
				require.NoError(t, err)
				require.True(t, c.Equal(), "%q", c.Missing)
				require.NotZero(t, c.Shared[0])
			}
		})
	}
}

func net(transitions ...[3]string) *petri.Net {
	n := &petri.Net{Name: "n"}
	at := map[string]int{}
	arcsOf := func(list string) (out []petri.Arc) {
		for _, id := range list {
			i, ok := at[string(id)]
			if !ok {
				i = len(n.Places)
				at[string(id)] = i
				n.Places = append(n.Places, petri.Place{ID: string(id), Name: string(id)})
			}
			out = append(out, petri.Arc{Place: i, Weight: 1})
		}
		return out
	}
	for _, t := range transitions {
		n.Transitions = append(n.Transitions, petri.Transition{ID: t[1], Label: t[1], In: arcsOf(t[0]), Out: arcsOf(t[2])})
	}
	n.Initial, n.Final = make(petri.Marking, len(n.Places)), make(petri.Marking, len(n.Places))
	n.Initial[at["i"]], n.Final[at["o"]] = 1, 1
	return n
}

func TestWhatCannotBeConverted(t *testing.T) {
	// The choice between b and c depends on what a or d chose before: no free choice.
	far := net([3]string{"i", "a", "12"}, [3]string{"i", "d", "13"}, [3]string{"12", "b", "o"}, [3]string{"13", "c", "o"})
	require.NoError(t, far.Sound())
	_, err := convert.ToTree(far)
	require.ErrorContains(t, err, "it has no block structure: 4 parts are left")
	_, err = convert.ToBPMN(far)
	require.ErrorContains(t, err, `the choice at place "1" is not free: "c" needs other places than "b"`)
	open := net([3]string{"i", "a", "o"}, [3]string{"", "x", "o"})
	_, err = convert.ToTree(open)
	require.ErrorContains(t, err, `it is no workflow net: transition "x" lies on no way from "i" to "o"`)
	_, err = convert.ToBPMN(open)
	require.ErrorContains(t, err, "no workflow net")
}
