package experiment

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
	"github.com/uprava/uprava/twin"
	"github.com/uprava/uprava/twin/scenario"
)

// Attribution says which lever gave how much of a joint effect.
type Attribution struct {
	Figure Figure         `json:"figure"`
	Unit   measure.Unit   `json:"unit"`
	AsIs   measure.Number `json:"as_is"`
	// Joint is the effect of all levers together: to-be less as-is.
	Joint  Share   `json:"joint"`
	Levers []Share `json:"levers"`
	// Others are other sets of the levers, and of those offered, that reach the joint
	// effect: the smallest first. Where only some orders were drawn, those among the
	// sets that were run.
	Others       []Equivalent `json:"equivalent"`
	Tolerance    float64      `json:"tolerance"`
	Orders       int          `json:"orders"` // drawn; 0 where all sets of levers were run
	Runs         int          `json:"runs"`   // sets of levers that were run
	Replications int          `json:"replications"`
	Confidence   float64      `json:"confidence"`
	Warnings     []error      `json:"-"`
}

// Share is an effect, or the part of it that is a lever's, with its interval.
type Share struct {
	ID     string         `json:"id"`
	Effect measure.Number `json:"effect"`
	Low    measure.Number `json:"low"`
	High   measure.Number `json:"high"`
	// Alone is the effect of the lever without the others.
	Alone measure.Number `json:"alone"`
}

// Equivalent is another set of levers that reaches the effect of all: the interval of
// the difference between the two lies within the tolerance. Stages are where the
// two differ, by which the log of a real change tells which of them it was.
type Equivalent struct {
	Levers []string        `json:"levers"`
	Effect measure.Number  `json:"effect"`
	Low    measure.Number  `json:"low"`
	High   measure.Number  `json:"high"`
	Stages []StageEvidence `json:"stages"`
}

// StageEvidence is a figure of an activity that differs between two sets of levers:
// the set's less that of all levers.
type StageEvidence struct {
	Activity   string         `json:"activity"`
	Figure     string         `json:"figure"`
	Difference measure.Number `json:"difference_s"`
	Low        measure.Number `json:"low_s"`
	High       measure.Number `json:"high_s"`
}

// allSets is the greatest number of levers of which every set is run.
const allSets = 8

// AttributeConfig says how to attribute. The zero value takes 5 % as equal and draws
// 60 orders where there are more than eight levers.
type AttributeConfig struct {
	// Offered are further levers, not of the set whose effect is shared, that other
	// sets which reach the same may hold.
	Offered   []*scenario.Scenario
	Tolerance float64 // of the joint effect; 0 means 0.05
	Orders    int     // drawn where there are too many levers; 0 means 60
}

// Attribute runs the model under sets of levers on common random numbers and shares
// the joint effect on the figure of cfg among them by their Shapley values (Shapley
// 1953, doi:10.1515/9781400881970-018; of a simulated system Song, Nelson & Staum 2016,
// doi:10.1137/15M1048070): what a lever adds to the effect, on average over the orders
// in which they can be pulled. Values are taken by replication, so that each has an
// interval; they sum to the joint effect. Levers are pulled in the order of the list
// whatever the set. 2ⁿ runs for n ≤ 8 levers, else at most n runs an order.
func Attribute(ctx context.Context, asIs *twin.Model, levers []*scenario.Scenario, a AttributeConfig, cfg Config) (*Attribution, error) {
	if len(levers) == 0 {
		return nil, fmt.Errorf("attributing an effect: no levers")
	}
	if len(levers)+len(a.Offered) > 60 {
		return nil, fmt.Errorf("attributing an effect: %d levers: wanted 60 at most; join some into one scenario", len(levers)+len(a.Offered))
	}
	if err := cfg.Validate(); err != nil {
		return nil, measure.Faultf("checking the configuration of the experiment: %w", "проверка настроек расчёта: %s", err)
	}
	cfg = cfg.filled()
	if a.Tolerance == 0 {
		a.Tolerance = 0.05
	}
	if a.Orders == 0 {
		a.Orders = 60
	}
	n := len(levers)
	offered := slices.Concat(levers, a.Offered)
	g := &leverGame{ctx: ctx, asIs: asIs, levers: offered, cfg: cfg, results: map[uint64]*Result{}}
	out := &Attribution{Figure: cfg.Figure, Tolerance: a.Tolerance, Replications: cfg.Replications, Confidence: cfg.Confidence}
	var orders [][]int
	g.total = 1 << min(len(offered), allSets)
	if n > allSets {
		rng := rand.New(rand.NewPCG(cfg.Seed, 0x5348)) // the orders of this seed
		for range a.Orders / 2 {
			order := rng.Perm(n)
			back := slices.Clone(order)
			slices.Reverse(back) // in pairs, an order and its reverse: less scatter
			orders = append(orders, order, back)
		}
		out.Orders, g.total = len(orders), len(orders)*(n-1)+2
	}
	if _, err := prepare(asIs, cfg); err != nil {
		return nil, err
	}
	all := uint64(1)<<n - 1
	doubts, err := g.settle(all)
	if err != nil {
		return nil, err
	}
	empty, err := g.values(0)
	if err != nil {
		return nil, err
	}
	full, err := g.values(all)
	if err != nil {
		return nil, err
	}
	out.Replications = g.cfg.Replications
	k, _ := g.results[0].Find(cfg.Figure.Name, cfg.Figure.Of)
	out.Unit, out.AsIs = k.Unit, k.Mean
	var shares, byPair [][]float64
	if orders == nil {
		shares, err = shapley(n, g.values)
	} else {
		shares, byPair, err = sampledShapley(n, orders, g.values)
	}
	if err != nil {
		return nil, err
	}
	out.Joint = shareOf("", minus(full, empty), cfg.Confidence)
	out.Joint.Alone = out.Joint.Effect
	for i, s := range levers {
		x := shareOf(s.ID, shares[i], cfg.Confidence)
		if byPair != nil {
			x.widen(byPair[i], cfg.Confidence)
		}
		alone, err := g.values(1 << i)
		if err != nil {
			return nil, err
		}
		x.Alone = shareOf("", minus(alone, empty), cfg.Confidence).Effect
		out.Levers = append(out.Levers, x)
	}
	if len(offered) <= allSets {
		for set := range uint64(1) << len(offered) {
			if _, err := g.values(set); err != nil {
				return nil, err
			}
		}
	}
	out.equivalents(g, all, empty, full)
	out.Runs = len(g.results)
	out.Warnings = slices.Concat(doubts, g.results[all].Warnings)
	if left := missing(full) + missing(empty); left > 0 {
		out.Warnings = append(out.Warnings, &measure.Doubt{
			EN: fmt.Sprintf("%d replications have no %s and are left out", left, cfg.Figure),
			RU: fmt.Sprintf("в %d прогонах показателя %s нет, они не учтены", left, cfg.Figure),
		})
	}
	return out, nil
}

