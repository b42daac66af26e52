package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/simulator/simtest"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// Replications are added until the interval is narrow, and the same number whatever
// the processors.
func TestPrecision(t *testing.T) {
	cfg := Config{Cases: 2000, Warmup: 200, Seed: 3, Precision: 0.02}
	r, err := Run(context.Background(), mm1(1000, 700), cfg)
	require.NoError(t, err)
	k, _ := r.Find(CycleTime, "")
	require.Greater(t, k.Replications, 30)
	require.LessOrEqual(t, float64(k.High-k.Low)/2, 0.02/1.02*float64(k.Mean))
	require.Empty(t, r.Warnings)
	before := runtime.GOMAXPROCS(1)
	one, err := Run(context.Background(), mm1(1000, 700), cfg)
	runtime.GOMAXPROCS(before)
	require.NoError(t, err)
	require.Equal(t, r, one)

	cfg.Figure, cfg.Precision, cfg.MostReplications = Figure{Utilisation, "R"}, 0.0001, 40
	r, err = Run(context.Background(), mm1(1000, 700), cfg)
	require.NoError(t, err)
	require.Equal(t, 40, r.Evidence.Replications)
	require.ErrorContains(t, r.Warnings[0], "utilisation of R: after 40 replications the interval is")
	cfg.Figure = Figure{Name: "beauty"}
	_, err = Run(context.Background(), mm1(1000, 700), cfg)
	require.ErrorContains(t, err, `there is no figure "beauty": wanted one of`)
}

// Antithetic pairs and control variates estimate the same with narrower intervals.
func TestVarianceReduction(t *testing.T) {
	q, err := simtest.MM1(0.001, 500)
	require.NoError(t, err)
	width := func(change func(*Config)) float64 {
		cfg := Config{Cases: 2000, Warmup: 200, Seed: 3, Replications: 400, Confidence: 0.999}
		change(&cfg)
		r, err := Run(context.Background(), mm1(1000, 500), cfg)
		require.NoError(t, err)
		k, _ := r.Find(CycleTime, "")
		require.True(t, k.Interval().Contains(q.Sojourn), "%v not in %v", q.Sojourn, k.Interval())
		return float64(k.High - k.Low)
	}
	plain := width(func(*Config) {})
	require.Less(t, width(func(c *Config) { c.Antithetic = true }), 0.95*plain)
	require.Less(t, width(func(c *Config) { c.ControlVariates = true }), 0.7*plain)
}

// The moving average of a line is the line, and the plot comes with the result.
func TestWelch(t *testing.T) {
	a, b := make([]float64, 50), make([]float64, 60)
	for i := range b {
		b[i] = float64(2*i) + 1
	}
	for i := range a {
		a[i] = float64(2*i) - 1
	}
	for _, window := range []int{0, 3, 100} {
		w := Welch([][]float64{a, b}, window)
		require.Len(t, w, 50)
		for i, v := range w {
			require.InDelta(t, float64(2*i), v, 1e-9)
		}
	}
	require.Nil(t, Welch(nil, 3))
	r, err := Run(context.Background(), mm1(1000, 900), Config{Cases: 3000, AutoWarmup: true, Replications: 5})
	require.NoError(t, err)
	require.Equal(t, r.Evidence.Warmup, r.Warmup.Cases)
	require.InDelta(t, 200, len(r.Warmup.At), 5)
	require.Less(t, float64(r.Warmup.Average[0]), float64(r.Warmup.Average[100])) // the queue fills
}

