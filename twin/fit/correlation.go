package fit

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/processtree"
)

// correlation chooses how much the times of a case hang together: the value on a
// grid with which cases drawn from the tree and the stages come closest to the
// lead times of the log, by the mean difference of the logarithms of their
// quantiles at 5, 10 … 95 %, the median counting five times. Queues are left out
// of it.
func (f *fitter) correlation() {
	var lead []float64
	for _, row := range f.cases {
		sum := 0.0
		for i := range row {
			sum += float64(row[i].stage) / second
		}
		lead = append(lead, sum)
	}
	slices.Sort(lead)
	cases := f.drawCases(10_000)
	best, least, without := 0.0, math.Inf(1), 0.0
	for step := range 18 {
		c := float64(step) * 0.05
		d := quantileDistance(lead, f.leadTimes(cases, c))
		if step == 0 {
			without = d
		}
		if d < least {
			best, least = c, d
		}
	}
	if least > 0.9*without { // no clear gain: the simpler model
		best = 0
	}
	f.common = math.Round(best*100) / 100
	f.report.StageCorrelation = f.common
	if f.common > 0 {
		f.report.assume("The stages of one case hang together: with a correlation of %.2f (one-factor Gaussian copula) the drawn lead times come closest to those of %d cases, mean difference of the quantiles by a factor of %.2f instead of %.2f without.", f.common, len(lead), math.Exp(least), math.Exp(without))
	}
}

func quantileDistance(a, b []float64) float64 {
	sum, n := 0.0, 0.0
	for i := 1; i < 20; i++ {
		weight := 1.0
		if i == 10 {
			weight = 5
		}
		p := float64(i) / 20
		sum += weight * math.Abs(math.Log1p(measure.Quantile(a, p))-math.Log1p(measure.Quantile(b, p)))
		n += weight
	}
	return sum / n
}

// drawnCase is a case drawn from the tree, with the normal scores of its pace and
// of each of its times: the same for every correlation that is tried.
type drawnCase struct {
	activities []int
	pace       float64
	scores     []float64 // two for each activity
}

func (f *fitter) drawCases(n int) []drawnCase {
	rng := rand.New(rand.NewPCG(f.cfg.Seed, 0x666974))
	out := make([]drawnCase, n)
	for i := range out {
		c := drawnCase{pace: rng.NormFloat64(), activities: f.draw(rng)}
		c.scores = make([]float64, 2*len(c.activities))
		for k := range c.scores {
			c.scores[k] = rng.NormFloat64()
		}
		out[i] = c
	}
	return out
}

// leadTimes returns the lead times of drawn cases without queues, ascending, in
// seconds.
func (f *fitter) leadTimes(cases []drawnCase, common float64) []float64 {
	out := make([]float64, len(cases))
	shared, own := math.Sqrt(common), math.Sqrt(1-common)
	for i := range cases {
		c := &cases[i]
		for j, k := range c.activities {
			a := &f.activities[k]
			samples := [2][]float64{a.delay, a.work}
			if a.group < 0 || 2*a.started >= a.n { // recorded: with the waiting that queues will make
				samples = [2][]float64{a.stage, nil}
			}
			for s, sample := range samples {
				switch len(sample) {
				case 0:
				case 1:
					out[i] += sample[0]
				default:
					u := distuv.UnitNormal.CDF(shared*c.pace + own*c.scores[2*j+s])
					out[i] += sample[min(int(u*float64(len(sample))), len(sample)-1)]
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// walk appends the activities of a random execution of the tree, by the counts
// of the replay.
func (f *fitter) walk(t *processtree.Tree, rng *rand.Rand, to []int) []int {
	pick := func(from []*processtree.Tree, others int64) *processtree.Tree {
		total := others
		for _, c := range from {
			total += f.executed[c]
		}
		if total <= 0 {
			if others < 0 || len(from) == 0 {
				return nil
			}
			return from[rng.IntN(len(from))]
		}
		x := rng.Int64N(total)
		for _, c := range from {
			if x -= f.executed[c]; x < 0 {
				return c
			}
		}
		return nil
	}
	switch t.Operator {
	case processtree.Activity:
		if k, ok := slices.BinarySearch(f.names, t.Label); ok {
			to = append(to, k)
		}
	case processtree.Choice:
		if c := pick(t.Children, 0); c != nil {
			to = f.walk(c, rng, to)
		}
	case processtree.Loop:
		to = f.walk(t.Children[0], rng, to)
		for len(to) < 100_000 && f.executed[t] > 0 {
			c := pick(t.Children[1:], f.executed[t])
			if c == nil {
				break
			}
			to = f.walk(t.Children[0], rng, f.walk(c, rng, to))
		}
	default:
		for _, c := range t.Children {
			to = f.walk(c, rng, to)
		}
	}
	return to
}
