-- name: names
SELECT toUInt8(kind), code, name
FROM names
WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)}
ORDER BY kind, code;

-- name: attributes
SELECT attribute, toUInt8(scope), path, toUInt8(kind)
FROM attributes
WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)}
ORDER BY attribute;

-- name: cases
SELECT id
FROM cases
WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)}
ORDER BY case;

-- name: events
SELECT case, sequence, activity, resource, unit, transition, time, zone, start, start_zone, enabled
FROM events
WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)}
ORDER BY case, time, sequence;

-- name: texts
SELECT generation, attribute, owner, value
FROM texts
WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)}
ORDER BY attribute, owner, generation;

-- name: integers
SELECT generation, attribute, owner, value, toInt16(0)
FROM integers
WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)}
ORDER BY attribute, owner, generation;

-- name: numbers
SELECT generation, attribute, owner, reinterpretAsInt64(value), toInt16(0)
FROM numbers
WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)}
ORDER BY attribute, owner, generation;

-- name: times
SELECT generation, attribute, owner, value, zone
FROM times
WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)}
ORDER BY attribute, owner, generation;

-- name: case keys
-- Which attributes of cases, by case and outermost key, were brought by more
-- than one ingest, and by which last: that one counts.
SELECT owner, top, max(generation)
FROM (
    SELECT owner, transform(attribute, {codes:Array(UInt32)}, {tops:Array(UInt32)}, toUInt32(0)) AS top, generation
    FROM texts WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)} AND attribute IN {codes:Array(UInt32)}
    UNION ALL
    SELECT owner, transform(attribute, {codes:Array(UInt32)}, {tops:Array(UInt32)}, toUInt32(0)) AS top, generation
    FROM integers WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)} AND attribute IN {codes:Array(UInt32)}
    UNION ALL
    SELECT owner, transform(attribute, {codes:Array(UInt32)}, {tops:Array(UInt32)}, toUInt32(0)) AS top, generation
    FROM numbers WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)} AND attribute IN {codes:Array(UInt32)}
    UNION ALL
    SELECT owner, transform(attribute, {codes:Array(UInt32)}, {tops:Array(UInt32)}, toUInt32(0)) AS top, generation
    FROM times WHERE log = {log:UInt64} AND generation IN {generations:Array(UInt32)} AND attribute IN {codes:Array(UInt32)}
)
GROUP BY owner, top
HAVING min(generation) < max(generation);
