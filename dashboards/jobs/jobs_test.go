package jobs

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAJobIsWatchedToItsEnd(t *testing.T) {
	r := New(t.Context(), 1, 10)
	step := make(chan struct{})
	j := r.Start("count", "", "me", func(_ context.Context, tell Tell) (any, error) {
		for i := range int64(3) {
			<-step
			tell("counting", i+1, 3)
		}
		return 42, nil
	})
	go func() {
		for range 3 {
			step <- struct{}{}
		}
	}()
	var last Status
	for s := range j.Watch(t.Context(), 0) {
		require.GreaterOrEqual(t, s.Done, last.Done)
		last = s
	}
	require.Equal(t, Done, last.State)
	require.Equal(t, int64(3), last.Done)
	v, err := j.Wait(t.Context())
	require.NoError(t, err)
	require.Equal(t, 42, v)
	require.Same(t, j, r.Job(j.ID))
}

func TestTheSameQuestionIsWorkedOnOnce(t *testing.T) {
	r := New(t.Context(), 1, 10)
	runs := 0
	work := func(context.Context, Tell) (any, error) { runs++; return runs, nil }
	a := r.Start("q", "k", "me", work)
	_, err := a.Wait(t.Context())
	require.NoError(t, err)
	require.Same(t, a, r.Start("q", "k", "you", work))
	b := r.Start("q", "other", "me", work)
	require.NotSame(t, a, b)
	_, err = b.Wait(t.Context())
	require.NoError(t, err)
	failing := r.Start("q", "f", "me", func(context.Context, Tell) (any, error) { return nil, errors.New("no") })
	_, err = failing.Wait(t.Context())
	require.EqualError(t, err, "no")
	again := r.Start("q", "f", "me", work)
	require.NotSame(t, failing, again, "what failed is tried again")
	_, err = again.Wait(t.Context())
	require.NoError(t, err)
	r.Wait()
}

func TestCancelledQueuedAndPanicking(t *testing.T) {
	life, end := context.WithCancel(t.Context())
	r := New(life, 1, 10)
	blocked := func(ctx context.Context, _ Tell) (any, error) { <-ctx.Done(); return "half", nil }
	a := r.Start("a", "", "me", blocked)
	for s := range a.Watch(t.Context(), 0) {
		if s.State == Running {
			break
		}
	}
	b := r.Start("b", "", "me", blocked)
	require.Equal(t, Queued, b.Status().State)
	b.Cancel()
	_, err := b.Wait(t.Context())
	require.ErrorIs(t, err, context.Canceled)
	a.Cancel()
	_, err = a.Wait(t.Context())
	require.ErrorIs(t, err, context.Canceled, "what was cut short is no result")
	require.Nil(t, a.Result())
	p := r.Start("p", "", "me", func(context.Context, Tell) (any, error) { panic("oh") })
	_, err = p.Wait(t.Context())
	require.ErrorContains(t, err, "oh")
	r.Start("c", "", "me", blocked)
	end()
	r.Wait()
}

func TestANoteHoldsForItsStage(t *testing.T) {
	r := New(t.Context(), 1, 1)
	step := make(chan struct{})
	j := r.Start("j", "", "me", func(ctx context.Context, tell Tell) (any, error) {
		tell("one", 1, 2)
		Note(ctx, "half")
		step <- struct{}{}
		step <- struct{}{}
		tell("two", 0, 0)
		step <- struct{}{}
		return nil, nil
	})
	<-step
	require.Equal(t, "half", j.Status().Note)
	<-step
	<-step
	require.Empty(t, j.Status().Note)
	Note(t.Context(), "nowhere")
	r.Wait()
}

func TestOldJobsAreForgotten(t *testing.T) {
	r := New(t.Context(), 2, 2)
	var first *Job
	for i := range 5 {
		j := r.Start("j", string(rune('a'+i)), "me", func(context.Context, Tell) (any, error) { return nil, nil })
		_, err := j.Wait(t.Context())
		require.NoError(t, err)
		if first == nil {
			first = j
		}
	}
	require.Nil(t, r.Job(first.ID))
	require.LessOrEqual(t, len(r.jobs), 4)
}

func TestTimeLeftIsToldFromTheStage(t *testing.T) {
	r := New(t.Context(), 1, 2)
	told, end := make(chan struct{}), make(chan struct{})
	j := r.Start("j", "", "me", func(_ context.Context, tell Tell) (any, error) {
		tell("s", 0, 4)
		time.Sleep(20 * time.Millisecond)
		tell("s", 1, 4)
		close(told)
		<-end
		return nil, nil
	})
	<-told
	require.Greater(t, j.Status().Left, 40*time.Millisecond)
	close(end)
	_, err := j.Wait(t.Context())
	require.NoError(t, err)
	require.Zero(t, j.Status().Left)
}
