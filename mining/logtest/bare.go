package logtest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"html"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/uprava/uprava/mining/eventlog"
)

var bare struct {
	sync.Mutex
	logs map[string]*eventlog.Log
}

// Bare returns a shared log in document order, without its times: the i-th
// event of a case is i minutes after the first. It reads the lines of the XES
// files, which hold one tag each, so that a miner needs no connector.
func Bare(t testing.TB, file string) *eventlog.Log {
	t.Helper()
	path := Shared(t, file)
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("reading %s: %v", file, err)
		}
	}
	bare.Lock()
	defer bare.Unlock()
	if l := bare.logs[file]; l != nil {
		return l
	}
	f, err := os.Open(path)
	ok(err)
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(file, ".gz") {
		r, err = gzip.NewReader(f)
		ok(err)
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
				ok(err)
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
				at := eventlog.Stamp{Time: Epoch.Time + eventlog.Time(k)*60_000000}
				e := eventlog.NewEvent(strconv.Itoa(cases), html.UnescapeString(string(v)), at)
				ok(b.Add(&e))
				k++
			}
		}
	}
	ok(lines.Err())
	if bare.logs == nil {
		bare.logs = map[string]*eventlog.Log{}
	}
	bare.logs[file] = b.Log()
	return bare.logs[file]
}
