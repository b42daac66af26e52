package eventlog_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

var (
	day = time.Date(2019, 3, 1, 0, 0, 0, 0, time.UTC)
	msk = time.FixedZone("", 3*3600)
)

func at(d time.Duration) eventlog.Stamp { return eventlog.At(day.Add(d)) }

func event(id, activity string, d time.Duration, attributes ...eventlog.Attribute) eventlog.Event {
	e := eventlog.NewEvent(id, activity, at(d))
	e.Attributes = attributes
	return e
}

func text(key, value string, children ...eventlog.Attribute) eventlog.Attribute {
	return eventlog.Attribute{Key: key, Value: eventlog.Text(value), Children: children}
}

func build(t *testing.T, events ...eventlog.Event) *eventlog.Log {
	t.Helper()
	b := eventlog.NewBuilder("test")
	for i := range events {
		require.NoError(t, b.Add(&events[i]))
	}
	return b.Log()
}

// sequence returns the activities of a case.
func sequence(c eventlog.Case) []string {
	out := []string{}
	for i := range c.Len() {
		out = append(out, c.Event(i).Activity)
	}
	return out
}

func TestBuilderOrdersByCaseTimeAndSequence(t *testing.T) {
	l := build(t,
		event("x", "late", 3*time.Hour, text("k", "1")),
		event("y", "only", time.Hour, text("k", "2"), text("only", "y")),
		event("x", "tie one", 2*time.Hour),
		event("x", "early", time.Hour, text("k", "4")),
		event("x", "tie two", 2*time.Hour, text("k", "5")),
	)
	require.Equal(t, 2, l.Cases())
	require.Equal(t, 5, l.Events())
	require.Equal(t, "x", l.Case(0).ID(), "cases by first appearance")
	require.Equal(t, []string{"early", "tie one", "tie two", "late"}, sequence(l.Case(0)))
	require.Equal(t, []string{"only"}, sequence(l.Case(1)))
	for i, want := range []string{"4", "", "5", "1"} {
		v, ok := l.Case(0).EventAttribute(i, "k")
		require.Equal(t, want != "", ok)
		require.Equal(t, want, v.Text(), "attributes go with their event")
	}
	require.Equal(t, []eventlog.Attribute{text("k", "2"), text("only", "y")}, l.Case(1).Event(0).Attributes)
	require.Equal(t, at(time.Hour).Time, l.Case(0).First())
	require.Equal(t, at(3*time.Hour).Time, l.Case(0).Last())
	require.Nil(t, l.Case(0).Resources())
	require.Nil(t, l.Case(0).Starts())
}

func TestBuilderSparseColumns(t *testing.T) {
	first, second := event("x", "a", 0), event("x", "b", time.Hour)
	second.Resource, second.Unit, second.Transition = "ann", "registry", "complete"
	second.Start = eventlog.At(day.Add(30 * time.Minute).In(msk))
	third := event("x", "c", 2*time.Hour)
	third.Enabled = at(time.Hour)
	l := build(t, first, second, third)
	c := l.Case(0)
	require.Equal(t, []eventlog.Code{eventlog.NoCode, 0, eventlog.NoCode}, c.Resources())
	require.Equal(t, []eventlog.Code{eventlog.NoCode, 0, eventlog.NoCode}, c.Units())
	require.Equal(t, []eventlog.Code{eventlog.NoCode, 0, eventlog.NoCode}, c.Transitions())
	require.Equal(t, []eventlog.Time{eventlog.NoTime, second.Start.Time, eventlog.NoTime}, c.Starts())
	require.Equal(t, []eventlog.Time{eventlog.NoTime, eventlog.NoTime, third.Enabled.Time}, c.Enabled())
	require.Equal(t, []eventlog.Event{first, second, third}, []eventlog.Event{c.Event(0), c.Event(1), c.Event(2)})
	require.Equal(t, eventlog.Zone(180), c.Event(1).Start.Zone)
	require.True(t, l.HasStarts() && l.HasEnabled())
}

