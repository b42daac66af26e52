package alignment_test

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/mining/alignment"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/processtree"
)

func ExampleAlign() {
	tree, err := processtree.Parse(`->('apply', +('check', 'pay'), 'decide')`)
	if err != nil {
		fmt.Println(err)
		return
	}
	net := processtree.Petri(tree, "permit")
	log := logtest.Parse("<apply,pay,check,decide>^8 <apply,decide,pay>^2")
	variants := log.Variants()
	r, err := alignment.Align(context.Background(), net, log.Activities(), variants, alignment.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("cost %d, log fitness %.2f\n", r.TotalHigh, r.Fitness(variants).LogHigh)
	for _, m := range r.Alignments[1].Moves {
		switch m.Kind {
		case alignment.Synchronous, alignment.ModelMove:
			fmt.Println(m.Kind, net.Transitions[m.Transition].Label)
		case alignment.LogMove:
			fmt.Println(m.Kind, log.Activities().Name(variants[1].Activities[m.Event]))
		}
	}
	// Output:
	// cost 6, log fitness 0.92
	// synchronous apply
	// log decide
	// synchronous pay
	// model check
	// model decide
}
