// Package outline keeps of a log one line a case: when it began, passed its
// milestones, was due and was last heard of. Boards over millions of events are
// answered from it within a second.
//
//	eventlog.Log ─▶ Of ─▶ Outline ─▶ Write ─▶ file ─▶ Read ─▶ the same Outline
//
// Left out on purpose: the events themselves and the attributes of cases; whoever
// needs them asks the log.
package outline

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
)

// Config says what is kept of a case.
type Config struct {
	Lead     performance.LeadConfig
	Unit     measure.Unit       // of lengths: Second (the zero value), WorkingHour or WorkingDay
	Calendar *calendar.Calendar // of lengths in working time
	Hours    *calendar.Calendar // in which the people work; nil for the wall clock
	// Unmanned are the activities that need nobody of the staff; nil where that is not
	// known. Where a log names people, nobody did the rows that name none; a log that names
	// none tells of work only where Unmanned does.
	Unmanned []string
	// Due tells by when a case must be delivered that began at from, false where that
	// is not known; nil where the log has no limit.
	Due     func(c eventlog.Case, from eventlog.Time) (eventlog.Time, bool)
	DueFrom string // where due dates come from, said again in the outline
	// Ends are the activities after which a case is over, whether it was delivered or not.
	Ends []string
}

// Outline is a log by its cases. Columns have one value a case that has events: first
// those that have a length, the shortest first, so that nobody sorts them again, then the
// others; in order of the log among equals.
type Outline struct {
	IDs         []string
	First, Last []eventlog.Time // earliest and latest time recorded
	From, To    []eventlog.Time // milestones; NoTime where not passed
	Due         []eventlog.Time // NoTime where not known
	Length      []float64       // From to To in the unit of the configuration; NaN where it is none
	Work        []float64       // of people: start to completion within the hours, seconds; NaN where no start is recorded or nobody is known
	Touched     []float64       // seconds between From and To in which somebody worked, side by side counted once; NaN without Length or Work
	At          []eventlog.Code // activity of the last row, into Activities
	Rows        []uint32
	Over        []bool // an activity of Ends was done

	Lead       performance.LeadConfig // between which milestones lengths run
	DueFrom    string
	Ends       []string
	Activities []string
	Left       performance.Left // what Length lacks, by reason
	Pairing    eventlog.Pairing
	Startless  int // rows of people without a start, in cases that have Work
}

// Open reports whether the i-th case has begun and neither is delivered nor over.
func (o *Outline) Open(i int) bool {
	return o.From[i] != eventlog.NoTime && o.To[i] == eventlog.NoTime && !o.Over[i]
}

// Cases returns the number of lines.
func (o *Outline) Cases() int { return len(o.IDs) }

// every is how many cases are read between two looks at the context.
const every = 4096

// Of returns the outline of a log of activity instances. It fails as
// performance.Moments does. O(events + cases · log cases).
func Of(ctx context.Context, l *eventlog.Log, cfg Config) (*Outline, error) {
	from, to, err := performance.Moments(l, cfg.Lead)
	if err != nil {
		return nil, err
	}
	o := &Outline{Lead: cfg.Lead, DueFrom: cfg.DueFrom, Ends: cfg.Ends, Activities: l.Activities().Names()}
	ends := make([]bool, len(o.Activities))
	for _, name := range cfg.Ends {
		if code, ok := l.Activities().Code(name); ok {
			ends[code] = true
		}
	}
	manned, known := performance.Manned(l, cfg.Unmanned...), cfg.Unmanned != nil || l.Resources().Len() > 0
	for i, c := range l.All() {
		if i%every == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		taken := o.Left.Takes(c.Len(), from[i], to[i])
		if c.Len() == 0 {
			continue
		}
		length := math.NaN()
		if taken {
			length = cfg.length(from[i], to[i])
		}
		due := eventlog.NoTime
		if cfg.Due != nil && from[i] != eventlog.NoTime {
			if t, ok := cfg.Due(c, from[i]); ok {
				due = t
			}
		}
		work, startless, touched := math.NaN(), 0, math.NaN()
		if known {
			work, startless = cfg.work(c, manned)
		}
		o.Startless += startless
		if !math.IsNaN(work) && !math.IsNaN(length) {
			touched = cfg.touched(c, manned, from[i], to[i])
		}
		o.IDs = append(o.IDs, c.ID())
		o.First, o.Last = append(o.First, c.First()), append(o.Last, c.Last())
		o.From, o.To, o.Due = append(o.From, from[i]), append(o.To, to[i]), append(o.Due, due)
		o.Length, o.Work = append(o.Length, length), append(o.Work, work)
		o.Touched = append(o.Touched, touched)
		o.Over = append(o.Over, slices.ContainsFunc(c.Activities(), func(a eventlog.Code) bool { return ends[a] }))
		o.At, o.Rows = append(o.At, c.Activities()[c.Len()-1]), append(o.Rows, uint32(c.Len()))
	}
	o.sort()
	return o, nil
}

