package measure

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// MeanInterval returns Student's t interval of the mean of the population that
// x is a sample of. It is exact for normal values and good from 30 values on
// for others (EnoughForMean); it fails for fewer than two values and for a
// confidence outside (0, 1).
func MeanInterval(x []float64, confidence float64) (Interval, error) {
	if len(x) < 2 {
		return Interval{}, fmt.Errorf("interval of the mean of %d values: wanted two or more", len(x))
	}
	mean, sd := moments(x)
	return tInterval(len(x), mean, sd, confidence)
}

func tInterval(n int, mean, sd, confidence float64) (Interval, error) {
	if err := checkConfidence(confidence); err != nil {
		return Interval{}, err
	}
	if n < 2 {
		return Interval{}, fmt.Errorf("interval of the mean of %d values: wanted two or more", n)
	}
	if math.IsNaN(mean) || math.IsNaN(sd) || math.IsInf(mean, 0) || math.IsInf(sd, 0) {
		return Interval{}, fmt.Errorf("interval of the mean of %d values: a value is no finite number", n)
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile(0.5 + confidence/2)
	h := t * sd / math.Sqrt(float64(n))
	return Interval{mean - h, mean + h, confidence}, nil
}

func checkConfidence(c float64) error {
	if !(c > 0 && c < 1) {
		return fmt.Errorf("confidence %v: wanted more than 0 and less than 1", c)
	}
	return nil
}

// QuantileInterval returns a distribution-free interval of the p-quantile from
// two order statistics of a sample in ascending order: the shortest run of
// ranks around p·n whose binomial probability reaches the confidence (David &
// Nagaraja, Order Statistics, 3rd ed., section 7.1). Confidence of the result
// is the probability reached, at least what was asked. It fails where the
// sample is too small for any such pair.
func QuantileInterval(sorted []float64, p, confidence float64) (Interval, error) {
	if err := checkConfidence(confidence); err != nil {
		return Interval{}, err
	}
	if !(p > 0 && p < 1) {
		return Interval{}, fmt.Errorf("interval of the %v-quantile: wanted more than 0 and less than 1", p)
	}
	n := len(sorted)
	b := distuv.Binomial{N: float64(n), P: p}
	below := func(k int) float64 { // probability of fewer than k values below the quantile
		if k <= 0 {
			return 0
		}
		return b.CDF(float64(k - 1))
	}
	if n == 0 || below(n)-below(1) < confidence {
		return Interval{}, fmt.Errorf("interval of the %v-quantile at confidence %v: %d values are too few", p, confidence, n)
	}
	lo := min(max(int(p*float64(n)), 1), n-1)
	hi := lo + 1
	for below(hi)-below(lo) < confidence {
		left, right := 0.0, 0.0
		if lo > 1 {
			left = b.Prob(float64(lo - 1))
		}
		if hi < n {
			right = b.Prob(float64(hi))
		}
		if hi == n || lo > 1 && left >= right {
			lo--
		} else {
			hi++
		}
	}
	return Interval{sorted[lo-1], sorted[hi-1], below(hi) - below(lo)}, nil
}

// Comparison is the difference b − a of two samples, with its interval.
type Comparison struct {
	N          int // pairs
	A, B       float64
	Difference float64 // mean of b[i] − a[i]
	Relative   float64 // Difference / |A|; NaN where A is 0
	Interval   Interval
	Warnings   []error
}

// Distinct reports whether the interval leaves 0 out: the difference is more
// than chance at the interval's confidence.
func (c Comparison) Distinct() bool { return !c.Interval.Contains(0) }

// Paired compares two samples taken under the same draws, element by element
// (replications of as-is and to-be with common random numbers), by Student's
// interval of the differences. It fails for samples of unequal length or fewer
// than two pairs.
func Paired(a, b []float64, confidence float64) (Comparison, error) {
	if len(a) != len(b) {
		return Comparison{}, fmt.Errorf("comparing pairs: %d values and %d", len(a), len(b))
	}
	d := make([]float64, len(a))
	for i := range a {
		d[i] = b[i] - a[i]
	}
	iv, err := MeanInterval(d, confidence)
	if err != nil {
		return Comparison{}, fmt.Errorf("comparing pairs: %w", err)
	}
	c := Comparison{N: len(a), Interval: iv}
	c.A, _ = moments(a)
	c.B, _ = moments(b)
	c.Difference, _ = moments(d)
	if c.N < EnoughForPair {
		c.Warnings = append(c.Warnings, &SmallSample{c.N, EnoughForPair, OfDifference})
	}
	c.Relative = c.Difference / math.Abs(c.A)
	if c.A == 0 {
		c.Relative = math.NaN()
		c.Warnings = append(c.Warnings, errors.New("the relative difference to a mean of 0 is not defined"))
	}
	return c, nil
}
