package filter

import (
	"fmt"
	"math"
	"slices"

	"github.com/uprava/uprava/mining/calendar"
	"github.com/uprava/uprava/mining/eventlog"
	"github.com/uprava/uprava/mining/measure"
	"github.com/uprava/uprava/mining/performance"
)

// caseTest compiles a test of cases.
func (c *compiler) caseTest(t Test) (keepCase, error) {
	switch t.Name {
	case "has", "starts", "ends", "path", "eventually", "rework", "open":
		return c.controlFlow(t)
	case "resource", "unit":
		keep, err := c.rowTest(t)
		return anyRow(keep), err
	case "id":
		return c.identifiers(t)
	case "variant", "variants":
		return c.variants(t)
	case "events":
		return c.numbers(t, func(_ int, cs eventlog.Case) float64 { return float64(cs.Len()) })
	case "count":
		codes, err := c.codes("activity", c.log.Activities(), t.Args...)
		if err != nil {
			return nil, err
		}
		return c.numbers(t, func(_ int, cs eventlog.Case) float64 {
			n := 0
			for _, a := range cs.Activities() {
				if codes.has(a) {
					n++
				}
			}
			return float64(n)
		})
	case "lead_time", "gap", "processing":
		return c.durations(t)
	case "started", "ended", "active", "within":
		return c.periods(t)
	case "case":
		compare, err := c.attribute(t, c.all.CaseAttributes())
		return func(_ int, cs eventlog.Case) bool { return compare(cs.Attribute(t.Args[0])) }, err
	case "event":
		keep, err := c.rowTest(t)
		return anyRow(keep), err
	}
	return nil, fmt.Errorf("filter step %q: there is no test %q of cases", c.step, t.Name)
}

func anyRow(keep keepRow) keepCase {
	return func(_ int, cs eventlog.Case) bool {
		for k := range cs.Len() {
			if keep(cs, k) {
				return true
			}
		}
		return false
	}
}

// controlFlow compiles the tests of which activities occur in which order.
func (c *compiler) controlFlow(t Test) (keepCase, error) {
	codes, err := c.codes("activity", c.log.Activities(), t.Args...)
	if err != nil {
		return nil, err
	}
	order := make([]eventlog.Code, len(t.Args))
	for i, name := range t.Args {
		order[i], _ = c.log.Activities().Code(name)
	}
	switch t.Name {
	case "has", "open":
		has := func(_ int, cs eventlog.Case) bool { return slices.ContainsFunc(cs.Activities(), codes.has) }
		if t.Name == "has" {
			return has, nil
		}
		return func(i int, cs eventlog.Case) bool { return !has(i, cs) }, nil
	case "starts":
		return func(_ int, cs eventlog.Case) bool { return cs.Len() > 0 && codes.has(cs.Activities()[0]) }, nil
	case "ends":
		return func(_ int, cs eventlog.Case) bool { return cs.Len() > 0 && codes.has(cs.Activities()[cs.Len()-1]) }, nil
	case "path":
		return func(_ int, cs eventlog.Case) bool {
			a := cs.Activities()
			for i := range a {
				if len(a)-i >= len(order) && slices.Equal(a[i:i+len(order)], order) {
					return true
				}
			}
			return false
		}, nil
	case "eventually":
		return func(_ int, cs eventlog.Case) bool {
			next := 0
			for _, a := range cs.Activities() {
				if next < len(order) && a == order[next] {
					next++
				}
			}
			return next == len(order)
		}, nil
	}
	seen := make([]int, c.log.Activities().Len()) // rework: the case that saw the activity last
	return func(i int, cs eventlog.Case) bool {
		for _, a := range cs.Activities() {
			if len(t.Args) > 0 && !codes[a] {
				continue
			}
			if seen[a] == i+1 {
				return true
			}
			seen[a] = i + 1
		}
		return false
	}, nil
}

