package eventlog

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Kind is the type of an attribute's value; the names are those of XES.
type Kind uint8

// The kinds of IEEE 1849-2016, section 4.4.
const (
	KindString Kind = iota
	KindTime
	KindInt
	KindFloat
	KindBool
	KindID
	KindList      // holds only children, in order
	KindContainer // holds only children, without order
)

var kindNames = [...]string{"string", "date", "int", "float", "boolean", "id", "list", "container"}

// String returns the XES element name of the kind.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// ParseKind returns the kind with the given XES element name.
func ParseKind(s string) (Kind, bool) {
	for k, n := range kindNames {
		if n == s {
			return Kind(k), true
		}
	}
	return 0, false
}

// Value is one attribute value. The zero Value is the empty string.
type Value struct {
	kind Kind
	zone Zone
	bits uint64
	text string
}

// Text, ID, Int, Float, Bool, TimeValue and Group make values. Group is for lists
// and containers, which hold only children.
func Text(s string) Value     { return Value{kind: KindString, text: s} }
func ID(s string) Value       { return Value{kind: KindID, text: s} }
func Int(i int64) Value       { return Value{kind: KindInt, bits: uint64(i)} }
func Float(f float64) Value   { return Value{kind: KindFloat, bits: math.Float64bits(f)} }
func TimeValue(s Stamp) Value { return Value{kind: KindTime, zone: s.Zone, bits: uint64(s.Time)} }
func Group(k Kind) Value      { return Value{kind: k} }
func Bool(b bool) Value {
	if b {
		return Value{kind: KindBool, bits: 1}
	}
	return Value{kind: KindBool}
}

// Kind returns the type of the value.
func (v Value) Kind() Kind { return v.kind }

// Text returns the characters of a string or ID, and "" for other kinds.
func (v Value) Text() string { return v.text }

// Int returns the number of an int value.
func (v Value) Int() int64 { return int64(v.bits) }

// Float returns the number of a float value.
func (v Value) Float() float64 { return math.Float64frombits(v.bits) }

// Bool returns the truth of a boolean value.
func (v Value) Bool() bool { return v.bits != 0 }

// Stamp returns the instant of a time value.
func (v Value) Stamp() Stamp { return Stamp{Time(v.bits), v.zone} }

// Equal reports whether two values are of the same kind and content; a NaN
// equals itself, so that logs that hold one can be compared.
func (v Value) Equal(w Value) bool { return v == w }

// String returns the value as it is written in XES; "" for lists and containers.
func (v Value) String() string {
	switch v.kind {
	case KindString, KindID:
		return v.text
	case KindInt:
		return strconv.FormatInt(v.Int(), 10)
	case KindFloat:
		switch f := v.Float(); { // as xs:double spells them
		case math.IsInf(f, 1):
			return "INF"
		case math.IsInf(f, -1):
			return "-INF"
		default:
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
	case KindBool:
		return strconv.FormatBool(v.Bool())
	case KindTime:
		return v.Stamp().Go().Format(time.RFC3339Nano)
	}
	return ""
}

// Attribute is a key, its value and, as XES allows, attributes of its own.
type Attribute struct {
	Key      string
	Value    Value
	Children []Attribute
}
