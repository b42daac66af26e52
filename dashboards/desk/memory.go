package desk

import (
	"container/list"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/uprava/uprava/connectors/clickhouse"
)

// memory keeps answers until the log changes that they are about. Those who ask the
// same at once wait for one computation, which goes on when the one who asked first
// leaves. The least recently asked are dropped when the answers weigh too much.
type memory struct {
	mu     sync.Mutex
	most   int64
	weight int64
	order  *list.List // of *remembered, the last asked first
	byKey  map[string]*list.Element
}

type remembered struct {
	key    string
	weight int64
	done   chan struct{}
	answer any
	err    error
}

// memoryWeight is how much is kept: about as many events of loaded logs, an answer
// counting as a thousand.
const memoryWeight = 30_000_000

// answerWeight is what an answer weighs that is no log.
const answerWeight = 1000

func newMemory(most int64) *memory {
	return &memory{most: most, order: list.New(), byKey: map[string]*list.Element{}}
}

// Remember returns the answer to a question about a log as it is now, computing it
// where it is not remembered. The question names everything the answer depends on
// besides the log: the look, the options. The answer is shared: nobody may change it.
func Remember[T any](ctx context.Context, d *Desk, log, question string, compute func(context.Context) (T, error)) (T, error) {
	return rememberWeighed(ctx, d, log, question, compute, func(T) int64 { return answerWeight })
}

func rememberWeighed[T any](ctx context.Context, d *Desk, log, question string, compute func(context.Context) (T, error), weigh func(T) int64) (T, error) {
	var zero T
	changed, err := d.Changed(ctx, log)
	if err != nil {
		return zero, err
	}
	return rememberState(ctx, d, log, strconv.FormatInt(changed.UnixNano(), 10), question, compute, weigh)
}

// rememberState is Remember about anything whose state is known as text.
func rememberState[T any](ctx context.Context, d *Desk, about, state, question string, compute func(context.Context) (T, error), weigh func(T) int64) (T, error) {
	var zero T
	key := fmt.Sprintf("%s\x00%s\x00%T\x00%s", about, state, zero, question)
	m := d.memory
	m.mu.Lock()
	if e, ok := m.byKey[key]; ok {
		m.order.MoveToFront(e)
		m.mu.Unlock()
		return wait[T](ctx, e.Value.(*remembered))
	}
	if err := d.begin(); err != nil {
		m.mu.Unlock()
		return zero, err
	}
	a := &remembered{key: key, done: make(chan struct{})}
	m.byKey[key] = m.order.PushFront(a)
	m.mu.Unlock()
	go func() {
		defer d.running.Done()
		var t T
		func() {
			defer func() {
				if p := recover(); p != nil {
					a.err = fmt.Errorf("answering about %q: stopped by a fault of the program: %v", about, p)
				}
			}()
			t, a.err = compute(d.life)
		}()
		a.answer = t
		weight := int64(0)
		if a.err == nil {
			weight = max(1, weigh(t))
		}
		m.settle(a, weight)
		close(a.done)
	}()
	return wait[T](ctx, a)
}

// settle weighs an answer, or forgets what failed: the next who asks tries again.
func (m *memory) settle(a *remembered, weight int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.byKey[a.key]
	if a.err != nil {
		m.order.Remove(e)
		delete(m.byKey, a.key)
		return
	}
	a.weight = weight
	m.weight += weight
	for e := m.order.Back(); e != nil && m.weight > m.most; {
		older := e
		e = e.Prev()
		if old := older.Value.(*remembered); old.weight > 0 && old != a {
			m.weight -= old.weight
			m.order.Remove(older)
			delete(m.byKey, old.key)
		}
	}
}

func wait[T any](ctx context.Context, a *remembered) (T, error) {
	var zero T
	select {
	case <-a.done:
	case <-ctx.Done():
		return zero, ctx.Err()
	}
	if a.err != nil {
		return zero, a.err
	}
	return a.answer.(T), nil
}

// Changed tells when a log last changed; ErrNotFound where there is none.
func (d *Desk) Changed(ctx context.Context, log string) (time.Time, error) {
	return d.store.Changed(ctx, log)
}

// Since lets what is asked under the context be answered by the logs as they were at a
// moment or later, with one look at the store. For requests that only read.
func Since(ctx context.Context, t time.Time) context.Context { return clickhouse.Since(ctx, t) }

// LogNames returns the names of the logs of the store, in order.
func (d *Desk) LogNames(ctx context.Context) ([]string, error) {
	changes, err := d.store.Changes(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(changes)), nil
}

// Seen returns a view of a log as View does, remembered: the view is shared.
func (d *Desk) Seen(ctx context.Context, log string, look Look) (*View, error) {
	return rememberWeighed(ctx, d, log, "view\x00"+look.String(), func(ctx context.Context) (*View, error) {
		return d.View(ctx, log, look)
	}, func(v *View) int64 { return int64(v.Log.Events()) + answerWeight })
}
