// Package twins shows digital twins: the register of processes, every thing with all
// that hangs together with it, the graph and what feels a loss, the streams of value,
// the action plan, who signs, what is done twice and what to digitalise first.
//
//	/twins                               which twins there are
//	/twins/TWIN                          one of them
//	/twins/TWIN/register                 register of processes (also .csv)
//	/twins/TWIN/units, goals             trees
//	/twins/TWIN/KIND, KIND/ID            things of a kind, one thing
//	/twins/TWIN/graph, merge             neighbourhood and impact, merging of units
//	/twins/TWIN/streams, streams/PROCESS streams of value
//	/twins/TWIN/plan, signing, duplicates, priority
package twins
