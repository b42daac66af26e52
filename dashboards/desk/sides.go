package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/uprava/uprava/mining/cohort"
	"github.com/uprava/uprava/mining/dfg"
	"github.com/uprava/uprava/mining/eventlog"
)

// Versus says what a view of a log is compared with: another view, the rest of the log,
// or its own cases that began before a moment. One of them.
type Versus struct {
	Look   *Look
	Rest   bool
	Before time.Time
	Names  [2]string // of the cohorts: what it is compared with, and the view
}

// String tells the comparison, so that equal ones have equal texts.
func (v Versus) String() string {
	look := ""
	if v.Look != nil {
		look = v.Look.String()
	}
	return fmt.Sprintf("%q %v %s %q", look, v.Rest, v.Before.UTC().Format(time.RFC3339Nano), v.Names)
}

// Sides are two groups of cases and what tells them apart.
type Sides struct {
	Result *cohort.Result
	A, B   *Flow
}

// CompareSides compares a view of a log, the second side, with something else, the
// first; remembered.
func (d *Desk) CompareSides(ctx context.Context, log string, look Look, vs Versus, most int) (*Sides, error) {
	return Remember(ctx, d, log, fmt.Sprintf("sides\x00%s\x00%s\x00%d", look, vs, most), func(ctx context.Context) (*Sides, error) {
		a, b, err := d.sides(ctx, log, look, vs)
		if err != nil {
			return nil, err
		}
		for i, l := range []*eventlog.Log{a, b} {
			if l.Cases() == 0 {
				return nil, InputError{fmt.Errorf("comparing %q: %q holds no case", log, vs.Names[i])}
			}
		}
		cfg := cohort.Config{Names: vs.Names}
		if cfg.Lead, _, err = d.milestonesOf(b.Named(log)); err != nil {
			return nil, err
		}
		if cfg.Breach, err = d.breaches(ctx, log, look); err != nil {
			return nil, err
		}
		s := &Sides{}
		if s.Result, err = cohort.Compare(ctx, a, b, cfg); err != nil {
			return nil, input(ctx, err)
		}
		s.A, s.B = flowOf(a, most), flowOf(b, most)
		return s, ctx.Err()
	})
}

func (d *Desk) sides(ctx context.Context, log string, look Look, vs Versus) (a, b *eventlog.Log, err error) {
	v, err := d.Seen(ctx, log, look)
	if err != nil {
		return nil, nil, err
	}
	b = v.Log
	switch {
	case vs.Look != nil:
		w, err := d.Seen(ctx, log, *vs.Look)
		if err != nil {
			return nil, nil, err
		}
		a = w.Log
	case vs.Rest:
		all := look
		all.Filter = Look{}.Filter
		w, err := d.Seen(ctx, log, all)
		if err != nil {
			return nil, nil, err
		}
		in := make(map[string]bool, b.Cases())
		for _, c := range b.All() {
			in[c.ID()] = true
		}
		a = w.Log.Where(func(c eventlog.Case) bool { return !in[c.ID()] }).Compact()
	default:
		a, b = cohort.Before(b, eventlog.At(vs.Before).Time)
		a, b = a.Compact(), b.Compact()
	}
	return a, b, nil
}

// breaches tells of the cases of a log whether they ended in time, by the clock that is
// known of them; nil where there is none.
func (d *Desk) breaches(ctx context.Context, log string, look Look) (func(eventlog.Case) (broken, known bool), error) {
	list, err := d.Cases(ctx, log, Look{Events: look.Events, AsOf: look.AsOf}, ClockChoice{})
	if err != nil || list.Clock == nil {
		return nil, err
	}
	rows := make(map[string]*CaseRow, len(list.Rows))
	for i := range list.Rows {
		rows[list.Rows[i].ID] = &list.Rows[i]
	}
	return func(c eventlog.Case) (broken, known bool) {
		r := rows[c.ID()]
		if r == nil || r.Due == nil || r.State == CaseOpen && !r.Overdue {
			return false, false
		}
		return r.Overdue, true
	}, nil
}

// Union is a graph that holds the activities and the edges of both sides.
func (s *Sides) Union() *dfg.Graph {
	g := &dfg.Graph{}
	at := map[string]int{}
	for _, f := range []*Flow{s.A, s.B} {
		for i, a := range f.Graph.Activities {
			k, ok := at[a]
			if !ok {
				k = len(g.Activities)
				at[a] = k
				g.Activities, g.Counts = append(g.Activities, a), append(g.Counts, 0)
			}
			g.Counts[k] += f.Graph.Counts[i]
		}
	}
	edge := map[[2]int]int{}
	for _, f := range []*Flow{s.A, s.B} {
		for _, e := range f.Graph.Edges {
			k := [2]int{at[f.Graph.Activities[e.From]], at[f.Graph.Activities[e.To]]}
			i, ok := edge[k]
			if !ok {
				i = len(g.Edges)
				edge[k] = i
				g.Edges = append(g.Edges, dfg.Edge{From: k[0], To: k[1]})
			}
			g.Edges[i].Count += e.Count
		}
	}
	return g
}
