package legal_test

import (
	"context"
	"fmt"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/legal"
	"github.com/uprava/uprava/mining/match"
)

// Two applications for the redistribution of lands, a day apart: the Land Code
// changed in between.
func Example() {
	b := eventlog.NewBuilder("land")
	moscow := time.FixedZone("MSK", 3*60*60)
	for id, day := range map[string]int{"A": 28, "B": 29} { // 28 February and 1 March
		for name, at := range map[string]time.Time{
			"Application registered": time.Date(2023, 2, day, 10, 0, 0, 0, moscow),
			"Decision sent":          time.Date(2023, 3, 24, 16, 0, 0, 0, moscow),
		} {
			e := eventlog.NewEvent(id, name, eventlog.At(at))
			if err := b.Add(&e); err != nil {
				fmt.Println(err)
			}
		}
	}
	rule, _ := legal.Russia().Rule("land-39.29")
	rule, _ = rule.Bind(legal.Binding{Events: map[string][]match.Event{
		"registered": {{Activities: []string{"Application registered"}}},
		"decided":    {{Activities: []string{"Decision sent"}}},
	}})
	result, err := legal.Clock(context.Background(), b.Log(), rule, legal.Config{Calendar: calendar.Config{
		Week: calendar.Weekdays(9*time.Hour, 18*time.Hour), Production: calendar.Russia(), Location: moscow}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, id := range []string{"A", "B"} {
		for _, c := range result.Cases {
			if c.ID == id {
				fmt.Printf("%s: limit %s, due %s, %v days passed, overdue %v\n", c.ID, c.Limit, *c.DueDay, c.Gross, c.Overdue)
			}
		}
	}
	for _, e := range result.Editions {
		fmt.Println(e.Edition, e.Citation.In("en"))
	}
	// Output:
	// A: limit 30 calendar-days, due 2023-03-30, 24 days passed, overdue false
	// B: limit 20 calendar-days, due 2023-03-21, 23 days passed, overdue true
	// 2022-04-09…2023-02-28 Land Code, art. 39.29, item 8: 30 days
	// 2023-03-01… Land Code, art. 39.29, item 8, as amended by 509-FZ: 20 days
}
