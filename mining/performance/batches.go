package performance

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// BatchConfig says what is a batch. Zero values take what is in brackets.
type BatchConfig struct {
	Least int           // instances that make a batch [3]
	Gap   time.Duration // from the end of one to the start of the next, at most [1 minute]
}

// Validate reports all faults of the configuration.
func (cfg BatchConfig) Validate() error {
	if cfg.Least < 0 || cfg.Least == 1 || cfg.Gap < 0 {
		return fmt.Errorf("finding batches: at least %d instances and gaps of %v: wanted 2 or more, and 0 or more", cfg.Least, cfg.Gap)
	}
	return nil
}

// Batched is the batch work on one activity. Waiting is the wall-clock time that
// the instances waited, from their enablement, until the last of their batch was
// enabled, in seconds.
type Batched struct {
	Activity   string          `json:"activity"`
	Batches    int             `json:"batches"`
	Instances  int             `json:"instances"` // in batches
	Of         int             `json:"of_instances"`
	Size       measure.Summary `json:"size"`
	Every      measure.Summary `json:"every_s"`        // from the start of one batch to that of the next
	Waiting    measure.Summary `json:"accumulation_s"` // of an instance
	At         int             `json:"simultaneous"`   // batches by kind: all at one time,
	Sequential int             `json:"sequential"`     // one after the other,
	Concurrent int             `json:"concurrent"`     // overlapping
	// Weekday and Hour are those at which most batches begin, on the clock of the
	// wall, with the share of all that do; a weekly signing has a share near 1.
	Weekday      time.Weekday   `json:"weekday"`
	Hour         int            `json:"hour"`
	WeekdayShare measure.Number `json:"weekday_share"`
	HourShare    measure.Number `json:"hour_share"`
}

// batch is a run of instances.
type batch struct {
	members    []stay
	start, end eventlog.Time
	ready      eventlog.Time // the last enablement
}

// stay is one activity instance on its way into analyses of waiting.
type stay struct {
	c, row              int
	activity            eventlog.Code
	resource            eventlog.Code
	enabled, start, end eventlog.Time
	zone                eventlog.Zone
	started             bool
}

// instancesOf returns the instances of a paired log with their enablement: the one
// that was recorded, else the last completion in the case at or before the start,
// else the case's first recorded time. An instance without a start has its
// completion for it.
func instancesOf(ctx context.Context, l *eventlog.Log) ([]stay, error) {
	out := make([]stay, 0, l.Events())
	for i, c := range l.All() {
		if i%512 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		times, starts, enabled, who := c.Times(), c.Starts(), c.Enabled(), c.Resources()
		for row, a := range c.Activities() {
			x := stay{c: i, row: row, activity: a, resource: eventlog.NoCode, start: times[row], end: times[row], zone: c.Zones()[row], enabled: c.First()}
			if starts != nil && starts[row] != eventlog.NoTime && starts[row] <= times[row] {
				x.start, x.started = starts[row], true
			}
			if who != nil {
				x.resource = who[row]
			}
			for before := row - 1; before >= 0; before-- {
				if times[before] <= x.start {
					x.enabled = times[before]
					break
				}
			}
			if enabled != nil && enabled[row] != eventlog.NoTime && enabled[row] <= x.start {
				x.enabled = enabled[row]
			}
			x.enabled = min(x.enabled, x.start)
			out = append(out, x)
		}
	}
	return out, nil
}

// batchesOf returns the batches of instances: of one activity by one resource, of
// different cases, each enabled before the batch began, each begun no later than a
// gap after the end of what came before.
func batchesOf(list []stay, cfg BatchConfig) []batch {
	cfg.Least = cmp.Or(cfg.Least, 3)
	gap := eventlog.Time(cmp.Or(cfg.Gap, time.Minute).Microseconds())
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(x, y stay) int {
		return cmp.Or(cmp.Compare(x.activity, y.activity), cmp.Compare(x.resource, y.resource), cmp.Compare(x.start, y.start), cmp.Compare(x.c, y.c), cmp.Compare(x.row, y.row))
	})
	var out []batch
	var b batch
	cases := map[int]bool{}
	flush := func() {
		if len(b.members) >= cfg.Least {
			out = append(out, b)
		}
		b = batch{}
		clear(cases)
	}
	for _, x := range sorted {
		if n := len(b.members); n > 0 {
			last := b.members[n-1]
			if x.activity != last.activity || x.resource != last.resource || x.start > b.end+gap || x.enabled > b.start || cases[x.c] {
				flush()
			}
		}
		if len(b.members) == 0 {
			b.start, b.end, b.ready = x.start, x.end, x.enabled
		}
		b.members = append(b.members, x)
		b.end, b.ready = max(b.end, x.end), max(b.ready, x.enabled)
		cases[x.c] = true
	}
	flush()
	return out
}

