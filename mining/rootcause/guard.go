package rootcause

import (
	"fmt"
	"math"
	"regexp"
	"slices"

	"github.com/uprava/uprava/mining/measure"
)

// afterNames are names that things known after a case tend to have, in English and
// Russian.
var afterNames = regexp.MustCompile(`(?i:(^|[^a-z])(end|ended|end_?date|closed?|closing|finish(ed)?|completed?|completion|duration|lead_?time|cycle_?time|throughput|elapsed|late|delay(ed)?|overdue|breach(ed)?|sla|result|outcome|final|last|status)([^a-z]|$))` +
	`|[a-z](End|Closed|Finished|Completed|Duration|Status|Result|Outcome)([^a-z]|$)` +
	`|(?i:конец|оконч|заверш|закрыт|длительн|просроч|опоздан|итог|результат|исход|статус|фактич)`)

// guard marks, and unless asked to keep them leaves out, attributes of cases that
// seem to be written when the outcome is known:
//   - their name says so;
//   - a number that goes up and down with the cycle time (Spearman's ρ from 0.95);
//   - one that says the same as the outcome (Cramér's V, Cliff's delta from 0.98).
//
// Values of first events are known at the start; only the last check is made of
// them. Activities are counted up to the outcome's limit, which is their guard; has
// a case them only where the outcome came true, or only where not, the last check
// still leaves them out.
func (x *explanation) guard() error {
	cycle := make([]float64, x.Known)
	for k, i := range x.known {
		cycle[k] = math.NaN()
		if c := x.log.Case(i); c.Len() > 0 {
			cycle[k] = c.Last().Sub(c.First()).Seconds()
		}
	}
	var kept []*attribute
	for _, a := range x.attributes {
		if x.ctx.Err() != nil {
			return x.ctx.Err()
		}
		mark := func(en, ru string, args ...any) {
			a.leak, a.leakRU = fmt.Sprintf(en, args...), fmt.Sprintf(ru, args...)
		}
		if a.source == "case" {
			if afterNames.MatchString(a.name) {
				mark("its name sounds like something known after the case", "название похоже на известное лишь после случая")
			} else if rho := spearman(a.values, cycle); math.Abs(rho) >= 0.95 {
				mark("it goes with the length of the case (Spearman's ρ %.2f)", "меняется вместе с длительностью случая (ρ Спирмена %.2f)", rho)
			}
		}
		if a.leak == "" {
			v, err := x.says(a)
			if err != nil {
				return err
			}
			if v >= 0.98 {
				mark("it says the same as the outcome (association %.2f of 1)", "говорит то же, что исход (связь %.2f из 1)", v)
			}
		}
		if a.leak != "" && !x.cfg.KeepLeaks {
			x.Left = append(x.Left, LeftOut{a.name, "leak", a.leak, a.leakRU})
			continue
		}
		kept = append(kept, a)
	}
	x.attributes = kept
	return nil
}

// says returns how far an attribute decides the outcome, 0…1.
func (x *explanation) says(a *attribute) (float64, error) {
	if x.outcome.Numeric {
		return math.Abs(spearman(a.values, x.y)), nil
	}
	table := [][]int{make([]int, len(a.levels)), make([]int, len(a.levels))}
	for k, code := range a.codes {
		table[int(x.y[k])][code]++
	}
	t, err := measure.ChiSquare(table)
	if err != nil {
		return 0, err
	}
	most := t.V
	if a.values != nil {
		var of [2][]float64
		for k, v := range a.values {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				of[int(x.y[k])] = append(of[int(x.y[k])], v)
			}
		}
		if d, err := measure.CliffDelta(of[0], of[1], x.cfg.Confidence); err == nil && len(of[0]) >= fewestOutcomes && len(of[1]) >= fewestOutcomes {
			most = math.Max(most, math.Abs(float64(d.Value)))
		}
	}
	return most, nil
}

// spearman returns the rank correlation of the pairs that both are known of; NaN of
// fewer than ten, and of constant values.
func spearman(a, b []float64) float64 {
	var x, y []float64
	for i := range a {
		if !math.IsNaN(a[i]) && !math.IsNaN(b[i]) {
			x, y = append(x, a[i]), append(y, b[i])
		}
	}
	if len(x) < 10 {
		return math.NaN()
	}
	rx, ry := midranks(x), midranks(y)
	m := float64(len(x)+1) / 2
	var sxy, sxx, syy float64
	for i := range rx {
		sxy += (rx[i] - m) * (ry[i] - m)
		sxx += (rx[i] - m) * (rx[i] - m)
		syy += (ry[i] - m) * (ry[i] - m)
	}
	return sxy / math.Sqrt(sxx*syy)
}

// midranks returns the ranks of x from 1, ties in the middle.
func midranks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return a - b
	})
	out := make([]float64, len(x))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && x[order[j]] == x[order[i]] {
			j++
		}
		for k := i; k < j; k++ {
			out[order[k]] = float64(i+j+1) / 2
		}
		i = j
	}
	return out
}
