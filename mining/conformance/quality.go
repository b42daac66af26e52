package conformance

import (
	"math"

	"github.com/uprava/uprava/mining/petri"
)

// Generalisation returns 1 − the mean of 1/√executions over the transitions, silent
// ones included: how sure it is that the behaviour of a net is no accident of its
// log, 0 to 1 (Buijs, van Dongen, van der Aalst 2014,
// doi:10.1142/S0218843014400012). A transition that was never executed counts 1, as
// one that was executed once. NaN where there is no transition.
func Generalisation(executions []int64) float64 {
	if len(executions) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, n := range executions {
		sum += 1 / math.Sqrt(float64(max(1, n)))
	}
	return 1 - sum/float64(len(executions))
}

// Simplicity returns 1/(1 + max(d − 2, 0)), where d is the mean number of arcs at a
// place or transition: 1 for a net that is a mere sequence, less for more tangled
// ones (inverse arc degree; Blum 2015, Metrics in Process Discovery,
// TR/DCC-2015-6, University of Chile). NaN for a net without places and transitions.
func Simplicity(n *petri.Net) float64 {
	nodes := len(n.Places) + len(n.Transitions)
	if nodes == 0 {
		return math.NaN()
	}
	arcs := 0
	for _, t := range n.Transitions {
		arcs += len(t.In) + len(t.Out)
	}
	degree := 2 * float64(arcs) / float64(nodes)
	return 1 / (1 + max(degree-2, 0))
}
