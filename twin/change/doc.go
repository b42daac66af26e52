// Package change tells two versions of a twin apart in words, and joins two that were
// changed at the same time.
//
//	files ─▶ tree of a file ─▶ Diff: what was added, removed, changed
//	                       └▶ Merge: three-way; what both changed is a conflict
//
// Files are compared as what they say, not line by line: keys by name, lists of named
// things by their identifiers, lists of plain values as sets where their order means
// nothing. A diagram is compared by the identifiers of its nodes and flows.
package change
