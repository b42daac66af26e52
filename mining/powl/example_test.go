package powl_test

import (
	"fmt"

	"github.com/uprava/uprava/mining/powl"
)

// Approval needs the report and the visit; the archive needs the visit alone.
func Example() {
	m := powl.Ordered([][2]int{{0, 2}, {1, 2}, {1, 3}},
		powl.Leaf("report"), powl.Leaf("visit"), powl.Leaf("approve"), powl.Leaf("archive"))
	fmt.Println(m)
	_, blocks := m.Tree()
	fmt.Println("sequence and parallel suffice:", blocks)
	net := powl.Petri(m, "visit")
	fmt.Println("places:", len(net.Places), "transitions:", len(net.Transitions), "sound:", net.Sound() == nil)
	// Output:
	// PO( 'report', 'visit', 'approve', 'archive' | 1<3, 2<3, 2<4 )
	// sequence and parallel suffice: false
	// places: 9 transitions: 6 sound: true
}
