package processtree

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func parse(t testing.TB, s string) *Tree {
	t.Helper()
	tree, err := Parse(s)
	require.NoError(t, err)
	return tree
}

func TestNotation(t *testing.T) {
	for in, out := range map[string]string{
		`'a'`: `'a'`, ` tau `: `tau`,
		`->('a',X(tau,"b's"),+( 'c' , 'd' ))`: `->( 'a', X( tau, 'b\'s' ), +( 'c', 'd' ) )`,
		`*( 'a', 'b', tau )`:                  `*( 'a', 'b', tau )`,
		`X( 'back\\slash', 'Ж\n' )`:           `X( 'back\\slash', 'Ж\\n' )`,
	} {
		tree := parse(t, in)
		require.Equal(t, out, tree.String())
		require.True(t, tree.Equal(parse(t, tree.String())))
	}
	for in, want := range map[string]string{
		``:                            `reading process tree: byte 1: the text ends, wanted a label, tau or an operator`,
		`->( 'a'`:                     `byte 8: wanted , or ) among the children of ->`,
		`->( 'a' ) 'b'`:               `byte 11: found "'b'" after the tree`,
		`'a`:                          `byte 1: label has no closing '`,
		`O( 'a' )`:                    `byte 1: found 'O', wanted a label`,
		`X 'a'`:                       `byte 3: wanted ( after operator X`,
		`*( 'a' )`:                    `loop has one child`,
		strings.Repeat("X( ", 20_000): `tree nests deeper than 10000`,
	} {
		_, err := Parse(in)
		require.ErrorContains(t, err, want)
	}
}

func TestValidate(t *testing.T) {
	twice := Leaf("a")
	err := New(Sequence, twice, twice, nil, New(Choice), &Tree{Operator: Silent, Label: "x"}, &Tree{Operator: 9}, &Tree{Label: "b", Children: []*Tree{Tau()}}).Validate()
	for _, want := range []string{
		"stands in the tree twice", "node is missing", "operator X has no children", `operator tau has the label "x"`,
		"operator 9 is not known", `leaf activity "b" has 1 children`,
	} {
		require.ErrorContains(t, err, want)
	}
}

func TestReduce(t *testing.T) {
	for in, out := range map[string]string{
		`->( 'a', ->( 'b', tau ), ->( tau, tau ) )`: `->( 'a', 'b' )`,
		`+( tau, tau )`:                          `tau`,
		`X( 'a', X( 'b', tau ), tau, 'a' )`:      `X( tau, 'a', 'b' )`,
		`X( tau, *( tau, 'a' ) )`:                `*( tau, 'a' )`,
		`*( X( tau, 'a' ), tau )`:                `X( tau, *( 'a', tau ) )`,
		`*( *( 'a', 'b' ), 'c' )`:                `*( 'a', X( 'b', 'c' ) )`,
		`*( *( 'a', tau ), tau )`:                `*( 'a', tau )`,
		`*( 'a', 'b', 'c' )`:                     `*( 'a', X( 'b', 'c' ) )`,
		`*( tau, tau, tau )`:                     `tau`,
		`X( +( ->( 'a' ) ) )`:                    `'a'`,
		`*( X( tau, *( 'a', tau ) ), tau )`:      `X( tau, *( 'a', tau ) )`,
		`*( X( tau, 'a', *( 'b', 'c' ) ), tau )`: `X( tau, *( X( 'a', *( 'b', 'c' ) ), tau ) )`,
	} {
		require.Equal(t, out, parse(t, in).Reduce().String(), in)
	}
}

func TestSortedNullableActivities(t *testing.T) {
	require.Equal(t, `X( 'a', *( 'c', 'b' ), +( 'd', 'e' ) )`, strings.ReplaceAll(parse(t, `X( *( 'c', 'b' ), 'a', +( 'e', 'd' ) )`).Sorted().String(), "", ""))
	require.Equal(t, []string{"a", "b"}, parse(t, `->( 'b', 'a', 'b' )`).Activities())
	for in, want := range map[string]bool{`tau`: true, `'a'`: false, `X( 'a', tau )`: true, `->( tau, 'a' )`: false, `+( tau, X( tau, 'a' ) )`: true, `*( tau, 'a' )`: true, `*( 'a', tau )`: false} {
		require.Equal(t, want, parse(t, in).Nullable(), in)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`->( 'a', *( 'b', X( tau, "c" ) ) )`, `'\''`, `+( 'a', tau )`, `*( 'a' )`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tree, err := Parse(s)
		if err != nil {
			return
		}
		back, err := Parse(tree.String())
		require.NoError(t, err)
		require.True(t, tree.Equal(back))
		reduced := tree.Reduce()
		require.NoError(t, reduced.Validate())
		require.Equal(t, tree.Nullable(), reduced.Nullable())
		require.True(t, reduced.Equal(reduced.Reduce()), "%s becomes %s, then %s", tree, reduced, reduced.Reduce())
	})
}
