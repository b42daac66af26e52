package calendar

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

var columns = []string{"date", "kind", "short", "holiday", "moved_from"}

// ReadCSV reads an amendment from comma-separated text with the columns date,
// kind, short, holiday, moved_from in any order; date and kind must be there. A
// row of kind "year" with a bare year for its date says that the file describes
// that year wholly. All faults are reported, each with name, line and column.
func ReadCSV(name string, r io.Reader) (*Amendment, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = -1
	header, err := rows.Read()
	if err == io.EOF {
		return nil, fmt.Errorf("reading %q: line 1: no header, wanted %q", name, columns)
	} else if err != nil {
		return nil, fmt.Errorf("reading %q: %w", name, err)
	}
	at := map[string]int{}
	for i, h := range header {
		if i == 0 {
			h = trimBOM(h)
		}
		if !slices.Contains(columns, h) {
			return nil, fmt.Errorf("reading %q: line 1: column %q is not one of %q", name, h, columns)
		}
		at[h] = i
	}
	for _, must := range columns[:2] {
		if _, ok := at[must]; !ok {
			return nil, fmt.Errorf("reading %q: line 1: no column %q", name, must)
		}
	}
	var e entries
	for {
		row, err := rows.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			e.fault(fmt.Errorf("reading %q: %w", name, err))
			if pe := new(csv.ParseError); errors.As(err, &pe) {
				continue
			}
			break
		}
		f := map[string]field{}
		for column, i := range at {
			if i < len(row) {
				line, pos := rows.FieldPos(i)
				f[column] = field{row[i], fmt.Sprintf("reading %q: line %d, column %d (%s)", name, line, pos, column)}
			}
		}
		line, _ := rows.FieldPos(0)
		e.add(f, fmt.Sprintf("reading %q: line %d", name, line))
	}
	return e.amendment()
}

// ReadYAML reads an amendment such as
//
//	years: [2027]        # years that days describes wholly; may be left out
//	days:
//	  - {date: 2027-02-23, kind: non-working, holiday: defender}
//	  - {date: 2027-04-30, kind: short}
//
// All faults are reported, each with name, line and column.
func ReadYAML(name string, r io.Reader) (*Amendment, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading %q: %w", name, err)
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, fmt.Errorf("reading %q: %w", name, err)
	}
	var e entries
	where := func(n ast.Node, key string) string {
		p := n.GetToken().Position
		return fmt.Sprintf("reading %q: line %d, column %d (%s)", name, p.Line, p.Column, key)
	}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		for _, kv := range mapping(doc.Body) {
			key := kv.Key.String()
			list, ok := kv.Value.(*ast.SequenceNode)
			switch {
			case key != "years" && key != "days":
				e.fault(fmt.Errorf(`%s: key %q is not one of ["years" "days"]`, where(kv.Key, key), key))
			case !ok:
				e.fault(fmt.Errorf("%s: found %s, wanted a list", where(kv.Value, key), kv.Value.Type()))
			case key == "years":
				for _, v := range list.Values {
					e.add(map[string]field{"date": {scalar(v), where(v, key)}, "kind": {"year", ""}}, where(v, key))
				}
			default:
				for _, v := range list.Values {
					f := map[string]field{}
					for _, kv := range mapping(v) {
						k := kv.Key.String()
						if !slices.Contains(columns, k) {
							e.fault(fmt.Errorf("%s: key %q is not one of %q", where(kv.Key, k), k, columns))
						}
						f[k] = field{scalar(kv.Value), where(kv.Value, k)}
					}
					e.add(f, where(v, key))
				}
			}
		}
		if mapping(doc.Body) == nil {
			e.fault(fmt.Errorf("%s: found %s, wanted the keys years and days", where(doc.Body, "document"), doc.Body.Type()))
		}
	}
	return e.amendment()
}

func mapping(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

func scalar(n ast.Node) string {
	if s, ok := n.(*ast.StringNode); ok {
		return s.Value
	}
	return n.GetToken().Value
}

type field struct{ value, where string }

// entries collects days, years and faults.
type entries struct {
	a      Amendment
	seen   map[Date]bool
	faults []error
}

func (e *entries) fault(err error) { e.faults = append(e.faults, err) }

func (e *entries) amendment() (*Amendment, error) {
	if len(e.faults) > 0 {
		return nil, errors.Join(e.faults...)
	}
	return &e.a, nil
}

// add reads one entry; where names its place for what is missing from it.
func (e *entries) add(f map[string]field, where string) {
	before := len(e.faults)
	if f["kind"].value == "year" {
		y, err := strconv.Atoi(f["date"].value)
		if err != nil || y < minYear || y > maxYear {
			e.fault(fmt.Errorf("%s: found %q, wanted a year from %d to %d", f["date"].where, f["date"].value, minYear, maxYear))
			return
		}
		e.a.Years = append(e.a.Years, y)
		return
	}
	var d Day
	var err error
	if f["date"].value == "" {
		e.fault(fmt.Errorf("%s: no date", where))
	} else if d.Date, err = ParseDate(f["date"].value); err != nil {
		e.fault(fmt.Errorf("%s: %w", f["date"].where, err))
	}
	kind := slices.Index(kindNames[:], f["kind"].value)
	if f["kind"].value == "" {
		e.fault(fmt.Errorf("%s: no kind, wanted one of %q", where, kindNames[:]))
	} else if kind < 0 {
		e.fault(fmt.Errorf("%s: found %q, wanted one of %q", f["kind"].where, f["kind"].value, kindNames[:]))
	}
	switch s := f["short"].value; s {
	case "", "0", "false":
		d.Short = kind == int(Short)
	case "1", "true":
		d.Short = true
	default:
		e.fault(fmt.Errorf("%s: found %q, wanted 0 or 1", f["short"].where, s))
	}
	if s := f["moved_from"].value; s != "" {
		if d.MovedFrom, err = ParseDate(s); err != nil {
			e.fault(fmt.Errorf("%s: %w", f["moved_from"].where, err))
		}
		d.Moved = true
	}
	if e.seen == nil {
		e.seen = map[Date]bool{}
	}
	if len(e.faults) > before {
		return
	}
	if e.seen[d.Date] {
		e.fault(fmt.Errorf("%s: day %s stands twice", where, d.Date))
	}
	e.seen[d.Date] = true
	d.Kind, d.Holiday = Kind(kind), f["holiday"].value
	e.a.Days = append(e.a.Days, d)
}

func trimBOM(s string) string {
	if len(s) >= 3 && s[:3] == "\ufeff" {
		return s[3:]
	}
	return s
}
