package filter_test

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/logtest"
)

// A filter is text; what it leaves is an ordinary log.
func Example() {
	l := logtest.Parse("<request,check,decide>^7 <request,check,check,decide>^2 <request,withdraw>")
	f, err := filter.Parse(`ends("decide") and not rework; events not activity("check")`)
	if err != nil {
		fmt.Println(err)
		return
	}
	kept, effect, err := f.Apply(context.Background(), l, filter.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d of %d cases, %d of %d events\n", effect.Cases, effect.OfCases, effect.Events, effect.OfEvents)
	fmt.Println(kept.Activities().Names())
	// Output:
	// 7 of 10 cases, 14 of 31 events
	// [request decide]
}
