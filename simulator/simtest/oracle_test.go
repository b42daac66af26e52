package simtest

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// By hand: λ = 1/1000, service 800, ρ = 0.8.
func TestByHand(t *testing.T) {
	q, err := MM1(0.001, 800)
	require.NoError(t, err)
	require.InDelta(t, 0.8, q.Utilisation, 1e-12)
	require.InDelta(t, 3200, q.Wait, 1e-9) // 0.8/0.2 · 800
	require.InDelta(t, 4000, q.Sojourn, 1e-9)
	require.InDelta(t, 4, q.Length, 1e-12) // ρ/(1−ρ)

	q, err = MD1(0.001, 800)
	require.NoError(t, err)
	require.InDelta(t, 1600, q.Wait, 1e-9) // half of M/M/1

	one, err := MMc(0.001, 800, 1)
	require.NoError(t, err)
	require.InDelta(t, 3200, one.Wait, 1e-9) // M/M/1 is M/M/c of one server

	require.InDelta(t, 1.0/3, ErlangC(2, 1), 1e-12) // two servers at ρ = ½: 1/3
	require.InDelta(t, 0.8, ErlangC(1, 0.8), 1e-12)

	q, err = FeedbackMM1(0.001, 600, 0.25)
	require.NoError(t, err)
	require.InDelta(t, 4000, q.Sojourn, 1e-9)
	require.InDelta(t, 4, q.Length, 1e-9)

	a, b, err := TandemMM1(0.001, 700, 800)
	require.NoError(t, err)
	require.InDelta(t, 700*0.7/0.3, a.Wait, 1e-9)
	require.InDelta(t, 3200, b.Wait, 1e-9)
	require.InDelta(t, 1140, MaxOfExponentials(600, 900), 1e-9)
}

func TestNoSteadyState(t *testing.T) {
	for _, f := range []func() error{
		func() error { _, err := MM1(1, 1); return err },
		func() error { _, err := MMc(3, 1, 2); return err },
		func() error { _, err := MG1(0, 1, 1); return err },
		func() error { _, err := FeedbackMM1(1, 0.1, 1); return err },
		func() error { _, _, err := TandemMM1(1, 0.5, 2); return err },
	} {
		require.Error(t, f())
	}
}

func TestLittle(t *testing.T) {
	require.NoError(t, Little(4, 0.001, 4000, 1e-9))
	require.ErrorContains(t, Little(4, 0.001, 4100, 1e-3), "little's law")
}

// The reference values that came with the shared models are the same formulas.
func TestSharedTheory(t *testing.T) {
	text, err := os.ReadFile(shared(t, "data/queueing/theory.json"))
	require.NoError(t, err)
	var theory map[string]struct{ Wq_s, Cycle_s, WqA_s, WqB_s, ErlangC *float64 }
	require.NoError(t, json.Unmarshal(text, &theory))
	same := func(name string, q Queue, err error) {
		require.NoError(t, err)
		require.InDelta(t, *theory[name].Cycle_s, q.Sojourn, 1e-6, name)
		if w := theory[name].Wq_s; w != nil {
			require.InDelta(t, *w, q.Wait, 1e-6, name)
		}
	}
	const rate = 0.001
	q, err := MM1(rate, 800)
	same("mm1", q, err)
	q, err = MMc(0.003, 800, 3)
	same("mm3", q, err)
	require.InDelta(t, *theory["mm3"].ErlangC, ErlangC(3, 2.4), 1e-12)
	q, err = MD1(rate, 800)
	same("md1", q, err)
	q, err = MG1(rate, 800, 1200)
	same("mg1_lognormal", q, err)
	q, err = MG1(rate, 800, 800/math.Sqrt(12))
	same("mg1_uniform", q, err)
	q, err = FeedbackMM1(rate, 600, 0.25)
	same("feedback_mm1", q, err)
	require.InDelta(t, *theory["forkjoin_inf"].Cycle_s, MaxOfExponentials(600, 900), 1e-9)
}

// shared returns a file of the shared data beside the repository, found by
// walking up; without it the test is skipped.
func shared(t *testing.T, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for ; filepath.Dir(dir) != dir; dir = filepath.Dir(dir) {
		if f := filepath.Join(dir, "..", "shared", path); exists(f) {
			return f
		}
	}
	t.Skipf("the shared data (%s) is not beside the repository", path)
	return ""
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// Values from other books and by other ways.
func TestLimitedRoomAndPatience(t *testing.T) {
	q, lost, err := MMcK(2, 1, 2, 2) // Erlang B of two servers at load 2: 0.4
	require.NoError(t, err)
	require.InDelta(t, 0.4, lost, 1e-12)
	require.Zero(t, q.Wait)
	q, lost, err = MMcK(0.8, 1, 1, 400) // as good as M/M/1
	require.NoError(t, err)
	require.InDelta(t, 5, q.Sojourn, 1e-9)
	require.Less(t, lost, 1e-30)
	q, lost, err = ErlangA(3, 1, 1, 2) // patience as service: the number in the system is Poisson(3)
	require.NoError(t, err)
	require.InDelta(t, 3, q.Length, 1e-9)
	require.InDelta(t, 1-q.Utilisation*2/3, lost, 1e-9) // who is not lost is served
	_, _, err = MMcK(1, 1, 2, 1)
	require.Error(t, err)
	_, _, err = ErlangA(1, 1, 0, 1)
	require.Error(t, err)
}

func TestPriorityFormulas(t *testing.T) {
	// One class is M/G/1; two alike share the conservation law Σρ_k W_k = ρ W.
	one, err := MG1(0.5, 1, 2)
	require.NoError(t, err)
	w, err := Cobham([]Class{{0.5, 1, 2}})
	require.NoError(t, err)
	require.InDelta(t, one.Wait, w[0], 1e-12)
	w, err = Cobham([]Class{{0.2, 1, 2}, {0.3, 1, 2}})
	require.NoError(t, err)
	require.InDelta(t, 0.5*one.Wait, 0.2*w[0]+0.3*w[1], 1e-12)
	p, err := PreemptiveResume([]Class{{0.2, 1, 1}, {0.3, 1, 1}})
	require.NoError(t, err)
	require.InDelta(t, 1/(1-0.2), p[0], 1e-12)          // the urgent do not see the others
	require.InDelta(t, 2*0.5, 0.2*p[0]+0.3*p[1], 1e-12) // exponential: M/M/1 in all
	_, err = Cobham([]Class{{0.5, 1, 1}, {0.5, 1, 1}})
	require.Error(t, err)
	_, err = PreemptiveResume([]Class{{1, 1, 1}})
	require.Error(t, err)
	q, err := ProcessorSharing(0.8, 1)
	require.NoError(t, err)
	require.InDelta(t, 5, q.Sojourn, 1e-12)
	_, err = ProcessorSharing(1, 1)
	require.Error(t, err)
}

func TestCoverage(t *testing.T) {
	normal := func(bias float64) func(uint64, int) (float64, error) {
		return func(seed uint64, rep int) (float64, error) {
			return bias + rand.New(rand.NewPCG(seed, uint64(rep))).NormFloat64(), nil
		}
	}
	c, err := Coverage(2000, 10, 0.95, 0, normal(0))
	require.NoError(t, err)
	require.InDelta(t, 0.95, c, 0.02)
	c, err = Coverage(2000, 10, 0.95, 0, normal(1))
	require.NoError(t, err)
	require.Less(t, c, 0.5)
}
