// Package measure turns samples into figures that say how far to trust them.
//
//	sample ─▶ Summarize ─▶ Summary: n, unit, centre, spread, quantiles, warnings
//	sample ─▶ MeanInterval, QuantileInterval ─▶ Interval
//	pairs  ─▶ Paired ─▶ Comparison: difference with its interval
//
// Every figure carries its unit. Units of the wall clock convert; working time
// does not without a calendar (mining/calendar).
//
// Left out on purpose: tests of significance without an interval, and
// estimators that presume a distribution (twin/fit).
package measure
