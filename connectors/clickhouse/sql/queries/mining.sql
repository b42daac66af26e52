-- name: directly follows
-- Pairs of successive activities within a case, in order of (time, sequence),
-- with the sum, least and greatest distance in microseconds. A pair from 0
-- counts the cases that begin with b, one to 0 those that end with a.
SELECT a, b, count(), sum(toInt128(d)), min(d), max(d)
FROM (
    SELECT arraySort(groupArray((time, sequence, activity))) AS s
    FROM events
    WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)} AND transition NOT IN {skip:Array(UInt32)}
    GROUP BY case
)
ARRAY JOIN
    arrayPushFront(s.3, toUInt32(0)) AS a,
    arrayPushBack(s.3, toUInt32(0)) AS b,
    arrayPushBack(arrayDifference(s.1), toInt64(0)) AS d
GROUP BY a, b;

-- name: directly follows, expanded
-- The same over recorded events where rows hold starts and enablements: each
-- row gives up to three events; ties in the order of the rows, within a row
-- enablement, start, completion.
SELECT a, b, count(), sum(toInt128(d)), min(d), max(d)
FROM (
    SELECT arraySort(groupArray((piece.1, time, sequence, piece.2, activity))) AS s
    FROM events
    ARRAY JOIN arrayFilter(p -> p.1 != -9223372036854775808, [(enabled, 0), (start, 1), (time, 2)]) AS piece
    WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)}
    GROUP BY case
)
ARRAY JOIN
    arrayPushFront(s.5, toUInt32(0)) AS a,
    arrayPushBack(s.5, toUInt32(0)) AS b,
    arrayPushBack(arrayDifference(s.1), toInt64(0)) AS d
GROUP BY a, b;

-- name: variants
SELECT v, count()
FROM (
    SELECT arraySort(groupArray((time, sequence, activity))).3 AS v
    FROM events
    WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)} AND transition NOT IN {skip:Array(UInt32)}
    GROUP BY case
)
GROUP BY v;

-- name: variants, expanded
SELECT v, count()
FROM (
    SELECT arraySort(groupArray((piece.1, time, sequence, piece.2, activity))).5 AS v
    FROM events
    ARRAY JOIN arrayFilter(p -> p.1 != -9223372036854775808, [(enabled, 0), (start, 1), (time, 2)]) AS piece
    WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)}
    GROUP BY case
)
GROUP BY v;

-- name: has instances
-- Whether rows of a log hold a start or an enablement.
SELECT countIf(start != -9223372036854775808 OR enabled != -9223372036854775808) > 0
FROM events
WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)};

-- name: lead times
-- Microseconds from the first to the last recorded time, for every case that
-- has events, in order of the cases.
SELECT max(time) - min(least(time,
           if(start = -9223372036854775808, time, start),
           if(enabled = -9223372036854775808, time, enabled)))
FROM events
WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)}
GROUP BY case
ORDER BY case;

-- name: pairing, plain
-- Of a log in which every event completes: rows, and those with a start.
SELECT count(), countIf(start != -9223372036854775808)
FROM events
WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)};

-- name: pairing
-- Within a case, events of one activity (and instance) go through a queue of
-- open starts: a start enters, a completion or an abort takes the oldest. The
-- fold holds the length of the queue, instances that took a start or hold one
-- themselves, and aborts. Roles: 0 completes, 2 starts, 4 ends.
SELECT sum(length(s)), sum(arrayCount(x -> x.3 = 0, s)), sum(f.2), sum(f.1), sum(arrayCount(x -> x.3 = 4, s))
FROM (
    SELECT arraySort(groupArray((time, sequence,
               transform(transition, {codes:Array(UInt32)}, {roles:Array(UInt8)}, toUInt8(0)),
               start != -9223372036854775808))) AS s,
           arrayFold((acc, x) -> (
               toInt64(acc.1 + (x.3 = 2) - (x.3 IN (0, 4) AND acc.1 > 0)),
               toInt64(acc.2 + (x.3 = 0 AND (x.4 OR acc.1 > 0)))),
               s, (toInt64(0), toInt64(0))) AS f
    FROM events
    LEFT JOIN (
        SELECT owner, min(text) AS text
        FROM (
            SELECT owner, value AS text FROM texts
            WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)} AND attribute IN {instance:Array(UInt32)}
            UNION ALL
            SELECT owner, if(attribute IN {boolean:Array(UInt32)}, if(value = 1, 'true', 'false'), toString(value)) AS text FROM integers
            WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)} AND attribute IN {instance:Array(UInt32)}
            UNION ALL
            SELECT owner, toString(value) AS text FROM numbers
            WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)} AND attribute IN {instance:Array(UInt32)}
            UNION ALL
            SELECT owner, concat(toString(value), ' ', toString(zone)) AS text FROM times
            WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)} AND attribute IN {instance:Array(UInt32)}
        )
        GROUP BY owner
    ) AS i ON events.sequence = i.owner
    WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)}
    GROUP BY case, activity, i.text
);

-- name: cases without completion
-- Cases that have events, but none that completes.
SELECT toUInt64(uniqExact(case) - uniqExactIf(case, transition NOT IN {skip:Array(UInt32)}))
FROM events
WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)};
