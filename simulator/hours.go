package simulator

import (
	"math"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/twin"
)

// hours is a calendar on the simulation's clock. A nil *hours is open round the
// clock: what has no calendar needs no table.
type hours struct {
	table  *calendar.Compiled
	days   *calendar.Calendar
	origin int64 // of the simulation's clock, microseconds since 1970
}

// at returns a copy on a clock that starts at the given instant.
func (h *hours) at(origin int64) *hours {
	if h == nil {
		return nil
	}
	c := *h
	c.origin = origin
	return &c
}

func (h *hours) micros(t time.Duration) int64 { return int64(t/time.Microsecond) + h.origin }

func (h *hours) clock(us int64) time.Duration {
	return time.Duration(us-h.origin) * time.Microsecond
}

// open reports whether work can go on at t; next returns t if it can, else the
// next opening.
func (h *hours) open(t time.Duration) bool { return h == nil || h.next(t) == t }

func (h *hours) next(t time.Duration) time.Duration {
	if h == nil {
		return t
	}
	return h.clock(h.table.NextMicros(h.micros(t)))
}

// close returns when the opening ends that t lies in; never where it does not end.
func (h *hours) close(t time.Duration) time.Duration {
	if h == nil {
		return never
	}
	return h.clock(h.table.CloseMicros(h.micros(t)))
}

// add returns when work of the given length, begun at t, is done.
func (h *hours) add(t, work time.Duration) time.Duration {
	if h == nil {
		return t + work
	}
	return h.clock(h.table.AddMicros(h.micros(t), int64(work/time.Microsecond)))
}

// between returns the open time from t to u.
func (h *hours) between(t, u time.Duration) time.Duration {
	if h == nil {
		return u - t
	}
	return time.Duration(h.table.BetweenMicros(h.micros(t), h.micros(u))) * time.Microsecond
}

// never is a moment that no simulation reaches.
const never = time.Duration(math.MaxInt64)

// compileCalendars returns the calendars of the model by identifier, each over
// the years that a simulation of it usually needs, and the identifiers' faults.
// A calendar that is open round the clock is nil.
func compileCalendars(m *twin.Model, loc *time.Location, fault func(en, ru string, args ...any)) map[string]*hours {
	out := map[string]*hours{"": nil}
	for i := range m.Calendars {
		c := &m.Calendars[i]
		if _, twice := out[c.ID]; twice {
			fault("calendar %q stands twice", "календарь «%s» встречается дважды", c.ID)
			continue
		}
		out[c.ID] = nil
		if len(c.Week) == 0 && !c.Production && len(c.Off) == 0 {
			continue
		}
		days, err := c.Hours(loc)
		if err != nil {
			fault("calendar %q: %w", "календарь «%s»: %s", c.ID, err)
			continue
		}
		out[c.ID] = &hours{table: days.Compile(m.Start, horizon(m)), days: days}
	}
	return out
}

// horizon is until when a simulation of the model usually needs a calendar.
func horizon(m *twin.Model) time.Time {
	return m.Start.Add(max(time.Duration(m.Days)*24*time.Hour, 5*366*24*time.Hour))
}

// share returns the part of the five years from start that is open.
func (h *hours) share(start time.Time) float64 {
	if h == nil {
		return 1
	}
	end := start.AddDate(5, 0, 0)
	return float64(h.table.BetweenMicros(start.UnixMicro(), end.UnixMicro())) / float64(end.Sub(start).Microseconds())
}
