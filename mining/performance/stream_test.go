package performance_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/performance"
)

// Two cases: 1 is done, checked, sent back, done and checked again; 2 is done and
// checked at once.
func TestStreamByHand(t *testing.T) {
	l := people(t,
		by{"1", "do", "Ann", 0, 1, 2}, by{"1", "check", "Bob", 2, 5, 6}, by{"1", "do", "Ann", 6, 6, 7}, by{"1", "check", "Bob", 7, 8, 9},
		by{"2", "do", "Ann", 10, 10, 11}, by{"2", "check", "Ann", 11, 11, 12})
	s, err := performance.StreamOf(t.Context(), l, performance.Config{})
	require.NoError(t, err)
	require.Equal(t, 2, s.Cases)
	require.InDelta(t, (9+2)/2.0*hour, s.Lead.Mean, 1e-6)
	do, check := s.Stages[0], s.Stages[1]
	require.Equal(t, []string{"do", "check"}, []string{do.Activity, check.Activity})
	require.InDelta(t, 1.5, do.Times, 1e-9)
	require.InDelta(t, 0.5, do.Further, 1e-9)
	require.InDelta(t, 0.5, do.Repeated, 1e-9, "one of two cases")
	require.InDelta(t, 1, do.Share, 1e-9)
	require.InDelta(t, 0.5*hour, do.Waiting, 1e-6, "1 h of one of two cases")
	require.InDelta(t, 1.5*hour, do.Working, 1e-6)
	require.InDelta(t, 2*hour, check.Waiting, 1e-6, "3 h and 1 h")
	require.InDelta(t, 1*hour, do.First, 1e-6, "without the repeat")
	require.InDelta(t, 3*hour, s.Effort(), 1e-6)
	require.InDelta(t, 2*hour, s.Once(), 1e-6)
	require.InDelta(t, 3/5.5, s.Efficiency(), 1e-9)
	require.InDelta(t, 1, s.Repeats, 1e-9, "one of each activity, a case")
	require.InDelta(t, 0.5, s.Right, 1e-9)
	require.InDelta(t, 1.5, s.Handovers, 1e-9, "three of the first case, none of the second")
	require.InDelta(t, (3+0+1)/2.0*hour, s.Handing, 1e-6)
	require.InDelta(t, 2.5*hour, float64(s.Causes.Waiting), 1e-6)
}

// Another body answers, whom the log does not name; three sheets are filled in by design.
func TestStreamOfOthersAndOfMany(t *testing.T) {
	l := people(t, by{"1", "sheet", "Ann", 0, 0, 1}, by{"1", "sheet", "Ann", 0, 1, 2}, by{"1", "sheet", "Ann", 0, 2, 3}, by{"1", "answer", "", 3, 3, 8}, by{"1", "end", "Ann", 8, 8, 9})
	s, err := performance.StreamOf(t.Context(), l, performance.Config{}, "sheet")
	require.NoError(t, err)
	require.InDelta(t, 5*hour, s.Outside(), 1e-6)
	require.InDelta(t, 4*hour, s.Effort(), 1e-6, "nobody worked at the answer")
	require.Zero(t, s.Repeats)
	require.EqualValues(t, 1, s.Right)
	require.True(t, s.Stages[0].ByDesign)
	require.InDelta(t, 3, s.Stages[0].Times, 1e-9)
	s, err = performance.StreamOf(t.Context(), l, performance.Config{})
	require.NoError(t, err)
	require.InDelta(t, 2, s.Repeats, 1e-9)
	require.Zero(t, s.Right)
}

func TestStreamSumsToTheLeadTime(t *testing.T) {
	for seed := range uint64(30) {
		l := logtest.Random(seed, logtest.Config{})
		s, err := performance.StreamOf(t.Context(), l, performance.Config{})
		require.NoError(t, err)
		sum := s.Waiting() + s.Working() + s.Idle() + s.Unclear() + s.Outside()
		if s.Cases == 0 {
			require.Empty(t, s.Stages)
			continue
		}
		require.InDelta(t, s.Lead.Mean, sum, 1e-6*math.Max(1, s.Lead.Mean))
		for _, x := range s.Stages {
			require.GreaterOrEqual(t, x.Times, x.Further)
			require.LessOrEqual(t, x.Share, 1.0)
			require.GreaterOrEqual(t, x.Effort, x.First)
		}
	}
	s, err := performance.StreamOf(t.Context(), eventlog.NewBuilder("none").Log(), performance.Config{})
	require.NoError(t, err)
	require.Zero(t, s.Cases)
	require.NotEmpty(t, s.Warnings)
}
