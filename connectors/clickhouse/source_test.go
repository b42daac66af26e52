package clickhouse

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/connectors/xes"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

// agree requires that the store answers as the reference in memory does.
func agree(t *testing.T, s *Store, name string, l *eventlog.Log) {
	t.Helper()
	ctx := context.Background()
	want, got := mining.InMemory(l), s.Source(name)
	for _, e := range []mining.Events{mining.Instances, mining.Recorded} {
		wg, err := want.DirectlyFollows(ctx, e)
		require.NoError(t, err)
		gg, err := got.DirectlyFollows(ctx, e)
		require.NoError(t, err)
		require.Equal(t, wg, gg, "directly-follows graph of %v", e)
		wv, err := want.Variants(ctx, e)
		require.NoError(t, err)
		gv, err := got.Variants(ctx, e)
		require.NoError(t, err)
		require.Equal(t, wv, gv, "variants of %v", e)
	}
	wl, err := want.LeadTime(ctx)
	require.NoError(t, err)
	gl, err := got.LeadTime(ctx)
	require.NoError(t, err)
	require.Equal(t, wl.MeanInterval, gl.MeanInterval, "lead time")
	wl.MeanInterval, gl.MeanInterval = nil, nil
	require.Equal(t, fmt.Sprintf("%+v", wl), fmt.Sprintf("%+v", gl), "lead time") // as text: NaN where there is no case
	wp, err := want.Pairing(ctx)
	require.NoError(t, err)
	gp, err := got.Pairing(ctx)
	require.NoError(t, err)
	require.Equal(t, wp, gp, "pairing")
}

func TestSourceOnRandomLogs(t *testing.T) {
	s := open(t)
	for i, cfg := range []logtest.Config{
		{}, {}, {}, {}, {Cases: 200, Length: 30, Activities: 2},
		{Plain: true}, {Features: logtest.Ties}, {Features: logtest.Ties | logtest.Rows | logtest.Empty},
		{Features: logtest.Ties | logtest.Transitions | logtest.Empty | logtest.Attributes},
		{Features: logtest.Rows | logtest.Transitions | logtest.Shuffled}, {Features: logtest.Extremes},
	} {
		l := logtest.Random(uint64(100+i), cfg)
		name := fmt.Sprintf("random %d", i)
		ingest1(t, s, name, connectors.FromLog(l))
		t.Run(name, func(t *testing.T) { agree(t, s, name, l) })
	}
}

// Two starts and a completion of one activity told apart by concept:instance, an
// abort, and a start that nothing completes; worked by hand.
func TestPairingByHand(t *testing.T) {
	s := open(t)
	b := eventlog.NewBuilder("pairing")
	at := eventlog.Time(0)
	add := func(activity, transition, instance string) {
		e := eventlog.NewEvent("c", activity, eventlog.Stamp{Time: at})
		at += 1e6
		e.Transition = transition
		if instance != "" {
			e.Attributes = []eventlog.Attribute{{Key: eventlog.InstanceKey, Value: eventlog.Text(instance)}}
		}
		require.NoError(t, b.Add(&e))
	}
	add("a", "start", "1")
	add("a", "start", "2")
	add("a", "complete", "2")
	add("a", "complete", "3") // no start of that instance
	add("b", "start", "")
	add("b", "ate_abort", "")
	add("b", "complete", "") // the abort took the start
	_, err := b.Case("empty", nil)
	require.NoError(t, err)
	lost := eventlog.NewEvent("lost", "a", eventlog.Stamp{})
	lost.Transition = "assign"
	require.NoError(t, b.Add(&lost))
	ingest1(t, s, "pairing", connectors.FromLog(b.Log()))
	got, err := s.Source("pairing").Pairing(context.Background())
	require.NoError(t, err)
	require.Equal(t, eventlog.Pairing{Events: 8, Instances: 3, Started: 1, WithoutStart: 2, Unfinished: 1, Aborted: 1, Lost: 1}, got)
}

// TestSharedLogs takes each real log in, loads it and mines it in both ways.
func TestSharedLogs(t *testing.T) {
	s := open(t)
	for _, file := range logtest.SharedLogs {
		t.Run(file.Name, func(t *testing.T) {
			path := logtest.Shared(t, file.File)
			if info, err := os.Stat(path); err == nil && info.Size() > 1<<20 && testing.Short() {
				t.Skip("a large log; run without -short")
			}
			want, _, err := connectors.Load(context.Background(), file.Name, xes.Open(path))
			require.NoError(t, err)
			r := ingest1(t, s, file.Name, xes.Open(path))
			require.Equal(t, int64(want.Events()), r.Added)
			require.Equal(t, int64(want.Cases()), r.Cases)
			equal(t, want, load(t, s, file.Name))
			agree(t, s, file.Name, want)
		})
	}
}

func TestSourceOfUnknownLog(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	_, err := s.Source("nix").DirectlyFollows(ctx, mining.Instances)
	require.EqualError(t, err, `log "nix" is not in the store; it holds none`)
	ingest1(t, s, "b", connectors.FromLog(logtest.Parse("<a>")))
	ingest1(t, s, "a", connectors.FromLog(logtest.Parse("<a>")))
	_, err = s.Source("nix").LeadTime(ctx)
	require.EqualError(t, err, `log "nix" is not in the store; it holds: "a", "b"`)
	require.ErrorIs(t, err, mining.ErrUnknownLog)
	_, err = s.Load(ctx, "nix")
	require.ErrorIs(t, err, mining.ErrUnknownLog)
}
