// Package honesty examines an event log before anything is concluded from it:
// what about its events is doubtful, and which questions it cannot answer.
//
//	recorded log ─▶ Examine ─▶ Report: findings with evidence ─▶ what cannot be told
//
// Each finding counts what it found, of how many, names cases to look at, and
// says what it does to the figures. The log is taken as it was recorded, before
// starts are paired with completions.
//
// Found are: equal times within a case, times without a time of day, starts that
// are missing or lead nowhere, impossible orders, many cases stamped at one
// moment, cases cut off at the beginning and at the end of the log, events and
// cases without content, rows that stand twice, labels that differ in spelling
// alone, missing resources, dates far off and zones that change.
//
// Left out on purpose: comparing when a thing happened with when it was entered,
// which needs both times, and a single score, which would hide its reasons.
package honesty
