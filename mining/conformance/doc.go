// Package conformance holds a log against a Petri net: how much of the log the net
// allows (fitness), how much else it allows (precision), how sure its behaviour is
// (generalisation) and how plain it is (simplicity).
//
//	petri.Net ──▶ compiled ─┬─▶ Replay: tokens missing and remaining ─┬─▶ Overlay, Generalisation
//	                        ├─▶ alignment.Align: fewest deviations ───┘
//	variants ───────────────┤
//	                        └─▶ EscapingEdges, AlignedPrecision
//	Check ─▶ all of these, joined in one Result
//
// Variants are replayed once each and weighted by their cases; they come from a log
// or from a store that counts them (eventlog.Log.Variants). Which notion of an event
// they are of, activity instances or recorded events, is the caller's.
//
// # Silent transitions
//
// The replay takes the shortest silent path to the next activity, precision takes all
// silent paths at once. Searches of the replay leave out orders of independent steps
// (stubborn sets), which finds paths of the same length; all searches are bounded by
// Config.MaxStates. What met the bound is counted and told: the replay goes on with
// the best it saw, precision is then not told at all.
//
// # Where the peer differs
//
// PM4Py 2.7.14 looks for silent paths only so far, and so misses activities that are
// enabled. On BPI Challenge 2013, incidents, the reference net is the tree
//
//	→( ∧( ⟲(Accepted, τ), →( ⟲(Queued, τ), ×(τ, Unmatched) ) ), ⟲(Completed, τ) )
//
// Behind ⟨Accepted, Queued⟩ both loops may be left, Unmatched may be skipped, and the
// concurrent part is complete: the net allows Accepted, Queued, Unmatched and, some
// silent steps later, Completed. PM4Py omits Completed there. Where allowed activities
// are not seen, those that the log never takes are not counted: it prints 0.716391,
// where the definition of the paper gives 0.705294. For a log of the single trace
// ⟨Accepted, Queued, Completed⟩ all can be counted by hand: behind ⟨⟩ 2 activities are
// allowed and 1 escapes, behind ⟨Accepted⟩ 2 and 1, behind ⟨Accepted, Queued⟩ 4 and 3;
// precision is 1 − 5/8.
//
// The same cut makes PM4Py replay 98.5 % of the traces of BPI Challenge 2012 as
// fitting on a net that allows them all.
//
// Left out on purpose: replay of object-centric logs, of data and of time; rules and
// legal deadlines, which have packages of their own; costs other than one for each
// deviation.
package conformance
