package fit

import (
	"math"

	"github.com/uprava/uprava/mining/bpmn"
	"github.com/uprava/uprava/mining/processtree"
)

// visits says of a flow out of an exclusive split how many cases came to the split for
// the first, second, … time, and how many of them took the flow then.
type visits struct {
	came, taken []float64
	returns     float64 // of those taken, to what the case had done before
}

func (v *visits) add(at int, came, taken float64) {
	for len(v.came) <= at {
		v.came, v.taken = append(v.came, 0), append(v.taken, 0)
	}
	v.came[at] += came
	v.taken[at] += taken
}

// part returns the visits with the given part of those that took the flow.
func (v *visits) part(share float64) *visits {
	out := &visits{came: v.came, returns: v.returns * share}
	for _, n := range v.taken {
		out.taken = append(out.taken, n*share)
	}
	return out
}

// Thresholds above which a share is said to fall.
const (
	enoughReturns = 30
	mostly        = 0.9   // of the takings of a flow are returns
	surely        = 10.83 // of χ² with one degree of freedom: one in a thousand
)

// falling returns the share at the first visit and the factor by which it falls with
// each further one, q(k) = p·d^k, of greatest likelihood; false where one share at
// every visit explains the counts as well (likelihood-ratio test at 0.1 %).
func (v *visits) falling() (p, d float64, ok bool) {
	came, taken, again := 0.0, 0.0, 0.0
	for k := range v.came {
		came += v.came[k]
		taken += v.taken[k]
		if k > 0 {
			again += v.came[k]
		}
	}
	if taken < enoughReturns || again < enoughReturns || taken >= came {
		return 0, 0, false
	}
	likelihood := func(p, d float64) float64 {
		total, q := 0.0, p
		for k := range v.came {
			if v.taken[k] > 0 {
				total += v.taken[k] * math.Log(q)
			}
			total += (v.came[k] - v.taken[k]) * math.Log1p(-q)
			q *= d
		}
		return total
	}
	best := func(d float64) (p, value float64) {
		p = highest(func(p float64) float64 { return likelihood(p, d) }, 1e-6, 1-1e-6)
		return p, likelihood(p, d)
	}
	d = highest(func(d float64) float64 { _, value := best(d); return value }, 0.01, 1)
	p, value := best(d)
	_, same := best(1)
	return p, d, 2*(value-same) > surely && d < 0.95
}

func sum(x []float64) float64 { return mean(x) * float64(len(x)) }

// highest returns where a function of one hump is greatest (golden section).
func highest(f func(float64) float64, lo, hi float64) float64 {
	const golden = 0.6180339887498949
	a, b := hi-golden*(hi-lo), lo+golden*(hi-lo)
	fa, fb := f(a), f(b)
	for range 40 {
		if fa < fb {
			lo, a, fa = a, b, fb
			b = lo + golden*(hi-lo)
			fb = f(b)
		} else {
			hi, b, fb = b, a, fa
			a = hi - golden*(hi-lo)
			fa = f(a)
		}
	}
	return (lo + hi) / 2
}

// rounds counts, by loop of the tree that a case enters once, how many cases did it
// again after the first, second, … round.
func (f *fitter) rounds(mined *processtree.Tree, variants []processtree.Variant) (map[*processtree.Tree]*visits, error) {
	out := map[*processtree.Tree]*visits{}
	for _, n := range mined.Nodes() {
		if n.Operator == processtree.Loop {
			out[n] = &visits{}
		}
	}
	if len(out) == 0 {
		return out, nil
	}
	for i := range variants {
		one := variants[i : i+1]
		counts, err := processtree.Replay(mined, one)
		if err != nil {
			return nil, err
		}
		if counts.Fitting == 0 {
			continue
		}
		cases := float64(one[0].Count)
		for n, v := range out {
			if counts.Executed(n) != int64(one[0].Count) {
				continue // inside another loop, or not at all
			}
			again := int64(0)
			for _, c := range n.Children[1:] {
				again += counts.Executed(c)
			}
			for k := range again / int64(one[0].Count) {
				v.add(int(k), cases, cases)
				v.returns += cases
			}
			v.add(int(again/int64(one[0].Count)), cases, 0)
		}
	}
	return out, nil
}

// visited counts the visits of the splits of the transitions that mostly lead back to
// what the case has done before.
func (f *fitter) visited(flows map[[2]int]string) map[string]*visits {
	out := map[string]*visits{}
	n := len(f.names)
	nth := make([]int, n+1)
	for _, row := range f.cases {
		clear(nth)
		from := n
		for i := 0; i <= len(row); i++ {
			to := n
			if i < len(row) {
				to = row[i].activity
			}
			for next, k := range f.chain.next[from] {
				if id := flows[[2]int{from, next}]; k > 0 && id != "" {
					if out[id] == nil {
						out[id] = &visits{}
					}
					taken := 0.0
					if next == to {
						if taken = 1; nth[next] > 0 {
							out[id].returns++
						}
					}
					out[id].add(nth[from], 1, taken)
				}
			}
			nth[from]++
			from = to
		}
	}
	return out
}

// fade is a share that falls: at the first visit, and the factor with each further one.
type fade struct{ first, factor float64 }

// fades finds the flows whose shares fall with each visit of a case, but leaves at
// each split one that does not.
func (f *fitter) fades(p *bpmn.Process) {
	f.fading = map[string]fade{}
	steady := map[string]int{}
	for _, flow := range p.Flows {
		if _, counted := f.taken[flow.ID]; counted {
			steady[flow.Source]++
		}
	}
	for _, flow := range p.Flows {
		v := f.visits[flow.ID]
		if v == nil || steady[flow.Source] < 2 || v.returns < mostly*sum(v.taken) {
			continue
		}
		if first, factor, ok := v.falling(); ok {
			f.fading[flow.ID] = fade{first, factor}
			steady[flow.Source]--
		}
	}
	if len(f.fading) > 0 {
		least, most := 1.0, 0.0
		for _, x := range f.fading {
			least, most = min(least, x.factor), max(most, x.factor)
		}
		f.report.assume("The more often a case has come to a split, the more rarely it takes the same way again: the shares of %d branches fall with each visit by a factor (%.2f to %.2f, of greatest likelihood; likelihood-ratio test at 0.1 %%).", len(f.fading), least, most)
	}
}
