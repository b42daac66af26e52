package discovery_test

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/mining/discovery"
	"github.com/uprava/uprava/mining/logtest"
)

// The approval needs the report and the visit, the archive the visit alone: no tree
// of sequences and parallels says that.
func ExampleDiscover() {
	l := logtest.Parse(`<report,visit,approve,archive>^9 <report,visit,archive,approve>^7
		<visit,report,approve,archive>^8 <visit,report,archive,approve>^5 <visit,archive,report,approve>^4`)
	for _, name := range []string{"im", "powl"} {
		m, err := discovery.Discover(context.Background(), name, l, discovery.Config{})
		if err != nil {
			fmt.Println(err)
			return
		}
		if m.Tree != nil {
			fmt.Println(m.Tree)
		} else {
			fmt.Println(m.POWL)
		}
	}
	// Output:
	// +( 'approve', ->( 'visit', 'archive' ), 'report' )
	// PO( 'approve', 'archive', 'report', 'visit' | 3<1, 4<1, 4<2 )
}

func ExampleAlgorithm_Set() {
	a, err := discovery.Find("heuristics")
	if err != nil {
		fmt.Println(err)
		return
	}
	var cfg discovery.Config
	if err := a.Set(&cfg, "dependency", "0.7"); err != nil {
		fmt.Println(err)
	}
	l := logtest.Parse("<a,e>^5 <a,b,c,e>^10 <a,c,b,e>^10 <a,d,e>^10")
	m, err := discovery.Discover(context.Background(), a.Name, l, cfg)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, b := range m.Causal.Outputs[0] {
		for _, x := range b.Activities {
			fmt.Print(m.Causal.Activities[x], " ")
		}
		fmt.Println(b.Count)
	}
	// Output:
	// b c 20
	// d 10
	// e 5
}
