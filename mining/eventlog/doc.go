// Package eventlog is the vocabulary of process mining: an immutable, columnar
// event log and the views that every miner, fitter and simulator shares.
//
//	source rows ─▶ Builder ─▶ Log ─▶ Case views ─▶ miners
//	                           ├─ Where, WhereEvents   views without the removed
//	                           ├─ Instances, Recorded  activity instances ⇄ events
//	                           └─ Classified           another notion of activity
//
// A Log holds its cases as offsets into event columns that are sorted by
// (case, time, sequence): case by first appearance in the source, events of a
// case by time, ties in the order in which the source gave them. Activity,
// resource, organisational unit and lifecycle transition are dictionary codes.
// Times are microseconds since 1970 in UTC; the zone in which an event was
// written is kept beside them, in minutes.
//
// A row of a Log is either an event as it was recorded (one time and a lifecycle
// transition) or an activity instance (enablement, start and completion in one
// row). Instances turns the first form into the second by pairing; Recorded
// turns the second into the first.
//
// Names follow IEEE 1849-2016 (XES): schedule, start, suspend, complete.
// Left out on purpose: storage (connectors/clickhouse), file formats
// (connectors/…), and object-centric logs (mining/objectcentric).
package eventlog
