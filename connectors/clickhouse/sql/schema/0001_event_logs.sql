-- Event logs. One partition of a table holds the rows that one ingest brought to
-- one log (its generation), so that a generation is staged beside the others,
-- becomes visible by one row in logs, and leaves by dropping its partition.
-- Rows of a generation never change.

-- The state of each log; the row with the highest version counts. generations
-- lists what is visible, oldest first.
CREATE TABLE IF NOT EXISTS logs {{.OnCluster}} (
    log             UInt64,
    version         UInt64,
    name            String,
    generations     Array(UInt32),
    next_generation UInt32,
    next_sequence   UInt64,
    cases           UInt64,
    events          UInt64,
    quarantined     UInt64,
    meta            String COMMENT 'extensions, globals, classifiers and attributes of the log, JSON',
    created         DateTime64(6, 'UTC'),
    changed         DateTime64(6, 'UTC'),
    deleted         Bool
) ENGINE = {{.Engine "ReplacingMergeTree" "logs" "version"}}
ORDER BY log;

-- The journal: each ingest with its checkpoint, the number of batches that are
-- wholly staged. The row with the highest version counts.
CREATE TABLE IF NOT EXISTS ingests {{.OnCluster}} (
    log           UInt64,
    generation    UInt32,
    version       UInt64,
    name          String,
    state         Enum8('staging' = 1, 'published' = 2, 'discarded' = 3),
    base          UInt64 COMMENT 'version of the log on which it builds, 0 for a new log',
    fingerprint   String,
    batch_size    UInt32,
    batches       UInt32,
    added         UInt64,
    duplicates    UInt64,
    quarantined   UInt64,
    warnings      Array(String),
    started       DateTime64(6, 'UTC'),
    changed       DateTime64(6, 'UTC')
) ENGINE = {{.Engine "ReplacingMergeTree" "ingests" "version"}}
ORDER BY (log, generation);

-- Names by code, from 1; code 0 in events means that nothing was recorded.
CREATE TABLE IF NOT EXISTS names {{.OnCluster}} (
    log        UInt64,
    generation UInt32,
    batch      UInt32,
    kind       Enum8('activity' = 1, 'resource' = 2, 'unit' = 3, 'transition' = 4),
    code       UInt32,
    name       String
) ENGINE = {{.Engine "MergeTree" "names"}}
PARTITION BY (log, generation) ORDER BY (kind, code);

-- Cases are numbered by first appearance.
CREATE TABLE IF NOT EXISTS cases {{.OnCluster}} (
    log        UInt64,
    generation UInt32,
    batch      UInt32,
    case       UInt32 CODEC(Delta(4), ZSTD(1)),
    id         String CODEC(ZSTD(1))
) ENGINE = {{.Engine "MergeTree" "cases"}}
PARTITION BY (log, generation) ORDER BY case;

-- Events, or activity instances: then start and enabled are there too. Times are
-- microseconds since 1970 in UTC, zones minutes east of it; a time that was not
-- recorded is the least Int64. Sequence of a case: (time, sequence). Sequence
-- also names the event: no other of its log has it. hash stands for activity,
-- resource, unit, transition, times and attributes: of the rows of one case that
-- have the same, a later export must hold as many again to add one.
CREATE TABLE IF NOT EXISTS events {{.OnCluster}} (
    log        UInt64,
    generation UInt32,
    batch      UInt32,
    case       UInt32 CODEC(Delta(4), LZ4),
    sequence   UInt64 CODEC(Delta(8), LZ4),
    hash       UInt64 CODEC(NONE),
    activity   UInt32,
    resource   UInt32,
    unit       UInt32,
    transition UInt32,
    time       Int64 CODEC(Delta(8), ZSTD(1)),
    zone       Int16,
    start      Int64 DEFAULT -9223372036854775808 CODEC(Delta(8), ZSTD(1)),
    start_zone Int16,
    enabled    Int64 DEFAULT -9223372036854775808 CODEC(Delta(8), ZSTD(1)),
    at         DateTime64(6, 'UTC') ALIAS fromUnixTimestamp64Micro(time)
) ENGINE = {{.Engine "MergeTree" "events"}}
PARTITION BY (log, generation) ORDER BY (case, time, sequence);

