// Package distance tells how far two event logs are apart, such as a simulated one
// from what happened: D. Chapela-Campa, I. Benchekroun, O. Baron, M. Dumas, D. Krass,
// A. Senderovich, "A framework for measuring the quality of business process
// simulation models", Information Systems 127 (2025),
// doi:10.1016/j.is.2024.102447.
//
//	two logs of activity instances ─▶ Between ─▶ Distances, 0 for logs that agree
//
// Left out on purpose: resources and attributes, and a single figure over all.
package distance

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Distances are the distances between two logs. N-grams: the share of n-grams, 0 to
// 1, that one log has and the other lacks. The others: hours of the earth mover's
// distance between distributions (Wasserstein-1).
type Distances struct {
	Ngram2    measure.Number `json:"ngram_2"`
	Ngram3    measure.Number `json:"ngram_3"`
	Absolute  measure.Number `json:"absolute_event"`
	Circadian measure.Number `json:"circadian_event"`
	Relative  measure.Number `json:"relative_event"`
	Cycle     measure.Number `json:"cycle_time"`
	Arrival   measure.Number `json:"case_arrival"`

	Cases    [2]int  `json:"-"`
	Events   [2]int  `json:"-"` // activity instances
	Warnings []error `json:"-"` // measure.Doubt
}

// Between returns the distances between two logs of activity instances.
//
// N-grams are of activities in the order of (start, end), with n−1 blanks at both
// ends of a case; the distance is the sum of the absolute differences of their counts
// over the sum of the counts. Events are the starts and the ends of instances, in
// whole hours of local time: absolute, from the earliest hour of both logs;
// circadian, the hour of the day, for each weekday apart, the mean of the seven, 23
// for a weekday on which one log has no events and 0 where neither has; relative, from
// the first start of their case. Arrivals are the first starts of cases, in whole
// hours; cycle times, from the first start to the last end, in bins of an hour above
// the shortest of both logs. An instance without a recorded start starts as it ends.
//
// Local time is that of the zone, or of each event as recorded where zone is nil.
// Logs without events are an error, and so is the context's end. O(n log n).
func Between(ctx context.Context, a, b *eventlog.Log, zone *time.Location) (*Distances, error) {
	d := &Distances{}
	var logs [2]*observed
	for i, l := range []*eventlog.Log{a, b} {
		x, err := observe(ctx, l, zone)
		if err != nil {
			return nil, fmt.Errorf("measuring the distance between %q and %q: %w", a.Name(), b.Name(), err)
		}
		logs[i] = x
		d.Cases[i], d.Events[i] = len(x.arrivals), len(x.absolute)/2
		if x.guessed > 0 {
			d.Warnings = append(d.Warnings, &measure.Doubt{
				EN: fmt.Sprintf("%d of %d activity instances of %s have no recorded start: they count as starting when they end", x.guessed, d.Events[i], l.Name()),
				RU: fmt.Sprintf("у %d из %d экземпляров действий журнала %s начало не записано: они считаются начатыми в момент окончания", x.guessed, d.Events[i], l.Name()),
			})
		}
	}
	x, y := logs[0], logs[1]
	d.Ngram2, d.Ngram3 = ngrams(x.sequences, y.sequences, 2), ngrams(x.sequences, y.sequences, 3)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("measuring the distance between %q and %q: %w", a.Name(), b.Name(), err)
	}
	d.Absolute, d.Relative, d.Arrival = earth(x.absolute, y.absolute), earth(x.relative, y.relative), earth(x.arrivals, y.arrivals)
	for day := range x.circadian {
		d.Circadian += circadian(x.circadian[day], y.circadian[day]) / 7
	}
	shortest := min(slices.Min(x.cycles), slices.Min(y.cycles))
	for _, o := range logs {
		for i, c := range o.cycles {
			o.cycles[i] = (c - shortest) / hour
		}
	}
	d.Cycle = earth(x.cycles, y.cycles)
	return d, nil
}

const hour = int64(time.Hour / time.Microsecond)

// observed is what a log shows. Absolute times are whole hours since 1970.
type observed struct {
	sequences                    [][]string
	absolute, relative, arrivals []int64
	cycles                       []int64 // microseconds
	circadian                    [7][]int64
	guessed                      int
}

