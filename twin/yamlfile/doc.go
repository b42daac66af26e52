// Package yamlfile reads and writes the plain YAML files that a twin, its
// scenarios and the packs of data consist of. Reading finds every fault of a
// file at once, each with line and column, what was found and what was wanted;
// a key that nobody reads is a fault, with the key that was probably meant.
// Writing is canonical: the same content gives the same bytes.
//
//	bytes ─▶ Parse ─▶ Value ─▶ Mapping, List, Text, Number, Seconds, …
//	                    └─ faults gather in the Document ─▶ Err
//	Map, List, scalars ─▶ Marshal ─▶ bytes
//
// Of YAML it takes block and flow mappings, lists and scalars in one document.
// Anchors, aliases, tags and merge keys are refused: a file says what it means
// where it stands.
package yamlfile
