package drift

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// mostBins bounds the places at which a change is sought; each bin is the mean of
// equally many items.
const mostBins = 400

// width returns the items of a bin.
func (s *series) width() int { return max(1, (s.items()+mostBins-1)/mostBins) }

func (s *series) bins() int { return s.items() / s.width() }

// side returns the least number of bins on each side of a change: what is shorter
// than the series remembers cannot be told from chance.
func (s *series) side() int { return max(3, (s.least+s.width()-1)/s.width(), s.block) }

// binned holds the features of a series in bins, standardised.
type binned struct {
	n, side int
	x       [][]float64 // by feature
	layers  []layer
}

// layer is the intervals of one length, and for each place of a split in one the
// share of it before the split and the scale of the CUSUM.
type layer struct {
	length       int
	starts       []int
	share, scale []float64
}

// candidate is the greatest CUSUM of an interval.
type candidate struct {
	from, split, to int
	feature         int
	value           float64
}

func (s *series) binned() *binned {
	b := &binned{n: s.bins(), side: s.side()}
	w := s.width()
	for _, f := range s.features {
		x := make([]float64, b.n)
		var sum, squares float64
		for i := range x {
			x[i] = mean(f.x[i*w : (i+1)*w])
			sum += x[i]
		}
		m := sum / float64(b.n)
		for i := range x {
			x[i] -= m
			squares += x[i] * x[i]
		}
		if sd := math.Sqrt(squares / float64(b.n)); sd > 1e-9 {
			for i := range x {
				x[i] /= sd
			}
		} else {
			clear(x)
		}
		b.x = append(b.x, x)
	}
	for k := 0; ; k++ { // Kovács et al., definition 1
		length := int(math.Ceil(float64(b.n) * math.Pow(0.5, float64(k)/2)))
		if length < 2*b.side || k > 0 && length == b.layers[len(b.layers)-1].length {
			break
		}
		count := 2*int(math.Ceil(math.Pow(2, float64(k)/2))) - 1
		l := layer{length: length}
		for i := range count {
			at := 0
			if count > 1 {
				at = int(math.Round(float64(i) * float64(b.n-length) / float64(count-1)))
			}
			if i == 0 || at != l.starts[len(l.starts)-1] {
				l.starts = append(l.starts, at)
			}
		}
		for t := range length {
			before, after := float64(t), float64(length-t)
			l.share = append(l.share, before/float64(length))
			l.scale = append(l.scale, math.Sqrt(float64(length)/(before*after)))
		}
		b.layers = append(b.layers, l)
	}
	return b
}

// scan calls visit with the greatest CUSUM of each interval. prefix is scratch for
// sums of one more than n values a feature.
func (b *binned) scan(x [][]float64, prefix [][]float64, visit func(candidate)) {
	for f := range x {
		s := 0.0
		for i, v := range x[f] {
			prefix[f][i] = s
			s += v
		}
		prefix[f][b.n] = s
	}
	for _, l := range b.layers {
		for _, from := range l.starts {
			best := candidate{from: from, to: from + l.length, value: -1}
			for f := range x {
				p := prefix[f][from : from+l.length+1]
				base, whole := p[0], p[l.length]-p[0]
				for t := b.side; t <= l.length-b.side; t++ {
					if v := math.Abs(p[t]-base-l.share[t]*whole) * l.scale[t]; v > best.value {
						best.value, best.split, best.feature = v, from+t, f
					}
				}
			}
			if best.value >= 0 {
				visit(best)
			}
		}
	}
}

func (b *binned) scratch() [][]float64 {
	out := make([][]float64, len(b.x))
	for i := range out {
		out[i] = make([]float64, b.n+1)
	}
	return out
}

// candidates returns the greatest CUSUM of each interval, the greatest first.
func (b *binned) candidates() []candidate {
	var out []candidate
	b.scan(b.x, b.scratch(), func(c candidate) { out = append(out, c) })
	slices.SortStableFunc(out, func(x, y candidate) int {
		switch {
		case x.value > y.value:
			return -1
		case x.value < y.value:
			return 1
		}
		return x.to - x.from - (y.to - y.from)
	})
	return out
}

