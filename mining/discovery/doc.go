// Package discovery finds process models in event logs.
//
//	eventlog.Log ─▶ variants ─┬▶ Inductive          ─▶ processtree.Tree ─▶ net, BPMN
//	                          ├▶ PartialOrders      ─▶ powl.Model ───────▶ net
//	                          ├▶ Split              ─▶ BPMN ─────────────▶ net
//	                          ├▶ Heuristics         ─▶ CausalNet ────────▶ net
//	                          ├▶ AlphaPlus          ─▶ petri.Net
//	                          └▶ Prefixes, Transitions
//	dfg.Graph ────────────────┬▶ InductiveDirectly  ─▶ processtree.Tree ─▶ net, BPMN
//	                          ├▶ Alpha              ─▶ petri.Net
//	                          └▶ Simplify           ─▶ dfg.Graph, and what it hides
//
// Miners read variants with their counts, or the directly-follows graph, both of
// which a store can answer without moving its events. Discover runs any of them by
// name, with the doubts that belong to what it found; Algorithms lists them.
//
// What to expect of a model:
//
//	                      sound   allows every trace        of its class, found again
//	im                    yes     yes                       yes
//	imf                   yes     what is frequent          yes, without noise
//	imd                   yes     no                        yes
//	powl                  yes     yes, without noise        yes
//	split                 no      no                        -
//	heuristics            no      no                        -
//	alpha                 no      no                        yes, without short loops
//	alpha+++              no      no                        -
//	prefixes, transitions yes     yes                       -
//
// The same input gives the same model, whatever the order of the variants and of
// the dictionary: where a paper leaves a choice, names decide. Every miner takes a
// context and returns within milliseconds once it is cancelled.
//
// Left out on purpose: genetic miners and miners by integer linear programming,
// whose time nobody can tell beforehand; regions; layout, but for diagrams.
package discovery
