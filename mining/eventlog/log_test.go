package eventlog_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

func TestViews(t *testing.T) {
	l := logtest.Parse("<a,b,c>^2 <> <a,c>")
	long := l.Where(func(c eventlog.Case) bool { return c.Len() != 3 })
	require.Equal(t, 2, long.Cases())
	require.Equal(t, 2, long.Events())
	require.Equal(t, "3", long.Case(0).ID())
	require.Equal(t, []string{"a", "c"}, sequence(long.Case(1)))

	notB := l.WhereEvents(func(c eventlog.Case, i int) bool { return i != 1 || c.ID() == "4" })
	require.Equal(t, 3, notB.Cases(), "the case that keeps no row is left out")
	require.Equal(t, 6, notB.Events())
	require.Equal(t, []string{"a", "c"}, sequence(notB.Case(0)))

	both := notB.Where(func(c eventlog.Case) bool { return c.ID() == "2" }).WhereEvents(func(_ eventlog.Case, i int) bool { return i == 1 })
	require.Equal(t, []string{"c"}, sequence(both.Case(0)))
	require.Equal(t, "2", both.Case(0).ID())
	require.Equal(t, 8, l.Events(), "the log itself is as it was")
	require.Equal(t, "other", l.Named("other").Name())
	require.Equal(t, "notation", l.Name())
}

func TestViewsKeepAttributes(t *testing.T) {
	l := build(t,
		event("x", "b", 2*time.Hour, text("k", "b")), event("y", "q", 0, text("k", "q")),
		event("x", "a", time.Hour), event("x", "c", 3*time.Hour, text("k", "c")))
	v := l.Where(func(c eventlog.Case) bool { return c.ID() == "x" }).WhereEvents(func(c eventlog.Case, i int) bool { return i > 0 })
	v = v.WhereEvents(func(c eventlog.Case, i int) bool { return true })
	for i, want := range []string{"b", "c"} {
		got, ok := v.Case(0).EventAttribute(i, "k")
		require.True(t, ok)
		require.Equal(t, want, got.Text())
	}
}

func TestClassified(t *testing.T) {
	a, b, c := event("x", "a", 0, text("place", "front")), event("x", "a", 1), event("x", "a", 2, text("place", "back"))
	a.Transition, a.Resource, b.Unit = "start", "ann", "registry"
	l := build(t, a, b, c)
	for _, tc := range []struct {
		keys []string
		want []string
	}{
		{[]string{"concept:name"}, []string{"a", "a", "a"}},
		{[]string{"concept:name", "lifecycle:transition"}, []string{"a+start", "a", "a"}},
		{[]string{"place"}, []string{"front", "a", "back"}},
		{[]string{"org:resource", "org:group"}, []string{"ann", "registry", "a"}},
		{nil, []string{"a", "a", "a"}},
	} {
		v := l.Classified(tc.keys)
		require.Equal(t, tc.want, sequence(v.Case(0)), "%v", tc.keys)
		require.Equal(t, []string{"a", "a", "a"}, sequence(l.Case(0)))
	}
	require.Equal(t, 2, l.Classified([]string{"concept:name", "lifecycle:transition"}).Activities().Len())
}

func TestVariants(t *testing.T) {
	l := logtest.Parse("<b,a>^2 <a,b>^2 <c>^3 <> <a,b,c> <a,a>")
	var got []string
	for _, v := range l.Variants() {
		s := ""
		for _, a := range v.Activities {
			s += l.Activities().Name(a)
		}
		got = append(got, fmt.Sprintf("%s %d %d", s, v.Count, v.First))
	}
	require.Equal(t, []string{"c 3 4", "ab 2 2", "ba 2 0", " 1 7", "aa 1 9", "abc 1 8"}, got)
	require.Empty(t, eventlog.NewBuilder("none").Log().Variants())
}

func TestVariantsAreDistinctByName(t *testing.T) {
	for seed := range uint64(5) {
		l := logtest.Random(seed, logtest.Config{Length: 3, Activities: 3})
		count := map[string]int{}
		for _, c := range l.All() {
			count[fmt.Sprintf("%q", sequence(c))]++
		}
		total := 0
		for _, v := range l.Variants() {
			require.Equal(t, count[fmt.Sprintf("%q", sequence(l.Case(v.First)))], v.Count)
			total += v.Count
		}
		require.Len(t, l.Variants(), len(count))
		require.Equal(t, l.Cases(), total)
	}
}

