package performance_test

import (
	"context"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/logtest"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin/prosimos"
)

// TestSimulatedLogGivesTheSimulatorsFigures closes the loop: cycle times, waiting
// and service mined from a simulated log are those that the simulator counted,
// to the microsecond in which both keep time.
func TestSimulatedLogGivesTheSimulatorsFigures(t *testing.T) {
	for _, name := range []string{"mm1", "mm3", "mg1_uniform", "md1", "feedback_mm1", "calendar_24x7_arr_9to5_res"} {
		t.Run(name, func(t *testing.T) {
			diagram, err := os.Open(logtest.Shared(t, "queueing/"+name+".bpmn"))
			require.NoError(t, err)
			defer diagram.Close()
			parameters, err := os.Open(logtest.Shared(t, "queueing/"+name+".json"))
			require.NoError(t, err)
			defer parameters.Close()
			model, _, err := prosimos.Read(diagram, parameters)
			require.NoError(t, err)

			cfg := simulator.Config{Seed: 1, Cases: 2000, Warmup: 100, Samples: true}
			want, err := simulator.Run(context.Background(), model, cfg)
			require.NoError(t, err)
			log, err := simulator.Log(context.Background(), model, cfg)
			require.NoError(t, err)

			for form, got := range map[string]performance.CaseTimes{
				"instances": performance.Cases(log, performance.Config{}),
				"recorded":  performance.Cases(log.Recorded(), performance.Config{}),
			} {
				equal := func(want *simulator.Tally, got performance.Sample, what string) {
					require.Equal(t, want.N, len(got.Seconds), "%s %s", form, what)
					require.Empty(t, got.Warnings)
					a, b := slices.Sorted(slices.Values(want.Seconds())), slices.Sorted(slices.Values(got.Seconds))
					for i := range a {
						require.InDelta(t, a[i], b[i], 1e-6, "%s %s", form, what)
					}
				}
				equal(&want.All.Cycle, got.Cycle, "cycle time")
				// A case that loops has several instances, and sums of waiting.
				equal(&want.All.Waiting, got.Waiting, "waiting")
			}
			activities := performance.Activities(log, performance.Config{})
			require.Len(t, activities, len(want.Activities))
			for _, a := range want.Activities {
				i := slices.IndexFunc(activities, func(x performance.ActivityTimes) bool { return x.Activity == a.Name })
				require.GreaterOrEqual(t, i, 0, a.Name)
				require.Equal(t, a.Service.N, activities[i].N)
				require.InDelta(t, a.Waiting.Mean(), activities[i].Waiting.Mean, 1e-6)
				require.InDelta(t, a.Service.Mean(), activities[i].Service.Mean, 1e-6)
				require.False(t, math.IsNaN(activities[i].Processing.Mean))
			}
		})
	}
}
