package match

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/uprava/uprava/mining/eventlog"
)

// Test is a list of conditions, ready to be tried on the cases of a log.
type Test struct{ conditions []condition }

type condition struct {
	Condition
	values []value // of Values
}

// value is what a condition compares with, read in every way that it can be.
type value struct {
	text     string
	number   float64
	isNumber bool
	time     eventlog.Time
	isTime   bool
}

func readValue(s string) value {
	v := value{text: s}
	x, err := strconv.ParseFloat(s, 64)
	v.number, v.isNumber = x, err == nil && !math.IsNaN(x)
	if at, ok := parseTime(s); ok && !v.isNumber {
		v.time, v.isTime = at, true
	}
	return v
}

// parseTime reads a date (its midnight in UTC) or a date and time.
func parseTime(s string) (eventlog.Time, bool) {
	if len(s) == len("2006-01-02") {
		s += "T00:00:00Z"
	}
	at, _, err := eventlog.ParseStamp(s)
	return at.Time, err == nil
}

func order(s string) (value, bool) { v := readValue(s); return v, v.isNumber || v.isTime }

// NewTest returns the conditions ready to try.
func NewTest(list []Condition) Test {
	var t Test
	for _, c := range list {
		k := condition{Condition: c}
		for _, s := range c.Values {
			k.values = append(k.values, readValue(s))
		}
		t.conditions = append(t.conditions, k)
	}
	return t
}

// Empty reports whether there is no condition, so that all hold.
func (t Test) Empty() bool { return len(t.conditions) == 0 }

// Case tells whether all conditions hold of the case: No where one does not,
// Unknown where one cannot be told because the attribute is missing or is no
// number or time to order by. missing names the first such attribute.
func (t Test) Case(c eventlog.Case) (truth Truth, missing string) {
	return t.try(c.Attribute)
}

// Event tells the same of the i-th row of the case.
func (t Test) Event(c eventlog.Case, i int) (truth Truth, missing string) {
	return t.try(func(path string) (eventlog.Value, bool) { return EventValue(c, i, path) })
}

// EventValue returns an attribute of the i-th row, or one of its columns by the
// name that XES gives it.
func EventValue(c eventlog.Case, i int, path string) (eventlog.Value, bool) {
	var s string
	switch path {
	case "concept:name":
		s = c.Row(i).Activity
	case "org:resource":
		s = c.Row(i).Resource
	case "org:group":
		s = c.Row(i).Unit
	case "lifecycle:transition":
		s = c.Row(i).Transition
	default:
		return c.EventAttribute(i, path)
	}
	return eventlog.Text(s), s != ""
}

func (t Test) try(lookup func(string) (eventlog.Value, bool)) (Truth, string) {
	all, missing := Yes, ""
	for _, k := range t.conditions {
		v, ok := lookup(k.Attribute)
		switch k.holds(v, ok) {
		case No:
			return No, ""
		case Unknown:
			if all == Yes {
				all, missing = Unknown, k.Attribute
			}
		}
	}
	return all, missing
}

func (k condition) holds(v eventlog.Value, ok bool) Truth {
	if k.Op == Present {
		return truth(ok == (k.Values[0] == "true"))
	}
	if !ok {
		return Unknown
	}
	switch k.Op {
	case Is, OneOf:
		return truth(slices.ContainsFunc(k.values, func(w value) bool { return equal(v, w) }))
	case IsNot, NoneOf:
		return truth(!slices.ContainsFunc(k.values, func(w value) bool { return equal(v, w) }))
	}
	sign, ok := compare(v, k.values[0])
	if !ok {
		return Unknown
	}
	switch k.Op {
	case AtLeast:
		return truth(sign >= 0)
	case AtMost:
		return truth(sign <= 0)
	case MoreThan:
		return truth(sign > 0)
	}
	return truth(sign < 0)
}

func truth(b bool) Truth {
	if b {
		return Yes
	}
	return No
}

// equal compares as the attribute's kind asks: numbers by value, times by
// instant, the rest by characters.
func equal(v eventlog.Value, w value) bool {
	if sign, ok := compare(v, w); ok && v.Kind() != eventlog.KindString {
		return sign == 0
	}
	return v.String() == w.text
}

func compare(v eventlog.Value, w value) (int, bool) {
	switch v.Kind() {
	case eventlog.KindInt:
		return cmp.Compare(float64(v.Int()), w.number), w.isNumber
	case eventlog.KindFloat:
		return cmp.Compare(v.Float(), w.number), w.isNumber && !math.IsNaN(v.Float())
	case eventlog.KindTime:
		return cmp.Compare(v.Stamp().Time, w.time), w.isTime
	case eventlog.KindString, eventlog.KindID:
		x := readValue(v.Text())
		if x.isNumber && w.isNumber {
			return cmp.Compare(x.number, w.number), true
		}
		return cmp.Compare(x.time, w.time), x.isTime && w.isTime
	}
	return 0, false
}