func TestDiff(t *testing.T) {
	base := func() []eventlog.Event {
		return []eventlog.Event{event("x", "a", 0, text("k", "1"), text("l", "2")), event("x", "b", 1), event("y", "a", 2)}
	}
	same := base()
	slices.Reverse(same[0].Attributes)
	require.Empty(t, eventlog.Diff(build(t, base()...), build(t, same...)), "attributes have no order")
	require.Empty(t, eventlog.Diff(build(t, base()...), build(t, base()...).Named("other")))

	for want, change := range map[string]func([]eventlog.Event) []eventlog.Event{
		"2 cases and 1":            func(e []eventlog.Event) []eventlog.Event { return e[:2] },
		"3 events and 2":           func(e []eventlog.Event) []eventlog.Event { return e[1:] },
		`case 1: "y" and "z"`:      func(e []eventlog.Event) []eventlog.Event { e[2].Case = "z"; return e },
		`case "x": 2 events and 1`: func(e []eventlog.Event) []eventlog.Event { e[1].Case = "y"; return e },
		`case "x", event 0: `:      func(e []eventlog.Event) []eventlog.Event { e[0].Attributes = e[0].Attributes[:1]; return e },
		`case "x", event 1: `:      func(e []eventlog.Event) []eventlog.Event { e[1].Time.Zone = 60; return e },
	} {
		require.Contains(t, eventlog.Diff(build(t, base()...), build(t, change(base())...)), want)
	}
	b := eventlog.NewBuilder("x")
	for _, e := range base() {
		require.NoError(t, b.Add(&e))
	}
	_, err := b.Case("y", []eventlog.Attribute{text("k", "v")})
	require.NoError(t, err)
	require.Contains(t, eventlog.Diff(build(t, base()...), b.Log()), `case "y": attributes`)

	// Items of a list have an order; what is inside an item has none.
	list := func(items ...eventlog.Attribute) *eventlog.Log {
		return build(t, event("x", "a", 0, eventlog.Attribute{Key: "l", Value: eventlog.Group(eventlog.KindList), Children: items}))
	}
	one, two := text("i", "1", text("p", "1"), text("q", "2")), text("i", "2")
	require.NotEmpty(t, eventlog.Diff(list(one, two), list(two, one)))
	require.Empty(t, eventlog.Diff(list(one, two), list(text("i", "1", text("q", "2"), text("p", "1")), two)))
}

func TestDictionary(t *testing.T) {
	d := eventlog.NewDictionary("b", "a")
	require.Equal(t, 2, d.Len())
	c, ok := d.Code("a")
	require.True(t, ok)
	require.Equal(t, eventlog.Code(1), c)
	require.Equal(t, "a", d.Name(c))
	c, ok = d.Code("z")
	require.False(t, ok)
	require.Equal(t, eventlog.NoCode, c)
	require.Empty(t, d.Name(eventlog.NoCode))
	require.Equal(t, []string{"b", "a"}, d.Names())
	require.Panics(t, func() { eventlog.NewDictionary("a", "a") })
}

func TestTime(t *testing.T) {
	s := eventlog.At(time.Date(2019, 3, 1, 12, 0, 0, 1999, msk))
	require.Equal(t, eventlog.Zone(180), s.Zone)
	require.Equal(t, "2019-03-01T12:00:00.000001+03:00", s.Go().Format(time.RFC3339Nano), "cut, not rounded")
	require.Equal(t, time.UTC, eventlog.At(day).Go().Location())
	require.True(t, eventlog.None.Go().IsZero())
	require.True(t, eventlog.NoTime.Go().IsZero())
	require.Equal(t, eventlog.Time(-1), eventlog.At(time.Date(1969, 12, 31, 23, 59, 59, 999999999, time.UTC)).Time)
	require.Equal(t, time.Hour, eventlog.At(day.Add(time.Hour)).Time.Sub(eventlog.At(day).Time))
	require.Equal(t, time.Duration(math.MaxInt64), eventlog.MaxTime.Sub(eventlog.MinTime))
	require.Equal(t, time.Duration(math.MinInt64), eventlog.MinTime.Sub(eventlog.MaxTime))
}

