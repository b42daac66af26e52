package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/simulator"
)

// pilots is the number of replications whose cases are averaged for the search
// of the warm-up.
const pilots = 5

// warmup returns how many cases to leave out at the beginning of each
// replication: MSER-5 over the cycle times of the cases in the order of their
// arrival, averaged over five replications of the experiment.
func warmup(ctx context.Context, p *simulator.Program, cfg Config) (Warmup, []error, error) {
	n := min(pilots, cfg.Replications)
	series := make([]*arrivalOrder, n)
	_, err := replicate(ctx, p, cfg, 0, n, func(i int) simulator.Observer {
		series[i] = &arrivalOrder{at: map[[2]int]int{}}
		return series[i]
	}, nil)
	if err != nil {
		return Warmup{}, nil, fmt.Errorf("finding the warm-up: %w", err)
	}
	cycles := make([][]float64, n)
	for i, s := range series {
		cycles[i] = s.cycle
	}
	mean := Welch(cycles, 0)
	cut, err := MSER5(mean)
	w := Warmup{Cases: cut, Replications: n, Window: max(1, len(mean)/50)}
	smooth := Welch(cycles, w.Window)
	every := max(1, len(smooth)/plotted)
	for i := 0; i < len(smooth); i += every {
		w.At = append(w.At, i)
		w.Average = append(w.Average, measure.Number(smooth[i]))
	}
	if err != nil {
		return w, []error{fmt.Errorf("the warm-up found is doubtful: %w", err)}, nil
	}
	return w, nil, nil
}

// settleWarmup finds the automatic warm-up of several programs, the longest, and sets
// it in cfg for all of them, so that their replications can be paired. It returns the
// doubts about it.
func settleWarmup(ctx context.Context, cfg *Config, programs ...*simulator.Program) ([]error, error) {
	if !cfg.AutoWarmup {
		return nil, nil
	}
	var doubts []error
	longest := 0
	for _, p := range programs {
		w, doubt, err := warmup(ctx, p, *cfg)
		if err != nil {
			return nil, err
		}
		longest, doubts = max(longest, w.Cases), append(doubts, doubt...)
	}
	cfg.Warmup, cfg.AutoWarmup = longest, false
	return doubts, nil
}

// Warmup is the cut that MSER-5 found, with Welch's plot to judge it by: the moving
// average, over Window cases to each side, of the cycle times by order of arrival.
type Warmup struct {
	Cases        int              `json:"cases"`
	Replications int              `json:"replications"`
	Window       int              `json:"window"`
	At           []int            `json:"at"` // case, from 0
	Average      []measure.Number `json:"average_s"`
}

// plotted is about how many points of the plot are kept.
const plotted = 200

// Welch returns the average over the series, place by place as far as the shortest
// goes, smoothed by a moving average over window places to each side, fewer at the
// ends (Welch 1983; Law 2015, section 9.5.1). O(n).
func Welch(series [][]float64, window int) []float64 {
	length := math.MaxInt
	for _, s := range series {
		length = min(length, len(s))
	}
	if len(series) == 0 || length == 0 {
		return nil
	}
	sums := make([]float64, length+1) // up to each place
	for i := range length {
		mean := 0.0
		for _, s := range series {
			mean += s[i] / float64(len(series))
		}
		sums[i+1] = sums[i] + mean
	}
	out := make([]float64, length)
	for i := range out {
		w := min(window, i, length-1-i)
		out[i] = (sums[i+w+1] - sums[i-w]) / float64(2*w+1)
	}
	return out
}

// ErrNoSteadyState says that a series has not settled within its first half.
var ErrNoSteadyState = errors.New("the series has not settled within its first half: simulate more cases")

// MSER5 returns how many values to cut from the beginning of a series so that
// the rest is closest to its steady state: of the means of batches of five it
// cuts the first d that minimise the standard error of the mean of the rest,
// Σ(y−ȳ)²/(n−d)², d at most half of them (White 1997,
// doi:10.1177/003754979706900601; batches of five: White, Cobb & Spratt 2000,
// doi:10.1109/WSC.2000.899798). The number is a multiple of five. Where the
// least is found at the end of the first half the cut comes with
// ErrNoSteadyState; a series of fewer than ten values is not cut. O(n).
func MSER5(x []float64) (int, error) {
	n := len(x) / 5
	if n < 2 {
		return 0, ErrNoSteadyState
	}
	y := make([]float64, n)
	for i := range y {
		for _, v := range x[5*i : 5*i+5] {
			y[i] += v / 5
		}
	}
	least, cut := math.Inf(1), 0
	var mean, squares float64 // of y[d:], by Welford's recurrence from the end
	for d := n - 1; d >= 0; d-- {
		k := float64(n - d)
		delta := y[d] - mean
		mean += delta / k
		squares += delta * (y[d] - mean)
		if e := squares / (k * k); d <= n/2 && e <= least {
			least, cut = e, d
		}
	}
	if cut == n/2 {
		return 5 * cut, ErrNoSteadyState
	}
	return 5 * cut, nil
}

// arrivalOrder keeps the cycle times of the counted cases in seconds, in the
// order of their arrival.
type arrivalOrder struct {
	at    map[[2]int]int
	cycle []float64
}

func (s *arrivalOrder) Arrived(c *simulator.Case) {
	if c.Counted {
		s.at[[2]int{c.Process, c.Number}] = len(s.cycle)
		s.cycle = append(s.cycle, 0)
	}
}

func (s *arrivalOrder) Completed(*simulator.Case, *simulator.Instance) {}

func (s *arrivalOrder) Ended(c *simulator.Case) {
	if c.Counted {
		key := [2]int{c.Process, c.Number}
		s.cycle[s.at[key]] = (c.End - c.Arrival).Seconds()
		delete(s.at, key)
	}
}
