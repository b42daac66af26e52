package powl_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	. "github.com/uprava/uprava/mining/powl"
	"github.com/uprava/uprava/mining/processtree"
)

// n is the smallest order that sequence and parallel cannot say.
func n() *Model {
	return Ordered([][2]int{{0, 2}, {1, 2}, {1, 3}}, Leaf("a"), Leaf("b"), Leaf("c"), Leaf("d"))
}

func words(t *testing.T, m *Model, length int) []string {
	t.Helper()
	net := Petri(m, "test")
	require.NoError(t, net.Validate())
	require.NoError(t, net.Sound(), m)
	language, err := net.Language(length)
	require.NoError(t, err)
	out := []string{}
	for _, w := range language {
		out = append(out, strings.Join(w, ""))
	}
	return out
}

func TestLanguage(t *testing.T) {
	require.NoError(t, n().Validate())
	require.Equal(t, "PO( 'a', 'b', 'c', 'd' | 1<3, 2<3, 2<4 )", n().String())
	require.Equal(t, []string{"abcd", "abdc", "bacd", "badc", "bdac"}, words(t, n(), 6))
	_, ok := n().Tree()
	require.False(t, ok)

	m := Ordered([][2]int{{0, 1}, {1, 2}, {0, 2}}, Leaf("a"), New(Choice, Tau(), Leaf("b")), New(Loop, Leaf("c"), Leaf("d")))
	require.Equal(t, "PO( 'a', X( tau, 'b' ), *( 'c', 'd' ) | 1<2, 2<3 )", m.String())
	require.Equal(t, []string{"ac", "abc", "acdc", "abcdc"}, words(t, m, 5))
	tree, ok := m.Tree()
	require.True(t, ok)
	require.Equal(t, "->( 'a', X( tau, 'b' ), *( 'c', 'd' ) )", tree.String())
	require.Equal(t, []string{"a", "b", "c", "d"}, m.Activities())
}

func TestReduce(t *testing.T) {
	for in, want := range map[*Model]string{
		Ordered([][2]int{{0, 1}, {1, 2}}, Leaf("a"), Tau(), Leaf("b")):                       "PO( 'a', 'b' | 1<2 )",
		Ordered([][2]int{{0, 1}}, Leaf("a"), New(PartialOrder, Leaf("b"), Leaf("c"))):        "PO( 'a', 'b', 'c' | 1<2, 1<3 )",
		Ordered([][2]int{{0, 1}}, New(PartialOrder, Leaf("a"), n()), New(Choice, Leaf("e"))): "PO( 'a', 'a', 'b', 'c', 'd', 'e' | 1<6, 2<4, 3<4, 3<5, 4<6, 5<6 )",
		New(Choice, New(Choice, Tau(), Leaf("a")), Leaf("a")):                                "X( tau, 'a' )",
		New(Loop, New(Choice, Tau(), Leaf("a")), Tau()):                                      "X( tau, *( 'a', tau ) )",
		New(Loop, New(Loop, Leaf("a"), Leaf("b")), Leaf("c")):                                "*( 'a', X( 'b', 'c' ) )",
		New(PartialOrder, Tau(), Tau()):                                                      "tau",
	} {
		require.NoError(t, in.Validate())
		require.Equal(t, want, in.Reduce().String())
	}
}

func TestValidate(t *testing.T) {
	twice := Leaf("a")
	for fault, m := range map[string]*Model{
		"order puts child 0 before itself":       Ordered([][2]int{{0, 1}, {1, 0}}, Leaf("a"), Leaf("b")),
		"order puts child 0 before child 2 of 2": Ordered([][2]int{{0, 2}}, Leaf("a"), Leaf("b")),
		"operator X has an order":                {Operator: Choice, Children: []*Model{Leaf("a"), Leaf("b")}, Order: [][2]int{{0, 1}}},
		"loop has one child, wanted two or more": New(Loop, Leaf("a")),
		"operator PO has no children":            New(PartialOrder),
		"leaf activity \"a\" has 1 children":     {Label: "a", Children: []*Model{Leaf("b")}},
		"stands in the model twice":              New(Choice, twice, twice),
		"node is missing":                        New(Choice, nil),
		"operator 9 is not known":                {Operator: 9},
		"operator tau has the label \"a\"":       {Operator: Silent, Label: "a"},
	} {
		require.ErrorContains(t, m.Validate(), fault)
	}
}

// random returns a model over at most the given number of leaves.
func random(r *rand.Rand, leaves int) *Model {
	if leaves <= 1 {
		if r.IntN(4) == 0 {
			return Tau()
		}
		return Leaf(string(rune('a' + r.IntN(5))))
	}
	k := 2 + r.IntN(min(3, leaves-1))
	m := New([]Operator{Choice, Loop, PartialOrder, PartialOrder}[r.IntN(4)])
	for range k {
		m.Children = append(m.Children, random(r, leaves/k))
	}
	if m.Operator == PartialOrder {
		for i := range k {
			for j := range i {
				if r.IntN(2) == 0 {
					m.Order = append(m.Order, [2]int{j, i})
				}
			}
		}
	}
	return m
}

// TestRandom: the net is sound, reducing keeps the language, and so does the tree
// where there is one.
func TestRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	trees := 0
	for range 300 {
		m := random(r, 7)
		require.NoError(t, m.Validate())
		want := words(t, m, 5)
		reduced := m.Reduce()
		require.NoError(t, reduced.Validate())
		require.Equal(t, want, words(t, reduced, 5), "%s reduced to %s", m, reduced)
		require.Equal(t, reduced.String(), reduced.Reduce().String())
		if tree, ok := m.Tree(); ok {
			trees++
			require.NoError(t, tree.Validate())
			require.Equal(t, want, words(t, FromTree(tree, nil), 5))
			language, err := processtree.Petri(tree, "").Language(5)
			require.NoError(t, err)
			require.Len(t, language, len(want))
		}
	}
	require.Greater(t, trees, 100)
}
