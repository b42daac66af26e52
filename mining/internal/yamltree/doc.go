// Package yamltree reads small YAML files of rules strictly: every fault of a
// file at once, each with line and column, what was found and what was wanted; a
// key that nobody asked for is a fault that names the key that was probably meant.
//
//	bytes ─▶ Parse ─▶ Node ─▶ Map, List, Text, Int, Number, OneOf …
//	                   └─ faults gather in the File ─▶ Err
//
// Anchors, aliases, tags and merge keys are refused, and so is a second document:
// a rule says what it means where it stands. mining cannot import the reader of
// the twin's files, which stands above it; this one reads and never writes.
package yamltree
