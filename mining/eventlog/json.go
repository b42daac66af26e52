package eventlog

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// ParseValue returns the value that Value.String wrote: text in the form of
// XES. Times without a zone are taken as UTC.
func ParseValue(kind Kind, text string) (Value, error) {
	fault := func(err error) (Value, error) {
		return Value{}, fmt.Errorf("reading %s %q: %w", kind, text, err)
	}
	switch kind {
	case KindString:
		return Text(text), nil
	case KindID:
		return ID(text), nil
	case KindInt:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fault(err)
		}
		return Int(n), nil
	case KindFloat:
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fault(err)
		}
		return Float(x), nil
	case KindBool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fault(err)
		}
		return Bool(b), nil
	case KindTime:
		s, _, err := ParseStamp(text)
		if err != nil {
			return fault(err)
		}
		return TimeValue(s), nil
	case KindList, KindContainer:
		return Group(kind), nil
	}
	return fault(fmt.Errorf("there is no such kind"))
}

// attributeJSON is the form of an attribute in JSON: its kind by the name of
// its XES element, its value as XES writes it, so that nothing is lost.
type attributeJSON struct {
	Key      string      `json:"key"`
	Kind     string      `json:"kind"`
	Value    string      `json:"value,omitempty"`
	Children []Attribute `json:"children,omitempty"`
}

// MarshalJSON writes the attribute with its kind.
func (a Attribute) MarshalJSON() ([]byte, error) {
	return json.Marshal(attributeJSON{a.Key, a.Value.kind.String(), a.Value.String(), a.Children})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (a *Attribute) UnmarshalJSON(b []byte) error {
	var j attributeJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	kind, ok := ParseKind(j.Kind)
	if !ok {
		return fmt.Errorf("reading attribute %q: no kind %q", j.Key, j.Kind)
	}
	v, err := ParseValue(kind, j.Value)
	if err != nil {
		return fmt.Errorf("reading attribute %q: %w", j.Key, err)
	}
	*a = Attribute{Key: j.Key, Value: v, Children: j.Children}
	return nil
}
