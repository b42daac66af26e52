package desk

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/legal"
	"github.com/uprava/uprava/mining/logtest"
)

func TestFlowTellsWhatAMapNeeds(t *testing.T) {
	l := logtest.Parse("<a,b,b,c>^3 <a,c>^2 <x>")
	f := flowOf(l, 10)
	require.Equal(t, []string{"a", "b", "c", "x"}, f.Graph.Activities)
	require.Equal(t, []int64{5, 3, 5, 1}, f.In, "cases, not occurrences")
	require.Len(t, f.Ways, 3)
	require.Equal(t, Way{Nodes: []int{0, 1, 2}, Edges: []int{0, 2, 3}, Cases: 3}, f.Ways[0], "a repeated step counts once")
	require.Zero(t, f.Rest)

	f = flowOf(l, 2)
	require.Equal(t, []string{"a", "b"}, f.Graph.Activities, "the most frequent, 6 times b and 5 times a before c by name")
	require.Equal(t, 4, f.Activities)
	require.EqualValues(t, 6, f.Rest, "every case does something that the map does not hold")
	require.Len(t, f.Median, len(f.Graph.Edges))
	require.Len(t, f.Doubts, 1)
}

func TestFlowOfThousandsOfActivities(t *testing.T) {
	b := eventlog.NewBuilder("many")
	for i := range 5000 {
		e := eventlog.NewEvent(fmt.Sprint(i/10), fmt.Sprintf("activity %04d", i), eventlog.At(time.Unix(int64(i), 0)))
		require.NoError(t, b.Add(&e))
	}
	f := flowOf(b.Log(), 150)
	require.Len(t, f.Graph.Activities, 150)
	require.Equal(t, 5000, f.Activities)
	for _, e := range f.Graph.Edges {
		require.Less(t, max(e.From, e.To), 150, "nothing refers to what was left out")
	}
}

func TestDotsAreTakenEvenly(t *testing.T) {
	b := eventlog.NewBuilder("x")
	for i := range 1000 {
		e := eventlog.NewEvent(fmt.Sprintf("%04d", i), "a", eventlog.At(time.Unix(int64(i)*60, 0)))
		require.NoError(t, b.Add(&e))
	}
	d := dotsOf(b.Log(), DotsConfig{Order: "start", Cases: 100, Dots: 10_000}, nil)
	require.Equal(t, 1000, d.Of)
	require.Len(t, d.Rows, 100)
	require.Equal(t, "0009", d.Rows[0].ID)
	require.Equal(t, "0999", d.Rows[99].ID)

	long := eventlog.NewBuilder("long")
	for i := range 10_000 {
		e := eventlog.NewEvent("one", "a", eventlog.At(time.Unix(int64(i), 0)))
		require.NoError(t, long.Add(&e))
	}
	d = dotsOf(long.Log(), DotsConfig{Order: "start", Cases: 100, Dots: 500}, nil)
	require.Len(t, d.Rows, 1)
	require.Equal(t, 500, d.Shown)
	require.Equal(t, 10_000, d.Events)
}

func TestHandoversNameNoPerson(t *testing.T) {
	b := eventlog.NewBuilder("x")
	for i, who := range []string{"Иванов", "Петров", "", "Иванов", "Иванов", "Петров"} {
		e := eventlog.NewEvent(fmt.Sprint(i/4), "a", eventlog.At(time.Unix(int64(i), 0)))
		e.Resource = who
		require.NoError(t, b.Add(&e))
	}
	l := b.Log()
	for _, by := range []string{ByPeople, ByRole, ""} {
		h, err := handedOf(context.Background(), l, by, 10)
		require.NoError(t, err)
		for _, n := range h.Nodes {
			require.False(t, strings.Contains(n.Name.RU+n.Name.EN, "Иванов") || strings.Contains(n.Name.RU+n.Name.EN, "Петров"), n.Name)
		}
		require.EqualValues(t, 3, h.Total)
	}
	h, err := handedOf(context.Background(), l, ByPeople, 10)
	require.NoError(t, err)
	require.Len(t, h.Edges, 2)
	require.EqualValues(t, 2, h.Edges[0].Count, "Иванов to Петров in both cases")
	require.EqualValues(t, 2, h.Edges[0].Cases)
	require.EqualValues(t, 1, h.Edges[1].Cases, "back again over a row without a name")
	h, err = handedOf(context.Background(), l, ByRole, 10)
	require.NoError(t, err)
	require.Len(t, h.Nodes, 1, "both do the same")
	require.EqualValues(t, 3, h.Edges[0].Count)
	require.EqualValues(t, 2, h.Edges[0].Cases, "a case counts once, however many of the role take part")
	_, err = handedOf(context.Background(), l, "name", 10)
	require.Error(t, err)
}

func TestSilentCasesAreJudgedByTheirLastEvent(t *testing.T) {
	due := time.Date(2024, 3, 10, 0, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		last time.Time
		late bool
	}{{due.AddDate(0, 0, -1), false}, {due.AddDate(0, 0, 2), true}} {
		r := CaseRow{State: CaseSilent, Last: eventlog.At(tc.last)}
		r.judged(&legal.Case{State: legal.Running, Overdue: true, Deadline: &due})
		require.Equal(t, tc.late, r.Overdue)
		if tc.late {
			require.InDelta(t, 2*86400, r.OverdueBy, 1e-6)
		}
	}
}

func TestWordsOfATermOfLaw(t *testing.T) {
	rule, ok := legal.Russia().Rule("land-39.29")
	require.True(t, ok)
	require.Equal(t, []string{"registered", "decided", "returned", "scheme-coordinated", "request-sent", "reply-received"}, wordsOf(rule))
}