func (c *compiler) identifiers(t Test) (keepCase, error) {
	wanted := map[string]bool{}
	for _, id := range t.Args {
		wanted[id] = true
	}
	var all []string
	known := map[string]bool{}
	for _, cs := range c.all.All() {
		all = append(all, cs.ID())
		if wanted[cs.ID()] {
			known[cs.ID()] = true
		}
	}
	for _, id := range t.Args {
		if !known[id] {
			return nil, &NameError{c.step, "case", id, all[:min(3, len(all))], len(all)}
		}
	}
	return func(_ int, cs eventlog.Case) bool { return wanted[cs.ID()] }, nil
}

// variants compiles the tests of a case's variant by rank and by the share of
// cases that the more frequent ones hold.
func (c *compiler) variants(t Test) (keepCase, error) {
	list := c.log.Variants()
	rank := map[string]int{}
	key := func(a []eventlog.Code) string {
		b := make([]byte, 0, 4*len(a))
		for _, x := range a {
			b = append(b, byte(x), byte(x>>8), byte(x>>16), byte(x>>24))
		}
		return string(b)
	}
	last, cases := 0, 0
	for i, v := range list {
		rank[key(v.Activities)] = i + 1
		if t.Name == "variants" && float64(cases) < t.Values[0].Number*float64(c.log.Cases()) {
			last = i + 1
		}
		cases += v.Count
	}
	ranked := func(_ int, cs eventlog.Case) float64 { return float64(rank[key(cs.Activities())]) }
	if t.Name == "variants" {
		return func(i int, cs eventlog.Case) bool { return ranked(i, cs) <= float64(last) }, nil
	}
	return c.numbers(t, ranked)
}

// numbers compiles the comparison of a figure of the case; NaN compares as false.
func (c *compiler) numbers(t Test, figure func(i int, cs eventlog.Case) float64) (keepCase, error) {
	compare := make([]func(float64) bool, len(t.Values))
	for i, v := range t.Values {
		switch v.Kind {
		case Range:
			low, high := v.Low.Number, v.High.Number
			compare[i] = func(x float64) bool { return low <= x && x <= high }
		default:
			compare[i] = compareNumber(t.Op, v.Number)
		}
	}
	return func(i int, cs eventlog.Case) bool {
		x := figure(i, cs)
		return !math.IsNaN(x) && slices.ContainsFunc(compare, func(f func(float64) bool) bool { return f(x) })
	}, nil
}

// compareNumber returns the comparison with y; that of In is equality.
func compareNumber(op Op, y float64) func(float64) bool {
	switch op {
	case Unequal:
		return func(x float64) bool { return x != y }
	case Less:
		return func(x float64) bool { return x < y }
	case AtMost:
		return func(x float64) bool { return x <= y }
	case Greater:
		return func(x float64) bool { return x > y }
	case AtLeast:
		return func(x float64) bool { return x >= y }
	}
	return func(x float64) bool { return x == y }
}

// span is the stretch of time that a duration is measured over.
type span struct{ from, to eventlog.Time }

