// Package bpsim reads and writes the simulation parameters of BPSim 2.0 (WfMC 2016,
// BPSim Business Process Simulation Specification, document WFMC-BPSWG-2016-01), which
// stand inside a BPMN file: one scenario of element parameters.
//
//	FILE.bpmn ─▶ bpmn.Read ─┐
//	          └▶ Read ──────┴▶ twin.Model, what was not read
//	twin.Model ─▶ Write ─▶ FILE.bpmn, what could not be written
//
// Read takes the first scenario: inter-arrival times of start events, processing times
// of activities, durations of events, probabilities of flows, resources with their
// quantity and the roles that tasks select, fixed and hourly costs, priorities. Times
// without a unit are in the base unit of the scenario.
//
// Left out on purpose, and listed where a file has them: calendars (iCalendar text),
// property expressions, conditions, queue lengths, and results.
package bpsim
