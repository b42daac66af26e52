package simulator_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/datasets"
	"github.com/uprava/uprava/simulator"
)

// offers checks that work is enabled, offered, begun and completed in this order.
type offers struct {
	t             *testing.T
	waited, queue float64
}

func (*offers) Arrived(*simulator.Case) {}
func (*offers) Ended(*simulator.Case)   {}
func (o *offers) Completed(_ *simulator.Case, i *simulator.Instance) {
	if i.Enabled > i.Offered || i.Offered > i.Start || i.Start > i.Complete {
		o.t.Fatalf("out of order: %+v", *i)
	}
	if i.Pool < 0 && i.Offered != i.Start {
		o.t.Fatalf("nobody is needed, yet it stood in a queue: %+v", *i)
	}
	o.waited += (i.Start - i.Enabled).Hours()
	o.queue += (i.Start - i.Offered).Hours()
}

func TestOfferedLiesBetweenEnabledAndStart(t *testing.T) {
	pack, err := datasets.Open("municipality")
	require.NoError(t, err)
	m, err := pack.Model()
	require.NoError(t, err)
	o := &offers{t: t}
	_, err = simulator.Run(context.Background(), m, simulator.Config{Seed: 1, Cases: 2000, Observer: o})
	require.NoError(t, err)
	require.Positive(t, o.queue)
	require.Greater(t, o.waited, 2*o.queue, "a town waits for other reasons than its queues")
}
