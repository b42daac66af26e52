package processtree

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/petri"
)

// random returns a tree of some depth over the letters that names yields.
func random(r *rand.Rand, depth int, name func() string) *Tree {
	if depth == 0 || r.IntN(4) == 0 {
		if r.IntN(4) == 0 {
			return Tau()
		}
		return Leaf(name())
	}
	o := Sequence + Operator(r.IntN(4))
	t := New(o)
	for range 2 + r.IntN(2) {
		t.Children = append(t.Children, random(r, depth-1, name))
	}
	return t
}

func distinctLetters() func() string {
	k := 'a' - 1
	return func() string { k++; return string(k) }
}

func joined(words [][]string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = strings.Join(w, "")
	}
	return out
}

func TestLanguageByHand(t *testing.T) {
	for tree, want := range map[string][]string{
		`tau`:                           {""},
		`->( 'a', X( 'b', tau ) )`:      {"a", "ab"},
		`+( 'a', ->( 'b', 'c' ) )`:      {"abc", "bac", "bca"},
		`*( 'a', 'b' )`:                 {"a", "aba"},
		`*( X( tau, 'a' ), X( 'b' ) )`:  {"", "a", "b", "ab", "ba", "bb", "aba", "abb", "bab", "bba", "bbb"},
		`*( tau, 'a', ->( 'b', 'c' ) )`: {"", "a", "aa", "bc", "aaa", "abc", "bca"},
		`*( 'a', tau )`:                 {"a", "aa", "aaa"},
	} {
		require.Equal(t, want, joined(parse(t, tree).Language(3)), tree)
	}
}

// TestConversionsKeepTheLanguage holds the Petri net, the BPMN model, Reduce and
// the replay of random trees against their language.
func TestConversionsKeepTheLanguage(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		tree := random(r, 3, distinctLetters())
		if len(tree.Activities()) > 7 {
			continue
		}
		want := joined(tree.Language(4))
		require.Equal(t, want, joined(tree.Reduce().Language(4)), "%s reduces to %s", tree, tree.Reduce())
		net := Petri(tree, "random")
		require.NoError(t, net.Validate())
		require.NoError(t, net.Sound(), tree)
		language, err := net.Language(4)
		require.NoError(t, err)
		require.Equal(t, want, joined(language), tree)
		d := Draw(tree, "random")
		require.NoError(t, d.Definitions.Validate(), tree)
		language, err = bpmnNet(d.Definitions.Processes[0]).Language(4)
		require.NoError(t, err)
		require.Equal(t, want, joined(language), tree)

		accepted := map[string]bool{}
		for _, w := range want {
			accepted[w] = true
		}
		letters := tree.Activities()
		for _, word := range everyWord(letters, 4, 3000) {
			ok, err := tree.Accepts(word)
			require.NoError(t, err)
			require.Equal(t, accepted[strings.Join(word, "")], ok, "%s on %v", tree, word)
		}
		var variants []Variant
		for _, w := range tree.Language(4) {
			variants = append(variants, Variant{w, 1})
		}
		counts, err := Replay(tree, variants)
		require.NoError(t, err)
		require.Empty(t, counts.Deviating)
		checkCounts(t, counts, tree)
	}
}

// checkCounts checks the sums that hold in every tree.
func checkCounts(t *testing.T, c *Counts, tree *Tree) {
	t.Helper()
	for _, n := range tree.Nodes() {
		var sum int64
		for i, child := range n.Children {
			switch n.Operator {
			case Sequence, Parallel:
				require.Equal(t, c.Executed(n), c.Executed(child), tree)
			case Choice:
				sum += c.Executed(child)
			case Loop:
				if i > 0 {
					sum += c.Executed(child)
				}
			}
		}
		switch n.Operator {
		case Choice:
			require.Equal(t, c.Executed(n), sum, tree)
		case Loop:
			require.Equal(t, c.Executed(n.Children[0]), c.Executed(n)+sum, tree)
		}
	}
}

// everyWord returns words over the letters up to a length, at most limit.
func everyWord(letters []string, length, limit int) [][]string {
	out := [][]string{{}}
	for i := 0; i < len(out) && len(out) < limit; i++ {
		if len(out[i]) == length {
			break
		}
		for _, l := range letters {
			out = append(out, append(append([]string{}, out[i]...), l))
		}
	}
	return out
}

