package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/simulator/experiment"
	"github.com/uprava/uprava/twin"
)

// Log is one line of the list of logs.
type Log struct {
	Name          string
	Title         twin.Text // name of the process, the log's own name where there is none
	Cases, Events int64
	First, Last   time.Time
	Changed       time.Time // when the store last took something in
	Simulated     bool
}

// Limit is the legal limit of a process.
type Limit struct {
	Text    twin.Text // "30 calendar days" and its citation
	Seconds float64   // as wall-clock time, for the line in the chart; 0 for working days
}

// WhatIf compares scenarios of one model.
type WhatIf struct {
	Mined     float64 // mean lead time of the log, seconds; NaN where it has none
	Scenarios []Scenario
	Evidence  Evidence
	Warnings  []error
}

// Scenario is one line of the comparison; the first is the as-is.
type Scenario struct {
	Name       twin.Text
	Levers     []twin.Text
	LeadTime   Estimate  // mean, seconds
	P85        Estimate  // seconds
	Overdue    *Estimate // share; nil where there is no limit
	Difference *Estimate // of the mean against as-is, paired; nil for as-is
	Headcount  int
}

// Estimate is a mean over replications with its interval.
type Estimate struct{ Mean, Low, High float64 }

// Evidence says what a comparison rests on.
type Evidence struct {
	Replications, Warmup, Cases int
	Seed                        uint64
	Hash                        string
	BackTest                    string // what one said of the model; "" where there was none
}

// Logs lists the logs of the store by name.
func (d *Desk) Logs(ctx context.Context) ([]Log, error) {
	list, err := d.store.Logs(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Log, len(list))
	for i, l := range list {
		title, err := d.title(ctx, l.Name)
		if errors.Is(err, ErrNotFound) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		out[i] = Log{Name: l.Name, Title: title, Cases: l.Cases, Events: l.Events, First: l.First, Last: l.Last, Changed: l.Changed}
	}
	return slices.DeleteFunc(out, func(l Log) bool { return l.Name == "" }), nil
}

// title is the name of the process whose pack made a log, remembered; the log's own
// name where there is none.
func (d *Desk) title(ctx context.Context, log string) (twin.Text, error) {
	return Remember(ctx, d, log, "title", func(ctx context.Context) (twin.Text, error) {
		own := twin.Text{RU: log, EN: log}
		meta, err := d.store.Meta(ctx, log)
		if err != nil {
			return own, err
		}
		pack, process, ok := datasets.Origin(meta)
		if !ok {
			return own, nil
		}
		t, err := d.Twin(ctx, pack)
		if err != nil { // of a pack that this program does not have
			return own, nil
		}
		if p := t.Process(process); p != nil && p.Name != (twin.Text{}) {
			return p.Name, nil
		}
		return own, nil
	})
}

// limitOf tells the legal limit of a process in words and as wall-clock time.
func limitOf(limit *twin.Limit) *Limit {
	days := strconv.Itoa(limit.Days)
	out := &Limit{Text: twin.Text{RU: days + " кал. дн.", EN: days + " calendar days"}, Seconds: float64(limit.Days) * 86400}
	if limit.Unit == twin.WorkingDay {
		out.Text, out.Seconds = twin.Text{RU: days + " раб. дн.", EN: days + " working days"}, 0
	}
	for _, o := range limit.Others {
		out.Text.RU += fmt.Sprintf("; для части дел — %d", o.Days)
		out.Text.EN += fmt.Sprintf("; %d for some of the cases", o.Days)
	}
	if c := limit.Citation; c != (twin.Text{}) {
		out.Text.RU += " (" + c.In("ru") + ")"
		out.Text.EN += " (" + c.In("en") + ")"
	}
	return out
}

// WhatIf compares the scenarios of the model that belongs to a log, nil where there
// is none; remembered until the log changes. It takes as long as the simulation takes.
func (d *Desk) WhatIf(ctx context.Context, log string) (*WhatIf, error) {
	meta, err := d.store.Meta(ctx, log)
	if err != nil {
		return nil, err
	}
	s, err := d.subjectOf(log, meta)
	if err != nil || s == nil {
		return nil, err
	}
	return Remember(ctx, d, log, "what-if", func(ctx context.Context) (*WhatIf, error) {
		o, err := d.outline(ctx, log, Look{}, s)
		if err != nil {
			return nil, err
		}
		process := ""
		if s.process != nil {
			process = s.process.ID
		}
		scenarios := s.scenarios[:s.compared]
		if len(scenarios) == 0 {
			if scenarios, err = Suggest(ctx, s.model); err != nil {
				return nil, err
			}
		}
		out, err := Compare(ctx, Compared{Model: s.model, Process: process, Scenarios: scenarios,
			Config: experiment.Config{Replications: whatIfReplications, Seed: 1}})
		if err != nil {
			return nil, err
		}
		return whatIf(out, performance.ExactMean(wallOf(o, Window{}))), nil
	})
}
