package fit

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/processtree"
	"github.com/uprava/uprava/twin"
)

func TestCluster(t *testing.T) {
	for _, c := range []struct {
		rows [][]float64
		want [][]int
	}{
		{nil, nil},
		{[][]float64{{1, 0}, {0, 1}, {2, 0}}, [][]int{{0, 2}, {1}}},
		{[][]float64{{0, 0}, {3, 1}, {0, 0}, {1, 3}}, [][]int{{1, 3}}}, // cosine 0.6; rows of nobody are left out
		{[][]float64{{1, 0, 0}, {0.4, 1, 0}, {0, 0.4, 1}}, [][]int{{0}, {1}, {2}}},
	} {
		require.Equal(t, c.want, cluster(c.rows, alike))
	}
}

func TestWeekly(t *testing.T) {
	var week [7 * 24]int
	for d := 1; d <= 5; d++ {
		for h := 9; h < 17; h++ {
			week[d*24+h] = 20
		}
	}
	week[3*24+12] = 12 // lunch is quieter, yet worked
	week[6*24+23] = 3  // a straggler
	intervals, share := weekly(week, 795)
	require.Len(t, intervals, 5)
	require.Equal(t, twin.Interval{From: time.Wednesday, To: time.Wednesday, Begin: 9 * time.Hour, End: 17 * time.Hour}, intervals[2])
	require.InDelta(t, 792.0/795, share, 1e-9)

	intervals, _ = weekly(week, tooFew-1)
	require.Nil(t, intervals, "too little to go by")
	for h := range week {
		week[h] = 5
	}
	intervals, _ = weekly(week, 5*len(week))
	require.Nil(t, intervals, "round the clock")
}

func TestEmpirical(t *testing.T) {
	require.Equal(t, twin.Distribution{Law: "fixed"}, empirical(nil))
	require.Equal(t, twin.Distribution{Law: "fixed", Value: 5}, empirical([]float64{5, 5}))
	require.Equal(t, twin.Distribution{Law: "empirical", Sample: []float64{1, 2}}, empirical([]float64{1, 2}))
	for _, n := range []int{longest + 1, 2*longest - 1, 7*longest + 13} {
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(i) * float64(i)
		}
		d := empirical(x)
		require.Len(t, d.Sample, longest)
		require.InEpsilon(t, mean(x), mean(d.Sample), 1e-9, "condensing keeps the mean")
		for _, p := range []float64{0.1, 0.5, 0.85} {
			require.InEpsilon(t, measure.Quantile(x, p), measure.Quantile(d.Sample, p), 0.01)
		}
	}
}

func TestFlower(t *testing.T) {
	for notation, want := range map[string]bool{
		"->( 'a', 'b', 'c', 'd' )":                false,
		"*( tau, X( 'a', 'b', 'c', 'd', 'e' ) )":  true,
		"*( X( 'a', 'b', 'c', 'd', 'e' ), tau )":  true,
		"->( *( 'a', tau ), *( 'b', 'c' ), 'd' )": false,
	} {
		tree, err := processtree.Parse(notation)
		require.NoError(t, err)
		require.Equal(t, want, flower(tree, len(tree.Activities())), notation)
	}
}

func TestIdentifier(t *testing.T) {
	for in, want := range map[string]string{"Receipt": "receipt", "BPIC15_1": "bpic15-1", "  Журнал 2019! ": "2019", "Журнал": "log", "": "log"} {
		require.Equal(t, want, identifier(in))
	}
}
