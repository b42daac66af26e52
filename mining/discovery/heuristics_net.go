package discovery

import (
	"fmt"

	"github.com/uprava/uprava/mining/petri"
)

// Petri returns the causal net as a Petri net of the given name: a transition for
// each activity, a place for each dependency, and for each binding a silent step
// that takes from these places, or gives to them, all at once; silent steps and
// places that the language does not need are left out. An activity without bindings
// on one side has no place there, so that one without inputs can happen at any
// time.
//
// A causal net allows those sequences of bindings that leave no obligation open;
// its Petri net can get stuck with one that is, so that it need not be sound: check
// petri.Net.Sound.
func (c *CausalNet) Petri(name string) *petri.Net {
	n := len(c.Activities)
	b := newNetOf(name, c.Activities)
	source, sink := b.place("source"), b.place("sink")
	b.net.Initial[source], b.net.Final[sink] = 1, 1
	label := func(a int) string {
		if a == Outside {
			return "outside"
		}
		return c.Activities[a]
	}
	places := map[[2]int]int{}
	for _, d := range c.Dependencies {
		places[[2]int{d.From, d.To}] = b.place(label(d.From) + " → " + label(d.To))
	}
	silent := 0
	step := func() int {
		silent++
		return b.silent(fmt.Sprintf("tau%d", silent))
	}
	give := func(from, a int, bindings []Binding) {
		for _, bind := range bindings {
			t := step()
			b.into(from, t)
			for _, x := range bind.Activities {
				if p, ok := places[[2]int{a, x}]; ok {
					b.outOf(t, p)
				}
			}
		}
	}
	take := func(to, a int, bindings []Binding) {
		for _, bind := range bindings {
			t := step()
			for _, x := range bind.Activities {
				if p, ok := places[[2]int{x, a}]; ok {
					b.into(p, t)
				}
			}
			b.outOf(t, to)
		}
	}
	give(source, Outside, c.Starts)
	for a := range n {
		if len(c.Inputs[a]) > 0 {
			before := b.place("before " + c.Activities[a])
			take(before, a, c.Inputs[a])
			b.into(before, a)
		}
		if len(c.Outputs[a]) > 0 {
			behind := b.place("behind " + c.Activities[a])
			b.outOf(a, behind)
			give(behind, a, c.Outputs[a])
		}
	}
	take(sink, Outside, c.Ends)
	if len(c.Starts) == 0 && n == 0 {
		t := step()
		b.into(source, t)
		b.outOf(t, sink)
	}
	return fused(b.net)
}
