package eventlog_test

import (
	"fmt"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
)

func Example() {
	start := time.Date(2019, 3, 4, 9, 0, 0, 0, time.UTC)
	b := eventlog.NewBuilder("permits")
	for i, transition := range []string{"start", "complete"} {
		e := eventlog.NewEvent("permit 7", "check", eventlog.At(start.Add(time.Duration(i)*time.Hour)))
		e.Transition, e.Resource = transition, "Ivanova"
		if err := b.Add(&e); err != nil {
			fmt.Println(err)
		}
	}
	recorded := b.Log()
	instances, _ := recorded.Instances()
	fmt.Println(recorded.Events(), "events,", instances.Events(), "activity instance")
	for _, c := range instances.All() {
		for i := range c.Len() {
			e := c.Event(i)
			fmt.Println(e.Case, e.Activity, e.Resource, e.Time.Time.Sub(e.Start.Time))
		}
	}
	// Output:
	// 2 events, 1 activity instance
	// permit 7 check Ivanova 1h0m0s
}
