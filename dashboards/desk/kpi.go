package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/outline"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/kpi"
)

// Standing is an indicator with what was measured of it.
type Standing struct {
	*kpi.Indicator
	Log      string // measured from; "" where the store has no log of its process
	Series   kpi.Series
	Outlook  *kpi.Outlook // nil without values or target
	Messages []kpi.Message
}

// KPIs reads the goals and indicators of a twin and measures those whose process has a
// log in the store, named "<twin>-<process>". An alarm rises where a value is a tenth
// worse than as-is and ends where it is as-is again.
func (d *Desk) KPIs(ctx context.Context, m *twin.Model) (*kpi.Tree, []Standing, error) {
	return d.KPIsAt(ctx, m, time.Time{})
}

// KPIsAt measures what was known at a moment; zero for all that the logs hold.
func (d *Desk) KPIsAt(ctx context.Context, m *twin.Model, asOf time.Time) (*kpi.Tree, []Standing, error) {
	tree := kpi.Read(m)
	var out []Standing
	for _, i := range tree.Indicators {
		s := Standing{Indicator: i}
		if err := d.measure(ctx, m, &s, asOf); err != nil {
			return nil, nil, err
		}
		out = append(out, s)
	}
	return tree, out, nil
}

func (d *Desk) measure(ctx context.Context, m *twin.Model, s *Standing, asOf time.Time) error {
	i := slices.IndexFunc(m.Processes, func(p *twin.Process) bool { return p.ID == s.Of })
	if i < 0 || s.Figure == "" {
		return nil
	}
	name, of := m.ID+"-"+s.Of, &subject{model: m, process: m.Processes[i]}
	o, err := d.outline(ctx, name, Look{AsOf: asOf}, of)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	t, err := of.reckoning()
	if err != nil {
		return err
	}
	s.Log = name
	last := eventlog.MinTime
	for _, t := range o.Last {
		last = max(last, t)
	}
	return s.stand(o, t, last.Go())
}

// stand measures the indicator in an outline, where that was not done yet. Its trend and its alarms are those of the
// periods that were over at the moment.
func (s *Standing) stand(o *outline.Outline, t reckoning, asOf time.Time) error {
	var err error
	if s.Series == nil {
		if s.Series, err = kpi.Measure(o, s.Indicator, t.zone); err != nil {
			return InputError{err}
		}
	}
	whole := slices.DeleteFunc(slices.Clone(s.Series), func(p kpi.Point) bool { return p.End.After(asOf) })
	if s.Target != nil {
		o := kpi.Forecast(whole, s.Target.Value, s.Lower)
		s.Outlook = &o
	}
	if s.AsIs != nil {
		worse := 1.1
		if !s.Lower {
			worse = 0.9
		}
		if s.Messages, err = kpi.Watch(whole, kpi.Alarm{Raise: worse * s.AsIs.Value, Clear: s.AsIs.Value, Lower: s.Lower, Quiet: quiet(t.calendar)}); err != nil {
			return InputError{err}
		}
	}
	return nil
}

// quiet is the calendar outside whose hours nobody is told of anything.
func quiet(c *calendar.Calendar) *calendar.Calendar {
	if c == nil {
		return office()
	}
	return c
}
