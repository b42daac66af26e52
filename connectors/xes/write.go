package xes

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/uprava/uprava/mining/eventlog"
)

// The attributes that hold the start and the enablement of an activity instance
// that is written as one event. PM4Py knows the first.
const (
	keyStart   = "start_timestamp"
	keyEnabled = "enabled_timestamp"
)

// Write writes l as XES 1849-2016. The same log gives the same bytes.
//
// What a recorded log holds is read back equal. Of an activity instance with a
// start or an enablement up to three events are written, schedule, start and
// complete, as Log.Recorded makes them, so that Log.Instances finds the instance
// again. Where instances of one activity overlap in a case and pairing would
// mistake them, they get a concept:instance of their own. Where it would
// mistake them even so (a start after its completion, a transition that does not
// complete, repeated concept:instance) the instances of that case are written
// as one event each, with start_timestamp and enabled_timestamp.
//
// A text that XML cannot hold, such as a control character, is an error that
// names it. Cost: O(events × attribute columns).
func Write(w io.Writer, l *eventlog.Log) error {
	x := &writer{w: bufio.NewWriterSize(w, 256<<10)}
	x.put(`<?xml version="1.0" encoding="UTF-8"?>`, "\n", `<log xes.version="1849.2016" xes.features="nested-attributes" xmlns="http://www.xes-standard.org/">`, "\n")
	x.header(l.Meta())
	var p planner
	for _, c := range l.All() {
		x.trace(c, p.plan(c))
		if x.err != nil {
			return fmt.Errorf("writing case %q: %w", c.ID(), x.err)
		}
	}
	x.put("</log>\n")
	if x.err == nil {
		x.err = x.w.Flush()
	}
	if x.err != nil {
		return fmt.Errorf("writing log %q: %w", l.Name(), x.err)
	}
	return nil
}

type writer struct {
	w   *bufio.Writer
	err error
}

var standardExtensions = []eventlog.Extension{
	{Name: "Concept", Prefix: "concept", URI: "http://www.xes-standard.org/concept.xesext"},
	{Name: "Lifecycle", Prefix: "lifecycle", URI: "http://www.xes-standard.org/lifecycle.xesext"},
	{Name: "Organizational", Prefix: "org", URI: "http://www.xes-standard.org/org.xesext"},
	{Name: "Time", Prefix: "time", URI: "http://www.xes-standard.org/time.xesext"},
}

func (x *writer) header(m *eventlog.Meta) {
	extensions := m.Extensions
	if len(extensions) == 0 {
		extensions = standardExtensions
	}
	for _, e := range extensions {
		x.tag(1, "extension", true, "name", e.Name, "prefix", e.Prefix, "uri", e.URI)
	}
	for _, g := range []struct {
		scope string
		list  []eventlog.Attribute
	}{{"trace", m.Globals.Trace}, {"event", m.Globals.Event}} {
		if len(g.list) > 0 {
			x.tag(1, "global", false, "scope", g.scope)
			x.attributes(2, g.list)
			x.close(1, "global")
		}
	}
	for _, c := range m.Classifiers {
		if c.Scope == "" || c.Scope == "event" {
			x.tag(1, "classifier", true, "name", c.Name, "keys", joinKeys(c.Keys))
		} else {
			x.tag(1, "classifier", true, "name", c.Name, "scope", c.Scope, "keys", joinKeys(c.Keys))
		}
	}
	x.attributes(1, m.Attributes)
}

func (x *writer) trace(c eventlog.Case, pieces []piece) {
	x.tag(1, "trace", false)
	own := c.Attributes()
	x.standard(2, own, keyName, c.ID())
	for i := range own {
		if own[i].Key != keyName {
			x.attribute(2, &own[i])
		}
	}
	row, e := -1, eventlog.Event{}
	for _, p := range pieces {
		if p.row != row {
			row, e = p.row, c.Event(p.row)
		}
		x.event(&e, p)
	}
	x.close(1, "trace")
}

func (x *writer) event(e *eventlog.Event, p piece) {
	x.tag(2, "event", false)
	x.standard(3, e.Attributes, keyName, e.Activity)
	x.standard(3, e.Attributes, keyResource, e.Resource)
	x.standard(3, e.Attributes, keyGroup, e.Unit)
	transition, at := e.Transition, e.Time
	switch {
	case p.part == enabledPart:
		transition, at = "schedule", eventlog.Stamp{Time: e.Enabled.Time, Zone: e.Time.Zone}
	case p.part == startPart:
		transition, at = "start", e.Start
	case p.part == completePart && transition == "":
		transition = "complete"
	case p.part == wholePart:
		x.moment(keyStart, e.Start)
		if e.Enabled.Recorded() {
			x.moment(keyEnabled, eventlog.Stamp{Time: e.Enabled.Time, Zone: e.Time.Zone})
		}
	}
	x.standard(3, e.Attributes, keyTransition, transition)
	if !hasNested(e.Attributes, keyTime) {
		x.moment(keyTime, at)
	}
	for i := range e.Attributes {
		a := &e.Attributes[i]
		switch a.Key {
		case keyName, keyResource, keyGroup, keyTransition:
			continue
		case keyTime:
			if len(a.Children) > 0 {
				b := *a
				b.Value = eventlog.TimeValue(at)
				x.attribute(3, &b)
			}
			continue
		}
		x.attribute(3, a)
	}
	if p.instance != "" {
		x.tag(3, "string", true, "key", eventlog.InstanceKey, "value", p.instance)
	}
	x.close(2, "event")
}

