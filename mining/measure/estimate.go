package measure

import "math"

// Estimate is a figure with its interval. Value is NaN, null in JSON, where it
// cannot be told; Interval is nil where the sample gives none.
type Estimate struct {
	Value    Number    `json:"value"`
	Interval *Interval `json:"interval"`
}

// Size says in words how large an effect is. Conventions, not laws: what is
// small in one office is large in another.
type Size string

// The sizes. Unsized is that of an effect that cannot be told.
const (
	Unsized    Size = ""
	Negligible Size = "negligible"
	Small      Size = "small"
	Medium     Size = "medium"
	Large      Size = "large"
)

// In returns the word in the language "ru" or, for any other, English.
func (s Size) In(lang string) string {
	if lang != "ru" {
		if s == Unsized {
			return "unknown"
		}
		return string(s)
	}
	switch s {
	case Negligible:
		return "ничтожный"
	case Small:
		return "малый"
	case Medium:
		return "средний"
	case Large:
		return "большой"
	}
	return "неизвестен"
}

// SizeOfDelta returns the size of Cliff's delta: small from 0.147, medium from
// 0.33, large from 0.474, the equivalents of Cohen's d of 0.2, 0.5 and 0.8 in
// normal samples (J. Romano, J. D. Kromrey, J. Coraggio, J. Skowronek,
// "Appropriate statistics for ordinal level data", Florida Association of
// Institutional Research, 2006).
func SizeOfDelta(d float64) Size { return sized(math.Abs(d), 0.147, 0.33, 0.474) }

// SizeOfShares returns the size of the difference of two shares by Cohen's
// h = |2·asin√b − 2·asin√a|: small from 0.2, medium from 0.5, large from 0.8
// (J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed.,
// doi:10.4324/9780203771587, section 6.2).
func SizeOfShares(a, b float64) Size {
	return sized(math.Abs(2*math.Asin(math.Sqrt(b))-2*math.Asin(math.Sqrt(a))), 0.2, 0.5, 0.8)
}

// SizeOfTable returns the size of Cramér's V of a table whose smaller side has k
// rows or columns, by Cohen's w = V·√(k−1): small from 0.1, medium from 0.3,
// large from 0.5 (ibid., section 7.2).
func SizeOfTable(v float64, k int) Size {
	return sized(v*math.Sqrt(float64(max(k-1, 0))), 0.1, 0.3, 0.5)
}

func sized(x, small, medium, large float64) Size {
	switch {
	case math.IsNaN(x):
		return Unsized
	case x >= large:
		return Large
	case x >= medium:
		return Medium
	case x >= small:
		return Small
	}
	return Negligible
}
