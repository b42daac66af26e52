package drift_test

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/mining/drift"
	"github.com/uprava/uprava/mining/logtest"
)

// From the 201st case on every request is checked twice.
func Example() {
	l := logtest.Parse("<request,check,decide>^200 <request,check,check,decide>^200")
	r, err := drift.Detect(context.Background(), l, drift.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range r.Perspectives {
		for _, c := range p.Changes {
			if p.Name == drift.ControlFlow {
				fmt.Println(c.At, c.Feature, c.Before, "→", c.After, c.Course)
			}
		}
	}
	fmt.Println("the 201st case begins at", l.Case(200).First().Go().Format("2006-01-02 15:04"))
	// Output:
	// 2019-01-15T17:00:00Z check → check 0 → 1 sudden
	// the 201st case begins at 2019-01-15 17:00
}
