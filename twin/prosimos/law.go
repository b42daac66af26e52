package prosimos

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/uprava/uprava/twin"
)

// longest is the bound from which on a law counts as unbounded: 95 years.
const longest = 3e9

// law returns the distribution with the meaning of Prosimos 2.0.6.
func (r *reader) law(d distribution, of string) (twin.Distribution, error) {
	need := map[string]int{"fix": 1, "expon": 3, "uniform": 2, "norm": 4, "lognorm": 4, "gamma": 4}
	var v [4]float64
	n, ok := need[d.Name]
	switch {
	case d.Name == "histogram_sampling":
		return r.histogram(d.Histogram, of)
	case d.Name == "triang":
		return twin.Distribution{}, fmt.Errorf("law \"triang\": Prosimos 2.0.6 reads no parameters for it")
	case !ok:
		return twin.Distribution{}, fmt.Errorf("law %q: wanted fix, expon, uniform, norm, lognorm, gamma or histogram_sampling", d.Name)
	case len(d.Params) < n:
		return twin.Distribution{}, fmt.Errorf("law %q: %d parameters, wanted %d", d.Name, len(d.Params), n)
	case len(d.Params) > n && d.Name != "fix": // a fixed time is often followed by its bounds
		r.warn("%s: law %q: parameters from the %dth on are not read", of, d.Name, n+1)
	}
	for i := range n {
		v[i] = float64(d.Params[i].Value)
	}
	bounded := func(t twin.Distribution, low, high float64) (twin.Distribution, error) {
		t.Min, t.Max = max(low, 0), high
		if high > longest {
			t.Max = 0 // none
		}
		if !(high > t.Min) {
			return t, fmt.Errorf("law %q: bounds %v to %v: wanted a room between them", d.Name, low, high)
		}
		return t, nil
	}
	switch d.Name {
	case "fix":
		return twin.Distribution{Law: "fixed", Value: v[0]}, nil
	case "expon":
		mean := v[0]
		if low := max(v[1], 0); mean < low { // Prosimos then takes the mean for the scale
			r.warn("%s: law \"expon\": mean %v is below min %v: the times are min + an exponential time of that mean, as in Prosimos", of, mean, low)
			mean += low
		}
		return bounded(twin.Distribution{Law: "exponential", Mean: mean}, v[1], v[2])
	case "uniform":
		return twin.Distribution{Law: "uniform", Min: v[0], Max: v[1]}, nil
	case "norm":
		return bounded(twin.Distribution{Law: "normal", Mean: v[0], SD: v[1]}, v[2], v[3])
	}
	if v[1] < 0 {
		return twin.Distribution{}, fmt.Errorf("law %q: variance %v: wanted 0 or more", d.Name, v[1])
	}
	name := map[string]string{"lognorm": "lognormal", "gamma": "gamma"}[d.Name]
	if v[1] == 0 {
		return twin.Distribution{Law: "fixed", Value: v[0]}, nil
	}
	return bounded(twin.Distribution{Law: name, Mean: v[0], SD: math.Sqrt(v[1])}, v[2], v[3])
}

// histogram returns a sample of a thousand values that has the middle of each
// bin as often as the histogram, to a thousandth.
func (r *reader) histogram(h *histogram, of string) (twin.Distribution, error) {
	if h == nil || len(h.CDF) == 0 || len(h.CDF) != len(h.Midpoints) || !slices.IsSorted(h.CDF) || !slices.IsSorted(h.Midpoints) {
		return twin.Distribution{}, fmt.Errorf("law \"histogram_sampling\": wanted cdf and bin_midpoints of one length, both ascending")
	}
	const n = 1000
	sample := make([]float64, n)
	for i := range sample {
		at := sort.SearchFloat64s(h.CDF, (float64(i)+0.5)/n)
		sample[i] = h.Midpoints[min(at, len(h.Midpoints)-1)]
	}
	r.warn("%s: the histogram is read as a sample of %d values", of, n)
	return twin.Distribution{Law: "empirical", Sample: sample}, nil
}