// FindBatches returns the activities that are worked on in batches, those with the
// most instances in batches first. The log is paired first.
//
// A batch is what the papers call one: instances of an activity by one resource,
// processed at once, one right after the other, or overlapping, all of which waited
// when it began (N. Martin, L. Pufahl, F. Mannhardt, "Detection of batch activities
// from event logs", Information Systems 95 (2021), doi:10.1016/j.is.2020.101642;
// K. Lashkevich et al., "Unveiling the causes of waiting time in business processes
// from event logs", Information Systems 126 (2024)). A resource that works off its
// queue without a pause looks the same: WeekdayShare and Every tell the two apart.
// O(n log n).
func FindBatches(ctx context.Context, l *eventlog.Log, cfg BatchConfig) ([]Batched, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	l, _ = l.Instances()
	list, err := instancesOf(ctx, l)
	if err != nil {
		return nil, err
	}
	of := make([]int, l.Activities().Len())
	for _, x := range list {
		of[x.activity]++
	}
	by := map[eventlog.Code][]batch{}
	for _, b := range batchesOf(list, cfg) {
		by[b.members[0].activity] = append(by[b.members[0].activity], b)
	}
	out := []Batched{}
	for a, batches := range by {
		out = append(out, batched(l.Activities().Name(a), of[a], batches))
	}
	slices.SortFunc(out, func(x, y Batched) int {
		return cmp.Or(cmp.Compare(y.Instances, x.Instances), cmp.Compare(x.Activity, y.Activity))
	})
	return out, nil
}

func batched(activity string, of int, batches []batch) Batched {
	r := Batched{Activity: activity, Batches: len(batches), Of: of}
	slices.SortFunc(batches, func(x, y batch) int {
		return cmp.Or(cmp.Compare(x.start, y.start), cmp.Compare(x.members[0].c, y.members[0].c))
	})
	var sizes, every, waiting []float64
	var days [7]int
	var hours [7 * 24]int
	for i, b := range batches {
		sizes = append(sizes, float64(len(b.members)))
		r.Instances += len(b.members)
		if i > 0 {
			every = append(every, seconds(b.start-batches[i-1].start))
		}
		for _, x := range b.members {
			waiting = append(waiting, seconds(b.ready-x.enabled))
		}
		switch b.kind() {
		case simultaneous:
			r.At++
		case sequential:
			r.Sequential++
		default:
			r.Concurrent++
		}
		local := (b.start + eventlog.Time(b.members[0].zone)*60_000_000).Go()
		days[local.Weekday()]++
		hours[int(local.Weekday())*24+local.Hour()]++
	}
	r.Size, r.Every, r.Waiting = measure.Summarize(sizes, measure.Count), measure.Summarize(every, measure.Second), measure.Summarize(waiting, measure.Second)
	day, at := 0, 0
	for d, n := range days {
		if n > days[day] {
			day = d
		}
	}
	for h, n := range hours {
		if n > hours[at] {
			at = h
		}
	}
	r.Weekday, r.Hour = time.Weekday(day), at%24
	r.WeekdayShare, r.HourShare = measure.Number(float64(days[day])/float64(len(batches))), measure.Number(float64(hours[at])/float64(len(batches)))
	return r
}

// The kinds of batches.
const (
	simultaneous = iota
	sequential
	concurrent
)

func (b *batch) kind() int {
	same, overlap := true, false
	for i, x := range b.members {
		same = same && x.start == b.start && x.end == b.end
		overlap = overlap || i > 0 && x.start < b.members[i-1].end
	}
	switch {
	case same:
		return simultaneous
	case overlap:
		return concurrent
	}
	return sequential
}

var nan = math.NaN()
