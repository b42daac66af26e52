package desk

import (
	"context"
	"time"

	"github.com/uprava/uprava/mining/distance"
)

// Distance returns how far two logs of the store are apart, both under the same look.
// Local time is that of the zone, or as recorded where it is nil.
func (d *Desk) Distance(ctx context.Context, a, b string, look Look, zone *time.Location) (*distance.Distances, error) {
	x, err := d.View(ctx, a, look)
	if err != nil {
		return nil, err
	}
	y, err := d.View(ctx, b, look)
	if err != nil {
		return nil, err
	}
	r, err := distance.Between(ctx, x.Log, y.Log, zone)
	return r, input(ctx, err)
}