// sort puts the cases into the order of the outline.
func (o *Outline) sort() {
	order := make([]int, len(o.IDs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := o.Length[a], o.Length[b]
		if math.IsNaN(x) || math.IsNaN(y) { // cmp.Compare puts them first
			return cmp.Compare(y, x)
		}
		return cmp.Compare(x, y)
	})
	for _, column := range o.times() {
		*column = ordered(*column, order)
	}
	o.IDs = ordered(o.IDs, order)
	for _, column := range o.numbers() {
		*column = ordered(*column, order)
	}
	o.At, o.Rows, o.Over = ordered(o.At, order), ordered(o.Rows, order), ordered(o.Over, order)
}

func ordered[T any](column []T, order []int) []T {
	out := make([]T, len(column))
	for i, from := range order {
		out[i] = column[from]
	}
	return out
}

// length is the time between two moments in the unit.
func (cfg Config) length(from, to eventlog.Time) float64 {
	switch {
	case cfg.Calendar != nil && cfg.Unit == measure.WorkingDay:
		return float64(cfg.Calendar.WorkedDays(from.Go(), to.Go()))
	case cfg.Calendar != nil && cfg.Unit == measure.WorkingHour:
		return float64(cfg.Calendar.BetweenMicros(int64(from), int64(to))) / 3600e6
	}
	return float64(to-from) / 1e6
}

// work sums the work of the rows that people did, and counts those among them without a
// start where others have one. It is 0 where nobody of the staff did anything.
func (cfg Config) work(c eventlog.Case, manned func(eventlog.Case, int) bool) (seconds float64, startless int) {
	starts := c.Starts()
	if starts == nil {
		return math.NaN(), 0
	}
	any := false
	for i, t := range c.Times() {
		known := starts[i] != eventlog.NoTime && starts[i] <= t
		any = any || known
		switch {
		case !manned(c, i):
		case known:
			seconds += cfg.within(starts[i], t)
		default:
			startless++
		}
	}
	if !any {
		return math.NaN(), 0
	}
	return seconds, startless
}

// touched is the time between two moments in which at least one person worked: the
// stretches of the rows that people did, joined, within the hours. Seconds.
func (cfg Config) touched(c eventlog.Case, manned func(eventlog.Case, int) bool, from, to eventlog.Time) float64 {
	type stretch struct{ from, to eventlog.Time }
	var all []stretch
	starts := c.Starts()
	for i, t := range c.Times() {
		if starts[i] == eventlog.NoTime || !manned(c, i) {
			continue
		}
		if s := (stretch{max(starts[i], from), min(t, to)}); s.from < s.to {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	seconds, last := 0.0, from
	for _, s := range all {
		if s.from = max(s.from, last); s.from < s.to {
			seconds += cfg.within(s.from, s.to)
			last = s.to
		}
	}
	return seconds
}

// within is the time between two moments in which the people work, in seconds.
func (cfg Config) within(from, to eventlog.Time) float64 {
	if cfg.Hours != nil {
		return float64(cfg.Hours.BetweenMicros(int64(from), int64(to))) / 1e6
	}
	return float64(to-from) / 1e6
}
