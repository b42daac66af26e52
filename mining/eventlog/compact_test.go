package eventlog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

func TestCompactIsEqual(t *testing.T) {
	for seed := range uint64(60) {
		l := logtest.Random(seed, logtest.Config{})
		require.Empty(t, eventlog.Diff(l, l.Compact()), "seed %d", seed)
		view := l.WhereEvents(func(c eventlog.Case, i int) bool { return (i+len(c.ID())+int(seed))%3 > 0 })
		view = view.Where(func(c eventlog.Case) bool { return c.Len()%2 == int(seed)%2 })
		small := view.Compact()
		require.Empty(t, eventlog.Diff(view, small), "seed %d", seed)
		require.Equal(t, view.Events(), small.Events())
		instances, _ := l.Instances()
		require.Empty(t, eventlog.Diff(instances, instances.Compact()), "seed %d", seed)
		recorded := instances.Recorded() // whose rows share attributes
		require.Empty(t, eventlog.Diff(recorded, recorded.Compact()), "seed %d", seed)
	}
}

func TestCompactForgets(t *testing.T) {
	b := eventlog.NewBuilder("small")
	for _, id := range []string{"a", "b"} {
		_, err := b.Case(id, []eventlog.Attribute{{Key: "only " + id, Value: eventlog.Text("value of " + id)}, {Key: "channel", Value: eventlog.Text("by " + id)}})
		require.NoError(t, err)
		e := eventlog.NewEvent(id, "does "+id, logtest.Epoch)
		e.Resource, e.Unit, e.Transition = "person "+id, "unit "+id, "complete"
		if id == "b" {
			e.Start = logtest.Epoch
		}
		e.Attributes = []eventlog.Attribute{{Key: "event of " + id, Value: eventlog.Int(1)}}
		require.NoError(t, b.Add(&e))
	}
	l := b.Log().Where(func(c eventlog.Case) bool { return c.ID() == "a" }).Compact()
	require.Equal(t, []string{"does a"}, l.Activities().Names())
	require.Equal(t, []string{"person a"}, l.Resources().Names())
	require.Equal(t, []string{"unit a"}, l.Units().Names())
	require.False(t, l.HasStarts())
	require.Equal(t, []eventlog.AttributeInfo{{Path: "channel", N: 1}, {Path: "only a", N: 1}}, l.CaseAttributes())
	require.Equal(t, []eventlog.AttributeInfo{{Path: "event of a", Kind: eventlog.KindInt, N: 1}}, l.EventAttributes())
	_, ok := l.Case(0).Attribute("only b")
	require.False(t, ok)
	none := l.Where(func(eventlog.Case) bool { return false }).Compact()
	require.Zero(t, none.Activities().Len())
	require.Empty(t, none.CaseAttributes())
}
