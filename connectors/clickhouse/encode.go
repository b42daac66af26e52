package clickhouse

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/cespare/xxhash/v2"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/mining/eventlog"
)

// The kinds of names, in the order of the Enum in the schema.
const (
	activity = iota
	resource
	unit
	transition
	nameKinds
)

var nameKind = [nameKinds]string{"activity", "resource", "unit", "transition"}

// scope says of what an attribute is.
type scope uint8

const (
	ofEvent scope = iota
	ofCase
)

var scopeNames = [...]string{"event", "case"}

// encoder turns the rows of a source into batches of columns: names into codes,
// cases into numbers, attributes into values by owner. Given the same rows and
// the same beginning it makes the same batches. It keeps the identifiers of all
// cases and all names, about 70 bytes each beyond their own, but no rows.
type encoder struct {
	cases      map[string]uint32
	declared   []uint32 // by case: the set of attributes declared by this source
	sets       keySets
	names      [nameKinds]map[string]name
	attributes map[attributeKey]*attribute

	sequence     uint64 // of the next event
	position     uint64 // of the next rejected row
	events       int64
	newCases     int64
	declarations int64

	batch *batch
	row   struct { // what visit adds values to
		scope scope
		owner uint64
		hash  uint64
	}
	visitor func(path string, v eventlog.Value)
}

type name struct {
	code uint32
	hash uint64
}

type attributeKey struct {
	path  string
	kind  eventlog.Kind
	scope scope
}

type attribute struct {
	attributeKey
	code uint32
	hash uint64 // of path and kind
}

func (k *attributeKey) sum() uint64 { return xxhash.Sum64String(k.kind.String() + " " + k.path) }

func hashName(s string) uint64 { return xxhash.Sum64String(s) }

func newEncoder() *encoder {
	e := &encoder{
		cases:      map[string]uint32{},
		attributes: map[attributeKey]*attribute{},
		sets:       keySets{at: map[string]uint32{"": 0}, keys: []string{""}},
	}
	for k := range e.names {
		e.names[k] = map[string]name{}
	}
	e.visitor = e.visit
	return e
}

// add encodes one row into the batch, or says why it fits no log and changes
// nothing.
func (e *encoder) add(r *connectors.Row) error {
	if r.Event == nil {
		return e.declare(r.Case, r.Attributes)
	}
	ev := r.Event
	if err := ev.Check(); err != nil {
		return err
	}
	c, err := e.caseNumber(ev.Case)
	if err != nil {
		return err
	}
	b := e.batch
	var key [8]uint64
	a, res, u, tr := e.name(activity, ev.Activity), e.name(resource, ev.Resource), e.name(unit, ev.Unit), e.name(transition, ev.Transition)
	e.row.scope, e.row.owner, e.row.hash = ofEvent, e.sequence, 0
	if len(ev.Attributes) > 0 {
		eventlog.Flatten(ev.Attributes, e.visitor)
	}
	key = [8]uint64{a.hash, res.hash, u.hash, tr.hash, uint64(ev.Time.Time), uint64(ev.Start.Time), uint64(ev.Enabled.Time), e.row.hash}
	b.events.append(c, e.sequence, hashWords(key[:]), a.code, res.code, u.code, tr.code, ev)
	e.sequence++
	e.events++
	return nil
}

// declare encodes a case and those of its attributes that this source has not
// declared before.
func (e *encoder) declare(id string, list []eventlog.Attribute) error {
	if id == "" {
		return errors.New("case without an identifier")
	}
	c, err := e.caseNumber(id)
	if err != nil {
		return err
	}
	for len(e.declared) <= int(c) {
		e.declared = append(e.declared, 0)
	}
	e.batch.declared++
	e.declarations++
	e.row.scope, e.row.owner = ofCase, uint64(c)
	set := e.declared[c]
	for i := range list {
		if e.sets.has(set, list[i].Key) {
			continue
		}
		eventlog.Flatten(list[i:i+1], e.visitor)
		set = e.sets.with(set, list[i].Key)
	}
	e.declared[c] = set
	return nil
}

// reject encodes a row that no log took.
func (e *encoder) reject(r connectors.Rejected) {
	b := e.batch
	q := &b.rejected
	key := [3]uint64{xxhash.Sum64String(r.Field), xxhash.Sum64String(r.Reason), xxhash.Sum64String(r.Raw)}
	q.position = append(q.position, e.position)
	q.hash = append(q.hash, hashWords(key[:]))
	q.source = append(q.source, strings.Clone(r.Source))
	q.line = append(q.line, r.Line)
	q.column = append(q.column, r.Column)
	q.field = append(q.field, strings.Clone(r.Field))
	q.reason = append(q.reason, strings.Clone(r.Reason))
	q.raw = append(q.raw, strings.Clone(r.Raw))
	b.bytes += len(r.Raw) + len(r.Reason)
	e.position++
}

