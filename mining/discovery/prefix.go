package discovery

import (
	"context"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
)

// PrefixTree is the tree of all prefixes of the traces of a log: the model that
// allows them and nothing else. Nodes stand in preorder, those below a node in
// order of name; the first is the empty prefix.
type PrefixTree struct {
	Activities []string     `json:"activities"` // ascending
	Nodes      []PrefixNode `json:"nodes"`
}

// PrefixNode is one prefix: that of its parent and one activity.
type PrefixNode struct {
	Activity int   `json:"activity"` // position in Activities, -1 of the empty prefix
	Parent   int   `json:"parent"`   // position in Nodes, -1 of the empty prefix
	Depth    int   `json:"depth"`    // length of the prefix
	Cases    int64 `json:"cases"`    // that have the prefix
	Ends     int64 `json:"ends"`     // that are the prefix
}

// Prefixes returns the prefix tree of the variants. O(n log n) in events of the
// variants; at most one node for each of them.
func Prefixes(ctx context.Context, variants []eventlog.Variant, activities *eventlog.Dictionary) (*PrefixTree, error) {
	w := newWatch(ctx)
	l, err := coded(variants, activities, w)
	if err != nil {
		return nil, fmt.Errorf("building the prefix tree: %w", err)
	}
	t := &PrefixTree{Activities: l.names, Nodes: []PrefixNode{{Activity: -1, Parent: -1, Cases: l.cases(), Ends: l.empty}}}
	path := []int{0} // of the trace before
	var last []int32
	for _, i := range l.sorted() {
		trace, n := l.traces[i], l.counts[i]
		if w.stop(len(trace)) {
			break
		}
		k := 0
		for k < len(last) && k < len(trace) && last[k] == trace[k] {
			k++
			t.Nodes[path[k]].Cases += n
		}
		path = path[:k+1]
		for ; k < len(trace); k++ {
			path = append(path, len(t.Nodes))
			t.Nodes = append(t.Nodes, PrefixNode{Activity: int(trace[k]), Parent: path[k], Depth: k + 1, Cases: n})
		}
		t.Nodes[path[len(trace)]].Ends += n
		last = trace
	}
	if w.err != nil {
		return nil, fmt.Errorf("building the prefix tree: %w", w.err)
	}
	return t, nil
}

// sorted returns the positions of the traces in their order, element by element.
func (l *sublog) sorted() []int {
	out := indices(len(l.traces))
	slices.SortFunc(out, func(i, j int) int { return slices.Compare(l.traces[i], l.traces[j]) })
	return out
}
