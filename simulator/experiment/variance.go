package experiment

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
)

// fewest replications are run before the width of an interval is believed.
const fewest = 10

// narrow adds replications until the interval of the figure is as narrow as wanted:
// its half-width at most γ/(1+γ) of the mean, so that the relative error is at most
// γ (Law 2015, section 9.4.1). The number added comes from the interval so far. The
// doubt says that the most replications did not do.
func narrow(ctx context.Context, p *simulator.Program, cfg Config, runs []*simulator.Statistics, progress func(int, int)) ([]*simulator.Statistics, error, error) {
	wanted := cfg.Precision / (1 + cfg.Precision)
	for {
		r := &Result{}
		r.figures(runs, cfg)
		k, ok := r.Find(cfg.Figure.Name, cfg.Figure.Of)
		if !ok {
			return nil, nil, fmt.Errorf("precision of %s: the result has no such figure", cfg.Figure)
		}
		mean, half := math.Abs(float64(k.Mean)), float64(k.High-k.Low)/2
		if half <= wanted*mean {
			return runs, nil, nil
		}
		if len(runs) >= cfg.MostReplications {
			return runs, &measure.Doubt{
				EN: fmt.Sprintf("%s: after %d replications the interval is ±%.1f %% wide, wanted ±%.1f %%", cfg.Figure, len(runs), 100*half/mean, 100*cfg.Precision),
				RU: fmt.Sprintf("%s: после %d прогонов интервал шириной ±%.1f %%, нужно ±%.1f %%", cfg.Figure, len(runs), 100*half/mean, 100*cfg.Precision),
			}, nil
		}
		need := 2 * len(runs)
		if ratio := half / (wanted * mean); !math.IsNaN(ratio) && !math.IsInf(ratio, 0) {
			need = min(need, int(math.Ceil(float64(len(runs))*ratio*ratio))+2)
		}
		need += need % 2
		more, err := replicate(ctx, p, cfg, len(runs), min(need, cfg.MostReplications), nil, progress)
		if err != nil {
			return nil, nil, err
		}
		runs = append(runs, more...)
	}
}

// pairs returns the means of neighbours: antithetic replications are one value.
func pairs(x []float64) []float64 {
	out := make([]float64, len(x)/2)
	for i := range out {
		out[i] = (x[2*i] + x[2*i+1]) / 2
	}
	return out
}

// controls returns the control variates of the runs that vary, the most of them
// that leave two thirds of the replications to the estimate.
func controls(runs []*simulator.Statistics, cfg Config) [][]float64 {
	var out [][]float64
	for i := range runs[0].Controls {
		x := make([]float64, len(runs))
		varies := false
		for k, s := range runs {
			x[k] = s.Controls[i]
			varies = varies || x[k] != x[0]
		}
		if cfg.Antithetic {
			x = pairs(x)
		}
		if varies && 3*(len(out)+1) <= len(x) {
			out = append(out, x)
		}
	}
	return out
}

// estimate returns the mean of a figure with its interval: Student's, or, with
// control variates, the intercept of the regression on them, whose degrees of
// freedom each takes one of (Lavenberg & Welch 1981, doi:10.1287/mnsc.27.3.322,
// section 3).
func (r *Result) estimate(x []float64, k *KPI) (float64, measure.Interval, error) {
	mean, n, q := float64(k.Mean), len(x), len(r.controls)
	if q == 0 || n != len(k.Values) || n < q+3 {
		iv, err := measure.MeanInterval(x, k.Confidence)
		return mean, iv, err
	}
	design := mat.NewDense(n, q+1, nil)
	for i := range n {
		design.Set(i, 0, 1)
		for j, c := range r.controls {
			design.Set(i, j+1, c[i])
		}
	}
	y := mat.NewVecDense(n, x)
	var normal, inverse mat.Dense
	normal.Mul(design.T(), design)
	if err := inverse.Inverse(&normal); err != nil { // controls that say the same
		iv, err := measure.MeanInterval(x, k.Confidence)
		return mean, iv, err
	}
	var moments, beta, fitted mat.VecDense
	moments.MulVec(design.T(), y)
	beta.MulVec(&inverse, &moments)
	fitted.MulVec(design, &beta)
	squares := 0.0
	for i := range n {
		d := x[i] - fitted.AtVec(i)
		squares += d * d
	}
	free := float64(n - q - 1)
	t := distuv.StudentsT{Sigma: 1, Nu: free}.Quantile((1 + k.Confidence) / 2)
	half := t * math.Sqrt(squares/free*inverse.At(0, 0))
	mean = beta.AtVec(0)
	return mean, measure.Interval{Low: mean - half, High: mean + half, Confidence: k.Confidence}, nil
}
