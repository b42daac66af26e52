package eventlog

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// Variant is one sequence of activities and the cases that follow it.
type Variant struct {
	Activities []Code // shared with the log; empty for cases without rows
	Count      int    // cases
	First      int    // position of the first such case
}

// Variants returns the distinct sequences of activities, the most frequent
// first, ties by the names of their activities. O(n) in events, and memory for
// one key per variant.
func (l *Log) Variants() []Variant {
	at := map[string]int{}
	var out []Variant
	var key []byte
	for i := range l.spans {
		acts := l.Case(i).Activities()
		key = key[:0]
		for _, a := range acts {
			key = binary.LittleEndian.AppendUint32(key, uint32(a))
		}
		k, ok := at[string(key)]
		if !ok {
			k = len(out)
			at[string(key)] = k
			out = append(out, Variant{Activities: acts, First: i})
		}
		out[k].Count++
	}
	names := l.activities.names
	slices.SortFunc(out, func(x, y Variant) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), slices.CompareFunc(x.Activities, y.Activities, func(a, b Code) int {
			return cmp.Compare(names[a], names[b])
		}))
	})
	return out
}
