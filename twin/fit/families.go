package fit

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/uprava/uprava/twin"
)

// Law is what a sample of times was fitted to, and how well.
type Law struct {
	Family string `json:"family"` // of twin.Distribution; "empirical" where none fits
	// AD and KS, of at most 300 of the values, are the statistics of Anderson & Darling (1952,
	// doi:10.1214/aoms/1177729437) and Kolmogorov and Smirnov of the best family; P is
	// the probability of a greater AD where the family is right, by a parametric
	// bootstrap, for the parameters are of the same sample (Stute, Manteiga & Quindimil
	// 1993, doi:10.1007/BF02613687). AIC is Akaike's criterion (1974,
	// doi:10.1109/TAC.1974.1100705), by which the family was chosen.
	AD  float64 `json:"ad,omitempty"`
	KS  float64 `json:"ks,omitempty"`
	P   float64 `json:"p,omitempty"`
	AIC float64 `json:"aic,omitempty"`
	// Best is the family that came nearest, also where it was rejected.
	Best string `json:"best,omitempty"`
	N    int    `json:"n"`
	// Outliers are values more than three interquartile ranges of the logarithms above
	// the middle half; where there are any, the sample itself is the law.
	Outliers int `json:"outliers,omitempty"`
}

// LeastP is the least P that the bootstrap can tell: that of a smaller probability too.
const LeastP = 1.0 / (bootstraps + 1)

// Thresholds of a choice of family.
const (
	fewestTimes = 20  // a sample of fewer is taken as it is
	tested      = 300 // values that the test looks at, drawn where there are more
	bootstraps  = 99
	rejected    = 0.05
)

// family is a law with its distribution function and the number of its parameters.
type family struct {
	law   twin.Distribution
	k     int
	cdf   func(float64) float64
	logp  func(float64) float64
	again func(*rand.Rand, int) []float64
}

// parametric returns the law of a sorted sample in seconds: the family of least AIC
// where Anderson and Darling's test does not reject it, else the sample itself.
func parametric(sorted []float64, seed uint64) (twin.Distribution, Law) {
	l := Law{Family: "empirical", N: len(sorted)}
	if len(sorted) > 0 && sorted[0] == sorted[len(sorted)-1] {
		l.Family = "fixed"
		return empirical(sorted), l
	}
	kept := typical(sorted)
	l.Outliers = len(sorted) - len(kept)
	if len(kept) < fewestTimes || kept[0] < 0 || kept[0] == kept[len(kept)-1] {
		return empirical(sorted), l
	}
	best, least := family{}, math.Inf(1)
	for _, f := range families(kept) {
		sum := 0.0
		for _, x := range kept {
			sum += f.logp(x)
		}
		if aic := 2*float64(f.k) - 2*sum; aic < least {
			best, least = f, aic
		}
	}
	if math.IsInf(least, 0) || math.IsNaN(least) {
		return empirical(sorted), l
	}
	l.Best, l.AIC = best.law.Law, round(least)
	rng := rand.New(rand.NewPCG(seed, 0x6669))
	sample := some(kept, tested, rng)
	of := func(x []float64) (family, bool) { // the family fitted to those values
		all := families(x)
		i := slices.IndexFunc(all, func(f family) bool { return f.law.Law == best.law.Law })
		if i < 0 {
			return family{}, false
		}
		return all[i], true
	}
	fitted, ok := of(sample)
	if !ok {
		return empirical(sorted), l
	}
	l.AD, l.KS = round(andersonDarling(sample, fitted.cdf)), round(kolmogorov(sample, fitted.cdf))
	greater := 0
	for range bootstraps {
		y := fitted.again(rng, len(sample))
		slices.Sort(y)
		if again, ok := of(y); !ok || andersonDarling(y, again.cdf) >= l.AD {
			greater++
		}
	}
	l.P = round(float64(greater+1) / (bootstraps + 1))
	if l.P < rejected || l.Outliers > 0 {
		return empirical(sorted), l
	}
	l.Family = best.law.Law
	return best.law, l
}

// typical returns the values that are no outliers: of positive ones, whose logarithm
// lies no more than three interquartile ranges above the middle half.
func typical(sorted []float64) []float64 {
	if len(sorted) < fewestTimes || sorted[0] <= 0 {
		return sorted
	}
	q1, q3 := math.Log(sorted[len(sorted)/4]), math.Log(sorted[3*len(sorted)/4])
	high := math.Exp(q3 + 3*(q3-q1))
	n, _ := slices.BinarySearchFunc(sorted, high, func(x, h float64) int {
		if x <= h {
			return -1
		}
		return 1
	})
	return sorted[:n]
}

