// Package schedule says which reports are due when: a plain file of the data folder,
// and the moments that follow from it.
//
//	schedule.yaml ─▶ Read ─▶ Book ─▶ Entry.Due: the occurrences between two moments
//
// An occurrence is a period and the moment at which its report is due: the day after
// the end of the period that the entry says, moved to a working day as it says. What
// was sent is not known here (dispatch keeps the journal), nor is what the time is.
package schedule
