// Package explore shows what a log says of its process to whoever looks closely:
// the map beside the diagram, variants, cases and their timelines with the legal
// clock, where the time goes, how the log agrees with the model, who hands over to
// whom, and two groups of cases side by side.
//
//	address ─▶ looked (view, filter bar) ─▶ desk ─▶ page, fragment, or export
//
// All pages honour the filter, the period, the moment and the notion of an event in
// their address, and so do the exports beside them.
package explore
