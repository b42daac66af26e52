package backtest

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/uprava/uprava/mining/eventlog"
)

// Parts are a log divided at a moment.
type Parts struct {
	Training, Test *eventlog.Log
	Crossing       int // cases that begin before the moment and end after it: in neither part
	Cut            eventlog.Time
}

// Split divides a log at the start of the case that stands at the share of its cases
// by start: training are the cases that ended before, test those that start then or
// later. A part without a case is an error. O(n log n).
func Split(l *eventlog.Log, share float64) (*Parts, error) {
	if !(share > 0 && share < 1) {
		return nil, fmt.Errorf("splitting %q at %v: wanted a share between 0 and 1", l.Name(), share)
	}
	var starts []eventlog.Time
	for _, c := range l.All() {
		if c.Len() > 0 {
			starts = append(starts, begin(c))
		}
	}
	if len(starts) < 2 {
		return nil, fmt.Errorf("splitting %q: %d cases, wanted 2 or more", l.Name(), len(starts))
	}
	slices.SortFunc(starts, cmp.Compare)
	return SplitAt(l, starts[min(int(share*float64(len(starts))), len(starts)-1)])
}

// SplitAt divides a log at a moment as Split does. O(n).
func SplitAt(l *eventlog.Log, cut eventlog.Time) (*Parts, error) {
	p := &Parts{Cut: cut}
	cases := l.Where(func(c eventlog.Case) bool { return c.Len() > 0 })
	p.Training = cases.Where(func(c eventlog.Case) bool { return c.Last() < cut })
	p.Test = cases.Where(func(c eventlog.Case) bool { return begin(c) >= cut })
	p.Crossing = cases.Cases() - p.Training.Cases() - p.Test.Cases()
	if p.Training.Cases() == 0 || p.Test.Cases() == 0 {
		return nil, fmt.Errorf("splitting %q: %d cases end before %s, %d start then or later, %d cross: wanted some on both sides",
			l.Name(), p.Training.Cases(), cut.Go().Format("2006-01-02 15:04"), p.Test.Cases(), p.Crossing)
	}
	return p, nil
}

// begin returns the first recorded time of a case, starts included.
func begin(c eventlog.Case) eventlog.Time {
	first := c.First()
	for _, s := range c.Starts() {
		if s != eventlog.NoTime {
			first = min(first, s)
		}
	}
	return first
}
