// Package cohort compares two groups of cases: those of two values of an
// attribute, of two periods, of two logs, of as-is and to-be.
//
//	a, b eventlog.Log ─▶ Compare ─▶ Result: lead time, activities, edges, waiting,
//	                                        variants, rework, breaches, mix, warnings
//	Log ─▶ Split, Before                    the groups of an attribute, of a date
//	Log ─▶ Each                             every group against the rest
//
// All figures are those of b against a. Everything tested is tested over cases,
// one value a case, because events of one case are no independent things. Every
// test has its effect, with interval and size in words, and belongs to one of the
// families that Result.Families names: within the headline family (lead time,
// variants, directly-follows profile, rework, breaches) Holm's procedure holds the
// probability of any false difference, within the others (activities, waiting,
// edges, mix) Benjamini & Hochberg's the share of false ones.
//
// Logs of activity instances are expected (eventlog.Log.Instances); recorded
// events work, their waiting being the time since the event before.
//
// Left out on purpose: adjustment for the case mix, which is named here and
// adjusted for in mining/rootcause; pictures of the difference (dashboards).
package cohort
