package organisation

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Multitask is how much of somebody's work overlaps in time. Times are in
// wall-clock seconds.
type Multitask struct {
	Name     string         `json:"name"`
	N        int            `json:"n"`         // instances with a start
	Busy     measure.Number `json:"busy_s"`    // time with at least one open instance
	Overlap  measure.Number `json:"overlap_s"` // time with at least two
	Share    measure.Number `json:"share"`     // Overlap over Busy
	Mean     measure.Number `json:"mean_open"` // open instances while busy, over time
	Most     int            `json:"most_open"`
	Instance measure.Number `json:"instances_overlapping"` // share of instances that overlap another
}

// MultitaskReport holds one row for each who acts, by name, and All, over all of
// their time together.
type MultitaskReport struct {
	People   []Multitask `json:"people"`
	All      Multitask   `json:"all"`
	Warnings []error     `json:"-"`
}

// Multitasking returns how much people do at once: instances of one resource that
// are open at the same time. Instances of no length and those without a start
// cannot overlap and are left out, the latter counted. Of a log that records no
// starts nothing can be told: the figures are NaN, and a warning says why. O(n
// log n).
func Multitasking(ctx context.Context, l *eventlog.Log, by By) (*MultitaskReport, error) {
	names, column := l.Resources(), eventlog.Case.Resources
	if by == Units {
		names, column = l.Units(), eventlog.Case.Units
	}
	order, position := byName(names)
	type border struct {
		at       eventlog.Time
		instance int // −1 closes
	}
	borders := make([][]border, len(order))
	var missing, startless int64
	for i, c := range l.All() {
		if i%every == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		who, starts, times := column(c), c.Starts(), c.Times()
		for k := range times {
			switch {
			case who == nil || who[k] == eventlog.NoCode:
				missing++
			case starts == nil || starts[k] == eventlog.NoTime:
				startless++
			case starts[k] < times[k]:
				p := position[who[k]]
				borders[p] = append(borders[p], border{starts[k], len(borders[p])}, border{times[k], -1})
			}
		}
	}
	r := &MultitaskReport{People: []Multitask{}, Warnings: unnamed(missing, int64(l.Events()))}
	if startless > 0 {
		r.Warnings = append(r.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("%d of %d activity instances have no start: how long they were open cannot be told", startless, l.Events()),
			RU: fmt.Sprintf("у %d действий из %d не записано начало: одновременность по ним не видна", startless, l.Events()),
		})
	}
	all := Multitask{}
	weighted, overlapping := 0.0, 0
	for p, list := range borders {
		if len(list) == 0 {
			continue
		}
		slices.SortStableFunc(list, func(x, y border) int { // what closes goes before what opens
			return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(min(x.instance, 0), min(y.instance, 0)))
		})
		m := Multitask{Name: names.Name(order[p]), N: len(list) / 2}
		open, shared, alone := 0, 0, false
		var busy, overlap, sum float64
		for i, b := range list {
			if i > 0 {
				d := float64(b.at-list[i-1].at) / 1e6
				sum += d * float64(open)
				if open > 0 {
					busy += d
				}
				if open > 1 {
					overlap += d
				}
			}
			if b.instance < 0 {
				open--
				continue
			}
			open++
			m.Most = max(m.Most, open)
			if open > 1 {
				shared++
				if open == 2 && alone {
					shared++ // the one that was open by itself until now
				}
			}
			alone = open == 1
		}
		weighted, overlapping = weighted+sum, overlapping+shared
		all.N, all.Most = all.N+m.N, max(all.Most, m.Most)
		all.Busy, all.Overlap = all.Busy+measure.Number(busy), all.Overlap+measure.Number(overlap)
		m.Busy, m.Overlap = measure.Number(busy), measure.Number(overlap)
		m.Share, m.Mean, m.Instance = measure.Number(overlap/busy), measure.Number(sum/busy), measure.Number(float64(shared)/float64(m.N))
		r.People = append(r.People, m)
	}
	if all.N == 0 {
		all.Busy, all.Overlap = measure.Number(math.NaN()), measure.Number(math.NaN())
	}
	all.Share = all.Overlap / all.Busy
	all.Mean = measure.Number(weighted) / all.Busy
	all.Instance = measure.Number(float64(overlapping) / float64(all.N))
	r.All = all
	return r, nil
}
