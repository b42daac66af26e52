package clickhouse

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"
)

// changes is when each log last changed, as one query told it that began at a moment.
type changes struct {
	begun time.Time
	at    map[string]time.Time
	err   error
	done  chan struct{}
}

// told shares that query among all who ask at once: whoever asks is answered by one
// that began after the question, so nobody hears of an older state than alone, and
// fifty readers cost the engine no more than two.
type told struct {
	mu      sync.Mutex
	running *changes // nil while no query runs
	last    *changes
}

type sinceKey struct{}

// furthest is how far back Since reaches.
const furthest = 5 * time.Second

// Since lets questions under the context about when logs changed be answered as of a
// moment: one query is enough for all that a page asks after its request came. For
// work that only reads. A moment that is further back than five seconds counts as
// five seconds ago, so that a stream, which lasts, goes on hearing.
func Since(ctx context.Context, t time.Time) context.Context {
	return context.WithValue(ctx, sinceKey{}, t)
}

// Changes returns when each log of the store last changed, by name, whichever
// process changed it. One query over the states of the logs at most, none over events.
func (s *Store) Changes(ctx context.Context) (map[string]time.Time, error) {
	at, err := s.changes(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking what changed: %w", err)
	}
	return maps.Clone(at), nil
}

// Changed returns when a log last changed, at the cost of Changes.
func (s *Store) Changed(ctx context.Context, name string) (time.Time, error) {
	at, err := s.changes(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("asking when log %q changed: %w", name, err)
	}
	t, ok := at[name]
	if !ok {
		return time.Time{}, s.unknown(ctx, name)
	}
	return t, nil
}

// changes returns a map that is shared: nobody may change it.
func (s *Store) changes(ctx context.Context) (map[string]time.Time, error) {
	now := time.Now()
	since, ok := ctx.Value(sinceKey{}).(time.Time)
	if !ok {
		since = now
	} else if now.Sub(since) > furthest {
		since = now.Add(-furthest)
	}
	for {
		s.told.mu.Lock()
		if c := s.told.last; c != nil && !c.begun.Before(since) {
			s.told.mu.Unlock()
			return c.at, nil
		}
		if c := s.told.running; c != nil {
			s.told.mu.Unlock()
			select {
			case <-c.done: // where it began too early or failed for its asker, the next round asks
			case <-ctx.Done():
				return nil, context.Cause(ctx)
			}
			if c.err == nil && !c.begun.Before(since) {
				return c.at, nil
			}
			continue
		}
		c := &changes{begun: time.Now(), done: make(chan struct{})}
		s.told.running = c
		s.told.mu.Unlock()
		c.at, c.err = s.askChanges(ctx)
		s.told.mu.Lock()
		s.told.running = nil
		if c.err == nil {
			s.told.last = c
		}
		s.told.mu.Unlock()
		close(c.done)
		return c.at, c.err
	}
}

func (s *Store) askChanges(ctx context.Context) (map[string]time.Time, error) {
	all, err := s.states(ctx, "logs")
	if err != nil {
		return nil, err
	}
	out := make(map[string]time.Time, len(all))
	for _, st := range all {
		out[st.name] = st.changed.UTC()
	}
	return out, nil
}
