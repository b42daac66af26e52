package desk

import (
	"context"
	"time"

	"github.com/uprava/uprava/mining/distance"
)

// Distance returns how far two logs of the store are apart, both under the same look.
// Local time is that of the zone, or as recorded where it is nil. Progress is told how many
// of the steps are done: reading the one, the other, comparing; nil for nothing.
func (d *Desk) Distance(ctx context.Context, a, b string, look Look, zone *time.Location, progress func(done, total int)) (*distance.Distances, error) {
	step := func(done int) {
		if progress != nil {
			progress(done, 3)
		}
	}
	step(0)
	x, err := d.View(ctx, a, look)
	if err != nil {
		return nil, err
	}
	step(1)
	y, err := d.View(ctx, b, look)
	if err != nil {
		return nil, err
	}
	step(2)
	defer step(3)
	r, err := distance.Between(ctx, x.Log, y.Log, zone)
	return r, input(ctx, err)
}
