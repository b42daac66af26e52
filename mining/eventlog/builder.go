package eventlog

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Event is one row on its way into a log or out of it. Empty names and None
// stamps are things that were not recorded; Case, Activity and Time must be.
// Zone of Enabled is not kept: it takes that of Time.
type Event struct {
	Case       string
	Activity   string // concept:name
	Resource   string // org:resource
	Unit       string // org:group
	Transition string // lifecycle:transition, as spelt by the source
	Time       Stamp  // of an activity instance: its completion
	Start      Stamp  // of an activity instance; None for a recorded event
	Enabled    Stamp  // of an activity instance; None where not recorded
	Attributes []Attribute
}

// NewEvent returns an event with no start and no enablement recorded.
func NewEvent(caseID, activity string, at Stamp) Event {
	return Event{Case: caseID, Activity: activity, Time: at, Start: None, Enabled: None}
}

// Builder gathers rows, in any order of cases and times, into a Log. It copies
// what it keeps, so that a source may reuse one Event and the bytes behind its
// strings. A Builder is for one goroutine.
type Builder struct {
	log     *Log
	caseOf  map[string]uint32
	last    uint32 // case of the previous row
	eventAt []uint32
	late    map[uint32][]Attribute // attributes of cases that came after those of a later case
	top     uint32                 // the last case in log.caseAttrs
}

// NewBuilder returns a builder for a log of the given name.
func NewBuilder(name string) *Builder {
	return &Builder{
		log: &Log{name: name, meta: &Meta{}, columns: &columns{
			activities: NewDictionary(), resources: NewDictionary(), units: NewDictionary(), transitions: NewDictionary(),
			eventAttrs: newAttributes(), caseAttrs: newAttributes(),
		}},
		caseOf: map[string]uint32{},
		late:   map[uint32][]Attribute{},
	}
}

// SetMeta sets what the source says of the log as a whole; nil says nothing.
func (b *Builder) SetMeta(m *Meta) {
	if m == nil {
		m = &Meta{}
	}
	b.log.meta = m
}

// Case declares a case, or adds attributes to one that is there already: an
// attribute that it has keeps its first value, with all below it. It returns
// the position of the case.
func (b *Builder) Case(id string, attributes []Attribute) (int, error) {
	if id == "" {
		return 0, errors.New("case without an identifier")
	}
	row, err := b.caseRow(id)
	if err != nil {
		return 0, err
	}
	for i := range attributes {
		if b.hasCaseAttribute(row, attributes[i].Key) {
			continue
		}
		if row < b.top {
			b.late[row] = append(b.late[row], cloneAttribute(&attributes[i]))
			continue
		}
		b.top = row
		b.log.caseAttrs.add(row, attributes[i:i+1])
	}
	return int(row), nil
}

func (b *Builder) hasCaseAttribute(row uint32, key string) bool {
	if row <= b.top {
		if _, known := b.log.caseAttrs.get(row, key); known {
			return true
		}
	}
	return slices.ContainsFunc(b.late[row], func(a Attribute) bool { return a.Key == key })
}

func cloneAttribute(a *Attribute) Attribute {
	c := Attribute{Key: strings.Clone(a.Key), Value: a.Value}
	c.Value.text = strings.Clone(a.Value.text)
	for i := range a.Children {
		c.Children = append(c.Children, cloneAttribute(&a.Children[i]))
	}
	return c
}

// addLate brings the late attributes of cases into their columns: O(n) in the
// attributes of all cases.
func (b *Builder) addLate() {
	if len(b.late) == 0 {
		return
	}
	l := b.log
	old := l.caseAttrs
	l.caseAttrs = newAttributes()
	for row := range uint32(len(l.caseIDs)) {
		l.caseAttrs.add(row, old.all(row))
		l.caseAttrs.add(row, b.late[row])
	}
	b.late = nil
}

func (b *Builder) caseRow(id string) (uint32, error) {
	l := b.log
	if int(b.last) < len(l.caseIDs) && l.caseIDs[b.last] == id {
		return b.last, nil
	}
	row, ok := b.caseOf[id]
	if !ok {
		if len(l.caseIDs) == math.MaxUint32 {
			return 0, fmt.Errorf("more than %d cases", uint32(math.MaxUint32))
		}
		row = uint32(len(l.caseIDs))
		id = strings.Clone(id)
		l.caseIDs = append(l.caseIDs, id)
		b.caseOf[id] = row
	}
	b.last = row
	return row, nil
}

// Check reports what makes e unfit for a log: a missing case, activity or time,
// or a time outside MinTime…MaxTime.
func (e *Event) Check() error {
	switch {
	case e.Case == "":
		return errors.New("event without a case")
	case e.Activity == "":
		return errors.New("event without an activity")
	case !e.Time.Recorded():
		return errors.New("event without a time")
	}
	for _, s := range [...]struct {
		name string
		at   Stamp
	}{{"time", e.Time}, {"start", e.Start}, {"enablement", e.Enabled}} {
		if s.at.Recorded() && (s.at.Time < MinTime || s.at.Time > MaxTime) {
			return fmt.Errorf("%s %s lies outside the years 1900 to 2299", s.name, s.at.Time.Go().Format("2006-01-02T15:04:05Z07:00"))
		}
	}
	return nil
}

