package desk

import (
	"context"
	"errors"
	"time"

	"github.com/uprava/uprava/mining/conformance"
	"github.com/uprava/uprava/mining/convert"
	"github.com/uprava/uprava/mining/discovery"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/rules"
)

// Checked is a log held against a model and rules.
type Checked struct {
	Result *conformance.Result
	Listed []convert.Approximation // of the model's file, what the net says otherwise
	Filter *filter.Effect
	Doubts []error
}

// soundStates bounds the markings in which a model is looked over for dead ends. Of a
// model with more nothing is said.
const soundStates = 100_000

// CheckModel holds a log against a net.
func (d *Desk) CheckModel(ctx context.Context, log string, look Look, n *petri.Net, cfg conformance.Config) (*Checked, error) {
	v, err := d.View(ctx, log, look)
	if err != nil {
		return nil, err
	}
	r, err := conformance.Check(ctx, n, v.Log, cfg)
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, context.Canceled) {
			err = InputError{err}
		}
		return nil, err
	}
	c := &Checked{Result: r, Doubts: append(v.Pairing.Warnings(), r.Warnings...)}
	switch s, err := n.Soundness(ctx, soundStates); {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err == nil && !s.Sound():
		c.Doubts = append(c.Doubts, discovery.Unsound(n, s))
	}
	if !look.Filter.Empty() {
		c.Filter = &v.Effect
	}
	return c, nil
}

// Kept is a log held against rules.
type Kept struct {
	*rules.Report
	Filter *filter.Effect
	Doubts []error
}

// CheckRules holds a log against rules. A configuration without a calendar gets
// the five-day week by the Russian production calendar, on the clock of the given
// zone.
func (d *Desk) CheckRules(ctx context.Context, log string, look Look, set *rules.Set, zone *time.Location, cfg rules.Config) (*Kept, error) {
	v, err := d.View(ctx, log, look)
	if err != nil {
		return nil, err
	}
	if cfg.Calendar.Week == nil {
		cfg.Calendar = fiveDays(zone)
	}
	r, err := rules.Check(ctx, v.Log, set, cfg)
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, context.Canceled) {
			err = InputError{err}
		}
		return nil, err
	}
	k := &Kept{Report: r, Doubts: append(v.Pairing.Warnings(), r.Warnings...)}
	if !look.Filter.Empty() {
		k.Filter = &v.Effect
	}
	return k, nil
}
