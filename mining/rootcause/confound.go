package rootcause

import (
	"cmp"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/measure"
)

const (
	mostConfounded = 30  // effects for which confounders are sought
	fixedTogether  = 3   // confounders held fixed together
	changed        = 0.1 // of the effect, by which a confounder must change it
	same           = 0.9 // association from which two attributes are one
)

// confounders seeks, for each effect that was found, the attributes known at the start
// that go with the value and with the outcome (χ² of each up to Config.Level) and
// change the effect by more than a tenth when held fixed (the change-in-estimate
// criterion, R. M. Mickey, S. Greenland, doi:10.1093/oxfordjournals.aje.a115101). What
// is known only while a case runs may carry the effect instead of confounding it, and
// is not held fixed. Of an attribute that goes with the value nearly one to one nothing
// can be held fixed; it is passed over.
func (x *explanation) confounders() error {
	for i := range x.Effects[:min(len(x.Effects), mostConfounded)] {
		e := &x.Effects[i]
		if !e.Found {
			continue
		}
		var named []*attribute
		for _, z := range x.attributes {
			if x.ctx.Err() != nil {
				return x.ctx.Err()
			}
			if z == e.at.of || z.during || z.leak != "" {
				continue
			}
			goes, err := x.goes(e.at, z)
			if err != nil {
				return err
			}
			if !goes {
				continue
			}
			crude, held := x.hold(e.at, []*attribute{z})
			change := (held - crude) / math.Abs(crude)
			if math.Abs(change) > changed {
				e.Confounders = append(e.Confounders, Confounder{z.name, measure.Number(crude), measure.Number(held), measure.Number(change)})
				named = append(named, z)
			}
		}
		if len(named) == 0 {
			continue
		}
		slices.SortStableFunc(e.Confounders, func(a, b Confounder) int {
			return cmp.Or(cmp.Compare(math.Abs(float64(b.Change)), math.Abs(float64(a.Change))), cmp.Compare(a.Attribute, b.Attribute))
		})
		h := &Held{Delta: measure.Number(math.NaN())}
		var fixed []*attribute
		for _, c := range e.Confounders[:min(len(e.Confounders), fixedTogether)] {
			h.Attributes = append(h.Attributes, c.Attribute)
			fixed = append(fixed, named[slices.IndexFunc(named, func(z *attribute) bool { return z.name == c.Attribute })])
		}
		crude, held := x.hold(e.at, fixed)
		if x.outcome.Numeric {
			h.Delta = measure.Number(held)
		} else {
			m, err := measure.MantelHaenszel(x.strata(e.at, fixed), x.cfg.Confidence)
			if err != nil {
				return err
			}
			h.Shares = &m
		}
		e.Held = h
		e.Reversed = crude*held < 0
	}
	return nil
}

// goes reports whether an attribute goes with both a value and the outcome, and yet is
// not the value under another name.
func (x *explanation) goes(c candidate, z *attribute) (bool, error) {
	value, outcome := table(z), table(z)
	median := 0.0
	if x.outcome.Numeric {
		median = measure.Quantile(slices.Sorted(slices.Values(x.y)), 0.5)
	}
	for k, code := range z.codes {
		with, part := c.compared(k)
		if !part {
			continue
		}
		w, o := 0, 0
		if with {
			w = 1
		}
		if x.outcome.Numeric && x.y[k] > median || !x.outcome.Numeric && x.y[k] == 1 {
			o = 1
		}
		value[w][code]++
		outcome[o][code]++
	}
	v, err := measure.ChiSquare(value)
	if err != nil {
		return false, err
	}
	o, err := measure.ChiSquare(outcome)
	if err != nil {
		return false, err
	}
	return v.P <= x.cfg.Level && o.P <= x.cfg.Level && v.V < same, nil
}

func table(z *attribute) [][]int {
	return [][]int{make([]int, len(z.levels)), make([]int, len(z.levels))}
}

// key numbers the strata of some attributes.
func key(fixed []*attribute, k int) (at int) {
	for _, z := range fixed {
		at = at*len(z.levels) + int(z.codes[k])
	}
	return at
}

// strata counts the outcome by stratum, the rest being a.
func (x *explanation) strata(c candidate, fixed []*attribute) []measure.Stratum {
	at := map[int]*measure.Stratum{}
	for k, y := range x.y {
		with, part := c.compared(k)
		if !part {
			continue
		}
		s := at[key(fixed, k)]
		if s == nil {
			s = &measure.Stratum{}
			at[key(fixed, k)] = s
		}
		side := &s.A
		if with {
			side = &s.B
		}
		side.N++
		side.K += int(y)
	}
	return sortedValues(at)
}

func sortedValues[T any](m map[int]*T) []T {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	out := make([]T, 0, len(m))
	for _, k := range keys {
		out = append(out, *m[k])
	}
	return out
}

// hold returns an effect over all cases and with attributes held fixed, both over the
// strata that have cases with the value and without it: the difference of shares, or
// Cliff's delta, its mean over strata weighed by n₁n₀/(n+1) (P. van Elteren, "On the
// combination of independent two-sample tests of Wilcoxon", Bulletin de l'Institut
// International de Statistique 37, 1960). NaN where no stratum has both.
func (x *explanation) hold(c candidate, fixed []*attribute) (crude, held float64) {
	if !x.outcome.Numeric {
		var a, b measure.Rate
		strata := x.strata(c, fixed)
		for _, s := range strata {
			if s.A.N > 0 && s.B.N > 0 {
				a.K, a.N, b.K, b.N = a.K+s.A.K, a.N+s.A.N, b.K+s.B.K, b.N+s.B.N
			}
		}
		m, err := measure.MantelHaenszel(strata, x.cfg.Confidence)
		if err != nil || a.N == 0 {
			return math.NaN(), math.NaN()
		}
		return b.Share() - a.Share(), float64(m.Difference.Value)
	}
	type sides struct{ a, b []float64 }
	at := map[int]*sides{}
	for k, y := range x.y {
		with, part := c.compared(k)
		if !part {
			continue
		}
		s := at[key(fixed, k)]
		if s == nil {
			s = &sides{}
			at[key(fixed, k)] = s
		}
		if with {
			s.b = append(s.b, y)
		} else {
			s.a = append(s.a, y)
		}
	}
	var all sides
	var sum, weights float64
	for _, s := range sortedValues(at) {
		if len(s.a) == 0 || len(s.b) == 0 {
			continue
		}
		all.a, all.b = append(all.a, s.a...), append(all.b, s.b...)
		w := float64(len(s.a)) * float64(len(s.b)) / float64(len(s.a)+len(s.b)+1)
		sum += w * delta(s.a, s.b)
		weights += w
	}
	if weights == 0 {
		return math.NaN(), math.NaN()
	}
	return delta(all.a, all.b), sum / weights
}

// delta returns Cliff's delta of b against a.
func delta(a, b []float64) float64 {
	r := midranks(append(slices.Clone(b), a...))
	n := float64(len(b))
	u := -n * (n + 1) / 2
	for _, v := range r[:len(b)] {
		u += v
	}
	return 2*u/(n*float64(len(a))) - 1
}
