package dfg_test

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// plain is the graph as one would count it by hand: maps of names.
func plain(l *eventlog.Log) *dfg.Graph {
	type pair struct{ from, to string }
	counts, starts, ends := map[string]int64{}, map[string]int64{}, map[string]int64{}
	edges := map[pair][]int64{}
	g := &dfg.Graph{}
	for _, c := range l.All() {
		g.Cases++
		if c.Len() == 0 {
			g.Empty++
			continue
		}
		for i := range c.Len() {
			e := c.Event(i)
			g.Events++
			counts[e.Activity]++
			if i > 0 {
				before := c.Event(i - 1)
				p := pair{before.Activity, e.Activity}
				edges[p] = append(edges[p], int64(e.Time.Time-before.Time.Time))
			}
		}
		starts[c.Event(0).Activity]++
		ends[c.Event(c.Len()-1).Activity]++
	}
	for name := range counts {
		g.Activities = append(g.Activities, name)
	}
	slices.Sort(g.Activities)
	for from, a := range g.Activities {
		g.Counts, g.Starts, g.Ends = append(g.Counts, counts[a]), append(g.Starts, starts[a]), append(g.Ends, ends[a])
		for to, b := range g.Activities {
			d := edges[pair{a, b}]
			if d == nil {
				continue
			}
			e := dfg.Edge{From: from, To: to, Count: int64(len(d))}
			total := new(big.Int)
			for _, x := range d {
				total.Add(total, big.NewInt(x))
			}
			e.SetTotal(total)
			e.Min, e.Max = eventlog.Time(slices.Min(d)).Sub(0), eventlog.Time(slices.Max(d)).Sub(0)
			g.Edges = append(g.Edges, e)
		}
	}
	return g
}

func TestDiscover(t *testing.T) {
	g := dfg.Discover(logtest.Parse("<b@0s,a@2m,a@5m>^2 <> <a@0s,a@1m> <c>"))
	require.Equal(t, &dfg.Graph{
		Activities: []string{"a", "b", "c"},
		Counts:     []int64{6, 2, 1},
		Starts:     []int64{1, 2, 1},
		Ends:       []int64{3, 0, 1},
		Edges: []dfg.Edge{
			{From: 0, To: 0, Count: 3, TotalMicros: 7 * 60_000000, Min: time.Minute, Max: 3 * time.Minute},
			{From: 1, To: 0, Count: 2, TotalMicros: 4 * 60_000000, Min: 2 * time.Minute, Max: 2 * time.Minute},
		},
		Cases: 5, Empty: 1, Events: 9,
	}, g)
	require.Equal(t, int64(5), g.Pairs())
	require.Equal(t, 140.0, g.Edges[0].Mean())
	e, ok := g.Edge(1, 0)
	require.True(t, ok)
	require.Equal(t, int64(2), e.Count)
	_, ok = g.Edge(0, 1)
	require.False(t, ok)
	_, ok = g.Edge(2, 2)
	require.False(t, ok)
}

func TestDiscoverOfNothing(t *testing.T) {
	require.Equal(t, &dfg.Graph{}, dfg.Discover(logtest.Parse("")))
	require.Equal(t, &dfg.Graph{Cases: 2, Empty: 2}, dfg.Discover(logtest.Parse("<>^2")))
	require.True(t, math.IsNaN(dfg.Edge{}.Mean()))
}

// TestViewsNameOnlyWhatOccurs: a view keeps the dictionary of its log, the graph
// does not.
func TestViewsNameOnlyWhatOccurs(t *testing.T) {
	l := logtest.Parse("<a,b,c>").WhereEvents(func(_ eventlog.Case, i int) bool { return i != 1 })
	g := dfg.Discover(l)
	require.Equal(t, []string{"a", "c"}, g.Activities)
	require.Equal(t, []dfg.Edge{{From: 0, To: 1, Count: 1, TotalMicros: 120_000000, Min: 2 * time.Minute, Max: 2 * time.Minute}}, g.Edges)
}

