package filter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
)

// rowTest compiles a test of rows.
func (c *compiler) rowTest(t Test) (keepRow, error) {
	names := func(kind string, d *eventlog.Dictionary, column func(eventlog.Case) []eventlog.Code) (keepRow, error) {
		codes, err := c.codes(kind, d, t.Args...)
		return func(cs eventlog.Case, k int) bool {
			at := column(cs)
			return at != nil && codes.has(at[k])
		}, err
	}
	switch t.Name {
	case "activity":
		return names("activity", c.log.Activities(), eventlog.Case.Activities)
	case "resource":
		return names("resource", c.log.Resources(), eventlog.Case.Resources)
	case "unit":
		return names("unit", c.log.Units(), eventlog.Case.Units)
	case "case":
		compare, err := c.attribute(t, c.all.CaseAttributes())
		return func(cs eventlog.Case, _ int) bool { return compare(cs.Attribute(t.Args[0])) }, err
	case "event":
		return c.eventAttribute(t)
	case "time":
		return func(cs eventlog.Case, k int) bool {
			at := cs.Times()[k] + zone(cs.Zones()[k])
			return inPeriod(t, at, at)
		}, nil
	}
	return nil, fmt.Errorf("filter step %q: there is no test %q of events", c.step, t.Name)
}

// eventAttribute compiles the test of an attribute of an event, one of the
// standard ones, which have columns of their own, too.
func (c *compiler) eventAttribute(t Test) (keepRow, error) {
	column := map[string]func(eventlog.Event) string{
		"concept:name":         func(e eventlog.Event) string { return e.Activity },
		"org:resource":         func(e eventlog.Event) string { return e.Resource },
		"org:group":            func(e eventlog.Event) string { return e.Unit },
		"lifecycle:transition": func(e eventlog.Event) string { return e.Transition },
	}[t.Args[0]]
	if column == nil {
		compare, err := c.attribute(t, c.all.EventAttributes())
		return func(cs eventlog.Case, k int) bool { return compare(cs.EventAttribute(k, t.Args[0])) }, err
	}
	compare, err := c.attribute(t, []eventlog.AttributeInfo{{Path: t.Args[0]}})
	return func(cs eventlog.Case, k int) bool {
		s := column(cs.Row(k))
		return compare(eventlog.Text(s), s != "")
	}, err
}

// zone is what the clock of the wall is ahead of UTC.
func zone(z eventlog.Zone) eventlog.Time { return eventlog.Time(z) * 60_000_000 }

// periods compiles the tests of when a case lay, on the clock of the wall. A case is ended
// with its last row, or with the last of the activities that are named.
func (c *compiler) periods(t Test) (keepCase, error) {
	if len(t.Args) > 0 {
		codes, err := c.codes("activity", c.log.Activities(), t.Args...)
		return func(_ int, cs eventlog.Case) bool {
			for k := cs.Len() - 1; k >= 0; k-- {
				if codes.has(cs.Activities()[k]) {
					at := cs.Times()[k] + zone(cs.Zones()[k])
					return inPeriod(t, at, at)
				}
			}
			return false
		}, err
	}
	return func(_ int, cs eventlog.Case) bool {
		n := cs.Len()
		if n == 0 {
			return false
		}
		first, last := cs.First()+zone(cs.Zones()[0]), cs.Last()+zone(cs.Zones()[n-1])
		switch t.Name {
		case "started":
			last = first
		case "ended":
			first = last
		case "within":
			return t.Values[0].From <= first && last < t.Values[0].To
		}
		return inPeriod(t, first, last)
	}, nil
}

// inPeriod compares the stretch from first to last, which is a moment but where
// the test is of activity, with the periods of the test.
func inPeriod(t Test, first, last eventlog.Time) bool {
	return slices.ContainsFunc(t.Values, func(v Value) bool {
		switch t.Op {
		case Unequal:
			return first < v.From || first >= v.To
		case Less:
			return first < v.From
		case AtMost:
			return first < v.To
		case Greater:
			return first >= v.To
		case AtLeast:
			return first >= v.From
		}
		return first < v.To && last >= v.From
	})
}

// attribute compiles the comparison of an attribute. A value that is not there,
// or not of a kind that can be compared, compares as false.
func (c *compiler) attribute(t Test, known []eventlog.AttributeInfo) (func(eventlog.Value, bool) bool, error) {
	var paths []string
	for _, a := range known {
		if !strings.Contains(a.Path, eventlog.PathSeparator) {
			paths = append(paths, a.Path)
		}
	}
	paths = slices.Compact(paths)
	if !slices.ContainsFunc(known, func(a eventlog.AttributeInfo) bool { return a.Path == t.Args[0] }) {
		return nil, &NameError{c.step, t.Name + " attribute", t.Args[0], similar(t.Args[0], paths), len(paths)}
	}
	if t.Op == Exists {
		return func(_ eventlog.Value, ok bool) bool { return ok }, nil
	}
	return func(v eventlog.Value, ok bool) bool {
		if !ok {
			return false
		}
		return slices.ContainsFunc(t.Values, func(want Value) bool { return compareValue(t, v, want) })
	}, nil
}

func compareValue(t Test, v eventlog.Value, want Value) bool {
	switch v.Kind() {
	case eventlog.KindInt, eventlog.KindFloat:
		x := v.Float()
		if v.Kind() == eventlog.KindInt {
			x = float64(v.Int())
		}
		switch want.Kind {
		case Number:
			return x == x && compareNumber(t.Op, want.Number)(x)
		case Range:
			return want.Low.Number <= x && x <= want.High.Number && want.Low.Kind == Number
		}
	case eventlog.KindTime:
		if want.To != 0 { // a period, or a number that is a year too
			at := v.Stamp().Time + zone(v.Stamp().Zone)
			return inPeriod(Test{Op: t.Op, Values: []Value{want}}, at, at)
		}
	case eventlog.KindBool:
		if want.Kind == Boolean {
			x := 0.0
			if v.Bool() {
				x = 1
			}
			return compareNumber(t.Op, want.Number)(x)
		}
	}
	if v.Kind() != eventlog.KindString && v.Kind() != eventlog.KindID || want.Kind != Text {
		return false
	}
	s := v.Text()
	switch t.Op {
	case Contains:
		return strings.Contains(strings.ToLower(s), strings.ToLower(want.Text))
	case Unequal:
		return s != want.Text
	case Less:
		return s < want.Text
	case AtMost:
		return s <= want.Text
	case Greater:
		return s > want.Text
	case AtLeast:
		return s >= want.Text
	}
	return s == want.Text
}
