package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/predict"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/fit"
)

// OutlookConfig says how far ahead to look, and from when.
type OutlookConfig struct {
	Weeks int
	AsOf  eventlog.Time // 0 for the last event
	Ends  []string      // activities that end a case; empty: as predict finds them
	Limit time.Duration // of a case, whole days; 0 for that of the log's model
	Run   experiment.Config
}

// fitting makes the progress of a fit the first half of that of the outlook.
func (c *OutlookConfig) fitting() func(done, total int) {
	tell := c.Run.Progress
	if tell == nil {
		return nil
	}
	const half = 1000
	c.Run.Progress = func(done, total int) { tell(half+half*done/max(total, 1), 2*half) }
	return func(done, total int) { tell(half*done/max(total, 1), 2*half) }
}

// Outlook simulates the weeks after a moment from the cases that were open then: with
// the model of the log, where it has one, else with one that is fitted to it.
func (d *Desk) Outlook(ctx context.Context, log string, look Look, cfg OutlookConfig) (*experiment.Outlook, error) {
	v, err := d.View(ctx, log, look)
	if err != nil {
		return nil, err
	}
	open, err := predict.Predict(ctx, v.Log, predict.Config{AsOf: cfg.AsOf, Ends: cfg.Ends, Seed: cfg.Run.Seed})
	if err != nil {
		return nil, input(ctx, err)
	}
	asOf, err := time.Parse(time.RFC3339, open.AsOf)
	if err != nil {
		return nil, fmt.Errorf("moment of the outlook: %w", err)
	}
	stale, err := since(v.Log, asOf)
	if err != nil {
		return nil, err
	}
	s, err := d.subjectOf(log, v.Log.Meta())
	if err != nil {
		return nil, err
	}
	if s != nil {
		if err := Refuse(s.model); err != nil {
			return nil, err
		}
	}
	var m *twin.Model
	var process *twin.Process
	if s != nil && s.process != nil {
		m, process = s.model.Clone(), s.process
	} else {
		past := v.Log
		if cfg.AsOf != 0 { // nothing later may be seen
			past = known(past, cfg.AsOf)
		}
		n := max(fitCases, past.Cases())
		var report *fit.Report
		if m, report, err = fit.Fit(ctx, past, fit.Config{Seed: fitSeed, Simulate: Simulated(n, n/10), Progress: cfg.fitting()}); err != nil {
			return nil, input(ctx, err)
		}
		process = m.Processes[0]
		m.Warnings = []error{&measure.Doubt{
			EN: fmt.Sprintf("the model was fitted for this forecast with %d assumptions: uprava fit lists them, uprava backtest tells how far it may be trusted", len(report.Assumptions)),
			RU: fmt.Sprintf("модель построена для этого прогноза, принято без доказательства: %d; их перечисляет uprava fit, а насколько ей можно верить, скажет uprava backtest", len(report.Assumptions)),
		}}
	}
	zone, err := time.LoadLocation(m.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("time zone of the model: %w", err)
	}
	m.Start, m.WarmUpDays = asOf.In(zone), 0
	if cfg.Limit > 0 {
		for _, p := range m.Processes {
			if p.ID == process.ID {
				p.Limit = &twin.Limit{Days: int(cfg.Limit / (24 * time.Hour)), Unit: twin.CalendarDay}
			}
		}
	}
	lost := 0
	for _, c := range open.Open {
		node := nodeOf(process, c.Activity)
		since, err := time.Parse(time.RFC3339, c.Since)
		if node == "" || err != nil || c.Over > 0.5 {
			lost++
			continue
		}
		arrival := asOf.Add(-time.Duration(float64(c.Elapsed) * float64(time.Second))).Truncate(time.Microsecond)
		cfg.Run.Open = append(cfg.Run.Open, simulator.OpenCase{Process: process.ID, ID: c.ID, Arrival: arrival, At: []simulator.Position{{Node: node, Done: true, Since: since}}})
	}
	o, err := experiment.Look(ctx, m, cfg.Weeks, cfg.Run)
	if err != nil {
		return nil, input(ctx, err)
	}
	if stale != nil {
		o.Warnings = append(o.Warnings, stale)
	}
	if lost > 0 {
		o.Warnings = append(o.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("%d of %d open cases are left out: they have most likely ended, or stand at a step that the model does not have", lost, len(open.Open)),
			RU: fmt.Sprintf("не учтены %d открытых дел из %d: они, скорее всего, закончены или стоят на шаге, которого нет в модели", lost, len(open.Open)),
		})
	}
	return o, nil
}

// since tells what a log does not know of a moment after its last event; more than a year
// after it there is nothing to look from.
func since(l *eventlog.Log, asOf time.Time) (doubt, err error) {
	var last eventlog.Time
	for _, c := range l.All() {
		if c.Len() > 0 {
			last = max(last, c.Last())
		}
	}
	days := int(asOf.Sub(last.Go()).Hours() / 24)
	switch {
	case days > 366:
		return nil, InputError{fmt.Errorf("looking ahead from %s: the last event of log %q is of %s, %d days before: wanted a moment within a year of it", asOf.Format(time.DateOnly), l.Name(), last.Go().Format(time.DateOnly), days)}
	case days >= 1:
		return &measure.Doubt{
			EN: fmt.Sprintf("the log ends %d days before the forecast begins: what came, was done and ended since is not known", days),
			RU: fmt.Sprintf("журнал кончается за %d дн. до начала прогноза: что поступило, сделано и закончено с тех пор, неизвестно", days),
		}, nil
	}
	return nil, nil
}

// nodeOf returns the task or event of a process that bears a name in either language;
// "" for none.
func nodeOf(p *twin.Process, name string) string {
	for _, n := range p.Diagram.Nodes {
		label := p.Labels[n.ID]
		if n.Name == name || label.RU == name || label.EN == name || n.ID == name {
			if _, ok := p.Tasks[n.ID]; ok {
				return n.ID
			}
		}
	}
	return ""
}