-- Attributes by code. path joins the keys of nested ones by U+001F; kind is the
-- name of the XES element.
CREATE TABLE IF NOT EXISTS attributes {{.OnCluster}} (
    log        UInt64,
    generation UInt32,
    batch      UInt32,
    attribute  UInt32,
    scope      Enum8('event' = 1, 'case' = 2),
    path       String,
    kind       Enum8('string' = 0, 'date' = 1, 'int' = 2, 'float' = 3, 'boolean' = 4, 'id' = 5, 'list' = 6, 'container' = 7)
) ENGINE = {{.Engine "MergeTree" "attributes"}}
PARTITION BY (log, generation) ORDER BY attribute;

-- Values: owner is the sequence of an event or the number of a case. Strings and
-- ids; ints, booleans (0, 1), lists and containers (0); floats; dates
-- (microseconds since 1970: they may lie outside the years of DateTime64).
CREATE TABLE IF NOT EXISTS texts {{.OnCluster}} (
    log        UInt64,
    generation UInt32,
    batch      UInt32,
    attribute  UInt32,
    owner      UInt64 CODEC(Delta(8), LZ4),
    value      String CODEC(ZSTD(1))
) ENGINE = {{.Engine "MergeTree" "texts"}}
PARTITION BY (log, generation) ORDER BY (attribute, owner);

CREATE TABLE IF NOT EXISTS integers {{.OnCluster}} (
    log        UInt64,
    generation UInt32,
    batch      UInt32,
    attribute  UInt32,
    owner      UInt64 CODEC(Delta(8), LZ4),
    value      Int64 CODEC(ZSTD(1))
) ENGINE = {{.Engine "MergeTree" "integers"}}
PARTITION BY (log, generation) ORDER BY (attribute, owner);

CREATE TABLE IF NOT EXISTS numbers {{.OnCluster}} (
    log        UInt64,
    generation UInt32,
    batch      UInt32,
    attribute  UInt32,
    owner      UInt64 CODEC(Delta(8), LZ4),
    value      Float64 CODEC(ZSTD(1))
) ENGINE = {{.Engine "MergeTree" "numbers"}}
PARTITION BY (log, generation) ORDER BY (attribute, owner);

CREATE TABLE IF NOT EXISTS times {{.OnCluster}} (
    log        UInt64,
    generation UInt32,
    batch      UInt32,
    attribute  UInt32,
    owner      UInt64 CODEC(Delta(8), LZ4),
    value      Int64 CODEC(Delta(8), ZSTD(1)),
    zone       Int16
) ENGINE = {{.Engine "MergeTree" "times"}}
PARTITION BY (log, generation) ORDER BY (attribute, owner);

-- Rows that no log took. hash stands for field, reason and raw.
CREATE TABLE IF NOT EXISTS quarantine {{.OnCluster}} (
    log        UInt64,
    generation UInt32,
    batch      UInt32,
    position   UInt64 COMMENT 'among the rejected rows of the ingest, from 0',
    hash       UInt64,
    source     String,
    line       Int64,
    column     Int64,
    field      String,
    reason     String,
    raw        String CODEC(ZSTD(1))
) ENGINE = {{.Engine "MergeTree" "quarantine"}}
PARTITION BY (log, generation) ORDER BY position;

-- Work list of a publication: which staged events are new, and which sequence
-- they and displaced ties get. Empty between publications.
CREATE TABLE IF NOT EXISTS picks {{.OnCluster}} (
    log        UInt64,
    generation UInt32,
    batch      UInt32,
    sequence   UInt64,
    becomes    UInt64
) ENGINE = {{.Engine "MergeTree" "picks"}}
PARTITION BY (log, generation) ORDER BY sequence;

-- Work list of a publication: whose word on an attribute of a case counts, by
-- case and outermost key. Empty between publications.
CREATE TABLE IF NOT EXISTS kept {{.OnCluster}} (
    log        UInt64,
    generation UInt32,
    batch      UInt32,
    owner      UInt64,
    top        UInt32,
    source     UInt32 COMMENT 'the generation that counts'
) ENGINE = {{.Engine "MergeTree" "kept"}}
PARTITION BY (log, generation) ORDER BY (owner, top);
