package simulator

import (
	"errors"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/mathext"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator/des"
	"github.com/uprava/uprava/twin"
)

// law is a twin.Distribution ready to draw from. A draw maps one uniform number
// to a duration by the quantile function; bounds confine the number to (low,
// high), so a bounded law is the law given that the draw lies within its
// bounds: what drawing again until it does would give, with a single number.
type law struct {
	kind      lawKind
	a, b, c   float64 // parameters, seconds
	low, high float64 // range of the uniform number
	scale     float64
	average   float64 // seconds
	sample    []float64
}

type lawKind uint8

const (
	fixed lawKind = iota
	exponential
	uniform
	normal
	lognormal
	gamma
	triangular
	empirical
)

var lawNames = [...]string{"fixed", "exponential", "uniform", "normal", "lognormal", "gamma", "triangular", "empirical"}

// compileLaw checks a distribution and prepares it. Its parameters mean:
//
//   - fixed: Value;
//   - exponential: Min + an exponential time of mean Mean − Min, not above Max,
//     as in Prosimos 2.0.6, whose mean is that of the unbounded law;
//   - uniform: between Min and Max;
//   - normal, lognormal, gamma: of mean Mean and deviation SD, given that the
//     duration is at least Min (and never below 0) and at most Max; SD 0 is Mean;
//   - triangular: on Min, Mode, Max;
//   - empirical: any of Sample, with equal probability.
//
// Max 0 is no upper bound. Scale multiplies the draw; 0 means 1.
func compileLaw(d twin.Distribution) (law, error) {
	k := slices.Index(lawNames[:], d.Law)
	if k < 0 {
		return law{}, measure.Faultf("law %q: wanted one of %q", "закон распределения «%s», нужен один из %s", d.Law, lawNames)
	}
	l := law{kind: lawKind(k), high: 1, scale: d.Scale, sample: d.Sample}
	if d.Scale == 0 {
		l.scale = 1
	}
	var faults []error
	fault := func(en, ru string, args ...any) {
		faults = append(faults, measure.Faultf(d.Law+" law: "+en, "закон "+d.Law+": "+ru, args...))
	}
	for _, v := range [...]struct {
		name string
		x    float64
	}{{"value", d.Value}, {"mean", d.Mean}, {"sd", d.SD}, {"mode", d.Mode}, {"min", d.Min}, {"max", d.Max}, {"scale", d.Scale}} {
		if !(v.x >= 0 && v.x <= maxSeconds) {
			fault("%s %v: wanted 0 to %g seconds", "%s %v: нужно от 0 до %g секунд", v.name, v.x, float64(maxSeconds))
		}
	}
	if d.Max != 0 && d.Max < d.Min {
		fault("max %v is below min %v", "max %v меньше min %v", d.Max, d.Min)
	}
	switch l.kind {
	case fixed:
		l.a = d.Value
	case exponential:
		if d.Mean <= 0 || d.Mean < d.Min {
			fault("mean %v: wanted more than 0 and at least min %v", "mean %v: нужно больше 0 и не меньше min %v", d.Mean, d.Min)
		}
		l.a, l.b = d.Mean-d.Min, d.Min
		if d.Max != 0 && l.a > 0 {
			l.high = -math.Expm1(-(d.Max - d.Min) / l.a)
		}
	case uniform:
		l.a, l.b = d.Min, d.Max
	case triangular:
		if d.Mode < d.Min || d.Mode > d.Max {
			fault("mode %v: wanted from min %v to max %v", "mode %v: нужно от min %v до max %v", d.Mode, d.Min, d.Max)
		}
		l.a, l.b, l.c = d.Min, d.Mode, d.Max
	case empirical:
		if len(d.Sample) == 0 {
			fault("the sample is empty", "выборка пуста")
		} else if !slices.IsSorted(d.Sample) || d.Sample[0] < 0 || d.Sample[len(d.Sample)-1] > maxSeconds {
			fault("the sample is not ascending from 0 to %g seconds", "выборка не упорядочена по возрастанию от 0 до %g секунд", float64(maxSeconds))
		}
	case normal, lognormal, gamma:
		if d.Mean <= 0 {
			fault("mean %v: wanted more than 0", "mean %v: нужно больше 0", d.Mean)
			break
		}
		if d.SD == 0 {
			l.kind, l.a = fixed, d.Mean
			break
		}
		var below func(x float64) float64
		switch l.kind {
		case normal:
			l.a, l.b = d.Mean, d.SD
			below = func(x float64) float64 { return standardBelow((x - l.a) / l.b) }
		case lognormal:
			l.a, l.b = des.LognormalOf(d.Mean, d.SD)
			below = func(x float64) float64 { return standardBelow((math.Log(x) - l.a) / l.b) }
		case gamma:
			l.a, l.b = d.Mean*d.Mean/(d.SD*d.SD), d.SD*d.SD/d.Mean
			below = func(x float64) float64 { return mathext.GammaIncReg(l.a, x/l.b) }
		}
		if d.Min > 0 || l.kind == normal {
			l.low = below(d.Min)
		}
		if d.Max != 0 {
			l.high = below(d.Max)
		}
	}
	if len(faults) == 0 && l.high-l.low < 1e-12 {
		fault("hardly a draw lies between min %v and max %v", "почти ни одно значение не попадает между min %v и max %v", d.Min, d.Max)
	}
	if len(faults) == 0 {
		l.average = l.mean()
	}
	return l, errors.Join(faults...)
}

