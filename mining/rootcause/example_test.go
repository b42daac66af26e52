package rootcause_test

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/mining/rootcause"
)

// Of 100 applications by post 60 are late, of 100 by the web 20.
func Example() {
	b := eventlog.NewBuilder("applications")
	for i := range 200 {
		id, channel, days := strconv.Itoa(i), "web", 10
		if i%2 == 0 {
			channel = "post"
		}
		if i/2%5 == 0 || channel == "post" && i/2%5 < 3 {
			days = 40
		}
		if _, err := b.Case(id, []eventlog.Attribute{{Key: "channel", Value: eventlog.Text(channel)}}); err != nil {
			fmt.Println(err)
			return
		}
		at := time.Date(2019, 1, 7, 9, i, 0, 0, time.UTC)
		for k, name := range []string{"request", "decide"} {
			e := eventlog.NewEvent(id, name, eventlog.At(at.AddDate(0, 0, k*days)))
			if err := b.Add(&e); err != nil {
				fmt.Println(err)
				return
			}
		}
	}
	l := b.Log()
	late, err := rootcause.Late(l, 30*24*time.Hour, performance.LeadConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := rootcause.Explain(context.Background(), l, late, rootcause.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e := r.Effects[0]
	fmt.Printf("%s: %s = %s, %d of %d against %d of %d, %.1f times, %s\n", r.OutcomeEN, e.Attribute, e.Value,
		e.Shares.B.K, e.Shares.B.N, e.Shares.A.K, e.Shares.A.N, e.Shares.Ratio.Value, e.Size)
	rule := r.Rules[0]
	fmt.Printf("rule: %s, in the other half of the cases %d of %d\n", rule.Text(), rule.Held.K, rule.Held.N)
	fmt.Println(r.Warnings[0])
	// Output:
	// lead time over 30 days: channel = post, 60 of 100 against 20 of 100, 3.0 times, large
	// rule: channel = post, in the other half of the cases 26 of 48
	// these are associations, not causes: who or what made the outcome they do not tell, and what was not recorded cannot be named
}
