// Package backtest asks a fitted model what it would have said: it is fitted to the
// first part of a log and simulates the rest, which it has not seen.
//
//	log ─▶ Split ─▶ training ─▶ fit ─▶ simulate, some times ─┐
//	            └─▶ test ────────────────────────────────────┴▶ distances, coverage
//
// Beside each distance stands that of the last training cases from the test log: two
// periods of one reality differ too, and a model can hardly come closer.
package backtest
