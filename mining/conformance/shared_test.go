package conformance

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"html"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/petri"
)

var shared struct {
	sync.Mutex
	logs map[string]*eventlog.Log
}

// sharedLog returns the activities of a shared log in document order, events one
// minute apart, every event as recorded. The shared files hold one tag after
// another, names in <string key="concept:name">, so that this package needs no
// connector.
func sharedLog(t testing.TB, file string) *eventlog.Log {
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
	tags := bufio.NewScanner(r)
	tags.Buffer(make([]byte, 1<<20), 1<<26)
	tags.Split(func(data []byte, end bool) (int, []byte, error) {
		if i := bytes.IndexByte(data, '>'); i >= 0 {
			return i + 1, bytes.TrimSpace(data[:i+1]), nil
		}
		if end {
			return len(data), nil, nil
		}
		return 0, nil, nil
	})
	inEvent, inTrace := false, false
	cases, k := 0, 0
	for tags.Scan() {
		switch tag := tags.Bytes(); {
		case bytes.HasPrefix(tag, []byte("<trace")):
			inTrace, k = true, 0
			_, err := b.Case(strconv.Itoa(cases), nil)
			require.NoError(t, err)
		case bytes.HasPrefix(tag, []byte("</trace")):
			inTrace = false
			cases++
		case bytes.HasPrefix(tag, []byte("<event")):
			inEvent = inTrace
		case bytes.HasPrefix(tag, []byte("</event")):
			inEvent = false
		case inEvent && bytes.Contains(tag, []byte(`key="concept:name"`)):
			_, v, _ := bytes.Cut(tag, []byte(`value="`))
			name := html.UnescapeString(string(v[:bytes.LastIndexByte(v, '"')]))
			e := eventlog.NewEvent(strconv.Itoa(cases), name, eventlog.Stamp{Time: logtest.Epoch.Time + eventlog.Time(k)*60_000000})
			require.NoError(t, b.Add(&e))
			k++
		}
	}
	require.NoError(t, tags.Err())
	if shared.logs == nil {
		shared.logs = map[string]*eventlog.Log{}
	}
	shared.logs[file] = b.Log()
	return shared.logs[file]
}

// sharedNet returns a stored net of the oracle; the test is skipped where it is
// missing.
func sharedNet(t testing.TB, log, file string) *petri.Net {
	t.Helper()
	f, err := os.Open(logtest.Shared(t, "oracle/"+log+"/"+file))
	require.NoError(t, err)
	defer f.Close()
	n, err := petri.Read(f)
	require.NoError(t, err)
	return n
}

// peer returns what PM4Py answers of a log.
func peer(t testing.TB, log string) map[string]map[string]float64 {
	t.Helper()
	b, err := os.ReadFile(logtest.Shared(t, "oracle/pm4py.json"))
	require.NoError(t, err)
	var all struct {
		Logs map[string]struct {
			PM4Py map[string]json.RawMessage `json:"pm4py"`
		}
	}
	require.NoError(t, json.Unmarshal(b, &all))
	out := map[string]map[string]float64{}
	for name, raw := range all.Logs[log].PM4Py {
		var m map[string]float64
		if json.Unmarshal(raw, &m) == nil {
			out[name] = m
		}
	}
	return out
}