// some returns n values drawn from a sorted sample without replacement, sorted: values
// at regular places would scatter less than a sample does, and pass for any law.
func some(sorted []float64, n int, rng *rand.Rand) []float64 {
	if len(sorted) <= n {
		return sorted
	}
	out := make([]float64, 0, n)
	for i, x := range sorted { // selection sampling: Knuth, The Art of Computer Programming 2, algorithm 3.4.2S
		if rng.IntN(len(sorted)-i) < n-len(out) {
			out = append(out, x)
		}
	}
	return out
}

// families fits each family to a sorted sample by maximum likelihood; the mean of each
// law is that of the sample. Families that need positive values are left out where
// some are 0.
func families(x []float64) []family {
	n := float64(len(x))
	m, squares, logs, logSquares := 0.0, 0.0, 0.0, 0.0
	for _, v := range x {
		m += v / n
	}
	for _, v := range x {
		squares += (v - m) * (v - m) / n
		logs += math.Log(v) / n
	}
	for _, v := range x {
		logSquares += (math.Log(v) - logs) * (math.Log(v) - logs) / n
	}
	sd := math.Sqrt(squares)
	draws := func(d interface{ Quantile(float64) float64 }) func(*rand.Rand, int) []float64 {
		return func(r *rand.Rand, n int) []float64 {
			y := make([]float64, n)
			for i := range y {
				y[i] = d.Quantile((float64(r.Uint64()>>11) + 0.5) / (1 << 53))
			}
			return y
		}
	}
	var out []family
	expo := distuv.Exponential{Rate: 1 / m}
	out = append(out, family{twin.Distribution{Law: "exponential", Mean: round(m)}, 1, expo.CDF, expo.LogProb, draws(expo)})
	low, high := x[0], x[len(x)-1]
	flat := distuv.Uniform{Min: low, Max: high}
	out = append(out, family{twin.Distribution{Law: "uniform", Min: round(low), Max: round(high)}, 2, flat.CDF, flat.LogProb, draws(flat)})
	if m > 4*sd { // else much of it would be cut off at 0
		bell := distuv.Normal{Mu: m, Sigma: sd}
		out = append(out, family{twin.Distribution{Law: "normal", Mean: round(m), SD: round(sd)}, 2, bell.CDF, bell.LogProb, draws(bell)})
	}
	if x[0] <= 0 || logSquares == 0 {
		return out
	}
	log := distuv.LogNormal{Mu: logs, Sigma: math.Sqrt(logSquares)}
	out = append(out, family{twin.Distribution{Law: "lognormal", Mean: round(m), SD: round(m * math.Sqrt(math.Expm1(logSquares)))}, 2, log.CDF, log.LogProb, draws(log)})
	// Gamma: Newton's steps of Minka (2002, Estimating a Gamma distribution).
	if s := math.Log(m) - logs; s > 0 {
		k := (3 - s + math.Sqrt((s-3)*(s-3)+24*s)) / (12 * s)
		for range 50 {
			step := (math.Log(k) - mathext.Digamma(k) - s) / (1/k - trigamma(k))
			if k -= step; math.Abs(step) < 1e-9*k || !(k > 0) {
				break
			}
		}
		if k > 1e-3 && k < 1e6 {
			g := distuv.Gamma{Alpha: k, Beta: k / m}
			out = append(out, family{twin.Distribution{Law: "gamma", Mean: round(m), SD: round(m / math.Sqrt(k))}, 2, g.CDF, g.LogProb, draws(g)})
		}
	}
	return out
}

// trigamma returns the derivative of the digamma function, by its recurrence and
// asymptotic series (Abramowitz & Stegun 6.4.6 and 6.4.12).
func trigamma(x float64) float64 {
	sum := 0.0
	for ; x < 8; x++ {
		sum += 1 / (x * x)
	}
	y := 1 / (x * x)
	return sum + 1/x + y/2 + y/x*(1.0/6-y*(1.0/30-y*(1.0/42-y/30)))
}

// andersonDarling returns A² of a sorted sample.
func andersonDarling(x []float64, cdf func(float64) float64) float64 {
	n := len(x)
	sum := 0.0
	inside := func(p float64) float64 { return math.Min(math.Max(p, 1e-12), 1-1e-12) }
	for i := range x {
		sum += float64(2*i+1) * (math.Log(inside(cdf(x[i]))) + math.Log1p(-inside(cdf(x[n-1-i]))))
	}
	return -float64(n) - sum/float64(n)
}

// kolmogorov returns the greatest distance of the distribution functions.
func kolmogorov(x []float64, cdf func(float64) float64) float64 {
	most := 0.0
	for i, v := range x {
		p := cdf(v)
		most = math.Max(most, math.Max(p-float64(i)/float64(len(x)), float64(i+1)/float64(len(x))-p))
	}
	return most
}
