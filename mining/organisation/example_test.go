package organisation_test

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/organisation"
)

// Who hands work over to whom.
func Example() {
	b := eventlog.NewBuilder("permits")
	for i, who := range []string{"clerk", "lawyer", "clerk", "head"} {
		e := eventlog.NewEvent("1", fmt.Sprint("step ", i), eventlog.Stamp{Time: logtest.Epoch.Time + eventlog.Time(i)*3600_000000})
		e.Resource = who
		if err := b.Add(&e); err != nil {
			fmt.Println(err)
		}
	}
	n, err := organisation.Handovers(context.Background(), b.Log(), organisation.People)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range n.Edges {
		fmt.Println(n.Nodes[e.From], "→", n.Nodes[e.To], e.Count)
	}
	// Output:
	// clerk → head 1
	// clerk → lawyer 1
	// lawyer → clerk 1
}
