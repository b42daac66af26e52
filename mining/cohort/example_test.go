package cohort_test

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/mining/cohort"
	"github.com/uprava/uprava/mining/logtest"
)

// Rework is four times as frequent in the second cohort; thirty cases of each
// are too few to tell it from chance once everything tested is counted.
func Example() {
	before := logtest.Parse("<request,check,decide>^28 <request,check,check,decide>^2").Named("before")
	after := logtest.Parse("<request,check,decide>^22 <request,check,check,decide>^8").Named("after")
	r, err := cohort.Compare(context.Background(), before, after, cohort.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	d := r.Rework.Difference
	fmt.Printf("%.0f of 100 cases more, between %.0f and %.0f, p %.2f, of %d tests %.2f\n",
		100*d.Value, 100*d.Interval.Low, 100*d.Interval.High, r.Rework.P, r.Families[0].Tests, r.Rework.Adjusted)
	fmt.Println(r.Warnings[len(r.Warnings)-1])
	// Output:
	// 20 of 100 cases more, between 1 and 38, p 0.04, of 4 tests 0.16
	// a difference between cohorts is an association: what made it these figures do not tell
}
