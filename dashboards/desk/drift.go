package desk

import (
	"context"

	"github.com/uprava/uprava/mining/drift"
	"github.com/uprava/uprava/mining/filter"
)

// Drift returns when the process of a log changed, and what changed in it, with
// what the filter left, nil where none was given. Log and cfg as drift.Detect's.
func (d *Desk) Drift(ctx context.Context, log string, look Look, cfg drift.Config) (*drift.Result, *filter.Effect, error) {
	v, err := d.View(ctx, log, look)
	if err != nil {
		return nil, nil, err
	}
	r, err := drift.Detect(ctx, v.Log, cfg)
	return r, v.left(look), input(ctx, err)
}
