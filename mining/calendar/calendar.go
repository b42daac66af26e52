package calendar

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Interval is a half-open stretch [Begin, End) of each day From…To of the week,
// by the clock on the wall since midnight.
type Interval struct {
	From, To time.Weekday // inclusive; From after To wraps over Sunday
	// Begin and End in whole microseconds; End at most 24 h. An end within the
	// last millisecond of the day (23:59:59.999999) means midnight.
	Begin, End time.Duration
}

// Config describes a calendar. Intervals that touch are one; overlapping ones
// are an error.
type Config struct {
	Week []Interval
	// Production adds holidays, moved and short days; nil for none. A short day
	// loses its last hour of working time. A Saturday or Sunday worked in
	// exchange has the hours of the day that was given for it (order 588n of
	// 13.08.2009), or its own where the week opens on it anyway.
	Production *Production
	// Decrees: the days off by decree of 2020 and 2021 are obeyed. Ignored, they
	// are what their day of the week makes them.
	Decrees  bool
	Off      []Period       // closed whatever the week and the production calendar say
	Location *time.Location // nil for UTC
}

// Weekdays returns the week of Monday to Friday with one interval a day.
func Weekdays(begin, end time.Duration) []Interval {
	return []Interval{{From: time.Monday, To: time.Friday, Begin: begin, End: end}}
}

// span is a half-open stretch of a day in microseconds since midnight.
type span struct{ begin, end int64 }

const (
	day      = 24 * 60 * 60 * 1_000_000 // microseconds
	anHour   = 60 * 60 * 1_000_000
	minYear  = 1800 // of the horizon; moments outside are held at its ends
	maxYear  = 2500
	ahead    = 6 // years compiled at first after the moment asked for
	lastTick = 1000
)

// Calendar tells open time from closed. It does not change and may be used by
// many goroutines: what it has worked out is extended as later or earlier
// moments are asked for. Its years are 1800–2500; a moment that would lie
// outside is held at that end.
type Calendar struct {
	week        [7][]span
	short       [7][]span
	production  *Production
	decrees     bool
	off         []Period
	loc         *time.Location
	always      bool  // open round the clock: no need of tables for working time
	first, last int64 // moments of the years of calendars

	table atomic.Pointer[Compiled]
	grow  sync.Mutex
}

// New returns the calendar of the configuration. The error joins all faults: an
// interval outside the day, without length, finer than a microsecond or over
// another one, and a week that never opens.
func New(cfg Config) (*Calendar, error) {
	c := &Calendar{production: cfg.Production, decrees: cfg.Decrees, off: slices.Clone(cfg.Off), loc: cfg.Location}
	if c.loc == nil {
		c.loc = time.UTC
	}
	c.first = NewDate(minYear, 1, 1).Begin(c.loc).UnixMicro()
	c.last = NewDate(maxYear+1, 1, 1).Begin(c.loc).UnixMicro() - 1
	var faults []error
	for i, in := range cfg.Week {
		if err := c.add(in); err != nil {
			faults = append(faults, fmt.Errorf("calendar: interval %d: %w", i+1, err))
		}
	}
	for d := range c.week {
		merged, err := merge(c.week[d])
		if err != nil {
			faults = append(faults, fmt.Errorf("calendar: %s: %w", time.Weekday(d), err))
		}
		c.week[d], c.short[d] = merged, shorten(merged, anHour)
	}
	for _, p := range c.off {
		if p.Last < p.First {
			faults = append(faults, fmt.Errorf("calendar: closed %s, which ends before it begins", p))
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	c.always = c.production == nil && len(c.off) == 0
	open := false
	for d := range c.week {
		open = open || len(c.week[d]) > 0
		c.always = c.always && len(c.week[d]) == 1 && c.week[d][0] == span{0, day}
	}
	if !open {
		return nil, errors.New("calendar: the week never opens, wanted at least one interval")
	}
	if (c.production != nil || len(c.off) > 0) && !c.opensWithin(minYear, maxYear) {
		return nil, errors.New("calendar: never opens: every day with an interval is a day off or is shortened to nothing")
	}
	return c, nil
}

// Without returns the calendar closed on the dates of further periods as well.
func (c *Calendar) Without(off ...Period) (*Calendar, error) {
	cfg := Config{Production: c.production, Decrees: c.decrees, Off: slices.Concat(c.off, off), Location: c.loc}
	for d, spans := range c.week {
		for _, s := range spans {
			day := time.Weekday(d)
			cfg.Week = append(cfg.Week, Interval{From: day, To: day, Begin: time.Duration(s.begin) * time.Microsecond, End: time.Duration(s.end) * time.Microsecond})
		}
	}
	return New(cfg)
}

// Always returns the calendar that never closes. A nil location means UTC.
func Always(loc *time.Location) *Calendar {
	c, err := New(Config{Week: []Interval{{From: time.Sunday, To: time.Saturday, End: 24 * time.Hour}}, Location: loc})
	if err != nil { // constant input
		panic("calendar: " + err.Error())
	}
	return c
}

// Location returns the time zone in which the calendar reads the clock.
func (c *Calendar) Location() *time.Location { return c.loc }

func (c *Calendar) add(in Interval) error {
	if in.From < time.Sunday || in.From > time.Saturday || in.To < time.Sunday || in.To > time.Saturday {
		return fmt.Errorf("days %d to %d: wanted 0 (Sunday) to 6", in.From, in.To)
	}
	if in.Begin < 0 || in.End > 24*time.Hour || in.Begin >= in.End {
		return fmt.Errorf("%v to %v: wanted a beginning before its end, both within 0h to 24h", in.Begin, in.End)
	}
	s := span{in.Begin.Microseconds(), in.End.Microseconds()}
	if s.end >= day-lastTick {
		s.end = day
	} else if in.End%time.Microsecond != 0 {
		return fmt.Errorf("end %v: wanted whole microseconds", in.End)
	}
	if in.Begin%time.Microsecond != 0 {
		return fmt.Errorf("beginning %v: wanted whole microseconds", in.Begin)
	}
	for d := in.From; ; d = (d + 1) % 7 {
		c.week[d] = append(c.week[d], s)
		if d == in.To {
			return nil
		}
	}
}

// merge sorts spans and joins those that touch.
func merge(spans []span) ([]span, error) {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.begin, b.begin) })
	var out []span
	for _, s := range spans {
		n := len(out)
		switch {
		case n > 0 && s.begin < out[n-1].end:
			clock := func(us int64) time.Duration { return time.Duration(us) * time.Microsecond }
			return nil, fmt.Errorf("intervals from %v and from %v overlap", clock(out[n-1].begin), clock(s.begin))
		case n > 0 && s.begin == out[n-1].end:
			out[n-1].end = s.end
		default:
			out = append(out, s)
		}
	}
	return out, nil
}

