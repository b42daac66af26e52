package performance

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Causes is why instances of an activity waited, in wall-clock seconds summed over
// them. Batching + Contention + Prioritisation + Unavailability + Extraneous is the
// waiting, exactly.
type Causes struct {
	Activity       string         `json:"activity"`
	N              int            `json:"n"` // instances with a start and a resource
	Waiting        measure.Number `json:"waiting_s"`
	Batching       measure.Number `json:"batching_s"`       // until the last of its batch was enabled
	Contention     measure.Number `json:"contention_s"`     // the resource worked on what had waited longer
	Prioritisation measure.Number `json:"prioritisation_s"` // on what came later
	Unavailability measure.Number `json:"unavailability_s"` // outside its working time
	Extraneous     measure.Number `json:"extraneous_s"`     // none of these: something the log does not show
}

// WaitingCauses is why the instances of a log waited. Activities are ordered by
// waiting, the longest first; All sums them.
type WaitingCauses struct {
	Activities []Causes `json:"activities"`
	All        Causes   `json:"all"`
	Without    int      `json:"left_out"` // instances without a start or without a resource
	Warnings   []error  `json:"-"`
}

// FindWaitingCauses decomposes the waiting of each instance, from its enablement to
// its start. First comes batching, until its batch is complete; of the rest, what
// the resource spent on instances enabled no later is contention, on others
// prioritisation, what lies outside cfg.Calendar (nil: always open) unavailability,
// and what remains is extraneous. Where the resource did several things at once,
// contention goes before prioritisation, both before unavailability.
//
// Source: K. Lashkevich, F. Milani, D. Chapela-Campa, I. Suvorau, M. Dumas, "Unveiling
// the causes of waiting time in business processes from event logs", Information
// Systems 126 (2024), section 4. Deviations: one calendar for all resources, not
// one discovered for each; enablement as recorded, else the last completion before
// the start in the case, which overstates waiting where activities run beside each
// other. The log is paired first. O(n log n) and, for each waiting, what its
// resource did meanwhile.
func FindWaitingCauses(ctx context.Context, l *eventlog.Log, cfg Config, batches BatchConfig) (*WaitingCauses, error) {
	if err := batches.Validate(); err != nil {
		return nil, err
	}
	l, _ = l.Instances()
	list, err := instancesOf(ctx, l)
	if err != nil {
		return nil, err
	}
	w := &WaitingCauses{Activities: []Causes{}}
	known := slices.DeleteFunc(slices.Clone(list), func(x stay) bool { return !x.started || x.resource == eventlog.NoCode })
	w.Without = len(list) - len(known)
	ready := map[[2]int]eventlog.Time{} // by case and row: when its batch was complete
	for _, b := range batchesOf(known, batches) {
		for _, x := range b.members {
			ready[[2]int{x.c, x.row}] = min(b.ready, x.start)
		}
	}
	slices.SortFunc(known, func(x, y stay) int {
		return cmp.Or(cmp.Compare(x.resource, y.resource), cmp.Compare(x.start, y.start), cmp.Compare(x.c, y.c), cmp.Compare(x.row, y.row))
	})
	sums := make([][5]float64, l.Activities().Len())
	counts := make([]int, len(sums))
	for lo := 0; lo < len(known); {
		hi := lo
		for hi < len(known) && known[hi].resource == known[lo].resource {
			hi++
		}
		own := known[lo:hi]
		latest := make([]eventlog.Time, len(own)) // greatest end up to each
		for i, x := range own {
			latest[i] = x.end
			if i > 0 {
				latest[i] = max(x.end, latest[i-1])
			}
		}
		for i, x := range own {
			if i%256 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			counts[x.activity]++
			parts := cfg.causes(x, i, own, latest, ready[[2]int{x.c, x.row}])
			for k, v := range parts {
				sums[x.activity][k] += seconds(v)
			}
		}
		lo = hi
	}
	var all [5]float64
	for a, s := range sums {
		if counts[a] == 0 {
			continue
		}
		w.Activities = append(w.Activities, causesOf(l.Activities().Name(eventlog.Code(a)), counts[a], s))
		for k, v := range s {
			all[k] += v
		}
	}
	slices.SortFunc(w.Activities, func(x, y Causes) int {
		return cmp.Or(cmp.Compare(y.Waiting, x.Waiting), cmp.Compare(x.Activity, y.Activity))
	})
	w.All = causesOf("", len(known), all)
	if len(known) == 0 {
		w.All = Causes{Waiting: measure.Number(nan), Batching: measure.Number(nan), Contention: measure.Number(nan), Prioritisation: measure.Number(nan), Unavailability: measure.Number(nan), Extraneous: measure.Number(nan)}
	}
	if w.Without > 0 {
		w.Warnings = append(w.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("%d of %d activity instances lack a start or a resource: why they waited cannot be told", w.Without, len(list)),
			RU: fmt.Sprintf("у %d действий из %d не записаны начало или исполнитель: причину ожидания не назвать", w.Without, len(list)),
		})
	}
	if cfg.Calendar == nil {
		w.Warnings = append(w.Warnings, &measure.Doubt{
			EN: "no working time is given: nights and days off count as extraneous",
			RU: "рабочее время не задано: ночи и выходные отнесены к прочим причинам",
		})
	}
	return w, nil
}

