-- name: locks
-- The lock tables of a log (or all), and how long ago each was made.
SELECT name, comment, dateDiff('second', metadata_modification_time, now()) AS silent
FROM system.tables
WHERE database = currentDatabase() AND startsWith(name, {prefix:String})
ORDER BY name;

-- name: logs
-- The present state of every log.
SELECT log, version, name, generations, next_generation, next_sequence, cases, events, quarantined, meta, created, changed
FROM (SELECT * FROM logs ORDER BY log, version DESC LIMIT 1 BY log)
WHERE NOT deleted
ORDER BY name, log;

-- name: log by name
SELECT log, version, name, generations, next_generation, next_sequence, cases, events, quarantined, meta, created, changed
FROM (SELECT * FROM logs ORDER BY log, version DESC LIMIT 1 BY log)
WHERE NOT deleted AND name = {name:String}
ORDER BY log;

-- name: log by id
SELECT log, version, name, generations, next_generation, next_sequence, cases, events, quarantined, meta, created, changed
FROM (SELECT * FROM logs WHERE log = {log:UInt64} ORDER BY version DESC LIMIT 1)
WHERE NOT deleted;

-- name: unfinished ingests
-- Ingests whose last word in the journal is that they stage.
SELECT log, generation, version, name, base, fingerprint, batch_size, batches, started, dateDiff('second', changed, now64(6)) AS silent
FROM (SELECT * FROM ingests ORDER BY log, generation, version DESC LIMIT 1 BY log, generation)
WHERE state = 'staging'
ORDER BY log, generation;

-- name: published fingerprint
-- What the newest published ingest of a source into a log did.
SELECT added, duplicates, quarantined, warnings
FROM (SELECT * FROM ingests WHERE log = {log:UInt64} ORDER BY generation, version DESC LIMIT 1 BY generation)
WHERE state = 'published' AND fingerprint = {fingerprint:String}
ORDER BY generation DESC
LIMIT 1;

-- name: highest generation
SELECT max(generation) FROM ingests WHERE log = {log:UInt64};

-- name: partitions
-- The generations of which any table holds rows.
SELECT DISTINCT table, partition_id
FROM system.parts
WHERE database = currentDatabase() AND active
ORDER BY table, partition_id;

-- name: quarantine
SELECT source, line, column, field, reason, raw
FROM quarantine
WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)}
ORDER BY generation, position
LIMIT {limit:UInt64};

-- name: period
-- The earliest and the latest time of a log that has events.
SELECT count(), min(least(time,
           if(start = -9223372036854775808, time, start),
           if(enabled = -9223372036854775808, time, enabled))), max(time)
FROM events
WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)};

-- name: bytes
-- Bytes on disk of the visible rows of a log.
SELECT sum(bytes_on_disk)
FROM system.parts
WHERE database = currentDatabase() AND active AND partition_id IN {partitions:Array(String)};

-- name: published ingests
-- What the published ingests of a log did, the oldest first.
SELECT fingerprint, added, duplicates, quarantined, started
FROM (SELECT * FROM ingests WHERE log = {log:UInt64} ORDER BY generation, version DESC LIMIT 1 BY generation)
WHERE state = 'published'
ORDER BY started, generation;
