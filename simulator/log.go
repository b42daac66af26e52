package simulator

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/twin"
)

// Case attributes of a simulated log, beyond those of every log.
const (
	// ProcessKey names the process of a case, where a model has several.
	ProcessKey = "process"
	// DueKey is the moment from which the case is overdue.
	DueKey = "due"
	// AbandonedKey is true of a case that gave up, was turned away or failed.
	AbandonedKey = "abandoned"
)

// Log simulates the model once and returns the counted cases as an ordinary
// event log of activity instances, each with enablement, start and completion:
// case "<process>-000001" by arrival within its process, activity and
// organisational unit by name, resource by the name of the person, or of the
// pool where people have none. Cases stand in the order of their arrival; a
// case that came to no task has no row.
func Log(ctx context.Context, m *twin.Model, cfg Config) (*eventlog.Log, error) {
	l, _, err := LogAndStatistics(ctx, m, cfg)
	return l, err
}

// LogAndStatistics returns the log together with the figures of the same run.
func LogAndStatistics(ctx context.Context, m *twin.Model, cfg Config) (*eventlog.Log, *Statistics, error) {
	p, err := Compile(m, language(cfg.Language))
	if err != nil {
		return nil, nil, err
	}
	return p.Log(ctx, cfg)
}

// Log runs the program once; see Log and LogAndStatistics.
func (p *Program) Log(ctx context.Context, cfg Config) (*eventlog.Log, *Statistics, error) {
	w := &writer{p: p, next: cfg.Observer, origin: p.start.Add(-p.before(cfg)), first: make([]int, len(p.processes)), at: make([][]int32, len(p.processes))}
	cfg.Observer = w
	s, err := p.Run(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	l, err := w.log()
	return l, s, err
}

// writer is the observer that gathers the rows of a log. Cases are declared when
// all is known, since a due date may change on the way.
type writer struct {
	p      *Program
	next   Observer
	origin time.Time

	first []int     // by process: number of its first counted case
	at    [][]int32 // by process, then number less first: position in cases
	cases []Case
	rows  []row

	zone     eventlog.Zone // of [from, to), so that it is looked up rarely
	from, to time.Duration
}

type row struct {
	at, activity             int32
	pool, member             int32
	enabled, start, complete time.Duration
}

func (w *writer) stamp(t time.Duration) eventlog.Stamp {
	if t < w.from || t >= w.to {
		at := w.origin.Add(t).In(w.p.loc)
		_, seconds := at.Zone()
		w.zone = eventlog.Zone(seconds / 60)
		w.from, w.to = 0, Never
		if a, b := at.ZoneBounds(); true {
			if !a.IsZero() && a.After(w.origin) {
				w.from = a.Sub(w.origin)
			}
			if !b.IsZero() {
				w.to = b.Sub(w.origin)
			}
		}
	}
	return eventlog.Stamp{Time: eventlog.Time(w.origin.UnixMicro() + t.Microseconds()), Zone: w.zone}
}

// Arrived keeps the place of a counted case.
func (w *writer) Arrived(c *Case) {
	if w.next != nil {
		w.next.Arrived(c)
	}
	if !c.Counted {
		return
	}
	if len(w.at[c.Process]) == 0 {
		w.first[c.Process] = c.Number
	}
	w.at[c.Process] = append(w.at[c.Process], int32(len(w.cases)))
	w.cases = append(w.cases, *c)
	w.cases[len(w.cases)-1].Values = slices.Clone(c.Values)
}

// Completed keeps the row of an instance.
func (w *writer) Completed(c *Case, i *Instance) {
	if w.next != nil {
		w.next.Completed(c, i)
	}
	if c.Counted {
		at := w.at[c.Process][c.Number-w.first[c.Process]]
		w.rows = append(w.rows, row{at, int32(i.Activity), int32(i.Pool), int32(i.Member), i.Enabled, i.Start, i.Complete})
	}
}

// Ended keeps what the case came to.
func (w *writer) Ended(c *Case) {
	if w.next != nil {
		w.next.Ended(c)
	}
	if c.Counted {
		kept := &w.cases[w.at[c.Process][c.Number-w.first[c.Process]]]
		values := kept.Values
		*kept = *c
		kept.Values = values
	}
}

// shown returns the attribute of a case with the value drawn.
func (a *attribute) shown(x float64) eventlog.Attribute {
	if a.values != nil {
		return eventlog.Attribute{Key: a.id, Value: eventlog.Text(a.values[int(x)])}
	}
	return eventlog.Attribute{Key: a.id, Value: eventlog.Float(x)}
}

// log builds the log of what was kept.
func (w *writer) log() (*eventlog.Log, error) {
	b := eventlog.NewBuilder(w.p.name)
	ids := make([]string, len(w.cases))
	for i := range w.cases {
		c := &w.cases[i]
		ids[i] = w.p.CaseID(c.Process, c.Number)
		var attributes []eventlog.Attribute
		if len(w.p.processes) > 1 {
			attributes = append(attributes, eventlog.Attribute{Key: ProcessKey, Value: eventlog.Text(w.p.processes[c.Process].id)})
		}
		if c.Due != Never {
			attributes = append(attributes, eventlog.Attribute{Key: DueKey, Value: eventlog.TimeValue(w.stamp(c.Due))})
		}
		for k := range w.p.processes[c.Process].attributes {
			attributes = append(attributes, w.p.processes[c.Process].attributes[k].shown(c.Values[k]))
		}
		if c.Abandoned {
			attributes = append(attributes, eventlog.Attribute{Key: AbandonedKey, Value: eventlog.Bool(true)})
		}
		if _, err := b.Case(ids[i], attributes); err != nil {
			return nil, fmt.Errorf("writing the log of the simulation: %w", err)
		}
	}
	for i := range w.rows {
		t := &w.rows[i]
		e := eventlog.Event{
			Case:     ids[t.at],
			Activity: w.p.activities[t.activity].Name,
			Time:     w.stamp(t.complete),
			Start:    w.stamp(t.start),
			Enabled:  w.stamp(t.enabled),
		}
		if t.member >= 0 {
			e.Resource, e.Unit = w.p.people[t.member].label, w.p.pools[t.pool].unit
		}
		if err := b.Add(&e); err != nil {
			return nil, fmt.Errorf("writing the log of the simulation: case %q, activity %q: %w", e.Case, e.Activity, err)
		}
	}
	return b.Log(), nil
}