// Add appends a row. It returns the error of Check and then adds nothing.
func (b *Builder) Add(e *Event) error {
	if err := e.Check(); err != nil {
		return err
	}
	row, err := b.caseRow(e.Case)
	if err != nil {
		return err
	}
	l := b.log
	n := uint32(len(l.activity))
	if n == math.MaxUint32-1 {
		return fmt.Errorf("more than %d events", n)
	}
	b.eventAt = append(b.eventAt, row)
	l.activity = append(l.activity, l.activities.intern(e.Activity))
	l.resource = appendSparse(l.resource, n, l.resources.intern(e.Resource), NoCode)
	l.unit = appendSparse(l.unit, n, l.units.intern(e.Unit), NoCode)
	l.transition = appendSparse(l.transition, n, l.transitions.intern(e.Transition), NoCode)
	l.time = append(l.time, e.Time.Time)
	l.zone = append(l.zone, e.Time.Zone)
	if l.start = appendSparse(l.start, n, e.Start.Time, NoTime); l.start != nil {
		l.startZone = appendSparse(l.startZone, n, e.Start.Zone, math.MinInt16)
	}
	l.enabled = appendSparse(l.enabled, n, e.Enabled.Time, NoTime)
	l.eventAttrs.add(n, e.Attributes)
	return nil
}

// appendSparse appends v to a column that stays nil until its first value.
func appendSparse[T comparable](column []T, n uint32, v, missing T) []T {
	if column == nil {
		if v == missing {
			return nil
		}
		column = make([]T, n, n+1024)
		for i := range column {
			column[i] = missing
		}
	}
	return append(column, v)
}

// Len returns the number of rows added so far.
func (b *Builder) Len() int { return len(b.log.activity) }

// Log returns the log and ends the builder, which must not be used again. Cost:
// O(n) when rows came in order of time within their cases, O(n log n) otherwise.
func (b *Builder) Log() *Log {
	l := b.log
	b.addLate()
	b.log = nil
	n := len(l.activity)
	l.events = n
	l.sortRows(b.eventAt)
	l.caseIDs = trim(l.caseIDs)
	l.activity, l.resource, l.unit, l.transition = trim(l.activity), trim(l.resource), trim(l.unit), trim(l.transition)
	l.time, l.zone, l.start, l.startZone, l.enabled = trim(l.time), trim(l.zone), trim(l.start), trim(l.startZone), trim(l.enabled)
	l.eventAttrs.trim()
	l.caseAttrs.trim()
	return l
}

// sortRows puts the rows in (case, time, sequence) order and cuts the spans.
func (l *Log) sortRows(caseOf []uint32) {
	sorted := true
	for i := 1; i < len(caseOf) && sorted; i++ {
		sorted = caseOf[i-1] < caseOf[i] || caseOf[i-1] == caseOf[i] && l.time[i-1] <= l.time[i]
	}
	if !sorted {
		order := l.order(caseOf)
		l.columns = l.columns.gathered(order)
		l.attrRow = nil
		to := make([]uint32, len(order))
		for i, j := range order {
			to[j] = uint32(i)
		}
		l.eventAttrs.reorder(to)
		caseOf = gather(caseOf, order)
	}
	l.spans = make([]span, len(l.caseIDs))
	i := 0
	for row := range l.spans {
		lo := i
		for i < len(caseOf) && caseOf[i] == uint32(row) {
			i++
		}
		l.spans[row] = span{uint32(row), uint32(lo), uint32(i)}
	}
}

// order returns the rows in (case, time, sequence) order: cases by counting,
// which keeps the sequence, then those whose times do not ascend by sorting.
func (l *Log) order(caseOf []uint32) []uint32 {
	end := make([]uint32, len(l.caseIDs)+1)
	for _, c := range caseOf {
		end[c+1]++
	}
	for c := 1; c < len(end); c++ {
		end[c] += end[c-1]
	}
	order := make([]uint32, len(caseOf))
	at := slices.Clone(end)
	for i, c := range caseOf {
		order[at[c]] = uint32(i)
		at[c]++
	}
	byTime := func(x, y uint32) int { return cmp.Compare(l.time[x], l.time[y]) }
	for c := range len(l.caseIDs) {
		if rows := order[end[c]:end[c+1]]; !slices.IsSortedFunc(rows, byTime) {
			slices.SortStableFunc(rows, byTime)
		}
	}
	return order
}

// gathered returns the columns of the given rows, in that order, sharing
// dictionaries, attributes and cases.
func (c *columns) gathered(rows []uint32) *columns {
	g := *c
	g.activity = gather(c.activity, rows)
	g.resource = gather(c.resource, rows)
	g.unit = gather(c.unit, rows)
	g.transition = gather(c.transition, rows)
	g.time = gather(c.time, rows)
	g.zone = gather(c.zone, rows)
	g.start = gather(c.start, rows)
	g.startZone = gather(c.startZone, rows)
	g.enabled = gather(c.enabled, rows)
	if c.attrRow == nil {
		g.attrRow = rows
	} else {
		g.attrRow = gather(c.attrRow, rows)
	}
	return &g
}
