package match_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/match"
)

func caseWith(t *testing.T, list ...eventlog.Attribute) eventlog.Case {
	b := eventlog.NewBuilder("one")
	_, err := b.Case("1", list)
	require.NoError(t, err)
	return b.Log().Case(0)
}

// Values are compared as their kind asks; what cannot be compared is Unknown.
func TestConditions(t *testing.T) {
	c := caseWith(t,
		eventlog.Attribute{Key: "int", Value: eventlog.Int(5)},
		eventlog.Attribute{Key: "float", Value: eventlog.Float(2.5)},
		eventlog.Attribute{Key: "text", Value: eventlog.Text("post")},
		eventlog.Attribute{Key: "number in text", Value: eventlog.Text("007")},
		eventlog.Attribute{Key: "flag", Value: eventlog.Bool(true)},
		eventlog.Attribute{Key: "day", Value: eventlog.TimeValue(eventlog.At(time.Date(2023, 3, 1, 10, 0, 0, 0, time.UTC)))})
	for _, k := range []struct {
		attribute string
		op        match.Op
		values    []string
		want      match.Truth
	}{
		{"int", match.Is, []string{"5"}, match.Yes},
		{"int", match.Is, []string{"5.0"}, match.Yes},
		{"int", match.IsNot, []string{"5"}, match.No},
		{"int", match.AtLeast, []string{"5"}, match.Yes},
		{"int", match.MoreThan, []string{"5"}, match.No},
		{"float", match.LessThan, []string{"3"}, match.Yes},
		{"float", match.AtMost, []string{"2"}, match.No},
		{"text", match.OneOf, []string{"desk", "post"}, match.Yes},
		{"text", match.NoneOf, []string{"desk", "post"}, match.No},
		{"text", match.AtLeast, []string{"5"}, match.Unknown},
		{"number in text", match.Is, []string{"7"}, match.No}, // text is text
		{"number in text", match.AtLeast, []string{"7"}, match.Yes},
		{"flag", match.Is, []string{"true"}, match.Yes},
		{"day", match.AtLeast, []string{"2023-03-01"}, match.Yes},
		{"day", match.LessThan, []string{"2023-03-01T09:00:00Z"}, match.No},
		{"absent", match.Is, []string{"5"}, match.Unknown},
		{"absent", match.IsNot, []string{"5"}, match.Unknown},
		{"absent", match.Present, []string{"false"}, match.Yes},
		{"int", match.Present, []string{"true"}, match.Yes},
	} {
		got, missing := match.NewTest([]match.Condition{{Attribute: k.attribute, Op: k.op, Values: k.values}}).Case(c)
		require.Equal(t, k.want, got, "%v", k)
		require.Equal(t, got == match.Unknown, missing == k.attribute, "%v", k)
	}
	both := match.NewTest([]match.Condition{
		{Attribute: "absent", Op: match.Is, Values: []string{"5"}}, {Attribute: "int", Op: match.Is, Values: []string{"6"}}})
	got, _ := both.Case(c)
	require.Equal(t, match.No, got, "one that fails decides, whatever is missing")
}

// A row is met by its activity and transition, recorded or as an instance.
func TestRows(t *testing.T) {
	rows := func(l *eventlog.Log, e match.Event) (at []int64) {
		m := match.Of(l).Events([]match.Event{e})
		for i := range l.Case(0).Len() {
			if x, ok := m.Row(l.Case(0), i); ok {
				at = append(at, int64(x-logtest.Epoch.Time)/60e6)
			}
		}
		return at
	}
	recorded := logtest.Parse("<a+schedule@0m,a+start@1m,a+suspend@2m,a+complete@5m,b@6m>")
	instances := logtest.Parse("<a@0m..1m..5m,b@6m>")
	for lifecycle, want := range map[string][2][]int64{
		"": {{5}, {5}}, "start": {{1}, {1}}, "schedule": {{0}, {0}}, "suspend": {{2}, nil}, "any": {{0, 1, 2, 5}, {5}},
	} {
		e := match.Event{Activities: []string{"a"}, Lifecycle: lifecycle}
		require.Equal(t, want[0], rows(recorded, e), lifecycle)
		require.Equal(t, want[1], rows(instances, e), lifecycle)
	}
	byAnn := match.Event{Activities: []string{"a"}, Where: []match.Condition{{Attribute: "org:resource", Op: match.Is, Values: []string{"ann"}}}}
	require.Equal(t, []int64{0}, rows(logtest.Parse("<a/ann,a/bob,a>"), byAnn))
}

// Names of a view are those that its rows have.
func TestDoubts(t *testing.T) {
	l := logtest.Parse("<a,b>").WhereEvents(func(c eventlog.Case, i int) bool { return i == 0 })
	v := match.Of(l)
	require.Empty(t, v.Doubt([]match.Event{{Activities: []string{"a"}}}))
	require.Len(t, v.Doubt([]match.Event{{Activities: []string{"b"}}}), 1)
	require.False(t, v.Any([]match.Event{{Activities: []string{"b"}}}))
	require.True(t, v.Any([]match.Event{{Activities: []string{"b", "a"}}}))
	require.Equal(t, "x", match.Text{EN: "x"}.In("ru"))
}
