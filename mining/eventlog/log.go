package eventlog

import "iter"

// Log is an immutable event log or a view of one. It may be used by any number
// of goroutines at once.
type Log struct {
	name  string
	meta  *Meta
	spans []span // one per case
	*columns
	events int
}

// span is one case: its row in the case columns and its events [lo, hi).
type span struct{ row, lo, hi uint32 }

// columns are the event and case columns, shared by all views that did not
// remove single events.
type columns struct {
	activities, resources, units, transitions *Dictionary

	activity   []Code
	resource   []Code // nil when no event has one; likewise the next two
	unit       []Code
	transition []Code
	time       []Time
	zone       []Zone
	start      []Time // nil when no row has one
	startZone  []Zone
	enabled    []Time   // nil when no row has one
	attrRow    []uint32 // row of attributes by event; nil when it is the event's own

	eventAttrs *attributes
	caseAttrs  *attributes
	caseIDs    []string
}

// Name returns the name of the log.
func (l *Log) Name() string { return l.name }

// Meta returns what the source said of the log as a whole. It must not be changed.
func (l *Log) Meta() *Meta { return l.meta }

// Cases returns the number of cases, Events the number of rows.
func (l *Log) Cases() int { return len(l.spans) }

// Events returns the number of rows: events of a recorded log, activity
// instances of a paired one.
func (l *Log) Events() int { return l.events }

// Activities, Resources, Units and Transitions return the dictionaries of the
// log. A view keeps the dictionaries of its log, so they may name what no event
// of the view has.
func (l *Log) Activities() *Dictionary { return l.activities }

// Resources returns the dictionary of resources (org:resource).
func (l *Log) Resources() *Dictionary { return l.resources }

// Units returns the dictionary of organisational units (org:group).
func (l *Log) Units() *Dictionary { return l.units }

// Transitions returns the dictionary of lifecycle transitions as they were spelt.
func (l *Log) Transitions() *Dictionary { return l.transitions }

// Case returns the i-th case, 0 ≤ i < Cases.
func (l *Log) Case(i int) Case { return Case{l, l.spans[i]} }

// All yields the cases in order.
func (l *Log) All() iter.Seq2[int, Case] {
	return func(yield func(int, Case) bool) {
		for i := range l.spans {
			if !yield(i, Case{l, l.spans[i]}) {
				return
			}
		}
	}
}

// HasStarts reports whether any row holds a start time, HasEnabled whether any
// holds the time of its enablement.
func (l *Log) HasStarts() bool { return l.start != nil }

// HasEnabled reports whether any row holds the time of its enablement.
func (l *Log) HasEnabled() bool { return l.enabled != nil }

// EventAttributes and CaseAttributes list the attributes beyond those that have
// columns of their own, by path. A view lists those of its log.
func (l *Log) EventAttributes() []AttributeInfo { return l.eventAttrs.info() }

// CaseAttributes lists the attributes of cases, by path.
func (l *Log) CaseAttributes() []AttributeInfo { return l.caseAttrs.info() }

// Named returns the log under another name.
func (l *Log) Named(name string) *Log {
	m := *l
	m.name = name
	return &m
}

// Meta is what a source says of a log as a whole, in the words of XES.
type Meta struct {
	Extensions  []Extension
	Globals     Globals
	Classifiers []Classifier
	Attributes  []Attribute // attributes of the log element itself
}

// Extension names a set of attributes that the log uses.
type Extension struct{ Name, Prefix, URI string }

// Globals are the attributes that every case and every event has, with the
// values to assume where one lacks them.
type Globals struct{ Trace, Event []Attribute }

// Classifier names attributes whose values together tell activities apart. Scope
// is "event" or "trace".
type Classifier struct {
	Name  string
	Scope string
	Keys  []string
}
