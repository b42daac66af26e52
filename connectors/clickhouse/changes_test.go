package clickhouse

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/connectors/clickhouse/embedded/enginetest"
	"github.com/uprava/uprava/mining"
	"github.com/uprava/uprava/mining/logtest"
)

// TestChangesAreNeverOlderThanTheQuestion: many ask at once while logs are written;
// whoever asks after a write was done hears of it, whoever else asks beside.
func TestChangesAreNeverOlderThanTheQuestion(t *testing.T) {
	s, err := Open(t.Context(), Config{Dir: enginetest.Dir(t)})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	ctx, stop := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	for range 8 { // readers, some of whom leave before they are answered
		wait.Go(func() {
			for ctx.Err() == nil {
				short, cancel := context.WithTimeout(ctx, 3*time.Millisecond)
				_, _ = s.Changes(short)
				cancel()
				if _, err := s.Changes(ctx); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
			}
		})
	}
	var before time.Time
	for range 5 {
		require.NoError(t, s.Save(t.Context(), "l", logtest.Parse("<a,b,c>^2")))
		at, err := s.Changed(t.Context(), "l")
		require.NoError(t, err)
		require.True(t, at.After(before), "what was written is told")
		before = at
	}
	begun := time.Now()
	stop()
	wait.Wait()
	page := Since(t.Context(), begun)
	first, err := s.Changes(page)
	require.NoError(t, err)
	require.NoError(t, s.Delete(t.Context(), "l"))
	again, err := s.Changes(page)
	require.NoError(t, err)
	require.Equal(t, first, again, "one page sees one state")
	_, err = s.Changed(t.Context(), "l")
	require.ErrorIs(t, err, mining.ErrUnknownLog)
}
