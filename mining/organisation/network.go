package organisation

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// By says between whom a network runs.
type By uint8

// Networks run between people (org:resource) or units (org:group).
const (
	People By = iota
	Units
)

// Edge joins two nodes of a network, by their positions. Share is Count over the
// network's Total.
type Edge struct {
	From  int            `json:"from"`
	To    int            `json:"to"`
	Count int64          `json:"count"`
	Cases int64          `json:"cases"` // in which it was seen
	Share measure.Number `json:"share"`
}

// Network is a weighted graph of who works with whom. Nodes are in ascending
// order of name, edges by from, then to. Rows is the number of rows that name
// somebody, of Of in all.
type Network struct {
	Nodes    []string `json:"nodes"`
	Edges    []Edge   `json:"edges"`
	Directed bool     `json:"directed"`
	Total    int64    `json:"total"` // sum of the counts
	Rows     int64    `json:"rows"`
	Of       int64    `json:"of_rows"`
	Cases    int64    `json:"cases"` // that have a row which names somebody
	Warnings []error  `json:"-"`
}

// Handovers returns the handover of work: how often one who is named directly
// follows another in a case; an edge from a node to itself is work that stayed
// there. The sum of all shares is 1.
//
// Source: W. van der Aalst, H. Reijers, M. Song, "Discovering Social Networks
// from Event Logs", CSCW 14 (2005), doi:10.1007/s10606-005-9005-9, direct
// succession, multiple appearances counted. O(n) and a counter for each pair.
func Handovers(ctx context.Context, l *eventlog.Log, by By) (*Network, error) {
	return network(ctx, l, by, true, func(who []eventlog.Code, add func(a, b eventlog.Code)) {
		for i := 1; i < len(who); i++ {
			add(who[i-1], who[i])
		}
	})
}

// Subcontracting returns how often work comes back: somebody hands over to
// another and directly takes over again. The edge leads from the one who hands
// out to the one who does the part in between.
//
// Source: as Handovers, subcontracting with depth 2.
func Subcontracting(ctx context.Context, l *eventlog.Log, by By) (*Network, error) {
	return network(ctx, l, by, true, func(who []eventlog.Code, add func(a, b eventlog.Code)) {
		for i := 2; i < len(who); i++ {
			if who[i] == who[i-2] && who[i] != who[i-1] {
				add(who[i-2], who[i-1])
			}
		}
	})
}

// WorkingTogether returns in how many cases two take part both, whatever they do
// there. It is undirected: From is before To. PM4Py divides these counts by the
// number of events where the paper has cases; Count and Cases are the cases.
//
// Source: as Handovers, metrics based on joint cases. O(n) and, for each case, the
// square of how many take part.
func WorkingTogether(ctx context.Context, l *eventlog.Log, by By) (*Network, error) {
	return network(ctx, l, by, false, func(who []eventlog.Code, add func(a, b eventlog.Code)) {
		set := slices.Clone(who)
		slices.Sort(set)
		set = slices.Compact(set)
		for i, a := range set {
			for _, b := range set[i+1:] {
				add(a, b)
			}
		}
	})
}

// every is how many cases pass between two looks at the context.
const every = 1024

// network counts the pairs that pairs adds for the named of each case.
func network(ctx context.Context, l *eventlog.Log, by By, directed bool, pairs func(who []eventlog.Code, add func(a, b eventlog.Code))) (*Network, error) {
	names, column := l.Resources(), eventlog.Case.Resources
	if by == Units {
		names, column = l.Units(), eventlog.Case.Units
	}
	order, position := byName(names)
	type counter struct{ count, cases, last int64 }
	counters := map[[2]int]*counter{}
	n := &Network{Directed: directed, Of: int64(l.Events())}
	used := make([]bool, len(order))
	var who []eventlog.Code
	for i, c := range l.All() {
		if i%every == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		who = who[:0]
		for _, r := range column(c) {
			if r != eventlog.NoCode {
				who = append(who, r)
				used[position[r]] = true
			}
		}
		if len(who) == 0 {
			continue
		}
		n.Cases++
		n.Rows += int64(len(who))
		pairs(who, func(a, b eventlog.Code) {
			key := [2]int{position[a], position[b]}
			if !directed && key[0] > key[1] {
				key[0], key[1] = key[1], key[0]
			}
			k := counters[key]
			if k == nil {
				k = &counter{}
				counters[key] = k
			}
			k.count++
			if k.last != int64(i)+1 {
				k.last = int64(i) + 1
				k.cases++
			}
			n.Total++
		})
	}
	to := make([]int, len(order))
	for i, c := range order {
		to[i] = len(n.Nodes)
		if used[i] {
			n.Nodes = append(n.Nodes, names.Name(c))
		}
	}
	n.Edges = make([]Edge, 0, len(counters))
	for key, k := range counters {
		n.Edges = append(n.Edges, Edge{to[key[0]], to[key[1]], k.count, k.cases, measure.Number(float64(k.count) / float64(n.Total))})
	}
	slices.SortFunc(n.Edges, func(x, y Edge) int { return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To)) })
	n.Warnings = unnamed(n.Of-n.Rows, n.Of)
	return n, nil
}

// byName returns the codes of a dictionary in the order of their names, and the
// position of each code in it.
func byName(d *eventlog.Dictionary) (order []eventlog.Code, position []int) {
	order = make([]eventlog.Code, d.Len())
	for i := range order {
		order[i] = eventlog.Code(i)
	}
	slices.SortFunc(order, func(x, y eventlog.Code) int { return cmp.Compare(d.Name(x), d.Name(y)) })
	position = make([]int, len(order))
	for i, c := range order {
		position[c] = i
	}
	return order, position
}

// unnamed warns of rows that name nobody.
func unnamed(n, of int64) []error {
	if n == 0 {
		return nil
	}
	return []error{&measure.Doubt{
		EN: fmt.Sprintf("%d of %d rows do not name who acted and are passed over", n, of),
		RU: fmt.Sprintf("не учтено записей без исполнителя: %d из %d", n, of),
	}}
}
