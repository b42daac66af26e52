package objectcentric

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Flattening says what became of a log whose events were dealt out to the
// objects of one type. An event that concerns no such object is lost
// (deficiency), one that concerns several stands in each of their cases
// (convergence). Divergence counts pairs of successive rows of a case with the
// same activity that concern different objects of another type: they look like
// rework and are parallel work.
type Flattening struct {
	Type       string    `json:"type"`
	Cases      int       `json:"cases"` // objects of the type
	Empty      int       `json:"cases_without_events"`
	Rows       int       `json:"rows"`
	Events     int       `json:"events"` // of the object-centric log
	Lost       int       `json:"events_lost"`
	Multiplied int       `json:"events_in_several_cases"`
	Copies     int       `json:"rows_added_by_copies"`
	Diverging  int       `json:"rows_diverging"`
	ByActivity []Effects `json:"activities"` // those with any effect, by name
	Warnings   []error   `json:"-"`
}

// Effects are those of flattening on one activity.
type Effects struct {
	Activity   string `json:"activity"`
	Events     int    `json:"events"`
	Lost       int    `json:"lost"`
	Multiplied int    `json:"in_several_cases"`
	Diverging  int    `json:"rows_diverging"`
}

// Flatten returns the log whose cases are the objects of a type, with the
// attributes that they last had, and what flattening did. Rows keep their events'
// attributes and carry the event's identifier as ocel:eid.
//
// Source: W. van der Aalst, "Object-Centric Process Mining: Dealing with
// Divergence and Convergence in Event Data", SEFM 2019,
// doi:10.1007/978-3-030-30446-1_1. O(rows).
func Flatten(ctx context.Context, l *Log, objectType string) (*eventlog.Log, *Flattening, error) {
	t, err := l.typeNamed(objectType)
	if err != nil {
		return nil, nil, fmt.Errorf("flattening: %w", err)
	}
	f := &Flattening{Type: objectType, Events: len(l.events)}
	effects := make([]Effects, len(l.acts))
	for i := range l.events {
		n := 0
		for _, o := range l.concerns[i] {
			if l.typeOf[o] == t {
				n++
			}
		}
		e := &effects[l.activity[i]]
		e.Events++
		switch {
		case n == 0:
			f.Lost++
			e.Lost++
		case n > 1:
			f.Multiplied++
			e.Multiplied++
			f.Copies += n - 1
		}
	}
	b := eventlog.NewBuilder(l.name + " by " + objectType)
	for o, object := range l.objects {
		if l.typeOf[o] != t {
			continue
		}
		if f.Cases%1024 == 0 && ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		f.Cases++
		if _, err := b.Case(object.ID, lastValues(object.Attributes)); err != nil {
			return nil, nil, fmt.Errorf("flattening %q by %q: %w", l.name, objectType, err)
		}
		if len(l.lives[o]) == 0 {
			f.Empty++
		}
		for k, i := range l.lives[o] {
			e := eventlog.NewEvent(object.ID, l.events[i].Activity, l.events[i].Time)
			e.Attributes = append(slices.Clone(l.events[i].Attributes), eventlog.Attribute{Key: "ocel:eid", Value: eventlog.ID(l.events[i].ID)})
			if err := b.Add(&e); err != nil {
				return nil, nil, fmt.Errorf("flattening %q by %q: event %q: %w", l.name, objectType, l.events[i].ID, err)
			}
			f.Rows++
			if k > 0 && l.diverges(t, l.lives[o][k-1], i) {
				f.Diverging++
				effects[l.activity[i]].Diverging++
			}
		}
	}
	for a, e := range effects {
		if e.Lost+e.Multiplied+e.Diverging > 0 {
			e.Activity = l.acts[a]
			f.ByActivity = append(f.ByActivity, e)
		}
	}
	f.warn()
	return b.Log(), f, nil
}

// diverges reports whether two successive events of an object repeat an activity
// on different objects of another type.
func (l *Log) diverges(t, before, after int) bool {
	if l.activity[before] != l.activity[after] {
		return false
	}
	for other := range l.types {
		if other == t {
			continue
		}
		x, y := l.ofType(before, other), l.ofType(after, other)
		if len(x) > 0 && len(y) > 0 && !slices.ContainsFunc(x, func(o int) bool { return slices.Contains(y, o) }) {
			return true
		}
	}
	return false
}

// ofType returns the objects of a type that an event concerns.
func (l *Log) ofType(event, t int) (out []int) {
	for _, o := range l.concerns[event] {
		if l.typeOf[o] == t {
			out = append(out, o)
		}
	}
	return out
}

// lastValues returns the value that each attribute had last, by key.
func lastValues(changes []Change) []eventlog.Attribute {
	sorted := slices.Clone(changes)
	slices.SortStableFunc(sorted, func(x, y Change) int { return cmp.Or(cmp.Compare(x.Key, y.Key), cmp.Compare(x.Time.Time, y.Time.Time)) })
	var out []eventlog.Attribute
	for i, c := range sorted {
		if i+1 == len(sorted) || sorted[i+1].Key != c.Key {
			out = append(out, c.Attribute)
		}
	}
	return out
}

func (f *Flattening) warn() {
	add := func(n int, en, ru string) {
		if n > 0 {
			f.Warnings = append(f.Warnings, &measure.Doubt{EN: fmt.Sprintf(en, n), RU: fmt.Sprintf(ru, n)})
		}
	}
	add(f.Lost, "%d events concern no such object and are lost", "потеряно событий, не связанных с такими объектами: %d")
	add(f.Multiplied, "%d events concern several such objects and stand in each of their cases: counts are too high", "событий, повторённых в нескольких делах: %d (частоты завышены)")
	add(f.Diverging, "%d repetitions concern other objects each time: they look like rework and are none", "мнимых повторов (каждый раз другой связанный объект): %d")
	add(f.Empty, "%d objects have no events", "объектов без событий: %d")
}
