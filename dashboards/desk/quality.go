package desk

import (
	"context"

	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/filter"
	"github.com/uprava/uprava/mining/honesty"
)

// Quality examines a log, or the part that the filter leaves, as it was recorded.
func (d *Desk) Quality(ctx context.Context, log string, f filter.Filter) (*honesty.Report, error) {
	v, err := d.View(ctx, log, Look{Events: mining.Recorded, Filter: f})
	if err != nil {
		return nil, err
	}
	return honesty.Examine(ctx, v.Log, honesty.Config{})
}
