// Package clickhouse keeps event logs in ClickHouse, on a server or in this
// process, and answers what miners ask where the data is.
//
//	connectors.Source ─▶ Ingest ─▶ staged generation ─▶ published by one row
//	                                                        │
//	          eventlog.Log ◀─ Load ◀── whole states only ───┼─▶ Source ─▶ mining
//	                                                        └─▶ Logs, Quarantine
//
// A log is a list of generations: what one ingest brought, in a partition of its
// own. Rows are staged unseen and become visible when one row of the table logs
// names their generation, so that a reader sees an ingest wholly or not at all,
// whatever happens to the process. The schema is in sql/schema, the queries are
// in sql/queries; DESIGN.md tells what else was tried.
//
// Left out on purpose: reading of file formats (connectors/…) and mining of what
// the queries return (mining/…).
package clickhouse