// TestTotalsDoNotOverflow adds up 800 times 400 years, which 63 bits of
// microseconds cannot hold.
func TestTotalsDoNotOverflow(t *testing.T) {
	b := eventlog.NewBuilder("long")
	for i := range 800 {
		id := fmt.Sprint(i)
		for _, at := range []eventlog.Time{eventlog.MinTime, eventlog.MaxTime} {
			e := eventlog.NewEvent(id, "a", eventlog.Stamp{Time: at})
			require.NoError(t, b.Add(&e))
		}
	}
	l := b.Log()
	g := dfg.Discover(l)
	span := int64(eventlog.MaxTime - eventlog.MinTime)
	want := new(big.Int).Mul(big.NewInt(800), big.NewInt(span))
	require.Equal(t, want, g.Edges[0].Total())
	require.Equal(t, int64(1), g.Edges[0].TotalHigh)
	require.InEpsilon(t, float64(span)/1e6, g.Edges[0].Mean(), 1e-15)
	require.Equal(t, time.Duration(math.MaxInt64), g.Edges[0].Max, "the longest Duration there is")
	require.Equal(t, plain(l), g)

	var e dfg.Edge
	e.SetTotal(want)
	require.Equal(t, g.Edges[0].TotalMicros, e.TotalMicros)
	require.Equal(t, g.Edges[0].TotalHigh, e.TotalHigh)
}

func FuzzDiscover(f *testing.F) {
	for seed := range uint64(6) {
		f.Add(seed, uint16(4), uint16(seed))
	}
	f.Add(uint64(9), uint16(2000), uint16(0)) // more activities than the matrix of cells takes
	f.Add(uint64(9), uint16(5999), uint16(0)) // and than that of positions
	f.Fuzz(func(t *testing.T, seed uint64, activities, features uint16) {
		cfg := logtest.Config{Cases: 20, Length: 10, Activities: int(activities%6000) + 1, Features: logtest.Feature(features) & logtest.All}
		if cfg.Activities > 1448 {
			cfg.Cases, cfg.Length = 300, 20
		}
		if cfg.Activities > 4096 {
			cfg.Cases, cfg.Length = 600, 30
		}
		l := logtest.Random(seed, cfg)
		check(t, l)
		paired, _ := l.Instances()
		check(t, paired)
		check(t, l.Recorded())
	})
}

// check compares a graph with the plain count and checks that what leaves an
// activity, ends included, is what occurs of it, and likewise what enters.
func check(t *testing.T, l *eventlog.Log) {
	t.Helper()
	g := dfg.Discover(l)
	require.Equal(t, plain(l), g)
	out, in := slices.Clone(g.Ends), slices.Clone(g.Starts)
	for _, e := range g.Edges {
		out[e.From] += e.Count
		in[e.To] += e.Count
	}
	require.Equal(t, g.Counts, out)
	require.Equal(t, g.Counts, in)
	require.Equal(t, g.Events-g.Cases+g.Empty, g.Pairs())
}

// TestMany reaches the hash table whatever the seeds of the fuzz target do.
func TestMany(t *testing.T) {
	l := logtest.Random(3, logtest.Config{Cases: 600, Length: 40, Activities: 10_000, Features: logtest.Ties})
	require.Greater(t, l.Activities().Len(), 4000)
	check(t, l)
}

// million is a log of so many events with 20 activities, six events per case,
// built once for each size.
func million(tb testing.TB, millions, activities int) *eventlog.Log {
	key := [2]int{millions, activities}
	builds.Lock()
	defer builds.Unlock()
	if l := builds.of[key]; l != nil {
		return l
	}
	b := eventlog.NewBuilder("synthetic")
	names := make([]string, activities)
	for i := range names {
		names[i] = fmt.Sprintf("activity %d", i)
	}
	x := uint64(1)
	var id string
	for i := range millions * 1_000_000 {
		if i%6 == 0 {
			id = fmt.Sprint(i / 6)
		}
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		e := eventlog.NewEvent(id, names[x%uint64(activities)], eventlog.Stamp{Time: logtest.Epoch.Time + eventlog.Time(i%6*1000_000000) + eventlog.Time(x>>40)})
		if err := b.Add(&e); err != nil {
			tb.Fatal(err)
		}
	}
	builds.of = map[[2]int]*eventlog.Log{key: b.Log()}
	return builds.of[key]
}

var builds struct {
	sync.Mutex
	of map[[2]int]*eventlog.Log
}

func BenchmarkDiscover(b *testing.B) {
	for _, size := range []struct{ millions, activities int }{{10, 27}, {2, 398}, {2, 10_000}} {
		b.Run(fmt.Sprintf("%dM/%dactivities", size.millions, size.activities), func(b *testing.B) {
			l := million(b, size.millions, size.activities)
			for b.Loop() {
				dfg.Discover(l)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(l.Events()), "ns/event")
		})
	}
}
