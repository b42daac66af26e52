package yamltree

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNearest(t *testing.T) {
	words := []string{"Decision signed", "Decision sent", "Application returned"}
	for found, want := range map[string]string{
		"decision sigend": "Decision signed", "Decision snet": "Decision sent", "Aplication returnd": "Application returned",
		"xyz": "", "Approval": "",
	} {
		got, ok := Nearest(found, words)
		require.Equal(t, want, got, found)
		require.Equal(t, want != "", ok)
	}
	require.Equal(t, 1, distance("ab", "ba", 9))
	require.Equal(t, 3, distance("kitten", "sitting", 9))
	require.GreaterOrEqual(t, distance("kitten", "sitting", 2), 2)
}

func TestNodes(t *testing.T) {
	root, err := Parse("t.yaml", []byte("a: 1\nb: [x, y]\nc: {d: true, e: 2.5}\nf: |\n  two\n  lines\n"))
	require.NoError(t, err)
	m := root.Map("a", "b", "c", "f", "g")
	a, _ := m.Value("a")
	require.Equal(t, 1, a.Int(0, 9))
	b, _ := m.Need("b")
	require.Len(t, b.List(), 2)
	require.Equal(t, "y", b.Items()[1].Text())
	c, _ := m.Need("c")
	pairs := c.Pairs()
	require.Equal(t, "d", pairs[0].Key)
	require.True(t, pairs[0].Bool())
	require.Equal(t, 2.5, pairs[1].Number())
	f, _ := m.Value("f")
	require.Equal(t, "two\nlines\n", f.Text())
	require.NoError(t, root.File().Err())
	_, ok := m.Need("g")
	require.False(t, ok)
	a.Int(5, 9)
	b.Text()
	require.EqualError(t, root.File().Err(), "reading \"t.yaml\": line 1, column 1: the key \"g\" is missing\n"+
		"reading \"t.yaml\": line 1, column 4: a: found \"1\", wanted a whole number from 5 to 9\n"+
		"reading \"t.yaml\": line 2, column 4: b: found a list, wanted text")
	for range 100 {
		a.Text()
		a.Int(5, 9)
	}
	require.ErrorContains(t, root.File().Err(), "more faults")
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("a: [1, {b: c}]\n"))
	f.Add([]byte("? - x\n: |\n  y\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		root, err := Parse("f", text)
		if err != nil {
			return
		}
		for _, p := range root.Pairs() {
			p.Items()
			p.Scalar()
		}
		_ = root.File().Err()
	})
}
