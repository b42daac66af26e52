package whatif

import (
	"context"
	"fmt"

	"github.com/uprava/uprava/dashboards/desk"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/simulator"
)

// Side of a what-if.
type Side string

// The sides.
const (
	AsIs Side = "as-is"
	ToBe Side = "to-be"
)

// KeepLog stores the cases of the process in the first replication of a what-if as an
// ordinary log of the store, which every page can look at.
func (r *Room) KeepLog(ctx context.Context, q *Ask, side Side, name string) error {
	if q.Kind != WhatIf || side != AsIs && side != ToBe {
		return desk.InputError{Err: fmt.Errorf("keeping the log of %q, side %q: wanted a what-if, %q or %q", q.Kind, side, AsIs, ToBe)}
	}
	m, list, err := r.prepare(q)
	if err != nil {
		return err
	}
	if side == ToBe {
		if m, err = r.toBe(q, m); err != nil {
			return err
		}
		if m, err = list[0].Apply(m); err != nil {
			return desk.InputError{Err: err}
		}
	}
	cfg := q.config(nil)
	l, err := simulator.Log(ctx, m, simulator.Config{Seed: cfg.Seed, Duration: cfg.Duration, Before: cfg.Before, Language: cfg.Language})
	if err != nil {
		return err
	}
	if len(m.Processes) > 1 {
		l = l.Where(func(c eventlog.Case) bool {
			v, ok := c.Attribute(simulator.ProcessKey)
			return ok && v.Text() == q.Process
		})
	}
	return r.desk.Store().Save(ctx, name, l.Named(name))
}
