package measure

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Rate is a share as it was counted: K of N.
type Rate struct {
	K int `json:"k"`
	N int `json:"n"`
}

// Share returns K/N, NaN where N is 0.
func (c Rate) Share() float64 { return float64(c.K) / float64(c.N) }

func (c Rate) check() error {
	if c.K < 0 || c.N < 1 || c.K > c.N {
		return fmt.Errorf("%d of %d: wanted a part of one or more", c.K, c.N)
	}
	return nil
}

// Risks compares two shares, b against a.
type Risks struct {
	A          Rate     `json:"a"`
	B          Rate     `json:"b"`
	Difference Estimate `json:"difference"` // share of b less that of a
	Ratio      Estimate `json:"ratio"`      // share of b over that of a
	Odds       Estimate `json:"odds_ratio"`
	P          Number   `json:"p"`     // two-sided
	Exact      bool     `json:"exact"` // by Fisher's test
	Size       Size     `json:"size"`  // of the difference, by Cohen's h
}

// CompareShares returns difference, ratio and odds ratio of two shares with their
// intervals, and the test that they are equal:
//   - difference: from the two intervals of ShareInterval (R. G. Newcombe, doi:10.1002/
//     (SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I, method 10);
//   - ratio: normal in its logarithm (D. Katz, J. Baptista, S. P. Azen,
//     M. C. Pike, doi:10.2307/2530610);
//   - odds ratio: normal in its logarithm (B. Woolf,
//     doi:10.1111/j.1469-1809.1955.tb01348.x);
//   - test: TestShares.
//
// A ratio over nothing is NaN; a ratio of 0, and odds with an empty cell, have no
// interval. It fails where a or b counts no part of one or more.
func CompareShares(a, b Rate, confidence float64) (Risks, error) {
	ia, err := ShareInterval(a.K, a.N, confidence)
	if err != nil {
		return Risks{}, fmt.Errorf("comparing shares: %w", err)
	}
	ib, err := ShareInterval(b.K, b.N, confidence)
	if err != nil {
		return Risks{}, fmt.Errorf("comparing shares: %w", err)
	}
	pa, pb := a.Share(), b.Share()
	d := pb - pa
	r := Risks{A: a, B: b, Size: SizeOfShares(pa, pb)}
	r.Difference = Estimate{Number(d), &Interval{
		d - math.Hypot(pb-ib.Low, ia.High-pa), d + math.Hypot(ib.High-pb, pa-ia.Low), confidence}}
	ak, ar, bk, br := float64(a.K), float64(a.N-a.K), float64(b.K), float64(b.N-b.K)
	nan := Number(math.NaN())
	r.Ratio.Value, r.Odds.Value = nan, nan
	if a.K > 0 {
		r.Ratio.Value = Number(pb / pa)
	}
	if ak > 0 && br > 0 {
		r.Odds.Value = Number(bk * ar / (br * ak))
	}
	z := distuv.UnitNormal.Quantile(0.5 + confidence/2)
	if a.K > 0 && b.K > 0 {
		r.Ratio.Interval = around(pb/pa, z*math.Sqrt((1-pa)/ak+(1-pb)/bk), confidence)
	}
	if ak > 0 && ar > 0 && bk > 0 && br > 0 {
		r.Odds.Interval = around(bk*ar/(br*ak), z*math.Sqrt(1/ak+1/ar+1/bk+1/br), confidence)
	}
	p, exact, err := TestShares(a, b)
	if err != nil {
		return Risks{}, fmt.Errorf("comparing shares: %w", err)
	}
	r.P, r.Exact = Number(p), exact
	return r, nil
}

// around returns the interval of a ratio whose logarithm has the given half width.
func around(ratio, half, confidence float64) *Interval {
	return &Interval{ratio * math.Exp(-half), ratio * math.Exp(half), confidence}
}

// TestShares returns the two-sided probability that two equal shares come out at
// least so far apart: the χ² test with N−1 in place of N where every expected cell
// is 1 or more, Fisher's exact test otherwise (I. Campbell,
// doi:10.1002/sim.2832). It is 1 where both are 0 or both are whole.
func TestShares(a, b Rate) (p float64, exact bool, err error) {
	for _, c := range [...]Rate{a, b} {
		if err := c.check(); err != nil {
			return math.NaN(), false, fmt.Errorf("testing shares: %w", err)
		}
	}
	k, n := float64(a.K+b.K), float64(a.N+b.N)
	if k == 0 || k == n {
		return 1, true, nil
	}
	if min(float64(a.N), float64(b.N))*min(k, n-k)/n < 1 {
		p, err = Fisher(a.K, a.N-a.K, b.K, b.N-b.K)
		return p, true, err
	}
	d := float64(a.K)*float64(b.N-b.K) - float64(b.K)*float64(a.N-a.K)
	x := d * d / (k * (n - k)) * (n - 1) / (float64(a.N) * float64(b.N))
	return distuv.ChiSquared{K: 1}.Survival(x), false, nil
}
