// Package measure turns samples into figures that say how far to trust them.
//
//	sample ─▶ Summarize ─▶ Summary: n, unit, centre, spread, quantiles, warnings
//	sample ─▶ MeanInterval, QuantileInterval ─▶ Interval
//	pairs  ─▶ Paired ─▶ Comparison: difference with its interval
//	two samples ─▶ MannWhitney, Welch, Permute: tests
//	            └▶ HodgesLehmann, CliffDelta, Bootstrap ─▶ Estimate: size, interval
//	two shares  ─▶ CompareShares, MantelHaenszel: difference, ratio, odds, test
//	many tests  ─▶ BenjaminiHochberg, Holm: probabilities of a family
//
// Of two samples or shares, a and b, figures are those of b against a.
//
// Every figure carries its unit. Units of the wall clock convert; working time
// does not without a calendar (mining/calendar).
//
// Left out on purpose: estimators that presume a distribution (twin/fit). A test
// never travels alone: beside each stands an effect with its interval.
package measure
