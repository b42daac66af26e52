package match

import (
	"fmt"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/internal/yamltree"
	"github.com/uprava/uprava/mining/measure"
)

// Vocabulary is what a log holds, to read the names of rules against. It does
// not change and may be shared.
type Vocabulary struct {
	log        *eventlog.Log
	present    []bool // by activity: some row has it; a view's dictionary may hold more
	activities []string
	roles      []eventlog.Transition // by transition code
	events     []string              // attributes of events
	cases      []string              // attributes of cases
}

// columns are the attributes that every event may have.
var columns = []string{"concept:name", "org:resource", "org:group", "lifecycle:transition"}

// Of returns the vocabulary of a log. O(events).
func Of(l *eventlog.Log) *Vocabulary {
	v := &Vocabulary{log: l, present: make([]bool, l.Activities().Len()), events: slices.Clone(columns)}
	for _, c := range l.All() {
		for _, a := range c.Activities() {
			v.present[a] = true
		}
	}
	for code, name := range l.Activities().Names() {
		if v.present[code] {
			v.activities = append(v.activities, name)
		}
	}
	if l.Transitions() != nil {
		for _, name := range l.Transitions().Names() {
			v.roles = append(v.roles, eventlog.TransitionOf(name))
		}
	}
	for _, a := range l.EventAttributes() {
		v.events = append(v.events, a.Path)
	}
	for _, a := range l.CaseAttributes() {
		v.cases = append(v.cases, a.Path)
	}
	return v
}

// Matcher finds the rows that a list of events means.
type Matcher struct {
	byActivity [][]pattern // of each activity
	simple     []bool      // of each activity: every completed row, without conditions
	v          *Vocabulary
	only       bool // there are simple patterns alone
}

type pattern struct {
	lifecycle string
	test      Test
}

// Events returns the matcher of the events, any of which is meant. No event
// matches no row.
func (v *Vocabulary) Events(list []Event) *Matcher {
	m := &Matcher{make([][]pattern, len(v.present)), make([]bool, len(v.present)), v, len(v.roles) == 0}
	for _, e := range list {
		for _, name := range e.Activities {
			code, ok := v.log.Activities().Code(name)
			if !ok {
				continue
			}
			if e.Lifecycle == "" && len(e.Where) == 0 {
				m.simple[code] = true
			} else {
				m.only = false
			}
			m.byActivity[code] = append(m.byActivity[code], pattern{e.Lifecycle, NewTest(e.Where)})
		}
	}
	return m
}

// Activities returns which activities, by code, some event of the matcher names.
func (m *Matcher) Activities() []bool {
	out := make([]bool, len(m.byActivity))
	for code, list := range m.byActivity {
		out[code] = len(list) > 0
	}
	return out
}

// Row reports whether the i-th row of the case is meant, and when it happened:
// the row's time, or its start or enablement where the lifecycle names that. A
// condition that cannot be told does not hold.
func (m *Matcher) Row(c eventlog.Case, i int) (eventlog.Time, bool) {
	code := c.Activities()[i]
	if m.only {
		return c.Times()[i], m.simple[code]
	}
	for _, p := range m.byActivity[code] {
		at, ok := m.moment(c, i, p.lifecycle)
		if !ok {
			continue
		}
		if p.test.Empty() {
			return at, true
		}
		if truth, _ := p.test.Event(c, i); truth == Yes {
			return at, true
		}
	}
	return eventlog.NoTime, false
}

// moment returns when the row reached the transition, false where it did not.
func (m *Matcher) moment(c eventlog.Case, i int, lifecycle string) (eventlog.Time, bool) {
	at, name, role := c.Times()[i], "", eventlog.Completes
	if codes := c.Transitions(); codes != nil && codes[i] != eventlog.NoCode {
		role, name = m.v.roles[codes[i]], m.v.log.Transitions().Name(codes[i])
	}
	switch lifecycle {
	case "any":
		return at, true
	case "":
		return at, role == eventlog.Completes
	case "start":
		if s := c.Starts(); s != nil && s[i] != eventlog.NoTime {
			return s[i], true
		}
		return at, role == eventlog.Starts
	case "schedule":
		if s := c.Enabled(); s != nil && s[i] != eventlog.NoTime {
			return s[i], true
		}
		return at, role == eventlog.Schedules
	}
	return at, strings.EqualFold(name, lifecycle)
}

// Doubt returns a warning for each activity and each attribute of the events that
// no row of the log has; nil where all occur.
func (v *Vocabulary) Doubt(list []Event) []error {
	var out []error
	for _, e := range list {
		for _, name := range e.Activities {
			if !slices.Contains(v.activities, name) {
				out = append(out, missing("activity", "действия", name, v.activities))
			}
		}
		out = append(out, v.conditions(e.Where, v.events, "event attribute", "атрибута события")...)
	}
	return out
}

// Any reports whether the log holds an activity of some event of the list.
func (v *Vocabulary) Any(list []Event) bool {
	return slices.ContainsFunc(list, func(e Event) bool {
		return slices.ContainsFunc(e.Activities, func(a string) bool { return slices.Contains(v.activities, a) })
	})
}

// DoubtCase returns warnings for attributes that no case of the log has.
func (v *Vocabulary) DoubtCase(list []Condition) []error {
	return v.conditions(list, v.cases, "case attribute", "атрибута дела")
}

// DoubtEvent returns warnings for attributes that no event of the log has.
func (v *Vocabulary) DoubtEvent(list []Condition) []error {
	return v.conditions(list, v.events, "event attribute", "атрибута события")
}

func (v *Vocabulary) conditions(list []Condition, known []string, en, ru string) []error {
	var out []error
	for _, c := range list {
		if !slices.Contains(known, c.Attribute) && c.Op != Present {
			out = append(out, missing(en, ru, c.Attribute, known))
		}
	}
	return out
}

func missing(en, ru, name string, known []string) error {
	d := &measure.Doubt{
		EN: fmt.Sprintf("the log holds no %s %q", en, name),
		RU: fmt.Sprintf("в журнале нет %s «%s»", ru, name),
	}
	if near, ok := yamltree.Nearest(name, known); ok {
		d.EN += fmt.Sprintf("; perhaps %q is meant", near)
		d.RU += fmt.Sprintf("; возможно, имеется в виду «%s»", near)
	}
	return d
}
