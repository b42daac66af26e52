package rootcause

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/uprava/uprava/mining/measure"
)

// candidate is a value of an attribute.
type candidate struct {
	of    *attribute
	level int16
}

// compared reports whether the k-th case takes part, and whether it has the value.
// Where the attribute is not recorded a case takes no part, unless that is the value.
func (c candidate) compared(k int) (with, part bool) {
	code := c.of.codes[k]
	return code == c.level, code == c.level || code != c.of.missing
}

// effects tests every value of every attribute, adjusts the probabilities over all
// and describes the most certain.
func (x *explanation) effects() error {
	for _, a := range x.attributes {
		if x.ctx.Err() != nil {
			return x.ctx.Err()
		}
		var err error
		if x.outcome.Numeric {
			err = x.testRanks(a)
		} else {
			err = x.testShares(a)
		}
		if err != nil {
			return err
		}
	}
	p := make([]float64, len(x.all))
	for i := range x.all {
		p[i] = float64(x.all[i].P)
	}
	for i, v := range measure.BenjaminiHochberg(p) {
		e := &x.all[i]
		e.Adjusted = measure.Number(v)
		e.Found = v <= x.cfg.Level
		x.Tests++
		if e.Found {
			x.Found++
		}
	}
	slices.SortStableFunc(x.all, func(a, b Effect) int {
		return cmp.Or(cmp.Compare(a.Adjusted, b.Adjusted), cmp.Compare(b.strength(), a.strength()),
			cmp.Compare(a.Attribute, b.Attribute), cmp.Compare(a.Value, b.Value))
	})
	for i := range x.all[:min(len(x.all), x.cfg.Most)] {
		if x.ctx.Err() != nil {
			return x.ctx.Err()
		}
		e := x.all[i]
		if err := x.size(&e); err != nil {
			return err
		}
		x.Effects = append(x.Effects, e)
	}
	return nil
}

// strength is the size of an effect by which equal probabilities are ordered.
func (e *Effect) strength() float64 {
	if e.Shares != nil {
		return math.Abs(float64(e.Shares.Difference.Value))
	}
	return math.Abs(float64(e.Delta.Value))
}

// add keeps a test. Of the two values of an attribute that has only two, which are
// one question, the caller gives one.
func (x *explanation) add(a *attribute, level int, e Effect) {
	e.Attribute, e.Value, e.Source, e.Known, e.Leak, e.leakRU = a.name, a.levels[level], a.source, a.known(), a.leak, a.leakRU
	e.at = candidate{a, int16(level)}
	e.Confounders = []Confounder{}
	x.all = append(x.all, e)
}

// single returns the one level to test, beside "not recorded", of an attribute that
// otherwise has two: yes of a no and a yes, or that for which more is true; −1 of
// other attributes.
func (a *attribute) single(more func(level int) float64) int {
	values := len(a.levels)
	if a.missing >= 0 {
		values--
	}
	switch {
	case a.yes:
		return 1
	case values != 2 || !a.tested[0] || !a.tested[1]:
		return -1
	case more(1) > more(0):
		return 1
	}
	return 0
}

// testShares tests the values of an attribute against a yes or no.
func (x *explanation) testShares(a *attribute) error {
	counts := make([][2]int, len(a.levels)) // by outcome
	for k, code := range a.codes {
		counts[code][int(x.y[k])]++
	}
	var all [2]int
	for level, c := range counts {
		if int16(level) != a.missing {
			all[0] += c[0]
			all[1] += c[1]
		}
	}
	only := a.single(func(level int) float64 { return float64(counts[level][1]) / float64(counts[level][0]+counts[level][1]) })
	for level, c := range counts {
		if !a.tested[level] || only >= 0 && level != only && int16(level) != a.missing {
			continue
		}
		rest := [2]int{all[0] - c[0], all[1] - c[1]}
		if int16(level) == a.missing {
			rest = all
		}
		with, without := measure.Rate{K: c[1], N: c[0] + c[1]}, measure.Rate{K: rest[1], N: rest[0] + rest[1]}
		if min(with.N, without.N) < x.cfg.MinCases {
			continue
		}
		r, err := measure.CompareShares(without, with, x.cfg.Confidence)
		if err != nil {
			return err
		}
		x.add(a, level, Effect{N: with.N, Rest: without.N, Shares: &r, Size: r.Size, P: r.P})
	}
	return nil
}

// testRanks tests the values of an attribute against a quantity by Mann & Whitney's
// test, its ranks taken once an attribute; effects beside it come later.
func (x *explanation) testRanks(a *attribute) error {
	var part []float64
	var codes []int16
	var missing, recorded []float64
	for k, code := range a.codes {
		if code == a.missing {
			missing = append(missing, x.y[k])
			continue
		}
		recorded = append(recorded, x.y[k])
		part, codes = append(part, x.y[k]), append(codes, code)
	}
	r := midranks(part)
	sums, counts := make([]float64, len(a.levels)), make([]int, len(a.levels))
	for i, code := range codes {
		sums[code] += r[i]
		counts[code]++
	}
	sorted := slices.Sorted(slices.Values(r))
	ties, n := 0.0, float64(len(r))
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && sorted[j] == sorted[i] {
			j++
		}
		t := float64(j - i)
		ties += t * (t*t - 1)
		i = j
	}
	only := a.single(func(level int) float64 { return sums[level] / float64(max(1, counts[level])) })
	for level := range a.levels {
		if !a.tested[level] || only >= 0 && level != only && int16(level) != a.missing {
			continue
		}
		if int16(level) == a.missing {
			if min(len(missing), len(recorded)) >= x.cfg.MinCases {
				t, err := measure.MannWhitney(recorded, missing)
				if err != nil {
					return err
				}
				x.ranked(a, level, len(missing), len(recorded), t.U, t.P)
			}
			continue
		}
		with, rest := float64(counts[level]), n-float64(counts[level])
		if min(counts[level], len(r)-counts[level]) < x.cfg.MinCases {
			continue
		}
		u := sums[level] - with*(with+1)/2
		p := 1.0
		if v := with * rest / 12 * (n + 1 - ties/(n*(n-1))); v > 0 {
			p = min(1, 2*distuv.UnitNormal.Survival(max(math.Abs(u-with*rest/2)-0.5, 0)/math.Sqrt(v)))
		}
		x.ranked(a, level, counts[level], len(r)-counts[level], u, p)
	}
	return nil
}

func (x *explanation) ranked(a *attribute, level, n, rest int, u, p float64) {
	d := 2*u/(float64(n)*float64(rest)) - 1
	x.add(a, level, Effect{N: n, Rest: rest, Delta: &measure.Estimate{Value: measure.Number(d)}, Size: measure.SizeOfDelta(d), P: measure.Number(p)})
}

// size gives a listed effect its intervals.
func (x *explanation) size(e *Effect) error {
	confidence := x.cfg.Confidence
	if e.Found {
		confidence = 1 - x.cfg.Level*float64(x.Found)/float64(x.Tests)
	}
	if !x.outcome.Numeric {
		r, err := measure.CompareShares(e.Shares.A, e.Shares.B, confidence)
		e.Shares = &r
		return err
	}
	var with, rest []float64
	for k := range x.y {
		if has, part := e.at.compared(k); has {
			with = append(with, x.y[k])
		} else if part {
			rest = append(rest, x.y[k])
		}
	}
	r, err := measure.CompareRanks(rest, with, confidence)
	e.Shift, e.Delta = &r.Shift, &r.Delta
	return err
}
