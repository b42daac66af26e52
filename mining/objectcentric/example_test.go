package objectcentric_test

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/objectcentric"
)

// One decision on two plots looks like two decisions once it is flattened.
func Example() {
	plots := []objectcentric.Object{{ID: "17:04", Type: "plot"}, {ID: "17:05", Type: "plot"}}
	l, err := objectcentric.New("land", plots, []objectcentric.Event{{ID: "e1", Activity: "decide", Time: logtest.Epoch,
		Objects: []objectcentric.Relation{{Object: "17:04"}, {Object: "17:05"}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	flat, effect, err := objectcentric.Flatten(context.Background(), l, "plot")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d event, %d rows\n", len(l.Events()), flat.Events())
	fmt.Println(effect.Warnings[0])
	// Output:
	// 1 event, 2 rows
	// 1 events concern several such objects and stand in each of their cases: counts are too high
}
