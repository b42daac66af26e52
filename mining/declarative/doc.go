// Package declarative finds what always, or nearly always, holds of a process,
// instead of one drawing of it.
//
//	variants ─┬─▶ DiscoverDeclare   constraints such as response(A, B)     ─▶ Check
//	          └─▶ DiscoverSkeleton  relations of all pairs of activities   ─▶ Check
//	log ────────▶ DiscoverProfile   usual times between activities         ─▶ Check
//	graph ──────▶ FootprintsOf      sequence, parallel, never              ─▶ Difference
//
// Declare constraints have the meaning of the papers, where a case counts as a
// whole: it activates a constraint or not, and satisfies it in all its activations
// or not. PM4Py agrees on existence, absence, exactly one, init, responded
// existence, response and coexistence. It differs on the others: of ⟨b⟩ it says
// that precedence(a, b) was not activated, where the paper says that it is
// violated, for b came without an a before it; and of ⟨a, b, b⟩ it says that
// alternate response(a, b) is violated, because it wants as many bs as as, where
// the paper only wants a b between each a and the next.
//
// Left out on purpose: constraints on data and resources (those are in rules) and
// branched constraints.
package declarative