func observe(ctx context.Context, l *eventlog.Log, zone *time.Location) (*observed, error) {
	if l.Events() == 0 {
		return nil, fmt.Errorf("the log %q has no events", l.Name())
	}
	o := &observed{}
	type instance struct {
		start, end int64 // local
		activity   string
	}
	var list []instance
	for k, c := range l.All() {
		if k%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if c.Len() == 0 {
			continue
		}
		list = list[:0]
		starts := c.Starts()
		for i, a := range c.Activities() {
			x := instance{end: local(c.Times()[i], c.Zones()[i], zone), activity: l.Activities().Name(a)}
			x.start = x.end
			if starts != nil && starts[i] != eventlog.NoTime {
				x.start = local(starts[i], c.Zones()[i], zone)
			} else {
				o.guessed++
			}
			list = append(list, x)
		}
		slices.SortStableFunc(list, func(x, y instance) int {
			return cmp.Or(cmp.Compare(x.start, y.start), cmp.Compare(x.end, y.end), strings.Compare(x.activity, y.activity))
		})
		first, last := list[0].start, int64(math.MinInt64)
		seq := make([]string, len(list))
		for i, x := range list {
			seq[i], last = x.activity, max(last, x.end)
			for _, t := range [2]int64{x.start, x.end} {
				h := floor(t, hour)
				o.absolute = append(o.absolute, h)
				o.relative = append(o.relative, floor(t-first, hour))
				day := ((floor(h, 24)+4)%7 + 7) % 7 // 1 January 1970 was a Thursday
				o.circadian[day] = append(o.circadian[day], h-24*floor(h, 24))
			}
		}
		o.sequences = append(o.sequences, seq)
		o.arrivals = append(o.arrivals, floor(first, hour))
		o.cycles = append(o.cycles, last-first)
	}
	if o.guessed == len(o.absolute)/2 {
		o.guessed = 0 // a log of moments: nothing is guessed of some and known of others
	}
	return o, nil
}

// local returns the wall clock's reading at t, in microseconds since its 1970.
func local(t eventlog.Time, recorded eventlog.Zone, zone *time.Location) int64 {
	if zone == nil {
		return int64(t) + int64(recorded)*int64(time.Minute/time.Microsecond)
	}
	_, offset := t.Go().In(zone).Zone()
	return int64(t) + int64(offset)*1e6
}

func floor(x, by int64) int64 {
	q := x / by
	if x%by < 0 {
		q--
	}
	return q
}

// ngrams returns the share of n-grams that only one side has.
func ngrams(a, b [][]string, n int) measure.Number {
	count := map[string]int{}
	total := 0
	gram := make([]string, n)
	for side, list := range [2][][]string{a, b} {
		for _, seq := range list {
			for i := range len(seq) + n - 1 {
				for k := range n {
					gram[k] = ""
					if j := i + k - (n - 1); j >= 0 && j < len(seq) {
						gram[k] = seq[j]
					}
				}
				key := strings.Join(gram, "\x00")
				count[key] += 1 - 2*side
				total++
			}
		}
	}
	differ := 0
	for _, c := range count {
		differ += max(c, -c)
	}
	return measure.Number(float64(differ) / float64(total))
}

// earth returns the earth mover's distance between two samples, which it sorts: the
// area between their distribution functions.
func earth(a, b []int64) measure.Number {
	slices.Sort(a)
	slices.Sort(b)
	i, j, area := 0, 0, 0.0
	at := min(a[0], b[0])
	for i < len(a) || j < len(b) {
		next := int64(math.MaxInt64)
		if i < len(a) {
			next = a[i]
		}
		if j < len(b) {
			next = min(next, b[j])
		}
		area += float64(next-at) * math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b)))
		for at = next; i < len(a) && a[i] == at; i++ {
		}
		for ; j < len(b) && b[j] == at; j++ {
		}
	}
	return measure.Number(area)
}

func circadian(a, b []int64) measure.Number {
	switch {
	case len(a) == 0 && len(b) == 0:
		return 0
	case len(a) == 0 || len(b) == 0:
		return 23
	}
	return earth(a, b)
}
