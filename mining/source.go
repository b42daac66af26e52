package mining

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
)

// Events says what counts as one event of a case.
type Events uint8

// The notions of an event. Instances, the default for people, counts activity
// instances: one for each completing event. Recorded counts every event as it
// was recorded, starts and schedules too.
const (
	Instances Events = iota
	Recorded
)

// String returns the notion as the overview names it.
func (e Events) String() string {
	switch e {
	case Instances:
		return "activity instances"
	case Recorded:
		return "recorded events"
	}
	return fmt.Sprintf("Events(%d)", uint8(e))
}

// ParseEvents reads the value of --events: "instances" (or nothing) or "recorded".
func ParseEvents(s string) (Events, error) {
	switch s {
	case "", "instances":
		return Instances, nil
	case "recorded":
		return Recorded, nil
	}
	return 0, fmt.Errorf("reading the notion of events %q: wanted \"instances\" or \"recorded\"", s)
}

// Variant is one sequence of activities and the number of cases that follow it.
type Variant struct {
	Activities []string
	Count      int64
}

// Source answers the questions that miners ask of one log. All its methods may
// be called by several goroutines at once.
type Source interface {
	// DirectlyFollows returns the directly-follows graph.
	DirectlyFollows(ctx context.Context, e Events) (*dfg.Graph, error)
	// Variants returns the distinct sequences of activities of the cases that
	// have events, the most frequent first, ties by the names of their
	// activities (bytes, element by element).
	Variants(ctx context.Context, e Events) ([]Variant, error)
	// LeadTime returns the summary, in seconds, of the wall-clock time from the
	// first to the last recorded event of every case that has events. Cases
	// without any are left out; NoEvents in its warnings counts them.
	LeadTime(ctx context.Context) (measure.Summary, error)
	// Pairing returns what pairing did to make activity instances.
	Pairing(ctx context.Context) (eventlog.Pairing, error)
}

// NoEvents warns that a log holds cases without events.
type NoEvents struct{ Cases, Of int64 }

func (e *NoEvents) Error() string {
	if e.Cases == 1 {
		return fmt.Sprintf("1 of %d cases has no events and is left out", e.Of)
	}
	return fmt.Sprintf("%d of %d cases have no events and are left out", e.Cases, e.Of)
}

// InMemory returns the source that reads from a log. It pairs the log once, when
// first asked for activity instances, and keeps the result.
func InMemory(l *eventlog.Log) Source { return &memory{log: l} }

type memory struct {
	log    *eventlog.Log
	keys   []string // of the classifier, nil for concept:name
	once   sync.Once
	paired *eventlog.Log
	counts eventlog.Pairing

	onceRecorded sync.Once
	recorded     *eventlog.Log
}

// as returns the log of the given notion of events.
func (m *memory) as(ctx context.Context, e Events) (*eventlog.Log, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("mining %q: %w", m.log.Name(), err)
	}
	switch e {
	case Instances:
		m.once.Do(func() {
			m.paired, m.counts = m.log.Instances()
			m.paired = m.classified(m.paired)
		})
		return m.paired, nil
	case Recorded:
		m.onceRecorded.Do(func() { m.recorded = m.classified(m.log.Recorded()) })
		return m.recorded, nil
	}
	return nil, fmt.Errorf("mining %q: %v is no notion of events", m.log.Name(), e)
}

func (m *memory) classified(l *eventlog.Log) *eventlog.Log {
	if m.keys == nil {
		return l
	}
	return l.Classified(m.keys)
}

func (m *memory) DirectlyFollows(ctx context.Context, e Events) (*dfg.Graph, error) {
	l, err := m.as(ctx, e)
	if err != nil {
		return nil, err
	}
	return dfg.Discover(l), nil
}

func (m *memory) Variants(ctx context.Context, e Events) ([]Variant, error) {
	l, err := m.as(ctx, e)
	if err != nil {
		return nil, err
	}
	var out []Variant
	for _, v := range l.Variants() {
		if len(v.Activities) == 0 {
			continue
		}
		names := make([]string, len(v.Activities))
		for i, a := range v.Activities {
			names[i] = l.Activities().Name(a)
		}
		out = append(out, Variant{names, int64(v.Count)})
	}
	return out, nil
}

func (m *memory) LeadTime(ctx context.Context) (measure.Summary, error) {
	if err := ctx.Err(); err != nil {
		return measure.Summary{}, fmt.Errorf("mining %q: %w", m.log.Name(), err)
	}
	x := make([]float64, 0, m.log.Cases())
	for i := range m.log.Cases() {
		c := m.log.Case(i)
		if c.Len() > 0 {
			x = append(x, float64(c.Last()-c.First())/1e6)
		}
	}
	return LeadTimeSummary(x, int64(m.log.Cases())), nil
}

// LeadTimeSummary summarises the lead times, in seconds, of the cases that have
// events, out of so many cases in all.
func LeadTimeSummary(seconds []float64, cases int64) measure.Summary {
	s := measure.Summarize(seconds, measure.Second)
	if left := cases - int64(len(seconds)); left > 0 {
		s.Warnings = append(s.Warnings, &NoEvents{left, cases})
	}
	return s
}

func (m *memory) Pairing(ctx context.Context) (eventlog.Pairing, error) {
	if _, err := m.as(ctx, Instances); err != nil {
		return eventlog.Pairing{}, err
	}
	return m.counts, nil
}

// ErrUnknownLog says that a store holds no log of the name asked for.
var ErrUnknownLog = errors.New("no log of that name")
