package eventlog

import (
	"maps"
	"math"
	"slices"
	"strings"
)

// Code is the position of a name in a Dictionary.
type Code uint32

// NoCode marks a name that was not recorded.
const NoCode Code = math.MaxUint32

// Dictionary maps codes to names. It is immutable once its log is built; codes
// are given in the order in which the builder met the names.
type Dictionary struct {
	names []string
	codes map[string]Code
}

// NewDictionary returns a dictionary of the given names, in that order. It
// panics on a repeated name, which is a programmer's error.
func NewDictionary(names ...string) *Dictionary {
	d := &Dictionary{codes: make(map[string]Code, len(names))}
	for _, n := range names {
		if _, dup := d.codes[n]; dup {
			panic("eventlog: name repeated in dictionary: " + n)
		}
		d.intern(n)
	}
	return d
}

// Len returns the number of names.
func (d *Dictionary) Len() int { return len(d.names) }

// Name returns the name of c, and "" for NoCode.
func (d *Dictionary) Name(c Code) string {
	if c == NoCode {
		return ""
	}
	return d.names[c]
}

// Names returns all names by code. The slice must not be changed.
func (d *Dictionary) Names() []string { return d.names }

// Code returns the code of a name, and NoCode and false where there is none.
func (d *Dictionary) Code(name string) (Code, bool) {
	c, ok := d.codes[name]
	if !ok {
		return NoCode, false
	}
	return c, true
}

// intern returns the code of a name, adding it when it is new. The empty name
// is NoCode. The string is copied when it is added, so that callers may reuse
// the bytes behind it.
func (d *Dictionary) intern(name string) Code {
	if name == "" {
		return NoCode
	}
	return d.internAny(name)
}

func (d *Dictionary) clone() *Dictionary {
	return &Dictionary{names: slices.Clone(d.names), codes: maps.Clone(d.codes)}
}

// internAny is intern for attribute values, where the empty string is a value.
func (d *Dictionary) internAny(name string) Code {
	if c, ok := d.codes[name]; ok {
		return c
	}
	name = strings.Clone(name)
	c := Code(len(d.names))
	d.names = append(d.names, name)
	d.codes[name] = c
	return c
}
