package eventlog

import (
	"fmt"
	"strconv"
	"strings"
)

// Columns is a whole log in columns, the form in which a store reads one back.
// Optional columns are nil where no row has a value. FromColumns takes over the
// slices, which must not be changed afterwards.
type Columns struct {
	Cases []string // identifiers, all different
	Ends  []uint32 // of each case: the position behind its last row

	Activities, Resources, Units, Transitions []string // names by code

	Activity   []Code
	Resource   []Code // optional, as are all below but Time and Zone
	Unit       []Code
	Transition []Code
	Time       []Time // ascending within a case
	Zone       []Zone
	Start      []Time
	StartZone  []Zone
	Enabled    []Time

	EventAttributes, CaseAttributes []AttributeColumn
}

// AttributeColumn is one attribute of rows (of events or of cases): Path and Kind
// as in AttributeInfo, ascending rows, and their values: Codes into Names for
// strings and IDs, Codes 0 and 1 for booleans, Bits for ints, floats (IEEE 754)
// and dates (microseconds, with Zones beside them), nothing for lists and
// containers.
type AttributeColumn struct {
	Path  string
	Kind  Kind
	Rows  []uint32
	Codes []Code
	Names []string
	Bits  []uint64
	Zones []Zone
}

// FromColumns returns the log of the given columns, or an error that says what
// does not fit together. O(n), without copying a column.
func FromColumns(name string, meta *Meta, c *Columns) (*Log, error) {
	n := len(c.Activity)
	fault := func(format string, args ...any) (*Log, error) {
		return nil, fmt.Errorf("building log %q from columns: %s", name, fmt.Sprintf(format, args...))
	}
	if len(c.Ends) != len(c.Cases) {
		return fault("%d cases and %d ends of cases", len(c.Cases), len(c.Ends))
	}
	if len(c.Time) != n || len(c.Zone) != n {
		return fault("%d activities, %d times and %d zones", n, len(c.Time), len(c.Zone))
	}
	if c.Start != nil && len(c.StartZone) != len(c.Start) {
		return fault("%d starts and %d zones of them", len(c.Start), len(c.StartZone))
	}
	for _, column := range [...]struct {
		what string
		len  int
		none bool
	}{
		{"resources", len(c.Resource), c.Resource == nil}, {"units", len(c.Unit), c.Unit == nil},
		{"transitions", len(c.Transition), c.Transition == nil},
		{"starts", len(c.Start), c.Start == nil}, {"enablements", len(c.Enabled), c.Enabled == nil},
	} {
		if !column.none && column.len != n {
			return fault("%d activities and %d %s", n, column.len, column.what)
		}
	}
	if meta == nil {
		meta = &Meta{}
	}
	l := &Log{name: name, meta: meta, events: n, spans: make([]span, len(c.Cases))}
	lo := uint32(0)
	for i, hi := range c.Ends {
		if hi < lo || hi > uint32(n) {
			return fault("case %d ends at row %d, the one before at %d of %d", i, hi, lo, n)
		}
		for k := lo + 1; k < hi; k++ {
			if c.Time[k] < c.Time[k-1] {
				return fault("row %d is earlier than the row before it in its case", k)
			}
		}
		l.spans[i] = span{uint32(i), lo, hi}
		lo = hi
	}
	if int(lo) != n {
		return fault("%d of %d rows belong to a case", lo, n)
	}
	for _, column := range [...]struct {
		what   string
		codes  []Code
		names  int
		absent bool
	}{
		{"activity", c.Activity, len(c.Activities), false}, {"resource", c.Resource, len(c.Resources), true},
		{"unit", c.Unit, len(c.Units), true}, {"transition", c.Transition, len(c.Transitions), true},
	} {
		for k, code := range column.codes {
			if int(code) >= column.names && (code != NoCode || !column.absent) {
				return fault("row %d has %s %d of %d", k, column.what, code, column.names)
			}
		}
	}
	l.columns = &columns{
		activity: c.Activity, resource: c.Resource, unit: c.Unit, transition: c.Transition,
		time: c.Time, zone: c.Zone, start: c.Start, startZone: c.StartZone, enabled: c.Enabled,
		caseIDs: c.Cases,
	}
	var err error
	for _, d := range [...]struct {
		to    **Dictionary
		names []string
	}{{&l.activities, c.Activities}, {&l.resources, c.Resources}, {&l.units, c.Units}, {&l.transitions, c.Transitions}} {
		if *d.to, err = dictionaryOf(d.names); err != nil {
			return fault("%v", err)
		}
	}
	if l.eventAttrs, err = attributesOf(c.EventAttributes, n); err != nil {
		return fault("attributes of events: %v", err)
	}
	if l.caseAttrs, err = attributesOf(c.CaseAttributes, len(c.Cases)); err != nil {
		return fault("attributes of cases: %v", err)
	}
	return l, nil
}

