package measure_test

import (
	"fmt"

	"github.com/uprava/uprava/mining/measure"
)

// Of 80 applications 48 were decided in time, under the new rules 56 of 70.
func Example() {
	r, err := measure.CompareShares(measure.Rate{K: 48, N: 80}, measure.Rate{K: 56, N: 70}, 0.95)
	if err != nil {
		fmt.Println(err)
		return
	}
	d := r.Difference
	fmt.Printf("difference %.2f (%.2f to %.2f), p %.3f, %s\n", d.Value, d.Interval.Low, d.Interval.High, r.P, r.Size)
	// Output: difference 0.20 (0.05 to 0.33), p 0.008, small
}
