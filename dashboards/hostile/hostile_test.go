package hostile

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLabels(t *testing.T) {
	require.Len(t, Labels, 40)
	seen := map[string]bool{}
	for _, label := range Labels {
		require.NotEmpty(t, label)
		require.False(t, seen[label], "%q stands twice", label)
		seen[label] = true
	}
}
