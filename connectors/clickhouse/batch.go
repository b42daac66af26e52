package clickhouse

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/uprava/uprava/mining/eventlog"
)

// maxBatchBytes is the size of texts at which a batch is full, whatever the
// number of its rows.
const maxBatchBytes = 64 << 20

// batch is what is written at once: columns of the tables of the schema.
type batch struct {
	number        uint32
	events        eventColumns
	caseNumbers   []uint32
	caseIDs       []string
	nameKinds     []string
	nameCodes     []uint32
	nameTexts     []string
	newAttributes []*attribute
	byCode        []*values
	rejected      rejectedColumns

	declared int // declarations of cases
	bytes    int // of texts
	arena    arena

	log []uint64 // constants, see fill
	gen []uint32
	num []uint32
}

type eventColumns struct {
	cases                                []uint32
	sequence, hash                       []uint64
	activity, resource, unit, transition []uint32
	time, start, enabled                 []int64
	zone, startZone                      []int16

	hasResource, hasUnit, hasTransition, hasZone, hasStart, hasStartZone, hasEnabled bool
}

func (c *eventColumns) append(cs uint32, sequence, hash uint64, a, r, u, t uint32, e *eventlog.Event) {
	c.cases = append(c.cases, cs)
	c.sequence = append(c.sequence, sequence)
	c.hash = append(c.hash, hash)
	c.activity = append(c.activity, a)
	c.resource = append(c.resource, r)
	c.unit = append(c.unit, u)
	c.transition = append(c.transition, t)
	c.time = append(c.time, int64(e.Time.Time))
	c.zone = append(c.zone, int16(e.Time.Zone))
	c.start = append(c.start, int64(e.Start.Time))
	c.startZone = append(c.startZone, int16(e.Start.Zone))
	c.enabled = append(c.enabled, int64(e.Enabled.Time))
	c.hasResource = c.hasResource || r != 0
	c.hasUnit = c.hasUnit || u != 0
	c.hasTransition = c.hasTransition || t != 0
	c.hasZone = c.hasZone || e.Time.Zone != 0
	c.hasStart = c.hasStart || e.Start.Time != eventlog.NoTime
	c.hasStartZone = c.hasStartZone || e.Start.Zone != 0
	c.hasEnabled = c.hasEnabled || e.Enabled.Time != eventlog.NoTime
}

func (c *eventColumns) reset() {
	*c = eventColumns{
		cases: c.cases[:0], sequence: c.sequence[:0], hash: c.hash[:0],
		activity: c.activity[:0], resource: c.resource[:0], unit: c.unit[:0], transition: c.transition[:0],
		time: c.time[:0], start: c.start[:0], enabled: c.enabled[:0], zone: c.zone[:0], startZone: c.startZone[:0],
	}
}

// values are the values of one attribute in a batch.
type values struct {
	attribute *attribute
	owner     []uint64
	text      []string
	integer   []int64
	number    []float64
	zone      []int16
}

// append adds a value, or replaces the last one where it has the same owner.
func (c *values) append(owner uint64, v eventlog.Value, bits uint64, b *batch) {
	if n := len(c.owner); n > 0 && c.owner[n-1] == owner {
		c.owner = c.owner[:n-1]
		c.text, c.integer = c.text[:min(n-1, len(c.text))], c.integer[:min(n-1, len(c.integer))]
		c.number, c.zone = c.number[:min(n-1, len(c.number))], c.zone[:min(n-1, len(c.zone))]
	}
	c.owner = append(c.owner, owner)
	switch c.attribute.kind {
	case eventlog.KindString, eventlog.KindID:
		s := v.Text()
		if n := len(c.text); n > 0 && c.text[n-1] == s {
			c.text = append(c.text, c.text[n-1])
		} else {
			c.text = append(c.text, b.arena.clone(s))
		}
	case eventlog.KindFloat:
		c.number = append(c.number, v.Float())
	case eventlog.KindTime:
		c.integer = append(c.integer, int64(bits))
		c.zone = append(c.zone, int16(v.Stamp().Zone))
	default:
		c.integer = append(c.integer, int64(bits))
	}
}

type rejectedColumns struct {
	position, hash             []uint64
	source, field, reason, raw []string
	line, column               []int64
}

// values returns the column of an attribute.
func (b *batch) values(a *attribute) *values {
	for len(b.byCode) < int(a.code) {
		b.byCode = append(b.byCode, nil)
	}
	v := b.byCode[a.code-1]
	if v == nil {
		v = &values{attribute: a}
		b.byCode[a.code-1] = v
	}
	return v
}

// full reports whether the batch is to be written.
func (b *batch) full(size int) bool {
	return len(b.events.cases)+b.declared+len(b.rejected.position) >= size || b.bytes >= maxBatchBytes
}

func (b *batch) empty() bool {
	return len(b.events.cases)+b.declared+len(b.rejected.position)+len(b.caseIDs) == 0
}

func (b *batch) reset() {
	b.events.reset()
	b.caseNumbers, b.caseIDs = b.caseNumbers[:0], b.caseIDs[:0]
	b.nameKinds, b.nameCodes, b.nameTexts = b.nameKinds[:0], b.nameCodes[:0], b.nameTexts[:0]
	b.newAttributes = b.newAttributes[:0]
	for _, v := range b.byCode {
		if v != nil {
			clear(v.text)
			v.owner, v.text, v.integer, v.number, v.zone = v.owner[:0], v.text[:0], v.integer[:0], v.number[:0], v.zone[:0]
		}
	}
	b.rejected = rejectedColumns{}
	b.declared, b.bytes = 0, 0
	b.arena = arena{}
}