// Differences of many scenarios hold together; what changes nothing is not distinct,
// and the fastest may be the best.
func TestScenarios(t *testing.T) {
	same := mm1(1000, 500)
	table, err := Scenarios(context.Background(), mm1(1000, 500), []Named{{"same", same}, {"slower", mm1(1000, 550)}, {"faster", mm1(1000, 400)}},
		Config{Cases: 2000, Warmup: 200, Seed: 1, Replications: 20})
	require.NoError(t, err)
	find := func(i int) Difference {
		for _, d := range table.Rows[i].Differences {
			if d.Name == CycleTime && d.Of == "" {
				return d
			}
		}
		return Difference{}
	}
	require.Zero(t, float64(find(0).Difference))
	require.False(t, find(0).Distinct)
	require.True(t, find(1).Distinct)
	require.InDelta(t, 222, float64(find(1).Difference), 60) // 1222 less 1000
	require.True(t, find(2).Distinct)
	require.Equal(t, []bool{false, false, true}, []bool{table.Rows[0].Best, table.Rows[1].Best, table.Rows[2].Best})
	// Simultaneous: wider than the interval of one comparison.
	c, err := Compare(context.Background(), mm1(1000, 500), mm1(1000, 550), Config{Cases: 2000, Warmup: 200, Seed: 1, Replications: 20})
	require.NoError(t, err)
	single, _ := c.Find(CycleTime, "")
	require.Equal(t, single.Difference, find(1).Difference)
	require.Greater(t, float64(find(1).High-find(1).Low), 1.1*float64(single.High-single.Low))
}

func TestPairedProbability(t *testing.T) {
	require.InDelta(t, 1, pairedProbability([]float64{1, 2}, []float64{1, 2}), 0)
	require.Zero(t, pairedProbability([]float64{1, 2}, []float64{2, 3}))
	require.True(t, math.IsNaN(pairedProbability([]float64{1}, []float64{2})))
	require.InDelta(t, 0.0609, pairedProbability([]float64{0, 0, 0, 0}, []float64{1, 2, 3, 0.5}), 0.001) // t = 2.93 of 3 degrees
}

// normal returns systems with the given means; common draws make them correlated.
func normal(means []float64, sd, common float64, seed uint64) Sampler {
	return func(_ context.Context, system, rep int) (float64, error) {
		own := rand.New(rand.NewPCG(seed, uint64(system)<<32|uint64(rep))).NormFloat64()
		shared := rand.New(rand.NewPCG(seed, uint64(99)<<32|uint64(rep))).NormFloat64()
		return means[system] + sd*(math.Sqrt(1-common)*own+math.Sqrt(common)*shared), nil
	}
}

// KN keeps its promise in the configuration that is hardest for it, all others just
// an indifference away, and common draws spare it replications.
func TestKN(t *testing.T) {
	means := []float64{1, 0, 1, 1, 1}
	right, independent, shared := 0, 0, 0
	const trials = 300
	for seed := range uint64(trials) {
		s, err := KN(context.Background(), 5, 10, 1, 0.95, normal(means, 2, 0, seed))
		require.NoError(t, err)
		if s.Best == 1 {
			right++
		}
		independent += total(s)
		s, err = KN(context.Background(), 5, 10, 1, 0.95, normal(means, 2, 0.8, seed))
		require.NoError(t, err)
		shared += total(s)
	}
	require.GreaterOrEqual(t, right, trials*95/100-6) // 95 % less two standard deviations
	require.Less(t, shared, independent/2)
	// Systems that are alike to the bit end too.
	s, err := KN(context.Background(), 2, 10, 1, 0.95, func(_ context.Context, _, rep int) (float64, error) { return float64(rep % 7), nil })
	require.NoError(t, err)
	require.Equal(t, []int{10, 10}, s.Replications)
	_, err = KN(context.Background(), 5, 1, 1, 0.95, nil)
	require.Error(t, err)
	fault := errors.New("fault")
	_, err = KN(context.Background(), 5, 10, 1, 0.95, func(context.Context, int, int) (float64, error) { return 0, fault })
	require.ErrorIs(t, err, fault)
}

func total(s *Selection) int {
	n := 0
	for _, r := range s.Replications {
		n += r
	}
	return n
}

