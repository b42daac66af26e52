// Package alignment finds optimal alignments of the variants of a log with a
// Petri net: for each the run of the model that explains it with the fewest
// deviations, move by move.
//
//	net, variants ─▶ Align ─▶ Result ─▶ Fitness       how well the log fits
//	                            │  └──▶ ModelTraces   what the model did instead (precision)
//	                            └─ Alignment ─▶ Verify  token game, move by move
//
// Log moves and visible model moves cost 1, synchronous and silent moves nothing
// (Adriansyah 2014, doi:10.6100/IR770080). Each variant is aligned once, several
// at a time, and results do not depend on how many.
//
// # Two ways to the optimum
//
// A net that folds into nested sequences, choices, parallels and loops, and whose
// parallels have branches without a label in common, is aligned part by part.
// Every net that comes from a mined process tree is such a net. The cost of a
// parallel is then the sum over its branches of the cost of what each sees of the
// trace: the trace projected on the labels of a branch tells all, for moves of one
// branch never hinder those of another. What is left between parallels is a finite
// automaton. The time is polynomial: for a trace of n events and a net of m
// transitions at most O(n²·m) for each level of parallels, and as cheap parts are
// looked at first, for a trace that fits about O(n·m).
//
// Any other net is searched by A* over the synchronous product. The lower bound
// comes from the state machines that the net consists of: places that always hold
// one token between them. A trace is aligned with each alone, from its end, in a
// table; each label's cost is divided among the machines that have it, so that
// their sum never exceeds the true cost (in whole units of 1/2520, rounded down
// for each and, as costs are whole, up for their sum). Clusters that nothing
// disturbs fire first. The time may be exponential; see Config.
//
// # What is not proved
//
// Where the bounds of the configuration end a search, the lower bound is the
// larger of what the search had excluded and of the state machines' sum. The upper
// bound is the cost of a real alignment: every event a log move and the cheapest
// run of the model, or better what a beam over the trace finds, which keeps to
// markings from which a way to the end is known. Result says how many traces are
// proved, and warns.
//
// # Events of other activities
//
// An event whose activity no transition carries is a log move and costs 1. Token
// replay skips such events. That is why of Sepsis 657 traces fit here, as in
// PM4Py, and 704 in replay: 47 traces deviate in nothing but "Release B" and
// "Release E", which the stored net does not have. A worked example: the trace
// ⟨a, z⟩ and a net of one transition a. Replay leaves no token missing or behind;
// the alignment is a synchronous move of a and a log move of z, at cost 1.
//
// # Left out on purpose
//
// Costs other than these, all optimal alignments of a trace (one is returned),
// prefix alignments of running cases, and alignments with data or time.
package alignment
