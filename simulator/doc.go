// Package simulator runs a twin: cases arrive, their tokens move through the
// diagrams of the processes, people of shared pools take up the work when they
// are on shift, and every activity instance is told to an observer. The figures
// of a run, and the log it writes, speak the language of mining.
//
//	twin.Model ─▶ Compile ─▶ Program ─▶ Run ─▶ Statistics
//	                                     └─▶ Observer ─▶ Log ─▶ mining
//
// What a case does at a moment is done before waiting work is given out, so of
// the files that a signing day releases at once the most urgent goes first. Work
// is given to people who are on shift, the longest idle first; once begun it is
// theirs, stops when their hours end and goes on when they begin again. Nobody
// is interrupted by more urgent work.
//
// A case begins with the firing of its start event and ends with its last token,
// or with a terminate end event, which drops what else of the case goes on. A
// node with several incoming flows and no gateway is entered by each token, a
// node with several outgoing flows sends one along each.
//
// Draws are shared between models: the time of a task depends on seed,
// replication, process, task, number of the case and of its visit, and not on
// what else happens (des.Field). So a difference between two models is that of
// the models (common random numbers).
//
// Times are whole microseconds, as in a log: what is mined from the log of a run
// equals the figures of the run.
//
// Left out on purpose: replications and intervals (simulator/experiment),
// interruption of work, shared activities and data-dependent routing.
package simulator

// Version is that of the simulator's draws and rules: the same version, program
// and seed give the same log. It changes when either does.
const Version = "2"