// OCBA finds the best more often than an even share of the same budget.
func TestOCBA(t *testing.T) {
	means := []float64{0, 0.5, 1, 2, 3, 4, 5, 6, 7, 8}
	right, even := 0, 0
	for seed := range uint64(300) {
		s, err := OCBA(context.Background(), 10, 5, 300, normal(means, 2, 0, seed))
		require.NoError(t, err)
		require.Equal(t, 300, total(s))
		if s.Best == 0 {
			right++
		}
		f := normal(means, 2, 0, seed)
		best, least := 0, math.Inf(1)
		for i := range means {
			sum := 0.0
			for r := range 30 {
				x, _ := f(context.Background(), i, r)
				sum += x
			}
			if sum < least {
				best, least = i, sum
			}
		}
		if best == 0 {
			even++
		}
	}
	require.Greater(t, right, even+10)
	// The ratios of the theorem, by hand: N1/N2 = (1/1)²/(1/2)², N0 = √(N1² + N2²).
	n := allocation([]float64{0, 1, 2}, []float64{1, 1, 1}, 0, 1000)
	require.InDelta(t, 4, float64(n[1])/float64(n[2]), 0.05)
	require.InDelta(t, math.Hypot(float64(n[1]), float64(n[2])), float64(n[0]), 2)
}

// The glove game: one has a left glove, two a right one each; a pair is worth 1. The
// Shapley values are 4/6, 1/6 and 1/6. A fourth player who has none gets nothing.
func TestShapley(t *testing.T) {
	worth := func(set uint64) ([]float64, error) {
		if set&1 == 1 && set&6 != 0 {
			return []float64{1, 10}, nil
		}
		return []float64{0, 0}, nil
	}
	x, err := shapley(4, worth)
	require.NoError(t, err)
	for r, scale := range []float64{1, 10} {
		require.InDelta(t, scale*4/6, x[0][r], 1e-12)
		require.InDelta(t, scale/6, x[1][r], 1e-12)
		require.Equal(t, x[1][r], x[2][r], "symmetry")
		require.Zero(t, x[3][r], "null player")
		require.InDelta(t, scale, x[0][r]+x[1][r]+x[2][r]+x[3][r], 1e-12, "efficiency")
	}
	// All orders of three players are exact; some sum to the joint effect still.
	orders := [][]int{{0, 1, 2}, {2, 1, 0}, {0, 2, 1}, {1, 2, 0}, {1, 0, 2}, {2, 0, 1}}
	y, pairs, err := sampledShapley(3, orders, worth)
	require.NoError(t, err)
	require.InDelta(t, 4.0/6, y[0][0], 1e-12)
	require.Len(t, pairs[0], 3)
	y, _, err = sampledShapley(3, orders[:2], worth)
	require.NoError(t, err)
	require.InDelta(t, 1, y[0][0]+y[1][0]+y[2][0], 1e-12)
	// Against the definition by size on a random game of six.
	rng := rand.New(rand.NewPCG(1, 1))
	v := make([]float64, 64)
	for i := 1; i < 64; i++ {
		v[i] = rng.Float64()
	}
	z, err := shapley(6, func(s uint64) ([]float64, error) { return []float64{v[s]}, nil })
	require.NoError(t, err)
	factorial := func(n int) float64 { return math.Gamma(float64(n) + 1) }
	for i := range 6 {
		want := 0.0
		for s := range uint64(64) {
			if s>>i&1 == 0 {
				k := bits.OnesCount64(s)
				want += factorial(k) * factorial(5-k) / factorial(6) * (v[s|1<<i] - v[s])
			}
		}
		require.InDelta(t, want, z[i][0], 1e-12)
	}
}

// valid is a queue that levers can be applied to.
func valid(between, service float64) *twin.Model {
	m := mm1(between, service)
	p := m.Processes[0]
	p.Diagram.Flows[0].ID, p.Diagram.Flows[1].ID, p.Limit = "f1", "f2", nil
	return m
}

// Drawn orders: of a game without noise the interval is that of the orders alone, and
// holds the truth about as often as it says.
func TestSampledShapleyIsHonest(t *testing.T) {
	worth := func(set uint64) ([]float64, error) {
		v := float64(min(bits.OnesCount64(set&1), bits.OnesCount64(set&6)))
		return []float64{v, v, v}, nil
	}
	held := 0
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 1))
		var orders [][]int
		for range 20 {
			o := rng.Perm(9)
			back := slices.Clone(o)
			slices.Reverse(back)
			orders = append(orders, o, back)
		}
		x, pairs, err := sampledShapley(9, orders, worth)
		require.NoError(t, err)
		s := shareOf("", x[0], 0.95)
		s.widen(pairs[0], 0.95)
		if float64(s.Low) <= 2.0/3 && 2.0/3 <= float64(s.High) {
			held++
		}
	}
	require.GreaterOrEqual(t, held, 88)
}

