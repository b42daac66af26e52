package dfg

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
)

func TestMedians(t *testing.T) {
	b := eventlog.NewBuilder("x")
	begin := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for id, minutes := range map[string][]int{"1": {0, 10, 11}, "2": {0, 20}, "3": {0, 60}} {
		for i, m := range minutes {
			e := eventlog.NewEvent(id, []string{"a", "b", "b"}[i], eventlog.At(begin.Add(time.Duration(m)*time.Minute)))
			require.NoError(t, b.Add(&e))
		}
	}
	l := b.Log()
	g := Discover(l)
	seconds, cases := Medians(l, g)
	require.Equal(t, []float64{1200, 60}, seconds, "of a→b 10, 20 and 60 minutes, of b→b one")
	require.Equal(t, []int64{3, 1}, cases)

	l = logtest.Parse("<a,b,a,b>^2 <a>")
	g = Discover(l)
	_, cases = Medians(l, g)
	ab, _ := g.Edge(0, 1)
	require.EqualValues(t, 4, ab.Count)
	require.Equal(t, []int64{2, 2}, cases, "a case counts once")
}
