package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/alignment"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/petri"
)

// AlignedPrecision returns the precision of a net by escaping edges of the runs that
// explain the traces best: of each variant, the activities on the model side of its
// alignment, synchronous and model moves alike. Each prefix of a run that is shorter
// than it counts once for each trace, and what the net allows behind it is exact, as
// in EscapingEdges; a run always replays.
//
// The measure is that of Adriansyah, Munoz-Gama, Carmona, van Dongen, van der Aalst
// 2015, "Measuring precision of modeled behavior", doi:10.1007/s10257-014-0234-7, in
// its variant with one optimal alignment for each trace; the other one takes all
// optimal alignments. Which of several optimal alignments is taken is
// alignment.Align's choice, always the same. An alignment that is not proved to be
// optimal is taken as it is. found must be of the given variants.
func AlignedPrecision(ctx context.Context, n *petri.Net, activities *eventlog.Dictionary, variants []eventlog.Variant, found *alignment.Result, cfg Config) (*Precision, error) {
	c, err := prepare(n, cfg)
	if err != nil {
		return nil, fmt.Errorf("measuring precision of alignments: %w", err)
	}
	if found == nil || len(found.Alignments) != len(variants) {
		return nil, errors.New("measuring precision of alignments: wanted one alignment for each variant")
	}
	ctx, cancel := cfg.within(ctx)
	defer cancel()
	a := newAligned(c, activities, variants)
	for i := range found.Alignments {
		a.add(&found.Alignments[i], found.WorstCost)
	}
	p, err := c.precision(ctx, a.runs(), cfg)
	if err != nil {
		return nil, fmt.Errorf("measuring precision of alignments with net %q: %w", n.Name, err)
	}
	return p, nil
}

// aligned gathers what alignments say of a log.
type aligned struct {
	net         *compiled
	variants    []eventlog.Variant
	labels      []int32
	sum         *tally
	traces      []Trace
	run         [][]int32 // by variant: labels on the model side
	cost, worst int64     // summed over traces
	fitting     int64
	mean        float64 // sum of the fitness of traces
}

func newAligned(c *compiled, activities *eventlog.Dictionary, variants []eventlog.Variant) *aligned {
	labels := c.labelsOf(activities)
	return &aligned{net: c, variants: variants, labels: labels, sum: newTally(c, activities, labels, variants)}
}

// add adds the alignment of the next variant. worst is the cost of the cheapest run
// of the net without a trace.
func (a *aligned) add(x *alignment.Alignment, worst int) {
	v := &a.variants[len(a.traces)]
	n := int64(v.Count)
	t := Trace{Fitness: 1, Fits: x.Cost == 0, Cut: !x.Proved, Cost: int64(x.Cost)}
	if d := len(v.Activities) + worst; d > 0 {
		t.Fitness = 1 - float64(x.Cost)/float64(d)
	}
	a.cost += n * int64(x.Cost)
	a.worst += n * int64(len(v.Activities)+worst)
	a.mean += float64(n) * t.Fitness
	if t.Fits {
		a.fitting += n
	}
	var run []int32
	event := 0
	for _, m := range x.Moves {
		switch m.Kind {
		case alignment.Synchronous:
			a.sum.carry(int32(m.Transition), n, false)
			run = append(run, a.net.label[m.Transition])
			event = m.Event + 1
		case alignment.LogMove:
			code := v.Activities[m.Event]
			if labelOf(a.labels, code) >= 0 {
				a.sum.single[code] += n
			} else {
				t.Skipped++
			}
			t.Deviations = append(t.Deviations, Deviation{Kind: LogOnly, Event: m.Event, Transition: -1, Place: -1})
			event = m.Event + 1
		case alignment.ModelMove:
			a.sum.fire([]int32{int32(m.Transition)}, n)
			run = append(run, a.net.label[m.Transition])
			t.Deviations = append(t.Deviations, Deviation{Kind: ModelOnly, Event: event, Transition: m.Transition, Place: -1})
		case alignment.Silent:
			a.sum.fire([]int32{int32(m.Transition)}, n)
		}
	}
	a.traces, a.run = append(a.traces, t), append(a.run, run)
}

// logFitness returns 1 − cost/worst cost of the whole log; without a worst cost
// there was nothing to deviate from.
func (a *aligned) logFitness() float64 {
	if a.worst == 0 {
		return 1
	}
	return 1 - float64(a.cost)/float64(a.worst)
}

// runs returns the model sides in ascending order.
func (a *aligned) runs() []sequence {
	out := make([]sequence, len(a.run))
	for i, r := range a.run {
		out[i] = sequence{r, r, int64(a.variants[i].Count)}
	}
	slices.SortStableFunc(out, func(x, y sequence) int { return slices.Compare(x.codes, y.codes) })
	return out
}