func dictionaryOf(names []string) (*Dictionary, error) {
	d := &Dictionary{names: names, codes: make(map[string]Code, len(names))}
	for i, s := range names {
		if _, twice := d.codes[s]; twice {
			return nil, fmt.Errorf("name %q stands twice in a dictionary", s)
		}
		d.codes[s] = Code(i)
	}
	return d, nil
}

func attributesOf(list []AttributeColumn, rows int) (*attributes, error) {
	a := newAttributes()
	for i := range list {
		in := &list[i]
		values, zones := len(in.Rows), 0
		switch in.Kind {
		case KindString, KindID, KindBool:
			values = len(in.Codes)
		case KindInt, KindFloat, KindTime:
			values = len(in.Bits)
		case KindList, KindContainer:
		default:
			return nil, fmt.Errorf("%q is of no known kind: %v", in.Path, in.Kind)
		}
		if in.Kind == KindTime {
			zones = len(in.Rows)
		}
		if values != len(in.Rows) || len(in.Zones) != zones {
			return nil, fmt.Errorf("%q has %d rows, %d values and %d zones", in.Path, len(in.Rows), values, len(in.Zones))
		}
		for k, row := range in.Rows {
			if int(row) >= rows || k > 0 && row <= in.Rows[k-1] {
				return nil, fmt.Errorf("%q: its %d. row is %d of %d, or not above the one before", in.Path, k+1, row, rows)
			}
		}
		if _, twice := a.index[columnKey{in.Path, in.Kind}]; twice {
			return nil, fmt.Errorf("%q of kind %v stands twice", in.Path, in.Kind)
		}
		col := &a.columns[a.column(columnKey{in.Path, in.Kind})]
		col.rows, col.codes, col.bits, col.zones = in.Rows, in.Codes, in.Bits, in.Zones
		if in.Kind == KindString || in.Kind == KindID {
			d, err := dictionaryOf(in.Names)
			if err != nil {
				return nil, fmt.Errorf("%q: %w", in.Path, err)
			}
			for _, code := range in.Codes {
				if int(code) >= len(in.Names) {
					return nil, fmt.Errorf("%q has value %d of %d", in.Path, code, len(in.Names))
				}
			}
			col.dict = d
		}
	}
	return a, nil
}

// Flatten calls visit for every attribute of the list and, after it, for those
// below it, with the path that AttributeInfo describes.
func Flatten(list []Attribute, visit func(path string, v Value)) {
	flattenBelow("", topLevel, list, visit)
}

func flattenBelow(prefix string, parent Kind, list []Attribute, visit func(string, Value)) {
	for i := range list {
		at := &list[i]
		path := at.Key
		if strings.Contains(path, PathSeparator) {
			path = strings.ReplaceAll(path, PathSeparator, "\ufffd")
		}
		if parent != topLevel {
			if parent == KindList {
				path = prefix + PathSeparator + "[" + strconv.Itoa(i) + "]" + path
			} else {
				path = prefix + PathSeparator + path
			}
		}
		visit(path, at.Value)
		if len(at.Children) > 0 {
			flattenBelow(path, at.Value.kind, at.Children, visit)
		}
	}
}
