// Package web serves the pages: server-rendered HTML in Russian and English,
// with small scripts for charts and the process map, from one binary and
// without any request to the outside.
//
//	shell    what all pages share
//	home     the start page and search
//	board    the process owner's pages
//	explore  map, variants, cases, times, conformance, people, comparison
//	studio   models, scenarios, runs, searches for the best
//	twins    what a twin holds, and what follows from it
//	reports  what the head of the administration reads; reports sent, made and due
//	imports  logs brought in by hand
//	access   the gate before pages that are open to the network
//	src      scripts and styles, bundled into dist
//
// Every answer carries a Content-Security-Policy without unsafe-inline and
// unsafe-eval. The server answers only to its own names and refuses requests that
// another site sent (Guard). The bundle in dist/ is built from the
// lockfile by `make assets` and embedded; without it the package builds and New
// says what to run.
//
// Fifty readers at once, without a pause between requests, over the boards of the
// municipality on two cores: 95 of 100 answers within 265 ms (half within 165 ms, 240
// requests a second) over 2,000 requests on a quiet machine, the heap 2.7 MiB smaller
// afterwards; within 562 ms over 10,000 requests while other work held both cores
// (load 5). `go test ./dashboards/web -run '^$' -bench Readers -benchtime 1x`
// repeats it, UPRAVA_BENCH_REQUESTS=2000 the shorter one.
package web
