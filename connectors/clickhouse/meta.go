package clickhouse

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/uprava/uprava/mining/eventlog"
)

// jsonMeta is eventlog.Meta as the store keeps it.
type jsonMeta struct {
	Extensions  []eventlog.Extension  `json:"extensions,omitempty"`
	Classifiers []eventlog.Classifier `json:"classifiers,omitempty"`
	Trace       []jsonAttribute       `json:"trace,omitempty"`
	Event       []jsonAttribute       `json:"event,omitempty"`
	Attributes  []jsonAttribute       `json:"attributes,omitempty"`
}

// jsonAttribute is an attribute with its value as text: ints and the
// microseconds of dates in decimal, floats by their bits so that each is kept,
// NaN too.
type jsonAttribute struct {
	Key      string          `json:"key"`
	Kind     string          `json:"kind"`
	Value    string          `json:"value,omitempty"`
	Zone     int16           `json:"zone,omitempty"`
	Children []jsonAttribute `json:"children,omitempty"`
}

// encodeMeta returns "" for a log of which nothing is said.
func encodeMeta(m *eventlog.Meta) string {
	if emptyLog(m) {
		return ""
	}
	b, err := json.Marshal(jsonMeta{
		Extensions: m.Extensions, Classifiers: m.Classifiers,
		Trace: toJSON(m.Globals.Trace), Event: toJSON(m.Globals.Event), Attributes: toJSON(m.Attributes),
	})
	if err != nil {
		panic("clickhouse: " + err.Error()) // strings and numbers: it cannot fail
	}
	return string(b)
}

func toJSON(list []eventlog.Attribute) []jsonAttribute {
	var out []jsonAttribute
	for _, a := range list {
		j := jsonAttribute{Key: a.Key, Kind: a.Value.Kind().String(), Children: toJSON(a.Children)}
		switch a.Value.Kind() {
		case eventlog.KindString, eventlog.KindID:
			j.Value = a.Value.Text()
		case eventlog.KindInt:
			j.Value = strconv.FormatInt(a.Value.Int(), 10)
		case eventlog.KindFloat:
			j.Value = strconv.FormatUint(math.Float64bits(a.Value.Float()), 16)
		case eventlog.KindBool:
			j.Value = strconv.FormatBool(a.Value.Bool())
		case eventlog.KindTime:
			at := a.Value.Stamp()
			j.Value, j.Zone = strconv.FormatInt(int64(at.Time), 10), int16(at.Zone)
		}
		out = append(out, j)
	}
	return out
}

func decodeMeta(s string) (*eventlog.Meta, error) {
	m := &eventlog.Meta{}
	if s == "" {
		return m, nil
	}
	var j jsonMeta
	if err := json.Unmarshal([]byte(s), &j); err != nil {
		return nil, fmt.Errorf("decoding what is known of the log as a whole: %w", err)
	}
	m.Extensions, m.Classifiers = j.Extensions, j.Classifiers
	for _, part := range []struct {
		to   *[]eventlog.Attribute
		from []jsonAttribute
	}{{&m.Globals.Trace, j.Trace}, {&m.Globals.Event, j.Event}, {&m.Attributes, j.Attributes}} {
		list, err := fromJSON(part.from)
		if err != nil {
			return nil, fmt.Errorf("decoding what is known of the log as a whole: %w", err)
		}
		*part.to = list
	}
	return m, nil
}

func fromJSON(list []jsonAttribute) ([]eventlog.Attribute, error) {
	var out []eventlog.Attribute
	for _, j := range list {
		v, err := j.value()
		if err != nil {
			return nil, fmt.Errorf("attribute %q: %w", j.Key, err)
		}
		children, err := fromJSON(j.Children)
		if err != nil {
			return nil, fmt.Errorf("attribute %q: %w", j.Key, err)
		}
		out = append(out, eventlog.Attribute{Key: j.Key, Value: v, Children: children})
	}
	return out, nil
}

func (j *jsonAttribute) value() (eventlog.Value, error) {
	kind, ok := eventlog.ParseKind(j.Kind)
	if !ok {
		return eventlog.Value{}, fmt.Errorf("unknown kind %q", j.Kind)
	}
	switch kind {
	case eventlog.KindString:
		return eventlog.Text(j.Value), nil
	case eventlog.KindID:
		return eventlog.ID(j.Value), nil
	case eventlog.KindInt:
		n, err := strconv.ParseInt(j.Value, 10, 64)
		return eventlog.Int(n), err
	case eventlog.KindFloat:
		bits, err := strconv.ParseUint(j.Value, 16, 64)
		return eventlog.Float(math.Float64frombits(bits)), err
	case eventlog.KindBool:
		b, err := strconv.ParseBool(j.Value)
		return eventlog.Bool(b), err
	case eventlog.KindTime:
		n, err := strconv.ParseInt(j.Value, 10, 64)
		return eventlog.TimeValue(eventlog.Stamp{Time: eventlog.Time(n), Zone: eventlog.Zone(j.Zone)}), err
	}
	return eventlog.Group(kind), nil
}