// settle fixes the warm-up and the number of replications, by the model as it is and
// with all levers, so that all sets can be paired.
func (g *leverGame) settle(all uint64) ([]error, error) {
	var programs []*simulator.Program
	for _, set := range []uint64{0, all} {
		m, err := g.model(set)
		if err != nil {
			return nil, err
		}
		p, err := compile(m, g.cfg)
		if err != nil {
			return nil, err
		}
		programs = append(programs, p)
	}
	doubts, err := settleWarmup(g.ctx, &g.cfg, programs...)
	if err != nil || g.cfg.Precision == 0 {
		return doubts, err
	}
	if _, err := g.values(all); err != nil {
		return nil, err
	}
	g.cfg.Replications, g.cfg.Precision = g.results[all].Evidence.Replications, 0
	return doubts, nil
}

// missing returns how many values there are not.
func missing(x []float64) int {
	n := 0
	for _, v := range x {
		if math.IsNaN(v) {
			n++
		}
	}
	return n
}

// leverGame gives every set of levers its value: the figure, by replication.
type leverGame struct {
	ctx     context.Context
	asIs    *twin.Model
	levers  []*scenario.Scenario
	cfg     Config
	total   int
	results map[uint64]*Result
}

// model returns the model under a set of levers.
func (g *leverGame) model(set uint64) (*twin.Model, error) {
	var pulled []*scenario.Scenario
	for i, s := range g.levers {
		if set>>i&1 == 1 {
			pulled = append(pulled, s)
		}
	}
	return scenario.Join(pulled...).Apply(g.asIs)
}

func (g *leverGame) values(set uint64) ([]float64, error) {
	r, ok := g.results[set]
	if !ok {
		m, err := g.model(set)
		if err != nil {
			return nil, err
		}
		cfg := g.cfg
		done := len(g.results) * cfg.Replications
		if tell := cfg.Progress; tell != nil {
			cfg.Progress = func(n, _ int) { tell(min(done+n, g.total*cfg.Replications), g.total*cfg.Replications) }
		}
		if r, err = Run(g.ctx, m, cfg); err != nil {
			return nil, err
		}
		g.results[set] = r
	}
	k, ok := r.Find(g.cfg.Figure.Name, g.cfg.Figure.Of)
	if !ok {
		return nil, fmt.Errorf("attributing an effect on %s: the result has no such figure", g.cfg.Figure)
	}
	return k.Values, nil
}

// shapley returns the Shapley values of n players by replication. values gives the
// worth of a set, a bit a player, by replication.
func shapley(n int, values func(set uint64) ([]float64, error)) ([][]float64, error) {
	weight := make([]float64, n) // of sets of a size: s!(n−s−1)!/n!
	for s := range weight {
		weight[s] = 1 / float64(n)
		for k := 1; k <= s; k++ {
			weight[s] *= float64(k) / float64(n-k)
		}
	}
	out := make([][]float64, n)
	for set := range uint64(1) << n {
		without, err := values(set)
		if err != nil {
			return nil, err
		}
		w := bits.OnesCount64(set)
		for i := range n {
			if set>>i&1 == 1 {
				continue
			}
			with, err := values(set | 1<<i)
			if err != nil {
				return nil, err
			}
			if out[i] == nil {
				out[i] = make([]float64, len(with))
			}
			for r := range with {
				out[i][r] += weight[w] * (with[r] - without[r])
			}
		}
	}
	return out, nil
}

