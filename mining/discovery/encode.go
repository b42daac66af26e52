package discovery

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/processtree"
)

// encode turns variants into a log of codes in the order of the names.
func encode[V processtree.Variants](variants []V, w *watch) (*sublog, error) {
	codes := map[string]int32{}
	var names []string
	for i := range variants {
		v := processtree.Variant(variants[i])
		for _, a := range v.Activities {
			if _, known := codes[a]; !known {
				codes[a] = 0
				names = append(names, a)
			}
		}
		if w.stop(len(v.Activities)) {
			return nil, w.err
		}
	}
	if len(names) > math.MaxInt32 {
		return nil, errors.New("too many activities")
	}
	slices.Sort(names)
	for i, a := range names {
		codes[a] = int32(i)
	}
	l := newSublog(names, w)
	var trace []int32
	for i := range variants {
		v := processtree.Variant(variants[i])
		if v.Count < 0 {
			return nil, fmt.Errorf("variant %d has the count %d", i, v.Count)
		}
		if v.Count == 0 {
			continue
		}
		trace = trace[:0]
		for _, a := range v.Activities {
			trace = append(trace, codes[a])
		}
		l.add(trace, v.Count)
		if w.stop(len(v.Activities)) {
			return nil, w.err
		}
	}
	return l, nil
}

// coded is encode for variants of codes. Only activities that occur are taken
// over.
func coded(variants []eventlog.Variant, activities *eventlog.Dictionary, w *watch) (*sublog, error) {
	names := activities.Names()
	rank := make([]int32, len(names))
	var used []eventlog.Code
	for i, v := range variants {
		if v.Count < 0 {
			return nil, fmt.Errorf("variant %d has the count %d", i, v.Count)
		}
		if v.Count == 0 {
			continue
		}
		for _, a := range v.Activities {
			if int(a) >= len(names) {
				return nil, fmt.Errorf("variant %d has the activity code %d of a dictionary of %d", i, a, len(names))
			}
			if rank[a] == 0 {
				rank[a] = 1
				used = append(used, a)
			}
		}
		if w.stop(len(v.Activities)) {
			return nil, w.err
		}
	}
	slices.SortFunc(used, func(x, y eventlog.Code) int { return cmp.Compare(names[x], names[y]) })
	l := newSublog(make([]string, len(used)), w)
	for i, a := range used {
		rank[a] = int32(i)
		l.names[i] = names[a]
	}
	var trace []int32
	for _, v := range variants {
		if v.Count == 0 {
			continue
		}
		trace = trace[:0]
		for _, a := range v.Activities {
			trace = append(trace, rank[a])
		}
		l.add(trace, int64(v.Count))
		if w.stop(len(v.Activities)) {
			return nil, w.err
		}
	}
	return l, nil
}
