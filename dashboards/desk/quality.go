package desk

import (
	"context"
	"time"

	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/honesty"
)

// Quality examines a log, or the part that the filter leaves, as it was recorded.
func (d *Desk) Quality(ctx context.Context, log string, f filter.Filter) (*honesty.Report, error) {
	return d.QualityAt(ctx, log, f, time.Time{})
}

// QualityAt examines what was known of a log at a moment; zero for all of it.
func (d *Desk) QualityAt(ctx context.Context, log string, f filter.Filter, asOf time.Time) (*honesty.Report, error) {
	v, err := d.View(ctx, log, Look{Events: mining.Recorded, Filter: f, AsOf: asOf})
	if err != nil {
		return nil, err
	}
	return honesty.Examine(ctx, v.Log, honesty.Config{})
}
