package eventlog

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
)

// Diff tells the first difference between two logs, "" when they hold the same
// cases, events and attributes in the same order. Names of logs, and the codes
// of dictionaries, do not count; order of attributes within an element does not
// count either, as XES gives it no meaning.
func Diff(a, b *Log) string {
	if a.Cases() != b.Cases() {
		return fmt.Sprintf("%d cases and %d", a.Cases(), b.Cases())
	}
	if a.Events() != b.Events() {
		return fmt.Sprintf("%d events and %d", a.Events(), b.Events())
	}
	for i := range a.Cases() {
		x, y := a.Case(i), b.Case(i)
		if x.ID() != y.ID() {
			return fmt.Sprintf("case %d: %q and %q", i, x.ID(), y.ID())
		}
		if u, v := sorted(x.Attributes()), sorted(y.Attributes()); !reflect.DeepEqual(u, v) {
			return fmt.Sprintf("case %q: attributes %v and %v", x.ID(), u, v)
		}
		if x.Len() != y.Len() {
			return fmt.Sprintf("case %q: %d events and %d", x.ID(), x.Len(), y.Len())
		}
		for j := range x.Len() {
			e, f := x.Event(j), y.Event(j)
			e.Attributes, f.Attributes = sorted(e.Attributes), sorted(f.Attributes)
			if !reflect.DeepEqual(e, f) {
				return fmt.Sprintf("case %q, event %d: %+v and %+v", x.ID(), j, e, f)
			}
		}
	}
	return ""
}

func sorted(list []Attribute) []Attribute {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	for i := range list {
		if list[i].Value.kind != KindList {
			list[i].Children = sorted(list[i].Children)
			continue
		}
		items := slices.Clone(list[i].Children) // their order is theirs
		for j := range items {
			items[j].Children = sorted(items[j].Children)
		}
		list[i].Children = items
	}
	slices.SortStableFunc(list, func(x, y Attribute) int {
		return cmp.Or(cmp.Compare(x.Key, y.Key), cmp.Compare(x.Value.kind, y.Value.kind))
	})
	return list
}
