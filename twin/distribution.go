package twin

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Distribution is a law of durations, in seconds unless the name says otherwise.
type Distribution struct {
	Law string `yaml:"law"` // fixed, exponential, uniform, normal, lognormal, gamma, triangular, empirical
	// Parameters by law: fixed {value}; exponential {mean, min, max}; uniform
	// {min, max}; normal, lognormal, gamma {mean, sd, min, max} where mean and
	// sd are those of the durations themselves; triangular {min, mode, max};
	// max 0 means none.
	Value, Mean, SD, Mode, Min, Max float64
	// Sample of an empirical law, ascending: drawn with equal probability,
	// without interpolation.
	Sample []float64
	// Scale multiplies every draw; 0 means 1. Levers act on it.
	Scale float64
}

// Validate returns all faults of the law's parameters, joined.
func (d Distribution) Validate() error {
	var faults []error
	faultf := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	for _, p := range []struct {
		name string
		x    float64
	}{{"value", d.Value}, {"mean", d.Mean}, {"sd", d.SD}, {"mode", d.Mode}, {"min", d.Min}, {"max", d.Max}, {"scale", d.Scale}} {
		if p.x < 0 || math.IsNaN(p.x) || math.IsInf(p.x, 0) {
			faultf("%s: found %v, wanted a number from 0", p.name, p.x)
		}
	}
	if d.Max != 0 && d.Max < d.Min {
		faultf("max: found %v s, below min, which is %v s", d.Max, d.Min)
	}
	switch d.Law {
	case "fixed":
	case "exponential":
		if d.Mean <= 0 {
			faultf("mean: found %v, wanted more than 0", d.Mean)
		}
	case "normal", "lognormal", "gamma":
		if d.Mean <= 0 {
			faultf("mean: found %v, wanted more than 0", d.Mean)
		}
		if d.Law == "gamma" && d.SD <= 0 {
			faultf("sd: found %v, wanted more than 0", d.SD)
		}
	case "uniform":
		if d.Max < d.Min {
			faultf("max: found %v s, below min, which is %v s", d.Max, d.Min)
		}
	case "triangular":
		if d.Mode < d.Min || d.Max < d.Mode {
			faultf("found min %v s, mode %v s, max %v s, wanted them ascending", d.Min, d.Mode, d.Max)
		}
	case "empirical":
		switch {
		case len(d.Sample) == 0:
			faultf("sample: found none")
		case !slices.IsSorted(d.Sample):
			faultf("sample: found values out of order, wanted them ascending")
		case d.Sample[0] < 0:
			faultf("sample: found %v s, wanted numbers from 0", d.Sample[0])
		}
	case "":
		faultf("no law of durations")
	default:
		faultf("law: found %q, wanted one of %q", d.Law, laws)
	}
	return errors.Join(faults...)
}

// Least returns the shortest time that the law gives, in seconds, Scale included; 0 for
// one without a bound, and for none.
func (d Distribution) Least() float64 {
	least := d.Min
	switch d.Law {
	case "fixed":
		least = d.Value
	case "empirical":
		if least = 0; len(d.Sample) > 0 {
			least = d.Sample[0]
		}
	}
	if d.Scale != 0 {
		least *= d.Scale
	}
	return least
}

// Average returns the mean of the law in seconds, Scale included. Bounds of a
// normal, lognormal, gamma or exponential law are not reckoned in: where they
// cut much off, the mean of the draws differs.
func (d Distribution) Average() float64 {
	var mean float64
	switch d.Law {
	case "fixed":
		mean = d.Value
	case "uniform":
		mean = (d.Min + d.Max) / 2
	case "triangular":
		mean = (d.Min + d.Mode + d.Max) / 3
	case "empirical":
		for _, x := range d.Sample {
			mean += x / float64(len(d.Sample))
		}
	default:
		mean = d.Mean
	}
	if d.Scale != 0 {
		mean *= d.Scale
	}
	return mean
}
