// Package filter selects cases and rows of an event log by a text that people
// write on a command line, find in the address of a page and send to the API.
//
//	text ─▶ Parse ─▶ Filter ─▶ Apply ─▶ Log that names only what is left
//	          ▲        │
//	          └ String ┘  canonical: Parse of it gives the same filter
//
// A filter is a list of steps, joined by ";", each of which works on what the
// one before it left:
//
//	ended in 2019                          cases
//	lead_time > 30d and not rework("A")
//	events not activity("Note")            rows of cases
//	between("Request", "Decision")         the rows from one activity to another
//
// # Cases
//
//	has("A", "B")            an activity of these occurs
//	starts("A", …)  ends(…)  the first, the last activity is one of these
//	path("A", "B", …)        they follow each other directly, in this order
//	eventually("A", "B", …)  they follow each other, others between them
//	resource("X", …) unit(…) someone, a unit, of these took part
//	rework  rework("A", …)   some activity, one of these, was repeated
//	open("A", …)             none of these ends has been reached
//	id("7", …)               the case of that identifier
//	variant in 1..10         by rank: the most frequent variant is the first
//	variants <= 80%          the fewest variants that hold this share of cases
//	events >= 5              number of rows
//	count("A") = 2           occurrences of an activity
//	lead_time > 30d          first to last recorded time, wall clock
//	lead_time("A", "B") < 2h first A to last B, wall clock
//	gap("A", "B") > 3d       the longest time from an A to a B directly after it
//	processing("A") > 1h     start to completion, wall clock, summed over the As
//	started, ended           first, last recorded time: in 2019-03, >= 2019-02-11
//	active in 2019-03        some of the case lies in the period
//	within 2019-03           all of the case lies in the period
//	case("channel") = "Web"  an attribute of the case
//	event("cost") > 100      that of some event
//
// Rows are selected by activity, resource, unit, event, case and time. Both
// kinds combine with and, or, not and parentheses. Comparisons are = != < <= >
// >= and in, which takes a list ("a", "b"), a range 1..5 or a period; ~ asks
// whether a text holds another, without regard to case; exists stands alone.
//
// Durations are written 90s, 15min, 2h, 3d (24 hours each), 5wd (working days
// of a term, by the calendar of Config; there is no factor between the two), or
// p85: that quantile of the log as the step finds it. Days, months and years
// include their last moment and are read in the zone in which each time was
// written. What a case lacks compares as false, also with !=.
//
// Left out on purpose: filters that change what an activity is (that is
// eventlog.Log.Classified) and sampling at random.
package filter
