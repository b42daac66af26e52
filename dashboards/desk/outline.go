package desk

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/outline"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
)

// outlineFile is the name of what is kept of the outline of a whole log.
const outlineFile = "outline"

// reckoning says how the lead time of a process is counted.
type reckoning struct {
	unit     measure.Unit
	calendar *calendar.Calendar // of working time; nil for the wall clock
	hours    *calendar.Calendar // in which the people work; nil for round the clock
	zone     *time.Location
	text     string // all that the figures depend on
}

// reckoning returns how the process counts its lead time: by the wall clock on Moscow's
// time where nothing is said.
func (s *subject) reckoning() (reckoning, error) {
	t := reckoning{unit: measure.Second, hours: office(), zone: Moscow}
	if s == nil {
		return t, nil
	}
	zone, err := time.LoadLocation(s.model.TimeZone)
	if err != nil {
		return t, InputError{fmt.Errorf("time zone of the twin %q: %w", s.model.ID, err)}
	}
	t.zone = zone
	p := s.process
	if p == nil {
		return t, nil
	}
	for _, c := range s.model.Calendars {
		if c.ID != p.LeadTime.Calendar || p.LeadTime.Unit == "" {
			continue
		}
		if t.calendar, err = c.Hours(zone); err != nil {
			return t, InputError{err}
		}
		if t.unit = measure.WorkingDay; p.LeadTime.Unit == twin.WorkingHour {
			t.unit = measure.WorkingHour
		}
		t.text = fmt.Sprintf("%+v", c)
	}
	if t.calendar != nil {
		t.hours = t.calendar
	}
	for _, id := range slices.Sorted(maps.Keys(p.Tasks)) {
		t.text += fmt.Sprintf("\x00%s %v", id, len(p.Tasks[id].Pools) == 0)
	}
	if c := s.staffed(); c != nil {
		t.text += fmt.Sprintf("%+v", c)
		if t.hours = nil; len(c.Week) > 0 {
			if t.hours, err = c.Hours(zone); err != nil {
				return t, InputError{err}
			}
		}
	}
	t.text += fmt.Sprintf("\x00%s\x00%s\x00%s\x00%s\x00%v\x00%v", t.unit, t.zone, p.RequestedBy, p.DeliveredBy, p.Labels[p.RequestedBy], p.Labels[p.DeliveredBy])
	if p.Limit != nil {
		t.text += fmt.Sprintf("\x00%d %s", p.Limit.Days, p.Limit.Unit)
	}
	return t, nil
}

// staffed is the calendar of the people of the process: the one round the clock where some
// work so, else the one that all share; nil where there is none. Work is told from idle
// time by it.
func (s *subject) staffed() *twin.Calendar {
	var of *twin.Calendar
	for _, pool := range s.pools() {
		i := slices.IndexFunc(s.model.Calendars, func(c twin.Calendar) bool { return c.ID == pool.Calendar })
		switch {
		case i < 0:
			return nil
		case len(s.model.Calendars[i].Week) == 0:
			return &s.model.Calendars[i]
		case of == nil:
			of = &s.model.Calendars[i]
		case of.ID != pool.Calendar:
			return nil
		}
	}
	return of
}

// pools are those that have a part in the process.
func (s *subject) pools() []twin.Pool {
	var out []twin.Pool
	for _, p := range s.model.Pools {
		for _, t := range s.process.Tasks {
			if slices.Contains(t.Pools, p.ID) {
				out = append(out, p)
				break
			}
		}
	}
	return out
}

// unmanned are the activities of a log that need nobody of the staff, by the twin; nil
// where it does not tell who has a part in the process.
func (s *subject) unmanned(l *eventlog.Log) []string {
	if s == nil || s.process == nil || len(s.pools()) == 0 {
		return nil
	}
	out := []string{}
	for id, t := range s.process.Tasks {
		if name := s.nameIn(l, id); len(t.Pools) == 0 && name != "" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// due returns by when a case of a log must be delivered: its own due date, or the
// legal limit in days of 24 hours from its beginning where no case has one.
func (s *subject) due(l *eventlog.Log) func(eventlog.Case, eventlog.Time) (eventlog.Time, bool) {
	if hasAttribute(l, simulator.DueKey) {
		return func(c eventlog.Case, _ eventlog.Time) (eventlog.Time, bool) {
			v, ok := c.AttributeOf(simulator.DueKey, eventlog.KindTime)
			return v.Stamp().Time, ok
		}
	}
	if days := s.limitDays(); days > 0 {
		return func(_ eventlog.Case, from eventlog.Time) (eventlog.Time, bool) {
			return from + eventlog.Time(days)*86400e6, true
		}
	}
	return nil
}

// limitDays is the legal limit in calendar days, 0 for none.
func (s *subject) limitDays() int {
	if s == nil || s.process == nil || s.process.Limit == nil || s.process.Limit.Unit == twin.WorkingDay {
		return 0
	}
	return s.process.Limit.Days
}

// Where due dates come from.
const (
	ownDue   = "case"  // of the case itself
	limitDue = "limit" // the legal limit, from the beginning of the case
)

// outline returns the outline of a log as it is looked at, remembered; that of the
// whole log is kept over restarts.
func (d *Desk) outline(ctx context.Context, log string, look Look, s *subject) (*outline.Outline, error) {
	t, err := s.reckoning()
	if err != nil {
		return nil, err
	}
	question := "outline\x00" + look.String() + "\x00" + t.text
	return rememberWeighed(ctx, d, log, question, func(ctx context.Context) (*outline.Outline, error) {
		state, err := d.state(ctx, log)
		if err != nil {
			return nil, err
		}
		of, file := state+"\x00"+question, filepath.Join(d.answersDir(log), outlineFile)
		if look.plain() {
			if b, err := os.ReadFile(file); err == nil {
				if o, err := outline.Read(b, of); err == nil {
					return o, nil
				}
			}
		}
		v, err := d.Seen(ctx, log, look)
		if err != nil {
			return nil, err
		}
		cfg := outline.Config{Lead: s.milestones(v.Log), Unit: t.unit, Calendar: t.calendar, Hours: t.hours, Unmanned: s.unmanned(v.Log), Due: s.due(v.Log), Ends: s.endings(v.Log)}
		if cfg.Due != nil {
			if cfg.DueFrom = limitDue; hasAttribute(v.Log, simulator.DueKey) {
				cfg.DueFrom = ownDue
			}
		}
		o, err := outline.Of(ctx, v.Log, cfg)
		if err != nil {
			return nil, input(ctx, err)
		}
		o.Pairing = v.Pairing
		if look.plain() {
			b, err := o.Write(of)
			if err != nil {
				return nil, err
			}
			d.keep(ctx, log, state, file, b)
		}
		return o, nil
	}, func(o *outline.Outline) int64 { return int64(o.Cases()) + answerWeight })
}