// Replications and warm-up are the same for all sets, also where they are found.
func TestAttributeWithPrecision(t *testing.T) {
	levers := []*scenario.Scenario{lever(t, "step:A*0.8"), lever(t, "arrivals:p*0.9")}
	a, err := Attribute(context.Background(), valid(1000, 700), levers, AttributeConfig{}, Config{Cases: 1000, AutoWarmup: true, Seed: 2, Replications: 10, Precision: 0.03})
	require.NoError(t, err)
	require.Greater(t, a.Replications, 10)
	require.InDelta(t, float64(a.Joint.Effect), float64(a.Levers[0].Effect+a.Levers[1].Effect), 1e-6)
}

// The warm-up of many scenarios is the longest of theirs.
func TestScenariosWarmUpTogether(t *testing.T) {
	table, err := Scenarios(context.Background(), mm1(1000, 300), []Named{{"busy", mm1(1000, 950)}}, Config{Cases: 2000, AutoWarmup: true, Replications: 5, Seed: 4})
	require.NoError(t, err)
	require.Equal(t, table.AsIs.Evidence.Warmup, table.Rows[0].Result.Evidence.Warmup)
	require.Equal(t, mser, table.AsIs.Evidence.WarmupMethod)
	alone, err := Run(context.Background(), mm1(1000, 950), Config{Cases: 2000, AutoWarmup: true, Replications: 5, Seed: 4})
	require.NoError(t, err)
	require.GreaterOrEqual(t, table.AsIs.Evidence.Warmup, alone.Evidence.Warmup)
}

func lever(t *testing.T, line string) *scenario.Scenario {
	l, err := scenario.ParseLever(line)
	require.NoError(t, err)
	return &scenario.Scenario{ID: line, Levers: []scenario.Lever{l}}
}

// Two levers that do the same share the effect; one that does nothing has none, and
// sets that reach the effect of all are named with the stage that tells them apart.
func TestAttribute(t *testing.T) {
	m := valid(1000, 500)
	levers := []*scenario.Scenario{lever(t, "step:A*0.8"), lever(t, "step:A*0.8"), lever(t, "gate:p=1000000")}
	levers[1].ID = "again"
	a, err := Attribute(context.Background(), m, levers, AttributeConfig{}, Config{Cases: 1000, Warmup: 100, Seed: 2, Replications: 20})
	require.NoError(t, err)
	sum := 0.0
	for _, l := range a.Levers {
		sum += float64(l.Effect)
	}
	require.InDelta(t, float64(a.Joint.Effect), sum, 1e-6)
	require.InDelta(t, float64(a.Levers[0].Effect), float64(a.Levers[1].Effect), 1e-6)
	require.InDelta(t, 0, float64(a.Levers[2].Effect), 1e-9)
	require.Less(t, float64(a.Levers[0].High), 0.0)
	require.Equal(t, 8, a.Runs)
	require.Equal(t, "step:A*0.8 + again", a.Others[0].String())
	require.Empty(t, a.Others[0].Stages)
	// The other way to the same: half the cases against half the time.
	levers = []*scenario.Scenario{lever(t, "step:A*0.6"), lever(t, "pool:R+1")}
	a, err = Attribute(context.Background(), m, levers, AttributeConfig{Tolerance: 0.6}, Config{Cases: 1000, Warmup: 100, Seed: 2, Replications: 20})
	require.NoError(t, err)
	require.NotEmpty(t, a.Others)
	require.NotEmpty(t, a.Others[0].Stages)
	require.Equal(t, "A", a.Others[0].Stages[0].Activity)
	_, err = Attribute(context.Background(), m, nil, AttributeConfig{}, Config{})
	require.ErrorContains(t, err, "no levers")
}

// Ishigami's function, whose indices are known (Ishigami & Homma 1990): variances of
// a = 7, b = 0.1.
func ishigami(_ context.Context, x []float64) (float64, error) {
	at := func(i int) float64 { return -math.Pi + 2*math.Pi*x[i] }
	return math.Sin(at(0)) + 7*math.Pow(math.Sin(at(1)), 2) + 0.1*math.Pow(at(2), 4)*math.Sin(at(0)), nil
}