// shorten cuts the last us microseconds of open time.
func shorten(spans []span, us int64) []span {
	out := slices.Clone(spans)
	for n := len(out); n > 0 && us > 0; n = len(out) {
		length := out[n-1].end - out[n-1].begin
		if length > us {
			out[n-1].end -= us
			break
		}
		us -= length
		out = out[:n-1]
	}
	return out
}

// hours returns the open stretches of a date that the production calendar names
// d. stood is the day whose hours a worked weekend takes.
func (c *Calendar) hours(d Day, stood time.Weekday) []span {
	w := d.Date.Weekday()
	switch d.Kind {
	case NonWorking, Vote:
		return nil
	case Decree:
		if c.decrees {
			return nil
		}
	case Short, Working:
		if len(c.week[w]) == 0 && (w == time.Saturday || w == time.Sunday) {
			w = stood
		}
	}
	if d.Short {
		return c.short[w]
	}
	return c.week[w]
}

// exchange returns, for the weekend days of the year that are worked, the day of
// the week given for them: the day off that was moved from there, else Monday.
func exchange(days []Day) map[Date]time.Weekday {
	var out map[Date]time.Weekday
	for _, d := range days {
		if w := d.Date.Weekday(); (d.Kind == Short || d.Kind == Working) && (w == time.Saturday || w == time.Sunday) {
			if out == nil {
				out = map[Date]time.Weekday{}
			}
			out[d.Date] = time.Monday
			for _, e := range days {
				if e.Moved && e.MovedFrom == d.Date {
					out[d.Date] = e.Date.Weekday()
				}
			}
		}
	}
	return out
}

// dates calls f with the open stretches of each date of the years from…to.
func (c *Calendar) dates(from, to int, f func(Date, []span)) {
	d := NewDate(from, 1, 1)
	for y := from; y <= to; y++ {
		var days []Day
		var stood map[Date]time.Weekday
		if c.production != nil {
			days = c.production.Year(y)
			stood = exchange(days)
		}
		for end := NewDate(y+1, 1, 1); d < end; d++ {
			open := c.week[d.Weekday()]
			if len(days) > 0 && days[0].Date == d {
				open = c.hours(days[0], stood[d])
				days = days[1:]
			}
			if slices.ContainsFunc(c.off, func(p Period) bool { return p.First <= d && d <= p.Last }) {
				open = nil
			}
			f(d, open)
		}
	}
}

// opensWithin reports whether any date of the years is open; it stops being
// costly at the first that is, since it looks year by year.
func (c *Calendar) opensWithin(from, to int) bool {
	open := false
	for _, y := range []int{2019, 2013} { // ordinary years first
		c.dates(y, y, func(_ Date, s []span) { open = open || len(s) > 0 })
		if open {
			return true
		}
	}
	for y := from; y <= to && !open; y++ {
		c.dates(y, y, func(_ Date, s []span) { open = open || len(s) > 0 })
	}
	return open
}
