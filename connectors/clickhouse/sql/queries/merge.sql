-- name: staged order
-- The events of a generation in order of their cases, for comparison with those
-- of the log.
SELECT case, time, sequence, hash
FROM events
WHERE log = {log:UInt64} AND generation = {generation:UInt32}
ORDER BY case, time, sequence;

-- name: known order
-- The events that a log has of the cases of a staged generation.
SELECT case, time, sequence, hash
FROM events
WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)}
  AND case IN (SELECT DISTINCT case FROM events WHERE log = {log:UInt64} AND generation = {generation:UInt32})
ORDER BY case, time, sequence;

-- name: keep case values
-- Whose word counts, of the log's generations and the staged one: the staged one
-- where it says something else. Values of a key are compared by the sum of their
-- hashes.
INSERT INTO kept (log, generation, batch, owner, top, source)
SELECT {log:UInt64}, {generation:UInt32}, 0, owner, top,
       if(countIf(g = {generation:UInt32}) > 0
              AND (countIf(g != {generation:UInt32}) = 0
                   OR argMaxIf(h, g, g != {generation:UInt32}) != anyIf(h, g = {generation:UInt32})),
          {generation:UInt32}, maxIf(g, g != {generation:UInt32})) AS source
FROM (
    SELECT owner, transform(attribute, {codes:Array(UInt32)}, {tops:Array(UInt32)}, toUInt32(0)) AS top, g, sum(v) AS h
    FROM (
        SELECT generation AS g, attribute, owner, cityHash64(attribute, value) AS v FROM texts
        WHERE log = {log:UInt64} AND generation IN {all:Array(UInt32)} AND attribute IN {codes:Array(UInt32)}
        UNION ALL
        SELECT generation AS g, attribute, owner, cityHash64(attribute, value) AS v FROM integers
        WHERE log = {log:UInt64} AND generation IN {all:Array(UInt32)} AND attribute IN {codes:Array(UInt32)}
        UNION ALL
        SELECT generation AS g, attribute, owner, cityHash64(attribute, value) AS v FROM numbers
        WHERE log = {log:UInt64} AND generation IN {all:Array(UInt32)} AND attribute IN {codes:Array(UInt32)}
        UNION ALL
        SELECT generation AS g, attribute, owner, cityHash64(attribute, value) AS v FROM times
        WHERE log = {log:UInt64} AND generation IN {all:Array(UInt32)} AND attribute IN {codes:Array(UInt32)}
    )
    GROUP BY owner, top, g
)
GROUP BY owner, top;

-- name: staged case values
-- How many of the staged attributes of cases say something new, of all.
SELECT countIf(source = {generation:UInt32}), countIf(staged > 0)
FROM kept
LEFT JOIN (
    SELECT owner, transform(attribute, {codes:Array(UInt32)}, {tops:Array(UInt32)}, toUInt32(0)) AS top, count() AS staged
    FROM (
        SELECT attribute, owner FROM texts WHERE log = {log:UInt64} AND generation = {generation:UInt32} AND attribute IN {codes:Array(UInt32)}
        UNION ALL
        SELECT attribute, owner FROM integers WHERE log = {log:UInt64} AND generation = {generation:UInt32} AND attribute IN {codes:Array(UInt32)}
        UNION ALL
        SELECT attribute, owner FROM numbers WHERE log = {log:UInt64} AND generation = {generation:UInt32} AND attribute IN {codes:Array(UInt32)}
        UNION ALL
        SELECT attribute, owner FROM times WHERE log = {log:UInt64} AND generation = {generation:UInt32} AND attribute IN {codes:Array(UInt32)}
    )
    GROUP BY owner, top
) AS s USING (owner, top)
WHERE log = {log:UInt64} AND generation = {generation:UInt32};

-- name: new rejected
-- Rejected rows beyond as many of the same content as the quarantine holds.
SELECT count()
FROM (
    SELECT hash, row_number() OVER (PARTITION BY hash ORDER BY position) AS nth
    FROM quarantine WHERE log = {log:UInt64} AND generation = {generation:UInt32}
) AS q
LEFT JOIN (
    SELECT hash, count() AS known
    FROM quarantine WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)} GROUP BY hash
) AS k USING (hash)
WHERE nth > known;

