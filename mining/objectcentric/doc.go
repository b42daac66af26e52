// Package objectcentric analyses logs whose events concern several objects at
// once: an application, its plots, the decisions on them (OCEL 2.0).
//
//	connectors/ocel ─▶ Log ─┬─▶ Discover      directly-follows multigraph, one layer a type
//	                        ├─▶ DiscoverNet   object-centric Petri net
//	                        ├─▶ Flatten       an ordinary log, and what flattening does to it
//	                        ├─▶ Lifecycles    how long objects live, along which ways
//	                        └─▶ Synchronise   how long objects wait for each other
//
// Left out on purpose: object-centric conformance, and process executions across
// all related objects.
package objectcentric
