// Package rootcause tells which attributes of cases go with an outcome: a missed
// limit, a broken rule, a long case, a long lead time.
//
//	Log + Outcome ─▶ attributes of cases, of first events, derived ones
//	              ├▶ leakage guard: what is known only after the outcome is left out
//	              ├▶ effects: each value against the rest, in one family of tests
//	              │    └▶ confounders: what changes an effect when it is held fixed
//	              ├▶ model: logistic regression, all attributes at once
//	              └▶ rules: a decision tree found on one half, measured on the other
//
// The derived attributes are the month and weekday of the start, the first
// activity, resource and unit, the number of open cases at the start, and, known
// only while a case runs, which activities it has and how many it repeats. Of
// outcomes that come true when a limit passes, only what happened before the limit
// counts as a cause of missing it.
//
// It finds associations, not causes: a confounder that was not recorded cannot be
// named, and what an office does about risky cases looks like their cause. Every
// Result says so.
//
// Logs of activity instances are expected.
//
// Left out on purpose: causal graphs learnt from data, whose edges such logs cannot
// decide; interaction terms in the model (the rules show those that matter).
package rootcause
