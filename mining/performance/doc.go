// Package performance measures how long things take in a log.
//
//	eventlog.Log ─▶ Between    ─▶ Sample: lead time per case, between two milestones
//	             ├▶ CycleTimes ─▶ Sample: per case, first to last recorded event
//	             ├▶ Activities ─▶ waiting, processing, idle, service per activity
//	             ├▶ Cases      ─▶ the same, summed over each case
//	             ├▶ FindBottlenecks ─▶ whose waiting and work the lead times are made of
//	             ├▶ FindParties, Handovers ─▶ in whose court the time was
//	             ├▶ FindRework   ─▶ repetitions, ping-pong, first time right
//	             ├▶ FindWorkload ─▶ cases in progress and queues over time
//	             ├▶ FindBatches, FindWaitingCauses ─▶ why work waited
//	             └▶ Spectrum     ─▶ every passage of a pair of activities over time
//	Sample ─▶ Summary (measure), Histogram
//
// Authors disagree on the words; here, and in all of Uprava, they mean:
//
//	lead time   from one milestone of a case to another (request to delivery),
//	            wall clock; without declared milestones the cycle time
//	cycle time  from the first to the last recorded event of a case, wall clock;
//	            an enablement or a start is a recorded event
//	waiting     from enablement to start of an activity instance, wall clock
//	service     from start to completion of an activity instance, wall clock
//	processing  the part of service inside the working calendar
//	idle        the part of service outside it
//	sojourn     waiting + service = waiting + processing + idle
//
// Without a calendar all service counts as processing.
//
// All samples are in seconds and in the order of the cases of the log. What has
// not been recorded is left out and counted in Warnings, never taken as zero.
//
// Left out on purpose: terms of law (mining/legal), who works with whom
// (mining/organisation), drift and cohorts (mining/drift, mining/cohort),
// prediction (mining/predict).
package performance