// fill returns the columns log, generation and batch for n rows.
func (b *batch) fill(log uint64, generation uint32, n int) []any {
	for len(b.log) < n {
		b.log = append(b.log, log)
		b.gen = append(b.gen, generation)
		b.num = append(b.num, b.number)
	}
	for i := range n {
		b.num[i] = b.number
	}
	return []any{b.log[:n], b.gen[:n], b.num[:n]}
}

// insert appends whole columns to a table.
func (s *Store) insert(ctx context.Context, table, columns string, lists ...any) error {
	into := "INSERT INTO " + table + " (" + columns + ")"
	p, err := s.conn.PrepareBatch(ctx, into, driver.WithReleaseConnection())
	if err != nil {
		return fmt.Errorf("writing to table %s: %w", table, err)
	}
	defer p.Close()
	for i, list := range lists {
		if err := p.Column(i).Append(list); err != nil {
			return fmt.Errorf("writing to table %s, column %d: %w", table, i, err)
		}
	}
	if err := p.Send(); err != nil {
		return fmt.Errorf("writing to table %s: %w", table, err)
	}
	return nil
}

// send writes the batch to the tables of a generation.
func (b *batch) send(ctx context.Context, s *Store, log uint64, generation uint32) error {
	const key = "log, generation, batch, "
	put := func(table, columns string, n int, lists ...any) error {
		if n == 0 {
			return nil
		}
		return s.insert(ctx, table, key+columns, append(b.fill(log, generation, n), lists...)...)
	}
	if err := put("names", "kind, code, name", len(b.nameCodes), b.nameKinds, b.nameCodes, b.nameTexts); err != nil {
		return err
	}
	if n := len(b.newAttributes); n > 0 {
		codes, scopes, paths, kinds := make([]uint32, n), make([]string, n), make([]string, n), make([]string, n)
		for i, a := range b.newAttributes {
			codes[i], scopes[i], paths[i], kinds[i] = a.code, scopeNames[a.scope], a.path, a.kind.String()
		}
		if err := put("attributes", "attribute, scope, path, kind", n, codes, scopes, paths, kinds); err != nil {
			return err
		}
	}
	if err := put("cases", "case, id", len(b.caseIDs), b.caseNumbers, b.caseIDs); err != nil {
		return err
	}
	if err := b.sendValues(put); err != nil {
		return err
	}
	q := &b.rejected
	err := put("quarantine", "position, hash, source, line, column, field, reason, raw", len(q.position),
		q.position, q.hash, q.source, q.line, q.column, q.field, q.reason, q.raw)
	if err != nil {
		return err
	}
	return b.sendEvents(put)
}

type putter = func(table, columns string, n int, lists ...any) error

// sendEvents leaves out the columns in which nothing is recorded.
func (b *batch) sendEvents(put putter) error {
	e := &b.events
	columns := "case, sequence, hash, activity, time"
	lists := []any{e.cases, e.sequence, e.hash, e.activity, e.time}
	for _, o := range [...]struct {
		is   bool
		name string
		list any
	}{
		{e.hasResource, "resource", e.resource}, {e.hasUnit, "unit", e.unit}, {e.hasTransition, "transition", e.transition},
		{e.hasZone, "zone", e.zone}, {e.hasStart, "start", e.start}, {e.hasStartZone, "start_zone", e.startZone}, {e.hasEnabled, "enabled", e.enabled},
	} {
		if o.is {
			columns += ", " + o.name
			lists = append(lists, o.list)
		}
	}
	return put("events", columns, len(e.cases), lists...)
}

// sendValues writes the values of attributes, each table in order of attribute.
func (b *batch) sendValues(put putter) error {
	var text, integer, number, date struct {
		codes  []uint32
		owners []uint64
	}
	var texts []string
	var integers, dates []int64
	var numbers []float64
	var zones []int16
	for _, v := range sortedValues(b.byCode) {
		to := &integer
		switch v.attribute.kind {
		case eventlog.KindString, eventlog.KindID:
			to, texts = &text, append(texts, v.text...)
		case eventlog.KindFloat:
			to, numbers = &number, append(numbers, v.number...)
		case eventlog.KindTime:
			to, dates, zones = &date, append(dates, v.integer...), append(zones, v.zone...)
		default:
			integers = append(integers, v.integer...)
		}
		to.owners = append(to.owners, v.owner...)
		for range v.owner {
			to.codes = append(to.codes, v.attribute.code)
		}
	}
	if err := put("texts", "attribute, owner, value", len(texts), text.codes, text.owners, texts); err != nil {
		return err
	}
	if err := put("integers", "attribute, owner, value", len(integers), integer.codes, integer.owners, integers); err != nil {
		return err
	}
	if err := put("numbers", "attribute, owner, value", len(numbers), number.codes, number.owners, numbers); err != nil {
		return err
	}
	return put("times", "attribute, owner, value, zone", len(dates), date.codes, date.owners, dates, zones)
}
