package conformance

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/petri"
)

// Edges counts what precision by escaping edges is made of, each prefix weighted by
// the traces that go on behind it.
type Edges struct {
	Allowed    int64 `json:"allowed"`    // activities that the net allows behind the prefixes
	Escaping   int64 `json:"escaping"`   // of them, those that no trace takes
	Prefixes   int64 `json:"prefixes"`   // that were counted
	Unreplayed int64 `json:"unreplayed"` // prefixes that the net does not allow, left out
	Skipped    int64 `json:"skipped"`    // events of activities that the net does not have
	Markings   int64 `json:"markings"`   // reachable markings that were visited
}

// Precision is precision by escaping edges.
type Precision struct {
	Value    float64 `json:"-"` // 0 to 1; NaN where it cannot be told, Warnings say why
	Edges    Edges   `json:"edges"`
	Warnings []error `json:"-"`
}

// EscapingEdges returns the precision of a net by escaping edges: the share of the
// activities that the net allows behind the prefixes of the traces that some trace
// takes there (Muñoz-Gama and Carmona 2010, doi:10.1007/978-3-642-15618-2_16).
//
// Every prefix shorter than its trace counts, the empty one included, once for each
// trace. What the net allows behind a prefix is exact: all markings that the prefix
// can lead to are followed at once, through silent transitions too. A prefix that
// the net does not allow is left out and counted, where the paper has fitting logs
// only. An event of an activity that the net does not have leads nowhere else; it
// remains a part of its prefix, so that ⟨a, x⟩ and ⟨a⟩ are two prefixes.
//
// The value is NaN, and a warning says why, where there is nothing to count or
// where the net has more than cfg.MaxStates reachable markings behind the prefixes:
// what was seen until then would overstate the precision. O(events of the variants)
// behind one closure for each state of the net's automaton that the log meets; the
// memory is that of the markings.
func EscapingEdges(ctx context.Context, n *petri.Net, activities *eventlog.Dictionary, variants []eventlog.Variant, cfg Config) (*Precision, error) {
	c, err := prepare(n, cfg)
	if err != nil {
		return nil, fmt.Errorf("measuring precision: %w", err)
	}
	ctx, cancel := cfg.within(ctx)
	defer cancel()
	p, err := c.precision(ctx, coded(c.labelsOf(activities), variants), cfg)
	if err != nil {
		return nil, fmt.Errorf("measuring precision of net %q: %w", n.Name, err)
	}
	return p, nil
}

// sequence is a trace as codes, those of its activities' labels beside them.
type sequence struct {
	codes, labels []int32
	count         int64
}

// coded returns the variants with their labels, in ascending order of their codes.
func coded(labels []int32, variants []eventlog.Variant) []sequence {
	size := 0
	for _, v := range variants {
		size += len(v.Activities)
	}
	arena := make([]int32, 0, 2*size)
	out := make([]sequence, len(variants))
	for i, v := range variants {
		from := len(arena)
		for _, a := range v.Activities {
			arena = append(arena, int32(a))
		}
		mid := len(arena)
		for _, a := range v.Activities {
			arena = append(arena, labelOf(labels, a))
		}
		out[i] = sequence{arena[from:mid:mid], arena[mid:len(arena):len(arena)], int64(v.Count)}
	}
	slices.SortStableFunc(out, func(x, y sequence) int { return slices.Compare(x.codes, y.codes) })
	return out
}

// precision is EscapingEdges of sorted sequences.
func (c *compiled) precision(ctx context.Context, traces []sequence, cfg Config) (*Precision, error) {
	e, err := edgesOf[uint8](ctx, c, traces, cfg.states())
	if errors.Is(err, errNarrow) {
		e, err = edgesOf[uint32](ctx, c, traces, cfg.states())
	}
	p := &Precision{Value: math.NaN(), Edges: e}
	switch {
	case errors.Is(err, errLimit):
		p.Warnings = append(p.Warnings, unexplored(e.Markings))
		return p, nil
	case spent(ctx, err):
		p.Warnings = append(p.Warnings, overdue("precision", "точность", cfg.Budget))
		return p, nil
	case err != nil:
		return nil, err
	case e.Allowed == 0:
		p.Warnings = append(p.Warnings, noPrefix(e.Unreplayed))
		return p, nil
	}
	p.Value = 1 - float64(e.Escaping)/float64(e.Allowed)
	if e.Unreplayed > 0 {
		p.Warnings = append(p.Warnings, unreplayed(e.Unreplayed, e.Unreplayed+e.Prefixes))
	}
	return p, nil
}

func edgesOf[T tokens](ctx context.Context, c *compiled, traces []sequence, limit int) (Edges, error) {
	a, err := newLanguage[T](c, limit)
	if err != nil {
		return Edges{}, err
	}
	e, err := escaping(ctx, a, traces)
	e.Markings = int64(a.graph.len())
	return e, err
}

// escaping counts the edges behind every prefix of the sorted traces. It walks
// their prefix tree and holds one path of it.
func escaping[T tokens](ctx context.Context, a *language[T], traces []sequence) (Edges, error) {
	var sum Edges
	begin, err := a.begin(ctx)
	if err != nil {
		return sum, err
	}
	type node struct {
		state   int32 // pending until a trace goes on behind the prefix
		label   int32 // that led here
		through int64 // traces that go on behind the prefix
		taken   int64 // next activities of them that the net allows
	}
	path := []node{{state: begin}}
	leave := func() {
		p := path[len(path)-1]
		path = path[:len(path)-1]
		switch {
		case p.through == 0:
		case p.state == nowhere:
			sum.Unreplayed += p.through
		default:
			allowed := int64(len(a.states[p.state].enabled))
			sum.Prefixes += p.through
			sum.Allowed += p.through * allowed
			sum.Escaping += p.through * (allowed - p.taken)
		}
	}
	var last []int32
	for i, s := range traces {
		if i&0xff == 0 && ctx.Err() != nil {
			return sum, ctx.Err()
		}
		shared := 0
		for shared < min(len(last), len(s.codes)) && last[shared] == s.codes[shared] {
			shared++
		}
		for len(path) > shared+1 {
			leave()
		}
		for _, l := range s.labels[shared:] {
			p := &path[len(path)-1]
			if p.state == pending {
				if p.state, err = a.step(ctx, path[len(path)-2].state, p.label); err != nil {
					return sum, err
				}
			}
			next := p.state
			if l >= 0 && next != nowhere {
				if next = nowhere; a.allows(p.state, l) {
					next = pending
					p.taken++
				}
			}
			path = append(path, node{state: next, label: l})
		}
		for k, l := range s.labels {
			path[k].through += s.count
			if l < 0 {
				sum.Skipped += s.count
			}
		}
		last = s.codes
	}
	for len(path) > 0 {
		leave()
	}
	return sum, nil
}
