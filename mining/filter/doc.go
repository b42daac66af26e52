// Package filter selects cases and rows of an event log by a text that people
// write on a command line, find in the address of a page and send to the API.
//
//	text ─▶ Parse ─▶ Filter ─▶ Apply ─▶ Log that names only what is left
//	          ▲        │
//	          └ String ┘  canonical: Parse of it gives the same filter
//
// A filter is a list of steps, joined by ";", each of which works on what the
// one before it left:
//
//	ended in 2019; lead_time > 30d and not rework("A")   cases
//	events not activity("Note")                          rows of cases
//	between("Request", "Decision")                       part of each case
//
// Manual lists all tests, comparisons and values.
//
// Left out on purpose: filters that change what an activity is (that is
// eventlog.Log.Classified) and sampling at random.
package filter
