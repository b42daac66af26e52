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
	// Reply to a request within 5 working days: 92 of 289 (95%: 26.7 to 37.4%)
	//   redistribution-000140: "Replies received" on 28.01.2019 12:40, more than 5 working days after "Interagency requests sent" on 16.01.2019 12:04
	// Term of redistribution: 16 of 333 (95%: 3.0 to 7.7%)
	//   redistribution-000204: finished on 07.05.2019 17:48, due by 05.05.2019 (limit 30 calendar-days): 2 calendar days late
	// Return within 10 days: 1 of 44 (95%: 0.4 to 11.8%)
	//   redistribution-000468: finished on 13.01.2020 17:36, due by 09.01.2020 (limit 10 calendar-days): 4 calendar days late
}
