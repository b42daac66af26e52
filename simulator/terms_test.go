package simulator

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/twin"
)

// Where a process names the request, its legal limit runs from there: a case that
// pays a day after it came has its days from the payment, by the term that a node
// set before or sets after; a case that never pays has none.
func TestLimitRunsFromTheRequest(t *testing.T) {
	due := func(limit twin.Limit, nodes ...string) string {
		s := newSketch(exactly(1000*hour)).node("longer", bpmn.IntermediateThrowEvent).task("paid", exactly(24*hour)).task("done", exactly(100*hour))
		line(s, nodes...)
		s.p.RequestedBy, s.p.Limit = "paid", &limit
		if nodes[0] == "done" { // to the end without paying
			s.node("pays", bpmn.ExclusiveGateway).p.Diagram.Flows = nil
			s.flow("s", "done", "pays", "e").flow("pays", "longer", "paid", "e")
			s.p.Branches = map[string]float64{"pays-e": 1, "pays-longer": 0}
		}
		l, err := Log(t.Context(), s.m, Config{Cases: 1})
		require.NoError(t, err)
		for _, c := range l.All() {
			if v, ok := c.Attribute(DueKey); ok {
				return v.Stamp().Time.Go().Format(time.DateTime)
			}
		}
		return "none"
	}
	// The first case comes on 11 February 2024 at 16:00.
	plain := twin.Limit{Days: 3, Unit: twin.CalendarDay}
	require.Equal(t, "2024-02-16 00:00:00", due(plain, "paid", "longer", "done"))
	other := twin.Limit{Days: 3, Unit: twin.CalendarDay, Others: []twin.OtherLimit{{Node: "longer", Days: 10}}}
	require.Equal(t, "2024-02-23 00:00:00", due(other, "longer", "paid", "done"))
	require.Equal(t, "2024-02-23 00:00:00", due(other, "paid", "longer", "done"))
	require.Equal(t, "none", due(other, "done"))
}