// bpmnNet returns a Petri net of a BPMN process by the standard's semantics: one
// place for each flow.
func bpmnNet(p *bpmn.Process) *petri.Net {
	n := &petri.Net{Name: p.ID}
	place := map[string]int{}
	for _, f := range p.Flows {
		place[f.ID] = len(n.Places)
		n.Places = append(n.Places, petri.Place{ID: f.ID})
	}
	in, out := p.Incoming(), p.Outgoing()
	n.Places = append(n.Places, petri.Place{ID: "begin"}, petri.Place{ID: "finish"})
	begin, finish := len(n.Places)-2, len(n.Places)-1
	add := func(label string, from, to []int) {
		n.Transitions = append(n.Transitions, petri.Transition{ID: label + string(rune('A'+len(n.Transitions))), Label: label, Silent: label == "", In: arcs(from...), Out: arcs(to...)})
	}
	for _, node := range p.Nodes {
		var from, to []int
		for _, f := range in[node.ID] {
			from = append(from, place[f.ID])
		}
		for _, f := range out[node.ID] {
			to = append(to, place[f.ID])
		}
		switch node.Kind {
		case bpmn.StartEvent:
			add("", []int{begin}, to)
		case bpmn.EndEvent:
			add("", from, []int{finish})
		case bpmn.ExclusiveGateway:
			for _, a := range from {
				for _, b := range to {
					add("", []int{a}, []int{b})
				}
			}
		case bpmn.ParallelGateway:
			add("", from, to)
		default:
			add(node.Name, from, to)
		}
	}
	n.Initial, n.Final = make(petri.Marking, len(n.Places)), make(petri.Marking, len(n.Places))
	n.Initial[begin], n.Final[finish] = 1, 1
	return n
}

func TestPTML(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		tree := random(r, 4, func() string { return []string{"a", "b <&\"'\n", "", "Ж"}[r.IntN(4)] })
		var once, twice bytes.Buffer
		require.NoError(t, Write(&once, tree, "random"))
		back, err := Read(bytes.NewReader(once.Bytes()))
		require.NoError(t, err)
		require.NoError(t, Write(&twice, back, "random"))
		require.Equal(t, once.String(), twice.String())
		binary := tree.Clone()
		for _, n := range binary.Nodes() {
			if n.Operator == Loop && len(n.Children) > 2 {
				n.Children = []*Tree{n.Children[0], New(Choice, n.Children[1:]...)}
			}
		}
		require.True(t, binary.Equal(back), "%s\n%s", binary, back)
	}
}

func TestReadReferenceTrees(t *testing.T) {
	folder := filepath.Dir(logtest.Shared(t, "oracle/pm4py.json"))
	files, err := filepath.Glob(filepath.Join(folder, "*", "*.ptml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		f, err := os.Open(file)
		require.NoError(t, err)
		tree, err := Read(f)
		require.NoError(t, err, file)
		require.NoError(t, f.Close())
		text, err := os.ReadFile(strings.TrimSuffix(file, ".ptml") + ".tree.txt")
		require.NoError(t, err)
		require.Equal(t, strings.TrimSpace(string(text)), tree.String(), file)
	}
}

func TestReadRefuses(t *testing.T) {
	doc := func(s string) string { return `<ptml><processTree root="r">` + s + `</processTree></ptml>` }
	for in, want := range map[string]string{
		"<pnml/>":                         "reading PTML: line 1, column 1: found root element <pnml>, wanted <ptml>",
		"<ptml/>":                         "document without a <processTree>",
		doc(""):                           `root "r" is not a node`,
		doc(`<or id="r"/>`):               "found <or>, wanted one of",
		doc(`<xor id="r"/>`):              "operator X has no children",
		doc(`<xor id="r"/><xor id="r"/>`): `identifier "r" is used twice`,
		doc(`<xor id="r"/><parentsNode sourceId="r" targetId="x"/>`):                                             `child "x" is not a node`,
		doc(`<xor id="r"/><parentsNode sourceId="y" targetId="r"/>`):                                             `parent "y" is not a node`,
		doc(`<xor id="r"/><parentsNode sourceId="r" targetId="r"/>`):                                             `root "r" has a parent`,
		doc(`<xor id="r"/><manualTask id="a"/>` + strings.Repeat(`<parentsNode sourceId="r" targetId="a"/>`, 2)): `node "a" has a second parent`,
	} {
		_, err := Read(strings.NewReader(in))
		require.ErrorContains(t, err, want, in)
	}
	tree, err := Read(strings.NewReader(doc(`<xorLoop id="r"/><manualTask name="a" id="a"/><automaticTask id="b"/><manualTask name="c" id="c"/><parentsNode sourceId="r" targetId="a"/><parentsNode sourceId="r" targetId="b"/><parentsNode sourceId="r" targetId="c"/>`)))
	require.NoError(t, err)
	require.Equal(t, `->( *( 'a', tau ), 'c' )`, tree.String())
}

func FuzzReadPTML(f *testing.F) {
	var b bytes.Buffer
	tree, err := Parse(`->( 'a', *( 'b', tau, 'c' ), +( X( tau, 'd' ), 'e' ) )`)
	require.NoError(f, err)
	require.NoError(f, Write(&b, tree, "seed"))
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, in []byte) {
		tree, err := Read(bytes.NewReader(in))
		if err != nil {
			return
		}
		var once bytes.Buffer
		require.NoError(t, Write(&once, tree, ""))
		back, err := Read(&once)
		require.NoError(t, err)
		require.Equal(t, tree.Nullable(), back.Nullable())
	})
}
