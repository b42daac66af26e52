package des

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// The laws are given by their quantile functions: each maps a probability u in
// (0, 1) to the value below which a share u of the draws lies. One uniform
// number makes one draw, and a greater one never makes a smaller draw, which is
// what common random numbers need.

// Exponential returns the u-quantile of the exponential law with the given mean.
func Exponential(u, mean float64) float64 { return -mean * math.Log(1-u) }

// Uniform returns the u-quantile of the uniform law on (low, high).
func Uniform(u, low, high float64) float64 { return low + u*(high-low) }

// Normal returns the u-quantile of the normal law.
func Normal(u, mean, sd float64) float64 { return mean + sd*standardNormal(u) }

// Lognormal returns the u-quantile of the law of exp(X), X normal with mean mu
// and standard deviation sigma. LognormalOf gives these from mean and deviation.
func Lognormal(u, mu, sigma float64) float64 { return math.Exp(mu + sigma*standardNormal(u)) }

// LognormalOf returns mu and sigma of the lognormal law with the given mean and
// standard deviation, both positive.
func LognormalOf(mean, sd float64) (mu, sigma float64) {
	v := math.Log1p(sd * sd / (mean * mean))
	return math.Log(mean) - v/2, math.Sqrt(v)
}

// Gamma returns the u-quantile of the gamma law of the given shape and scale
// (mean shape·scale), by Halley's iteration on the incomplete gamma function
// from the approximation of Wilson and Hilferty (1931, doi:10.1073/pnas.17.12.684)
// or, for small shapes and probabilities, from the first term of its series.
func Gamma(u, shape, scale float64) float64 {
	logGamma, _ := math.Lgamma(shape)
	var x float64
	z := standardNormal(u)
	if h := 1 - 1/(9*shape) + z/(3*math.Sqrt(shape)); shape > 0.5 && h > 0.1 {
		x = shape * h * h * h
	} else {
		x = math.Exp((math.Log(u) + math.Log(shape) + logGamma) / shape)
	}
	for range 20 {
		if !(x > 1e-300) {
			return 0
		}
		// The lesser of the two tails, so that no digits are lost in the other.
		var off float64
		if u < 0.5 {
			off = mathext.GammaIncReg(shape, x) - u
		} else {
			off = (1 - u) - mathext.GammaIncRegComp(shape, x)
		}
		step := off / math.Exp((shape-1)*math.Log(x)-x-logGamma)
		step /= 1 - min(1, step*((shape-1)/x-1))/2
		next := x - step
		if next <= 0 {
			next = x / 2
		}
		done := math.Abs(next-x) <= 1e-11*next
		x = next
		if done {
			return scale * x
		}
	}
	return scale * mathext.GammaIncRegInv(shape, u)
}

// Triangular returns the u-quantile of the triangular law on [low, high].
func Triangular(u, low, mode, high float64) float64 {
	if high == low {
		return low
	}
	if c := (mode - low) / (high - low); u < c {
		return low + math.Sqrt(u*(high-low)*(mode-low))
	}
	return high - math.Sqrt((1-u)*(high-low)*(high-mode))
}

// standardNormal returns the u-quantile of the standard normal law.
func standardNormal(u float64) float64 { return math.Sqrt2 * math.Erfinv(2*u-1) }
