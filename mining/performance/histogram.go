package performance

import (
	"math"
	"slices"
	"sort"

	"github.com/uprava/uprava/mining/measure"
)

// Bins is a histogram: Counts[i] values lie in [Edges[i], Edges[i+1]), those of
// the last bin up to and including its upper edge. The counts add up to N.
type Bins struct {
	Edges  []float64 // one more than Counts, ascending
	Counts []int64
	N      int64
	Left   int64 // values that are no finite numbers and are not counted
}

// MostBins is the largest number of bins that Histogram chooses by itself.
const MostBins = 200

// Histogram returns a histogram of x, which it does not change, with so many
// bins of equal width from the least to the greatest value. Where bins is 0 or
// less it takes the width of Freedman & Diaconis, 2·IQR/∛n
// (doi:10.1007/BF01025868), or Sturges' number of bins where the quartiles are
// equal. Equal values make one bin of width 0; no values none. O(n log n).
func Histogram(x []float64, bins int) Bins {
	sorted := make([]float64, 0, len(x))
	for _, v := range x {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			sorted = append(sorted, v)
		}
	}
	h := Bins{N: int64(len(sorted)), Left: int64(len(x) - len(sorted))}
	if len(sorted) == 0 {
		return h
	}
	slices.Sort(sorted)
	lo, hi := sorted[0], sorted[len(sorted)-1]
	if lo == hi {
		h.Edges, h.Counts = []float64{lo, hi}, []int64{h.N}
		return h
	}
	if bins <= 0 {
		bins = freedmanDiaconis(sorted)
	}
	h.Edges = edges(lo, hi, bins)
	h.Counts = make([]int64, len(h.Edges)-1)
	before := 0
	for i := range h.Counts {
		upto := len(sorted)
		if i < len(h.Counts)-1 {
			upto = sort.SearchFloat64s(sorted, h.Edges[i+1])
		}
		h.Counts[i] = int64(upto - before)
		before = upto
	}
	return h
}

// edges returns ascending edges of bins of equal width, fewer where floats are
// too coarse for so many.
func edges(lo, hi float64, bins int) []float64 {
	out := make([]float64, 0, bins+1)
	for i := range bins {
		f := float64(i) / float64(bins)
		e := lo*(1-f) + hi*f // which cannot overflow, unlike hi−lo
		if len(out) == 0 || e > out[len(out)-1] && e < hi {
			out = append(out, e)
		}
	}
	return append(out, hi)
}

// freedmanDiaconis returns the number of bins, 1 to MostBins, for a sample in
// ascending order that holds different values.
func freedmanDiaconis(sorted []float64) int {
	n := float64(len(sorted))
	lo, hi := sorted[0], sorted[len(sorted)-1]
	iqr := measure.Quantile(sorted, 0.75) - measure.Quantile(sorted, 0.25)
	bins := math.Ceil(hi/2/iqr*math.Cbrt(n) - lo/2/iqr*math.Cbrt(n))
	if !(iqr > 0) || math.IsNaN(bins) {
		bins = math.Ceil(math.Log2(n)) + 1
	}
	return int(max(1, min(bins, MostBins)))
}
