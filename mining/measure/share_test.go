package measure

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Four samples that R. G. Newcombe works (1998,
// doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E),
// table I, method 3, four digits), and one mirrored.
func TestShareInterval(t *testing.T) {
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}, {20, 20, 1 - 0.1611, 1}} {
		iv, err := ShareInterval(c.k, c.n, 0.95)
		require.NoError(t, err)
		require.InDelta(t, c.low, iv.Low, 5e-5)
		require.InDelta(t, c.high, iv.High, 5e-5)
	}
	for _, c := range [][2]int{{1, 0}, {-1, 3}, {4, 3}} {
		_, err := ShareInterval(c[0], c[1], 0.95)
		require.Error(t, err)
	}
	_, err := ShareInterval(1, 2, 1)
	require.Error(t, err)
}
