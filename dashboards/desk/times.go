package desk

import (
	"context"
	"time"

	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
)

// Times is where the time of a log goes.
type Times struct {
	Log         string                     `json:"log"`
	Bottlenecks *performance.Bottlenecks   `json:"bottlenecks"`
	Parties     *performance.Parties       `json:"parties"` // by unit; nil where no units are recorded
	Causes      *performance.WaitingCauses `json:"waiting_causes"`
	Batches     []performance.Batched      `json:"batches"`
	Rework      *performance.Rework        `json:"rework"`
	Workload    *performance.Workload      `json:"workload"`  // by week
	Handovers   []performance.Handover     `json:"handovers"` // between units, else between people
	OfHandovers int                        `json:"of_handovers"`
	Filter      *filter.Effect             `json:"filter,omitempty"`
	Texts       []string                   `json:"warnings"`
	Doubts      []error                    `json:"-"`
}

// mostHandovers bounds the hand-overs told.
const mostHandovers = 200

// Times returns where the time of a log goes. Work is parted from idle time by the
// five-day week of the Russian production calendar on Moscow's clock.
func (d *Desk) Times(ctx context.Context, log string, look Look) (*Times, error) {
	v, err := d.View(ctx, log, look)
	if err != nil {
		return nil, err
	}
	t := &Times{Log: log, Filter: v.left(look)}
	units := v.Log.Units().Len() > 0
	by := performance.ByUnit(v.Log)
	if !units {
		by = performance.ByResource(v.Log)
	}
	if t.Bottlenecks, err = performance.FindBottlenecks(ctx, v.Log, performance.Config{Calendar: office()}); err != nil {
		return nil, err
	}
	if t.Causes, err = performance.FindWaitingCauses(ctx, v.Log, performance.Config{Calendar: office()}, performance.BatchConfig{}); err != nil {
		return nil, err
	}
	if t.Batches, err = performance.FindBatches(ctx, v.Log, performance.BatchConfig{}); err != nil {
		return nil, err
	}
	parties := []error{&measure.Doubt{
		EN: "no units are recorded: in whose court the time was cannot be told; single people are not set beside each other here",
		RU: "подразделения не записаны: нельзя сказать, у кого было дело; отдельные люди здесь не сравниваются",
	}}
	if units {
		if t.Parties, err = performance.FindParties(ctx, v.Log, by); err != nil {
			return nil, err
		}
		parties = t.Parties.Warnings
	}
	if t.Rework, err = performance.FindRework(ctx, v.Log); err != nil {
		return nil, err
	}
	if t.Workload, err = performance.FindWorkload(ctx, v.Log, 7*24*time.Hour); err != nil {
		return nil, input(ctx, err)
	}
	if t.Handovers, t.OfHandovers, err = performance.Handovers(ctx, v.Log, by, mostHandovers); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, list := range [][]error{v.Pairing.Warnings(), t.Bottlenecks.Warnings, t.Causes.Warnings, parties, t.Workload.Warnings} {
		for _, w := range list {
			if !seen[w.Error()] {
				seen[w.Error()] = true
				t.Doubts = append(t.Doubts, w)
			}
		}
	}
	t.Texts = measure.Texts(t.Doubts)
	return t, nil
}
