package prepare

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// prepared is a worker on logs that a test changes.
func prepared(changed *atomic.Int64, do func(context.Context) error) *Worker {
	return &Worker{
		Log: slog.New(slog.DiscardHandler),
		Changes: func(context.Context) (map[string]time.Time, error) {
			if n := changed.Load(); n > 0 {
				return map[string]time.Time{"log": time.Unix(n, 0)}, nil
			}
			return nil, nil
		},
		Steps: func(context.Context) ([]Step, error) { return []Step{{"one", do}, {"two", do}}, nil },
	}
}

func TestStepsFollowChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var changed, ran atomic.Int64
		w := prepared(&changed, func(context.Context) error { ran.Add(1); return errors.New("no matter") })
		ended := make(chan struct{})
		go func() { w.Run(ctx); close(ended) }()
		time.Sleep(time.Minute)
		require.Zero(t, ran.Load(), "an empty store needs nothing")
		changed.Store(1)
		time.Sleep(time.Minute)
		require.EqualValues(t, 2, ran.Load(), "once, though a step failed")
		changed.Store(2)
		time.Sleep(time.Minute)
		require.EqualValues(t, 4, ran.Load())
		stop()
		<-ended
	})
}

func TestReadersGoFirstAndTheEndCancels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var changed, ran atomic.Int64
		changed.Store(1)
		w := prepared(&changed, func(ctx context.Context) error { ran.Add(1); <-ctx.Done(); return ctx.Err() })
		leave := make(chan struct{})
		go w.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-leave })).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
		ended := make(chan struct{})
		go func() { w.Run(ctx); close(ended) }()
		time.Sleep(15 * time.Second)
		require.Zero(t, ran.Load(), "a reader is being served")
		close(leave)
		time.Sleep(time.Second)
		require.EqualValues(t, 1, ran.Load(), "one at a time")
		done, total := w.Progress()
		require.Equal(t, []int{0, 2}, []int{done, total})
		stop()
		<-ended
		require.EqualValues(t, 1, ran.Load(), "nothing begins after the end")
		_, total = w.Progress()
		require.Zero(t, total)
	})
}
