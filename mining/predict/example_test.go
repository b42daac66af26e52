package predict_test

import (
	"context"
	"fmt"
	"time"

	"github.com/uprava/uprava/mining/predict"
)

// Open cases as of the log's last event, the most probable breaches first.
func Example() {
	r, err := predict.Predict(context.Background(), tandem(1, 3000), predict.Config{Ends: []string{"decide"}, Limit: 48 * time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("beats the baselines:", r.Quality.Remaining.Beats, r.Quality.Breach.Beats)
	fmt.Println(r.Open[0].Activity, "overdue:", r.Open[0].Overdue)
	// Output:
	// beats the baselines: true true
	// ask expert overdue: true
}