func (x *writer) moment(key string, at eventlog.Stamp) {
	if at.Recorded() {
		x.attribute(3, &eventlog.Attribute{Key: key, Value: eventlog.TimeValue(at)})
	}
}

func hasNested(list []eventlog.Attribute, key string) bool {
	for i := range list {
		if list[i].Key == key && len(list[i].Children) > 0 {
			return true
		}
	}
	return false
}

// standard writes the attribute of a field, with the nested attributes that own
// holds of it.
func (x *writer) standard(depth int, own []eventlog.Attribute, key, value string) {
	for i := range own {
		if own[i].Key == key && len(own[i].Children) > 0 {
			a := own[i]
			if a.Value.String() != value {
				a.Value = eventlog.Text(value)
			}
			x.attribute(depth, &a)
			return
		}
	}
	if value != "" {
		x.tag(depth, "string", true, "key", key, "value", value)
	}
}

func (x *writer) attributes(depth int, list []eventlog.Attribute) {
	for i := range list {
		x.attribute(depth, &list[i])
	}
}

func (x *writer) attribute(depth int, a *eventlog.Attribute) {
	kind := a.Value.Kind()
	name := kind.String()
	group := kind == eventlog.KindList || kind == eventlog.KindContainer
	if kind == eventlog.KindTime {
		if y := a.Value.Stamp().Go().Year(); y < 0 || y > 9999 {
			x.fail(fmt.Errorf("attribute %q: time %s has no year of four digits", a.Key, a.Value))
		}
	}
	switch empty := len(a.Children) == 0; {
	case group && empty:
		x.tag(depth, name, true, "key", a.Key)
		return
	case group:
		x.tag(depth, name, false, "key", a.Key)
	default:
		x.tag(depth, name, empty, "key", a.Key, "value", a.Value.String())
		if empty {
			return
		}
	}
	if kind == eventlog.KindList {
		x.tag(depth+1, "values", false)
		x.attributes(depth+2, a.Children)
		x.close(depth+1, "values")
	} else {
		x.attributes(depth+1, a.Children)
	}
	x.close(depth, name)
}

// tag writes a start tag, or an empty element, with attributes in pairs.
func (x *writer) tag(depth int, name string, empty bool, attrs ...string) {
	x.indent(depth)
	x.put("<", name)
	for i := 0; i < len(attrs); i += 2 {
		x.put(" ", attrs[i], `="`)
		x.text(attrs[i+1])
		x.put(`"`)
	}
	if empty {
		x.put("/>\n")
	} else {
		x.put(">\n")
	}
}

func (x *writer) close(depth int, name string) {
	x.indent(depth)
	x.put("</", name, ">\n")
}

const tabs = "\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t"

func (x *writer) indent(depth int) { x.put(tabs[:min(depth, len(tabs))]) }

func (x *writer) put(parts ...string) {
	for _, p := range parts {
		if x.err == nil {
			_, x.err = x.w.WriteString(p)
		}
	}
}

func (x *writer) fail(err error) {
	if x.err == nil {
		x.err = err
	}
}

var escapes = [...]string{'"': "&quot;", '&': "&amp;", '<': "&lt;", '>': "&gt;", '\t': "&#9;", '\n': "&#10;", '\r': "&#13;"}

// text writes a value between double quotes.
func (x *writer) text(s string) {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 || !isCharacter(r) {
				x.fail(fmt.Errorf("XML cannot hold the byte 0x%02x of %q", c, cut(s, 80)))
				return
			}
			i += n
			continue
		}
		if int(c) < len(escapes) && escapes[c] != "" {
			x.put(s[from:i], escapes[c])
			from = i + 1
		} else if c < ' ' {
			x.fail(fmt.Errorf("XML cannot hold the character %U of %q", c, cut(s, 80)))
			return
		}
		i++
	}
	x.put(s[from:])
}

// completes reports whether an event with that transition is surely read back
// as the completion of its instance.
func completes(transition string) bool {
	return transition == "" || strings.EqualFold(transition, "complete")
}