func TestSobol(t *testing.T) {
	e, err := Sobol(context.Background(), 3, 8000, 0.99, 1, ishigami)
	require.NoError(t, err)
	for i, want := range []struct{ first, total float64 }{{0.3139, 0.5576}, {0.4424, 0.4424}, {0, 0.2437}} {
		require.InDelta(t, want.first, float64(e[i].First.Value), 0.03)
		require.InDelta(t, want.total, float64(e[i].Total.Value), 0.03)
		require.True(t, e[i].First.Interval.Contains(want.first), "%v %v", want.first, *e[i].First.Interval)
		require.True(t, e[i].Total.Interval.Contains(want.total), "%v %v", want.total, *e[i].Total.Interval)
	}
	// Sobol's g-function: Vᵢ = (1/3)/(1+aᵢ)², V = Π(1+Vᵢ) − 1.
	a := []float64{0, 1, 9}
	g := func(_ context.Context, x []float64) (float64, error) {
		y := 1.0
		for i := range a {
			y *= (math.Abs(4*x[i]-2) + a[i]) / (1 + a[i])
		}
		return y, nil
	}
	e, err = Sobol(context.Background(), 3, 8000, 0.95, 1, g)
	require.NoError(t, err)
	v, whole := make([]float64, 3), 1.0
	for i := range a {
		v[i] = 1.0 / 3 / math.Pow(1+a[i], 2)
		whole *= 1 + v[i]
	}
	for i := range a {
		require.InDelta(t, v[i]/(whole-1), float64(e[i].First.Value), 0.03)
		require.InDelta(t, v[i]*whole/(1+v[i])/(whole-1), float64(e[i].Total.Value), 0.03)
	}
	e, err = Sobol(context.Background(), 1, 8, 0.95, 1, func(context.Context, []float64) (float64, error) { return 3, nil })
	require.NoError(t, err)
	require.True(t, math.IsNaN(float64(e[0].First.Value))) // nothing varies
}

// Of a linear function the elementary effects are its slopes; of a product they
// scatter.
func TestMorris(t *testing.T) {
	e, err := Morris(context.Background(), 4, 30, 0.95, 1, func(_ context.Context, x []float64) (float64, error) {
		return 3*x[0] - 2*x[1] + 5*x[2]*x[3], nil
	})
	require.NoError(t, err)
	require.InDelta(t, 3, float64(e[0].MuStar), 1e-9)
	require.InDelta(t, -2, float64(e[1].Mu), 1e-9)
	require.InDelta(t, 2, float64(e[1].MuStar), 1e-9)
	require.InDelta(t, 0, float64(e[1].Sigma), 1e-9)
	require.Greater(t, float64(e[2].Sigma), 0.5)
	require.True(t, e[2].Interval.Contains(2.5), "%v: 5·x holds 2.5 on average", e[2].Interval)
	require.InDelta(t, -2, e[1].Interval.Low, 1e-9)
	s := Sensitivity{Effects: []Effect{{ID: "a", MuStar: 1}, {ID: "b", MuStar: 3}, {ID: "c", MuStar: 3}}}
	var order []string
	for _, x := range s.Ordered() {
		order = append(order, x.ID)
	}
	require.Equal(t, []string{"b", "c", "a"}, order)
	_, err = Morris(context.Background(), 0, 3, 0.95, 1, nil)
	require.Error(t, err)
}

func TestScreen(t *testing.T) {
	service, err := scenario.ParseLever("step:A*1")
	require.NoError(t, err)
	demand, err := scenario.ParseLever("arrivals:p*1")
	require.NoError(t, err)
	gate, err := scenario.ParseLever("gate:p=1")
	require.NoError(t, err)
	s, err := Screen(context.Background(), valid(1000, 500), []Factor{{"service", service, 0.8, 1.2}, {"demand", demand, 0.9, 1.1}, {"gate", gate, 100000, 200000}}, false, 6,
		Config{Cases: 500, Warmup: 100, Replications: 5, Seed: 1})
	require.NoError(t, err)
	require.Equal(t, 24, s.Points)
	require.Greater(t, float64(s.Effects[0].MuStar), float64(s.Effects[1].MuStar))
	require.Zero(t, float64(s.Effects[2].MuStar))
	gate.Kind = scenario.Remove
	_, err = Screen(context.Background(), valid(1000, 500), []Factor{{"x", gate, 0, 1}}, false, 6, Config{})
	require.ErrorContains(t, err, "has no amount to vary")
}

