package desk

import (
	"context"

	"github.com/uprava/uprava/simulator/backtest"
)

// Backtest fits a model to the first part of a log of the store and judges it by the
// rest.
func (d *Desk) Backtest(ctx context.Context, log string, look Look, cfg backtest.Config) (*backtest.Result, error) {
	v, err := d.View(ctx, log, look)
	if err != nil {
		return nil, err
	}
	r, err := backtest.Run(ctx, v.Log, cfg)
	return r, input(ctx, err)
}
