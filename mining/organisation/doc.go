// Package organisation finds out from a log who works with whom, who does what,
// and when people are there.
//
//	activity instances ─┬─▶ Handovers, WorkingTogether, Subcontracting   networks
//	                    ├─▶ Roles          groups with the same profile of activities
//	                    ├─▶ Availability   hours of the week, absences
//	                    ├─▶ Multitasking   several things at once
//	                    └─▶ Adjusted       durations beside those of the same work elsewhere
//
// All but Adjusted describe work, not people. Adjusted compares a person only
// with what the same mix of work took others, with an interval, from a least
// number of instances on, and returns people by name, never by rank.
//
// Rows that name nobody are passed over, and counted: a hand-over then leads
// from the last to the next who is named.
//
// Left out on purpose: evaluating single people without their mix of work, and
// guessing who acted where nobody is named.
package organisation
