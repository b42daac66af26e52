package performance

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Calendar tells working time; mining/calendar's compiled calendars are such.
type Calendar interface {
	// BetweenMicros returns the working time between two instants, all in
	// microseconds, the instants since 1970 in UTC.
	BetweenMicros(from, to int64) int64
}

// Config says how activity instances are measured.
type Config struct {
	// Calendar parts service into processing and idle; nil counts all of it as
	// processing.
	Calendar Calendar
	// AssumeEnabled takes, where no enablement was recorded, the last completion
	// of another activity instance of the case that is not after the start.
	// Waiting is then overstated where activities run beside each other, and that
	// of the first instance of a case stays unknown.
	AssumeEnabled bool
	// Unmanned are the activities that need nobody of the staff, for StreamOf.
	Unmanned []string
}

// ActivityTimes are the times of one activity, in seconds, over its instances.
// The N of each summary counts the instances for which it is known.
type ActivityTimes struct {
	Activity   string
	N          int // instances
	Waiting    measure.Summary
	Service    measure.Summary
	Processing measure.Summary
	Idle       measure.Summary
	Warnings   []error
}

// Activities returns the times of every activity that occurs, in order of name.
// A log of recorded events is paired first (eventlog.Log.Instances). Instances
// without a start, or without an enablement, lack what depends on it; those
// whose times go backwards are left out of it and counted in Warnings.
// O(n log n).
func Activities(l *eventlog.Log, cfg Config) []ActivityTimes {
	l, _ = l.Instances()
	by := make([]gathered, l.Activities().Len())
	for _, c := range l.All() {
		for i, a := range c.Activities() {
			by[a].add(cfg.measure(c, i))
		}
	}
	var out []ActivityTimes
	for a := range by {
		g := &by[a]
		if g.n == 0 {
			continue
		}
		t := ActivityTimes{
			Activity: l.Activities().Name(eventlog.Code(a)), N: g.n,
			Waiting:    measure.Summarize(g.waiting, measure.Second),
			Service:    measure.Summarize(g.service, measure.Second),
			Processing: measure.Summarize(g.processing, measure.Second),
			Idle:       measure.Summarize(g.idle, measure.Second),
		}
		t.Warnings = g.warnings()
		out = append(out, t)
	}
	slices.SortFunc(out, func(x, y ActivityTimes) int { return cmp.Compare(x.Activity, y.Activity) })
	return out
}

// CaseTimes are sums over the activity instances of each case, in seconds, and
// the cycle times beside them.
type CaseTimes struct {
	Cycle      Sample
	Waiting    Sample
	Service    Sample
	Processing Sample
	Idle       Sample
}

// Cases returns the times of every case: cycle time from first to last recorded
// event, and the sums of waiting, service, processing and idle over those of
// its instances for which they are known. A case for which a time is known of
// no instance is left out of that sample; one for which it is known of some
// only is in it, and Warnings counts such cases.
func Cases(l *eventlog.Log, cfg Config) CaseTimes {
	t := CaseTimes{Cycle: CycleTimes(l)}
	l, _ = l.Instances()
	samples := [...]*Sample{&t.Waiting, &t.Service, &t.Processing, &t.Idle}
	var none, some [len(samples)]int
	for position, c := range l.All() {
		var sum [len(samples)]eventlog.Time
		var n [len(samples)]int
		for i := range c.Len() {
			for k, d := range cfg.measure(c, i).parts() {
				if d >= 0 {
					sum[k] += d
					n[k]++
				}
			}
		}
		for k, s := range samples {
			if n[k] > 0 {
				s.add(position, sum[k])
			}
			switch {
			case c.Len() > 0 && n[k] == 0:
				none[k]++
			case n[k] < c.Len():
				some[k]++
			}
		}
	}
	for k, s := range samples {
		what := [...]string{"waiting", "service", "processing", "idle"}[k]
		s.leave(none[k], "has no known "+what, "have no known "+what, "не известно: "+what)
		if some[k] > 0 {
			s.Warnings = append(s.Warnings, fmt.Errorf("%d of %d sums of %s lack some activity instances", some[k], len(s.Seconds), what))
		}
	}
	return t
}

// The reasons why a time of an instance is not known, in place of it.
const (
	unknown   eventlog.Time = -1 // not recorded
	backwards eventlog.Time = -2 // ends before it begins
)

// instance holds the times of one activity instance, in microseconds.
type instance struct{ waiting, service, processing, idle eventlog.Time }

func (t instance) parts() [4]eventlog.Time {
	return [4]eventlog.Time{t.waiting, t.service, t.processing, t.idle}
}

// measure returns the times of the i-th instance of a case.
func (cfg Config) measure(c eventlog.Case, i int) instance {
	t := instance{unknown, unknown, unknown, unknown}
	starts := c.Starts()
	if starts == nil || starts[i] == eventlog.NoTime {
		return t
	}
	start, end := starts[i], c.Times()[i]
	enabled := eventlog.NoTime
	if column := c.Enabled(); column != nil {
		enabled = column[i]
	}
	if enabled == eventlog.NoTime && cfg.AssumeEnabled {
		enabled = completionBefore(c.Times(), i, start)
	}
	if enabled != eventlog.NoTime {
		t.waiting = between(enabled, start)
	}
	t.service = between(start, end)
	switch {
	case t.service < 0 || cfg.Calendar == nil:
		t.processing, t.idle = t.service, min(t.service, 0)
	default:
		t.processing = eventlog.Time(cfg.Calendar.BetweenMicros(int64(start), int64(end)))
		t.idle = t.service - t.processing
	}
	return t
}

func between(from, to eventlog.Time) eventlog.Time {
	if to < from {
		return backwards
	}
	return to - from
}

// completionBefore returns the latest of the ascending times, other than the
// i-th, that is not after at; NoTime where there is none.
func completionBefore(times []eventlog.Time, i int, at eventlog.Time) eventlog.Time {
	k, _ := slices.BinarySearch(times, at+1)
	if k--; k == i {
		k--
	}
	if k < 0 {
		return eventlog.NoTime
	}
	return times[k]
}

// gathered collects the times of one activity.
type gathered struct {
	n                                  int
	waiting, service, processing, idle []float64 // seconds
	noStart, noEnabled                 int
	lateStart, lateEnabled             int
}

func (g *gathered) add(t instance) {
	g.n++
	switch {
	case t.service == unknown:
		g.noStart++
		return
	case t.waiting == unknown:
		g.noEnabled++
	case t.waiting == backwards:
		g.lateEnabled++
	}
	if t.service == backwards {
		g.lateStart++
	}
	for k, into := range [...]*[]float64{&g.waiting, &g.service, &g.processing, &g.idle} {
		if d := t.parts()[k]; d >= 0 {
			*into = append(*into, float64(d)/1e6)
		}
	}
}

func (g *gathered) warnings() []error {
	var w []error
	for _, c := range [...]struct {
		n    int
		what string
	}{
		{g.noStart, "without a recorded start"},
		{g.noEnabled, "with a start, but without a recorded enablement"},
		{g.lateStart, "completed before the start"},
		{g.lateEnabled, "started before the enablement"},
	} {
		if c.n > 0 {
			w = append(w, fmt.Errorf("%d of %d activity instances %s", c.n, g.n, c.what))
		}
	}
	return w
}
