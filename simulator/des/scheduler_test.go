package des

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOrderIsTimePrioritySequence(t *testing.T) {
	var s Scheduler[string]
	s.Schedule(5, 1, "third")
	s.Schedule(5, 0, "first")
	s.Schedule(5, 0, "second")
	s.Schedule(1, 9, "zeroth")
	var got []string
	require.NoError(t, s.Run(context.Background(), func(e string) error { got = append(got, e); return nil }))
	require.Equal(t, []string{"zeroth", "first", "second", "third"}, got)
	require.Equal(t, time.Duration(5), s.Now())
	require.EqualValues(t, 4, s.Handled())
}

// The heap gives what a stable sort gives, on random times with many ties.
func TestOrderAgainstStableSort(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	type event struct {
		at       time.Duration
		priority uint16
		n        int
	}
	for range 200 {
		var s Scheduler[event]
		var want []event
		for n := range 1 + r.IntN(300) {
			e := event{time.Duration(r.IntN(20)), uint16(r.IntN(3)), n}
			want = append(want, e)
			s.Schedule(e.at, e.priority, e)
		}
		slices.SortStableFunc(want, func(a, b event) int {
			if a.at != b.at {
				return int(a.at - b.at)
			}
			return int(a.priority) - int(b.priority)
		})
		for _, w := range want {
			at, _ := s.Peek()
			e, ok := s.Next()
			require.True(t, ok)
			require.Equal(t, w, e)
			require.Equal(t, at, s.Now())
		}
		require.Zero(t, s.Pending())
	}
}

func TestThePastStopsTheRun(t *testing.T) {
	var s Scheduler[int]
	s.Schedule(10, 0, 1)
	s.Schedule(20, 0, 2)
	var got []int
	err := s.Run(context.Background(), func(e int) error {
		got = append(got, e)
		s.Schedule(9, 0, 3)
		return nil
	})
	require.ErrorContains(t, err, "at 9ns: the clock shows 10ns")
	require.Equal(t, []int{1}, got)
}

func TestRunEnds(t *testing.T) {
	var s Scheduler[int]
	s.Schedule(1, 0, 1)
	s.Schedule(2, 0, 2)
	require.NoError(t, s.Run(context.Background(), func(int) error { return ErrStop }))
	require.Equal(t, 1, s.Pending())
	fault := errors.New("fault")
	require.ErrorIs(t, s.Run(context.Background(), func(int) error { return fault }), fault)

	ctx, cancel := context.WithCancel(context.Background())
	s.Schedule(3, 0, 0)
	n := 0
	err := s.Run(ctx, func(int) error {
		n++
		s.Schedule(s.Now()+1, 0, 0)
		if n == 10 {
			cancel()
		}
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Less(t, n, checkEvery+11)
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	var s Scheduler[[3]int32]
	for i := range 100 {
		s.Schedule(time.Duration(i), 0, [3]int32{})
	}
	r := NewStream(1, 0, "x")
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		e, _ := s.Next()
		s.Schedule(s.Now()+r.Exponential(time.Second), 0, e)
	}))
}
