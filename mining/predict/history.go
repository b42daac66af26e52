package predict

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
)

// clock measures time: by the wall, or by a calendar.
type clock interface {
	// between returns the time from a to b, in microseconds.
	between(a, b eventlog.Time) float64
	// after returns the moment d microseconds after t.
	after(t eventlog.Time, d float64) eventlog.Time
}

type wallClock struct{}

func (wallClock) between(a, b eventlog.Time) float64 { return float64(b - a) }
func (wallClock) after(t eventlog.Time, d float64) eventlog.Time {
	if far := float64(eventlog.MaxTime - t); d >= far {
		return eventlog.MaxTime
	}
	return t + eventlog.Time(math.Round(d))
}

type workClock struct {
	calendar interface {
		BetweenMicros(a, b int64) int64
		AddMicros(t, d int64) int64
	}
}

func (w workClock) between(a, b eventlog.Time) float64 {
	return float64(w.calendar.BetweenMicros(int64(a), int64(b)))
}

func (w workClock) after(t eventlog.Time, d float64) eventlog.Time {
	if d > 1e17 { // three thousand years
		return eventlog.MaxTime
	}
	return eventlog.Time(w.calendar.AddMicros(int64(t), int64(math.Round(d))))
}

// passage is a case as the log holds it: its moments in order.
type passage struct {
	activity []eventlog.Code
	at       []eventlog.Time
	queue    []float64 // cases at the activity when this one came there, itself not counted
	due      eventlog.Time
	ended    bool // by the end of the log
}

// closing says when a case counts as ended.
type closing struct {
	ends []bool // by activity: it ends the case when it comes last
	// silence is how long a case may stand still before it counts as having ended
	// with its last event; 0 where only ends end cases.
	silence eventlog.Time
}

// ended reports whether a case whose last moment so far is at activity a, at time
// at, counts as ended at t.
func (c closing) ended(a eventlog.Code, at, t eventlog.Time) bool {
	return c.ends[a] || c.silence > 0 && t-at > c.silence
}

// seen returns how many of the passage's moments are not after t.
func (p *passage) seen(t eventlog.Time) int {
	n, _ := slices.BinarySearchFunc(p.at, t+1, func(x, t eventlog.Time) int { return cmp.Compare(x, t) })
	return n
}

// passages reads the log, with the queue at each moment.
func passages(ctx context.Context, l *eventlog.Log, ends closing, asOf eventlog.Time, cfg Config) ([]passage, error) {
	out := make([]passage, 0, l.Cases())
	missing := 0
	for i, c := range l.All() {
		if i%between == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		p := passage{activity: c.Activities(), at: c.Times(), due: eventlog.NoTime}
		if n := c.Len(); n > 0 {
			p.ended = ends.ended(p.activity[n-1], p.at[n-1], asOf)
			if cfg.Due != "" {
				if v, ok := c.Attribute(cfg.Due); ok && v.Kind() == eventlog.KindTime {
					p.due = v.Stamp().Time
				} else {
					missing++
				}
			} else if cfg.Limit > 0 {
				p.due = c.First() + eventlog.Time(cfg.Limit.Microseconds())
			}
		}
		out = append(out, p)
	}
	if cfg.Due != "" && missing == l.Cases() && missing > 0 { // a log of no case has too little
		return nil, fmt.Errorf("predicting %q: no case has a moment in the attribute %q", l.Name(), cfg.Due)
	}
	return out, queues(ctx, out, ends.ends, l.Activities().Len())
}

// between is how many cases are read between two looks at the context.
const between = 4096

