// Package casetable lays what a log says of its cases out in columns, one value
// a case: attributes of cases, and those of the first row of each, which are
// known when the case begins.
package casetable

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/uprava/uprava/mining/eventlog"
)

// Kind says how a column is to be read.
type Kind uint8

// The kinds. Integers of at most FewValues different values are Nominal.
const (
	Nominal Kind = iota // Codes into Levels
	Numeric             // Values
	Moment              // Values, in seconds since 1970
)

// FewValues is the number of different integers up to which they are names.
const FewValues = 10

// Column holds one value a case.
type Column struct {
	Name      string // path, its parts joined by "/"
	FirstRow  bool   // an attribute of the case's first row, not of the case
	Kind      Kind
	Codes     []int32   // −1 where not recorded
	Levels    []string  // the most frequent first, ties by name
	Counts    []int     // cases of each level
	Values    []float64 // meaningless where Codes is −1
	N         int       // cases with a value
	Different int       // values
}

// Has reports whether the value of the case is recorded.
func (c *Column) Has(i int) bool { return c.Codes[i] >= 0 }

// Attributes returns the attributes of cases and of first rows, in order of name,
// those of cases first. Lists and containers, and attributes of first rows that a
// case attribute repeats by name, are left out. It returns ctx's error where that
// is done. O(cases·attributes·log).
func Attributes(ctx context.Context, l *eventlog.Log) ([]*Column, error) {
	var out []*Column
	taken := map[string]bool{}
	for _, first := range []bool{false, true} {
		infos := l.CaseAttributes()
		if first {
			infos = l.EventAttributes()
		}
		for _, at := range infos {
			name := strings.ReplaceAll(at.Path, eventlog.PathSeparator, "/")
			if at.Kind == eventlog.KindList || at.Kind == eventlog.KindContainer || at.Path == eventlog.InstanceKey {
				continue
			}
			if first && taken[name] {
				continue
			}
			c, err := column(ctx, l, at, first)
			if err != nil {
				return nil, err
			}
			if c.N == 0 {
				continue
			}
			if !first {
				taken[name] = true
			}
			c.Name = name
			out = append(out, c)
		}
	}
	return out, nil
}

func column(ctx context.Context, l *eventlog.Log, at eventlog.AttributeInfo, first bool) (*Column, error) {
	c := &Column{FirstRow: first, Codes: make([]int32, l.Cases())}
	switch at.Kind {
	case eventlog.KindInt, eventlog.KindFloat:
		c.Kind, c.Values = Numeric, make([]float64, l.Cases())
	case eventlog.KindTime:
		c.Kind, c.Values = Moment, make([]float64, l.Cases())
	}
	numbers := map[float64]bool{}
	names := map[string]int32{}
	for i, cs := range l.All() {
		if i%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		c.Codes[i] = -1
		var v eventlog.Value
		var ok bool
		switch {
		case !first:
			v, ok = cs.AttributeOf(at.Path, at.Kind)
		case cs.Len() > 0:
			v, ok = cs.EventAttributeOf(0, at.Path, at.Kind)
		}
		if !ok {
			continue
		}
		c.N++
		switch at.Kind {
		case eventlog.KindInt:
			c.Values[i] = float64(v.Int())
		case eventlog.KindFloat:
			c.Values[i] = v.Float()
		case eventlog.KindTime:
			c.Values[i] = float64(v.Stamp().Time) / 1e6
		default:
			code, known := names[v.String()]
			if !known {
				code = int32(len(c.Levels))
				names[v.String()] = code
				c.Levels = append(c.Levels, v.String())
				c.Counts = append(c.Counts, 0)
			}
			c.Codes[i] = code
			c.Counts[code]++
			continue
		}
		if c.Values[i] != c.Values[i] { // NaN is no value
			c.N--
			continue
		}
		c.Codes[i] = 0
		numbers[c.Values[i]] = true
	}
	c.Different = len(c.Levels) + len(numbers)
	if at.Kind == eventlog.KindInt && len(numbers) <= FewValues {
		c.name(numbers)
	}
	if c.Kind == Nominal {
		c.sort()
	}
	return c, nil
}

// name turns a column of few integers into one of names.
func (c *Column) name(numbers map[float64]bool) {
	codes := map[float64]int32{}
	for _, v := range sortedKeys(numbers) {
		codes[v] = int32(len(c.Levels))
		c.Levels = append(c.Levels, strconv.FormatFloat(v, 'f', -1, 64))
	}
	c.Counts = make([]int, len(c.Levels))
	for i, code := range c.Codes {
		if code >= 0 {
			c.Codes[i] = codes[c.Values[i]]
			c.Counts[c.Codes[i]]++
		}
	}
	c.Kind, c.Values = Nominal, nil
}

func sortedKeys(m map[float64]bool) []float64 {
	out := make([]float64, 0, len(m))
	for v := range m {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

// sort orders the levels by frequency, ties by name.
func (c *Column) sort() {
	order := make([]int, len(c.Levels))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(c.Counts[b], c.Counts[a]), cmp.Compare(c.Levels[a], c.Levels[b]))
	})
	to := make([]int32, len(order))
	levels, counts := make([]string, len(order)), make([]int, len(order))
	for i, old := range order {
		to[old], levels[i], counts[i] = int32(i), c.Levels[old], c.Counts[old]
	}
	c.Levels, c.Counts = levels, counts
	for i, code := range c.Codes {
		if code >= 0 {
			c.Codes[i] = to[code]
		}
	}
}

// Named returns a nominal column of the given texts, "" where not known.
func Named(name string, texts []string) *Column {
	c := &Column{Name: name, Codes: make([]int32, len(texts))}
	codes := map[string]int32{}
	for i, s := range texts {
		c.Codes[i] = -1
		if s == "" {
			continue
		}
		code, known := codes[s]
		if !known {
			code = int32(len(c.Levels))
			codes[s] = code
			c.Levels, c.Counts = append(c.Levels, s), append(c.Counts, 0)
		}
		c.Codes[i] = code
		c.Counts[code]++
		c.N++
	}
	c.Different = len(c.Levels)
	c.sort()
	return c
}

// Numbered returns a numeric column; NaN is not known.
func Numbered(name string, values []float64) *Column {
	c := &Column{Name: name, Kind: Numeric, Values: values, Codes: make([]int32, len(values))}
	numbers := map[float64]bool{}
	for i, v := range values {
		c.Codes[i] = -1
		if v == v {
			c.Codes[i] = 0
			c.N++
			numbers[v] = true
		}
	}
	c.Different = len(numbers)
	return c
}
