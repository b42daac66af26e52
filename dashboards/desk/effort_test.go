package desk

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/outline"
	"github.com/uprava/uprava/simulator"
)

// What a board reads out of a simulated log as labour effort and flow efficiency is what
// the simulation counted under these names.
func TestEffortOfABoardIsThatOfTheSimulation(t *testing.T) {
	for _, pack := range []string{"municipality", "expertise"} {
		tw, err := PackAsTwin(pack)
		require.NoError(t, err)
		m := tw.Model
		program, err := simulator.Compile(m, "ru")
		require.NoError(t, err)
		log, counted, err := program.Log(t.Context(), simulator.Config{Seed: 1})
		require.NoError(t, err)
		for i, p := range m.Processes {
			own := log
			if len(m.Processes) > 1 {
				own = log.Where(func(c eventlog.Case) bool {
					v, ok := c.Attribute(simulator.ProcessKey)
					return ok && v.Text() == p.ID
				}).Compact()
			}
			paired, _ := own.Instances()
			s := &subject{model: m, process: p}
			count, err := s.reckoning()
			require.NoError(t, err)
			o, err := outline.Of(t.Context(), paired, outline.Config{Lead: s.milestones(paired), Hours: count.hours, Unmanned: s.unmanned(paired)})
			require.NoError(t, err)
			read, effort := sampleOf(o, Window{}).measured(), 0.0
			for _, w := range o.Work { // of all that ended, also without being delivered
				effort += w / 3600 / float64(o.Cases())
			}
			f := &counted.Processes[i].Figures
			if p.ID == "roads" { // a trip to several places counts in each of the cases, the simulation divides it
				require.Greater(t, effort, f.Labour.Mean()/3600)
				require.Greater(t, read.Flow.Value, f.Touched.Mean()/f.Span.Mean())
				continue
			}
			require.InEpsilon(t, f.Labour.Mean()/3600, effort, 0.02, p.ID)
			require.InEpsilon(t, f.Touched.Mean()/f.Span.Mean(), read.Flow.Value, 0.02, p.ID)
		}
	}
}
