package yamlfile

import (
	"math"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestFaultsCarryTheirPlace(t *testing.T) {
	doc, err := Parse("pools/lawyers.yaml", []byte("id: lawyers\nsise: 2\nqueue: earlyest-due\nmembers: 3\ntime: 5 wd\nn: many\nid: again\n"))
	if err == nil {
		m := doc.Root().Mapping("id", "size", "queue", "members", "time", "n")
		if v, ok := m.Get("queue"); ok {
			v.OneOf("fifo", "earliest-due")
		}
		if v, ok := m.Get("members"); ok {
			v.List()
		}
		if v, ok := m.Get("time"); ok {
			v.Seconds()
		}
		if v, ok := m.Get("n"); ok {
			v.Integer()
		}
		m.Need("name")
		err = doc.Err()
	}
	require.Error(t, err)
	require.ErrorContains(t, err, `reading "pools/lawyers.yaml": line 7, column 1`) // the parser itself refuses a key twice

	doc, err = Parse("pools/lawyers.yaml", []byte("id: lawyers\nsise: 2\nqueue: earlyest-due\nmembers: 3\ntime: 5 wd\nn: many\n"))
	require.NoError(t, err)
	m := doc.Root().Mapping("id", "size", "queue", "members", "time", "n")
	v, _ := m.Get("queue")
	v.OneOf("fifo", "earliest-due")
	v, _ = m.Get("members")
	v.List()
	v, _ = m.Get("time")
	v.Seconds()
	v, _ = m.Get("n")
	v.Integer()
	m.Need("name")
	require.EqualError(t, doc.Err(), `reading "pools/lawyers.yaml": line 2, column 1: found the key "sise", wanted perhaps "size"
reading "pools/lawyers.yaml": line 3, column 8: "queue": found "earlyest-due", wanted perhaps "earliest-due"
reading "pools/lawyers.yaml": line 4, column 10: "members": found "3", wanted a list
reading "pools/lawyers.yaml": line 5, column 7: "time": found "5 wd", wanted s, min, h or d (24 h); working time is a length in hours inside a calendar
reading "pools/lawyers.yaml": line 6, column 4: "n": found "many", wanted a whole number
reading "pools/lawyers.yaml": line 1, column 1: the key "name" is missing`)
}

func TestBrokenFiles(t *testing.T) {
	for name, text := range map[string]string{
		"unclosed":      "a: [1, 2\n",
		"tab":           "a:\n\tb: 1\n",
		"two documents": "a: 1\n---\nb: 2\n",
		"bad quote":     "a: \"x\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("f.yaml", []byte(text))
			require.ErrorContains(t, err, `reading "f.yaml": line `)
		})
	}
	for name, text := range map[string]string{"anchor": "a: &x 1\nb: *x\n", "tag": "a: !!str 1\nb: 1\n", "list at the root": "- 1\n", "text at the root": "word\n"} {
		t.Run(name, func(t *testing.T) {
			doc, err := Parse("f.yaml", []byte(text))
			require.NoError(t, err)
			m := doc.Root().Mapping("a", "b")
			if v, ok := m.Get("a"); ok {
				v.Text()
			}
			require.Error(t, doc.Err())
		})
	}
}

func TestSeconds(t *testing.T) {
	for text, want := range map[string]float64{"45 min": 2700, "1.5 h": 5400, "2 d": 172800, "30 s": 30, "90min": 5400, "0 s": 0, "1e-07 s": 1e-7} {
		x, err := ParseSeconds(text)
		require.NoError(t, err, text)
		require.Equal(t, want, x, text)
	}
	for _, text := range []string{"", "45", "min", "5 wd", "1 год", "NaN s", "1e400 h", "1 h 5 min"} {
		_, err := ParseSeconds(text)
		require.Error(t, err, text)
	}
	for x, want := range map[float64]string{0: "0 s", 2700: "45 min", 5400: "1.5 h", 172800: "2 d", 100: "100 s", 12960: "3.6 h", 1.0 / 3: "0.3333333333333333 s"} {
		require.Equal(t, want, FormatSeconds(x))
	}
}

func FuzzSeconds(f *testing.F) {
	for _, x := range []float64{0, 1, 60, 3599.5, 1e9, 1e-9, 1.0 / 3, 86400 * 1.1, math.MaxFloat64, -5} {
		f.Add(x)
	}
	f.Fuzz(func(t *testing.T, x float64) {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			t.Skip()
		}
		back, err := ParseSeconds(FormatSeconds(x))
		require.NoError(t, err)
		require.Equal(t, x, back)
	})
}

func FuzzScalars(f *testing.F) {
	for _, s := range []string{"plain", "", "null", "~", "a: b", "a #b", " lead", "trail ", "- x", "12:30", "5", "0x1", "1e3", ".inf", "<<", "{a}", "[", "a,b", "\"q\"", "тест «да»", "line\nbreak", "\t", "\u2028", "\x01", "\ufeff", "a:", "!t", "&a", "*a", "%d", "@", "`", "---", "...", "? x", "1_000", "\u0085", "😀", "\\", "a'b"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		if !utf8.ValidString(key) || !utf8.ValidString(value) {
			t.Skip()
		}
		data := Marshal(Map{{"one", Map{{key, value}}}, {"two", List{value, "x"}}, {"three", Inline{{"k", value}}}, {"four", List{Map{{"k", value}, {"l", 1}}}}})
		doc, err := Parse("f", data)
		require.NoError(t, err, "%q", data)
		m := doc.Root().Mapping("one", "two", "three", "four")
		one, _ := m.Get("one")
		entries := one.Entries()
		require.NoError(t, doc.Err(), "%q", data)
		require.Len(t, entries, 1)
		require.Equal(t, key, entries[0].Key)
		require.Equal(t, value, entries[0].Text())
		two, _ := m.Get("two")
		require.Equal(t, value, two.List()[0].Text())
		three, _ := m.Get("three")
		require.Equal(t, value, three.Entries()[0].Text())
		four, _ := m.Get("four")
		require.Equal(t, value, four.List()[0].Entries()[0].Text())
		require.NoError(t, doc.Err(), "%q", data)
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("a: {b: [1, 2], c: \"x\"}\n"))
	f.Add([]byte("- a\n- b: |\n    text\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Parse("f", data)
		if err != nil {
			return
		}
		for _, e := range doc.Root().Entries() {
			e.Text()
			e.Value.Place()
		}
		_ = doc.Err()
	})
}
