package cohort

import (
	"cmp"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/measure"
)

// The families of tests.
const (
	familyHeadline   = "headline"
	familyActivities = "activities"
	familyEdges      = "edges"
	familyWaiting    = "waiting"
	familyMix        = "mix"
)

// families adjusts all probabilities and sorts the lists.
func (c *comparison) families() {
	var headline []tested
	if c.LeadTime != nil {
		headline = append(headline, tested{&c.LeadTime.P, &c.LeadTime.Adjusted})
	}
	headline = append(headline, tested{&c.Variants.P, &c.Variants.Adjusted}, tested{&c.Profile.P, &c.Profile.Adjusted})
	for _, s := range []*Share{c.Rework, c.Breach} {
		if s != nil {
			headline = append(headline, tested{&s.P, &s.Adjusted})
		}
	}
	c.adjust(familyHeadline, "Holm", headline)
	var list []tested
	for i := range c.Activities {
		list = append(list, tested{&c.Activities[i].P, &c.Activities[i].Adjusted})
	}
	c.adjust(familyActivities, "Benjamini-Hochberg", list)
	list = nil
	for i := range c.Waiting {
		list = append(list, tested{&c.Waiting[i].P, &c.Waiting[i].Adjusted})
	}
	c.adjust(familyWaiting, "Benjamini-Hochberg", list)
	list = nil
	for i := range c.Edges {
		list = append(list, tested{&c.Edges[i].P, &c.Edges[i].Adjusted})
	}
	c.adjust(familyEdges, "Benjamini-Hochberg", list)
	list = nil
	for i := range c.Mix {
		list = append(list, tested{&c.Mix[i].P, &c.Mix[i].Adjusted})
	}
	c.adjust(familyMix, "Benjamini-Hochberg", list)

	slices.SortStableFunc(c.Activities, func(x, y Activity) int { return byShare(&x.Share, &y.Share) })
	slices.SortStableFunc(c.Edges, func(x, y Edge) int { return byShare(&x.Share, &y.Share) })
	slices.SortStableFunc(c.Waiting, func(x, y Waiting) int {
		return cmp.Or(byP(x.Adjusted, y.Adjusted), larger(x.Delta.Value, y.Delta.Value))
	})
	slices.SortStableFunc(c.Mix, func(x, y Difference) int {
		return cmp.Or(byP(x.Adjusted, y.Adjusted), larger(x.Value.Value, y.Value.Value))
	})
}

// tested is a probability and the place of its adjusted one.
type tested struct{ p, adjusted *measure.Number }

func (c *comparison) adjust(name, method string, list []tested) {
	f := Family{Name: name, Method: method, Rare: c.rare[name]}
	p := make([]float64, len(list))
	for i, t := range list {
		p[i] = float64(*t.p)
	}
	adjusted := measure.BenjaminiHochberg(p)
	if method == "Holm" {
		adjusted = measure.Holm(p)
	}
	for i, t := range list {
		*t.adjusted = measure.Number(adjusted[i])
		if !math.IsNaN(adjusted[i]) {
			f.Tests++
		}
		if adjusted[i] <= c.Level {
			f.Found++
		}
	}
	c.Families = append(c.Families, f)
}

// byP compares probabilities, those that are not known last.
func byP(x, y measure.Number) int {
	xn, yn := math.IsNaN(float64(x)), math.IsNaN(float64(y))
	if xn != yn {
		if xn {
			return 1
		}
		return -1
	}
	return cmp.Compare(x, y)
}

func larger(x, y measure.Number) int { return cmp.Compare(math.Abs(float64(y)), math.Abs(float64(x))) }

func byShare(x, y *Share) int {
	return cmp.Or(byP(x.Adjusted, y.Adjusted), larger(x.Difference.Value, y.Difference.Value))
}
