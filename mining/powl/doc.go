// Package powl holds partially ordered workflow models: hierarchical models like
// process trees in which one operator, the partial order, takes the place of
// sequence and parallel and says more than both (Kourani, van Zelst 2023,
// doi:10.1007/978-3-031-41620-0_6).
//
//	discovery.PartialOrders ─▶ Model ─▶ Petri   workflow net, safe and sound
//	processtree.Tree ────────▶   │   ─▶ Tree    where sequence and parallel suffice
//
// Left out on purpose: the choice graphs of later papers, and a file format, as
// there is no standard one: models travel as Petri nets.
package powl
