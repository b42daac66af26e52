package rootcause

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/uprava/uprava/mining/measure"
)

// Model is a logistic regression of the outcome on the attributes of the effects that
// were found and are known at the start, all at once, each value against the most
// frequent of its attribute.
type Model struct {
	N     int    `json:"n"`
	Terms []Term `json:"terms"` // by attribute, then value
	// AUC is the probability that of two cases of the second half the one with the
	// outcome has the greater risk, by the model fitted on the first: 0.5 is a coin.
	AUC       measure.Number `json:"auc"`
	Converged bool           `json:"converged"`
}

// Term is one value in the model.
type Term struct {
	Attribute string `json:"attribute"`
	Value     string `json:"value"`
	Against   string `json:"against"`
	N         int    `json:"n"`
	// Odds is the odds ratio with all else in the model held fixed. The ridge draws it
	// towards 1, and the interval with it.
	Odds measure.Estimate `json:"odds_ratio"`
}

const (
	mostInModel = 12 // attributes
	ridge       = 1.0
)

// model fits the regression, where at least two attributes were found.
func (x *explanation) model() error {
	if x.outcome.Numeric {
		return nil
	}
	var chosen []*attribute
	for i := range x.Effects {
		e := &x.Effects[i]
		if e.Found && !e.at.of.during && e.at.of.leak == "" && !slices.Contains(chosen, e.at.of) && len(chosen) < mostInModel {
			chosen = append(chosen, e.at.of)
		}
	}
	if len(chosen) == 0 {
		return nil
	}
	slices.SortFunc(chosen, func(a, b *attribute) int { return cmp.Compare(a.name, b.name) })
	d := x.design(chosen)
	all := make([]int, x.Known)
	for k := range all {
		all[k] = k
	}
	beta, cov, converged, err := x.fit(d, all)
	if err != nil || beta == nil {
		return err
	}
	m := &Model{N: x.Known, Converged: converged, Terms: d.terms, AUC: measure.Number(math.NaN())}
	z := distuv.UnitNormal.Quantile(0.5 + x.cfg.Confidence/2)
	for j := range m.Terms {
		b, h := beta[j+1], z*math.Sqrt(cov[j+1])
		m.Terms[j].Odds.Value = measure.Number(math.Exp(b))
		if h < 20 {
			m.Terms[j].Odds.Interval = &measure.Interval{Low: math.Exp(b - h), High: math.Exp(b + h), Confidence: x.cfg.Confidence}
		}
	}
	first, second := x.halves()
	half, _, _, err := x.fit(d, first)
	if err != nil {
		return err
	}
	if half != nil {
		var risk [2][]float64
		for _, k := range second {
			risk[int(x.y[k])] = append(risk[int(x.y[k])], d.score(half, k))
		}
		if len(risk[0]) > 0 && len(risk[1]) > 0 {
			m.AUC = measure.Number((delta(risk[0], risk[1]) + 1) / 2)
		}
	}
	x.Model = m
	return nil
}

// design says which terms each case has: at most one of each attribute.
type design struct {
	attributes []*attribute
	term       [][]int16 // by attribute and level: position of the term, −1 of the reference
	terms      []Term
}

func (x *explanation) design(chosen []*attribute) *design {
	d := &design{attributes: chosen}
	for _, a := range chosen {
		counts := make([]int, len(a.levels))
		for _, code := range a.codes {
			counts[code]++
		}
		most := 0
		for level := range counts {
			if counts[level] > counts[most] {
				most = level
			}
		}
		at := make([]int16, len(a.levels))
		for level := range at {
			at[level] = -1
			if level != most && counts[level] > 0 {
				at[level] = int16(len(d.terms))
				d.terms = append(d.terms, Term{Attribute: a.name, Value: a.levels[level], Against: a.levels[most], N: counts[level]})
			}
		}
		d.term = append(d.term, at)
	}
	return d
}

// score returns the linear predictor of the k-th case.
func (d *design) score(beta []float64, k int) float64 {
	s := beta[0]
	for i, a := range d.attributes {
		if t := d.term[i][a.codes[k]]; t >= 0 {
			s += beta[t+1]
		}
	}
	return s
}

// fit maximises the likelihood less ½·Σβ² (but for the intercept) by iteratively
// reweighted least squares (S. le Cessie, J. C. van Houwelingen, doi:10.2307/2347628,
// λ = 1) over some cases, and returns the coefficients and their variances, those of
// the penalised estimate: (H+λ)⁻¹H(H+λ)⁻¹. nil where the equations cannot be solved.
func (x *explanation) fit(d *design, cases []int) (beta, variance []float64, converged bool, err error) {
	p := len(d.terms) + 1
	beta = make([]float64, p)
	h, g := mat.NewSymDense(p, nil), mat.NewVecDense(p, nil)
	on := make([]int, 0, len(d.attributes)+1)
	for range 50 {
		h.Zero()
		g.Zero()
		for i, k := range cases {
			if i%8192 == 0 && x.ctx.Err() != nil {
				return nil, nil, false, x.ctx.Err()
			}
			on = append(on[:0], 0)
			s := beta[0]
			for j, a := range d.attributes {
				if t := d.term[j][a.codes[k]]; t >= 0 {
					on = append(on, int(t)+1)
					s += beta[t+1]
				}
			}
			mu := 1 / (1 + math.Exp(-s))
			w, r := max(mu*(1-mu), 1e-9), x.y[k]-mu
			for i, u := range on {
				g.SetVec(u, g.AtVec(u)+r)
				for _, v := range on[i:] {
					h.SetSym(u, v, h.At(u, v)+w)
				}
			}
		}
		penalised := mat.NewSymDense(p, nil)
		penalised.CopySym(h)
		for j := 1; j < p; j++ {
			penalised.SetSym(j, j, h.At(j, j)+ridge)
			g.SetVec(j, g.AtVec(j)-ridge*beta[j])
		}
		var chol mat.Cholesky
		if !chol.Factorize(penalised) {
			return nil, nil, false, nil
		}
		var step mat.VecDense
		if chol.SolveVecTo(&step, g) != nil {
			return nil, nil, false, nil
		}
		far := 0.0
		for j := range beta {
			s := math.Max(-4, math.Min(4, step.AtVec(j)))
			beta[j] += s
			far = math.Max(far, math.Abs(s))
		}
		if far < 1e-8 {
			converged = true
			var inverse mat.SymDense
			if chol.InverseTo(&inverse) != nil {
				return nil, nil, false, nil
			}
			var left, sandwich mat.Dense
			left.Mul(&inverse, h)
			sandwich.Mul(&left, &inverse)
			for j := range p {
				variance = append(variance, max(0, sandwich.At(j, j)))
			}
			return beta, variance, true, nil
		}
	}
	return nil, nil, false, nil
}