// queues counts, by a sweep over time, the cases that stand at each activity.
func queues(ctx context.Context, list []passage, ends []bool, activities int) error {
	type step struct {
		at   eventlog.Time
		c, k int32
	}
	events := 0
	for i := range list {
		events += len(list[i].at)
	}
	steps := make([]step, 0, events)
	for c, p := range list {
		for k, at := range p.at {
			steps = append(steps, step{at: at, c: int32(c), k: int32(k)})
		}
		list[c].queue = make([]float64, len(p.at))
	}
	slices.SortFunc(steps, func(x, y step) int {
		if x.at != y.at {
			return cmp.Compare(x.at, y.at)
		}
		return cmp.Or(cmp.Compare(x.c, y.c), cmp.Compare(x.k, y.k))
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	at := make([]float64, activities)
	for _, s := range steps {
		p := &list[s.c]
		if s.k > 0 && !ends[p.activity[s.k-1]] {
			at[p.activity[s.k-1]]--
		}
		a := p.activity[s.k]
		p.queue[s.k] = at[a]
		if !ends[a] {
			at[a]++
		}
	}
	return ctx.Err()
}

// state is a case at a moment: it stands at a stage since some time.
type state struct {
	c, k    int           // case, moment of it that came last
	stage   eventlog.Code // activity of that moment
	since   eventlog.Time
	here    float64 // how long it has been there, by the clock
	elapsed float64 // of the case when it came there, by the clock
	queue   float64
}

// open returns the states of the cases that are open at t, as far as can be seen
// then: begun, and not ended.
func open(list []passage, ends closing, t eventlog.Time, k clock) []state {
	var out []state
	for c := range list {
		p := &list[c]
		n := p.seen(t)
		if n == 0 || ends.ended(p.activity[n-1], p.at[n-1], t) {
			continue
		}
		out = append(out, state{c, n - 1, p.activity[n-1], p.at[n-1], k.between(p.at[n-1], t), k.between(p.at[0], p.at[n-1]), p.queue[n-1]})
	}
	return out
}

// past is a stay of a past case at a stage, as it was known at the cutoff.
type past struct {
	c         int
	here      float64 // how long it stayed, by the clock; at least, where censored
	remaining float64 // from coming there to the end of the case; at least, where not ended
	ended     bool    // the case had ended
	next      eventlog.Code
	elapsed   float64 // logarithms, see model
	queue     float64
	came      float64 // elapsed since the case began, by the clock
}

// history holds the stays of past cases by stage, and the lead times: the most
// recent ones, at most mostPast of each.
type history struct {
	stays   [][]past // by activity
	sooner  [][]past // the same, by ascending remaining
	lead    []past   // whole cases, by ascending remaining, which is the lead time
	silence bool     // cases end by silence
}

// mostPast bounds how many past states an answer looks through.
const mostPast = 4000

// recall returns what was known at the cutoff. Where silence ends cases, nothing is
// known of an open case beyond its last event, for it may have ended there; where
// only certain activities do, it is known to last until the cutoff.
func recall(ctx context.Context, list []passage, ends closing, activities int, cutoff eventlog.Time, k clock) (*history, error) {
	type dated struct {
		past
		from eventlog.Time
		i    int
	}
	var lead []dated
	stays := make([][]dated, activities)
	for c := range list {
		if c%between == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		p := &list[c]
		n := p.seen(cutoff)
		if n == 0 {
			continue
		}
		last := p.at[n-1]
		ended := ends.ended(p.activity[n-1], last, cutoff)
		if !ended && ends.silence == 0 {
			last = cutoff
		}
		lead = append(lead, dated{past{c: c, remaining: k.between(p.at[0], last), ended: ended, next: eventlog.NoCode}, p.at[0], 0})
		for i := range n {
			if ends.ends[p.activity[i]] && i == n-1 {
				continue
			}
			s := past{c: c, ended: ended, remaining: k.between(p.at[i], last), next: eventlog.NoCode, queue: math.Log1p(p.queue[i])}
			s.came = k.between(p.at[0], p.at[i])
			s.elapsed = math.Log1p(s.came / 60e6)
			switch {
			case i+1 < n:
				s.here, s.next = k.between(p.at[i], p.at[i+1]), p.activity[i+1]
			case ended: // by silence, which could not be told from waiting until it was over
				s.here = k.between(p.at[i], p.at[i]+ends.silence)
			default:
				s.here = k.between(p.at[i], cutoff)
			}
			stays[p.activity[i]] = append(stays[p.activity[i]], dated{s, p.at[i], i})
		}
	}
	recent := func(list []dated) []past {
		if len(list) > mostPast {
			slices.SortFunc(list, func(x, y dated) int {
				return cmp.Or(cmp.Compare(y.from, x.from), cmp.Compare(x.c, y.c), cmp.Compare(x.i, y.i))
			})
			list = list[:mostPast]
		}
		out := make([]past, len(list))
		for i, d := range list {
			out[i] = d.past
		}
		return out
	}
	h := &history{stays: make([][]past, activities), sooner: make([][]past, activities), lead: recent(lead), silence: ends.silence > 0}
	bySooner := func(x, y past) int { return cmp.Compare(x.remaining, y.remaining) }
	slices.SortStableFunc(h.lead, bySooner)
	for a, list := range stays {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h.stays[a] = recent(list)
		h.sooner[a] = slices.Clone(h.stays[a])
		slices.SortStableFunc(h.sooner[a], bySooner)
	}
	return h, nil
}
