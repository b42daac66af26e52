package measure

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// ShareInterval returns Wilson's score interval of a share of which k of n were
// seen (E. B. Wilson, 1927, doi:10.1080/01621459.1927.10502953): inside 0…1, and
// of use for small n and for k of 0 or n. It fails for n < 1, for k outside 0…n
// and for a confidence outside (0, 1).
func ShareInterval(k, n int, confidence float64) (Interval, error) {
	if err := checkConfidence(confidence); err != nil {
		return Interval{}, err
	}
	if n < 1 || k < 0 || k > n {
		return Interval{}, fmt.Errorf("interval of the share of %d in %d: wanted one or more, and a part of them", k, n)
	}
	z := distuv.UnitNormal.Quantile(0.5 + confidence/2)
	size, p := float64(n), float64(k)/float64(n)
	centre := (p + z*z/(2*size)) / (1 + z*z/size)
	half := z / (1 + z*z/size) * math.Sqrt(p*(1-p)/size+z*z/(4*size*size))
	iv := Interval{max(0, centre-half), min(1, centre+half), confidence}
	if k == 0 {
		iv.Low = 0
	}
	if k == n {
		iv.High = 1
	}
	return iv, nil
}
