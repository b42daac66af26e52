package discovery

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"html"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/processtree"
)

// sharedVariants returns the variants of a shared log by name.
func sharedVariants(t testing.TB, file string) []processtree.Variant {
	t.Helper()
	return named(SharedLog(t, file))
}

// named returns the variants of a log by the names of their activities.
func named(l *eventlog.Log) []processtree.Variant {
	var out []processtree.Variant
	for _, v := range l.Variants() {
		n := processtree.Variant{Count: int64(v.Count)}
		for _, a := range v.Activities {
			n.Activities = append(n.Activities, l.Activities().Name(a))
		}
		out = append(out, n)
	}
	return out
}

var shared struct {
	sync.Mutex
	logs map[string]*eventlog.Log
}

// SharedLog returns a shared log in document order, without its times: the i-th
// event of a case is i minutes after the first. It reads the lines of the XES
// files, which hold one tag each, so that this package needs no connector.
func SharedLog(t testing.TB, file string) *eventlog.Log {
	t.Helper()
	path := logtest.Shared(t, file)
	shared.Lock()
	defer shared.Unlock()
	if l := shared.logs[file]; l != nil {
		return l
	}
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		r, err = gzip.NewReader(f)
		require.NoError(t, err)
	}
	b := eventlog.NewBuilder(file)
	inEvent, inTrace := false, false
	cases, k := 0, 0
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	key := []byte(`key="concept:name"`)
	for lines.Scan() {
		line := lines.Bytes()
		for len(line) > 0 {
			end := bytes.IndexByte(line, '>') + 1
			if end == 0 {
				break
			}
			tag := bytes.TrimLeft(line[:end], " \t")
			line = line[end:]
			switch {
			case bytes.HasPrefix(tag, []byte("<trace")):
				inTrace, k = true, 0
				_, err := b.Case(strconv.Itoa(cases), nil)
				require.NoError(t, err)
			case bytes.HasPrefix(tag, []byte("<event")):
				inEvent = inTrace
			case bytes.HasPrefix(tag, []byte("</event>")):
				inEvent = false
			case bytes.HasPrefix(tag, []byte("</trace>")):
				inTrace = false
				cases++
			case inEvent && bytes.Contains(tag, key):
				_, v, _ := bytes.Cut(tag, []byte(`value="`))
				v = v[:bytes.LastIndexByte(v, '"')]
				at := eventlog.Stamp{Time: logtest.Epoch.Time + eventlog.Time(k)*60_000000}
				e := eventlog.NewEvent(strconv.Itoa(cases), html.UnescapeString(string(v)), at)
				require.NoError(t, b.Add(&e))
				k++
			}
		}
	}
	require.NoError(t, lines.Err())
	if shared.logs == nil {
		shared.logs = map[string]*eventlog.Log{}
	}
	shared.logs[file] = b.Log()
	return shared.logs[file]
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

// reference returns the numbers that the oracle holds under a key of a log.
func reference(t testing.TB, log, key string) (map[string]int, bool) {
	t.Helper()
	b, err := os.ReadFile(logtest.Shared(t, "oracle/pm4py.json"))
	require.NoError(t, err)
	var all struct {
		Logs map[string]struct {
			PM4Py map[string]json.RawMessage
		}
	}
	require.NoError(t, json.Unmarshal(b, &all))
	raw, ok := all.Logs[log].PM4Py[key]
	if !ok {
		return nil, false
	}
	var out map[string]int
	require.NoError(t, json.Unmarshal(raw, &out))
	return out, true
}