// remembers returns how many bins hang together: four times the lag from which on the
// autocorrelation of a feature is what independent bins give in 19 of 20, for that
// with the longest memory among the first two features and the one that changed; 1
// where that is the first lag: blocks lose the memory across their ends, a quarter of
// it then. A change would pass for memory: it is taken out first, by the means before
// and after the best split and, for one that is gradual, by the mean of the eighth
// of the series around each bin; the shorter memory holds. What is remembered for
// longer than that is change.
func (b *binned) remembers(best candidate) int {
	most := 1
	for f := range b.x {
		if f > 1 && f != best.feature {
			continue
		}
		stepped := slices.Clone(b.x[f])
		at := b.split(stepped)
		centre(stepped[:at])
		centre(stepped[at:])
		if lag := min(memory(stepped), memory(b.detrended(f))); lag > 1 {
			most = max(most, 4*lag)
		}
	}
	return most
}

// split returns the place of the greatest CUSUM of the whole series.
func (b *binned) split(x []float64) int {
	at, top, s, total, n := b.n/2, -1.0, 0.0, 0.0, float64(b.n)
	for _, v := range x {
		total += v
	}
	for t := 1; t < b.n; t++ {
		s += x[t-1]
		k := float64(t)
		if v := math.Abs(s-k/n*total) * math.Sqrt(n/(k*(n-k))); v > top && t >= b.side && t <= b.n-b.side {
			top, at = v, t
		}
	}
	return at
}

// detrended returns a feature less its mean over a sixteenth of the series on each
// side, or as much of it as there is on both.
func (b *binned) detrended(f int) []float64 {
	sums := make([]float64, b.n+1)
	for i, v := range b.x[f] {
		sums[i+1] = sums[i] + v
	}
	out := make([]float64, b.n)
	for i, v := range b.x[f] {
		h := max(1, b.n/16)
		lo, hi := max(0, i-h), min(b.n, i+h+1)
		out[i] = v - (sums[hi]-sums[lo])/float64(hi-lo)
	}
	return out
}

// memory returns the lag from which on the autocorrelation is small: the first at
// which it is, or, where it begins by falling slower than that, the one at which it
// would be if it went on falling by the ratio of its first two lags, as that of an
// autoregression does. Taking out means makes long lags look shorter than they are.
func memory(x []float64) int {
	n := len(x)
	auto := func(lag int) float64 {
		var c, c0 float64
		for i, v := range x {
			c0 += v * v
			if i >= lag {
				c += v * x[i-lag]
			}
		}
		if c0 == 0 {
			return 0
		}
		return c / c0
	}
	small := 1.645 / math.Sqrt(float64(n))
	first := auto(1)
	if first < small {
		return 1
	}
	lag := 2
	for lag < n/3 && auto(lag) >= small {
		lag++
	}
	if ratio := min(auto(2)/first, 0.97); ratio > 0 {
		lag = max(lag, 1+int(math.Ceil(math.Log(small/first)/math.Log(ratio))))
	}
	return max(1, min(lag, n/3))
}

func centre(x []float64) {
	s := 0.0
	for _, v := range x {
		s += v
	}
	for i := range x {
		x[i] -= s / float64(len(x))
	}
}

// null returns the greatest CUSUM of each of some series made of the blocks of this
// one in random order, ascending.
func (b *binned) null(ctx context.Context, block, draws int, seed uint64) ([]float64, error) {
	out := make([]float64, draws)
	var group errgroup.Group
	workers := min(runtime.GOMAXPROCS(0), draws)
	for w := range workers {
		group.Go(func() error {
			x, prefix := make([][]float64, len(b.x)), b.scratch()
			for f := range x {
				x[f] = make([]float64, b.n)
			}
			blocks := make([]int, (b.n+block-1)/block)
			for k := w; k < draws; k += workers {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				r := rand.New(rand.NewPCG(seed, uint64(k)))
				for i := range blocks {
					blocks[i] = i
				}
				r.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
				turn := r.IntN(b.n) // where the blocks begin, around the end of the series
				for f := range x {
					at := 0
					for _, blk := range blocks {
						for i := blk * block; i < min((blk+1)*block, b.n); i++ {
							x[f][at] = b.x[f][(i+turn)%b.n]
							at++
						}
					}
				}
				top := 0.0
				b.scan(x, prefix, func(c candidate) { top = max(top, c.value) })
				out[k] = top
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	slices.Sort(out)
	return out, nil
}
