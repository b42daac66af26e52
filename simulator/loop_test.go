package simulator

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"math"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
	"github.com/uprava/uprava/simulator/simtest"
	"github.com/uprava/uprava/twin"
)

// office is a process with everything in it: a loop, parallel and inclusive
// branches, shared pools with hours, a signing day, a delay, two ends, a limit.
func office() *twin.Model {
	gamma := func(mean, sd time.Duration) twin.Distribution {
		return twin.Distribution{Law: "gamma", Mean: mean.Seconds(), SD: sd.Seconds()}
	}
	s := newSketch(twin.Distribution{Law: "exponential", Mean: 2 * 3600}).pool("clerks", 3, "office").pool("boss", 1, "office").
		node("s", bpmn.StartEvent).task("register", exactly(10*time.Minute), "clerks").node("x", bpmn.ExclusiveGateway).
		node("returned", bpmn.EndEvent).node("f", bpmn.ParallelGateway).task("ask", gamma(72*time.Hour, 24*time.Hour)).
		task("check", gamma(2*time.Hour, time.Hour), "clerks").node("j", bpmn.ParallelGateway).node("m", bpmn.ExclusiveGateway).
		task("draft", gamma(90*time.Minute, time.Hour), "clerks", "boss").node("o", bpmn.InclusiveGateway).
		task("legal", gamma(time.Hour, time.Hour), "boss").task("copy", exactly(5*time.Minute), "clerks").node("oj", bpmn.InclusiveGateway).
		node("y", bpmn.ExclusiveGateway).task("sign", exactly(3*time.Minute), "boss").node("e", bpmn.EndEvent).
		flow("s", "register", "x", "f", "ask", "j", "m", "draft", "o", "legal", "oj", "y", "sign", "e").
		flow("x", "returned").flow("f", "check", "j").flow("o", "copy", "oj").flow("y", "m")
	s.p.Branches = map[string]float64{"x-f": 0.9, "x-returned": 0.1, "o-legal": 0.6, "o-copy": 0.7, "y-sign": 0.8, "y-m": 0.2}
	s.p.Arrivals.Calendar = "office"
	sign := s.p.Tasks["sign"]
	sign.Batch = &twin.Batch{Days: []time.Weekday{time.Tuesday, time.Friday}, At: 15 * time.Hour, Calendar: "office"}
	s.p.Tasks["sign"] = sign
	s.p.Limit = &twin.Limit{Days: 6, Unit: "calendar-day", Calendar: "office", RollForward: true}
	s.p.RequestedBy, s.p.DeliveredBy = "register", "sign"
	s.m.Pools[0].Queue = twin.EarliestDue
	s.m.Days = 120
	return s.m
}

// micros undoes the division of a sample by a million.
func micros(x []float64) (sum int64) {
	for _, v := range x {
		sum += int64(math.Round(v * 1e6))
	}
	return sum
}

// Mining the log of a run gives the figures of the run, to the microsecond.
func TestMinedFiguresEqualTheRun(t *testing.T) {
	models := map[string]*twin.Model{"office": office(), "queue": one(expo(1000), expo(800), 1, "").m}
	for name, m := range models {
		t.Run(name, func(t *testing.T) {
			cfg := Config{Seed: 3}
			if name == "queue" {
				cfg.Cases, cfg.Warmup = 5000, 100
			}
			l, s, err := LogAndStatistics(context.Background(), m, cfg)
			require.NoError(t, err)
			balanced(t, s)
			require.Greater(t, l.Cases(), 300)
			require.Equal(t, s.Counted, l.Cases())

			for form, l := range map[string]*eventlog.Log{"instances": l, "recorded": l.Recorded()} {
				times := performance.Cases(l, performance.Config{})
				same := func(what string, sample performance.Sample, want Tally) {
					require.Empty(t, sample.Warnings, form)
					require.Len(t, sample.Seconds, want.N, form+": "+what)
					require.EqualValues(t, want.Sum.Micros(), micros(sample.Seconds), form+": "+what)
				}
				same("cycle", times.Cycle, s.All.Cycle)
				same("waiting", times.Waiting, s.All.Waiting)
				n := 0
				for _, a := range performance.Activities(l, performance.Config{}) {
					for i := range s.Activities {
						want := &s.Activities[i]
						if want.Name != a.Activity {
							continue
						}
						n++
						require.Equal(t, want.Waiting.N, a.N, a.Activity)
						require.InDelta(t, want.Waiting.Mean(), a.Waiting.Mean, 1e-6, a.Activity)
						require.InDelta(t, want.Service.Mean(), a.Service.Mean, 1e-6, a.Activity)
						require.InDelta(t, want.Waiting.Max.Seconds(), a.Waiting.Max, 1e-9, a.Activity)
					}
				}
				require.Equal(t, len(s.Activities), n)
				if name != "office" {
					continue
				}
				lead, err := performance.Between(l, performance.LeadConfig{From: performance.Milestone{Activity: "register"}, To: performance.Milestone{Activity: "sign"}})
				require.NoError(t, err)
				require.Len(t, lead.Seconds, s.All.Lead.N)
				require.EqualValues(t, s.All.Lead.Sum.Micros(), micros(lead.Seconds))
			}
			if name == "office" { // nothing is idle where people keep no hours, and much where they do
				require.Greater(t, s.All.Cycle.Mean(), s.All.Waiting.Mean())
				require.Positive(t, s.All.Overdue)
				require.Less(t, s.All.Overdue, s.All.Limited)
			}
		})
	}
}

