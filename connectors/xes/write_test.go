package xes

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

func written(t testing.TB, l *eventlog.Log) []byte {
	var b bytes.Buffer
	require.NoError(t, Write(&b, l))
	return b.Bytes()
}

func reread(t testing.TB, l *eventlog.Log) *eventlog.Log {
	src := New("again.xes", bytes.NewReader(written(t, l)))
	back, bad, err := load(src)
	require.NoError(t, err)
	require.Empty(t, bad)
	require.Empty(t, src.Warnings())
	return back
}

func TestWriteReadsBackEqual(t *testing.T) {
	recorded := logtest.All &^ logtest.Rows
	for seed := range uint64(60) {
		l := logtest.Random(seed, logtest.Config{Features: recorded})
		require.Empty(t, eventlog.Diff(l, reread(t, l)), "seed %d", seed)
	}
	for _, file := range []string{"receipt.xes.gz", "Sepsis.xes.gz", "running-example.xes"} {
		l, _, err := load(Open(logtest.Shared(t, file)))
		require.NoError(t, err)
		back := reread(t, l)
		require.Empty(t, eventlog.Diff(l, back), file)
		require.Equal(t, l.Meta(), back.Meta(), file)
		require.Equal(t, written(t, l), written(t, back), file)
	}
}

// TestWriteInstances writes logs of activity instances and pairs them again.
func TestWriteInstances(t *testing.T) {
	for seed := range uint64(20) {
		for _, features := range []logtest.Feature{logtest.All &^ logtest.Transitions, logtest.All} {
			l := logtest.Random(seed, logtest.Config{Features: features})
			want, _ := l.Instances()
			got, _ := reread(t, l).Instances()
			require.Empty(t, eventlog.Diff(plainInstances(t, want), plainInstances(t, got)), "seed %d", seed)
		}
	}
}

// plainInstances drops what Write may add to instances: their concept:instance,
// and transitions that only say complete.
func plainInstances(t *testing.T, l *eventlog.Log) *eventlog.Log {
	b := eventlog.NewBuilder(l.Name())
	for _, c := range l.All() {
		_, err := b.Case(c.ID(), c.Attributes())
		require.NoError(t, err)
		for i := range c.Len() {
			e := c.Event(i)
			if completes(e.Transition) {
				e.Transition = ""
			}
			e.Attributes = without(e.Attributes, eventlog.InstanceKey)
			require.NoError(t, b.Add(&e))
		}
	}
	return b.Log()
}

func without(list []eventlog.Attribute, key string) []eventlog.Attribute {
	var out []eventlog.Attribute
	for _, a := range list {
		if a.Key != key {
			out = append(out, a)
		}
	}
	return out
}

func TestWriteOverlappingInstances(t *testing.T) {
	b := eventlog.NewBuilder("overlap")
	row := func(enabled, start, end int64) {
		e := eventlog.NewEvent("1", "a", eventlog.Stamp{Time: eventlog.Time(end)})
		if enabled >= 0 {
			e.Enabled.Time = eventlog.Time(enabled)
		}
		if start >= 0 {
			e.Start.Time = eventlog.Time(start)
		}
		require.NoError(t, b.Add(&e))
	}
	row(-1, 5, 20)
	row(1, 3, 30)
	row(-1, -1, 31)
	l := b.Log()
	back := reread(t, l)
	require.Equal(t, 6, back.Events(), "three completions, two starts, one enablement")
	pairs, _ := back.Instances()
	c := pairs.Case(0)
	require.Equal(t, []eventlog.Time{5, 3, eventlog.NoTime}, c.Starts())
	require.Equal(t, []eventlog.Time{eventlog.NoTime, 1, eventlog.NoTime}, c.Enabled())
	require.Contains(t, string(written(t, l)), `<string key="concept:instance" value="2"/>`)

	b = eventlog.NewBuilder("turned round")
	row(-1, 40, 20)
	l = b.Log()
	require.Empty(t, eventlog.Diff(l, reread(t, l)))
	require.Contains(t, string(written(t, l)), `<date key="start_timestamp"`)
}

func TestWriteRefusesWhatXMLCannotHold(t *testing.T) {
	for _, text := range []string{"a\x00b", "\x1b[31m", "\xff", "\ufffe"} {
		b := eventlog.NewBuilder("odd")
		e := eventlog.NewEvent("case 7", text, eventlog.Stamp{})
		require.NoError(t, b.Add(&e))
		err := Write(io.Discard, b.Log())
		require.ErrorContains(t, err, `writing case "case 7": XML cannot hold`)
	}
}

type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, fmt.Errorf("no space left on device")
	}
	return len(p), nil
}

func TestWriteReportsFaultsOfTheWriter(t *testing.T) {
	l := logtest.Random(1, logtest.Config{Cases: 3000})
	require.ErrorContains(t, Write(&full{1 << 16}, l), "no space left on device")
	require.ErrorContains(t, Write(&full{1}, logtest.Parse("<a>")), "no space left on device")
}

func TestWriteIsDeterministic(t *testing.T) {
	l := logtest.Random(3, logtest.Config{})
	require.Equal(t, written(t, l), written(t, l))
}

func BenchmarkWrite(b *testing.B) {
	l, _, err := load(Open(logtest.Shared(b, "receipt.xes.gz")))
	require.NoError(b, err)
	for b.Loop() {
		require.NoError(b, Write(io.Discard, l))
	}
	b.ReportMetric(float64(l.Events())*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
