package live

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// store is a store whose logs a test changes.
type store struct {
	mu    sync.Mutex
	logs  map[string]time.Time
	err   error
	asked atomic.Int64
}

func (s *store) changes(context.Context) (map[string]time.Time, error) {
	s.asked.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]time.Time{}
	for k, v := range s.logs {
		out[k] = v
	}
	return out, s.err
}

func (s *store) set(log string, at time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
	if at.IsZero() {
		delete(s.logs, log)
		return
	}
	s.logs[log] = at
}

func TestChangesAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := time.Unix(1, 0), time.Unix(2, 0)
		s := &store{logs: map[string]time.Time{"a": one, "b": one}}
		w := New(s.changes, 2*time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		var a, b []State
		go func() {
			for st := range w.Follow(ctx, "a", time.Hour) {
				a = append(a, st)
			}
		}()
		go func() {
			for st := range w.Follow(ctx, "b", 15*time.Second) {
				b = append(b, st)
			}
		}()
		synctest.Wait()
		require.Equal(t, []State{{"a", one}}, a, "the state at first")
		s.set("a", two, nil)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		require.Equal(t, []State{{"a", one}, {"a", two}}, a)
		require.Equal(t, []State{{"b", one}}, b, "of another log nothing is told")
		s.set("a", time.Unix(3, 0), errors.New("the engine is away"))
		time.Sleep(4 * time.Second)
		synctest.Wait()
		require.Len(t, a, 2)
		s.set("a", time.Time{}, nil)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		require.Equal(t, State{Log: "a"}, a[len(a)-1], "a log that is gone has no time")
		time.Sleep(31 * time.Second)
		synctest.Wait()
		require.Len(t, b, 3, "a sign of life each fifteen seconds")
		cancel()
		synctest.Wait()
		asked := s.asked.Load()
		time.Sleep(time.Minute)
		require.Equal(t, asked, s.asked.Load(), "nobody follows, nothing is asked")
	})
}

func TestWhoComesLaterIsToldAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{logs: map[string]time.Time{"a": time.Unix(1, 0)}}
		w := New(s.changes, time.Second)
		for i := range 3 {
			s.set("a", time.Unix(int64(i), 1), nil)
			for st := range w.Follow(t.Context(), "a", time.Hour) {
				require.Equal(t, time.Unix(int64(i), 1), st.Changed)
				break
			}
		}
		synctest.Wait()
	})
}