func TestBuilderCopiesWhatItKeeps(t *testing.T) {
	buf := []byte("case activity")
	e := eventlog.NewEvent(string(buf[:4]), string(buf[5:]), at(0))
	list := []eventlog.Attribute{text("k", "v")}
	e.Attributes = list
	b := eventlog.NewBuilder("test")
	require.NoError(t, b.Add(&e))
	e.Activity, list[0] = "changed", text("k", "changed")
	require.NoError(t, b.Add(&e))
	l := b.Log()
	require.Equal(t, []string{"activity", "changed"}, sequence(l.Case(0)))
	v, _ := l.Case(0).EventAttribute(0, "k")
	require.Equal(t, "v", v.Text())
}

func TestBuilderCaseAttributes(t *testing.T) {
	b := eventlog.NewBuilder("test")
	declare := func(id string, list ...eventlog.Attribute) {
		_, err := b.Case(id, list)
		require.NoError(t, err)
	}
	declare("x", text("k", "first"), text("group", "g", text("in", "1")))
	declare("x", text("k", "second"), text("more", "m"))
	declare("y", text("k", "y"))
	declare("x", text("k", "third"), text("group", "h", text("other", "2")), text("late", "l", text("deep", "d")))
	declare("x", text("late", "again"))
	declare("z")
	declare("y", text("late", "y"))
	n, err := b.Case("z", nil)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	_, err = b.Case("", nil)
	require.Error(t, err)
	require.Zero(t, b.Len())
	l := b.Log()
	require.Equal(t, 3, l.Cases())
	require.Equal(t, []eventlog.Attribute{
		text("k", "first"), text("group", "g", text("in", "1")), text("more", "m"), text("late", "l", text("deep", "d")),
	}, l.Case(0).Attributes())
	require.Equal(t, []eventlog.Attribute{text("k", "y"), text("late", "y")}, l.Case(1).Attributes())
	require.Nil(t, l.Case(2).Attributes())
	v, ok := l.Case(0).Attribute("late" + eventlog.PathSeparator + "deep")
	require.True(t, ok)
	require.Equal(t, "d", v.Text())
	_, ok = l.Case(2).Attribute("k")
	require.False(t, ok)
	require.Contains(t, l.CaseAttributes(), eventlog.AttributeInfo{Path: "k", Kind: eventlog.KindString, N: 2})
	require.Equal(t, eventlog.NoTime, l.Case(0).First())
	require.Equal(t, eventlog.NoTime, l.Case(0).Last())
}

func TestNestedAttributesRoundTrip(t *testing.T) {
	list := []eventlog.Attribute{
		{Key: "list", Value: eventlog.Group(eventlog.KindList), Children: []eventlog.Attribute{
			text("item", "2nd by name, first in place"), text("item", "b", text("x", "1")), {Key: "", Value: eventlog.Int(3)},
			{Key: "[7]odd", Value: eventlog.Bool(true)},
			{Key: "inner", Value: eventlog.Group(eventlog.KindList), Children: []eventlog.Attribute{text("a", "1"), text("a", "2")}},
		}},
		{Key: "box", Value: eventlog.Group(eventlog.KindContainer), Children: []eventlog.Attribute{{Key: "f", Value: eventlog.Float(math.NaN())}}},
		text("", "no key", text("below", "1"), text("", "nor here")),
		{Key: "empty list", Value: eventlog.Group(eventlog.KindList)},
		{Key: "when", Value: eventlog.TimeValue(eventlog.At(day.In(msk)))},
		{Key: "id", Value: eventlog.ID("u-1"), Children: []eventlog.Attribute{text("", "empty key"), text("e", "")}},
	}
	for range 12 { // ten and more items keep their order too
		list[0].Children = append(list[0].Children, text("item", "again"))
	}
	e := event("x", "a", 0, list...)
	other := event("x", "b", -time.Hour, text("k", "v")) // forces reordering
	l := build(t, e, other)
	require.Equal(t, list, l.Case(0).Event(1).Attributes)
	v, ok := l.Case(0).EventAttribute(1, "list"+eventlog.PathSeparator+"[1]item"+eventlog.PathSeparator+"x")
	require.True(t, ok)
	require.Equal(t, "1", v.Text())
}

