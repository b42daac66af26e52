package simulator_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
)

// The lead time is counted in working hours or days where the process says so: the
// weekend, the night and the short Friday do not count, a day is as long as it is.
func TestLeadTimeInWorkingTime(t *testing.T) {
	m := &twin.Model{ID: "m", TimeZone: "Europe/Moscow", Start: time.Date(2019, 2, 18, 0, 0, 0, 0, moscow(t)), Days: 14,
		Calendars: []twin.Calendar{{ID: "office", Production: true, Week: []twin.Interval{
			{From: time.Monday, To: time.Thursday, Begin: 9 * time.Hour, End: 17 * time.Hour}, {From: time.Friday, To: time.Friday, Begin: 9 * time.Hour, End: 15 * time.Hour}}}},
		Processes: []*twin.Process{{ID: "p",
			Diagram: &bpmn.Process{ID: "p", Nodes: []*bpmn.Node{{ID: "s", Kind: bpmn.StartEvent}, {ID: "a", Kind: bpmn.Task}, {ID: "e", Kind: bpmn.EndEvent}},
				Flows: []*bpmn.Flow{{ID: "f1", Source: "s", Target: "a"}, {ID: "f2", Source: "a", Target: "e"}}},
			Arrivals:    twin.Arrivals{Moments: &twin.Batch{Days: []time.Weekday{time.Thursday}, At: 13 * time.Hour}},
			DeliveredBy: "a",
			// Thursday 21 February 2019, 13:00, to Monday 13:00: half of Thursday, the
			// short Friday before the holiday, and half of Monday.
			Tasks: map[string]twin.Task{"a": {Time: twin.Distribution{Law: "fixed", Value: 4 * 24 * 3600}}}}}}
	for unit, want := range map[string]float64{"": 4 * 86400, twin.WorkingHour: (4 + 5 + 4) * 3600, twin.WorkingDay: 2 * 86400} {
		m.Processes[0].LeadTime = twin.Span{Unit: unit, Calendar: "office"}
		if unit == "" {
			m.Processes[0].LeadTime = twin.Span{}
		}
		s, err := simulator.Run(context.Background(), m, simulator.Config{Cases: 1})
		require.NoError(t, err)
		require.Equal(t, 1, int(s.Processes[0].Figures.Lead.N))
		require.InDelta(t, want, s.Processes[0].Figures.Lead.Mean(), 1e-3, unit)
		require.Equal(t, unit, s.Processes[0].LeadUnit)
	}
	m.Processes[0].LeadTime = twin.Span{Unit: "moon", Calendar: "nowhere"}
	_, err := simulator.Run(context.Background(), m, simulator.Config{Cases: 1})
	require.ErrorContains(t, err, `lead time in "moon"`)
}

func moscow(t *testing.T) *time.Location {
	loc, err := time.LoadLocation("Europe/Moscow")
	require.NoError(t, err)
	return loc
}
