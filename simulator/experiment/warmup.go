package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/uprava/uprava/simulator"
)

// pilots is the number of replications whose cases are averaged for the search
// of the warm-up.
const pilots = 5

// warmup returns how many cases to leave out at the beginning of each
// replication: MSER-5 over the cycle times of the cases in the order of their
// arrival, averaged over five replications of the experiment.
func warmup(ctx context.Context, p *simulator.Program, cfg Config) (int, []error, error) {
	n := min(pilots, cfg.Replications)
	series := make([]*arrivalOrder, n)
	_, err := replicate(ctx, p, cfg, n, func(i int) simulator.Observer {
		series[i] = &arrivalOrder{at: map[[2]int]int{}}
		return series[i]
	}, nil)
	if err != nil {
		return 0, nil, fmt.Errorf("finding the warm-up: %w", err)
	}
	length := math.MaxInt
	for _, s := range series {
		length = min(length, len(s.cycle))
	}
	mean := make([]float64, length)
	for i := range mean {
		for _, s := range series {
			mean[i] += s.cycle[i] / float64(n)
		}
	}
	cut, err := MSER5(mean)
	if err != nil {
		return cut, []error{fmt.Errorf("the warm-up found is doubtful: %w", err)}, nil
	}
	return cut, nil, nil
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
