package discovery_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/alignment"
	"github.com/uprava/uprava/mining/discovery"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/petri"
	"github.com/uprava/uprava/mining/processtree"
)

// TestFitByAlignment: without noise every optimal alignment of every shared log with
// the model of the inductive miner costs nothing, and so with partial orders, all of
// which sequence and parallel can say here.
func TestFitByAlignment(t *testing.T) {
	for _, s := range logtest.SharedLogs {
		t.Run(s.Name, func(t *testing.T) {
			if testing.Short() && s.Name == "bpic15_1" {
				t.Skip("aligns long variants with a net of a thousand transitions")
			}
			l := logtest.Bare(t, s.File)
			variants := l.Variants()
			tree, err := discovery.InductiveLog(context.Background(), l, discovery.InductiveConfig{})
			require.NoError(t, err)
			costs(t, processtree.Petri(tree, s.Name), l, variants)
			if s.Name == "bpic15_1" {
				return // the same once more
			}
			orders, err := discovery.PartialOrders(context.Background(), variants, l.Activities(), discovery.InductiveConfig{})
			require.NoError(t, err)
			tree, ok := orders.Tree()
			require.True(t, ok)
			costs(t, processtree.Petri(tree, s.Name), l, variants)
		})
	}
}

// costs checks that aligning costs nothing and that this is proved.
func costs(t *testing.T, n *petri.Net, l *eventlog.Log, variants []eventlog.Variant) {
	t.Helper()
	r, err := alignment.Align(context.Background(), n, l.Activities(), variants, alignment.Config{})
	require.NoError(t, err)
	require.Equal(t, [2]int64{0, int64(l.Cases())}, [2]int64{r.TotalHigh, r.Proved})
}
