// Package web serves the pages: server-rendered HTML in Russian and English,
// with small scripts for charts and the process map, from one binary and
// without any request to the outside.
//
//	shell  what all pages share
//	board  the process owner's pages
//	access the gate before pages that are open to the network
//	src    scripts and styles, bundled into dist
//
// Every answer carries a Content-Security-Policy without unsafe-inline and
// unsafe-eval. The server answers only to its own names and refuses requests that
// another site sent (Guard). The bundle in dist/ is built from the
// lockfile by `make assets` and embedded; without it the package builds and New
// says what to run.
package web
