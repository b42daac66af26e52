package performance

import (
	"errors"
	"fmt"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Sample holds one duration, in seconds, for each of some cases of a log.
type Sample struct {
	Seconds  []float64
	Cases    []int // positions in the log, ascending
	Warnings []error
}

// Summary summarises the sample, its warnings before those of the summary.
func (s Sample) Summary() measure.Summary {
	m := measure.Summarize(s.Seconds, measure.Second)
	m.Warnings = append(append([]error{}, s.Warnings...), m.Warnings...)
	return m
}

func (s *Sample) add(position int, micros eventlog.Time) {
	s.Seconds = append(s.Seconds, float64(micros)/1e6)
	s.Cases = append(s.Cases, position)
}

// leave counts cases that were left out; ru is the reason after "N дел: ".
func (s *Sample) leave(n int, one, many, ru string) {
	if n == 0 {
		return
	}
	en := fmt.Sprintf("%d cases %s and are left out", n, many)
	if n == 1 {
		en = "1 case " + one + " and is left out"
	}
	s.Warnings = append(s.Warnings, &measure.Doubt{EN: en, RU: fmt.Sprintf("не учтено дел: %d (%s)", n, ru)})
}

// Occurrence says which of several occurrences of an activity is meant.
type Occurrence uint8

// The occurrences. Unset is the first of a beginning and the last of an end.
const (
	Unset Occurrence = iota
	First
	Last
)

// Moment says which time of an activity instance is meant. Of events as they
// were recorded, it is the time of those whose lifecycle transition marks the
// moment: complete (or none), start, schedule.
type Moment uint8

// The moments. An instance for which the moment was not recorded does not count
// as an occurrence.
const (
	Completed Moment = iota
	Started
	Enabled
)

// Milestone is a point in the course of a case. Without an activity it is the
// first recorded event, as a beginning, or the last, as an end.
type Milestone struct {
	Activity   string
	Occurrence Occurrence
	Moment     Moment
}

// LeadConfig says between which milestones a lead time runs. The zero value
// gives the cycle time.
type LeadConfig struct{ From, To Milestone }

// Validate reports all faults: values that are none of the constants, and an
// occurrence or moment without an activity.
func (cfg LeadConfig) Validate() error {
	var faults []error
	for _, m := range [...]struct {
		name string
		Milestone
	}{{"from", cfg.From}, {"to", cfg.To}} {
		if m.Occurrence > Last {
			faults = append(faults, fmt.Errorf("milestone %q: %d is no occurrence", m.name, m.Occurrence))
		}
		if m.Moment > Enabled {
			faults = append(faults, fmt.Errorf("milestone %q: %d is no moment", m.name, m.Moment))
		}
		if m.Activity == "" && (m.Occurrence != Unset || m.Moment != Completed) {
			faults = append(faults, fmt.Errorf("milestone %q: an occurrence or a moment is given, but no activity", m.name))
		}
	}
	return errors.Join(faults...)
}

// CycleTimes returns, for each case that has events, the seconds from its first
// to its last recorded event. O(n).
func CycleTimes(l *eventlog.Log) Sample {
	s, _ := Between(l, LeadConfig{}) // which has no fault
	return s
}

// LeadTimes returns the lead times of a log without declared milestones, in
// seconds: the cycle time of each case that has events. O(n).
func LeadTimes(l *eventlog.Log) []float64 { return CycleTimes(l).Seconds }

// Moments returns when each case of a log passed two milestones, in order of the
// log; NoTime where it did not. It fails where cfg has faults or names an activity
// that the log does not know. O(n).
func Moments(l *eventlog.Log, cfg LeadConfig) (from, to []eventlog.Time, err error) {
	if err := cfg.Validate(); err != nil {
		return nil, nil, fmt.Errorf("lead times of %q: %w", l.Name(), err)
	}
	first, err := newFinder(l, cfg.From, First)
	if err != nil {
		return nil, nil, fmt.Errorf("lead times of %q: milestone \"from\": %w", l.Name(), err)
	}
	last, err := newFinder(l, cfg.To, Last)
	if err != nil {
		return nil, nil, fmt.Errorf("lead times of %q: milestone \"to\": %w", l.Name(), err)
	}
	from, to = make([]eventlog.Time, l.Cases()), make([]eventlog.Time, l.Cases())
	for i, c := range l.All() {
		from[i], to[i] = first.in(c), last.in(c)
	}
	return from, to, nil
}

// Between returns the seconds between two milestones of each case that passed
// both, the second not before the first; the others are left out and counted in
// Warnings by reason. It fails as Moments does. O(n).
func Between(l *eventlog.Log, cfg LeadConfig) (Sample, error) {
	from, to, err := Moments(l, cfg)
	if err != nil {
		return Sample{}, err
	}
	var s Sample
	var out Left
	for i, c := range l.All() {
		if out.Takes(c.Len(), from[i], to[i]) {
			s.add(i, to[i]-from[i])
		}
	}
	s.Warnings = out.Warnings(cfg)
	return s, nil
}

// Left counts the cases that lead times leave out, by reason.
type Left struct{ Empty, NoFrom, NoTo, Backwards int }

// Takes reports whether a case of so many rows passed both milestones in order, and
// counts it where it did not.
func (n *Left) Takes(rows int, from, to eventlog.Time) bool {
	switch {
	case rows == 0:
		n.Empty++
	case from == eventlog.NoTime:
		n.NoFrom++
	case to == eventlog.NoTime:
		n.NoTo++
	case to < from:
		n.Backwards++
	default:
		return true
	}
	return false
}

// Warnings tells in sentences what was left out.
func (n Left) Warnings(cfg LeadConfig) []error {
	var s Sample
	s.leave(n.Empty, "has no events", "have no events", "нет событий")
	s.leave(n.NoFrom, fmt.Sprintf("lacks the first milestone %q", cfg.From.Activity), fmt.Sprintf("lack the first milestone %q", cfg.From.Activity), fmt.Sprintf("нет начального события «%s»", cfg.From.Activity))
	s.leave(n.NoTo, fmt.Sprintf("lacks the second milestone %q", cfg.To.Activity), fmt.Sprintf("lack the second milestone %q", cfg.To.Activity), fmt.Sprintf("нет конечного события «%s»", cfg.To.Activity))
	s.leave(n.Backwards, "passed the second milestone before the first", "passed the second milestone before the first", "конечное событие раньше начального")
	return s.Warnings
}

// finder looks up the time of a milestone.
type finder struct {
	code   eventlog.Code // NoCode: the case's first or last recorded event
	which  Occurrence
	column func(eventlog.Case) []eventlog.Time // of activity instances
	marks  []bool                              // by transition: its events are the moment
	plain  bool                                // so are those without a transition
}

func newFinder(l *eventlog.Log, m Milestone, unset Occurrence) (finder, error) {
	f := finder{code: eventlog.NoCode, which: m.Occurrence, plain: m.Moment == Completed}
	if f.which == Unset {
		f.which = unset
	}
	role := eventlog.Completes
	switch m.Moment {
	case Started:
		f.column, role = eventlog.Case.Starts, eventlog.Starts
	case Enabled:
		f.column, role = eventlog.Case.Enabled, eventlog.Schedules
	}
	for _, name := range l.Transitions().Names() {
		f.marks = append(f.marks, eventlog.TransitionOf(name) == role)
	}
	if m.Activity == "" {
		return f, nil
	}
	code, ok := l.Activities().Code(m.Activity)
	if !ok {
		return f, fmt.Errorf("the log has no activity %q", m.Activity)
	}
	f.code = code
	return f, nil
}

// in returns the time of the milestone in a case, NoTime where it was not passed.
func (f finder) in(c eventlog.Case) eventlog.Time {
	if f.code == eventlog.NoCode {
		if f.which == First {
			return c.First()
		}
		return c.Last()
	}
	found := eventlog.NoTime
	take := func(t eventlog.Time) {
		if t != eventlog.NoTime && (found == eventlog.NoTime || f.which == First && t < found || f.which == Last && t > found) {
			found = t
		}
	}
	transitions, times := c.Transitions(), c.Times()
	var column []eventlog.Time
	if f.column != nil {
		column = f.column(c)
	}
	for i, a := range c.Activities() {
		if a != f.code {
			continue
		}
		if column != nil {
			take(column[i])
		}
		if transitions == nil || transitions[i] == eventlog.NoCode {
			if f.plain {
				take(times[i])
			}
		} else if f.marks[transitions[i]] {
			take(times[i])
		}
	}
	return found
}