// durations compiles the comparison of a duration of the case: seconds of the
// wall clock, or working days of a term between the two ends.
func (c *compiler) durations(t Test) (keepCase, error) {
	spans, err := c.spans(t)
	if err != nil {
		return nil, err
	}
	wall := make([]float64, len(spans)) // seconds; NaN where there is no span
	for i, list := range spans {
		wall[i] = math.NaN()
		for _, s := range list {
			x := float64(s.to-s.from) / 1e6
			if t.Name == "processing" && !math.IsNaN(wall[i]) {
				wall[i] += x
			} else if !(wall[i] >= x) {
				wall[i] = x
			}
		}
	}
	var sorted []float64
	figure := func(v Value) (at []float64, y float64, err error) {
		switch {
		case v.Kind == Quantile:
			if sorted == nil {
				sorted = slices.DeleteFunc(slices.Clone(wall), math.IsNaN)
				slices.Sort(sorted)
			}
			if len(sorted) == 0 {
				return wall, math.NaN(), nil
			}
			return wall, measure.Quantile(sorted, v.Number), nil
		case v.Unit == "wd":
			at, err := c.workingDays(t, spans)
			return at, v.Number, err
		}
		return wall, v.Number * seconds[v.Unit], nil
	}
	var tests []keepCase
	for _, v := range t.Values {
		low, op := v, t.Op
		if v.Kind == Range {
			low, op = *v.Low, AtLeast
		}
		at, y, err := figure(low)
		if err != nil {
			return nil, err
		}
		above := compareNumber(op, y)
		keep := func(i int, _ eventlog.Case) bool { return !math.IsNaN(at[i]) && above(at[i]) }
		if v.Kind == Range {
			at, y, err := figure(*v.High)
			if err != nil {
				return nil, err
			}
			lower := keep
			keep = func(i int, cs eventlog.Case) bool { return lower(i, cs) && at[i] <= y }
		}
		tests = append(tests, keep)
	}
	return func(i int, cs eventlog.Case) bool {
		return slices.ContainsFunc(tests, func(k keepCase) bool { return k(i, cs) })
	}, nil
}

// spans returns, for each case, the stretches whose longest (of processing: whose
// sum) is compared.
func (c *compiler) spans(t Test) ([][]span, error) {
	out := make([][]span, c.log.Cases())
	if t.Name == "lead_time" {
		if len(t.Args) == 1 {
			return nil, &SyntaxError{c.step, 0, `one activity`, `none or two: lead_time("A", "B")`}
		}
		var cfg performance.LeadConfig
		if len(t.Args) == 2 {
			if _, err := c.codes("activity", c.log.Activities(), t.Args...); err != nil {
				return nil, err
			}
			cfg.From.Activity, cfg.To.Activity = t.Args[0], t.Args[1]
		}
		sample, err := performance.Between(c.log, cfg)
		if err != nil {
			return nil, err
		}
		for k, i := range sample.Cases {
			cs := c.log.Case(i)
			from := cs.First()
			if len(t.Args) == 2 {
				code, _ := c.log.Activities().Code(t.Args[0])
				from = cs.Times()[slices.Index(cs.Activities(), code)]
			}
			out[i] = []span{{from, from + eventlog.Time(math.Round(sample.Seconds[k]*1e6))}}
		}
		return out, nil
	}
	codes, err := c.codes("activity", c.log.Activities(), t.Args...)
	if err != nil {
		return nil, err
	}
	from, _ := c.log.Activities().Code(t.Args[0])
	to, _ := c.log.Activities().Code(t.Args[len(t.Args)-1])
	for i, cs := range c.log.All() {
		a, times, starts := cs.Activities(), cs.Times(), cs.Starts()
		for k := range a {
			switch {
			case t.Name == "gap" && k > 0 && a[k-1] == from && a[k] == to:
				out[i] = append(out[i], span{times[k-1], times[k]})
			case t.Name == "processing" && codes[a[k]] && starts != nil && starts[k] != eventlog.NoTime:
				out[i] = append(out[i], span{starts[k], times[k]})
			}
		}
	}
	return out, nil
}

func (c *compiler) workingDays(t Test, spans [][]span) ([]float64, error) {
	if c.cfg.Calendar == nil {
		return nil, fmt.Errorf("filter step %q: no calendar is given to count working days by", c.step)
	}
	if t.Name == "processing" {
		return nil, fmt.Errorf("filter step %q: processing time is no term and has no working days; give hours", c.step)
	}
	out := make([]float64, len(spans))
	for i, list := range spans {
		out[i] = math.NaN()
		for _, s := range list {
			if x := float64(days(c.cfg.Calendar, s)); !(out[i] >= x) {
				out[i] = x
			}
		}
	}
	return out, nil
}

func days(k *calendar.Calendar, s span) calendar.WorkingDays {
	return k.WorkingDaysBetween(s.from.Go(), s.to.Go())
}
