package desk

import (
	"context"
	"errors"
	"time"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
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
	tree := kpi.Read(m)
	var out []Standing
	for _, i := range tree.Indicators {
		s := Standing{Indicator: i}
		if err := d.measure(ctx, m, &s); err != nil {
			return nil, nil, err
		}
		out = append(out, s)
	}
	return tree, out, nil
}

func (d *Desk) measure(ctx context.Context, m *twin.Model, s *Standing) error {
	var process *twin.Process
	for _, p := range m.Processes {
		if p.ID == s.Of {
			process = p
		}
	}
	if process == nil || s.Figure == "" {
		return nil
	}
	name := m.ID + "-" + s.Of
	l, err := d.store.Load(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	cfg, err := measuring(m, process, l)
	if err != nil {
		return err
	}
	if s.Series, err = kpi.Measure(l, s.Indicator, cfg); err != nil {
		return InputError{err}
	}
	s.Log = name
	if s.Target != nil {
		o := kpi.Forecast(s.Series, s.Target.Value, s.Lower)
		s.Outlook = &o
	}
	if s.AsIs != nil {
		worse := 1.1
		if !s.Lower {
			worse = 0.9
		}
		if s.Messages, err = kpi.Watch(s.Series, kpi.Alarm{Raise: worse * s.AsIs.Value, Clear: s.AsIs.Value, Lower: s.Lower, Quiet: quiet(cfg.Calendar)}); err != nil {
			return InputError{err}
		}
	}
	return nil
}

// measuring says how the lead time of a process is measured in one of its logs: between
// its milestones, in its own unit.
func measuring(m *twin.Model, process *twin.Process, l *eventlog.Log) (kpi.Config, error) {
	loc, err := time.LoadLocation(m.TimeZone)
	if err != nil {
		return kpi.Config{}, InputError{err}
	}
	cfg := kpi.Config{Unit: measure.Second, Location: loc}
	for _, c := range m.Calendars {
		if c.ID != process.LeadTime.Calendar || process.LeadTime.Unit == "" {
			continue
		}
		if cfg.Calendar, err = c.Hours(loc); err != nil {
			return kpi.Config{}, InputError{err}
		}
		if cfg.Unit = measure.WorkingDay; process.LeadTime.Unit == twin.WorkingHour {
			cfg.Unit = measure.WorkingHour
		}
	}
	cfg.Lead.From.Activity, cfg.Lead.To.Activity = nodeName(l, process, process.RequestedBy), nodeName(l, process, process.DeliveredBy)
	cfg.Due = func(c eventlog.Case, delivered eventlog.Time) bool {
		due, ok := c.Attribute(simulator.DueKey)
		return ok && delivered < due.Stamp().Time
	}
	return cfg, nil
}

// quiet is the calendar outside whose hours nobody is told of anything.
func quiet(c *calendar.Calendar) *calendar.Calendar {
	if c == nil {
		return office()
	}
	return c
}

// nodeName is the name of a node as the log has it; "" for no node.
func nodeName(l *eventlog.Log, p *twin.Process, id string) string {
	if id == "" {
		return ""
	}
	names := []string{p.Labels[id].RU, p.Labels[id].EN}
	p.Diagram.Walk(func(scope *bpmn.Process, _ *bpmn.Node) {
		if n := scope.Node(id); n != nil {
			names = append(names, n.Name)
		}
	})
	for _, name := range names {
		if _, ok := l.Activities().Code(name); ok && name != "" {
			return name
		}
	}
	return ""
}
