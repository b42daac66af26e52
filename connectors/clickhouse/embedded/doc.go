// Package embedded is ClickHouse without a server: the engine's library is
// loaded into this process (no cgo) and answers the native protocol over an
// in-process pipe, so that clickhouse-go cannot tell it from a server and every
// query of the warehouse is written once.
//
//	Find ─▶ Open(dir) ─▶ Options ─▶ clickhouse-go ─▶ the same SQL as on a server
//	            │
//	            └─ Serve(unix socket) ─▶ Remote(socket) in another process
//
// One process holds a data directory at a time, and a process holds one at a
// time; *LockedError names the holder of a taken one. The engine opens no port,
// prints nothing (but its reason when it does not start, to standard error),
// installs no signal handler, and may use half of the machine's
// memory; a query runs on as many threads as there are cores and spills to disk
// before that. Sessions begin in UTC.
//
// Left out on purpose: users and passwords (the directory and the socket belong
// to one user of the operating system), external tables, query ids chosen by the
// client, and progress packets. DESIGN.md tells why and what else was tried.
package embedded
