package prosimos_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/simulator/simtest"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/prosimos"
)

// shared returns a folder of the shared data beside the repository, found by
// walking up; without it the test is skipped.
func shared(t testing.TB, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for ; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
		f := filepath.Join(dir, "..", "shared", path)
		if _, err := os.Stat(f); err == nil {
			return f
		}
	}
	t.Skipf("the shared data (%s) is not beside the repository", path)
	return ""
}

func read(t testing.TB, name string) *twin.Model {
	t.Helper()
	base := filepath.Join(shared(t, "data/queueing"), name)
	diagram, err := os.Open(base + ".bpmn")
	require.NoError(t, err)
	defer diagram.Close()
	parameters, err := os.Open(base + ".json")
	require.NoError(t, err)
	defer parameters.Close()
	m, warnings, err := prosimos.Read(diagram, parameters)
	require.NoError(t, err)
	require.Empty(t, warnings)
	return m
}

// closed is what theory says of a shared model: mean times in seconds.
type closed struct {
	cycle       float64
	wait        map[string]float64 // by activity, per visit
	utilisation map[string]float64 // by pool
}

// Every closed form of the shared models lies inside the 99.9 % interval of 30
// replications, whose half-width is under 2 % of it. The seed is fixed; the
// values are those of theory.json.
func TestTheory(t *testing.T) {
	if testing.Short() {
		t.Skip("a sixth of a minute of queues; simulator tests the same forms with wider intervals")
	}
	text, err := os.ReadFile(filepath.Join(shared(t, "data/queueing"), "theory.json"))
	require.NoError(t, err)
	var theory map[string]map[string]any
	require.NoError(t, json.Unmarshal(text, &theory))
	of := func(model, key string) float64 {
		v, ok := theory[model][key].(float64)
		require.True(t, ok, "theory.json: %s.%s", model, key)
		return v
	}
	single := func(model string) closed {
		return closed{of(model, "cycle_s"), map[string]float64{"A": of(model, "Wq_s")}, map[string]float64{"R": of(model, "util")}}
	}
	feedback := closed{of("feedback_mm1", "cycle_s"), map[string]float64{"A": of("feedback_mm1", "cycle_s")/of("feedback_mm1", "visits") - 600},
		map[string]float64{"R": of("feedback_mm1", "util")}}
	tandem := closed{of("tandem_mm1_mm1", "cycle_s"), map[string]float64{"A": of("tandem_mm1_mm1", "WqA_s"), "B": of("tandem_mm1_mm1", "WqB_s")},
		map[string]float64{"RA": of("tandem_mm1_mm1", "utilA"), "RB": of("tandem_mm1_mm1", "utilB")}}
	for _, c := range []struct {
		name          string
		model         func(testing.TB) *twin.Model
		want          closed
		cases, warmup int
	}{
		{"mm1", file("mm1"), single("mm1"), 300_000, 5000},
		{"mm3", file("mm3"), single("mm3"), 300_000, 5000},
		{"md1", file("md1"), single("md1"), 200_000, 5000},
		{"mg1_uniform", file("mg1_uniform"), single("mg1_uniform"), 200_000, 5000},
		{"mg1_lognormal", lognormal, single("mg1_lognormal"), 600_000, 10000},
		{"tandem_mm1_mm1", tandemModel, tandem, 300_000, 5000},
		{"feedback_mm1", file("feedback_mm1"), feedback, 300_000, 5000},
		{"forkjoin_inf", file("forkjoin_inf"), closed{cycle: of("forkjoin_inf", "cycle_s")}, 20_000, 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			p, err := simulator.Compile(c.model(t), "en")
			require.NoError(t, err)
			require.Empty(t, p.Warnings())
			var cycle []float64
			wait, busy := map[string][]float64{}, map[string][]float64{}
			for rep := range 30 {
				s, err := p.Run(context.Background(), simulator.Config{Seed: 2024, Replication: rep, Cases: c.cases, Warmup: c.warmup})
				require.NoError(t, err)
				require.Equal(t, s.CaseTime, s.Sojourn, "little's law")
				require.Equal(t, s.Arrived, s.Finished+s.InProgress)
				cycle = append(cycle, s.All.Cycle.Mean())
				for _, a := range s.Activities {
					wait[a.Name] = append(wait[a.Name], a.Waiting.Mean())
				}
				for _, p := range s.Pools {
					busy[p.ID] = append(busy[p.ID], p.Utilisation())
				}
			}
			inside(t, "cycle time", cycle, c.want.cycle)
			for name, want := range c.want.wait {
				inside(t, "waiting time of "+name, wait[name], want)
			}
			for name, want := range c.want.utilisation {
				inside(t, "utilisation of "+name, busy[name], want)
			}
			t.Logf("%.1f s", time.Since(began).Seconds())
		})
	}
}

func inside(t *testing.T, what string, x []float64, want float64) {
	t.Helper()
	iv, err := measure.MeanInterval(x, 0.999)
	require.NoError(t, err)
	t.Logf("%s: theory %.5g, interval %.5g to %.5g, half-width %.2f %%", what, want, iv.Low, iv.High, 100*iv.HalfWidth()/want)
	require.True(t, iv.Contains(want), "%s: %v is not in [%v, %v]", what, want, iv.Low, iv.High)
	require.Less(t, iv.HalfWidth(), 0.02*want, what)
}

