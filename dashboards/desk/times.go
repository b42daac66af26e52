package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
)

// Times is where the time of a log goes.
type Times struct {
	Log         string                     `json:"log"`
	Bottlenecks *performance.Bottlenecks   `json:"bottlenecks"`
	Parties     *performance.Parties       `json:"parties"` // by the parties named or by unit; nil where there are neither
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
// five-day week of the Russian production calendar on Moscow's clock. Parties are
// those that parties names for an activity, else the units recorded; an activity that
// the log does not have is an InputError.
func (d *Desk) Times(ctx context.Context, log string, look Look, parties map[string]string) (*Times, error) {
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
	courts, err := byParty(v.Log, parties)
	if err != nil {
		return nil, err
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
	doubts := []error{&measure.Doubt{
		EN: "no units are recorded and no parties named: in whose court the time was cannot be told; single people are not set beside each other here",
		RU: "подразделения не записаны и стороны не названы: нельзя сказать, у кого было дело; отдельные люди здесь не сравниваются",
	}}
	if units || len(parties) > 0 {
		if t.Parties, err = performance.FindParties(ctx, v.Log, courts); err != nil {
			return nil, err
		}
		doubts = t.Parties.Warnings
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
	for _, list := range [][]error{v.Pairing.Warnings(), t.Bottlenecks.Warnings, t.Causes.Warnings, doubts, t.Workload.Warnings} {
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

// byParty names the party of a row: that of its activity where parties has one, else
// its unit.
func byParty(l *eventlog.Log, parties map[string]string) (performance.Grouping, error) {
	unit := performance.ByUnit(l)
	named := make([]string, l.Activities().Len())
	left := maps.Clone(parties)
	for code, activity := range l.Activities().Names() {
		named[code] = parties[activity]
		delete(left, activity)
	}
	if len(left) > 0 {
		return nil, InputError{fmt.Errorf("naming parties: the log %q has no activities %q", l.Name(), slices.Sorted(maps.Keys(left)))}
	}
	return func(c eventlog.Case, row int) string {
		if party := named[c.Activities()[row]]; party != "" {
			return party
		}
		return unit(c, row)
	}, nil
}