// A problem whose front is enumerated: all of it is found, and nothing else.
func TestNSGA2(t *testing.T) {
	sizes := []int{12, 12, 2}
	judge := func(g genome) verdict {
		x, y, z := float64(g[0]), float64(g[1]), float64(g[2])
		v := verdict{objectives: []float64{x + 3*z, (11-x)*(11-x)/10 + math.Abs(y-6) + 2*(1-z)}}
		if x+y > 14 {
			v.broken = x + y - 14
		}
		return v
	}
	var front []string
	var all []genome
	for a := range 12 {
		for b := range 12 {
			for c := range 2 {
				all = append(all, genome{a, b, c})
			}
		}
	}
	for _, g := range all {
		v := judge(g)
		beaten := v.broken > 0
		for _, h := range all {
			w := judge(h)
			beaten = beaten || w.dominates(&v)
		}
		if !beaten {
			front = append(front, fmt.Sprint(g))
		}
	}
	calls := 0
	found, err := nsga2(sizes, genome{3, 3, 0}, 60, 60, 1, func(list []genome) ([]verdict, error) {
		var out []verdict
		for _, g := range list {
			calls++
			out = append(out, judge(g))
		}
		return out, nil
	})
	require.NoError(t, err)
	var got []string
	for _, x := range found {
		got = append(got, fmt.Sprint(x.genes))
	}
	require.Equal(t, front, got)
	require.LessOrEqual(t, calls, len(all)) // none is run twice
	fault := errors.New("fault")
	_, err = nsga2(sizes, genome{0, 0, 0}, 10, 2, 1, func([]genome) ([]verdict, error) { return nil, fault })
	require.ErrorIs(t, err, fault)
}