func file(name string) func(testing.TB) *twin.Model {
	return func(t testing.TB) *twin.Model { return read(t, name) }
}

// lognormal is the shared M/M/1 with a lognormal service time of the same mean
// and a coefficient of variation of 1.5; theory.json has it without a file.
func lognormal(t testing.TB) *twin.Model {
	text, err := os.ReadFile(filepath.Join(shared(t, "data/queueing"), "mm1.json"))
	require.NoError(t, err)
	diagram, err := os.ReadFile(filepath.Join(shared(t, "data/queueing"), "mm1.bpmn"))
	require.NoError(t, err)
	var p map[string]any
	require.NoError(t, json.Unmarshal(text, &p))
	at := p["task_resource_distribution"].([]any)[0].(map[string]any)["resources"].([]any)[0].(map[string]any)
	at["distribution_name"] = "lognorm" // mean, variance, min, max
	at["distribution_params"] = []any{map[string]any{"value": 800}, map[string]any{"value": math.Pow(1.5*800, 2)}, map[string]any{"value": 0}, map[string]any{"value": 1e12}}
	text, err = json.Marshal(p)
	require.NoError(t, err)
	m, _, err := prosimos.Read(strings.NewReader(string(diagram)), strings.NewReader(string(text)))
	require.NoError(t, err)
	return m
}

// tandemModel is two M/M/1 in a row; theory.json has it without a file.
func tandemModel(testing.TB) *twin.Model {
	expo := func(mean float64) twin.Distribution { return twin.Distribution{Law: "exponential", Mean: mean} }
	return &twin.Model{ID: "tandem", TimeZone: "UTC", Start: prosimos.Start,
		Pools: []twin.Pool{{ID: "RA", Size: 1}, {ID: "RB", Size: 1}},
		Processes: []*twin.Process{{ID: "p",
			Diagram: &bpmn.Process{ID: "p",
				Nodes: []*bpmn.Node{{ID: "s", Kind: bpmn.StartEvent}, {ID: "A", Kind: bpmn.Task}, {ID: "B", Kind: bpmn.Task}, {ID: "e", Kind: bpmn.EndEvent}},
				Flows: []*bpmn.Flow{{ID: "1", Source: "s", Target: "A"}, {ID: "2", Source: "A", Target: "B"}, {ID: "3", Source: "B", Target: "e"}}},
			Arrivals: twin.Arrivals{Between: expo(1000)},
			Tasks:    map[string]twin.Task{"A": {Pools: []string{"RA"}, Time: expo(700)}, "B": {Pools: []string{"RB"}, Time: expo(800)}}}}}
}

// Arrivals every hour of Monday to Friday, 9 to 17, half an hour of work: nobody
// waits, and every case takes exactly half an hour. The arrival at closing, of
// each day, comes at the next opening.
func TestNineToFiveIsExact(t *testing.T) {
	l, s, err := simulator.LogAndStatistics(context.Background(), read(t, "calendar_9to5_fix"), simulator.Config{Cases: 1000, Samples: true})
	require.NoError(t, err)
	require.Equal(t, 1000, s.All.Cycle.N)
	require.Equal(t, 1800*time.Second, s.All.Cycle.Min)
	require.Equal(t, 1800*time.Second, s.All.Cycle.Max)
	require.Zero(t, s.All.Waiting.Max)
	at := prosimos.Start.Add(9 * time.Hour) // the first gap begins on Monday 00:00 and ends at 01:00, while closed
	for i, c := range l.All() {
		require.Equal(t, at, c.Enabled()[0].Go(), "arrival %d", i)
		if at = at.Add(time.Hour); at.Hour() == 17 {
			at = at.Add(16 * time.Hour)
			if at.Weekday() == time.Saturday {
				at = at.Add(48 * time.Hour)
			}
		}
	}
}

// Round-the-clock arrivals and one person from 9 to 17: no closed form. But
// nobody works while closed, and what comes at night waits for the morning.
func TestNightArrivalsWaitForTheMorning(t *testing.T) {
	l, s, err := simulator.LogAndStatistics(context.Background(), read(t, "calendar_24x7_arr_9to5_res"), simulator.Config{Cases: 5000, Seed: 1})
	require.NoError(t, err)
	for _, c := range l.All() {
		for i := range c.Len() {
			e := c.Event(i)
			for _, x := range []time.Time{e.Start.Go(), e.Time.Go().Add(-time.Microsecond)} {
				require.True(t, x.Weekday() >= time.Monday && x.Weekday() <= time.Friday && x.Hour() >= 9 && x.Hour() < 17, "worked at %v", x)
			}
		}
	}
	// 12 arrivals a day of 600 s of work, seven days a week, over 40 hours.
	require.InDelta(t, 12*7*600.0/(40*3600), s.Pools[0].Utilisation(), 0.02)
	// An arrival at a random moment waits at least until the next opening: the
	// mean square of the closed stretches over twice the week.
	closed := (4*16*16 + 64*64) / (2.0 * 168) * 3600
	require.Greater(t, s.All.Waiting.Mean(), closed)
	require.NoError(t, simtest.Little(s.CaseTime.Seconds(), float64(s.Arrived), s.Sojourn.Seconds()/float64(s.Arrived), 1e-9))
}
