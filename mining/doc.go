// Package mining answers what a process is, from an event log: which activities
// directly follow each other, which ways cases take, and how long they last.
//
//	eventlog.Log ───────────▶ InMemory ─┐
//	connectors/clickhouse ─▶ its Source ┴▶ Source ─▶ Mine ─▶ Overview (JSON)
//
// Source is the interface that miners read from: sufficient statistics, not
// events. InMemory is the plain-Go reference of every query that a store
// answers by itself.
//
// The miners live in the packages below; this one joins them and holds the
// contract of `uprava mine --json` (overview.schema.json).
package mining
