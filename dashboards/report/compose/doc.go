// Package compose writes what a report says: it asks the desk about processes and
// builds sentences, tables and pictures from the answers.
//
//	dispatch.Request ─▶ subject: the executive, an owner, a process ─▶ logs, twin
//	logs as of a moment ─▶ desk.Board, Risks, Narrow ─▶ facts
//	facts ─▶ page one: what changed, what is late and why, the outlook, what to decide
//	      ├▶ plan, fact, deviation, cause, measures; to the period before, to the same of
//	      │  last year, from the beginning of the year; overdue, due in 3, 5, 10 days
//	      ├▶ a page for each process, with pictures
//	      └▶ draft instructions: what, who, by when, why
//
// No sentence claims more than its interval does. A difference is told as a change
// where its 95 % interval leaves zero out, as within noise where it holds zero, and not
// at all where either side has fewer than Enough cases. A forecast of single cases is
// told where it did better than the simple ways on cases that it had not seen. What is
// missing is said to be missing.
//
// A log without a twin gets the same report without plan, limit, owner and measures.
package compose

// Enough is the number of cases on either side from which a difference of means is
// told; below 30 a note says that the interval is rough.
const Enough = 10
