package measure

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// TableTest is the result of ChiSquare.
type TableTest struct {
	N         int
	ChiSquare float64
	DF        int
	P         float64
	V         float64 // Cramér's V, 0…1
	Size      Size    // of V
	Least     float64 // the least expected count; the test needs some 5, and 1 at least
}

// ChiSquare tests whether the rows of a table of counts are shared out over its
// columns alike (K. Pearson, doi:10.1080/14786440009463897), with Cramér's V
// beside it. Rows and columns without counts do not take part; where fewer than
// two of either are left, P is 1 and V NaN. It fails for rows of unequal length
// and negative counts.
func ChiSquare(table [][]int) (TableTest, error) {
	var rows, cols []float64
	n := 0.0
	for i, row := range table {
		if len(row) != len(table[0]) {
			return TableTest{}, fmt.Errorf("testing a table: row %d has %d columns, wanted %d", i+1, len(row), len(table[0]))
		}
		if i == 0 {
			cols = make([]float64, len(row))
		}
		s := 0.0
		for j, k := range row {
			if k < 0 {
				return TableTest{}, fmt.Errorf("testing a table: row %d, column %d: count %d, wanted 0 or more", i+1, j+1, k)
			}
			s += float64(k)
			cols[j] += float64(k)
		}
		rows = append(rows, s)
		n += s
	}
	t := TableTest{N: int(n), P: 1, V: math.NaN(), Least: math.Inf(1)}
	r, c := filled(rows), filled(cols)
	if r < 2 || c < 2 {
		return t, nil
	}
	var x sum
	for i, row := range table {
		for j, k := range row {
			if e := rows[i] * cols[j] / n; e > 0 {
				x.add((float64(k) - e) * (float64(k) - e) / e)
				t.Least = min(t.Least, e)
			}
		}
	}
	t.ChiSquare, t.DF = x.value(), (r-1)*(c-1)
	t.P = distuv.ChiSquared{K: float64(t.DF)}.Survival(t.ChiSquare)
	t.V = math.Sqrt(t.ChiSquare / (n * float64(min(r, c)-1)))
	t.Size = SizeOfTable(t.V, min(r, c))
	return t, nil
}

func filled(x []float64) (n int) {
	for _, v := range x {
		if v > 0 {
			n++
		}
	}
	return n
}

// Fisher returns the two-sided probability of a table of four counts, its margins
// given: the sum over the tables that are no more probable than it (R. A. Fisher,
// doi:10.2307/2342435). It fails for negative counts; it is 1 where a margin is 0.
// O(the least margin).
func Fisher(a, b, c, d int) (float64, error) {
	if min(a, b, c, d) < 0 {
		return math.NaN(), fmt.Errorf("testing the table %d, %d; %d, %d: wanted counts of 0 or more", a, b, c, d)
	}
	row, col, n := a+b, a+c, a+b+c+d
	all := logChoose(n, col)
	prob := func(k int) float64 { return math.Exp(logChoose(row, k) + logChoose(n-row, col-k) - all) }
	at := prob(a) * (1 + 1e-7) // equal tables differ by rounding
	var p sum
	for k := max(0, col-(n-row)); k <= min(row, col); k++ {
		if q := prob(k); q <= at {
			p.add(q)
		}
	}
	return min(1, p.value()), nil
}

func logChoose(n, k int) float64 {
	x, _ := math.Lgamma(float64(n + 1))
	y, _ := math.Lgamma(float64(k + 1))
	z, _ := math.Lgamma(float64(n - k + 1))
	return x - y - z
}

// Stratum is a table of two shares within one stratum: A without, B with.
type Stratum struct{ A, B Rate }

// Stratified compares two shares within strata and pools what it finds there.
type Stratified struct {
	Strata     int      `json:"strata"` // those with cases on both sides
	N          int      `json:"n"`      // cases in them
	Left       int      `json:"left"`   // cases of strata with one side alone
	Difference Estimate `json:"difference"`
	Ratio      Estimate `json:"ratio"`
	P          Number   `json:"p"` // Cochran–Mantel–Haenszel, without continuity correction
}

// MantelHaenszel returns the difference and the ratio of two shares, b against a,
// held within strata, so that what the strata stand for cannot make them
// (N. Mantel, W. Haenszel, doi:10.1093/jnci/22.4.719; difference, ratio and
// their variances: S. Greenland, J. M. Robins, doi:10.2307/2530643). Strata with
// one side alone tell nothing and are counted in Left. What cannot be told is NaN
// without an interval. It fails for counts that are no parts.
func MantelHaenszel(strata []Stratum, confidence float64) (Stratified, error) {
	if err := checkConfidence(confidence); err != nil {
		return Stratified{}, fmt.Errorf("comparing shares in strata: %w", err)
	}
	var weight, diff, diffVar, up, down, logVar, excess, hyper sum
	out := Stratified{}
	for i, s := range strata {
		if s.A.K < 0 || s.A.K > s.A.N || s.B.K < 0 || s.B.K > s.B.N {
			return Stratified{}, fmt.Errorf("comparing shares in strata: stratum %d: %d of %d and %d of %d: wanted parts", i+1, s.A.K, s.A.N, s.B.K, s.B.N)
		}
		if s.A.N == 0 || s.B.N == 0 {
			out.Left += s.A.N + s.B.N
			continue
		}
		out.Strata++
		out.N += s.A.N + s.B.N
		a, b, na, nb := float64(s.A.K), float64(s.B.K), float64(s.A.N), float64(s.B.N)
		n, k := na+nb, a+b
		weight.add(na * nb / n)
		diff.add((b*na - a*nb) / n)
		diffVar.add((b*(nb-b)*na*na*na + a*(na-a)*nb*nb*nb) / (na * nb * n * n))
		up.add(b * na / n)
		down.add(a * nb / n)
		logVar.add((na*nb*k - a*b*n) / (n * n))
		excess.add(b - nb*k/n)
		if n > 1 {
			hyper.add(na * nb * k * (n - k) / (n * n * (n - 1)))
		}
	}
	nan := Number(math.NaN())
	out.Difference.Value, out.Ratio.Value, out.P = nan, nan, nan
	if out.Strata == 0 {
		return out, nil
	}
	z := distuv.UnitNormal.Quantile(0.5 + confidence/2)
	d := diff.value() / weight.value()
	half := z * math.Sqrt(diffVar.value()) / weight.value()
	out.Difference = Estimate{Number(d), &Interval{d - half, d + half, confidence}}
	if down.value() > 0 {
		ratio := up.value() / down.value()
		out.Ratio.Value = Number(ratio)
		if up.value() > 0 {
			out.Ratio.Interval = around(ratio, z*math.Sqrt(logVar.value()/(up.value()*down.value())), confidence)
		}
	}
	out.P = 1
	if v := hyper.value(); v > 0 {
		out.P = Number(distuv.ChiSquared{K: 1}.Survival(excess.value() * excess.value() / v))
	}
	return out, nil
}
