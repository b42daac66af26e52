package fit

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/distance"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/twin"
)

// delays finishes the fit with delays counted by the wall clock and, where pools keep
// hours, in these hours, and takes what comes nearer to the log: what waits for a
// paper by post moves at night, what waits for a decision does not.
func (f *fitter) delays(ctx context.Context, l *eventlog.Log) (*fitter, *twin.Model, error) {
	wall, m, err := f.finish(ctx, false)
	hours := slices.ContainsFunc(f.groups, func(g group) bool { return g.hours != nil })
	if err != nil || f.cfg.Simulate == nil || !hours {
		return wall, m, err
	}
	open, other, err := f.finish(ctx, true)
	if err != nil {
		return nil, nil, err
	}
	a, err := f.off(ctx, m, l)
	if err != nil {
		return nil, nil, err
	}
	b, err := f.off(ctx, other, l)
	if err != nil {
		return nil, nil, err
	}
	if !(b < a) {
		wall.report.assume("Delays pass by the wall clock: in the hours of the pools simulated times are farther from the log (%.2f to %.2f).", b, a)
		return wall, m, nil
	}
	open.report.assume("Delays pass in the hours of the pools: by the wall clock simulated times are farther from the log (%.2f to %.2f).", a, b)
	return open, other, nil
}

// finish fits what follows the pools, on a copy.
func (f *fitter) finish(ctx context.Context, openTime bool) (*fitter, *twin.Model, error) {
	g := *f
	report := *f.report
	report.Assumptions, report.Warnings = slices.Clone(f.report.Assumptions), slices.Clone(f.report.Warnings)
	report.doubts, report.Stages = slices.Clone(f.report.doubts), nil
	g.report, g.openTime = &report, openTime
	g.activities, g.groups, g.calendars = slices.Clone(f.activities), slices.Clone(f.groups), slices.Clone(f.calendars)
	g.stages()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	g.correlation()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	m := g.model()
	if g.cfg.Simulate == nil {
		return &g, m, nil
	}
	return &g, m, g.calibrate(ctx, m)
}

// off returns how far a simulation is from the log: the distances of cycle times and
// of events since the beginning of their case, over the mean lead time, and that over
// the day, over six hours.
func (f *fitter) off(ctx context.Context, m *twin.Model, l *eventlog.Log) (float64, error) {
	simulated, err := f.cfg.Simulate(ctx, m)
	f.step()
	if err != nil {
		return 0, fmt.Errorf("simulating the fitted model: %w", err)
	}
	zone, err := time.LoadLocation(f.zone)
	if err != nil {
		return 0, fmt.Errorf("time zone %q: %w", f.zone, err)
	}
	instances, _ := l.Instances()
	d, err := distance.Between(ctx, simulated, instances, zone)
	if err != nil {
		return 0, err
	}
	lead := math.Max(f.report.LeadTime.Mean/3600, 1)
	return (float64(d.Cycle)+float64(d.Relative))/lead + float64(d.Circadian)/6, nil
}
