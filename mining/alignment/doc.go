// Package alignment finds optimal alignments of the variants of a log with a
// Petri net: the run of the model that explains a trace with the fewest
// deviations, move by move.
package alignment
