package measure

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// MeansTest is the result of Welch.
type MeansTest struct {
	A, B       int // sizes
	Difference Estimate
	T, DF, P   float64 // P is two-sided
}

// Welch compares the means of two samples of unequal variance: the difference
// mean(b) − mean(a) with its interval, and the test that it is 0 (B. L. Welch,
// doi:10.1093/biomet/34.1-2.28, degrees of freedom after Satterthwaite). It fails
// for fewer than two values in a sample, where both samples are constant, and for
// values that are no finite numbers. Exact for normal values, good from some 30
// values on for others.
func Welch(a, b []float64, confidence float64) (MeansTest, error) {
	if err := checkConfidence(confidence); err != nil {
		return MeansTest{}, fmt.Errorf("comparing means: %w", err)
	}
	if len(a) < 2 || len(b) < 2 {
		return MeansTest{}, fmt.Errorf("comparing means of %d values and %d: wanted two or more of each", len(a), len(b))
	}
	ma, sa := moments(a)
	mb, sb := moments(b)
	va, vb := sa*sa/float64(len(a)), sb*sb/float64(len(b))
	se := math.Sqrt(va + vb)
	if !(se > 0) || math.IsInf(se, 0) {
		return MeansTest{}, fmt.Errorf("comparing means of %d values and %d: the standard error is %v, wanted a positive number", len(a), len(b), se)
	}
	t := MeansTest{A: len(a), B: len(b), T: (mb - ma) / se}
	t.DF = (va + vb) * (va + vb) / (va*va/float64(len(a)-1) + vb*vb/float64(len(b)-1))
	dist := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: t.DF}
	t.P = math.Min(1, 2*dist.Survival(math.Abs(t.T)))
	h := dist.Quantile(0.5+confidence/2) * se
	t.Difference = Estimate{Number(mb - ma), &Interval{mb - ma - h, mb - ma + h, confidence}}
	return t, nil
}
