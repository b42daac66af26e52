package rootcause

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/uprava/uprava/mining/measure"
)

// Rule is a group of cases in which the outcome is more frequent than in all: found
// on one half of the cases, measured on the other.
type Rule struct {
	Conditions []Condition  `json:"conditions"` // all must hold
	Selected   measure.Rate `json:"selected"`   // in the half on which it was found: too good
	Held       measure.Rate `json:"held_out"`   // in the other
	// Support is the share of the held-out cases that the rule covers, Precision the
	// share of those in which the outcome came true, Recall the share of those with the
	// outcome that it covers, Lift Precision over the share in all held-out cases, which
	// its interval takes as fixed.
	Support   measure.Number   `json:"support"`
	Precision measure.Estimate `json:"precision"`
	Recall    measure.Number   `json:"recall"`
	Lift      measure.Estimate `json:"lift"`
	P         measure.Number   `json:"p"`          // held-out, against the cases it does not cover
	Adjusted  measure.Number   `json:"p_adjusted"` // over the rules of the tree
}

// Condition says that an attribute has a value, or has not.
type Condition struct {
	Attribute string `json:"attribute"`
	Operator  string `json:"operator"` // "=", "≠", "≤", ">" of a number's value
	Value     string `json:"value"`
	Known     string `json:"known"`
}

// String returns the condition as people read it.
func (c Condition) String() string { return c.Attribute + " " + c.Operator + " " + c.Value }

// Text returns the conditions of a rule joined by " & ".
func (r Rule) Text() string {
	out := make([]string, len(r.Conditions))
	for i, c := range r.Conditions {
		out[i] = c.String()
	}
	return strings.Join(out, " & ")
}

// test is a question that a node of the tree asks.
type test struct {
	of    *attribute
	level int16
	upTo  bool // code ≤ level and recorded, instead of code = level
}

func (t test) holds(k int) bool {
	code := t.of.codes[k]
	if t.upTo {
		return code <= t.level && code != t.of.missing
	}
	return code == t.level
}

func (t test) condition(holds bool) Condition {
	c := Condition{t.of.name, "=", t.of.levels[t.level], t.of.known()}
	switch {
	case t.upTo:
		top := t.of.levels[t.level]
		if i := strings.Index(top, "≤ "); i >= 0 {
			c.Operator, c.Value = "≤", top[i+len("≤ "):]
			if !holds {
				c.Operator = ">"
			}
			return c
		}
	case len(t.of.levels) == 2 && !holds:
		c.Value = t.of.levels[1-t.level]
		return c
	}
	if !holds {
		c.Operator = "≠"
	}
	return c
}

// rules grows a tree on one half of the cases by the decrease of Gini's impurity
// (L. Breiman, J. H. Friedman, R. A. Olshen, C. J. Stone, Classification and
// Regression Trees, doi:10.1201/9781315139470, section 4.3), ties by the order of the
// attributes, and measures its leaves on the other. Of a quantity the outcome is to lie
// above the p75 of the first half. Rules with an adjusted probability above the level
// are dropped and counted.
func (x *explanation) rules() error {
	first, second := x.halves()
	yes := make([]bool, x.Known)
	limit := 0.5
	if x.outcome.Numeric {
		sample := make([]float64, len(first))
		for i, k := range first {
			sample[i] = x.y[k]
		}
		slices.Sort(sample)
		limit = measure.Quantile(sample, 0.75)
	}
	for k, v := range x.y {
		yes[k] = v > limit
	}
	g := &grower{x: x, yes: yes, base: rate(first, yes)}
	if err := g.grow(first, second, nil); err != nil {
		return err
	}
	all := rate(second, yes)
	p := make([]float64, len(g.rules))
	for i := range g.rules {
		r := &g.rules[i]
		nan := measure.Number(math.NaN())
		r.P, r.Adjusted, r.Recall, r.Precision.Value, r.Lift.Value = nan, nan, nan, nan, nan
		r.Support = measure.Number(float64(r.Held.N) / float64(all.N))
		p[i] = math.NaN()
		if r.Held.N == 0 || r.Held.N == all.N || all.K == 0 {
			continue
		}
		iv, err := measure.ShareInterval(r.Held.K, r.Held.N, x.cfg.Confidence)
		if err != nil {
			return err
		}
		base := all.Share()
		r.Precision = measure.Estimate{Value: measure.Number(r.Held.Share()), Interval: &iv}
		r.Recall = measure.Number(float64(r.Held.K) / float64(all.K))
		r.Lift = measure.Estimate{Value: measure.Number(r.Held.Share() / base),
			Interval: &measure.Interval{Low: iv.Low / base, High: iv.High / base, Confidence: iv.Confidence}}
		if p[i], _, err = measure.TestShares(measure.Rate{K: all.K - r.Held.K, N: all.N - r.Held.N}, r.Held); err != nil {
			return err
		}
		r.P = measure.Number(p[i])
	}
	for i, v := range measure.BenjaminiHochberg(p) {
		g.rules[i].Adjusted = measure.Number(v)
		if v <= x.cfg.Level && g.rules[i].Held.Share() > all.Share() {
			x.Rules = append(x.Rules, g.rules[i])
		} else {
			x.Dropped++
		}
	}
	slices.SortStableFunc(x.Rules, func(a, b Rule) int {
		return cmp.Or(cmp.Compare(b.Lift.Value, a.Lift.Value), cmp.Compare(b.Held.N, a.Held.N))
	})
	return nil
}

