package architecture

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDuplicatesOfATown(t *testing.T) {
	for seed := uint64(1); seed <= 5; seed++ {
		list, same, near := town(seed, 1)
		require.Len(t, list, 1200)
		found, err := Duplicates(context.Background(), list, DuplicateConfig{})
		require.NoError(t, err)
		q := Judge(found, same)
		plain := TokenOverlap(list)
		t.Logf("seed %d: found %d, precision %.3f, recall %.3f (ranking %.3f), near-misses reported %d/%d; token overlap reaches recall %.3f",
			seed, q.Found, q.Precision, q.Recall, RecallAt(found, same, 0.85), Judge(found, near).Hits, len(near), RecallAt(plain, same, 0.85))
		require.GreaterOrEqual(t, float64(q.Precision), 0.85)
		require.GreaterOrEqual(t, float64(q.Recall), 0.75) // a fifth of its procedures leave no footprint
		require.Zero(t, Judge(found, near).Hits)
		require.LessOrEqual(t, RecallAt(plain, same, 0.85), 0.5)
	}
}
