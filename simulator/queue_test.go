package simulator

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/simtest"
	"github.com/uprava/uprava/twin"
)

// The closed form lies in the 99.9 % interval of 30 replications. The shared
// models are tested likewise, with narrower intervals, in twin/prosimos.
func TestClosedForms(t *testing.T) {
	check := func(name string, s *sketch, want simtest.Queue, err error) {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, err)
			p, err := Compile(s.m, "en")
			require.NoError(t, err)
			require.Empty(t, p.Warnings())
			var cycle, wait, busy []float64
			for rep := range 30 {
				st, err := p.Run(context.Background(), Config{Seed: 11, Replication: rep, Cases: 20000, Warmup: 2000})
				require.NoError(t, err)
				balanced(t, st)
				cycle = append(cycle, st.All.Cycle.Mean())
				wait = append(wait, st.All.Waiting.Mean())
				busy = append(busy, st.Pools[0].Utilisation())
			}
			for _, c := range []struct {
				name string
				x    []float64
				want float64
			}{{"cycle", cycle, want.Sojourn}, {"wait", wait, want.Wait}, {"utilisation", busy, want.Utilisation}} {
				iv, err := measure.MeanInterval(c.x, 0.999)
				require.NoError(t, err)
				require.True(t, iv.Contains(c.want), "%s: %v not in [%v, %v]", c.name, c.want, iv.Low, iv.High)
				require.Less(t, iv.HalfWidth(), 0.06*c.want)
			}
		})
	}
	q, err := simtest.MM1(0.001, 700)
	check("M/M/1", one(expo(1000), expo(700), 1, ""), q, err)
	q, err = simtest.MMc(0.003, 700, 3)
	check("M/M/3", one(expo(1000.0/3), expo(700), 3, ""), q, err)
	q, err = simtest.MD1(0.001, 700)
	check("M/D/1", one(expo(1000), twin.Distribution{Law: "fixed", Value: 700}, 1, ""), q, err)
	q, err = simtest.MG1(0.001, 700, 350)
	check("M/G/1 gamma", one(expo(1000), twin.Distribution{Law: "gamma", Mean: 700, SD: 350}, 1, ""), q, err)
}

// balanced checks what holds on every run whatever the draws: cases are
// conserved, and Little's law exactly.
func balanced(t *testing.T, s *Statistics) {
	t.Helper()
	require.Equal(t, s.Arrived, s.Finished+s.InProgress)
	require.Equal(t, s.CaseTime, s.Sojourn)
	n, span := float64(s.Arrived), s.End.Seconds()
	if n > 0 && span > 0 {
		require.NoError(t, simtest.Little(float64(s.CaseTime)/1e6/span, n/span, float64(s.Sojourn)/1e6/n, 1e-9))
	}
	for _, p := range s.Pools {
		if u := p.Utilisation(); !math.IsNaN(u) {
			require.True(t, u >= 0 && u <= 1, "utilisation %v", u)
		}
	}
}

func BenchmarkMM1(b *testing.B) {
	p, err := Compile(one(expo(1000), expo(800), 1, "").m, "en")
	if err != nil {
		b.Fatal(err)
	}
	run := func(cases, rep int) {
		if _, err := p.Run(context.Background(), Config{Seed: 1, Replication: rep, Cases: cases}); err != nil {
			b.Fatal(err)
		}
	}
	const n = 200_000
	b.ReportAllocs()
	for i := range b.N {
		run(n, i)
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "activities/s")
}