func TestValues(t *testing.T) {
	when := eventlog.At(day.In(msk))
	for _, tc := range []struct {
		v    eventlog.Value
		kind string
		text string
	}{
		{eventlog.Text("тётя"), "string", "тётя"},
		{eventlog.ID("u"), "id", "u"},
		{eventlog.Int(math.MinInt64), "int", "-9223372036854775808"},
		{eventlog.Float(0.1), "float", "0.1"},
		{eventlog.Float(math.Inf(-1)), "float", "-INF"},
		{eventlog.Float(math.Inf(1)), "float", "INF"},
		{eventlog.Float(math.NaN()), "float", "NaN"},
		{eventlog.Bool(true), "boolean", "true"},
		{eventlog.Bool(false), "boolean", "false"},
		{eventlog.TimeValue(when), "date", "2019-03-01T03:00:00+03:00"},
		{eventlog.Group(eventlog.KindList), "list", ""},
		{eventlog.Group(eventlog.KindContainer), "container", ""},
	} {
		require.Equal(t, tc.kind, tc.v.Kind().String())
		require.Equal(t, tc.text, tc.v.String())
		k, ok := eventlog.ParseKind(tc.kind)
		require.True(t, ok)
		require.Equal(t, tc.v.Kind(), k)
		require.True(t, tc.v.Equal(tc.v))
	}
	require.False(t, eventlog.Text("1").Equal(eventlog.Int(1)))
	require.Equal(t, when, eventlog.TimeValue(when).Stamp())
	require.True(t, eventlog.Bool(true).Bool())
	require.Equal(t, int64(-3), eventlog.Int(-3).Int())
	_, ok := eventlog.ParseKind("text")
	require.False(t, ok)
	require.Equal(t, "Kind(99)", eventlog.Kind(99).String())
}

// TestIterationAllocatesNothing walks all columns of a log.
func TestIterationAllocatesNothing(t *testing.T) {
	l := logtest.Random(1, logtest.Config{})
	var sum int64
	require.Zero(t, testing.AllocsPerRun(10, func() {
		for _, c := range l.All() {
			times, starts := c.Times(), c.Starts()
			for i, a := range c.Activities() {
				sum += int64(a) + int64(times[i]) + int64(starts[i]) + int64(c.Resources()[i]) + int64(c.Zones()[i])
			}
			sum += int64(c.First()) + int64(c.Last())
		}
	}))
	require.NotZero(t, sum)
}

func FuzzLog(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(seed, uint16(seed))
	}
	f.Fuzz(func(t *testing.T, seed uint64, features uint16) {
		l := logtest.Random(seed, logtest.Config{Cases: 12, Length: 8, Features: logtest.Feature(features) & logtest.All})
		rows := 0
		for _, c := range l.All() {
			rows += c.Len()
		}
		require.Equal(t, l.Events(), rows)

		// Taken apart and built again it is the same log.
		b := eventlog.NewBuilder("again")
		for _, c := range l.All() {
			_, err := b.Case(c.ID(), c.Attributes())
			require.NoError(t, err)
			for i := range c.Len() {
				e := c.Event(i)
				require.NoError(t, b.Add(&e))
			}
		}
		require.Empty(t, eventlog.Diff(l, b.Log()))

		// Pairing accounts for every event and keeps every case.
		paired, p := l.Instances()
		require.Equal(t, l.Cases(), paired.Cases())
		require.Equal(t, l.Events(), p.Events)
		require.Equal(t, paired.Events(), p.Instances)
		recorded := l.Recorded()
		require.Equal(t, l.Cases(), recorded.Cases())
		require.GreaterOrEqual(t, recorded.Events(), l.Events())
		require.False(t, recorded.HasStarts() || recorded.HasEnabled())
		for i, c := range recorded.All() {
			require.True(t, slices.IsSorted(c.Times()))
			require.Equal(t, l.Case(i).First(), c.First())
			require.Equal(t, l.Case(i).Last(), c.Last())
		}

		// A view that keeps everything is the log.
		require.Empty(t, eventlog.Diff(l, l.Where(func(eventlog.Case) bool { return true })))
		some := l.Where(func(c eventlog.Case) bool { return c.Len() > 0 })
		require.Empty(t, eventlog.Diff(some, l.WhereEvents(func(eventlog.Case, int) bool { return true })))
	})
}
