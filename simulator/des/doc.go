// Package des is the kernel of the simulator: a clock, a heap of events, and
// random numbers by name. It knows nothing of processes, calendars or people.
//
//	Schedule ─▶ heap by (time, priority, sequence) ─▶ Run ─▶ handler
//	seed, replication, name ─▶ Stream   draws one after another
//	                        └▶ Field    draws by index, in any order
//
// Time is whole: a time.Duration since the start of the simulation. Events of
// the same time run by priority, then in the order in which they were scheduled.
// The clock never goes back: an event scheduled in the past stops the run.
//
// Left out on purpose: processes as goroutines (an event costs tens of
// nanoseconds, a switch of goroutines some hundred), and cancelling an event in
// the heap: give the payload a generation and let the handler pass over old ones.
package des
