// Package match says which cases and events a rule speaks of: by activity,
// lifecycle transition and conditions on attributes, as they stand in files of
// rules.
//
//	YAML ─▶ Events, Conditions ─▶ Vocabulary of a log ─▶ Matcher, Test
//	                                    └─ Doubts: names that the log does not hold
//
// A name that the log does not hold is never met in silence: it is a Doubt with
// the name that was probably meant. A condition on an attribute that a case or an
// event lacks is neither true nor false but Unknown, and the caller counts it.
//
// Left out on purpose: alternatives and negation of whole conditions (a condition
// has its own negative, a list is a conjunction); what a person types to filter a
// log is mining/filter.
package match
