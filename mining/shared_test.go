package mining_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// load reads a shared XES log.
func load(t testing.TB, l logtest.SharedLog) *eventlog.Log {
	t.Helper()
	log, report, err := connectors.Load(context.Background(), l.Name, xes.Open(logtest.Shared(t, l.File)))
	require.NoError(t, err)
	require.Zero(t, report.Count)
	return log
}

// TestSharedLogsEqualTheOracle mines every shared log, each event as recorded,
// and compares with the reference results, edge by edge.
func TestSharedLogsEqualTheOracle(t *testing.T) {
	for _, shared := range logtest.SharedLogs {
		t.Run(shared.Name, func(t *testing.T) {
			want := logtest.Oracle(t, shared.Name)
			l := load(t, shared)
			o, err := mining.Mine(context.Background(), shared.Name, mining.InMemory(l), mining.Recorded)
			require.NoError(t, err)
			require.Equal(t, "recorded events", o.EventsAs)
			require.EqualValues(t, want.Traces, o.Cases)
			require.EqualValues(t, want.Events, o.Events)
			require.Equal(t, want.Activities, o.Activities)
			require.Equal(t, want.Order.Variants, o.Variants)
			require.Equal(t, want.Order.Pairs, o.DirectlyFollows.Pairs)
			require.Equal(t, want.Order.Total, o.DirectlyFollows.Total)

			var edges []logtest.CountedPair
			for _, e := range o.DirectlyFollows.Edges {
				edges = append(edges, logtest.CountedPair{From: e.From, To: e.To, Count: e.Count})
			}
			require.ElementsMatch(t, want.Edges, edges)
			require.Equal(t, want.Order.SHA256, fingerprint(t, o), "edges in their order")
			require.Equal(t, want.StartsOf, countsOf(o.Starts))
			require.Equal(t, want.EndsOf, countsOf(o.Ends))

			lead := o.LeadTime
			require.Equal(t, want.Traces, lead.N)
			require.InEpsilon(t, want.Duration.Mean, float64(lead.Mean), 1e-9)
			require.InDelta(t, want.Duration.Median, float64(lead.Median), 1e-6)
			require.InDelta(t, want.Duration.Max, float64(lead.Max), 1e-6)

			variants, err := mining.InMemory(l).Variants(context.Background(), mining.Recorded)
			require.NoError(t, err)
			require.EqualValues(t, want.Order.Top, variants[0].Count)
			for i, v := range want.Variants {
				require.Equal(t, v.Count, variants[i].Count, "variant %d", i)
			}
			if want.Variants != nil {
				require.ElementsMatch(t, want.Variants, counted(variants))
			}
		})
	}
}

// fingerprint is the hash of the edges that the oracle gives: [[from,to,count],…]
// in order, as compact JSON.
func fingerprint(t *testing.T, o *mining.Overview) string {
	t.Helper()
	edges := [][3]any{}
	for _, e := range o.DirectlyFollows.Edges {
		edges = append(edges, [3]any{e.From, e.To, e.Count})
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	require.NoError(t, enc.Encode(edges))
	sum := sha256.Sum256(bytes.TrimSpace(b.Bytes()))
	return hex.EncodeToString(sum[:])
}

func countsOf(list []mining.ActivityCount) map[string]int64 {
	out := map[string]int64{}
	for _, a := range list {
		out[a.Activity] = a.Count
	}
	return out
}

func counted(variants []mining.Variant) []logtest.CountedVariant {
	var out []logtest.CountedVariant
	for _, v := range variants {
		out = append(out, logtest.CountedVariant{Activities: v.Activities, Count: v.Count})
	}
	return out
}

// TestSharedFigures are the figures that the README shows.
func TestSharedFigures(t *testing.T) {
	for _, c := range []struct {
		shared                             logtest.SharedLog
		cases, events                      int64
		activities, variants, pairs, total int
	}{
		{logtest.SharedLogs[1], 1434, 8577, 27, 116, 99, 7143},
		{logtest.SharedLogs[6], 150370, 561470, 11, 231, 70, 411100},
	} {
		t.Run(c.shared.Name, func(t *testing.T) {
			o, err := mining.Mine(context.Background(), "log", mining.InMemory(load(t, c.shared)), mining.Instances)
			require.NoError(t, err)
			require.Equal(t, []int64{c.cases, c.events}, []int64{o.Cases, o.Events})
			require.Equal(t, []int{c.activities, c.variants, c.pairs, c.total},
				[]int{o.Activities, o.Variants, o.DirectlyFollows.Pairs, int(o.DirectlyFollows.Total)})
			require.Empty(t, o.Warnings)
		})
	}
}

// TestPairedBPIC12 counts what the standard's transitions say: the 164,506
// completing events are the activity instances, and the graph is that of the
// completing events alone.
func TestPairedBPIC12(t *testing.T) {
	l := load(t, logtest.SharedLogs[5])
	o, err := mining.Mine(context.Background(), "bpic12", mining.InMemory(l), mining.Instances)
	require.NoError(t, err)
	require.Equal(t, "activity instances", o.EventsAs)
	require.EqualValues(t, 164506, o.Events)
	require.EqualValues(t, 13087, o.Cases)
	completing := l.WhereEvents(func(c eventlog.Case, i int) bool {
		return eventlog.TransitionOf(l.Transitions().Name(c.Transitions()[i])) == eventlog.Completes
	})
	g := dfg.Discover(completing)
	require.Equal(t, g.Pairs(), o.DirectlyFollows.Total)
	require.Equal(t, len(g.Edges), o.DirectlyFollows.Pairs)
	recorded, err := mining.InMemory(l).LeadTime(context.Background())
	require.NoError(t, err)
	require.InDelta(t, recorded.Mean, float64(o.LeadTime.Mean), 1e-6, "first to last recorded event in both modes")
	require.Contains(t, o.Warnings[0], "262200 recorded events make 164506 activity instances")
	require.Contains(t, o.Warnings, "93133 of 164506 activity instances have no recorded start")
}

// TestProduction reads a log of activity instances, one per row, and expands it
// into recorded events, ties in the order of the rows. The oracle read the same log
// as XES, whose ties stand in another order: its counts hold, the hash of its
// edges does not.
func TestProduction(t *testing.T) {
	f, err := os.Open(logtest.Shared(t, "Production.csv"))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	b := eventlog.NewBuilder("production")
	for _, row := range rows[1:] {
		stamp := func(name string) eventlog.Stamp {
			at, err := time.Parse("2006-01-02 15:04:05Z07:00", row[column[name]])
			require.NoError(t, err)
			return eventlog.At(at)
		}
		e := eventlog.NewEvent(row[column["case:concept:name"]], row[column["concept:name"]], stamp("time:timestamp"))
		e.Start = stamp("start_timestamp")
		require.NoError(t, b.Add(&e))
	}
	src := mining.InMemory(b.Log())
	o, err := mining.Mine(context.Background(), "production", src, mining.Instances)
	require.NoError(t, err)
	require.Equal(t, []int64{225, 4953, 26}, []int64{o.Cases, o.Events, int64(o.Activities)})

	want := logtest.Oracle(t, "Production.xes")
	o, err = mining.Mine(context.Background(), "production", src, mining.Recorded)
	require.NoError(t, err)
	require.EqualValues(t, want.Events, o.Events)
	require.Equal(t, want.Order.Variants, o.Variants)
	require.Equal(t, want.Order.Pairs, o.DirectlyFollows.Pairs)
	require.Equal(t, want.Order.Total, o.DirectlyFollows.Total)
}