func rate(cases []int, yes []bool) measure.Rate {
	r := measure.Rate{N: len(cases)}
	for _, k := range cases {
		if yes[k] {
			r.K++
		}
	}
	return r
}

// grower grows the tree and keeps the leaves in which the outcome is more frequent.
type grower struct {
	x     *explanation
	yes   []bool
	base  measure.Rate
	rules []Rule
}

func (g *grower) grow(first, second []int, path []Condition) error {
	if g.x.ctx.Err() != nil {
		return g.x.ctx.Err()
	}
	here := rate(first, g.yes)
	if len(path) < g.x.cfg.Depth && here.K > 0 && here.K < here.N {
		if t, ok := g.best(first, here); ok {
			inA, outA := part(first, t)
			inB, outB := part(second, t)
			if err := g.grow(inA, inB, append(slices.Clone(path), t.condition(true))); err != nil {
				return err
			}
			return g.grow(outA, outB, append(slices.Clone(path), t.condition(false)))
		}
	}
	if len(path) > 0 && here.Share() > g.base.Share() {
		g.rules = append(g.rules, Rule{Conditions: path, Selected: here, Held: rate(second, g.yes)})
	}
	return nil
}

func part(cases []int, t test) (in, out []int) {
	for _, k := range cases {
		if t.holds(k) {
			in = append(in, k)
		} else {
			out = append(out, k)
		}
	}
	return in, out
}

// best returns the question that decreases the impurity most, false where none
// leaves enough cases on both sides and passes the χ² test at one in a thousand.
func (g *grower) best(cases []int, here measure.Rate) (test, bool) {
	least := max(1, g.x.cfg.MinCases/2)
	var out test
	most := 10.828 / float64(here.N) // χ² of one degree at 0.001, over n: the gain it is
	found := false
	try := func(t test, in measure.Rate) {
		rest := measure.Rate{K: here.K - in.K, N: here.N - in.N}
		if min(in.N, rest.N) < least {
			return
		}
		d := in.Share() - rest.Share()
		pq := here.Share() * (1 - here.Share())
		gain := d * d * float64(in.N) * float64(rest.N) / (float64(here.N) * float64(here.N)) / pq // decrease over impurity
		if gain > most+1e-12 {
			most, out, found = gain, t, true
		}
	}
	for _, a := range g.x.attributes {
		counts := make([]measure.Rate, len(a.levels))
		for _, k := range cases {
			c := &counts[a.codes[k]]
			c.N++
			if g.yes[k] {
				c.K++
			}
		}
		var sum measure.Rate
		for level, c := range counts {
			if a.tested[level] && !(a.yes && level == 0) {
				try(test{of: a, level: int16(level)}, c)
			}
			if a.ordered && int16(level) != a.missing {
				sum.K, sum.N = sum.K+c.K, sum.N+c.N
				if level > 0 && strings.Contains(a.levels[level], "≤ ") {
					try(test{of: a, level: int16(level), upTo: true}, sum)
				}
			}
		}
	}
	return out, found
}
