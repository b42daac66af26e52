// Package drift finds when a process changed, and what changed in it.
//
//	Log ─▶ cases by start ─▶ time:         ranks of lead time, its spread, waiting
//	                      ├▶ control flow: which pairs follow each other
//	    ─▶ days or weeks  ─▶ workload:     arrivals and completions
//	                      └▶ in progress:  open cases
//	each ─▶ bins ─▶ CUSUM over seeded intervals ─▶ threshold by permuting blocks
//	     ─▶ changes: date with interval, sudden or gradual, before against after
//
// Features of control flow are the behavioural relations of directly following, as
// in R. P. J. C. Bose, W. M. P. van der Aalst, I. Žliobaitė, M. Pechenizkiy,
// doi:10.1109/TNNLS.2013.2278313 and A. Maaradji, M. Dumas, M. La Rosa,
// A. Ostovar, doi:10.1109/TKDE.2017.2720601. Both compare two sliding
// windows by a test at each event. Deviations:
//   - not one window size, nor one adapted by variability, but all: the seeded
//     intervals of S. Kovács, H. Li, P. Bühlmann, A. Munk,
//     doi:10.1093/biomet/asac052 (definition 1, decay 1/√2; selection greedy);
//   - not a test at every event, whose false alarms add up, but one threshold for
//     the greatest CUSUM over all features, windows and dates, from the same series
//     with blocks of it in random order: the probability of any false alarm in a
//     stationary log is at most Config.Level over all four perspectives,
//     where Perspective.Controlled;
//   - blocks, as long as the series remembers, because neighbouring cases share
//     queues: without them busy weeks would pass for change;
//   - one relation may carry the change: the maximum over relations is tested, and
//     named, not a χ² over all of them.
//
// Cases are taken in order of their start. The last ones are left out, as many as
// had no time to become slow in (Result.Left), or every log would end in a change.
//
// Left out on purpose: detection while events come in (a window of the log can be
// asked again and again, but then the false alarms add up), recurring drift as a
// notion of its own (it shows as several changes).
package drift
