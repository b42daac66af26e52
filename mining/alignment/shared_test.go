package alignment

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/discovery"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

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

// references are the costs of the stored nets, and how many traces fit once
// events that the net does not know are left out, as in token replay.
var references = []struct {
	name, file               string
	cost, fitting, forgiving int64
}{
	{"running-example", "running-example.xes", 0, 6, 6},
	{"receipt", "receipt.xes.gz", 2465, 713, 713},
	{"sepsis", "Sepsis.xes.gz", 573, 657, 704},
	{"bpic13_incidents", "BPIC13_incidents.xes.gz", 3763, 4103, 4103},
	{"rtfm", "Road_Traffic_Fine_Management_Process.xes.gz", 104782, 66122, 66122},
	{"bpic12", "BPIC12.xes.gz", 0, 13087, 13087},
}

func TestStoredNets(t *testing.T) {
	for _, ref := range references {
		t.Run(ref.name, func(t *testing.T) {
			l := logtest.Bare(t, ref.file)
			n := storedNet(t, ref.name, "imf02.pnml")
			variants := l.Variants()
			r, err := Align(context.Background(), n, l.Activities(), variants, Config{})
			require.NoError(t, err)
			compareWithOracle(t, ref.name, l, r)
			require.Equal(t, ref.cost, r.TotalHigh)
			require.Equal(t, ref.cost, r.TotalLow)
			require.EqualValues(t, l.Cases(), r.Proved)
			require.Empty(t, r.Warnings)
			labels := map[string]bool{}
			for i := range n.Transitions {
				labels[n.Transitions[i].Label] = !n.Transitions[i].Silent
			}
			forgiving := int64(0)
			for i, v := range variants {
				require.NoError(t, Verify(n, l.Activities(), v, r.Alignments[i]))
				strange := 0
				for _, a := range v.Activities {
					if !labels[l.Activities().Name(a)] {
						strange++
					}
				}
				if r.Alignments[i].Cost == strange {
					forgiving += int64(v.Count)
				}
			}
			require.Equal(t, ref.fitting, r.Fitness(variants).Fitting)
			require.Equal(t, ref.forgiving, forgiving)

			// The search over the synchronous product comes to the same.
			if ref.name != "bpic12" || !testing.Short() {
				s := searched(t, n, l.Activities(), variants, Config{})
				for i := range variants {
					require.NoError(t, Verify(n, l.Activities(), variants[i], s.Alignments[i]))
					require.Equal(t, r.Alignments[i].Cost, s.Alignments[i].Cost)
				}
			}
		})
	}
}

// compareWithOracle compares the costs of the traces, ascending, where the oracle
// has them.
func compareWithOracle(t *testing.T, name string, l *eventlog.Log, r *Result) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(filepath.Dir(logtest.Shared(t, "oracle/pm4py.json")), name, "align_costs.json"))
	if os.IsNotExist(err) {
		return
	}
	require.NoError(t, err)
	var costs []int
	require.NoError(t, json.Unmarshal(b, &costs))
	got := make([]int, 0, len(costs))
	for i, v := range l.Variants() {
		for range v.Count {
			got = append(got, r.Alignments[i].Cost)
		}
	}
	slices.Sort(got)
	require.True(t, slices.IsSorted(costs))
	require.True(t, slices.Equal(costs, got))
}

// minedNet returns the net of our own Inductive Miner.
func minedNet(t testing.TB, l *eventlog.Log, noise float64) *petri.Net {
	t.Helper()
	tree, err := discovery.InductiveLog(context.Background(), l, discovery.InductiveConfig{Noise: noise})
	require.NoError(t, err)
	return processtree.Petri(tree, l.Name())
}

// TestBPIC15 aligns the log that no search can cope with: its net has sixty
// parallels one inside the other.
func TestBPIC15(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds: left out of short tests")
	}
	l := logtest.Bare(t, "BPIC15_1.xes.gz")
	n := minedNet(t, l, 0.2)
	variants := l.Variants()
	r, err := Align(context.Background(), n, l.Activities(), variants, Config{Budget: 120 * time.Second})
	require.NoError(t, err)
	for i, v := range variants {
		require.NoError(t, Verify(n, l.Activities(), v, r.Alignments[i]))
	}
	require.EqualValues(t, l.Cases(), r.Proved)
	require.Equal(t, r.TotalLow, r.TotalHigh)
}

// BenchmarkStoredNets reports, beside time, the live memory that the result and
// the searches take at most, in MiB beyond the log.
func BenchmarkStoredNets(b *testing.B) {
	for _, ref := range references {
		b.Run(ref.name, func(b *testing.B) {
			l := logtest.Bare(b, ref.file)
			benchmark(b, l, storedNet(b, ref.name, "imf02.pnml"))
		})
	}
}

func BenchmarkBPIC15(b *testing.B) {
	l := logtest.Bare(b, "BPIC15_1.xes.gz")
	benchmark(b, l, minedNet(b, l, 0.2))
}

func benchmark(b *testing.B, l *eventlog.Log, n *petri.Net) {
	variants := l.Variants()
	live := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	before := live()
	m, err := compile(n)
	require.NoError(b, err)
	j := &job{model: m, started: time.Now(), cfg: Config{}, variants: variants, labels: m.codes(l.Activities())}
	r, err := j.run(context.Background())
	require.NoError(b, err)
	after := live()
	runtime.KeepAlive(j)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		_, err := Align(context.Background(), n, l.Activities(), variants, Config{})
		require.NoError(b, err)
	}
	b.ReportMetric(after-before, "live-MiB")
	b.ReportMetric(float64(l.Events())*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(r.States), "states")
}

// BenchmarkCancel reports how long Align takes to return once it is cancelled.
func BenchmarkCancel(b *testing.B) {
	n, d, variants := hard()
	var total time.Duration
	for range b.N {
		ctx, cancel := context.WithCancel(context.Background())
		var at time.Time
		time.AfterFunc(5*time.Millisecond, func() { at = time.Now(); cancel() })
		_, err := Align(ctx, n, d, variants, Config{})
		require.ErrorIs(b, err, context.Canceled)
		total += time.Since(at)
	}
	b.ReportMetric(float64(total.Microseconds())/float64(b.N)/1000, "ms-to-return")
}
