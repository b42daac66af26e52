package measure

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Interval is a confidence interval; Confidence is 0.95 for 95 %.
type Interval struct {
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	Confidence float64 `json:"confidence"`
}

// Contains reports whether x lies in the closed interval.
func (i Interval) Contains(x float64) bool { return i.Low <= x && x <= i.High }

// HalfWidth returns half the length of the interval.
func (i Interval) HalfWidth() float64 { return (i.High - i.Low) / 2 }

// Summary describes a sample by its size, centre, spread and upper quantiles.
// All figures are in Unit. What cannot be told from the sample is NaN and
// Warnings says why; as JSON it is null.
type Summary struct {
	N            int
	Unit         Unit
	Mean         float64
	SD           float64 // of the sample, divided by N−1
	Median       float64
	P85, P95     float64
	Min, Max     float64
	MeanInterval *Interval // of the mean, 95 %; nil where N < 2
	Warnings     []error
}

// Sizes below which Summarize and Paired warn: for Student's interval of a mean
// whatever the distribution, and for quantiles that fewer values cannot tell
// from the maximum (1/(1−p)).
const (
	EnoughForMean = 30
	EnoughForP85  = 7
	EnoughForP95  = 20
	EnoughForPair = 10 // differences of replications, each a mean of many cases
)

// What a SmallSample is of.
const (
	OfMeanInterval = "interval of the mean"
	OfP85          = "p85"
	OfP95          = "p95"
	OfDifference   = "interval of the difference"
)

// SmallSample warns that a figure rests on fewer values than it needs.
type SmallSample struct {
	N, Needs int
	Of       string // OfMeanInterval and so on
}

func (e *SmallSample) Error() string {
	return fmt.Sprintf("%d values; the %s needs %d", e.N, e.Of, e.Needs)
}

// In returns the warning in the language "ru" or, for any other, English.
func (e *SmallSample) In(lang string) string {
	if lang != "ru" {
		return e.Error()
	}
	of := map[string]string{OfMeanInterval: "интервала среднего", OfP85: "квантиля 85 %", OfP95: "квантиля 95 %", OfDifference: "интервала разности"}[e.Of]
	return fmt.Sprintf("значений %d; для %s нужно %d", e.N, of, e.Needs)
}

// ErrEmpty says that a sample holds no value.
var ErrEmpty = errors.New("no values")

// Summarize returns the summary of x, which it does not change. Values that are
// NaN or infinite are left out, counted in Warnings. O(n log n).
func Summarize(x []float64, u Unit) Summary {
	nan := math.NaN()
	s := Summary{Unit: u, Mean: nan, SD: nan, Median: nan, P85: nan, P95: nan, Min: nan, Max: nan}
	sorted := make([]float64, 0, len(x))
	for _, v := range x {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			sorted = append(sorted, v)
		}
	}
	if left := len(x) - len(sorted); left > 0 {
		s.Warnings = append(s.Warnings, fmt.Errorf("%d of %d values are no finite numbers and are left out", left, len(x)))
	}
	s.N = len(sorted)
	if s.N == 0 {
		s.Warnings = append(s.Warnings, ErrEmpty)
		return s
	}
	slices.Sort(sorted)
	s.Mean, s.SD = moments(sorted)
	s.Min, s.Max = sorted[0], sorted[s.N-1]
	s.Median, s.P85, s.P95 = Quantile(sorted, 0.5), Quantile(sorted, 0.85), Quantile(sorted, 0.95)
	if i, err := tInterval(s.N, s.Mean, s.SD, 0.95); err == nil {
		s.MeanInterval = &i
	}
	for _, w := range [...]SmallSample{{s.N, EnoughForMean, OfMeanInterval}, {s.N, EnoughForP85, OfP85}, {s.N, EnoughForP95, OfP95}} {
		if s.N < w.Needs {
			s.Warnings = append(s.Warnings, &w)
		}
	}
	return s
}

// Quantile returns the p-quantile of a sample in ascending order by linear
// interpolation (type 7 of Hyndman & Fan, doi:10.1080/00031305.1996.10473566;
// ClickHouse's quantileExactInclusive). NaN for an empty sample and for p
// outside 0…1.
func Quantile(sorted []float64, p float64) float64 {
	n := len(sorted)
	if n == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	h := p * float64(n-1)
	i := int(h)
	if i >= n-1 {
		return sorted[n-1]
	}
	return sorted[i] + (h-float64(i))*(sorted[i+1]-sorted[i])
}

// moments returns the mean and the sample's standard deviation (NaN for one
// value), by two passes with compensated sums (Neumaier), so that the order of
// the values hardly matters.
func moments(x []float64) (mean, sd float64) {
	n := float64(len(x))
	var s sum
	for _, v := range x {
		s.add(v)
	}
	mean = s.value() / n
	if len(x) < 2 {
		return mean, math.NaN()
	}
	var q sum
	for _, v := range x {
		q.add((v - mean) * (v - mean))
	}
	return mean, math.Sqrt(q.value() / (n - 1))
}

// sum adds floats with Neumaier's compensation.
type sum struct{ s, c float64 }

func (a *sum) add(v float64) {
	t := a.s + v
	if math.Abs(a.s) >= math.Abs(v) {
		a.c += (a.s - t) + v
	} else {
		a.c += (v - t) + a.s
	}
	a.s = t
}

func (a *sum) value() float64 { return a.s + a.c }

// In returns the summary in another unit, or the error of Convert.
func (s Summary) In(u Unit) (Summary, error) {
	if _, err := Convert(1, s.Unit, u); err != nil {
		return s, err
	}
	to := func(v *float64) { *v, _ = Convert(*v, s.Unit, u) }
	c := s
	for _, v := range [...]*float64{&c.Mean, &c.SD, &c.Median, &c.P85, &c.P95, &c.Min, &c.Max} {
		to(v)
	}
	if s.MeanInterval != nil {
		i := *s.MeanInterval
		to(&i.Low)
		to(&i.High)
		c.MeanInterval = &i
	}
	c.Unit = u
	return c, nil
}

// Number is a float64 that marshals to null where it is no finite number.
type Number float64

// MarshalJSON returns the number, or null for NaN and the infinities.
func (f Number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(f))
}

// UnmarshalJSON reads a number; null becomes NaN.
func (f *Number) UnmarshalJSON(b []byte) error {
	var p *float64
	if err := json.Unmarshal(b, &p); err != nil {
		return err
	}
	*f = Number(math.NaN())
	if p != nil {
		*f = Number(*p)
	}
	return nil
}

// MarshalJSON returns {"n","unit","mean","sd","median","p85","p95","min","max",
// "interval","warnings"}; what is NaN becomes null.
func (s Summary) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		N        int       `json:"n"`
		Unit     Unit      `json:"unit"`
		Mean     Number    `json:"mean"`
		SD       Number    `json:"sd"`
		Median   Number    `json:"median"`
		P85      Number    `json:"p85"`
		P95      Number    `json:"p95"`
		Min      Number    `json:"min"`
		Max      Number    `json:"max"`
		Interval *Interval `json:"interval"`
		Warnings []string  `json:"warnings"`
	}{s.N, s.Unit, Number(s.Mean), Number(s.SD), Number(s.Median), Number(s.P85), Number(s.P95),
		Number(s.Min), Number(s.Max), s.MeanInterval, Texts(s.Warnings)})
}

// Texts returns the sentences of warnings, never nil.
func Texts(warnings []error) []string {
	out := make([]string, len(warnings))
	for i, w := range warnings {
		out[i] = w.Error()
	}
	return out
}
