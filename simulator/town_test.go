package simulator

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/simulator/simtest"
	"github.com/uprava/uprava/twin"
)

// town is an administration of the size that a city has: 40 departments with 40
// people each, in the hours of an office, 1,200 procedures of six steps on average,
// two million cases a year.
func town(procedures int, cases float64) *twin.Model {
	rng := rand.New(rand.NewPCG(1, 2))
	s := newSketch(twin.Distribution{})
	m := s.m
	m.Processes = nil
	m.Days, m.WarmUpDays = 365, 0
	for d := range 40 {
		m.Pools = append(m.Pools, twin.Pool{ID: fmt.Sprint("department-", d), Size: 40, Calendar: "office", CostPerHour: 500})
	}
	for i := range procedures {
		p := &twin.Process{ID: fmt.Sprint("procedure-", i), Diagram: &bpmn.Process{ID: fmt.Sprint("P", i)}, Tasks: map[string]twin.Task{}, Branches: map[string]float64{},
			Arrivals: twin.Arrivals{Between: expo(40 * 52 * 3600 * float64(procedures) / cases), Calendar: "office"},
			Limit:    &twin.Limit{Days: 30, Unit: "calendar-day", Calendar: "office", RollForward: true}}
		k := &sketch{m: m, p: p}
		k.node("s", bpmn.StartEvent).node("e", bpmn.EndEvent).node("m", bpmn.ExclusiveGateway).node("x", bpmn.ExclusiveGateway)
		pool := func(n int) string { return fmt.Sprint("department-", (i+n*rng.IntN(2))%40) }
		last := "m"
		k.flow("s", "m")
		for t := range 5 {
			id := fmt.Sprint("t", t)
			k.task(id, twin.Distribution{Law: "lognormal", Mean: 600, SD: 400}, pool(t)).flow(last, id)
			last = id
		}
		k.flow(last, "x", "e").flow("x", "m")
		p.Branches["x-e"], p.Branches["x-m"] = 0.8333, 0.1667
		m.Processes = append(m.Processes, p)
	}
	return m
}

// All processes on shared people in one run: nothing is lost.
func TestTown(t *testing.T) {
	m := town(120, 20_000)
	s, err := Run(context.Background(), m, Config{Seed: 1})
	require.NoError(t, err)
	balanced(t, s)
	require.InDelta(t, 20_000, s.Arrived, 700)
	arrived := 0
	for _, p := range s.Processes {
		arrived += p.Arrived
	}
	require.Equal(t, s.Arrived, arrived)
}

// BenchmarkTown is one replication of a year of the whole town.
func BenchmarkTown(b *testing.B) {
	p, err := Compile(town(1200, 2_000_000), "en")
	if err != nil {
		b.Fatal(err)
	}
	if w := p.Warnings(); len(w) > 0 {
		b.Fatal(w[0])
	}
	activities, began := 0, simtest.CPU()
	for i := range b.N {
		s, err := p.Run(context.Background(), Config{Seed: 1, Replication: i})
		if err != nil {
			b.Fatal(err)
		}
		for _, a := range s.Activities {
			activities += a.Waiting.N
		}
	}
	b.ReportMetric(float64(activities)/float64(b.N), "activities")
	took := (simtest.CPU() - began).Seconds()
	b.ReportMetric(float64(activities)/took, "activities/cpu-s")
	b.ReportMetric(took/float64(b.N), "cpu-s/replication")
}

// BenchmarkCancel is how long a run takes to stop.
func BenchmarkCancel(b *testing.B) {
	p, err := Compile(town(1200, 2_000_000), "en")
	if err != nil {
		b.Fatal(err)
	}
	var longest time.Duration
	for range b.N {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() {
			_, _ = p.Run(ctx, Config{Seed: 1})
			close(done)
		}()
		time.Sleep(50 * time.Millisecond)
		began := time.Now()
		cancel()
		<-done
		longest = max(longest, time.Since(began))
	}
	b.ReportMetric(float64(longest.Microseconds())/1000, "ms-longest")
}
