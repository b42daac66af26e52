// Package ocel reads object-centric event logs in the three formats of OCEL 2.0:
// JSON, XML and SQLite (https://www.ocel-standard.org/specification/).
//
//	.jsonocel .json ─┐
//	.xmlocel .xml    ├─▶ Read ─▶ objectcentric.Log
//	.sqlite .db      ┘
//
// Times without a zone, as the SQLite and XML formats have them, are read in
// Config.Location. Values of attributes that are not of their declared type are
// kept as text and counted, not dropped.
//
// Left out on purpose: OCEL 1.0, writing, and streaming: a log is read whole.
package ocel
