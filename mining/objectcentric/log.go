package objectcentric

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
)

// Object is a thing that events concern.
type Object struct {
	ID, Type   string
	Attributes []Change
	Related    []Relation // to other objects
}

// Change is the value that an attribute of an object took at a time; of the time
// None, or 1970, from the beginning.
type Change struct {
	Time eventlog.Stamp
	eventlog.Attribute
}

// Relation leads to an object by its identifier, and says as what.
type Relation struct{ Object, Qualifier string }

// Event is something that happened to objects.
type Event struct {
	ID, Activity string
	Time         eventlog.Stamp
	Objects      []Relation
	Attributes   []eventlog.Attribute
}

// Log is an immutable object-centric event log.
type Log struct {
	name    string
	objects []Object
	events  []Event // by time, ties in the order of the source
	types   []string
	acts    []string

	typeOf   []int   // of each object: position in types
	activity []int   // of each event: position in acts
	concerns [][]int // of each event: positions of its objects, ascending, each once
	lives    [][]int // of each object: positions of its events, ascending
}

// New returns the log of the given objects and events, whose slices it takes
// over. The error joins all faults: identifiers missing or used twice, types,
// activities and times missing, relations to objects that are not there.
func New(name string, objects []Object, events []Event) (*Log, error) {
	l := &Log{name: name, objects: objects, events: events}
	var faults []error
	fault := func(format string, args ...any) {
		if len(faults) < 20 {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	index := make(map[string]int, len(objects))
	for i, o := range objects {
		if o.ID == "" || o.Type == "" {
			fault("object %d (%q of type %q): wanted an identifier and a type", i, o.ID, o.Type)
		}
		if _, twice := index[o.ID]; twice {
			fault("object %q stands twice", o.ID)
		}
		index[o.ID] = i
		l.types = append(l.types, o.Type)
	}
	for _, o := range objects {
		for _, r := range o.Related {
			if _, ok := index[r.Object]; !ok {
				fault("object %q is related to %q, which is not there", o.ID, r.Object)
			}
		}
	}
	seen := make(map[string]bool, len(events))
	for i, e := range events {
		switch {
		case e.ID == "" || e.Activity == "":
			fault("event %d (%q, activity %q): wanted an identifier and an activity", i, e.ID, e.Activity)
		case !e.Time.Recorded() || e.Time.Time < eventlog.MinTime || e.Time.Time > eventlog.MaxTime:
			fault("event %q: wanted a time between 1900 and 2299", e.ID)
		case seen[e.ID]:
			fault("event %q stands twice", e.ID)
		}
		seen[e.ID] = true
		l.acts = append(l.acts, e.Activity)
	}
	slices.SortStableFunc(l.events, func(x, y Event) int { return cmp.Compare(x.Time.Time, y.Time.Time) })
	l.types, l.acts = distinct(l.types), distinct(l.acts)
	l.typeOf, l.lives = make([]int, len(objects)), make([][]int, len(objects))
	for i, o := range objects {
		l.typeOf[i], _ = slices.BinarySearch(l.types, o.Type)
	}
	l.activity, l.concerns = make([]int, len(events)), make([][]int, len(events))
	for i, e := range l.events {
		l.activity[i], _ = slices.BinarySearch(l.acts, e.Activity)
		for _, r := range e.Objects {
			o, ok := index[r.Object]
			if !ok {
				fault("event %q concerns object %q, which is not there", e.ID, r.Object)
				continue
			}
			l.concerns[i] = append(l.concerns[i], o)
		}
		slices.Sort(l.concerns[i])
		l.concerns[i] = slices.Compact(l.concerns[i])
		for _, o := range l.concerns[i] {
			l.lives[o] = append(l.lives[o], i)
		}
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("building the object-centric log %q: %w", name, errors.Join(faults...))
	}
	return l, nil
}

func distinct(names []string) []string {
	slices.Sort(names)
	return slices.Clip(slices.Compact(names))
}

// Name returns the name of the log.
func (l *Log) Name() string { return l.name }

// Objects and Events return the objects in the order of the source and the
// events by time. They must not be changed.
func (l *Log) Objects() []Object { return l.objects }

// Events returns the events by time, ties in the order of the source.
func (l *Log) Events() []Event { return l.events }

// Types returns the object types, Activities the activities, by name.
func (l *Log) Types() []string { return l.types }

// Activities returns the activities by name.
func (l *Log) Activities() []string { return l.acts }

// TypeError says that a log has no objects of a type.
type TypeError struct {
	Log, Type string
	Types     []string
}

// Error names the types there are.
func (e *TypeError) Error() string {
	return fmt.Sprintf("the log %q has no objects of type %q; it has %q", e.Log, e.Type, e.Types)
}

func (l *Log) typeNamed(name string) (int, error) {
	i, ok := slices.BinarySearch(l.types, name)
	if !ok {
		return 0, &TypeError{l.name, name, l.types}
	}
	return i, nil
}