// sampledShapley estimates them from some orders of the players (Castro, Gómez &
// Tejada 2009, doi:10.1016/j.cor.2008.04.004), each followed by its reverse. Values sum
// to the joint effect, and are exact on average over the orders. The second result are
// the means of each pair of orders, by player: their scatter is that of the estimate.
func sampledShapley(n int, orders [][]int, values func(set uint64) ([]float64, error)) (shares, byPair [][]float64, err error) {
	shares, byPair = make([][]float64, n), make([][]float64, n)
	for i := range byPair {
		byPair[i] = make([]float64, len(orders)/2)
	}
	for o, order := range orders {
		set := uint64(0)
		before, err := values(0)
		if err != nil {
			return nil, nil, err
		}
		for _, i := range order {
			set |= 1 << i
			after, err := values(set)
			if err != nil {
				return nil, nil, err
			}
			if shares[i] == nil {
				shares[i] = make([]float64, len(after))
			}
			for r := range after {
				d := after[r] - before[r]
				shares[i][r] += d / float64(len(orders))
				byPair[i][o/2] += d / 2 / float64(len(after))
			}
			before = after
		}
	}
	return shares, byPair, nil
}

// widen adds the scatter of the orders to an interval: the variances of the mean over
// replications and over pairs of orders add up.
func (s *Share) widen(byPair []float64, confidence float64) {
	iv, err := measure.MeanInterval(byPair, confidence)
	if err != nil {
		return
	}
	half := math.Hypot(float64(s.High-s.Low)/2, iv.HalfWidth())
	s.Low, s.High = s.Effect-measure.Number(half), s.Effect+measure.Number(half)
}

// minus returns b taken from a, place by place.
func minus(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] - b[i]
	}
	return out
}

// shareOf returns the mean of values with Student's interval.
func shareOf(id string, x []float64, confidence float64) Share {
	nan := measure.Number(math.NaN())
	s := Share{ID: id, Effect: nan, Low: nan, High: nan, Alone: nan}
	if x = slices.DeleteFunc(slices.Clone(x), math.IsNaN); len(x) == 0 {
		return s
	}
	mean := 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	s.Effect = measure.Number(mean)
	if iv, err := measure.MeanInterval(x, confidence); err == nil {
		s.Low, s.High = measure.Number(iv.Low), measure.Number(iv.High)
	}
	return s
}

// equivalents lists the sets that reach the joint effect, and where they differ.
func (a *Attribution) equivalents(g *leverGame, all uint64, empty, full []float64) {
	within := a.Tolerance * math.Abs(float64(a.Joint.Effect))
	var sets []uint64
	for set := range g.results {
		if set != all && set != 0 {
			sets = append(sets, set)
		}
	}
	slices.SortFunc(sets, func(x, y uint64) int {
		return cmp.Or(cmp.Compare(bits.OnesCount64(x), bits.OnesCount64(y)), cmp.Compare(x, y))
	})
	for _, set := range sets {
		k, _ := g.results[set].Find(a.Figure.Name, a.Figure.Of)
		d := shareOf("", minus(k.Values, full), a.Confidence)
		if !(float64(d.Low) >= -within && float64(d.High) <= within) {
			continue
		}
		effect := shareOf("", minus(k.Values, empty), a.Confidence)
		e := Equivalent{Effect: effect.Effect, Low: effect.Low, High: effect.High, Stages: stages(g.results[all], g.results[set])}
		for i, s := range g.levers {
			if set>>i&1 == 1 {
				e.Levers = append(e.Levers, s.ID)
			}
		}
		a.Others = append(a.Others, e)
	}
}

// stages returns the times of activities that differ between two results by more
// than chance, the greatest difference first; the intervals hold together (Bonferroni).
func stages(a, b *Result) []StageEvidence {
	var out []StageEvidence
	var times []KPI
	for _, k := range a.KPIs {
		if (k.Name == WaitingTime || k.Name == ProcessingTime) && k.Of != "" && !a.ofProcess(k.Of) {
			times = append(times, k)
		}
	}
	for _, k := range times {
		other, ok := b.Find(k.Name, k.Of)
		if !ok {
			continue
		}
		k.Confidence = 1 - (1-k.Confidence)/float64(len(times))
		if d := difference(k, other); d.Distinct {
			out = append(out, StageEvidence{k.Of, k.Name, d.Difference, d.Low, d.High})
		}
	}
	slices.SortStableFunc(out, func(x, y StageEvidence) int {
		return cmp.Compare(math.Abs(float64(y.Difference)), math.Abs(float64(x.Difference)))
	})
	return out
}

// ofProcess reports whether what a figure is of is a process: processes have a cycle
// time, activities have none.
func (r *Result) ofProcess(of string) bool {
	_, ok := r.Find(CycleTime, of)
	return ok
}

// String lists the levers of the set.
func (e Equivalent) String() string { return strings.Join(e.Levers, " + ") }
