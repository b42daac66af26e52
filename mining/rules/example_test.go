package rules_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/rules"
)

// The rules of the land pack, on a year of its invented town.
func Example() {
	f, err := os.Open("testdata/redistribution.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	set, err := rules.Read("redistribution.yaml", f)
	if err != nil {
		fmt.Println(err)
		return
	}
	pack, err := datasets.Open("municipality")
	if err != nil {
		fmt.Println(err)
		return
	}
	log, _, err := datasets.Generate(context.Background(), pack, datasets.Config{Lang: "en", Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := rules.Check(context.Background(), log, set, rules.Config{Calendar: calendar.Config{
		Week: calendar.Weekdays(9*time.Hour, 18*time.Hour), Production: calendar.Russia(),
		Location: time.FixedZone("MSK", 3*60*60)}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range report.Rules {
		if o.Violated > 0 {
			fmt.Printf("%s: %d of %d (95%%: %.1f to %.1f%%)\n", o.Title.In("en"), o.Violated, o.N, 100*o.Interval.Low, 100*o.Interval.High)
			fmt.Println(" ", o.Evidence[0].Case+":", o.Evidence[0].Reason.In("en"))
		}
	}
	// Output:
	// Reply to a request within 5 working days: 98 of 290 (95%: 28.6 to 39.4%)
	//   redistribution-000140: "Replies received" on 28.01.2019 10:15, more than 5 working days after "Interagency requests sent" on 16.01.2019 09:39
	// Term of redistribution: 6 of 335 (95%: 0.8 to 3.9%)
	//   redistribution-000211: finished on 11.06.2019 09:06, due by 07.06.2019 (limit 45 calendar-days): 4 calendar days late
}
