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
// municipality on two cores: 95 of 100 of 10,000 answers within 245 ms (half within
// 148 ms, 270 requests a second) on a quiet machine, the heap 4 MiB smaller afterwards;
// within 357 ms beside other work (load 3). `go test ./dashboards/web -run '^$' -bench
// Readers -benchtime 1x` repeats it, UPRAVA_BENCH_REQUESTS=2000 a shorter one.
package web
