// Package backtest asks a fitted model what it would have said: it is fitted to the
// first part of a log and simulates the rest, which it has not seen.
//
//	log ─▶ Split ─▶ training ─▶ fit ─▶ simulate, some times ─┐
//	            └─▶ test ────────────────────────────────────┴▶ distances, coverage
//
// Beside each distance stands that of the last training cases from the test log: two
// periods of one reality differ too, and a model can hardly come closer.
//
// What begins late is seen in part, or not at all, where a log breaks off. Simulated
// cases are seen through the same window: where more cases than usual seem to end shortly
// before the end of the log, or more of them with an activity that is seldom the last, it
// was cut off there, and simulated events later than that are left out; otherwise the log
// holds ended cases only, and simulated cases that end later are left out, unless none
// begins in so long before its end as half of them take: these were followed to their end.
//
// Measured (go test -v ./simulator/backtest -run Shared; split 0.8, ten runs, seed 1,
// mean ± standard deviation of the runs; in brackets the distance of the last training
// cases, and the best published of five tools, which is of an older version of the
// measures and of other splits):
//
//	               n-grams of 2              relative, h             cycle time, h
//	Production     0.38 ± 0.07 (0.45; 0.53)  18 ± 8 (31; 18.7)       24 ± 10 (48; 24.7)
//	Purchasing     0.22 ± 0.02 (0.18; 0.20)  672 ± 17 (674; 722)     521 ± 17 (525; 558)
//	BPIC12, W_     0.12 ± 0.02 (0.16; 0.15)  31 ± 3 (14; 54.9)       76 ± 6 (59; 89)
//
// Production is taken without the Start and End that an export added to every case, and
// breaks off on 30 March 2012, when 28 cases have their last event, of otherwise 3 to 10 a
// day: 22 of its 45 test cases stop in the middle of turning and milling, of the 124
// training cases 8, and the test cases take 119 hours on average in a log whose cases take
// 495. Simulated cases that were followed to their end were 208 hours away in relative
// times and 314 in cycle times (BPIC12: 101 and 86), with 0.08 in n-grams of BPIC12
// instead of 0.12; so much of these figures is the window, which the published ones are
// not known to have. In Purchasing the process itself changed: the training cases take
// 287 hours, the test cases 742, and the 54 cases that cross the cut and belong to neither
// part 1,829; no model of the training cases can know, and in n-grams it stays behind the
// best published tool. BPIC12 is farther over the day (3.7 h) than its past, because 19 of
// 16,000 events fall on Sundays and the model works on none.
//
// What the fitter is told nothing of is found again: the years simulated by a model that
// is fitted to one year of an office with batches, several things at once and delays are
// no farther from a fresh year than one and a half of what two years of the office are, in
// all seven measures (TestRoundTrip).
package backtest