-- name: merge quarantine
INSERT INTO quarantine (log, generation, batch, position, hash, source, line, column, field, reason, raw)
SELECT log, {into:UInt32}, batch, {first:UInt64} + position, hash, source, line, column, field, reason, raw
FROM (
    SELECT *, row_number() OVER (PARTITION BY hash ORDER BY position) AS nth
    FROM quarantine WHERE log = {log:UInt64} AND generation = {generation:UInt32}
) AS q
LEFT JOIN (
    SELECT hash, count() AS known
    FROM quarantine WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)} GROUP BY hash
) AS k USING (hash)
WHERE nth > known;

-- name: merge known quarantine
INSERT INTO quarantine (log, generation, batch, position, hash, source, line, column, field, reason, raw)
SELECT log, {into:UInt32}, batch, row_number() OVER (ORDER BY generation, position) - 1, hash, source, line, column, field, reason, raw
FROM quarantine WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)};

-- name: merge names
INSERT INTO names (log, generation, batch, kind, code, name)
SELECT log, {into:UInt32}, batch, kind, code, name
FROM names WHERE log = {log:UInt64} AND generation IN {from:Array(UInt32)};

-- name: merge attributes
INSERT INTO attributes (log, generation, batch, attribute, scope, path, kind)
SELECT log, {into:UInt32}, batch, attribute, scope, path, kind
FROM attributes WHERE log = {log:UInt64} AND generation IN {from:Array(UInt32)};

-- name: merge cases
INSERT INTO cases (log, generation, batch, case, id)
SELECT log, {into:UInt32}, batch, case, id
FROM cases WHERE log = {log:UInt64} AND generation IN {from:Array(UInt32)};

-- name: merge events
-- Picked events under their new sequence; those that the log has and nothing
-- displaced as they are.
INSERT INTO events (log, generation, batch, case, sequence, hash, activity, resource, unit, transition, time, zone, start, start_zone, enabled)
SELECT e.log, {into:UInt32}, e.batch, e.case, if(p.next = 0, e.sequence, p.next - 1), e.hash, e.activity, e.resource, e.unit, e.transition,
       e.time, e.zone, e.start, e.start_zone, e.enabled
FROM events AS e
LEFT JOIN (SELECT sequence, becomes + 1 AS next FROM picks WHERE log = {log:UInt64} AND generation = {generation:UInt32}) AS p ON e.sequence = p.sequence
WHERE e.log = {log:UInt64} AND e.generation IN {from:Array(UInt32)} AND (p.next != 0 OR e.generation != {generation:UInt32});

-- name: merge event values
-- $table and $values: texts with value, times with value and zone, and so on.
INSERT INTO $table (log, generation, batch, attribute, owner, $values)
SELECT v.log, {into:UInt32}, v.batch, v.attribute, if(p.next = 0, v.owner, p.next - 1), $values
FROM $table AS v
LEFT JOIN (SELECT sequence, becomes + 1 AS next FROM picks WHERE log = {log:UInt64} AND generation = {generation:UInt32}) AS p ON v.owner = p.sequence
WHERE v.log = {log:UInt64} AND v.generation IN {from:Array(UInt32)} AND v.attribute NOT IN {codes:Array(UInt32)}
  AND (p.next != 0 OR v.generation != {generation:UInt32});

-- name: merge case values
INSERT INTO $table (log, generation, batch, attribute, owner, $values)
SELECT log, {into:UInt32}, batch, attribute, owner, $values
FROM $table
WHERE log = {log:UInt64} AND generation IN {from:Array(UInt32)} AND attribute IN {codes:Array(UInt32)}
  AND (owner, transform(attribute, {codes:Array(UInt32)}, {tops:Array(UInt32)}, toUInt32(0)), generation)
      IN (SELECT owner, top, source FROM kept WHERE log = {log:UInt64} AND generation = {generation:UInt32});
