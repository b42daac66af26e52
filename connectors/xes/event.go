package xes

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/uprava/uprava/connectors"
	"github.com/uprava/uprava/mining/eventlog"
)

// The keys of the attributes that have fields of their own in an Event.
const (
	keyName       = "concept:name"
	keyResource   = "org:resource"
	keyGroup      = "org:group"
	keyTransition = "lifecycle:transition"
	keyTime       = "time:timestamp"
)

const (
	rawLimit = 4 << 10  // bytes of a row that an error shows
	maxHeld  = 64 << 20 // bytes of text in one event, or of events before the name of their trace
)

var errOutside = errors.New("event outside a trace: it belongs to no case")

// readEvent reads the event whose start tag is the current token. It returns
// nil and no error where the event is held until its trace has a name.
func (s *Source) readEvent() (*connectors.Row, error) {
	e := &s.event
	*e = eventlog.Event{Time: eventlog.None, Start: eventlog.None, Enabled: eventlog.None, Attributes: e.Attributes[:0], Case: s.trace.name}
	s.texts = s.texts[:0]
	at := s.scan.placeOf(s.scan.token)
	s.scan.mark, s.scan.markCopy = s.scan.token, s.scan.markCopy[:0]
	bad, err := s.eventBody(e)
	raw := s.scan.mark
	s.scan.mark = -1
	if err != nil {
		return nil, err
	}
	inTrace := s.trace.open
	if bad == nil {
		switch {
		case !inTrace:
			bad = &connectors.RowError{Line: at.line, Column: at.column, Err: errOutside}
		case e.Activity == "":
			bad = &connectors.RowError{Line: at.line, Column: at.column, Field: keyName, Err: errors.New("event without an activity")}
		case !e.Time.Recorded():
			bad = &connectors.RowError{Line: at.line, Column: at.column, Field: keyTime, Err: errors.New("event without a time")}
		case outOfRange(e.Time) || outOfRange(e.Start) || outOfRange(e.Enabled):
			e.Case = "-" // the name of the trace may come yet
			bad = &connectors.RowError{Line: at.line, Column: at.column, Field: keyTime, Err: e.Check()}
		}
	}
	if bad != nil {
		bad.Source = s.name
		if bad.Raw == "" {
			bad.Raw = s.rawFrom(raw)
		}
	}
	if bad == nil {
		s.trace.events++
	}
	if inTrace && (s.trace.name == "" || len(s.held) > 0) {
		return nil, s.hold(at.line, bad)
	}
	if bad != nil {
		return nil, bad
	}
	s.row = connectors.Row{Event: e, Case: e.Case, Line: at.line}
	return &s.row, nil
}

func outOfRange(at eventlog.Stamp) bool {
	return at.Recorded() && (at.Time < eventlog.MinTime || at.Time > eventlog.MaxTime)
}

// rawFrom returns the document from mark to here, cut to rawLimit.
func (s *Source) rawFrom(mark int) string {
	b := append(slices.Clone(s.scan.markCopy), s.scan.buf[mark:s.scan.pos]...)
	return strings.ToValidUTF8(string(b[:min(len(b), rawLimit)]), "")
}

// hold keeps the event until its trace has ended.
func (s *Source) hold(line int64, bad *connectors.RowError) error {
	h := heldRow{line: line, err: bad}
	if bad == nil {
		h.event = s.event
		s.event.Attributes = nil
		s.texts = make(arena, 0, 256)
	}
	s.held = append(s.held, h)
	if len(s.held) > maxHeld/256 {
		return s.scan.fail(s.scan.token, "more than %d events in a trace before its name", maxHeld/256)
	}
	return nil
}

