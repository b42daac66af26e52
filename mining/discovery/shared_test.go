package discovery

import (
	"bufio"
	"compress/gzip"
	"html"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/processtree"
)

// sharedVariants returns the variants of a shared log in document order of their
// first case. It reads the lines of the XES files, which hold one tag each, so
// that this package needs no connector.
func sharedVariants(t testing.TB, file string) []processtree.Variant {
	t.Helper()
	f, err := os.Open(logtest.Shared(t, file))
	require.NoError(t, err)
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		r, err = gzip.NewReader(f)
		require.NoError(t, err)
	}
	var out []processtree.Variant
	at := map[string]int{}
	var trace []string
	inEvent, inTrace := false, false
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	for lines.Scan() {
		line := lines.Text()
		for _, tag := range strings.SplitAfter(line, ">") {
			switch {
			case strings.Contains(tag, "<trace"):
				trace, inTrace = nil, true
			case strings.Contains(tag, "<event"):
				inEvent = inTrace
			case strings.Contains(tag, "</event>"):
				inEvent = false
			case strings.Contains(tag, "</trace>"):
				key := strings.Join(trace, "\x00")
				k, ok := at[key]
				if !ok {
					k = len(out)
					at[key] = k
					out = append(out, processtree.Variant{Activities: trace})
				}
				out[k].Count++
				inTrace = false
			case inEvent && strings.Contains(tag, `key="concept:name"`):
				_, v, _ := strings.Cut(tag, `value="`)
				v = v[:strings.LastIndexByte(v, '"')]
				trace = append(trace, html.UnescapeString(v))
			}
		}
	}
	require.NoError(t, lines.Err())
	return out
}

// oracleTree returns a reference tree, nil where there is none.
func oracleTree(t testing.TB, name, file string) *processtree.Tree {
	t.Helper()
	path := filepath.Join(filepath.Dir(logtest.Shared(t, "oracle/pm4py.json")), name, file)
	b, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	tree, err := processtree.Parse(string(b))
	require.NoError(t, err)
	return tree
}
