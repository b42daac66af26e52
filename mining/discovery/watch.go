package discovery

import "context"

// watch belongs to one run of a miner. It looks from time to time whether a context
// is done, so that a loop may ask it for every few steps of its work.
type watch struct {
	ctx    context.Context
	left   int
	err    error
	matrix []int64 // scratch for counting pairs, all 0 between uses
}

// workBetween is the work between two looks: some milliseconds.
const workBetween = 1 << 20

func newWatch(ctx context.Context) *watch { return &watch{ctx: ctx, err: ctx.Err(), left: workBetween} }

// stop counts so many steps of work and reports whether the context is done, after
// which it always says so, and err holds why.
func (w *watch) stop(work int) bool {
	if w.left -= 1 + work; w.left < 0 {
		w.left = workBetween
		w.err = w.ctx.Err()
	}
	return w.err != nil
}
