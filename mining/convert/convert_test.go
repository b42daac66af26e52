package convert_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/convert"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

// random returns a tree of up to so many levels, of activities a, b, c …
func random(r *rand.Rand, depth int, n *int) *processtree.Tree {
	if depth == 0 || r.IntN(4) == 0 {
		if r.IntN(6) == 0 {
			return processtree.Tau()
		}
		*n++
		return processtree.Leaf(string(rune('a' + *n - 1)))
	}
	o := []processtree.Operator{processtree.Sequence, processtree.Choice, processtree.Parallel, processtree.Loop}[r.IntN(4)]
	return processtree.New(o, random(r, depth-1, n), random(r, depth-1, n))
}

// A tree as a diagram as a net allows what the tree does.
func TestDiagramsKeepTheLanguage(t *testing.T) {
	for seed := range uint64(150) {
		n := 0
		tree := random(rand.New(rand.NewPCG(seed, 1)), 3, &n)
		net, listed, err := convert.FromBPMN(processtree.BPMN(tree, "x"))
		require.NoError(t, err)
		require.Empty(t, listed)
		require.NoError(t, net.Validate())
		got, err := net.Language(4)
		require.NoError(t, err)
		want, err := processtree.Petri(tree, "x").Language(4)
		require.NoError(t, err)
		require.Equal(t, want, got, "%v", tree)
	}
}

func diagram(nodes string, flows ...string) *bpmn.Definitions {
	p := &bpmn.Process{ID: "p"}
	for _, n := range strings.Fields(nodes) {
		kind := map[byte]bpmn.Kind{'S': bpmn.StartEvent, 'E': bpmn.EndEvent, 'X': bpmn.ExclusiveGateway, 'P': bpmn.ParallelGateway, 'O': bpmn.InclusiveGateway}[n[0]]
		node := &bpmn.Node{ID: n, Kind: kind}
		if n[0] >= 'a' {
			node.Kind, node.Name = bpmn.Task, n
		}
		p.Nodes = append(p.Nodes, node)
	}
	for i, f := range flows {
		from, to, _ := strings.Cut(f, ">")
		p.Flows = append(p.Flows, &bpmn.Flow{ID: fmt.Sprint("f", i), Source: from, Target: to})
	}
	return &bpmn.Definitions{ID: "d", Processes: []*bpmn.Process{p}}
}

func words(list [][]string) (out []string) {
	for _, w := range list {
		out = append(out, strings.Join(w, ""))
	}
	return out
}

func TestInclusive(t *testing.T) {
	net, listed, err := convert.FromBPMN(diagram("S O1 a b O2 E", "S>O1", "O1>a", "O1>b", "a>O2", "b>O2", "O2>E"))
	require.NoError(t, err)
	require.Empty(t, listed)
	got, err := net.Language(3)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "ab", "ba"}, words(got))
}

func TestSeveralEnds(t *testing.T) {
	net, listed, err := convert.FromBPMN(diagram("S X a b E1 E2", "S>X", "X>a", "X>b", "a>E1", "b>E2"))
	require.NoError(t, err)
	require.Empty(t, listed)
	got, err := net.Language(3)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, words(got))
	net, listed, err = convert.FromBPMN(diagram("S P a b E1 E2", "S>P", "P>a", "P>b", "a>E1", "b>E2"))
	require.NoError(t, err)
	require.Empty(t, listed)
	got, err = net.Language(3)
	require.NoError(t, err)
	require.Equal(t, []string{"ab", "ba"}, words(got))
}

func TestReadNet(t *testing.T) {
	tree, err := processtree.Parse("->( 'a', +( 'b', X( 'c', tau ) ) )")
	require.NoError(t, err)
	dir := t.TempDir()
	files := map[string]func(*bytes.Buffer) error{
		"m.pnml": func(b *bytes.Buffer) error { return petri.Write(b, processtree.Petri(tree, "m")) },
		"m.ptml": func(b *bytes.Buffer) error { return processtree.Write(b, tree, "m") },
		"m.bpmn": func(b *bytes.Buffer) error {
			d := processtree.BPMN(tree, "m")
			if err := bpmn.Layout(d); err != nil {
				return err
			}
			return bpmn.Write(b, d)
		},
	}
	for name, write := range files {
		var b bytes.Buffer
		require.NoError(t, write(&b))
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
		net, listed, err := convert.ReadNetFile(path)
		require.NoError(t, err)
		require.Empty(t, listed)
		got, err := net.Language(4)
		require.NoError(t, err)
		require.Equal(t, []string{"ab", "abc", "acb"}, words(got), name)
	}
	for name, text := range map[string]string{"x.pnml": "<pnml>", "x.ptml": "<", "x.bpmn": "{}", "x.txt": ""} {
		_, _, err := convert.ReadNet(name, strings.NewReader(text))
		require.ErrorContains(t, err, fmt.Sprintf("reading model %q", name))
	}
	_, _, err = convert.ReadNetFile(filepath.Join(dir, "none.pnml"))
	require.ErrorContains(t, err, "no such file")
}

func FuzzReadNet(f *testing.F) {
	f.Add("a.bpmn", `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="x"><process id="p"><startEvent id="s"/><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/></process></definitions>`)
	f.Add("a.pnml", `<pnml><net id="n" type="x"><page id="p"/></net></pnml>`)
	f.Add("a.ptml", `<ptml/>`)
	f.Fuzz(func(t *testing.T, name, text string) {
		n, _, err := convert.ReadNet(name, strings.NewReader(text))
		if err == nil {
			require.NotNil(t, n)
		}
	})
}
