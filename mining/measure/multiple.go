package measure

import (
	"cmp"
	"math"
	"slices"
)

// BenjaminiHochberg returns adjusted probabilities of a family of tests, in its
// order: taking those up to q keeps the expected share of false discoveries at q
// where the tests are independent or positively dependent (Y. Benjamini,
// Y. Hochberg, doi:10.1111/j.2517-6161.1995.tb02031.x). A test that was not made,
// NaN, is no member of the family and stays NaN. O(n log n).
func BenjaminiHochberg(p []float64) []float64 {
	out, order := family(p)
	m, least := float64(len(order)), 1.0
	for i := len(order) - 1; i >= 0; i-- {
		least = min(least, p[order[i]]*(m/float64(i+1)))
		out[order[i]] = least
	}
	return out
}

// Holm returns adjusted probabilities of a family of tests, in its order: taking
// those up to α keeps the probability of any false discovery at α, however the
// tests depend on each other (S. Holm, "A simple sequentially rejective multiple
// test procedure", Scandinavian Journal of Statistics 6, 1979, 65–70). NaN as in
// BenjaminiHochberg.
func Holm(p []float64) []float64 {
	out, order := family(p)
	most := 0.0
	for i, at := range order {
		most = max(most, min(1, p[at]*float64(len(order)-i)))
		out[at] = most
	}
	return out
}

// family returns a result of NaN and the positions of the tests made, by p.
func family(p []float64) (out []float64, order []int) {
	out = make([]float64, len(p))
	for i, v := range p {
		out[i] = math.NaN()
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	return out, order
}
