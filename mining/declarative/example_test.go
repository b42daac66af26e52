package declarative_test

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/mining/declarative"
	"github.com/uprava/uprava/mining/logtest"
)

// What always holds of a log, the strongest constraints alone.
func Example() {
	l := logtest.Parse("<register,check,decide>^30 <register,decide>^10")
	m, err := declarative.DiscoverDeclare(context.Background(), l.Variants(), l.Activities(), declarative.DeclareConfig{
		MinConfidence: 1, Templates: []declarative.Template{declarative.Init, declarative.Precedence, declarative.ChainPrecedence},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range m.Constraints {
		fmt.Printf("%v in %d of %d cases\n", c, c.Confidence, c.Support)
	}
	// Output:
	// init(register) in 40 of 40 cases
	// precedence(register, decide) in 40 of 40 cases
	// chainprecedence(register, check) in 30 of 30 cases
}
