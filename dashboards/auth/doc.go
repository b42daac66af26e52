// Package auth tells who asks once the pages are open to the network: named
// access codes, the sessions that they open, and how often one may try.
//
//	uprava access add NAME ─▶ code, shown once ─▶ argon2id hash in the data folder
//	code ─▶ Keeper.Enter  ─▶ session, for a cookie   (pages)
//	     └▶ Keeper.Bearer ─▶ name                    (REST, gRPC)
//
// A code holds 130 random bits and is never kept; its hash lies in a file that
// its owner alone may read. A code that was removed, also by another process,
// opens nothing from the next request on, nor do the sessions it had opened.
//
// Left out on purpose: passwords that people choose, and rights that differ
// from one reader to the next.
package auth
