package casetable_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/internal/casetable"
)

func TestAttributes(t *testing.T) {
	b := eventlog.NewBuilder("t")
	at := eventlog.At(time.Date(2019, 1, 7, 9, 0, 0, 0, time.UTC))
	for i, channel := range []string{"post", "web", "web", ""} {
		id := string(rune('1' + i))
		var list []eventlog.Attribute
		if channel != "" {
			list = []eventlog.Attribute{{Key: "channel", Value: eventlog.Text(channel)}, {Key: "class", Value: eventlog.Int(int64(9 - i))},
				{Key: "due", Value: eventlog.TimeValue(at)}, {Key: "l", Value: eventlog.Group(eventlog.KindList)}}
		}
		_, err := b.Case(id, list)
		require.NoError(t, err)
		for k := range 2 {
			e := eventlog.NewEvent(id, "a", at)
			e.Attributes = []eventlog.Attribute{{Key: "cost", Value: eventlog.Float(float64(10*i + k))}, {Key: "channel", Value: eventlog.Text("x")}}
			require.NoError(t, b.Add(&e))
		}
	}
	l := b.Log()
	cols, err := casetable.Attributes(context.Background(), l)
	require.NoError(t, err)
	require.Len(t, cols, 4)
	require.Equal(t, []string{"web", "post"}, cols[0].Levels)
	require.Equal(t, []int{2, 1}, cols[0].Counts)
	require.Equal(t, []int32{1, 0, 0, -1}, cols[0].Codes)
	require.Equal(t, casetable.Nominal, cols[1].Kind, "few integers are names")
	require.Equal(t, []string{"7", "8", "9"}, cols[1].Levels)
	require.Equal(t, casetable.Moment, cols[2].Kind)
	require.Equal(t, "cost", cols[3].Name)
	require.True(t, cols[3].FirstRow)
	require.Equal(t, []float64{0, 10, 20, 30}, cols[3].Values)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = casetable.Attributes(ctx, l)
	require.ErrorIs(t, err, context.Canceled)
}
