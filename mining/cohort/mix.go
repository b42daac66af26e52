package cohort

import (
	"math"
	"slices"

	"github.com/uprava/uprava/mining/internal/casetable"
	"github.com/uprava/uprava/mining/measure"
)

// mostLevels is the number of values of an attribute that take part in a test;
// rarer ones stand together.
const mostLevels = 20

// mixes compares what the cases of the cohorts are, by their attributes.
func (c *comparison) mixes() error {
	if c.few {
		return nil
	}
	var columns [2]map[string]*casetable.Column
	var names []string
	for k, l := range c.logs {
		list, err := casetable.Attributes(c.ctx, l)
		if err != nil {
			return err
		}
		columns[k] = map[string]*casetable.Column{}
		for _, col := range list {
			if _, twice := columns[k][col.Name]; !twice {
				columns[k][col.Name] = col
				names = append(names, col.Name)
			}
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		a, b := columns[0][name], columns[1][name]
		if a == nil || b == nil || slices.Contains(c.cfg.Without, name) {
			continue
		}
		if a.N+b.N < c.cfg.MinCases || a.Kind == casetable.Moment || a.Kind != b.Kind && (a.Kind == casetable.Moment || b.Kind == casetable.Moment) {
			c.skip(familyMix, 1)
			continue
		}
		var d *Difference
		var err error
		if a.Kind == casetable.Numeric && b.Kind == casetable.Numeric {
			d, err = c.numeric(a, b)
		} else if a.Kind == casetable.Nominal && b.Kind == casetable.Nominal {
			d, err = c.nominal(a, b)
		}
		if err != nil {
			return err
		}
		if d == nil {
			c.skip(familyMix, 1)
			continue
		}
		d.Attribute = name
		c.Mix = append(c.Mix, *d)
	}
	return nil
}

func (c *comparison) numeric(a, b *casetable.Column) (*Difference, error) {
	var x [2][]float64
	for k, col := range []*casetable.Column{a, b} {
		for i, v := range col.Values {
			if col.Has(i) && !math.IsInf(v, 0) {
				x[k] = append(x[k], v)
			}
		}
		if len(x[k]) < c.cfg.MinCases {
			return nil, nil
		}
	}
	r, err := measure.CompareRanks(x[0], x[1], c.cfg.Confidence)
	if err != nil {
		return nil, err
	}
	nan := measure.Number(math.NaN())
	return &Difference{N: len(x[0]) + len(x[1]), Measure: "delta", Value: r.Delta, Size: r.Size,
		ShareA: nan, ShareB: nan, P: measure.Number(r.Test.P)}, nil
}

// nominal compares shares of values. An attribute that names nearly every case
// anew describes no mix.
func (c *comparison) nominal(a, b *casetable.Column) (*Difference, error) {
	counts := map[string]*[2]int{}
	for k, col := range []*casetable.Column{a, b} {
		for i, level := range col.Levels {
			if counts[level] == nil {
				counts[level] = &[2]int{}
			}
			counts[level][k] = col.Counts[i]
		}
	}
	if len(counts) < 2 || 2*len(counts) > a.N+b.N {
		return nil, nil
	}
	levels := make([]string, 0, len(counts))
	for level := range counts {
		levels = append(levels, level)
	}
	slices.SortFunc(levels, func(x, y string) int {
		if d := counts[y][0] + counts[y][1] - counts[x][0] - counts[x][1]; d != 0 {
			return d
		}
		if x < y {
			return -1
		}
		return 1
	})
	table := [][]int{make([]int, 0, mostLevels+1), make([]int, 0, mostLevels+1)}
	for i, level := range levels {
		for k := range table {
			if i <= mostLevels {
				table[k] = append(table[k], 0)
			}
			table[k][min(i, mostLevels)] += counts[level][k]
		}
	}
	t, err := measure.ChiSquare(table)
	if err != nil || math.IsNaN(t.V) {
		return nil, err
	}
	d := &Difference{N: t.N, Measure: "v", Value: measure.Estimate{Value: measure.Number(t.V)}, Size: t.Size, P: measure.Number(t.P)}
	most := -1.0
	for i, level := range levels[:min(len(levels), mostLevels)] {
		pa, pb := float64(table[0][i])/float64(a.N), float64(table[1][i])/float64(b.N)
		if gap := math.Abs(pb - pa); gap > most {
			most, d.Most, d.ShareA, d.ShareB = gap, level, measure.Number(pa), measure.Number(pb)
		}
	}
	return d, nil
}
