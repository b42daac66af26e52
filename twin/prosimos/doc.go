// Package prosimos reads the simulation models of Prosimos 2.0.6 (a BPMN diagram
// and a JSON file of parameters) into a twin.
//
//	FILE.bpmn ─▶ bpmn.Read ─┐
//	FILE.json ─▶ Read ──────┴▶ twin.Model, what was not read
//	twin.Model ─▶ Write ─▶ FILE.bpmn, FILE.json, what could not be written
//
// Parameters mean what they mean there (pix_framework's DurationDistribution):
// fix {value}; expon {mean, min, max}: min + an exponential time of mean
// mean − min; uniform {min, max}; norm {mean, deviation, min, max}; lognorm and
// gamma {mean, variance, min, max}; a draw outside min…max, or below 0, is drawn
// again. Prosimos gives up after a hundred draws and takes the mean; here such a
// law is drawn exactly. The gap between two arrivals runs on the wall clock, and
// an arrival while the calendar is closed comes when it opens.
//
// Where this differs: a person who is free is chosen by the longest idle time;
// work comes first come first served, as there without rules of priority.
//
// Case attributes, branch rules and rules of priority on them, and batches by size,
// longest wait, day and hour are read; Write writes what a twin has of all this.
//
// Left out on purpose, and listed where a file or a twin has them: event and global
// attributes, batches of some cases only or of a time by size, multitasking and fuzzy
// calendars; of a twin, what Prosimos has no word for.
package prosimos
