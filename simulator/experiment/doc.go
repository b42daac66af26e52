// Package experiment asks a model a question and answers with an interval: it
// runs replications in parallel, leaves out the warm-up, and tells what the
// answer rests on.
//
//	twin.Model ─▶ Run ─▶ Result: figures with intervals, evidence, warnings
//	as-is, to-be ─▶ Compare ─▶ differences on common random numbers
//	as-is, many ─▶ Scenarios ─▶ Table; KN, OCBA ─▶ the best
//	levers ─▶ Attribute ─▶ Shapley values, other sets that reach the same
//	factors ─▶ Screen (Morris, Sobol);  staff, levers ─▶ Optimise (NSGA-II)
//	FILE.yaml ─▶ ReadPlan ─▶ all of these
//
// Intervals are Student's over the means of replications, which are independent
// (Law 2015, Simulation Modeling and Analysis, section 9.4.1). The result does
// not depend on the number of processors.
//
// Left out on purpose: intervals from a single long run (batch means).
package experiment
