package dfg_test

import (
	"fmt"

	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/logtest"
)

func ExampleDiscover() {
	g := dfg.Discover(logtest.Parse("<register,check,sign>^3 <register,check,check,sign>"))
	for _, e := range g.Edges {
		fmt.Println(g.Activities[e.From], "→", g.Activities[e.To], e.Count, e.Mean())
	}
	// Output:
	// check → check 1 60
	// check → sign 4 60
	// register → check 4 60
}