// eventBody reads the attributes of an event into e up to its end tag.
func (s *Source) eventBody(e *eventlog.Event) (*connectors.RowError, error) {
	var bad *connectors.RowError
	if s.scan.empty {
		return nil, nil
	}
	for {
		kind, err := s.scan.next()
		if err != nil {
			return nil, err
		}
		if kind != tokenStart {
			if kind == tokenEnd {
				return bad, nil
			}
			continue
		}
		if s.scan.empty && s.plain(e) {
			continue
		}
		n := len(e.Attributes)
		if e.Attributes, err = s.attribute(e.Attributes, &s.texts); err != nil {
			return nil, err
		}
		if len(s.texts) > maxHeld {
			return nil, s.scan.fail(s.scan.token, "more than %d MiB of attributes in one event", maxHeld>>20)
		}
		if len(e.Attributes) == n {
			continue
		}
		a := &e.Attributes[n]
		if s.standard(e, a, &bad) && len(a.Children) == 0 {
			e.Attributes = e.Attributes[:n]
		}
	}
}

// plain sets the field of e that the current tag stands for, where it is an
// attribute without children in the type that the standard gives it: the common
// case of standard, without making an attribute first.
func (s *Source) plain(e *eventlog.Event) bool {
	field := (*string)(nil)
	switch string(s.scan.value(s.scan.key)) {
	case keyName:
		field = &e.Activity
	case keyResource:
		field = &e.Resource
	case keyGroup:
		field = &e.Unit
	case keyTransition:
		field = &e.Transition
	default:
		return false
	}
	if string(s.scan.name) != "string" {
		return false
	}
	*field = s.texts.keep(s.scan.value(s.scan.val))
	return true
}

// standard sets the field of e that a stands for, if it stands for one. A time
// that cannot be read makes the row bad.
func (s *Source) standard(e *eventlog.Event, a *eventlog.Attribute, bad **connectors.RowError) bool {
	switch a.Key {
	case keyName:
		e.Activity = a.Value.String()
	case keyResource:
		e.Resource = a.Value.String()
	case keyGroup:
		e.Unit = a.Value.String()
	case keyTransition:
		e.Transition = a.Value.String()
	case keyTime:
		if a.Value.Kind() == eventlog.KindTime {
			e.Time = a.Value.Stamp()
			return true
		}
		at, zoned, err := eventlog.ParseStamp(a.Value.String())
		if err != nil {
			if *bad == nil {
				where := s.scan.placeOf(s.scan.token)
				*bad = &connectors.RowError{Line: where.line, Column: where.column, Field: keyTime, Raw: strings.Clone(a.Value.String()), Err: err}
			}
			return true
		}
		if !zoned {
			s.doubt.add(doubtZone, s.scan.placeOf(s.scan.token).line, "%q", a.Value.String())
		}
		e.Time = at
	case keyStart:
		if a.Value.Kind() != eventlog.KindTime {
			return false
		}
		e.Start = a.Value.Stamp()
	case keyEnabled:
		if a.Value.Kind() != eventlog.KindTime {
			return false
		}
		e.Enabled = a.Value.Stamp()
	default:
		return false
	}
	return true
}

// doubts counts what had to be decided, with the first place of each kind.
type doubts struct{ of [doubtKinds]doubt }

type doubt struct {
	n     int
	line  int64
	first string
}

type doubtKind int

const (
	doubtNamelessTrace doubtKind = iota
	doubtRepeatedTrace
	doubtZone
	doubtValue
	doubtKey
	doubtElement
	doubtKinds
)

var doubtTexts = [doubtKinds]string{
	"%d traces have no concept:name and are named by their position; the first",
	"%d traces repeat the name of an earlier one and join its case; the first",
	"%d times have no zone and are taken as UTC; the first",
	"%d attribute values do not fit their type and are kept as text; the first",
	"%d attributes have no key and are left out; the first",
	"%d elements are unknown to XES and are left out; the first",
}

func (d *doubts) add(kind doubtKind, line int64, format string, args ...any) {
	f := &d.of[kind]
	if f.n++; f.n == 1 {
		f.line, f.first = line, fmt.Sprintf(format, args...)
	}
}

func (d *doubts) warnings() []error {
	var out []error
	for k, f := range d.of {
		if f.n > 0 {
			out = append(out, fmt.Errorf(doubtTexts[k]+", %s, at line %d", f.n, f.first, f.line))
		}
	}
	return out
}