func (e *encoder) caseNumber(id string) (uint32, error) {
	if c, ok := e.cases[id]; ok {
		return c, nil
	}
	if len(e.cases) == math.MaxUint32 {
		return 0, errors.New("more than 4294967295 cases")
	}
	c := uint32(len(e.cases))
	id = strings.Clone(id)
	e.cases[id] = c
	e.batch.caseNumbers = append(e.batch.caseNumbers, c)
	e.batch.caseIDs = append(e.batch.caseIDs, id)
	e.newCases++
	return c, nil
}

func (e *encoder) name(kind int, s string) name {
	if s == "" {
		return name{}
	}
	if n, ok := e.names[kind][s]; ok {
		return n
	}
	s = strings.Clone(s)
	n := name{uint32(len(e.names[kind]) + 1), hashName(s)}
	e.names[kind][s] = n
	b := e.batch
	b.nameKinds, b.nameCodes, b.nameTexts = append(b.nameKinds, nameKind[kind]), append(b.nameCodes, n.code), append(b.nameTexts, s)
	return n
}

// visit encodes one attribute of the row, and adds it to the row's hash, in
// which the order of attributes does not count.
func (e *encoder) visit(path string, v eventlog.Value) {
	key := attributeKey{path, v.Kind(), e.row.scope}
	a := e.attributes[key]
	if a == nil {
		a = e.newAttribute(key)
	}
	b := e.batch
	var value uint64
	switch v.Kind() {
	case eventlog.KindString, eventlog.KindID:
		value = xxhash.Sum64String(v.Text())
		b.bytes += len(v.Text())
	case eventlog.KindFloat:
		value = math.Float64bits(v.Float())
	case eventlog.KindTime:
		value = uint64(v.Stamp().Time)
	case eventlog.KindBool:
		if v.Bool() {
			value = 1
		}
	case eventlog.KindInt:
		value = uint64(v.Int())
	}
	pair := [2]uint64{a.hash, value}
	e.row.hash += hashWords(pair[:])
	b.values(a).append(e.row.owner, v, value, b)
}

func (e *encoder) newAttribute(key attributeKey) *attribute {
	key.path = strings.Clone(key.path)
	a := &attribute{attributeKey: key, code: uint32(len(e.attributes) + 1)}
	a.hash = key.sum()
	e.attributes[key] = a
	b := e.batch
	b.newAttributes = append(b.newAttributes, a)
	return a
}

// hashWords is a 64-bit hash of some words.
func hashWords(words []uint64) uint64 {
	var buf [64]byte
	for i, w := range words {
		binary.LittleEndian.PutUint64(buf[8*i:], w)
	}
	return xxhash.Sum64(buf[:8*len(words)])
}

// keySets names sets of attribute keys by number, so that a case costs four
// bytes: most cases of a log declare the same keys.
type keySets struct {
	at   map[string]uint32
	keys []string // each key preceded by its length
}

func (k *keySets) element(key string) string { return strconv.Itoa(len(key)) + ":" + key }

func (k *keySets) has(set uint32, key string) bool {
	return set != 0 && containsElement(k.keys[set], key)
}

func containsElement(list, key string) bool {
	for list != "" {
		digits, rest, _ := strings.Cut(list, ":")
		n, _ := strconv.Atoi(digits)
		if rest[:n] == key {
			return true
		}
		list = rest[n:]
	}
	return false
}

func (k *keySets) with(set uint32, key string) uint32 {
	longer := k.keys[set] + k.element(key)
	n, ok := k.at[longer]
	if !ok {
		n = uint32(len(k.keys))
		k.keys = append(k.keys, longer)
		k.at[longer] = n
	}
	return n
}

// arena holds copies of texts until the batch is sent.
type arena struct{ chunk []byte }

const arenaChunk = 256 << 10

func (a *arena) clone(s string) string {
	if s == "" {
		return ""
	}
	if len(s) > cap(a.chunk)-len(a.chunk) {
		a.chunk = make([]byte, 0, max(arenaChunk, len(s)))
	}
	at := len(a.chunk)
	a.chunk = append(a.chunk, s...)
	return unsafe.String(&a.chunk[at], len(s))
}

// sorted returns the attributes of a batch that have values, by code.
func sortedValues(list []*values) []*values {
	var out []*values
	for _, v := range list {
		if v != nil && len(v.owner) > 0 {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(x, y *values) int { return int(x.attribute.code) - int(y.attribute.code) })
	return out
}