func hash(l *eventlog.Log) uint64 {
	h := fnv.New64a()
	word := func(x int64) { _ = binary.Write(h, binary.LittleEndian, x) }
	for _, c := range l.All() {
		h.Write([]byte(c.ID()))
		for i := range c.Len() {
			e := c.Event(i)
			h.Write([]byte(e.Activity + "\x00" + e.Resource + "\x00" + e.Unit))
			word(int64(e.Enabled.Time))
			word(int64(e.Start.Time))
			word(int64(e.Time.Time))
			word(int64(e.Time.Zone))
			for _, a := range e.Attributes {
				h.Write([]byte(a.Key + a.Value.String()))
			}
		}
		for _, a := range c.Attributes() {
			h.Write([]byte(a.Key + a.Value.String()))
		}
	}
	return h.Sum64()
}

// The same seed gives the same log at any number of processors, also where runs
// of one program go on beside each other; another seed or replication does not.
func TestSameSeedSameLog(t *testing.T) {
	m := office()
	log := func(cfg Config) uint64 {
		l, err := Log(context.Background(), m, cfg)
		if err != nil {
			t.Error(err)
			return 0
		}
		return hash(l)
	}
	want := log(Config{Seed: 1})
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, n := range []int{1, 4} {
		runtime.GOMAXPROCS(n)
		var wg sync.WaitGroup
		got := make([]uint64, 4)
		for i := range got {
			wg.Go(func() { got[i] = log(Config{Seed: 1}) })
		}
		wg.Wait()
		for _, g := range got {
			require.Equal(t, want, g)
		}
	}
	require.NotEqual(t, want, log(Config{Seed: 2}))
	require.NotEqual(t, want, log(Config{Seed: 1, Replication: 1}))
}

// works keeps the working time of each activity instance, and which case went on
// which way.
type works struct{ at map[[3]int][]time.Duration }

func (w *works) Arrived(*Case) {}
func (w *works) Completed(c *Case, i *Instance) {
	k := [3]int{c.Number, i.Activity}
	w.at[k] = append(w.at[k], i.Work)
}
func (w *works) Ended(*Case) {}

// Common random numbers: with one person more, and hours that are longer, every
// case still takes the same way, and every step of it the same work.
func TestCommonRandomNumbers(t *testing.T) {
	run := func(change func(*twin.Model)) map[[3]int][]time.Duration {
		m := office()
		change(m)
		w := &works{map[[3]int][]time.Duration{}}
		_, err := Run(context.Background(), m, Config{Seed: 9, Cases: 300, Observer: w})
		require.NoError(t, err)
		for k := range w.at {
			if k[0] >= 300 {
				delete(w.at, k)
			}
		}
		return w.at
	}
	want := run(func(*twin.Model) {})
	require.Equal(t, want, run(func(m *twin.Model) {
		m.Pools[0].Size++
		m.Pools[0].Queue = twin.FIFO
		m.Calendars[0].Week[0].End = 20 * time.Hour
		m.Processes[0].Arrivals.Calendar = ""
	}))
	// A lever that halves a step halves it in every case.
	halved := run(func(m *twin.Model) {
		d := m.Processes[0].Tasks["check"]
		d.Time.Scale = 0.5
		m.Processes[0].Tasks["check"] = d
	})
	changed := 0
	for k, v := range want {
		for i := range v {
			if d := halved[k][i]; d != v[i] {
				require.InDelta(t, float64(v[i])/2, float64(d), 1000)
				changed++
			}
		}
	}
	require.Greater(t, changed, 250)
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	p, err := Compile(office(), "en")
	require.NoError(t, err)
	allocs := func(cases int) float64 {
		return testing.AllocsPerRun(1, func() {
			_, err := p.Run(context.Background(), Config{Cases: cases})
			require.NoError(t, err)
		})
	}
	require.Less(t, allocs(12000)-allocs(2000), 100.0) // ten thousand cases more
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Run(ctx, office(), Config{})
	require.ErrorIs(t, err, context.Canceled)
}

func BenchmarkOffice(b *testing.B) {
	p, err := Compile(office(), "en")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	n, began := 0, simtest.CPU()
	for i := range b.N {
		s, err := p.Run(context.Background(), Config{Seed: 1, Replication: i, Cases: 50_000})
		if err != nil {
			b.Fatal(err)
		}
		for _, a := range s.Activities {
			n += a.Waiting.N
		}
	}
	b.ReportMetric(float64(n)/(simtest.CPU()-began).Seconds(), "activities/cpu-s")
}

// Of condensed samples the quantile is left that they were condensed to, and no memory.
func TestCondense(t *testing.T) {
	p, err := Compile(office(), "en")
	require.NoError(t, err)
	s, err := p.Run(context.Background(), Config{Seed: 1, Cases: 2000, Samples: true})
	require.NoError(t, err)
	want := measure.Quantile(s.All.Cycle.Seconds(), 0.85)
	require.Equal(t, want, s.All.Cycle.Quantile(0.85))
	s.Condense(0.85)
	require.Nil(t, s.All.Cycle.Values)
	require.Equal(t, want, s.All.Cycle.Quantile(0.85))
	require.True(t, math.IsNaN(s.All.Cycle.Quantile(0.5)))
	var nothing Tally
	nothing.Condense(0.85)
	require.True(t, math.IsNaN(nothing.Quantile(0.85)))
}
