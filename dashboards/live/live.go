// Package live tells readers that a log has changed. The state of the store is the
// truth: other programs write into it too, so it is asked again and again, but only
// while somebody follows a log, and once for all who do.
//
//	Follow ─▶ one poller over all logs ─▶ State of the log, at first and whenever it differs
package live

import (
	"context"
	"iter"
	"sync"
	"time"
)

// State is what is known of a log.
type State struct {
	Log     string
	Changed time.Time // when it last changed; zero where there is no such log
}

// Changes returns when each log of the store last changed.
type Changes func(context.Context) (map[string]time.Time, error)

// Watcher polls the store while it is followed. Its methods may be called from
// many goroutines at once.
type Watcher struct {
	changes Changes
	every   time.Duration

	mu        sync.Mutex
	followers int
	stop      context.CancelFunc
	known     map[string]time.Time // nil until the poller has an answer
	news      chan struct{}        // closed and replaced when known differs
}

// New returns a watcher that asks every so often.
func New(changes Changes, every time.Duration) *Watcher {
	return &Watcher{changes: changes, every: every, news: make(chan struct{})}
}

// Follow yields the state of a log, or of whichever changed last where log is empty, now and after each change, and again after beat
// without one, so that a listener who is gone is noticed. It ends with ctx.
func (w *Watcher) Follow(ctx context.Context, log string, beat time.Duration) iter.Seq[State] {
	return func(yield func(State) bool) {
		w.join()
		defer w.leave()
		var told time.Time
		first := true
		for {
			w.mu.Lock()
			known, news := w.known, w.news
			w.mu.Unlock()
			if at := latest(known, log); known != nil && (first || !at.Equal(told)) {
				if !yield(State{log, at}) {
					return
				}
				first, told = false, at
			}
			select {
			case <-ctx.Done():
				return
			case <-news:
			case <-time.After(beat):
				if !first && !yield(State{log, told}) {
					return
				}
			}
		}
	}
}

// latest is when a log last changed, or any of them.
func latest(known map[string]time.Time, log string) time.Time {
	if log != "" {
		return known[log]
	}
	var out time.Time
	for _, at := range known {
		if at.After(out) {
			out = at
		}
	}
	return out
}

func (w *Watcher) join() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.followers++; w.followers > 1 {
		return
	}
	var ctx context.Context
	ctx, w.stop = context.WithCancel(context.Background())
	w.known = nil
	go w.poll(ctx)
}

func (w *Watcher) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.followers--; w.followers == 0 {
		w.stop()
	}
}

// poll asks until nobody follows any more. What cannot be asked now is asked again:
// the pages say by themselves when the store does not answer.
func (w *Watcher) poll(ctx context.Context) {
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	for {
		if now, err := w.changes(ctx); err == nil {
			w.learn(ctx, now)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (w *Watcher) learn(ctx context.Context, now map[string]time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if ctx.Err() != nil { // another poller is at work already
		return
	}
	same := w.known != nil && len(w.known) == len(now)
	for log, at := range now {
		same = same && w.known[log].Equal(at)
	}
	if same {
		return
	}
	if now == nil {
		now = map[string]time.Time{}
	}
	w.known = now
	close(w.news)
	w.news = make(chan struct{})
}
