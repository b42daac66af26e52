package alignment

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"html"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/discovery"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

var shared struct {
	sync.Mutex
	logs map[string]*eventlog.Log
}

// sharedLog returns a shared log in document order, without its times: the i-th
// event of a case is i minutes after the first. It reads the lines of the XES
// files, which hold one tag each, so that this package needs no connector.
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

// storedNet returns the net of the oracle that conformance is checked against.
func storedNet(t testing.TB, name, file string) *petri.Net {
	t.Helper()
	f, err := os.Open(filepath.Join(filepath.Dir(logtest.Shared(t, "oracle/pm4py.json")), name, file))
	require.NoError(t, err)
	defer f.Close()
	n, err := petri.Read(f)
	require.NoError(t, err)
	return n
}

var references = []struct {
	name, file     string
	cost           int64
	fitting, worst int64 // worst cost of the empty trace; -1 where the oracle has none
}{
	{"running-example", "running-example.xes", 0, 6, 0},
	{"receipt", "receipt.xes.gz", 2465, 713, 0},
	{"sepsis", "Sepsis.xes.gz", 573, 657, 0},
	{"bpic13_incidents", "BPIC13_incidents.xes.gz", 3763, 4103, 0},
	{"rtfm", "Road_Traffic_Fine_Management_Process.xes.gz", 104782, 66122, 0},
	{"bpic12", "BPIC12.xes.gz", 0, 13087, 0},
}

func TestStoredNets(t *testing.T) {
	for _, ref := range references {
		t.Run(ref.name, func(t *testing.T) {
			l := sharedLog(t, ref.file)
			n := storedNet(t, ref.name, "imf02.pnml")
			variants := l.Variants()
			begin := time.Now()
			r, err := Align(context.Background(), n, l.Activities(), variants, Config{})
			require.NoError(t, err)
			t.Logf("%d variants: %v, %d states", len(variants), time.Since(begin), r.States)
			require.Equal(t, ref.cost, r.TotalHigh)
			require.Equal(t, ref.cost, r.TotalLow)
			require.EqualValues(t, l.Cases(), r.Proved)
			require.Empty(t, r.Warnings)
			for i, v := range variants {
				require.NoError(t, Verify(n, l.Activities(), v, r.Alignments[i]))
			}
			f := r.Fitness(variants)
			require.Equal(t, ref.fitting, f.Fitting)
			t.Logf("%+v worst %d", f, r.WorstCost)
		})
	}
}

// minedNet returns the net of our own Inductive Miner.
func minedNet(t testing.TB, l *eventlog.Log, noise float64) *petri.Net {
	t.Helper()
	tree, err := discovery.InductiveLog(context.Background(), l, discovery.InductiveConfig{Noise: noise})
	require.NoError(t, err)
	return processtree.Petri(tree, l.Name())
}

func TestBPIC15(t *testing.T) {
	l := sharedLog(t, "BPIC15_1.xes.gz")
	n := minedNet(t, l, 0.2)
	variants := l.Variants()
	begin := time.Now()
	r, err := Align(context.Background(), n, l.Activities(), variants, Config{Budget: 120 * time.Second})
	require.NoError(t, err)
	gap := 0
	for i, v := range variants {
		a := r.Alignments[i]
		require.NoError(t, Verify(n, l.Activities(), v, a))
		gap = max(gap, a.High-a.Low)
	}
	t.Logf("%d variants: %v, %d states, %d of %d traces proved, cost %d to %d, largest gap %d", len(variants), time.Since(begin), r.States, r.Proved, l.Cases(), r.TotalLow, r.TotalHigh, gap)
}