// maxSeconds is the longest duration of a law, a hundred years.
const maxSeconds = 100 * 366 * 86400

func standardBelow(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// quantile returns the draw for a uniform number in (0, 1), in seconds.
func (l *law) quantile(u float64) float64 {
	if l.kind != empirical {
		u = l.low + u*(l.high-l.low)
	}
	var x float64
	switch l.kind {
	case fixed:
		x = l.a
	case exponential:
		x = l.b + des.Exponential(u, l.a)
	case uniform:
		x = des.Uniform(u, l.a, l.b)
	case normal:
		x = des.Normal(u, l.a, l.b)
	case lognormal:
		x = des.Lognormal(u, l.a, l.b)
	case gamma:
		x = des.Gamma(u, l.a, l.b)
	case triangular:
		x = des.Triangular(u, l.a, l.b, l.c)
	case empirical:
		x = l.sample[int(u*float64(len(l.sample)))]
	}
	return x * l.scale
}

// given returns the uniform number whose draw is that for u given that it exceeds x
// seconds, found by bisection.
func (l *law) given(u, x float64) float64 {
	low, high := 0.0, 1.0
	for range 60 {
		if mid := (low + high) / 2; l.quantile(mid) <= x {
			low = mid
		} else {
			high = mid
		}
	}
	return min(low+u*(1-low), 1-1e-12)
}

// draw returns the draw for a uniform number, rounded to the microsecond so that
// a log of the simulation holds it exactly.
func (l *law) draw(u float64) time.Duration {
	x := l.quantile(u)
	if !(x > 0) {
		return 0
	}
	return time.Duration(min(x, maxSeconds)*1e6+0.5) * time.Microsecond
}

// mean returns the mean in seconds: in closed form without bounds, else by the
// average of the quantile function over 4096 slices.
func (l *law) mean() float64 {
	if l.low == 0 && l.high == 1 {
		switch l.kind {
		case fixed:
			return l.a * l.scale
		case exponential:
			return (l.a + l.b) * l.scale
		case uniform:
			return (l.a + l.b) / 2 * l.scale
		case lognormal:
			return math.Exp(l.a+l.b*l.b/2) * l.scale
		case gamma:
			return l.a * l.b * l.scale
		case triangular:
			return (l.a + l.b + l.c) / 3 * l.scale
		}
	}
	if l.kind == empirical {
		sum := 0.0
		for _, x := range l.sample {
			sum += x
		}
		return sum / float64(len(l.sample)) * l.scale
	}
	const slices = 4096
	sum := 0.0
	for i := range slices {
		sum += l.quantile((float64(i) + 0.5) / slices)
	}
	return sum / slices
}