func causesOf(activity string, n int, s [5]float64) Causes {
	return Causes{Activity: activity, N: n, Waiting: measure.Number(s[0] + s[1] + s[2] + s[3] + s[4]), Batching: measure.Number(s[0]), Contention: measure.Number(s[1]),
		Prioritisation: measure.Number(s[2]), Unavailability: measure.Number(s[3]), Extraneous: measure.Number(s[4])}
}

// causes parts the waiting of x, the i-th of its resource's instances by start:
// batching, contention, prioritisation, unavailability, extraneous.
func (cfg Config) causes(x stay, i int, own []stay, latest []eventlog.Time, ready eventlog.Time) (parts [5]eventlog.Time) {
	from := max(x.enabled, ready)
	parts[0] = from - x.enabled
	if from >= x.start {
		return parts
	}
	type stretch struct {
		from, to eventlog.Time
		late     bool // of one that was enabled later
	}
	var busy []stretch
	for j := i - 1; j >= 0 && latest[j] > from; j-- { // what began before x did
		if y := own[j]; y.end > from {
			busy = append(busy, stretch{max(y.start, from), min(y.end, x.start), y.enabled > x.enabled})
		}
	}
	// contention first: what is covered by instances that had waited longer
	cover := func(late bool, over []stretch) []stretch {
		var own []stretch
		for _, b := range busy {
			if b.late == late && b.from < b.to {
				own = append(own, b)
			}
		}
		slices.SortFunc(own, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
		var free []stretch
		for _, gap := range over {
			at := gap.from
			for _, b := range own {
				if b.to <= at || b.from >= gap.to {
					continue
				}
				if b.from > at {
					free = append(free, stretch{at, b.from, false})
				}
				at = max(at, min(b.to, gap.to))
			}
			if at < gap.to {
				free = append(free, stretch{at, gap.to, false})
			}
		}
		return free
	}
	length := func(list []stretch) (sum eventlog.Time) {
		for _, s := range list {
			sum += s.to - s.from
		}
		return sum
	}
	whole := []stretch{{from, x.start, false}}
	rest := cover(false, whole)
	parts[1] = length(whole) - length(rest)
	left := cover(true, rest)
	parts[2] = length(rest) - length(left)
	for _, s := range left {
		open := s.to - s.from
		if cfg.Calendar != nil {
			open = eventlog.Time(cfg.Calendar.BetweenMicros(int64(s.from), int64(s.to)))
		}
		parts[3] += s.to - s.from - open
		parts[4] += open
	}
	return parts
}
