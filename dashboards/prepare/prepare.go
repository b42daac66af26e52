// Package prepare computes in the background what the first pages rest on, after the
// start of a server and after each change of a log, so that the first reader need not
// wait for it.
//
//	Run ─▶ what changed? ─▶ the steps, one at a time, while no reader is served
//
// The answers go where readers look for them (desk.Remember): one who comes earlier
// waits for the same computation, none is done twice. There is no queue that grows: a
// change begins the steps anew, and what is known already takes no time.
package prepare

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"sync/atomic"
	"time"
)

// Step is one of the computations.
type Step struct {
	Name string
	Do   func(context.Context) error
}

// Worker prepares. It is for one Run at a time.
type Worker struct {
	Changes func(context.Context) (map[string]time.Time, error) // when each log changed
	Steps   func(context.Context) ([]Step, error)
	Log     *slog.Logger
	// Look is how often it is looked for changes; Patience how long a step waits for
	// readers that are being served. 0 for 2 and 20 seconds.
	Look, Patience time.Duration

	served      atomic.Int64 // readers
	done, total atomic.Int64
}

// Wrap counts the readers that are being served by a handler, streams aside.
func (w *Worker) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != "text/event-stream" {
			w.served.Add(1)
			defer w.served.Add(-1)
		}
		next.ServeHTTP(rw, r)
	})
}

// Progress returns how many steps of how many are done; 0 of 0 while nothing is to be
// prepared.
func (w *Worker) Progress() (done, total int) { return int(w.done.Load()), int(w.total.Load()) }

// Run prepares until the context ends. A step that fails is told to the log and left to
// the reader who asks for it; an empty store needs no step.
func (w *Worker) Run(ctx context.Context) {
	look := w.Look
	if look == 0 {
		look = 2 * time.Second
	}
	var known map[string]time.Time
	for pause(ctx, look) {
		now, err := w.Changes(ctx)
		if err != nil || len(now) == 0 || maps.Equal(now, known) {
			continue
		}
		if !pause(ctx, look) { // an import may be under way
			return
		}
		if again, err := w.Changes(ctx); err != nil || !maps.Equal(again, now) {
			continue
		}
		w.all(ctx)
		known = now
	}
}

func (w *Worker) all(ctx context.Context) {
	steps, err := w.Steps(ctx)
	if err != nil {
		if ctx.Err() == nil {
			w.Log.Warn("preparing", "error", err)
		}
		return
	}
	w.done.Store(0)
	w.total.Store(int64(len(steps)))
	defer func() { w.done.Store(0); w.total.Store(0) }()
	for _, s := range steps {
		w.yield(ctx)
		if err := s.Do(ctx); err != nil && ctx.Err() == nil {
			w.Log.Warn("preparing", "step", s.Name, "error", err)
		}
		if ctx.Err() != nil {
			return
		}
		w.done.Add(1)
	}
}

// yield waits while readers are served, for as long as the patience lasts: one of them
// may wait for what is prepared.
func (w *Worker) yield(ctx context.Context) {
	patience := w.Patience
	if patience == 0 {
		patience = 20 * time.Second
	}
	for end := time.Now().Add(patience); w.served.Load() > 0 && time.Now().Before(end); {
		if !pause(ctx, 50*time.Millisecond) {
			return
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