func TestRepeatedKeys(t *testing.T) {
	l := build(t,
		event("x", "a", 0, text("k", "1"), text("k", "2")),
		event("x", "b", 1, eventlog.Attribute{Key: "k", Value: eventlog.Int(5)}, text("k", "3"), text("sep\x1fkey", "v")),
	)
	c := l.Case(0)
	require.Equal(t, []eventlog.Attribute{text("k", "2")}, c.Event(0).Attributes, "of a kind the later")
	v, _ := c.EventAttribute(1, "k")
	require.Equal(t, eventlog.Text("3"), v, "of kinds the first")
	require.Contains(t, c.Event(1).Attributes, text("k", "3"))
	require.Contains(t, c.Event(1).Attributes, text("sep�key", "v"), "no key passes for a path")
}

func TestCheck(t *testing.T) {
	ok := event("x", "a", 0)
	for name, c := range map[string]struct {
		change func(*eventlog.Event)
		want   string
	}{
		"case":     {func(e *eventlog.Event) { e.Case = "" }, "event without a case"},
		"activity": {func(e *eventlog.Event) { e.Activity = "" }, "event without an activity"},
		"time":     {func(e *eventlog.Event) { e.Time = eventlog.None }, "event without a time"},
		"too early": {func(e *eventlog.Event) { e.Time.Time = eventlog.MinTime - 1 },
			"time 1899-12-31T23:59:59Z lies outside the years 1900 to 2299"},
		"too late": {func(e *eventlog.Event) { e.Start.Time = eventlog.MaxTime + 1 },
			"start 2300-01-01T00:00:00Z lies outside the years 1900 to 2299"},
		"enabled": {func(e *eventlog.Event) { e.Enabled.Time = eventlog.MinTime - 1 },
			"enablement 1899-12-31T23:59:59Z lies outside the years 1900 to 2299"},
	} {
		t.Run(name, func(t *testing.T) {
			e := ok
			c.change(&e)
			b := eventlog.NewBuilder("test")
			require.EqualError(t, b.Add(&e), c.want)
			l := b.Log()
			require.Zero(t, l.Events())
			require.Zero(t, l.Cases())
		})
	}
	for _, limit := range []eventlog.Time{eventlog.MinTime, eventlog.MaxTime} {
		e := ok
		e.Time.Time = limit
		require.NoError(t, e.Check())
	}
	require.Equal(t, "1900-01-01T00:00:00Z", eventlog.MinTime.Go().Format(time.RFC3339Nano))
	require.Equal(t, "2299-12-31T23:59:59.999999Z", eventlog.MaxTime.Go().Format(time.RFC3339Nano))
}

// TestOrderIsThatOfTheSource builds random rows in their own order and sorted by
// hand beforehand: both give the same log.
func TestOrderIsThatOfTheSource(t *testing.T) {
	for seed := range uint64(20) {
		items := logtest.Items(seed, logtest.Config{})
		got, err := logtest.Build("got", items)
		require.NoError(t, err)
		want, err := logtest.Build("want", sortedItems(items))
		require.NoError(t, err)
		require.Empty(t, eventlog.Diff(want, got), "seed %d", seed)
		for _, c := range got.All() {
			require.IsNonDecreasing(t, append([]eventlog.Time{eventlog.NoTime}, c.Times()...))
		}
	}
}

// sortedItems orders items by first appearance of the case, then time, by
// insertion: slow and plain.
func sortedItems(items []logtest.Item) []logtest.Item {
	var ids []string
	of := map[string][]logtest.Item{}
	for _, it := range items {
		if _, ok := of[it.Case]; !ok {
			ids = append(ids, it.Case)
		}
		list := append(of[it.Case], it)
		for i := len(list) - 1; i > 0; i-- {
			a, b := list[i-1].Event, list[i].Event
			if b == nil && a != nil || a != nil && b != nil && b.Time.Time < a.Time.Time {
				list[i-1], list[i] = list[i], list[i-1]
			} else {
				break
			}
		}
		of[it.Case] = list
	}
	var out []logtest.Item
	for _, id := range ids {
		out = append(out, of[id]...)
	}
	return out
}
