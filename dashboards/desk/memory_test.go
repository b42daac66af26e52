package desk

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMemoryDropsWhatWasAskedLongestAgo(t *testing.T) {
	m := newMemory(3)
	put := func(key string, weight int64) *remembered {
		a := &remembered{key: key, done: make(chan struct{})}
		m.byKey[key] = m.order.PushFront(a)
		m.settle(a, weight)
		close(a.done)
		return a
	}
	put("a", 1)
	put("b", 1)
	m.order.MoveToFront(m.byKey["a"])
	put("c", 2)
	require.Contains(t, m.byKey, "a")
	require.NotContains(t, m.byKey, "b")
	require.Contains(t, m.byKey, "c")
	big := put("d", 9)
	require.Equal(t, int64(9), m.weight, "what is too big for all stays until the next")
	require.Len(t, m.byKey, 1)
	got, err := wait[int](t.Context(), func() *remembered { big.answer = 7; return big }())
	require.NoError(t, err)
	require.Equal(t, 7, got)
}

func TestMemoryForgetsFailures(t *testing.T) {
	m := newMemory(3)
	a := &remembered{key: "a", done: make(chan struct{}), err: errors.New("no")}
	m.byKey["a"] = m.order.PushFront(a)
	m.settle(a, 0)
	close(a.done)
	require.Empty(t, m.byKey)
	_, err := wait[int](t.Context(), a)
	require.EqualError(t, err, "no")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = wait[int](gone, &remembered{done: make(chan struct{})})
	require.ErrorIs(t, err, context.Canceled)
}

func TestNothingBeginsOnAClosedDesk(t *testing.T) {
	d := &Desk{memory: newMemory(memoryWeight)}
	d.life, d.end = context.WithCancel(t.Context())
	var asking sync.WaitGroup
	for i := range 50 {
		asking.Go(func() {
			_, err := rememberState(t.Context(), d, "x", "1", strconv.Itoa(i), func(ctx context.Context) (int, error) {
				<-ctx.Done()
				return 0, ctx.Err()
			}, func(int) int64 { return 1 })
			require.Error(t, err)
		})
	}
	d.stop()
	asking.Wait()
	_, err := rememberState(t.Context(), d, "x", "1", "late", func(context.Context) (int, error) { return 1, nil }, func(int) int64 { return 1 })
	require.ErrorIs(t, err, errClosed)
}