// Staff against time: more people are dearer and faster, and the headcount holds.
func TestOptimise(t *testing.T) {
	m := valid(250, 900)
	m.Pools[0].Size, m.Pools[0].CostPerHour = 5, 400
	cfg := Config{Cases: 500, Warmup: 100, Replications: 10, Seed: 1}
	o := OptimiseConfig{Pools: []PoolRange{{"R", 4, 9}}, Levers: []*scenario.Scenario{lever(t, "step:A*0.9"), lever(t, "step:A*1.5")},
		Objectives: []Figure{{Name: CycleTime}, {Name: HourlyCost}}, Headcount: 7, Population: 12, Generations: 8}
	f, err := Optimise(context.Background(), m, o, cfg)
	require.NoError(t, err)
	require.NotEmpty(t, f.Choices)
	for _, c := range f.Choices {
		require.LessOrEqual(t, c.Pools["R"], 7)
		require.NotContains(t, c.Levers, "step:A*1.5")
		require.Equal(t, []string{"step:A*0.9"}, c.Levers)
		require.Equal(t, 10, c.Figures[0].Replications)
		require.Equal(t, "R", c.Load[0].Of)
		busy := 0.9 * 900.0 / 250 / float64(c.Pools["R"]) // of the people that the choice has
		require.InDelta(t, busy, float64(c.Load[0].Mean), 0.05)
		require.Less(t, float64(c.Load[0].Low), float64(c.Load[0].High))
	}
	again, err := Optimise(context.Background(), m, o, cfg)
	require.NoError(t, err)
	require.Equal(t, f, again)
	require.Equal(t, 5, f.AsIs.Pools["R"])
	require.InDelta(t, 2000, float64(f.AsIs.Figures[1].Mean), 0)
	never := 0.0
	o.Constraints = []Constraint{{Figure: Figure{Name: CycleTime}, AtMost: &never}}
	f, err = Optimise(context.Background(), m, o, cfg)
	require.NoError(t, err)
	require.Empty(t, f.Choices)
	require.Contains(t, measure.Texts(f.Warnings)[0], "keeps all constraints")
	for _, bad := range []OptimiseConfig{{}, {Pools: o.Pools}, {Pools: []PoolRange{{"Q", 1, 2}}, Objectives: o.Objectives}, {Pools: []PoolRange{{"R", 3, 2}}, Objectives: o.Objectives}} {
		_, err := Optimise(context.Background(), m, bad, cfg)
		require.Error(t, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = Optimise(ctx, m, o, cfg)
	require.ErrorIs(t, err, context.Canceled)
}

// Ten files that wait for a reply, a week on average and however long they have waited:
// with an arrival a day the number under way comes to seven, as of M/M/∞.
func TestLook(t *testing.T) {
	const day = 86400.0
	m := valid(day, 7*day)
	m.Pools, m.Processes[0].Tasks["A"] = nil, twin.Task{Time: twin.Distribution{Law: "exponential", Mean: 7 * day}}
	m.Processes[0].Limit = &twin.Limit{Days: 14, Unit: twin.CalendarDay}
	var open []simulator.OpenCase
	for i := range 10 {
		at := m.Start.AddDate(0, 0, -i)
		open = append(open, simulator.OpenCase{Process: "p", Arrival: at, At: []simulator.Position{{Node: "A", Since: at}}})
	}
	o, err := Look(context.Background(), m, 6, Config{Replications: 300, Seed: 1, Open: open, Confidence: 0.9})
	require.NoError(t, err)
	require.Len(t, o.Weeks, 6)
	left := 10.0
	for _, w := range o.Weeks {
		left = 7 + (left-7)/math.E
		require.InDelta(t, 7, float64(w.Arrived.Mean), 0.5)
		require.InDelta(t, left, float64(w.Open.Mean), 0.5)
		require.Less(t, float64(w.Breaches.Low), float64(w.Breaches.Mean))
	}
	// Of those that arrive a share of e⁻² takes longer than fourteen days and what is
	// left of the day of their arrival.
	require.InDelta(t, 7*math.Exp(-2-0.5/7), float64(o.Weeks[4].Breaches.Mean), 0.2)
	_, err = Look(context.Background(), m, 0, Config{})
	require.ErrorContains(t, err, "looking 0 weeks ahead")
}

// A cancelled experiment returns at once with the reason, and leaves no goroutine.
func TestCancel(t *testing.T) {
	before := runtime.NumGoroutine()
	for name, run := range map[string]func(context.Context) error{
		"run": func(ctx context.Context) error {
			_, err := Run(ctx, valid(1000, 900), Config{Cases: 50_000_000, Replications: 4})
			return err
		},
		"scenarios": func(ctx context.Context) error {
			_, err := Scenarios(ctx, valid(1000, 900), []Named{{"x", valid(1000, 800)}}, Config{Cases: 50_000_000, Replications: 4})
			return err
		},
		"attribute": func(ctx context.Context) error {
			_, err := Attribute(ctx, valid(1000, 900), []*scenario.Scenario{lever(t, "step:A*0.8")}, AttributeConfig{}, Config{Cases: 50_000_000, Replications: 4})
			return err
		},
		"look": func(ctx context.Context) error {
			_, err := Look(ctx, valid(1, 0.5), 500, Config{Replications: 4})
			return err
		},
	} {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(20*time.Millisecond, cancel)
		require.ErrorIs(t, run(ctx), context.Canceled, name)
		cancel()
	}
	for range 500 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

func FuzzReadPlan(f *testing.F) {
	f.Add("model: municipality\nscenarios: [portal, {id: x, levers: [\"step:A*0.5\"]}]\nselect: {method: kn, indifference: 8 h}\n")
	f.Add("model: [a.bpmn, a.json]\nsensitivity: {method: sobol, points: 8, factors: [{lever: \"pool:R=1\", from: 1, to: 2}]}\nwarmup: auto\n")
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := ReadPlan(fstest.MapFS{"x.yaml": &fstest.MapFile{Data: []byte(text)}}, "x.yaml"); err == nil {
			require.NoError(t, p.Config.Validate())
		}
	})
}
