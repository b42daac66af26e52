package conformance_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/uprava/uprava/mining/conformance"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/processtree"
)

func Example() {
	tree, err := processtree.Parse("->( 'register', X( tau, 'check' ), X( 'grant', 'refuse' ) )")
	if err != nil {
		fmt.Println(err)
		return
	}
	log := logtest.Parse("<register,check,grant>^6 <register,refuse>^3 <register,check>")
	r, err := conformance.Check(context.Background(), processtree.Petri(tree, "permit"), log, conformance.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	if err := out.Encode(r); err != nil {
		fmt.Println(err)
	}
	for _, d := range r.Variants[2].Deviations {
		fmt.Println("register, check:", d.Kind)
	}
	// Output:
	// {
	//   "log_fitness": 0.9743589743589745,
	//   "average_trace_fitness": 0.9666666666666666,
	//   "fitting_traces": 9,
	//   "traces": 10,
	//   "precision": 0.6923076923076923,
	//   "generalisation": 0.548571786426164,
	//   "simplicity": 0.8181818181818181,
	//   "total_cost": null,
	//   "proved_traces": null,
	//   "cost_low": null,
	//   "cost_high": null,
	//   "method": "replay",
	//   "warnings": []
	// }
	// register, check: missing_tokens
	// register, check: remaining_tokens
}
