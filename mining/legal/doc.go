// Package legal runs the clocks of law: from dated rules, loaded as data, to the
// due date of each case, and whether it was kept.
//
//	rules.yaml ─▶ Read ─▶ Set ─▶ Rule ─┐                  ┌─▶ Case: start, due, finish, gross and net,
//	Russia() ───────────────▶ Rule.Bind ┼─▶ Clock ─▶ Result┤   overdue by, timeline, edition, flags
//	log, calendar, moment ──────────────┘                  └─▶ share in time, n, interval, warnings
//
// A rule says what starts, stops, suspends, resumes, extends and restarts its
// clock; nothing does that the rule does not name. It is told in editions, each
// in force from one date to another: a case is judged by the edition in force on
// the day on which its clock started, or by today's on request. A mark "to be
// checked against the text" on any part of a rule travels to every result that
// used it.
//
// The conventions, all of them data where the law can go either way:
//   - the first day is the one after the event (Civil Code, article 191), or the
//     day of the event;
//   - months end on the same day of the month or its last (article 192);
//   - the last day ends at 24:00 or when the office closes; what is handed in at
//     the post is in time until 24:00 (article 194);
//   - an end on a day of rest moves to the next working day, to the one before, or
//     stays, each with a citation of its own (article 193 is for civil-law terms);
//   - of a suspension in days, the day of the suspending event and the day of the
//     resuming event count as running unless the rule says otherwise, so that the
//     term loses only the days in between;
//   - the days off by decree of 2020 and 2021 are ordinary days for a term unless
//     the rule says otherwise; where the other reading gives another due date, it
//     stands beside the first (Case.Other);
//   - time at the applicant or at another body is attributed to them (Case.Courts)
//     and never subtracted.
//
// Left out on purpose: several clocks of one rule in a case (what happens again
// and again, such as requests to other bodies, is a response rule of
// mining/rules), moving a received document to the next working day where it
// came after closing (let the registration start the clock), and terms that hang
// on two cases at once.
package legal
