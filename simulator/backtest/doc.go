// Package backtest asks a fitted model what it would have said: it is fitted to the
// first part of a log and simulates the rest, which it has not seen.
//
//	log ─▶ Split ─▶ training ─▶ fit ─▶ simulate, some times ─┐
//	            └─▶ test ────────────────────────────────────┴▶ distances, coverage
//
// Beside each distance stands that of the last training cases from the test log: two
// periods of one reality differ too, and a model can hardly come closer.
//
// Measured (go test -v ./simulator/backtest -run Shared; split 0.8, ten runs, seed 1;
// in brackets the distance of the last training cases, and the best published of five
// tools, which is of an older version of the measures and of other splits):
//
//	               n-grams of 2        relative, h          cycle time, h
//	Production     0.38 (0.32; 0.53)   208 (63; 18.7)       315 (133; 24.7)
//	Purchasing     0.22 (0.18; 0.20)   672 (674; 722)       521 (524; 558)
//	BPIC12, W_     0.08 (0.16; 0.15)   101 (12; 54.9)       86 (58; 89)
//
// Production is behind in times, and so is its own past: the test cases, cut off by the
// end of the log, take 119 hours on average and the training cases, those that ended
// before the cut, 420. What the fitter is told nothing of is found again: the years
// simulated by a model that is fitted to one year of an office with batches, several
// things at once and delays are no farther from a fresh year than one and a half of
// what two years of the office are, in all seven measures (TestRoundTrip).
package backtest
