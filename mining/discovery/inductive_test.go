package discovery

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/processtree"
)

// TestInductiveEqualsTheReference compares with the trees of PM4Py's IM: equal but
// for the order of children where order means nothing.
func TestInductiveEqualsTheReference(t *testing.T) {
	for _, s := range logtest.SharedLogs {
		t.Run(s.Name, func(t *testing.T) {
			want := oracleTree(t, s.Name, "im.tree.txt")
			if want == nil {
				t.Skip("no reference tree for this log")
			}
			got, err := Inductive(context.Background(), sharedVariants(t, s.File), InductiveConfig{})
			require.NoError(t, err)
			require.Equal(t, want.Reduce().Sorted().String(), got.Sorted().String())
		})
	}
}

func TestInductiveRefuses(t *testing.T) {
	for _, noise := range []float64{-0.1, 1.1, math.NaN()} {
		_, err := Inductive(context.Background(), []processtree.Variant{}, InductiveConfig{Noise: noise})
		require.ErrorContains(t, err, "mining a process tree: noise is ")
	}
	_, err := Inductive(context.Background(), []processtree.Variant{{Count: -1}}, InductiveConfig{})
	require.EqualError(t, err, "mining a process tree: variant 0 has the count -1")
}
